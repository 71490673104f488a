"""A person's words to a caller: they take the conversation, and answer what waited."""

import uuid
from typing import Final

from sqlalchemy import select

from core import journal
from core.db import Work
from core.episodes import opted_out, unanswered
from core.errors import BadInput, Conflict
from core.hours import of_profile
from core.journal import Fact
from core.models import Caller, Conversation, Message, new_id
from core.outbox import Draft, post
from desk.ownership import Scene, take
from desk.staff import Person

LONGEST_TEXT: Final = 1600
"""What Twilio takes in one message (its error 21617 beyond)."""


def words_of(text: str) -> str:
    """What a person typed, fit to be sent.

    Raises:
        BadInput: no words, or too many.
    """
    body = text.replace("\x00", "").strip()
    if not body:
        raise BadInput("text", "is empty", "I can be there at 3:00 PM.")
    if len(body) > LONGEST_TEXT:
        raise BadInput("text", f"is longer than {LONGEST_TEXT} characters")
    return body


async def posted_before(
    work: Work, conversation: Conversation, idempotency: str | None
) -> uuid.UUID | None:
    """The message that this key has posted here already."""
    if idempotency is None:
        return None
    found: uuid.UUID | None = await work.session.scalar(
        select(Message.id).where(
            Message.business_id == work.business_id,
            Message.purpose == "staff_reply",
            Message.cause == idempotency,
            Message.conversation_id == conversation.id,
        )
    )
    return found


async def speak(
    work: Work, scene: Scene, who: Person, body: str, idempotency: str | None
) -> uuid.UUID:
    """Post a person's words; an open handoff is claimed by them. The message's id.

    Raises:
        Conflict: another person holds it, the caller texted STOP, or the key is another text's.
    """
    conversation = scene.conversation
    caller = await work.session.get_one(Caller, (work.business_id, conversation.caller_id))
    if await opted_out(work, caller.phone):
        raise Conflict("they texted STOP: call them instead")
    await take(work, scene, who)
    message_id = await post(
        work,
        Draft(
            to_phone=caller.phone,
            from_phone=conversation.number,
            body=body,
            author="staff",
            purpose="staff_reply",
            cause=idempotency or str(new_id()),
            basis="staff",
            conversation_id=conversation.id,
            lead_id=scene.lead.id if scene.lead is not None else None,
            staff_key=who.key,
        ),
    )
    if message_id is None:
        raise Conflict("that idempotency key was used for another text")
    conversation.last_message_at = work.now
    await _answer(work, scene, message_id)
    return message_id


async def _answer(work: Work, scene: Scene, message_id: uuid.UUID) -> None:
    """What the caller had texted is answered by these words."""
    lead = scene.lead
    if lead is not None:
        lead.last_activity_at = work.now
    waiting = await unanswered(work, scene.conversation.id)
    if not waiting:
        return
    first = waiting[0].at
    for message in waiting:
        message.answered_at = work.now
    if lead is not None:
        lead.answered_at = lead.answered_at or work.now
    seconds = int((work.now - first).total_seconds())
    stated = work.profile.hours or work.profile.exceptions
    hours = of_profile(work.profile)
    journal.record(
        work,
        Fact.ANSWERED,
        lead_id=waiting[-1].lead_id or (lead.id if lead is not None else None),
        message_id=message_id,
        by="staff",
        seconds=seconds,
        open_seconds=hours.open_seconds_between(first, work.now) if stated else seconds,
    )
