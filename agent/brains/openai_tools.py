"""The tools as a model sees them: their schemas, what it asked, and what it is answered.

Nothing that a model writes here is believed: a name that is not a tool's, arguments of another
shape, a service that the business has not, a time that is none or lies beyond any calendar become
a code that the model is told instead of a result.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from functools import cache
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from agent.brains import FindTimes, LookUp, MyBookings, ToolCall
from agent.brains.prompt import bookings_told, cleaned, passages_told, strict, times_told
from agent.state import Ledger, TimeSeen, TurnView

MOST_CALLS = 4
"""Tools that one answer of a model may ask for; what it asks beyond is not run."""
_LONGEST_QUESTION = 300
_BEYOND = timedelta(days=366)  # past the booking horizon: a slip of the calendar, not a wish
_A_MOMENT_AGO = timedelta(days=2)

DayName = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
_DAYS: tuple[DayName, ...] = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


class _Arguments(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class _FindTimes(_Arguments):
    service: str = Field(description="the service's key")
    start: str | None = Field(description="local, 2026-12-01T15:00; null: from now")
    end: str | None = Field(description="local, exclusive; null: open")
    exact: str | None = Field(description="the one start that the caller named, else null")
    daypart: Literal["morning", "afternoon", "evening"] | None
    weekdays: tuple[DayName, ...] | None = Field(description="only these, else null")
    soonest: bool
    other_times: bool = Field(description="leave out the times already offered")


class _LookUp(_Arguments):
    question: str = Field(description="the caller's question in a few words")


class _MyBookings(_Arguments):
    pass


_TOOLS: Mapping[str, tuple[type[_Arguments], str]] = {
    "find_times": (_FindTimes, "Free times of one service in the business's calendar."),
    "look_up": (_LookUp, "The owner's answers and prices that fit a question."),
    "my_bookings": (_MyBookings, "This caller's bookings ahead."),
}


@dataclass(frozen=True)
class ModelCall:
    """One call as a model made it; `arguments` is the JSON text it wrote."""

    call_id: str
    name: str
    arguments: str


@dataclass(frozen=True)
class Asked:
    """A model's call and what became of it: a tool's call, or a code why it can't be run."""

    model: ModelCall
    call: ToolCall | None
    code: str | None = None


@cache
def definitions() -> tuple[tuple[str, str, dict[str, Any]], ...]:
    """Name, description and strict parameter schema of each tool, always in this order."""
    return tuple(
        (name, what, {"required": [], "properties": {}} | strict(model.model_json_schema()))
        for name, (model, what) in _TOOLS.items()
    )


# -- what was asked ------------------------------------------------------------------------------


def asked(calls: tuple[ModelCall, ...], view: TurnView, ledger: Ledger) -> tuple[Asked, ...]:
    """Read a model's calls; the first few, each checked."""
    return tuple(
        _asked(call, view, ledger) if place < MOST_CALLS else Asked(call, None, "too_many_calls")
        for place, call in enumerate(calls)
    )


def _asked(call: ModelCall, view: TurnView, ledger: Ledger) -> Asked:
    if call.name not in _TOOLS:
        return Asked(call, None, "unknown_tool")
    model, _ = _TOOLS[call.name]
    try:
        arguments = model.model_validate_json(call.arguments or "{}")
    except ValidationError as error:
        return Asked(call, None, f"bad_arguments:{_where(error, model)}")
    found: ToolCall | str
    match arguments:
        case _FindTimes():
            found = _find_times(arguments, view, ledger)
        case _LookUp():
            question = " ".join(arguments.question.split())[:_LONGEST_QUESTION]
            found = LookUp(question) if question else "bad_arguments:question"
        case _:
            found = MyBookings()
    return Asked(call, None, found) if isinstance(found, str) else Asked(call, found)


def _where(error: ValidationError, model: type[_Arguments]) -> str:
    """The argument that is wrong, if it is one of ours."""
    place = error.errors()[0]["loc"]
    name = str(place[0]) if place else ""
    return name if name in model.model_fields else "json"


