"""The two HTTP forms of an OpenAI-compatible server: what is sent, and how an answer is read.

Responses and Chat Completions differ in names alone. Both are read strictly: what is not finished,
refused, cut, empty or of another shape is a code, never half an answer. Pure; the network is
`agent/brains/openai.py`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from agent.brains.openai_tools import ModelCall, definitions
from agent.brains.prompt import plan_schema

Api = Literal["responses", "chat"]
Item = dict[str, Any]

MOST_OUTPUT_TOKENS = 800
"""A plan has about 150 tokens; beyond this something runs away."""


@dataclass(frozen=True)
class Question:
    """One call to a model, whichever form it takes.

    Attributes:
        model: The model's name.
        instructions: The part that is the same for every turn of this business.
        turn: This turn's JSON.
        items: What was said since, in the server's own form: calls and their results.
        note: What the checks refused, or None.
        may_ask: Whether tools may be called; the definitions are sent either way, for the cache.
        cache_key: Groups calls that begin alike.
        caller: A keyed hash of the caller, or None.
    """

    model: str
    instructions: str
    turn: str
    items: tuple[Item, ...] = ()
    note: str | None = None
    may_ask: bool = True
    cache_key: str = ""
    caller: str | None = None


@dataclass(frozen=True)
class Tokens:
    """What a server says that one call cost."""

    input: int = 0
    output: int = 0
    cached: int = 0


@dataclass(frozen=True)
class Reply:
    """A finished answer: tool calls, or a text."""

    text: str = ""
    calls: tuple[ModelCall, ...] = ()


@dataclass(frozen=True)
class Read:
    """An answer as it was read: a `Reply`, or the code of what is wrong with it."""

    reply: Reply | None
    fault: str | None = None
    tokens: Tokens = field(default_factory=Tokens)


def path(api: Api) -> str:
    """Where a question goes, below the base address."""
    return "/responses" if api == "responses" else "/chat/completions"


def body(api: Api, question: Question) -> dict[str, Any]:
    """The request. Reasoning is switched off by name where the model would else reason."""
    return _responses_body(question) if api == "responses" else _chat_body(question)


def _reasons(model: str) -> bool:
    """Models that reason unless told not to, and take tools in Chat Completions only without."""
    return model.rpartition("/")[2].startswith("gpt-6")


def _responses_body(question: Question) -> dict[str, Any]:
    items: list[Item] = [{"role": "user", "content": question.turn}, *question.items]
    if question.note:
        items.append({"role": "system", "content": question.note})
    sent: dict[str, Any] = {
        "model": question.model,
        "instructions": question.instructions,
        "input": items,
        "tools": [
            {
                "type": "function",
                "name": name,
                "description": what,
                "parameters": schema,
                "strict": True,
            }
            for name, what, schema in definitions()
        ],
        "tool_choice": "auto" if question.may_ask else "none",
        "text": {
            "format": {
                "type": "json_schema",
                "name": "turn_plan",
                "schema": plan_schema(),
                "strict": True,
            }
        },
        "max_output_tokens": MOST_OUTPUT_TOKENS,
        "store": False,
        "prompt_cache_key": question.cache_key,
    }
    if _reasons(question.model):
        sent["reasoning"] = {"effort": "none"}
    if question.caller:
        sent["safety_identifier"] = question.caller
    return sent


def _chat_body(question: Question) -> dict[str, Any]:
    messages: list[Item] = [
        {"role": "system", "content": question.instructions},
        {"role": "user", "content": question.turn},
        *question.items,
    ]
    if question.note:
        messages.append({"role": "system", "content": question.note})
    sent: dict[str, Any] = {
        "model": question.model,
        "messages": messages,
        "tools": [
            {
                "type": "function",
                "function": {
                    "name": name,
                    "description": what,
                    "parameters": schema,
                    "strict": True,
                },
            }
            for name, what, schema in definitions()
        ],
        "tool_choice": "auto" if question.may_ask else "none",
        "response_format": {
            "type": "json_schema",
            "json_schema": {"name": "turn_plan", "schema": plan_schema(), "strict": True},
        },
        "max_completion_tokens": MOST_OUTPUT_TOKENS,
        "store": False,
        "prompt_cache_key": question.cache_key,
    }
    if _reasons(question.model):
        sent["reasoning_effort"] = "none"
    if question.caller:
        sent["safety_identifier"] = question.caller
    return sent


def items_of(api: Api, results: Sequence[tuple[ModelCall, str]]) -> tuple[Item, ...]:
    """A model's calls and their results as the next question repeats them."""
    if api == "responses":
        calls = [
            {
                "type": "function_call",
                "call_id": c.call_id,
                "name": c.name,
                "arguments": c.arguments,
            }
            for c, _ in results
        ]
        outputs = [
            {"type": "function_call_output", "call_id": c.call_id, "output": result}
            for c, result in results
        ]
        return (*calls, *outputs)
    made = [
        {
            "id": c.call_id,
            "type": "function",
            "function": {"name": c.name, "arguments": c.arguments},
        }
        for c, _ in results
    ]
    told = [{"role": "tool", "tool_call_id": c.call_id, "content": r} for c, r in results]
    return ({"role": "assistant", "content": None, "tool_calls": made}, *told)


