import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
from pydantic import SecretStr
from sqlalchemy import func, select, text as sql
from typing_extensions import override

from core import episodes
from core.clock import TurnableClock
from core.db import Database
from core.jobs import GiveUpLead, NudgeLead, SendText
from core.leads import Cause
from core.models import Job, Lead, OptOut
from core.settings import Carrier as Account
from tests.conftest import NewBusiness
from tests.texting.rig import BASE, Story, begin
from tests.twins.carrier import CarrierTwin, Kind
from texting.carriers import Accepted, OutgoingText
from texting.carriers.twilio import TwilioCarrier
from texting.optout import record_opt_out


class Crashed(BaseException):
    """The process is gone between two instructions."""


class Mortal(TwilioCarrier):
    """Dies on the way back from the carrier, as often as told."""

    deaths = 0

    @override
    async def send(self, text: OutgoingText) -> Accepted:
        taken = await super().send(text)
        if self.deaths:
            self.deaths -= 1
            raise Crashed
        return taken


@pytest.fixture
async def twin(clock: TurnableClock) -> AsyncIterator[CarrierTwin]:
    async with CarrierTwin(clock=clock) as twin:
        yield twin
        assert twin.problems == []


@pytest.fixture
async def carrier(twin: CarrierTwin) -> AsyncIterator[Mortal]:
    account = Account(
        account_sid=twin.account_sid,
        auth_token=SecretStr(twin.auth_token),
        api_key=None,
        api_secret=None,
        api_url=twin.url,
    )
    carrier = Mortal(account, timeout=0.3)
    yield carrier
    await carrier.close()


@pytest.fixture
async def story(
    db: Database,
    clock: TurnableClock,
    twin: CarrierTwin,
    carrier: Mortal,
    new_business: NewBusiness,
) -> Story:
    return await begin(db, clock, carrier, twin, *(await new_business()))


async def forget_claims(story: Story) -> None:
    """What the passing of the claim's 15 seconds does after a worker died."""
    async with story.db.work(story.business) as work:
        await work.session.execute(
            sql("UPDATE jobs SET claimed_until = NULL WHERE business_id = :b"),
            {"b": story.business},
        )


# -- the plain way -------------------------------------------------------------------------------


async def test_a_text_is_folded_counted_sent_and_journalled(story: Story) -> None:
    message_id = await story.post(body="We\u2019re sorry \u2013 we missed you\u2026")
    await story.run()
    message = await story.message(message_id)
    (sent,) = story.twin.texts
    assert sent.body == message.body == "We're sorry - we missed you..."
    assert (message.delivery, message.carrier_sid, message.segments) == ("sent", sent.sid, 1)
    assert sent.fields["ValidityPeriod"] == "900"
    assert sent.status_callback == (
        f"{BASE}/twilio/sms/status?message={message_id}&business={story.business}"
    )
    (fact,) = await story.facts("text.sent")
    assert (fact.lead_id, fact.call_id, fact.message_id) == (
        story.lead_id,
        story.call_id,
        message_id,
    )


async def test_a_first_text_winds_the_nudge_once(story: Story, clock: TurnableClock) -> None:
    began = clock.now()
    await story.post()
    await story.run()
    assert await story.timers(NudgeLead) == [began + timedelta(hours=20)]
    await story.post("reply", "message:1")
    await story.run()
    assert len(await story.timers(NudgeLead)) == 1


async def test_without_a_nudge_the_lead_is_given_up_after_a_day(
    db: Database,
    clock: TurnableClock,
    twin: CarrierTwin,
    carrier: Mortal,
    new_business: NewBusiness,
) -> None:
    silent = await new_business(texting={"nudge_after_hours": 0})
    story = await begin(db, clock, carrier, twin, *silent)
    await story.post()
    await story.run()
    assert await story.timers(GiveUpLead) == [clock.now() + timedelta(hours=24)]


async def test_a_job_that_comes_again_sends_nothing(story: Story) -> None:
    message_id = await story.post()
    await story.run()
    send = story.worker.handlers[SendText]
    await send(story.business, SendText(message_id))
    assert len(story.twin.texts) == 1


async def test_two_workers_with_the_same_text_send_it_once(story: Story) -> None:
    message_id = await story.post()
    send = story.worker.handlers[SendText]
    await asyncio.gather(*(send(story.business, SendText(message_id)) for _ in range(4)))
    await story.run(minutes=5)
    assert len(story.twin.texts) == 1
    assert (await story.message(message_id)).delivery == "sent"
    assert len(await story.facts("text.sent")) == 1


