"""Facts as they are put into a sentence: lists of times, opening hours, names. No wording of its own."""

import re
from collections.abc import Sequence
from datetime import datetime, timedelta
from itertools import groupby
from zoneinfo import ZoneInfo

from agent.speech.ways import Language
from agent.state import TimeSeen
from agent.understand.choice import needs_numbers
from core.hours import parse_span, spoken, spoken_date, spoken_time
from core.profile import WEEKDAYS, Profile, Weekday

_OR = {"en": "or", "es": "o"}
_AND = {"en": "and", "es": "y"}
_DAY = {
    "en": ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"),
    "es": ("lun", "mar", "mié", "jue", "vie", "sab", "dom"),
}
_ALL_DAY = {"en": "24 hours", "es": "24 horas"}
_CLOSED = {"en": "closed", "es": "cerrado"}
_LANGUAGE_NAMES = {
    "en": {"en": "English", "es": "Spanish"},
    "es": {"en": "inglés", "es": "español"},
}
_NOON = 720
_SOON = timedelta(days=14)
_MOST_EXCEPTIONS = 2
_TITLE = re.compile(r"^(?:dr|dra|mr|mrs|ms|sr|sra|prof)\.?$", re.IGNORECASE)


def either(parts: Sequence[str], language: Language, last: str = "") -> str:
    """Join as `a, b or c`; `last` replaces the word before the last."""
    word = last or _OR[language]
    return parts[0] if len(parts) == 1 else f"{', '.join(parts[:-1])} {word} {parts[-1]}"


def both(parts: Sequence[str], language: Language) -> str:
    """Join as `a, b and c`."""
    return either(parts, language, _AND[language])


def times(seen: Sequence[TimeSeen], now: datetime, zone: ZoneInfo, language: Language) -> str:
    """Several times in one phrase, a day named once: "Tue Dec 1 at 9:00 AM or 2:30 PM, or Wed Dec 2 at 8:00 AM".

    They are numbered where a bare "2" could mean one of their hours.
    """
    starts = sorted({t.starts_at for t in seen})
    if needs_numbers([at.astimezone(zone) for at in starts]):
        return either(
            [f"{n}) {spoken(at, now, zone, language)}" for n, at in enumerate(starts, start=1)],
            language,
        )
    days: list[str] = []
    for _, group in groupby(starts, key=lambda at: spoken_date(at, now, zone, language)):
        first, *rest = group
        clocks = [spoken(first, now, zone, language), *(_clock(at, zone, language) for at in rest)]
        days.append(either(clocks, language))
    if len(days) > 1 and any(f" {_OR[language]} " in day for day in days):
        return f"{', '.join(days[:-1])}, {_OR[language]} {days[-1]}"
    return either(days, language)


def _clock(at: datetime, zone: ZoneInfo, language: Language) -> str:
    said = spoken_time(at, zone)
    if language == "en":
        return said
    return f"{'a la' if said.startswith('1:') else 'a las'} {said}"


def called(name: str) -> str:
    """How a member of staff is called in a sentence: "Lee", "Dr. Osei"."""
    words = re.sub(r"\s*\(.*?\)", "", name).split() or [name]
    return " ".join(words) if _TITLE.match(words[0]) else words[0]


def possessive(name: str) -> str:
    """A name's genitive: `Harbor Plumbing's`, `Rufus'`."""
    return f"{name}'" if name.endswith(("s", "S")) else f"{name}'s"


def languages(profile: Profile, language: Language) -> str:
    """The languages that the business texts in, named in the one spoken."""
    return both([_LANGUAGE_NAMES[language][code] for code in profile.languages], language)


def listed(names: Sequence[str], language: Language, room: int = 120) -> str:
    """As many names as fit `room` letters; a list that goes on says so."""
    kept = [
        name for at, name in enumerate(names) if sum(map(len, names[: at + 1])) + 2 * at <= room
    ]
    if len(kept) == len(names):
        return both(kept, language)
    more = {"en": "and more", "es": "entre otros"}[language]
    return f"{', '.join(kept or [names[0]])} {more}"


# -- opening hours -------------------------------------------------------------------------------


def hours(profile: Profile, now: datetime, language: Language) -> str:
    """The week in a phrase: "Mon 8-12 and 1-5, Tue-Thu 8-5, Fri 8-4 (closed Thu Nov 26)".

    Neighbouring days with the same hours are joined; dates that differ in the next two weeks follow.
    """
    runs: list[tuple[Weekday, Weekday, tuple[str, ...]]] = []
    for before, day in zip((None, *WEEKDAYS), WEEKDAYS, strict=False):
        spans = profile.hours.get(day, ())
        if not spans:
            continue
        if runs and runs[-1][1] == before and runs[-1][2] == spans:
            runs[-1] = (runs[-1][0], day, spans)
        else:
            runs.append((day, day, spans))
    said = ", ".join(
        f"{_days(first, last, language)} {_spans(spans, language)}" for first, last, spans in runs
    )
    differing = _exceptions(profile, now, language)
    return f"{said} ({differing})" if differing else said


def _exceptions(profile: Profile, now: datetime, language: Language) -> str:
    today = now.astimezone(profile.zone).date()
    near = sorted(
        (e for e in profile.exceptions if today <= e.date <= today + _SOON), key=lambda e: e.date
    )
    parts = []
    for one in near[:_MOST_EXCEPTIONS]:
        noon = datetime(one.date.year, one.date.month, one.date.day, 12, tzinfo=profile.zone)
        day = spoken_date(noon, now, profile.zone, language)
        parts.append(
            f"{_CLOSED[language]} {day}" if one.closed else f"{day} {_spans(one.hours, language)}"
        )
    return ", ".join(parts)


def _days(first: Weekday, last: Weekday, language: Language) -> str:
    names = _DAY[language]
    one, two = names[WEEKDAYS.index(first)], names[WEEKDAYS.index(last)]
    return one if first == last else f"{one}-{two}"


def _spans(spans: Sequence[str], language: Language) -> str:
    return f" {_AND[language]} ".join(_span(span, language) for span in spans)


def _span(span: str, language: Language) -> str:
    start, end = parse_span(span)
    if (start, end) == (0, 1440):
        return _ALL_DAY[language]
    usual = 6 * 60 <= start < end <= 20 * 60 and (end - start <= 12 * 60)
    if usual and (start < _NOON or start >= 13 * 60) and end != start:
        return f"{_hour(start)}-{_hour(end)}"
    return f"{_hour(start)} {_half(start)}-{_hour(end)} {_half(end)}"


def _hour(minute: int) -> str:
    hour = minute // 60 % 12 or 12
    return f"{hour}:{minute % 60:02d}" if minute % 60 else f"{hour}"


def _half(minute: int) -> str:
    return "PM" if minute % 1440 >= _NOON else "AM"
