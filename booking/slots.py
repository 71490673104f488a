"""Hours minus busy: every bookable start. Pure; the same function offers and validates.

Other systems compute what they offer and check what they book in two places, and then refuse
what they offered. Here `bookable` is the only judge: `can_start` asks it for the one minute in
question, and a reason for a refusal is found by asking it again with rules taken away.

Method: integer UTC minutes and subtraction in *start space*. An open run [a, b) admits the
starts [a, b - minutes]; a full stretch [p, q) forbids the starts whose appointment, buffers
included, would touch it. What is left is cut to the grid, a few days at a time, so that who
only wants the first three times pays for the first days alone.

Durations are real minutes; opening hours and the grid are wall clock (core/hours).
"""

from bisect import bisect_right
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import get_args
from zoneinfo import ZoneInfo

from booking.diary import EVERYONE, Busy, Diary, Refusal, Slot, StaffTime
from core.hours import (
    DAY,
    Hours,
    Span,
    day_number,
    in_utc,
    instant_of,
    merged,
    minute_ceil,
    minute_floor,
    offsets,
    wall_to_utc,
)

_REFUSALS: tuple[Refusal, ...] = get_args(Refusal)
_CHUNK = 3 * DAY
_LOOK_BACK = (2 * DAY, 8 * DAY, 60 * DAY)


def bookable(diary: Diary, start: datetime, end: datetime) -> list[Slot]:
    """Every bookable start in [start, end), in order; appointments may run past `end`."""
    return list(each_slot(diary, start, end))


def each_slot(diary: Diary, start: datetime, end: datetime) -> Iterator[Slot]:
    """`bookable`, worked out a few days at a time as far as it is read."""
    lo, hi = max(minute_ceil(start), _earliest(diary)), minute_ceil(end)
    if diary.rules.horizon_days is not None:
        hi = min(hi, (_last_day(diary) + 2) * DAY)  # a local date is over a day later anywhere
    taken = _taken(diary, lo, hi)
    columns = [
        _Column(diary, staff, taken.get(staff.key, []) + taken.get(EVERYONE, []))
        for staff in diary.staff
        if _qualifies(diary, staff)
    ]
    for chunk in range(lo, hi, _CHUNK):
        pieces = _pieces(diary, chunk, min(chunk + _CHUNK, hi))
        able: dict[int, list[str]] = {}
        for column in columns:
            for minute in column.starts(pieces):
                able.setdefault(minute, []).append(column.staff.key)
        for minute in sorted(able):
            yield Slot(instant_of(minute), tuple(able[minute]))


def can_start(diary: Diary, staff_key: str, start: datetime) -> Refusal | None:
    """May this staff member's appointment start then? None is yes, else the first reason.

    An unknown staff key is refused for `skills`.
    """
    member = [staff for staff in diary.staff if staff.key == staff_key]
    return why_not(replace(diary, staff=member), start)


def why_not(diary: Diary, start: datetime) -> Refusal | None:
    """Why nobody can take this start: the reason of whoever came nearest; None if one can."""
    if _offers(diary, start):
        return None
    reasons = [_refusal(replace(diary, staff=[staff]), start) for staff in diary.staff]
    return max(reasons, key=_REFUSALS.index, default="skills")


def _offers(diary: Diary, start: datetime) -> bool:
    start = in_utc(start)
    found = each_slot(diary, start, start + timedelta(minutes=1))
    return any(slot.starts_at == start for slot in found)


def _refusal(diary: Diary, start: datetime) -> Refusal:
    """The first rule that refuses one staff member's start, known to be refused.

    Rules are put back one after the other until `bookable` says no.
    """
    if not _qualifies(diary, diary.staff[0]):
        return "skills"
    if start < instant_of(_earliest(diary)):
        return "notice"
    if not _pieces(diary, minute_floor(start), minute_floor(start) + 1):
        return "horizon"
    service, rules = diary.service, diary.rules
    bare = replace(service, before=0, after=0)
    empty = replace(diary, service=bare, busy=(), rules=replace(rules, max_per_day=None))
    anywhere = replace(empty.rules, step=1, align="grid")
    if not _offers(replace(empty, rules=anywhere), instant_of(minute_floor(start))):
        return "closed"
    if not _offers(empty, start):
        return "off_grid"
    if not _offers(replace(empty, service=service), start):
        return "buffer"
    alone = [replace(entry, before=0, after=0) for entry in diary.busy]
    if not _offers(replace(empty, busy=alone), start):
        return "busy"
    return "day_full" if _offers(replace(diary, rules=empty.rules), start) else "buffer"


def _qualifies(diary: Diary, staff: StaffTime) -> bool:
    return diary.service.skills <= staff.skills and staff.capacity > 0


