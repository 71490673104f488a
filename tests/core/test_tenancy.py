"""The catalogue itself: every tenant table is fenced, and the service's role can't step over."""

import asyncpg
import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import create_async_engine

from core.clock import SystemClock
from core.db import Database, as_asyncpg
from core.db.migrate import current, migrate, newest
from core.errors import UnsafeRole
from core.models import DIRECTORY, Base
from tests.conftest import NewBusiness

QUEUE = ("pgqueuer", "pgqueuer_log", "pgqueuer_schedules", "pgqueuer_statistics")
TABLES = """
SELECT c.relname AS name, c.relrowsecurity AS enabled, c.relforcerowsecurity AS forced,
       (SELECT count(*) FROM pg_policy p WHERE p.polrelid = c.oid) AS policies,
       EXISTS (SELECT 1 FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attname = 'business_id'
               AND NOT a.attisdropped) AS tenant
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE n.nspname = 'public' AND c.relkind IN ('r', 'p')
"""


async def test_every_table_is_fenced(admin_url: str) -> None:
    connection = await asyncpg.connect(admin_url)
    try:
        rows = await connection.fetch(TABLES)
    finally:
        await connection.close()
    names = {r["name"] for r in rows}
    assert set(Base.metadata.tables) <= names
    for row in rows:
        if row["name"] in (*QUEUE, "alembic_version"):
            continue
        assert row["enabled"], row["name"]
        assert row["forced"], row["name"]
        assert row["policies"] >= 1, row["name"]
        assert row["tenant"] or row["name"] in DIRECTORY, row["name"]


async def test_a_tenants_key_starts_with_the_business() -> None:
    for name, table in Base.metadata.tables.items():
        if name not in DIRECTORY:
            assert next(iter(table.primary_key.columns)).name == "business_id", name
            for key in table.foreign_key_constraints:
                columns = [c.name for c in key.columns]
                assert columns[0] == "business_id", f"{name}: {columns}"


async def test_no_row_can_be_written_for_another_business(
    db: Database, new_business: NewBusiness
) -> None:
    mine, _ = await new_business()
    other, _ = await new_business()
    with pytest.raises(DBAPIError, match="row-level security"):
        async with db.work(mine) as work:
            await work.session.execute(
                text(
                    "INSERT INTO callers (business_id, id, phone, facts, created_at) "
                    "VALUES (:other, gen_random_uuid(), '+12075550100', '{}', now())"
                ),
                {"other": other},
            )


async def test_the_tenant_does_not_outlive_its_transaction(
    db: Database, new_business: NewBusiness
) -> None:
    business, _ = await new_business()
    async with db.work(business) as work:
        assert await work.session.scalar(text("SELECT count(*) FROM profiles")) == 1
    for _ in range(5):
        async with db.directory() as session:
            assert await session.scalar(text("SELECT count(*) FROM profiles")) == 0


async def test_the_service_refuses_a_login_that_is_merely_weak(admin_url: str) -> None:
    """One that owns the tables could switch the fences off, superuser or not."""
    connection = await asyncpg.connect(admin_url)
    try:
        await connection.execute(
            "DO $$ BEGIN CREATE ROLE bystander LOGIN; "
            "EXCEPTION WHEN duplicate_object THEN NULL; END $$"
        )
    finally:
        await connection.close()
    stranger = Database(admin_url.replace("postgres@", "bystander@"), SystemClock())
    with pytest.raises(UnsafeRole, match="bystander"):
        await stranger.open()
    await stranger.close()


async def test_an_errors_words_hold_no_parameters(db: Database) -> None:
    with pytest.raises(DBAPIError) as caught:
        async with db.directory() as session:
            await session.execute(text("SELECT :words FROM nowhere"), {"words": "my secret"})
    assert "my secret" not in str(caught.value)


async def test_the_service_refuses_a_login_that_could_read_everything(
    admin_url: str, postgres: object
) -> None:
    """A superuser becomes the restricted role; one that can't is refused."""
    connection = await asyncpg.connect(admin_url)
    try:
        await connection.execute(
            "DO $$ BEGIN CREATE ROLE mighty LOGIN BYPASSRLS; "
            "EXCEPTION WHEN duplicate_object THEN NULL; END $$"
        )
    finally:
        await connection.close()
    strong = Database(admin_url.replace("postgres@", "mighty@"), SystemClock())
    with pytest.raises(UnsafeRole, match="mighty"):
        await strong.open()
    await strong.close()
    able = Database(admin_url, SystemClock())
    await able.open()
    async with able.directory() as session:
        row = (
            await session.execute(
                text("SELECT current_user, rolsuper FROM pg_roles WHERE rolname = current_user")
            )
        ).one()
        assert tuple(row) == ("ringback", False)
    await able.close()


async def test_the_migrations_make_what_the_models_say(admin_url: str) -> None:
    engine = create_async_engine(as_asyncpg(admin_url))
    options = {"include_name": lambda name, kind, _: not (name or "").startswith("pgqueuer")}
    async with engine.connect() as connection:
        drift = await connection.run_sync(
            lambda c: compare_metadata(MigrationContext.configure(c, opts=options), Base.metadata)
        )
    await engine.dispose()
    assert drift == []


async def test_migrating_again_changes_nothing(admin_url: str) -> None:
    assert await current(admin_url) == newest()
    assert await migrate(admin_url) == newest()
