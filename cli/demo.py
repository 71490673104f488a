"""`ringback demo`: the example businesses, ready to be played."""

import asyncio
from importlib import resources
from typing import TYPE_CHECKING

import click

from cli.common import Verb, as_json, run, say, say_json, settings

if TYPE_CHECKING:
    from core.db import Database
    from core.profile import Profile

FIRST = "tidewater-plumbing"


@click.command(cls=Verb)
@as_json
def command(as_json: bool) -> None:
    """Import the example businesses, marked as tests; those that are there stay as they are."""
    outcomes = run(_demo())
    if as_json:
        say_json(outcomes)
        return
    for slug, outcome in outcomes.items():
        say(f"{slug}: {outcome}")
    say("Start the service with: ringback serve")


async def _demo() -> dict[str, str]:
    from api.wiring import open_database

    db, embedded = await open_database(settings(), create=True, upgrade=True)
    try:
        return await import_examples(db)
    finally:
        await db.close()
        if embedded is not None:
            await asyncio.to_thread(embedded.release)


async def import_examples(db: "Database") -> dict[str, str]:
    """Import what is missing; what became of each, by slug.

    One that is there is left alone: somebody may have made it their own.
    """
    from api.business_file import keep
    from core.businesses import find
    from core.errors import NotFound

    outcomes = {}
    for profile in examples():
        try:
            await find(db, profile.slug)
            outcomes[profile.slug] = "unchanged"
        except NotFound:
            await keep(db, profile)
            outcomes[profile.slug] = "created"
    return outcomes


def examples() -> list["Profile"]:
    """The businesses that are shipped, marked as tests; the one to begin with comes first."""
    from api.business_file import read

    folder = resources.files("evals") / "businesses"
    files = [f for f in folder.iterdir() if f.name.endswith(".yaml")]
    found = [read(f.read_text(encoding="utf-8"), f.name).profile for f in files]
    found.sort(key=lambda p: (p.slug != FIRST, p.slug))
    return [p.model_copy(update={"test": True}) for p in found]


async def sign_in_path(db: "Database") -> str | None:
    """A fresh sign-in link for the owner of the first business, without the address in front."""
    from sqlalchemy import select

    from core.models import Business
    from desk.staff import create_link

    async with db.directory() as session:
        business_id = await session.scalar(
            select(Business.id).order_by((Business.slug != FIRST), Business.created_at).limit(1)
        )
    if business_id is None:
        return None
    async with db.work(business_id) as work:
        owner = next((p for p in work.profile.staff if p.role == "owner"), None)
    secret = await create_link(
        db, role="owner", business_id=business_id, staff_key=owner.key if owner else None
    )
    return f"/console/sign-in/{secret}"
