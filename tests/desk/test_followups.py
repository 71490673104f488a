"""One nudge to who never answered, then no_response."""

import uuid
from datetime import datetime, timedelta

import pytest

from core.clock import TurnableClock
from core.db import Database, Work
from core.jobs import GiveUpLead, NudgeLead
from core.jobs.worker import Later
from core.journal import Fact
from core.leads import Status
from core.models import Lead, Message
from core.outbox import Draft
from desk.followups import give_up_handler, nudge_lead_handler
from tests.conftest import NewBusiness
from tests.desk.story import Story, begin, facts, jobs, outgoing, status_of, texts, waits


async def gentle(work: Work, lead: Lead) -> Draft:
    return Draft(
        to_phone="+12075550100",
        from_phone=work.profile.phone_numbers[0].number,
        body="Still need a hand?",
        author="system",
        purpose="nudge",
        cause=f"lead:{lead.id}:{lead.nudges + 1}",
        basis="inquiry",
        conversation_id=lead.conversation_id,
        lead_id=lead.id,
    )


async def never(work: Work, lead: Lead) -> None:
    return None


async def nudged(db: Database, story: Story) -> Later | None:
    return await nudge_lead_handler(db, gentle)(story.business, NudgeLead(story.lead_id))


async def given_up(db: Database, story: Story) -> Later | None:
    return await give_up_handler(db)(story.business, GiveUpLead(story.lead_id))


async def test_a_silent_lead_is_nudged_once_and_then_given_up(
    db: Database, new_business: NewBusiness, clock: TurnableClock
) -> None:
    business, _ = await new_business()
    story = await begin(db, business)
    clock.advance(hours=20)
    assert await nudged(db, story) is None
    assert await nudged(db, story) is None
    assert len(await outgoing(db, business, "nudge")) == 1
    assert len(await facts(db, business, Fact.NUDGED)) == 1
    [job] = await jobs(db, business, "GiveUpLead")
    assert job.due_at == clock.now() + timedelta(hours=24)
    clock.advance(hours=24)
    assert await given_up(db, story) is None
    assert await status_of(db, story) == "no_response"


async def test_who_called_again_is_nudged_later(
    db: Database, new_business: NewBusiness, clock: TurnableClock
) -> None:
    business, _ = await new_business()
    story = await begin(db, business)
    clock.advance(hours=5)
    async with db.work(business) as work:
        (await story.lead(work)).last_activity_at = work.now
    called = clock.now()
    clock.advance(hours=15)
    assert await nudged(db, story) == Later(called + timedelta(hours=20))


async def test_the_law_may_ask_to_wait(
    db: Database, new_business: NewBusiness, clock: TurnableClock
) -> None:
    business, _ = await new_business()
    story = await begin(db, business)
    clock.advance(hours=20)
    morning = clock.now() + timedelta(hours=3)

    async def wait(work: Work, lead: Lead) -> datetime:
        return morning

    handler = nudge_lead_handler(db, wait)
    assert await handler(business, NudgeLead(story.lead_id)) == Later(morning)
    assert await jobs(db, business, "GiveUpLead") == []


async def test_who_may_never_be_nudged_is_given_up_all_the_same(
    db: Database, new_business: NewBusiness, clock: TurnableClock
) -> None:
    business, _ = await new_business()
    story = await begin(db, business)
    clock.advance(hours=20)
    handler = nudge_lead_handler(db, never)
    assert await handler(business, NudgeLead(story.lead_id)) is None
    assert len(await jobs(db, business, "GiveUpLead")) == 1


async def test_an_owner_may_want_no_nudge(db: Database, new_business: NewBusiness) -> None:
    business, _ = await new_business(texting={"nudge_after_hours": 0})
    story = await begin(db, business)
    assert await nudged(db, story) is None
    assert await outgoing(db, business, "nudge") == []
    assert len(await jobs(db, business, "GiveUpLead")) == 1


@pytest.mark.parametrize("status", [Status.BOOKED, Status.CLOSED, Status.FOLLOW_UP_NEEDED])
async def test_other_leads_are_left_alone(
    db: Database, new_business: NewBusiness, clock: TurnableClock, status: Status
) -> None:
    business, _ = await new_business()
    story = await begin(db, business, status)
    clock.advance(hours=100)
    assert await nudged(db, story) is None
    assert await given_up(db, story) is None
    assert await status_of(db, story) == status
    assert await outgoing(db, business, "nudge") == []


async def test_a_conversation_is_given_up_after_three_quiet_days(
    db: Database, new_business: NewBusiness, clock: TurnableClock
) -> None:
    business, _ = await new_business()
    story = await begin(db, business)
    clock.advance(hours=1)
    asked = await texts(db, story)
    began = clock.now()
    clock.advance(hours=19)
    assert await nudged(db, story) is None  # they answered: no nudge, but it is looked after
    assert len(await jobs(db, business, "GiveUpLead")) == 1
    assert await given_up(db, story) == Later(began + timedelta(hours=72))
    clock.advance(hours=60)
    assert isinstance(await given_up(db, story), Later)  # it is we who owe an answer
    await answer(db, story, asked)
    assert await given_up(db, story) is None
    assert await status_of(db, story) == "no_response"


async def answer(db: Database, story: Story, message: uuid.UUID) -> None:
    async with db.work(story.business) as work:
        row = await work.session.get_one(Message, (story.business, message))
        row.answered_at = work.now


async def test_what_waits_for_a_person_is_never_given_up(
    db: Database, new_business: NewBusiness, clock: TurnableClock
) -> None:
    business, _ = await new_business()
    story = await begin(db, business)
    await waits(db, story)
    clock.advance(hours=200)
    assert await given_up(db, story) is None
    assert await status_of(db, story) == "follow_up_needed"


async def test_an_erased_lead_is_nobodys(db: Database, new_business: NewBusiness) -> None:
    business, _ = await new_business()
    assert await give_up_handler(db)(business, GiveUpLead(uuid.uuid4())) is None
    assert await nudge_lead_handler(db, gentle)(business, NudgeLead(uuid.uuid4())) is None
