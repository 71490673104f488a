import asyncio
import re
from datetime import datetime

import pytest

from tests.journeys.harness import Books, Shop
from tests.sample import fresh_phone

QUALIFIED = ("My kitchen sink is clogged", "04101", "Ana Diaz")


async def qualify(shop: Shop, caller: str) -> str:
    """From the missed call to the offer; the offer's words."""
    await shop.miss(caller)
    offer = ""
    for body in QUALIFIED:
        offer = await shop.say(caller, body)
    return offer


async def test_a_missed_call_becomes_a_booking_by_text(shop: Shop, ana: str) -> None:
    free = await shop.slots("drain", "2026-12-02T00:00", "2026-12-03T00:00")
    await shop.miss(ana)
    (first,) = shop.got(ana)
    assert first.startswith("Hi, this is Harbor Plumbing. Sorry we missed your call.")
    assert first.endswith("Reply STOP to opt out.")
    assert "zip" in await shop.say(ana, QUALIFIED[0])
    assert re.search(r"name|who should i put", await shop.say(ana, QUALIFIED[1]), re.IGNORECASE)
    offer = await shop.say(ana, QUALIFIED[2])
    assert "Tue Dec 1 at 1:00 PM, Wed Dec 2 at 8:00 AM or Thu Dec 3 at 8:00 AM" in offer
    booked = await shop.say(ana, "2")
    assert "Wed Dec 2 at 8:00 AM" in booked

    assert await shop.books() == Books(
        calls=("texted",),
        leads=("booked",),
        bookings=("drain 2026-12-02T08:00 confirmed",),
        figures="sent 1/1 replied 1/1 recovered 1/1 booked 1/1",
    )
    (booking,) = await shop.items("/bookings", phone=ana)
    assert (booking["phone"], booking["name"], booking["booked_by"]) == (ana, "Ana Diaz", "agent")
    assert booking["ends_at"] == "2026-12-02T09:00:00-05:00"
    after = await shop.get("/slots", service="drain", **{"from": "2026-12-02", "to": "2026-12-03"})
    at_eight = next(s for s in after["items"] if s["starts_at"].startswith("2026-12-02T08:00"))
    assert "2026-12-02T08:00" in free
    assert booking["staff"] not in at_eight["staff"]
    (lead,) = await shop.items("/leads")
    assert (
        lead["intake"] | {"service": "drain", "zip": "04101", "name": "Ana Diaz"} == lead["intake"]
    )


async def test_every_text_of_a_story_is_delivered_and_counted_as_the_carrier_counts(
    shop: Shop, ana: str
) -> None:
    await qualify(shop, ana)
    await shop.say(ana, "2")
    messages = (await shop.conversation(ana))["messages"]
    authors = [m["author"] for m in messages]
    assert authors == ["system", *["caller", "agent"] * 4]
    outbound = [m for m in messages if m["direction"] == "outbound"]
    assert {m["delivery"] for m in outbound} == {"delivered"}
    assert [m["body"] for m in outbound] == shop.got(ana)
    told = [int(t.as_json()["num_segments"]) for t in shop.town.twin.to(ana)]
    assert [m["segments"] for m in outbound] == told
    assert max(told) <= shop.profile.texting.max_segments
    assert shop.town.twin.problems == []


async def test_the_answers_are_timed_from_the_callers_text(shop: Shop, ana: str) -> None:
    await qualify(shop, ana)
    timed = (await shop.get("/metrics"))["response_time_seconds"]
    assert (timed["value"], timed["denominator"], timed["agent"], timed["staff"]) == (3, 3, 3, None)


async def test_figures_count_the_calls_of_their_own_days_alone(shop: Shop, ana: str) -> None:
    await qualify(shop, ana)
    before = await shop.get("/metrics", to="2026-12-01T00:00")
    today = await shop.get("/metrics", **{"from": "2026-12-01T00:00", "to": "2026-12-02T00:00"})
    assert (before["send_rate"]["denominator"], before["send_rate"]["value"]) == (0, None)
    assert today["recovery_rate"] == {
        "value": 1.0,
        "numerator": 1,
        "denominator": 1,
        "words": "1 of 1 missed calls became a conversation",
    }


