from collections.abc import AsyncIterator

import pytest

from core.clock import TurnableClock
from tests.journeys.harness import Shop, Town, town as open_town
from tests.sample import fresh_phone
from tests.twins.model import ModelTwin


@pytest.fixture
async def town(database_url: str, clock: TurnableClock) -> AsyncIterator[Town]:
    async with open_town(database_url, clock) as made:
        yield made


@pytest.fixture
async def shop(town: Town) -> Shop:
    """The plumber of the samples, on Tue Dec 1 2026 at 10:00 in New York."""
    return await town.business()


@pytest.fixture
def ana() -> str:
    return fresh_phone()


@pytest.fixture
def ben() -> str:
    return fresh_phone()


@pytest.fixture
async def model() -> AsyncIterator[ModelTwin]:
    """The language model's server; sensible until a test says otherwise."""
    async with ModelTwin() as twin:
        yield twin


@pytest.fixture
async def clever(database_url: str, clock: TurnableClock, model: ModelTwin) -> AsyncIterator[Town]:
    """The same town with a language model."""
    async with open_town(database_url, clock, **model_settings(model)) as made:
        yield made


def model_settings(model: ModelTwin, form: str = "responses") -> dict[str, str]:
    return {
        "openai_api_key": "sk-twin",
        "openai_base_url": model.base_url,
        "openai_api": form,
    }
