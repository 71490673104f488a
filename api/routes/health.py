"""Whether the process lives, whether it can work, and its figures for Prometheus."""

import asyncio
import time
from collections import Counter as Tally
from dataclasses import dataclass, field
from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.metrics import Counter, Histogram
from prometheus_client.registry import Collector
from sqlalchemy import func, select, text
from typing_extensions import override

from api.errors import problem
from api.wiring import House, house_of
from core.db.migrate import newest
from core.errors import RingbackError
from core.models import Business, Job, Json, Message, Turn

router = APIRouter(tags=["health"])
In = Annotated[House, Depends(house_of)]
_FRESH_SECONDS = 15.0


@router.get("/health/live")
async def live() -> Json:
    """The process answers."""
    return {"status": "ok"}


@router.get("/health/ready", response_model=None)
async def ready(house: In) -> Json | Response:
    """Database, migrations and role are as they must be; 503 says what is not."""
    checks: dict[str, str] = {}
    try:
        async with house.db.directory() as session:
            checks["database"] = "ok"
            found = await session.scalar(text("SELECT version_num FROM alembic_version"))
            checks["migrations"] = "ok" if found == newest() else f"{found} is not {newest()}"
            unsafe = await session.scalar(
                text("SELECT rolsuper OR rolbypassrls FROM pg_roles WHERE rolname = current_user")
            )
            checks["role"] = "ok" if unsafe is False else "may bypass row-level security"
    except RingbackError:
        checks["database"] = "does not answer"
    if set(checks.values()) == {"ok"}:
        return {"status": "ok", "checks": checks}
    detail = "; ".join(f"{name}: {what}" for name, what in checks.items() if what != "ok")
    return problem(
        503, detail, kind="not-ready", headers={"Retry-After": "2"}, more={"checks": checks}
    )


@router.get("/metrics", response_class=Response)
async def prometheus(request: Request, house: In) -> Response:
    """Requests, texts, turns and jobs; no business is named."""
    gauges: Gauges = request.app.state.gauges
    await gauges.refresh(house)
    body = await asyncio.to_thread(generate_latest, gauges.registry)
    return Response(body, media_type=CONTENT_TYPE_LATEST)


@dataclass(eq=False)
class Gauges(Collector):
    """The figures of this process and, refreshed when asked for, those of the tables."""

    registry: CollectorRegistry = field(default_factory=CollectorRegistry)
    texts: Tally[str] = field(default_factory=Tally)
    turns: Tally[str] = field(default_factory=Tally)
    jobs: Tally[str] = field(default_factory=Tally)
    up: bool = False
    read_at: float | None = None

    def __post_init__(self) -> None:
        """Register what is counted here and what is read from the tables."""
        self.requests = Counter(
            "ringback_requests", "Requests", ("method", "route", "status"), registry=self.registry
        )
        self.seconds = Histogram(
            "ringback_request_seconds", "Time to answer", ("route",), registry=self.registry
        )
        self.registry.register(self)

    def describe(self) -> list[Metric]:
        """Nothing: the families come with their values."""
        return []

    @override
    def collect(self) -> list[Metric]:
        """What was read from the tables last."""
        up = GaugeMetricFamily("ringback_database_up", "Whether the database answers")
        up.add_metric([], float(self.up))
        return [
            up,
            _family("ringback_texts", "Texts by delivery", "delivery", self.texts),
            _family("ringback_turns", "Turns of the agent by brain", "brain", self.turns),
            _family("ringback_jobs", "Jobs by state", "state", self.jobs),
        ]

    async def refresh(self, house: House) -> None:
        """Read the tables, business by business, unless that was done a moment ago."""
        now = time.monotonic()
        if self.read_at is not None and now - self.read_at < _FRESH_SECONDS and self.up:
            return
        try:
            await self._read(house)
            self.up = True
        except RingbackError:
            self.up = False
        self.read_at = now

    async def _read(self, house: House) -> None:
        async with house.db.directory() as session:
            jobs = await session.execute(
                select(Job.state, func.count().label("number"))
                .where(Job.state.in_(("pending", "failed")))
                .group_by(Job.state)
            )
            found = Tally({"pending": 0, "failed": 0} | {row.state: row.number for row in jobs})
            ids = list(await session.scalars(select(Business.id)))
        texts: Tally[str] = Tally()
        turns: Tally[str] = Tally()
        for business_id in ids:
            async with house.db.work(business_id) as work:
                for delivery, number in await work.session.execute(
                    select(Message.delivery, func.count())
                    .where(Message.business_id == business_id)
                    .group_by(Message.delivery)
                ):
                    texts[delivery] += number
                for brain, number in await work.session.execute(
                    select(Turn.brain, func.count())
                    .where(Turn.business_id == business_id)
                    .group_by(Turn.brain)
                ):
                    turns[brain] += number
        self.texts, self.turns, self.jobs = texts, turns, found


def _family(name: str, words: str, label: str, values: Tally[str]) -> GaugeMetricFamily:
    family = GaugeMetricFamily(name, words, labels=[label])
    for value, number in sorted(values.items()):
        family.add_metric([value], number)
    return family