def _find_times(arguments: _FindTimes, view: TurnView, ledger: Ledger) -> FindTimes | str:
    """The calendar's question in instants; a code where it is none."""
    if view.profile.service(arguments.service) is None:
        return "unknown_service"
    try:
        start = _instant(arguments.start, view)
        end = _instant(arguments.end, view, ends=True)
        exact = _instant(arguments.exact, view)
    except (ValueError, OverflowError):
        return "bad_arguments:time"
    if any(at is not None and not _in_reach(at, view) for at in (start, end, exact)):
        return "beyond_calendar"
    if (exact or end or view.now) < view.now or (start and end and start >= end):
        return "empty_window"
    offered = {t.starts_at for t in ledger.offered()} if arguments.other_times else set()
    days = frozenset(_DAYS.index(day) for day in arguments.weekdays or ())
    return FindTimes(
        arguments.service,
        start=start,
        end=end,
        exact=exact,
        daypart=arguments.daypart,
        weekdays=days,
        exclude=frozenset(view.refused | offered) - {exact},
        soonest=arguments.soonest,
    )


def _instant(words: str | None, view: TurnView, *, ends: bool = False) -> datetime | None:
    """A local time of the business as an instant; a bare date as an end holds that whole day.

    Raises:
        ValueError: it is not an ISO date or time.
    """
    if words is None:
        return None
    at = datetime.fromisoformat(words.strip())
    if ends and at.time() == time(0) and len(words.strip()) <= len("2026-12-01"):
        at += timedelta(days=1)
    if at.tzinfo is None:
        at = at.replace(tzinfo=view.profile.zone)
    return at.astimezone(UTC)


def _in_reach(at: datetime, view: TurnView) -> bool:
    horizon = timedelta(days=view.profile.booking.max_days_ahead) + _BEYOND
    return view.now - _A_MOMENT_AGO <= at <= view.now + horizon


# -- what is answered ----------------------------------------------------------------------------


def answered(one: Asked, view: TurnView, ledger: Ledger, before: frozenset[str]) -> str:
    """The result of one call as JSON: what the ledger holds by now, or a code.

    Args:
        one: The call.
        view: The turn.
        ledger: With what the tools have brought.
        before: Ids of times that the ledger held before the tools were asked.
    """
    told: dict[str, Any]
    match one.call:
        case FindTimes() as call:
            told = _times(call, view, ledger, before)
        case LookUp():
            told = {"passages": passages_told(ledger.passages.values())}
        case MyBookings():
            told = {"bookings": bookings_told(ledger.bookings.values(), view)}
        case None:
            told = {"error": one.code}
    return json.dumps(cleaned(told), ensure_ascii=False)


def _times(
    call: FindTimes, view: TurnView, ledger: Ledger, before: frozenset[str]
) -> dict[str, Any]:
    """The times that came with this call, and those known before that are what it asked for."""
    fitting = [t for t in ledger.times.values() if t.id not in before or _fits(t, call)]
    mine = [
        t
        for t in fitting
        if t.service_key == call.service_key
        and t.starts_at not in call.exclude
        and t.starts_at > view.now
    ]
    told: dict[str, Any] = {"times": times_told(mine, view)}
    if not mine:
        return told | {"note": "nothing is free"}
    if ledger.relaxed:
        told["relaxed"] = list(ledger.relaxed)
        told["note"] = "none exactly as asked for; these are the nearest: say `relaxed` first"
    return told


def _fits(time: TimeSeen, call: FindTimes) -> bool:
    at = time.starts_at
    if call.exact is not None:
        return at == call.exact
    windowed = call.start is not None or call.end is not None
    return (
        windowed
        and (call.start is None or at >= call.start)
        and (call.end is None or at < call.end)
    )


__all__ = ["MOST_CALLS", "Asked", "ModelCall", "answered", "asked", "definitions"]
