from datetime import timedelta

import pytest
from sqlalchemy import func, select, text

from core.clock import TurnableClock
from core.db import Database
from core.errors import CarrierUnavailable, Final
from core.jobs import TakeTurn, put
from core.jobs.worker import Later, Worker
from core.models import Job, new_id
from tests.conftest import NewBusiness


async def test_a_job_vanishes_with_its_transaction(db: Database, new_business: NewBusiness) -> None:
    business, _ = await new_business()
    with pytest.raises(ZeroDivisionError):
        async with db.work(business) as work:
            await put(work, TakeTurn(new_id()))
            raise ZeroDivisionError
    async with db.work(business) as work:
        assert (
            await work.session.scalar(select(func.count(Job.id)).where(Job.business_id == business))
            == 0
        )


async def test_a_job_runs_only_when_the_clock_says_so(
    db: Database, new_business: NewBusiness, clock: TurnableClock
) -> None:
    business, _ = await new_business()
    ran = []

    async def handler(_: object, turn: TakeTurn) -> None:
        ran.append(clock.now())

    due = clock.now() + timedelta(hours=2)
    async with db.work(business) as work:
        await put(work, TakeTurn(new_id()), at=due)
    worker = Worker(db, {TakeTurn: handler})
    assert await worker.run_due(business, due - timedelta(seconds=1), clock.turn_to) == 0
    assert await worker.run_due(business, due, clock.turn_to) == 1
    assert ran == [due]


async def test_a_retryable_fault_is_tried_again_and_a_final_one_is_kept(
    db: Database, new_business: NewBusiness, clock: TurnableClock
) -> None:
    business, _ = await new_business()
    faults: list[Exception] = [CarrierUnavailable(), Final("no")]

    async def handler(_: object, turn: TakeTurn) -> None:
        raise faults.pop(0)

    async with db.work(business) as work:
        await put(work, TakeTurn(new_id()))
    worker = Worker(db, {TakeTurn: handler})
    assert await worker.run_due(business, clock.now() + timedelta(hours=1), clock.turn_to) == 2
    async with db.work(business) as work:
        job = (await work.session.scalars(select(Job).where(Job.business_id == business))).one()
        assert (job.state, job.error, job.attempts) == ("failed", "Final", 2)


async def test_a_handler_may_ask_to_run_later(
    db: Database, new_business: NewBusiness, clock: TurnableClock
) -> None:
    business, _ = await new_business()
    answers = [Later(clock.now() + timedelta(minutes=5)), None]

    async def handler(_: object, turn: TakeTurn) -> Later | None:
        return answers.pop(0)

    async with db.work(business) as work:
        await put(work, TakeTurn(new_id()))
    worker = Worker(db, {TakeTurn: handler})
    assert await worker.run_due(business, clock.now(), clock.turn_to) == 1
    assert await worker.run_due(business, clock.now() + timedelta(minutes=5), clock.turn_to) == 1
    assert answers == []


async def test_the_worker_is_woken_by_a_commit(db: Database, new_business: NewBusiness) -> None:
    import asyncio

    business, _ = await new_business()
    ran = asyncio.Event()

    async def handler(_: object, turn: TakeTurn) -> None:
        ran.set()

    worker = Worker(db, {TakeTurn: handler})
    running = asyncio.create_task(worker.run())
    await asyncio.wait_for(worker.connected.wait(), 10)
    async with db.work(business) as work:
        await put(work, TakeTurn(new_id()))
    await asyncio.wait_for(ran.wait(), 10)
    worker.stop()
    await asyncio.wait_for(running, 10)
    assert ran.is_set()


async def test_one_business_never_sees_anothers_rows(
    db: Database, new_business: NewBusiness
) -> None:
    mine, _ = await new_business()
    other, _ = await new_business()
    async with db.work(mine) as work:
        rows = (
            await work.session.execute(text("SELECT DISTINCT business_id FROM staff"))
        ).scalars()
        assert list(rows) == [mine]
    async with db.directory() as session:
        assert (await session.execute(text("SELECT count(*) FROM staff"))).scalar() == 0
    assert other != mine
