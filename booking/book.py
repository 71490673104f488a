"""STEP 4a: hold, book, move, cancel; never two callers in one slot.

Offers and bookings are judged by one function (`booking.times`), and whoever loses a race is told
by the database: every write is INSERT ... ON CONFLICT DO NOTHING against the exclusion constraint
(measured: catching the violation instead deadlocks). All instants are aware, stored in UTC.
"""

import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from sqlalchemy import and_, select, update
from sqlalchemy.dialects.postgresql import Range as SqlRange, insert

from booking.offers import withdraw_offers
from booking.times import Time, able_time, service_of, taken
from core import episodes, journal
from core.db import Database, Work
from core.errors import BadInput, NotFound, SlotTaken
from core.jobs import EndVisit, put
from core.jobs.worker import Handler
from core.journal import Fact
from core.leads import Cause, may_move
from core.models import Booking, Caller, Conversation, Lead, Staff, new_id

AHEAD = ("requested", "confirmed")
By = Literal["agent", "staff", "page"]


@dataclass(frozen=True)
class Visitor:
    """For whom a time is kept."""

    caller: Caller
    lead: Lead | None = None
    conversation_id: uuid.UUID | None = None
    name: str | None = None
    note: str | None = None


async def bookings_of(work: Work, caller_id: uuid.UUID) -> list[Booking]:
    """This caller's bookings that lie ahead, the next first."""
    rows = await work.session.scalars(
        select(Booking)
        .where(
            Booking.business_id == work.business_id,
            Booking.caller_id == caller_id,
            Booking.status.in_(AHEAD),
            Booking.ends_at > work.now,
        )
        .order_by(Booking.starts_at)
    )
    return list(rows)


async def hold(work: Work, time: Time, visitor: Visitor) -> Booking | None:
    """Keep a time for `hold_minutes` while something is still unknown; None when it is taken.

    A conversation holds one time: an earlier hold of its own is let go.
    """
    if visitor.conversation_id is not None:
        await release_holds(work, visitor.conversation_id)
    minutes = work.profile.booking.hold_minutes
    return await _claim(
        work,
        time,
        visitor,
        status="held",
        by="agent",
        expires_at=work.now + timedelta(minutes=minutes),
    )


async def release_holds(work: Work, conversation_id: uuid.UUID) -> None:
    """Let go of what this conversation held."""
    await work.session.execute(
        update(Booking)
        .where(
            Booking.business_id == work.business_id,
            Booking.conversation_id == conversation_id,
            Booking.status == "held",
        )
        .values(status="released")
    )


async def held_by(work: Work, conversation_id: uuid.UUID) -> Booking | None:
    """The time that this conversation holds, if it has not run out."""
    held: Booking | None = await work.session.scalar(
        select(Booking)
        .where(
            Booking.business_id == work.business_id,
            Booking.conversation_id == conversation_id,
            Booking.status == "held",
            Booking.expires_at > work.now,
        )
        .order_by(Booking.created_at.desc())
        .limit(1)
    )
    return held


async def book(
    work: Work,
    service_key: str,
    starts_at: datetime,
    visitor: Visitor,
    *,
    by: By,
    staff_key: str | None = None,
    idempotency: str | None = None,
) -> Booking:
    """Commit a time. The same `idempotency` key answers with the booking it made before.

    The lead becomes booked, whoever books. With `booking.confirm: staff` in the business file the
    agent only requests.

    Raises:
        SlotTaken: somebody else has it now; carries times that are still free.
        BadInput: it is no time that could ever be booked.
    """
    if idempotency is not None:
        before = await work.session.scalar(
            select(Booking).where(
                Booking.business_id == work.business_id, Booking.idempotency == idempotency
            )
        )
        if before is not None:
            return before
    service = service_of(work, service_key)
    if visitor.conversation_id is not None:
        await release_holds(work, visitor.conversation_id)
    time = await able_time(work, service, starts_at, staff_key)
    asks = work.profile.booking.confirm == "staff" and by != "staff"
    booking = await _claim(
        work,
        time,
        visitor,
        status="requested" if asks else "confirmed",
        by=by,
        idempotency=idempotency,
    )
    if booking is None:
        raise await taken(work, service, starts_at)
    await _booked(work, booking, visitor)
    return booking


async def cancel(work: Work, booking_id: uuid.UUID, *, by: By) -> Booking:
    """Give a booking's time back; its lead goes on in conversation when that was its only one.

    Cancelling what is cancelled is no error.

    Raises:
        NotFound: there is no such booking.
    """
    booking = await _booking(work, booking_id)
    if booking.status not in AHEAD:
        return booking
    booking.status = "cancelled"
    booking.cancelled_at = work.now
    await work.session.flush()
    journal.record(
        work, Fact.BOOKING_CANCELLED, lead_id=booking.lead_id, booking=str(booking.id), by=by
    )
    await _lost_its_booking(work, booking)
    return booking


async def move(
    work: Work, booking_id: uuid.UUID, starts_at: datetime, *, by: By, staff_key: str | None = None
) -> Booking:
    """Book the new time and give the old one back, both or neither.

    Raises:
        SlotTaken: the new time is gone; the old one stands.
        NotFound: there is no such booking ahead.
    """
    old = await _booking(work, booking_id)
    if old.status not in AHEAD:
        raise NotFound("that booking is no longer ahead")
    service = service_of(work, old.service_key)
    status, old.status = old.status, "cancelled"
    await work.session.flush()
    try:
        time = await able_time(work, service, starts_at, staff_key)
        visitor = await _visitor_of(work, old)
        new = await _claim(work, time, visitor, status=status, by=by)
        if new is None:
            raise await taken(work, service, starts_at)
    except (SlotTaken, BadInput):
        old.status = status
        await work.session.flush()
        raise
    old.cancelled_at = work.now
    new.confirmed_at = work.now
    journal.record(
        work,
        Fact.BOOKING_MOVED,
        lead_id=new.lead_id,
        booking=str(new.id),
        before=str(old.id),
        by=by,
    )
    await put(work, EndVisit(new.id), at=new.ends_at)
    return new


