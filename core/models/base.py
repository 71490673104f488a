"""What every table shares: time-ordered ids, the tenant in the key, UTC instants.

Every tenant table's primary key starts with `business_id`, and so does every foreign key, so that
the same schema can be spread over several servers by business.
"""

import os
import uuid
from datetime import datetime
from typing import Any, ClassVar

from sqlalchemy import ForeignKeyConstraint, MetaData, Uuid
from sqlalchemy.dialects.postgresql import JSONB, TIMESTAMP
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from core.clock import SystemClock

Json = dict[str, Any]


_last = (0, 0)


def new_id() -> uuid.UUID:
    """A UUID version 7 (RFC 9562): rows made one after another lie side by side in the index.

    Within a millisecond a counter goes on (section 6.2, method 1), so that ids of one process
    stand in the order in which they were made.
    """
    global _last  # noqa: PLW0603  the counter is the process's
    milliseconds = int(SystemClock().now().timestamp() * 1000)
    before, counter = _last
    milliseconds, counter = (milliseconds, 0) if milliseconds > before else (before, counter + 1)
    if counter > 0xFFF:
        milliseconds, counter = milliseconds + 1, 0
    _last = (milliseconds, counter)
    value = (milliseconds << 80) | (0x7 << 76) | (counter << 64)
    return uuid.UUID(int=value | (0x2 << 62) | int.from_bytes(os.urandom(8), "big") >> 2)


class Base(DeclarativeBase):
    """The metadata of all tables."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map: ClassVar[dict[Any, Any]] = {
        datetime: TIMESTAMP(timezone=True),
        Json: JSONB,
        uuid.UUID: Uuid(),
    }


class Tenant:
    """A row of one business, seen under row-level security alone."""

    business_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)


def of_business(table: str, *columns: str) -> list[ForeignKeyConstraint]:
    """Foreign keys to `table` within the same business, one per column."""
    return [
        ForeignKeyConstraint(["business_id", c], [f"{table}.business_id", f"{table}.id"])
        for c in columns
    ]
