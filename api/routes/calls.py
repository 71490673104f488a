"""Every missed call with what was decided about it, newest first."""

from collections.abc import Sequence
from typing import Annotated

from fastapi import APIRouter, Depends
from sqlalchemy import select

from api.auth import InScope
from api.routes.shared import From, Mark, Paging, Row, To, beyond, page, span, told
from core.db import Work
from core.models import Call, Conversation, Json

router = APIRouter(tags=["calls"])


@router.get("/calls")
async def list_missed_calls(
    scope: InScope, paging: Annotated[Paging, Depends()], start: From = None, to: To = None
) -> Json:
    """Missed calls whose time lies in [from, to); `decision` says texted, or why not."""

    async def rows(work: Work, mark: Mark | None, most: int) -> Sequence[Row]:
        first, last = span(start, to, work.profile.zone)
        conditions = [Call.business_id == work.business_id, Call.missed_at.is_not(None)]
        if first:
            conditions.append(Call.missed_at >= first)
        if last:
            conditions.append(Call.missed_at < last)
        conditions += beyond(Call.missed_at, Call.id, mark, newest_first=True)
        found = await work.session.execute(
            select(Call, Conversation.id)
            .outerjoin(
                Conversation,
                (Conversation.business_id == Call.business_id)
                & (Conversation.caller_id == Call.caller_id),
            )
            .where(*conditions)
            .order_by(Call.missed_at.desc(), Call.id.desc())
            .limit(most)
        )
        return [
            Row(call.missed_at, call.id, _as_json(work, call, conversation))
            for call, conversation in found
            if call.missed_at is not None
        ]

    return await page(scope, paging, rows, newest_first=True)


def _as_json(work: Work, call: Call, conversation_id: object) -> Json:
    zone = work.profile.zone
    return {
        "id": str(call.id),
        "sid": call.sid,
        "business": work.slug,
        "phone": call.phone,
        "number": call.number,
        "at": told(call.missed_at, zone),
        "started_at": told(call.started_at, zone),
        "ended_at": told(call.ended_at, zone),
        "decision": call.decision,
        "lead_id": str(call.lead_id) if call.lead_id else None,
        "conversation_id": str(conversation_id) if conversation_id else None,
    }
