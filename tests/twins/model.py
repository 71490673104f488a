"""A model's server over a real socket: helpful, hostile or ill, as a test asks.

    async with ModelTwin("sensible") as twin:
        brain = OpenAIBrain(twin.settings())

It speaks `/v1/responses`, `/v1/chat/completions` and `/v1/embeddings`, refuses what the real API
refuses, counts `cached_tokens` from the true shared beginning, and keeps a log. The same seed and
the same request get the same answer. `behaviour` is one name, or one for each call (the last goes
on), or a function of what the model was told.
"""

import array
import asyncio
import base64
import hashlib
import json
import math
import random
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, Self

from pydantic import SecretStr

from agent.brains.openai_tools import ModelCall
from agent.plan import TurnPlan
from core.settings import Model
from tests.twins.model_lies import BENT, LIES, lie
from tests.twins.model_mind import Said, Told, sensible, told
from tests.twins.model_rules import cached_tokens, fault, prompt_of, tokens
from tests.twins.wire import Answer, Asked, Reply, WireServer

Script = Callable[[Told], Awaitable[Said]]
Behaviour = str | Script

CONTENT = (*LIES, *BENT)
TRANSPORT = (
    "busy", "busy_briefly", "busy_for_long", "no_quota", "unauthorised", "no_such_model", "too_long_prompt", "down",
    "unavailable", "hang", "drop", "html", "broken_body", "list_body", "wrong_shape", "no_output", "failed", "unfinished", "redirect",
)  # fmt: skip
EMBEDDING = ("too_few", "wrong_size", "not_a_number", "all_zero")
BEHAVIOURS = ("sensible", *CONTENT, *TRANSPORT)
DIMENSIONS = 1536


def plans(*given: TurnPlan) -> Script:
    """A script that answers these plans one after the other; the last goes on."""
    left = list(given)

    async def say(request: Told) -> Said:
        plan = left.pop(0) if len(left) > 1 else left[0]
        return Said(plan.model_dump_json())

    return say


@dataclass(frozen=True)
class Served:
    """One request and what became of it."""

    path: str
    body: dict[str, Any]
    behaviour: str
    status: int | None  # None: no answer at all
    cached: int = 0
    headers: dict[str, str] = field(default_factory=dict)


class ModelTwin:
    """The server, while it is entered."""

    def __init__(self, behaviour: Behaviour | Sequence[Behaviour] = "sensible", seed: int = 1):
        several = isinstance(behaviour, Sequence) and not isinstance(behaviour, str)
        self._behaviours: list[Behaviour] = list(behaviour) if several else [behaviour]  # type: ignore[list-item, arg-type]
        self._seed = seed
        self._prompts: list[str] = []
        self._wire = WireServer(self._answer)
        self.served: list[Served] = []
        self.arrived = asyncio.Event()  # set with the first request

    async def __aenter__(self) -> Self:
        await self._wire.__aenter__()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._wire.__aexit__()

    @property
    def base_url(self) -> str:
        return f"http://127.0.0.1:{self._wire.port}/v1"

    def settings(
        self, api: Literal["responses", "chat"] = "responses", name: str = "gpt-6-luna"
    ) -> Model:
        """The settings' group that points here."""
        return Model(
            api_key=SecretStr("sk-twin"),
            base_url=self.base_url,
            name=name,
            embedding_name="text-embedding-3-small",
            api=api,
        )

    def now_behave(self, *behaviours: Behaviour) -> None:
        """Change what the next calls get."""
        self._behaviours = list(behaviours)

    # -- one request -------------------------------------------------------------------------

    async def _answer(self, request: Asked) -> Reply:
        self.arrived.set()
        try:
            body = json.loads(request.body)
        except json.JSONDecodeError:
            return _refusal(400, "we could not parse the JSON body of your request")
        behaviour = self._behaviours.pop(0) if len(self._behaviours) > 1 else self._behaviours[0]
        reply, cached = await self._reply(request, body, behaviour)
        status = reply.status if isinstance(reply, Answer) else None
        name = behaviour if isinstance(behaviour, str) else "script"
        self.served.append(Served(request.path, body, name, status, cached, request.headers))
        return reply

    async def _reply(self, request: Asked, body: Any, behaviour: Behaviour) -> tuple[Reply, int]:
        if not request.headers.get("authorization", "").startswith("Bearer "):
            return _refusal(401, "You didn't provide an API key."), 0
        if why := fault(request.path, body):
            return _refusal(400, why), 0
        if request.path == "/v1/embeddings":
            return _embeddings(body, behaviour), 0
        if request.path not in ("/v1/responses", "/v1/chat/completions"):
            return _refusal(404, "Unknown request URL"), 0
        if isinstance(behaviour, str) and behaviour in TRANSPORT:
            return _ill(behaviour, request.path), 0
        prompt = prompt_of(body)
        cached = cached_tokens(prompt, self._prompts)
        self._prompts = [*self._prompts[-50:], prompt]
        said = await self._said(told(body), behaviour, request.body)
        usage = (tokens(prompt), cached, tokens(said.text or "") + 20 * len(said.calls))
        form = _responses if request.path == "/v1/responses" else _chat
        return Answer(200, form(said, body["model"], usage)), cached

    async def _said(self, request: Told, behaviour: Behaviour, raw: str) -> Said:
        if not isinstance(behaviour, str):
            return await behaviour(request)
        said = await sensible(request)
        chance = random.Random(hashlib.sha256(f"{self._seed}:{raw}".encode()).digest())
        if behaviour == "sensible":
            return said
        if behaviour in LIES:
            return lie(behaviour, said, chance)
        if said.calls and behaviour not in _BENDS_CALLS:
            return said
        return BENT[behaviour](said, request)


