"""Bookings and bookable times: what is offered can be booked, or was taken meanwhile."""

import uuid
from collections.abc import Sequence
from datetime import timedelta
from typing import Annotated

from fastapi import APIRouter, Depends, Header, Query
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import select

from api.auth import InScope
from api.routes.leads import shown_phone
from api.routes.shared import (
    From,
    Mark,
    Paging,
    Row,
    To,
    beyond,
    instant,
    page,
    phone_from,
    span,
    told,
)
from booking import book as diary
from booking.times import free_starts
from core import episodes
from core.db import Work
from core.errors import NotFound, SlotTaken
from core.models import Booking, Caller, Conversation, Json

router = APIRouter(tags=["bookings"])
SHOWN = ("requested", "confirmed", "cancelled", "done", "no_show")
_LOOK_AHEAD = timedelta(days=7)


class NewBooking(BaseModel):
    """A time for a caller. `starts_at` without an offset is the business's local time."""

    model_config = ConfigDict(extra="forbid")
    phone: str
    service: str
    starts_at: str
    staff: str | None = None
    name: str | None = Field(None, max_length=80)
    note: str | None = Field(None, max_length=2000)


@router.get("/bookings")
async def list_bookings(
    scope: InScope,
    paging: Annotated[Paging, Depends()],
    start: From = None,
    to: To = None,
    phone: Annotated[str | None, Query(description="E.164")] = None,
) -> Json:
    """Bookings that start in [from, to), in the order of their start."""

    async def rows(work: Work, mark: Mark | None, most: int) -> Sequence[Row]:
        first, last = span(start, to, work.profile.zone)
        conditions = [Booking.business_id == work.business_id, Booking.status.in_(SHOWN)]
        if first:
            conditions.append(Booking.starts_at >= first)
        if last:
            conditions.append(Booking.starts_at < last)
        if phone:
            conditions.append(Caller.phone == phone_from(phone))
        conditions += beyond(Booking.starts_at, Booking.id, mark, newest_first=False)
        found = await work.session.execute(
            select(Booking, Caller.phone)
            .outerjoin(
                Caller,
                (Caller.business_id == Booking.business_id) & (Caller.id == Booking.caller_id),
            )
            .where(*conditions)
            .order_by(Booking.starts_at, Booking.id)
            .limit(most)
        )
        return [Row(b.starts_at, b.id, _as_json(work, b, number)) for b, number in found]

    return await page(scope, paging, rows)


@router.post("/bookings", status_code=201)
async def make_booking(
    scope: InScope,
    body: NewBooking,
    key: Annotated[str | None, Header(alias="Idempotency-Key", max_length=200)] = None,
) -> Json:
    """Book a time for a caller; 409 with fresh times when it is taken.

    The same `Idempotency-Key` books once.
    """
    phone = phone_from(body.phone)
    async with scope.house.db.work(scope.one()) as work:
        starts_at = instant(body.starts_at, work.profile.zone, "starts_at")
        caller = await episodes.caller_of(work, phone)
        conversation_id = await _conversation_of(work, caller.id)
        lead = await episodes.latest_lead(work, caller.id)
        visitor = diary.Visitor(
            caller=caller,
            lead=lead if lead is not None and lead.ended_at is None else None,
            conversation_id=conversation_id,
            name=body.name or caller.name,
            note=body.note,
        )
        try:
            booking = await diary.book(
                work,
                body.service,
                starts_at,
                visitor,
                by="staff",
                staff_key=body.staff,
                idempotency=f"api:{key}" if key else None,
            )
        except SlotTaken as taken:
            fresh = [at.astimezone(work.profile.zone) for at in taken.fresh]
            raise SlotTaken(str(taken), fresh=fresh) from taken
        return await _one(work, booking.id)


async def _conversation_of(work: Work, caller_id: uuid.UUID) -> uuid.UUID | None:
    """The caller's conversation, locked: a turn of the agent must not book beside us."""
    found: uuid.UUID | None = await work.session.scalar(
        select(Conversation.id)
        .where(Conversation.business_id == work.business_id, Conversation.caller_id == caller_id)
        .with_for_update()
    )
    return found


@router.get("/bookings/{booking_id}")
async def read_booking(scope: InScope, booking_id: uuid.UUID) -> Json:
    """One booking."""
    return await scope.wherever(lambda work: _one(work, booking_id))


@router.post("/bookings/{booking_id}/cancel")
async def cancel_booking(scope: InScope, booking_id: uuid.UUID) -> Json:
    """Give the time back; cancelling twice is no error."""

    async def act(work: Work) -> Json:
        await _one(work, booking_id)
        await diary.cancel(work, booking_id, by="staff")
        return await _one(work, booking_id)

    return await scope.wherever(act)


@router.get("/slots")
async def list_slots(
    scope: InScope,
    service: Annotated[str, Query(description="The service's key")],
    start: From = None,
    to: To = None,
) -> Json:
    """Every bookable start in [from, to) with who can take it; a week from now by default."""
    async with scope.house.db.work(scope.one()) as work:
        zone = work.profile.zone
        first, last = span(start, to, zone)
        first = first or work.now
        free = await free_starts(work, service, first, last or first + _LOOK_AHEAD)
        items = [
            {"starts_at": told(slot.starts_at, zone), "staff": list(slot.staff)} for slot in free
        ]
    return {"items": items, "next": None}


async def _one(work: Work, booking_id: uuid.UUID) -> Json:
    await work.session.flush()
    row = (
        await work.session.execute(
            select(Booking, Caller.phone)
            .outerjoin(
                Caller,
                (Caller.business_id == Booking.business_id) & (Caller.id == Booking.caller_id),
            )
            .where(
                Booking.business_id == work.business_id,
                Booking.id == booking_id,
                Booking.status.in_(SHOWN),
            )
        )
    ).one_or_none()
    if row is None:
        raise NotFound("there is no such booking")
    return _as_json(work, row.Booking, row.phone)


def _as_json(work: Work, booking: Booking, phone: str | None) -> Json:
    zone = work.profile.zone
    return {
        "id": str(booking.id),
        "business": work.slug,
        "service": booking.service_key,
        "staff": booking.staff_key,
        "starts_at": told(booking.starts_at, zone),
        "ends_at": told(booking.ends_at, zone),
        "status": booking.status,
        "phone": shown_phone(phone),
        "name": booking.name,
        "note": booking.note,
        "lead_id": str(booking.lead_id) if booking.lead_id else None,
        "conversation_id": str(booking.conversation_id) if booking.conversation_id else None,
        "booked_by": booking.booked_by,
    }
