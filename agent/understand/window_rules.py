"""The grammar's pieces: which words of a canonical text name days, and which name hours.

`Days` are calendar dates, `Hours` minutes of a day; `window` puts them together. A rule that is unsure returns None
and the words stay unread.
"""

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta

from agent.understand import window_calendar as cal
from agent.understand.pattern import Pattern
from agent.understand.window_holidays import HOLIDAY_KEYS, HOLIDAYS
from agent.understand.window_pieces import DAY_MARK, Days, one_day

WD = r"(mon|tue|wed|thu|fri|sat|sun)"
MO = r"(jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)"
_ORD = r"(\d{1,2})th"
_YEAR = r"(?:,? ?(?:of )?((?:19|20)\d\d))?"
_UNIT = r"(hours?|minutes?|days?|weeks?|months?|years?|fortnights?)"
COUNT = r"(\d{1,3}|an?|a couple(?: of)?|a few|half an?|1/2|1/4)"
_SMALL = {
    "a": 1.0,
    "an": 1.0,
    "a couple": 2.0,
    "a couple of": 2.0,
    "half a": 0.5,
    "half an": 0.5,
    "1/2": 0.5,
    "1/4": 0.25,
}

Rule = tuple[Pattern, Callable[[re.Match[str], date], Days | None]]


def count(text: str) -> float | None:
    """How many, None for "a few"."""
    return float(text) if text.isdigit() else _SMALL.get(text)


def weekday_of(name: str) -> int:
    """Monday is 0."""
    return cal.WEEKDAYS.index(name)


def _month(name: str) -> int:
    return cal.MONTHS.index(name) + 1


def _dated(month: int, day: int, year: str | None, today: date) -> Days | None:
    if year:
        said = cal.make(int(year) if len(year) == 4 else 2000 + int(year), month, day)
        return (
            one_day(said) if said and said >= today else None
        )  # a date of birth is no appointment
    return one_day(cal.next_month_day(month, day, today))


def _iso(m: re.Match[str], _: date) -> Days | None:
    return one_day(cal.make(int(m[1]), int(m[2]), int(m[3])))


def _slashed(m: re.Match[str], today: date) -> Days | None:
    month, day = int(m[1]), int(m[2])
    if m.string[: m.start()].endswith(("exp ", "exp: ", "expires ", "dob ", "dob: ", "born ")):
        return None
    if month > 12 and day <= 12:
        month, day = day, month
    if month > 12 or not month or not day:
        return None
    found = _dated(month, day, m[3], today)
    return found and replace(found, unsure=max(month, day) <= 12 and month != day)


def _dashed(m: re.Match[str], today: date) -> Days | None:
    return _dated(int(m[2]), int(m[3]), None, today)


def _month_day(m: re.Match[str], today: date) -> Days | None:
    return _dated(_month(m[1]), int(m[2]), m[3], today)


def _day_month(m: re.Match[str], today: date) -> Days | None:
    return _dated(_month(m[2]), int(m[1]), m[3], today)


def _stretch(first: Days | None, last: Days | None) -> Days | None:
    if (
        not first
        or not last
        or last.first < first.first
        or last.first - first.first > timedelta(days=120)
    ):
        return None
    return Days(first.first, last.last, whole=True)


def _month_days(m: re.Match[str], today: date) -> Days | None:
    first = _dated(_month(m[1]), int(m[2]), None, today)
    if first and int(m[3]) < int(m[2]):
        after = cal.month_start(first.first, 1)
        return _stretch(first, one_day(cal.make(after.year, after.month, int(m[3]))))
    return _stretch(
        first, first and one_day(cal.make(first.first.year, first.first.month, int(m[3])))
    )


def _either_day(m: re.Match[str], today: date) -> Days | None:
    span = _month_days(m, today)
    if not span or span.last - span.first > timedelta(days=7):
        return None
    return replace(span, set=frozenset({span.first.weekday(), (span.last - cal.DAY).weekday()}))


def _days_month(m: re.Match[str], today: date) -> Days | None:
    first = _dated(_month(m[3]), int(m[1]), None, today)
    return _stretch(
        first, first and one_day(cal.make(first.first.year, first.first.month, int(m[2])))
    )


