"""Twilio's own description of its API, as far as it lies beside the product: checks what we send."""

import copy
import json
from functools import cache
from pathlib import Path
from typing import Any

from jsonschema import Draft202012Validator

SPEC = Path(__file__).resolve().parents[2] / ".." / "shared" / "data" / "twilio" / "twilio-min.json"
MESSAGES = "/2010-04-01/Accounts/{AccountSid}/Messages.json"
_FORM = "application/x-www-form-urlencoded"


def problems_with_form(path: str, forms: dict[str, list[str]]) -> list[str]:
    """What the description has against a form posted to `path`; nothing when it is not there."""
    if not SPEC.exists():
        return []
    schema = _document()["paths"][path]["post"]["requestBody"]["content"][_FORM]["schema"]
    known: dict[str, Any] = schema["properties"]
    unknown = [f"{name} is no field of it" for name in forms if name not in known]
    values = {k: _typed(known[k], v) for k, v in forms.items() if k in known}
    return unknown + _against(schema, values)


def problems_with_message(body: dict[str, Any]) -> list[str]:
    """What the description has against a message resource as our twin answers it."""
    if not SPEC.exists():
        return []
    return _against({"$ref": "#/components/schemas/api.v2010.account.message"}, body)


def _against(schema: dict[str, Any], value: Any) -> list[str]:
    whole = {**schema, "components": _document()["components"]}
    return [error.message for error in Draft202012Validator(whole).iter_errors(value)]


@cache
def _document() -> dict[str, Any]:
    document: dict[str, Any] = json.loads(SPEC.read_text())
    _allow_null(document)
    return copy.deepcopy(document)


def _allow_null(node: Any) -> None:
    """OpenAPI 3.0 says `nullable`, JSON Schema says `type: [..., null]`."""
    if isinstance(node, dict):
        if node.get("nullable") is True and isinstance(node.get("type"), str):
            node["type"] = [node["type"], "null"]
        for child in node.values():
            _allow_null(child)
    elif isinstance(node, list):
        for child in node:
            _allow_null(child)


def _typed(schema: dict[str, Any], values: list[str]) -> Any:
    kind, first = schema.get("type"), values[0]
    if kind == "array":
        return values
    if kind == "integer" and first.lstrip("-").isdigit():
        return int(first)
    if kind == "boolean" and first in ("true", "false"):
        return first == "true"
    return first
