"""Which of a business's services a caller means: their words against the owner's, allowing for typos and endings."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from agent.understand.normalise import plain, within, word_set, words


@dataclass(frozen=True)
class ServiceWords:
    """One service as its owner calls it, and what callers may call it instead."""

    key: str
    name: str
    also_called: tuple[str, ...] = ()


@dataclass(frozen=True)
class ServiceMatch:
    """The service meant; `key` None when the words fit several, which are then the `candidates`."""

    key: str | None
    candidates: tuple[str, ...] = ()


_FILLER = word_set(
    "a an the and or of for to my your our in on at with is it i need want some any get do you please thing stuff "
    "service services visit appointment small large big new el la los las un una de del mi con para"
)
_SAME = {
    "fixed": "repair", "fix": "repair", "fixing": "repair", "hvac": "ac", "leaky": "leak", "leaks": "leak", "tap": "faucet", "puppy": "dog",
    "pup": "dog", "doggo": "dog", "pooch": "dog", "blocked": "clog", "backed": "clog", "plugged": "clog", "loo": "toilet", "wc": "toilet", "big": "large",
    "little": "small", "tiny": "small", "huge": "large", "bathed": "bath", "wash": "bath", "commode": "toilet", "teeth": "tooth", "plomeria": "plumbing",
    "unclog": "clog", "perro": "dog", "bano": "bath", "limpieza": "cleaning", "fuga": "leak", "desague": "drain", "calentador": "heater", "corte": "haircut",
}  # fmt: skip
_ENDINGS = ("ings", "ing", "ers", "er", "ed", "es", "s", "y", "e")
# Said alone these name no service: "roof repair" is not a leak repair.
_GENERIC = word_set(
    "repair replace replacement install installation work job check water hot problem emergency"
)
_SIZES = frozenset({"small", "large", "medium"})


@lru_cache(maxsize=4096)
def _stem(word: str) -> str:
    word = _SAME.get(word, word).removesuffix("'s")
    for ending in _ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) >= 3:
            word = word[: -len(ending)]
            break
    if len(word) > 4 and word[-1] == word[-2]:
        word = word[:-1]
    return word


@lru_cache(maxsize=512)
def _phrases(service: ServiceWords) -> tuple[tuple[tuple[str, str], ...], ...]:
    """Each name of a service as (word, stem) pairs without filler; in brackets is told apart from other services."""
    spelled = (
        plain(p)
        for p in (
            service.name,
            *service.also_called,
            service.key.replace("-", " ").replace("_", " "),
        )
    )
    found = (
        tuple(
            (w, _stem(w))
            for w in words(p)
            if w not in _FILLER or w in _SIZES or _SAME.get(w) in _SIZES
        )
        for p in spelled
    )
    return tuple(p for p in dict.fromkeys(found) if p)


def _same(said: str, known: tuple[str, str]) -> bool:
    word, stem = known
    if said == word or _stem(said) == stem:
        return True
    most = 2 if len(word) >= 9 else 1 if len(word) >= 5 else 0
    return bool(most) and said[0] == word[0] and len(said) >= 4 and within(said, word, most)


def _fit(said: Sequence[str], phrase: tuple[tuple[str, str], ...]) -> float:
    """How much of a phrase was said, weighed by the letters of its words: 0 to 1.

    A part that holds generic words alone is nothing.
    """
    whole = sum(len(w) for w, _ in phrase)
    found = [k[0] for k in phrase if any(_same(s, k) for s in said)]
    if len(found) < len(phrase) and all(w in _GENERIC for w in found):
        return 0.0
    return sum(len(w) for w in found) / whole


def find_service(text: str, services: Sequence[ServiceWords]) -> ServiceMatch | None:
    """The service that a text names, the longest of its names deciding; None when it names none.

    A name counts when all its words are said, or the greater part of a name of several words. A part that fits
    several services alike gives a match without a key.
    """
    said = [w for w in words(_after_correction(plain(text))) if len(w) > 1]
    scored: list[tuple[float, float, str]] = []
    for service in services:
        fits = [(_fit(said, p), float(sum(len(w) for w, _ in p))) for p in _phrases(service)]
        best = max(((f * size, f) for f, size in fits if f >= 0.5), default=None)
        if best:
            scored.append((best[0], best[1], service.key))
    if not scored:
        return None
    full = [s for s in scored if s[1] >= 0.99] or scored
    top = max(s[0] for s in full)
    keys = tuple(dict.fromkeys(k for weight, _, k in full if weight >= top * 0.95))
    if full is scored and len(scored) > 1:
        keys = tuple(dict.fromkeys(k for weight, _, k in scored if weight >= top * 0.6))
    return ServiceMatch(keys[0]) if len(keys) == 1 else ServiceMatch(None, keys)


def _after_correction(text: str) -> str:
    """What is left of "not a leak, actually the water heater": the part that holds."""
    for mark in (" actually ", " i mean ", " i meant ", " but ", " rather "):
        head, found, tail = text.partition(mark)
        if (
            found
            and tail
            and (" not " in f" {head} " or "n't" in head or mark.startswith(" i mean"))
        ):
            return tail
    return text
