import asyncio

import pytest

from tests.journeys.harness import BASE, Books, Shop
from tests.sample import fresh_phone

TALKING = "sent 1/1 replied 1/1 recovered 1/1 booked 0/1"


def asks(text: str, word: str) -> bool:
    """Whether this text asks for it, and for nothing else."""
    return word in text.lower() and text.count("?") == 1


async def test_a_burst_is_answered_once_as_one(shop: Shop, ana: str) -> None:
    await shop.miss(ana)
    for part in ("hi", "my kitchen sink is clogged", "I'm in 04101", "my name is Ana Diaz"):
        await shop.text(ana, part)
        await shop.wait(seconds=0.75)
    assert len(shop.got(ana)) == 1
    await shop.wait(seconds=10)
    _, answer = shop.got(ana)
    assert "Tue Dec 1 at 1:00 PM" in answer
    (lead,) = await shop.items("/leads")
    assert (
        lead["intake"] | {"service": "drain", "zip": "04101", "name": "Ana Diaz"}
        == (lead["intake"])
    )


async def test_a_burst_that_does_not_end_is_answered_after_eight_seconds(
    shop: Shop, ana: str
) -> None:
    await shop.miss(ana)
    for part in ("hi", "so", "my", "kitchen sink", "is clogged"):
        await shop.text(ana, part)
        await shop.wait(seconds=2)
    assert len(shop.got(ana)) == 2


async def test_what_is_delivered_again_is_stored_and_answered_once(shop: Shop, ana: str) -> None:
    sid = await shop.miss(ana)
    text = f"SM{ana[2:]:0>32}"
    for _ in range(5):
        await shop.town.twin.ring(BASE, ana, shop.number, sid=sid)
        await shop.town.twin.dialed(BASE, sid, ana, shop.number)
        await shop.status(sid, ana, "completed")
        await shop.say(ana, "My kitchen sink is clogged", sid=text)
    await asyncio.gather(
        *(shop.text(ana, "My kitchen sink is clogged", sid=text) for _ in range(5))
    )
    await shop.wait(seconds=30)
    messages = (await shop.conversation(ana))["messages"]
    assert [m["author"] for m in messages] == ["system", "caller", "agent"]
    assert len(shop.got(ana)) == 2
    assert await shop.books() == Books(
        calls=("texted",), leads=("in_conversation",), figures=TALKING
    )


@pytest.mark.parametrize("body", ["", " ", "\u200b", "?", "\U0001f44d", "\x00", "Ω" * 70])
async def test_the_strangest_text_is_stored_and_answered(shop: Shop, body: str) -> None:
    ana = fresh_phone()
    await shop.miss(ana)
    assert await shop.say(ana, body) != ""
    assert [m["author"] for m in (await shop.conversation(ana))["messages"]] == [
        "system",
        "caller",
        "agent",
    ]


async def test_a_picture_alone_is_kept_for_people(shop: Shop, ana: str) -> None:
    await shop.miss(ana)
    said = await shop.say(ana, "", media=["https://api.twilio.com/media/ME1"])
    assert "picture" in said
    caller = next(m for m in (await shop.conversation(ana))["messages"] if m["author"] == "caller")
    assert caller["media"] == ["https://api.twilio.com/media/ME1"]


async def test_a_very_long_text_is_read_and_kept_whole(shop: Shop, ana: str) -> None:
    await shop.miss(ana)
    body = "My kitchen sink is clogged. " + "I tried everything that one can think of. " * 40
    assert asks(await shop.say(ana, body.strip()), "zip")
    caller = next(m for m in (await shop.conversation(ana))["messages"] if m["author"] == "caller")
    assert caller["body"] == body.strip()
    assert len(body) > 1600


async def test_emoji_around_the_words_do_not_hide_them(shop: Shop, ana: str) -> None:
    await shop.miss(ana)
    said = await shop.say(ana, "\U0001f6bf\U0001f4a6 clogged sink \U0001f62d 04101")
    assert "zip" not in said
    caller = next(m for m in (await shop.conversation(ana))["messages"] if m["author"] == "caller")
    assert caller["body"].startswith("\U0001f6bf")


async def test_nobody_is_asked_for_what_they_have_said(shop: Shop, ana: str) -> None:
    await shop.miss(ana)
    said = await shop.say(ana, "Clogged sink, 04101, I'm Ana Diaz, can you come thursday at 10am?")
    assert "Thu Dec 3" in said
    assert "zip" not in said.lower()


async def test_a_text_out_of_the_blue_opens_a_lead_of_its_own(shop: Shop, ana: str) -> None:
    assert asks(await shop.say(ana, "Hello, my kitchen sink is clogged"), "zip")
    (lead,) = await shop.items("/leads")
    assert (lead["opened_by"], lead["status"]) == ("text", "in_conversation")
    assert await shop.books() == Books(leads=("in_conversation",))
