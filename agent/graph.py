"""What follows what in a turn. No checkpointer: our tables are the only truth.

screen ─► think ─► check ─► (lawful) end
  │        ▲ │ ▲      │
  │        │ ▼ └── repair (once)
  │       tools       │
  ▼                   ▼
 end            rescue: the offline brain ─► ... ─► give_up: fixed line and a person
"""

import time
from collections.abc import Awaitable, Callable, Hashable
from typing import Any

from langgraph.graph import END, START, StateGraph
from langgraph.runtime import Runtime

from agent.brains import Used
from agent.nodes import Means, Mind
from agent.nodes.check import check, give_up, repair
from agent.nodes.screen import screen
from agent.nodes.think import rescue, think, tools
from agent.state import Ledger, TurnView

Node = Callable[[Mind, Means], Awaitable[Mind]]


def _node(step: Node) -> Any:
    async def run(mind: Mind, *, runtime: Runtime[Means]) -> Mind:
        return await step(mind, runtime.context)

    return run


def _after_screen(mind: Mind) -> str:
    return "end" if mind.get("lawful") is not None else "think"


def _after_think(mind: Mind) -> str:
    if mind.get("wanted"):
        return "tools"
    return "check" if mind.get("plan") is not None else _next_help(mind)


def _after_check(mind: Mind) -> str:
    if mind.get("lawful") is not None:
        return "end"
    return "repair" if mind.get("repairs", 0) == 0 else _next_help(mind)


def _next_help(mind: Mind) -> str:
    return "give_up" if mind.get("rescued") else "rescue"


def build() -> Any:
    """The compiled graph; it holds no state and serves every turn."""
    graph: StateGraph[Mind, Means, Mind, Mind] = StateGraph(Mind, context_schema=Means)
    for name, step in (
        ("screen", screen),
        ("think", think),
        ("tools", tools),
        ("check", check),
        ("repair", repair),
        ("rescue", rescue),
        ("give_up", give_up),
    ):
        graph.add_node(name, _node(step))
    graph.add_edge(START, "screen")
    graph.add_conditional_edges("screen", _after_screen, {"end": END, "think": "think"})
    helps: dict[Hashable, str] = {"rescue": "rescue", "give_up": "give_up"}
    graph.add_conditional_edges(
        "think", _after_think, {"tools": "tools", "check": "check", **helps}
    )
    graph.add_conditional_edges("check", _after_check, {"end": END, "repair": "repair", **helps})
    graph.add_edge("tools", "think")
    graph.add_edge("repair", "think")
    graph.add_edge("rescue", "think")
    graph.add_edge("give_up", END)
    return graph.compile()


_GRAPH = build()


async def decide(view: TurnView, ledger: Ledger, means: Means) -> Mind:
    """Think one turn through: a lawful plan, and what it may state."""
    start: Mind = {
        "view": view,
        "ledger": ledger,
        "began": time.monotonic(),
        "round": 0,
        "used": Used(),
        "refusals": (),
        "plan": None,
        "lawful": None,
    }
    result: Mind = await _GRAPH.ainvoke(start, context=means)
    return result
