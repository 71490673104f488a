"""Short enough: at most the business's segments, one question, stored as it is counted."""

from evals.play import Played
from evals.scorers import Score
from texting.segments import count


def length(played: Played) -> list[Score]:
    """Each text of ours: within the segments allowed, at most one question, counted rightly."""
    most = played.profile.texting.max_segments
    scores = []
    for place, text in enumerate(played.texts):
        if text.author not in ("agent", "system"):
            continue
        counted = count(text.body).segments
        scores += [
            Score("length", counted <= most, f"{counted} segments, {most} allowed", place),
            Score("counted", counted == text.segments, f"stored {text.segments}", place),
            Score("one_question", text.body.count("?") <= 1, "more than one question", place),
        ]
    return scores
