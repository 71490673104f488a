"""What the real model API refuses, and what its cache would have had.

Chat Completions and embeddings are checked against the vendor's own description where it lies
beside the tree; the rules that the description leaves out (strict schemas, parameters that gpt-6
does not take, tool results without their calls) are checked always.
"""

import json
from functools import cache
from pathlib import Path
from typing import Any

from jsonschema import Draft202012Validator

SPEC = Path(__file__).resolve().parents[2] / ".." / "shared" / "data" / "openai" / "openai-min.json"
_SCHEMAS = {
    "/v1/chat/completions": "CreateChatCompletionRequest",
    "/v1/embeddings": "CreateEmbeddingRequest",
}
_RESPONSES_KEYS = frozenset(
    {
        "model", "input", "instructions", "tools", "tool_choice", "parallel_tool_calls", "text", "max_output_tokens",
        "store", "reasoning", "prompt_cache_key", "prompt_cache_options", "safety_identifier", "temperature", "top_p",
        "metadata", "include", "truncation", "stream", "user",
    }
)  # fmt: skip
_TOKEN = 4  # letters of a token, about
_CACHE_FROM, _CACHE_STEP = 1024, 128


def fault(path: str, body: Any) -> str | None:
    """Why the real API would answer 400, or None."""
    if not isinstance(body, dict) or not isinstance(body.get("model"), str):
        return "you must provide a model parameter"
    described = _described(path, body)
    if described:
        return described
    if path == "/v1/responses":
        return _responses_fault(body)
    return _chat_fault(body) if path == "/v1/chat/completions" else None


@cache
def _validator(name: str) -> Draft202012Validator:
    spec = json.loads(SPEC.read_text())
    return Draft202012Validator({**spec, "$ref": f"#/components/schemas/{name}"})


def _described(path: str, body: Any) -> str | None:
    if path not in _SCHEMAS or not SPEC.exists():
        return None
    first = next(_validator(_SCHEMAS[path]).iter_errors(body), None)
    return None if first is None else f"{first.json_path}: {first.message[:200]}"


def _responses_fault(body: dict[str, Any]) -> str | None:
    if unknown := sorted(body.keys() - _RESPONSES_KEYS):
        return f"Unknown parameter: '{unknown[0]}'."
    if body.get("max_output_tokens", 16) < 16:
        return "max_output_tokens must be at least 16"
    tools = body.get("tools", [])
    for tool in tools:
        if tool.get("strict") and (found := strict_fault(tool["parameters"])):
            return f"Invalid schema for function '{tool['name']}': {found}"
    answer = body.get("text", {}).get("format", {})
    if answer.get("type") == "json_schema" and (found := strict_fault(answer["schema"])):
        return f"Invalid schema for response_format: {found}"
    items = body["input"] if isinstance(body["input"], list) else []
    made = [i["call_id"] for i in items if i.get("type") == "function_call"]
    told = [i["call_id"] for i in items if i.get("type") == "function_call_output"]
    return None if sorted(made) == sorted(told) else "No tool output found for function call"


def _chat_fault(body: dict[str, Any]) -> str | None:
    is_six = body["model"].startswith("gpt-6")
    if is_six and "max_tokens" in body:
        return "Unsupported parameter: 'max_tokens' is not supported with this model."
    if is_six and body.get("tools") and body.get("reasoning_effort") != "none":
        return "Function tools are not supported with reasoning in /v1/chat/completions."
    for tool in body.get("tools", []):
        function = tool["function"]
        if function.get("strict") and (found := strict_fault(function["parameters"])):
            return f"Invalid schema for function '{function['name']}': {found}"
    answer = body.get("response_format", {})
    if answer.get("type") == "json_schema":
        found = strict_fault(answer["json_schema"]["schema"])
        if found:
            return f"Invalid schema for response_format: {found}"
    made = [c["id"] for m in body["messages"] for c in m.get("tool_calls") or ()]
    told = [m["tool_call_id"] for m in body["messages"] if m["role"] == "tool"]
    return None if made == told else "tool_calls must be followed by their tool messages"


def strict_fault(schema: dict[str, Any]) -> str | None:
    """What strict structured outputs would refuse of a schema."""
    if schema.get("type") != "object":
        return "the root must be an object"
    return next(_strict_faults(schema), None)


def _strict_faults(schema: Any) -> Any:
    if isinstance(schema, list):
        for one in schema:
            yield from _strict_faults(one)
        return
    if not isinstance(schema, dict):
        return
    if schema.get("type") == "object":
        properties = schema.get("properties", {})
        if schema.get("additionalProperties") is not False:
            yield "'additionalProperties' is required to be false"
        if set(schema.get("required", [])) != set(properties):
            yield "'required' must name every key in properties"
    if "$ref" in schema and len(schema) > 1:
        yield "$ref cannot have sibling keywords"
    for word in ("default", "allOf", "not", "if", "prefixItems", "uniqueItems"):
        if word in schema and not isinstance(schema[word], dict):
            yield f"'{word}' is not permitted"
    for value in schema.values():
        yield from _strict_faults(value)


# -- the cache -----------------------------------------------------------------------------------


def prompt_of(body: dict[str, Any]) -> str:
    """All that counts as prompt, in the order in which the vendor lays it out."""
    answer = body.get("text") or body.get("response_format") or ""
    rest = body.get("input") or body.get("messages") or ""
    parts = [body.get("tools", ""), answer, body.get("instructions", "")]
    listed = rest if isinstance(rest, list) else [rest]
    return "\n".join(json.dumps(p, ensure_ascii=False) for p in (*parts, *listed))


def tokens(text: str) -> int:
    """About as many tokens as the vendor would count."""
    return len(text) // _TOKEN


def cached_tokens(prompt: str, before: list[str]) -> int:
    """Tokens of the longest beginning that an earlier prompt shares, as the vendor rounds it."""
    longest = max((shared(prompt, one) for one in before), default=0) // _TOKEN
    return 0 if longest < _CACHE_FROM else longest - longest % _CACHE_STEP


def shared(one: str, other: str) -> int:
    """How many letters two texts have in common at their beginning."""
    low, high = 0, min(len(one), len(other))
    while low < high:
        middle = (low + high + 1) // 2
        if one[:middle] == other[:middle]:
            low = middle
        else:
            high = middle - 1
    return low
