"""Booking against the real database: the constraint decides every race."""

import asyncio
import uuid
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import func, select

from booking.book import Visitor, book, bookings_of, cancel, hold, move
from booking.choose import Wish
from booking.offers import open_offers, record_offers
from booking.times import Found, find_times, free_starts
from core import episodes
from core.clock import TurnableClock
from core.db import Database, Work
from core.errors import BadInput, SlotTaken
from core.models import Booking, Lead
from tests.conftest import NewBusiness
from tests.sample import fresh_phone

NINE = datetime(2026, 12, 2, 14, 0, tzinfo=UTC)  # Wed Dec 2, 9:00 in New York
LIVE = ("held", "requested", "confirmed")


async def visitor(work: Work, phone: str | None = None) -> Visitor:
    caller = await episodes.caller_of(work, phone or fresh_phone())
    number = work.profile.phone_numbers[0].number
    conversation = await episodes.conversation_of(work, caller, number)
    lead = await episodes.latest_lead(work, caller.id) or await episodes.open_lead(
        work, conversation, opened_by="call"
    )
    return Visitor(caller, lead, conversation.id)


async def test_of_many_callers_one_wins_each_slot(db: Database, new_business: NewBusiness) -> None:
    business, _ = await new_business()

    async def one() -> bool:
        async with db.work(business) as work:
            try:
                await book(work, "water-heater", NINE, await visitor(work), by="agent")
            except SlotTaken as taken:
                assert NINE not in taken.fresh
                return False
            return True

    won = await asyncio.gather(*(one() for _ in range(16)))
    assert won.count(True) == 1
    async with db.work(business) as work:
        live = await work.session.scalar(
            select(func.count()).where(Booking.business_id == business, Booking.status.in_(LIVE))
        )
        assert live == 1


async def test_overlapping_lengths_never_share_a_person(
    db: Database, new_business: NewBusiness
) -> None:
    business, _ = await new_business()
    starts = [NINE + timedelta(minutes=30 * i) for i in range(8)]

    async def one(index: int) -> None:
        async with db.work(business) as work:
            service = ("drain", "water-heater")[index % 2]
            try:
                await book(work, service, starts[index % 8], await visitor(work), by="agent")
            except SlotTaken:
                return

    await asyncio.gather(*(one(i) for i in range(40)))
    async with db.work(business) as work:
        rows = list(
            await work.session.scalars(select(Booking).where(Booking.business_id == business))
        )
    for a in rows:
        for b in rows:
            if a.id != b.id and a.staff_key == b.staff_key:
                assert a.during.upper <= b.during.lower or b.during.upper <= a.during.lower


async def test_what_is_offered_can_be_booked(db: Database, new_business: NewBusiness) -> None:
    business, _ = await new_business()
    async with db.work(business) as work:
        found = await find_times(work, "drain", Wish(daypart="afternoon"))
        assert isinstance(found, Found)
        assert len(found.times) == 3
    for time in found.times:
        async with db.work(business) as work:
            made = await book(work, "drain", time.starts_at, await visitor(work), by="agent")
            assert made.status == "confirmed"
            assert made.ends_at - made.starts_at == timedelta(minutes=60)


async def test_booking_ends_the_lead_and_cancelling_opens_it(
    db: Database, new_business: NewBusiness
) -> None:
    business, _ = await new_business()
    async with db.work(business) as work:
        someone = await visitor(work)
        made = await book(work, "drain", NINE, someone, by="agent")
        assert someone.lead is not None
        assert someone.lead.status == "booked"
        lead_id = someone.lead.id
    async with db.work(business) as work:
        await cancel(work, made.id, by="agent")
        lead = await work.session.get(Lead, (business, lead_id))
        assert lead is not None
        assert (lead.status, lead.ended_at) == ("in_conversation", None)
        again = await book(work, "drain", NINE, someone, by="agent")
        assert again.id != made.id


