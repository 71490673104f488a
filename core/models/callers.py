"""Callers, their calls, leads, conversations and every text."""

import uuid
from datetime import datetime

from sqlalchemy import (
    ARRAY,
    BigInteger,
    CheckConstraint,
    Identity,
    Index,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from core.models.base import Base, Json, Tenant, of_business


class Caller(Tenant, Base):
    """The person outside, known within a business by an E.164 number."""

    __tablename__ = "callers"
    __table_args__ = (UniqueConstraint("business_id", "phone"),)
    phone: Mapped[str]
    name: Mapped[str | None]
    language: Mapped[str | None]
    sms_capable: Mapped[bool | None]
    facts: Mapped[Json] = mapped_column(default=dict)
    created_at: Mapped[datetime]


class Call(Tenant, Base):
    """An incoming call. Once it was missed, `decision` says texted, or why not."""

    __tablename__ = "calls"
    __table_args__ = (
        UniqueConstraint("business_id", "sid"),
        Index("ix_calls_missed", "business_id", "missed_at"),
        *of_business("callers", "caller_id"),
        *of_business("leads", "lead_id"),
    )
    sid: Mapped[str]
    caller_id: Mapped[uuid.UUID | None]
    lead_id: Mapped[uuid.UUID | None]
    phone: Mapped[str | None]  # E.164, or null when withheld
    number: Mapped[str]  # ours
    forwarded_from: Mapped[str | None]
    started_at: Mapped[datetime]
    accepted_at: Mapped[datetime | None]  # a person pressed 1, or a bridged call without screening
    accepted_by: Mapped[str | None]  # E.164 of the leg
    ended_at: Mapped[datetime | None]
    carrier_status: Mapped[str | None]
    missed_at: Mapped[datetime | None]
    decision: Mapped[str | None]


class Lead(Tenant, Base):
    """One episode of interest, from a call or a text out of the blue to an end."""

    __tablename__ = "leads"
    __table_args__ = (
        CheckConstraint(
            "status IN ('texted','in_conversation','booked','follow_up_needed',"
            "'no_response','closed')",
            name="status",
        ),
        CheckConstraint("opened_by IN ('call','text')", name="opened_by"),
        Index("ix_leads_status", "business_id", "status"),
        Index("ix_leads_caller", "business_id", "caller_id", "opened_at"),
        # one episode at a time: a caller has at most one lead that is not ended
        Index(
            "uq_leads_open",
            "business_id",
            "caller_id",
            unique=True,
            postgresql_where=text("ended_at IS NULL"),
        ),
        *of_business("callers", "caller_id"),
        *of_business("conversations", "conversation_id"),
    )
    caller_id: Mapped[uuid.UUID]
    conversation_id: Mapped[uuid.UUID]
    status: Mapped[str]
    opened_by: Mapped[str]
    opened_at: Mapped[datetime]
    last_activity_at: Mapped[datetime]
    replied_at: Mapped[datetime | None]  # the caller's first text in this episode
    answered_at: Mapped[datetime | None]  # our first answer to it
    ended_at: Mapped[datetime | None]
    nudges: Mapped[int] = mapped_column(default=0)
    nudged_at: Mapped[datetime | None]
    intake: Mapped[Json] = mapped_column(default=dict)


class Conversation(Tenant, Base):
    """All texts between one caller and one business. `owner` is who may speak.

    `lease_token` fences turns: a turn commits only while the token is still its own. `epoch`
    rises whenever the owner changes, so that a turn begun before cannot speak after.
    """

    __tablename__ = "conversations"
    __table_args__ = (
        CheckConstraint("owner IN ('agent','queue','staff')", name="owner"),
        UniqueConstraint("business_id", "caller_id"),
        *of_business("callers", "caller_id"),
    )
    caller_id: Mapped[uuid.UUID]
    number: Mapped[str]  # ours, that the caller knows
    owner: Mapped[str] = mapped_column(default="agent")
    staff_key: Mapped[str | None]
    epoch: Mapped[int] = mapped_column(default=0)
    lease_until: Mapped[datetime | None]
    lease_token: Mapped[int] = mapped_column(BigInteger, default=0)
    memory: Mapped[Json] = mapped_column(default=dict)  # what the agent asked, offered, holds
    created_at: Mapped[datetime]
    last_message_at: Mapped[datetime | None]


class Message(Tenant, Base):
    """One text, in or out. `purpose` and `cause` make an outgoing one unique and lawful."""

    __tablename__ = "messages"
    __table_args__ = (
        CheckConstraint("direction IN ('inbound','outbound')", name="direction"),
        CheckConstraint("author IN ('caller','agent','staff','system')", name="author"),
        CheckConstraint(
            "delivery IN ('queued','sending','unknown','sent','delivered','undelivered',"
            "'failed','received')",
            name="delivery",
        ),
        UniqueConstraint("business_id", "carrier_sid"),
        UniqueConstraint("business_id", "purpose", "cause"),
        Index("ix_messages_conversation", "business_id", "conversation_id", "seq"),
        Index(
            "ix_messages_unanswered",
            "business_id",
            "conversation_id",
            postgresql_where=text("direction = 'inbound' AND answered_at IS NULL"),
        ),
        *of_business("conversations", "conversation_id"),
        *of_business("leads", "lead_id"),
    )
    seq: Mapped[int] = mapped_column(BigInteger, Identity(always=True), unique=True)
    conversation_id: Mapped[uuid.UUID | None]  # null: a text to staff
    lead_id: Mapped[uuid.UUID | None]
    direction: Mapped[str]
    author: Mapped[str]
    staff_key: Mapped[str | None]
    body: Mapped[str]
    media: Mapped[list[str]] = mapped_column(ARRAY(Text), default=list)
    segments: Mapped[int]
    delivery: Mapped[str]
    error_code: Mapped[int | None]
    carrier_sid: Mapped[str | None]
    from_phone: Mapped[str]
    to_phone: Mapped[str]
    purpose: Mapped[str | None]
    cause: Mapped[str | None]
    basis: Mapped[str | None]
    template: Mapped[str | None]
    attempts: Mapped[int] = mapped_column(default=0)
    at: Mapped[datetime]
    attempted_at: Mapped[datetime | None]
    sent_at: Mapped[datetime | None]
    delivered_at: Mapped[datetime | None]
    answered_at: Mapped[datetime | None]  # inbound: when a turn or a person answered it
