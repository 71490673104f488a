"""STEP 4b: a person takes over. Who speaks for the business changes here and nowhere else.

    open ──claim, or the first words of a person──► claimed ──resolve, return──► resolved
      ▲                  release                       │
      └────────────────────────────────────────────────┘

    conversation.owner   agent ──open──► queue ──claim──► staff ──resolve, return──► agent

A person's words always win: every change of the owner raises `conversation.epoch`, which a turn of
the agent must find unchanged in the transaction that posts its text.
"""

import uuid
from typing import Final

from sqlalchemy import func, select, text as sql

from core import episodes
from core.db import Work
from core.episodes import unanswered
from core.errors import BadInput
from core.jobs import GiveUpLead, TakeTurn, TellStaff, put
from core.journal import Fact
from core.leads import Cause
from core.models import Conversation, Handoff, Lead, new_id
from desk.followups import QUIET_CONVERSATION
from desk.ownership import (
    Scene,
    give,
    live_handoff,
    locked,
    move_lead,
    must_hold,
    scene_of,
    take,
    write_fact,
)
from desk.promise import promise
from desk.reply import posted_before, speak, words_of
from desk.staff import Person

URGENCIES: Final = ("life", "urgent", "normal")
"""The most urgent first."""
OUTCOMES: Final = {
    "booked": Cause.BOOKED,
    "follow_up_needed": Cause.UNSETTLED,
    "closed": Cause.SETTLED,
}
_LONGEST_SUMMARY: Final = 400


async def open_handoff(
    work: Work,
    conversation: Conversation,
    lead: Lead | None,
    *,
    reason: str,
    urgency: str = "normal",
    summary: str,
) -> Handoff:
    """Let a conversation, whose row the caller has locked, wait for a person; staff are told.

    One that waits already is kept; a higher urgency is taken over and tells the staff again.
    """
    live = await live_handoff(work, conversation.id)
    if live is not None:
        await _raise_urgency(work, live, urgency)
        return live
    handoff = await _write(work, conversation, lead, reason, urgency, summary)
    handoff.due_at = promise(work.profile, work.now, urgency=urgency).due_at
    await put(work, TellStaff(handoff.id, 0))
    return handoff


async def claim(work: Work, handoff_id: uuid.UUID, who: Person) -> Handoff:
    """Take a handoff; again what one holds is fine.

    Raises:
        NotFound: there is no such handoff.
        Conflict: another person holds it (named), or it is resolved.
    """
    scene = await scene_of(work, handoff_id)
    await take(work, scene, who)
    return scene.handoff


async def release(work: Work, handoff_id: uuid.UUID, who: Person) -> Handoff:
    """Put a handoff back into the queue; the staff are told that it waits again.

    Raises:
        NotFound: there is no such handoff.
        Conflict: another person holds it (named), or it is resolved.
    """
    scene = await scene_of(work, handoff_id)
    handoff = scene.handoff
    if handoff.state == "open":
        return handoff
    must_hold(work, handoff, who)
    handoff.state = "open"
    handoff.claimed_by = None
    handoff.claimed_at = None
    give(scene.conversation, "queue")
    write_fact(work, Fact.HANDOFF_RETURNED, handoff, by=who.key, to="queue")
    await put(work, TellStaff(handoff.id, handoff.escalations + 1))
    return handoff


async def reply(
    work: Work, handoff_id: uuid.UUID, who: Person, text: str, *, idempotency: str | None = None
) -> uuid.UUID:
    """Text the caller as a person; an open handoff is claimed by it. The message's id.

    The same `idempotency` key posts once and answers with the first message again.

    Raises:
        BadInput: no words, or too many.
        NotFound: there is no such handoff.
        Conflict: another person holds it, it is resolved, or the caller texted STOP.
    """
    body = words_of(text)
    scene = await scene_of(work, handoff_id)
    posted = await posted_before(work, scene.conversation, idempotency)
    return posted or await speak(work, scene, who, body, idempotency)


async def staff_writes(
    work: Work,
    conversation: Conversation,
    who: Person,
    text: str,
    *,
    idempotency: str | None = None,
) -> uuid.UUID:
    """A person writes into a conversation, the agent's too: from now on it is theirs.

    Raises:
        BadInput: no words, or too many.
        Conflict: another person holds it, or the caller texted STOP.
    """
    body = words_of(text)
    conversation = await locked(work, conversation.id)
    posted = await posted_before(work, conversation, idempotency)
    if posted is not None:
        return posted
    handoff = await take_over(work, conversation, who)
    return await speak(work, await scene_of(work, handoff.id), who, body, idempotency)


async def take_over(work: Work, conversation: Conversation, who: Person) -> Handoff:
    """A person takes a conversation, from the agent too; nobody else needs to be told.

    Raises:
        Conflict: another person holds it.
    """
    conversation = await locked(work, conversation.id)
    live = await live_handoff(work, conversation.id)
    if live is None:
        lead = await episodes.latest_lead(work, conversation.caller_id)
        live = await _write(
            work, conversation, lead, "other", "normal", f"Taken over by {who.name}"
        )
    return await claim(work, live.id, who)


