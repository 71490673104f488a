"""STEP 3: the agent's turn.

    take the lease -> load -> think (no transaction open) -> one transaction:
    still ours? -> act -> speak -> guard -> post -> remember -> give the lease back

The lease is a row's: `lease_token` is the fence. A worker that froze past its lease thinks in
vain, for it commits only while its token is the row's, the owner still the agent, and no person
has spoken since (`epoch`).
"""

import asyncio
import time
import uuid
from dataclasses import dataclass
from datetime import timedelta
from typing import Literal

from agent.acts import Scene, act
from agent.brains import Brain, Used
from agent.brains.offline import OfflineBrain
from agent.graph import decide
from agent.guard import read_again
from agent.load import Loaded, load
from agent.memory import remember
from agent.nodes import Means, Mind
from agent.plan import Act, Clause, Do, TurnPlan, say
from agent.speech import Speech, speak
from agent.tools import Tools
from booking.offers import record_offers
from booking.times import Time
from core import episodes, journal
from core.db import Database, Work
from core.errors import LeaseLost, RingbackError
from core.jobs import GiveUpLead, TakeTurn, put
from core.jobs.worker import Handler, Later
from core.journal import Fact
from core.log import get_logger
from core.models import Caller, Conversation, Message, Turn, new_id
from core.outbox import Draft, post
from desk.followups import QUIET_CONVERSATION
from texting.inbound import turn_due
from texting.segments import count

log = get_logger("agent.turn")

LEASE = timedelta(seconds=15)  # a turn thinks 8 s at most
FUSE = 11.0  # seconds; behind the brain's own deadline of 8


@dataclass(frozen=True)
class Lease:
    """The right to speak in a conversation, for a moment."""

    token: int
    epoch: int
    loaded: Loaded


def take_turn_handler(db: Database, brain: Brain) -> Handler:
    """TakeTurn: answer what a caller texted, once they have been silent for a moment."""
    offline = OfflineBrain()

    async def take_turn(business_id: uuid.UUID, instruction: TakeTurn) -> Later | None:
        async with db.work(business_id) as work:
            lease = await _take_lease(work, instruction.conversation_id)
        if lease is None or isinstance(lease, Later):
            return lease
        began = time.monotonic()
        tools = Tools(db, business_id, lease.loaded.caller_id, instruction.conversation_id)
        mind = await _think(lease.loaded, Means(brain, offline, tools))
        seconds = time.monotonic() - began
        try:
            async with db.work(business_id) as work:
                return await _commit(work, instruction.conversation_id, lease, mind, seconds)
        except RingbackError:
            raise
        except Exception:  # a plan that breaks our own code must not leave a caller unanswered
            log.exception("turn.broke", conversation=str(instruction.conversation_id))
        async with db.work(business_id) as work:
            return await _commit(work, instruction.conversation_id, lease, {}, seconds)

    return take_turn


async def _think(loaded: Loaded, means: Means) -> Mind:
    """Think within the fuse; whatever breaks ends in the fixed line and a person.

    Raises:
        Retryable: the database does not answer; the turn is taken again later.
    """
    try:
        async with asyncio.timeout(FUSE):
            return await decide(loaded.view, loaded.ledger, means)
    except RingbackError:
        raise
    except Exception as error:
        log.warning("turn.thought.broke", error=type(error).__name__, exc_info=error)
        return {}


async def _take_lease(work: Work, conversation_id: uuid.UUID) -> Lease | Later | None:
    """Lock, look and lease; nothing to do, or not yet, are answers too."""
    conversation = await _locked(work, conversation_id)
    if conversation is None or conversation.owner != "agent":
        return None
    ready = await turn_due(work, conversation_id)
    if ready is None:
        return None
    if ready > work.now:
        return Later(ready)
    if conversation.lease_until is not None and conversation.lease_until > work.now:
        return Later(conversation.lease_until)
    loaded = await load(work, conversation)
    if loaded is None:
        return None
    conversation.lease_token += 1
    conversation.lease_until = work.now + LEASE
    return Lease(conversation.lease_token, conversation.epoch, loaded)


async def _commit(
    work: Work, conversation_id: uuid.UUID, lease: Lease, mind: Mind, seconds: float
) -> Later | None:
    """The turn's one transaction."""
    conversation = await _locked(work, conversation_id)
    if conversation is None or conversation.lease_token != lease.token:
        raise LeaseLost
    conversation.lease_until = None
    if conversation.owner != "agent" or conversation.epoch != lease.epoch:
        log.info("turn.dropped", reason="a person speaks", conversation=str(conversation_id))
        return None
    waiting = await episodes.unanswered(work, conversation_id)
    if {m.id for m in waiting} != set(lease.loaded.unanswered):
        # they went on writing: think again, once, of all of it
        return Later(await turn_due(work, conversation_id) or work.now)
    scene = await _scene(work, conversation, lease, mind)
    plan = mind.get("lawful") or _fixed_line(lease)
    speech = await _act_and_speak(work, plan, scene)
    await _post(work, speech, scene, waiting)
    await _put_before_eyes(work, speech, scene)
    remember(conversation, scene, plan, speech)
    _write_down(work, scene, plan, mind, seconds)
    return None


