"""Does a missed call get a first text? Every call gets an answer: a text, or the reason why not."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, Literal

Daypart = Literal["open", "after_hours"]
SkipReason = Literal[
    "duplicate",
    "anonymous",
    "short_code",
    "own_number",
    "staff_number",
    "do_not_text",
    "opted_out",
    "landline",
    "not_registered",
    "open_conversation",
    "cooldown",
]

OPEN_FOR: Final = timedelta(hours=24)
"""A conversation whose last text is younger than this goes on; a first text would talk over it."""
NO_TEXT_LINES: Final = frozenset(
    {"landline", "tollFree", "premium", "sharedCost", "uan", "voicemail", "pager"}
)
"""Line types of the carrier's lookup that take no texts; fixed and mobile VoIP mostly do."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MissedCall:
    """One call that no person answered.

    Attributes:
        from_number: As the phone company gave it; may be empty.
        to_number: The business's number that was called, E.164.
        at: When the miss was decided, aware.
        daypart: Whether the business was open then.
        untextable: What `core.phone.why_no_text` says about `from_number`; None = it can be texted.
        duplicate: This call was decided before.
    """

    from_number: str | None
    to_number: str
    at: datetime
    daypart: Daypart
    untextable: str | None = None
    duplicate: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class CallerFacts:
    """What is known about the caller and the business at that moment.

    Attributes:
        business_numbers: All numbers of the business, E.164. Forwarded calls of some phone
            companies carry one of them as the caller.
        staff_numbers: Phones of its staff, E.164.
        do_not_text: The owner listed this number.
        opted_out: The caller said stop.
        line_type: The carrier's lookup, when known; unknown is texted.
        registered: The number may send texts (10DLC, toll-free verification).
        owner: Who speaks in the conversation with this caller; None = there is none.
        lead_status: The status of the caller's latest lead.
        last_message_at: The last text of either side.
        last_first_text_at: When the caller last got a first text.
        cooldown_hours: One first text in this time; 0 = no limit.
    """

    business_numbers: frozenset[str] = frozenset()
    staff_numbers: frozenset[str] = frozenset()
    do_not_text: bool = False
    opted_out: bool = False
    line_type: str | None = None
    registered: bool = True
    owner: Literal["agent", "queue", "staff"] | None = None
    lead_status: str | None = None
    last_message_at: datetime | None = None
    last_first_text_at: datetime | None = None
    cooldown_hours: float = 24.0


@dataclass(frozen=True, slots=True)
class Send:
    """Send the first text of this daypart."""

    variant: Daypart


@dataclass(frozen=True, slots=True)
class Skip:
    """Send none, for this reason (the contract's word for the call's decision)."""

    reason: SkipReason


def decide(call: MissedCall, facts: CallerFacts) -> Send | Skip:
    """Decide about one missed call; the first reason that holds is the one recorded."""
    checks: tuple[tuple[SkipReason, bool], ...] = (
        ("duplicate", call.duplicate),
        ("own_number", call.from_number in facts.business_numbers | {call.to_number}),
        ("short_code", call.untextable == "short_code"),
        ("anonymous", not call.from_number or call.untextable is not None),
        ("staff_number", call.from_number in facts.staff_numbers),
        ("do_not_text", facts.do_not_text),
        ("opted_out", facts.opted_out),
        ("landline", facts.line_type in NO_TEXT_LINES),
        ("not_registered", not facts.registered),
        ("open_conversation", _is_open(call, facts)),
        ("cooldown", _is_cooling(call, facts)),
    )
    return next((Skip(reason) for reason, holds in checks if holds), Send(call.daypart))


def _is_open(call: MissedCall, facts: CallerFacts) -> bool:
    if facts.last_message_at is None or call.at - facts.last_message_at >= OPEN_FOR:
        return False
    return facts.owner in ("queue", "staff") or (
        facts.owner == "agent" and facts.lead_status == "in_conversation"
    )


def _is_cooling(call: MissedCall, facts: CallerFacts) -> bool:
    if facts.last_first_text_at is None:
        return False
    return call.at - facts.last_first_text_at < timedelta(hours=facts.cooldown_hours)
