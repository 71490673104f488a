"""What is wrong with a business file, told so that its owner can mend it."""

import difflib
import re
import types
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Union, get_args, get_origin

from core.errors import Final
from core.profile import WEEKDAYS, Part, Profile

Path = tuple[str | int, ...]

_EXAMPLES: dict[str, str] = {
    "slug": "harbor-plumbing",
    "name": "Harbor Plumbing",
    "vertical": "home_services",
    "timezone": "America/New_York",
    "languages": "[en, es]",
    "booking_link": "https://book.example.com/new",
    "website": "https://example.com",
    "phone_numbers": '[{number: "+12075550100", mode: front}]',
    "phone_numbers.number": '"+12075550100"',
    "phone_numbers.ring": '["+12075550111"]',
    "phone_numbers.ring_seconds": "20",
    "phone_numbers.voicemail": "true",
    "hours": '{mon: ["08:00-17:00"]}',
    "exceptions": "[{date: 2026-11-26, closed: true}]",
    "exceptions.date": "2026-11-26",
    "exceptions.hours": '["09:00-13:00"]',
    "staff": "[{key: dana, name: Dana Ruiz, role: owner}]",
    "staff.key": "dana",
    "staff.name": "Dana Ruiz",
    "staff.phone": '"+12075550111"',
    "services": "[{key: drain, name: Drain cleaning, minutes: 60}]",
    "services.key": "drain",
    "services.name": "Drain cleaning",
    "services.minutes": "60",
    "services.price": "from $129",
    "services.also_called": "[clogged sink, slow drain]",
    "services.staff": "[dana]",
    "intake": "[service, zip, name]",
    "service_area.zips": '["04101", "04102"]',
    "booking.min_notice_minutes": "120",
    "booking.max_days_ahead": "30",
    "booking.slot_minutes": "30",
    "booking.offer": "3",
    "booking.hold_minutes": "15",
    "knowledge": "[{q: Do you work on weekends?, a: On some Saturdays.}]",
    "knowledge.q": "Do you work on weekends?",
    "knowledge.a": "On some Saturdays.",
    "handoff.notify": "[dana]",
    "handoff.escalate_after_minutes": "15",
    "texting.max_segments": "2",
    "texting.quiet_hours": '"20:00-09:00"',
    "texting.cooldown_hours": "24",
    "texting.reply_after_seconds": "3",
    "texting.nudge_after_hours": "20",
    "templates": '{first_text.open: "..."}',
    "never": "[medical advice]",
    "do_not_text": '["+12075550190"]',
    "carrier.account_sid": "ACxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx",
    "carrier.auth_token": "the subaccount's auth token",
}


@dataclass(frozen=True)
class Problem:
    """One thing that is wrong. `key` is dotted, places in brackets; `line` counts from 1."""

    key: str
    problem: str
    example: str = ""
    line: int | None = None

    def told(self) -> str:
        """As a sentence without its place."""
        hint = f" (for example {self.example})" if self.example else ""
        return f"{self.key}: {self.problem}{hint}" if self.key else f"{self.problem}{hint}"


class BadBusinessFile(Final):
    """The business file is not usable; `problems` says why, each with its key and line."""

    def __init__(self, problems: Sequence[Problem], source: str = "") -> None:
        self.problems, self.source = tuple(problems), source
        super().__init__("; ".join(self._lines()))

    def _lines(self) -> Iterator[str]:
        for place, problem in enumerate(self.problems):
            file = f"{self.source} " if self.source and not place else ""
            line = (
                f"line {problem.line}: " if problem.line else (f"{file.strip()}: " if file else "")
            )
            yield f"{file}{line}{problem.told()}" if problem.line else f"{line}{problem.told()}"


def told(error: dict[str, Any], document: object) -> Problem:
    """One of Pydantic's errors in the owner's terms; the line is not known here."""
    path = _within(document, tuple(error["loc"]), missing=error["type"] == "missing")
    kind, context = error["type"], error.get("ctx", {})
    key = dotted(path)
    if kind == "extra_forbidden":
        return Problem(key, f"unknown key{did_you_mean(str(path[-1]), _keys_at(path[:-1]))}")
    if path[:1] == ("hours",) and len(path) == 2 and path[1] not in WEEKDAYS:
        day = str(path[1])
        near = [d for d in WEEKDAYS if d == day[:3].lower()] or _near(day, WEEKDAYS)
        return Problem(key, f"unknown key{_suggest(near)}")
    if kind == "value_error" and not path:
        where, _, rest = str(context["error"]).partition(" ")
        return Problem(where, rest)
    sentence = _sentence(kind, context, error)
    return Problem(key, sentence, "" if "write it like" in sentence else _example(path))


