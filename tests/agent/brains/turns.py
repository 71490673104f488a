"""Thinkings to hand to a brain directly, and rooms in which a model's brain and its twin meet."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Literal

from agent.brains import Thinking, Thought
from agent.brains.openai import OpenAIBrain
from agent.state import Ledger, TimeSeen
from core.profile import Profile
from tests.agent.brains.talk import Talk
from tests.sample import sample_profile
from tests.twins.model import Behaviour, ModelTwin

Api = Literal["responses", "chat"]
APIS: tuple[Api, ...] = ("responses", "chat")
NOW = datetime(2026, 11, 23, 15, 0, tzinfo=UTC)  # Monday, 10:00 in New York
PROFILE = sample_profile()


def offered(*hours: int, day: int = 24, **marks: bool) -> Ledger:
    """Drain cleaning at these local hours of a day in November, as it was offered."""
    marks = marks or {"offered": True}
    times = {}
    for place, hour in enumerate(hours, start=1):
        at = datetime(2026, 11, day, hour + 5, 0, tzinfo=UTC)
        times[f"S{place}"] = TimeSeen(
            f"S{place}", "drain", "dana", at, at + timedelta(hours=1), **marks
        )
    return Ledger(times=times)


def thinking(
    *texts: str,
    profile: Profile = PROFILE,
    ledger: Ledger | None = None,
    known: dict[str, str] | None = None,
    asked: str | None = None,
    **more: Any,
) -> Thinking:
    """The first round of a turn that answers these texts."""
    ledger = ledger or Ledger()
    talk = Talk(profile, now=NOW, known=known or {}, asked=asked)
    talk.offers = tuple(ledger.times.values())
    return Thinking(view=talk.view(texts), ledger=ledger, **more)


@dataclass(frozen=True)
class Room:
    """One brain and the server that it calls; making a brain takes longer than a test."""

    twin: ModelTwin
    brain: OpenAIBrain

    def now(self, *behaviours: Behaviour) -> None:
        """Forget what was served, and behave like this from now on."""
        self.twin.served.clear()
        self.twin.now_behave(*behaviours)

    async def think(self, *behaviours: Behaviour, given: Thinking) -> Thought:
        """One round against these behaviours."""
        self.now(*behaviours)
        return await self.brain.think(given)


@asynccontextmanager
async def open_room(api: Api) -> AsyncIterator[Room]:
    """A room for as long as it is entered."""
    async with ModelTwin() as twin:
        brain = OpenAIBrain(twin.settings(api))
        try:
            yield Room(twin, brain)
        finally:
            await brain.close()
