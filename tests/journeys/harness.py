"""A town around one house: the carrier's twin, callers with phones, and the desk's API.

Nothing here reads a table or calls a room: stories go in as signed webhooks and are judged by the
twin's memory and the HTTP API. The clock is turned; jobs run at the instant that they fall due.
"""

import asyncio
import uuid
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import httpx
from fastapi import FastAPI
from typing_extensions import override

from api.app import create_app
from api.wiring import House, build
from core.businesses import save
from core.clock import TurnableClock
from core.profile import Profile
from core.settings import Settings
from desk.staff import create_token
from tests.sample import sample_profile
from tests.twins.carrier import CarrierTwin, TwinText

BASE = "http://text.example"
Json = dict[str, Any]
MOST_ROUNDS = 50  # of jobs, then reports, then the jobs that those gave


@dataclass(frozen=True)
class Books:
    """Everything that the API says of one business, in short words, the oldest first."""

    calls: tuple[str, ...] = ()
    leads: tuple[str, ...] = ()
    handoffs: tuple[str, ...] = ()
    bookings: tuple[str, ...] = ()
    callbacks: tuple[str, ...] = ()
    figures: str = "sent 0/0 replied 0/0 recovered 0/0 booked 0/0"


@dataclass
class Town:
    """One running product with its carrier."""

    house: House
    clock: TurnableClock
    twin: CarrierTwin
    app: FastAPI
    opened: list[httpx.AsyncClient] = field(default_factory=list)

    async def business(self, **changes: Any) -> "Shop":
        """Open a business of the test's own; any part of its file may be replaced."""
        profile = sample_profile(**changes)
        business_id = (await save(self.house.db, profile)).business_id
        owner = self.client(
            await create_token(
                self.house.db, role="owner", business_id=business_id, staff_key="dana"
            )
        )
        return Shop(self, business_id, profile, owner)

    def client(self, token: str) -> httpx.AsyncClient:
        """The API as whoever holds that token; "" is nobody."""
        one = httpx.AsyncClient(
            transport=httpx.ASGITransport(app=self.app),
            base_url=f"{BASE}/api/v1",
            headers={"Authorization": f"Bearer {token}"} if token else {},
        )
        self.opened.append(one)
        return one


