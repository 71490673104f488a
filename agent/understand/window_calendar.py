"""Calendar dates that people name: weekdays, weeks, months, holidays. Dates only, no clock and no zone."""

import calendar
from datetime import date, timedelta

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
DAY = timedelta(days=1)


def make(year: int, month: int, day: int) -> date | None:
    """The date, or None where there is none (31 November)."""
    try:
        return date(year, month, day)
    except ValueError:
        return None


def monday(day: date) -> date:
    """The Monday of that day's calendar week."""
    return day - timedelta(days=day.weekday())


def coming(weekday: int, today: date) -> date:
    """The next such weekday after today."""
    return today + timedelta(days=(weekday - today.weekday() - 1) % 7 + 1)


def month_start(day: date, ahead: int = 0) -> date:
    """The first of the month that lies `ahead` months later."""
    index = day.year * 12 + day.month - 1 + ahead
    return date(index // 12, index % 12 + 1, 1)


def add_months(day: date, months: int) -> date:
    """The same day so many months later, the month's last where there is none."""
    first = month_start(day, months)
    return first.replace(day=min(day.day, calendar.monthrange(first.year, first.month)[1]))


def next_month_day(month: int, day: int, today: date) -> date | None:
    """The next such date from today on; leap days may be some years off."""
    for year in range(today.year, today.year + 9):
        found = make(year, month, day)
        if found and found >= today:
            return found
    return None


def next_day_of_month(day: int, today: date) -> date | None:
    """The next "the 15th" from today on."""
    for ahead in range(3):
        first = month_start(today, ahead)
        found = make(first.year, first.month, day)
        if found and found >= today:
            return found
    return None


def next_weekday_date(weekday: int, day: int, today: date) -> date | None:
    """The next month in which the so-manieth is that weekday ("mon 13th"), within a year."""
    for ahead in range(13):
        first = month_start(today, ahead)
        found = make(first.year, first.month, day)
        if found and found >= today and found.weekday() == weekday:
            return found
    return None


def nth_weekday(year: int, month: int, weekday: int, nth: int) -> date:
    """The nth such weekday of a month; -1 is the last."""
    if nth < 0:
        last = date(year, month, calendar.monthrange(year, month)[1])
        return last - timedelta(days=(last.weekday() - weekday) % 7)
    first = date(year, month, 1)
    return first + timedelta(days=(weekday - first.weekday()) % 7 + 7 * (nth - 1))


def easter(year: int) -> date:
    """Western Easter Sunday (the anonymous Gregorian computus)."""
    a, b, c = year % 19, year // 100, year % 100
    h = (19 * a + b - b // 4 - (b - (b + 8) // 25 + 1) // 3 + 15) % 30
    el = (32 + 2 * (b % 4) + 2 * (c // 4) - h - c % 4) % 7
    m = (a + 11 * h + 22 * el) // 451
    month, day = divmod(h + el - 7 * m + 114, 31)
    return date(year, month, day + 1)


_FIXED = {
    "christmas eve": (12, 24), "christmas": (12, 25), "boxing": (12, 26), "new year's eve": (12, 31), "new year's": (1, 1),
    "halloween": (10, 31), "independence": (7, 4), "veterans": (11, 11), "valentine's": (2, 14), "st patrick's": (3, 17),
    "juneteenth": (6, 19), "cinco": (5, 5), "groundhog": (2, 2), "april fools": (4, 1),
}  # fmt: skip
_FLOATING = {
    "thanksgiving": (11, 3, 4), "mlk": (1, 0, 3), "presidents": (2, 0, 3), "mother's": (5, 6, 2), "memorial": (5, 0, -1),
    "father's": (6, 6, 3), "labor": (9, 0, 1), "columbus": (10, 0, 2),
}  # fmt: skip
_EASTER = {
    "easter": 0,
    "easter monday": 1,
    "good friday": -2,
    "ash wednesday": -46,
    "palm sunday": -7,
}
HOLIDAYS = (*_FIXED, *_FLOATING, *_EASTER, "black friday", "cyber monday")


def _holiday_in(name: str, year: int) -> date:
    if name in _FIXED:
        return date(year, *_FIXED[name])
    if name in _FLOATING:
        month, weekday, nth = _FLOATING[name]
        return nth_weekday(year, month, weekday, nth)
    if name in _EASTER:
        return easter(year) + timedelta(days=_EASTER[name])
    return nth_weekday(year, 11, 3, 4) + timedelta(days=1 if name == "black friday" else 4)


def holiday(name: str, today: date) -> date:
    """The next such day from today on, as kept in the United States."""
    found = _holiday_in(name, today.year)
    return found if found >= today else _holiday_in(name, today.year + 1)
