"""`ringback migrate`: make the database, or bring it up to date."""

import asyncio

import click

from cli.common import Verb, as_json, run, say, say_json, settings


@click.command(cls=Verb)
@as_json
def command(as_json: bool) -> None:
    """Make the embedded database where there is none, and run pending migrations."""
    revision = run(_migrate())
    if as_json:
        say_json({"revision": revision})
    else:
        say(f"The database is up to date (revision {revision}).")


async def _migrate() -> str:
    from api.wiring import open_database
    from core.db.migrate import newest

    db, embedded = await open_database(settings(), create=True, upgrade=True)
    await db.close()
    if embedded is not None:
        await asyncio.to_thread(embedded.release)
    return newest()
