"""The diary page that slots are read from: service, staff, busy times and rules. Pure values."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal
from zoneinfo import ZoneInfo

from core.hours import DAY, Hours

EVERYONE = "*"
"""Stands for all staff in `Busy.staff`."""

Refusal = Literal["skills", "notice", "horizon", "closed", "off_grid", "busy", "buffer", "day_full"]
"""Why a start can't be had, in the order in which the rules are asked."""


@dataclass(frozen=True)
class ServiceTime:
    """What an appointment takes: real minutes, buffers around it, skills that it needs."""

    minutes: int
    before: int = 0
    after: int = 0
    skills: frozenset[str] = frozenset()

    def __post_init__(self) -> None:
        if self.minutes < 1 or self.before < 0 or self.after < 0:
            raise ValueError("a service takes at least a minute, e.g. minutes=60, after=30")


@dataclass(frozen=True)
class StaffTime:
    """Who can take appointments, and when.

    Attributes:
        key: The staff member's key.
        hours: Their opening hours, in their own zone; the business's own closures included.
        skills: What they can do; they qualify when these cover the service's.
        capacity: Appointments at one time.
        closures: Days off, local dates from and to inclusive, besides those of `hours`.
    """

    key: str
    hours: Hours
    skills: frozenset[str] = frozenset()
    capacity: int = 1
    closures: tuple[tuple[date, date], ...] = ()


@dataclass(frozen=True)
class Busy:
    """Time that is taken.

    Attributes:
        staff: Whose time; `EVERYONE` for all.
        start: An instant, or a date for an all-day entry (local days of that staff).
        end: Exclusive; an entry that ends at or before its start is ignored.
        kind: `busy` (an outside event) takes the whole capacity, `booking` takes `units`,
            `hold` the same until it expires, `free` nothing.
        before: Minutes of buffer in front; buffers of neighbours add up.
        after: Minutes of buffer behind.
        units: Places taken by a booking or hold.
        expires: When a hold lapses; None never. Leave a caller's own hold out of the list
            when that caller confirms it.
    """

    staff: str
    start: datetime | date
    end: datetime | date
    kind: Literal["busy", "booking", "hold", "free"] = "busy"
    before: int = 0
    after: int = 0
    units: int = 1
    expires: datetime | None = None


@dataclass(frozen=True)
class Rules:
    """How a business hands out its time.

    Attributes:
        zone: The business's zone: its grid and its horizon are read there.
        step: Minutes between starts.
        align: `grid` counts them from local midnight, `open` from the opening (real
            minutes; staff who never close follow the grid).
        min_notice_minutes: Real minutes from now to the first start.
        horizon_days: Last local date on offer, counted from today's; None for no end.
        buffer_outside_hours: May buffers hang over opening hours?
        max_per_day: Bookings after which a staff member's local date is full.
        shared_seats: A class: bookings of the same start and length share one session, up
            to the capacity; anything else then blocks the staff member whole.
    """

    zone: ZoneInfo
    step: int = 15
    align: Literal["grid", "open"] = "grid"
    min_notice_minutes: float = 0
    horizon_days: int | None = None
    buffer_outside_hours: bool = True
    max_per_day: int | None = None
    shared_seats: bool = False

    def __post_init__(self) -> None:
        if not 1 <= self.step <= DAY:
            raise ValueError("step is minutes between starts, 1 to 1440, e.g. 15")


@dataclass(frozen=True)
class Diary:
    """All that decides which starts of one service are bookable at the instant `now`."""

    service: ServiceTime
    staff: Sequence[StaffTime]
    busy: Sequence[Busy]
    rules: Rules
    now: datetime


@dataclass(frozen=True)
class Slot:
    """A bookable start, in UTC, and the keys of all staff who can take it (in diary order)."""

    starts_at: datetime
    staff: tuple[str, ...]
