"""Staff are told until one of them has it."""

import uuid
from dataclasses import replace
from datetime import timedelta

import pytest

from core.clock import TurnableClock
from core.db import Database
from core.jobs import TellStaff
from core.jobs.worker import Worker
from core.journal import Fact
from core.profile import Profile
from desk.handoff import claim, release
from desk.notify import Waiting, plain, recipients, tell_staff_handler, words
from tests.conftest import NewBusiness
from tests.desk.story import (
    DANA,
    begin,
    caller_named,
    facts,
    jobs,
    outgoing,
    says_stop,
    waits,
)
from tests.sample import fresh_phone, sample_profile


def link(slug: str, conversation_id: uuid.UUID) -> str:
    return f"https://ringback.example/console/{slug}/conversations/{conversation_id}"


async def run(db: Database, business: uuid.UUID, clock: TurnableClock, minutes: float) -> None:
    """Let time pass; only the desk's jobs are looked after."""
    until = clock.now() + timedelta(minutes=minutes)
    handler = tell_staff_handler(db, link)
    while True:
        due = [j for j in await jobs(db, business, "TellStaff") if j.state == "pending"]
        due = sorted((j for j in due if j.due_at <= until), key=lambda j: j.due_at)
        if not due:
            break
        clock.turn_to(due[0].due_at)
        assert await Worker(db, {TellStaff: handler}).run_job(business, due[0].id)
    clock.turn_to(until)


def team() -> list[dict[str, object]]:
    return [
        {"key": "dana", "name": "Dana Ruiz", "phone": fresh_phone(), "role": "owner"},
        {"key": "lee", "name": "Lee Park", "phone": fresh_phone()},
        {"key": "kim", "name": "Kim Lo", "phone": fresh_phone()},
        {"key": "ana", "name": "Ana Gil"},
    ]


async def test_more_people_are_told_each_time_nobody_claims(
    db: Database, new_business: NewBusiness, clock: TurnableClock
) -> None:
    business, profile = await new_business(
        staff=team(), handoff={"notify": ["lee"], "escalate_after_minutes": 10}
    )
    await waits(db, await begin(db, business))
    await run(db, business, clock, 0)
    told = [m.staff_key for m in await outgoing(db, business, "staff_alert")]
    assert told == ["lee"]
    await run(db, business, clock, 10)
    await run(db, business, clock, 10)
    told = [m.staff_key for m in await outgoing(db, business, "staff_alert")]
    assert told == ["lee", "dana", "dana", "lee", "kim"]
    await run(db, business, clock, 120)
    assert len(await outgoing(db, business, "staff_alert")) == 8
    steps = [(f["step"], f["told"]) for f in await facts(db, business, Fact.HANDOFF_ESCALATED)]
    assert steps == [(1, 1), (2, 3), (3, 3)]
    alert = (await outgoing(db, business, "staff_alert"))[0]
    assert alert.from_phone == profile.phone_numbers[0].number
    assert (alert.conversation_id, alert.basis) == (None, "internal")


async def test_a_claim_ends_it_and_a_release_goes_on(
    db: Database, new_business: NewBusiness, clock: TurnableClock
) -> None:
    business, _ = await new_business()
    handoff = await waits(db, await begin(db, business))
    await run(db, business, clock, 5)
    async with db.work(business) as work:
        await claim(work, handoff, DANA)
    await run(db, business, clock, 60)
    assert len(await outgoing(db, business, "staff_alert")) == 1
    async with db.work(business) as work:
        await release(work, handoff, DANA)
    await run(db, business, clock, 0)
    assert len(await outgoing(db, business, "staff_alert")) == 2
    await run(db, business, clock, 15)
    assert len(await outgoing(db, business, "staff_alert")) == 4


