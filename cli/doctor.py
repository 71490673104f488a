"""`ringback doctor`: is everything set up? Each line is ok, warn or fail, with what to do."""

import asyncio
import importlib.metadata
import zoneinfo
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, timedelta
from typing import TYPE_CHECKING, Any, Literal

import click
import httpx

from cli.common import Verb, as_json, run, say, say_json, settings
from core.clock import SystemClock
from core.errors import BadSetting, RingbackError

if TYPE_CHECKING:
    from core.db import Database
    from core.settings import Carrier, Settings

_SECONDS = 8.0
_SECRET_LENGTH = 16
_SKEW = timedelta(seconds=5)
_TWILIO = "https://api.twilio.com"
_OPENAI = "https://api.openai.com/v1"


@dataclass(frozen=True)
class Finding:
    """One line of the report."""

    check: str
    state: Literal["ok", "warn", "fail"]
    told: str


@click.command(cls=Verb)
@as_json
def command(as_json: bool) -> int:
    """Check settings, database, carrier, numbers, model, clock and address; exit 1 on a fail."""
    findings = run(_all())
    if as_json:
        say_json([{"check": f.check, "state": f.state, "told": f.told} for f in findings])
    else:
        for finding in findings:
            say(f"{finding.state:<5} {finding.check}: {' '.join(finding.told.split())}")
    return int(any(f.state == "fail" for f in findings))


async def _all() -> list[Finding]:
    try:
        here = settings()
    except BadSetting as error:
        return [Finding("settings", "fail", str(error))]
    found = [Finding("settings", "ok", "every variable is usable")]
    secret = here.ringback_secret
    if secret is not None and len(secret.get_secret_value()) < _SECRET_LENGTH:
        told = "RINGBACK_SECRET can be guessed: take the output of openssl rand -base64 32"
        found.append(Finding("secret", "warn", told))
    found += [f async for f in _database(here)]
    found += [f async for f in _carrier(here)]
    found += [f async for f in _model(here)]
    found += [f async for f in _zones()]
    found += [f async for f in _address(here)]
    return found


# -- database, role, migrations, clock, numbers ----------------------------------------------------


async def _database(here: "Settings") -> AsyncIterator[Finding]:
    from api.wiring import open_database

    try:
        db, embedded = await open_database(here)
    except RingbackError as error:
        yield Finding("database", "fail", str(error))
        return
    try:
        kind = "embedded" if embedded else "external"
        version, role, vector, skew = await _asked(db)
        yield Finding("database", "ok", f"{kind} PostgreSQL {version}")
        if not embedded and int(version.split(".")[0]) < 15:
            yield Finding("database", "fail", "PostgreSQL 15 or newer is needed: upgrade it")
        yield Finding("role", "ok", f'"{role}" can not read past row-level security')
        yield Finding("migrations", "ok", f"up to date, pgvector {vector}")
        if abs(skew) > _SKEW:
            told = f"this machine and the database differ by {skew}: set both by NTP"
            yield Finding("clock", "warn", told)
        else:
            yield Finding("clock", "ok", "agrees with the database's")
        async for finding in _numbers(here, db):
            yield finding
    except RingbackError as error:
        yield Finding("database", "fail", str(error))
    finally:
        await db.close()
        if embedded is not None:
            await asyncio.to_thread(embedded.release)


async def _asked(db: "Database") -> tuple[str, str, str, timedelta]:
    from sqlalchemy import text

    async with db.directory() as session:
        row = (
            await session.execute(
                text(
                    "SELECT current_setting('server_version') AS version, current_user AS role, "
                    "(SELECT extversion FROM pg_extension WHERE extname = 'vector') AS vector, "
                    "clock_timestamp() AS now"
                )
            )
        ).one()
    skew = SystemClock().now() - row.now.astimezone(UTC)
    return str(row.version).split(" ")[0], row.role, row.vector, skew


async def _numbers(here: "Settings", db: "Database") -> AsyncIterator[Finding]:
    """Each business's numbers: does the carrier call us for them?"""
    from sqlalchemy import select

    from api.wiring import subaccount
    from core.models import Business

    async with db.directory() as session:
        ids = list(await session.scalars(select(Business.id).order_by(Business.slug)))
    if not ids:
        yield Finding("businesses", "warn", "there is none yet: ringback business import FILE.yaml")
        return
    yield Finding("businesses", "ok", f"there are {len(ids)}")
    for business_id in ids:
        async with db.work(business_id) as work:
            profile = work.profile
            try:
                own = await subaccount(work, here)
            except BadSetting as error:
                yield Finding(profile.slug, "fail", str(error))
                continue
        if not profile.phone_numbers:
            yield Finding(profile.slug, "warn", "has no number: add phone_numbers to its file")
        account = own[1] if own else here.carrier
        if account is None or (profile.test and here.simulator):
            continue  # the phone simulator needs no set-up
        for number in profile.phone_numbers:
            yield await _number(here, account, number.number)


