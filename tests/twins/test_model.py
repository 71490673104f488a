"""The model's twin refuses what the real API refuses, and its cache is no wish."""

import base64
import math
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest

from agent.brains.openai_wire import Question, body
from agent.brains.prompt import instructions, situation
from tests.agent.brains.turns import PROFILE, thinking
from tests.twins.model import DIMENSIONS, EMBEDDING, ModelTwin, embedding
from tests.twins.model_rules import SPEC

described = pytest.mark.skipif(not SPEC.exists(), reason="the vendor's description is not here")


@pytest.fixture
async def twin() -> AsyncIterator[ModelTwin]:
    async with ModelTwin() as entered:
        yield entered


def request_of(api: Any, text: str = "hi", model: str = "gpt-6-luna") -> dict[str, Any]:
    given = thinking(text)
    turn = situation(given.view, given.ledger)
    return body(api, Question(model, instructions(PROFILE), turn))


async def post(twin: ModelTwin, path: str, sent: Any, key: str = "sk-twin") -> httpx.Response:
    async with httpx.AsyncClient() as client:
        return await client.post(
            f"{twin.base_url}{path}", json=sent, headers={"Authorization": f"Bearer {key}"}
        )


async def refusal(twin: ModelTwin, path: str, sent: dict[str, Any]) -> str:
    answer = await post(twin, path, sent)
    assert answer.status_code == 400
    return str(answer.json()["error"]["message"])


async def test_our_own_requests_are_taken(twin: ModelTwin) -> None:
    one = await post(twin, "/responses", request_of("responses"))
    other = await post(twin, "/chat/completions", request_of("chat"))
    assert (one.status_code, other.status_code) == (200, 200)


async def test_max_tokens_is_refused(twin: ModelTwin) -> None:
    assert "max_tokens" in await refusal(
        twin, "/chat/completions", request_of("chat") | {"max_tokens": 100}
    )
    assert "max_tokens" in await refusal(
        twin, "/responses", request_of("responses") | {"max_tokens": 100}
    )


@pytest.mark.parametrize("effort", [None, "medium"])
async def test_tools_with_reasoning_are_refused_in_chat(
    twin: ModelTwin, effort: str | None
) -> None:
    sent = request_of("chat")
    del sent["reasoning_effort"]
    why = await refusal(
        twin, "/chat/completions", sent | ({"reasoning_effort": effort} if effort else {})
    )
    assert "reasoning" in why


@pytest.mark.parametrize(
    "schema",
    [
        {"type": "object", "properties": {"a": {"type": "string"}}, "required": ["a"]},
        {"type": "object", "properties": {"a": {}}, "required": [], "additionalProperties": False},
        {"type": "string"},
    ],
    ids=["open", "optional", "no object"],
)
async def test_a_schema_that_is_not_strict_is_refused(
    twin: ModelTwin, schema: dict[str, Any]
) -> None:
    one, other = request_of("responses"), request_of("chat")
    one["text"]["format"]["schema"] = schema
    other["response_format"]["json_schema"]["schema"] = schema
    assert "Invalid schema" in await refusal(twin, "/responses", one)
    assert "Invalid schema" in await refusal(twin, "/chat/completions", other)


async def test_a_result_without_its_call_is_refused(twin: ModelTwin) -> None:
    sent = request_of("responses")
    sent["input"].append({"type": "function_call_output", "call_id": "c9", "output": "{}"})
    assert "tool" in await refusal(twin, "/responses", sent)


@described
async def test_what_the_vendor_does_not_describe_is_refused(twin: ModelTwin) -> None:
    assert await refusal(twin, "/chat/completions", request_of("chat") | {"messages": []})
    assert await refusal(twin, "/embeddings", {"model": "text-embedding-3-small"})


async def test_the_cache_knows_only_what_was_sent_before(twin: ModelTwin) -> None:
    async def cached(sent: dict[str, Any]) -> int:
        usage = (await post(twin, "/responses", sent)).json()["usage"]
        return int(usage["input_tokens_details"]["cached_tokens"])

    assert await cached(request_of("responses", "hi")) == 0
    assert await cached(request_of("responses", "are you open?")) >= 2000
    other = request_of("responses")
    assert await cached(other | {"instructions": f"Else. {other['instructions']}"}) < 2000


async def test_the_same_seed_and_request_get_the_same_answer() -> None:
    answers = set()
    for _ in range(2):
        async with ModelTwin("invented_price", seed=7) as twin:
            answers.add((await post(twin, "/responses", request_of("responses"))).text)
    assert len(answers) == 1


async def test_embeddings_come_in_both_forms(twin: ModelTwin) -> None:
    sent = {"model": "text-embedding-3-small", "input": ["a drain", "a dog"]}
    floats = (await post(twin, "/embeddings", sent)).json()["data"]
    packed = (await post(twin, "/embeddings", sent | {"encoding_format": "base64"})).json()["data"]
    assert len(floats[0]["embedding"]) == DIMENSIONS
    assert len(base64.b64decode(packed[0]["embedding"])) == 4 * DIMENSIONS
    near = [sum(x * y for x, y in zip(embedding("a drain"), embedding(t), strict=True)) for t in ("my drain", "a bath")]  # fmt: skip
    assert all(0 < n < 1 for n in near)


@pytest.mark.parametrize("behaviour", EMBEDDING)
async def test_embeddings_go_wrong_in_silence(behaviour: str) -> None:
    async with ModelTwin(behaviour) as twin:
        sent = {"model": "text-embedding-3-small", "input": ["one", "two"]}
        answer = await post(twin, "/embeddings", sent)
    vectors = [one["embedding"] for one in answer.json()["data"]]
    assert answer.status_code == 200
    wrong = {
        "too_few": len(vectors) < 2,
        "wrong_size": len(vectors[0]) != DIMENSIONS,
        "not_a_number": math.isnan(vectors[0][0]),
        "all_zero": not any(vectors[0]),
    }
    assert wrong[behaviour]
