"""What the agent keeps of its own turn for the next: what it asked, offered, read back."""

from agent.acts import Scene
from agent.plan import Clause, Do, TurnPlan, ask
from agent.speech import Speech
from core.models import Conversation

_NO_HEADWAY = {Clause.CLARIFY.value, Clause.WHICH_TIME.value}


def remember(conversation: Conversation, scene: Scene, plan: TurnPlan, speech: Speech) -> None:
    """Write the memory anew: JSON of ids, instants and codes."""
    before = dict(conversation.memory)
    again = speech.asked is not None and plan.say == (ask(speech.asked),)
    asked_again = again and speech.asked == before.get("asked") and not plan.heard
    lost = asked_again or any(p.fact in _NO_HEADWAY for p in plan.say)
    refused = {t.isoformat() for t in scene.view.refused}
    if not plan.does(Do.BOOK, Do.REQUEST, Do.MOVE) and speech.offers:
        shown = {t.starts_at for t in speech.offers}
        refused |= {
            t.starts_at.isoformat() for t in scene.ledger.offered() if t.starts_at not in shown
        }
    done = bool(plan.does(Do.BOOK, Do.MOVE, Do.CLOSE))
    conversation.memory = {
        "asked": speech.asked,
        "lost": int(before.get("lost", 0)) + 1 if lost else 0,
        "disclosed": bool(before.get("disclosed")) or bool(speech.text),
        "refused": [] if done else sorted(refused)[-20:],
        "read_back": speech.read_back.starts_at.isoformat() if speech.read_back else None,
        "ways": list(speech.ways),
    }
