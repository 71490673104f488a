"""The database: one engine, and a unit of work that sees exactly one business.

`work(business_id)` is one transaction: the tenant is set for it and for no longer, and it commits
when the block ends without an error. Nobody else commits. `directory()` sees no tenant's rows.
"""

import uuid
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import asyncpg
from sqlalchemy import select, text
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, create_async_engine

from core.clock import Clock, OffsetClock
from core.errors import DatabaseUnavailable, NotFound, UnsafeRole
from core.models import Business, ProfileRow
from core.profile import Profile
from core.secret import Secret, installed

SERVICE_ROLE = "ringback"


@dataclass(frozen=True)
class Work:
    """One transaction of one business. `now` is the business's clock when it began."""

    session: AsyncSession
    business_id: uuid.UUID
    slug: str
    test: bool
    now: datetime
    clock: Clock
    profile: Profile
    secret: Secret


class Database:
    """A pool of connections under the service's restricted role."""

    def __init__(
        self, url: str, clock: Clock, *, pool_size: int = 15, secret: str | None = None
    ) -> None:
        self.url = as_asyncpg(url)
        self.clock = clock
        self._given_secret = secret
        self._secret: Secret | None = None
        self._role: str | None = None
        self._profiles: dict[uuid.UUID, tuple[int, Profile]] = {}
        self.engine = self._engine(pool_size)

    def _engine(self, pool_size: int, **settings: str) -> AsyncEngine:
        return create_async_engine(
            self.url,
            pool_size=pool_size,
            max_overflow=5,
            pool_pre_ping=True,
            hide_parameters=True,  # an error must not carry a caller's words into a log
            connect_args={"server_settings": {"application_name": "ringback", **settings}},
        )

    async def open(self) -> None:
        """Take the service's role and refuse one that could read past row-level security.

        Raises:
            UnsafeRole: the login neither is the restricted role nor may become it.
            DatabaseUnavailable: nothing answers.
        """
        try:
            connection = await asyncpg.connect(plain_dsn(self.url))
        except (OSError, asyncpg.PostgresError, TimeoutError) as error:
            raise DatabaseUnavailable(f"the database does not answer: {error}") from error
        try:
            role = await service_role(connection)
        finally:
            await connection.close()
        if role is not None:
            await self.engine.dispose()
            self.engine = self._engine(self.engine.pool.size(), role=role)  # type: ignore[attr-defined]
        self._role = role
        async with self.directory() as session:
            self._secret = await installed(session, self._given_secret)

    @property
    def secret(self) -> Secret:
        """The installation's secret, known once the database is open."""
        if self._secret is None:
            raise RuntimeError("open() the database first")
        return self._secret

    async def close(self) -> None:
        """Close every connection."""
        await self.engine.dispose()

    async def connect_raw(self) -> "asyncpg.Connection[Any]":
        """A connection of its own under the same role, outside the pool: for LISTEN.

        Raises:
            DatabaseUnavailable: nothing answers.
        """
        settings = {"application_name": "ringback-listen"}
        if self._role is not None:
            settings["role"] = self._role
        try:
            return await asyncpg.connect(plain_dsn(self.url), server_settings=settings)
        except (OSError, asyncpg.PostgresError, TimeoutError) as error:
            raise DatabaseUnavailable(f"the database does not answer: {error}") from error

    @asynccontextmanager
    async def directory(self) -> AsyncIterator[AsyncSession]:
        """One transaction without a tenant: the directory tables alone can be seen."""
        async with (
            _as_ours(),
            AsyncSession(self.engine, expire_on_commit=False) as session,
            session.begin(),
        ):
            yield session

    @asynccontextmanager
    async def work(self, business_id: uuid.UUID) -> AsyncIterator[Work]:
        """One transaction of one business.

        Raises:
            NotFound: there is no such business.
            DatabaseUnavailable: nothing answers, or the connection broke; nothing was committed.
        """
        async with (
            _as_ours(),
            AsyncSession(self.engine, expire_on_commit=False) as session,
            session.begin(),
        ):
            yield await self._enter(session, business_id)

    async def _enter(self, session: AsyncSession, business_id: uuid.UUID) -> Work:
        await session.execute(
            text("SELECT set_config('ringback.business', :id, true)"), {"id": str(business_id)}
        )
        row = (
            await session.execute(
                select(
                    Business.slug, Business.test, Business.clock_offset_seconds, ProfileRow.version
                )
                .join(ProfileRow, ProfileRow.business_id == Business.id)
                .where(Business.id == business_id)
            )
        ).one_or_none()
        if row is None:
            raise NotFound("there is no such business")
        slug, test, offset, version = row
        clock: Clock = OffsetClock(self.clock, offset) if offset else self.clock
        return Work(
            session=session,
            business_id=business_id,
            slug=slug,
            test=test,
            now=clock.now(),
            clock=clock,
            profile=await self._profile(session, business_id, version),
            secret=self.secret,
        )

    async def _profile(
        self, session: AsyncSession, business_id: uuid.UUID, version: int
    ) -> Profile:
        cached = self._profiles.get(business_id)
        if cached is not None and cached[0] == version:
            return cached[1]
        document = await session.scalar(
            select(ProfileRow.document).where(ProfileRow.business_id == business_id)
        )
        profile = Profile.model_validate(document)
        self._profiles[business_id] = (version, profile)
        return profile


