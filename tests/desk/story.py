"""Short stories for the desk's tests: a caller, their lead, what they texted."""

import uuid
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from core import episodes, journal
from core.db import Database, Work
from core.journal import Fact
from core.leads import Cause, Status
from core.models import Caller, Conversation, Job, JournalEntry, Lead, Message, OptOut, new_id
from desk.handoff import open_handoff
from desk.staff import Person
from tests.sample import fresh_phone

DANA = Person("dana", "Dana Ruiz")
LEE = Person("lee", "Lee Park")


@dataclass(frozen=True)
class Story:
    """The ids of one caller's rows, and how they are read again."""

    business: uuid.UUID
    phone: str
    conversation_id: uuid.UUID
    lead_id: uuid.UUID

    async def conversation(self, work: Work) -> Conversation:
        return await work.session.get_one(Conversation, (self.business, self.conversation_id))

    async def lead(self, work: Work) -> Lead:
        return await work.session.get_one(Lead, (self.business, self.lead_id))


async def begin(db: Database, business: uuid.UUID, status: Status = Status.TEXTED) -> Story:
    """A caller whose missed call was texted about."""
    async with db.work(business) as work:
        caller = await episodes.caller_of(work, fresh_phone())
        number = work.profile.phone_numbers[0].number
        conversation = await episodes.conversation_of(work, caller, number)
        lead = await episodes.open_lead(work, conversation, opened_by="call", status=status)
        return Story(business, caller.phone, conversation.id, lead.id)


async def texts(db: Database, story: Story, body: str = "Is anybody there?") -> uuid.UUID:
    """The caller texts; nobody has answered yet."""
    async with db.work(story.business) as work:
        conversation = await story.conversation(work)
        lead = await story.lead(work)
        message = Message(
            business_id=story.business,
            id=new_id(),
            conversation_id=conversation.id,
            lead_id=lead.id,
            direction="inbound",
            author="caller",
            body=body,
            media=[],
            segments=1,
            delivery="received",
            from_phone=story.phone,
            to_phone=conversation.number,
            attempts=0,
            at=work.now,
        )
        work.session.add(message)
        episodes.move(work, lead, Cause.CALLER_TEXTED)
        lead.replied_at = lead.replied_at or work.now
        journal.record(work, Fact.CALLER_TEXTED, lead_id=lead.id, message_id=message.id)
        return message.id


async def says_stop(db: Database, story: Story, kind: str = "stop") -> None:
    async with db.work(story.business) as work:
        work.session.add(
            OptOut(
                business_id=story.business,
                id=new_id(),
                phone_hash=work.secret.phone_hash(story.business, story.phone),
                kind=kind,
                source="keyword",
                at=work.now,
            )
        )


async def waits(
    db: Database,
    story: Story,
    *,
    reason: str = "asked",
    urgency: str = "normal",
    summary: str = "Drain cleaning",
) -> uuid.UUID:
    """The agent hands the conversation over; the handoff's id."""
    async with db.work(story.business) as work:
        handoff = await open_handoff(
            work,
            await story.conversation(work),
            await story.lead(work),
            reason=reason,
            urgency=urgency,
            summary=summary,
        )
        return handoff.id


async def owner_of(db: Database, story: Story) -> tuple[str, str | None, int]:
    """Who may speak, which person, and how often that changed."""
    async with db.work(story.business) as work:
        c = await story.conversation(work)
        return c.owner, c.staff_key, c.epoch


async def status_of(db: Database, story: Story) -> str:
    async with db.work(story.business) as work:
        return (await story.lead(work)).status


async def facts(db: Database, business: uuid.UUID, fact: Fact) -> list[dict[str, Any]]:
    """What the journal holds of one kind, in order."""
    async with db.work(business) as work:
        rows = await work.session.scalars(
            select(JournalEntry)
            .where(JournalEntry.business_id == business, JournalEntry.fact == fact.value)
            .order_by(JournalEntry.seq)
        )
        return [{**r.data, "lead": r.lead_id, "message": r.message_id} for r in rows]


async def outgoing(db: Database, business: uuid.UUID, purpose: str) -> list[Message]:
    async with db.work(business) as work:
        rows = await work.session.scalars(
            select(Message)
            .where(Message.business_id == business, Message.purpose == purpose)
            .order_by(Message.seq)
        )
        return list(rows)


async def jobs(db: Database, business: uuid.UUID, kind: str) -> list[Job]:
    async with db.work(business) as work:
        rows = await work.session.scalars(
            select(Job).where(Job.business_id == business, Job.kind == kind).order_by(Job.put_at)
        )
        return list(rows)


async def caller_named(db: Database, story: Story, name: str) -> None:
    async with db.work(story.business) as work:
        conversation = await story.conversation(work)
        caller = await work.session.get_one(Caller, (story.business, conversation.caller_id))
        caller.name = name
