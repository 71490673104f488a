"""`ringback worker`: the job worker alone."""

import asyncio
import signal

import click

from cli.common import Verb, run, say, settings


@click.command(cls=Verb)
def command() -> None:
    """Work on jobs until told to stop (Ctrl-C, SIGTERM); what runs is finished first."""
    run(_work())


async def _work() -> None:
    from api.wiring import build

    house = await build(settings(server=True), upgrade=True)
    try:
        worker = house.worker()
        loop = asyncio.get_running_loop()
        for number in (signal.SIGINT, signal.SIGTERM):
            loop.add_signal_handler(number, worker.stop)
        keeper = asyncio.create_task(house.keep_database())
        say("Working on jobs. Ctrl-C stops.")
        await worker.run()
        keeper.cancel()
        await asyncio.gather(keeper, return_exceptions=True)
    finally:
        await house.close()
