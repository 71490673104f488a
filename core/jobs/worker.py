"""Runs the jobs. PgQueuer wakes us; the job's row decides whether there is anything to do.

One job runs on one worker at a time: the row carries a claim of 15 s that is renewed while its
handler works, and a worker that dies loses it. A handler opens its own transactions and must be
safe to run again, for every queue is at-least-once around an outside call.
"""

import asyncio
import contextlib
import uuid
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import asyncpg
from pgqueuer.adapters.drivers.asyncpg import AsyncpgDriver
from pgqueuer.core.applications import PgQueuer
from pgqueuer.domain.models import Job as Woken
from sqlalchemy import delete, or_, select, text, update
from sqlalchemy.exc import DBAPIError

from core.clock import Clock
from core.db import Database
from core.errors import RingbackError
from core.jobs import Instruction, from_payload
from core.jobs.queue import CHANNEL, ENTRYPOINT, queries, wake
from core.jobs.retry import Again, after_failure
from core.log import get_logger
from core.models import Business, Job

log = get_logger("core.jobs.worker")

CLAIM = timedelta(seconds=15)
RENEW = CLAIM / 3
SWEEP_EVERY = timedelta(seconds=10)
OVERDUE = timedelta(seconds=20)
KEEP_DONE = timedelta(days=7)
HEARTBEAT = timedelta(seconds=5)  # take-over after SIGKILL within about this (measured: facts)


@dataclass(frozen=True)
class Later:
    """What a handler answers when its time has not come: run me again at `at`."""

    at: datetime


Handler = Callable[[uuid.UUID, Any], Awaitable[Later | None]]


@dataclass(frozen=True)
class _Claimed:
    instruction: Instruction
    attempts: int


