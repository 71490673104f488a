"""The caller's words as the offline brain cuts them: clauses, and a few telling phrases. Pure."""

import re
from dataclasses import dataclass

from agent.understand.intents import Intent, read_intents
from agent.understand.normalise import plain

_NEXT_CLAUSE = re.compile(
    r"(?<=[.?!])\s+|\n+|;\s*|,\s*(?=(?:and|also|but|plus|y|pero)\b)"
    r"|,?\s+(?:and|also|but|plus|y|pero)\s+(?=(?:also\s+)?(?:what|where|when|who|how|is|are|do|does|can|could|will"
    r"|would|have you|cuanto|cu\u00e1nto|donde|d\u00f3nde|cuando|cu\u00e1ndo|puede|aceptan|tienen|hacen)\b)"
    r"|,\s*(?=(?:what|where|when|who|how|is|are|do|does|can|could|will|would|cuanto|cu\u00e1nto|donde|d\u00f3nde|aceptan|tienen)\b)",
    re.IGNORECASE,
)
ASAP = re.compile(
    r"\b(?:asap|as soon as (?:possible|you can)|soonest|earliest|first available|next available|right away|"
    r"lo antes posible|cuanto antes|lo mas pronto)\b"
)
PM = re.compile(r"^\W*(?:\w+\W+){0,4}?(?:pm|p\.m\.?)\W*$")
AM = re.compile(r"^\W*(?:\w+\W+){0,4}?(?:am|a\.m\.?)\W*$")
HOURS = re.compile(
    r"\b(?:hours|opening times?|(?:are|r) (?:you|u|they|yall)(?: guys)? (?:open|closed)|(?:you|u|they) (?:open|close)|when (?:do|are) (?:you|u|they) (?:open|close)|(?:work|open|closed) (?:on )?"
    r"(?:weekends?|holidays?|mondays?|tuesdays?|wednesdays?|thursdays?|fridays?|saturdays?|sundays?)|horarios?|abren|cierran|abiert[oa]s?|a que hora (?:abren|cierran))\b"
)
"""A question about opening hours: a day in it is no wish for a time."""
LATE = re.compile(
    r"\b(?:running (?:\w+ ){0,2}late|(?:be|i'm|we're|am|are) (?:\w+ ){0,4}(?:minutes |mins )?late\b(?! afternoon| morning)|stuck in traffic|"
    r"(?:voy|vamos|llego|llegare|vengo) (?:\w+ ){0,2}tarde)\b"
)
"""About a visit of today, not about another time for it."""
LONG = 160  # letters of a text that are kept as the words of a wish for a time


@dataclass(frozen=True)
class Wish:
    """One clause of the caller's, as they wrote it, and what it wants."""

    words: str
    intents: frozenset[Intent]

    @property
    def plain(self) -> str:
        """The words as rules match them."""
        return plain(self.words)


_CORRECTS = re.compile(
    r"^\W*(?:(?:no|not|wait|sorry|actually|oops|i mean|i meant|scratch that|correction|perdon|perd\u00f3n|make that)\b[\s,.:;-]+)+",
    re.IGNORECASE,
)


def after_correction(text: str) -> str | None:
    """What follows "no wait,": the words that hold; None without such a beginning."""
    rest = _CORRECTS.sub("", text, count=1).strip()
    return rest if rest and rest != text.strip() else None


def clauses_of(text: str) -> tuple[Wish, ...]:
    """A text cut where a second wish begins."""
    parts = (p.strip() for p in _NEXT_CLAUSE.split(text) if p)
    return tuple(Wish(p, read_intents(p)) for p in parts if p)


def short(words: str) -> str:
    """Verbatim words, cut between two words where they are long."""
    words = words.strip()
    if len(words) <= LONG:
        return words
    return words[:LONG].rsplit(None, 1)[0]
