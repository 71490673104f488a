"""Which times are free, worth offering, and whether one can be had: read from the diary's rows.

One diary judges offers and bookings alike. All instants are aware, stored in UTC.
"""

import uuid
from collections import Counter
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import or_, select

from booking.choose import Wish, worth_offering
from booking.diary import Busy, Diary, Rules, ServiceTime, Slot, StaffTime
from booking.slots import bookable, can_start
from core import hours
from core.db import Work
from core.errors import BadInput, SlotTaken
from core.models import Booking
from core.profile import Service

LIVE = ("held", "requested", "confirmed")
"""Bookings that take their time."""


@dataclass(frozen=True)
class Time:
    """A start of a service with a member of staff."""

    service_key: str
    staff_key: str
    starts_at: datetime
    ends_at: datetime


@dataclass(frozen=True)
class Found:
    """The few times worth offering; `relaxed` says which part of the wish gave way."""

    times: tuple[Time, ...]
    relaxed: tuple[str, ...] = ()


async def find_times(
    work: Work,
    service_key: str,
    wish: Wish,
    *,
    count: int | None = None,
    refused: frozenset[datetime] = frozenset(),
    mine: uuid.UUID | None = None,
) -> Found:
    """The times worth offering; `mine` is the conversation whose own holds don't count."""
    service = service_of(work, service_key)
    until = work.now + timedelta(days=work.profile.booking.max_days_ahead + 1)
    diary = await _diary(work, service, work.now, until, mine=mine)
    chosen = worth_offering(
        bookable(diary, work.now, until),
        wish,
        count or work.profile.booking.offer,
        work.now,
        work.profile.zone,
        refused,
        Counter(str(b.staff) for b in diary.busy),
    )
    return Found(
        tuple(time_of(service, one.staff, one.starts_at) for one in chosen.slots), chosen.relaxed
    )


async def free_starts(work: Work, service_key: str, start: datetime, end: datetime) -> list[Slot]:
    """Every bookable start in [start, end) with all who can take it."""
    service = service_of(work, service_key)
    diary = await _diary(work, service, start, end)
    return bookable(diary, max(start, work.now), end)


def service_of(work: Work, key: str) -> Service:
    """The service of that key.

    Raises:
        BadInput: the business has none of that key.
    """
    service = work.profile.service(key)
    if service is None:
        keys = ", ".join(s.key for s in work.profile.services)
        raise BadInput("service", f'there is no service "{key}"', keys or "none yet")
    return service


def time_of(service: Service, staff_key: str, starts_at: datetime) -> Time:
    """The whole of an appointment that starts then."""
    return Time(service.key, staff_key, starts_at, starts_at + timedelta(minutes=service.minutes))


async def _diary(
    work: Work,
    service: Service,
    start: datetime,
    end: datetime,
    *,
    mine: uuid.UUID | None = None,
) -> Diary:
    rules = work.profile.booking
    able = work.profile.able(service)
    opening = hours.of_profile(work.profile)
    day = timedelta(days=1)
    not_mine = or_(Booking.status != "held", Booking.conversation_id.is_distinct_from(mine))
    rows = await work.session.execute(
        select(Booking.staff_key, Booking.during, Booking.status, Booking.expires_at).where(
            Booking.business_id == work.business_id,
            Booking.status.in_(LIVE),
            Booking.starts_at < end + day,
            Booking.starts_at >= start - 2 * day,
            Booking.staff_key.in_([p.key for p in able]),
            or_(Booking.status != "held", Booking.expires_at > work.now),
            not_mine,
        )
    )
    return Diary(
        service=ServiceTime(
            service.minutes, service.buffer_before_minutes, service.buffer_after_minutes
        ),
        staff=[StaffTime(p.key, opening) for p in able],
        # `during` holds the buffers already
        busy=[Busy(r.staff_key, r.during.lower, r.during.upper, "booking") for r in rows],
        rules=Rules(
            zone=work.profile.zone,
            step=rules.slot_minutes,
            min_notice_minutes=rules.min_notice_minutes,
            horizon_days=rules.max_days_ahead,
        ),
        now=work.now,
    )


async def able_time(
    work: Work, service: Service, starts_at: datetime, staff_key: str | None
) -> Time:
    """Who takes this start: the one asked for, else whoever can, the least busy first."""
    diary = await _diary(work, service, starts_at, starts_at + timedelta(days=1))
    keys = [s.key for s in diary.staff]
    if staff_key is not None and staff_key in keys:
        keys = [staff_key, *(k for k in keys if k != staff_key)]
    else:
        load = Counter(str(b.staff) for b in diary.busy)
        keys.sort(key=lambda k: load[k])
    reasons = []
    for key in keys:
        refusal = can_start(diary, key, starts_at)
        if refusal is None:
            return time_of(service, key, starts_at)
        reasons.append(refusal)
    if any(r in ("busy", "buffer", "day_full", "notice") for r in reasons):
        raise await taken(work, service, starts_at)
    raise BadInput("starts_at", f"can't be booked: {(reasons or ['skills'])[0]}")


async def taken(work: Work, service: Service, starts_at: datetime) -> SlotTaken:
    """That somebody else was faster, with the nearest times that are still free."""
    fresh = await find_times(
        work,
        service.key,
        Wish(exact=starts_at),
        refused=frozenset({starts_at}),
    )
    return SlotTaken(fresh=[t.starts_at for t in fresh.times])
