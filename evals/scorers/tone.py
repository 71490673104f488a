"""Clear, human, useful, no pressure: words that a good receptionist never writes."""

import re

from evals.play import Played
from evals.scorers import Score

ROBOTIC = re.compile(
    r"\b(as an ai|language model|i am unable to|invalid (?:input|response)|dear (?:customer|user)|"
    r"your (?:request|query) has been|please be advised|kindly|error|null|none|undefined)\b|[{}]",
    re.IGNORECASE,
)
PUSHY = re.compile(
    r"\b(act now|limited time|last chance|hurry|don't miss|exclusive|offer ends|buy now|"
    r"guarantee[ds]?|100 ?%|discount|free)\b",
    re.IGNORECASE,
)
SHOUTING = re.compile(r"!!|\b[A-Z]{4,}\b(?:\s+\b[A-Z]{4,}\b)+")
APOLOGY = re.compile(r"\b(sorry|apolog|disculp|lament|siento)", re.IGNORECASE)
OFFER = re.compile(r"\b(help|ayud|book|reserv|how can|what do you need)", re.IGNORECASE)
STOP_LINE = re.compile(r"\b(reply|text|responda|env[ií]e) STOP\b", re.IGNORECASE)


def tone(played: Played) -> list[Score]:
    """Each text of ours is free of such words; the first one has all its parts in order."""
    scores = []
    for place, text in enumerate(played.texts):
        if text.author not in ("agent", "system"):
            continue
        body = text.body
        for rule, pattern in (("robotic", ROBOTIC), ("pushy", PUSHY), ("shouting", SHOUTING)):
            found = pattern.search(body)
            scores.append(Score(rule, found is None, found[0] if found else "", place))
        if text.purpose == "first_text":
            scores += _first_text(played, body, place)
    return scores


def _first_text(played: Played, body: str, place: int) -> list[Score]:
    name = played.profile.name
    places = [
        body.find(name),
        *(m.start() if (m := p.search(body)) else -1 for p in (APOLOGY, OFFER, STOP_LINE)),
    ]
    return [
        Score("names_business", places[0] >= 0, f"{name} is missing", place),
        Score("apologises", places[1] >= 0, "no apology", place),
        Score("offers_help", places[2] >= 0, "no offer of help", place),
        Score("opt_out_line", places[3] >= 0, "no way out", place),
        Score("in_order", places == sorted(places), f"out of order: {places}", place),
    ]
