"""Judges of a play: each a pure function of what was played to `Score`s that say why."""

from collections.abc import Callable
from dataclasses import dataclass

from evals.play import Played


@dataclass(frozen=True)
class Score:
    """One judgement. `text` is the place in the play's texts that it is about, if any."""

    rule: str
    held: bool
    why: str = ""
    text: int | None = None


Scorer = Callable[[Played], list[Score]]


def all_scorers() -> tuple[Scorer, ...]:
    """Every judge, in the order of the report."""
    from evals.scorers.end_state import end_state
    from evals.scorers.length import length
    from evals.scorers.tone import tone

    return (end_state, length, tone)
