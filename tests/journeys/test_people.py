import asyncio

import pytest

from tests.journeys.harness import BASE, Books, Shop, Town
from tests.sample import fresh_phone

ASKED = "can I talk to a real person please"


async def hand_over(shop: Shop, caller: str) -> dict[str, object]:
    """A caller asks for a person; the handoff."""
    await shop.miss(caller)
    await shop.say(caller, ASKED)
    return await shop.handoff()


async def test_who_asks_for_a_person_waits_for_one_and_staff_are_told(shop: Shop, ana: str) -> None:
    handoff = await hand_over(shop, ana)
    assert await shop.books() == Books(
        calls=("texted",),
        leads=("follow_up_needed",),
        handoffs=("asked normal open",),
        figures="sent 1/1 replied 1/1 recovered 1/1 booked 0/1",
    )
    assert handoff["due_at"] == "2026-12-01T10:35:00-05:00"
    (alert,) = shop.got(shop.dana)
    assert f"({ana[2:5]}) {ana[5:8]}-{ana[8:]}" in alert
    assert "wants a person" in alert
    link = f"{BASE}/console/{shop.profile.slug}/conversations/{handoff['conversation_id']}"
    assert link in alert
    assert shop.got(shop.lee) == []
    conversation = await shop.conversation(ana)
    assert conversation["owner"] == "queue"
    assert "today by 10:35 AM" in conversation["messages"][-1]["body"]


async def test_nobody_claims_it_and_more_people_are_told(shop: Shop, ana: str) -> None:
    await hand_over(shop, ana)
    await shop.wait(minutes=9)
    assert (len(shop.got(shop.dana)), len(shop.got(shop.lee))) == (1, 0)
    await shop.wait(minutes=1)
    assert (len(shop.got(shop.dana)), len(shop.got(shop.lee))) == (2, 0)
    await shop.wait(minutes=10)
    assert (len(shop.got(shop.dana)), len(shop.got(shop.lee))) == (3, 1)
    await shop.wait(hours=5)
    assert (len(shop.got(shop.dana)), len(shop.got(shop.lee))) == (4, 2)


async def test_a_claim_ends_the_reminders(shop: Shop, ana: str) -> None:
    handoff = await hand_over(shop, ana)
    await shop.owner.post(f"/handoffs/{handoff['id']}/claim")
    await shop.wait(hours=5)
    assert len(shop.got(shop.dana)) == 1


async def test_of_two_who_claim_at_once_one_gets_it(shop: Shop, ana: str) -> None:
    handoff = await hand_over(shop, ana)
    people = [shop.owner, await shop.person("lee")]
    answers = await asyncio.gather(*(p.post(f"/handoffs/{handoff['id']}/claim") for p in people))
    assert sorted(a.status_code for a in answers) == [200, 409]
    refused = next(a for a in answers if a.status_code == 409)
    assert refused.headers["content-type"] == "application/problem+json"
    holder = people[[a.status_code for a in answers].index(200)]
    assert (await holder.post(f"/handoffs/{handoff['id']}/claim")).status_code == 200
    other = people[[a.status_code for a in answers].index(409)]
    reply = await other.post(f"/handoffs/{handoff['id']}/reply", json={"text": "Me too!"})
    assert reply.status_code == 409
    await shop.wait(seconds=10)
    assert "Me too!" not in shop.got(ana)


async def test_a_person_answers_and_the_agent_stays_silent_until_it_is_over(
    shop: Shop, ana: str
) -> None:
    handoff = await hand_over(shop, ana)
    url = f"/handoffs/{handoff['id']}"
    answer = await shop.owner.post(f"{url}/reply", json={"text": "Dana here, what's up?"})
    assert answer.json()["state"] == "claimed"
    await shop.wait(seconds=10)
    assert shop.got(ana)[-1] == "Dana here, what's up?"
    assert (await shop.conversation(ana))["owner"] == "staff"
    assert await shop.say(ana, "My kitchen sink is clogged, can you come tomorrow?") == ""
    assert await shop.say(ana, "hello?") == ""

    resolved = await shop.owner.post(f"{url}/resolve", json={"outcome": "booked", "note": "8 am"})
    assert (resolved.status_code, resolved.json()["state"]) == (200, "resolved")
    await shop.wait(minutes=5)
    assert shop.got(ana)[-1] == "Dana here, what's up?"
    assert (await shop.conversation(ana))["owner"] == "agent"
    assert await shop.books() == Books(
        calls=("texted",),
        leads=("booked",),
        handoffs=("asked normal resolved",),
        figures="sent 1/1 replied 1/1 recovered 1/1 booked 1/1",
    )


