"""Bring a database up to date: the extension, the restricted role, the tables, the grants.

Run under the admin address when there is one, else under the service's own. Several processes may
call it at once; an advisory lock makes them take turns.
"""

import asyncio
from pathlib import Path
from typing import Any

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection, create_async_engine

from core.db import MAY_BECOME, SERVICE_ROLE, as_asyncpg, told, unsafe_service_role
from core.errors import DatabaseUnavailable, UnsafeRole

_LOCK = 7266
_NO_RIGHT = "42501"


def _config(connection: Connection | None = None) -> Config:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).with_name("migrations")))
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    return config


def newest() -> str:
    """The revision that this code needs."""
    head = ScriptDirectory.from_config(_config()).get_current_head()
    if head is None:
        raise RuntimeError("there are no migrations")
    return head


async def current(url: str) -> str | None:
    """The revision that a database has, None when it is empty.

    Raises:
        DatabaseUnavailable: nothing answers, or it knows no such login or database.
        UnsafeRole: this login may not even read that.
    """
    engine = create_async_engine(as_asyncpg(url), hide_parameters=True)
    try:
        async with engine.connect() as connection:
            return await connection.run_sync(
                lambda c: MigrationContext.configure(c).get_current_revision()
            )
    except (OSError, DBAPIError) as error:
        if getattr(getattr(error, "orig", None), "sqlstate", None) == _NO_RIGHT:
            raise UnsafeRole(
                f"the database login has no rights on Ringback's tables ({told(error)}): run "
                "`ringback migrate` with DATABASE_ADMIN_URL, or use the restricted login"
            ) from error
        raise DatabaseUnavailable(f"the database does not answer: {told(error)}") from error
    finally:
        await engine.dispose()


async def migrate(admin_url: str, *, login: str | None = None) -> str:
    """Run every pending migration and grant the service its rights; the revision reached.

    `login` is the service's own login when it differs from the restricted role: it is made a
    member, so that it may become that role.

    Raises:
        DatabaseUnavailable: nothing answers.
        UnsafeRole: the role may not be made under this login.
    """
    engine = create_async_engine(as_asyncpg(admin_url), hide_parameters=True)
    try:
        async with engine.begin() as connection:
            await connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _LOCK})
            await _prepare(connection)
            await connection.run_sync(lambda c: command.upgrade(_config(c), "head"))
            await _grant(connection, login)
    except OSError as error:
        raise DatabaseUnavailable(f"the database does not answer: {error}") from error
    finally:
        await engine.dispose()
    return newest()


async def _prepare(connection: AsyncConnection) -> None:
    await connection.execute(text("CREATE EXTENSION IF NOT EXISTS vector"))
    row: Any = (
        await connection.execute(
            text("SELECT rolsuper OR rolbypassrls AS unsafe FROM pg_roles WHERE rolname = :name"),
            {"name": SERVICE_ROLE},
        )
    ).one_or_none()
    if row is None:
        # Roles belong to the whole cluster: another database's migration may win this race.
        await connection.execute(
            text(
                f"""
                DO $$ BEGIN
                  CREATE ROLE {SERVICE_ROLE} LOGIN NOSUPERUSER NOBYPASSRLS NOCREATEDB NOCREATEROLE;
                EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL;
                END $$
                """
            )
        )
    elif row.unsafe:
        raise UnsafeRole(unsafe_service_role())


async def _grant(connection: AsyncConnection, login: str | None) -> None:
    for statement in (
        f"GRANT USAGE ON SCHEMA public TO {SERVICE_ROLE}",
        f"GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {SERVICE_ROLE}",
        f"GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO {SERVICE_ROLE}",
        f"REVOKE INSERT, UPDATE, DELETE ON alembic_version FROM {SERVICE_ROLE}",
    ):
        await connection.execute(text(statement))
    if login and login != SERVICE_ROLE:
        may_become = MAY_BECOME.format(login=":login", role=SERVICE_ROLE).replace("::", "\\:\\:")
        if not await connection.scalar(text(f"SELECT {may_become}"), {"login": login}):
            quoted = login.replace('"', '""')
            await connection.execute(text(f'GRANT {SERVICE_ROLE} TO "{quoted}"'))


def migrate_now(admin_url: str, *, login: str | None = None) -> str:
    """`migrate` for callers without a running loop."""
    return asyncio.run(migrate(admin_url, login=login))
