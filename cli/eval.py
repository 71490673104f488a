"""`ringback eval`: play the suites and score them."""

import click

from cli.common import Verb


@click.command(cls=Verb)
@click.argument("suites", nargs=-1)
def command(suites: tuple[str, ...]) -> int:
    """Play the named SUITES, or all of them; exit 1 when one falls short."""
    from evals import main

    return main(list(suites))
