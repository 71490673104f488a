"""Calls owed: listed, done once, and what they mean for the lead."""

import uuid

import pytest

from core import episodes
from core.clock import TurnableClock
from core.db import Database
from core.errors import BadInput, NotFound
from core.journal import Fact
from core.leads import Status
from desk.callbacks import done, owed
from tests.conftest import NewBusiness
from tests.desk.story import DANA, LEE, Story, begin, caller_named, facts, status_of


async def owe(db: Database, story: Story, reason: str = "landline") -> uuid.UUID:
    async with db.work(story.business) as work:
        lead = await story.lead(work)
        return await episodes.owe_callback(
            work, reason=reason, phone=story.phone, caller_id=lead.caller_id, lead_id=lead.id
        )


async def test_the_oldest_is_owed_first_page_by_page(
    db: Database, new_business: NewBusiness, clock: TurnableClock
) -> None:
    business, _ = await new_business()
    made = []
    for _ in range(5):
        made.append(await owe(db, await begin(db, business)))
        clock.advance(minutes=1)
    seen: list[uuid.UUID] = []
    cursor: str | None = None
    while True:
        async with db.work(business) as work:
            page = await owed(work, "open", cursor, limit=2)
        seen += [row.id for row in page.items]
        cursor = page.next
        if cursor is None:
            break
    assert seen == made


async def test_a_row_says_whom_to_call(db: Database, new_business: NewBusiness) -> None:
    business, _ = await new_business()
    story = await begin(db, business)
    await caller_named(db, story, "Sam Ode")
    await owe(db, story)
    async with db.work(business) as work:
        await episodes.owe_callback(work, reason="anonymous", phone=None)
        known, unknown = (await owed(work)).items
    assert (known.phone, known.name, known.reason) == (story.phone, "Sam Ode", "landline")
    assert known.conversation_id == story.conversation_id
    assert (unknown.phone, unknown.name, unknown.conversation_id) == (None, None, None)


@pytest.mark.parametrize(
    ("outcome", "status"),
    [
        ("booked", "booked"),
        ("closed", "closed"),
        ("left a message", "follow_up_needed"),
    ],
)
async def test_done_says_what_became_of_the_lead(
    db: Database, new_business: NewBusiness, outcome: str, status: str
) -> None:
    business, _ = await new_business()
    story = await begin(db, business, Status.FOLLOW_UP_NEEDED)
    callback = await owe(db, story)
    async with db.work(business) as work:
        row = await done(work, callback, DANA, outcome)
    assert (row.state, row.done_by, row.outcome) == ("done", "dana", outcome)
    assert await status_of(db, story) == status
    [fact] = await facts(db, business, Fact.CALLBACK_DONE)
    assert fact["outcome"] == (outcome if status != "follow_up_needed" else "other")
    async with db.work(business) as work:
        assert (await owed(work)).items == ()
        assert len((await owed(work, "done")).items) == len((await owed(work, None)).items) == 1


async def test_done_once_it_stays(db: Database, new_business: NewBusiness) -> None:
    business, _ = await new_business()
    callback = await owe(db, await begin(db, business))
    async with db.work(business) as work:
        await done(work, callback, DANA, "reached")
    async with db.work(business) as work:
        row = await done(work, callback, LEE, "not reached")
    assert (row.done_by, row.outcome) == ("dana", "reached")
    assert len(await facts(db, business, Fact.CALLBACK_DONE)) == 1


async def test_what_is_wrong_is_named(db: Database, new_business: NewBusiness) -> None:
    business, _ = await new_business()
    other, _ = await new_business()
    callback = await owe(db, await begin(db, business))
    async with db.work(other) as work:
        with pytest.raises(NotFound):
            await done(work, callback, DANA, "reached")
    async with db.work(business) as work:
        with pytest.raises(BadInput, match="outcome"):
            await done(work, callback, DANA, " ")
        with pytest.raises(BadInput, match="state"):
            await owed(work, "lost")
        with pytest.raises(BadInput, match="cursor"):
            await owed(work, "open", "AAAA")
