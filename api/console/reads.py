"""What the lists show beside the desk's own reads: last words, and what the agent is doing."""

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import distinct_on

from core.db import Work
from core.models import Booking, Caller, Conversation, Handoff, Lead, Message

MOST = 50


@dataclass(frozen=True)
class Talk:
    """A conversation in a list. `at` is its last text; `words` the caller's last."""

    conversation_id: uuid.UUID
    phone: str
    name: str | None
    status: str | None
    at: datetime
    words: str | None


@dataclass(frozen=True)
class Tabs:
    """How many there are behind each tab of the queue, for one person."""

    needs_you: int
    mine: int
    agent: int
    done: int


@dataclass(frozen=True)
class Visit:
    """A booking of this caller's, as the conversation's card shows it."""

    service: str
    staff: str
    starts_at: datetime
    status: str


async def last_words(work: Work, conversation_ids: Iterable[uuid.UUID]) -> dict[uuid.UUID, str]:
    """What each caller texted last, by conversation."""
    ids = list(conversation_ids)
    if not ids:
        return {}
    found = await work.session.execute(
        select(Message.conversation_id, Message.body, Message.media)
        .ext(distinct_on(Message.conversation_id))
        .where(
            Message.business_id == work.business_id,
            Message.conversation_id.in_(ids),
            Message.direction == "inbound",
        )
        .order_by(Message.conversation_id, Message.seq.desc())
    )
    said: dict[uuid.UUID, str] = {}
    for conversation_id, body, media in found:
        if conversation_id is not None:
            said[conversation_id] = body or ("(picture)" if media else "")
    return said


async def with_agent(work: Work) -> list[Talk]:
    """The conversations that the agent is having: open leads, the latest text first."""
    found = await work.session.execute(
        select(
            Conversation.id,
            Caller.phone,
            Caller.name,
            Lead.status,
            func.coalesce(Conversation.last_message_at, Lead.last_activity_at).label("at"),
        )
        .join(
            Lead,
            (Lead.business_id == Conversation.business_id)
            & (Lead.conversation_id == Conversation.id),
        )
        .join(
            Caller,
            (Caller.business_id == Conversation.business_id)
            & (Caller.id == Conversation.caller_id),
        )
        .where(
            Conversation.business_id == work.business_id,
            Conversation.owner == "agent",
            Lead.ended_at.is_(None),
        )
        .order_by(func.coalesce(Conversation.last_message_at, Lead.last_activity_at).desc())
        .limit(MOST)
    )
    rows = found.all()
    words = await last_words(work, [row[0] for row in rows])
    return [
        Talk(conversation_id, phone, name, status, at, words.get(conversation_id))
        for conversation_id, phone, name, status, at in rows
    ]


async def tabs(work: Work, mine: str) -> Tabs:
    """The counts behind the tabs, for the person of the key `mine`."""
    live = (
        await work.session.execute(
            select(
                func.count().filter(Handoff.state == "open"),
                func.count().filter(Handoff.state == "claimed", Handoff.claimed_by == mine),
                func.count().filter(Handoff.state == "resolved"),
            ).where(Handoff.business_id == work.business_id)
        )
    ).one()
    agent = await work.session.scalar(
        select(func.count())
        .select_from(Lead)
        .join(
            Conversation,
            (Conversation.business_id == Lead.business_id)
            & (Conversation.id == Lead.conversation_id),
        )
        .where(
            Lead.business_id == work.business_id,
            Lead.ended_at.is_(None),
            Conversation.owner == "agent",
        )
    )
    return Tabs(live[0], live[1], agent or 0, live[2])


async def visits(work: Work, conversation_id: uuid.UUID) -> list[Visit]:
    """The caller's bookings that are still ahead."""
    found = await work.session.scalars(
        select(Booking)
        .join(
            Conversation,
            (Conversation.business_id == Booking.business_id)
            & (Conversation.caller_id == Booking.caller_id),
        )
        .where(
            Booking.business_id == work.business_id,
            Conversation.id == conversation_id,
            Booking.status.in_(("requested", "confirmed")),
            Booking.ends_at > work.now,
        )
        .order_by(Booking.starts_at)
    )
    return [_visit(work, booking) for booking in found]


def _visit(work: Work, booking: Booking) -> Visit:
    service = work.profile.service(booking.service_key)
    person = work.profile.person(booking.staff_key)
    return Visit(
        service.name if service else booking.service_key,
        person.name if person else booking.staff_key,
        booking.starts_at,
        booking.status,
    )
