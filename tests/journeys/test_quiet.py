from datetime import time

import pytest

from tests.journeys.harness import Books, Shop, Town, local
from tests.sample import fresh_phone


async def test_a_silent_caller_gets_one_nudge_by_day_and_is_then_left_alone(
    shop: Shop, ana: str
) -> None:
    await shop.miss(ana)
    await shop.wait(hours=24)
    first, nudge = shop.town.twin.to(ana)
    at = nudge.created.astimezone(shop.profile.zone)
    assert (at - first.created).total_seconds() >= 20 * 3600
    assert time(9) <= at.time() < time(20)
    assert (await shop.books()).leads == ("texted",)
    await shop.wait(hours=72)
    assert len(shop.got(ana)) == 2
    assert await shop.books() == Books(
        calls=("texted",),
        leads=("no_response",),
        figures="sent 1/1 replied 0/1 recovered 0/1 booked 0/0",
    )


@pytest.mark.parametrize("at", ["2026-12-01T23:30", "2026-12-04T15:00", "2026-12-05T11:00"])
async def test_no_nudge_comes_in_the_quiet_hours(shop: Shop, at: str) -> None:
    ana = fresh_phone()
    shop.town.clock.turn_to(local(shop, at))
    await shop.miss(ana)
    await shop.wait(hours=72)
    sent = shop.town.twin.to(ana)[1].created.astimezone(shop.profile.zone)
    earliest = time(12) if sent.isoweekday() == 7 else time(9)
    assert earliest <= sent.time() < time(20)


async def test_a_late_reply_opens_the_same_lead_again(shop: Shop, ana: str) -> None:
    await shop.miss(ana)
    await shop.wait(hours=72)
    assert "zip" in await shop.say(ana, "sorry, my kitchen sink is clogged")
    assert (await shop.books()).leads == ("in_conversation",)
    assert (await shop.books()).figures == "sent 1/1 replied 1/1 recovered 1/1 booked 0/1"


async def test_who_has_answered_is_not_nudged(shop: Shop, ana: str) -> None:
    await shop.miss(ana)
    await shop.say(ana, "My kitchen sink is clogged")
    await shop.wait(hours=100)
    assert len(shop.got(ana)) == 2
    assert (await shop.books()).leads == ("no_response",)


async def test_where_the_owner_wants_no_nudge_none_goes(town: Town, ana: str) -> None:
    shop = await town.business(texting={"nudge_after_hours": 0})
    await shop.miss(ana)
    await shop.wait(hours=72)
    assert len(shop.got(ana)) == 1
    assert (await shop.books()).leads == ("no_response",)


async def test_who_is_with_a_person_is_never_given_up(shop: Shop, ana: str) -> None:
    await shop.miss(ana)
    await shop.say(ana, "can I talk to a real person please")
    await shop.wait(hours=200)
    assert (await shop.books()).leads == ("follow_up_needed",)


async def test_a_visit_that_took_place_is_done(shop: Shop, ana: str) -> None:
    await shop.miss(ana)
    await shop.say(ana, "Clogged sink, 04101, I'm Ana Diaz, can you come thursday at 10am?")
    if not await shop.items("/bookings"):
        await shop.say(ana, "yes")
    await shop.wait(hours=72)
    assert (await shop.books()).bookings == ("drain 2026-12-03T10:00 done",)