async def test_moving_keeps_the_old_time_when_the_new_one_is_gone(
    db: Database, new_business: NewBusiness
) -> None:
    business, _ = await new_business()
    later = NINE + timedelta(hours=3)
    async with db.work(business) as work:
        mine = await visitor(work)
        first = await book(work, "water-heater", NINE, mine, by="agent")
        other = await book(work, "water-heater", later, await visitor(work), by="agent")
    async with db.work(business) as work:
        with pytest.raises(SlotTaken):
            await move(work, first.id, later, by="agent")
    async with db.work(business) as work:
        assert [b.starts_at for b in await bookings_of(work, mine.caller.id)] == [NINE]
        await cancel(work, other.id, by="staff")
        moved = await move(work, first.id, later, by="agent")
        assert [b.id for b in await bookings_of(work, mine.caller.id)] == [moved.id]


async def test_a_hold_keeps_others_out_until_it_runs_out(
    db: Database, new_business: NewBusiness, clock: TurnableClock
) -> None:
    business, _ = await new_business(booking={"hold_minutes": 10})
    async with db.work(business) as work:
        found = await find_times(work, "water-heater", Wish(exact=NINE), count=1)
        assert await hold(work, found.times[0], await visitor(work)) is not None
    async with db.work(business) as work:
        with pytest.raises(SlotTaken):
            await book(work, "water-heater", NINE, await visitor(work), by="agent")
    clock.advance(minutes=11)
    async with db.work(business) as work:
        assert (
            await book(work, "water-heater", NINE, await visitor(work), by="agent")
        ).starts_at == NINE


async def test_the_holder_confirms_its_own_hold(db: Database, new_business: NewBusiness) -> None:
    business, _ = await new_business()
    async with db.work(business) as work:
        found = await find_times(work, "water-heater", Wish(exact=NINE), count=1)
        mine = await visitor(work)
        await hold(work, found.times[0], mine)
        assert (await book(work, "water-heater", NINE, mine, by="agent")).status == "confirmed"


async def test_the_same_key_books_once(db: Database, new_business: NewBusiness) -> None:
    business, _ = await new_business()
    key = uuid.uuid4().hex
    async with db.work(business) as work:
        mine = await visitor(work)
        one = await book(work, "drain", NINE, mine, by="agent", idempotency=key)
        two = await book(work, "drain", NINE, mine, by="agent", idempotency=key)
        assert one.id == two.id


async def test_a_time_outside_hours_is_bad_input(db: Database, new_business: NewBusiness) -> None:
    business, _ = await new_business()
    async with db.work(business) as work:
        with pytest.raises(BadInput, match="closed"):
            await book(work, "drain", NINE - timedelta(hours=4), await visitor(work), by="staff")


async def test_staff_may_be_asked_first(db: Database, new_business: NewBusiness) -> None:
    business, _ = await new_business(booking={"confirm": "staff"})
    async with db.work(business) as work:
        assert (
            await book(work, "drain", NINE, await visitor(work), by="agent")
        ).status == "requested"


async def test_a_new_offer_replaces_the_last(db: Database, new_business: NewBusiness) -> None:
    business, _ = await new_business()
    async with db.work(business) as work:
        mine = await visitor(work)
        assert mine.conversation_id is not None
        first = await find_times(work, "drain", Wish(daypart="morning"))
        await record_offers(work, mine.conversation_id, first.times)
        second = await find_times(
            work, "drain", Wish(), refused=frozenset(t.starts_at for t in first.times)
        )
        await record_offers(work, mine.conversation_id, second.times)
        offers = await open_offers(work, mine.conversation_id)
        assert [o.starts_at for o in offers] == [t.starts_at for t in second.times]


async def test_free_starts_name_everybody_who_can(db: Database, new_business: NewBusiness) -> None:
    business, _ = await new_business()
    async with db.work(business) as work:
        free = await free_starts(work, "drain", NINE, NINE + timedelta(hours=1))
        assert [(s.starts_at, s.staff) for s in free] == [
            (NINE, ("dana", "lee")),
            (NINE + timedelta(minutes=30), ("dana", "lee")),
        ]
