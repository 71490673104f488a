"""When a person will answer, as a caller may be told it: computed, never "shortly".

Pure. A promise counts opening hours: half an hour said at night ends half an hour after opening.
The owner's own words (`handoff.reply_promise`) set its length once we understand them; they are
never repeated as they stand, because at closing time "within the hour" would be false.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from core.hours import DAY, Hours, of_profile, spoken_date, spoken_time
from core.profile import Profile

USUAL_MINUTES: Final = 30
"""Open minutes that are promised when the owner names none."""
_FALLBACK: Final = timedelta(days=1)
"""What the queue counts as late when the business opens on no day that we can see."""
_STEP: Final = timedelta(minutes=5)
_MOST_MINUTES: Final = 8 * 60
"""Longer promises are meant in days, not in open minutes."""

_SOON: Final = {"en": "as soon as possible", "es": "lo antes posible"}
_HOUR: Final = {"en": "within the hour", "es": "dentro de una hora"}
_MINUTES: Final = {"en": "within {n} minutes", "es": "dentro de {n} minutos"}
_HOURS: Final = {"en": "within {n} hours", "es": "dentro de {n} horas"}
_BY: Final = {"en": "{day} by {time}", "es": "{day} antes de {article} {time}"}
_TODAY: Final = {"en": "today", "es": "hoy"}

_SAID: Final[Mapping[float, str]] = {
    0.5: "half an,media",
    1: "a,an,one,the,un,una,la",
    2: "two,dos,couple of,a couple of",
    3: "three,tres",
    4: "four,cuatro",
    10: "ten,diez",
    15: "fifteen,quince",
    20: "twenty,veinte",
    30: "thirty,treinta",
}
_NUMBERS: Final = {word: number for number, words in _SAID.items() for word in words.split(",")}
_LENGTH: Final = re.compile(
    r"\b(?:within|in|under|inside|en|dentro de|menos de)\s+"
    r"(?:about\s+|the next\s+|less than\s+)?"
    rf"(?P<n>\d+(?:[.,]\d+)?|{'|'.join(sorted(_NUMBERS, key=len, reverse=True))})\s*"
    r"(?:business\s+|working\s+|open\s+)?"
    r"(?P<unit>min(?:ute|uto)?s?|hours?|hrs?|h|horas?|days?|d[ií]as?)\b"
)
_SAME_DAY: Final = re.compile(
    r"\b(?:same day|end of (?:the |business )*day|by close|by closing|today|hoy mismo|mismo d[ií]a)\b"
)
_NEXT_DAY: Final = re.compile(
    r"\b(?:next (?:business |working )?day|tomorrow|siguiente d[ií]a|d[ií]a siguiente|mañana)\b"
)


@dataclass(frozen=True)
class Promise:
    """What may be said, and the instant (UTC) after which the queue counts it as broken.

    `words` complete a sentence such as "A person will text you ...": "within the hour",
    "today by 4:30 PM", "Wed Dec 2 by 9:30 AM", or "as soon as possible" where no time is sure.
    """

    words: str
    due_at: datetime


@dataclass(frozen=True)
class _Wanted:
    """A length as the owner means it: open minutes, or the close of the n-th open day from today."""

    minutes: int | None = None
    days: int | None = None


def promise(
    profile: Profile, now: datetime, *, urgency: str = "normal", language: str = "en"
) -> Promise:
    """What a caller may be told at `now` (aware); languages `en`, `es`, others in English.

    `life` and `urgent` name no time: staff are told at once and again every
    `handoff.escalate_after_minutes`, and more than that nobody can promise.
    """
    tongue = "es" if language.lower().startswith("es") else "en"
    escalate = timedelta(minutes=profile.handoff.escalate_after_minutes)
    if urgency != "normal":
        return Promise(_SOON[tongue], now + escalate)
    wanted = _wanted(profile)
    hours = of_profile(profile)
    if not profile.hours and not profile.exceptions:
        # who states no hours has said nothing about when somebody is there
        return Promise(_SOON[tongue], now + timedelta(minutes=_usual(profile)))
    if wanted is None:
        due = hours.open_minutes_after(now, _usual(profile))
        return Promise(_SOON[tongue], due or now + _FALLBACK)
    if wanted.days is not None:
        return _by(hours, now, _close_of_day(hours, now, wanted.days), tongue)
    return _within(hours, now, wanted.minutes or USUAL_MINUTES, profile, tongue)


def understood(reply_promise: str) -> int | None:
    """The open minutes that an owner's promise means; None when it means days or is not clear."""
    wanted = _read(reply_promise)
    return wanted.minutes if wanted is not None else None


