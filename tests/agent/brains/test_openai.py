"""The model's path: every fault is a value, every call is counted, nothing is asked twice in vain."""

import asyncio
import json
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from pydantic import SecretStr

from agent.brains import Fails, FindTimes, LookUp, Proposes, Thinking, WantsTools
from agent.brains.openai import OpenAIBrain
from agent.brains.openai_tools import ModelCall
from agent.brains.openai_wire import MOST_OUTPUT_TOKENS
from agent.plan import Clause, TurnPlan, say
from agent.state import Ledger, Passage, TimeSeen
from core.settings import Model
from tests.agent.brains.talk import FakeTools, Talk
from tests.agent.brains.test_openai_tools import call, times
from tests.agent.brains.turns import APIS, NOW, PROFILE, Api, Room, open_room, thinking
from tests.twins.model import BEHAVIOURS, ModelTwin, Said, plans

PLAN = TurnPlan(language="en", heard=(), acts=(), say=(say(Clause.CLARIFY),))
HI = "hi, my sink is clogged"


@asynccontextmanager
async def brain_of(
    twin: ModelTwin, api: Api = "responses", name: str = "gpt-6-luna"
) -> AsyncIterator[OpenAIBrain]:
    brain = OpenAIBrain(twin.settings(api, name))
    try:
        yield brain
    finally:
        await brain.close()


async def thought(behaviour: Any, api: Api = "responses", **more: Any) -> tuple[Any, ModelTwin]:
    async with ModelTwin(behaviour) as twin, brain_of(twin, api) as brain:
        return await brain.think(thinking(HI, **more)), twin


@pytest.fixture(scope="module", params=APIS)
async def room(request: pytest.FixtureRequest) -> AsyncIterator[Room]:
    async with open_room(request.param) as opened:
        yield opened


# -- faults --------------------------------------------------------------------------------------

KINDS = {
    "busy": "rate_limited",
    "busy_for_long": "rate_limited",
    "no_quota": "no_quota",
    "unauthorised": "unauthorised",
    "no_such_model": "no_such_model",
    "too_long_prompt": "too_long",
    "down": "server_error",
    "unavailable": "server_error",
    "drop": "dropped",
    "html": "broken",
    "broken_body": "broken",
    "list_body": "broken",
    "wrong_shape": "wrong_shape",
    "no_output": "empty",
    "unfinished": "unfinished",
    "broken_json": "broken_plan",
    "cut_json": "broken_plan",
    "chatter": "broken_plan",
    "missing_fields": "unknown_shape",
    "extra_fields": "unknown_shape",
    "wrong_types": "unknown_shape",
    "unknown_act": "unknown_shape",
    "both_in_a_piece": "unknown_shape",
    "flood": "too_much",
    "empty": "empty",
    "null": "empty",
    "refusal": "refusal",
    "length": "cut",
    "content_filter": "content_filter",
    "unknown_tool": "calls_spent",
    "bad_arguments": "calls_spent",
    "wild_arguments": "calls_spent",
    "foreign_service": "calls_spent",
}


@pytest.mark.parametrize(("behaviour", "kind"), KINDS.items(), ids=KINDS)
async def test_a_fault_is_a_value_that_names_it(behaviour: str, kind: str, room: Room) -> None:
    got = await room.think(behaviour, given=thinking(HI))
    if kind == "calls_spent":  # answered with codes, it asked again, then it had no tools left
        assert got == Fails("endless_tools", got.used)
        assert got.used.calls == len(room.twin.served) == 3
    else:
        assert got == Fails(kind, got.used)
        assert got.used.calls == len(room.twin.served) == 1


async def test_a_hanging_server_is_left_when_the_turn_has_no_time() -> None:
    got, _ = await thought("hang", seconds_left=0.3)
    assert got == Fails("timeout", got.used)


async def test_a_turn_without_time_calls_nobody() -> None:
    got, twin = await thought("sensible", seconds_left=0.0)
    assert got == Fails("timeout", got.used)
    assert got.used.calls == len(twin.served) == 0


async def test_a_turn_without_calls_left_calls_nobody() -> None:
    got, twin = await thought("sensible", calls_left=0)
    assert got == Fails("calls_spent", got.used)
    assert not twin.served


async def test_cancelling_a_turn_is_no_fault_of_the_model() -> None:
    async with ModelTwin("hang") as twin, brain_of(twin) as brain:
        task = asyncio.create_task(brain.think(thinking(HI)))
        await twin.arrived.wait()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task


# -- tries ---------------------------------------------------------------------------------------


async def test_a_server_that_is_soon_ready_is_asked_once_more() -> None:
    got, twin = await thought(["busy_briefly", "sensible"])
    assert isinstance(got, Proposes | WantsTools)
    assert [s.status for s in twin.served] == [429, 200]
    assert got.used.calls == 2


