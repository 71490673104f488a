"""What a turn knows: who texts whom, what was said, what is known, what may be stated.

Everything here is a value loaded before the turn began; nothing reads a table. Ids are of this
turn alone: `S1` a time, `K1` a passage, `B1` a booking of this caller, so that another tenant's
ids can't even be written.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Literal

from agent.understand.intents import Intent
from agent.understand.machines import is_auto_reply
from agent.understand.normalise import plain
from agent.understand.read import Reading
from core.profile import Profile, Service


@dataclass(frozen=True)
class Line:
    """One text of the conversation."""

    author: Literal["caller", "agent", "staff", "system"]
    body: str
    at: datetime


@dataclass(frozen=True)
class TimeSeen:
    """A bookable start: offered to this caller before, or found this turn."""

    id: str
    service_key: str
    staff_key: str
    starts_at: datetime
    ends_at: datetime
    offered: bool = False  # the caller has it before their eyes: a bare "2" may mean it
    held: bool = False  # kept for this caller until a missing fact is known
    read_back: bool = False  # we asked "Tue Dec 1 at 3:00 PM, right?": a yes commits it


@dataclass(frozen=True)
class Passage:
    """An answer of the owner's, or a price of the list. `score` is 0..1; below WEAK it is a guess."""

    id: str
    question: str
    answer: str
    score: float
    service_key: str | None = None  # a price: of this service


_COURTESY = frozenset({Intent.THANKS, Intent.GOODBYE, Intent.AFFIRM})

WEAK = 0.5
"""Below this a passage is no answer: say so and hand over."""


@dataclass(frozen=True)
class BookingSeen:
    """A booking of this caller's that lies ahead."""

    id: str
    booking_id: str
    service_key: str
    staff_key: str
    starts_at: datetime
    status: str


@dataclass(frozen=True)
class StaffStretch:
    """What a person did before giving the conversation back: a fact, not chat text."""

    who: str
    at: datetime
    instruction: str | None


@dataclass(frozen=True)
class TurnView:
    """All that is known when the turn begins.

    `texts` are the caller's, not yet answered, in order. `known` is the intake so far, by field.
    `asked` is what our last text asked for. `lost` counts turns in a row that made no headway.
    """

    profile: Profile
    now: datetime
    language: Literal["en", "es"]
    caller_name: str | None
    texts: tuple[str, ...]
    pictures: int
    transcript: tuple[Line, ...]
    known: Mapping[str, str]
    asked: str | None
    reading: Reading
    lost: int = 0
    disclosed: bool = False
    staff_stretch: StaffStretch | None = None
    refused: frozenset[datetime] = frozenset()  # times the caller turned down
    seed: int = 0  # of conversation and turn: chooses among the ways to say a thing
    caller_key: str | None = None  # a keyed hash: tells a model's vendor who misuses it, not who

    @property
    def text(self) -> str:
        """All that the caller texted since the last answer."""
        return "\n".join(self.texts)

    @property
    def needs_no_answer(self) -> bool:
        """Thanks or an "ok" after our word with nothing asked, or a machine's automatic answer.

        Code's decision: no brain can leave a caller waiting.
        """
        reading = self.reading
        if is_auto_reply(plain(self.text)) and Intent.BOOK not in reading.intents:
            return True
        says_something = reading.when or reading.service or reading.zip or self.pictures
        return (
            any(line.author == "agent" for line in self.transcript)
            and self.asked is None
            and not says_something
            and bool(reading.intents)
            and reading.intents <= _COURTESY
        )

    @property
    def service(self) -> Service | None:
        """The service that is known to be wanted."""
        key = self.known.get("service")
        return self.profile.service(key) if key else None

    def required(self, service: Service | None = None) -> tuple[str, ...]:
        """What to find out before booking: the business's fields, then the service's own."""
        service = service or self.service
        extra = service.intake if service else ()
        return tuple(dict.fromkeys((*self.profile.intake_fields, *extra)))

    def missing(self, known: Mapping[str, str] | None = None) -> tuple[str, ...]:
        """Required fields that nobody has told us yet, in the order to ask."""
        have = self.known if known is None else known
        key = have.get("service")
        service = self.profile.service(key) if key else None
        return tuple(f for f in self.required(service) if not have.get(f))


@dataclass(frozen=True)
class Ledger:
    """What this turn may state, by id. Tools add to it; nothing is ever taken out."""

    times: Mapping[str, TimeSeen] = field(default_factory=dict)
    passages: Mapping[str, Passage] = field(default_factory=dict)
    bookings: Mapping[str, BookingSeen] = field(default_factory=dict)
    relaxed: tuple[str, ...] = ()
    looked: frozenset[str] = frozenset()  # who has not looked can't say that there is nothing

    def offered(self) -> tuple[TimeSeen, ...]:
        """The times that the caller has before their eyes, in the order they were put."""
        return tuple(t for t in self.times.values() if t.offered)

    def with_times(self, found: Sequence[TimeSeen], relaxed: tuple[str, ...]) -> "Ledger":
        """Add times found in the calendar; one known already keeps its id."""
        times = dict(self.times)
        known = {(t.starts_at, t.service_key, t.staff_key) for t in times.values()}
        for time in found:
            if (time.starts_at, time.service_key, time.staff_key) not in known:
                new = replace(time, id=f"S{len(times) + 1}")
                times[new.id] = new
        return replace(self, times=times, relaxed=relaxed, looked=self.looked | {"times"})

    def with_passages(self, found: Sequence[Passage]) -> "Ledger":
        """Add passages of the business's knowledge."""
        passages = dict(self.passages)
        known = {(p.question, p.answer) for p in passages.values()}
        for passage in found:
            if (passage.question, passage.answer) not in known:
                new = replace(passage, id=f"K{len(passages) + 1}")
                passages[new.id] = new
        return replace(self, passages=passages)

    def with_bookings(self, found: Sequence[BookingSeen]) -> "Ledger":
        """Add the caller's bookings."""
        bookings = dict(self.bookings)
        known = {b.booking_id for b in bookings.values()}
        for booking in found:
            if booking.booking_id not in known:
                new = replace(booking, id=f"B{len(bookings) + 1}")
                bookings[new.id] = new
        return replace(self, bookings=bookings, looked=self.looked | {"bookings"})


@dataclass(frozen=True)
class Outcome:
    """What one act did, as code saw it: the only ground on which "booked" may be said."""

    kind: Literal[
        "booked", "requested", "moved", "cancelled", "taken", "handed_off", "callback", "closed"
    ]
    service_key: str | None = None
    staff_key: str | None = None
    starts_at: datetime | None = None
    promise: str | None = None  # computed from the hours; None: no time may be named
    fresh: tuple[TimeSeen, ...] = ()  # with "taken": what is still free
