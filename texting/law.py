"""May this person be texted now?

Not legal advice: every number here is a default that the business can make stricter. The sources:

* 47 CFR 64.1200(a)(10), (12): a revocation by any reasonable means ends all texts; one confirmation
  without marketing may follow it.
* 47 CFR 64.1200(c)(1), (e): no telephone solicitation by text before 8 am or after 9 pm at the
  called party's place. An answer to the person's own call or text is no solicitation
  (64.1200(f), prior express invitation or inquiry; likewise WA RCW 80.36.390(1)(a)).
* State law is stricter for what nobody asked for: 8 am to 8 pm in FL, OK, WA, MD, MS, NJ, MA, from
  9 am in CT and TX, Sundays from noon in TX; FL and OK allow three a day on one subject.

So the first text and answers may go at any hour, while nudges and reminders wait for 9:00 to 20:00,
on Sundays from noon, in every zone where the person may be.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from enum import StrEnum
from typing import Final, Literal
from zoneinfo import ZoneInfo

import phonenumbers
from phonenumbers import timezone as number_timezone

ANSWER_WINDOW: Final = timedelta(hours=24)
"""How long a text of ours still counts as an answer to the caller's own."""
NUDGES_PER_LEAD: Final = 2
NUDGE_GAP: Final = timedelta(hours=24)
UNPROMPTED_PER_DAY: Final = 3
SUNDAY_FROM: Final = time(12)
_TOO_MANY_ZONES: Final = 4
_SUNDAY: Final = 6


class Purpose(StrEnum):
    """Why a text would be sent."""

    FIRST_TEXT = "first_text"
    REPLY = "reply"
    NUDGE = "nudge"
    REMINDER = "reminder"
    STAFF = "staff"  # typed by a person of the business
    KEYWORD_ANSWER = "keyword_answer"
    STAFF_ALERT = "staff_alert"  # to our own staff


Reason = Literal[
    "opted_out", "do_not_text", "quiet_hours", "nudge_cap", "nudge_too_soon", "daily_cap"
]


@dataclass(frozen=True, slots=True)
class Allowed:
    """The text may go; `basis` is stored with it as evidence.

    Attributes:
        basis: `caller_phoned`, `caller_texted`, `open_inquiry`, `booking`, `staff`,
            `revocation_confirmed` or `own_staff`.
    """

    basis: str


@dataclass(frozen=True, slots=True)
class Refused:
    """The text may not go now; `until` is the first instant (UTC) when it may, None for never."""

    reason: Reason
    until: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TextingCase:
    """What the law needs to know about one text.

    Attributes:
        now: Aware.
        purpose: Why it would be sent.
        business_zone: IANA name.
        number_zones: Where the recipient may be (`zones_of`); a zone known from a zip code alone
            should be the only one.
        quiet_hours: `"20:00-09:00"` in the recipient's time, with Sunday before noon; "" = none.
        opted_out: The person said stop to this business.
        do_not_text: The owner listed the number; people may still write to it by hand.
        last_inbound_at: The person's last text to us, if any.
        nudges_sent: On this lead.
        last_nudge_at: On this lead.
        texts_today: Texts that the person did not prompt (nudges, reminders) in the last 24 hours.
        first_text_waits: Whether the first text, too, waits for the end of the quiet hours.
    """

    now: datetime
    purpose: Purpose
    business_zone: str
    number_zones: Sequence[str] = ()
    quiet_hours: str = "20:00-09:00"
    opted_out: bool = False
    do_not_text: bool = False
    last_inbound_at: datetime | None = None
    nudges_sent: int = 0
    last_nudge_at: datetime | None = None
    texts_today: int = 0
    first_text_waits: bool = False


