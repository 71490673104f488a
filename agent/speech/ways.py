"""Which of several ways to say a thing: steady for a turn, never the one just used, in the owner's tone."""

import re
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

import prompts

Tone = Literal["warm", "brisk", "formal"]
Language = Literal["en", "es"]

_TELLING = 6
"""Letters of a wording besides its facts below which it can't be recognised in a sent text."""


@dataclass(frozen=True)
class Wording:
    """One clause in words.

    Attributes:
        text: Filled and ready.
        way: Which wording it was: `acts.booked.en.2`; empty for words of the owner's or a brain's.
        shorter: Other wordings of the same facts, the shortest first.
    """

    text: str
    way: str = ""
    shorter: tuple["Wording", ...] = ()


@dataclass(frozen=True)
class Manner:
    """How this turn speaks.

    Attributes:
        language: Of the words.
        tone: The owner's.
        seed: Of conversation and turn: the same turn rendered twice reads the same.
        before: Our last text to this caller; its wordings are not used again.
    """

    language: Language
    tone: Tone
    seed: int
    before: str

    def say(self, name: str, /, *rather: str, **facts: str) -> Wording:
        """Fill one way of `speech/<name>`; `rather` names tables with fewer facts, for want of room."""
        chosen = self._choose(name)
        ways = [*self._filled(name, facts), *(w for r in rather for w in self._filled(r, facts))]
        text, way = ways[chosen]
        shorter = sorted((w for w in ways if len(w[0]) < len(text)), key=lambda w: len(w[0]))
        return Wording(text, way, tuple(Wording(*w) for w in shorter))

    def _filled(self, name: str, facts: Mapping[str, str]) -> list[tuple[str, str]]:
        wordings = prompts.variants(f"speech/{name}.{self.language}")
        return [
            (_fill(wording, facts), f"{name}.{self.language}.{number}")
            for number, wording in enumerate(wordings)
        ]

    def _choose(self, name: str) -> int:
        wordings = prompts.variants(f"speech/{name}.{self.language}")
        suited = _suited(wordings, self.tone)
        unsaid = [n for n, w in enumerate(wordings) if not _was_said(w, self.before)]
        fresh = [n for n in suited if n in unsaid] or unsaid or list(suited)
        return fresh[zlib.crc32(f"{self.seed}:{name}".encode()) % len(fresh)]


def has(name: str, language: Language) -> bool:
    """Whether there are words of this name."""
    return prompts.has(f"speech/{name}.{language}")


def _fill(wording: str, facts: Mapping[str, str]) -> str:
    needed = prompts.placeholders(wording)
    return prompts.fill(wording, wording, **{name: facts[name] for name in needed})


_CONTRACTED = re.compile(r"\b\w+'(?:s|re|ve|ll|d|m|t)\b|!", re.IGNORECASE)


@lru_cache(maxsize=512)
def _suited(wordings: tuple[str, ...], tone: Tone) -> tuple[int, ...]:
    """The wordings of a tone: brisk takes the shorter ones, formal the ones without contractions."""
    every = tuple(range(len(wordings)))
    if tone == "brisk":
        return tuple(sorted(every, key=lambda n: len(wordings[n]))[: max(2, (len(every) + 1) // 2)])
    if tone == "formal":
        plain = tuple(n for n in every if not _CONTRACTED.search(wordings[n]))
        return plain if len(plain) > 1 else every
    return every


def _was_said(wording: str, before: str) -> bool:
    return (
        bool(before) and (pattern := _pattern(wording)) is not None and bool(pattern.search(before))
    )


@lru_cache(maxsize=1024)
def _pattern(wording: str) -> re.Pattern[str] | None:
    literals = re.split(r"\{[a-z_]+\}", wording)
    if sum(len(piece.strip(" .,:?")) for piece in literals) < _TELLING:
        return None
    return re.compile(".{1,200}?".join(re.escape(piece) for piece in literals), re.DOTALL)
