"""Every text leaves through here: its row and its SendText job in one transaction.

`purpose` and `cause` name why there is a text at all, and are unique together: the same cause
posts once however often it is tried.
"""

import uuid
from dataclasses import dataclass

from sqlalchemy.dialects.postgresql import insert

from core import journal
from core.db import Work
from core.jobs import SendText, put
from core.journal import Fact
from core.models import Message, new_id


@dataclass(frozen=True)
class Draft:
    """A text to be sent. Phones are E.164; `conversation_id` None is a text to staff.

    `basis` is the legal ground (`missed_call`, `callers_text`, `inquiry`, `staff`, `internal`);
    `cause` is what it answers: `call:<id>`, `message:<id>`, `handoff:<id>:1`.
    """

    to_phone: str
    from_phone: str
    body: str
    author: str  # agent | staff | system
    purpose: str
    cause: str
    basis: str
    conversation_id: uuid.UUID | None = None
    lead_id: uuid.UUID | None = None
    staff_key: str | None = None
    template: str | None = None
    segments: int = 1  # the sender counts again before the carrier sees it


async def post(work: Work, draft: Draft) -> uuid.UUID | None:
    """Put a text into the outbox; its id, or None when this cause has posted already."""
    posted = await work.session.scalar(
        insert(Message)
        .values(
            business_id=work.business_id,
            id=new_id(),
            conversation_id=draft.conversation_id,
            lead_id=draft.lead_id,
            direction="outbound",
            author=draft.author,
            staff_key=draft.staff_key,
            body=draft.body,
            media=[],
            segments=draft.segments,
            delivery="queued",
            from_phone=draft.from_phone,
            to_phone=draft.to_phone,
            purpose=draft.purpose,
            cause=draft.cause,
            basis=draft.basis,
            template=draft.template,
            attempts=0,
            at=work.now,
        )
        .on_conflict_do_nothing(index_elements=["business_id", "purpose", "cause"])
        .returning(Message.id)
    )
    if posted is None:
        return None
    message_id: uuid.UUID = posted
    await put(work, SendText(message_id))
    journal.record(
        work,
        Fact.TEXT_POSTED,
        lead_id=draft.lead_id,
        message_id=message_id,
        purpose=draft.purpose,
        author=draft.author,
    )
    return message_id