# -- the law, once more --------------------------------------------------------------------------


async def test_who_said_stop_meanwhile_gets_nothing(story: Story) -> None:
    message_id = await story.post()
    async with story.db.work(story.business) as work:
        await record_opt_out(work, story.caller, "stop", "meaning")
    await story.run()
    assert story.twin.texts == []
    assert (await story.message(message_id)).delivery == "failed"
    (fact,) = await story.facts("text.failed")
    assert fact.data["reason"] == "opted_out"
    assert (await story.lead()).status == "closed"
    assert await story.callbacks() == []


async def test_a_nudge_waits_for_the_morning(story: Story, clock: TurnableClock) -> None:
    clock.advance(hours=12)  # 22:00 in Portland
    message_id = await story.post("nudge", "lead:1")
    await story.run(hours=10)
    assert story.twin.texts == []
    assert (await story.message(message_id)).delivery == "queued"
    await story.run(hours=2)
    assert len(story.twin.texts) == 1


async def test_a_nudge_after_the_callers_own_word_is_moot(story: Story) -> None:
    message_id = await story.post("nudge", "lead:1")
    await story.caller_texts()
    await story.run()
    assert story.twin.texts == []
    assert (await story.message(message_id)).delivery == "failed"
    (fact,) = await story.facts("text.failed")
    assert fact.data["reason"] == "moot"
    assert (await story.lead()).status == "texted"


async def test_a_first_text_an_hour_late_becomes_a_callback(
    story: Story, clock: TurnableClock
) -> None:
    await story.post()
    clock.advance(minutes=61)
    await story.run()
    assert story.twin.texts == []
    assert (await story.lead()).status == "follow_up_needed"
    assert [c.reason for c in await story.callbacks()] == ["too_late"]


# -- refused, busy, away -------------------------------------------------------------------------


async def test_a_busy_carrier_is_tried_again_and_the_row_never_goes_back(story: Story) -> None:
    story.twin.behave("busy", times=2, retry_after=30)
    message_id = await story.post()
    await story.run()
    assert (await story.message(message_id)).delivery == "sending"
    await story.run(seconds=29)
    assert len(story.twin.requests) == 1
    await story.run(minutes=2)
    assert len(story.twin.texts) == 1
    assert (await story.message(message_id)).delivery == "sent"


async def test_a_carrier_that_stays_away_leaves_the_caller_to_a_person(story: Story) -> None:
    story.twin.behave("busy", times=50)
    message_id = await story.post()
    await story.run(hours=3)
    assert (await story.message(message_id)).delivery == "failed"
    assert [c.reason for c in await story.callbacks()] == ["carrier_unavailable"]


@pytest.mark.parametrize(
    ("code", "reason", "capable"),
    [
        (21211, "undeliverable", False),
        (21614, "landline", False),
        (30034, "not_registered", None),
        (21606, "carrier_set_up", None),
        (99999, "undeliverable", None),
    ],
)
async def test_a_refusal_becomes_a_callback(
    story: Story, code: int, reason: str, capable: bool | None
) -> None:
    story.twin.behave("refuse", code=code)
    message_id = await story.post()
    await story.run(hours=1)
    message = await story.message(message_id)
    assert (message.delivery, message.error_code) == ("failed", code)
    assert (await story.lead()).status == "follow_up_needed"
    (callback,) = await story.callbacks()
    assert (callback.reason, callback.phone, callback.call_id) == (
        reason,
        story.caller,
        story.call_id,
    )
    assert await story.sms_capable() is capable
    assert len(story.twin.requests) == 1


async def test_the_carriers_opt_out_counts_as_the_persons(story: Story) -> None:
    story.twin.stopped.add(story.caller)
    await story.post()
    await story.run(hours=1)
    assert (await story.lead()).status == "closed"
    assert await story.callbacks() == []
    async with story.db.work(story.business) as work:
        row = (
            await work.session.scalars(select(OptOut).where(OptOut.business_id == story.business))
        ).one()
    assert (row.kind, row.source) == ("stop", "carrier")
    assert len(await story.facts("caller.opted_out")) == 1


async def test_a_failed_alert_to_staff_moves_no_lead(story: Story) -> None:
    story.twin.behave("refuse", code=21614)
    await story.post("staff_alert", "handoff:1:1")
    await story.run()
    assert (await story.lead()).status == "texted"
    assert await story.callbacks() == []


