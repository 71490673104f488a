"""`ringback token`: tokens for the HTTP API."""

from typing import TYPE_CHECKING

import click

from cli.common import Verb, as_json, run, say, say_json, with_database

if TYPE_CHECKING:
    from uuid import UUID

    from core.db import Database


@click.group()
def command() -> None:
    """Make tokens for the HTTP API."""


@command.command(cls=Verb)
@click.option("--business", metavar="SLUG", help="For this business.")
@click.option("--agency", metavar="SLUG", help="For all businesses of this agency.")
@click.option("--role", required=True, type=click.Choice(["owner", "staff", "agency"]))
@click.option("--name", help="Who holds it; shown to colleagues.")
@click.option("--staff", "staff_key", metavar="KEY", help="It is this person of the business.")
@as_json
def create(
    business: str | None,
    agency: str | None,
    role: str,
    name: str | None,
    staff_key: str | None,
    as_json: bool,
) -> None:
    """Make a token; the last line printed is the token. It can't be shown again."""
    if (business is None) == (agency is None):
        raise click.UsageError("name either --business SLUG or --agency SLUG")
    if (role == "agency") != (agency is not None):
        raise click.UsageError("--role agency goes with --agency; owner and staff with --business")
    if agency is not None and staff_key is not None:
        raise click.UsageError("--staff goes with --business: an agency has no staff of its own")

    async def make(db: "Database") -> str:
        from core.businesses import find
        from desk.staff import create_token

        return await create_token(
            db,
            role=role,
            business_id=await find(db, business) if business else None,
            agency_id=await _agency(db, agency) if agency else None,
            name=name,
            staff_key=staff_key,
        )

    token = run(with_database(make))
    if as_json:
        say_json({"token": token, "role": role, "business": business, "agency": agency})
        return
    say(f"A token for {business or agency} as {role}. Keep it: it can't be shown again.")
    say(token)


async def _agency(db: "Database", slug: str) -> "UUID":
    from sqlalchemy import select

    from core.errors import NotFound
    from core.models import Agency

    async with db.directory() as session:
        found = await session.scalar(select(Agency.id).where(Agency.slug == slug))
    if found is None:
        raise NotFound(f'there is no agency "{slug}" (a business file names it: agency: {slug})')
    return found
