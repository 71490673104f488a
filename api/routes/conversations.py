"""One conversation: who may speak, how the lead stands, every text in order."""

import uuid

from fastapi import APIRouter
from sqlalchemy import select

from api.auth import InScope
from api.routes.leads import shown_phone
from api.routes.shared import told
from core.db import Work
from core.errors import NotFound
from core.models import Caller, Conversation, Json, Lead, Message

router = APIRouter(tags=["conversations"])


@router.get("/conversations/{conversation_id}")
async def read_conversation(scope: InScope, conversation_id: uuid.UUID) -> Json:
    """`owner` says who may speak; `status` is the present lead's; `messages` are in order."""

    async def read(work: Work) -> Json:
        row = (
            await work.session.execute(
                select(Conversation, Caller)
                .join(
                    Caller,
                    (Caller.business_id == Conversation.business_id)
                    & (Caller.id == Conversation.caller_id),
                )
                .where(
                    Conversation.business_id == work.business_id,
                    Conversation.id == conversation_id,
                )
            )
        ).one_or_none()
        if row is None:
            raise NotFound("there is no such conversation")
        return await _as_json(work, row.Conversation, row.Caller)

    return await scope.wherever(read)


async def _as_json(work: Work, conversation: Conversation, caller: Caller) -> Json:
    lead = await work.session.scalar(
        select(Lead)
        .where(Lead.business_id == work.business_id, Lead.conversation_id == conversation.id)
        .order_by(Lead.ended_at.is_(None).desc(), Lead.opened_at.desc(), Lead.id.desc())
        .limit(1)
    )
    messages = await work.session.scalars(
        select(Message)
        .where(Message.business_id == work.business_id, Message.conversation_id == conversation.id)
        .order_by(Message.seq)
    )
    return {
        "id": str(conversation.id),
        "business": work.slug,
        "phone": shown_phone(caller.phone),
        "name": caller.name,
        "number": conversation.number,
        "owner": conversation.owner,
        "staff": conversation.staff_key,
        "status": lead.status if lead else None,
        "lead": _lead(work, lead),
        "messages": [_message(work, m) for m in messages],
    }


def _lead(work: Work, lead: Lead | None) -> Json | None:
    if lead is None:
        return None
    return {
        "id": str(lead.id),
        "status": lead.status,
        "opened_by": lead.opened_by,
        "opened_at": told(lead.opened_at, work.profile.zone),
        "intake": lead.intake,
    }


def _message(work: Work, message: Message) -> Json:
    zone = work.profile.zone
    return {
        "id": str(message.id),
        "direction": message.direction,
        "author": message.author,
        "staff": message.staff_key,
        "body": message.body,
        "media": list(message.media),
        "segments": message.segments,
        "delivery": message.delivery,
        "error_code": message.error_code,
        "purpose": message.purpose,
        "at": told(message.at, zone),
        "sent_at": told(message.sent_at, zone),
        "delivered_at": told(message.delivered_at, zone),
    }
