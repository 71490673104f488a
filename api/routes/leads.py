"""The leads of a business, newest first."""

from collections.abc import Sequence
from typing import Annotated

from fastapi import APIRouter, Depends, Query
from sqlalchemy import select

from api.auth import InScope
from api.routes.shared import Mark, Paging, Row, beyond, page, phone_from, told
from core.db import Work
from core.leads import Status
from core.models import Caller, Json, Lead

router = APIRouter(tags=["leads"])


@router.get("/leads")
async def list_leads(
    scope: InScope,
    paging: Annotated[Paging, Depends()],
    status: Annotated[Status | None, Query()] = None,
    phone: Annotated[str | None, Query(description="E.164")] = None,
) -> Json:
    """Episodes of interest, the newest first; by status, by the caller's number."""
    wanted = [Lead.status == status.value] if status else []
    if phone:
        wanted.append(Caller.phone == phone_from(phone))

    async def rows(work: Work, mark: Mark | None, most: int) -> Sequence[Row]:
        found = await work.session.execute(
            select(Lead, Caller)
            .join(Caller, (Caller.business_id == Lead.business_id) & (Caller.id == Lead.caller_id))
            .where(
                Lead.business_id == work.business_id,
                *wanted,
                *beyond(Lead.opened_at, Lead.id, mark, newest_first=True),
            )
            .order_by(Lead.opened_at.desc(), Lead.id.desc())
            .limit(most)
        )
        return [Row(r.Lead.opened_at, r.Lead.id, as_json(work, r.Lead, r.Caller)) for r in found]

    return await page(scope, paging, rows, newest_first=True)


def as_json(work: Work, lead: Lead, caller: Caller) -> Json:
    """A lead as the API shows it."""
    zone = work.profile.zone
    return {
        "id": str(lead.id),
        "business": work.slug,
        "phone": shown_phone(caller.phone),
        "name": caller.name,
        "status": lead.status,
        "conversation_id": str(lead.conversation_id),
        "opened_by": lead.opened_by,
        "opened_at": told(lead.opened_at, zone),
        "last_activity_at": told(lead.last_activity_at, zone),
        "ended_at": told(lead.ended_at, zone),
        "intake": lead.intake,
    }


def shown_phone(phone: str | None) -> str | None:
    """A caller's number; None once the person was erased."""
    return phone if phone and phone.startswith("+") else None
