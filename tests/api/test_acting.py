"""What people do over the API: handoffs, bookings, callbacks, erasing."""

import asyncio
import uuid

import httpx
from sqlalchemy import select

from core import episodes
from core.db import Database
from core.episodes import opted_out
from core.models import Caller, JournalEntry, Message, OptOut
from tests.api.conftest import Owner
from tests.api.story import missed_and_answered
from tests.conftest import NewBusiness
from tests.sample import fresh_phone
from texting.optout import record_opt_out


async def test_a_handoff_is_claimed_once_and_again_by_its_holder(
    db: Database, new_business: NewBusiness, owner: Owner
) -> None:
    business, _ = await new_business()
    told = await missed_and_answered(db, business, fresh_phone(), handoff=True)
    dana, lee = await owner(business, staff="dana"), await owner(business, "staff", "lee")
    (open_one,) = (await dana.get("/handoffs?state=open")).json()["items"]
    assert open_one["id"] == str(told.handoff_id)
    assert (open_one["reason"], open_one["urgency"]) == ("asked", "normal")
    assert open_one["summary"] == "Ann wants Dana"
    assert open_one["claimed_by"] is None
    assert open_one["due_at"]
    path = f"/handoffs/{told.handoff_id}"
    first = await dana.post(f"{path}/claim")
    assert (first.status_code, first.json()["claimed_by"]) == (200, "dana")
    assert (await dana.post(f"{path}/claim")).status_code == 200
    refused = await lee.post(f"{path}/claim")
    assert (refused.status_code, refused.json()["status"]) == (409, 409)
    assert (await dana.post(f"{path}/release")).json()["state"] == "open"
    assert (await lee.post(f"{path}/claim")).json()["claimed_by"] == "lee"


async def test_a_reply_claims_and_is_sent_once_per_key(
    db: Database, new_business: NewBusiness, owner: Owner
) -> None:
    business, _ = await new_business()
    told = await missed_and_answered(db, business, fresh_phone(), handoff=True)
    api = await owner(business, staff="dana")
    path = f"/handoffs/{told.handoff_id}"
    key = {"Idempotency-Key": str(uuid.uuid4())}
    one = (await api.post(f"{path}/reply", json={"text": "Dana here."}, headers=key)).json()
    two = (await api.post(f"{path}/reply", json={"text": "Dana here."}, headers=key)).json()
    assert one["state"] == "claimed"
    assert one["message_id"] == two["message_id"]
    talk = (await api.get(f"/conversations/{told.conversation_id}")).json()
    assert talk["owner"] == "staff"
    assert [m["body"] for m in talk["messages"] if m["author"] == "staff"] == ["Dana here."]
    assert (await api.post(f"{path}/reply", json={"text": ""})).status_code == 422


async def test_resolving_moves_the_lead_and_frees_the_agent(
    db: Database, new_business: NewBusiness, owner: Owner
) -> None:
    business, _ = await new_business()
    told = await missed_and_answered(db, business, fresh_phone(), handoff=True)
    api = await owner(business, staff="dana")
    path = f"/handoffs/{told.handoff_id}"
    await api.post(f"{path}/claim")
    wrong = await api.post(f"{path}/resolve", json={"outcome": "happy"})
    assert wrong.status_code == 422
    assert wrong.json()["errors"][0]["field"] == "outcome"
    done = await api.post(f"{path}/resolve", json={"outcome": "closed", "note": "Sorted."})
    assert (done.status_code, done.json()["state"], done.json()["outcome"]) == (
        200,
        "resolved",
        "closed",
    )
    talk = (await api.get(f"/conversations/{told.conversation_id}")).json()
    assert (talk["owner"], talk["status"]) == ("agent", "closed")


async def test_returning_gives_the_conversation_back_to_the_agent(
    db: Database, new_business: NewBusiness, owner: Owner
) -> None:
    business, _ = await new_business()
    told = await missed_and_answered(db, business, fresh_phone(), handoff=True)
    api = await owner(business, staff="dana")
    path = f"/handoffs/{told.handoff_id}"
    await api.post(f"{path}/claim")
    back = await api.post(f"{path}/return", json={"instruction": "Offer Thursday"})
    assert back.status_code == 200
    assert (await api.get(f"/conversations/{told.conversation_id}")).json()["owner"] == "agent"


