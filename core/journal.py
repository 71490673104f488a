"""Append one fact about a lead or a call. Metrics read nothing else.

A fact holds ids and codes, never words or numbers of a caller, so that erasing a person and
keeping the figures do not fight.
"""

import uuid
from enum import StrEnum

from core.db import Work
from core.models import JournalEntry


class Fact(StrEnum):
    """What may be written down."""

    CALL_MISSED = "call.missed"
    CALL_DECIDED = "call.decided"
    LEAD_OPENED = "lead.opened"
    LEAD_MOVED = "lead.moved"
    TEXT_POSTED = "text.posted"
    TEXT_SENT = "text.sent"  # the carrier took it
    TEXT_DELIVERED = "text.delivered"
    TEXT_FAILED = "text.failed"
    CALLER_TEXTED = "caller.texted"
    ANSWERED = "caller.answered"  # by agent or staff, with the seconds it took
    OPTED_OUT = "caller.opted_out"
    OPTED_IN = "caller.opted_in"
    BOOKED = "booking.made"
    BOOKING_CANCELLED = "booking.cancelled"
    BOOKING_MOVED = "booking.moved"
    HANDOFF_OPENED = "handoff.opened"
    HANDOFF_CLAIMED = "handoff.claimed"
    HANDOFF_RETURNED = "handoff.returned"
    HANDOFF_RESOLVED = "handoff.resolved"
    HANDOFF_ESCALATED = "handoff.escalated"
    CALLBACK_OWED = "callback.owed"
    CALLBACK_DONE = "callback.done"
    NUDGED = "lead.nudged"
    ERASED = "caller.erased"


def record(
    work: Work,
    fact: Fact,
    *,
    lead_id: uuid.UUID | None = None,
    call_id: uuid.UUID | None = None,
    message_id: uuid.UUID | None = None,
    **codes: str | int | None,
) -> None:
    """Write a fact in this transaction, at its instant of the business's clock."""
    work.session.add(
        JournalEntry(
            business_id=work.business_id,
            fact=fact.value,
            at=work.now,
            lead_id=lead_id,
            call_id=call_id,
            message_id=message_id,
            data=dict(codes),
        )
    )
