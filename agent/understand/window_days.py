"""Finds the days a text names, by the rules of `window_rules`, and what is counted from them."""

from dataclasses import replace
from datetime import datetime

from agent.understand import window_calendar as cal
from agent.understand.pattern import Pattern
from agent.understand.window_pieces import DAY_MARK, Days
from agent.understand.window_rules import COUNT, DAY_RULES, WD, count, shift, weekday_of

_FROM_DAY = Pattern(rf"\b{COUNT} (days?|weeks?|months?|years?) (?:from|after) (?:the )?$")
_BESIDE = Pattern(rf"\b(?:the )?(day|week|{WD[1:-1]}) (after|before|following) (?:the )?$")


def _counted_from(text: str, days: Days) -> Days:
    """Reads "two weeks after" or "the friday before" in front of a day as part of it."""
    before = text[: days.at[0]]
    m = _FROM_DAY.search(before)
    base = m and not days.whole and shift(days.first, count(m[1]), m[2])
    if m and base:
        return replace(days, first=base, last=base + cal.DAY, at=(m.start(), days.at[1]))
    m = _BESIDE.search(before)
    return replace(_beside(m[1], m[2] == "before", days), at=(m.start(), days.at[1])) if m else days


def _beside(what: str, earlier: bool, days: Days) -> Days:
    edge = days.first if earlier else days.last
    if what == "day":
        first = edge - cal.DAY if earlier else edge
    elif what == "week":
        first = cal.monday(days.first) + (-7 if earlier else 7) * cal.DAY
        return Days(first, first + 7 * cal.DAY, unsure=True, whole=True)
    else:
        ahead = (weekday_of(what) - edge.weekday()) % 7
        first = edge + ((ahead - 7) if earlier else ahead) * cal.DAY
    return Days(first, first + cal.DAY)


def find_days(text: str, now: datetime) -> tuple[list[Days], str]:
    """The days a canonical text names, in order, and the text with those words masked."""
    today, found = now.date(), []
    for pattern, build in DAY_RULES:
        for m in pattern.finditer(text):
            if DAY_MARK in m.group() or DAY_MARK in text[m.start() : m.end()]:
                continue
            days = build(m, today)
            if days:
                days = _counted_from(text, replace(days, at=m.span()))
                found.append(days)
                lo, hi = days.at
                text = text[:lo] + DAY_MARK * (hi - lo) + text[hi:]
    return sorted(found, key=lambda d: d.at), text
