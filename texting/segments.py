"""How many segments a text costs, and how to keep the cost down.

A text goes out in the GSM 7-bit alphabet (3GPP TS 23.038) when every character belongs to it,
else in UCS-2. One segment holds 160 GSM-7 or 70 UCS-2 units; a longer text is cut into segments of
153 or 67, because each part then carries a six-byte header. A character of the extension table
counts twice, and neither an escape pair nor a grapheme cluster (an emoji family, a flag, a letter
with its combining accent) is cut in two: the carrier's own calculator counts so.

`fold` runs before anything is counted or stored, so that what we store is what is sent.
"""
# ruff: noqa: RUF001 - the look-alikes that fold() replaces are its subject

import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import IntEnum, auto
from itertools import pairwise
from typing import Final, Literal

GSM_BASIC: Final = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
GSM_EXTENSION: Final = frozenset("\f^{}\\[~]|€")
"""Sent as an escape and a second unit."""

Encoding = Literal["GSM-7", "UCS-2"]
_ROOM: Final[dict[Encoding, tuple[int, int]]] = {"GSM-7": (160, 153), "UCS-2": (70, 67)}


@dataclass(frozen=True, slots=True)
class Counted:
    """What a text costs.

    Attributes:
        encoding: The alphabet the carrier will use.
        segments: Billed parts, at least one.
        units: Septets (extension characters count twice) or UTF-16 units.
        forces_ucs2: The characters that are not GSM-7, each once, in order of appearance.
    """

    encoding: Encoding
    segments: int
    units: int
    forces_ucs2: tuple[str, ...]


def count(text: str) -> Counted:
    """Count a text exactly as it stands (fold it first if it is ours to send).

    Raises:
        ValueError: The text is empty; nothing may be sent without words.
    """
    if not text:
        raise ValueError("an empty text cannot be sent, so it has no segments")
    # cutting into grapheme clusters costs milliseconds, and most texts are plain
    clusters = [] if all(map(_is_gsm, text)) else list(graphemes(text))
    foreign = tuple(dict.fromkeys(c for c in clusters if not _is_gsm(c)))
    encoding: Encoding = "UCS-2" if foreign else "GSM-7"
    sizes = [_utf16(c) for c in clusters] if foreign else [_septets(c) for c in text]
    return Counted(encoding, _parts(sizes, *_ROOM[encoding]), sum(sizes), foreign)


def fits(text: str, budget: int) -> bool:
    """Whether the text, as it stands, costs at most `budget` segments."""
    return count(text).segments <= budget


def shorten(text: str, segments: int) -> str:
    """Cut a folded text at a word boundary so that it costs at most `segments`.

    A cut text ends in "..." so that nobody takes the rest for the whole. A single word longer than
    the budget is cut between characters.

    Raises:
        ValueError: The text is empty or the budget is below one segment.
    """
    if segments < 1:
        raise ValueError(f"a text needs at least one segment, not {segments}")
    if fits(text, segments):
        return text
    for starts in (_word_ends(text), _cluster_ends(text)):
        ends = sorted(starts)
        low, high = 0, len(ends)
        while low < high:  # the longest beginning that still fits
            middle = (low + high) // 2
            if fits(_clipped(text, ends[middle]), segments):
                low = middle + 1
            else:
                high = middle
        if low:
            return _clipped(text, ends[low - 1])
    raise ValueError(f"{text[:20]!r} cannot be cut to {segments} segments")


def _clipped(text: str, end: int) -> str:
    return text[:end].rstrip(" \r\n,;:.-") + "..."


def _word_ends(text: str) -> Iterator[int]:
    return (at for at in range(1, len(text)) if text[at].isspace() and not text[at - 1].isspace())


def _cluster_ends(text: str) -> Iterator[int]:
    at = 0
    for cluster in graphemes(text):
        at += len(cluster)
        yield at


def _parts(sizes: Iterable[int], alone: int, joined: int) -> int:
    sizes = list(sizes)
    if sum(sizes) <= alone:
        return 1
    parts, used = 1, 0
    for size in sizes:
        if used and used + size > joined:
            parts, used = parts + 1, 0
        used += size
    return parts


def _is_gsm(cluster: str) -> bool:
    return cluster in GSM_BASIC or cluster in GSM_EXTENSION


def _septets(character: str) -> int:
    return 2 if character in GSM_EXTENSION else 1