_PASSING = ("08", "53", "57P", "40001", "40P01", "55P03")
"""SQLSTATEs of what passes: lost, full, starting or stopping; a deadlock or a lock not had in time.

SQLAlchemy's asyncpg dialect has no class of its own for these.
"""


@asynccontextmanager
async def _as_ours() -> AsyncIterator[None]:
    """Turn a broken connection into our own error; leave what the statement did wrong alone."""
    try:
        yield
    except (InterfaceError, OperationalError, OSError) as error:
        raise DatabaseUnavailable(f"the database does not answer: {told(error)}") from error
    except DBAPIError as error:
        if error.connection_invalidated:
            raise DatabaseUnavailable(f"the connection broke: {told(error)}") from error
        if str(getattr(error.orig, "sqlstate", None) or "").startswith(_PASSING):
            raise DatabaseUnavailable(f"the database can't do it now: {error.orig}") from error
        raise


MAY_BECOME = """pg_has_role({login}, '{role}', CASE
  WHEN current_setting('server_version_num')::int < 160000 THEN 'MEMBER' ELSE 'SET' END)"""
"""Since PostgreSQL 16 who made a role is its member, and still may not become it unasked."""


async def service_role(connection: "asyncpg.Connection[Any]") -> str | None:
    """The role to become, or None when the login is itself the restricted one.

    Raises:
        UnsafeRole: the login neither is the service's role nor may become it, or that role is
            too powerful itself.
    """
    login = await connection.fetchval("SELECT session_user")
    unsafe = await connection.fetchval(
        "SELECT rolsuper OR rolbypassrls FROM pg_roles WHERE rolname = $1", SERVICE_ROLE
    )
    if unsafe is not None:
        if unsafe:
            raise UnsafeRole(unsafe_service_role())
        if login == SERVICE_ROLE:
            return None
        may_become = MAY_BECOME.format(login="session_user", role=SERVICE_ROLE)
        if await connection.fetchval(f"SELECT {may_become}"):
            return SERVICE_ROLE
    raise UnsafeRole(
        f'the database login "{login}" is not "{SERVICE_ROLE}" and may not become it, so nothing '
        "would keep businesses apart: run `ringback migrate` with DATABASE_ADMIN_URL, which lets "
        "it, or use the restricted login"
    )


def unsafe_service_role() -> str:
    """What to say when the restricted role is not restricted."""
    return (
        f'the role "{SERVICE_ROLE}" may bypass row-level security: '
        f"ALTER ROLE {SERVICE_ROLE} NOSUPERUSER NOBYPASSRLS"
    )


def told(error: BaseException) -> str:
    """The server's own first line, without the statement and the library's advertisement."""
    orig = getattr(error, "orig", None)
    return str(orig or error).partition("\n")[0].rpartition(">: ")[2]


def as_asyncpg(url: str) -> URL:
    """The address with the driver that the whole service uses."""
    return make_url(url).set(drivername="postgresql+asyncpg")


def plain_dsn(url: URL) -> str:
    """The same address as asyncpg itself reads it."""
    return url.set(drivername="postgresql").render_as_string(hide_password=False)


__all__ = [
    "MAY_BECOME",
    "SERVICE_ROLE",
    "Database",
    "Work",
    "as_asyncpg",
    "plain_dsn",
    "service_role",
    "told",
    "unsafe_service_role",
]
