"""What the caller is said to have said: only in their own words, and only as those words read."""

import re
import unicodedata
from collections.abc import Callable, Sequence

from agent.plan import Heard, TurnPlan
from agent.state import TurnView
from agent.understand.fields import (
    answer_to,
    find_address,
    find_count,
    find_email,
    find_name,
    find_zip,
    listed_name,
)
from agent.understand.service import ServiceWords, find_service

LONGEST_NAME = 40
_FREE_MOST = 300
_ALWAYS = ("name", "when", "note", "service", "details")
_NAME = re.compile(r"[^\W\d_]+(?:[ .'\u2019-]+[^\W\d_]+)*\.?")
_SPACES = re.compile(r"\s+")


def plain(text: str) -> str:
    """Composed, case folded, spaces single: how words are compared."""
    return _SPACES.sub(" ", unicodedata.normalize("NFC", text).casefold()).strip()


def said_in(words: str, texts: Sequence[str]) -> bool:
    """Whether these very words stand in one of the texts, whole words at both ends."""
    wanted = plain(words)
    if not wanted:
        return False
    found = re.compile(rf"(?<!\w){re.escape(wanted)}(?!\w)")
    return any(found.search(plain(text)) for text in (*texts, " ".join(texts)))


def believable(plan: TurnPlan, view: TurnView) -> tuple[tuple[Heard, ...], list[str]]:
    """The facts that hold, the last of each field, and codes of the others."""
    kept: dict[str, Heard] = {}
    dropped: list[str] = []
    for one in plan.heard:
        if code := _wrong(one, view):
            dropped.append(f"{code}:{one.field if one.field in fields_of(view) else 'field'}")
        else:
            if one.field in kept:
                dropped.append(f"twice:{one.field}")
            kept[one.field] = one
    return tuple(kept.values()), dropped


def fields_of(view: TurnView) -> frozenset[str]:
    """Every field that this business asks for, and the few that any caller may tell."""
    profile = view.profile
    of_services = (field for service in profile.services for field in service.intake)
    area = ("zip",) if profile.service_area.zips else ()
    return frozenset((*profile.intake_fields, *of_services, *area, *_ALWAYS))


def _wrong(one: Heard, view: TurnView) -> str | None:
    if one.field not in fields_of(view):
        return "unknown_field"
    if not said_in(one.words, view.texts):
        return "span"
    reads = _READERS.get(one.field, _free)
    return None if reads(one, view) else "value"


def _service(one: Heard, view: TurnView) -> bool:
    """The words name it, and the whole of what was texted does not name another."""
    known = [ServiceWords(s.key, s.name, s.also_called) for s in view.profile.services]
    if one.value not in {s.key for s in known}:
        return False
    whole, named = view.reading.service, find_service(one.words, known)
    if whole is not None and whole.key is not None:
        return whole.key == one.value and named is not None
    return named is not None and named.key == one.value


def _zip(one: Heard, view: TurnView) -> bool:
    return find_zip(one.words) == one.value and view.reading.zip in (None, one.value)


def _name(one: Heard, _: TurnView) -> bool:
    if len(one.value) > LONGEST_NAME or not _NAME.fullmatch(one.value):
        return False
    found = find_name(one.words, asked=True) or listed_name(one.words)
    return found is not None and plain(found) == plain(one.value)


def _address(one: Heard, _: TurnView) -> bool:
    return said_in(one.value, [one.words]) and find_address(one.words) is not None


def _email(one: Heard, _: TurnView) -> bool:
    found = find_email(one.words)
    return found is not None and found.casefold() == one.value.casefold()


def _count(one: Heard, _: TurnView) -> bool:
    return one.value.isascii() and one.value.isdigit() and find_count(one.words) == int(one.value)


def _verbatim(one: Heard, _: TurnView) -> bool:
    return said_in(one.value, [one.words]) and len(one.value) <= _FREE_MOST


def _free(one: Heard, view: TurnView) -> bool:
    """A breed, a pet's name: part of the words, and words that answer such a question at all."""
    return _verbatim(one, view) and answer_to(one.field, one.words) is not None


_READERS: dict[str, Callable[[Heard, TurnView], bool]] = {
    "service": _service,
    "zip": _zip,
    "name": _name,
    "address": _address,
    "email": _email,
    "count": _count,
    "party_size": _count,
    "when": _verbatim,
    "note": _verbatim,
    "details": _verbatim,
}