def _utf16(cluster: str) -> int:
    return sum(2 if ord(c) > 0xFFFF else 1 for c in cluster)


# -- grapheme clusters ---------------------------------------------------------------------------


class _Break(IntEnum):
    OTHER = auto()
    CONTROL = auto()
    EXTEND = auto()  # joins the character before it
    JOINER = auto()  # ZWJ
    FLAG = auto()  # regional indicator
    BODY = auto()  # an emoji that takes a skin tone
    TONE = auto()
    GLUED = auto()  # a picture that joins after a ZWJ
    GLUED_BODY = auto()
    PREPEND = auto()
    HANGUL_L = auto()
    HANGUL_V = auto()
    HANGUL_T = auto()
    HANGUL_LV = auto()
    HANGUL_LVT = auto()


_HANGUL_AFTER: Final = {
    _Break.HANGUL_L: {_Break.HANGUL_L, _Break.HANGUL_V, _Break.HANGUL_LV, _Break.HANGUL_LVT},
    _Break.HANGUL_LV: {_Break.HANGUL_V, _Break.HANGUL_T},
    _Break.HANGUL_V: {_Break.HANGUL_V, _Break.HANGUL_T},
    _Break.HANGUL_LVT: {_Break.HANGUL_T},
    _Break.HANGUL_T: {_Break.HANGUL_T},
}
_BODIES: Final = (_Break.BODY, _Break.GLUED_BODY)


def _ranges(text: str) -> frozenset[int]:
    """Read "261D 270A-270D" as code points."""
    found: set[int] = set()
    for piece in text.split():
        low, _, high = piece.partition("-")
        found.update(range(int(low, 16), int(high or low, 16) + 1))
    return frozenset(found)


# The emoji classes of Unicode 10, which the carrier's calculator still uses: an emoji younger than
# that is counted there piece by piece.
_SPECIAL: Final[dict[_Break, frozenset[int]]] = {
    _Break.BODY: _ranges(
        "261D 26F9 270A-270D 1F385 1F3C2-1F3C4 1F3C7 1F3CA-1F3CC 1F442-1F443 1F446-1F450 1F46E"
        " 1F470-1F478 1F47C 1F481-1F483 1F485-1F487 1F4AA 1F574-1F575 1F57A 1F590 1F595-1F596"
        " 1F645-1F647 1F64B-1F64F 1F6A3 1F6B4-1F6B6 1F6C0 1F6CC 1F918-1F91C 1F91E-1F91F 1F926"
        " 1F930-1F939 1F93D-1F93E 1F9D1-1F9DD"
    ),
    _Break.TONE: _ranges("1F3FB-1F3FF"),
    _Break.GLUED: _ranges(
        "2640 2642 2695-2696 2708 2764 1F308 1F33E 1F373 1F393 1F3A4 1F3A8 1F3EB 1F3ED 1F48B"
        " 1F4BB-1F4BC 1F527 1F52C 1F5E8 1F680 1F692"
    ),
    _Break.GLUED_BODY: _ranges("1F466-1F469"),
    _Break.FLAG: _ranges("1F1E6-1F1FF"),
    _Break.JOINER: _ranges("200D"),
    _Break.EXTEND: _ranges("200C E33 EB3 FF9E-FF9F E0020-E007F"),
    _Break.PREPEND: _ranges("600-605 6DD 70F 8E2 D4E 110BD 111C2-111C3"),
    _Break.HANGUL_L: _ranges("1100-115F A960-A97C"),
    _Break.HANGUL_V: _ranges("1160-11A7 D7B0-D7C6"),
    _Break.HANGUL_T: _ranges("11A8-11FF D7CB-D7FB"),
    _Break.HANGUL_LV: frozenset(range(0xAC00, 0xD7A4, 28)),
}
_CLASS_OF: Final = {code: kind for kind, codes in _SPECIAL.items() for code in codes}


def graphemes(text: str) -> Iterator[str]:
    """Split a text into what a reader takes for one character (UAX #29), CR LF kept apart.

    Combining marks and controls are read from the general categories that Python ships. CR and LF
    are two characters of the GSM alphabet, so they are never joined here.
    """
    start, flags, body = 0, 0, False
    for at, (before, after) in enumerate(pairwise(_kind(c) for c in text), start=1):
        flags = flags + 1 if before is _Break.FLAG else 0
        body = before in _BODIES or (body and before is _Break.EXTEND)
        paired = after is _Break.FLAG and flags % 2 == 1
        toned = after is _Break.TONE and body
        if not (paired or toned or _joined(before, after)):
            yield text[start:at]
            start = at
    if text:
        yield text[start:]