async def _number(here: "Settings", account: "Carrier", number: str) -> Finding:
    path = f"/2010-04-01/Accounts/{account.account_sid}/IncomingPhoneNumbers.json"
    answer = await _get_twilio(account, path, {"PhoneNumber": number})
    if isinstance(answer, str):
        return Finding(number, "fail", answer)
    listed = answer.get("incoming_phone_numbers") or []
    if not listed:
        return Finding(number, "fail", "is not a number of this account: buy or port it")
    wrong = [
        f"{name} is {listed[0].get(name) or 'empty'}, set it to {here.base_url}{path}"
        for name, path in (("voice_url", "/twilio/voice"), ("sms_url", "/twilio/sms"))
        # what follows a # are instructions to Twilio about retries, not the address
        if str(listed[0].get(name)).partition("#")[0] != f"{here.base_url}{path}"
    ]
    if wrong:
        return Finding(number, "fail", "; ".join(wrong))
    return Finding(number, "ok", "calls and texts come here")


# -- what is outside -------------------------------------------------------------------------------


async def _carrier(here: "Settings") -> AsyncIterator[Finding]:
    account = here.carrier
    if account is None:
        told = "the phone simulator; for a real one set TWILIO_ACCOUNT_SID, TWILIO_AUTH_TOKEN"
        yield Finding("carrier", "ok", told)
        return
    answer = await _get_twilio(account, f"/2010-04-01/Accounts/{account.account_sid}.json", {})
    if isinstance(answer, str):
        yield Finding("carrier", "fail", answer)
    elif answer.get("status", "active") != "active":
        yield Finding("carrier", "fail", f"the account is {answer['status']}: see Twilio's console")
    else:
        yield Finding("carrier", "ok", f"Twilio account {account.account_sid[:6]}... answers")


async def _get_twilio(account: "Carrier", path: str, query: dict[str, str]) -> dict[str, Any] | str:
    """The answer, or what is wrong."""
    secret = account.api_secret if account.api_key and account.api_secret else account.auth_token
    login = (account.api_key or account.account_sid, secret.get_secret_value())
    base = (account.api_url or _TWILIO).rstrip("/")
    return await _get(base + path, query, auth=login, who="Twilio", keys="TWILIO_AUTH_TOKEN")


async def _model(here: "Settings") -> AsyncIterator[Finding]:
    model = here.model
    if model is None:
        yield Finding("model", "ok", "the offline brain; for a model set OPENAI_API_KEY")
        return
    base = (model.base_url or _OPENAI).rstrip("/")
    answer = await _get(
        f"{base}/models",
        {},
        headers={"Authorization": f"Bearer {model.api_key.get_secret_value()}"},
        who="the model's server",
        keys="OPENAI_API_KEY, OPENAI_BASE_URL",
    )
    if isinstance(answer, str):
        yield Finding("model", "warn", f"{answer}; the offline brain answers meanwhile")
        return
    names = [m.get("id") for m in answer.get("data") or [] if isinstance(m, dict)]
    if names and model.name not in names:
        yield Finding("model", "warn", f"{model.name} is not listed there: set OPENAI_MODEL")
    else:
        yield Finding("model", "ok", f"{model.name} at {base}")


async def _get(
    url: str,
    query: dict[str, str],
    *,
    who: str,
    keys: str,
    auth: tuple[str, str] | None = None,
    headers: dict[str, str] | None = None,
) -> dict[str, Any] | str:
    try:
        async with httpx.AsyncClient(timeout=_SECONDS) as client:
            answer = await client.get(url, params=query, auth=auth, headers=headers)
    except httpx.HTTPError as error:
        return f"{who} does not answer ({type(error).__name__})"
    if answer.status_code in (401, 403):
        return f"{who} refuses the credentials: check {keys}"
    if answer.is_error:
        return f"{who} answers {answer.status_code}"
    try:
        found = answer.json()
    except ValueError:
        return f"{who} answers something that is not JSON"
    return found if isinstance(found, dict) else f"{who} answers an unexpected shape"


async def _zones() -> AsyncIterator[Finding]:
    version = importlib.metadata.version("tzdata")
    if zoneinfo.TZPATH:
        told = "zones come from this machine's files, which may be old"
        yield Finding("zone data", "warn", told)
    elif int(version.split(".")[0]) < SystemClock().now().year - 1:
        told = f"tzdata {version} is old: install the locked requirements again"
        yield Finding("zone data", "warn", told)
    else:
        yield Finding("zone data", "ok", f"tzdata {version}, the package's own")


async def _address(here: "Settings") -> AsyncIterator[Finding]:
    if here.public_url is None:
        state: Literal["ok", "fail"] = "ok" if here.carrier is None else "fail"
        told = f"none; {here.base_url} serves the simulator"
        if here.carrier is not None:
            told = "PUBLIC_URL is not set: Twilio can't call us, set it to the https address"
        yield Finding("public address", state, told)
        return
    if not here.public_url.startswith("https://"):
        told = f"{here.public_url} is not https: texts and cookies would travel in the open"
        yield Finding("public address", "warn", told)
    answer = await _get(
        f"{here.base_url}/health/live", {}, who=here.base_url, keys="the proxy in front of us"
    )
    if isinstance(answer, str):
        told = f"{answer}; is `ringback serve` running, and does the proxy lead to it?"
        yield Finding("public address", "warn", told)
    else:
        yield Finding("public address", "ok", f"{here.base_url} leads here")
