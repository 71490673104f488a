"""Who is asking, and which businesses they may see.

A token is of one business or of one agency. What belongs to another answers 404, never 403: whether
it exists is nobody else's business.
"""

import uuid
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Annotated, TypeVar

from fastapi import Depends, Query, Request
from sqlalchemy import select
from starlette.exceptions import HTTPException

from api.wiring import House, house_of
from core.db import Work
from core.errors import BadInput, NotAllowed, NotFound
from core.log import bind_contextvars
from core.models import Agency, Business
from desk.staff import Person, Who, who_is

T = TypeVar("T")


@dataclass(frozen=True)
class Place:
    """A business in scope."""

    id: uuid.UUID
    slug: str


@dataclass(frozen=True)
class Scope:
    """One request: the house, who asks, and the businesses that this is about."""

    house: House
    who: Who
    places: tuple[Place, ...]

    @property
    def ids(self) -> tuple[uuid.UUID, ...]:
        """The businesses' ids."""
        return tuple(p.id for p in self.places)

    @property
    def person(self) -> Person:
        """Who acts, as the desk knows people."""
        return self.who.person

    def one(self) -> uuid.UUID:
        """The business that something new is for.

        Raises:
            BadInput: an agency has several and named none.
        """
        if len(self.places) != 1:
            slugs = ", ".join(p.slug for p in self.places[:5])
            raise BadInput("business", "say which one: ?business=slug", slugs)
        return self.places[0].id

    async def wherever(self, act: Callable[[Work], Awaitable[T]]) -> T:
        """Do it in the business in scope that has the thing; others answer `NotFound`.

        Raises:
            NotFound: none of them has it.
        """
        for place in self.places:
            try:
                async with self.house.db.work(place.id) as work:
                    return await act(work)
            except NotFound:
                continue
        raise NotFound("there is no such thing here")


async def asking(request: Request, house: Annotated[House, Depends(house_of)]) -> Who:
    """Who holds the bearer token of this request.

    Raises:
        HTTPException: 401 without a token that is known.
    """
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not token.strip():
        raise _unknown("Send your token: Authorization: Bearer <token>.", "")
    who = await who_is(house.db, token.strip())
    if who is None:
        raise _unknown("This token is not known, or was revoked.", ', error="invalid_token"')
    bind_contextvars(role=who.role)
    return who


def _unknown(detail: str, more: str) -> HTTPException:
    return HTTPException(
        401, detail, headers={"WWW-Authenticate": f'Bearer realm="ringback"{more}'}
    )


async def scope(
    house: Annotated[House, Depends(house_of)],
    who: Annotated[Who, Depends(asking)],
    business: Annotated[
        str | None, Query(description="One business of an agency's, by slug")
    ] = None,
) -> Scope:
    """The businesses that this request is about.

    Raises:
        NotFound: the business named is not one that this token may see.
    """
    places = await places_of(house, who)
    if business is not None:
        places = tuple(p for p in places if p.slug == business)
        if not places:
            raise NotFound(f'there is no business "{business}"')
    return Scope(house, who, places)


async def places_of(house: House, who: Who) -> tuple[Place, ...]:
    """Every business that this person may see, by slug."""
    mine = (
        Business.id == who.business_id
        if who.business_id is not None
        else Business.agency_id == who.agency_id
    )
    async with house.db.directory() as session:
        rows = await session.execute(
            select(Business.id, Business.slug).where(mine).order_by(Business.slug)
        )
        return tuple(Place(r.id, r.slug) for r in rows)


async def agency_slug(house: House, agency_id: uuid.UUID) -> str:
    """The slug of an agency that is known to exist."""
    async with house.db.directory() as session:
        return str(await session.scalar(select(Agency.slug).where(Agency.id == agency_id)))


def owners_only(who: Annotated[Who, Depends(asking)]) -> None:
    """Owners and agencies may; staff may not (a FastAPI dependency).

    Raises:
        NotAllowed: this token is of a member of staff.
    """
    if who.role == "staff":
        raise NotAllowed("only the owner or the agency may do that")


InScope = Annotated[Scope, Depends(scope)]
Asking = Annotated[Who, Depends(asking)]
OwnersOnly = Depends(owners_only)
