"""What the verbs share: `--verbose` anywhere, JSON out, settings in, a database to work on."""

import asyncio
import json
import sys
from collections.abc import Awaitable, Callable, Coroutine
from typing import TYPE_CHECKING, Any, TypeVar

import click

if TYPE_CHECKING:  # the quick verbs must not pay for these
    from core.db import Database
    from core.settings import Settings

T = TypeVar("T")


def _loud(ctx: click.Context, _: click.Parameter, value: bool) -> None:
    if value:
        ctx.meta["ringback.verbose"] = True


class Verb(click.Command):
    """A command that takes `--verbose` behind its name, too."""

    def __init__(self, *given: Any, **named: Any) -> None:
        super().__init__(*given, **named)
        self.params.append(
            click.Option(
                ["--verbose"],
                is_flag=True,
                expose_value=False,
                callback=_loud,
                help="Tell errors in full, and log more.",
            )
        )


as_json = click.option("--json", "as_json", is_flag=True, help="Print JSON.")


def say(text: str) -> None:
    """Print a line for the reader of standard output."""
    click.echo(text)


def say_json(value: object) -> None:
    """Print one JSON value on one line."""
    click.echo(json.dumps(value, ensure_ascii=False))


def settings(*, server: bool = False) -> "Settings":
    """Read the environment and set the logs up, on stderr; only servers tell what goes well.

    Raises:
        BadSetting: a variable is not usable.
    """
    from core.log import set_up
    from core.settings import Settings

    found = Settings.load()
    loud = bool(click.get_current_context().meta.get("ringback.verbose"))
    quiet = not server and not loud and found.log_level in ("debug", "info")
    set_up("debug" if loud else "error" if quiet else found.log_level, found.log_format)
    return found


def run(work: Coroutine[Any, Any, T]) -> T:
    """Run to the end."""
    return asyncio.run(work)


async def with_database(act: Callable[["Database"], Awaitable[T]]) -> T:
    """Do something with the database that is there; none is made.

    Raises:
        DatabaseMissing: there is none; says what to do.
    """
    from api.wiring import open_database

    db, embedded = await open_database(settings())
    try:
        return await act(db)
    finally:
        await db.close()
        if embedded is not None:
            await asyncio.to_thread(embedded.release)


def standard_input() -> str:
    """All of standard input as text; what is no UTF-8 becomes a replacement character."""
    return sys.stdin.buffer.read().decode("utf-8", errors="replace")
