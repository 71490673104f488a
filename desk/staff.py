"""People of the desk: tokens for programs, one-time links and sessions for browsers.

Only hashes are kept; what a person or a browser holds is 256 random bits. Three roles: `owner` and
`staff` of one business, `agency` over all of its businesses. Somebody who is no longer in the
business file is nobody any more, whatever they still hold.
"""

import uuid
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from sqlalchemy import select, update

from core.db import Database
from core.errors import BadInput, NotFound
from core.models import Session, Token, new_id
from core.secret import new_token, token_hash

ROLES: Final = ("owner", "staff", "agency")
LINK_LIFE: Final = timedelta(minutes=15)
SESSION_LIFE: Final = timedelta(days=30)
_SLIDE_AFTER: Final = timedelta(days=1)
"""A session's end is moved at most once in this time, so that reading a page writes nothing."""


@dataclass(frozen=True)
class Person:
    """Who acts at the desk. `key` is a staff key of the business file, or a token's own."""

    key: str
    name: str


@dataclass(frozen=True)
class Who:
    """Somebody who has shown what they hold. Of one business, or of one agency."""

    business_id: uuid.UUID | None
    agency_id: uuid.UUID | None
    role: str
    key: str
    name: str

    @property
    def person(self) -> Person:
        """The same as the handoffs know people."""
        return Person(self.key, self.name)


@dataclass(frozen=True)
class SignedIn:
    """A browser that just came in: what its cookie holds, and where it wanted to go."""

    secret: str
    who: Who
    go_to: str | None


# -- tokens --------------------------------------------------------------------------------------


async def create_token(
    db: Database,
    *,
    role: str,
    business_id: uuid.UUID | None = None,
    agency_id: uuid.UUID | None = None,
    name: str | None = None,
    staff_key: str | None = None,
) -> str:
    """Make a bearer token and return it; it can't be shown again.

    Each is a person of its own unless it names one of the staff.

    Raises:
        BadInput: a role that does not fit, or somebody who is not in the business file.
        NotFound: there is no such business.
    """
    name = await _checked(db, role, business_id, agency_id, name, staff_key)
    token = new_token()
    async with db.directory() as session:
        session.add(
            Token(
                id=new_id(),
                token_hash=token_hash(token),
                business_id=business_id,
                agency_id=agency_id,
                role=role,
                name=name,
                staff_key=staff_key,
                created_at=db.clock.now(),
            )
        )
    return token


async def who_is(db: Database, token: str) -> Who | None:
    """Who holds this bearer token; None when it is unknown, revoked, or its person has left."""
    async with db.directory() as session:
        row = await session.scalar(
            select(Token).where(Token.token_hash == token_hash(token), Token.revoked_at.is_(None))
        )
    return await _who(db, row, "token") if row is not None else None


async def revoke_token(db: Database, token: str) -> bool:
    """Make a token worthless; whether it was worth something."""
    async with db.directory() as session:
        gone = await session.scalar(
            update(Token)
            .where(Token.token_hash == token_hash(token), Token.revoked_at.is_(None))
            .values(revoked_at=db.clock.now())
            .returning(Token.id)
        )
    return gone is not None


# -- links and sessions --------------------------------------------------------------------------


async def create_link(
    db: Database,
    *,
    role: str,
    business_id: uuid.UUID | None = None,
    agency_id: uuid.UUID | None = None,
    name: str | None = None,
    staff_key: str | None = None,
    go_to: str | None = None,
) -> str:
    """The secret of a link that lets one browser in once, within 15 minutes.

    The page behind it must show a button and sign in by POST alone: previews fetch links.

    Raises:
        BadInput: a role that does not fit, or somebody who is not in the business file.
        NotFound: there is no such business.
    """
    name = await _checked(db, role, business_id, agency_id, name, staff_key)
    secret = new_token()
    now = db.clock.now()
    async with db.directory() as session:
        session.add(
            Session(
                id=new_id(),
                kind="link",
                secret_hash=token_hash(secret),
                business_id=business_id,
                agency_id=agency_id,
                role=role,
                name=name,
                staff_key=staff_key,
                go_to=go_to,
                created_at=now,
                expires_at=now + LINK_LIFE,
            )
        )
    return secret


