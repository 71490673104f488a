"""A language model behind an OpenAI-compatible server, as a brain.

The only place that knows the vendor's package. The model reads the turn (`prompt.py`), may ask our
read-only tools, and answers one plan; nothing it says is believed here or later. Whatever goes
wrong outside becomes `Fails(kind)`: the SDK raises errors of its own, of its transport, bare
`JSONDecodeError` and `RuntimeError`, and for some wrong bodies nothing at all, so answers are read
as plain JSON by our own models.

`AsyncOpenAI.post` is used instead of `responses.create`: two thirds of the latter's own time is a
transform of the request that grows with it, and our bodies need none. One retry owner: the SDK's
is off, tenacity tries once more where the server surely did nothing and is soon ready.
"""

import asyncio
import json
import re
import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Final

import httpx2  # the transport of the vendor's package: its errors tell "refused" from "dropped"
import openai
from pydantic import ValidationError
from tenacity import AsyncRetrying, RetryCallState, retry_if_exception, stop_after_attempt

from agent.brains import Fails, Proposes, Thinking, Thought, Used, WantsTools
from agent.brains.openai_tools import Asked, answered, asked, definitions
from agent.brains.openai_wire import Item, Question, Reply, body, items_of, path, read
from agent.brains.prompt import instructions, repair_note, situation, version
from agent.plan import TurnPlan
from core.log import get_logger
from core.settings import Model

log = get_logger("agent.brains.openai")

OFFICIAL: Final = "https://api.openai.com/v1"
_CALL_SECONDS = 6.0  # one call; what is left of the turn's eight seconds is the offline brain's
_CONNECT_SECONDS = 2.0
_LONGEST_PAUSE = 1.5  # a server that wants more has no time for this turn
_ENOUGH_LEFT = 1.0  # seconds that must remain after a pause for another try to make sense
_MOST_PIECES = 16
_FENCED = re.compile(r"^```(?:json)?\s*(.*?)\s*```$", re.DOTALL)
_SHUT_DOWN = {
    "gpt-5-": "2026-12-11", "gpt-5": "2026-12-11", "gpt-4.1": "2027-01-14", "gpt-4.1-mini": "2027-01-14",
    "gpt-4o": "2027-01-14", "gpt-4o-mini": "2027-01-14", "gpt-5.1": "2027-04-01", "gpt-5.4-nano": "2027-04-01",
    "gpt-4.1-nano": "2026-10-23", "o4-mini": "2026-10-23",
}  # fmt: skip
"""The vendor's own dates (its SDK's notes, November 2026)."""


@dataclass(frozen=True)
class _Memo:
    """What this brain keeps between the rounds of one turn."""

    turn: str  # as first told: the beginning must not change
    items: tuple[Item, ...]
    pending: tuple[Asked, ...]
    before: frozenset[str]  # ids of times known before the tools were asked


@dataclass
class _Meter:
    """What a round has spent and may still spend."""

    deadline: float
    calls_left: int
    used: Used = field(default_factory=Used)

    @property
    def seconds_left(self) -> float:
        return self.deadline - time.monotonic()

    def called(self) -> None:
        self.calls_left -= 1
        self.used = replace(self.used, calls=self.used.calls + 1)


class _Failed(Exception):
    """An answer that is none; `args[0]` is its code."""


