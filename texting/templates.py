"""The words of the first text: picked by vertical and daypart, filled, linted, kept short.

The built-in wording lives in `prompts/first_texts`. A business overrides any of it by key in its
file (`templates: {first_text.open: "..."}`); an override that cannot be filled or does not fit its
budget on the day gives way to the built-in text, because a missed call must never go without one.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

import prompts
from texting.first_text import Daypart
from texting.segments import count, fits, fold, shorten

LANGUAGES: Final = ("en", "es")
VERTICALS: Final = ("general", "appointments", "home_services", "pet_grooming")
DAYPARTS: Final[tuple[Daypart, ...]] = ("open", "after_hours")
_SINGLE: Final = {
    "nudge": "nudge.nudge",
    "keyword.stop": "keywords.stop",
    "keyword.help": "keywords.help",
    "keyword.start": "keywords.start",
}
_BUILT_IN: Final[dict[str, str]] = {
    f"first_text.{vertical}.{daypart}{suffix}": f"{vertical}.{daypart}{table}"
    for vertical in VERTICALS
    for daypart in DAYPARTS
    for suffix, table in (("", ""), (".link", "_link"))
} | _SINGLE
KEYS: Final = frozenset(_BUILT_IN) | {f"first_text.{daypart}" for daypart in DAYPARTS}
"""Every key that a business may override; also with a language behind it: `first_text.open.es`."""

PLACEHOLDERS: Final = frozenset({"business", "link", "reopens", "phone"})


@dataclass(frozen=True, slots=True)
class Rendered:
    """A text that is ready to be posted.

    Attributes:
        text: Folded, within its budget.
        key: The key of the wording that was used.
        version: Changes with the wording; kept as evidence of what was said.
        segments: What it costs.
    """

    text: str
    key: str
    version: str
    segments: int


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong with an owner's template.

    Attributes:
        code: `missing_business`, `missing_apology`, `missing_offer`, `missing_next_step`,
            `missing_opt_out`, `unknown_placeholder`, `too_long`, `shouting`, `keyword_reply`,
            `ucs2` or `empty`.
        sentence: What to do about it, for the owner.
        blocks: False for a hint that does not keep the template from being saved.
    """

    code: str
    sentence: str
    blocks: bool = True


def is_key(key: str) -> bool:
    """Whether a business file may override this key."""
    return key in KEYS or _without_language(key) in KEYS


def pick(
    profile_vertical: str, daypart: Daypart, has_link: bool, overrides: Mapping[str, str]
) -> str:
    """The key of the first text for this business and time of day.

    The owner's `first_text.open` or `first_text.after_hours` wins; then the wording of the
    vertical (an unknown one is `general`), with its booking link where there is one.
    """
    owners = f"first_text.{daypart}"
    if any(_without_language(key) == owners for key in overrides):
        return owners
    vertical = profile_vertical if profile_vertical in VERTICALS else "general"
    return f"first_text.{vertical}.{daypart}{'.link' if has_link else ''}"


def render(
    key: str,
    *,
    language: str,
    business: str,
    link: str | None = None,
    reopens: str | None = None,
    sign_off: str = "",
    phone: str | None = None,
    overrides: Mapping[str, str] | None = None,
    max_segments: int = 2,
) -> Rendered:
    """Fill a wording; the fullest form that has all its facts and fits the budget.

    Args:
        key: One of `KEYS`.
        language: `en` or `es`; any other is taken as English.
        business: Its name.
        link: Where to book.
        reopens: A clause without a full stop: "We open Tue at 8:00 AM".
        sign_off: Put before the way out of a first text, when there is room.
        phone: Where HELP sends a caller, as a person reads it.
        overrides: The business's own wordings.
        max_segments: Never exceeded; a name that is too long for the shortest form is cut.

    Raises:
        KeyError: Not one of `KEYS`.
    """
    if key not in KEYS:
        raise KeyError(f"{key} is not a template; there are {', '.join(sorted(KEYS))}")
    given = {"business": business, "link": link, "reopens": reopens, "phone": phone}
    facts = {name: fold(value) for name, value in given.items() if value}
    language = language if language in LANGUAGES else "en"
    endings = (fold(sign_off), "") if sign_off and key.startswith("first_text") else ("",)
    filled: list[tuple[Rendered, str]] = []
    form = ""
    for ending in endings:
        for used, form in _forms(key, language, facts, overrides or {}):
            text = _signed(prompts.fill(form, key, **_needed(form, facts)), ending)
            if fits(text, max_segments):
                filled.append((_rendered(text, used, form), form))
        if filled:
            return _cheapest(filled)
    return _rendered(_cut(form, facts, max_segments), key, form)


