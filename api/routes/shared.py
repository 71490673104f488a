"""What the JSON routes share: instants in and out, phones in, pages of lists."""

import base64
import binascii
import re
import uuid
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Annotated, Any
from zoneinfo import ZoneInfo

from fastapi import Query
from sqlalchemy import ColumnElement, tuple_

from api.auth import Scope
from core.db import Work
from core.errors import BadInput
from core.models import Json
from core.phone import parse_phone

_LOST_PLUS = re.compile(r" (\d\d:?\d\d)$")
_SKEWED = "2026-12-01T09:00:00-05:00"
From = Annotated[str | None, Query(alias="from", description="RFC 3339; inclusive")]
To = Annotated[str | None, Query(description="RFC 3339; exclusive")]


def spoken_time(at: datetime, zone: ZoneInfo) -> str:
    """RFC 3339 with the offset of the business's zone."""
    return at.astimezone(zone).isoformat()


def told(at: datetime | None, zone: ZoneInfo) -> str | None:
    """The same for what may be missing."""
    return None if at is None else spoken_time(at, zone)


def instant(text: str, zone: ZoneInfo, field: str) -> datetime:
    """An instant in UTC as a program or a person writes it; without an offset it is local.

    Raises:
        BadInput: it is not a time.
    """
    written = _LOST_PLUS.sub(r"+\1", text.strip())  # a query string turns "+" into a blank
    try:
        at = datetime.fromisoformat(written)
    except ValueError:
        raise BadInput(field, "is not a time", _SKEWED) from None
    if at.tzinfo is None:
        at = at.replace(tzinfo=zone)
    try:
        return at.astimezone(UTC)
    except OverflowError:
        raise BadInput(field, "is too far away", _SKEWED) from None


def span(
    start: str | None, end: str | None, zone: ZoneInfo
) -> tuple[datetime | None, datetime | None]:
    """Both ends of `from` and `to`.

    Raises:
        BadInput: one of them is not a time, or they are the wrong way round.
    """
    first = instant(start, zone, "from") if start else None
    last = instant(end, zone, "to") if end else None
    if first and last and last < first:
        raise BadInput("to", "lies before from")
    return first, last


def phone_from(text: str) -> str:
    """An E.164 number out of a query string, where its plus may have become a blank.

    Raises:
        BadInput: it is not a phone number.
    """
    return parse_phone(text)


@dataclass(frozen=True)
class Mark:
    """Where a page ended: the last row's instant and id."""

    at: datetime
    id: uuid.UUID

    def written(self) -> str:
        """As an opaque cursor."""
        return base64.urlsafe_b64encode(f"{self.at.isoformat()} {self.id}".encode()).decode()

    @classmethod
    def read(cls, cursor: str) -> "Mark":
        """The mark of a cursor.

        Raises:
            BadInput: we never gave this cursor.
        """
        try:
            at, _, row = base64.urlsafe_b64decode(cursor.encode()).decode().partition(" ")
            return cls(datetime.fromisoformat(at), uuid.UUID(row))
        except (ValueError, binascii.Error):
            raise BadInput("cursor", "is not one that `next` gave") from None


@dataclass(frozen=True)
class Paging:
    """Which page of a list is wanted (a FastAPI dependency)."""

    limit: Annotated[int, Query(ge=1, le=500)] = 100
    cursor: Annotated[str | None, Query(description="`next` of the page before")] = None

    @property
    def mark(self) -> Mark | None:
        """Where the page before ended."""
        return Mark.read(self.cursor) if self.cursor else None


@dataclass(frozen=True)
class Row:
    """One item of a list with what it is ordered by."""

    at: datetime
    id: uuid.UUID
    item: Json


def beyond(
    at: Any, row_id: Any, mark: Mark | None, *, newest_first: bool
) -> list[ColumnElement[bool]]:
    """The condition that goes on where the page before ended."""
    if mark is None:
        return []
    here = tuple_(at, row_id)
    there = tuple_(mark.at, mark.id)
    return [here < there if newest_first else here > there]


async def page(
    scope: Scope,
    paging: Paging,
    rows: Callable[[Work, Mark | None, int], Awaitable[Sequence[Row]]],
    *,
    newest_first: bool = False,
) -> Json:
    """A page over all the businesses in scope, merged in the order of time.

    `rows` answers at most so many rows of one business beyond the mark, in that order.
    """
    mark, most = paging.mark, paging.limit + 1
    found: list[Row] = []
    for business_id in scope.ids:
        async with scope.house.db.work(business_id) as work:
            found.extend(await rows(work, mark, most))
    found.sort(key=lambda r: (r.at, r.id), reverse=newest_first)
    kept = found[: paging.limit]
    more = len(found) > paging.limit
    last = kept[-1] if kept else None
    return {
        "items": [r.item for r in kept],
        "next": Mark(last.at, last.id).written() if more and last else None,
    }
