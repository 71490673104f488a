"""A brain thinks: it reads a turn and proposes a plan, or asks for tools first.

Two of one shape: `openai.py` (any OpenAI-compatible model) and `offline.py` (grammar and rules, no
key, no network). `fallback.py` puts the second behind the first. A brain never acts and never
writes a word that matters; it may be wrong, slow, hostile or absent, and nothing false is sent.
"""

from dataclasses import dataclass, field
from typing import Protocol

from agent.calls import FindTimes, LookUp, MyBookings, ToolCall
from agent.plan import TurnPlan
from agent.state import Ledger, TurnView


@dataclass(frozen=True)
class Used:
    """What thinking cost: model calls, tokens of input (so many of them cached) and output."""

    calls: int = 0
    input_tokens: int = 0
    output_tokens: int = 0
    model: str | None = None
    cached_tokens: int = 0


@dataclass(frozen=True)
class WantsTools:
    """Ask these first, then think again."""

    calls: tuple[ToolCall, ...]
    used: Used = field(default_factory=Used)
    memo: object = None  # the brain's own, handed back with the results


@dataclass(frozen=True)
class Proposes:
    """The plan."""

    plan: TurnPlan
    used: Used = field(default_factory=Used)


@dataclass(frozen=True)
class Fails:
    """No plan; `kind` is a code: timeout, refused, rate_limited, broken, wrong_shape ..."""

    kind: str
    used: Used = field(default_factory=Used)


Thought = WantsTools | Proposes | Fails


@dataclass(frozen=True)
class Thinking:
    """One round of thinking: what is known, what tools have brought, what was wrong before.

    `round` counts from 0; in the last one no more tools are answered. `critique` holds codes of
    the checks that refused the former plan. `seconds_left` and `calls_left` (calls of a model, tries
    included) are for the whole turn.
    """

    view: TurnView
    ledger: Ledger
    round: int = 0
    last: bool = False
    asked: tuple[ToolCall, ...] = ()
    critique: tuple[str, ...] = ()
    seconds_left: float = 8.0
    calls_left: int = 3
    memo: object = None


class Brain(Protocol):
    """Anything that can think a turn."""

    @property
    def name(self) -> str:
        """`offline`, `openai` ..."""
        ...

    async def think(self, thinking: Thinking) -> Thought:
        """One round. Never raises for an outside fault: it answers `Fails`."""
        ...


__all__ = [
    "Brain",
    "Fails",
    "FindTimes",
    "LookUp",
    "MyBookings",
    "Proposes",
    "Thinking",
    "Thought",
    "ToolCall",
    "Used",
    "WantsTools",
]
