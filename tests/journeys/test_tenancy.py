import uuid

import asyncpg
from sqlalchemy import select

from core.models import Business
from desk.staff import create_token
from tests.journeys.harness import Books, Json, Shop, Town
from tests.sample import fresh_phone


def canary() -> str:
    """A word that nobody else of this run says: letters alone, so that it may be a name."""
    return "".join(chr(ord("a") + int(digit, 16)) for digit in uuid.uuid4().hex[:12])


async def told(shop: Shop, caller: str, word: str) -> dict[str, str]:
    """A story that leaves a row of every kind; their addresses in the API."""
    await shop.miss(caller)
    await shop.say(caller, "My kitchen sink is clogged")
    await shop.say(caller, "04101")
    await shop.say(caller, f"my name is Ana {word.title()}")
    await shop.say(caller, "1")
    await shop.say(caller, f"can I talk to a real person please? The gate word is {word}")
    await shop.miss("anonymous")
    lists = {name: (await shop.items(f"/{name}"))[0] for name in ("bookings", "handoffs")}
    callback = (await shop.items("/callbacks"))[0]
    return {
        "conversation": f"/conversations/{(await shop.conversation(caller))['id']}",
        "booking": f"/bookings/{lists['bookings']['id']}",
        "handoff": f"/handoffs/{lists['handoffs']['id']}",
        "callback": f"/callbacks/{callback['id']}",
    }


async def test_a_token_sees_nothing_of_another_business(town: Town, ana: str) -> None:
    theirs, mine, word = await town.business(), await town.business(), canary()
    places = await told(theirs, ana, word)
    before = await theirs.books()
    assert await mine.books() == Books()
    me = mine.owner
    for path in (places["conversation"], places["booking"], places["handoff"]):
        assert (await me.get(path)).status_code == 404
    for path, body in (
        (f"{places['handoff']}/claim", None),
        (f"{places['handoff']}/release", None),
        (f"{places['handoff']}/reply", {"text": "hi"}),
        (f"{places['handoff']}/resolve", {"outcome": "closed"}),
        (f"{places['handoff']}/return", {"instruction": "x"}),
        (f"{places['booking']}/cancel", None),
        (f"{places['callback']}/done", {"outcome": "x"}),
    ):
        assert (await me.post(path, json=body)).status_code == 404, path
    slug = theirs.profile.slug
    assert (await me.get("/leads", params={"business": slug})).status_code == 404
    assert (await me.get(f"/businesses/{slug}")).status_code == 404
    assert (await me.put(f"/businesses/{slug}", json={"name": "Mine"})).status_code == 404
    assert await mine.items("/leads", phone=ana) == []
    assert (await me.delete(f"/callers/{ana}")).status_code == 204
    assert await theirs.books() == before
    assert word in str(await theirs.conversation(ana))


async def test_one_caller_of_two_businesses_is_two_strangers(town: Town, ana: str) -> None:
    one, other = await town.business(), await town.business()
    await one.miss(ana)
    await one.say(ana, "stop texting me")
    await other.miss(ana)
    assert (await other.books()).calls == ("texted",)
    assert town.twin.to(ana)[-1].from_ == other.number


async def test_an_agency_sees_all_of_its_own_and_nothing_else(town: Town, ana: str) -> None:
    agency = f"agency-{fresh_phone()[2:]}"
    one, two = await town.business(agency=agency), await town.business(agency=agency)
    stranger = await town.business()
    for shop in (one, two, stranger):
        await shop.miss(ana)
    token = await create_token(town.house.db, role="agency", agency_id=await agency_id(town, one))
    client = town.client(token)
    slugs = sorted(s.profile.slug for s in (one, two))
    listed: Json = (await client.get("/businesses")).json()
    assert [b["slug"] for b in listed["items"]] == slugs
    leads: Json = (await client.get("/leads")).json()
    assert sorted(x["business"] for x in leads["items"]) == slugs
    only: Json = (await client.get("/leads", params={"business": slugs[0]})).json()
    assert [x["business"] for x in only["items"]] == slugs[:1]
    theirs = await client.get("/leads", params={"business": stranger.profile.slug})
    assert theirs.status_code == 404


async def agency_id(town: Town, shop: Shop) -> uuid.UUID:
    async with town.house.db.directory() as session:
        found = await session.scalar(select(Business.agency_id).where(Business.id == shop.id))
    assert found is not None
    return found


async def test_an_erased_person_is_nowhere_but_counts(shop: Shop, ana: str, admin_url: str) -> None:
    word = canary()
    await told(shop, ana, word)
    handoff = await shop.handoff()
    await shop.owner.post(f"/handoffs/{handoff['id']}/reply", json={"text": f"Hi {word}"})
    await shop.owner.post(
        f"/handoffs/{handoff['id']}/resolve", json={"outcome": "booked", "note": word}
    )
    await shop.say(ana, f"stop texting me, {word}")
    before = await shop.figures()
    everywhere = await places_with(admin_url, ana, word, word.title())
    tables = {place.split(":")[0] for place in everywhere}
    assert {"callers", "calls", "messages", "handoffs", "leads", "bookings"} <= tables
    assert (await shop.owner.delete(f"/callers/{ana}")).status_code == 204
    assert (await shop.owner.delete(f"/callers/{ana}")).status_code == 204
    spoken = f"({ana[2:5]}) {ana[5:8]}-{ana[8:]}"
    assert await places_with(admin_url, ana, ana[2:], spoken, word, word.title()) == []
    assert await shop.figures() == before
    assert await shop.items("/leads", phone=ana) == []

    sent = len(shop.got(ana))
    await shop.wait(hours=30)
    await shop.miss(ana)
    assert len(shop.got(ana)) == sent
    assert (await shop.books()).calls[-1] == "opted_out"


async def test_nothing_is_sent_any_more_to_who_was_erased(shop: Shop, ana: str) -> None:
    shop.town.twin.behave("busy", to=ana, times=3)
    await shop.miss(ana)
    await shop.text(ana, "My kitchen sink is clogged")
    assert (await shop.owner.delete(f"/callers/{ana}")).status_code == 204
    await shop.wait(hours=100)
    assert shop.got(ana) == []
    assert (await shop.books()).leads == ("closed",)


async def places_with(admin_url: str, *words: str) -> list[str]:
    """Every column of every table that holds one of these words, as a superuser sees it."""
    connection = await asyncpg.connect(admin_url)
    try:
        tables = await connection.fetch(
            "SELECT relname FROM pg_class WHERE relkind IN ('r', 'p') "
            "AND relnamespace = 'public'::regnamespace"
        )
        found = []
        for (table,) in tables:
            for word in words:
                hit = await connection.fetchval(
                    f'SELECT count(*) FROM "{table}" t WHERE strpos(t::text, $1) > 0', word
                )
                if hit:
                    found.append(f"{table}: {word}")
        return found
    finally:
        await connection.close()


async def test_staff_may_not_erase_anybody(shop: Shop, ana: str) -> None:
    await shop.miss(ana)
    lee = await shop.person("lee")
    assert (await lee.delete(f"/callers/{ana}")).status_code == 403
    assert len(await shop.items("/leads", phone=ana)) == 1
