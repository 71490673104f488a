"""What the environment chooses: whose database, whose carrier, which brain."""

import uuid

import asyncpg
import pytest
from pydantic import SecretStr

from api.wiring import ChosenCarriers, build, open_database
from core.clock import TurnableClock
from core.db import Database
from core.db.embedded import Embedded
from core.db.migrate import migrate
from core.errors import BadSetting, DatabaseMissing, UnsafeRole
from core.settings import Settings
from tests.conftest import NewBusiness
from texting.carriers.simulator import Simulator
from texting.carriers.twilio import TwilioCarrier

ACCOUNT = {"account_sid": "AC" + "b" * 32, "auth_token": "theirs"}
REAL = {"twilio_account_sid": "AC" + "a" * 32, "twilio_auth_token": SecretStr("ours")}


async def _empty_database(server: Embedded) -> str:
    name = f"empty_{uuid.uuid4().hex[:8]}"
    connection = await asyncpg.connect(server.dsn(database="postgres"))
    try:
        await connection.execute(f'CREATE DATABASE "{name}"')
    finally:
        await connection.close()
    return name


def _external(service: str, admin: str | None = None) -> Settings:
    return Settings.model_validate({"database_url": service, "database_admin_url": admin})


async def test_an_empty_database_is_migrated_by_the_admins_login(postgres: Embedded) -> None:
    name = await _empty_database(postgres)
    service = postgres.dsn(user="ringback", database=name)
    settings = _external(service, postgres.dsn(database=name))
    with pytest.raises(DatabaseMissing, match="ringback migrate"):
        await open_database(settings)
    for _ in range(2):
        db, embedded = await open_database(settings, upgrade=True)
        assert embedded is None
        await db.close()


async def test_a_login_that_came_later_is_granted_its_role_by_migrating_again(
    postgres: Embedded,
) -> None:
    name = await _empty_database(postgres)
    login = f"later_{uuid.uuid4().hex[:8]}"
    admin = postgres.dsn(database=name)
    await migrate(admin)
    connection = await asyncpg.connect(admin)
    try:
        await connection.execute(f"CREATE ROLE {login} LOGIN")
        settings = _external(postgres.dsn(user=login, database=name), admin)
        with pytest.raises(UnsafeRole, match=login):
            await open_database(settings)
        db, _ = await open_database(settings, upgrade=True)
        await db.close()
        await connection.execute(f"DROP ROLE {login}")
    finally:
        await connection.close()


async def test_a_login_that_may_not_migrate_is_told_which_variable_helps(
    postgres: Embedded,
) -> None:
    name = await _empty_database(postgres)
    with pytest.raises(BadSetting) as caught:
        await open_database(_external(postgres.dsn(user="ringback", database=name)), upgrade=True)
    assert caught.value.variable == "DATABASE_ADMIN_URL"


async def test_a_house_without_keys_has_simulator_and_offline_brain(
    database_url: str, clock: TurnableClock
) -> None:
    house = await build(_external(database_url), clock=clock)
    try:
        assert isinstance(house.carriers.installation, Simulator)
        assert house.brain.name == "offline"
        assert len(house.handlers) == 8
    finally:
        await house.close()


async def _chosen(db: Database, business: uuid.UUID, carriers: ChosenCarriers) -> object:
    async with db.work(business) as work:
        return await carriers.of(work)


async def test_each_business_has_its_own_carrier(
    db: Database, database_url: str, new_business: NewBusiness
) -> None:
    plain, _ = await new_business()
    own, _ = await new_business(carrier=ACCOUNT)
    tests, _ = await new_business(test=True)
    settings = Settings.model_validate(
        {"database_url": database_url, "phone_simulator": "on", **REAL}
    )
    # the tests' own secret, under which the subaccount's credentials were kept
    settings = settings.model_copy(update={"ringback_secret": SecretStr("a secret of the tests")})
    house = await build(settings)
    try:
        carriers = house.carriers
        assert await _chosen(db, plain, carriers) is carriers.installation
        assert await _chosen(db, tests, carriers) is carriers.simulator
        theirs = await _chosen(db, own, carriers)
        assert isinstance(theirs, TwilioCarrier)
        assert theirs is not carriers.installation
        assert await _chosen(db, own, carriers) is theirs
    finally:
        await house.close()


async def test_a_test_business_is_really_texted_where_the_simulator_is_off(
    db: Database, database_url: str, new_business: NewBusiness
) -> None:
    tests, _ = await new_business(test=True)
    settings = Settings.model_validate({"database_url": database_url, **REAL})
    house = await build(settings)
    try:
        assert await _chosen(db, tests, house.carriers) is house.carriers.installation
    finally:
        await house.close()
