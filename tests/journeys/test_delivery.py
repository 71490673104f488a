import random
from datetime import timedelta

import pytest

from tests.journeys.harness import BASE, Books, Shop
from tests.sample import fresh_phone
from texting.carriers.twilio import TwilioCarrier

UNSENT = "sent 0/1 replied 0/0 recovered 0/1 booked 0/0"
SENT = "sent 1/1 replied 0/1 recovered 0/1 booked 0/0"


async def first_text(shop: Shop, caller: str) -> dict[str, object]:
    (message,) = (await shop.conversation(caller))["messages"]
    return {key: message[key] for key in ("delivery", "error_code")}


async def test_a_landline_gets_a_callback_and_is_never_texted_again(shop: Shop, ana: str) -> None:
    shop.town.twin.landlines.add(ana)
    await shop.miss(ana)
    assert await first_text(shop, ana) == {"delivery": "undelivered", "error_code": 30006}
    assert await shop.books() == Books(
        calls=("texted",),
        leads=("follow_up_needed",),
        callbacks=("landline open",),
        figures=UNSENT,
    )
    await shop.wait(hours=30)
    await shop.miss(ana)
    assert len(shop.got(ana)) == 1
    books = await shop.books()
    assert (books.calls, books.callbacks) == (("texted", "landline"), ("landline open",))


@pytest.mark.parametrize(
    ("code", "reason"), [(21614, "landline"), (21211, "undeliverable"), (21408, "carrier_set_up")]
)
async def test_what_the_carrier_refuses_goes_to_a_person(
    shop: Shop, code: int, reason: str
) -> None:
    ana = fresh_phone()
    shop.town.twin.behave("refuse", to=ana, code=code)
    await shop.miss(ana)
    await shop.wait(hours=2)
    assert shop.got(ana) == []
    assert await first_text(shop, ana) == {"delivery": "failed", "error_code": code}
    assert await shop.books() == Books(
        calls=("texted",),
        leads=("follow_up_needed",),
        callbacks=(f"{reason} open",),
        figures=UNSENT,
    )


async def test_a_stop_that_only_the_carrier_knew_of_counts_as_the_callers(
    shop: Shop, ana: str
) -> None:
    shop.town.twin.stopped.add(ana)
    await shop.miss(ana)
    assert await shop.books() == Books(calls=("texted",), leads=("closed",), figures=UNSENT)
    shop.town.twin.stopped.clear()
    await shop.wait(hours=30)
    await shop.miss(ana)
    assert shop.got(ana) == []
    assert (await shop.books()).calls == ("texted", "opted_out")


async def test_an_unregistered_sender_leaves_the_caller_to_a_person(shop: Shop, ana: str) -> None:
    sid, _ = await shop.town.twin.ring(BASE, ana, shop.number)
    await shop.town.twin.dialed(BASE, sid, ana, shop.number)
    await shop.town.house.worker().run_due(shop.id, shop.town.clock.now())
    (text,) = shop.town.twin.to(ana)
    await shop.town.twin.report(text, "undelivered", 30034)
    assert await shop.books() == Books(
        calls=("texted",),
        leads=("follow_up_needed",),
        callbacks=("not_registered open",),
        figures=UNSENT,
    )


async def test_a_phone_that_is_off_is_tried_once_more(shop: Shop, ana: str) -> None:
    shop.town.twin.off.add(ana)
    await shop.miss(ana)
    shop.town.twin.off.clear()
    await shop.wait(minutes=20)
    assert len(shop.got(ana)) == 2
    books = await shop.books()
    assert (books.leads, books.callbacks) == (("texted",), ())


async def test_a_busy_carrier_is_asked_again_when_it_said(shop: Shop, ana: str) -> None:
    shop.town.twin.behave("busy", to=ana, times=2, retry_after=40)
    await shop.miss(ana)
    began = shop.town.clock.now()
    assert shop.got(ana) == []
    await shop.wait(minutes=3)
    (text,) = shop.town.twin.to(ana)
    assert text.created - began >= timedelta(seconds=70)
    assert await shop.books() == Books(calls=("texted",), leads=("texted",), figures=SENT)


