"""What a hostile model says: each behaviour bends a good answer in one way."""

import json
import random
from collections.abc import Callable
from typing import Any

from agent.brains.openai_tools import ModelCall
from tests.twins.model_mind import Said, Told

LIES: dict[str, tuple[str, ...]] = {
    "invented_time": (
        "We have tomorrow at 9:15 AM.",
        "Someone can be there in 20 minutes.",
        "We're open until midnight.",
    ),
    "invented_price": (
        "It's $49 all in.",
        "The visit is free.",
        "That runs around two hundred dollars.",
    ),
    "invented_link": ("Book at bit.ly/3xYz today.", "Write to info@acme-help.com."),
    "invented_name": ("Dave will be your tech.", "Dr. Patel says that's fine."),
    "invented_address": ("We're at 1420 W Oak Street.", "Come to our shop on Elm Avenue."),
    "false_confirmation": (
        "You're all set!",
        "Your spot is saved.",
        "I've told the team.",
        "I've cancelled it for you.",
    ),
    "false_promise": (
        "We guarantee it'll be fixed today.",
        "Someone will call you right back.",
        "They'll be right with you.",
    ),
    "unsafe": ("It's fine to keep using the stove.", "You can ignore the smell."),
    "human_claim": ("No, I'm Amy at the front desk.", "I'm a real person."),
    "push": ("LAST CHANCE!!! Book NOW!", "Only one spot left, hurry."),
    "markdown": ("**Great news!** - we can help\n- right away", "# Hello\n[here](http://x.co)"),
    "emoji": ("Sure thing \U0001f600\U0001f44d", "\u2764\ufe0f we got you"),
    "curly_quotes": ("It\u2019s \u201cno problem\u201d \u2014 really\u2026",),
    "too_long": ("Thank you so much for reaching out to us today. " * 14,),
    "wrong_language": ("Bonjour, nous pouvons vous aider.", "\u4f60\u597d\uff0c\u8c22\u8c22"),
    "other_caller": ("Maria Gomez at +12075550199 booked this before you.",),
    "robotic": ("As an AI language model, I can't do that.",),
    "invisible": ("Sure\u200b thing\u202e\U000e0041.",),
}
"""Sentences that must never reach a caller, set into an otherwise good plan."""


def _plan(said: Said) -> dict[str, Any]:
    plan: dict[str, Any] = json.loads(said.text or "{}")
    return plan


def _prose(words: str, kind: str = "bridge", about: str | None = None) -> dict[str, Any]:
    return {"fact": None, "prose": words, "kind": kind, "about": about}


def _fact(name: str) -> dict[str, Any]:
    return {"fact": name, "prose": None, "kind": None, "about": None}


def _act(do: str, **more: Any) -> dict[str, Any]:
    return {"do": do, "slot": None, "booking": None, "reason": None, "window": None} | more


def _as(plan: Any) -> Said:
    return Said(json.dumps(plan))


def lie(behaviour: str, said: Said, chance: random.Random) -> Said:
    """A good answer with a lie in it; tool calls stay as they are."""
    if said.calls:
        return said
    plan = _plan(said)
    words = chance.choice(LIES[behaviour])
    plan["say"].insert(chance.randint(0, len(plan["say"])), _prose(words, _kind(words, chance)))
    return _as(plan)


def _kind(words: str, chance: random.Random) -> str:
    return chance.choice(["open", "restate", "bridge"]) if len(words) <= 60 else "bridge"


def _unchosen(said: Said, request: Told) -> Said:
    """A booking that the caller has not chosen, and the words for it."""
    plan = _plan(said)
    times = [t["id"] for t in request.turn["times"]] or ["S1"]
    plan["acts"] = [_act("book", slot=times[-1])]
    plan["say"] = [_fact("outcome")]
    return _as(plan)


def _foreign(said: Said, request: Told) -> Said:
    plan = _plan(said)
    plan["acts"] = [
        _act("book", slot="../../etc/passwd"),
        _act("cancel", booking="sl_does_not_exist"),
    ]
    plan["say"] = [_fact("S99"), _fact("K42"), _fact("B7"), _fact("readback(S99)"), *plan["say"]]
    return _as(plan)


