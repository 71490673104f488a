"""From the caller's words for a time to one question to the calendar. Pure."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, time, timedelta
from typing import Literal

from agent.brains import FindTimes
from agent.brains.offline_sense import Sense
from agent.state import TimeSeen
from agent.understand.window_when import When

Part = Literal["morning", "afternoon", "evening"]

_NOON, _EVENING = 12, 17
_A_MOMENT = timedelta(minutes=1)
_WEEK = frozenset(range(7))


@dataclass(frozen=True)
class Wanted:
    """A question to the calendar, and whether a time found is what was asked for."""

    call: FindTimes
    admits: Callable[[datetime], bool]

    @property
    def exact(self) -> datetime | None:
        """The one start that the caller named."""
        return self.call.exact


def wanted(sense: Sense, service_key: str, *, refuse: bool = False) -> Wanted:
    """What to ask the calendar for this service.

    Args:
        sense: The turn.
        service_key: The service, or that of the booking to be moved.
        refuse: Leave out what the caller has before their eyes: they turned it down.
    """
    out = set(sense.view.refused)
    if refuse:
        out |= {t.starts_at for t in sense.pending} | {t.starts_at for t in sense.offered}
    call = FindTimes(service_key, exclude=frozenset(out))
    sided = _sided(sense, call)
    if sided is not None:
        return sided
    when = _merged(sense)
    service = sense.view.profile.service(service_key)
    if when is None or (when.start is None and when.end is None and not when.excludes):
        soon = sense.asap or bool(service and service.urgent)
        return Wanted(replace(call, soonest=soon), _always)
    return _for_window(sense, call, when)


def _always(_: datetime) -> bool:
    return True


def _sided(sense: Sense, call: FindTimes) -> Wanted | None:
    """The far side of what was offered: "anything after that?"."""
    times = [t.starts_at for t in (sense.offered or sense.pending)]
    if sense.new_when is not None or not times or sense.choice.kind not in ("later", "earlier"):
        return None
    refused = call.exclude | set(times)
    if sense.choice.kind == "later":
        start = max(times) + _A_MOMENT
        return Wanted(replace(call, start=start, exclude=refused), lambda at: at >= start)
    end = min(times)
    return Wanted(replace(call, end=end, exclude=refused), lambda at: at < end)


def _merged(sense: Sense) -> When | None:
    """The new words laid over the earlier ones: "friday" and then "at 3" is Friday at three."""
    new, old = sense.new_when, sense.earlier_when
    if new is not None and old is not None and old.excludes and not new.has_day:
        new = replace(new, excludes=(*new.excludes, *old.excludes))
    if new is None:
        part = sense.part_said
        return _only_part(sense, part) if part else old
    if new.kind == "time" and not new.has_day and new.start is not None:
        day = _the_day(sense, old)
        if day is not None:
            start = day.replace(hour=new.start.hour, minute=new.start.minute)
            return replace(new, start=start, has_day=True)
    if new.start is None and new.end is None and old is not None and new.excludes:
        return replace(old, excludes=(*old.excludes, *new.excludes))
    if new.daily and not new.has_day and new.kind == "window":
        day = _the_day(sense, old)
        if day is not None:
            return _hours_of(new, day)
    return new


def _only_part(sense: Sense, part: Part) -> When:
    lo, hi = (time(0), time(_NOON)) if part == "morning" else (time(_NOON), None)
    now = sense.view.now.astimezone(sense.view.profile.zone)
    bare = When(now, None, "window", False, False, daily=(lo, hi))
    day = _the_day(sense, sense.earlier_when)
    return _hours_of(bare, day) if day is not None else bare


def _the_day(sense: Sense, old: When | None) -> datetime | None:
    """Midnight of the one day that is being talked about: an earlier wish's, or all the offers'."""
    zone = sense.view.profile.zone
    days = {t.starts_at.astimezone(zone).date() for t in sense.pending}
    if len(days) == 1:
        return datetime.combine(days.pop(), time(0), zone)
    if old is None or old.start is None or not old.has_day or old.kind not in ("day", "time"):
        return None
    return datetime.combine(old.start.date(), time(0), zone)


def _hours_of(when: When, day: datetime) -> When:
    """Hours of each day, laid on one day."""
    lo, hi = when.daily or (time(0), None)
    start = day.replace(hour=lo.hour, minute=lo.minute)
    tomorrow = datetime.combine(day.date() + timedelta(days=1), time(0), day.tzinfo)
    end = day.replace(hour=hi.hour, minute=hi.minute) if hi else tomorrow
    return replace(when, start=start, end=end, has_day=True, daily=None)


def _for_window(sense: Sense, call: FindTimes, when: When) -> Wanted:
    if when.kind == "time" and when.start is not None:
        exact = when.start
        return Wanted(replace(call, exact=exact), lambda at: at == exact)
    weekdays = when.weekdays or _not_on(when)
    floating = when.daily is not None and not when.has_day
    call = replace(
        call,
        start=None if floating else when.start,
        end=None if floating else when.end,
        daypart=_daypart(when),
        weekdays=weekdays,
        soonest=sense.asap,
    )
    zone = sense.view.profile.zone
    fitting = replace(when, start=None, end=None) if floating else when
    return Wanted(call, lambda at: fitting.admits(at.astimezone(zone)))


def _not_on(when: When) -> frozenset[int]:
    """Days ruled out, as the weekdays that are left; none ruled out leaves it open."""
    gone = {day.weekday() for day in when.excludes}
    return _WEEK - gone if gone and len(gone) < len(_WEEK) else frozenset()


def _daypart(when: When) -> Part | None:
    """The part of the day that holds most of the hours wanted, for windows of several days."""
    if when.daily is None:
        return None
    lo, hi = when.daily
    if hi is not None and hi <= time(_NOON) and hi > time(0):
        return "morning"
    if lo >= time(_EVENING):
        return "evening"
    return "afternoon" if lo >= time(_NOON) else None


def found(sense: Sense, want: Wanted, before: frozenset[str]) -> tuple[TimeSeen, ...]:
    """The times to offer: what the calendar brought, and what was there already and fits.

    Args:
        sense: The turn, with the calendar's answer in its ledger.
        want: What was asked.
        before: Ids that the ledger held before the calendar was asked.
    """
    mine = [
        t
        for t in sense.ledger.times.values()
        if t.service_key == want.call.service_key and t.starts_at not in want.call.exclude
    ]
    new = [t for t in mine if t.id not in before]
    fitting = [t for t in mine if want.admits(t.starts_at)]
    if want.exact is not None and fitting:
        return tuple(fitting[:1])
    chosen = fitting if fitting and not sense.ledger.relaxed else new or fitting or mine
    chosen = sorted(chosen, key=lambda t: t.starts_at)
    return tuple(chosen[: sense.view.profile.booking.offer])
