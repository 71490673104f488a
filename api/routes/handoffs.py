"""Conversations that wait for, or are with, a person, and what a person does with them."""

import uuid
from collections.abc import Sequence
from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Header, Query
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import select

from api.auth import InScope
from api.routes.leads import shown_phone
from api.routes.shared import Mark, Paging, Row, beyond, page, told
from core.db import Work
from core.errors import NotFound
from core.models import Caller, Conversation, Handoff, Json
from desk import handoff as desk

router = APIRouter(tags=["handoffs"])
Key = Annotated[str | None, Header(alias="Idempotency-Key", max_length=200)]


class _Body(BaseModel):
    model_config = ConfigDict(extra="forbid")


class Reply(_Body):
    """What a person texts to the caller."""

    text: str = Field(min_length=1, max_length=1600)


class Resolve(_Body):
    """How it ended: what the lead becomes, and a note for colleagues."""

    outcome: Literal["booked", "follow_up_needed", "closed"]
    note: str = Field("", max_length=2000)


class Return(_Body):
    """What the agent should know when it takes the conversation back."""

    instruction: str = Field("", max_length=2000)


@router.get("/handoffs")
async def list_handoffs(
    scope: InScope,
    paging: Annotated[Paging, Depends()],
    state: Annotated[Literal["open", "claimed", "resolved"] | None, Query()] = None,
) -> Json:
    """Handoffs in the order in which they were opened."""

    async def rows(work: Work, mark: Mark | None, most: int) -> Sequence[Row]:
        found = await work.session.execute(
            select(Handoff, Caller.phone)
            .join(
                Conversation,
                (Conversation.business_id == Handoff.business_id)
                & (Conversation.id == Handoff.conversation_id),
            )
            .join(
                Caller,
                (Caller.business_id == Conversation.business_id)
                & (Caller.id == Conversation.caller_id),
            )
            .where(
                Handoff.business_id == work.business_id,
                *([Handoff.state == state] if state else []),
                *beyond(Handoff.opened_at, Handoff.id, mark, newest_first=False),
            )
            .order_by(Handoff.opened_at, Handoff.id)
            .limit(most)
        )
        return [Row(h.opened_at, h.id, _as_json(work, h, phone)) for h, phone in found]

    return await page(scope, paging, rows)


@router.get("/handoffs/{handoff_id}")
async def read_handoff(scope: InScope, handoff_id: uuid.UUID) -> Json:
    """One handoff."""
    return await scope.wherever(lambda work: _one(work, handoff_id))


@router.post("/handoffs/{handoff_id}/claim")
async def claim(scope: InScope, handoff_id: uuid.UUID) -> Json:
    """Take it; 409 when somebody else holds it."""

    async def act(work: Work) -> Json:
        await desk.claim(work, handoff_id, scope.person)
        return await _one(work, handoff_id)

    return await scope.wherever(act)


@router.post("/handoffs/{handoff_id}/release")
async def release(scope: InScope, handoff_id: uuid.UUID) -> Json:
    """Put it back into the queue."""

    async def act(work: Work) -> Json:
        await desk.release(work, handoff_id, scope.person)
        return await _one(work, handoff_id)

    return await scope.wherever(act)


@router.post("/handoffs/{handoff_id}/reply")
async def reply(scope: InScope, handoff_id: uuid.UUID, body: Reply, key: Key = None) -> Json:
    """Text the caller; a reply to an open handoff claims it.

    The same `Idempotency-Key` sends one text.
    """

    async def act(work: Work) -> Json:
        message_id = await desk.reply(work, handoff_id, scope.person, body.text, idempotency=key)
        return {**await _one(work, handoff_id), "message_id": str(message_id)}

    return await scope.wherever(act)


@router.post("/handoffs/{handoff_id}/resolve")
async def resolve(scope: InScope, handoff_id: uuid.UUID, body: Resolve) -> Json:
    """End it; the lead becomes its outcome and the agent speaks again."""

    async def act(work: Work) -> Json:
        await desk.resolve(work, handoff_id, scope.person, body.outcome, body.note)
        return await _one(work, handoff_id)

    return await scope.wherever(act)


@router.post("/handoffs/{handoff_id}/return")
async def give_back(scope: InScope, handoff_id: uuid.UUID, body: Return | None = None) -> Json:
    """Give the conversation back to the agent, with what it should know."""

    async def act(work: Work) -> Json:
        instruction = body.instruction if body else ""
        await desk.return_to_agent(work, handoff_id, scope.person, instruction)
        return await _one(work, handoff_id)

    return await scope.wherever(act)


async def _one(work: Work, handoff_id: uuid.UUID) -> Json:
    await work.session.flush()
    row = (
        await work.session.execute(
            select(Handoff, Caller.phone)
            .join(
                Conversation,
                (Conversation.business_id == Handoff.business_id)
                & (Conversation.id == Handoff.conversation_id),
            )
            .join(
                Caller,
                (Caller.business_id == Conversation.business_id)
                & (Caller.id == Conversation.caller_id),
            )
            .where(Handoff.business_id == work.business_id, Handoff.id == handoff_id)
            .execution_options(populate_existing=True)
        )
    ).one_or_none()
    if row is None:
        raise NotFound("there is no such handoff")
    return _as_json(work, row.Handoff, row.phone)


def _as_json(work: Work, handoff: Handoff, phone: str) -> Json:
    zone = work.profile.zone
    return {
        "id": str(handoff.id),
        "no": handoff.no,
        "business": work.slug,
        "conversation_id": str(handoff.conversation_id),
        "lead_id": str(handoff.lead_id) if handoff.lead_id else None,
        "phone": shown_phone(phone),
        "state": handoff.state,
        "reason": handoff.reason,
        "urgency": handoff.urgency,
        "summary": handoff.summary,
        "claimed_by": handoff.claimed_by,
        "claimed_at": told(handoff.claimed_at, zone),
        "opened_at": told(handoff.opened_at, zone),
        "due_at": told(handoff.due_at, zone),
        "resolved_at": told(handoff.resolved_at, zone),
        "outcome": handoff.outcome,
        "note": handoff.note,
    }
