"""Opening hours: when a business is open, what "today" means to it, and how a time is said.

All zone maths of the product lives here. Inside, time is counted in whole *UTC minutes*
since 1970 (`minute_floor`, `minute_ceil`, `instant_of`), and a *wall minute* is the same
count read off the business's own clock; the offset between the two is constant between
two changes of the clocks (`offsets`). Opening hours are a statement about the wall clock:
an hour that a change of the clocks skips is never open, one that it repeats is open twice.

Zones come from the pinned `tzdata` wheel and never from the host: host zone files were
seen to be a year behind (facts: America/Vancouver from November 2026).
"""

import re
import zoneinfo
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from typing import Literal
from zoneinfo import ZoneInfo

from core.profile import WEEKDAYS, Profile

zoneinfo.reset_tzpath(to=())
ZoneInfo.clear_cache()  # forget what was read from the host before

DAY = 1440
"""Minutes of a day on the wall clock."""

LOOK_AHEAD = timedelta(days=60)
"""How far into the future a next opening or a promise is looked for."""

Span = tuple[int, int]
"""Minutes from (inclusive) to (exclusive)."""

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_EPOCH_ORDINAL = _EPOCH.toordinal()
_MINUTE = timedelta(minutes=1)
_SPAN = re.compile(r"\s*([0-9]{1,2}):([0-9]{2})\s*[-\u2013]\s*([0-9]{1,2}):([0-9]{2})\s*")


def minute_floor(at: datetime) -> int:
    """The UTC minute that `at` lies in.

    Raises:
        TypeError: `at` has no zone.
    """
    return (at - _EPOCH) // _MINUTE


def minute_ceil(at: datetime) -> int:
    """The first whole UTC minute that is not before `at`.

    Raises:
        TypeError: `at` has no zone.
    """
    return -((_EPOCH - at) // _MINUTE)


def instant_of(minute: int) -> datetime:
    """The instant, in UTC, at which this UTC minute begins."""
    return datetime.fromtimestamp(minute * 60, UTC)


def in_utc(at: datetime) -> datetime:
    """The same instant in UTC, where adding minutes means real minutes.

    Raises:
        TypeError: `at` has no zone; Python would silently take the machine's.
    """
    if at.tzinfo is None:
        raise TypeError(f"{at.isoformat()} has no zone")
    return at.astimezone(UTC)


def day_number(day: date) -> int:
    """Days since 1970-01-01: `day_number(d) * DAY` is the wall minute of that date's midnight."""
    return day.toordinal() - _EPOCH_ORDINAL


def zone_named(name: str) -> ZoneInfo:
    """The zone with this IANA name.

    Raises:
        ValueError: there is no such zone; the message carries an example.
    """
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError) as error:
        raise ValueError(f'unknown time zone "{name}": write one like America/New_York') from error


def merged(spans: Iterable[Span]) -> list[Span]:
    """The same minutes as `spans`, sorted, with overlapping and touching spans joined."""
    result: list[Span] = []
    for start, end in sorted(spans):
        if start >= end:
            continue
        if result and start <= result[-1][1]:
            result[-1] = (result[-1][0], max(result[-1][1], end))
        else:
            result.append((start, end))
    return result


def _offset_at(zone: ZoneInfo, minute: int) -> int:
    shift = datetime.fromtimestamp(minute * 60, zone).utcoffset() or timedelta()
    return shift // _MINUTE


def _pieces(zone: ZoneInfo, lo: int, hi: int) -> list[tuple[int, int, int]]:
    """Halve [lo, hi) until each piece has one offset."""
    offset = _offset_at(zone, lo)
    if hi - lo == 1 or offset == _offset_at(zone, hi - 1):
        return [(lo, hi, offset)]
    middle = (lo + hi) // 2
    return _pieces(zone, lo, middle) + _pieces(zone, middle, hi)


@lru_cache(maxsize=4096)
def _week_offsets(zone: ZoneInfo, week: int) -> tuple[tuple[int, int, int], ...]:
    """Offsets of one week, probed day by day so that two changes in a month can't cancel out."""
    joined: list[tuple[int, int, int]] = []
    for day in range(week * 7, week * 7 + 7):
        for lo, hi, offset in _pieces(zone, day * DAY, day * DAY + DAY):
            if joined and joined[-1][2] == offset:
                joined[-1] = (joined[-1][0], hi, offset)
            else:
                joined.append((lo, hi, offset))
    return tuple(joined)


