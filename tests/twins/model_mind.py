"""The model twin's own head: it reads our prompt, and nothing else, and answers as a good model would.

It rebuilds the turn from the JSON that it was sent and thinks by the offline brain's rules, then
puts sentences of its own in place of fixed questions. What the prompt does not tell it cannot know.
"""

import json
import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from agent.brains import FindTimes, LookUp, MyBookings, Proposes, Thinking, ToolCall, WantsTools
from agent.brains.offline import OfflineBrain
from agent.brains.openai_tools import ModelCall, asked
from agent.plan import Piece, TurnPlan, prose
from agent.state import BookingSeen, Ledger, Line, Passage, StaffStretch, TimeSeen, TurnView
from agent.understand.read import Context, read
from agent.understand.service import ServiceWords
from core.profile import Profile

_BUSINESS = "# The business\n"
_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_QUESTIONS = {
    "en": {
        "zip": "What's your zip code?",
        "name": "And what's your name?",
        "service": "What do you need?",
        "breed": "What breed is your dog?",
        "address": "What's the address?",
    },
    "es": {"zip": "¿Cuál es el código postal?", "name": "¿Cuál es su nombre?"},
}
_THANKS = {"en": "Thanks.", "es": "Gracias."}


@dataclass(frozen=True)
class Told:
    """A request as the model is told it, in either form of the API."""

    instructions: str
    turn: dict[str, Any]
    calls: tuple[ModelCall, ...]
    results: tuple[dict[str, Any], ...]
    critique: tuple[str, ...]
    may_ask: bool


@dataclass(frozen=True)
class Said:
    """What the model says: a text or calls, and how it ended."""

    text: str | None = None
    calls: tuple[ModelCall, ...] = ()
    finish: str = "stop"
    refusal: str | None = None


def told(body: dict[str, Any]) -> Told:
    """Take a request apart. Raises when it is not one of our prompts."""
    if "messages" in body:
        system, user, *rest = body["messages"]
        instructions, turn = system["content"], user["content"]
        calls = [
            ModelCall(c["id"], c["function"]["name"], c["function"]["arguments"])
            for m in rest
            for c in m.get("tool_calls") or ()
        ]
        results = [json.loads(m["content"]) for m in rest if m["role"] == "tool"]
    else:
        instructions, (user, *rest) = body["instructions"], body["input"]
        turn = user["content"]
        calls = [
            ModelCall(i["call_id"], i["name"], i["arguments"])
            for i in rest
            if i.get("type") == "function_call"
        ]
        results = [json.loads(i["output"]) for i in rest if i.get("type") == "function_call_output"]
    notes = [i["content"] for i in rest if i.get("role") == "system"]
    found = re.search(r"Their codes: (.*?)\. A code", notes[-1]) if notes else None
    return Told(
        instructions,
        json.loads(turn),
        tuple(calls),
        tuple(results),
        tuple(found[1].split(", ")) if found else (),
        body.get("tool_choice") != "none" and bool(body.get("tools")),
    )


async def sensible(request: Told) -> Said:
    """A lawful answer: tools first, then a plan with sentences of its own."""
    view = _view(request)
    known = Ledger(times={t.id: t for t in _times(request.turn["times"], view)})
    before = asked(request.calls, view, known)
    thinking = Thinking(
        view=view,
        ledger=_ledger(request, view),
        last=not request.may_ask or any(c.name == "find_times" for c in request.calls),
        asked=tuple(one.call for one in before if one.call is not None),
        critique=request.critique,
    )
    thought = await OfflineBrain().think(thinking)
    if isinstance(thought, WantsTools) and request.may_ask:
        place = len(request.calls)
        calls = [_call(c, view, f"call_{place + n}") for n, c in enumerate(thought.calls)]
        return Said(calls=tuple(calls))
    assert isinstance(thought, Proposes), "the offline brain asked for tools that it may not have"
    return Said(composed(thought.plan).model_dump_json())


def composed(plan: TurnPlan) -> TurnPlan:
    """The plan with sentences of the model's own where they are allowed."""
    pieces = [_own_words(piece, plan) for piece in plan.say]
    opens = not any(p.kind == "open" for p in pieces)
    if plan.heard and not plan.acts and opens:
        pieces.insert(0, prose(_THANKS[plan.language], "open"))
    return plan.model_copy(update={"say": tuple(pieces)})


def _own_words(piece: Piece, plan: TurnPlan) -> Piece:
    found = re.fullmatch(r"ask\((\w+)\)", piece.fact or "")
    question = _QUESTIONS[plan.language].get(found[1]) if found else None
    return prose(question, "ask", found[1]) if found and question else piece


def _call(call: ToolCall, view: TurnView, call_id: str) -> ModelCall:
    match call:
        case LookUp(question):
            return ModelCall(call_id, "look_up", json.dumps({"question": question}))
        case MyBookings():
            return ModelCall(call_id, "my_bookings", "{}")
        case FindTimes():
            return ModelCall(call_id, "find_times", json.dumps(_find_times(call, view)))


