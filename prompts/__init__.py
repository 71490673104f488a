"""The words of the product: text without logic, read once, filled with facts by name.

A name is a path below this folder, without a suffix:

* `first_texts/general.open.en` is the table `open`, key `en` of `first_texts/general.toml`. One
  file per topic, one table per thing to say, one key per language; the value is one text or a list
  of ways to say it. `variants` gives all of them as they are written, `load` fills one.
* `agent/system` is `agent/system.md`: a text for a model, known by a hash of its content.

A placeholder is `{lower_case}`; any other brace is plain text, so that a prompt may show JSON. The
facts given must be exactly the placeholders of the text: what is missing and what is not known are
both refused by name, so that a renamed fact cannot leave a hole in somebody's phone.

Layout of `first_texts/`: `general`, `appointments`, `home_services`, `pet_grooming` hold the tables
`open`, `open_link`, `after_hours`, `after_hours_link`; `keywords` holds `stop`, `help`, `start`;
`nudge` holds `nudge`. Their lists run from the fullest form to the shortest (texting/templates.py
takes the first that fits). In `speech/` a list holds three to six equal ways.
"""

import hashlib
import re
import tomllib
from functools import cache
from importlib.resources import files

_PLACEHOLDER = re.compile(r"\{([a-z][a-z0-9_]*)\}")
_NAME = re.compile(r"[a-z0-9_]+(?:/[a-z0-9_]+)*(?:\.[A-Za-z0-9_-]+)*")


class PromptError(ValueError):
    """A text that does not exist, or facts that do not match its placeholders."""


def load(name: str, way: int = 0, /, **facts: object) -> str:
    """Read a text and fill its placeholders.

    Args:
        name: As the module describes: `first_texts/general.open.en` or `agent/system`.
        way: Which of several ways to say it, counted from 0 and round again.
        **facts: A value for every placeholder, and nothing else.

    Raises:
        PromptError: No such text, a missing fact, or a fact that the text does not know.
    """
    ways = variants(name)
    return fill(ways[way % len(ways)], name, **facts)


def variants(name: str) -> tuple[str, ...]:
    """All ways to say one thing, unfilled; a Markdown text is its own only way.

    Raises:
        PromptError: No such text.
    """
    path, *keys = _split(name)
    if not keys:
        return (read_markdown(name),)
    found: object = _toml(path)
    for key in keys:
        if not isinstance(found, dict) or key not in found:
            raise PromptError(f"prompts/{path}.toml has no {'.'.join(keys)!r}")
        found = found[key]
    ways = (found,) if isinstance(found, str) else tuple(found) if isinstance(found, list) else ()
    if not ways or not all(isinstance(way, str) and way for way in ways):
        raise PromptError(f"{name} is neither a text nor a list of texts")
    return ways


def has(name: str) -> bool:
    """Whether such a text exists."""
    try:
        variants(name)
    except PromptError:
        return False
    return True


def keys(path: str) -> tuple[str, ...]:
    """The dotted keys of one TOML file, down to the language: `open.en`, `open.es`, ...

    Raises:
        PromptError: No such file.
    """

    def walk(table: dict[str, object], above: str) -> list[str]:
        found: list[str] = []
        for key, value in table.items():
            found += walk(value, f"{above}{key}.") if isinstance(value, dict) else [above + key]
        return found

    return tuple(walk(_toml(path), ""))


def placeholders(text: str) -> frozenset[str]:
    """The names of the facts that a text needs."""
    return frozenset(_PLACEHOLDER.findall(text))


def fill(text: str, name: str = "this text", /, **facts: object) -> str:
    """Put facts into a text in one pass, so that a brace inside a fact stays a brace.

    Raises:
        PromptError: The facts are not exactly the placeholders of the text.
    """
    needed = placeholders(text)
    if missing := sorted(needed - facts.keys()):
        raise PromptError(f"{name} needs {', '.join(missing)}")
    if unknown := sorted(facts.keys() - needed):
        raise PromptError(f"{name} has no placeholder for {', '.join(unknown)}")
    return _PLACEHOLDER.sub(lambda found: str(facts[found[1]]), text)


@cache
def read_markdown(name: str) -> str:
    """The text of `prompts/<name>.md`, without the newline at its end.

    Raises:
        PromptError: No such text.
    """
    return _read(f"{_split(name)[0]}.md").rstrip("\n")


def version(name: str) -> str:
    """Twelve hex digits that change whenever a word of the text does (all its ways together)."""
    return hash_of("\x00".join(variants(name)))


def hash_of(text: str) -> str:
    """The version of a text that is not kept here, such as an owner's own template."""
    return hashlib.sha256(text.encode()).hexdigest()[:12]


def _split(name: str) -> list[str]:
    if not _NAME.fullmatch(name):
        raise PromptError(f"{name!r} is not the name of a text")
    folder, slash, last = name.rpartition("/")
    file, *keys = last.split(".")
    return [f"{folder}{slash}{file}", *keys]


@cache
def _toml(path: str) -> dict[str, object]:
    try:
        return tomllib.loads(_read(f"{_split(path)[0]}.toml"))
    except tomllib.TOMLDecodeError as error:
        raise PromptError(f"prompts/{path}.toml: {error}") from error


def _read(path: str) -> str:
    try:
        return files(__name__).joinpath(path).read_text(encoding="utf-8")
    except (FileNotFoundError, IsADirectoryError) as error:
        raise PromptError(f"there is no prompts/{path}") from error