def may_text(case: TextingCase) -> Allowed | Refused:
    """Decide about one text.

    Raises:
        ValueError: The quiet hours or a zone cannot be read, or a time is naive.
    """
    if case.now.tzinfo is None:
        raise ValueError("the law needs an aware time")
    match case.purpose:
        case Purpose.STAFF_ALERT:
            return Allowed("own_staff")
        case Purpose.KEYWORD_ANSWER:
            # 64.1200(a)(12): the one text that may follow a revocation
            return Allowed("revocation_confirmed" if case.opted_out else "caller_texted")
        case _ if case.opted_out:
            return Refused("opted_out")
        case Purpose.STAFF:
            return Allowed("staff")
        case _ if case.do_not_text:
            return Refused("do_not_text")
        case Purpose.FIRST_TEXT:
            return (
                _waiting(case, "caller_phoned")
                if case.first_text_waits
                else Allowed("caller_phoned")
            )
        case Purpose.REPLY:
            return Allowed("caller_texted") if _is_answer(case) else _waiting(case, "open_inquiry")
        case Purpose.NUDGE:
            return _nudge(case)
        case Purpose.REMINDER:
            return _capped(case) or _waiting(case, "booking")


def zones_of(number: str) -> tuple[str, ...]:
    """The zones that an E.164 number may be in, by its area code.

    Empty when the number says nothing: unknown, toll-free or nationwide.
    """
    try:
        parsed = phonenumbers.parse(number)
    except phonenumbers.NumberParseException:
        return ()
    zones = tuple(z for z in number_timezone.time_zones_for_number(parsed) if z != "Etc/Unknown")
    return zones if len(zones) <= _TOO_MANY_ZONES else ()


def _is_answer(case: TextingCase) -> bool:
    return case.last_inbound_at is not None and case.now - case.last_inbound_at <= ANSWER_WINDOW


def _nudge(case: TextingCase) -> Allowed | Refused:
    if case.nudges_sent >= NUDGES_PER_LEAD:
        return Refused("nudge_cap")
    if case.last_nudge_at is not None and case.now - case.last_nudge_at < NUDGE_GAP:
        free = case.last_nudge_at + NUDGE_GAP
        return Refused("nudge_too_soon", _first_lawful(case, free))
    return _capped(case) or _waiting(case, "open_inquiry")


def _capped(case: TextingCase) -> Refused | None:
    if case.texts_today < UNPROMPTED_PER_DAY:
        return None
    return Refused("daily_cap", _first_lawful(case, case.now + timedelta(hours=24)))


def _waiting(case: TextingCase, basis: str) -> Allowed | Refused:
    lawful = _first_lawful(case, case.now)
    return Allowed(basis) if lawful == case.now else Refused("quiet_hours", lawful)


# -- quiet hours ---------------------------------------------------------------------------------


def read_quiet_hours(text: str) -> tuple[time, time] | None:
    """Read `"20:00-09:00"`; None for "" (no quiet hours at all).

    Raises:
        ValueError: Anything else, with an example.
    """
    if not text.strip():
        return None
    try:
        start, end = (time.fromisoformat(part.strip()) for part in text.split("-"))
    except ValueError:
        raise ValueError(f'quiet hours {text!r} are not like "20:00-09:00"') from None
    if start == end:
        raise ValueError(f"quiet hours {text!r} begin and end at the same time")
    return start, end


def _first_lawful(case: TextingCase, start: datetime) -> datetime | None:
    """The first instant from `start` on that is quiet nowhere; None if there is none in 8 days."""
    span = read_quiet_hours(case.quiet_hours)
    if span is None:
        return start
    zones = [ZoneInfo(name) for name in dict.fromkeys((*case.number_zones, case.business_zone))]
    at = start
    while at - start < timedelta(days=8):
        ends = [end for zone in zones if (end := _quiet_until(at, zone, span)) is not None]
        if not ends:
            return at
        at = max(ends)
    return None


def _quiet_until(at: datetime, zone: ZoneInfo, span: tuple[time, time]) -> datetime | None:
    """When the quiet that holds at this instant ends in one zone, in the zone of `at`."""
    local = at.astimezone(zone)
    start, end = span
    now, day = local.time(), local.date()
    overnight = start > end
    quiet = (now >= start or now < end) if overnight else start <= now < end
    if quiet:
        over = day + timedelta(days=1) if overnight and now >= start else day
        wall = datetime.combine(over, end, zone)
    elif local.weekday() == _SUNDAY and now < SUNDAY_FROM:
        wall = datetime.combine(day, SUNDAY_FROM, zone)
    else:
        return None
    # where the clocks change, the wall time may name an instant that is already over
    return max(wall.astimezone(at.tzinfo), at + timedelta(minutes=1))