def _wanted(profile: Profile) -> _Wanted | None:
    """The owner's length, ours when they name none, None when their words are not clear to us."""
    if profile.handoff.reply_promise is None:
        return _Wanted(minutes=_usual(profile))
    return _read(profile.handoff.reply_promise)


def _usual(profile: Profile) -> int:
    """Never less than it takes until everybody has been told (two escalations)."""
    told = 2 * profile.handoff.escalate_after_minutes
    return max(USUAL_MINUTES, -(-int(told) // 15) * 15)


def _read(words: str) -> _Wanted | None:
    text = " ".join(words.casefold().split())
    found = _LENGTH.search(text)
    if found is not None:
        number = found["n"].replace(",", ".")
        count = _NUMBERS[number] if number in _NUMBERS else float(number)
        return _length(count, found["unit"])
    if _NEXT_DAY.search(text):
        return _Wanted(days=1)
    if _SAME_DAY.search(text):
        return _Wanted(days=0)
    return None


def _length(count: float, unit: str) -> _Wanted | None:
    if unit.startswith("d"):
        days = int(count)
        return _Wanted(days=days) if 1 <= days <= 14 else None
    minutes = int(count * 60) if unit.startswith("h") else int(count)
    if minutes < 1:
        return None
    if minutes > _MOST_MINUTES:
        return _Wanted(days=-(-minutes // DAY))
    return _Wanted(minutes=minutes)


def _within(hours: Hours, now: datetime, minutes: int, profile: Profile, tongue: str) -> Promise:
    due = hours.open_minutes_after(now, minutes)
    if due is None:
        return Promise(_SOON[tongue], now + _FALLBACK)
    unbroken = due - now == timedelta(minutes=minutes)
    if unbroken and profile.handoff.reply_promise is not None:
        return Promise(_span(minutes, tongue), due)
    return _by(hours, now, _round_up(due), tongue)


def _span(minutes: int, tongue: str) -> str:
    if minutes == 60:
        return _HOUR[tongue]
    if minutes % 60 == 0:
        return _HOURS[tongue].format(n=minutes // 60)
    return _MINUTES[tongue].format(n=minutes)


def _by(hours: Hours, now: datetime, due: datetime | None, tongue: str) -> Promise:
    if due is None:
        return Promise(_SOON[tongue], now + _FALLBACK)
    zone = hours.zone
    same_day = due.astimezone(zone).date() == now.astimezone(zone).date()
    day = _TODAY[tongue] if same_day else spoken_date(due, now, zone, tongue)
    time = spoken_time(due, zone)
    article = "la" if time.startswith("1:") else "las"
    return Promise(_BY[tongue].format(day=day, time=time, article=article), due)


def _round_up(at: datetime) -> datetime:
    """To the next five minutes: what is said is what is kept."""
    over = timedelta(minutes=at.minute % 5, seconds=at.second, microseconds=at.microsecond)
    return at if not over else at + _STEP - over


def _close_of_day(hours: Hours, now: datetime, days: int) -> datetime | None:
    """The last closing of the n-th local date with opening hours, today's being number 0.

    Today counts only while something of it is still open; else the count begins at the next.
    """
    zone = hours.zone
    today = now.astimezone(zone).date()
    closes: dict[int, datetime] = {}
    for start, end in hours.open_spans(now, now + timedelta(days=45)):
        date = start.astimezone(zone).date().toordinal()
        closes[date] = end if end - start < timedelta(days=1) else start + timedelta(days=1)
    dates = sorted(closes)
    if days == 0 or not dates:
        return closes[dates[0]] if dates else None
    later = [d for d in dates if d > today.toordinal()]
    return closes[later[days - 1]] if len(later) >= days else None


__all__ = ["USUAL_MINUTES", "Promise", "promise", "understood"]
