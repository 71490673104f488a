"""`ringback text count`: what a text costs, and what makes it dear."""

import unicodedata

import click

from cli.common import Verb, as_json, say, say_json, standard_input
from texting.segments import Counted, count, fold


@click.group()
def command() -> None:
    """Count the segments of a text."""


@command.command("count", cls=Verb)
@click.argument("text")
@as_json
def count_segments(text: str, as_json: bool) -> None:
    """Encoding, segments and units of TEXT (- reads standard input), and what forces UCS-2."""
    words = standard_input() if text == "-" else text
    if text == "-":
        words = words.removesuffix("\n").removesuffix("\r")
    if not words:
        raise click.UsageError("an empty text cannot be sent, so it has no segments")
    counted, folded = count(words), fold(words)
    if as_json:
        sent = count(folded) if folded else None
        say_json(
            {**_as_data(counted), "folded": {"text": folded, **_as_data(sent)} if sent else None}
        )
        return
    say(_told(counted))
    for sign in counted.forces_ucs2:
        say(f"  {sign}  {_named(sign)}")
    if folded and count(folded) != counted:
        say(f"as Ringback sends it: {_told(count(folded))}")


def _named(sign: str) -> str:
    return " + ".join(f"U+{ord(c):04X} {unicodedata.name(c, '?')}" for c in sign)


def _as_data(counted: Counted) -> dict[str, object]:
    return {
        "encoding": counted.encoding,
        "segments": counted.segments,
        "units": counted.units,
        "forces_ucs2": list(counted.forces_ucs2),
    }


def _told(counted: Counted) -> str:
    parts = "segment" if counted.segments == 1 else "segments"
    told = f"{counted.encoding}, {counted.segments} {parts}, {counted.units} units"
    if counted.forces_ucs2:
        told += ", forced to UCS-2 by: " + " ".join(counted.forces_ucs2)
    return told
