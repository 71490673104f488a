"""`ringback serve`: HTTP, and the job worker unless told not to.

With `--workers N` the parent opens the port once, brings the database up to date, and starts N
processes that accept on it; each works on jobs too, for they share the queue. One that dies is
started again.
"""

import asyncio
import contextlib
import multiprocessing
import signal
import socket
import sys
from collections.abc import Iterator
from multiprocessing.process import BaseProcess
from typing import TYPE_CHECKING, Any

import click
from typing_extensions import override
from uvicorn import Config, Server

from cli.common import Verb, run, say, settings
from core.errors import BadSetting

if TYPE_CHECKING:
    from api.wiring import House
    from core.settings import Settings

_STOP_SECONDS = 30.0


@click.command(cls=Verb)
@click.option("--host", help="Where to listen (HOST).")
@click.option("--port", type=click.IntRange(0, 65535), help="Where to listen (PORT).")
@click.option("--workers", type=click.IntRange(1, 64), default=1, show_default=True)
@click.option("--no-jobs", is_flag=True, help="Answer requests only; `ringback worker` works.")
@click.option("--demo", is_flag=True, help="Import the example businesses first.")
def command(host: str | None, port: int | None, workers: int, no_jobs: bool, demo: bool) -> None:
    """Serve HTTP until told to stop (Ctrl-C, SIGTERM)."""
    given: dict[str, object] = {"host": host, "port": port}
    told = {name: value for name, value in given.items() if value is not None}
    here = settings(server=True).model_copy(update=told)
    listening = _listen(here.host, here.port)
    here = here.model_copy(update={"port": listening.getsockname()[1]})
    with contextlib.closing(listening):
        if workers == 1:
            run(_serve(here, listening, jobs=not no_jobs, demo=demo))
        else:
            run(_prepare(here, demo=demo))
            _supervise(here, listening, workers, jobs=not no_jobs)


def _listen(host: str, port: int) -> socket.socket:
    """Take the port before anything else: when it is taken, nothing has happened yet."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listening = socket.socket(family)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind((host, port))
        listening.listen(2048)
    except OSError as error:
        listening.close()
        problem = f"can't listen on {host}:{port} ({error.strerror or error})"
        raise BadSetting("PORT", problem, str(port + 1)) from None
    return listening


# -- one process -----------------------------------------------------------------------------------


class _Server(Server):
    """Leaves signals to us, and says so when it answers."""

    def __init__(self, config: Config, ready: list[str]) -> None:
        super().__init__(config)
        self._ready = ready

    @override
    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        # its own way ends the process by the same signal, before the database is given back
        loop = asyncio.get_running_loop()
        for number in (signal.SIGINT, signal.SIGTERM):
            loop.add_signal_handler(number, self._stop)
        yield

    def _stop(self) -> None:
        self.force_exit = self.should_exit
        self.should_exit = True

    @override
    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        if self.started:
            for line in self._ready:
                say(line)
            sys.stdout.flush()


async def _serve(here: "Settings", listening: socket.socket, *, jobs: bool, demo: bool) -> None:
    from api.wiring import build

    house = await build(here, create=True)
    try:
        await _answer(house, listening, jobs=jobs, ready=await _pages(house, demo=demo))
    finally:
        await house.close()


async def _answer(
    house: "House", listening: socket.socket, *, jobs: bool, ready: list[str]
) -> None:
    from api.app import create_app

    config = Config(
        create_app(house, jobs=jobs),
        log_config=None,
        log_level="warning",
        access_log=False,
        server_header=False,
        date_header=True,
        proxy_headers=False,
        lifespan="on",
        timeout_graceful_shutdown=5,
    )
    await _Server(config, ready).serve(sockets=[listening])


async def _pages(house: "House", *, demo: bool) -> list[str]:
    """What a person should know once it answers: the pages, and the way in."""
    from cli.demo import import_examples, sign_in_path

    if demo:
        await import_examples(house.db)
    base = house.settings.base_url
    lines = ["", f"Ringback is on {base}"]
    if house.settings.simulator:
        lines.append(f"  phone simulator   {base}/phone")
    lines.append(f"  staff console     {base}/console")
    if demo or sys.stdout.isatty():
        path = await sign_in_path(house.db)
        if path is not None:
            lines.append(f"  sign in here      {base}{path}")
    return [*lines, "  Ctrl-C stops.", ""]


# -- several processes -----------------------------------------------------------------------------


async def _prepare(here: "Settings", *, demo: bool) -> None:
    """Make and migrate the database once, before the processes share it."""
    from api.wiring import build

    house = await build(here, create=True)
    try:
        for line in await _pages(house, demo=demo):
            say(line)
        sys.stdout.flush()
    finally:
        await house.close()


def _child(here: "Settings", listening: socket.socket, jobs: bool, loud: bool) -> None:
    from core.log import set_up

    set_up("debug" if loud else here.log_level, here.log_format)

    async def serve() -> None:
        from api.wiring import build

        house = await build(here)
        try:
            await _answer(house, listening, jobs=jobs, ready=[])
        finally:
            await house.close()

    asyncio.run(serve())


def _supervise(here: "Settings", listening: socket.socket, workers: int, *, jobs: bool) -> None:
    spawn = multiprocessing.get_context("spawn")
    loud = bool(click.get_current_context().meta.get("ringback.verbose"))
    stopping = False

    def start() -> BaseProcess:
        process = spawn.Process(target=_child, args=(here, listening, jobs, loud))
        process.start()
        return process

    children: list[BaseProcess] = [start() for _ in range(workers)]

    def stop(*_: Any) -> None:
        nonlocal stopping
        stopping = True
        for child in children:
            if child.is_alive():
                child.terminate()

    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, stop)
    while not stopping:
        for place, child in enumerate(children):
            child.join(timeout=1.0 / workers)
            if not child.is_alive() and not stopping:
                children[place] = start()
    for child in children:
        child.join(_STOP_SECONDS)
        if child.is_alive():
            child.kill()
