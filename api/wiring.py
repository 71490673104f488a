"""The one place that chooses: settings -> database, carrier, brain; job -> handler.

No key means the built-in twin: embedded database, phone simulator, offline brain. This module
alone knows all rooms; everybody else is handed what they need.
"""

import asyncio
import json
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol, runtime_checkable

from alembic.util import CommandError
from fastapi import Request
from pydantic import SecretStr
from sqlalchemy import select, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DBAPIError, TimeoutError as PoolTimeout

from agent.brains import Brain
from core.clock import Clock, SystemClock
from core.db import SERVICE_ROLE, Database, Work, told
from core.db.embedded import Embedded, acquire
from core.db.migrate import current, migrate, newest
from core.errors import BadSetting, DatabaseMissing, DatabaseUnavailable, RingbackError, UnsafeRole
from core.jobs import (
    DecideCall,
    EndVisit,
    GiveUpLead,
    NudgeLead,
    ReconcileText,
    SendText,
    TakeTurn,
    TellStaff,
)
from core.jobs.worker import Handler, Worker
from core.log import get_logger
from core.models import ProfileRow
from core.secret import Secret
from core.settings import Carrier as Account, Settings
from texting.carriers import Carrier, Carriers

if TYPE_CHECKING:
    from texting.carriers.simulator import Callback

# Rooms, brains and their vendors are imported where a house is built: whoever only opens the
# database, as most commands do, need not wait a second for them.
log = get_logger("api.wiring")


_LOOK_EVERY = 2.0  # seconds between two looks at an embedded database that may have died


@runtime_checkable
class Closing(Protocol):
    """A brain that holds connections."""

    async def close(self) -> None:
        """Let go of them."""
        ...


@dataclass
class House:
    """All that one process runs on. `handlers` says which function does which job."""

    settings: Settings
    db: Database
    clock: Clock
    carriers: "ChosenCarriers"
    brain: Brain
    handlers: Mapping[type, Handler]
    embedded: Embedded | None = None

    @property
    def secret(self) -> Secret:
        """The installation's secret."""
        return self.db.secret

    def worker(self, *, concurrency: int = 20) -> Worker:
        """A worker over this house's jobs; run it with `await worker.run()`."""
        return Worker(self.db, self.handlers, concurrency=concurrency)

    async def keep_database(self) -> None:
        """Start the embedded database again whenever it died; ends only when cancelled.

        An external database is looked after by others: then this returns at once.
        """
        while self.embedded is not None:
            await asyncio.sleep(_LOOK_EVERY)
            try:
                async with self.db.directory() as session:
                    await session.execute(text("SELECT 1"))
            except PoolTimeout:
                continue  # every connection is busy: it lives
            except DatabaseUnavailable:
                await self._revive(self.embedded)

    async def _revive(self, embedded: Embedded) -> None:
        log.warning("database.died")
        try:
            await asyncio.to_thread(embedded.revive)
        except RingbackError as error:
            log.warning("database.revive.failed", error=str(error)[:200])

    async def close(self) -> None:
        """Close connections and give the share in the embedded database back."""
        await self.carriers.close()
        if isinstance(self.brain, Closing):
            await self.brain.close()
        await self.db.close()
        if self.embedded is not None:
            await asyncio.to_thread(self.embedded.release)


@dataclass
class ChosenCarriers:
    """Who carries a business's texts.

    Its own subaccount, else the installation's account, else the phone simulator. With
    PHONE_SIMULATOR=on beside a real account, businesses marked `test` use the simulator.
    """

    simulator: Carrier
    installation: Carrier
    settings: Settings
    _own: dict[uuid.UUID, tuple[int, Carrier]] = field(default_factory=dict)
    _replaced: list[Carrier] = field(default_factory=list)

    async def of(self, work: Work) -> Carrier:
        """The carrier of this business; its `signed` checks the business's webhooks too."""
        if work.test and self.settings.simulator:
            return self.simulator
        if work.profile.carrier is not None:
            return await self._of_subaccount(work)
        return self.installation

    async def _of_subaccount(self, work: Work) -> Carrier:
        found = await subaccount(work, self.settings)
        if found is None:
            return self.installation
        version, account = found
        known = self._own.get(work.business_id)
        if known is not None and known[0] == version:
            return known[1]
        if known is not None:
            self._replaced.append(
                known[1]
            )  # a text may be on its way through it: closed at the end
        carrier = _twilio(account)
        self._own[work.business_id] = (version, carrier)
        return carrier

    async def close(self) -> None:
        """Close every carrier once."""
        own = [carrier for _, carrier in self._own.values()]
        every = {id(c): c for c in (self.simulator, self.installation, *own, *self._replaced)}
        for carrier in every.values():
            await carrier.close()


