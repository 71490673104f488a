"""The nudge: lawful, once, never over a person, never after a doubt about stopping."""

import uuid
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select, update

from core.clock import TurnableClock
from core.db import Database
from core.models import Base, Caller, Conversation, Lead
from core.outbox import Draft
from tests.conftest import NewBusiness
from tests.sample import fresh_phone
from texting.inbound import IncomingText, text_came
from texting.missed_call import IncomingCall, call_began, dial_ended
from texting.nudge import nudge_draft
from texting.optout import record_opt_out


class Quiet:
    """A caller who was texted after a missed call and has not answered."""

    def __init__(self, db: Database, business: uuid.UUID, number: str) -> None:
        self.db, self.business, self.number, self.phone = db, business, number, fresh_phone()

    async def miss(self) -> None:
        async with self.db.work(self.business) as work:
            await call_began(work, IncomingCall("CA1", self.phone, self.number))
            await dial_ended(work, "CA1", "no-answer", None)

    async def draft(self) -> Draft | datetime | None:
        async with self.db.work(self.business) as work:
            return await nudge_draft(work, (await work.session.scalars(select(Lead))).one())

    async def set(self, table: type[Base], **values: Any) -> None:
        async with self.db.work(self.business) as work:
            await work.session.execute(update(table).values(**values))


@pytest.fixture
async def quiet(db: Database, new_business: NewBusiness) -> Quiet:
    business, profile = await new_business()
    quiet = Quiet(db, business, profile.phone_numbers[0].number)
    await quiet.miss()
    return quiet


async def test_a_quiet_lead_gets_one_gentle_text(quiet: Quiet) -> None:
    draft = await quiet.draft()
    assert isinstance(draft, Draft)
    assert (draft.to_phone, draft.purpose, draft.basis) == (quiet.phone, "nudge", "inquiry")
    assert draft.cause.endswith(":1")
    assert "Harbor Plumbing" in draft.body


async def test_at_night_it_waits_for_the_morning(quiet: Quiet, clock: TurnableClock) -> None:
    clock.turn_to(datetime(2026, 12, 2, 2, 0, tzinfo=UTC))  # 9 pm in New York
    assert await quiet.draft() == datetime(2026, 12, 2, 14, 0, tzinfo=UTC)


async def test_a_second_one_waits_a_day_and_a_third_never_comes(
    quiet: Quiet, clock: TurnableClock
) -> None:
    await quiet.set(Lead, nudges=1, nudged_at=clock.at - timedelta(hours=1))
    assert await quiet.draft() == clock.at + timedelta(hours=23)
    await quiet.set(Lead, nudges=2)
    assert await quiet.draft() is None


@pytest.mark.parametrize(
    ("table", "values"),
    [
        (Lead, {"status": "booked"}),
        (Lead, {"status": "follow_up_needed"}),
        (Conversation, {"owner": "queue"}),
        (Conversation, {"owner": "staff"}),
        (Caller, {"sms_capable": False}),
    ],
)
async def test_some_leads_are_never_nudged(
    quiet: Quiet, table: type[Base], values: dict[str, Any]
) -> None:
    await quiet.set(table, **values)
    assert await quiet.draft() is None


async def test_nobody_who_opted_out_is_nudged(quiet: Quiet) -> None:
    async with quiet.db.work(quiet.business) as work:
        await record_opt_out(work, quiet.phone, "stop", "staff")
    assert await quiet.draft() is None


async def test_silence_after_the_question_about_stopping_is_left_alone(quiet: Quiet) -> None:
    async with quiet.db.work(quiet.business) as work:
        text = IncomingText("SM1", quiet.phone, quiet.number, "not interested")
        assert await text_came(work, text) == "scope"
    assert await quiet.draft() is None
