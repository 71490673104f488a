import asyncio

import pytest

from tests.journeys.harness import BASE, Books, Shop, Town, local
from tests.sample import fresh_phone


async def press_one(shop: Shop, sid: str) -> None:
    """A person on Dana's phone takes the call."""
    leg = {"CallSid": f"CA{'1' * 32}", "ParentCallSid": sid, "From": shop.number, "To": shop.dana}
    path = f"/twilio/voice/accepted?business={shop.id}"
    (await shop.town.twin.webhook(BASE, path, {**leg, "Digits": "1"})).raise_for_status()


async def test_after_hours_the_first_text_says_when_someone_is_in(shop: Shop, ana: str) -> None:
    shop.town.clock.turn_to(local(shop, "2026-12-01T21:40"))
    await shop.miss(ana)
    (first,) = shop.got(ana)
    assert "Wed Dec 2 at 8:00 AM" in first
    assert first.endswith("Reply STOP to opt out.")
    assert (await shop.books()).calls == ("texted",)


async def test_a_call_that_a_person_takes_is_not_missed(shop: Shop, ana: str) -> None:
    sid, answer = await shop.town.twin.ring(BASE, ana, shop.number)
    assert "<Dial" in answer.text
    assert shop.dana in answer.text
    assert shop.lee in answer.text
    await press_one(shop, sid)
    await shop.town.twin.dialed(BASE, sid, ana, shop.number, "completed")
    await shop.status(sid, ana, "completed")
    await shop.wait(hours=2)
    assert shop.got(ana) == []
    assert await shop.books() == Books()


@pytest.mark.parametrize("bridged", [{}, {"DialBridged": "false"}, {"DialBridged": "true"}])
async def test_a_voicemail_box_that_picks_up_is_no_person(
    shop: Shop, bridged: dict[str, str]
) -> None:
    ana = fresh_phone()
    sid, _ = await shop.town.twin.ring(BASE, ana, shop.number)
    shop.town.clock.advance(seconds=15)
    params = {"CallSid": sid, "From": ana, "To": shop.number, "CallStatus": "in-progress"}
    params |= {"DialCallStatus": "completed", **bridged}
    await shop.town.twin.webhook(BASE, "/twilio/voice/dialed", params)
    await shop.status(sid, ana, "completed")
    await shop.wait(minutes=2)
    assert len(shop.got(ana)) == 1
    assert (await shop.books()).calls == ("texted",)


async def test_a_caller_who_hangs_up_before_anybody_answers_is_texted(shop: Shop) -> None:
    statuses = ("canceled", "completed", "no-answer", "busy", "failed")
    for status in statuses:
        caller = fresh_phone()
        sid, _ = await shop.town.twin.ring(BASE, caller, shop.number)
        shop.town.clock.advance(seconds=4)
        await shop.status(sid, caller, status)
        await shop.wait(seconds=5)
        assert len(shop.got(caller)) == 1, status
    assert (await shop.books()).calls == ("texted",) * len(statuses)


async def test_a_forwarded_call_is_missed_when_it_comes_in(town: Town, ana: str) -> None:
    shop = await town.business(phone_numbers=[{"number": fresh_phone(), "mode": "forwarded"}])
    sid, answer = await town.twin.ring(BASE, ana, shop.number, ForwardedFrom=fresh_phone())
    assert "<Dial" not in answer.text
    assert "<Say" in answer.text
    await shop.status(sid, ana, "completed")
    await shop.wait(seconds=5)
    assert len(shop.got(ana)) == 1
    assert (await shop.books()).calls == ("texted",)


async def test_without_screening_whoever_is_bridged_has_answered(town: Town, ana: str) -> None:
    ring = fresh_phone()
    number = {"number": fresh_phone(), "mode": "front", "ring": [ring], "screening": "none"}
    shop = await town.business(phone_numbers=[number])
    sid, _ = await town.twin.ring(BASE, ana, shop.number)
    await town.twin.dialed(BASE, sid, ana, shop.number, "completed")
    await shop.status(sid, ana, "completed")
    await shop.wait(minutes=5)
    assert await shop.books() == Books()


async def test_a_withheld_number_opens_a_callback_and_no_lead(shop: Shop) -> None:
    withheld = ("", "anonymous", "+266696687", "+7378742833", "Restricted")
    for caller in withheld:
        await shop.miss(caller)
    assert shop.town.twin.texts == []
    assert await shop.books() == Books(
        calls=("anonymous",) * 5,
        callbacks=("anonymous open",) * 5,
        figures="sent 0/5 replied 0/0 recovered 0/5 booked 0/0",
    )
    assert {c["phone"] for c in await shop.items("/callbacks", state="open")} == {None}


async def test_staff_and_listed_numbers_are_not_texted(town: Town) -> None:
    supplier = fresh_phone()
    shop = await town.business(do_not_text=[supplier])
    await shop.miss(shop.lee)
    await shop.miss(supplier)
    assert town.twin.texts == []
    books = await shop.books()
    assert (books.calls, books.leads) == (("staff_number", "do_not_text"), ())


async def test_one_first_text_a_day_and_none_into_an_open_conversation(
    shop: Shop, ana: str, ben: str
) -> None:
    await shop.miss(ana)
    await shop.miss(ana)
    await shop.miss(ben)
    await shop.say(ben, "My kitchen sink is clogged")
    await shop.miss(ben)
    assert len(shop.got(ana)) == 1
    assert len(shop.got(ben)) == 2
    books = await shop.books()
    assert books.calls == ("texted", "cooldown", "texted", "open_conversation")
    assert books.leads == ("texted", "in_conversation")


async def test_after_the_cool_down_a_call_is_texted_again(town: Town, ana: str) -> None:
    shop = await town.business(texting={"cooldown_hours": 0.01, "nudge_after_hours": 0})
    await shop.miss(ana)
    await shop.wait(seconds=40)
    await shop.miss(ana)
    assert len(shop.got(ana)) == 2
    books = await shop.books()
    assert (books.calls, books.leads) == (("texted", "texted"), ("texted",))


async def test_a_callback_is_done_once_with_its_outcome(shop: Shop) -> None:
    await shop.miss("anonymous")
    (callback,) = await shop.items("/callbacks", state="open")
    done = await shop.owner.post(f"/callbacks/{callback['id']}/done", json={"outcome": "reached"})
    again = await shop.owner.post(f"/callbacks/{callback['id']}/done", json={"outcome": "other"})
    assert [done.json()["outcome"], again.json()["outcome"]] == ["reached", "reached"]
    assert await shop.items("/callbacks", state="open") == []


async def test_two_calls_at_once_get_one_first_text_between_them(shop: Shop, ana: str) -> None:
    twin = shop.town.twin
    await asyncio.gather(*(twin.missed_call(BASE, ana, shop.number) for _ in range(4)))
    await shop.wait(seconds=5, workers=3)
    assert len(shop.got(ana)) == 1
    books = await shop.books()
    assert sorted(books.calls) == ["cooldown", "cooldown", "cooldown", "texted"]
    assert books.leads == ("texted",)


async def test_dial_and_status_at_once_decide_once(shop: Shop, ana: str) -> None:
    twin = shop.town.twin
    sid, _ = await twin.ring(BASE, ana, shop.number)
    await asyncio.gather(
        *(twin.dialed(BASE, sid, ana, shop.number) for _ in range(2)),
        *(shop.status(sid, ana, "no-answer") for _ in range(2)),
    )
    await shop.wait(minutes=5, workers=2)
    assert len(shop.got(ana)) == 1
    assert (await shop.books()).calls == ("texted",)