# -- reading an answer ---------------------------------------------------------------------------


class _Wire(BaseModel):
    """What we read of an answer; whatever else a server adds is ignored."""

    model_config = ConfigDict(extra="ignore", strict=True, frozen=True)


_Count = Field(default=0, ge=0, le=100_000_000)


class _InputDetails(_Wire):
    cached_tokens: int | None = None


class _ResponsesUsage(_Wire):
    input_tokens: int = _Count
    output_tokens: int = _Count
    input_tokens_details: _InputDetails | None = None


class _Content(_Wire):
    type: str
    text: str | None = None
    refusal: str | None = None


class _Output(_Wire):
    type: str
    content: list[_Content] | None = None
    call_id: str | None = None
    name: str | None = None
    arguments: str | None = None


class _Incomplete(_Wire):
    reason: str | None = None


class _Responses(_Wire):
    status: str
    output: list[_Output]
    incomplete_details: _Incomplete | None = None
    usage: _ResponsesUsage | None = None


class _ChatUsage(_Wire):
    prompt_tokens: int = _Count
    completion_tokens: int = _Count
    prompt_tokens_details: _InputDetails | None = None


class _Function(_Wire):
    name: str
    arguments: str


class _ToolCall(_Wire):
    id: str
    function: _Function


class _Message(_Wire):
    content: str | None = None
    refusal: str | None = None
    tool_calls: list[_ToolCall] | None = None


class _Choice(_Wire):
    message: _Message
    finish_reason: str


class _Chat(_Wire):
    choices: list[_Choice]
    usage: _ChatUsage | None = None


_CUT = {"length": "cut", "max_output_tokens": "cut", "content_filter": "content_filter"}


def read(api: Api, answer: object) -> Read:
    """Read one answer's JSON."""
    if not isinstance(answer, Mapping):
        return Read(None, "broken")
    try:
        return _read_responses(answer) if api == "responses" else _read_chat(answer)
    except ValidationError:
        return Read(None, "wrong_shape")


def _read_responses(answer: Mapping[str, Any]) -> Read:
    got = _Responses.model_validate(answer)
    usage = got.usage or _ResponsesUsage()
    cached = usage.input_tokens_details.cached_tokens if usage.input_tokens_details else 0
    tokens = Tokens(usage.input_tokens, usage.output_tokens, cached or 0)
    if got.status != "completed":
        why = got.incomplete_details.reason if got.incomplete_details else None
        return Read(None, _CUT.get(why or "", "unfinished"), tokens)
    contents = [c for o in got.output if o.type == "message" for c in o.content or ()]
    if any(c.type == "refusal" for c in contents):
        return Read(None, "refusal", tokens)
    calls = [o for o in got.output if o.type == "function_call"]
    if any(not (c.call_id and c.name and c.arguments is not None) for c in calls):
        return Read(None, "wrong_shape", tokens)
    made = tuple(ModelCall(c.call_id or "", c.name or "", c.arguments or "") for c in calls)
    text = "".join(c.text or "" for c in contents if c.type == "output_text")
    return _finished(text, made, tokens)


def _read_chat(answer: Mapping[str, Any]) -> Read:
    got = _Chat.model_validate(answer)
    usage = got.usage or _ChatUsage()
    cached = usage.prompt_tokens_details.cached_tokens if usage.prompt_tokens_details else 0
    tokens = Tokens(usage.prompt_tokens, usage.completion_tokens, cached or 0)
    if not got.choices:
        return Read(None, "empty", tokens)
    choice = got.choices[0]
    if choice.finish_reason not in ("stop", "tool_calls"):
        return Read(None, _CUT.get(choice.finish_reason, "unfinished"), tokens)
    if choice.message.refusal:
        return Read(None, "refusal", tokens)
    calls = choice.message.tool_calls or []
    made = tuple(ModelCall(c.id, c.function.name, c.function.arguments) for c in calls)
    return _finished(choice.message.content or "", made, tokens)


def _finished(text: str, calls: tuple[ModelCall, ...], tokens: Tokens) -> Read:
    if len({c.call_id for c in calls}) < len(calls):
        return Read(None, "wrong_shape", tokens)
    if not calls and not text.strip():
        return Read(None, "empty", tokens)
    return Read(Reply(text.strip(), calls), None, tokens)


__all__ = [
    "MOST_OUTPUT_TOKENS",
    "Api",
    "Item",
    "Question",
    "Read",
    "Reply",
    "Tokens",
    "body",
    "items_of",
    "path",
    "read",
]
