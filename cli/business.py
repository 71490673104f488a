"""`ringback business`: files in, files out."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from cli.common import Verb, as_json, run, say, say_json, with_database

if TYPE_CHECKING:
    from core.db import Database
    from core.profile import Profile


@click.group()
def command() -> None:
    """Import, export and list businesses."""


@command.command("import", cls=Verb)
@click.argument("file", type=click.Path(exists=True, dir_okay=False, allow_dash=True))
@as_json
def import_(file: str, as_json: bool) -> None:
    """Create or update a business from FILE.yaml, matched by its slug."""
    from api.business_file import read

    with click.open_file(file, encoding="utf-8", errors="replace") as opened:
        text = opened.read()
    found = read(text, "standard input" if file == "-" else Path(file).name)

    async def keep(db: "Database") -> str:
        from api.business_file import keep
        from core.errors import BadInput

        try:
            saved = await keep(db, found.profile)
        except BadInput as error:
            raise found.refused(error.field, error.problem, error.example) from None
        return "created" if saved.created else "updated" if saved.changed else "unchanged"

    outcome = run(with_database(keep))
    if as_json:
        say_json({"slug": found.profile.slug, "outcome": outcome})
    else:
        say(f"{found.profile.slug}: {outcome}")


@command.command(cls=Verb)
@click.argument("slug")
@as_json
def export(slug: str, as_json: bool) -> None:
    """Print the business of that SLUG as YAML, without secrets; importing it changes nothing."""
    from api import business_file

    profile = run(with_database(lambda db: business_file.stored(db, slug)))
    if as_json:
        say_json(business_file.as_json(profile))
    else:
        click.echo(business_file.dump(profile), nl=False)


@command.command("list", cls=Verb)
@as_json
def list_(as_json: bool) -> None:
    """List all businesses."""
    profiles = run(with_database(_all))
    if as_json:
        say_json([_row(p) for p in profiles])
        return
    width = max((len(p.slug) for p in profiles), default=0)
    for profile in profiles:
        numbers = " ".join(n.number for n in profile.phone_numbers)
        say(f"{profile.slug:<{width}}  {profile.name}  {numbers}".rstrip())


def _row(profile: "Profile") -> dict[str, object]:
    return {
        "slug": profile.slug,
        "name": profile.name,
        "timezone": profile.timezone,
        "agency": profile.agency,
        "test": profile.test,
        "phone_numbers": [n.number for n in profile.phone_numbers],
    }


async def _all(db: "Database") -> list["Profile"]:
    from sqlalchemy import select

    from core.models import Business

    async with db.directory() as session:
        ids = list(await session.scalars(select(Business.id).order_by(Business.slug)))
    found = []
    for business_id in ids:
        async with db.work(business_id) as work:
            found.append(work.profile)
    return found