def _cheapest(filled: list[tuple[Rendered, str]]) -> Rendered:
    """The fullest text, unless a shorter way to state the same facts saves a segment."""
    fullest, its_form = filled[0]
    alike = [
        text
        for text, form in filled
        if text.key == fullest.key and prompts.placeholders(form) == prompts.placeholders(its_form)
    ]
    return min(alike, key=lambda text: text.segments)


def _rendered(text: str, key: str, form: str) -> Rendered:
    return Rendered(text, key, prompts.hash_of(form), count(text).segments)


def _forms(
    key: str, language: str, facts: Mapping[str, str], overrides: Mapping[str, str]
) -> Iterator[tuple[str, str]]:
    """The wordings to try, the owner's first, each with its key; only those whose facts we have."""
    own = overrides.get(f"{key}.{language}") or overrides.get(key)
    if own and prompts.placeholders(own) <= facts.keys():
        yield key, fold(own)
    vertical = key if key in _BUILT_IN else key.replace("first_text.", "first_text.general.", 1)
    for tried in dict.fromkeys((vertical, vertical.removesuffix(".link"), _general(vertical))):
        for form in prompts.variants(f"first_texts/{_BUILT_IN[tried]}.{language}"):
            if prompts.placeholders(form) <= facts.keys():
                yield tried, fold(form)


def _general(key: str) -> str:
    if not key.startswith("first_text."):
        return key
    return f"first_text.general.{key.split('.')[2]}"


def _needed(form: str, facts: Mapping[str, str]) -> dict[str, str]:
    return {name: facts[name] for name in prompts.placeholders(form)}


def _signed(text: str, sign_off: str) -> str:
    if not sign_off:
        return text
    before, out = _split_opt_out(text)
    return " ".join(part for part in (before, sign_off, out) if part)


def _cut(form: str, facts: Mapping[str, str], max_segments: int) -> str:
    """The shortest form with as much of the business's name as the budget allows."""
    needed = _needed(form, facts)
    name = needed.get("business", "")
    while len(name) > 1:
        name = name[:-1].rstrip()
        text = prompts.fill(form, **{**needed, "business": f"{name}..."})
        if fits(text, max_segments):
            return text
    return shorten(prompts.fill(form, **needed), max_segments)


def _without_language(key: str) -> str:
    for language in LANGUAGES:
        key = key.removesuffix(f".{language}")
    return key


# -- lint ----------------------------------------------------------------------------------------

_OPT_OUT: Final = re.compile(
    r"(?:\b(?:reply|text|respond|send|responda|responde|env[ií]e|escriba)\s+(?:with\s+)?)?[\"']?\bSTOP\b[\"']?\s+"
    r"(?:to|para|for|if|at any time)\s+(?:opt[ -]?out|unsubscribe|end|stop|quit|cancel (?:texts|messages|alerts)|no more|"
    r"darse? de baja|no recibir|cancelar (?:mensajes|textos)|dejar de recibir|salir)[^.!?]*[.!?]?",
    re.IGNORECASE,
)
_APOLOGY: Final = re.compile(
    r"\b(?:sorry|apolog\w+|missed (?:your|you)|couldn'?t (?:get|answer|take|pick)|unable to (?:answer|take)|"
    r"sentimos|lament\w+|disculp\w+|perd[oó]n\w*|no pudimos|perdimos su)",
    re.IGNORECASE,
)
_OFFER: Final = re.compile(
    r"\b(?:help|assist|how can we|what can we|what do you need|take care of|get you|ayud\w+|servir\w*|atender\w*|"
    r"qu[eé] necesita)",
    re.IGNORECASE,
)
_NEXT_STEP: Final = re.compile(
    r"\b(?:reply|text us|text back|answer|respond|book|schedule|tell us|let us know|send us|write|call us|pick a|"
    r"responda|responde|escr[ií]ba\w*|reserv\w+|agend\w+|cu[eé]nte\w*|d[ií]ga\w*|mande|env[ií]e\w*|conteste)\b|\{link\}",
    re.IGNORECASE,
)
_KEYWORD_REPLY: Final = re.compile(
    r"\b(?:reply|text|respond|answer|send|say|responda|responde|env[ií]e|escriba)\s+(?:with\s+|con\s+)?(?:"
    r"[\"'](?i:yes|cancel|end|quit|start|revoke|optout|info|stopall|unsubscribe)[\"']"
    r"|(?:YES|CANCEL|END|QUIT|START|REVOKE|OPTOUT|INFO|STOPALL|UNSUBSCRIBE|STOP)\b"
    r"|(?i:yes|cancel|end|quit|optout|stop)\b(?=\s+(?:to|if|for|or|para|si|o)\b|[.,!]|$))",
)
_REPLY_VERB: Final = re.compile(
    r"(?i)\b(reply|text|respond|answer|send|say|responda|responde|env[ií]e|escriba)\b"
)
_COMMANDS: Final = re.compile(
    r"\b(?:STOP|STOPALL|UNSUBSCRIBE|CANCEL|END|QUIT|REVOKE|OPTOUT|HELP|INFO|START|YES)\b"
)
_SHOUT: Final = re.compile(r"\b[A-Z]{5,}\b|\b[A-Z]{2,}\s+[A-Z]{3,}\b|!{2,}|\?{3,}|(?:![^!]*){3,}")
_LONGEST: Final = {
    "link": "https://book.our-business-name.example/new",
    "reopens": "We open Wednesday, Dec 30 at 10:30 AM",
    "phone": "(207) 555-0100",
}