async def _act_and_speak(work: Work, plan: TurnPlan, scene: Scene) -> Speech:
    """What is said is rendered after the acts, from what they did, and read once more."""
    outcomes = await act(work, plan, scene)
    speech = speak(plan, scene.view, scene.ledger, outcomes, voice=voice(scene))
    codes = read_again(speech.text, scene.view, scene.ledger, outcomes) if speech.text else ()
    if not codes:
        return speech
    log.warning("turn.guarded", codes=codes, conversation=str(scene.conversation.id))
    bare = plan.model_copy(update={"say": (), "acts": plan.acts})
    return speak(bare, scene.view, scene.ledger, outcomes, voice="fixed")


def voice(scene: Scene) -> Literal["fixed", "composed"]:
    """Our own words unless the owner chose the model's (docs/decisions/0006)."""
    return scene.view.profile.voice or "fixed"


async def _post(work: Work, speech: Speech, scene: Scene, waiting: list[Message]) -> None:
    """The text, its cause and its legal ground; the caller's texts are answered by it."""
    for message in waiting:
        message.answered_at = work.now
    if not speech.text:
        return
    message_id = await post(
        work,
        Draft(
            to_phone=scene.caller.phone,
            from_phone=scene.conversation.number,
            body=speech.text,
            author="agent",
            purpose="reply",
            cause=f"message:{scene.cause}",
            basis="callers_text",
            conversation_id=scene.conversation.id,
            lead_id=scene.lead.id,
            segments=count(speech.text).segments,
        ),
    )
    if scene.lead.answered_at is None:
        scene.lead.answered_at = work.now
        # whoever stops answering us is not kept open for ever; activity puts this off
        quiet = work.now + QUIET_CONVERSATION
        await put(work, GiveUpLead(scene.lead.id), at=quiet, dedupe=f"quiet:{scene.lead.id}")
    scene.conversation.last_message_at = work.now
    journal.record(
        work,
        Fact.ANSWERED,
        lead_id=scene.lead.id,
        message_id=message_id,
        by="agent",
        seconds=int((work.now - waiting[0].at).total_seconds()),
    )


async def _put_before_eyes(work: Work, speech: Speech, scene: Scene) -> None:
    """The times in this text are what a bare "2" or "yes" means from now on."""
    shown = speech.offers or ((speech.read_back,) if speech.read_back else ())
    if shown:
        await record_offers(
            work,
            scene.conversation.id,
            [Time(t.service_key, t.staff_key, t.starts_at, t.ends_at) for t in shown],
        )


async def _scene(work: Work, conversation: Conversation, lease: Lease, mind: Mind) -> Scene:
    caller = await work.session.get(Caller, (work.business_id, conversation.caller_id))
    lead = await episodes.latest_lead(work, conversation.caller_id)
    if caller is None or lead is None:
        raise LookupError("a conversation has a caller and a text belongs to a lead")
    return Scene(
        conversation,
        caller,
        lead,
        mind.get("view", lease.loaded.view),
        mind.get("ledger", lease.loaded.ledger),
        lease.loaded.unanswered[-1],
    )


def _fixed_line(lease: Lease) -> TurnPlan:
    """A graph that ended without a plan: a person takes over."""
    return TurnPlan(
        language=lease.loaded.view.language,
        heard=(),
        acts=(Act.of(Do.HAND_OFF, reason="model_down"),),
        say=(say(Clause.PROMISE),),
    )


def _write_down(work: Work, scene: Scene, plan: TurnPlan, mind: Mind, seconds: float) -> None:
    used = mind.get("used", Used())
    work.session.add(
        Turn(
            business_id=work.business_id,
            id=new_id(),
            conversation_id=scene.conversation.id,
            at=work.now,
            brain=mind.get("brain", "code"),
            model=used.model,
            model_calls=used.calls,
            input_tokens=used.input_tokens,
            output_tokens=used.output_tokens,
            milliseconds=int(seconds * 1000),
            acts={"acts": [a.do.value for a in plan.acts], "say": [p.fact for p in plan.say]},
            refusals={"codes": list(mind.get("refusals", ()))},
        )
    )


async def _locked(work: Work, conversation_id: uuid.UUID) -> Conversation | None:
    return await work.session.get(
        Conversation, (work.business_id, conversation_id), with_for_update=True
    )


__all__ = ["LEASE", "take_turn_handler"]