async def test_a_slot_that_is_listed_can_be_booked_and_then_is_gone(
    new_business: NewBusiness, owner: Owner
) -> None:
    business, _ = await new_business()
    api = await owner(business)
    span = "from=2026-12-02T00:00&to=2026-12-03T00:00"
    slots = (await api.get(f"/slots?service=water-heater&{span}")).json()["items"]
    assert slots[0] == {"starts_at": "2026-12-02T08:00:00-05:00", "staff": ["dana"]}
    phone = fresh_phone()
    wanted = {"phone": phone, "service": "water-heater", "starts_at": slots[0]["starts_at"]}
    made = await api.post("/bookings", json=wanted)
    assert made.status_code == 201
    booking = made.json()
    assert (booking["staff"], booking["status"], booking["phone"]) == ("dana", "confirmed", phone)
    assert booking["ends_at"] == "2026-12-02T09:30:00-05:00"
    taken = await api.post("/bookings", json={**wanted, "phone": fresh_phone()})
    assert taken.status_code == 409
    assert taken.json()["fresh"][0].endswith("-05:00")
    listed = (await api.get(f"/bookings?{span}")).json()["items"]
    assert [b["id"] for b in listed] == [booking["id"]]
    cancelled = await api.post(f"/bookings/{booking['id']}/cancel")
    assert (cancelled.status_code, cancelled.json()["status"]) == (200, "cancelled")
    assert slots[0] in (await api.get(f"/slots?service=water-heater&{span}")).json()["items"]


async def test_of_many_who_want_one_slot_one_gets_it(
    new_business: NewBusiness, owner: Owner
) -> None:
    business, _ = await new_business()
    api = await owner(business)
    start = {"service": "water-heater", "starts_at": "2026-12-02T08:00"}
    answers = await asyncio.gather(
        *(api.post("/bookings", json={**start, "phone": fresh_phone()}) for _ in range(6))
    )
    assert sorted(a.status_code for a in answers) == [201, 409, 409, 409, 409, 409]


async def test_the_same_key_books_once(new_business: NewBusiness, owner: Owner) -> None:
    business, _ = await new_business()
    api = await owner(business)
    wanted = {"phone": fresh_phone(), "service": "drain", "starts_at": "2026-12-02T08:00"}
    key = {"Idempotency-Key": "one"}
    one = await api.post("/bookings", json=wanted, headers=key)
    two = await api.post("/bookings", json=wanted, headers=key)
    assert one.json()["id"] == two.json()["id"]


async def test_what_can_not_be_booked_names_its_field(
    new_business: NewBusiness, owner: Owner
) -> None:
    business, _ = await new_business()
    api = await owner(business)
    good = {"phone": fresh_phone(), "service": "drain", "starts_at": "2026-12-02T08:00"}
    for change in ({"phone": "twelve"}, {"service": "roof"}, {"starts_at": "soon"}):
        answer = await api.post("/bookings", json={**good, **change})
        assert answer.status_code == 422, change
        assert answer.json()["errors"][0]["field"] == next(iter(change))
    missing = await api.post("/bookings", json={"phone": good["phone"]})
    assert {e["field"] for e in missing.json()["errors"]} == {"service", "starts_at"}


async def test_a_callback_is_done_once(
    db: Database, new_business: NewBusiness, owner: Owner
) -> None:
    business, _ = await new_business()
    async with db.work(business) as work:
        owed = await episodes.owe_callback(work, reason="anonymous", phone=None)
    api = await owner(business, staff="dana")
    (one,) = (await api.get("/callbacks?state=open")).json()["items"]
    assert one["id"] == str(owed)
    done = await api.post(f"/callbacks/{owed}/done", json={"outcome": "reached"})
    assert (done.status_code, done.json()["state"], done.json()["done_by"]) == (200, "done", "dana")
    again = await api.post(f"/callbacks/{owed}/done", json={"outcome": "again"})
    assert (again.status_code, again.json()["outcome"]) == (200, "reached")
    assert (await api.get("/callbacks?state=open")).json()["items"] == []


async def test_erasing_takes_names_words_and_numbers_and_keeps_the_opt_out(
    db: Database, new_business: NewBusiness, owner: Owner
) -> None:
    business, _ = await new_business()
    told = await missed_and_answered(db, business, fresh_phone(), handoff=True)
    async with db.work(business) as work:
        await record_opt_out(work, told.phone, "stop", "keyword", None)
    api = await owner(business)
    before = (await api.get("/metrics")).json()
    for _ in range(2):
        assert (await api.delete(f"/callers/{told.phone}")).status_code == 204
    left = await _everything(api, told.conversation_id)
    for secret in ("Ann", "sink", "media.example", told.phone):
        assert secret not in left, secret
    assert (await api.get("/metrics")).json() == before
    async with db.work(business) as work:
        assert await opted_out(work, told.phone)
        rows = [
            *(await work.session.scalars(select(Message).where(Message.business_id == business))),
            *(await work.session.scalars(select(Caller).where(Caller.business_id == business))),
        ]
        assert all(told.phone not in str(vars(row)) for row in rows)
        assert all("Ann" not in str(vars(row)) for row in rows)
        assert await work.session.scalar(select(OptOut).where(OptOut.business_id == business))
        facts = await work.session.scalars(
            select(JournalEntry.fact).where(JournalEntry.business_id == business)
        )
        assert "caller.erased" in set(facts)


async def _everything(api: httpx.AsyncClient, conversation: uuid.UUID) -> str:
    paths = ("/leads", "/calls", "/handoffs", "/bookings", "/callbacks")
    answers = [await api.get(path) for path in (*paths, f"/conversations/{conversation}")]
    return "".join(answer.text for answer in answers)
