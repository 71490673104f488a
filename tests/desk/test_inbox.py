"""What staff see, and in which order."""

import uuid

import pytest

from core.clock import TurnableClock
from core.db import Database
from core.errors import BadInput, NotFound
from core.leads import Status
from core.models import Call, new_id
from core.phone import spoken_phone
from desk.handoff import claim, reply, resolve
from desk.inbox import (
    conversation,
    counts,
    handoff,
    leads,
    missed_calls,
    queue,
    resolved,
    transcript,
)
from tests.conftest import NewBusiness
from tests.desk.story import DANA, begin, says_stop, texts, waits


async def test_life_then_urgent_then_who_waits_longest(
    db: Database, new_business: NewBusiness, clock: TurnableClock
) -> None:
    business, _ = await new_business()
    opened = []
    for urgency in ("normal", "normal", "urgent", "life"):
        opened.append(await waits(db, await begin(db, business), urgency=urgency))
        clock.advance(minutes=1)
    async with db.work(business) as work:
        assert [row.id for row in await queue(work)] == [opened[i] for i in (3, 2, 0, 1)]
        await claim(work, opened[3], DANA)
        rows = await queue(work)
    assert [row.id for row in rows] == [opened[i] for i in (2, 0, 1, 3)]
    assert (rows[-1].state, rows[-1].claimed_by) == ("claimed", "dana")


async def test_waiting_begins_with_the_unanswered_text(
    db: Database, new_business: NewBusiness, clock: TurnableClock
) -> None:
    business, _ = await new_business()
    story = await begin(db, business)
    asked = clock.now()
    await texts(db, story)
    clock.advance(minutes=5)
    opened = await waits(db, story)
    async with db.work(business) as work:
        assert (await queue(work))[0].waiting_since == asked
        await reply(work, opened, DANA, "On my way.")
        row = (await queue(work))[0]
        assert row.waiting_since == row.opened_at


async def test_what_is_over_leaves_the_queue(
    db: Database, new_business: NewBusiness, clock: TurnableClock
) -> None:
    business, _ = await new_business()
    over = []
    for _ in range(3):
        over.append(await waits(db, await begin(db, business)))
        clock.advance(minutes=1)
    async with db.work(business) as work:
        for one in over:
            await resolve(work, one, DANA, "closed", "by phone")
        assert await queue(work) == []
        first = await resolved(work, limit=2)
        second = await resolved(work, first.next, limit=2)
        assert [r.id for r in (*first.items, *second.items)] == over[::-1]
        assert (await handoff(work, over[0])).note == "by phone"
        with pytest.raises(NotFound):
            await handoff(work, uuid.uuid4())


async def test_leads_by_status_and_number(db: Database, new_business: NewBusiness) -> None:
    business, _ = await new_business()
    story = await begin(db, business)
    other = await begin(db, business, Status.BOOKED)
    async with db.work(business) as work:
        assert {row.id for row in (await leads(work)).items} == {story.lead_id, other.lead_id}
        assert [r.id for r in (await leads(work, "booked")).items] == [other.lead_id]
        found = (await leads(work, phone=spoken_phone(story.phone))).items
        assert [r.id for r in found] == [story.lead_id]
        assert (await counts(work))["booked"] == 1
        assert (await counts(work))["closed"] == 0
        with pytest.raises(BadInput, match="status"):
            await leads(work, "won")
        with pytest.raises(BadInput, match="phone"):
            await leads(work, phone="x")


async def test_leads_come_page_by_page(
    db: Database, new_business: NewBusiness, clock: TurnableClock
) -> None:
    business, _ = await new_business()
    made = [(await begin(db, business)).lead_id for _ in range(5)]  # at one and the same instant
    seen: list[uuid.UUID] = []
    cursor: str | None = None
    async with db.work(business) as work:
        while True:
            page = await leads(work, cursor=cursor, limit=2)
            seen += [row.id for row in page.items]
            cursor = page.next
            if cursor is None:
                break
    assert seen == sorted(made, reverse=True)


async def test_a_conversation_is_shown_whole(db: Database, new_business: NewBusiness) -> None:
    business, _ = await new_business()
    story = await begin(db, business)
    await texts(db, story, "one")
    await texts(db, story, "two")
    opened = await waits(db, story)
    await says_stop(db, story)
    async with db.work(business) as work:
        view = await conversation(work, story.conversation_id)
        assert [m.body for m in view.messages] == ["one", "two"]
        assert (view.owner, view.status, view.opted_out) == ("queue", "follow_up_needed", True)
        assert view.handoff is not None
        assert view.handoff.id == opened
        assert view.phone == story.phone
        newer = await transcript(work, story.conversation_id, after=view.messages[0].seq)
        assert [m.body for m in newer] == ["two"]


async def test_another_business_sees_none_of_it(db: Database, new_business: NewBusiness) -> None:
    business, _ = await new_business()
    other, _ = await new_business()
    story = await begin(db, business)
    await texts(db, story)
    await waits(db, story)
    async with db.work(other) as work:
        assert await queue(work) == []
        assert (await leads(work)).items == ()
        assert await transcript(work, story.conversation_id) == ()
        with pytest.raises(NotFound):
            await conversation(work, story.conversation_id)


async def test_missed_calls_lie_in_their_span(
    db: Database, new_business: NewBusiness, clock: TurnableClock
) -> None:
    business, profile = await new_business()
    start = clock.now()
    for minute in range(3):
        async with db.work(business) as work:
            work.session.add(
                Call(
                    business_id=business,
                    id=new_id(),
                    sid=f"CA{minute}",
                    phone=None,
                    number=profile.phone_numbers[0].number,
                    started_at=work.now,
                    missed_at=work.now,
                    decision="anonymous",
                )
            )
        clock.advance(minutes=1)
    async with db.work(business) as work:
        every = (await missed_calls(work)).items
        assert [c.at for c in every] == sorted((c.at for c in every), reverse=True)
        assert len(every) == 3
        span = await missed_calls(work, start, every[0].at, limit=1)
        assert len(span.items) == 1
        rest = await missed_calls(work, start, every[0].at, span.next, limit=1)
        assert ([c.at for c in rest.items], rest.next) == ([start], None)
