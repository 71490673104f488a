"""Times offered, held and booked. The exclusion constraint lives in the first migration."""

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, Index, UniqueConstraint
from sqlalchemy.dialects.postgresql import TSTZRANGE
from sqlalchemy.orm import Mapped, mapped_column

from core.models.base import Base, Tenant, of_business


class Booking(Tenant, Base):
    """A slot kept for a caller: `held` for some minutes, then `requested` or `confirmed`.

    `during` is the appointment plus its buffers; no two live rows of one resource may overlap,
    and the database itself forbids it. `held` and `released` are never shown outside.
    """

    __tablename__ = "bookings"
    __table_args__ = (
        CheckConstraint(
            "status IN ('held','released','requested','confirmed','cancelled','done','no_show')",
            name="status",
        ),
        CheckConstraint("ends_at > starts_at", name="forward"),
        UniqueConstraint("business_id", "idempotency"),
        Index("ix_bookings_start", "business_id", "starts_at"),
        Index("ix_bookings_resource", "business_id", "resource_no", "starts_at"),
        *of_business("callers", "caller_id"),
        *of_business("leads", "lead_id"),
        *of_business("conversations", "conversation_id"),
    )
    resource_no: Mapped[int] = mapped_column(BigInteger)
    staff_key: Mapped[str]
    service_key: Mapped[str]
    caller_id: Mapped[uuid.UUID | None]
    lead_id: Mapped[uuid.UUID | None]
    conversation_id: Mapped[uuid.UUID | None]
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    during: Mapped[Any] = mapped_column(TSTZRANGE)
    status: Mapped[str]
    expires_at: Mapped[datetime | None]
    idempotency: Mapped[str | None]
    booked_by: Mapped[str | None]  # agent | staff | caller's page
    name: Mapped[str | None]
    note: Mapped[str | None]
    created_at: Mapped[datetime]
    confirmed_at: Mapped[datetime | None]
    cancelled_at: Mapped[datetime | None]


class Offer(Tenant, Base):
    """A time put to a caller in a text: what a bare "2" means."""

    __tablename__ = "offers"
    __table_args__ = (
        Index("ix_offers_conversation", "business_id", "conversation_id", "made_at"),
        *of_business("conversations", "conversation_id"),
    )
    conversation_id: Mapped[uuid.UUID]
    position: Mapped[int]
    service_key: Mapped[str]
    staff_key: Mapped[str]
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    state: Mapped[str] = mapped_column(default="open")  # open | taken | refused | withdrawn
    made_at: Mapped[datetime]