def _nth_span(m: re.Match[str], today: date) -> Days | None:
    first = one_day(cal.next_day_of_month(int(m[1]), today))
    return _stretch(first, first and one_day(cal.next_day_of_month(int(m[2]), first.first)))


def _nth(m: re.Match[str], today: date) -> Days | None:
    month = m["month"] if "month" in m.re.groupindex else None
    if not month and re.match(rf" (?:of )?{MO}\b", m.string[m.end() :]):  # 31 November
        return None
    if month:
        start = cal.month_start(today, 1 if month == "next" else 0)
        return one_day(cal.make(start.year, start.month, int(m[1])))
    return one_day(cal.next_day_of_month(int(m[1]), today))


def _weekday_nth(m: re.Match[str], today: date) -> Days | None:
    weekday, day = weekday_of(m[1]), int(m[2])
    soon = cal.next_day_of_month(day, today)
    if soon and soon.weekday() == weekday:
        return one_day(soon, weekday=weekday)
    return one_day(cal.next_weekday_date(weekday, day, today), weekday=weekday)


def _relative(m: re.Match[str], today: date) -> Days | None:
    ahead = {"today": 0, "tonight": 0, "tomorrow": 1}.get(m[1], 2)
    return one_day(today + ahead * cal.DAY)


def _weekday_alone(m: re.Match[str], today: date) -> Days | None:
    weekday, word = weekday_of(m["wd"]), m["mod"] or ""
    week = m["week"] or ""
    if word in ("last", "past") or "last" in week:
        return None
    if "after next" in week:
        return one_day(cal.coming(weekday, today) + 7 * cal.DAY, unsure=True, weekday=weekday)
    if week:
        ahead = 7 if "next" in week or "following" in week or word == "next" else 0
        return one_day(cal.monday(today) + (weekday + ahead) * cal.DAY, weekday=weekday)
    if word in ("next", "following"):
        return one_day(cal.monday(today) + (weekday + 7) * cal.DAY, unsure=True, weekday=weekday)
    if word == "this" and weekday == today.weekday():
        return one_day(today, weekday=weekday)
    return one_day(cal.coming(weekday, today), unsure=weekday == today.weekday(), weekday=weekday)


def _weeks_from_weekday(m: re.Match[str], today: date) -> Days | None:
    number, weekday = count(m[1]), weekday_of(m[3])
    if number is None or number != int(number):
        return None
    step = 7 if m[2].startswith("week") else 1
    return one_day(
        cal.coming(weekday, today) + int(number) * step * cal.DAY, unsure=step == 7, weekday=weekday
    )


def _weekdays_from_now(m: re.Match[str], today: date) -> Days | None:
    return one_day(
        cal.coming(weekday_of(m[2]), today) + 7 * (int(m[1]) - 1) * cal.DAY,
        weekday=weekday_of(m[2]),
    )


def _nth_weekday(m: re.Match[str], today: date) -> Days | None:
    nth = -1 if m[1] == "last" else int(re.sub(r"\D", "", m[1]))
    if not -1 <= nth <= 5 or not nth:
        return None
    if m[3]:
        first = date(today.year + (_month(m[3]) < today.month), _month(m[3]), 1)
    else:
        first = cal.month_start(today, 1 if m[4] == "next" else 0)
    return one_day(cal.nth_weekday(first.year, first.month, weekday_of(m[2]), nth))


def _weekend(m: re.Match[str], today: date) -> Days | None:
    if m[1] == "last":
        return None
    first = cal.monday(today) + 5 * cal.DAY
    if m[1] == "next" or m[2]:
        return Days(first + 7 * cal.DAY, first + 9 * cal.DAY, unsure=not m[2], whole=True)
    return Days(first, first + 2 * cal.DAY, whole=True)


_WEEK_PARTS = {"": (0, 7), "early": (0, 3), "beginning": (0, 3), "start": (0, 3), "first": (0, 3), "mid": (1, 4), "middle": (1, 4),
               "late": (3, 5), "later": (3, 5), "end": (4, 7)}  # fmt: skip


