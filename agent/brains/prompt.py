"""What a model is told, laid out so that its beginning is the same for everyone.

    instructions: prompts/agent/system.md  ->  the business  ->  input: this turn, one JSON object

Only the last part changes from turn to turn, and inside it the conversation comes first because it
only grows. What callers and owners wrote stands nowhere but inside JSON strings, clipped, without
invisible characters and without any run of digits that could be a phone, a card or a social
security number. Tools and the plan's schema count as part of the beginning; they never vary.
"""

import json
import re
import unicodedata
from collections.abc import Mapping, Sequence
from copy import deepcopy
from datetime import datetime
from functools import cache
from typing import Any

from agent.plan import TurnPlan
from agent.state import WEAK, BookingSeen, Ledger, Line, Passage, TimeSeen, TurnView
from core.hours import spoken, spoken_date, spoken_time
from core.profile import WEEKDAYS, Person, Profile, Service
from prompts import hash_of, load, read_markdown

LONGEST_TEXT = 1600
"""Characters of one text that a model sees: what a carrier carries at most."""
LINES = 10
"""Lines of the conversation before this turn; older ones are known by their facts."""
_MOST_ZIPS = 60

_NUMBERS = re.compile(
    r"(?<![\w$])(?:"
    r"\+?\d?[ .-]?\(?\d{3}\)?[ .-]?\d{3}[ .-]?\d{4}"  # a phone
    r"|\d{3}[.-]\d{4}"  # a local phone
    r"|\d{3}[ -]\d{2}[ -]\d{4}"  # a social security number
    r"|\d(?:[ -]?\d){12,18}"  # a card
    r"|\d{9,}"
    r")(?!\w)"
)
_REMOVED = "[number]"
_KEPT_CONTROLS = "\n\t"


def instructions(profile: Profile) -> str:
    """The fixed part, then this business: the same letters until its owner changes something."""
    business = json.dumps(cleaned(_business(profile)), ensure_ascii=False, sort_keys=True)
    return f"{read_markdown('agent/system')}\n\n# The business\n{business}"


def situation(view: TurnView, ledger: Ledger) -> str:
    """This turn as one JSON object: the conversation, what is known, and the caller's new texts."""
    return json.dumps(cleaned(_situation(view, ledger)), ensure_ascii=False)


def repair_note(codes: Sequence[str]) -> str:
    """What the checks refused: codes alone, never the refused words."""
    return load("agent/repair", codes=", ".join(codes))


@cache
def plan_schema() -> dict[str, Any]:
    """The plan as a strict JSON schema."""
    return strict(TurnPlan.model_json_schema())


@cache
def version(tools: str = "") -> str:
    """Changes whenever a word of the prompt, the plan's schema or a tool does.

    Args:
        tools: The tools' definitions as JSON.
    """
    words = (read_markdown("agent/system"), read_markdown("agent/repair"))
    return hash_of("\x00".join((*words, json.dumps(plan_schema(), sort_keys=True), tools)))


def strict(schema: Mapping[str, Any]) -> dict[str, Any]:
    """A pydantic schema without what costs tokens and says nothing; nothing else is changed."""
    return _untitled(deepcopy(dict(schema)))


def _untitled(schema: dict[str, Any]) -> dict[str, Any]:
    for key, value in list(schema.items()):
        if key == "title" and isinstance(value, str):
            del schema[key]
        elif isinstance(value, dict):
            _untitled(value)
        elif isinstance(value, list):
            for one in value:
                if isinstance(one, dict):
                    _untitled(one)
    return schema


# -- what others wrote ---------------------------------------------------------------------------


def cleaned(value: Any) -> Any:
    """The value with every string in it made safe to show a model."""
    if isinstance(value, str):
        return clean(value)
    if isinstance(value, Mapping):
        return {clean(str(k)): cleaned(v) for k, v in value.items()}
    if isinstance(value, list | tuple):
        return [cleaned(one) for one in value]
    return value


def clean(text: str) -> str:
    """Clipped, composed, nothing invisible in it, and no number that could name a person."""
    if text.isascii() and text.isprintable():  # nearly all texts, and nothing to look for
        return _NUMBERS.sub(_redacted, text[:LONGEST_TEXT])
    seen = "".join(
        c
        for c in unicodedata.normalize("NFC", text[: 2 * LONGEST_TEXT])
        if c in _KEPT_CONTROLS or not _is_invisible(c)
    )
    return _NUMBERS.sub(_redacted, seen[:LONGEST_TEXT])


def _is_invisible(character: str) -> bool:
    """Controls, joiners, direction marks, tag letters, lone surrogates, variation selectors."""
    point = ord(character)
    return (
        unicodedata.category(character) in ("Cc", "Cf", "Cs", "Co", "Cn")
        or 0xFE00 <= point <= 0xFE0F
        or 0xE0000 <= point <= 0xE01EF
    )


def _redacted(found: re.Match[str]) -> str:
    """A ZIP+4 is nine digits too, and no secret."""
    return found[0] if re.fullmatch(r"\d{5}-\d{4}", found[0].strip()) else _REMOVED


# -- the business --------------------------------------------------------------------------------


def _business(profile: Profile) -> dict[str, Any]:
    """What a receptionist would know by heart. No phone numbers, no links, no clock."""
    zips = profile.service_area.zips
    return {
        "name": profile.name,
        "trade": profile.vertical,
        "timezone": profile.timezone,
        "languages": profile.languages,
        "tone": profile.tone or "warm",
        "hours": {day: profile.hours.get(day, ()) for day in WEEKDAYS},
        "exceptions": {
            e.date.isoformat(): "closed" if e.closed else list(e.hours) for e in profile.exceptions
        },
        "has": sorted(_has(profile)),
        "staff": [_person(p) for p in profile.staff if p.bookable],
        "services": [_service(s) for s in profile.services],
        "intake": profile.intake_fields,
        "zips_served": (list(zips[:_MOST_ZIPS]) if len(zips) <= _MOST_ZIPS else len(zips)) or "all",
        "confirmed_by": profile.booking.confirm,
        "never": profile.never,
    }