@dataclass
class Shop:
    """One business of the town, seen from outside."""

    town: Town
    id: uuid.UUID
    profile: Profile
    owner: httpx.AsyncClient

    @property
    def number(self) -> str:
        """The number that callers dial."""
        return self.profile.phone_numbers[0].number

    @property
    def dana(self) -> str:
        """The owner's own phone."""
        return next(p.phone for p in self.profile.staff if p.key == "dana" and p.phone)

    @property
    def lee(self) -> str:
        """The other plumber's phone."""
        return next(p.phone for p in self.profile.staff if p.key == "lee" and p.phone)

    async def person(self, key: str) -> httpx.AsyncClient:
        """The API as a member of staff."""
        token = await create_token(
            self.town.house.db, role="staff", business_id=self.id, staff_key=key
        )
        return self.town.client(token)

    # -- the world outside -----------------------------------------------------------------------

    async def miss(self, caller: str, **more: str) -> str:
        """A call that rings out; ends a few seconds after its first text. The call's Sid."""
        sid, answer = await self.town.twin.ring(BASE, caller, self.number, **more)
        answer.raise_for_status()
        self.town.clock.advance(seconds=20)
        (await self.town.twin.dialed(BASE, sid, caller, self.number)).raise_for_status()
        await self.status(sid, caller, "completed")
        await self.wait(seconds=5)
        return sid

    async def status(self, sid: str, caller: str, status: str) -> None:
        """The whole call ended."""
        params = {"CallSid": sid, "From": caller, "To": self.number, "CallStatus": status}
        (await self.town.twin.webhook(BASE, "/twilio/voice/status", params)).raise_for_status()

    async def text(self, caller: str, body: str, **more: Any) -> None:
        """A text comes in; nothing else happens yet."""
        (await self.town.twin.text(BASE, caller, self.number, body, **more)).raise_for_status()

    async def say(self, caller: str, body: str, **more: Any) -> str:
        """A text comes in and is answered; the texts that reached the caller by then."""
        before = len(self.town.twin.to(caller))
        await self.text(caller, body, **more)
        await self.wait(seconds=10)
        return "\n".join(self.got(caller)[before:])

    def got(self, phone: str) -> list[str]:
        """The texts that the carrier took for a phone."""
        return [t.body for t in self.town.twin.to(phone)]

    async def wait(self, workers: int = 1, **time: float) -> None:
        """Let time pass: jobs run when they fall due, and the carrier reports on every text."""
        until = self.town.clock.now() + timedelta(**time)
        turn = self.town.clock.turn_to
        for _ in range(MOST_ROUNDS):
            working = (self.town.house.worker() for _ in range(workers))
            ran = await asyncio.gather(*(w.run_due(self.id, until, turn) for w in working))
            due = self._unreported()
            await self.town.twin.report_all(due)
            if not any(ran) and not due:
                return
        raise AssertionError("the jobs of this business come to no end")

    def _unreported(self) -> list[TwinText]:
        return [t for t in self.town.twin.texts if not t.reported]

    # -- the API ---------------------------------------------------------------------------------

    async def get(self, path: str, **query: str) -> Json:
        answer = await self.owner.get(path, params=query)
        answer.raise_for_status()
        found: Json = answer.json()
        return found

    async def items(self, path: str, **query: str) -> list[Json]:
        """All of a list, page by page."""
        found: list[Json] = []
        while True:
            page = await self.get(path, **query)
            found += page["items"]
            if page["next"] is None:
                return found
            query["cursor"] = page["next"]

    async def conversation(self, caller: str) -> Json:
        """The one conversation with that caller."""
        leads = await self.items("/leads", phone=caller)
        return await self.get(f"/conversations/{leads[0]['conversation_id']}")

    async def handoff(self) -> Json:
        """The only handoff that there is."""
        (only,) = await self.items("/handoffs")
        return only

    async def slots(self, service: str, start: str, to: str) -> list[str]:
        """Bookable starts, in the business's time."""
        found = await self.get("/slots", service=service, **{"from": start, "to": to})
        return [slot["starts_at"][:16] for slot in found["items"]]

    async def books(self) -> Books:
        """Everything at once."""
        calls = [c["decision"] for c in await self.items("/calls")]
        leads = [x["status"] for x in await self.items("/leads")]
        handoffs = await self.items("/handoffs")
        bookings = await self.items("/bookings")
        callbacks = await self.items("/callbacks")
        return Books(
            calls=tuple(reversed(calls)),
            leads=tuple(reversed(leads)),
            handoffs=tuple(f"{h['reason']} {h['urgency']} {h['state']}" for h in handoffs),
            bookings=tuple(f"{b['service']} {b['starts_at'][:16]} {b['status']}" for b in bookings),
            callbacks=tuple(f"{c['reason']} {c['state']}" for c in callbacks),
            figures=await self.figures(),
        )

    async def figures(self) -> str:
        found = await self.get("/metrics")
        names = {
            "sent": "send_rate",
            "replied": "reply_rate",
            "recovered": "recovery_rate",
            "booked": "call_to_booking_rate",
        }
        return " ".join(
            f"{word} {found[key]['numerator']}/{found[key]['denominator']}"
            for word, key in names.items()
        )


def local(shop: Shop, at: str) -> datetime:
    """An instant given as the business's own clock shows it."""
    return datetime.fromisoformat(at).replace(tzinfo=shop.profile.zone)


class _Door(httpx.AsyncBaseTransport):
    """The way to an application that is built after its carrier, whose address it must know."""

    app: FastAPI

    @override
    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        return await httpx.ASGITransport(app=self.app).handle_async_request(request)


@asynccontextmanager
async def town(database_url: str, clock: TurnableClock, **environment: Any) -> AsyncIterator[Town]:
    """The product, wired to the twin, over the tests' own database."""
    door = _Door()
    outside = httpx.AsyncClient(transport=door)
    async with CarrierTwin(clock=clock, client=outside) as twin:
        settings = Settings(
            database_url=database_url,
            ringback_secret="a secret of the tests",
            public_url=BASE,
            twilio_account_sid=twin.account_sid,
            twilio_auth_token=twin.auth_token,
            twilio_api_url=twin.url,
            **environment,
        )
        house = await build(settings, clock=clock)
        door.app = create_app(house, jobs=False)
        made = Town(house, clock, twin, door.app)
        try:
            yield made
        finally:
            for one in made.opened:
                await one.aclose()
            await house.close()
