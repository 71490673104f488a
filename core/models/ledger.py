"""What is only ever added to: opt-outs, the journal, the agent's turns."""

import uuid
from datetime import datetime

from sqlalchemy import BigInteger, CheckConstraint, Identity, Index
from sqlalchemy.orm import Mapped, mapped_column

from core.models.base import Base, Json, Tenant


class OptOut(Tenant, Base):
    """Every stop, start and help by a keyed hash of the number: it survives erasure.

    The last row of a hash is the present state.
    """

    __tablename__ = "opt_outs"
    __table_args__ = (
        CheckConstraint("kind IN ('stop','start','help')", name="kind"),
        Index("ix_opt_outs_hash", "business_id", "phone_hash", "at"),
    )
    phone_hash: Mapped[str]
    kind: Mapped[str]
    source: Mapped[str]  # keyword | meaning | carrier | staff
    message_id: Mapped[uuid.UUID | None]
    at: Mapped[datetime]
    seq: Mapped[int] = mapped_column(BigInteger, Identity(always=True))


class JournalEntry(Tenant, Base):
    """One fact about a lead or a call: ids and codes only. Metrics read nothing else."""

    __tablename__ = "journal"
    __table_args__ = (
        Index("ix_journal_lead", "business_id", "lead_id", "at"),
        Index("ix_journal_fact", "business_id", "fact", "at"),
        Index("ix_journal_call", "business_id", "call_id"),
    )
    fact: Mapped[str]
    at: Mapped[datetime]
    lead_id: Mapped[uuid.UUID | None]
    call_id: Mapped[uuid.UUID | None]
    message_id: Mapped[uuid.UUID | None]
    data: Mapped[Json] = mapped_column(default=dict)
    seq: Mapped[int] = mapped_column(BigInteger, Identity(always=True))


class Turn(Tenant, Base):
    """One run of the agent: which brain, what it proposed, what was refused, what it cost."""

    __tablename__ = "turns"
    __table_args__ = (Index("ix_turns_conversation", "business_id", "conversation_id", "at"),)
    conversation_id: Mapped[uuid.UUID]
    at: Mapped[datetime]
    brain: Mapped[str]
    model: Mapped[str | None]
    model_calls: Mapped[int] = mapped_column(default=0)
    input_tokens: Mapped[int] = mapped_column(default=0)
    output_tokens: Mapped[int] = mapped_column(default=0)
    milliseconds: Mapped[int] = mapped_column(default=0)
    acts: Mapped[Json] = mapped_column(default=dict)
    refusals: Mapped[Json] = mapped_column(default=dict)
    prompt_version: Mapped[str | None]
