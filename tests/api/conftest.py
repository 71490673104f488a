"""A house over the tests' database, its application, and clients that hold tokens."""

import uuid
from collections.abc import AsyncIterator, Awaitable, Callable

import httpx
import pytest
from fastapi import FastAPI

from agent.brains import Fails, Thinking, Thought
from api.app import create_app
from api.wiring import ChosenCarriers, House
from core.clock import TurnableClock
from core.db import Database
from core.settings import Settings
from desk.staff import create_token
from texting.carriers.simulator import Simulator

Api = httpx.AsyncClient
Token = Callable[..., Awaitable[str]]
Client = Callable[[str], Api]
Owner = Callable[..., Awaitable[Api]]


class Silent:
    """A brain that has nothing to say: these tests are about doors."""

    name = "silent"

    async def think(self, thinking: Thinking) -> Thought:
        return Fails("silent")


async def _lost(_path: str, _params: dict[str, str]) -> None:
    """No delivery reports in these tests."""


@pytest.fixture
def house(db: Database, clock: TurnableClock) -> House:
    settings = Settings.model_validate({})
    simulator = Simulator(_lost, clock, token="the simulator's")
    return House(
        settings=settings,
        db=db,
        clock=clock,
        carriers=ChosenCarriers(simulator, simulator, settings),
        brain=Silent(),
        handlers={},
    )


@pytest.fixture
def app(house: House) -> FastAPI:
    return create_app(house, jobs=False)


@pytest.fixture
async def client(app: FastAPI) -> AsyncIterator[Client]:
    """`client(token)` speaks to the JSON API as whoever holds that token; "" is nobody."""
    made: list[Api] = []

    def make(token: str) -> Api:
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        transport = httpx.ASGITransport(app, raise_app_exceptions=False)
        made.append(Api(transport=transport, base_url="http://test/api/v1", headers=headers))
        return made[-1]

    yield make
    for one in made:
        await one.aclose()


@pytest.fixture
def owner(db: Database, client: Client) -> Owner:
    """`await owner(business_id)` is the client of that business's owner; other roles by name."""

    async def make(business_id: uuid.UUID, role: str = "owner", staff: str | None = None) -> Api:
        return client(await create_token(db, role=role, business_id=business_id, staff_key=staff))

    return make
