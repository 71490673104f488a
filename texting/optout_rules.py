"""Reading stop, help and start in a caller's text, by meaning.

A consumer may revoke consent "in any reasonable manner" (47 CFR 64.1200(a)(10), in force since
11 April 2025): the words stop, quit, end, revoke, opt out, cancel and unsubscribe count as they
stand, any other wording by the totality of the circumstances. The carrier catches the bare
keywords alone ("STOP PLEASE" passes it), and a search for "stop" anywhere would silence people who
ask us to stop by on Tuesday. So a text is read clause by clause: a clause that is nothing but a
stop word and padding, or one that asks for an end of *texts*, of *contact* or of *being listed*.

What the rules cannot settle comes back with `certain=False`: somebody above asks what was meant.
The phrases (optout_phrases.py) know English, Spanish and some French and Portuguese, with accents taken off.
"""
# ruff: noqa: RUF001 - the typographic signs are what is taken off

import re
import unicodedata
from dataclasses import dataclass
from typing import Final, Literal

from texting import optout_phrases as phrases

Kind = Literal["stop", "help", "start"]

CARRIER_STOP: Final = frozenset(
    {"stop", "unsubscribe", "end", "quit", "stopall", "revoke", "optout", "cancel"}
)
CARRIER_START: Final = frozenset({"start", "yes", "unstop"})
CARRIER_HELP: Final = frozenset({"help", "info"})
"""Keywords that the carrier itself acts on when they are the whole message."""


@dataclass(frozen=True, slots=True)
class OptOutReading:
    """What a text says about being texted.

    Attributes:
        kind: What was asked for; None when the text is about something else.
        certain: False where a person would ask back: then `kind` is the likelier reading, and None
            with `certain=False` means "perhaps stop".
        bare_keyword: The text is exactly a keyword of the carrier, which has then acted on it and,
            with `keyword_replies: carrier`, has answered it already.
    """

    kind: Kind | None
    certain: bool = True
    bare_keyword: bool = False


_NOTHING: Final = OptOutReading(None)
_PERHAPS: Final = OptOutReading(None, certain=False)
_STOP: Final = OptOutReading("stop")
_LIKELY_STOP: Final = OptOutReading("stop", certain=False)


def classify(text: str, *, opted_out: bool = False) -> OptOutReading:
    """Read one inbound text.

    Args:
        text: As it arrived.
        opted_out: Whether this caller is opted out now; YES means START only then.
    """
    word = text.strip().casefold()
    if word in CARRIER_STOP:
        return OptOutReading("stop", bare_keyword=True)
    if word in CARRIER_HELP:
        return OptOutReading("help", bare_keyword=True)
    if word in CARRIER_START:
        return (
            _NOTHING
            if word == "yes" and not opted_out
            else OptOutReading("start", bare_keyword=True)
        )
    if _REACTION.match(text.strip()):
        return _NOTHING  # a phone repeats our own text, "Reply STOP" included, behind "Liked"
    clauses = _clauses(text)
    if not clauses:
        return _LIKELY_STOP if any(sign in text for sign in _STOP_SIGNS) else _NOTHING
    return _stop(clauses) or _start(clauses, opted_out=opted_out) or _help(clauses) or _NOTHING


# -- making a text plain -------------------------------------------------------------------------

_REACTION: Final = re.compile(
    r"(liked|loved|disliked|laughed at|emphasi[sz]ed|questioned|reacted .{1,12} to|"
    r"le gusto|me gusta|le encanto)\s+[\"“«]",
    re.IGNORECASE,
)
_STOP_SIGNS: Final = ("\U0001f6d1", "\U0001f6ab", "\u26d4", "\U0001f590", "\u270b", "\U0001f515")
_QUOTED: Final = re.compile(r"[\"“”«»][^\"“”«»]{1,200}[\"“”«»]")
_APOSTROPHES: Final = re.compile(r"['’‘`´ʼ]")
_MASKED_OATH: Final = re.compile(r"\bf[*@#$%!_-]{1,3}(?:k\b|c?king\b)?", re.IGNORECASE)
_CLAUSE_END: Final = re.compile(r"[.,;:!?¡¿()\n\r/|+]+|\s[-–—]+\s|[-–—]{2,}|…")
_SPELLED: Final = re.compile(r"\b(?:[a-z] ){2,}[a-z]\b")
_DIGIT_LETTERS: Final = str.maketrans("013457$@", "oieastsa")


def _clauses(text: str) -> list[str]:
    """Cut a text into clauses of plain lower-case words, typing errors mended."""
    text = unicodedata.normalize("NFKC", text)
    unquoted = _QUOTED.sub(" ", text)
    if re.search(r"\w", unquoted):
        text = unquoted
    text = _MASKED_OATH.sub("fuck", _APOSTROPHES.sub("", text.casefold()))
    text = re.sub(r"\b(\w)[.\-*_](?=\w\b)", r"\1 ", text)  # s.t.o.p
    found = (_words(piece) for piece in _CLAUSE_END.split(text))
    return [clause for clause in found if clause]


def _words(clause: str) -> str:
    bare = "".join(c for c in unicodedata.normalize("NFKD", clause) if not unicodedata.combining(c))
    plain = re.sub(r"[^\w$@]+|_+", " ", bare).strip()
    plain = _SPELLED.sub(lambda run: run[0].replace(" ", ""), plain)
    return " ".join(_mended(word) for word in plain.split())


