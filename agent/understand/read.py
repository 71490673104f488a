"""One reading of a text: what is wanted, when, which service, which offer. Both brains and the checks start from it."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from zoneinfo import ZoneInfo

from agent.understand.choice import NO_CHOICE, Choice, read_choice, said_ordinal
from agent.understand.fields import (
    find_address,
    find_count,
    find_email,
    find_name,
    find_zip,
    listed_name,
)
from agent.understand.intents import Intent, read_intents
from agent.understand.language import Language, told
from agent.understand.pattern import Pattern
from agent.understand.service import ServiceMatch, ServiceWords, find_service
from agent.understand.window import read_when
from agent.understand.window_when import When


@dataclass(frozen=True)
class Context:
    """What the reader must know to read a text.

    `asked` is the field or thing asked for just before ("name", "zip", "when", "confirm" ...); `offers` the times of
    the last offer in its order, aware and in `zone`; `language` the conversation's so far, kept when a text is too
    short to tell.
    """

    now: datetime
    zone: ZoneInfo
    services: Sequence[ServiceWords] = ()
    asked: str | None = None
    offers: Sequence[datetime] = ()
    language: Language = "en"


@dataclass(frozen=True)
class Reading:
    """What a text says; None and "none" where it says nothing of the kind.

    `ordinal` counts the chosen offer from 1; without known offers it is the number that a bare "2" or "the second one" says.
    """

    intents: frozenset[Intent]
    when: When | None
    service: ServiceMatch | None
    zip: str | None
    name: str | None
    choice: Choice
    language: Language
    address: str | None = None
    count: int | None = None
    email: str | None = None
    ordinal: int | None = None

    def to_json(self, opt_out: str | None) -> dict[str, object]:
        """The shape that `ringback understand` prints; `choice` counts from 1.

        Args:
            opt_out: `stop`, `help`, `start` or None, as the texting room classifies the same text.
        """
        return {
            "intents": sorted(str(i) for i in self.intents),
            "opt_out": opt_out,
            "when": _when_json(self.when),
            "service": self.service.key if self.service else None,
            "zip": self.zip,
            "name": self.name,
            "choice": self.ordinal,
        }


def _when_json(when: When | None) -> dict[str, object] | None:
    if when is None:
        return None
    return {
        "start": when.start.isoformat() if when.start else None,
        "end": when.end.isoformat() if when.end else None,
        "kind": when.kind,
        "ambiguous": when.ambiguous,
    }


_NUMBER_ALONE = Pattern(
    r"(?i)"
    r"^\W*(?:#|option |number )?\d{1,2}\W*$"
)
_ASKS_FOR_TIME = frozenset({"when", "time", "day", "date", "window", "daypart"})
_ONLY_POLITE = frozenset({Intent.GREET, Intent.THANKS, Intent.URGENT})


def read(text: str, ctx: Context) -> Reading:
    """Everything that a text says, in the light of what was asked and offered."""
    language = told(text) or ctx.language
    service = find_service(text, ctx.services) if ctx.services else None
    choice = read_choice(text, ctx.offers, ctx.now) if ctx.offers else NO_CHOICE
    zip_code = find_zip(text)
    when = _when(text, ctx, choice, zip_code)
    reading = Reading(
        intents=read_intents(text, asked=ctx.asked),
        when=when,
        service=service,
        zip=zip_code,
        name=_name(text, ctx, service, when),
        choice=choice,
        language=language,
        address=find_address(text),
        count=find_count(text) if ctx.asked == "count" or not _NUMBER_ALONE.match(text) else None,
        email=find_email(text),
        ordinal=said_ordinal(text)
        if not ctx.offers
        else None
        if choice.index is None
        else choice.index + 1,
    )
    return replace(reading, intents=_intents(text, reading, ctx))


def _when(text: str, ctx: Context, choice: Choice, zip_code: str | None) -> When | None:
    """The window; a number alone is one only where a time was asked for."""
    if _NUMBER_ALONE.match(text) and (choice.kind != "none" or ctx.asked not in _ASKS_FOR_TIME):
        return None
    if zip_code and text.strip() == zip_code:
        return None
    return read_when(text, ctx.now, ctx.zone)


def _name(text: str, ctx: Context, service: ServiceMatch | None, when: When | None) -> str | None:
    asked = ctx.asked == "name"
    name = find_name(text, asked)
    if name is None and find_zip(text):
        name = listed_name(text)
        if name and ctx.services and find_service(name, ctx.services):
            return None
    if not name or not asked:
        return name
    bare = name.casefold() in text.casefold() and len(name.split()) == len(text.split())
    return None if bare and (service is not None or when is not None) else name


def _intents(text: str, reading: Reading, ctx: Context) -> frozenset[Intent]:
    if ctx.asked == "name" and reading.name and len(text.split()) == len(reading.name.split()):
        return frozenset()  # Sue, Grant and Will are people, not wishes
    found = set(reading.intents)
    if reading.choice.kind in ("one", "any"):
        found.add(Intent.CHOOSE)
    elif ctx.offers and reading.choice.kind == "none":
        found.discard(Intent.CHOOSE)
    if reading.choice.kind == "neither":
        found.add(Intent.DENY)
        found -= {Intent.CHOOSE, Intent.AFFIRM}
    if reading.zip and Intent.DENY in found:
        found.add(Intent.CORRECTION)
    if reading.service is not None:
        found.discard(Intent.OUT_OF_SCOPE)
    wants = reading.service is not None or (
        reading.when is not None and reading.when.start is not None
    )
    if wants and found <= _ONLY_POLITE and not ctx.offers:
        found.add(Intent.BOOK)
    return frozenset(found)