async def test_once_more_and_never_twice() -> None:
    got, twin = await thought("busy_briefly")
    assert got == Fails("rate_limited", got.used)
    assert len(twin.served) == 2


async def test_there_is_no_other_try_with_the_last_call() -> None:
    _, twin = await thought("busy_briefly", calls_left=1)
    assert len(twin.served) == 1


async def test_there_is_no_other_try_when_time_is_short() -> None:
    _, twin = await thought("busy_briefly", seconds_left=1.0)
    assert len(twin.served) == 1


@pytest.mark.parametrize("behaviour", ["busy", "busy_for_long", "no_quota", "down", "drop"])
async def test_what_may_have_been_done_or_takes_long_is_not_tried_again(behaviour: str) -> None:
    _, twin = await thought(behaviour)
    assert len(twin.served) == 1


async def test_a_refused_connection_is_tried_once_more() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))  # bound, not listening: connecting is refused
        port = taken.getsockname()[1]
        model = Model(
            api_key=SecretStr("k"),
            base_url=f"http://127.0.0.1:{port}/v1",
            name="gpt-6-luna",
            embedding_name="e",
            api="responses",
        )
        brain = OpenAIBrain(model)
        got = await brain.think(thinking(HI))
        await brain.close()
    assert got == Fails("unreachable", got.used)
    assert got.used.calls == 2


# -- what is sent --------------------------------------------------------------------------------


@pytest.mark.parametrize("api", APIS)
async def test_the_request_keeps_nothing_at_the_vendor_and_names_nobody(api: Api) -> None:
    given = thinking(HI)
    given = replace(given, view=replace(given.view, caller_key="f" * 64))
    async with ModelTwin() as twin, brain_of(twin, api) as brain:
        await brain.think(given)
        sent = twin.served[0].body
        assert sent["store"] is False
        assert sent["safety_identifier"] == "f" * 64
        assert sent["prompt_cache_key"] == f"plan:{brain.prompt_version}"
        assert "stream" not in sent
        assert "max_tokens" not in sent
    limit = sent.get("max_output_tokens", sent.get("max_completion_tokens"))
    assert limit == MOST_OUTPUT_TOKENS


@pytest.mark.parametrize(
    ("api", "name", "key", "value"),
    [
        ("responses", "gpt-6-luna", "reasoning", {"effort": "none"}),
        ("responses", "gpt-6.1-terra", "reasoning", {"effort": "none"}),
        ("responses", "llama-4", "reasoning", None),
        ("chat", "gpt-6-luna", "reasoning_effort", "none"),
        ("chat", "qwen3:8b", "reasoning_effort", None),
    ],
)
async def test_reasoning_is_switched_off_by_name(api: Api, name: str, key: str, value: Any) -> None:
    async with ModelTwin() as twin, brain_of(twin, api, name) as brain:
        await brain.think(thinking(HI))
    assert twin.served[0].body.get(key) == value


@pytest.mark.parametrize("api", APIS)
async def test_the_last_round_may_not_ask_but_begins_alike(api: Api) -> None:
    async with ModelTwin() as twin, brain_of(twin, api) as brain:
        await brain.think(thinking(HI))
        got = await brain.think(thinking(HI, last=True))
    first, last = (s.body for s in twin.served)
    assert (first["tool_choice"], last["tool_choice"]) == ("auto", "none")
    assert first["tools"] == last["tools"]
    assert isinstance(got, Proposes)


@pytest.mark.parametrize("api", APIS)
async def test_codes_of_the_checks_come_last_as_a_system_note(api: Api) -> None:
    async with ModelTwin() as twin, brain_of(twin, api) as brain:
        await brain.think(thinking(HI, last=True, critique=("unknown_id:book.slot",)))
    sent = twin.served[0].body
    note = (sent.get("input") or sent["messages"])[-1]
    assert note["role"] == "system"
    assert "unknown_id:book.slot" in note["content"]


# -- the tool loop -------------------------------------------------------------------------------


async def two_rounds(brain: OpenAIBrain, start: Thinking) -> tuple[WantsTools, Proposes]:
    tools = FakeTools(PROFILE, NOW)
    first = await brain.think(start)
    assert isinstance(first, WantsTools)
    ledger = await tools.answer(first.calls, start.ledger)
    second = await brain.think(
        replace(start, round=1, ledger=ledger, asked=first.calls, memo=first.memo, calls_left=2)
    )
    assert isinstance(second, Proposes)
    return first, second


READY = {"service": "drain", "zip": "04103", "name": "Maria"}