def _find_times(call: FindTimes, view: TurnView) -> dict[str, Any]:
    def local(at: datetime | None) -> str | None:
        return at.astimezone(view.profile.zone).isoformat(timespec="minutes") if at else None

    return {
        "service": call.service_key,
        "start": local(call.start),
        "end": local(call.end),
        "exact": local(call.exact),
        "daypart": call.daypart,
        "weekdays": [_DAYS[d] for d in sorted(call.weekdays)] or None,
        "soonest": call.soonest,
        "other_times": bool(call.exclude - view.refused),
    }


# -- the turn, from the prompt alone -------------------------------------------------------------


def _profile(instructions: str) -> Profile:
    about = json.loads(instructions.rpartition(_BUSINESS)[2])
    services = [
        {
            "key": s["key"],
            "name": s["name"],
            "minutes": s["minutes"],
            "also_called": s.get("also_called", []),
            "intake": s.get("intake", []),
            "urgent": s.get("urgent", False),
            "price": "on the list" if s.get("has_price") else None,
            "first_aid": "known" if s.get("has_first_aid") else None,
        }
        for s in about["services"]
    ]
    zips = about["zips_served"]
    document = {
        "slug": "as-told",
        "name": about["name"],
        "vertical": about["trade"],
        "timezone": about["timezone"],
        "languages": about["languages"],
        "address": "known" if "address" in about["has"] else None,
        "booking_link": "https://known.example" if "link" in about["has"] else None,
        "hours": about["hours"],
        "staff": about["staff"],
        "services": services,
        "intake": about["intake"],
        "service_area": {"zips": zips if isinstance(zips, list) else []},
        "booking": {"confirm": about["confirmed_by"]},
        "never": about["never"],
    }
    return Profile.model_validate(document)


def _view(request: Told) -> TurnView:
    profile, turn = _profile(request.instructions), request.turn
    found = re.search(r"\((\S+)\)$", turn["now"])
    assert found is not None
    now = datetime.fromisoformat(found[1]).astimezone(UTC)
    offers = [datetime.fromisoformat(t["local"]) for t in turn["times"] if t.get("offered")]
    context = Context(
        now,
        profile.zone,
        tuple(ServiceWords(s.key, s.name, s.also_called) for s in profile.services),
        turn["asked"],
        [at.astimezone(profile.zone) for at in offers],
        turn["language"],
    )
    texts = tuple(turn["texts"])
    lines = [Line(line["from"], line["text"], now) for line in turn["earlier"]]
    staff = turn["staff"]
    return TurnView(
        profile=profile,
        now=now,
        language=turn["language"],
        caller_name=turn["known"].get("name"),
        texts=texts,
        pictures=turn["pictures"],
        transcript=(*lines, *(Line("caller", t, now) for t in texts)),
        known=turn["known"],
        asked=turn["asked"],
        reading=read("\n".join(texts), context),
        lost=turn["lost"],
        disclosed=True,
        staff_stretch=StaffStretch(staff["who"], now, staff["instruction"]) if staff else None,
        refused=frozenset(datetime.fromisoformat(at) for at in turn["turned_down"]),
    )


def _ledger(request: Told, view: TurnView) -> Ledger:
    """What was told at first and what the tools brought, under the ids that they came with."""
    parts = (request.turn, *request.results)
    times = [t for part in parts for t in _times(part.get("times", ()), view)]
    passages = [p for part in parts for p in part.get("passages", ())]
    bookings = [b for part in parts for b in part.get("bookings", ())]
    relaxed = [r for part in parts for r in part.get("relaxed", ())]
    return Ledger(
        times=_by_id(times),
        passages={p["id"]: _passage(p) for p in passages},
        bookings={b["id"]: _booking(b) for b in bookings},
        relaxed=tuple(dict.fromkeys(relaxed)),
    )


def _by_id(times: list[TimeSeen]) -> dict[str, TimeSeen]:
    """The first telling counts: it says what was offered."""
    kept: dict[str, TimeSeen] = {}
    for time in times:
        kept.setdefault(time.id, time)
    return kept


def _times(rows: Any, view: TurnView) -> list[TimeSeen]:
    return [_time(row, view) for row in rows]


def _time(row: dict[str, Any], view: TurnView) -> TimeSeen:
    start = datetime.fromisoformat(row["local"]).astimezone(UTC)
    service = view.profile.service(row["service"])
    length = timedelta(minutes=service.minutes if service else 60)
    return TimeSeen(
        row["id"],
        row["service"],
        row["staff"],
        start,
        start + length,
        offered=row.get("offered", False),
        held=row.get("held", False),
        read_back=row.get("read_back", False),
    )


def _passage(row: dict[str, Any]) -> Passage:
    score = 0.1 if row.get("weak") else 0.9
    return Passage(row["id"], row["question"], row["answer"], score, row.get("price_of"))


def _booking(row: dict[str, Any]) -> BookingSeen:
    start = datetime.fromisoformat(row["local"]).astimezone(UTC)
    return BookingSeen(row["id"], row["id"], row["service"], row["staff"], start, row["status"])
