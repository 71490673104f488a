"""The public surface as other programs meet it: doors, signatures, shapes, errors."""

import uuid
from collections.abc import AsyncIterator
from datetime import datetime
from pathlib import Path

import asyncpg
import httpx
import pytest

from core.clock import TurnableClock
from core.db.embedded import Embedded
from tests.conftest import clone_database
from tests.journeys.harness import BASE, Books, Shop, Town, town as open_town
from tests.sample import fresh_phone

WEBHOOKS = (
    "/twilio/voice",
    "/twilio/voice/screen",
    "/twilio/voice/accepted",
    "/twilio/voice/dialed",
    "/twilio/voice/status",
    "/twilio/voice/recording",
    "/twilio/sms",
    "/twilio/sms/status",
)
ROUTES = {
    ("get", "/leads"),
    ("get", "/calls"),
    ("get", "/conversations/{conversation_id}"),
    ("get", "/handoffs"),
    *(("post", f"/handoffs/{{handoff_id}}/{verb}") for verb in ("claim", "release", "reply")),
    *(("post", f"/handoffs/{{handoff_id}}/{verb}") for verb in ("resolve", "return")),
    ("get", "/bookings"),
    ("post", "/bookings"),
    ("post", "/bookings/{booking_id}/cancel"),
    ("get", "/slots"),
    ("get", "/callbacks"),
    ("post", "/callbacks/{callback_id}/done"),
    ("get", "/businesses"),
    ("get", "/businesses/{slug}"),
    ("put", "/businesses/{slug}"),
    ("get", "/metrics"),
    ("delete", "/callers/{phone}"),
}


@pytest.fixture
async def town(database_url: str, clock: TurnableClock) -> AsyncIterator[Town]:
    async with open_town(database_url, clock) as made:
        yield made


@pytest.fixture
async def shop(town: Town) -> Shop:
    return await town.business()


def call(shop: Shop, **more: str) -> dict[str, str]:
    """All that the webhooks want, of a caller of the test's own."""
    caller, sid = fresh_phone(), uuid.uuid4().hex
    return {
        "CallSid": f"CA{sid}",
        "ParentCallSid": f"CA{sid}",
        "MessageSid": f"SM{sid}",
        "From": caller,
        "To": shop.number,
        "Body": "My kitchen sink is clogged",
        "NumMedia": "0",
        "CallStatus": "no-answer",
        "DialCallStatus": "no-answer",
        "MessageStatus": "sent",
        "Digits": "1",
        **more,
    }


@pytest.mark.parametrize("path", WEBHOOKS)
async def test_a_webhook_without_a_right_signature_is_refused_and_stores_nothing(
    shop: Shop, path: str
) -> None:
    params = call(shop)
    twin, door = shop.town.twin, shop.town.client("")
    unsigned = await door.post(f"{BASE}{path}", data=params)
    wrong = await twin.webhook(BASE, path, params, signature="bm90IG91cnM=")
    elsewhere = await twin.webhook("http://else.example", path, params)
    garbage = await door.post(
        f"{BASE}{path}", content=b"\xff\xfe{", headers={"X-Twilio-Signature": "x"}
    )
    answers = [unsigned, wrong, elsewhere, garbage]
    assert [a.status_code for a in answers] == [403] * 4
    await shop.wait(minutes=5)
    assert await shop.books() == Books()
    assert twin.texts == []


@pytest.mark.parametrize("path", WEBHOOKS)
async def test_a_signed_webhook_is_answered_in_twiml_whatever_else_it_carries(
    shop: Shop, path: str
) -> None:
    more = {"StirVerstat": "TN-Validation-Passed-A", "CallerName": "Öz & Søn", "New": "\u2603 +%&="}
    answer = await shop.town.twin.webhook(BASE, path, call(shop, **more))
    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith("application/xml")
    assert "<Response" in answer.text


@pytest.mark.parametrize("path", ["/twilio/voice", "/twilio/sms", "/twilio/voice/status"])
async def test_a_number_that_is_nobodys_is_taken_and_nothing_done(shop: Shop, path: str) -> None:
    answer = await shop.town.twin.webhook(BASE, path, call(shop, To=fresh_phone()))
    assert answer.status_code == 200
    await shop.wait(minutes=5)
    assert await shop.books() == Books()
    assert shop.town.twin.texts == []