@pytest.mark.parametrize("api", APIS)
async def test_times_are_found_before_they_are_offered(api: Api) -> None:
    async with ModelTwin() as twin, brain_of(twin, api) as brain:
        first, second = await two_rounds(brain, thinking("friday afternoon?", known=READY))
    assert isinstance(first.calls[0], FindTimes)
    assert [p.fact for p in second.plan.say if p.fact] == ["S1", "S2", "S3"]
    assert second.used.cached_tokens > 2000  # the second question begins as the first did
    assert [s.status for s in twin.served] == [200, 200]


async def test_the_second_round_goes_on_from_the_first() -> None:
    async with ModelTwin() as twin, brain_of(twin) as brain:
        await two_rounds(brain, thinking("friday afternoon?", known=READY))
    one, two = (s.body["input"] for s in twin.served)
    assert two[: len(one)] == one
    call, result = two[len(one) :]
    assert (call["type"], result["type"]) == ("function_call", "function_call_output")
    times = json.loads(result["output"])["times"]
    assert [t["id"] for t in times] == ["S1", "S2", "S3"]
    assert times[0]["at"].startswith("Fri Nov 27 at ")


async def test_a_repair_begins_like_the_round_before_it() -> None:
    async with ModelTwin() as twin, brain_of(twin) as brain:
        start = thinking("friday afternoon?", known=READY)
        first, _ = await two_rounds(brain, start)
        ledger = await FakeTools(PROFILE, NOW).answer(first.calls, start.ledger)
        await brain.think(
            replace(
                start, round=1, last=True, ledger=ledger, memo=first.memo, critique=("empty:say",)
            )
        )
    before, after = twin.served[1].body["input"], twin.served[2].body["input"]
    assert after[:-1] == before


async def test_what_a_turn_costs_is_counted() -> None:
    got, _ = await thought("sensible")
    assert got.used.calls == 1
    assert got.used.model == "gpt-6-luna"
    assert got.used.input_tokens > 2500
    assert got.used.output_tokens > 20


@pytest.mark.parametrize("behaviour", [b for b in BEHAVIOURS if b != "hang"])
async def test_a_turn_has_three_calls_at_most(behaviour: str, room: Room) -> None:
    room.now(behaviour)
    talk = Talk(PROFILE, brain=room.brain, known=dict(READY))
    answer = await talk.text("friday afternoon? and do you take cards?")
    assert len(room.twin.served) <= 3
    assert answer.text
    assert answer.mind["used"].calls == len(room.twin.served)


# -- what a model asks --------------------------------------------------------------------------


async def test_a_bad_call_beside_a_good_one_is_answered_with_its_code() -> None:
    said = Said(calls=(call("look_up", question="cards?"), ModelCall("c2", "refund", "{}")))

    async def once(request: Any) -> Said:
        return Said(PLAN.model_dump_json()) if request.calls else said

    async with ModelTwin(once) as twin, brain_of(twin) as brain:
        first = await brain.think(thinking(HI))
        assert isinstance(first, WantsTools)
        assert first.calls == (LookUp("cards?"),)
        found = Ledger().with_passages([Passage("", "Cards?", "Yes, all.", 0.9)])
        await brain.think(replace(thinking(HI), ledger=found, memo=first.memo, calls_left=2))
    results = [json.loads(i["output"]) for i in twin.served[1].body["input"] if "output" in i]
    assert results[0]["passages"][0]["answer"] == "Yes, all."
    assert results[1] == {"error": "unknown_tool"}


async def test_a_relaxed_answer_says_so() -> None:
    start = thinking("friday at 7pm?", known=READY)

    async def once(request: Any) -> Said:
        asks = Said(calls=(times(exact="2026-11-27T19:00"),))
        return Said(PLAN.model_dump_json()) if request.calls else asks

    async with ModelTwin(once) as twin, brain_of(twin) as brain:
        first = await brain.think(start)
        assert isinstance(first, WantsTools)
        near = TimeSeen(
            "", "drain", "dana", NOW + timedelta(days=4), NOW + timedelta(days=4, hours=1)
        )
        ledger = start.ledger.with_times([near], ("time",))
        await brain.think(replace(start, ledger=ledger, memo=first.memo, calls_left=2))
    (result,) = [json.loads(i["output"]) for i in twin.served[1].body["input"] if "output" in i]
    assert result["relaxed"] == ["time"]
    assert "nearest" in result["note"]


async def test_a_script_answers_given_plans() -> None:
    got, _ = await thought(plans(PLAN))
    assert got == Proposes(PLAN, got.used)


async def test_a_fenced_plan_is_still_a_plan() -> None:
    got, _ = await thought("fenced")
    assert isinstance(got, Proposes)


def test_a_model_about_to_be_shut_down_is_named(capsys: pytest.CaptureFixture[str]) -> None:
    OpenAIBrain(
        Model(api_key=SecretStr("k"), base_url=None, name="gpt-4o-mini", embedding_name="e", api="chat")
    )  # fmt: skip
    assert "2027-01-14" in "".join(capsys.readouterr())