def _joined(before: _Break, after: _Break) -> bool:
    if _Break.CONTROL in (before, after):
        return False
    if after in (_Break.EXTEND, _Break.JOINER) or before is _Break.PREPEND:
        return True
    if before is _Break.JOINER:
        return after in (_Break.GLUED, _Break.GLUED_BODY)
    return after in _HANGUL_AFTER.get(before, ())


def _kind(character: str) -> _Break:
    code = ord(character)
    if code in _CLASS_OF:
        return _CLASS_OF[code]
    if 0xAC00 <= code <= 0xD7A3:
        return _Break.HANGUL_LVT
    category = unicodedata.category(character)
    if category in ("Mn", "Me", "Mc"):
        return _Break.EXTEND
    if category in ("Cc", "Cf", "Cs", "Zl", "Zp"):
        return _Break.CONTROL
    return _Break.OTHER


# -- folding -------------------------------------------------------------------------------------

_FOLDED: Final[dict[str, str]] = {
    # quotation marks and primes
    **dict.fromkeys("‘’‚‛ʹʼʻʽˈˊˋ′‵`´❛❜❮❯‹›＇＇", "'"),
    **dict.fromkeys("“”„‟″‶«»ʺ˝❝❞〝〞＂", '"'),
    # dashes, minus and bullets
    **dict.fromkeys("‐‑‒–—―−⁃﹘﹣－•·‣▪●◦∙⁌⁍", "-"),
    "…": "...",
    "․": ".",
    "‥": "..",
    "‼": "!!",
    "⁇": "??",
    "⁈": "?!",
    "⁉": "!?",
    "⁄": "/",
    "∕": "/",
    "⁓": "~",
    "∼": "~",
    "∗": "*",
    "×": "x",
    "÷": "/",
    "½": "1/2",
    "¼": "1/4",
    "¾": "3/4",
    "⅓": "1/3",
    "⅔": "2/3",
    "№": "No.",
    "™": "(TM)",
    "®": "(R)",
    "©": "(C)",
    "ﬁ": "fi",
    "ﬂ": "fl",
    "ﬀ": "ff",
    "ﬃ": "ffi",
    "ﬄ": "ffl",
    "→": "->",
    "←": "<-",
    "\u2028": "\n",
    "\u2029": "\n",
    "\u0085": "\n",
    "\v": "\n",
}
_SPACES: Final = frozenset("\t\u00a0\u1680\u202f\u205f\u3000") | {
    chr(c) for c in range(0x2000, 0x200B)
}
_EMOJI_STYLE: Final = "\ufe0f"
_UNSEEN: Final = ("Cc", "Cf", "Cs", "Co")


def fold(text: str) -> str:
    """Put a text of ours into the cheapest writing that reads the same.

    Curly quotes, dashes, ellipses, bullets, ligatures, full-width letters and odd spaces become
    their plain twins (one space for each, never two); what cannot be seen (zero-width, bidi marks,
    tags, control characters) goes. Letters keep their accents, and emoji stay whole.
    """
    composed = unicodedata.normalize("NFC", text)
    plain = "".join(_plain(c) for c in composed)
    return "".join(_visible(plain))


def _plain(character: str) -> str:
    if character in _SPACES:
        return " "
    if character in _FOLDED:
        return _FOLDED[character]
    if "\uff01" <= character <= "\uff5e":  # the full-width forms of ASCII
        return chr(ord(character) - 0xFEE0)
    return character


def _visible(text: str) -> Iterator[str]:
    for at, character in enumerate(text):
        if character in ("\u200d", "\u200c", _EMOJI_STYLE):
            # they shape emoji, Persian and Indic letters, and mean nothing beside a plain one
            shaped = at > 0 and not _is_gsm(text[at - 1])
            if character != _EMOJI_STYLE:
                shaped = shaped and at + 1 < len(text) and ord(text[at + 1]) > 0x2FF
            if shaped or (character == _EMOJI_STYLE and text[at + 1 : at + 2] == "\u20e3"):
                yield character
        elif character in "\n\r" or unicodedata.category(character) not in _UNSEEN:
            yield character