async def resolve(
    work: Work, handoff_id: uuid.UUID, who: Person, outcome: str, note: str | None = None
) -> Handoff:
    """End a handoff; `outcome` is what the lead becomes: booked, follow_up_needed or closed.

    `booked` is taken at the person's word: they may have booked by phone, or in another calendar.
    The agent speaks again once the caller texts again, not before: what still waited is settled.

    Raises:
        BadInput: an outcome that is none of the three.
        NotFound: there is no such handoff.
        Conflict: another person holds it, or it was resolved otherwise.
    """
    if outcome not in OUTCOMES:
        raise BadInput("outcome", f"is one of {', '.join(OUTCOMES)}", "closed")
    scene = await scene_of(work, handoff_id)
    if scene.handoff.state == "resolved" and scene.handoff.outcome == outcome:
        return scene.handoff
    await _end(work, scene, who)
    scene.handoff.outcome = outcome
    scene.handoff.note = note or None
    for message in await unanswered(work, scene.conversation.id):
        message.answered_at = work.now
    move_lead(work, scene.lead, OUTCOMES[outcome])
    _remember(work, scene, who, outcome=outcome, note=note or None)
    write_fact(work, Fact.HANDOFF_RESOLVED, scene.handoff, by=who.key, outcome=outcome)
    return scene.handoff


async def return_to_agent(
    work: Work, handoff_id: uuid.UUID, who: Person, instruction: str | None = None
) -> Handoff:
    """Give a conversation back to the agent, with a word on what it should know.

    What the caller has texted meanwhile and nobody answered is the agent's to answer.

    Raises:
        NotFound: there is no such handoff.
        Conflict: another person holds it, or it was resolved with an outcome.
    """
    scene = await scene_of(work, handoff_id)
    if scene.handoff.state == "resolved" and scene.handoff.outcome is None:
        return scene.handoff
    await _end(work, scene, who)
    scene.handoff.instruction = instruction or None
    move_lead(work, scene.lead, Cause.RETURNED)
    _remember(work, scene, who, instruction=instruction or None)
    write_fact(work, Fact.HANDOFF_RETURNED, scene.handoff, by=who.key, to="agent")
    if await unanswered(work, scene.conversation.id):
        await put(work, TakeTurn(scene.conversation.id))
    if scene.lead is not None:
        await put(work, GiveUpLead(scene.lead.id), at=work.now + QUIET_CONVERSATION)
    return scene.handoff


async def _write(
    work: Work,
    conversation: Conversation,
    lead: Lead | None,
    reason: str,
    urgency: str,
    summary: str,
) -> Handoff:
    handoff = Handoff(
        business_id=work.business_id,
        id=new_id(),
        no=await _next_number(work),
        conversation_id=conversation.id,
        lead_id=lead.id if lead is not None else None,
        state="open",
        reason=reason,
        urgency=urgency,
        summary=summary.strip()[:_LONGEST_SUMMARY],
        opened_at=work.now,
        escalations=0,
    )
    work.session.add(handoff)
    give(conversation, "queue")
    move_lead(work, lead, Cause.HANDED_OFF)
    await work.session.flush()
    write_fact(work, Fact.HANDOFF_OPENED, handoff, reason=reason, urgency=urgency)
    return handoff


async def _next_number(work: Work) -> int:
    """Short numbers without twins: one transaction of a business at a time takes one."""
    await work.session.execute(
        sql("SELECT pg_advisory_xact_lock(hashtextextended('handoff ' || :business, 0))"),
        {"business": str(work.business_id)},
    )
    last: int | None = await work.session.scalar(
        select(func.max(Handoff.no)).where(Handoff.business_id == work.business_id)
    )
    return (last or 0) + 1


async def _raise_urgency(work: Work, handoff: Handoff, urgency: str) -> None:
    if URGENCIES.index(urgency) >= URGENCIES.index(handoff.urgency):
        return
    handoff.urgency = urgency
    due = promise(work.profile, work.now, urgency=urgency).due_at
    handoff.due_at = min(handoff.due_at or due, due)
    if handoff.state == "open":
        await put(work, TellStaff(handoff.id, handoff.escalations + 1))


async def _end(work: Work, scene: Scene, who: Person) -> None:
    """Resolve what this person holds, or takes hereby; the agent has the conversation again."""
    await take(work, scene, who)
    scene.handoff.state = "resolved"
    scene.handoff.resolved_at = work.now
    give(scene.conversation, "agent")


def _remember(work: Work, scene: Scene, who: Person, **what: str | None) -> None:
    """What happened is a fact for the agent's next turn, and its own open questions are moot.

    Were "lost" kept, a conversation that came back would be handed over again at once.
    """
    scene.conversation.memory = {
        **scene.conversation.memory,
        "asked": None,
        "lost": 0,
        "read_back": None,
        "staff_stretch": {"who": who.name, "at": work.now.isoformat(), **what},
    }


__all__ = [
    "OUTCOMES",
    "URGENCIES",
    "Person",
    "claim",
    "live_handoff",
    "open_handoff",
    "release",
    "reply",
    "resolve",
    "return_to_agent",
    "staff_writes",
    "take_over",
]
