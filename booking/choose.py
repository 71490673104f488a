"""The three worth offering: a few times out of all that are bookable. Pure.

A wish is met first and bent last. While one bookable start meets it, only starts that meet it
are offered, even if they are fewer than asked for; when none does, first the part of the day
gives way, then the day, and `Offered.relaxed` says which, so that the text can.

The weights are those of the measured search (facts on booking), with its two flaws mended: who
names a time gets its nearest neighbours beside it, and midday is the last choice of a day.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from itertools import combinations
from typing import Literal
from zoneinfo import ZoneInfo

from booking.diary import Slot

PartOfDay = Literal["morning", "afternoon", "evening"]
Relaxed = Literal["time", "daypart", "day"]

_PARTS: dict[PartOfDay, tuple[int, int]] = {
    "morning": (0, 720),
    "afternoon": (720, 1020),
    "evening": (1020, 1440),
}
_LUNCH = (720, 780)
_LUNCH_COST = 0.5
_ODD_MINUTE_COST = {0: 0.0, 30: 0.15}
_ODDEST_MINUTE_COST = 0.4
_HOUR = timedelta(hours=1)
_CLOSE_COST = 9.0  # two offers within an hour are one offer
_SAME_DAY_COST = 2.0
_SAME_PART_COST = 0.8
_OTHER_DAY_MINUTES = 600  # the same time tomorrow is as near as ten hours away today
_CANDIDATES = 14


@dataclass(frozen=True)
class Wish:
    """When the caller would like to come; nothing set means any time.

    Attributes:
        start: Not before this instant.
        end: Before this instant (the start of the appointment).
        daypart: Morning until noon, afternoon until 17:00, evening from then on.
        exact: The one time that they named; it outweighs `daypart`.
        asap: The earliest ones, whatever the day.
        weekdays: Local weekdays, 0 is Monday; empty means any.
    """

    start: datetime | None = None
    end: datetime | None = None
    daypart: PartOfDay | None = None
    exact: datetime | None = None
    asap: bool = False
    weekdays: frozenset[int] = frozenset()


@dataclass(frozen=True)
class Offer:
    """A start, in UTC, with the staff member who would take it."""

    starts_at: datetime
    staff: str


@dataclass(frozen=True)
class Offered:
    """What to offer, in time order, and the parts of the wish that no bookable start meets."""

    slots: tuple[Offer, ...]
    relaxed: tuple[Relaxed, ...] = ()


@dataclass(frozen=True, slots=True)
class _Start:
    """A slot with its local reading, which is asked for many times."""

    slot: Slot
    at: datetime
    day: date
    minute: int
    part: PartOfDay

    @classmethod
    def of(cls, slot: Slot, zone: ZoneInfo) -> "_Start":
        wall = slot.starts_at.astimezone(zone)
        minute = wall.hour * 60 + wall.minute
        part = next(part for part, (lo, hi) in _PARTS.items() if lo <= minute < hi)
        return cls(slot, slot.starts_at, wall.date(), minute, part)


def worth_offering(
    slots: Iterable[Slot],
    wish: Wish,
    count: int,
    now: datetime,
    zone: ZoneInfo,
    refused: frozenset[datetime] = frozenset(),
    load: Mapping[str, int] | None = None,
) -> Offered:
    """Choose at most `count` starts that suit the wish and lie well apart.

    Args:
        slots: Bookable starts, from `booking.slots`.
        wish: What the caller asked for.
        count: How many to offer at most.
        now: The present instant; starts before it are never offered.
        zone: The business's zone, in which days and parts of the day are meant.
        refused: Starts that the caller has turned down; never offered again.
        load: Staff key to how much they have to do already; of those who can take a start
            the least loaded one does, in diary order among equals.
    """
    turned_down = {at.astimezone(UTC) for at in refused}
    free = [
        _Start.of(slot, zone)
        for slot in slots
        if slot.starts_at >= now and slot.starts_at not in turned_down
    ]
    fitting, relaxed = _meeting(free, wish, zone)
    if wish.exact:
        chosen = _around(fitting, wish.exact.astimezone(zone), count)
        relaxed = _lost_of_exact(chosen, wish.exact.astimezone(zone))
    elif wish.asap:
        chosen = _apart(sorted(fitting, key=lambda start: start.at), count)
    else:
        chosen = _spread(fitting, wish, count, now, "daypart" in relaxed)
    offers = (Offer(start.at, _least_loaded(start.slot, load or {})) for start in chosen)
    return Offered(tuple(sorted(offers, key=lambda offer: offer.starts_at)), relaxed)


def _least_loaded(slot: Slot, load: Mapping[str, int]) -> str:
    return min(slot.staff, key=lambda staff: load.get(staff, 0))


def _meeting(
    free: list[_Start], wish: Wish, zone: ZoneInfo
) -> tuple[list[_Start], tuple[Relaxed, ...]]:
    """The starts that meet the wish, or what of it can be met, and what gave way."""
    in_part, on_day = _in_part(wish, zone), _on_day(wish, zone)
    in_window = _in_window(wish)
    steps: list[tuple[tuple[Relaxed, ...], Callable[[_Start], bool]]] = [
        ((), lambda start: in_window(start) and on_day(start) and in_part(start)),
        (("daypart",), on_day),
        (("day",), in_part),
        (("daypart", "day"), lambda _: True),
    ]
    for relaxed, meets in steps[-1:] if wish.exact else steps:
        found = [start for start in free if meets(start)]
        if found:
            return found, relaxed
    return [], ()


def _in_window(wish: Wish) -> Callable[[_Start], bool]:
    def meets(start: _Start) -> bool:
        late_enough = wish.start is None or start.at >= wish.start
        return late_enough and (wish.end is None or start.at < wish.end)

    return meets


def _on_day(wish: Wish, zone: ZoneInfo) -> Callable[[_Start], bool]:
    """Is it one of the local dates that the window touches, on a weekday that suits?"""
    first = wish.start.astimezone(zone).date() if wish.start else None
    last = _last_instant(wish.end).astimezone(zone).date() if wish.end else None

    def meets(start: _Start) -> bool:
        if (first and start.day < first) or (last and start.day > last):
            return False
        return not wish.weekdays or start.day.weekday() in wish.weekdays

    return meets


def _in_part(wish: Wish, zone: ZoneInfo) -> Callable[[_Start], bool]:
    """Is it the time of day that was asked for, by name or by a window within one day?"""
    lo, hi = _PARTS[wish.daypart] if wish.daypart else (0, 1440)
    if wish.start and wish.end:
        first, last = wish.start.astimezone(zone), _last_instant(wish.end).astimezone(zone)
        if first.date() == last.date():
            lo = max(lo, first.hour * 60 + first.minute)
            hi = min(hi, last.hour * 60 + last.minute + 1)
    return lambda start: lo <= start.minute < hi


def _last_instant(end: datetime) -> datetime:
    return end.astimezone(UTC) - timedelta(microseconds=1)


def _lost_of_exact(chosen: list[_Start], exact: datetime) -> tuple[Relaxed, ...]:
    """What became of a named time: nothing lost when it is among the chosen."""
    if not chosen or any(start.at == exact.astimezone(UTC) for start in chosen):
        return ()
    if any(start.day == exact.date() for start in chosen):
        return ("time",)
    return ("time", "day")


def _around(free: list[_Start], exact: datetime, count: int) -> list[_Start]:
    """The named time and its nearest neighbours, at least an hour apart where they can be."""

    def distance(start: _Start) -> tuple[int, datetime]:
        if start.at == exact.astimezone(UTC):
            return -1, start.at
        days = abs((start.day - exact.date()).days)
        minutes = abs(start.minute - (exact.hour * 60 + exact.minute))
        return days * _OTHER_DAY_MINUTES + minutes, start.at

    return _apart(sorted(free, key=distance), count)


def _apart(ranked: list[_Start], count: int) -> list[_Start]:
    """The first `count`, an hour from each other if there are such, then as they come."""
    chosen: list[_Start] = []
    for gap in (_HOUR, _HOUR / 2, timedelta(microseconds=1)):
        for start in ranked:
            if len(chosen) >= count:
                return chosen
            if all(abs(start.at - one.at) >= gap for one in chosen):
                chosen.append(start)
    return chosen


def _spread(
    fitting: list[_Start], wish: Wish, count: int, now: datetime, part_is_free: bool
) -> list[_Start]:
    """The best start, and with it those that cost least together and lie well apart."""
    if not fitting or count < 1:
        return []
    costs = {start.at: _cost(start, wish, now) for start in fitting}
    fitting = sorted(fitting, key=lambda start: (costs[start.at], start.at))
    mixed = wish.daypart is None or part_is_free
    first, *rest = _candidates(fitting, count)

    def together(others: tuple[_Start, ...]) -> float:
        chosen = (first, *others)
        apart = sum(_likeness(one, two, mixed) for one, two in combinations(chosen, 2))
        return apart + sum(costs[start.at] for start in others)

    pairs = combinations(rest, min(count - 1, len(rest)))
    return [first, *min(pairs, key=together)]


def _cost(start: _Start, wish: Wish, now: datetime) -> float:
    """Days of waiting since the wished-for window opens, and how odd a time it is."""
    opens = max(now, wish.start) if wish.start else now
    waiting = abs(start.at - opens) / timedelta(days=1)
    odd = _ODD_MINUTE_COST.get(start.minute % 60, _ODDEST_MINUTE_COST)
    at_lunch = _LUNCH[0] <= start.minute < _LUNCH[1]
    return waiting + odd + (_LUNCH_COST if at_lunch else 0.0)


def _likeness(one: _Start, two: _Start, mixed: bool) -> float:
    """What two offers cost for being much the same; parts of the day count when all will do."""
    close = _CLOSE_COST if abs(one.at - two.at) < _HOUR else 0.0
    same_day = _SAME_DAY_COST if one.day == two.day else 0.0
    same_part = _SAME_PART_COST if mixed and one.part == two.part else 0.0
    return close + same_day + same_part


def _candidates(ranked: list[_Start], count: int) -> list[_Start]:
    """The best few: of each part of each day the best first, then its others an hour apart."""
    parts: dict[tuple[date, PartOfDay], list[_Start]] = {}
    for start in ranked:
        parts.setdefault((start.day, start.part), []).append(start)
    place: dict[datetime, int] = {}
    for members in parts.values():
        for rank, start in enumerate(_apart(members, count)):
            place[start.at] = rank
    kept = [start for start in ranked if start.at in place]
    order = {start.at: number for number, start in enumerate(kept)}
    kept.sort(key=lambda start: (place[start.at], order[start.at]))
    return kept[:_CANDIDATES]
