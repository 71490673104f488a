"""Folds the way people text into words that rules can match.

Callers write `2mrw @ 9 pls`, `¿Mañana?` or `appt 4 my dog`. Everything that reads a text reads it through
`fold` (letters) and, for phrases, `plain` (abbreviations and common typos spelled out).
"""

import unicodedata
from collections.abc import Iterable
from functools import lru_cache

from agent.understand.pattern import Pattern

_ODD = str.maketrans(
    {
        "\u2018": "'", "\u2019": "'", "\u02bc": "'", "`": "'", "\u00b4": "'",
        "\u201c": '"', "\u201d": '"', "\u2013": "-", "\u2014": "-", "\u2212": "-",
        "\u2026": "...", "\u00a0": " ", "\u202f": " ",
    }
)  # fmt: skip
_INVISIBLE = Pattern("[\u00ad\u200b-\u200f\u2028-\u202e\u2060-\u2064\ufe0f\ufeff]")
_SPACES = Pattern(r"\s+")
_WORD = Pattern(r"[a-z0-9]+(?:'[a-z]+)?")

LONGEST = 2000
"""Characters of a text that are read; ten segments and more say nothing new."""

ABBREVIATIONS = {
    "u": "you", "ya": "you", "ur": "your", "r": "are", "im": "i'm", "ive": "i've", "id": "i'd",
    "dont": "don't", "doesnt": "doesn't", "cant": "can't", "wont": "won't", "isnt": "isn't", "didnt": "didn't",
    "wasnt": "wasn't", "youre": "you're", "whats": "what's", "thats": "that's", "its": "it's", "theres": "there's",
    "hes": "he's", "shes": "she's", "lets": "let's", "hows": "how's", "whos": "who's", "wheres": "where's",
    "pls": "please", "plz": "please", "plse": "please", "pleas": "please", "pleae": "please", "thx": "thanks",
    "tx": "thanks", "thnx": "thanks", "thanx": "thanks", "thks": "thanks", "tks": "thanks", "ty": "thanks",
    "tysm": "thanks", "tyvm": "thanks", "appt": "appointment", "appts": "appointments", "apt": "appointment",
    "apptmt": "appointment", "appoinment": "appointment", "appointmnt": "appointment", "apointment": "appointment",
    "appointement": "appointment", "appointmet": "appointment", "resched": "reschedule", "rescedule": "reschedule",
    "reshedule": "reschedule", "rescheduel": "reschedule", "cxl": "cancel", "cancle": "cancel", "cancell": "cancel",
    "cansel": "cancel", "canel": "cancel", "tmrw": "tomorrow", "tmr": "tomorrow", "tmrrw": "tomorrow", "tmw": "tomorrow",
    "tomrw": "tomorrow", "tomorow": "tomorrow", "tommorow": "tomorrow", "tommorrow": "tomorrow",
    "tomoro": "tomorrow", "tomo": "tomorrow", "2mrw": "tomorrow", "2moro": "tomorrow", "2morrow": "tomorrow",
    "2mro": "tomorrow", "2day": "today", "tday": "today", "2nite": "tonight", "2night": "tonight", "tonite": "tonight",
    "wknd": "weekend", "wkend": "weekend", "wk": "week", "wks": "weeks", "nxt": "next", "rn": "right now", "b4": "before",
    "w": "with", "wout": "without", "bc": "because", "cuz": "because", "cud": "could", "shud": "should", "wud": "would",
    "wat": "what", "wut": "what", "wen": "when", "abt": "about", "idk": "i don't know", "dunno": "don't know",
    "nvm": "never mind", "nevermind": "never mind", "np": "no problem", "k": "ok", "kk": "ok", "okay": "ok", "okey": "ok",
    "oky": "ok", "ok": "ok", "yea": "yeah", "yeh": "yeah", "yup": "yeah", "yep": "yeah", "yeap": "yeah", "yess": "yes",
    "yas": "yes", "yh": "yeah", "ye": "yeah", "nope": "nope", "noo": "no", "nah": "nope", "msg": "message", "txt": "text",
    "ppl": "people", "sum1": "someone", "some1": "someone", "any1": "anyone", "sry": "sorry", "srry": "sorry",
    "gonna": "going to", "wanna": "want to", "gotta": "got to", "gimme": "give me", "lemme": "let me", "hav": "have",
    "nd": "and", "n": "and", "tho": "though", "cn": "can", "hrs": "hours", "hr": "hour", "mins": "minutes",
    "min": "minutes", "sched": "schedule", "skedule": "schedule", "schedual": "schedule", "scedule": "schedule",
    "avail": "available", "availible": "available", "availble": "available", "availabe": "available", "addy": "address",
    "asap": "asap", "emergancy": "emergency", "quikly": "quickly", "hlp": "help", "ppm": "pm", "morn": "morning",
    "mornin": "morning", "aft": "afternoon", "evng": "evening", "urgnt": "urgent", "cnt": "can't",
    "couldnt": "couldn't", "wouldnt": "wouldn't", "aint": "ain't", "havent": "haven't", "hasnt": "hasn't",
    "persn": "person", "humn": "human", "spk": "speak", "mgr": "manager",
}  # fmt: skip
_WITH = Pattern(r"\bw/(?:o\b)?")
_STRETCHED = Pattern(r"([a-z])\1{2,}")


def fold(text: str) -> str:
    """Lower case, plain quotes and dashes, no accents, no invisible characters, single spaces."""
    text = unicodedata.normalize("NFKC", text[:LONGEST].translate(_ODD))
    text = unicodedata.normalize("NFD", _INVISIBLE.sub("", text).casefold().translate(_ODD))
    text = "".join(c for c in text if not unicodedata.combining(c))
    return _SPACES.sub(" ", text).strip()


def plain(text: str) -> str:
    """`fold`, with texting abbreviations spelled out and stretched letters (`nooooo`) shortened."""
    folded = _STRETCHED.sub(
        r"\1\1", _WITH.sub(lambda m: "without " if m.group().endswith("o") else "with ", fold(text))
    )
    return _SPACES.sub(
        " ", _WORD.sub(lambda m: ABBREVIATIONS.get(m.group(), m.group()), folded)
    ).strip()


def words(text: str) -> list[str]:
    """The words of a folded text, without punctuation."""
    return _WORD.findall(text)


def word_set(text: str) -> frozenset[str]:
    """A vocabulary written as one line of words."""
    return frozenset(text.split())


def within(one: str, other: str, most: int) -> bool:
    """Whether two words differ by at most `most` letters added, dropped, changed or swapped."""
    if one == other:
        return True
    if abs(len(one) - len(other)) > most:
        return False
    return _distance(one, other) <= most


@lru_cache(maxsize=8192)
def _distance(one: str, other: str) -> int:
    """Edit distance with neighbouring letters swapped counted as one (optimal string alignment)."""
    before: list[int] = []
    row = list(range(len(other) + 1))
    for i, a in enumerate(one, 1):
        last, row = row, [i]
        for j, b in enumerate(other, 1):
            cost = min(last[j] + 1, row[j - 1] + 1, last[j - 1] + (a != b))
            if i > 1 and j > 1 and a == other[j - 2] and one[i - 2] == b:
                cost = min(cost, before[j - 2] + 1)
            row.append(cost)
        before = last
    return row[-1]


def nearest(word: str, known: Iterable[str], most: int = 1) -> str | None:
    """The one known word within `most` letters of `word`, or None when none or several are."""
    found = [k for k in known if within(word, k, most)]
    return found[0] if len(found) == 1 else None
