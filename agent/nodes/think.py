"""Ask a brain, once around; and answer the tools that it asks for."""

import time

from agent.brains import Brain, Fails, Proposes, Thinking, Thought, Used, WantsTools
from agent.nodes import MOST_MODEL_CALLS, MOST_SECONDS, Means, Mind


async def think(mind: Mind, means: Means) -> Mind:
    """One round of the turn's brain, or of the offline one after a failure."""
    rescued = mind.get("rescued", False)
    brain: Brain = means.offline if rescued else means.brain
    around = mind.get("round", 0)
    left = MOST_SECONDS - (time.monotonic() - mind["began"])
    thought: Thought = (
        Fails("deadline")
        if left <= 0 and not rescued
        else await brain.think(
            Thinking(
                view=mind["view"],
                ledger=mind["ledger"],
                round=around,
                last=around >= MOST_MODEL_CALLS - 1 or mind.get("repairs", 0) > 0,
                asked=mind.get("asked", ()),
                critique=mind.get("critique", ()),
                seconds_left=max(left, 0.0),
                calls_left=MOST_MODEL_CALLS - mind.get("used", Used()).calls,
                memo=mind.get("memo"),
            )
        )
    )
    used = _sum(mind.get("used", Used()), thought.used)
    match thought:
        case Proposes(plan=plan):
            return {"plan": plan, "used": used, "brain": brain.name, "wanted": (), "failed": None}
        case WantsTools(calls=calls, memo=memo) if around < MOST_MODEL_CALLS - 1:
            return {"wanted": calls, "memo": memo, "used": used, "plan": None, "failed": None}
        case WantsTools():
            return {"wanted": (), "plan": None, "used": used, "failed": "endless_tools"}
        case Fails(kind=kind):
            return {"wanted": (), "plan": None, "used": used, "failed": kind}


async def tools(mind: Mind, means: Means) -> Mind:
    """Answer what was asked for; the next round sees it in the ledger."""
    wanted = mind.get("wanted", ())
    return {
        "ledger": await means.tools.answer(wanted, mind["ledger"]),
        "asked": (*mind.get("asked", ()), *wanted),
        "wanted": (),
        "round": mind.get("round", 0) + 1,
    }


async def rescue(mind: Mind, _: Means) -> Mind:
    """The brain could not: begin again with the offline one, keeping what tools have found."""
    return {
        "rescued": True,
        "round": 0,
        "asked": (),
        "memo": None,
        "critique": (),
        "repairs": 0,
        "refusals": (*mind.get("refusals", ()), f"brain:{mind.get('failed') or 'unlawful'}"),
    }


def _sum(a: Used, b: Used) -> Used:
    return Used(
        a.calls + b.calls,
        a.input_tokens + b.input_tokens,
        a.output_tokens + b.output_tokens,
        b.model or a.model,
        a.cached_tokens + b.cached_tokens,
    )