def end_visit_handler(db: Database) -> Handler:
    """EndVisit: when its time is over and nobody said otherwise, a visit is done."""

    async def end_visit(business_id: uuid.UUID, instruction: EndVisit) -> None:
        async with db.work(business_id) as work:
            await work.session.execute(
                update(Booking)
                .where(
                    Booking.business_id == work.business_id,
                    Booking.id == instruction.booking_id,
                    Booking.status == "confirmed",
                    Booking.ends_at <= work.now,
                )
                .values(status="done")
            )

    return end_visit


async def _claim(
    work: Work,
    time: Time,
    visitor: Visitor,
    *,
    status: str,
    by: By,
    idempotency: str | None = None,
    expires_at: datetime | None = None,
) -> Booking | None:
    """Put a live row into the diary; None when the constraint says that somebody has the time."""
    service = service_of(work, time.service_key)
    resource = await work.session.scalar(
        select(Staff.resource_no).where(
            Staff.business_id == work.business_id, Staff.key == time.staff_key, Staff.active
        )
    )
    if resource is None:
        return None
    lower = time.starts_at - timedelta(minutes=service.buffer_before_minutes)
    upper = time.ends_at + timedelta(minutes=service.buffer_after_minutes)
    await _let_go_of_expired(work, resource, lower, upper)
    booking_id = await work.session.scalar(
        insert(Booking)
        .values(
            business_id=work.business_id,
            id=new_id(),
            resource_no=resource,
            staff_key=time.staff_key,
            service_key=time.service_key,
            caller_id=visitor.caller.id,
            lead_id=visitor.lead.id if visitor.lead else None,
            conversation_id=visitor.conversation_id,
            starts_at=time.starts_at,
            ends_at=time.ends_at,
            during=SqlRange(lower, upper),
            status=status,
            expires_at=expires_at,
            idempotency=idempotency,
            booked_by=by,
            name=visitor.name,
            note=visitor.note,
            created_at=work.now,
            confirmed_at=work.now if status == "confirmed" else None,
        )
        .on_conflict_do_nothing()
        .returning(Booking.id)
    )
    if booking_id is None:
        return None
    return await _booking(work, booking_id)


async def _let_go_of_expired(work: Work, resource: int, lower: datetime, upper: datetime) -> None:
    """A hold that ran out frees its time when somebody wants it: an index can't ask the clock."""
    await work.session.execute(
        update(Booking)
        .where(
            Booking.business_id == work.business_id,
            Booking.resource_no == resource,
            Booking.status == "held",
            Booking.expires_at <= work.now,
            and_(Booking.starts_at < upper, Booking.ends_at > lower - timedelta(days=1)),
        )
        .values(status="released")
    )


async def _booked(work: Work, booking: Booking, visitor: Visitor) -> None:
    journal.record(
        work,
        Fact.BOOKED,
        lead_id=booking.lead_id,
        booking=str(booking.id),
        by=booking.booked_by,
        status=booking.status,
    )
    if visitor.lead is not None:
        episodes.move(work, visitor.lead, Cause.BOOKED)
    if visitor.conversation_id is not None:
        await withdraw_offers(work, visitor.conversation_id)
    await put(work, EndVisit(booking.id), at=booking.ends_at)


async def _lost_its_booking(work: Work, booking: Booking) -> None:
    if booking.lead_id is None:
        return
    lead = await work.session.scalar(
        select(Lead)
        .where(Lead.business_id == work.business_id, Lead.id == booking.lead_id)
        .with_for_update()
    )
    if lead is None or not may_move(lead.status, Cause.CANCELLED):
        return
    others = await bookings_of(work, lead.caller_id)
    newest = await episodes.latest_lead(work, lead.caller_id)
    # an ended episode opens again only while no later one has begun
    if not others and newest is not None and newest.id == lead.id:
        episodes.move(work, lead, Cause.CANCELLED)


async def _booking(work: Work, booking_id: uuid.UUID) -> Booking:
    booking: Booking | None = await work.session.scalar(
        select(Booking)
        .where(Booking.business_id == work.business_id, Booking.id == booking_id)
        .with_for_update()
    )
    if booking is None:
        raise NotFound("there is no such booking")
    return booking


async def _visitor_of(work: Work, booking: Booking) -> Visitor:
    caller = await work.session.get(Caller, (work.business_id, booking.caller_id))
    if caller is None:
        raise NotFound("that booking has no caller")
    lead = (
        await work.session.get(Lead, (work.business_id, booking.lead_id))
        if booking.lead_id
        else None
    )
    return Visitor(caller, lead, booking.conversation_id, booking.name, booking.note)


async def visitor_by_phone(work: Work, phone: str) -> Visitor:
    """The visitor that staff name by number: with their open lead and conversation, if any."""
    caller = await episodes.caller_of(work, phone)
    conversation = await work.session.scalar(
        select(Conversation)
        .where(Conversation.business_id == work.business_id, Conversation.caller_id == caller.id)
        .with_for_update()
    )
    lead = await episodes.latest_lead(work, caller.id)
    return Visitor(
        caller,
        lead if lead is not None and lead.ended_at is None else None,
        conversation.id if conversation is not None else None,
        caller.name,
    )