def _week(m: re.Match[str], today: date) -> Days | None:
    which, part = m["which"] or "", m["part"] or ""
    if which in ("last", "past") or (not which and not part):
        return None
    start = cal.monday(today)
    if which in ("next", "following", "coming", "upcoming"):
        start += 7 * cal.DAY
    if part in ("rest", "remainder", "remaining") or (part == "later" and start <= today):
        return Days(today, start + 7 * cal.DAY, whole=True)
    lo, hi = _WEEK_PARTS[part]
    return Days(start + lo * cal.DAY, start + hi * cal.DAY, whole=True)


def _week_after_next(_: re.Match[str], today: date) -> Days:
    start = cal.monday(today) + 14 * cal.DAY
    return Days(start, start + 7 * cal.DAY, whole=True)


_MONTH_PARTS = {"early": (1, 10), "beginning": (1, 10), "start": (1, 10), "mid": (10, 20), "middle": (10, 20),
                "late": (21, 31), "later": (21, 31), "end": (21, 31)}  # fmt: skip


def _month_span(first: date, part: str, today: date) -> Days:
    last = cal.month_start(first, 1)
    if part in ("rest", "remainder") or (part == "later" and first <= today):
        return Days(max(first, today), last, whole=True)
    lo, hi = _MONTH_PARTS.get(part, (1, 31))
    return Days(first.replace(day=lo), min(last, first + hi * cal.DAY), whole=True)


def _this_month(m: re.Match[str], today: date) -> Days | None:
    which, part = m["which"] or "", m["part"] or ""
    if which == "last" or (not which and not part):
        return None
    ahead = 1 if which in ("next", "following", "coming") else 0
    return _month_span(cal.month_start(today, ahead), part, today)


def _named_month(m: re.Match[str], today: date) -> Days | None:
    if re.search(r"\dth $", m.string[: m.start()]):  # 31 November
        return None
    month = _month(m["month"])
    if m["year"]:
        year = int(m["year"])
    else:
        year = today.year + (month < today.month or (m["which"] == "next" and month == today.month))
    return _month_span(date(year, month, 1), m["part"] or "", today)


def _next_units(m: re.Match[str], today: date) -> Days | None:
    number, unit = count(m[1]), m[2]
    if not number or number != int(number):
        return None
    if unit.startswith("week"):
        start = cal.monday(today) + 7 * cal.DAY
        return Days(start, start + 7 * int(number) * cal.DAY, whole=True)
    if unit.startswith("month"):
        start = cal.month_start(today, 1)
        return Days(start, cal.month_start(start, int(number)), whole=True)
    return Days(today + cal.DAY, today + (int(number) + 1) * cal.DAY, whole=True)


def shift(day: date, number: float | None, unit: str) -> date | None:
    """The date so many days, weeks or months after; None where that means nothing."""
    if number is None or number != int(number):
        return None
    if unit.startswith(("month", "year")):
        return cal.add_months(day, int(number) * (12 if unit.startswith("year") else 1))
    return day + int(number) * {"d": 1, "w": 7, "f": 14}[unit[0]] * cal.DAY


def _nth_week(m: re.Match[str], today: date) -> Days | None:
    if m[2]:
        first = date(today.year + (_month(m[2]) < today.month), _month(m[2]), 1)
    else:
        first = cal.month_start(today, 1 if m[3] == "next" else 0)
    start = (
        cal.monday(cal.month_start(first, 1) - cal.DAY)
        if m[1] == "last"
        else cal.monday(first) + 7 * (int(m[1][:-2]) - 1) * cal.DAY
    )
    return Days(start, start + 7 * cal.DAY, unsure=True, whole=True)


def _in_days(m: re.Match[str], today: date) -> Days | None:
    unit = m["unit"]
    if unit.startswith(("hour", "minute")):
        return None
    return one_day(shift(today, count(m["n"]) if m["n"] else 1.0, unit))


def _week_of(m: re.Match[str], today: date) -> Days | None:
    if m[2]:
        day = cal.next_month_day(_month(m[2]), int(m[3]), today)
    elif m[5]:
        day = cal.next_month_day(_month(m[5]), int(m[4]), today)
    elif m[6]:
        day = cal.next_day_of_month(int(m[6]), today)
    else:
        day = cal.next_month_day(int(m[7]), int(m[8]), today) if 1 <= int(m[7]) <= 12 else None
    if not day:
        return None
    return Days(cal.monday(day), cal.monday(day) + 7 * cal.DAY, whole=True)


