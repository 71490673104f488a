"""What the grammar finds in a text: days and hours, with the place where they were said."""

from dataclasses import dataclass
from datetime import date
from typing import Final

from agent.understand import window_calendar as cal

DAY_MARK, TIME_MARK, PART_MARK = "\u00a7", "\u00a4", "\u00b6"
NOON: Final = 12 * 60
MIDNIGHT: Final = 24 * 60


@dataclass(frozen=True)
class Days:
    """Local dates, `last` exclusive, and where in the text they were said."""

    first: date
    last: date
    at: tuple[int, int] = (0, 0)
    unsure: bool = False
    weekday: int | None = None
    whole: bool = False  # said as a stretch ("next week"), even when it is one day long
    set: frozenset[int] = frozenset()


@dataclass(frozen=True)
class Hours:
    """Minutes since local midnight; `till` None for an exact time."""

    start: int
    till: int | None = None
    at: tuple[int, int] = (0, 0)
    unsure: bool = False
    bare: bool = False  # no am or pm was said
    part: str = ""  # the name of a part of the day


def one_day(day: date | None, *, unsure: bool = False, weekday: int | None = None) -> Days | None:
    """A single date as `Days`."""
    return Days(day, day + cal.DAY, unsure=unsure, weekday=weekday) if day else None
