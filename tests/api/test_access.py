"""Every route against every kind of asker. A route that is not in the table fails the first test."""

import uuid
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from fastapi.routing import iter_route_contexts
from sqlalchemy import select

from core import episodes
from core.db import Database
from core.models import Agency, Business
from desk.staff import create_token, revoke_token
from tests.api.conftest import Api, Client, Owner
from tests.api.story import missed_and_answered
from tests.conftest import NewBusiness
from tests.sample import fresh_phone


@dataclass(frozen=True)
class Door:
    """How a route answers those who may: its status, and whether staff may, too.

    `one` says that the path names a thing of one business, which strangers must not find.
    """

    status: int = 200
    body: dict[str, Any] | None = None
    staff: bool = True
    one: bool = True
    query: str = ""


LIST = Door(one=False)
DOORS: dict[tuple[str, str], Door] = {
    ("GET", "/leads"): LIST,
    ("GET", "/calls"): LIST,
    ("GET", "/conversations/{conversation_id}"): Door(),
    ("GET", "/handoffs"): LIST,
    ("GET", "/handoffs/{handoff_id}"): Door(),
    ("POST", "/handoffs/{handoff_id}/claim"): Door(),
    ("POST", "/handoffs/{handoff_id}/release"): Door(),
    ("POST", "/handoffs/{handoff_id}/reply"): Door(body={"text": "Dana here."}),
    ("POST", "/handoffs/{handoff_id}/resolve"): Door(body={"outcome": "closed"}),
    ("POST", "/handoffs/{handoff_id}/return"): Door(body={"instruction": ""}),
    ("GET", "/bookings"): LIST,
    ("POST", "/bookings"): Door(
        201,
        {"phone": "+12075550199", "service": "drain", "starts_at": "2026-12-03T08:00"},
        one=False,
    ),
    ("GET", "/bookings/{booking_id}"): Door(),
    ("POST", "/bookings/{booking_id}/cancel"): Door(),
    ("GET", "/slots"): Door(one=False, query="service=drain"),
    ("GET", "/callbacks"): LIST,
    ("POST", "/callbacks/{callback_id}/done"): Door(body={"outcome": "reached"}),
    ("GET", "/businesses"): LIST,
    ("GET", "/businesses/{slug}"): Door(),
    ("PUT", "/businesses/{slug}"): Door(body={}, staff=False),
    ("GET", "/metrics"): LIST,
    ("DELETE", "/callers/{phone}"): Door(204, staff=False, one=False),
}
OPEN = {"/health/live", "/health/ready", "/metrics", "/api/openapi.json"}
OWN_LOCKS = ("/twilio/", "/console", "/phone")
"""Signature, cookie, and a simulator that is only there where no real carrier is."""


@dataclass
class World:
    """A business of an agency with one thing of everything, and its file."""

    business: uuid.UUID
    agency: uuid.UUID
    names: dict[str, str]
    file: dict[str, Any]

    def path(self, template: str) -> str:
        return template.format(**self.names)


@pytest.fixture
async def world(db: Database, new_business: NewBusiness, owner: Owner) -> World:
    business, profile = await new_business(agency=f"agency-{fresh_phone()[1:]}")
    told = await missed_and_answered(db, business, fresh_phone(), handoff=True)
    async with db.work(business) as work:
        callback = await episodes.owe_callback(work, reason="anonymous", phone=None)
    async with db.directory() as session:
        agency = await session.scalar(select(Agency.id).where(Agency.slug == profile.agency))
    assert agency is not None
    api = await owner(business)
    wanted = {"phone": fresh_phone(), "service": "drain", "starts_at": "2026-12-02T08:00"}
    booking = (await api.post("/bookings", json=wanted)).json()["id"]
    names = {
        "conversation_id": str(told.conversation_id),
        "handoff_id": str(told.handoff_id),
        "booking_id": booking,
        "callback_id": str(callback),
        "slug": profile.slug,
        "phone": told.phone,
    }
    file = (await api.get(f"/businesses/{profile.slug}")).json()
    return World(business, agency, names, file)


async def ask(api: Api, world: World, key: tuple[str, str], query: str = "") -> httpx.Response:
    method, template = key
    door = DOORS[key]
    body = world.file if method == "PUT" else door.body
    words = "&".join(part for part in (door.query, query) if part)
    return await api.request(
        method, f"{world.path(template)}?{words}", json=body if method != "GET" else None
    )