async def subaccount(work: Work, settings: Settings) -> tuple[int, Account] | None:
    """The business's own account at the carrier and its file's version; None without one.

    Raises:
        BadSetting: it was kept under another RINGBACK_SECRET.
    """
    row = (
        await work.session.execute(
            select(ProfileRow.version, ProfileRow.carrier).where(
                ProfileRow.business_id == work.business_id
            )
        )
    ).one()
    if row.carrier is None:
        return None
    values = json.loads(work.secret.unlock(row.carrier))
    account = Account(
        account_sid=values["account_sid"],
        auth_token=SecretStr(values["auth_token"]),
        api_key=values["api_key"],
        api_secret=SecretStr(values["api_secret"]) if values["api_secret"] else None,
        api_url=settings.twilio_api_url,
    )
    return row.version, account


def _twilio(account: Account) -> Carrier:
    from texting.carriers.twilio import TwilioCarrier

    return TwilioCarrier(account)


def simulator_token(secret: Secret) -> str:
    """What the phone simulator signs its webhooks with; no outsider can know it."""
    return secret.hash("simulator", "token")


async def build(
    settings: Settings,
    *,
    clock: Clock | None = None,
    create: bool = False,
    upgrade: bool | None = None,
    carrier_callback: "Callback | None" = None,
) -> House:
    """Open everything that this environment asks for. Give it back with `await house.close()`.

    Args:
        settings: The environment.
        clock: What time it is; the machine's own when absent.
        create: Whether to make an embedded database where there is none (serve, demo, migrate).
        upgrade: Whether to run pending migrations; as `create` when absent.
        carrier_callback: How the simulator posts its reports to us; over HTTP when absent.

    Raises:
        DatabaseMissing: no embedded database, or its tables are not up to date; says what to do.
        DatabaseUnavailable: nothing answers.
        UnsafeRole: the login could read past row-level security.
        BadSetting: a variable is not usable.
    """
    clock = clock or SystemClock()
    db, embedded = await open_database(
        settings, clock=clock, create=create, upgrade=create if upgrade is None else upgrade
    )
    try:
        carriers = _carriers(settings, db, carrier_callback)
        brain = _brain(settings)
    except BaseException:
        await db.close()
        if embedded is not None:
            embedded.release()
        raise
    return House(
        settings=settings,
        db=db,
        clock=clock,
        carriers=carriers,
        brain=brain,
        handlers=_handlers(settings, db, carriers, brain),
        embedded=embedded,
    )


async def open_database(
    settings: Settings, *, clock: Clock | None = None, create: bool = False, upgrade: bool = False
) -> tuple[Database, Embedded | None]:
    """The database alone, for whoever needs no carrier and no brain. Raises as `build` does."""
    embedded: Embedded | None = None
    if settings.database_url is None:
        embedded = await asyncio.to_thread(acquire, settings.ringback_home, create=create)
    given = settings.ringback_secret
    try:
        await _bring_up_to_date(settings, embedded, upgrade=upgrade)
        url = embedded.dsn(user=SERVICE_ROLE) if embedded else plain(settings.database_url)
        db = Database(
            url, clock or SystemClock(), secret=given.get_secret_value() if given else None
        )
        try:
            await db.open()
        except BaseException:
            await db.close()
            raise
    except BaseException:
        if embedded is not None:
            embedded.release()
        raise
    return db, embedded