async def link_is_good(db: Database, secret: str) -> bool:
    """Whether the link would still let somebody in; looking uses nothing up."""
    async with db.directory() as session:
        found = await session.scalar(
            select(Session.id).where(
                Session.secret_hash == token_hash(secret),
                Session.kind == "link",
                Session.used_at.is_(None),
                Session.expires_at > db.clock.now(),
            )
        )
    return found is not None


async def sign_in(db: Database, secret: str) -> SignedIn | None:
    """Use a link up, by POST alone; None when it was used, is too old or was never ours."""
    now = db.clock.now()
    cookie = new_token()
    async with db.directory() as session:
        link = await session.scalar(
            update(Session)
            .where(
                Session.secret_hash == token_hash(secret),
                Session.kind == "link",
                Session.used_at.is_(None),
                Session.expires_at > now,
            )
            .values(used_at=now)
            .returning(Session)
        )
        if link is None:
            return None
        row = Session(
            id=new_id(),
            kind="cookie",
            secret_hash=token_hash(cookie),
            business_id=link.business_id,
            agency_id=link.agency_id,
            role=link.role,
            name=link.name,
            staff_key=link.staff_key,
            created_at=now,
            expires_at=now + SESSION_LIFE,
            used_at=now,
        )
        session.add(row)
    who = await _who(db, row, "session")
    return SignedIn(cookie, who, link.go_to) if who is not None else None


async def who_is_signed_in(db: Database, cookie: str) -> Who | None:
    """Who this browser is; every day it comes by moves the end of its session 30 days on."""
    now = db.clock.now()
    async with db.directory() as session:
        row = await session.scalar(
            select(Session).where(
                Session.secret_hash == token_hash(cookie),
                Session.kind == "cookie",
                Session.expires_at > now,
            )
        )
        if row is None:
            return None
        if now - (row.used_at or row.created_at) >= _SLIDE_AFTER:
            row.used_at = now
            row.expires_at = now + SESSION_LIFE
    return await _who(db, row, "session")


async def sign_out(db: Database, cookie: str) -> None:
    """End a browser's session; its row stays as a trace."""
    async with db.directory() as session:
        await session.execute(
            update(Session)
            .where(Session.secret_hash == token_hash(cookie), Session.kind == "cookie")
            .values(expires_at=db.clock.now())
        )


# -- what they share -----------------------------------------------------------------------------


async def _checked(
    db: Database,
    role: str,
    business_id: uuid.UUID | None,
    agency_id: uuid.UUID | None,
    name: str | None,
    staff_key: str | None,
) -> str:
    """The name to keep, once role, place and person fit together."""
    if role not in ROLES:
        raise BadInput("role", f"is one of {', '.join(ROLES)}", "owner")
    if (business_id is None) == (agency_id is None):
        raise BadInput("business", "name either a business or an agency")
    if (role == "agency") != (agency_id is not None):
        raise BadInput("role", "agency goes with an agency; owner and staff go with a business")
    if staff_key is None:
        return name or role
    if business_id is None:
        raise BadInput("staff", "an agency has no staff of its own")
    person = await _person(db, business_id, staff_key)
    if person is None:
        raise BadInput("staff", f'"{staff_key}" is not in this business\'s staff')
    return name or person.name


async def _person(db: Database, business_id: uuid.UUID, key: str) -> Person | None:
    async with db.work(business_id) as work:
        found = work.profile.person(key)
    return Person(found.key, found.name) if found is not None else None


async def _who(db: Database, row: Token | Session, kind: str) -> Who | None:
    key = row.staff_key
    if key is not None and row.business_id is not None:
        try:
            if await _person(db, row.business_id, key) is None:
                return None
        except NotFound:
            return None
    # the end of a version 7 id is random; its beginning is the time and the same for a minute
    own = f"{kind}-{row.id.hex[-8:]}"
    return Who(row.business_id, row.agency_id, row.role, key or own, row.name)


__all__ = [
    "LINK_LIFE",
    "ROLES",
    "SESSION_LIFE",
    "Person",
    "SignedIn",
    "Who",
    "create_link",
    "create_token",
    "link_is_good",
    "revoke_token",
    "sign_in",
    "sign_out",
    "who_is",
    "who_is_signed_in",
]
