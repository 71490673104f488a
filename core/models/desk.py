"""What people must do: handoffs and callbacks."""

import uuid
from datetime import datetime

from sqlalchemy import CheckConstraint, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from core.models.base import Base, Tenant, of_business

HANDOFF_REASONS = (
    "asked",
    "emergency",
    "urgent",
    "upset",
    "lost",
    "off_limits",
    "unknown_answer",
    "no_slot",
    "model_down",
    "conflict",
    "other",
)


class Handoff(Tenant, Base):
    """A conversation that waits for, or is with, a person. `due_at` is when one was promised."""

    __tablename__ = "handoffs"
    __table_args__ = (
        CheckConstraint("state IN ('open','claimed','resolved')", name="state"),
        CheckConstraint("urgency IN ('life','urgent','normal')", name="urgency"),
        CheckConstraint(f"reason IN {HANDOFF_REASONS}", name="reason"),
        CheckConstraint("outcome IN ('booked','follow_up_needed','closed')", name="outcome"),
        Index(
            "uq_handoffs_live",
            "business_id",
            "conversation_id",
            unique=True,
            postgresql_where=text("state <> 'resolved'"),
        ),
        Index("ix_handoffs_queue", "business_id", "state", "opened_at"),
        *of_business("conversations", "conversation_id"),
        *of_business("leads", "lead_id"),
    )
    no: Mapped[int]  # a short number, so that staff can name it in a text
    conversation_id: Mapped[uuid.UUID]
    lead_id: Mapped[uuid.UUID | None]
    state: Mapped[str] = mapped_column(default="open")
    reason: Mapped[str]
    urgency: Mapped[str] = mapped_column(default="normal")
    summary: Mapped[str]
    claimed_by: Mapped[str | None]
    claimed_at: Mapped[datetime | None]
    opened_at: Mapped[datetime]
    due_at: Mapped[datetime | None]
    escalations: Mapped[int] = mapped_column(default=0)
    resolved_at: Mapped[datetime | None]
    outcome: Mapped[str | None]
    note: Mapped[str | None]
    instruction: Mapped[str | None]


class Callback(Tenant, Base):
    """A call that a person owes a caller."""

    __tablename__ = "callbacks"
    __table_args__ = (
        CheckConstraint("state IN ('open','done')", name="state"),
        Index("ix_callbacks_state", "business_id", "state", "created_at"),
        *of_business("callers", "caller_id"),
        *of_business("leads", "lead_id"),
        *of_business("calls", "call_id"),
    )
    caller_id: Mapped[uuid.UUID | None]
    lead_id: Mapped[uuid.UUID | None]
    call_id: Mapped[uuid.UUID | None]
    phone: Mapped[str | None]
    state: Mapped[str] = mapped_column(default="open")
    reason: Mapped[str]
    owner: Mapped[str | None]  # staff key
    promised_from: Mapped[datetime | None]
    promised_until: Mapped[datetime | None]
    created_at: Mapped[datetime]
    done_at: Mapped[datetime | None]
    done_by: Mapped[str | None]
    outcome: Mapped[str | None]