def _holiday(m: re.Match[str], today: date) -> Days | None:
    name = next(k for k, v in m.groupdict().items() if v)
    day = cal.holiday(HOLIDAY_KEYS[name], today)
    if not m.group().endswith("weekend"):
        return one_day(day)
    return (
        Days(cal.monday(day) - 2 * cal.DAY, cal.monday(day) + cal.DAY, whole=True)
        if day.weekday() == 0
        else one_day(day)
    )


_MODIFIED = (
    r"\b(?:(?P<mod>this coming|this|next|coming|upcoming|following|last|past) )?"
    rf"(?P<wd>mon|tue|wed|thu|fri|sat|sun)\b(?! (?:after|before|following) (?:the )?{DAY_MARK})"
    r"(?: ?,? ?(?P<week>(?:of |in )?(?:the )?(?:this|next|following) week|after next))?"
)
_DAY_NAME = rf"(?:(?:this |next |on |coming )*(?:{WD[1:-1]}),? (?:the )?)?"

_RAW: list[tuple[str, Callable[[re.Match[str], date], Days | None]]] = [
    (r"\b((?:19|20)\d\d)[-/.](\d{1,2})[-/.](\d{1,2})(?:t(?=\d))?", _iso),
    (r"\bthe day after tomorrow\b|\bday after tomorrow\b|\bovermorrow\b|\b2 days from today\b|\b()overmorrow", _relative),
    (r"\b(?:the )?(week) (?:of|beginning|commencing|starting)(?: on| with)? (?:the )?(?:(?:" + WD[1:-1] + r"),? )?(?:XX)", _week_of),
    (rf"\b(?:(?:this|next) )?(?:{HOLIDAYS})(?: weekend)?\b", _holiday),
    (rf"\b(?:from )?{_DAY_NAME}{MO}\.? (?:the )?(\d{{1,2}})(?:th)? ?(?:-|to|thru|through|until|till|and)(?: the)? ?(?:MO2 )?(\d{{1,2}})(?:th)?\b(?! ?(?:am|pm|:|oclock))", _month_days),
    (rf"\b{MO} (?:the )?(\d{{1,2}})(?:th)? ?(?:or|/|&) ?(?:on )?(?:the )?(\d{{1,2}})(?:th)?\b(?! ?(?:am|pm|:|oclock|/))", _either_day),
    (rf"\b(?:from |between )?(?:the )?(\d{{1,2}})(?:th)?(?: of MO2)? ?(?:-|to|thru|through|until|till|and)(?: the)? ?(\d{{1,2}})(?:th)? (?:of )?{MO}\b", _days_month),
    (rf"\b(?:from |between )?the {_ORD} ?(?:-|to|thru|through|until|till|and)(?: the)? ?{_ORD}\b", _nth_span),
    (rf"\b{_DAY_NAME}{MO}\.?,? (?:the )?(\d{{1,2}})(?:th)?\b(?!:|\d| ?(?:am|pm|oclock)\b|,?\d){_YEAR}", _month_day),
    (rf"\b{_DAY_NAME}(?:the )?(\d{{1,2}})(?:th)?(?: day)?(?: of | in | |-){MO}\b(?! (?:be|i|we|you)\b){_YEAR}", _day_month),
    (rf"\b{_DAY_NAME}(?<![\d$./-])(\d{{1,2}})/(\d{{1,2}})(?:/(\d{{4}}|\d\d))?(?![\d/:]| ?(?:hour|of|cup|tank|inch))", _slashed),
    (rf"\b{_DAY_NAME}(?<![\d$./-])(\d{{1,2}})-(\d{{1,2}})-(\d{{4}}|\d\d)\b", _slashed),
    (r"\b(?:the )?(?P<day>\d{1,2})th(?: day)? of (?:the |(?P<month>this|next) )month\b", _nth),
    (r"\b(?:the )?(?P<day>\d{1,2})th(?: day)? (?P<month>this|next) month\b", _nth),
    (rf"\b{WD},? (?:on )?(?:the )?(\d{{1,2}})th\b", _weekday_nth),
    (rf"\b{WD} (1[3-9]|2\d|3[01])\b(?! ?(?:am|pm|:|oclock|minutes|hours))", _weekday_nth),
    (rf"\b(?:the )?(last|\dth) {WD} (?:of|in) (?:{MO}|(?:the )?(this|next)? ?month)\b", _nth_weekday),
    (rf"\b{COUNT} (weeks?|days?) (?:from|after) (?:this |next )?{WD}\b", _weeks_from_weekday),
    (rf"\b(\d) {WD}s? (?:from now|hence)\b", _weekdays_from_now),
    (_MODIFIED, _weekday_alone),
    (r"\bthe (?P<day>\d{1,2})th\b(?! (?:one|time|option|slot|floor|visit|grade|opening|appointment|street|st|ave|month|week|day|closest)\b)", _nth),
    (r"(?:(?<=^)|(?<=on )|(?<=by )|(?<=after )|(?<=before ))(?P<day>\d{1,2})th\b(?! (?:one|time|option|slot|floor|street|st|ave|grade)\b)", _nth),
    (r"\bon the (?P<day>[1-9]|[12]\d|3[01])\b(?!:| ?(?:am|pm))", _nth),
    (rf"\b(?P<n>{COUNT[1:-1]})(?: more)? (?P<unit>days?|weeks?|months?|years?|fortnights?) (?:from (?:now|today|right now)|hence|later|after today)\b", _in_days),
    (rf"\b(?:in|within)(?: about| around)? (?P<n>{COUNT[1:-1]})(?: more)? (?P<unit>days?|weeks?|months?|years?|fortnights?)(?: time)?\b", _in_days),
    (r"\b(?:the )?(?:next|upcoming|coming|following) (\d{1,2}|a couple(?: of)?) (days?|weeks?|months?)\b", _next_units),
    (r"\b(?:the )?week after next\b", _week_after_next),
    (rf"\b(?:the )?([1-5]th|last) week (?:of|in) (?:{MO}|(?:the )?(this|next)? ?month)\b", _nth_week),
    (r"(?:(?<=^)|(?<=on ))()(?<![\d:])(1[0-2]|[1-9])-(1[3-9]|2\d|3[01])\b(?![-\d])(?=$|[ ,.!?])", _dashed),
    (r"\b(?:(this|next|the|last|coming|on) )?(?:the )?weekend\b(?: (after next|after that))?", _weekend),
    (r"\b(?:(?P<part>early|beginning|start|middle|mid|late|later|end|rest|remaining|remainder|first)(?: part)?[- ](?:of )?(?:around )?)?(?:the )?(?P<which>this|next|following|coming|upcoming|current|last|past)? ?\bweek\b(?! (?:ago|old|long|or))", _week),
    (r"\b(?:(?P<part>early|beginning|start|middle|mid|late|later|end|rest|remainder)[- ](?:of )?)?(?:the )?(?P<which>this|next|following|coming|current|last)? ?\bmonth\b(?! (?:ago|old|long|or))", _this_month),
    (rf"\b(?:(?P<part>early|beginning|start|middle|mid|late|end)[- ]?(?:of |in )?)(?P<which>this |next )?(?P<month>{MO[1:-1]})\b(?: (?P<year>20\d\d))?", _named_month),
    (rf"\b(?:in|of|during|by|after|before|until|till|from|for|sometime|anytime|(?P<which>this|next)) (?P<part>)(?P<month>{MO[1:-1]})\b(?! (?:\d|i\b|be\b))(?: (?P<year>20\d\d))?", _named_month),
    (rf"^(?P<which>)(?P<part>)(?P<month>{MO[1:-1]})(?: (?P<year>20\d\d))?$", _named_month),
    (r"\b(today|tonight|tomorrow)\b", _relative),
    (r"\b()otd\b", lambda _, today: one_day(today)),
]  # fmt: skip
_OF = rf"{MO} (\d{{1,2}})(?:th)?|(\d{{1,2}})(?:th)?(?: of)? {MO}|(\d{{1,2}})(?:th)?\b(?!/)|(\d{{1,2}})/(\d{{1,2}})"
DAY_RULES: list[Rule] = [
    (Pattern(p.replace("(?:XX)", f"(?:{_OF})").replace("MO2", f"(?:{MO[1:-1]})")), build)
    for p, build in _RAW
]
