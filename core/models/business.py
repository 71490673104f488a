"""A business's own file, its people as bookable resources, and what it knows."""

import uuid
from datetime import datetime
from typing import Any

from pgvector.sqlalchemy import Vector
from sqlalchemy import BigInteger, Computed, ForeignKey, Identity, Index, UniqueConstraint
from sqlalchemy.dialects.postgresql import TSVECTOR
from sqlalchemy.orm import Mapped, mapped_column

from core.models.base import Base, Json, Tenant


class ProfileRow(Base):
    """The business file as it was last saved. `carrier` holds its secrets, encrypted."""

    __tablename__ = "profiles"
    business_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("businesses.id"), primary_key=True)
    document: Mapped[Json]
    carrier: Mapped[str | None]
    version: Mapped[int] = mapped_column(default=1)
    updated_at: Mapped[datetime]


class Staff(Tenant, Base):
    """A person of the business. `resource_no` is what the exclusion constraint tells apart."""

    __tablename__ = "staff"
    __table_args__ = (UniqueConstraint("business_id", "key"), UniqueConstraint("resource_no"))
    key: Mapped[str]
    name: Mapped[str]
    phone: Mapped[str | None]
    email: Mapped[str | None]
    role: Mapped[str]
    active: Mapped[bool] = mapped_column(default=True)
    resource_no: Mapped[int] = mapped_column(BigInteger, Identity(always=True))


class KnowledgeRow(Tenant, Base):
    """A question the owner has answered. `words` is full text; `embedding` waits for a model."""

    __tablename__ = "knowledge"
    __table_args__ = (
        UniqueConstraint("business_id", "question"),
        Index("ix_knowledge_words", "words", postgresql_using="gin"),
    )
    question: Mapped[str]
    answer: Mapped[str]
    words: Mapped[Any] = mapped_column(
        TSVECTOR,
        Computed(
            "setweight(to_tsvector('english', question), 'A') || "
            "setweight(to_tsvector('english', answer), 'B')",
            persisted=True,
        ),
    )
    embedding: Mapped[Any | None] = mapped_column(Vector())
    updated_at: Mapped[datetime]
