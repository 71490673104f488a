"""What a brain may answer for one turn, and nothing else.

A plan has three parts. `heard`: what the caller said, each with the very words it came from.
`acts`: requests that code runs after its checks; a brain does nothing itself. `say`: the pieces of
the text in order, of which all that matters is a *clause* that code renders from a row or from the
business's file, and only the rest is the brain's own short *prose*.

The models double as the strict JSON schema of the language model, so every key is required and
optional means null (structured outputs accept no default).
"""

from enum import StrEnum
from typing import Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator


class Do(StrEnum):
    """The acts that code can run."""

    BOOK = "book"  # slot S: the caller has chosen it
    REQUEST = "request"  # slot S, to be confirmed by staff
    MOVE = "move"  # booking B to slot S
    CANCEL = "cancel"  # booking B
    CALL_BACK = "call_back"  # a person calls; `window` in the caller's words
    HAND_OFF = "hand_off"  # a person takes over; `reason`
    CLOSE = "close"  # nothing more to do; the lead is closed


class Clause(StrEnum):
    """What code can say. A `fact` is one of these, or an id of this turn.

    `S1` a time found or offered this turn (several in a row become one list), `K2` a passage of
    the business's knowledge in the owner's words, `B1` the caller's own booking, `price(K2)` or
    `price(<service key>)` the owner's price wording, `readback(S1)` the absolute date back with a
    question that only a yes answers, `ask(<intake field>)` one question about one missing thing.
    """

    LINK = "link"
    ADDRESS = "address"
    HOURS = "hours"
    STAFF = "staff"
    SERVICES = "services"
    IDENTIFY = "identify"  # who we are: the business's name
    OUTCOME = "outcome"  # what this turn's acts did: booked, moved, cancelled, taken meanwhile
    PROMISE = "promise"  # when a person will answer; only with a handoff or a callback
    SAFETY = "safety"  # 911 line; first of all
    FIRST_AID = "first_aid"  # the owner's own words for a property emergency
    DISCLOSURE = "disclosure"  # that this is automated
    RELAXED = "relaxed"  # the times offered are not quite those asked for, and how
    NO_TIMES = "no_times"
    WHICH_TIME = "which_time"  # it isn't clear which of the offered times is meant
    OUT_OF_AREA = "out_of_area"
    UNKNOWN_ANSWER = "unknown_answer"  # we don't know, a person will say
    OFF_LIMITS = "off_limits"  # a topic that always goes to a person
    NO_PRICE = "no_price"  # no price on the list for it
    CLARIFY = "clarify"  # say again, please
    NOTED = "noted"  # about their own visit, passed on
    PICTURE = "picture"  # a picture came; a person will look at it
    THANKS = "thanks"  # you're welcome
    GOODBYE = "goodbye"
    WRONG_NUMBER = "wrong_number"
    NO_BOOKING = "no_booking"  # there is none to change
    LANGUAGE = "language"  # one honest line: we only text in ...


HandoffReason = Literal[
    "asked",
    "emergency",
    "urgent",
    "upset",
    "lost",
    "off_limits",
    "unknown_answer",
    "no_slot",
    "model_down",
    "conflict",
    "other",
]
ProseKind = Literal["open", "restate", "bridge", "ask", "answer"]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Heard(_Strict):
    """One thing that the caller said. `words` are theirs, verbatim."""

    field: str = Field(description="an intake field, or one of: name, when, note")
    value: str
    words: str


class Act(_Strict):
    """One request to code. Keys that an act doesn't need are null."""

    do: Do
    slot: str | None = Field(description="S1, S2 ... of this turn")
    booking: str | None = Field(description="B1, B2 ... of this turn")
    reason: HandoffReason | None
    window: str | None = Field(description="when to call, in the caller's words")

    @classmethod
    def of(
        cls,
        do: Do,
        *,
        slot: str | None = None,
        booking: str | None = None,
        reason: HandoffReason | None = None,
        window: str | None = None,
    ) -> Self:
        """An act with the keys it needs."""
        return cls(do=do, slot=slot, booking=booking, reason=reason, window=window)


class Piece(_Strict):
    """One piece of the text: a clause of code's (`fact`), or the brain's own `prose`.

    Prose has a `kind`; `about` names the intake field of an `ask` or the passage of an `answer`.
    """

    fact: str | None
    prose: str | None
    kind: ProseKind | None
    about: str | None

    @model_validator(mode="after")
    def _one_or_the_other(self) -> Self:
        if (self.fact is None) == (self.prose is None):
            raise ValueError("a piece is either a fact or prose")
        if self.prose is not None and self.kind is None:
            raise ValueError("prose needs a kind")
        return self


def say(fact: str) -> Piece:
    """A clause that code renders: a `Clause`, an id, or `ask(zip)`."""
    return Piece(fact=str(fact), prose=None, kind=None, about=None)


def ask(field: str) -> Piece:
    """One question about one missing thing, in the fixed words for that field."""
    return say(f"ask({field})")


def prose(words: str, kind: ProseKind, about: str | None = None) -> Piece:
    """A short sentence of the brain's own."""
    return Piece(fact=None, prose=words, kind=kind, about=about)


class TurnPlan(_Strict):
    """The whole answer of a brain for one turn."""

    language: Literal["en", "es"]
    heard: tuple[Heard, ...]
    acts: tuple[Act, ...]
    say: tuple[Piece, ...]

    def does(self, *kinds: Do) -> tuple[Act, ...]:
        """The acts of these kinds."""
        return tuple(a for a in self.acts if a.do in kinds)


COMMITS = (Do.BOOK, Do.REQUEST, Do.MOVE, Do.CANCEL, Do.CALL_BACK, Do.HAND_OFF, Do.CLOSE)
"""Acts that change the world: in such a turn prose is at most one opener."""
