"""When a caller means: our own grammar of dates and times, because no library reads a window.

"next tues after 3" is Tuesday from 15:00 on, "2mrw @ 9" an exact time, "this weekend" two days. An hour that was not
said is never made up, and what is unclear is left unread, so that the agent asks.
"""

import re
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from agent.understand import window_calendar as cal, window_cues as cue
from agent.understand.window_days import find_days
from agent.understand.window_hours import find_parts, find_soon, find_times, in_part, is_bare_number
from agent.understand.window_lexer import canonical
from agent.understand.window_pieces import MIDNIGHT, Days, Hours
from agent.understand.window_when import When
from agent.understand.window_zones import in_zone, said_zone


@dataclass(frozen=True)
class _Said:
    """What was found in a text, before it is put together."""

    text: str  # canonical, nothing masked
    masked: str
    now: datetime
    days: tuple[Days, ...]
    hours: tuple[Hours, ...]
    parts: tuple[Hours, ...]


def read_when(text: str, now: datetime, zone: ZoneInfo) -> When | None:
    """The window that a text names, seen from `now` in the business's zone; None when it names none or it is unclear.

    Args:
        text: What the caller wrote, as it came.
        now: An aware datetime.
        zone: The business's zone; the answer is in it.
    """
    spelled = canonical(text)
    if not spelled:
        return None
    local = now.astimezone(zone)
    try:
        return _read(spelled, local, zone)
    except (
        OverflowError,
        ValueError,
    ):  # dates beyond the calendar say nothing about an appointment
        return None


def _read(spelled: str, local: datetime, zone: ZoneInfo) -> When | None:
    parts, masked = find_parts(spelled)
    days, masked = find_days(masked, local)
    soon = find_soon(masked)
    if soon:
        return _soon(local, zone, timedelta(minutes=soon.minutes), within=soon.within)
    hours, masked = find_times(masked)
    refused = [h for h in hours if cue.NOT_AT.search(spelled[: h.at[0]])]
    if len(refused) < len(hours):
        hours = [h for h in hours if h not in refused]
    if is_bare_number(spelled):
        hours = [replace(h, unsure=True) for h in hours]
    said = _Said(spelled, masked, local, tuple(days), tuple(hours), tuple(parts))
    excludes, kept = _ruled_out(said)
    said = replace(said, days=kept)
    if cue.GONE.search(spelled) and (not kept or "yesterday" in spelled.split(maxsplit=1)[0]):
        return None
    found = None if cue.OUT_OF_SIGHT.search(masked) else _together(said, zone)
    if (
        found is None
        and cue.NOW.search(spelled)
        and not cue.NOT_NOW.search(re.sub("(?:right|just) now", "", spelled))
    ):
        return When(local, None, "window", False, True)
    if excludes:
        return (
            replace(found, excludes=excludes)
            if found
            else When(None, None, "days", False, True, excludes)
        )
    return found


def _soon(local: datetime, zone: ZoneInfo, ahead: timedelta, *, within: bool) -> When:
    then = (local.astimezone(UTC) + ahead).astimezone(zone)
    if within:
        return (
            When(local, then, "window", False, True)
            if then.replace(tzinfo=None) > local.replace(tzinfo=None)
            else When(local, None, "window", False, True)
        )
    return When(then, None, "time", False, True)


def _ruled_out(said: _Said) -> tuple[tuple[date, ...], tuple[Days, ...]]:
    """Dates that the caller can't do, and the days that are left; "not mon or tue" rules out both."""
    out: list[date] = []
    kept: list[Days] = []
    previous_out, previous_end = False, 0
    for days in said.days:
        before, after = said.text[: days.at[0]], said.text[days.at[1] :]
        gap = said.text[previous_end : days.at[0]]
        no = bool(cue.RULED_OUT.search(before)) and (
            not re.search(r"\bbut (?:\w+ )*$", before) or bool(cue.BUT.search(before))
        )
        no = (
            no
            or bool(cue.WONT_DO.match(after))
            or (previous_out and re.fullmatch(r" ?(?:or|and|/|nor) ?(?:on )?", gap) is not None)
        )
        if no:
            span = (days.last - days.first).days
            out.extend(days.first + i * cal.DAY for i in range(min(span, 31)))
        else:
            kept.append(days)
        previous_out, previous_end = no, days.at[1]
    return tuple(dict.fromkeys(out)), tuple(kept)