def _earliest(diary: Diary) -> int:
    return minute_ceil(diary.now + timedelta(minutes=diary.rules.min_notice_minutes))


def _last_day(diary: Diary) -> int:
    today = day_number(diary.now.astimezone(diary.rules.zone).date())
    return today + (diary.rules.horizon_days or 0)


def _pieces(diary: Diary, lo: int, hi: int) -> list[tuple[int, int, int]]:
    """[lo, hi) up to the horizon, in pieces of one offset of the business's wall clock."""
    pieces = offsets(diary.rules.zone, lo, hi)
    if diary.rules.horizon_days is None:
        return pieces
    midnight = (_last_day(diary) + 1) * DAY
    cut = ((start, min(end, midnight - offset), offset) for start, end, offset in pieces)
    return [(start, end, offset) for start, end, offset in cut if start < end]


@dataclass
class _Column:
    """One staff member's column of the diary."""

    diary: Diary
    staff: StaffTime
    entries: list[Busy]
    hours: Hours = field(init=False)
    blocked: list[Span] = field(init=False)
    sessions: list[int] = field(init=False, default_factory=list)

    def __post_init__(self) -> None:
        base, staff = self.staff.hours, self.staff
        own = staff.closures
        self.hours = replace(base, closures=base.closures + own) if own else base
        taken = [entry for entry in self.entries if _minutes(entry, base.zone)]
        if self.diary.rules.shared_seats:
            blocked = self._around(_stretches(self._occupied(taken)))
            self.sessions = self._open_sessions(taken)
        else:
            blocked = self._around(self._full(taken))
        full_days = self._full_days(taken)
        self.blocked = merged(blocked + full_days)
        self.sessions = [at for at in self.sessions if not _covers(full_days, at)]

    def starts(self, pieces: list[tuple[int, int, int]]) -> Iterator[int]:
        """The bookable starts within these pieces of time (from, to, wall minus UTC)."""
        if not pieces or self.diary.rules.max_per_day == 0:
            return
        step = self.diary.rules.step
        for origin, room in self._rooms(pieces[0][0], pieces[-1][1]):
            free = _without(room, self.blocked)
            free += [(at, at + 1) for at in self.sessions if room[0] <= at < room[1]]
            for lo, hi in free:
                for start, end, offset in pieces:
                    first, last = max(lo, start), min(hi, end)
                    if first >= last:
                        continue
                    if origin is None:
                        yield from _on_grid(first, last, offset, step)
                    else:
                        yield from range(first + (origin - first) % step, last, step)

    def _rooms(self, lo: int, hi: int) -> Iterator[tuple[int | None, Span]]:
        """The starts in [lo, hi) that opening hours admit, run by run.

        With each the minute that its starts are counted from, None for the grid.
        """
        service, rules = self.diary.service, self.diary.rules
        inside = not rules.buffer_outside_hours
        before, after = (service.before, service.after) if inside else (0, 0)
        left, right = lo - before, hi + service.minutes + after
        runs: list[Span] = []
        for back in _LOOK_BACK if rules.align == "open" else (0,):
            left = lo - before - back
            runs = self.hours.open_minutes(left, right)
            if not runs or runs[0][0] > left:
                break
        for opens, closes in runs:
            room = max(opens + before, lo), min(closes - service.minutes - after + 1, hi)
            if room[0] < room[1]:
                origin = opens if rules.align == "open" and opens > left else None
                yield origin, room

    def _occupied(self, entries: Sequence[Busy]) -> list[tuple[int, int, int]]:
        """UTC minutes that entries take, buffers included, and how much of the capacity."""
        found = []
        for entry in entries:
            units = self.staff.capacity if entry.kind == "busy" else entry.units
            for start, end in _minutes(entry, self.hours.zone):
                found.append((start - entry.before, end + entry.after, units))
        return found

    def _full(self, entries: Sequence[Busy]) -> list[Span]:
        """Where no place is left."""
        occupied = self._occupied(entries)
        if self.staff.capacity == 1:
            return [(start, end) for start, end, units in occupied if units > 0]
        change: Counter[int] = Counter()
        for start, end, units in occupied:
            change[start] += units
            change[end] -= units
        full, used = [], 0
        for here, there in pairwise(sorted(change)):
            used += change[here]
            if used >= self.staff.capacity:
                full.append((here, there))
        return full

    def _around(self, full: list[Span]) -> list[Span]:
        """The starts whose appointment, buffers included, would touch a full stretch."""
        service = self.diary.service
        reach = service.minutes + service.after - 1
        return merged((start - reach, end + service.before) for start, end in full)

    def _open_sessions(self, entries: Sequence[Busy]) -> list[int]:
        """Starts of sessions of this service that have a seat left and nothing in the way."""
        length = timedelta(minutes=self.diary.service.minutes)
        seats: dict[int, list[Busy]] = {}
        for entry in entries:
            if _is_session(entry, self.staff.key, length):
                seats.setdefault(_minutes(entry, self.hours.zone)[0][0], []).append(entry)
        found = []
        for start, session in seats.items():
            ids = {id(entry) for entry in session}
            others = [entry for entry in entries if id(entry) not in ids]
            taken = sum(entry.units for entry in session)
            in_the_way = self._around(_stretches(self._occupied(others)))
            if taken < self.staff.capacity and not _covers(in_the_way, start):
                found.append(start)
        return found

    def _full_days(self, entries: Sequence[Busy]) -> list[Span]:
        """Local dates on which this staff member has all the bookings they take."""
        most = self.diary.rules.max_per_day
        if most is None:
            return []
        zone = self.hours.zone
        days = Counter(_local_day(entry, zone) for entry in entries if entry.kind == "booking")
        full: list[Span] = []
        for day, bookings in days.items():
            if bookings >= most:
                full += _local_days(zone, day, day + 1)
        return full


