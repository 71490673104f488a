"""What must be read before the business is known: who owns a number, a token, a session.

These tables hold no text of a caller. They are readable without a tenant (their policies say so,
one by one, in the first migration) and writable only within one, or by nobody's tenant for
agencies and businesses themselves.
"""

import uuid
from datetime import datetime

from sqlalchemy import ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from core.models.base import Base, Json, new_id


class Agency(Base):
    """Runs many businesses."""

    __tablename__ = "agencies"
    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    slug: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    created_at: Mapped[datetime]


class Business(Base):
    """One tenant. Its file is in `profiles`; here is what routing needs."""

    __tablename__ = "businesses"
    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    agency_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("agencies.id"), index=True)
    slug: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    test: Mapped[bool] = mapped_column(default=False)
    clock_offset_seconds: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[datetime]


class Number(Base):
    """Whose number this is, E.164; no two businesses may have the same."""

    __tablename__ = "numbers"
    number: Mapped[str] = mapped_column(primary_key=True)
    business_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("businesses.id"), index=True)
    account_sid: Mapped[str | None]


class Token(Base):
    """A bearer token; only its hash is kept. Each is a person of its own unless it names one."""

    __tablename__ = "tokens"
    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    token_hash: Mapped[str] = mapped_column(unique=True)
    business_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("businesses.id"), index=True)
    agency_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("agencies.id"), index=True)
    role: Mapped[str]
    name: Mapped[str]
    staff_key: Mapped[str | None]
    created_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]


class Session(Base):
    """A browser that is signed in, and before that the link that lets it in once."""

    __tablename__ = "sessions"
    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    kind: Mapped[str]  # link | cookie
    secret_hash: Mapped[str] = mapped_column(unique=True)
    business_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("businesses.id"), index=True)
    agency_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("agencies.id"), index=True)
    role: Mapped[str]
    name: Mapped[str]
    staff_key: Mapped[str | None]
    go_to: Mapped[str | None]
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]


class ServiceSecret(Base):
    """Keys that the service made for itself once and must keep, by name."""

    __tablename__ = "service_secrets"
    name: Mapped[str] = mapped_column(primary_key=True)
    value: Mapped[str]


class Job(Base):
    """An instruction for later, ids and codes only. The queue wakes us; this row decides.

    `due_at` is an instant of the business's clock. `claimed_until` is the running worker's lease.
    """

    __tablename__ = "jobs"
    __table_args__ = (
        UniqueConstraint("business_id", "kind", "dedupe"),
        Index("ix_jobs_due", "due_at", postgresql_where=text("state = 'pending'")),
        Index("ix_jobs_of", "business_id", "due_at", postgresql_where=text("state = 'pending'")),
    )
    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    business_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("businesses.id"))
    kind: Mapped[str]
    payload: Mapped[Json]
    dedupe: Mapped[str | None]
    state: Mapped[str] = mapped_column(default="pending")  # pending | done | failed
    due_at: Mapped[datetime]
    attempts: Mapped[int] = mapped_column(default=0)
    claimed_until: Mapped[datetime | None]
    error: Mapped[str | None]
    put_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]


DIRECTORY: tuple[str, ...] = (
    "agencies",
    "businesses",
    "numbers",
    "tokens",
    "sessions",
    "service_secrets",
    "jobs",
)
"""The tables that may be read without a tenant. Short, explicit, and tested."""
