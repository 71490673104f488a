"""Who may speak in a conversation, and the rows that decide it, locked in the house's order.

Every change of the owner raises `conversation.epoch`: a turn of the agent that began before can't
speak after. `desk.handoff` is the door; this is what its steps share.
"""

import uuid
from dataclasses import dataclass

from sqlalchemy import select, update

from core import episodes, journal
from core.db import Work
from core.errors import Conflict, NotFound
from core.journal import Fact
from core.leads import Cause, may_move
from core.models import Conversation, Handoff, Lead
from desk.staff import Person


@dataclass(frozen=True)
class Scene:
    """A handoff and what it is about, locked: conversation, then lead, then handoff."""

    conversation: Conversation
    lead: Lead | None
    handoff: Handoff


async def scene_of(work: Work, handoff_id: uuid.UUID) -> Scene:
    """Lock a handoff and what it is about.

    Raises:
        NotFound: there is no such handoff.
    """
    row = (
        await work.session.execute(
            select(Handoff.conversation_id, Handoff.lead_id).where(
                Handoff.business_id == work.business_id, Handoff.id == handoff_id
            )
        )
    ).one_or_none()
    if row is None:
        raise NotFound("there is no such handoff")
    conversation = await locked(work, row.conversation_id)
    lead = None
    if row.lead_id is not None:
        lead = await work.session.get_one(
            Lead, (work.business_id, row.lead_id), with_for_update=True, populate_existing=True
        )
    handoff = await work.session.get_one(
        Handoff, (work.business_id, handoff_id), with_for_update=True, populate_existing=True
    )
    return Scene(conversation, lead, handoff)


async def locked(work: Work, conversation_id: uuid.UUID) -> Conversation:
    """The conversation as it is now, its row locked."""
    await work.session.flush()
    return await work.session.get_one(
        Conversation,
        (work.business_id, conversation_id),
        with_for_update=True,
        populate_existing=True,
    )


async def live_handoff(work: Work, conversation_id: uuid.UUID) -> Handoff | None:
    """The handoff of this conversation that is not resolved; there is at most one."""
    found: Handoff | None = await work.session.scalar(
        select(Handoff).where(
            Handoff.business_id == work.business_id,
            Handoff.conversation_id == conversation_id,
            Handoff.state != "resolved",
        )
    )
    return found


async def take(work: Work, scene: Scene, who: Person) -> None:
    """Claim in one statement: whoever comes second sees who was first.

    Raises:
        Conflict: another person holds it, or it is resolved.
    """
    won = await work.session.scalar(
        update(Handoff)
        .where(
            Handoff.business_id == work.business_id,
            Handoff.id == scene.handoff.id,
            Handoff.state == "open",
        )
        .values(state="claimed", claimed_by=who.key, claimed_at=work.now)
        .returning(Handoff.id)
    )
    await work.session.refresh(scene.handoff)
    if won is None:
        must_hold(work, scene.handoff, who)
        return
    give(scene.conversation, "staff", who.key)
    write_fact(work, Fact.HANDOFF_CLAIMED, scene.handoff, by=who.key)


def must_hold(work: Work, handoff: Handoff, who: Person) -> None:
    """Refuse everybody but the person who holds it.

    Raises:
        Conflict: another person holds it, who is named, or it is resolved.
    """
    if handoff.state == "resolved":
        raise Conflict(f"handoff #{handoff.no} is resolved already")
    if handoff.claimed_by != who.key:
        holder = work.profile.person(handoff.claimed_by or "")
        name = holder.name if holder is not None else handoff.claimed_by
        raise Conflict(f"{name} has handoff #{handoff.no}")


def give(conversation: Conversation, owner: str, staff_key: str | None = None) -> None:
    """Let somebody else speak from now on; nothing happens when they may already."""
    if (conversation.owner, conversation.staff_key) == (owner, staff_key):
        return
    conversation.owner = owner
    conversation.staff_key = staff_key
    conversation.epoch += 1


def move_lead(work: Work, lead: Lead | None, cause: Cause) -> None:
    """Move the lead where the table allows it; an ended one may stay as it is."""
    if lead is not None and may_move(lead.status, cause):
        episodes.move(work, lead, cause)


def write_fact(work: Work, fact: Fact, handoff: Handoff, **codes: str | int) -> None:
    """Journal what became of a handoff."""
    journal.record(
        work,
        fact,
        lead_id=handoff.lead_id,
        call_id=None,
        message_id=None,
        handoff=str(handoff.id),
        **codes,
    )