def _taken(diary: Diary, lo: int, hi: int) -> dict[str, list[Busy]]:
    """The entries that can matter to starts in [lo, hi), by their staff.

    Two days to either side hold the rest of a local date and any appointment.
    """
    service = diary.service
    lo -= 2 * DAY + service.before
    hi += 2 * DAY + service.minutes + service.after
    found: dict[str, list[Busy]] = {}
    for entry in diary.busy:
        start, end = entry.start, entry.end
        if entry.kind == "free" or _lapsed(entry, diary.now):
            continue
        if isinstance(end, datetime) and minute_ceil(end) + entry.after < lo:
            continue
        if isinstance(start, datetime) and minute_floor(start) - entry.before > hi:
            continue
        found.setdefault(entry.staff, []).append(entry)
    return found


def _lapsed(entry: Busy, now: datetime) -> bool:
    return entry.kind == "hold" and entry.expires is not None and entry.expires <= now


def _minutes(entry: Busy, zone: ZoneInfo) -> list[Span]:
    """The UTC minutes of an entry without its buffers; part of a minute takes it whole."""
    if isinstance(entry.start, datetime) and isinstance(entry.end, datetime):
        if entry.end.astimezone(UTC) <= entry.start.astimezone(UTC):
            return []
        return [(minute_floor(entry.start), minute_ceil(entry.end))]
    if isinstance(entry.start, datetime) or isinstance(entry.end, datetime):
        raise TypeError("a busy time starts and ends with instants, or with dates")
    return _local_days(zone, day_number(entry.start), day_number(entry.end))


def _local_days(zone: ZoneInfo, first: int, end: int) -> list[Span]:
    """The UTC minutes of the local dates from day number `first` to before `end`."""
    wall = (first * DAY, end * DAY)
    return wall_to_utc(zone, [wall], wall[0] - DAY, wall[1] + DAY)


def _local_day(entry: Busy, zone: ZoneInfo) -> int:
    """Number of the local date that an entry starts on."""
    start = entry.start
    return day_number(start.astimezone(zone).date() if isinstance(start, datetime) else start)


def _is_session(entry: Busy, staff: str, length: timedelta) -> bool:
    """Is this a seat in a session of this staff member and length that starts on a minute?"""
    start, end = entry.start, entry.end
    if entry.kind not in ("booking", "hold") or entry.staff != staff:
        return False
    if not isinstance(start, datetime) or not isinstance(end, datetime):
        return False
    exact = instant_of(minute_floor(start)) == start.astimezone(UTC)
    return exact and end.astimezone(UTC) - start.astimezone(UTC) == length


def _stretches(occupied: list[tuple[int, int, int]]) -> list[Span]:
    return [(start, end) for start, end, _ in occupied]


def _covers(spans: list[Span], minute: int) -> bool:
    return any(start <= minute < end for start, end in spans)


def _without(room: Span, holes: list[Span]) -> list[Span]:
    """`room` less the sorted, merged `holes`."""
    lo, hi = room
    left = []
    for start, end in holes[max(bisect_right(holes, (lo, lo)) - 1, 0) :]:
        if start >= hi:
            break
        if start > lo:
            left.append((lo, start))
        lo = max(lo, end)
    if lo < hi:
        left.append((lo, hi))
    return left


def _on_grid(lo: int, hi: int, offset: int, step: int) -> Iterator[int]:
    """The minutes in [lo, hi) whose wall time is a multiple of `step` since local midnight."""
    if DAY % step == 0:
        yield from range(lo + -(lo + offset) % step, hi, step)
        return
    for midnight in range((lo + offset) // DAY * DAY - offset, hi, DAY):
        first = max(lo, midnight)
        yield from range(first + (midnight - first) % step, min(hi, midnight + DAY), step)