async def _bring_up_to_date(
    settings: Settings, embedded: Embedded | None, *, upgrade: bool
) -> None:
    if embedded is not None:
        admin, login = embedded.dsn(), SERVICE_ROLE
    else:
        service = plain(settings.database_url)
        admin = plain(settings.database_admin_url or settings.database_url)
        login = make_url(service).username or SERVICE_ROLE
    variable = "DATABASE_ADMIN_URL" if settings.database_admin_url else "DATABASE_URL"
    try:
        have = await current(admin)
    except DatabaseUnavailable as error:
        if embedded is not None:
            raise
        raise DatabaseUnavailable(f"{variable}: {error}") from error
    # an administrator at hand also grants what a new login of the service lacks
    if have == newest() and not (upgrade and settings.database_admin_url and embedded is None):
        return
    if not upgrade:
        raise DatabaseMissing("The database's tables are not up to date: run `ringback migrate`.")
    try:
        await migrate(admin, login=login)
    except CommandError as error:  # Alembic does not know the revision that is there
        raise UnsafeRole(
            f"the database was made by a newer Ringback ({error}): run that version"
        ) from error
    except DBAPIError as error:
        if embedded is not None:
            raise DatabaseUnavailable(f"migrating failed: {told(error)}") from error
        raise BadSetting(
            "DATABASE_ADMIN_URL",
            f'the login of {variable} ("{make_url(admin).username}") could not migrate '
            f"({told(error)}): give an administrator's address for `ringback migrate`",
            "postgresql://postgres:secret@db:5432/ringback",
        ) from error


def plain(value: SecretStr | None) -> str:
    """The secret's own text, empty when absent."""
    return value.get_secret_value() if value else ""


def _carriers(settings: Settings, db: Database, callback: "Callback | None") -> ChosenCarriers:
    from texting.carriers.simulator import Simulator, default_callback

    token = simulator_token(db.secret)
    reach = f"http://{_loopback(settings.host)}:{settings.port}"
    simulator = Simulator(
        callback or default_callback(settings.base_url, token, reach=reach),
        db.clock,
        token=token,
    )
    installation = _twilio(settings.carrier) if settings.carrier else simulator
    return ChosenCarriers(simulator=simulator, installation=installation, settings=settings)


def _loopback(host: str) -> str:
    """Where this machine reaches a service that listens on `host`."""
    if host in ("0.0.0.0", ""):  # noqa: S104 - compared, not bound
        return "127.0.0.1"
    if host == "::":
        return "[::1]"
    return f"[{host}]" if ":" in host else host


def _brain(settings: Settings) -> Brain:
    from agent.brains.offline import OfflineBrain

    offline: Brain = OfflineBrain()
    if settings.model is None:
        return offline
    from agent.brains.fallback import FallbackBrain
    from agent.brains.openai import OpenAIBrain

    return FallbackBrain(OpenAIBrain(settings.model))


def _handlers(
    settings: Settings, db: Database, carriers: Carriers, brain: Brain
) -> Mapping[type, Handler]:
    from agent.turn import take_turn_handler
    from booking.book import end_visit_handler
    from desk.followups import give_up_handler, nudge_lead_handler
    from desk.notify import tell_staff_handler
    from texting.missed_call import decide_call_handler
    from texting.nudge import nudge_draft
    from texting.sender import reconcile_text_handler, send_text_handler

    def link(slug: str, conversation_id: uuid.UUID) -> str:
        return f"{settings.base_url}/console/{slug}/conversations/{conversation_id}"

    return {
        SendText: send_text_handler(db, carriers, settings.base_url),
        ReconcileText: reconcile_text_handler(db, carriers, settings.base_url),
        DecideCall: decide_call_handler(db),
        TakeTurn: take_turn_handler(db, brain),
        NudgeLead: nudge_lead_handler(db, nudge_draft),
        GiveUpLead: give_up_handler(db),
        TellStaff: tell_staff_handler(db, link),
        EndVisit: end_visit_handler(db),
    }


def house_of(request: Request) -> House:
    """The house that this request was made to (a FastAPI dependency)."""
    house: House = request.app.state.house
    return house