def _one_stretch(said: _Said) -> Days | None:
    """All days that were said as one: a list, a range, or a weekday inside a week; the last of several loose ones."""
    days = _inside_weeks(list(said.days))
    if not days:
        every = cue.EVERY.search(said.text)
        if not every:
            return None
        first = said.now.date()
        return Days(first, first + 7 * cal.DAY, every.span(), whole=True, set=frozenset(range(5)))
    group = days[:1]
    for one in days[1:]:
        group = _joined(said, group, one)
    if len(group) == 1:
        return group[0]
    names = frozenset(g.first.weekday() for g in group)
    return Days(
        min(g.first for g in group), max(g.last for g in group), (group[0].at[0], group[-1].at[1]),
        any(g.unsure for g in group), whole=True, set=names,
    )  # fmt: skip


def _joined(said: _Said, group: list[Days], one: Days) -> list[Days]:
    """The days so far with one more: a range, a list, the same day again, or a change of mind."""
    first, gap = group[0], said.text[group[-1].at[1] : one.at[0]]
    changed = cue.CHANGE.search(said.text[: one.at[0]]) is not None
    spans = (cue.SPAN.match(gap) is not None and not changed) or _between(said.text, first, gap)
    if spans and one.last <= first.first and one.weekday is not None:
        one = replace(
            one, first=one.first + 7 * cal.DAY, last=one.last + 7 * cal.DAY
        )  # "mon to wed", said on a tuesday
    if spans and one.last > first.first:
        at = (first.at[0], one.at[1])
        return [
            replace(one, first=first.first, at=at, whole=True, unsure=first.unsure or one.unsure)
        ]
    if cue.JOINED.match(gap) and not (one.whole or first.whole):
        return group if one.first in {g.first for g in group} else [*group, one]
    if (one.first, one.last) == (group[-1].first, group[-1].last):
        return [*group[:-1], replace(group[-1], at=(group[-1].at[0], one.at[1]))]
    return [one if changed else replace(one, unsure=True)]


def _between(text: str, first: Days, gap: str) -> bool:
    return (
        gap.strip() == "and" and re.search(r"\bbetween (?:the )?$", text[: first.at[0]]) is not None
    )


def _inside_weeks(days: list[Days]) -> list[Days]:
    """Reads "next week, maybe tue or thu" as those days of that week."""
    week = next((d for d in days if d.whole and 4 < (d.last - d.first).days <= 8), None)
    if not week or not any(d.weekday is not None for d in days):
        return days
    inside = []
    for one in days:
        if one.weekday is None or one.whole:
            continue
        day = week.first + (one.weekday - week.first.weekday()) % 7 * cal.DAY
        inside.append(replace(one, first=day, last=day + cal.DAY, unsure=False))
    return inside


def _one_time(said: _Said) -> tuple[Hours | None, bool]:
    """The time that was said, in the light of a part of the day; and whether several were (then it is unclear)."""
    part = said.parts[-1] if said.parts else None
    hours = [in_part(h, part.part) if part else h for h in said.hours]
    if not hours:
        return (_joined_parts(said.parts), False)
    distinct = {(h.start, h.till) for h in hours}
    if len(distinct) == 1:
        return _moved_to(said, hours[-1]), False
    span = _time_span(said, hours)
    if span:
        return span, False
    gap = said.text[hours[-2].at[1] : hours[-1].at[0]]
    if re.fullmatch(r"(?: oclock| am| pm)*[ ,/]*(?:or|and|,|/)?(?: at| maybe)* ?", gap):
        return None, True
    return replace(hours[-1], unsure=True), False


