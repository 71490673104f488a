"""A server that is down is not asked again and again, and is asked again in the end."""

import asyncio
from collections.abc import Iterable
from dataclasses import dataclass, field

import pytest

from agent.brains import Fails, Proposes, Thinking, Thought
from agent.brains.fallback import FAILURES, SPARED, WITHIN, FallbackBrain
from agent.plan import Clause, TurnPlan, say
from tests.agent.brains.talk import Talk
from tests.agent.brains.turns import PROFILE, thinking

PLAN = TurnPlan(language="en", heard=(), acts=(), say=(say(Clause.CLARIFY),))
DOWN, WELL = Fails("timeout"), Proposes(PLAN)


@dataclass
class Scripted:
    """Answers in order; the last goes on."""

    answers: list[Thought]
    asked: int = 0
    name: str = "openai"

    async def think(self, thinking: Thinking) -> Thought:
        self.asked += 1
        return self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]


@dataclass
class Time:
    now: float = 1000.0
    brain: Scripted = field(default_factory=lambda: Scripted([DOWN]))

    def __call__(self) -> float:
        return self.now


def guarded(answers: Iterable[Thought]) -> tuple[FallbackBrain, Scripted, Time]:
    first, clock = Scripted(list(answers)), Time()
    return FallbackBrain(first, clock=clock), first, clock


async def kinds(brain: FallbackBrain, times: int) -> list[str]:
    thoughts = [await brain.think(thinking("hi")) for _ in range(times)]
    return [t.kind if isinstance(t, Fails) else "plan" for t in thoughts]


async def test_after_three_outages_in_a_row_the_brain_is_spared() -> None:
    brain, first, _ = guarded([DOWN])
    assert await kinds(brain, 5) == ["timeout"] * 3 + ["spared"] * 2
    assert first.asked == FAILURES


async def test_an_answer_in_between_starts_the_count_anew() -> None:
    brain, first, _ = guarded([DOWN, DOWN, WELL, DOWN, DOWN, WELL])
    assert "spared" not in await kinds(brain, 6)
    assert first.asked == 6


async def test_outages_far_apart_do_not_add_up() -> None:
    brain, first, clock = guarded([DOWN])
    for _ in range(FAILURES + 1):
        await brain.think(thinking("hi"))
        clock.now += WITHIN
    assert first.asked == FAILURES + 1


async def test_one_probe_decides_for_all() -> None:
    brain, first, clock = guarded([DOWN, DOWN, DOWN, WELL])
    await kinds(brain, 4)
    clock.now += SPARED
    assert await kinds(brain, 3) == ["plan"] * 3
    assert first.asked == 6


async def test_a_probe_that_fails_spares_the_brain_again() -> None:
    brain, first, clock = guarded([DOWN])
    await kinds(brain, 3)
    clock.now += SPARED
    assert await kinds(brain, 3) == ["timeout", "spared", "spared"]
    assert first.asked == 4


async def test_while_one_turn_probes_no_other_waits() -> None:
    brain, _, clock = guarded([DOWN])
    await kinds(brain, 3)
    clock.now += SPARED
    gate = asyncio.Event()
    probing = Gated(gate)
    brain._first = probing
    probe = asyncio.create_task(brain.think(thinking("hi")))
    await asyncio.sleep(0)
    assert await kinds(brain, 2) == ["spared", "spared"]
    gate.set()
    assert await probe == WELL
    assert await kinds(brain, 1) == ["plan"]


@dataclass
class Gated:
    gate: asyncio.Event
    name: str = "openai"

    async def think(self, thinking: Thinking) -> Thought:
        await self.gate.wait()
        return WELL


async def test_a_probe_that_is_cancelled_lets_the_next_turn_probe() -> None:
    brain, _, clock = guarded([DOWN])
    await kinds(brain, 3)
    clock.now += SPARED
    brain._first = Gated(asyncio.Event())
    probe = asyncio.create_task(brain.think(thinking("hi")))
    await asyncio.sleep(0)
    probe.cancel()
    with pytest.raises(asyncio.CancelledError):
        await probe
    brain._first = Scripted([WELL])
    assert await kinds(brain, 1) == ["plan"]


@pytest.mark.parametrize("kind", ["refusal", "content_filter", "broken_plan", "bad_request"])
async def test_no_caller_can_switch_the_model_off_for_others(kind: str) -> None:
    brain, first, _ = guarded([Fails(kind)])
    assert await kinds(brain, 6) == [kind] * 6
    assert first.asked == 6


async def test_a_turn_with_no_time_left_shows_nothing_about_the_server() -> None:
    brain, first, _ = guarded([DOWN])
    for _ in range(5):
        await brain.think(thinking("hi", seconds_left=0.5))
    assert first.asked == 5


async def test_a_spared_brain_costs_the_turn_nothing_and_the_offline_one_takes_it() -> None:
    brain, first, _ = guarded([DOWN])
    await kinds(brain, 3)
    answer = await Talk(PROFILE, brain=brain).text("my sink is clogged")
    assert answer.mind["brain"] == "offline"
    assert "brain:spared" in answer.mind["refusals"]
    assert answer.heard["service"] == "drain"
    assert first.asked == FAILURES


async def test_plans_are_recorded_under_the_brain_that_made_them() -> None:
    brain, _, _ = guarded([WELL])
    answer = await Talk(PROFILE, brain=brain).text("hello there")
    assert answer.mind["brain"] == "openai"
