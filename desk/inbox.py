"""What staff see: the queue in order, the lead board, one conversation, the missed calls.

Reads of one business; who looks after several asks each. All instants are UTC; phones are E.164, or
what erasure left of them.
"""

import uuid
from datetime import datetime
from typing import Final

from sqlalchemy import ColumnElement, and_, func, select

from core.db import Work
from core.episodes import opted_out
from core.errors import BadInput, NotFound
from core.leads import Status
from core.models import Call, Caller, Conversation, Handoff, Lead, Message
from core.phone import parse_phone
from desk.rows import (
    PAGE,
    CallRow,
    ConversationView,
    LeadRow,
    MessageRow,
    Page,
    Place,
    QueueRow,
    page_of,
)

_URGENT_FIRST: Final = {"life": 0, "urgent": 1, "normal": 2}


# -- the queue -----------------------------------------------------------------------------------


async def queue(work: Work) -> list[QueueRow]:
    """All that waits for or is with a person: life, urgent, then who waits longest.

    What somebody has claimed comes after all that nobody has.
    """
    rows = await _handoffs(work, Handoff.state != "resolved")
    return sorted(
        rows, key=lambda r: (r.state != "open", _URGENT_FIRST[r.urgency], r.waiting_since, r.no)
    )


async def handoff(work: Work, handoff_id: uuid.UUID) -> QueueRow:
    """One handoff, resolved or not.

    Raises:
        NotFound: there is no such handoff.
    """
    rows = await _handoffs(work, Handoff.id == handoff_id)
    if not rows:
        raise NotFound("there is no such handoff")
    return rows[0]


async def resolved(work: Work, cursor: str | None = None, *, limit: int = PAGE) -> Page[QueueRow]:
    """The handoffs that are over, the last one first.

    Raises:
        BadInput: a cursor that is none of ours.
    """
    condition = Handoff.state == "resolved"
    if cursor is not None:
        condition = and_(condition, Place.read(cursor).before(Handoff.opened_at, Handoff.id))
    rows = await _handoffs(work, condition, limit + 1)
    return page_of(rows, limit, lambda r: Place(r.opened_at, r.id))


async def _handoffs(
    work: Work, condition: ColumnElement[bool], most: int | None = None
) -> list[QueueRow]:
    """Handoffs, newest first."""
    waiting = (
        select(func.min(Message.at))
        .where(
            Message.business_id == Handoff.business_id,
            Message.conversation_id == Handoff.conversation_id,
            Message.direction == "inbound",
            Message.answered_at.is_(None),
        )
        .correlate(Handoff)
        .scalar_subquery()
        .label("since")
    )
    found = await work.session.execute(
        select(Handoff, Caller, waiting)
        .join(
            Conversation,
            (Conversation.business_id == Handoff.business_id)
            & (Conversation.id == Handoff.conversation_id),
        )
        .join(
            Caller,
            (Caller.business_id == Conversation.business_id)
            & (Caller.id == Conversation.caller_id),
        )
        .where(Handoff.business_id == work.business_id, condition)
        .order_by(Handoff.opened_at.desc(), Handoff.id.desc())
        .limit(most)
    )
    return [_queue_row(row.Handoff, row.Caller, row.since) for row in found]


def _queue_row(h: Handoff, caller: Caller, since: datetime | None) -> QueueRow:
    return QueueRow(
        id=h.id,
        no=h.no,
        conversation_id=h.conversation_id,
        lead_id=h.lead_id,
        phone=caller.phone,
        name=caller.name,
        state=h.state,
        reason=h.reason,
        urgency=h.urgency,
        summary=h.summary,
        claimed_by=h.claimed_by,
        claimed_at=h.claimed_at,
        opened_at=h.opened_at,
        waiting_since=since or h.opened_at,
        due_at=h.due_at,
        resolved_at=h.resolved_at,
        outcome=h.outcome,
        note=h.note,
        instruction=h.instruction,
    )


# -- leads and calls -----------------------------------------------------------------------------


async def leads(
    work: Work,
    status: str | None = None,
    phone: str | None = None,
    cursor: str | None = None,
    *,
    limit: int = PAGE,
) -> Page[LeadRow]:
    """The leads, newest first; `phone` as a person writes it.

    Raises:
        BadInput: no such status, no phone number, or a cursor that is none of ours.
    """
    conditions: list[ColumnElement[bool]] = []
    if status is not None:
        if status not in set(Status):
            raise BadInput("status", f"is one of {', '.join(Status)}", "texted")
        conditions.append(Lead.status == status)
    if phone is not None:
        conditions.append(Caller.phone == parse_phone(phone))
    if cursor is not None:
        conditions.append(Place.read(cursor).before(Lead.opened_at, Lead.id))
    rows = await _leads(work, conditions, limit + 1)
    return page_of(rows, limit, lambda r: Place(r.opened_at, r.id))


async def counts(work: Work) -> dict[str, int]:
    """How many leads of each status there are, for the board's heads; every status is there."""
    found = await work.session.execute(
        select(Lead.status, func.count().label("n"))
        .where(Lead.business_id == work.business_id)
        .group_by(Lead.status)
    )
    return {status.value: 0 for status in Status} | {row.status: row.n for row in found}