def offsets(zone: ZoneInfo, lo: int, hi: int) -> list[tuple[int, int, int]]:
    """UTC minutes [lo, hi) cut into pieces of constant offset: (from, to, wall minus UTC)."""
    week = DAY * 7
    joined: list[tuple[int, int, int]] = []
    for number in range(lo // week, -(-hi // week)):
        for start, end, offset in _week_offsets(zone, number):
            start, end = max(start, lo), min(end, hi)  # noqa: PLW2901 - clipped to the question
            if start >= end:
                continue
            if joined and joined[-1][2] == offset:
                joined[-1] = (joined[-1][0], end, offset)
            else:
                joined.append((start, end, offset))
    return joined


def wall_to_utc(zone: ZoneInfo, wall: Iterable[Span], lo: int, hi: int) -> list[Span]:
    """The UTC minutes in [lo, hi) whose wall time in `zone` lies in one of the spans `wall`."""
    asked = list(wall)
    return merged(
        (max(start - offset, piece_lo), min(end - offset, piece_hi))
        for piece_lo, piece_hi, offset in offsets(zone, lo, hi)
        for start, end in asked
    )


@dataclass(frozen=True)
class Hours:
    """The opening hours of a business or of one of its staff.

    A span belongs to the local date it starts on: minutes since local midnight, end
    exclusive; an end at or before the start lies on the next date, 1440 is midnight.

    Attributes:
        zone: The zone of every wall time below.
        weekly: Weekday (0 is Monday) to its spans; a missing weekday is closed.
        exceptions: A date's own spans, in place of its weekday's; empty means closed. The
            tail of the night before is not cut.
        closures: Dates from and to, inclusive, on which every minute from midnight to
            midnight is closed, tails included, whatever the rest says.
    """

    zone: ZoneInfo
    weekly: Mapping[int, tuple[Span, ...]]
    exceptions: Mapping[date, tuple[Span, ...]] = field(default_factory=dict)
    closures: tuple[tuple[date, date], ...] = ()

    def is_open(self, at: datetime) -> bool:
        """Is the minute that `at` lies in an open one?"""
        wall = datetime.fromtimestamp(minute_floor(at) * 60, self.zone)
        minute = wall.hour * 60 + wall.minute
        today = wall.date()
        if self._shut(today):
            return False
        if any(start <= minute < (end if end > start else DAY) for start, end in self._of(today)):
            return True
        night_before = self._of(today - timedelta(days=1))
        return any(end <= start and minute < end for start, end in night_before)

    def open_minutes(self, lo: int, hi: int) -> list[Span]:
        """The open UTC minutes in [lo, hi), merged."""
        return wall_to_utc(self.zone, self._wall_spans(lo - DAY, hi + DAY), lo, hi)

    def open_spans(self, start: datetime, end: datetime) -> list[tuple[datetime, datetime]]:
        """The open times between two instants, in UTC, merged and cut to them."""
        start, end = in_utc(start), in_utc(end)
        return [
            (max(instant_of(lo), start), min(instant_of(hi), end))
            for lo, hi in self.open_minutes(minute_floor(start), minute_ceil(end))
        ]

    def next_opening(self, at: datetime) -> datetime | None:
        """The first open instant from `at` on: `at` itself when open, else the next opening.

        None when nothing opens within `LOOK_AHEAD`.
        """
        return next((start for start, _ in self._ahead(at)), None)

    def closes_at(self, at: datetime) -> datetime | None:
        """When the open run that `at` lies in ends.

        None when `at` is closed, or when it never closes within `LOOK_AHEAD`.
        """
        at = until = in_utc(at)
        for start, end in self._ahead(at):
            if start != until:
                break
            until = end
        return until if at < until < at + LOOK_AHEAD else None

    def open_minutes_after(self, at: datetime, minutes: int) -> datetime | None:
        """When `minutes` open minutes have passed since `at`: the due time of a promise.

        "Within the hour during opening hours", said at night, ends an hour after opening.
        None when that many are not open within `LOOK_AHEAD`.
        """
        owed = timedelta(minutes=minutes)
        if owed <= timedelta():
            return in_utc(at)
        for start, end in self._ahead(at):
            if owed <= end - start:
                return start + owed
            owed -= end - start
        return None

    def open_seconds_between(self, start: datetime, end: datetime) -> int:
        """Open seconds in [start, end): a response time in opening hours; 0 when reversed."""
        if end <= start:
            return 0
        total = sum((hi - lo for lo, hi in self.open_spans(start, end)), timedelta())
        return total // timedelta(seconds=1)

    def _of(self, day: date) -> tuple[Span, ...]:
        own = self.exceptions.get(day)
        return self.weekly.get(day.weekday(), ()) if own is None else own

    def _shut(self, day: date) -> bool:
        return any(first <= day <= last for first, last in self.closures)

    def _wall_spans(self, lo: int, hi: int) -> Iterator[Span]:
        """Open wall minutes of every date that [lo, hi) touches, and of the night before."""
        for number in range(lo // DAY - 1, -(-hi // DAY)):
            day = date.fromordinal(number + _EPOCH_ORDINAL)
            midnight = number * DAY
            spans = self._of(day)
            if not spans:
                continue
            shut_today = self._shut(day)
            for start, end in spans:
                tail = end if end <= start else 0
                if not shut_today:
                    yield midnight + start, midnight + (DAY if end <= start else end)
                if tail and not self._shut(day + timedelta(days=1)):
                    yield midnight + DAY, midnight + DAY + tail

    def _ahead(self, at: datetime) -> Iterator[tuple[datetime, datetime]]:
        """Open spans from `at` on, a week at a time: a span may come in touching parts."""
        at = in_utc(at)
        limit = at + LOOK_AHEAD
        while at < limit:
            until = min(at + timedelta(days=7), limit)
            yield from self.open_spans(at, until)
            at = until


def parse_span(text: str) -> Span:
    """Read opening hours such as "08:00-12:00" into minutes since midnight.

    An end at or before the start lies on the next date ("22:00-02:00"); "24:00" is midnight.

    Raises:
        ValueError: not a span of two times of day; the message carries an example.
    """
    found = _SPAN.fullmatch(text)
    if found:
        hour, minute, end_hour, end_minute = (int(part) for part in found.groups())
        start, end = hour * 60 + minute, end_hour * 60 + end_minute
        if minute < 60 and end_minute < 60 and start < DAY and end <= DAY:
            return start, end
    raise ValueError(f'"{text}" is not a span of hours: write it like "08:00-12:00"')


def daypart(hours: Hours, at: datetime) -> Literal["open", "after_hours"]:
    """Is a call at `at` one of the opening hours or an after-hours one?"""
    return "open" if hours.is_open(at) else "after_hours"


# Spanish short forms without the accent of "sáb": that letter alone is outside GSM-7 and
# would more than halve the room of a text. The others (é, ñ) are inside.
_DAYS = {
    "en": ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"),
    "es": ("lun", "mar", "mié", "jue", "vie", "sab", "dom"),
}
_MONTHS = {
    "en": ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"),
    "es": ("ene", "feb", "mar", "abr", "may", "jun", "jul", "ago", "sep", "oct", "nov", "dic"),
}
_NEAR = {"en": ("today", "tomorrow"), "es": ("hoy", "mañana")}
_YEAR_IS_CLEAR = timedelta(days=180)


def _spoken_in(language: str) -> str:
    return "es" if language.lower().startswith("es") else "en"


def spoken_time(at: datetime, zone: ZoneInfo) -> str:
    """The time of day as a text says it: "3:00 PM".

    An hour that happens twice names its pass: "1:30 AM EDT".
    """
    wall = in_utc(at).astimezone(zone)
    said = f"{wall.hour % 12 or 12}:{wall.minute:02d} {'PM' if wall.hour >= 12 else 'AM'}"
    # a wall time is ambiguous when its two folds have different offsets; this instant is one of them
    if wall.replace(fold=0).utcoffset() == wall.replace(fold=1).utcoffset():
        return said
    name = wall.tzname() or ""
    return f"{said} {name if name[:1].isalpha() else f'UTC{name}'}"


def spoken_date(at: datetime, now: datetime, zone: ZoneInfo, language: str = "en") -> str:
    """The absolute date as a text says it: "Tue Dec 1"; half a year off, with its year."""
    wall, words = in_utc(at).astimezone(zone), _spoken_in(language)
    day, month = _DAYS[words][wall.weekday()], _MONTHS[words][wall.month - 1]
    said = f"{day} {wall.day} {month}" if words == "es" else f"{day} {month} {wall.day}"
    return said if abs(at - now) < _YEAR_IS_CLEAR else f"{said} {wall.year}"


def spoken_day(at: datetime, now: datetime, zone: ZoneInfo, language: str = "en") -> str:
    """The day as seen from now: "today", "tomorrow", else the date ("Tue Dec 1")."""
    ahead = (in_utc(at).astimezone(zone).date() - in_utc(now).astimezone(zone).date()).days
    if ahead in (0, 1):
        return _NEAR[_spoken_in(language)][ahead]
    return spoken_date(at, now, zone, language)


def spoken(at: datetime, now: datetime, zone: ZoneInfo, language: str = "en") -> str:
    """Date and time for a text: "Tue Dec 1 at 3:00 PM", "mar 1 dic a las 3:00 PM".

    Always the absolute date: a text that says "today" is false when read tomorrow. Other
    languages than English and Spanish are said in English.
    """
    day, clock = spoken_date(at, now, zone, language), spoken_time(at, zone)
    if _spoken_in(language) == "en":
        return f"{day} at {clock}"
    return f"{day} {'a la' if clock.startswith('1:') else 'a las'} {clock}"


def of_profile(profile: Profile) -> Hours:
    """The opening hours that a business file describes, in the business's zone."""
    return Hours(
        zone=profile.zone,
        weekly={
            WEEKDAYS.index(day): tuple(parse_span(span) for span in spans)
            for day, spans in profile.hours.items()
        },
        exceptions={
            one.date: tuple(parse_span(span) for span in one.hours) for one in profile.exceptions
        },
    )