async def test_staff_answers_are_timed_apart_from_the_agents(shop: Shop, ana: str) -> None:
    handoff = await hand_over(shop, ana)
    await shop.text(ana, "anybody?")
    await shop.wait(minutes=6)
    await shop.owner.post(f"/handoffs/{handoff['id']}/reply", json={"text": "Dana here."})
    timed = (await shop.get("/metrics"))["response_time_seconds"]
    assert (timed["agent"], timed["staff"], timed["denominator"]) == (3, 360, 2)


async def test_what_is_given_back_goes_on_with_what_was_known(shop: Shop, ana: str) -> None:
    await shop.miss(ana)
    await shop.say(ana, "My kitchen sink is clogged, zip 04101")
    await shop.say(ana, ASKED)
    handoff = await shop.handoff()
    url = f"/handoffs/{handoff['id']}"
    await shop.owner.post(f"{url}/claim")
    await shop.text(ana, "when can you come?")
    returned = await shop.owner.post(f"{url}/return", json={"instruction": "she is a regular"})
    assert (returned.status_code, returned.json()["state"]) == (200, "resolved")
    await shop.wait(seconds=10)
    conversation = await shop.conversation(ana)
    assert (conversation["owner"], conversation["status"]) == ("agent", "in_conversation")
    last = shop.got(ana)[-1]
    assert "zip" not in last.lower()
    assert "Tue Dec 1 at 1:00 PM" in await shop.say(ana, "Ana Diaz")
    (lead,) = await shop.items("/leads")
    assert (lead["intake"]["service"], lead["intake"]["zip"]) == ("drain", "04101")


async def test_a_released_handoff_waits_again_for_anybody(shop: Shop, ana: str) -> None:
    handoff = await hand_over(shop, ana)
    url = f"/handoffs/{handoff['id']}"
    await shop.owner.post(f"{url}/claim")
    assert (await shop.owner.post(f"{url}/release")).json()["state"] == "open"
    lee = await shop.person("lee")
    assert (await lee.post(f"{url}/claim")).json()["claimed_by"] == "lee"


async def test_danger_is_met_with_the_safety_line_before_anything_else(
    shop: Shop, ana: str
) -> None:
    await shop.miss(ana)
    said = await shop.say(ana, "I smell gas in the basement")
    before_911 = said.split("911")[0]
    assert "911" in said
    assert len(before_911) < 60
    books = await shop.books()
    assert books.handoffs == ("emergency life open",)
    assert len(shop.got(shop.dana)) == len(shop.got(shop.lee)) == 1
    assert "IN DANGER" in shop.got(shop.dana)[0]


async def test_a_burst_pipe_is_urgent_and_gets_the_owners_first_aid(town: Town, ana: str) -> None:
    aid = "Close the main water valve, usually in the basement."
    shop = await town.business(
        services=[
            {"key": "leak", "name": "Leak repair", "also_called": ["pipe burst", "burst pipe"],
             "minutes": 60, "staff": ["dana", "lee"], "urgent": True, "first_aid": aid}
        ],
    )  # fmt: skip
    await shop.miss(ana)
    said = await shop.say(ana, "a pipe burst and water is pouring into the kitchen!")
    assert aid in said
    assert "911" not in said
    assert (await shop.books()).handoffs == ("urgent urgent open",)


@pytest.mark.parametrize("caller_says", ["this is ridiculous, worst service ever!!"])
async def test_an_upset_caller_gets_a_person(shop: Shop, caller_says: str) -> None:
    ana = fresh_phone()
    await shop.miss(ana)
    await shop.say(ana, caller_says)
    assert (await shop.books()).handoffs == ("upset normal open",)
