"""Is this plan lawful here and now? Every refusal has a code, and code mends what it can.

A brain proposes; nothing of it is believed. What the caller is said to have said must stand in the
caller's texts; an act must be one that the caller chose; a clause must have its row; a sentence of
the brain's own must not state anything that matters. A sentence that fails is dropped, never the
turn. A code reads `what:where` and never carries a word of the plan's.
"""

from agent.checks.acts import Ruling, rule
from agent.checks.consent import chosen
from agent.checks.heard import believable
from agent.checks.say import sayable
from agent.checks.verdict import Checked
from agent.plan import TurnPlan
from agent.state import Ledger, TurnView

__all__ = ["Checked", "chosen", "lawful"]


def lawful(plan: TurnPlan, view: TurnView, ledger: Ledger) -> Checked:
    """Keep what is lawful of a plan.

    Consent is the caller's alone: an act on a slot that the caller has not clearly chosen becomes
    the question for it (`readback:S1` among the dropped). Where something else is wrong too, the
    codes stand in `refused`, and the plan goes back for one repair.

    Args:
        plan: What a brain proposed.
        view: The turn; `reading` is code's own reading of the caller's texts.
        ledger: What the plan's ids mean.
    """
    heard, dropped = believable(plan, view)
    known = {**view.known, **{h.field: h.value for h in heard}}
    ruling: Ruling = rule(plan, known, view, ledger)
    refused = (
        *ruling.refused,
        *((ruling.readback_code,) if ruling.refused and ruling.readback else ()),
    )
    if ruling.readback and not ruling.refused:
        dropped += [ruling.readback_code]
    acting = plan.model_copy(update={"heard": heard, "acts": ruling.acts})
    pieces, unsaid = sayable(acting, known, view, ledger, readback=ruling.readback)
    silent = not plan.say and not plan.acts and view.needs_no_answer
    if not pieces and not refused and not silent:
        refused = ("empty:say",)
    mended = acting.model_copy(update={"say": pieces})
    return Checked(mended, (*dropped, *ruling.dropped, *unsaid), tuple(refused))