@pytest.mark.parametrize("fault", ["drop", "error", "drop_before", "error_before"])
async def test_whatever_became_of_the_answer_the_caller_gets_one_text(
    shop: Shop, fault: str
) -> None:
    ana = fresh_phone()
    shop.town.twin.behave(fault, to=ana)  # type: ignore[arg-type]
    sid, _ = await shop.town.twin.ring(BASE, ana, shop.number)
    await shop.town.twin.dialed(BASE, sid, ana, shop.number)
    worker = shop.town.house.worker()
    await worker.run_due(shop.id, shop.town.clock.now())
    assert await first_text(shop, ana) == {"delivery": "unknown", "error_code": None}
    await worker.run_due(
        shop.id, shop.town.clock.now() + timedelta(minutes=5), shop.town.clock.turn_to
    )
    await shop.wait(minutes=5)
    assert len(shop.got(ana)) == 1
    assert await first_text(shop, ana) == {"delivery": "delivered", "error_code": None}
    assert await shop.books() == Books(calls=("texted",), leads=("texted",), figures=SENT)


def carrier_at(shop: Shop, address: str) -> TwilioCarrier:
    """The installation's carrier, but impatient, or at another address."""
    account = shop.town.house.settings.carrier
    assert account is not None
    return TwilioCarrier(account.model_copy(update={"api_url": address}), timeout=0.5)


async def test_a_carrier_that_takes_a_text_and_hangs_has_it_once(shop: Shop, ana: str) -> None:
    shop.town.house.carriers.installation = carrier_at(shop, shop.town.twin.url)
    shop.town.twin.behave("hang", to=ana)
    sid, _ = await shop.town.twin.ring(BASE, ana, shop.number)
    await shop.town.twin.dialed(BASE, sid, ana, shop.number)
    worker = shop.town.house.worker()
    await worker.run_due(shop.id, shop.town.clock.now())
    assert await first_text(shop, ana) == {"delivery": "unknown", "error_code": None}
    await worker.run_due(
        shop.id, shop.town.clock.now() + timedelta(minutes=5), shop.town.clock.turn_to
    )
    assert len(shop.got(ana)) == 1
    assert await first_text(shop, ana) == {"delivery": "sent", "error_code": None}


async def test_a_carrier_that_can_not_be_reached_is_asked_until_it_can(
    shop: Shop, ana: str
) -> None:
    there = shop.town.house.carriers.installation
    shop.town.house.carriers.installation = carrier_at(shop, "http://127.0.0.1:9")
    await shop.miss(ana)
    await shop.wait(minutes=3)
    assert shop.town.twin.texts == []
    shop.town.house.carriers.installation = there
    await shop.wait(minutes=5)
    assert len(shop.got(ana)) == 1
    assert await shop.books() == Books(calls=("texted",), leads=("texted",), figures=SENT)


async def test_reports_in_any_order_and_twice_change_nothing(shop: Shop, ana: str) -> None:
    await shop.miss(ana)
    await shop.say(ana, "My kitchen sink is clogged")
    before = await shop.books()
    for text in shop.town.twin.texts:
        text.reported.clear()
    await shop.town.twin.report_all(shuffled=random.Random(7), twice=True)
    assert await shop.books() == before
    outbound = [m for m in (await shop.conversation(ana))["messages"] if m["author"] != "caller"]
    assert {m["delivery"] for m in outbound} == {"delivered"}


async def test_a_report_about_nobodys_text_is_taken_and_changes_nothing(
    shop: Shop, ana: str
) -> None:
    await shop.miss(ana)
    before = await shop.books()
    params = {"MessageSid": f"SM{'9' * 32}", "MessageStatus": "undelivered", "From": shop.number}
    answer = await shop.town.twin.webhook(
        BASE, "/twilio/sms/status", params | {"To": ana, "ErrorCode": "30006"}
    )
    assert answer.status_code == 200
    assert await shop.books() == before