_BENDS_CALLS = frozenset(
    {
        "broken_json", "cut_json", "chatter", "empty", "null", "refusal", "length", "content_filter",
        "endless_tools", "unknown_tool", "bad_arguments", "wild_arguments", "foreign_service",
    }
)  # fmt: skip

# -- the two forms -------------------------------------------------------------------------------


def _responses(said: Said, model: str, usage: tuple[int, int, int]) -> dict[str, Any]:
    output: list[dict[str, Any]] = [
        {
            "type": "function_call",
            "id": f"fc_{c.call_id}",
            "call_id": c.call_id,
            "name": c.name,
            "arguments": c.arguments,
            "status": "completed",
        }
        for c in said.calls
    ]
    content: dict[str, Any] = {"type": "output_text", "text": said.text, "annotations": []}
    if said.refusal:
        content = {"type": "refusal", "refusal": said.refusal}
    if not said.calls:
        output.append(
            {
                "type": "message",
                "id": "msg_1",
                "role": "assistant",
                "status": "completed",
                "content": [content],
            }
        )
    cut = {"length": "max_output_tokens", "content_filter": "content_filter"}.get(said.finish)
    return {
        "id": "resp_1",
        "object": "response",
        "created_at": 1,
        "model": model,
        "status": "incomplete" if cut else "completed",
        "incomplete_details": {"reason": cut} if cut else None,
        "error": None,
        "output": output,
        "usage": {
            "input_tokens": usage[0],
            "input_tokens_details": {"cached_tokens": usage[1]},
            "output_tokens": usage[2],
            "output_tokens_details": {"reasoning_tokens": 0},
            "total_tokens": usage[0] + usage[2],
        },
    }


def _chat(said: Said, model: str, usage: tuple[int, int, int]) -> dict[str, Any]:
    made = [
        {
            "id": c.call_id,
            "type": "function",
            "function": {"name": c.name, "arguments": c.arguments},
        }
        for c in said.calls
    ]
    message: dict[str, Any] = {
        "role": "assistant",
        "content": None if made or said.refusal else said.text,
        "refusal": said.refusal,
    }
    if made:
        message["tool_calls"] = made
    finish = "tool_calls" if made else said.finish
    return {
        "id": "chatcmpl-1",
        "object": "chat.completion",
        "created": 1,
        "model": model,
        "choices": [{"index": 0, "message": message, "finish_reason": finish, "logprobs": None}],
        "usage": {
            "prompt_tokens": usage[0],
            "prompt_tokens_details": {"cached_tokens": usage[1]},
            "completion_tokens": usage[2],
            "total_tokens": usage[0] + usage[2],
        },
    }


# -- illness -------------------------------------------------------------------------------------


def _refusal(
    status: int, message: str, code: str | None = None, headers: dict[str, str] | None = None
) -> Answer:
    kind = "invalid_request_error" if status == 400 else "error"
    body = {"error": {"message": message, "type": kind, "param": None, "code": code}}
    return Answer(status, body, headers or {})


