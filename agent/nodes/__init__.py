"""What a turn consists of: screen, think, tools, check, repair. `agent/graph.py` orders them.

A node is a function of the turn so far (`Mind`) and of what it may use (`Means`) to the part that
it changes.
"""

from dataclasses import dataclass, field
from typing import TypedDict

from agent.brains import Brain, Used
from agent.calls import ToolCall
from agent.plan import TurnPlan
from agent.state import Ledger, TurnView
from agent.tools import Tools

MOST_MODEL_CALLS = 3
MOST_SECONDS = 8.0


class Mind(TypedDict, total=False):
    """A turn so far."""

    view: TurnView
    ledger: Ledger
    began: float  # of a monotonic clock, seconds
    round: int
    asked: tuple[ToolCall, ...]
    wanted: tuple[ToolCall, ...]  # tools asked for and not yet answered
    memo: object
    critique: tuple[str, ...]
    repairs: int
    rescued: bool  # the offline brain has taken over from a brain that could not
    plan: TurnPlan | None  # proposed
    lawful: TurnPlan | None  # checked: what the turn will do
    refusals: tuple[str, ...]  # codes, for the record
    used: Used
    brain: str
    failed: str | None


@dataclass(frozen=True)
class Means:
    """What a turn may use."""

    brain: Brain
    offline: Brain
    tools: Tools
    refusals: list[str] = field(default_factory=list)