async def test_the_description_has_every_call_of_the_contract(town: Town) -> None:
    described = (await town.client("").get(f"{BASE}/api/openapi.json")).json()["paths"]
    have = {
        (verb, path.removeprefix("/api/v1")) for path, verbs in described.items() for verb in verbs
    }
    assert have >= ROUTES


async def test_nobody_gets_in_without_a_token(shop: Shop) -> None:
    for token in ("", "wrong"):
        client = shop.town.client(token)
        for path in ("/leads", "/metrics", "/businesses", f"/conversations/{uuid.uuid4()}"):
            answer = await client.get(path)
            assert answer.status_code == 401
            assert answer.headers["www-authenticate"].startswith("Bearer")
            is_problem(answer)


async def test_errors_are_problem_details(shop: Shop) -> None:
    answers = [
        await shop.owner.get(f"/conversations/{uuid.uuid4()}"),
        await shop.owner.get("/conversations/not-an-id"),
        await shop.owner.get("/leads", params={"status": "won"}),
        await shop.owner.get("/leads", params={"phone": "abc"}),
        await shop.owner.get("/calls", params={"from": "yesterday"}),
        await shop.owner.get("/slots", params={"service": "nothing"}),
        await shop.owner.post("/bookings", json={"phone": "+12075550142"}),
        await shop.owner.get("/nothing"),
    ]
    for answer in answers:
        is_problem(answer)
        assert answer.status_code in (400, 404, 422), answer.text
    assert [a.status_code for a in answers[:1] + answers[-1:]] == [404, 404]


def is_problem(answer: httpx.Response) -> None:
    assert answer.headers["content-type"] == "application/problem+json", answer.text
    problem = answer.json()
    assert problem["status"] == answer.status_code
    assert problem["title"]


async def test_rows_have_the_keys_ids_and_times_that_are_promised(shop: Shop) -> None:
    ana = fresh_phone()
    await shop.miss(ana)
    await shop.say(ana, "My kitchen sink is clogged")
    (call_row,) = await shop.items("/calls")
    (lead,) = await shop.items("/leads")
    conversation = await shop.get(f"/conversations/{lead['conversation_id']}")
    message = conversation["messages"][0]
    assert {"id", "phone", "decision", "at"} <= call_row.keys()
    assert lead.keys() >= {
        "id", "phone", "status", "conversation_id", "opened_by", "last_activity_at", "intake",
    }  # fmt: skip
    assert {"owner", "status", "messages"} <= conversation.keys()
    assert {"direction", "author", "body", "segments", "delivery", "at"} <= message.keys()
    for row in (call_row, lead, conversation, message):
        assert str(uuid.UUID(row["id"])) == row["id"]
    for told in (call_row["at"], lead["last_activity_at"], message["at"]):
        assert datetime.fromisoformat(told).utcoffset() is not None
        assert told.endswith("-05:00")


async def test_times_without_an_offset_are_the_businesss_own(shop: Shop) -> None:
    await shop.miss(fresh_phone())  # at 10:00 in New York
    for start, many in (("2026-12-01T10:01", 0), ("2026-12-01T09:59", 1)):
        assert len(await shop.items("/calls", **{"from": start})) == many
    for start, many in (("2026-12-01T15:01:00Z", 0), ("2026-12-01T14:59:00+00:00", 1)):
        assert len(await shop.items("/calls", **{"from": start})) == many


async def test_a_list_goes_on_page_by_page_without_a_row_lost_or_twice(shop: Shop) -> None:
    callers = [fresh_phone() for _ in range(5)]
    for caller in callers:
        await shop.miss(caller)
    assert [x["phone"] for x in await shop.items("/leads", limit="2")] == callers[::-1]