async def test_of_two_callers_who_choose_the_last_time_one_gets_it_and_the_other_fresh_ones(
    shop: Shop, ana: str, ben: str
) -> None:
    one_slot = {"exceptions": [{"date": "2026-12-02", "hours": ["08:00-09:30"]}]}
    shop = await shop.town.business(
        **one_slot,
        services=[
            {"key": "drain", "name": "Drain cleaning", "also_called": ["clogged sink"],
             "minutes": 60, "buffer_after_minutes": 30, "staff": ["dana"]}
        ],
    )  # fmt: skip
    for caller in (ana, ben):
        await qualify(shop, caller)
    wish = "wednesday at 8am works, book it please"
    await asyncio.gather(*(shop.text(c, wish) for c in (ana, ben)))
    await shop.wait(seconds=10, workers=2)
    bookings = await shop.items("/bookings")
    assert [b["starts_at"][:16] for b in bookings] == ["2026-12-02T08:00"]
    winner = bookings[0]["phone"]
    loser = ben if winner == ana else ana
    assert "Wed Dec 2 at 8:00 AM" in shop.got(winner)[-1]
    fresh = shop.got(loser)[-1]
    assert "booked" not in fresh
    offered = re.findall(r"Dec (\d) at (\d+:\d\d [AP]M)", fresh)
    free = await shop.slots("drain", "2026-12-01T00:00", "2026-12-10T00:00")
    assert offered
    assert "2026-12-02T08:00" not in free
    for day, clock in offered:
        start = datetime.strptime(f"2026 12 {day} {clock}", "%Y %m %d %I:%M %p")  # noqa: DTZ007
        assert start.isoformat()[:16] in free
    assert {x["phone"]: x["status"] for x in await shop.items("/leads")} == {
        winner: "booked",
        loser: "in_conversation",
    }


async def test_a_correction_replaces_what_was_said_before(shop: Shop, ana: str) -> None:
    await shop.miss(ana)
    await shop.say(ana, "My kitchen sink is clogged")
    await shop.say(ana, "04101")
    await shop.say(ana, "no, 04103")
    (lead,) = await shop.items("/leads")
    assert lead["intake"]["zip"] == "04103"


async def test_a_day_and_a_question_in_one_text_are_both_answered(shop: Shop, ana: str) -> None:
    await qualify(shop, ana)
    said = await shop.say(ana, "friday, and do you take cards?")
    assert "cards" in said
    assert "Fri Dec 4" in said


async def test_a_price_is_given_as_the_owner_wrote_it(shop: Shop, ana: str) -> None:
    await shop.miss(ana)
    assert "from $129" in await shop.say(ana, "how much is drain cleaning?")


async def test_a_question_that_nobody_wrote_an_answer_to_goes_to_a_person(
    shop: Shop, ana: str
) -> None:
    await shop.miss(ana)
    said = await shop.say(ana, "do you give discounts to veterans?")
    assert (await shop.books()).handoffs == ("unknown_answer normal open",)
    assert "%" not in said


async def test_a_booking_is_told_moved_and_cancelled_by_text(shop: Shop, ana: str) -> None:
    await qualify(shop, ana)
    await shop.say(ana, "2")
    assert "Wed Dec 2 at 8:00 AM" in await shop.say(ana, "what time was it again?")

    offer = await shop.say(ana, "can we move it to thursday at 10am?")
    moved = await shop.say(ana, "yes") if "?" in offer else offer
    assert "Thu Dec 3 at 10:00 AM" in moved
    live = [b for b in await shop.items("/bookings") if b["status"] == "confirmed"]
    assert [b["starts_at"][:16] for b in live] == ["2026-12-03T10:00"]

    assert "cancelled" in await shop.say(ana, "please cancel my appointment")
    assert {b["status"] for b in await shop.items("/bookings")} == {"cancelled"}
    assert (await shop.books()).leads == ("in_conversation",)
    assert "2026-12-03T10:00" in await shop.slots("drain", "2026-12-03", "2026-12-04")


@pytest.mark.parametrize("choice", ["the 2nd one", "wed 8am please", "wednesday works"])
async def test_a_time_can_be_chosen_in_the_callers_own_words(shop: Shop, choice: str) -> None:
    ana = fresh_phone()
    await qualify(shop, ana)
    await shop.say(ana, choice)
    assert (await shop.books()).bookings == ("drain 2026-12-02T08:00 confirmed",)
