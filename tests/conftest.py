"""One embedded PostgreSQL a run, a migrated template, a database for each xdist worker.

Tests commit for real, as the product does; each makes businesses of its own with numbers of its
own, so that none needs another's rows gone.
"""

import asyncio
import fcntl
import itertools
import os
import uuid
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from pathlib import Path

import asyncpg
import pytest

from core.businesses import save
from core.clock import TurnableClock
from core.db import Database
from core.db.embedded import Embedded, acquire
from core.db.migrate import migrate
from core.profile import Profile
from tests.sample import sample_profile

TEMPLATE = "ringback_template"
_counter = itertools.count(1)


@pytest.fixture(scope="session")
def worker_id(request: pytest.FixtureRequest) -> str:
    config = request.config
    return str(getattr(config, "workerinput", {}).get("workerid", "main"))


@pytest.fixture(scope="session")
def run_folder(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Path:
    base = tmp_path_factory.getbasetemp()
    return base if worker_id == "main" else base.parent


@pytest.fixture(scope="session")
def postgres(run_folder: Path) -> Iterator[Embedded]:
    """The run's own server, shared by all workers, with the migrated template in place."""
    server = acquire(run_folder / "home", create=True)
    with (run_folder / "template.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (run_folder / "template.done").exists():
            asyncio.run(_make_database(server, TEMPLATE, None))
            asyncio.run(migrate(server.dsn(database=TEMPLATE)))
            (run_folder / "template.done").touch()
    yield server
    server.release()


async def _make_database(server: Embedded, name: str, template: str | None) -> None:
    connection = await asyncpg.connect(server.dsn(database="postgres"))
    try:
        of = f' TEMPLATE "{template}"' if template else ""
        await connection.execute(f'CREATE DATABASE "{name}"{of}')
    finally:
        await connection.close()


def clone_database(server: Embedded, run_folder: Path) -> str:
    """A fresh, migrated database; its name. Copies of one template are made one at a time."""
    name = f"t_{os.getpid()}_{next(_counter)}_{uuid.uuid4().hex[:6]}"
    with (run_folder / "template.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        asyncio.run(_make_database(server, name, TEMPLATE))
    return name


@pytest.fixture(scope="session")
def database_name(postgres: Embedded, run_folder: Path) -> str:
    return clone_database(postgres, run_folder)


@pytest.fixture(scope="session")
def database_url(postgres: Embedded, database_name: str) -> str:
    return postgres.dsn(user="ringback", database=database_name)


@pytest.fixture(scope="session")
def admin_url(postgres: Embedded, database_name: str) -> str:
    return postgres.dsn(database=database_name)


@pytest.fixture
def clock() -> TurnableClock:
    """Tue Dec 1 2026, 10:00 in New York; it stands still until a test turns it."""
    return TurnableClock()


@pytest.fixture
async def db(database_url: str, clock: TurnableClock) -> AsyncIterator[Database]:
    database = Database(database_url, clock, pool_size=5, secret="a secret of the tests")
    await database.open()
    yield database
    await database.close()


NewBusiness = Callable[..., Awaitable[tuple[uuid.UUID, Profile]]]


@pytest.fixture
def new_business(db: Database) -> NewBusiness:
    """Make a business of the test's own: `await new_business(texting={...}) -> (id, profile)`."""

    async def make(**changes: object) -> tuple[uuid.UUID, Profile]:
        profile = sample_profile(**changes)
        return (await save(db, profile)).business_id, profile

    return make