def _moved_to(said: _Said, hours: Hours) -> Hours:
    """Reads "change my 3pm to 4pm" as one time, not a span."""
    if (
        hours.till
        and cue.CHANGE.search(said.text[: hours.at[0]])
        and " to " in said.text[hours.at[0] : hours.at[1]]
    ):
        return replace(hours, start=hours.till % MIDNIGHT, till=None, bare=False)
    return hours


def _time_span(said: _Said, hours: list[Hours]) -> Hours | None:
    """Reads "after 2 but before 5": two open ends make one span."""
    if len(hours) != 2 or any(h.till for h in hours):
        return None
    first, last = hours
    if (
        cue.AFTER.search(said.text[: first.at[0]])
        and cue.BEFORE.search(said.text[: last.at[0]])
        and last.start > first.start
    ):
        return Hours(first.start, last.start, (first.at[0], last.at[1]), part="span")
    if (
        cue.BEFORE.search(said.text[: first.at[0]])
        and cue.AFTER.search(said.text[: last.at[0]])
        and last.start < first.start
    ):
        return Hours(last.start, first.start, (first.at[0], last.at[1]), part="span")
    return None


def _joined_parts(parts: tuple[Hours, ...]) -> Hours | None:
    if not parts:
        return None
    lo, hi = min(p.start for p in parts), max(p.till or MIDNIGHT for p in parts)
    return replace(parts[-1], start=lo, till=hi)


def _bounds(said: _Said, hours: Hours) -> tuple[int | None, int | None, bool]:
    """(from, to, exact) in minutes, as "after", "before" and their like have it."""
    before, after = said.text[: hours.at[0]], said.text[hours.at[1] :]
    if hours.part and hours.part != "span":
        if re.search(r"\b(?:after|past) (?:the )?$", before):
            return hours.till, None, False
        if re.search(r"\bbefore (?:the )?$", before):
            return None, hours.start, False
        if re.search(r"\bby (?:the )?$", before):
            return None, hours.till, False
        return hours.start, hours.till, False
    if hours.till:
        return hours.start, hours.till, False
    if cue.BEFORE.search(before) or cue.OFF.match(after):
        return None, hours.start, False
    if cue.AFTER.search(before) or cue.ON.match(after):
        return hours.start, None, False
    return hours.start, None, True