async def test_a_step_that_comes_twice_tells_once(
    db: Database, new_business: NewBusiness, clock: TurnableClock
) -> None:
    business, _ = await new_business()
    handoff = await waits(db, await begin(db, business))
    handler = tell_staff_handler(db, link)
    for step in (0, 0, 1, 1):
        await handler(business, TellStaff(handoff, step))
    await run(db, business, clock, 120)
    steps = [f["step"] for f in await facts(db, business, Fact.HANDOFF_ESCALATED)]
    assert steps == [1, 2, 3]
    assert len(await outgoing(db, business, "staff_alert")) == 1 + 1 + 2 + 2


async def test_a_danger_to_life_is_told_to_everybody_at_once(
    db: Database, new_business: NewBusiness, clock: TurnableClock
) -> None:
    business, _ = await new_business(staff=team(), handoff={"notify": ["lee"]})
    await waits(db, await begin(db, business), urgency="life", reason="emergency")
    await run(db, business, clock, 0)
    alerts = await outgoing(db, business, "staff_alert")
    assert {m.staff_key for m in alerts} == {"dana", "lee", "kim"}
    assert "IN DANGER" in alerts[0].body


async def test_without_a_phone_it_is_written_down(
    db: Database, new_business: NewBusiness, clock: TurnableClock
) -> None:
    staff = [{"key": "dana", "name": "Dana Ruiz", "role": "owner"}]
    services = [{"key": "drain", "name": "Drain cleaning", "minutes": 60}]
    business, _ = await new_business(staff=staff, services=services)
    await waits(db, await begin(db, business))
    await run(db, business, clock, 120)
    assert await outgoing(db, business, "staff_alert") == []
    told = [f["told"] for f in await facts(db, business, Fact.HANDOFF_ESCALATED)]
    assert told == [0, 0, 0, 0]


async def test_staff_who_texted_stop_are_left_alone(
    db: Database, new_business: NewBusiness, clock: TurnableClock
) -> None:
    business, profile = await new_business()
    story = await begin(db, business)
    dana = profile.person("dana")
    assert dana is not None
    assert dana.phone is not None
    await says_stop(db, replace(story, phone=dana.phone))
    await waits(db, story)
    await run(db, business, clock, 25)
    assert [m.staff_key for m in await outgoing(db, business, "staff_alert")] == ["lee"]


async def test_the_text_says_who_what_and_where(
    db: Database, new_business: NewBusiness, clock: TurnableClock
) -> None:
    business, profile = await new_business()
    story = await begin(db, business)
    await caller_named(db, story, "Sam Ode")
    await waits(db, story, summary="Drain cleaning, 04101: “it’s backing up” 🙁")  # noqa: RUF001
    await run(db, business, clock, 10)
    first, second = await outgoing(db, business, "staff_alert")
    where = link(profile.slug, story.conversation_id)
    assert first.body.startswith("#1 Sam Ode, (207) ")
    assert first.body.endswith(
        f'wants a person: Drain cleaning, 04101: "it\'s backing up". {where}'
    )
    assert second.body.startswith("#1 still waits: Sam Ode, (207) ")


@pytest.mark.parametrize("summary", ["", "leak", "x" * 400, "ñandú 漢字 " * 60])
def test_two_segments_hold_it(summary: str) -> None:
    where = link("harbor-plumbing", uuid.UUID(int=0))
    body = words(Waiting(12, "asked", "normal", summary, 1), who="(207) 555-0100", link=where)
    assert len(body) <= 306
    assert body.endswith(where)
    assert body == plain(body)


def test_each_phone_is_told_once() -> None:
    shared = fresh_phone()
    profile: Profile = sample_profile(
        staff=[
            {"key": "dana", "name": "Dana", "phone": shared, "role": "owner"},
            {"key": "lee", "name": "Lee", "phone": shared},
        ]
    )
    assert [p.key for p in recipients(profile, 2, "normal")] == ["dana"]


def test_without_notify_the_owners_are_told_first() -> None:
    profile = sample_profile(handoff={"notify": []})
    assert [p.key for p in recipients(profile, 0, "normal")] == ["dana"]
