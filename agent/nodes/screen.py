"""Before any brain: what code alone decides. Opt-out was read when the text came in."""

from datetime import timedelta

from agent.nodes import Means, Mind
from agent.plan import Act, Clause, Do, TurnPlan, say
from agent.state import TurnView
from agent.understand.intents import Intent

LOOP_WINDOW = timedelta(minutes=10)
LOOP_TEXTS = 15  # answers to one caller in ten minutes: two machines are talking (14107)
LOOP_REPEATS = 4  # the same words again and again


async def screen(mind: Mind, _: Means) -> Mind:
    """A lawful plan at once for danger, loops and languages that we don't write."""
    view = mind["view"]
    plan = _emergency(view) or _loop(view) or _language(view) or _silence(view)
    return {"lawful": plan, "brain": "code"} if plan is not None else {"lawful": None}


def _emergency(view: TurnView) -> TurnPlan | None:
    """Danger to life: the safety line first, a person at once, no model in between."""
    if Intent.EMERGENCY not in view.reading.intents:
        return None
    return _plan(
        view,
        Act.of(Do.HAND_OFF, reason="emergency"),
        Clause.SAFETY,
        Clause.PROMISE,
    )


def _loop(view: TurnView) -> TurnPlan | None:
    recent = [
        line
        for line in view.transcript
        if line.author == "agent" and line.at > view.now - LOOP_WINDOW
    ]
    said = [line.body.strip().casefold() for line in view.transcript if line.author == "caller"]
    last = said[-LOOP_REPEATS:]
    repeats = len(last) == LOOP_REPEATS and len(set(last)) == 1
    if len(recent) < LOOP_TEXTS and not repeats:
        return None
    return _plan(view, Act.of(Do.HAND_OFF, reason="lost"), Clause.PROMISE)


def _language(view: TurnView) -> TurnPlan | None:
    if view.reading.language != "other":
        return None
    return _plan(view, Act.of(Do.HAND_OFF, reason="other"), Clause.LANGUAGE, Clause.PROMISE)


def _silence(view: TurnView) -> TurnPlan | None:
    """A bare "ok" with nothing asked is no question: two politenesses too many sound like a machine."""
    if not view.needs_no_answer or view.reading.intents != {Intent.AFFIRM}:
        return None
    return TurnPlan(language=view.language, heard=(), acts=(), say=())


def _plan(view: TurnView, act: Act, *clauses: Clause) -> TurnPlan:
    return TurnPlan(
        language=view.language, heard=(), acts=(act,), say=tuple(say(c) for c in clauses)
    )
