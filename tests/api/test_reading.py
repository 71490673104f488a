"""What the lists and single things say: the contract's keys, times in the business's zone."""

import uuid
from datetime import UTC, datetime

from core.clock import TurnableClock
from core.db import Database
from tests.api.conftest import Owner
from tests.api.story import missed_and_answered
from tests.conftest import NewBusiness
from tests.sample import fresh_phone


async def test_a_lead_has_the_contracts_keys(
    db: Database, new_business: NewBusiness, owner: Owner
) -> None:
    business, _ = await new_business()
    told = await missed_and_answered(db, business, fresh_phone())
    answer = (await (await owner(business)).get("/leads")).json()
    assert answer["next"] is None
    (lead,) = answer["items"]
    assert lead["id"] == str(told.lead_id)
    assert lead["phone"] == told.phone
    assert lead["status"] == "in_conversation"
    assert lead["conversation_id"] == str(told.conversation_id)
    assert lead["opened_by"] == "call"
    assert lead["last_activity_at"] == "2026-12-01T10:00:00-05:00"
    assert lead["intake"] == {"name": "Ann Secretson"}


async def test_leads_are_found_by_status_and_by_a_phone_whose_plus_became_a_blank(
    db: Database, new_business: NewBusiness, owner: Owner
) -> None:
    business, _ = await new_business()
    told = await missed_and_answered(db, business, fresh_phone())
    await missed_and_answered(db, business, fresh_phone())
    api = await owner(business)
    for query in (f"phone={told.phone}", f"phone=%2B{told.phone[1:]}"):
        found = (await api.get(f"/leads?{query}")).json()["items"]
        assert [lead["id"] for lead in found] == [str(told.lead_id)]
    assert (await api.get("/leads?status=booked")).json()["items"] == []
    assert len((await api.get("/leads?status=in_conversation")).json()["items"]) == 2
    assert (await api.get("/leads?status=new")).status_code == 422


async def test_missed_calls_come_with_their_decision(
    db: Database, new_business: NewBusiness, owner: Owner
) -> None:
    business, _ = await new_business()
    told = await missed_and_answered(db, business, fresh_phone())
    api = await owner(business)
    (call,) = (await api.get("/calls?from=2026-12-01T10:00&to=2026-12-01T10:00:01")).json()["items"]
    assert call["id"] == str(told.call_id)
    assert call["decision"] == "texted"
    assert call["at"] == "2026-12-01T10:00:00-05:00"
    assert (await api.get("/calls?to=2026-12-01T10:00:00-05:00")).json()["items"] == []
    assert (await api.get("/calls?from=2026-12-01T16:00:00 01:00")).json()["items"] == [call]


async def test_a_conversation_tells_owner_status_and_texts_in_order(
    db: Database, new_business: NewBusiness, owner: Owner
) -> None:
    business, _ = await new_business()
    told = await missed_and_answered(db, business, fresh_phone())
    found = (await (await owner(business)).get(f"/conversations/{told.conversation_id}")).json()
    assert found["owner"] == "agent"
    assert found["status"] == found["lead"]["status"] == "in_conversation"
    first, second = found["messages"]
    assert (first["direction"], first["author"], first["delivery"]) == (
        "outbound",
        "system",
        "queued",
    )
    assert (second["direction"], second["author"]) == ("inbound", "caller")
    assert second["body"] == "My sink is clogged, Ann here"
    assert second["segments"] == 1
    assert datetime.fromisoformat(second["at"]) == datetime(2026, 12, 1, 15, tzinfo=UTC)


async def test_pages_go_on_where_they_ended(
    db: Database, new_business: NewBusiness, owner: Owner, clock: TurnableClock
) -> None:
    business, _ = await new_business()
    for _ in range(5):
        await missed_and_answered(db, business, fresh_phone())
    clock.advance(minutes=1)
    newest = await missed_and_answered(db, business, fresh_phone())
    api = await owner(business)
    seen: list[str] = []
    cursors: list[str | None] = [""]
    while cursors[-1] is not None:
        after = f"&cursor={cursors[-1]}" if cursors[-1] else ""
        answer = (await api.get(f"/leads?limit=2{after}")).json()
        seen += [lead["id"] for lead in answer["items"]]
        cursors.append(answer["next"])
    assert len(cursors) == 4
    assert len(set(seen)) == 6
    assert seen[0] == str(newest.lead_id)
    assert (await api.get("/leads?cursor=nonsense")).status_code == 422


async def test_the_figures_are_five_with_words(
    db: Database, new_business: NewBusiness, owner: Owner
) -> None:
    business, _ = await new_business()
    await missed_and_answered(db, business, fresh_phone())
    figures = (await (await owner(business)).get("/metrics")).json()
    assert set(figures) == {
        "send_rate",
        "reply_rate",
        "recovery_rate",
        "call_to_booking_rate",
        "response_time_seconds",
    }
    reply = figures["reply_rate"]
    assert (reply["value"], reply["numerator"], reply["denominator"]) == (1.0, 1, 1)
    assert reply["words"]
    assert {"agent", "staff"} <= set(figures["response_time_seconds"])


async def test_an_unknown_conversation_is_a_problem_of_404(
    new_business: NewBusiness, owner: Owner
) -> None:
    business, _ = await new_business()
    answer = await (await owner(business)).get(f"/conversations/{uuid.uuid4()}")
    assert answer.status_code == 404
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["status"] == 404
    assert {"type", "title", "detail"} <= set(answer.json())
