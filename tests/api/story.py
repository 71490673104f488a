"""Rows as the rooms would leave them, for tests of what is read."""

import uuid
from dataclasses import dataclass

from core import episodes
from core.db import Database
from core.journal import Fact, record
from core.leads import Cause
from core.models import Call, Message, new_id
from core.outbox import Draft, post
from desk.handoff import open_handoff


@dataclass(frozen=True)
class Told:
    """A missed call, its first text, the caller's answer, and a handoff when asked for."""

    phone: str
    call_id: uuid.UUID
    lead_id: uuid.UUID
    conversation_id: uuid.UUID
    handoff_id: uuid.UUID | None = None


async def missed_and_answered(
    db: Database, business_id: uuid.UUID, phone: str, *, handoff: bool = False
) -> Told:
    async with db.work(business_id) as work:
        ours = work.profile.phone_numbers[0].number
        caller = await episodes.caller_of(work, phone)
        caller.name = "Ann Secretson"
        conversation = await episodes.conversation_of(work, caller, ours)
        lead = await episodes.open_lead(work, conversation, opened_by="call")
        lead.intake = {"name": "Ann Secretson"}
        call = Call(
            business_id=business_id,
            id=new_id(),
            sid=f"CA{uuid.uuid4().hex}",
            caller_id=caller.id,
            lead_id=lead.id,
            phone=phone,
            number=ours,
            started_at=work.now,
            missed_at=work.now,
            decision="texted",
        )
        work.session.add(call)
        await work.session.flush()
        first = await post(
            work,
            Draft(
                to_phone=phone,
                from_phone=ours,
                body="Sorry we missed your call.",
                author="system",
                purpose="first_text",
                cause=f"call:{call.id}",
                basis="missed_call",
                conversation_id=conversation.id,
                lead_id=lead.id,
            ),
        )
        record(work, Fact.CALL_MISSED, call_id=call.id)
        record(
            work,
            Fact.CALL_DECIDED,
            call_id=call.id,
            lead_id=lead.id,
            message_id=first,
            decision="texted",
        )
        record(work, Fact.TEXT_SENT, lead_id=lead.id, message_id=first)
        work.session.add(
            Message(
                business_id=business_id,
                id=new_id(),
                conversation_id=conversation.id,
                lead_id=lead.id,
                direction="inbound",
                author="caller",
                body="My sink is clogged, Ann here",
                media=["https://media.example/1"],
                segments=1,
                delivery="received",
                carrier_sid=f"SM{uuid.uuid4().hex}",
                from_phone=phone,
                to_phone=ours,
                attempts=0,
                at=work.now,
            )
        )
        record(work, Fact.CALLER_TEXTED, lead_id=lead.id)
        episodes.move(work, lead, Cause.CALLER_TEXTED)
        await work.session.flush()
        opened = (
            await open_handoff(work, conversation, lead, reason="asked", summary="Ann wants Dana")
            if handoff
            else None
        )
        return Told(phone, call.id, lead.id, conversation.id, opened.id if opened else None)