async def test_what_the_slots_offer_can_be_booked_once(shop: Shop) -> None:
    slots = await shop.get("/slots", service="drain", **{"from": "2026-12-02", "to": "2026-12-03"})
    slot = slots["items"][0]
    wish = {"phone": fresh_phone(), "service": "drain", "starts_at": slot["starts_at"]}
    made = [await shop.owner.post("/bookings", json=wish) for _ in slot["staff"]]
    assert {m.status_code for m in made} == {201}
    assert sorted(m.json()["staff"] for m in made) == sorted(slot["staff"])
    taken = await shop.owner.post("/bookings", json=wish)
    assert taken.status_code == 409
    is_problem(taken)

    cancelled = await shop.owner.post(f"/bookings/{made[0].json()['id']}/cancel")
    again = await shop.owner.post(f"/bookings/{made[0].json()['id']}/cancel")
    assert [cancelled.json()["status"], again.json()["status"]] == ["cancelled", "cancelled"]
    assert (await shop.owner.post("/bookings", json=wish)).status_code == 201


async def test_one_idempotency_key_books_once(shop: Shop) -> None:
    wish = {"phone": fresh_phone(), "service": "drain", "starts_at": "2026-12-02T08:00"}
    key = {"Idempotency-Key": uuid.uuid4().hex}
    made = [await shop.owner.post("/bookings", json=wish, headers=key) for _ in range(3)]
    assert len({m.json()["id"] for m in made}) == 1
    assert len(await shop.items("/bookings")) == 1


async def test_a_lead_that_staff_book_by_hand_is_booked(shop: Shop) -> None:
    ana = fresh_phone()
    await shop.miss(ana)
    await shop.say(ana, "My kitchen sink is clogged")
    wish = {"phone": ana, "service": "drain", "starts_at": "2026-12-02T08:00"}
    assert (await shop.owner.post("/bookings", json=wish)).status_code == 201
    assert (await shop.books()).leads == ("booked",)
    assert (await shop.books()).figures == "sent 1/1 replied 1/1 recovered 1/1 booked 1/1"


async def test_a_business_file_comes_back_as_it_was_put(shop: Shop) -> None:
    slug = shop.profile.slug
    before = await shop.get(f"/businesses/{slug}")
    changed = {**before, "name": "Harbor Plumbing & Heating"}
    assert (await shop.owner.put(f"/businesses/{slug}", json=changed)).status_code == 200
    assert await shop.get(f"/businesses/{slug}") == changed
    wrong = await shop.owner.put(f"/businesses/{slug}", json={**changed, "colour": "red"})
    assert wrong.status_code in (400, 422)
    assert "colour" in wrong.text


async def test_health_and_prometheus_answer_without_a_token(town: Town) -> None:
    door = town.client("")
    live, ready = [await door.get(f"{BASE}/health/{which}") for which in ("live", "ready")]
    assert (live.status_code, ready.status_code) == (200, 200)
    assert (await door.get(f"{BASE}/metrics")).headers["content-type"].startswith("text/plain")


@pytest.fixture(scope="module")
def own_database(postgres: Embedded, run_folder: Path) -> str:
    return clone_database(postgres, run_folder)


async def test_without_its_database_it_says_not_now_and_comes_back_by_itself(
    postgres: Embedded, own_database: str, clock: TurnableClock
) -> None:
    url = postgres.dsn(user="ringback", database=own_database)
    async with open_town(url, clock) as town:
        shop, ana = await town.business(), fresh_phone()
        await allow(postgres, own_database, connections=False)
        text = {
            "MessageSid": f"SM{'5' * 32}",
            "From": ana,
            "To": shop.number,
            "Body": "sink clogged",
        }
        door = town.client("")
        away = [
            await town.twin.webhook(BASE, "/twilio/sms", text),
            await shop.owner.get("/leads"),
            await door.get(f"{BASE}/health/ready"),
        ]
        assert [a.status_code for a in away] == [503, 503, 503]
        assert away[0].headers["retry-after"]
        assert (await door.get(f"{BASE}/health/live")).status_code == 200

        await allow(postgres, own_database, connections=True)
        again = await town.twin.webhook(BASE, "/twilio/sms", text)
        assert again.status_code == 200
        await shop.wait(seconds=10)
        assert len(shop.got(ana)) == 1


async def allow(postgres: Embedded, database: str, *, connections: bool) -> None:
    """Let connections to a database be made, or end all that there are and refuse new ones."""
    admin = await asyncpg.connect(postgres.dsn(database="postgres"))
    try:
        most = -1 if connections else 0
        await admin.execute(f'ALTER DATABASE "{database}" CONNECTION LIMIT {most}')
        if not connections:
            await admin.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = $1",
                database,
            )
    finally:
        await admin.close()