def lint(text: str, *, longest_name: str, max_segments: int = 2) -> list[Problem]:
    """Check an owner's first text.

    Args:
        text: With its placeholders.
        longest_name: The name that it will be filled with (or the longest that may come).
        max_segments: The budget, with the longest link and opening time that we write.
    """
    text = fold(text)
    if not text.strip():
        return [Problem("empty", "Write a text; an empty one cannot be sent.")]
    body, opt_out = _split_opt_out(text)
    named = "{business}" in text or (longest_name and longest_name.casefold() in text.casefold())
    needs = (
        ("missing_business", named, "Say who is texting: put {business} near the start."),
        (
            "missing_apology",
            _APOLOGY.search(body),
            'Say what happened: "Sorry we missed your call."',
        ),
        ("missing_offer", _OFFER.search(body), 'Offer help: "How can we help?"'),
        ("missing_next_step", _NEXT_STEP.search(body), 'Name one next step: "Just reply here."'),
        ("missing_opt_out", opt_out, 'End with "Reply STOP to opt out."'),
    )
    found = [Problem(code, sentence) for code, holds, sentence in needs if not holds]
    return [*found, *_lint_words(body), *_lint_cost(text, longest_name, max_segments)]


def _lint_words(body: str) -> Iterator[Problem]:
    plain = re.sub(r"\{\w+\}", "", body)
    if shout := _SHOUT.search(_COMMANDS.sub("", plain)):
        yield Problem("shouting", f'"{shout[0].strip()}" reads as shouting; write it quietly.')
    spoken = _REPLY_VERB.sub(lambda verb: verb[0].lower(), plain)
    if reply := _KEYWORD_REPLY.search(spoken):
        yield Problem(
            "keyword_reply",
            f'"{reply[0]}" asks for a word that the phone company takes as a command; ask for another.',
        )


def _lint_cost(text: str, longest_name: str, max_segments: int) -> Iterator[Problem]:
    written = set(re.findall(r"\{([^{}]*)\}", text))
    if unknown := sorted(written - PLACEHOLDERS):
        known = ", ".join(f"{{{name}}}" for name in sorted(PLACEHOLDERS))
        names = ", ".join(f"{{{name}}}" for name in unknown)
        yield Problem("unknown_placeholder", f"{names} means nothing here; there are {known}.")
        return
    facts = {"business": fold(longest_name) or "business", **_LONGEST}
    counted = count(prompts.fill(text, **_needed(text, facts)))
    if counted.segments > max_segments:
        yield Problem(
            "too_long",
            f"With the longest name, link and time this costs {counted.segments} segments; "
            f"at most {max_segments} are sent. Shorten it.",
        )
    if counted.forces_ucs2:
        signs = " ".join(counted.forces_ucs2)
        hint = "these characters make every text cost more than twice as much"
        yield Problem("ucs2", f"{signs} - {hint}; leave them out if you can.", blocks=False)


def _split_opt_out(text: str) -> tuple[str, str]:
    """The text without its way out, and the way out ("" when there is none)."""
    found = _OPT_OUT.search(text)
    if not found:
        return text, ""
    rest = f"{text[: found.start()].rstrip()} {text[found.end() :].lstrip()}".strip()
    return rest, found[0].strip()