async def missed_calls(
    work: Work,
    start: datetime | None = None,
    end: datetime | None = None,
    cursor: str | None = None,
    *,
    limit: int = PAGE,
) -> Page[CallRow]:
    """The missed calls whose time lies in [start, end), newest first.

    Raises:
        BadInput: a cursor that is none of ours.
    """
    conditions: list[ColumnElement[bool]] = []
    if start is not None:
        conditions.append(Call.missed_at >= start)
    if end is not None:
        conditions.append(Call.missed_at < end)
    if cursor is not None:
        conditions.append(Place.read(cursor).before(Call.missed_at, Call.id))
    rows = await _calls(work, conditions, limit + 1)
    return page_of(rows, limit, lambda r: Place(r.at, r.id))


async def _leads(work: Work, conditions: list[ColumnElement[bool]], most: int) -> list[LeadRow]:
    found = await work.session.execute(
        select(Lead, Caller)
        .join(Caller, (Caller.business_id == Lead.business_id) & (Caller.id == Lead.caller_id))
        .where(Lead.business_id == work.business_id, *conditions)
        .order_by(Lead.opened_at.desc(), Lead.id.desc())
        .limit(most)
    )
    return [
        LeadRow(
            id=lead.id,
            phone=caller.phone,
            name=caller.name,
            status=lead.status,
            conversation_id=lead.conversation_id,
            opened_by=lead.opened_by,
            opened_at=lead.opened_at,
            last_activity_at=lead.last_activity_at,
            ended_at=lead.ended_at,
            intake=dict(lead.intake),
        )
        for lead, caller in found
    ]


async def _calls(work: Work, conditions: list[ColumnElement[bool]], most: int) -> list[CallRow]:
    found = await work.session.execute(
        select(
            Call.id,
            Call.phone,
            Call.number,
            Call.missed_at.label("at"),
            Call.decision,
            Call.lead_id,
            Conversation.id.label("conversation_id"),
        )
        .outerjoin(
            Conversation,
            (Conversation.business_id == Call.business_id)
            & (Conversation.caller_id == Call.caller_id),
        )
        .where(Call.business_id == work.business_id, Call.missed_at.is_not(None), *conditions)
        .order_by(Call.missed_at.desc(), Call.id.desc())
        .limit(most)
    )
    return [CallRow(**row) for row in found.mappings()]


# -- one conversation ----------------------------------------------------------------------------


async def conversation(work: Work, conversation_id: uuid.UUID) -> ConversationView:
    """One conversation with all its texts in order and the last missed calls.

    Raises:
        NotFound: there is no such conversation.
    """
    row = (
        await work.session.execute(
            select(Conversation, Caller)
            .join(
                Caller,
                (Caller.business_id == Conversation.business_id)
                & (Caller.id == Conversation.caller_id),
            )
            .where(Conversation.business_id == work.business_id, Conversation.id == conversation_id)
        )
    ).one_or_none()
    if row is None:
        raise NotFound("there is no such conversation")
    found, caller = row
    lead = await _present_lead(work, found)
    live = await _handoffs(
        work, and_(Handoff.conversation_id == found.id, Handoff.state != "resolved")
    )
    return ConversationView(
        id=found.id,
        phone=caller.phone,
        name=caller.name,
        number=found.number,
        owner=found.owner,
        staff_key=found.staff_key,
        epoch=found.epoch,
        opted_out=await opted_out(work, caller.phone),
        status=lead.status if lead is not None else None,
        lead=lead,
        handoff=live[0] if live else None,
        calls=tuple(await _calls(work, [Call.caller_id == caller.id], PAGE)),
        messages=await transcript(work, found.id),
    )


async def transcript(
    work: Work, conversation_id: uuid.UUID, *, after: int = 0
) -> tuple[MessageRow, ...]:
    """The texts of a conversation in order; `after` is the last `seq` that was seen."""
    found = await work.session.scalars(
        select(Message)
        .where(
            Message.business_id == work.business_id,
            Message.conversation_id == conversation_id,
            Message.seq > after,
        )
        .order_by(Message.seq)
    )
    return tuple(
        MessageRow(
            id=m.id,
            seq=m.seq,
            direction=m.direction,
            author=m.author,
            staff_key=m.staff_key,
            body=m.body,
            media=tuple(m.media),
            segments=m.segments,
            delivery=m.delivery,
            error_code=m.error_code,
            purpose=m.purpose,
            at=m.at,
        )
        for m in found
    )


async def _present_lead(work: Work, found: Conversation) -> LeadRow | None:
    """The open episode, else the last one."""
    lead_id = await work.session.scalar(
        select(Lead.id)
        .where(Lead.business_id == work.business_id, Lead.caller_id == found.caller_id)
        .order_by(Lead.ended_at.is_(None).desc(), Lead.opened_at.desc(), Lead.id.desc())
        .limit(1)
    )
    rows = await _leads(work, [Lead.id == lead_id], 1)
    return rows[0] if rows else None


__all__ = [
    "PAGE",
    "CallRow",
    "ConversationView",
    "LeadRow",
    "MessageRow",
    "Page",
    "Place",
    "QueueRow",
    "conversation",
    "counts",
    "handoff",
    "leads",
    "missed_calls",
    "page_of",
    "queue",
    "resolved",
    "transcript",
]