_UNFINISHED: dict[str, Any] = {
    "id": "resp_1", "status": "in_progress", "output": [], "usage": None, "object": "response",
    "choices": [{"message": {"role": "assistant", "content": "{"}, "finish_reason": "unheard_of"}],
}  # fmt: skip


def _ill(behaviour: str, path: str) -> Reply:
    if behaviour in ("hang", "drop"):
        return "hang" if behaviour == "hang" else "drop"
    answers: dict[str, Answer] = {
        "busy": _refusal(429, "Rate limit reached", "rate_limit_exceeded"),
        "busy_briefly": _refusal(
            429, "Rate limit reached", "rate_limit_exceeded", {"Retry-After": "0.2"}
        ),
        "busy_for_long": _refusal(
            429, "Rate limit reached", "rate_limit_exceeded", {"Retry-After": "60"}
        ),
        "no_quota": _refusal(
            429, "You exceeded your current quota", "insufficient_quota", {"Retry-After": "0"}
        ),
        "unauthorised": _refusal(401, "Incorrect API key provided: sk-***", "invalid_api_key"),
        "no_such_model": _refusal(404, "The model does not exist", "model_not_found"),
        "too_long_prompt": _refusal(
            400, "maximum context length exceeded", "context_length_exceeded"
        ),
        "down": _refusal(500, "The server had an error"),
        "unavailable": Answer(503, b"upstream connect error", {"Content-Type": "text/plain"}),
        "html": Answer(200, b"<html>Please sign in</html>", {"Content-Type": "text/html"}),
        "broken_body": Answer(200, b'{"status": "completed", "output": [{'),
        "list_body": Answer(200, [1, 2, 3]),
        "wrong_shape": Answer(200, {"ok": True}),
        "no_output": Answer(200, {"status": "completed", "output": [], "choices": []}),
        "failed": Answer(
            200, {"status": "failed", "error": {"code": "server_error"}, "output": []}
        ),
        "unfinished": Answer(200, _UNFINISHED),
        "redirect": Answer(307, None, {"Location": f"http://127.0.0.1:9{path}"}),
    }
    return answers[behaviour]


# -- embeddings ----------------------------------------------------------------------------------


def embedding(text: str, size: int = DIMENSIONS) -> list[float]:
    """A unit vector by hashed words: texts that share words lie near each other."""
    vector = [0.0] * size
    for word in text.casefold().split():
        digest = hashlib.sha256(word.encode()).digest()
        vector[int.from_bytes(digest[:4]) % size] += 1.0 if digest[4] % 2 else -1.0
    length = math.sqrt(sum(x * x for x in vector)) or 1.0
    return [x / length for x in vector]


def _embeddings(body: dict[str, Any], behaviour: Behaviour) -> Reply:
    if isinstance(behaviour, str) and behaviour in TRANSPORT:
        return _ill(behaviour, "/v1/embeddings")
    texts = [body["input"]] if isinstance(body["input"], str) else body["input"]
    size = body.get("dimensions", DIMENSIONS)
    vectors = [embedding(str(text), size) for text in texts]
    match behaviour:
        case "too_few":
            vectors = vectors[:-1]
        case "wrong_size":
            vectors = [v[:-7] for v in vectors]
        case "not_a_number":
            vectors = [[math.nan, *v[1:]] for v in vectors]
        case "all_zero":
            vectors = [[0.0] * size for _ in vectors]
        case _:
            pass
    data = [
        {"object": "embedding", "index": place, "embedding": _encoded(v, body)}
        for place, v in enumerate(vectors)
    ]
    used = sum(tokens(str(text)) for text in texts)
    usage = {"prompt_tokens": used, "total_tokens": used}
    return Answer(200, {"object": "list", "model": body["model"], "data": data, "usage": usage})


def _encoded(vector: list[float], body: dict[str, Any]) -> Any:
    if body.get("encoding_format") != "base64":
        return vector
    return base64.b64encode(array.array("f", vector).tobytes()).decode()


__all__ = [
    "BEHAVIOURS",
    "CONTENT",
    "EMBEDDING",
    "TRANSPORT",
    "ModelCall",
    "ModelTwin",
    "Said",
    "Served",
    "Told",
    "embedding",
    "plans",
]
