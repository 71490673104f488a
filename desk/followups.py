"""Leads gone quiet: one nudge to who never answered, then no_response.

A timer asks on firing whether it still applies, so nothing is ever cancelled. What may be said, and
when, is the law's and is asked through a callable that the wiring gives.
"""

import uuid
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import select

from core import episodes, journal
from core.db import Database, Work
from core.jobs import GiveUpLead, NudgeLead, put
from core.jobs.worker import Handler, Later
from core.journal import Fact
from core.leads import Cause, Status
from core.models import Conversation, Lead, Message
from core.outbox import Draft, post

QUIET_NUDGE: Final = timedelta(hours=24)
"""A lead that never answered is given up this long after our last text."""
QUIET_CONVERSATION: Final = timedelta(hours=72)
"""A conversation that the caller let fall is given up this long after its last sign of life."""
NUDGES: Final = 1

DraftNudge = Callable[[Work, Lead], Awaitable[Draft | datetime | None]]
"""The nudge to post now, the instant to ask again, or None for never."""


def nudge_lead_handler(db: Database, draft: DraftNudge) -> Handler:
    """NudgeLead: one gentle text to a lead that never answered."""

    async def nudge_lead(business_id: uuid.UUID, instruction: NudgeLead) -> Later | None:
        async with db.work(business_id) as work:
            lead = await _locked(work, instruction.lead_id)
            return await _nudge(work, lead, draft) if lead is not None else None

    return nudge_lead


def give_up_handler(db: Database) -> Handler:
    """GiveUpLead: a lead that stayed quiet becomes no_response."""

    async def give_up(business_id: uuid.UUID, instruction: GiveUpLead) -> Later | None:
        async with db.work(business_id) as work:
            lead = await _locked(work, instruction.lead_id)
            return await _give_up(work, lead) if lead is not None else None

    return give_up


async def _nudge(work: Work, lead: Lead, draft: DraftNudge) -> Later | None:
    if lead.status == Status.IN_CONVERSATION:
        await put(work, GiveUpLead(lead.id))
    if lead.status != Status.TEXTED or lead.replied_at is not None or lead.nudges >= NUDGES:
        return None
    after = work.profile.texting.nudge_after_hours
    if after == 0:  # the owner wants none
        await put(work, GiveUpLead(lead.id))
        return None
    due = lead.last_activity_at + timedelta(hours=after)
    if due > work.now:  # they called again meanwhile, and were texted again
        return Later(due)
    drafted = await draft(work, lead)
    if isinstance(drafted, datetime):
        return Later(drafted)
    if drafted is not None:
        await _post(work, lead, drafted)
    await put(work, GiveUpLead(lead.id), at=work.now + QUIET_NUDGE)
    return None


async def _post(work: Work, lead: Lead, draft: Draft) -> None:
    message_id = await post(work, draft)
    if message_id is None:
        return
    lead.nudges += 1
    lead.nudged_at = work.now
    lead.last_activity_at = work.now
    journal.record(work, Fact.NUDGED, lead_id=lead.id, message_id=message_id)


async def _give_up(work: Work, lead: Lead) -> Later | None:
    if lead.status == Status.TEXTED and lead.replied_at is None:
        quiet = QUIET_NUDGE
    elif lead.status == Status.IN_CONVERSATION:
        quiet = QUIET_CONVERSATION
    else:
        return None
    due = lead.last_activity_at + quiet
    if due > work.now:
        return Later(due)
    if await _owed_an_answer(work, lead):
        return Later(work.now + quiet)  # it is not the caller who is silent
    episodes.move(work, lead, Cause.GAVE_UP)
    return None


async def _owed_an_answer(work: Work, lead: Lead) -> bool:
    found = await work.session.scalar(
        select(Message.id)
        .where(
            Message.business_id == work.business_id,
            Message.conversation_id == lead.conversation_id,
            Message.direction == "inbound",
            Message.answered_at.is_(None),
        )
        .limit(1)
    )
    return found is not None


async def _locked(work: Work, lead_id: uuid.UUID) -> Lead | None:
    """The lead, locked after its conversation."""
    conversation_id = await work.session.scalar(
        select(Lead.conversation_id).where(Lead.business_id == work.business_id, Lead.id == lead_id)
    )
    if conversation_id is None:
        return None
    await work.session.get_one(
        Conversation, (work.business_id, conversation_id), with_for_update=True
    )
    return await work.session.get_one(
        Lead, (work.business_id, lead_id), with_for_update=True, populate_existing=True
    )


__all__ = [
    "NUDGES",
    "QUIET_CONVERSATION",
    "QUIET_NUDGE",
    "DraftNudge",
    "give_up_handler",
    "nudge_lead_handler",
]