class OpenAIBrain:
    """Thinks by a model. Close it when the process ends."""

    name = "openai"

    def __init__(self, model: Model) -> None:
        """Nothing is called yet.

        Args:
            model: The settings' group: key, address, model name and form of the API.
        """
        self._model = model
        self._client = openai.AsyncOpenAI(
            api_key=model.api_key.get_secret_value(),
            base_url=model.base_url or OFFICIAL,
            max_retries=0,
            timeout=_CALL_SECONDS,
        )
        tools = json.dumps(definitions(), sort_keys=True)
        self.prompt_version = version(tools)
        if ends := _SHUT_DOWN.get(model.name):
            log.warning("model.shuts_down", model=model.name, on=ends)

    async def close(self) -> None:
        """Give the connections back."""
        await self._client.close()

    async def think(self, thinking: Thinking) -> Thought:
        """One round: tool calls or a plan; any fault is a value."""
        meter = _Meter(time.monotonic() + thinking.seconds_left, thinking.calls_left)
        meter.used = replace(meter.used, model=self._model.name)
        try:
            async with asyncio.timeout(max(thinking.seconds_left, 0.0)):
                return await self._think(thinking, meter)
        except Exception as error:  # noqa: BLE001 - the SDK lets errors of any class through; each is a value here
            kind = _kind(error)
            log.warning("model.failed", kind=kind, error=type(error).__name__)
            return Fails(kind, meter.used)

    async def _think(self, thinking: Thinking, meter: _Meter) -> Thought:
        if meter.seconds_left <= 0:
            return Fails("timeout", meter.used)
        memo, items = self._resumed(thinking)
        while meter.calls_left > 0:
            may_ask = not thinking.last and meter.calls_left > 1
            reply = await self._ask(thinking, memo.turn, items, meter, may_ask=may_ask)
            if not reply.calls:
                return Proposes(_plan(reply), meter.used)
            if not may_ask:
                return Fails("endless_tools", meter.used)
            wanted = asked(reply.calls, thinking.view, thinking.ledger)
            if calls := tuple(one.call for one in wanted if one.call is not None):
                before = frozenset(thinking.ledger.times)
                return WantsTools(calls, meter.used, _Memo(memo.turn, items, wanted, before))
            items += self._results(wanted, thinking, frozenset())
        return Fails("calls_spent", meter.used)

    def _resumed(self, thinking: Thinking) -> tuple[_Memo, tuple[Item, ...]]:
        """Where the turn stands: as it was told first, with the tools' results since."""
        memo = thinking.memo
        if not isinstance(memo, _Memo):
            fresh = _Memo(situation(thinking.view, thinking.ledger), (), (), frozenset())
            return fresh, ()
        return memo, memo.items + self._results(memo.pending, thinking, memo.before)

    def _results(
        self, pending: tuple[Asked, ...], thinking: Thinking, before: frozenset[str]
    ) -> tuple[Item, ...]:
        results = [
            (one.model, answered(one, thinking.view, thinking.ledger, before)) for one in pending
        ]
        return items_of(self._model.api, results)

    async def _ask(
        self,
        thinking: Thinking,
        turn: str,
        items: tuple[Item, ...],
        meter: _Meter,
        *,
        may_ask: bool,
    ) -> Reply:
        """One question, answered in full.

        Raises:
            _Failed: there is an answer, and it is none.
            Exception: whatever the SDK and its transport raise.
        """
        question = Question(
            model=self._model.name,
            instructions=instructions(thinking.view.profile),
            turn=turn,
            items=items,
            note=repair_note(thinking.critique) if thinking.critique else None,
            may_ask=may_ask,
            cache_key=f"plan:{self.prompt_version}",
            caller=thinking.view.caller_key,
        )
        got = read(self._model.api, await self._post(question, meter))
        meter.used = replace(
            meter.used,
            input_tokens=meter.used.input_tokens + got.tokens.input,
            output_tokens=meter.used.output_tokens + got.tokens.output,
            cached_tokens=meter.used.cached_tokens + got.tokens.cached,
        )
        if got.reply is None:
            raise _Failed(got.fault or "wrong_shape")
        return got.reply

    async def _post(self, question: Question, meter: _Meter) -> object:
        """Call the server; once more when it surely did nothing and will soon be ready."""
        request = body(self._model.api, question)
        async for attempt in AsyncRetrying(
            stop=stop_after_attempt(min(2, meter.calls_left)),
            retry=retry_if_exception(_worth_another_try(meter)),
            wait=_pause_before,
            reraise=True,
        ):
            with attempt:
                meter.called()
                seconds = max(min(_CALL_SECONDS, meter.seconds_left), 0.05)
                return await self._client.post(
                    path(self._model.api),
                    body=request,
                    cast_to=object,
                    options={
                        "timeout": openai.Timeout(seconds, connect=min(_CONNECT_SECONDS, seconds))
                    },
                )
        raise _Failed("calls_spent")


# -- reading and judging -------------------------------------------------------------------------


def _plan(reply: Reply) -> TurnPlan:
    """The plan in an answer.

    Raises:
        _Failed: it is no JSON, or no plan.
    """
    fenced = _FENCED.match(reply.text)
    try:
        plan = TurnPlan.model_validate_json(fenced[1] if fenced else reply.text)
    except ValidationError as error:
        is_json = all(one["type"] != "json_invalid" for one in error.errors())
        raise _Failed("unknown_shape" if is_json else "broken_plan") from None
    if max(len(plan.heard), len(plan.acts), len(plan.say)) > _MOST_PIECES:
        raise _Failed("too_much")
    return plan


_STATUS = {
    400: "bad_request",
    401: "unauthorised",
    403: "unauthorised",
    404: "no_such_model",
    408: "timeout",
    413: "too_long",
    429: "rate_limited",
}
_SERVER_ERROR = 500


def _kind(error: Exception) -> str:
    """The code of an outside fault."""
    match error:
        case _Failed():
            return str(error.args[0])
        case TimeoutError() | openai.APITimeoutError():
            return "timeout"
        case openai.APIStatusError(code="insufficient_quota"):
            return "no_quota"
        case openai.APIStatusError(code="context_length_exceeded"):
            return "too_long"
        case openai.APIStatusError(status_code=status):
            return _STATUS.get(status, "server_error" if status >= _SERVER_ERROR else "refused")
        case openai.APIConnectionError():
            return "unreachable" if _was_refused(error) else "dropped"
        case json.JSONDecodeError() | UnicodeDecodeError():
            return "broken"
        case _:
            return "fault"


def _was_refused(error: BaseException) -> bool:
    """Whether no connection came about: the server can't have done anything."""
    return isinstance(error.__cause__, httpx2.ConnectError)


def _worth_another_try(meter: _Meter) -> Callable[[BaseException], bool]:
    def worth(error: BaseException) -> bool:
        pause = _pause(error)
        return (
            pause is not None
            and pause <= _LONGEST_PAUSE
            and meter.seconds_left - pause > _ENOUGH_LEFT
        )

    return worth


def _pause(error: BaseException | None) -> float | None:
    """Seconds until another try makes sense; None when it never does in this turn."""
    if isinstance(error, openai.APIConnectionError) and not isinstance(
        error, openai.APITimeoutError
    ):
        return 0.1 if _was_refused(error) else None
    if isinstance(error, openai.RateLimitError) and error.code != "insufficient_quota":
        return _retry_after(error)
    return None


def _retry_after(error: openai.RateLimitError) -> float | None:
    """What the server asks for, in seconds; None when it names nothing that is a number."""
    headers = error.response.headers
    for name, unit in (("retry-after-ms", 0.001), ("retry-after", 1.0)):
        try:
            seconds = float(headers.get(name, "")) * unit
        except ValueError:
            continue
        if 0 <= seconds < float("inf"):
            return seconds
    return None


def _pause_before(state: RetryCallState) -> float:
    return _pause(state.outcome.exception() if state.outcome else None) or 0.0


__all__ = ["OpenAIBrain"]
