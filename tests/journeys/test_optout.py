import pytest

from tests.journeys.harness import Books, Shop, Town
from tests.sample import fresh_phone

CONFIRMED = "you're opted out and won't get any more texts from us"


async def test_stop_in_own_words_is_confirmed_once_and_ends_all_texts(shop: Shop, ana: str) -> None:
    await shop.miss(ana)
    said = await shop.say(ana, "stop texting me")
    assert CONFIRMED in said
    assert len(shop.got(ana)) == 2
    await shop.say(ana, "I said stop")
    await shop.say(ana, "do you take cards?")
    await shop.wait(hours=30)
    await shop.miss(ana)
    await shop.wait(hours=30)
    assert len(shop.got(ana)) == 2
    assert await shop.books() == Books(
        calls=("texted", "opted_out"),
        leads=("closed",),
        callbacks=("opted_out open",),
        figures="sent 1/2 replied 0/1 recovered 0/2 booked 0/0",
    )


async def test_stop_silences_what_was_waiting_to_be_said(shop: Shop, ana: str) -> None:
    await shop.miss(ana)
    await shop.text(ana, "My kitchen sink is clogged")
    await shop.text(ana, "actually please stop texting me")
    await shop.wait(seconds=30)
    assert len(shop.got(ana)) == 2
    assert CONFIRMED in shop.got(ana)[-1]


async def test_start_brings_them_back(shop: Shop, ana: str) -> None:
    await shop.miss(ana)
    await shop.say(ana, "stop texting me")
    await shop.say(ana, "START", OptOutType="START")
    assert "zip" in await shop.say(ana, "My kitchen sink is clogged")
    assert (await shop.books()).leads[-1] == "in_conversation"


@pytest.mark.parametrize("word", ["STOP", " stop ", "Unsubscribe", "HELP"])
async def test_the_carriers_own_keywords_are_left_to_the_carrier(shop: Shop, word: str) -> None:
    ana = fresh_phone()
    await shop.miss(ana)
    assert await shop.say(ana, word) == ""
    assert len(shop.got(ana)) == 1
    status = "texted" if word == "HELP" else "closed"
    assert (await shop.books()).leads == (status,)


async def test_where_keywords_are_ours_each_gets_its_answer(town: Town, ana: str) -> None:
    shop = await town.business(texting={"keyword_replies": "ours", "nudge_after_hours": 20})
    await shop.miss(ana)
    assert "Msg & data rates may apply" in await shop.say(ana, "HELP")
    assert CONFIRMED in await shop.say(ana, "STOP")
    assert await shop.say(ana, "STOP") == ""
    assert "welcome back" in await shop.say(ana, "START")


async def test_staff_cannot_text_who_said_stop(shop: Shop, ana: str) -> None:
    await shop.miss(ana)
    await shop.say(ana, "can I talk to a real person")
    await shop.say(ana, "stop texting me")
    handoff = await shop.handoff()
    answer = await shop.owner.post(f"/handoffs/{handoff['id']}/reply", json={"text": "Hi!"})
    assert answer.status_code == 409
    assert CONFIRMED in shop.got(ana)[-1]


async def test_a_text_that_may_mean_stop_is_asked_about_once_and_silence_is_a_yes(
    shop: Shop, ana: str
) -> None:
    await shop.miss(ana)
    said = await shop.say(ana, "not interested")
    assert "should we stop texting you?" in said
    await shop.wait(hours=200)
    assert len(shop.got(ana)) == 2
    assert (await shop.books()).leads == ("no_response",)


async def test_who_is_asked_and_says_it_again_is_not_asked_twice(shop: Shop, ana: str) -> None:
    await shop.miss(ana)
    await shop.say(ana, "not interested")
    assert "should we stop" not in await shop.say(ana, "not interested")
    assert "should we stop" not in await shop.say(ana, "not interested!!")


async def test_who_is_asked_and_says_yes_is_left_alone(shop: Shop, ana: str) -> None:
    await shop.miss(ana)
    await shop.say(ana, "not interested")
    assert CONFIRMED in await shop.say(ana, "yes")
    assert (await shop.books()).leads == ("closed",)


async def test_who_is_asked_and_names_a_need_is_helped(shop: Shop, ana: str) -> None:
    await shop.miss(ana)
    await shop.say(ana, "not interested")
    assert "zip" in await shop.say(ana, "no wait, my kitchen sink is clogged")
    assert (await shop.books()).leads == ("in_conversation",)