def _has(profile: Profile) -> set[str]:
    given = {
        "link": profile.booking_link,
        "address": profile.address,
        "hours": any(profile.hours.values()),
        "services": profile.services,
    }
    return {name for name, value in given.items() if value}


def _person(person: Person) -> dict[str, Any]:
    return {"key": person.key, "name": person.name}


def _service(service: Service) -> dict[str, Any]:
    told: dict[str, Any] = {"key": service.key, "name": service.name, "minutes": service.minutes}
    extra = {
        "also_called": service.also_called,
        "has_price": bool(service.price),
        "urgent": service.urgent,
        "has_first_aid": bool(service.first_aid),
        "intake": service.intake,
    }
    return told | {key: value for key, value in extra.items() if value}


# -- the turn ------------------------------------------------------------------------------------


def _situation(view: TurnView, ledger: Ledger) -> dict[str, Any]:
    return {
        "earlier": [{"from": line.author, "text": line.body} for line in _earlier(view)],
        "now": _now(view.now, view.profile),
        "language": view.language,
        "known": _known(view),
        "missing": list(view.missing()),
        "asked": view.asked,
        "in_area": _in_area(view),
        "lost": view.lost,
        "pictures": view.pictures,
        "turned_down": sorted(local(at, view) for at in view.refused),
        "times": times_told(ledger.times.values(), view),
        "relaxed": list(ledger.relaxed),
        "passages": passages_told(ledger.passages.values()),
        "bookings": bookings_told(ledger.bookings.values(), view),
        "staff": _stretch(view),
        "texts": list(view.texts),
    }


def _earlier(view: TurnView) -> list[Line]:
    """The conversation without the texts that are to be answered now."""
    lines = list(view.transcript)
    waiting = list(view.texts)
    while waiting and lines and lines[-1].author == "caller" and lines[-1].body == waiting[-1]:
        lines.pop()
        waiting.pop()
    return lines[-LINES:]


def _now(now: datetime, profile: Profile) -> str:
    here = now.astimezone(profile.zone)
    date, clock = spoken_date(now, now, profile.zone), spoken_time(now, profile.zone)
    return f"{date} {here.year}, {clock} ({here.isoformat(timespec='minutes')})"


def _known(view: TurnView) -> dict[str, str]:
    """The intake so far; of a name only the first."""
    known = dict(sorted(view.known.items()))
    if view.caller_name:
        known.setdefault("name", view.caller_name)
    if known.get("name", "").split():
        known["name"] = known["name"].split()[0]
    return known


def _in_area(view: TurnView) -> bool | None:
    zips, its_zip = view.profile.service_area.zips, view.reading.zip or view.known.get("zip")
    return its_zip in zips if zips and its_zip else None


def _stretch(view: TurnView) -> dict[str, Any] | None:
    stretch = view.staff_stretch
    if stretch is None:
        return None
    at = spoken(stretch.at, view.now, view.profile.zone)
    return {"who": stretch.who, "gave_back": at, "instruction": stretch.instruction}


def local(at: datetime, view: TurnView) -> str:
    """An instant as the business's wall clock shows it, with its offset: 2026-12-01T15:00-05:00."""
    return at.astimezone(view.profile.zone).isoformat(timespec="minutes")


def times_told(times: Any, view: TurnView) -> list[dict[str, Any]]:
    """Times by id, spoken as a text would say them."""
    return [_time(one, view) for one in times]


def _time(time: TimeSeen, view: TurnView) -> dict[str, Any]:
    told: dict[str, Any] = {
        "id": time.id,
        "at": spoken(time.starts_at, view.now, view.profile.zone),
        "local": local(time.starts_at, view),
        "service": time.service_key,
        "staff": time.staff_key,
    }
    marks = {"offered": time.offered, "held": time.held, "read_back": time.read_back}
    return told | {name: True for name, is_so in marks.items() if is_so}


def passages_told(passages: Any) -> list[dict[str, Any]]:
    """What the business's knowledge brought, by id; a weak one is no answer."""
    return [_passage(one) for one in passages]


def _passage(passage: Passage) -> dict[str, Any]:
    told: dict[str, Any] = {
        "id": passage.id,
        "question": passage.question,
        "answer": passage.answer,
    }
    if passage.service_key:
        told["price_of"] = passage.service_key
    return told | ({"weak": True} if passage.score < WEAK else {})


def bookings_told(bookings: Any, view: TurnView) -> list[dict[str, Any]]:
    """The caller's own bookings, by id."""
    return [_booking(one, view) for one in bookings]


def _booking(booking: BookingSeen, view: TurnView) -> dict[str, Any]:
    return {
        "id": booking.id,
        "at": spoken(booking.starts_at, view.now, view.profile.zone),
        "local": local(booking.starts_at, view),
        "service": booking.service_key,
        "staff": booking.staff_key,
        "status": booking.status,
    }


__all__ = [
    "LINES",
    "LONGEST_TEXT",
    "bookings_told",
    "clean",
    "cleaned",
    "instructions",
    "local",
    "passages_told",
    "plan_schema",
    "repair_note",
    "situation",
    "strict",
    "times_told",
    "version",
]
