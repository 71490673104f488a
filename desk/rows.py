"""What the desk's reads answer: rows of staff's own view, and pages of them."""

import base64
import binascii
import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, Generic, TypeVar

from sqlalchemy import ColumnElement, tuple_

from core.errors import BadInput
from core.models import Json

PAGE: Final = 50
T = TypeVar("T")


@dataclass(frozen=True)
class Page(Generic[T]):
    """A piece of a list; `next` is the cursor of the piece after it, None at the end."""

    items: tuple[T, ...]
    next: str | None


@dataclass(frozen=True)
class Place:
    """Where a page ended: an instant and an id. Written, it is opaque."""

    at: datetime
    id: uuid.UUID

    def written(self) -> str:
        """As a cursor."""
        return base64.urlsafe_b64encode(f"{self.at.isoformat()} {self.id}".encode()).decode()

    @classmethod
    def read(cls, cursor: str) -> "Place":
        """The place that a cursor names.

        Raises:
            BadInput: we never gave this cursor.
        """
        try:
            at, _, row = base64.urlsafe_b64decode(cursor.encode()).decode().partition(" ")
            instant = datetime.fromisoformat(at)
            if instant.tzinfo is None:
                raise ValueError("a cursor's instant has a zone")
            return cls(instant, uuid.UUID(row))
        except (ValueError, binascii.Error):
            raise BadInput("cursor", "is not one that `next` gave") from None

    def after(self, at: Any, row_id: Any) -> ColumnElement[bool]:
        """The rows beyond this place, oldest first."""
        return tuple_(at, row_id) > tuple_(self.at, self.id)

    def before(self, at: Any, row_id: Any) -> ColumnElement[bool]:
        """The rows beyond this place, newest first."""
        return tuple_(at, row_id) < tuple_(self.at, self.id)


def page_of(rows: Sequence[T], limit: int, place: Callable[[T], Place]) -> Page[T]:
    """A page out of `limit + 1` rows: the one too many only tells that there is more."""
    kept = tuple(rows[:limit])
    return Page(kept, place(kept[-1]).written() if len(rows) > limit and kept else None)


@dataclass(frozen=True)
class QueueRow:
    """A handoff as staff see it. `waiting_since`: the caller's first unanswered text, else opening."""

    id: uuid.UUID
    no: int
    conversation_id: uuid.UUID
    lead_id: uuid.UUID | None
    phone: str
    name: str | None
    state: str
    reason: str
    urgency: str
    summary: str
    claimed_by: str | None
    claimed_at: datetime | None
    opened_at: datetime
    waiting_since: datetime
    due_at: datetime | None
    resolved_at: datetime | None
    outcome: str | None
    note: str | None
    instruction: str | None


@dataclass(frozen=True)
class LeadRow:
    """An episode of interest."""

    id: uuid.UUID
    phone: str
    name: str | None
    status: str
    conversation_id: uuid.UUID
    opened_by: str
    opened_at: datetime
    last_activity_at: datetime
    ended_at: datetime | None
    intake: Json


@dataclass(frozen=True)
class MessageRow:
    """One text of a conversation."""

    id: uuid.UUID
    seq: int
    direction: str
    author: str
    staff_key: str | None
    body: str
    media: tuple[str, ...]
    segments: int
    delivery: str
    error_code: int | None
    purpose: str | None
    at: datetime


@dataclass(frozen=True)
class CallRow:
    """A missed call; `decision` is `texted`, or the reason why not."""

    id: uuid.UUID
    phone: str | None
    number: str
    at: datetime
    decision: str | None
    lead_id: uuid.UUID | None
    conversation_id: uuid.UUID | None


@dataclass(frozen=True)
class ConversationView:
    """One conversation whole: who may speak, how the lead stands, every text in order."""

    id: uuid.UUID
    phone: str
    name: str | None
    number: str
    owner: str
    staff_key: str | None
    epoch: int
    opted_out: bool
    status: str | None
    lead: LeadRow | None
    handoff: QueueRow | None
    calls: tuple[CallRow, ...]
    messages: tuple[MessageRow, ...]
