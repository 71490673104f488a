import itertools
import uuid
from collections.abc import AsyncIterator

import pytest

from core.clock import TurnableClock
from core.db import Database
from tests.conftest import NewBusiness
from tests.texting.rig import Story, begin
from tests.twins.carrier import CarrierTwin
from texting.carriers import Accepted, Found, OutgoingText
from texting.delivery import DeliveryReport, lock, report


class Pocket:
    """A carrier that takes everything, and may be told what happens while it does."""

    name = "pocket"

    def __init__(self) -> None:
        self.sids: dict[uuid.UUID, str] = {}
        self.story: Story | None = None
        self.early: DeliveryReport | None = None

    async def send(self, text: OutgoingText) -> Accepted:
        sid = self.sids[text.message_id] = f"SM{uuid.uuid4().hex}"
        if self.early is not None and self.story is not None:
            said = DeliveryReport(sid, self.early.status, self.early.error_code, text.message_id)
            await tell(self.story, said)
        return Accepted(sid, "queued", 1)

    async def find(self, *_: object, **__: object) -> Found | None:
        return None

    def signed(self, *_: object) -> bool:
        return False

    async def close(self) -> None:
        return None


async def tell(story: Story, said: DeliveryReport) -> bool:
    async with story.db.work(story.business) as work:
        return await report(work, said)


@pytest.fixture
def pocket() -> Pocket:
    return Pocket()


@pytest.fixture
async def story(
    db: Database, clock: TurnableClock, pocket: Pocket, new_business: NewBusiness
) -> AsyncIterator[Story]:
    async with CarrierTwin() as unused:
        story = await begin(db, clock, pocket, unused, *(await new_business()))
        pocket.story = story
        yield story


async def sent(story: Story, pocket: Pocket) -> tuple[uuid.UUID, str]:
    message_id = await story.post()
    await story.run()
    return message_id, pocket.sids[message_id]


@pytest.mark.parametrize("order", list(itertools.permutations(("queued", "sent", "delivered"))))
async def test_reports_in_any_order_end_as_delivered(
    story: Story, pocket: Pocket, order: tuple[str, ...]
) -> None:
    message_id, sid = await sent(story, pocket)
    for status in order + order:
        assert await tell(story, DeliveryReport(sid, status))
    message = await story.message(message_id)
    assert message.delivery == "delivered"
    assert message.delivered_at is not None
    facts = await story.facts("text.sent", "text.delivered", "text.failed")
    assert [f.fact for f in facts] == ["text.sent", "text.delivered"]
    assert {f.call_id for f in facts} == {story.call_id}


async def test_a_report_may_come_before_the_carriers_answer(story: Story, pocket: Pocket) -> None:
    pocket.early = DeliveryReport("", "delivered")
    message_id, sid = await sent(story, pocket)
    message = await story.message(message_id)
    assert (message.delivery, message.carrier_sid) == ("delivered", sid)
    assert len(await story.facts("text.sent")) == 1


async def test_a_report_settles_a_text_in_doubt(story: Story, pocket: Pocket) -> None:
    message_id = await story.post()
    async with story.db.work(story.business) as work:
        text = await lock(work, message_id)
        assert text is not None
        text.message.delivery, text.message.attempted_at = "unknown", work.now
    sid = f"SM{uuid.uuid4().hex}"
    await tell(story, DeliveryReport(sid, "sent", None, message_id))
    await story.run(hours=1)
    assert (await story.message(message_id)).carrier_sid == sid
    assert pocket.sids == {}


async def test_an_unknown_sid_is_no_text_of_ours(story: Story) -> None:
    assert not await tell(story, DeliveryReport("SMnobody", "delivered"))
    assert not await tell(story, DeliveryReport("SMnobody", "delivered", None, uuid.uuid4()))


async def test_a_second_sid_for_one_text_changes_nothing(story: Story, pocket: Pocket) -> None:
    message_id, sid = await sent(story, pocket)
    await tell(story, DeliveryReport("SMother", "failed", 30006, message_id))
    message = await story.message(message_id)
    assert (message.delivery, message.carrier_sid) == ("sent", sid)


async def test_an_end_is_an_end(story: Story, pocket: Pocket) -> None:
    message_id, sid = await sent(story, pocket)
    await tell(story, DeliveryReport(sid, "delivered"))
    await tell(story, DeliveryReport(sid, "undelivered", 30006))
    assert (await story.message(message_id)).delivery == "delivered"
    assert await story.sms_capable() is None
    assert await story.facts("text.failed") == []


async def test_a_landline_becomes_a_callback(story: Story, pocket: Pocket) -> None:
    message_id, sid = await sent(story, pocket)
    for _ in range(2):
        await tell(story, DeliveryReport(sid, "undelivered", 30006))
    message = await story.message(message_id)
    assert (message.delivery, message.error_code) == ("undelivered", 30006)
    assert (await story.lead()).status == "follow_up_needed"
    assert [c.reason for c in await story.callbacks()] == ["landline"]
    assert await story.sms_capable() is False
    assert len(await story.facts("text.failed")) == 1


async def test_a_phone_that_was_off_gets_one_second_try(story: Story, pocket: Pocket) -> None:
    _, sid = await sent(story, pocket)
    await tell(story, DeliveryReport(sid, "undelivered", 30003))
    assert (await story.lead()).status == "texted"
    await story.run(minutes=14)
    assert len(pocket.sids) == 1
    await story.run(minutes=2)
    first, second = await story.messages()
    assert (second.body, second.delivery) == (first.body, "sent")
    await tell(story, DeliveryReport(pocket.sids[second.id], "undelivered", 30003))
    await story.run(hours=1)
    assert len(pocket.sids) == 2
    assert [c.reason for c in await story.callbacks()] == ["unreachable"]
    assert (await story.lead()).status == "follow_up_needed"
    assert await story.sms_capable() is None


async def test_no_second_try_once_somebody_has_spoken(story: Story, pocket: Pocket) -> None:
    _, sid = await sent(story, pocket)
    await tell(story, DeliveryReport(sid, "undelivered", 30003))
    await story.caller_texts()
    await story.run(hours=1)
    assert len(pocket.sids) == 1


async def test_an_unregistered_sender_is_not_tried_again(story: Story, pocket: Pocket) -> None:
    _, sid = await sent(story, pocket)
    await tell(story, DeliveryReport(sid, "undelivered", 30034))
    await story.run(hours=1)
    assert len(pocket.sids) == 1
    assert [c.reason for c in await story.callbacks()] == ["not_registered"]
    assert await story.sms_capable() is None


async def test_an_unheard_of_code_or_none_is_followed_up(story: Story, pocket: Pocket) -> None:
    _, sid = await sent(story, pocket)
    await tell(story, DeliveryReport(sid, "failed"))
    assert [c.reason for c in await story.callbacks()] == ["undeliverable"]


async def test_another_business_is_told_nothing(
    story: Story, pocket: Pocket, new_business: NewBusiness
) -> None:
    message_id, sid = await sent(story, pocket)
    other, _ = await new_business()
    async with story.db.work(other) as work:
        assert not await report(work, DeliveryReport(sid, "failed", 30006, message_id))
    assert (await story.message(message_id)).delivery == "sent"
