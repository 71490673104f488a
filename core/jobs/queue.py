"""PgQueuer, spoken to in the caller's own transaction.

Its names are set here one by one: left to itself it would read bare environment variables such as
CHANNEL or FUNCTION and rename its tables (facts measured with 1.6).
"""

import uuid
from datetime import timedelta
from functools import cache
from typing import Any, cast

import asyncpg
from pgqueuer.adapters.drivers.asyncpg import AsyncpgDriver
from pgqueuer.adapters.persistence.qb import (
    QueryBuilderEnvironment,
    QueryQueueBuilder,
    QuerySchedulerBuilder,
)
from pgqueuer.adapters.persistence.queries import Queries
from pgqueuer.domain.settings import DBSettings, Durability
from pgqueuer.domain.types import Channel
from sqlalchemy.ext.asyncio import AsyncSession

ENTRYPOINT = "wake"
CHANNEL = Channel("ringback_jobs")


@cache
def settings() -> DBSettings:
    """The names of PgQueuer's objects, whatever the environment says.

    Made once: reading them costs 2 ms, as much as two statements of a webhook.
    """
    return DBSettings(
        prefix="",
        db_schema=None,
        channel=CHANNEL,
        function="fn_pgqueuer_changed",
        statistics_table="pgqueuer_statistics",
        queue_status_type="pgqueuer_status",
        queue_table="pgqueuer",
        queue_table_log="pgqueuer_log",
        trigger="tg_pgqueuer_changed",
        schedules_table="pgqueuer_schedules",
        durability=Durability.durable,
        widen_id=True,
    )


def queries(driver: AsyncpgDriver) -> Queries:
    """PgQueuer's own queries over a connection of ours."""
    names = settings()
    return Queries(
        driver,
        qbe=QueryBuilderEnvironment(settings=names),
        qbq=QueryQueueBuilder(settings=names),
        qbs=QuerySchedulerBuilder(settings=names),
    )


async def wake(
    session: AsyncSession,
    business_id: uuid.UUID,
    job_id: uuid.UUID,
    *,
    after: timedelta = timedelta(0),
    priority: int = 0,
    dedupe: str | None = None,
) -> None:
    """Ask to be woken for a job, `after` real time; part of the session's transaction."""
    raw = (await (await session.connection()).get_raw_connection()).driver_connection
    await queries(AsyncpgDriver(cast("asyncpg.Connection[Any]", raw))).enqueue(
        ENTRYPOINT,
        f"{business_id}:{job_id}".encode(),
        priority=priority,
        execute_after=after,
        dedupe_key=dedupe,
        on_conflict="skip",
    )