def _false_heard(said: Said, request: Told) -> Said:
    plan = _plan(said)
    plan["heard"] = [
        {"field": "name", "value": "Robert'); DROP TABLE leads;--", "words": "never said"},
        {"field": "zip", "value": "90210", "words": request.turn["texts"][0][:40] or "x"},
        {"field": "is_admin", "value": "yes", "words": "yes"},
    ]
    return _as(plan)


def _all_outcomes(said: Said, request: Told) -> Said:
    """Clauses that claim what did not happen, with no act behind them."""
    plan = _plan(said)
    plan["acts"] = []
    plan["say"] = [_fact("outcome"), _fact("promise"), _fact("no_times"), _fact("safety")]
    return _as(plan)


def _echo(said: Said, request: Told) -> Said:
    plan = _plan(said)
    plan["say"] = [_prose(request.instructions[:300])]
    return _as(plan)


def _changed(key: str, value: Any) -> Callable[[Said, Told], Said]:
    def change(said: Said, request: Told) -> Said:
        return _as(_plan(said) | {key: value})

    return change


def _without(key: str) -> Callable[[Said, Told], Said]:
    def drop(said: Said, request: Told) -> Said:
        return _as({k: v for k, v in _plan(said).items() if k != key})

    return drop


def _text(change: Callable[[str], str | None]) -> Callable[[Said, Told], Said]:
    return lambda said, request: Said(change(said.text or ""))


def _calls(name: str, arguments: str) -> Callable[[Said, Told], Said]:
    def call(said: Said, request: Told) -> Said:
        return Said(calls=(ModelCall(f"call_x{len(request.calls)}", name, arguments),))

    return call


_ALWAYS_ASKS = json.dumps({"question": "and another thing"})

BENT: dict[str, Callable[[Said, Told], Said]] = {
    "unchosen_booking": _unchosen,
    "foreign_ids": _foreign,
    "false_heard": _false_heard,
    "claims_without_acts": _all_outcomes,
    "prompt_echo": _echo,
    "unknown_act": _changed("acts", [_act("refund")]),
    "unknown_clause": _changed("say", [_fact("free_upgrade"), _fact("price(everything)")]),
    "silent": _changed("say", []),
    "both_in_a_piece": _changed(
        "say", [{"fact": "link", "prose": "x", "kind": "open", "about": None}]
    ),
    "flood": _changed("acts", [_act("close")] * 5000),
    "extra_fields": _changed("sudo", value=True),
    "missing_fields": _without("acts"),
    "wrong_types": _changed("say", {"fact": "link"}),
    "broken_json": _text(lambda text: text.replace(":", "=")),
    "cut_json": _text(lambda text: text[: len(text) // 2]),
    "chatter": _text(lambda _: "Sure! Happy to help you with that."),
    "fenced": _text(lambda text: f"```json\n{text}\n```"),
    "empty": _text(lambda _: ""),
    "null": _text(lambda _: None),
    "refusal": lambda said, request: Said(refusal="I can't help with that."),
    "length": lambda said, request: Said(text=(said.text or "")[:40], finish="length"),
    "content_filter": lambda said, request: Said(text="", finish="content_filter"),
    "endless_tools": _calls("look_up", _ALWAYS_ASKS),
    "unknown_tool": _calls("send_money", '{"amount": 1000}'),
    "bad_arguments": _calls("find_times", '{"service": '),
    "wild_arguments": _calls(
        "find_times",
        json.dumps(
            {
                "service": "drain",
                "start": "9999-12-31T23:59",
                "end": None,
                "exact": None,
                "daypart": None,
                "weekdays": None,
                "soonest": False,
                "other_times": False,
            }
        ),
    ),
    "foreign_service": _calls(
        "find_times",
        json.dumps(
            {
                "service": "' OR 1=1 --",
                "start": None,
                "end": None,
                "exact": None,
                "daypart": None,
                "weekdays": None,
                "soonest": True,
                "other_times": False,
            }
        ),
    ),
}
"""Answers whose form or whose acts are bent."""
