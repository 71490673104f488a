"""A caller's present episode: found, opened, moved. Every room changes leads through here.

The lead's row is locked before it moves, so that two causes at once become one after the other.
"""

import uuid
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from core import journal, leads
from core.db import Work
from core.journal import Fact
from core.leads import Cause, Status
from core.models import Booking, Callback, Caller, Conversation, Lead, Message, OptOut, new_id


async def caller_of(work: Work, phone: str) -> Caller:
    """The caller with that E.164 number, made when new."""
    wanted = select(Caller).where(Caller.business_id == work.business_id, Caller.phone == phone)
    known: Caller | None = await work.session.scalar(wanted)
    if known is not None:
        return known
    await work.session.execute(
        insert(Caller)
        .values(
            business_id=work.business_id, id=new_id(), phone=phone, facts={}, created_at=work.now
        )
        .on_conflict_do_nothing(index_elements=["business_id", "phone"])
    )
    return (await work.session.scalars(wanted)).one()


async def conversation_of(work: Work, caller: Caller, number: str) -> Conversation:
    """The one conversation with that caller, locked, made when new; `number` is ours."""
    wanted = (
        select(Conversation)
        .where(Conversation.business_id == work.business_id, Conversation.caller_id == caller.id)
        .with_for_update()
    )
    known: Conversation | None = await work.session.scalar(wanted)
    if known is not None:
        return known
    await work.session.execute(
        insert(Conversation)
        .values(
            business_id=work.business_id,
            id=new_id(),
            caller_id=caller.id,
            number=number,
            owner="agent",
            epoch=0,
            lease_token=0,
            memory={},
            created_at=work.now,
        )
        .on_conflict_do_nothing(index_elements=["business_id", "caller_id"])
    )
    return (await work.session.scalars(wanted)).one()


async def latest_lead(work: Work, caller_id: uuid.UUID) -> Lead | None:
    """The caller's last episode, ended or not, locked for this transaction."""
    lead: Lead | None = await work.session.scalar(
        select(Lead)
        .where(Lead.business_id == work.business_id, Lead.caller_id == caller_id)
        .order_by(Lead.ended_at.is_(None).desc(), Lead.opened_at.desc(), Lead.id.desc())
        .limit(1)
        .with_for_update()
    )
    return lead


async def open_lead(
    work: Work,
    conversation: Conversation,
    *,
    opened_by: str,
    status: Status = Status.TEXTED,
    call_id: uuid.UUID | None = None,
) -> Lead:
    """Begin an episode. The caller is locked through the conversation, so there is only one."""
    lead = Lead(
        business_id=work.business_id,
        id=new_id(),
        caller_id=conversation.caller_id,
        conversation_id=conversation.id,
        status=status.value,
        opened_by=opened_by,
        opened_at=work.now,
        last_activity_at=work.now,
        nudges=0,
        intake={},
    )
    work.session.add(lead)
    await work.session.flush()
    journal.record(
        work, Fact.LEAD_OPENED, lead_id=lead.id, call_id=call_id, by=opened_by, status=status.value
    )
    return lead


async def lead_for_text(work: Work, conversation: Conversation) -> Lead:
    """The episode that a text of the caller belongs to.

    An open one; else the last, if it went quiet (`no_response`) or its visit is still ahead;
    else a new one, opened by a text out of the blue.
    """
    last = await latest_lead(work, conversation.caller_id)
    if last is not None and last.ended_at is None:
        return last
    if last is not None and last.status == Status.NO_RESPONSE:
        return last
    if last is not None and await _visit_ahead(work, conversation.caller_id):
        return last
    return await open_lead(work, conversation, opened_by="text", status=Status.IN_CONVERSATION)


async def _visit_ahead(work: Work, caller_id: uuid.UUID) -> bool:
    ends: datetime | None = await work.session.scalar(
        select(Booking.ends_at)
        .where(
            Booking.business_id == work.business_id,
            Booking.caller_id == caller_id,
            Booking.status.in_(("requested", "confirmed")),
            Booking.ends_at > work.now,
        )
        .limit(1)
    )
    return ends is not None


def move(work: Work, lead: Lead, cause: Cause) -> bool:
    """Let a recorded fact move the lead; whether the status changed.

    Raises:
        IllegalMove: that cause can't follow.
    """
    before = lead.status
    after = leads.move(before, cause)
    lead.last_activity_at = work.now
    if after in leads.ENDED:
        lead.ended_at = lead.ended_at or work.now
    else:
        lead.ended_at = None
    if after.value == before:
        return False
    lead.status = after.value
    journal.record(
        work, Fact.LEAD_MOVED, lead_id=lead.id, before=before, after=after.value, cause=cause.value
    )
    return True


async def owe_callback(
    work: Work,
    *,
    reason: str,
    phone: str | None,
    caller_id: uuid.UUID | None = None,
    lead_id: uuid.UUID | None = None,
    call_id: uuid.UUID | None = None,
    promised: tuple[datetime, datetime] | None = None,
) -> uuid.UUID:
    """A person owes this caller a call. One that is open for the lead already is kept."""
    if lead_id is not None:
        open_one: uuid.UUID | None = await work.session.scalar(
            select(Callback.id).where(
                Callback.business_id == work.business_id,
                Callback.lead_id == lead_id,
                Callback.state == "open",
            )
        )
        if open_one is not None:
            return open_one
    callback = Callback(
        business_id=work.business_id,
        id=new_id(),
        caller_id=caller_id,
        lead_id=lead_id,
        call_id=call_id,
        phone=phone,
        state="open",
        reason=reason,
        promised_from=promised[0] if promised else None,
        promised_until=promised[1] if promised else None,
        created_at=work.now,
    )
    work.session.add(callback)
    await work.session.flush()
    journal.record(
        work,
        Fact.CALLBACK_OWED,
        lead_id=lead_id,
        call_id=call_id,
        callback=str(callback.id),
        reason=reason,
    )
    return callback.id


async def unanswered(work: Work, conversation_id: uuid.UUID) -> list[Message]:
    """The caller's texts that nobody has answered yet, in order."""
    rows = await work.session.scalars(
        select(Message)
        .where(
            Message.business_id == work.business_id,
            Message.conversation_id == conversation_id,
            Message.direction == "inbound",
            Message.answered_at.is_(None),
        )
        .order_by(Message.seq)
    )
    return list(rows)


async def opted_out(work: Work, phone: str) -> bool:
    """Whether the person with this E.164 number does not want texts of this business now."""
    last = await work.session.scalar(
        select(OptOut.kind)
        .where(
            OptOut.business_id == work.business_id,
            OptOut.phone_hash == work.secret.phone_hash(work.business_id, phone),
            OptOut.kind != "help",
        )
        .order_by(OptOut.seq.desc())
        .limit(1)
    )
    return last == "stop"
