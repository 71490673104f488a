"""Erase a person's data. The opt-out stays, as a keyed hash, and so do the figures."""

import uuid

from fastapi import APIRouter, Response
from sqlalchemy import func, or_, select, update

from api.auth import InScope, OwnersOnly
from api.routes.shared import phone_from
from core import episodes, journal
from core.db import Work
from core.journal import Fact
from core.leads import Cause
from core.models import (
    Booking,
    Call,
    Callback,
    Caller,
    Conversation,
    Handoff,
    Lead,
    Message,
    Turn,
)
from core.phone import spoken_phone
from desk.ownership import give

router = APIRouter(tags=["callers"])


@router.delete("/callers/{phone}", status_code=204, dependencies=[OwnersOnly])
async def erase_caller(scope: InScope, phone: str) -> Response:
    """Erase who this was and what they said; a second time changes nothing.

    Rows stay, without names, numbers or words: the figures still add up, an opt-out still holds,
    a booked time stays taken. A call or text after this begins a new acquaintance.
    """
    number = phone_from(phone)
    for business_id in scope.ids:
        async with scope.house.db.work(business_id) as work:
            await _erase(work, number)
    return Response(status_code=204)


async def _erase(work: Work, number: str) -> None:
    caller = await work.session.scalar(
        select(Caller).where(Caller.business_id == work.business_id, Caller.phone == number)
    )
    if caller is None:
        await _erase_callers_calls(work, number)
        return
    conversation = await work.session.scalar(
        select(Conversation)
        .where(Conversation.business_id == work.business_id, Conversation.caller_id == caller.id)
        .with_for_update()
    )
    await _erase_leads(work, caller)
    if conversation is not None:
        await _erase_conversation(work, conversation)
    await _erase_messages(work, caller, conversation, number)
    await work.session.execute(
        update(Booking)
        .where(Booking.business_id == work.business_id, Booking.caller_id == caller.id)
        .values(name=None, note=None)
    )
    await _erase_callers_calls(work, number)
    caller.phone = f"erased-{caller.id}"
    caller.name, caller.facts = None, {}
    journal.record(work, Fact.ERASED, caller=str(caller.id))


async def _erase_leads(work: Work, caller: Caller) -> None:
    lead = await episodes.latest_lead(work, caller.id)
    if lead is not None and lead.ended_at is None:
        episodes.move(work, lead, Cause.SETTLED)
    await work.session.execute(
        update(Lead)
        .where(Lead.business_id == work.business_id, Lead.caller_id == caller.id)
        .values(intake={})
    )


async def _erase_conversation(work: Work, conversation: Conversation) -> None:
    conversation.memory = {}
    give(conversation, "agent")
    conversation.epoch += 1  # a turn that has begun must not speak any more
    mine = (Handoff.business_id == work.business_id, Handoff.conversation_id == conversation.id)
    await work.session.execute(
        update(Handoff)
        .where(*mine, Handoff.state != "resolved")
        .values(state="resolved", outcome="closed", resolved_at=work.now)
    )
    await work.session.execute(
        update(Handoff).where(*mine).values(summary="", note=None, instruction=None)
    )
    await work.session.execute(
        update(Turn)
        .where(Turn.business_id == work.business_id, Turn.conversation_id == conversation.id)
        .values(acts={}, refusals={})
    )


async def _erase_messages(
    work: Work, caller: Caller, conversation: Conversation | None, number: str
) -> None:
    """The person's own texts, ours to them, and what staff were texted about them."""
    about: list[uuid.UUID] = list(
        await work.session.scalars(
            select(Lead.id).where(Lead.business_id == work.business_id, Lead.caller_id == caller.id)
        )
    )
    to_staff = Message.conversation_id.is_(None) & or_(
        Message.lead_id.in_(about),
        Message.body.contains(number, autoescape=True),
        Message.body.contains(spoken_phone(number), autoescape=True),
    )
    spoken = conversation.id if conversation is not None else None
    mine = (
        Message.business_id == work.business_id,
        or_(to_staff, Message.conversation_id == spoken) if spoken else to_staff,
    )
    await work.session.execute(
        update(Message)
        .where(*mine, Message.delivery == "queued")
        .values(delivery="failed")  # nothing more is sent
    )
    erased = f"erased-{caller.id}"
    await work.session.execute(
        update(Message)
        .where(*mine)
        .values(
            body="",
            media=[],
            from_phone=func.replace(Message.from_phone, number, erased),
            to_phone=func.replace(Message.to_phone, number, erased),
        )
    )
    await work.session.execute(
        update(Message)
        .where(*mine, Message.direction == "inbound", Message.answered_at.is_(None))
        .values(answered_at=work.now)  # there is nothing left to answer
    )


async def _erase_callers_calls(work: Work, number: str) -> None:
    await work.session.execute(
        update(Callback)
        .where(
            Callback.business_id == work.business_id,
            Callback.phone == number,
            Callback.state == "open",
        )
        .values(state="done", done_at=work.now)
    )
    await work.session.execute(
        update(Callback)
        .where(Callback.business_id == work.business_id, Callback.phone == number)
        .values(phone=None, outcome=None)
    )
    await work.session.execute(
        update(Call)
        .where(Call.business_id == work.business_id, Call.phone == number)
        .values(phone=None)
    )
