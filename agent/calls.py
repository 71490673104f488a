"""What a brain may ask for before it answers: the calls of the turn's tools, as data."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal


@dataclass(frozen=True)
class FindTimes:
    """Ask the calendar. Instants are aware; `exact` is one start the caller named."""

    service_key: str
    start: datetime | None = None
    end: datetime | None = None
    exact: datetime | None = None
    daypart: Literal["morning", "afternoon", "evening"] | None = None
    weekdays: frozenset[int] = frozenset()
    exclude: frozenset[datetime] = frozenset()
    soonest: bool = False


@dataclass(frozen=True)
class LookUp:
    """Ask the business's knowledge and price list."""

    question: str


@dataclass(frozen=True)
class MyBookings:
    """Ask for this caller's own bookings ahead."""


ToolCall = FindTimes | LookUp | MyBookings
