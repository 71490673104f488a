"""A part of a plan while it is being put together: what to do and what to say."""

from dataclasses import dataclass

from agent.brains import ToolCall
from agent.plan import Act, Clause, Do, HandoffReason, Piece, ask, say
from agent.state import TimeSeen


@dataclass(frozen=True)
class Step:
    """Acts and pieces; `settles` when nothing may follow in the same text."""

    pieces: tuple[Piece, ...] = ()
    acts: tuple[Act, ...] = ()
    settles: bool = False

    def then(self, other: "Step") -> "Step":
        """This step and another one after it; a piece or an act is never said or done twice."""
        if self.settles:
            return self
        return Step(
            tuple(dict.fromkeys((*self.pieces, *other.pieces))),
            tuple(dict.fromkeys((*self.acts, *other.acts))),
            other.settles,
        )


@dataclass(frozen=True)
class Needs:
    """Tools to ask before this step can be taken."""

    calls: tuple[ToolCall, ...]


NOTHING = Step()


def speak(*clauses: str) -> Step:
    """Clauses alone."""
    return Step(tuple(say(c) for c in clauses))


def question(field: str) -> Step:
    """One question about one missing thing."""
    return Step((ask(field),))


def offer(*times: TimeSeen) -> Step:
    """Times to choose from."""
    return Step(tuple(say(t.id) for t in times))


def read_back(time: TimeSeen) -> Step:
    """The absolute date, which only a yes commits."""
    return Step((say(f"readback({time.id})"),))


def hand_off(reason: HandoffReason, *clauses: str) -> Step:
    """A person takes over, and when they will answer is said. Nothing follows."""
    return Step(
        tuple(say(c) for c in (*clauses, Clause.PROMISE)),
        (Act.of(Do.HAND_OFF, reason=reason),),
        settles=True,
    )