def test_every_route_is_in_the_table(app: FastAPI) -> None:
    found = set()
    for route in iter_route_contexts(app.routes):
        path = str(route.path)
        if path in OPEN or path.startswith(OWN_LOCKS):
            continue
        found |= {(method, path.removeprefix("/api/v1")) for method in route.methods or ()}
    assert found == set(DOORS)


@pytest.mark.parametrize("key", DOORS, ids=" ".join)
async def test_nobody_is_let_in(client: Client, key: tuple[str, str]) -> None:
    blank = dict.fromkeys(
        ("conversation_id", "handoff_id", "booking_id", "callback_id"), str(uuid.uuid4())
    )
    world = World(uuid.uuid4(), uuid.uuid4(), {**blank, "slug": "x", "phone": "+12075550199"}, {})
    for token in ("", "wrong"):
        answer = await ask(client(token), world, key)
        assert answer.status_code == 401
        assert answer.headers["www-authenticate"].startswith("Bearer")
        assert answer.headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize("key", DOORS, ids=" ".join)
async def test_owner_agency_and_staff_may_what_the_table_says(
    db: Database, client: Client, owner: Owner, world: World, key: tuple[str, str]
) -> None:
    door = DOORS[key]
    makers: dict[str, Callable[[], Awaitable[Api]]] = {
        "owner": lambda: owner(world.business, staff="dana"),
        "staff": lambda: owner(world.business, "staff", "lee"),
        "agency": lambda: _agency(db, client, world),
    }
    for name, make in makers.items():
        answer = await ask(await make(), world, key)
        allowed = name != "staff" or door.staff
        wanted = {door.status} if allowed else {403}
        # what the one before has taken, ended or resolved is a conflict for the next, not a 403
        assert answer.status_code in (wanted | {409} if allowed else wanted), (name, answer.text)


async def _agency(db: Database, client: Client, world: World) -> Api:
    return client(await create_token(db, role="agency", agency_id=world.agency))


@pytest.mark.parametrize("key", DOORS, ids=" ".join)
async def test_strangers_find_nothing(
    new_business: NewBusiness, owner: Owner, world: World, key: tuple[str, str]
) -> None:
    other, _ = await new_business()
    stranger = await owner(other)
    if DOORS[key].one:
        assert (await ask(stranger, world, key)).status_code == 404
    answer = await ask(stranger, world, key, f"business={world.names['slug']}")
    assert answer.status_code == 404
    if DOORS[key] is LIST and key[1] not in ("/metrics", "/businesses"):
        assert (await ask(stranger, world, key)).json()["items"] == []


async def test_an_agency_sees_its_businesses_merged_in_order_of_time(
    db: Database, new_business: NewBusiness, client: Client, world: World
) -> None:
    second, profile = await new_business(agency=world.file["agency"])
    told = await missed_and_answered(db, second, fresh_phone())
    agency = await _agency(db, client, world)
    leads = (await agency.get("/leads")).json()["items"]
    assert {lead["business"] for lead in leads} == {world.names["slug"], profile.slug}
    opened = [lead["opened_at"] for lead in leads]
    assert opened == sorted(opened, reverse=True)
    only = (await agency.get(f"/leads?business={profile.slug}")).json()["items"]
    assert [lead["id"] for lead in only] == [str(told.lead_id)]
    found = await agency.get(f"/conversations/{told.conversation_id}")
    assert found.json()["business"] == profile.slug
    undecided = await agency.get("/slots?service=drain")
    assert undecided.json()["errors"][0]["field"] == "business"


async def test_a_revoked_token_is_nobodys(
    db: Database, new_business: NewBusiness, client: Client
) -> None:
    business, _ = await new_business()
    token = await create_token(db, role="owner", business_id=business)
    assert (await client(token).get("/leads")).status_code == 200
    await revoke_token(db, token)
    assert (await client(token).get("/leads")).status_code == 401


async def test_a_business_of_no_agency_is_not_an_agencys(
    db: Database, new_business: NewBusiness, client: Client, world: World
) -> None:
    _, profile = await new_business()
    agency = await _agency(db, client, world)
    assert (await agency.get(f"/businesses/{profile.slug}")).status_code == 404
    async with db.directory() as session:
        assert await session.scalar(select(Business.id).where(Business.slug == profile.slug))