# -- in doubt ------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["hang", "drop", "error"])
async def test_a_lost_answer_is_looked_up_and_not_sent_again(story: Story, kind: Kind) -> None:
    story.twin.behave(kind)
    message_id = await story.post()
    await story.run()
    assert (await story.message(message_id)).delivery == "unknown"
    await story.run(minutes=5)
    (taken,) = story.twin.texts
    message = await story.message(message_id)
    assert (message.delivery, message.carrier_sid) == ("sent", taken.sid)
    assert len(await story.facts("text.sent")) == 1


@pytest.mark.parametrize("kind", ["drop_before", "error_before"])
async def test_a_text_that_never_arrived_is_sent_once_more(story: Story, kind: Kind) -> None:
    story.twin.behave(kind)
    message_id = await story.post()
    await story.run(seconds=60)
    assert story.twin.texts == []
    assert (await story.message(message_id)).delivery == "unknown"
    await story.run(seconds=60)
    assert len(story.twin.texts) == 1
    assert (await story.message(message_id)).delivery == "sent"


async def test_after_the_second_loss_a_person_follows_up(story: Story) -> None:
    story.twin.behave("drop_before", times=5)
    message_id = await story.post()
    await story.run(minutes=30)
    posts = [r for r in story.twin.requests if r.method == "POST"]
    assert len(posts) == 2
    assert (await story.message(message_id)).delivery == "failed"
    assert (await story.lead()).status == "follow_up_needed"
    assert [c.reason for c in await story.callbacks()] == ["lost"]


async def test_a_crash_after_the_carrier_took_it_never_sends_twice(
    story: Story, carrier: Mortal
) -> None:
    carrier.deaths = 1
    message_id = await story.post()
    with pytest.raises(Crashed):
        await story.run()
    assert (await story.message(message_id)).delivery == "sending"
    await forget_claims(story)
    await story.run(minutes=10)
    (taken,) = story.twin.texts
    message = await story.message(message_id)
    assert (message.delivery, message.carrier_sid) == ("sent", taken.sid)
    assert await story.timers(NudgeLead)


async def test_a_crash_in_a_row_is_settled_all_the_same(story: Story, carrier: Mortal) -> None:
    story.twin.behave("drop_before")
    carrier.deaths = 1
    await story.post()
    with pytest.raises(Crashed):
        await story.run(minutes=10)
    await forget_claims(story)
    await story.run(minutes=10)
    assert len(story.twin.texts) == 1
    assert {m.delivery for m in await story.messages()} == {"sent"}


async def test_while_the_carrier_cannot_be_asked_nothing_is_sent_again(story: Story) -> None:
    story.twin.behave("error")
    message_id = await story.post()
    await story.run()
    account, token = story.twin.account_sid, story.twin.auth_token
    story.twin.accounts[account] = "changed"
    await story.run(minutes=30)
    assert (await story.message(message_id)).delivery == "unknown"
    story.twin.accounts[account] = token
    await story.run(minutes=1)
    assert (await story.message(message_id)).delivery == "sent"
    assert len(story.twin.texts) == 1


async def test_twins_of_one_text_are_told_apart(story: Story) -> None:
    story.twin.behave("drop", times=2)
    first = await story.post("reply", "message:1", "On my way.")
    second = await story.post("reply", "message:2", "On my way.")
    await story.run(minutes=5)
    sids = {(await story.message(m)).carrier_sid for m in (first, second)}
    assert sids == {t.sid for t in story.twin.texts}
    assert len(story.twin.texts) == 2


async def test_no_job_of_texting_is_left_as_failed(story: Story) -> None:
    story.twin.behave("drop_before", times=9)
    await story.post()
    await story.run(hours=2)
    async with story.db.work(story.business) as work:
        failed = await work.session.scalar(
            select(func.count(Job.id)).where(
                Job.business_id == story.business, Job.state == "failed"
            )
        )
    assert failed == 0


async def test_a_booked_visitor_is_called_when_a_notice_is_lost(story: Story) -> None:
    async with story.db.work(story.business) as work:
        lead = (
            await work.session.scalars(
                select(Lead).where(Lead.business_id == story.business, Lead.id == story.lead_id)
            )
        ).one()
        episodes.move(work, lead, Cause.BOOKED)
    story.twin.behave("refuse", code=30034)
    await story.post("booking_notice", "booking:1")
    await story.run()
    assert (await story.lead()).status == "booked"
    assert [c.reason for c in await story.callbacks()] == ["not_registered"]
