"""Calls that a person owes a caller: who, by when, what came of it."""

import uuid
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import ColumnElement, select

from core import episodes, journal
from core.db import Work
from core.errors import BadInput, NotFound
from core.journal import Fact
from core.leads import Cause, may_move
from core.models import Callback, Caller, Conversation, Lead
from desk.rows import PAGE, Page, Place, page_of
from desk.staff import Person

STATES: Final = ("open", "done")
_MOVES: Final = {"booked": Cause.BOOKED, "closed": Cause.SETTLED}
"""Outcomes that also say what the lead becomes; any other word is only kept."""


@dataclass(frozen=True)
class CallbackRow:
    """A call owed. `phone` is None when the caller withheld it: there is only the fact."""

    id: uuid.UUID
    phone: str | None
    name: str | None
    state: str
    reason: str
    owner: str | None
    lead_id: uuid.UUID | None
    call_id: uuid.UUID | None
    conversation_id: uuid.UUID | None
    promised_from: datetime | None
    promised_until: datetime | None
    created_at: datetime
    done_at: datetime | None
    done_by: str | None
    outcome: str | None


async def owed(
    work: Work, state: str | None = "open", cursor: str | None = None, *, limit: int = PAGE
) -> Page[CallbackRow]:
    """The calls owed, the oldest first; `state` None gives those that are done, too.

    Raises:
        BadInput: no such state, or a cursor that is none of ours.
    """
    if state is not None and state not in STATES:
        raise BadInput("state", f"is one of {', '.join(STATES)}", "open")
    conditions: list[ColumnElement[bool]] = [Callback.business_id == work.business_id]
    if state is not None:
        conditions.append(Callback.state == state)
    if cursor is not None:
        conditions.append(Place.read(cursor).after(Callback.created_at, Callback.id))
    rows = await _rows(work, conditions, limit + 1)
    return page_of(rows, limit, lambda r: Place(r.created_at, r.id))


async def done(work: Work, callback_id: uuid.UUID, who: Person, outcome: str) -> CallbackRow:
    """The call was made, or needs none; once done, the first outcome stays.

    `booked` and `closed` are also what the lead becomes, where that may follow.

    Raises:
        BadInput: no outcome.
        NotFound: there is no such callback.
    """
    outcome = outcome.strip()
    if not outcome:
        raise BadInput("outcome", "is empty", "reached")
    lead = await _lead_of(work, callback_id)
    callback = await work.session.scalar(
        select(Callback)
        .where(Callback.business_id == work.business_id, Callback.id == callback_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    if callback is None:
        raise NotFound("there is no such callback")
    if callback.state == "open":
        _close(work, callback, who, outcome)
        cause = _MOVES.get(outcome)
        if lead is not None and cause is not None and may_move(lead.status, cause):
            episodes.move(work, lead, cause)
    return (await _rows(work, [Callback.id == callback_id], 1))[0]


def _close(work: Work, callback: Callback, who: Person, outcome: str) -> None:
    callback.state = "done"
    callback.done_at = work.now
    callback.done_by = who.key
    callback.outcome = outcome
    journal.record(
        work,
        Fact.CALLBACK_DONE,
        lead_id=callback.lead_id,
        call_id=callback.call_id,
        callback=str(callback.id),
        by=who.key,
        outcome=outcome if outcome in _MOVES else "other",  # the journal holds no free words
    )


async def _lead_of(work: Work, callback_id: uuid.UUID) -> Lead | None:
    """The lead of a callback, locked after its conversation."""
    row = (
        await work.session.execute(
            select(Lead.id, Lead.conversation_id)
            .join(
                Callback,
                (Callback.business_id == Lead.business_id) & (Callback.lead_id == Lead.id),
            )
            .where(Callback.business_id == work.business_id, Callback.id == callback_id)
        )
    ).one_or_none()
    if row is None:
        return None
    await work.session.get_one(
        Conversation, (work.business_id, row.conversation_id), with_for_update=True
    )
    return await work.session.get_one(
        Lead, (work.business_id, row.id), with_for_update=True, populate_existing=True
    )


async def _rows(work: Work, conditions: list[ColumnElement[bool]], most: int) -> list[CallbackRow]:
    found = await work.session.execute(
        select(Callback, Caller.name, Conversation.id)
        .outerjoin(
            Caller,
            (Caller.business_id == Callback.business_id) & (Caller.id == Callback.caller_id),
        )
        .outerjoin(
            Conversation,
            (Conversation.business_id == Callback.business_id)
            & (Conversation.caller_id == Callback.caller_id),
        )
        .where(Callback.business_id == work.business_id, *conditions)
        .order_by(Callback.created_at, Callback.id)
        .limit(most)
    )
    return [
        CallbackRow(
            id=c.id,
            phone=c.phone,
            name=name,
            state=c.state,
            reason=c.reason,
            owner=c.owner,
            lead_id=c.lead_id,
            call_id=c.call_id,
            conversation_id=conversation_id,
            promised_from=c.promised_from,
            promised_until=c.promised_until,
            created_at=c.created_at,
            done_at=c.done_at,
            done_by=c.done_by,
            outcome=c.outcome,
        )
        for c, name, conversation_id in found
    ]


__all__ = ["STATES", "CallbackRow", "done", "owed"]
