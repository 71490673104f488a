"""Is the proposed plan lawful here and now? Else one repair, then the fixed line and a person."""

from agent.checks import lawful
from agent.nodes import Means, Mind
from agent.plan import Act, Clause, Do, TurnPlan, say


async def check(mind: Mind, _: Means) -> Mind:
    """Keep what is lawful of the plan; hand back codes where an act or everything fell."""
    plan = mind.get("plan")
    if plan is None:
        return {"lawful": None}
    checked = lawful(plan, mind["view"], mind["ledger"])
    refusals = (*mind.get("refusals", ()), *checked.dropped, *checked.refused)
    if checked.refused:
        return {"lawful": None, "critique": checked.refused, "refusals": refusals}
    return {"lawful": checked.plan, "refusals": refusals}


async def repair(mind: Mind, _: Means) -> Mind:
    """Once: the same brain is told the codes, never the words, of what was wrong."""
    return {"repairs": mind.get("repairs", 0) + 1, "plan": None}


async def give_up(mind: Mind, _: Means) -> Mind:
    """Nothing lawful was found: the fixed line, and a person."""
    plan = TurnPlan(
        language=mind["view"].language,
        heard=(),
        acts=(Act.of(Do.HAND_OFF, reason="model_down" if mind.get("failed") else "lost"),),
        say=(say(Clause.PROMISE),),
    )
    return {"lawful": plan, "brain": "code"}