_SENTENCES: dict[str, str] = {
    "missing": "is missing",
    "string_type": "must be text: put it in quotes",
    "string_too_short": "must not be empty",
    "string_too_long": "may have at most {max_length} characters",
    "literal_error": "must be {expected}",
    "int_type": "must be a whole number",
    "int_parsing": "must be a whole number",
    "int_from_float": "must be a whole number",
    "float_type": "must be a number",
    "float_parsing": "must be a number",
    "bool_type": "must be true or false",
    "bool_parsing": "must be true or false",
    "tuple_type": "must be a list",
    "dict_type": "must be keys with values",
    "model_type": "must be keys with values",
    "model_attributes_type": "must be keys with values",
    "greater_than_equal": "must be at least {ge}",
    "greater_than": "must be more than {gt}",
    "less_than_equal": "must be at most {le}",
    "finite_number": "must be a finite number",
}
_PATTERNS: dict[str, str] = {
    "key": "must be lower-case letters, digits and dashes",
    "slug": "must be lower-case letters, digits and dashes",
    "booking_link": "must be an address that begins with http:// or https://",
    "website": "must be an address that begins with http:// or https://",
    "account_sid": "must be AC and 32 hexadecimal digits",
    "messaging_service_sid": "must be MG and 32 hexadecimal digits",
}


def _sentence(kind: str, context: Mapping[str, Any], error: Mapping[str, Any]) -> str:
    if kind == "value_error":
        return str(context["error"])
    if kind == "string_pattern_mismatch":
        last = next((str(p) for p in reversed(error["loc"]) if isinstance(p, str)), "")
        return _PATTERNS.get(last, "must be lower-case letters, digits and dashes")
    if kind.startswith("date"):
        return "must be a date"
    plain = _SENTENCES.get(kind)
    values = {k: f"{v:g}" if isinstance(v, float) else v for k, v in context.items()}
    return plain.format(**values) if plain else str(error["msg"]).lower()


def _example(path: Path) -> str:
    named = ".".join(str(p) for p in path if isinstance(p, str))
    if named.startswith("hours."):
        return '["08:00-12:00", "13:00-17:00"]'
    return _EXAMPLES.get(named, "")


def _within(document: object, loc: Path, *, missing: bool) -> Path:
    """The part of Pydantic's location that is in the document; it adds the names of types."""
    at: Any = document
    kept = 0
    for part in loc:
        try:
            at = at[part]
        except (KeyError, IndexError, TypeError):
            break
        kept += 1
    return loc[: kept + 1] if missing else loc[:kept]


def did_you_mean(word: str, known: Sequence[str]) -> str:
    """The known word that was probably meant, in brackets, or nothing."""
    return _suggest(_near(word, known))


def _near(word: str, known: Sequence[str]) -> list[str]:
    return difflib.get_close_matches(word.lower(), known, n=1, cutoff=0.6)


def _suggest(near: Sequence[str]) -> str:
    return f" (did you mean {near[0]}?)" if near else ""


def _keys_at(path: Path) -> list[str]:
    """The keys that may stand there."""
    part: type[Part] | None = Profile
    for name in path:
        if isinstance(name, str) and part is not None:
            field = part.model_fields.get(name)
            part = _part_in(field.annotation) if field else None
    return sorted(part.model_fields) if part else []


def _part_in(annotation: object) -> type[Part] | None:
    if isinstance(annotation, type) and issubclass(annotation, Part):
        return annotation
    if get_origin(annotation) in (tuple, Union, types.UnionType):
        return next((p for p in map(_part_in, get_args(annotation)) if p), None)
    return None


def dotted(path: Path) -> str:
    """`services[0].minutes`."""
    key = ""
    for part in path:
        key += f"[{part}]" if isinstance(part, int) else f".{part}" if key else str(part)
    return key


def path_of(key: str) -> Path:
    """The path that a dotted key stands for; the inverse of `dotted`."""
    if key.startswith("templates."):
        return ("templates", key.removeprefix("templates."))
    return tuple(
        int(part[1:-1]) if part.startswith("[") else part
        for part in re.findall(r"\[\d+\]|[^.\[\]]+", key)
    )