class Worker:
    """Takes jobs from the queue until told to stop; survives a database restart."""

    def __init__(
        self, db: Database, handlers: Mapping[type, Handler], *, concurrency: int = 20
    ) -> None:
        self.db = db
        self.handlers = handlers
        self.concurrency = concurrency
        self.stopping = asyncio.Event()
        self.connected = asyncio.Event()
        self._queue: PgQueuer | None = None

    async def run(self) -> None:
        """Work until `stop()`; a lost connection is made again with growing pauses."""
        pause = 0.2
        sweeper = asyncio.create_task(self._sweep_for_ever())
        try:
            while not self.stopping.is_set():
                began = asyncio.get_running_loop().time()
                try:
                    await self._serve_queue()
                except (RingbackError, OSError, asyncpg.PostgresError, asyncpg.InterfaceError) as e:
                    log.warning("jobs.worker.disconnected", error=type(e).__name__)
                except Exception as e:  # noqa: BLE001  PgQueuer wraps what broke in groups of its own
                    log.warning("jobs.worker.disconnected", error=repr(e)[:200])
                self.connected.clear()
                if asyncio.get_running_loop().time() - began > 30:
                    pause = 0.2
                await self._pause(pause)
                pause = min(pause * 2, 5.0)
        finally:
            sweeper.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await sweeper

    def stop(self) -> None:
        """Finish what runs and end."""
        self.stopping.set()
        if self._queue is not None:
            self._queue.shutdown.set()

    async def _pause(self, seconds: float) -> None:
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self.stopping.wait(), seconds)

    async def _serve_queue(self) -> None:
        connection = await self.db.connect_raw()
        try:
            driver = AsyncpgDriver(connection)
            queue = PgQueuer(driver, channel=CHANNEL, queries=queries(driver))
            self._queue = queue

            @queue.entrypoint(ENTRYPOINT, concurrency_limit=0)
            async def woken(job: Woken) -> None:
                business, _, job_id = (job.payload or b"").decode().partition(":")
                await self.run_job(uuid.UUID(business), uuid.UUID(job_id))

            lost = asyncio.create_task(_closed(connection))
            serve = asyncio.create_task(
                queue.qm.run(
                    batch_size=max(1, self.concurrency // 2),
                    max_concurrent_tasks=self.concurrency,
                    dequeue_timeout=timedelta(seconds=1),
                    heartbeat_timeout=HEARTBEAT,
                    shutdown_on_listener_failure=True,
                )
            )
            self.connected.set()
            if self.stopping.is_set():
                queue.shutdown.set()
            done, _ = await asyncio.wait({lost, serve}, return_when=asyncio.FIRST_COMPLETED)
            if lost in done:
                serve.cancel()
            lost.cancel()
            await asyncio.gather(serve, lost, return_exceptions=True)
            if serve in done:
                serve.result()
        finally:
            self._queue = None
            with contextlib.suppress(OSError, asyncpg.PostgresError, asyncpg.InterfaceError):
                await connection.close(timeout=2)

    async def run_job(self, business_id: uuid.UUID, job_id: uuid.UUID) -> bool:
        """Run one job if it is due and nobody else runs it; whether it ran."""
        claimed = await self._claim(business_id, job_id)
        if claimed is None:
            return False
        keep = asyncio.create_task(self._renew(business_id, job_id))
        try:
            outcome = await self._handle(business_id, claimed)
        finally:
            keep.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await keep
        await self._finish(business_id, job_id, claimed, outcome)
        return True

    async def _handle(self, business_id: uuid.UUID, claimed: _Claimed) -> Later | Exception | None:
        kind = type(claimed.instruction)
        try:
            return await self.handlers[kind](business_id, claimed.instruction)
        except Exception as error:
            log.warning(
                "jobs.failed",
                kind=kind.__name__,
                business=str(business_id),
                attempt=claimed.attempts,
                error=type(error).__name__,
                detail=str(error)[:200] if isinstance(error, RingbackError) else None,
                exc_info=None if isinstance(error, RingbackError) else error,
            )
            return error

    async def _claim(self, business_id: uuid.UUID, job_id: uuid.UUID) -> _Claimed | None:
        real = self.db.clock.now()
        async with self.db.work(business_id) as work:
            job = await work.session.scalar(
                select(Job)
                .where(Job.business_id == business_id, Job.id == job_id, Job.state == "pending")
                .with_for_update()
            )
            if job is None:
                return None
            wait = job.due_at - work.now
            if job.claimed_until is not None and job.claimed_until > real:
                wait = max(wait, job.claimed_until - real)
            if wait > timedelta(0):
                # the fraction keeps a wake-up that comes a moment early from coming twice
                await wake(
                    work.session, business_id, job_id, after=wait + timedelta(milliseconds=5)
                )
                return None
            job.claimed_until = real + CLAIM
            job.attempts += 1
            return _Claimed(from_payload(job.kind, job.payload), job.attempts)

    async def _renew(self, business_id: uuid.UUID, job_id: uuid.UUID) -> None:
        while True:
            await asyncio.sleep(RENEW.total_seconds())
            with contextlib.suppress(RingbackError):
                async with self.db.work(business_id) as work:
                    await work.session.execute(
                        update(Job)
                        .where(Job.business_id == business_id, Job.id == job_id)
                        .values(claimed_until=self.db.clock.now() + CLAIM)
                    )

    async def _finish(
        self,
        business_id: uuid.UUID,
        job_id: uuid.UUID,
        claimed: _Claimed,
        outcome: Later | Exception | None,
    ) -> None:
        async with self.db.work(business_id) as work:
            values: dict[str, Any] = {"claimed_until": None}
            match outcome:
                case None:
                    values |= {"state": "done", "ended_at": work.now, "error": None}
                case Later(at=at):
                    values |= {"due_at": at, "attempts": claimed.attempts - 1}
                case Exception() as error:
                    decision = after_failure(error, claimed.attempts, work.now)
                    values["error"] = type(error).__name__
                    if isinstance(decision, Again):
                        values["due_at"] = decision.at
                    else:
                        values |= {"state": "failed", "ended_at": work.now}
            await work.session.execute(
                update(Job).where(Job.business_id == business_id, Job.id == job_id).values(**values)
            )
            if "due_at" in values:
                await wake(work.session, business_id, job_id, after=values["due_at"] - work.now)

    async def run_due(
        self,
        business_id: uuid.UUID,
        until: datetime,
        turn: Callable[[datetime], None] | None = None,
        *,
        most: int = 10_000,
    ) -> int:
        """Run, in order of time, all that falls due by `until`; how many ran.

        `turn` moves the clock to each job's instant first: this is how evals, tests and the
        simulator let hours pass in a moment.
        """
        ran = 0
        while ran < most:
            async with self.db.work(business_id) as work:
                row = (
                    await work.session.execute(
                        select(Job.id, Job.due_at)
                        .where(
                            Job.business_id == business_id,
                            Job.state == "pending",
                            Job.due_at <= until,
                            or_(
                                Job.claimed_until.is_(None),
                                Job.claimed_until <= self.db.clock.now(),
                            ),
                        )
                        .order_by(Job.due_at, Job.id)
                        .limit(1)
                    )
                ).one_or_none()
            if row is None:
                break
            if turn is not None:
                turn(row.due_at)
            ran += await self.run_job(business_id, row.id)
        if turn is not None:
            turn(until)
        return ran

    async def _sweep_for_ever(self) -> None:
        while not self.stopping.is_set():
            await self._pause(SWEEP_EVERY.total_seconds())
            try:
                await self.sweep()
            except RingbackError as error:
                log.warning("jobs.sweep.failed", error=type(error).__name__)
            except DBAPIError as error:
                log.warning("jobs.sweep.failed", error=type(error.orig).__name__)

    async def sweep(self) -> int:
        """Wake every overdue job again: a wake-up may be lost, a row is not. How many."""
        now = self.db.clock.now()
        async with self.db.directory() as session:
            if not await session.scalar(text("SELECT pg_try_advisory_xact_lock(7265)")):
                return 0
            overdue = (
                await session.execute(
                    select(Job.business_id, Job.id)
                    .join(Business, Business.id == Job.business_id)
                    .where(
                        Job.state == "pending",
                        Job.due_at
                        <= now - OVERDUE + Business.clock_offset_seconds * text("interval '1 s'"),
                        or_(Job.claimed_until.is_(None), Job.claimed_until < now),
                    )
                    .limit(1000)
                )
            ).all()
            for business_id, job_id in overdue:
                await wake(session, business_id, job_id, dedupe=f"sweep:{job_id}")
        for business_id in {b for b, _ in overdue}:
            await self._forget_done(business_id)
        return len(overdue)

    async def _forget_done(self, business_id: uuid.UUID) -> None:
        async with self.db.work(business_id) as work:
            await work.session.execute(
                delete(Job).where(
                    Job.business_id == business_id,
                    Job.state == "done",
                    Job.ended_at < work.now - KEEP_DONE,
                )
            )


async def _closed(connection: "asyncpg.Connection[Any]") -> None:
    """Return when the connection is lost."""
    gone = asyncio.Event()
    connection.add_termination_listener(lambda *_: gone.set())
    await gone.wait()


__all__ = ["Clock", "Handler", "Later", "Worker"]
