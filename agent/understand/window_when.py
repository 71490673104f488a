"""The window in time that a caller named."""

from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Literal

Kind = Literal["day", "days", "time", "window"]


@dataclass(frozen=True)
class When:
    """A window in time that a caller named; aware local datetimes, `end` exclusive, None where it is open.

    `kind`: a whole local `day`; several `days`; an exact `time`; a `window` inside or across days.
    `has_day` is False when only a clock time or a part of the day was said; `start` is then its next occurrence.
    `ambiguous`: callers differ in what they mean by it, so read the date back.
    `weekdays`, `daily`: of the days between start and end only these, and only between these hours of each.
    `excludes`: dates the caller ruled out; alone, with start and end None, when that is all that was said.
    """

    start: datetime | None
    end: datetime | None
    kind: Kind
    ambiguous: bool
    has_day: bool
    excludes: tuple[date, ...] = ()
    weekdays: frozenset[int] = frozenset()
    daily: tuple[time, time | None] | None = None

    def admits(self, start: datetime) -> bool:
        """Whether an appointment that starts then is what the caller asked for."""
        known = self.start or self.end
        local = start.astimezone(known.tzinfo) if known else start
        wall = local.replace(tzinfo=None).time()
        if local.date() in self.excludes or (
            self.weekdays and local.weekday() not in self.weekdays
        ):
            return False
        if self.kind == "time":
            return self.start is not None and (
                local == self.start if self.has_day else wall == self.start.time()
            )
        if self.daily and (
            wall < self.daily[0] or (self.daily[1] is not None and wall >= self.daily[1])
        ):
            return False
        if not self.has_day and self.daily:
            return True
        return (self.start is None or local >= self.start) and (
            self.end is None or local < self.end
        )
