"""`ringback understand`: what the offline brain reads in a text. Needs no database."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import cast
from zoneinfo import ZoneInfo

import click

from agent.understand.read import Context, Reading, read
from agent.understand.service import ServiceWords
from cli.common import Verb, run, say_json, standard_input, with_database
from core.clock import SystemClock
from texting.optout_rules import classify


@dataclass(frozen=True)
class _Scene:
    """What the reader knows; `offset` False prints local times as they were given: without one."""

    context: Context
    offset: bool


@click.command(cls=Verb)
@click.argument("text")
@click.option("--business", metavar="SLUG", help="Its services and time zone (from the database).")
@click.option("--json", is_flag=True, expose_value=False, help="Print JSON (it always does).")
@click.option(
    "--at", "moment", metavar="TIME", help="The moment it is read, e.g. 2026-12-01T10:00."
)
def command(text: str, business: str | None, moment: str | None) -> None:
    """What is read in TEXT, or in each line of standard input (-): one JSON object a line."""
    scene = _scene(business, moment)
    for line in _lines(text):
        reading = read(line, scene.context)
        told = reading.to_json(classify(line).kind)
        if not scene.offset:
            told["when"] = _local(reading)
        say_json(told)


def _lines(text: str) -> Iterator[str]:
    if text != "-":
        yield text
        return
    lines = standard_input().split("\n")
    for line in lines if lines[-1] else lines[:-1]:  # an end of line ends a line, it begins none
        yield line.removesuffix("\r")


def _scene(business: str | None, moment: str | None) -> _Scene:
    at = _moment(moment)
    if business is not None:
        zone, services = run(_of_business(business))
        now = at.replace(tzinfo=zone) if at and at.tzinfo is None else at or SystemClock().now()
        return _Scene(Context(now.astimezone(zone), zone, services), offset=True)
    if at is None:
        now = SystemClock().now()
        return _Scene(Context(now, ZoneInfo("UTC")), offset=True)
    if at.tzinfo is None:
        zone = ZoneInfo("UTC")
        return _Scene(Context(at.replace(tzinfo=zone), zone), offset=False)
    # a fixed offset will do: the grammar only asks for wall-clock times of it
    return _Scene(Context(at, cast("ZoneInfo", at.tzinfo)), offset=True)


def _moment(written: str | None) -> datetime | None:
    if written is None:
        return None
    try:
        return datetime.fromisoformat(written)
    except ValueError:
        raise click.BadParameter(
            f'"{written}" is not a time (for example 2026-12-01T10:00-05:00)', param_hint="--at"
        ) from None


async def _of_business(slug: str) -> tuple[ZoneInfo, tuple[ServiceWords, ...]]:
    from api.business_file import stored

    profile = await with_database(lambda db: stored(db, slug))
    services = tuple(ServiceWords(s.key, s.name, s.also_called) for s in profile.services)
    return profile.zone, services


def _local(reading: Reading) -> dict[str, object] | None:
    when = reading.when
    if when is None:
        return None
    start, end = (t.replace(tzinfo=None).isoformat() if t else None for t in (when.start, when.end))
    return {"start": start, "end": end, "kind": when.kind, "ambiguous": when.ambiguous}