_MEND: Final = (
    "stop",
    "texting",
    "message",
    "messages",
    "messaging",
    "contacting",
    "remove",
    "unsubscribe",
)
_REAL_WORDS: Final = frozenset(
    (
        "shop",
        "step",
        "slop",
        "spot",
        "stoop",
        "strop",
        "stow",
        "stops",
        "top",
        "atop",
        "sop",
        "stomp",
        "setup",
        "sport",
        "stoup",
        "testing",
        "taxing",
        "vexing",
        "texted",
        "massage",
        "massages",
        "massaging",
        "passage",
        "passages",
        "removed",
        "remover",
        "removes",
        "contracting",
        "subscribe",
        "subscribed",
        "resubscribe",
        "unsubscribed",
    )
)
"""Words that only look like a slip."""


def _mended(word: str) -> str:
    """The word that a slip of the thumb was meant for, of the few that matter here."""
    word = re.sub(r"([a-z])\1{2,}", r"\1", word)
    if any(c.isdigit() for c in word) and any(c.isalpha() for c in word):
        if (keyword := word.strip("0123456789")) in CARRIER_STOP:
            return keyword
        read = word.translate(_DIGIT_LETTERS)
        return read if read in CARRIER_STOP else word
    if word in _REAL_WORDS:
        return word
    for meant in _MEND:
        if word[:1] == meant[:1] and _slips(word, meant) <= (2 if len(meant) > 9 else 1):
            return meant
    return word


def _slips(word: str, meant: str) -> int:
    """Edit distance where swapping two neighbours is one slip; 9 when lengths are far apart."""
    if word == meant or abs(len(word) - len(meant)) > 2:
        return 0 if word == meant else 9
    before: list[int] = []
    row = list(range(len(meant) + 1))
    for i, a in enumerate(word, 1):
        earlier, before, row = before, row, [i]
        for j, b in enumerate(meant, 1):
            cost = min(before[j] + 1, row[j - 1] + 1, before[j - 1] + (a != b))
            if i > 1 and j > 1 and a == meant[j - 2] and word[i - 2] == b:
                cost = min(cost, earlier[j - 2] + 1)
            row.append(cost)
    return row[-1]


# -- stop ----------------------------------------------------------------------------------------


_TEXT_ME: Final = re.compile(r"\b(?:text|message|txt) (?:me|us|instead|only)\b")


def _stop(clauses: list[str]) -> OptOutReading | None:
    if len(clauses) == 1 and phrases.WEAK_WORD.fullmatch(_stripped(clauses[0])):
        return _weak(clauses[0])
    found = [reading for reading in map(_stop_in, clauses) if reading]
    if any(reading.kind == "stop" for reading in found):
        corrected = all(_is_bare(c) for c in clauses if _stop_in(c)) and any(
            phrases.CORRECTION.search(c) for c in clauses
        )
        if corrected:
            return _PERHAPS  # "wait, stop, I meant Tuesday"
        if _STOP in found:
            return _STOP
        return _PERHAPS if any(_TEXT_ME.search(c) for c in clauses) else _LIKELY_STOP
    return found[0] if found else None


def _stop_in(clause: str) -> OptOutReading | None:
    if _is_bare(clause):
        return _STOP
    if phrases.SCOPED.search(clause) or phrases.UNSURE.search(clause):
        return _PERHAPS
    if phrases.LOOK_ALIKES.search(clause) and not re.search(
        r"\bwhy (?:wont|cant|dont) (?:you|u)\b", clause
    ):
        return None
    if phrases.STOPS.search(clause):
        return _STOP
    return _LIKELY_STOP if phrases.LIKELY_STOPS.search(clause) else None


def _weak(clause: str) -> OptOutReading:
    """CANCEL and END are keywords of the carrier; padded, they may mean the visit."""
    if phrases.WEAK_WORD.fullmatch(clause):
        return _STOP
    return _PERHAPS if re.search(r"\b(?:it|this|that)\b", clause) else _LIKELY_STOP


def _is_bare(clause: str) -> bool:
    return bool(
        phrases.STOP_WORD.fullmatch(clause) or phrases.STOP_WORD.fullmatch(_stripped(clause))
    )


def _stripped(clause: str) -> str:
    return " ".join(phrases.PADDING.sub(" ", clause).split())


# -- start and help ------------------------------------------------------------------------------


def _start(clauses: list[str], *, opted_out: bool) -> OptOutReading | None:
    if any(
        phrases.STARTS.search(c)
        for c in clauses
        if not re.search(r"\b(?:wont|dont|not|never)\b", c)
    ):
        return OptOutReading("start")
    if opted_out and phrases.START_IF_OUT.search(" ".join(clauses)):
        return OptOutReading("start")
    return None


def _help(clauses: list[str]) -> OptOutReading | None:
    """The keyword counts when it is all there is: "Help! My basement is flooding" wants a person."""
    asked = any(phrases.WHO_ARE_YOU.search(c) for c in clauses)
    return OptOutReading("help") if asked or phrases.HELPS.search(" ".join(clauses)) else None
