"""Calls that a person owes a caller."""

import uuid
from collections.abc import Sequence
from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Query
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import select

from api.auth import InScope
from api.routes.shared import Mark, Paging, Row, beyond, page, told
from core.db import Work
from core.errors import NotFound
from core.models import Callback, Json
from desk.callbacks import done

router = APIRouter(tags=["callbacks"])


class Done(BaseModel):
    """What came of the call, in the person's own words."""

    model_config = ConfigDict(extra="forbid")
    outcome: str = Field(min_length=1, max_length=2000)


@router.get("/callbacks")
async def list_callbacks(
    scope: InScope,
    paging: Annotated[Paging, Depends()],
    state: Annotated[Literal["open", "done"] | None, Query()] = None,
) -> Json:
    """Calls owed, in the order in which they came up."""

    async def rows(work: Work, mark: Mark | None, most: int) -> Sequence[Row]:
        found = await work.session.scalars(
            select(Callback)
            .where(
                Callback.business_id == work.business_id,
                *([Callback.state == state] if state else []),
                *beyond(Callback.created_at, Callback.id, mark, newest_first=False),
            )
            .order_by(Callback.created_at, Callback.id)
            .limit(most)
        )
        return [Row(c.created_at, c.id, _as_json(work, c)) for c in found]

    return await page(scope, paging, rows)


@router.post("/callbacks/{callback_id}/done")
async def finish(scope: InScope, callback_id: uuid.UUID, body: Done) -> Json:
    """The call was made; a second time changes nothing."""

    async def act(work: Work) -> Json:
        await done(work, callback_id, scope.person, body.outcome)
        return await _one(work, callback_id)

    return await scope.wherever(act)


async def _one(work: Work, callback_id: uuid.UUID) -> Json:
    await work.session.flush()
    callback = await work.session.scalar(
        select(Callback)
        .where(Callback.business_id == work.business_id, Callback.id == callback_id)
        .execution_options(populate_existing=True)
    )
    if callback is None:
        raise NotFound("there is no such callback")
    return _as_json(work, callback)


def _as_json(work: Work, callback: Callback) -> Json:
    zone = work.profile.zone
    return {
        "id": str(callback.id),
        "business": work.slug,
        "phone": callback.phone,
        "state": callback.state,
        "reason": callback.reason,
        "owner": callback.owner,
        "lead_id": str(callback.lead_id) if callback.lead_id else None,
        "call_id": str(callback.call_id) if callback.call_id else None,
        "promised_from": told(callback.promised_from, zone),
        "promised_until": told(callback.promised_until, zone),
        "created_at": told(callback.created_at, zone),
        "done_at": told(callback.done_at, zone),
        "done_by": callback.done_by,
        "outcome": callback.outcome,
    }
