"""The clock of a test business: moved on, what falls due meanwhile happens in order."""

import asyncio
import math
import uuid
from datetime import datetime, time, timedelta
from typing import Final, Literal

from sqlalchemy import func, select, update

from api.wiring import House
from core.errors import BadInput
from core.models import Business, Job
from core.profile import Profile

Step = Literal["hour", "day", "tonight", "now"]
_MOST_STEPS: Final = 300
_FURTHEST: Final = timedelta(days=365)
_EVENING: Final = time(21)


def target(step: Step, now: datetime, profile: Profile) -> datetime:
    """The instant that a step leads to, from the business's own `now`."""
    if step == "hour":
        return now + timedelta(hours=1)
    if step == "day":
        return now + timedelta(days=1)
    local = now.astimezone(profile.zone)
    evening = datetime.combine(local.date(), _EVENING, profile.zone)
    return evening if evening > now else evening + timedelta(days=1)


async def move(house: House, business_id: uuid.UUID, step: Step) -> None:
    """Move a business's clock on, or back to the real time.

    Raises:
        BadInput: it would be more than a year ahead.
    """
    if step == "now":
        await _set(house, business_id, house.clock.now())
        return
    async with house.db.work(business_id) as work:
        until = target(step, work.now, work.profile)
    if until - house.clock.now() > _FURTHEST:
        raise BadInput("step", "would lead more than a year ahead")
    await _live_through(house, business_id, until)
    await _set(house, business_id, until)


async def _live_through(house: House, business_id: uuid.UUID, until: datetime) -> None:
    """Run what falls due by `until`, each at its own time; another worker may be faster."""
    worker = house.worker()
    for _ in range(_MOST_STEPS):
        due = await _next_due(house, business_id)
        if due is None or due > until:
            return
        await _set(house, business_id, due, only_on=True)
        if not await worker.run_due(business_id, due):
            await asyncio.sleep(0.05)


async def _next_due(house: House, business_id: uuid.UUID) -> datetime | None:
    async with house.db.work(business_id) as work:
        found: datetime | None = await work.session.scalar(
            select(func.min(Job.due_at)).where(
                Job.business_id == business_id, Job.state == "pending"
            )
        )
    return found


async def _set(
    house: House, business_id: uuid.UUID, at: datetime, *, only_on: bool = False
) -> None:
    """Let it be `at` at this business, in whole seconds, never before the real time."""
    ahead = max(0, math.ceil((at - house.clock.now()).total_seconds()))
    async with house.db.work(business_id) as work:
        change = update(Business).where(Business.id == business_id)
        if only_on:
            change = change.where(Business.clock_offset_seconds < ahead)
        await work.session.execute(change.values(clock_offset_seconds=ahead))