def _wall(day: date, minutes: int, zone: ZoneInfo) -> datetime:
    return datetime.combine(
        day + (minutes // MIDNIGHT) * cal.DAY, time(minutes % MIDNIGHT // 60, minutes % 60), zone
    )


def _together(said: _Said, zone: ZoneInfo) -> When | None:
    stretch = _one_stretch(said)
    hours, several = _one_time(said)
    if (
        hours
        and hours.part.startswith("this ")
        and not stretch
        and not hours.part.endswith("tonight")
    ):
        today = said.now.date()
        stretch = Days(today, today + cal.DAY, hours.at)
    elif stretch is None and said.parts and said.parts[-1].part.startswith("this "):
        today = said.now.date()
        stretch = Days(today, today + cal.DAY, said.parts[-1].at)
    if stretch is None:
        return _no_day(said, hours, zone) if hours else None
    apart = len({d.first for d in said.days}) > 1 and len({h.start for h in said.hours}) > 1
    if apart and re.search(r"\bor\b", said.text) and stretch.last - stretch.first == cal.DAY:
        return None  # "tue at 10 or wed at 2": two wishes, and one window can't hold both
    if hours is None:
        return _only_days(said, stretch, zone, unsure=several)
    unsure = stretch.unsure or hours.unsure
    if stretch.last - stretch.first > cal.DAY:
        return _each_day(said, stretch, hours, zone)
    lo, hi, exact = _bounds(said, hours)
    abroad = said_zone(said.text)
    if exact and lo is not None:
        lo, unsure = _later_today(said, stretch, hours, lo, unsure)
        start = in_zone(_wall(stretch.first, lo, zone), abroad, zone)
        return When(start, None, "time", unsure or start.utcoffset() is None, True)
    start = _wall(stretch.first, lo or 0, zone)
    end = _wall(stretch.first, hi if hi is not None else MIDNIGHT, zone)
    if end.replace(tzinfo=None) <= start.replace(tzinfo=None):
        return None
    return When(start, end, "window", unsure, True)


def _later_today(said: _Said, days: Days, hours: Hours, lo: int, unsure: bool) -> tuple[int, bool]:
    """Reads "today at 7" said at ten in the morning as seven in the evening."""
    minutes = said.now.hour * 60 + said.now.minute
    if hours.bare and days.first == said.now.date() and lo <= minutes < lo + 720 < MIDNIGHT:
        return lo + 720, True
    return lo, unsure


def _no_day(said: _Said, hours: Hours, zone: ZoneInfo) -> When | None:
    lo, hi, exact = _bounds(said, hours)
    today = said.now.date()
    first = _wall(today, lo if lo is not None else hi or 0, zone)
    still = first if exact or lo is None or hi is None else _wall(today, hi, zone)
    if still.replace(tzinfo=None) <= said.now.replace(tzinfo=None):
        today += cal.DAY
    if exact and lo is not None:
        exactly = in_zone(_wall(today, lo, zone), said_zone(said.text), zone)
        return When(exactly, None, "time", hours.unsure, False)
    if (
        hours.bare
        and lo is None
        and hi is not None
        and "now " in said.text
        and today != said.now.date()
        and hi < 720
    ):
        return When(said.now, _wall(said.now.date(), hi + 720, zone), "window", True, True)
    start = None if lo is None else _wall(today, lo, zone)
    end = None if hi is None else _wall(today, hi, zone)
    daily = (_clock(lo or 0), None if hi is None or hi >= MIDNIGHT else _clock(hi))
    return When(start, end, "window", hours.unsure, False, daily=daily)


def _clock(minutes: int) -> time:
    return time(minutes % MIDNIGHT // 60, minutes % 60)


def _each_day(said: _Said, days: Days, hours: Hours, zone: ZoneInfo) -> When | None:
    """Reads "weekday mornings", "mon or tue after 3": those hours on each of several days."""
    lo, hi, exact = _bounds(said, hours)
    start = _wall(days.first, lo or 0, zone)
    end = _wall(days.last - cal.DAY, hi if hi is not None else MIDNIGHT, zone)
    till = hi if hi is not None else (None if not exact else (lo or 0) + 1)
    daily = (_clock(lo or 0), None if till is None or till >= MIDNIGHT else _clock(till))
    return When(
        start, end, "window", days.unsure or hours.unsure, True, weekdays=days.set, daily=daily
    )


def _only_days(said: _Said, days: Days, zone: ZoneInfo, *, unsure: bool) -> When | None:
    before, after = said.text[: days.at[0]], said.text[days.at[1] :]
    first, last = _wall(days.first, 0, zone), _wall(days.last, 0, zone)
    unsure = unsure or days.unsure
    if cue.BEFORE.search(before) or cue.OFF.match(after):
        return When(None, first if cue.SHORT_OF.search(before) else last, "window", unsure, True)
    if cue.AFTER.search(before) or cue.ON.match(after):
        return When(last if cue.STRICT.search(before) else first, None, "window", unsure, True)
    if days.whole or days.last - days.first > cal.DAY:
        return When(first, last, "days", unsure, True, weekdays=days.set)
    if cue.LATER.search(said.masked) and days.first == said.now.date():
        return When(said.now, last, "window", unsure, True)
    return When(first, last, "day", unsure, True)
