"""A brain's own sentences: each read alone, each dropped when it states anything that matters.

Sentence by sentence: first the classes of `words.DENIED`, then the form of its kind, and last the
default-deny reading. `open`, `restate` and `bridge` may use words of courtesy and what the caller
stated; `ask` is one question about one missing thing; `answer(K)` leans on that passage.
"""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

from agent.checks import forms, words as lexicon
from agent.checks.heard import fields_of
from agent.plan import Piece, TurnPlan, prose
from agent.state import WEAK, Ledger, Passage, TurnView
from agent.understand.intents import Intent

LONGEST_OPENER = 60
LONGEST_SENTENCE = 140
_LONGEST_QUESTION_WORDS = 14
_UNKNOWN_IN_QUESTION = 3
_COVERED = 0.6
_SENTENCE = re.compile(r"[^.!?]+[.!?]*")
_WORD = re.compile(r"[^\W\d_]+(?:['\u2019-][^\W\d_]+)*")
_CONTENT = 4  # letters from which a word carries content
_ASKS = re.compile(
    r"^\W*(?:and |so |thanks[,.!] |got it[,.!] |okay[,.!] )?(?:what|which|who|whose|where|when|how|is|are|was|were|do|does|did|has|have|any|can i (?:get|have|ask)|"
    r"could i (?:get|have|ask)|may i (?:have|ask)|could you|can you|would you|qu[e\u00e9]|cu[a\u00e1]l|cu[a\u00e1]nt[oa]s?|d[o\u00f3]nde|c[o\u00f3]mo|es|est[a\u00e1]|tiene|hay|me (?:da|dice|puede|cuenta)|podr[i\u00ed]a|de qu[e\u00e9]|a qu[e\u00e9])\b",
    re.IGNORECASE,
)
_ABOUT_US = re.compile(
    r"\b(?:we|we're|we've|we'd|us|our|ours|i|i'm|i've|i'd|my|me|myself|nosotros|nuestr[oa]s?|yo|mi)\b",
    re.IGNORECASE,
)
_OUR_FORMS = re.compile(
    r"^\W*(?:(?:oh no|ah|oh|okay|ok|alright|thanks)[,.!]? )?(?:i'?m|i am|we'?re|we are|so) (?:so |very |really )?(?:sorry|glad|happy)\b|"
    r"^\W*(?:i|we) (?:understand|appreciate|see|hear you|get it|hope)\b|"
    r"\b(?:thanks|thank you)(?: so much| very much)? for (?:letting (?:me|us) know|getting back to (?:me|us)|reaching out to us|texting us|writing (?:to )?us|telling (?:me|us))|"
    r"^\W*(?:may|can|could) i (?:get|have|ask)\b|^\W*let me (?:know)\b|\b(?:escribirnos|contarnos)\b|^\W*(?:lo )?(?:siento|sentimos)\b|^\W*me (?:alegr\w+)\b",
    re.IGNORECASE,
)
_SOMEBODY_OR_A_TIME = re.compile(
    r"\b(?:times?|ready|waits?|waiting|calls?|visits?|helpers?|they|them|their|he|him|his|she|her|hers|people|guys?|still (?:good|okay|ok|fine|want|on)|ellos?|ellas?)\b",
    re.IGNORECASE,
)
"""A question that names these presumes a person or a date that nobody has spoken of."""
_YES_NO_START = re.compile(r"^\W*(yes|no|s[i\u00ed]|not)\b", re.IGNORECASE)
_COMMAND = re.compile(
    r"^\W*(?:please )?(?:call|text|go|come|bring|take|use|try|keep|leave|stay|wait|stop|put|pour|run|get|give|turn|open|drink|eat|visit|contact|check|ignore|forget)\b",
    re.IGNORECASE,
)
_STEM = re.compile(r"(?:ings|ing|ers|er|ies|ied|ed|es|s|y|e)$")


@dataclass(frozen=True)
class Voice:
    """What the sentences of one turn are read against.

    `openers_only`: the turn commits something or carries a risk.
    """

    plan: TurnPlan
    view: TurnView
    ledger: Ledger
    known: Mapping[str, str]
    openers_only: bool
    used: list[str] = field(default_factory=list)

    @cached_property
    def own(self) -> frozenset[str]:
        """Every word of the caller's, of their name and of the business's."""
        view = self.view
        lines = (line.body for line in view.transcript if line.author == "caller")
        return _stems(
            " ".join(
                (
                    *view.texts,
                    *lines,
                    *self.known.values(),
                    view.caller_name or "",
                    view.profile.name,
                )
            )
        )

    @cached_property
    def stated(self) -> frozenset[str]:
        """The words that the caller stated: what was only asked must not come back as a statement."""
        view = self.view
        lines = (line.body for line in view.transcript if line.author == "caller")
        said = [
            s
            for text in (*view.texts, *lines)
            for s in _SENTENCE.findall(text)
            if not s.rstrip().endswith("?")
        ]
        if view.reading.intents & {Intent.QUESTION, Intent.PRICE} and not any(
            "?" in t for t in view.texts
        ):
            said = [s for s in said if not any(s.strip() and s.strip() in t for t in view.texts)]
        told = (h.words for h in self.plan.heard)
        return _stems(" ".join((*said, *told, *self.known.values(), view.caller_name or "")))

    @cached_property
    def question_is_open(self) -> bool:
        """Whether the caller asked something: then a bare "sure" would answer it."""
        return "?" in self.view.text or bool(
            self.view.reading.intents & {Intent.QUESTION, Intent.PRICE, Intent.OUT_OF_SCOPE}
        )


def spoken_of(piece: Piece, where: int, voice: Voice, dropped: list[str]) -> Piece | None:
    """The sentences of a piece that may be said; None when none may. Codes go to `dropped`."""
    kind = piece.kind or "bridge"
    said = _tidy(piece.prose or "")
    if voice.openers_only and (
        kind != "open" or "open" in voice.used or len(said) > LONGEST_OPENER
    ):
        dropped.append(f"prose.commit:{where}")
        return None
    if code := _whole(said, kind, piece, voice):
        dropped.append(f"prose.{code}:{where}")
        return None
    kept: list[str] = []
    for sentence in (s.strip() for s in _SENTENCE.findall(said)):
        if not sentence:
            continue
        if code := _wrong(sentence, kind, piece.about, voice):
            dropped.append(f"prose.{code}:{where}")
        else:
            kept.append(sentence)
    if not kept:
        return None
    voice.used.append(kind)
    return prose(" ".join(kept), kind, piece.about)


def _tidy(words: str) -> str:
    folded = unicodedata.normalize("NFC", words).translate(
        {0x2018: "'", 0x2019: "'", 0x201C: '"', 0x201D: '"', 0xA0: " "}
    )
    return " ".join(folded.split())


def _whole(said: str, kind: str, piece: Piece, voice: Voice) -> str | None:
    """What is wrong with a piece as a whole."""
    if not said:
        return "empty"
    if len(said) > (LONGEST_OPENER if kind == "open" else 2 * LONGEST_SENTENCE):
        return "long"
    if not _is_plain(said):
        return "letters"
    if re.search(r"!{2,}|\?{2,}|(?:![^!]*){2,}", said) or _shouts(said):
        return "shout"
    questions = said.count("?")
    if kind != "ask" and questions:
        return "question"
    if kind == "ask":
        return _wrong_ask(said, piece.about, voice)
    if kind == "answer":
        passage = voice.ledger.passages.get(piece.about or "")
        if passage is None:
            return "about"
        return "weak" if passage.score < WEAK else None
    return None


def _wrong_ask(said: str, about: str | None, voice: Voice) -> str | None:
    if said.count("?") != 1 or not said.endswith("?"):
        return "question"
    if about is None or about not in fields_of(voice.view) | {
        "when",
        "slot",
        "details",
        "address",
        "count",
    }:
        return "about"
    return "known" if voice.known.get(about) and about in voice.view.required() else None


def _is_plain(said: str) -> bool:
    """Latin letters and everyday marks only: no emoji, no look-alike letters, nothing invisible."""
    for character in said:
        if character.isascii():
            if not character.isprintable():
                return False
        elif character not in "\u00a1\u00bf\u2013\u2014\u2026" and not unicodedata.name(
            character, ""
        ).startswith("LATIN "):
            return False
    return True


def _shouts(said: str) -> bool:
    return bool(re.search(r"\b[A-Z]{4,}\b|\b[A-Z]{2,}\s+[A-Z]{2,}\b", said))


def _wrong(sentence: str, kind: str, about: str | None, voice: Voice) -> str | None:
    """The code of the first thing that is wrong with one sentence."""
    passage = voice.ledger.passages.get(about or "") if kind == "answer" else None
    if len(sentence) > LONGEST_SENTENCE:
        return "long"
    for code, pattern in lexicon.DENIED:
        if pattern.search(sentence) and not (
            passage and code in _OWNERS_OWN and _all_in(pattern, sentence, passage)
        ):
            return code
    if _foreign_name(sentence, voice, passage):
        return "name"
    if passage is not None:
        return _leans(sentence, passage)
    if kind == "ask":
        return _asks(sentence, voice)
    if voice.question_is_open and lexicon.AFFIRMING.search(sentence):
        return "yes"
    if _ABOUT_US.search(sentence) and not _OUR_FORMS.search(sentence):
        return "us"
    if _COMMAND.search(sentence):
        return "command"
    return None if _is_courtesy_or_echo(sentence, voice) else "unknown"


_OWNERS_OWN = frozenset({"claim", "medical", "safety", "promise", "act", "money"})
"""Classes in which an answer may repeat the very words of the owner's passage."""


def _all_in(pattern: re.Pattern[str], sentence: str, passage: Passage) -> bool:
    source = passage.answer.casefold()
    return all(found[0].casefold() in source for found in pattern.finditer(sentence))


def _is_courtesy_or_echo(sentence: str, voice: Voice) -> bool:
    """Default-deny: each part a courtesy about what the caller said, or an echo of what they stated."""
    names = voice.stated | _stems(" ".join((voice.view.caller_name or "", voice.view.profile.name)))
    for part in forms.parts_of(sentence):
        slots = forms.slots_of(part)
        taken_up = [part] if slots is None else slots
        if any(not forms.echoes(forms.words_of(words), names, _stem) for words in taken_up):
            return False
        if slots is None and _denies_otherwise(part, voice):
            return False
    return True


def _denies_otherwise(part: str, voice: Voice) -> bool:
    """Whether an echo says the opposite of the sentence that it echoes."""
    lines = [line.body for line in voice.view.transcript if line.author == "caller"]
    said = [
        s for text in (*voice.view.texts, *lines) for s in re.split(r"[.!?,;\n]", text) if s.strip()
    ]
    near = max(said, key=lambda s: len(_stems(s) & _stems(part)), default="")
    return _negations(part) != _negations(near)


def _foreign_name(sentence: str, voice: Voice, passage: Passage | None) -> bool:
    """A capitalised word inside a sentence that is neither the caller's nor the business's."""
    allowed = voice.own | (
        _stems(f"{passage.question} {passage.answer}") if passage else frozenset()
    )
    for found in list(_WORD.finditer(sentence))[1:]:
        word = found[0]
        if (
            word[0].isupper()
            and word not in ("I", "I'm", "I've", "I'd")
            and _stem(word) not in allowed
        ):
            return True
    return False


def lexicon_and(own: frozenset[str]) -> frozenset[str]:
    """Stems of courtesy and of these words."""
    return own | _COURTESY_STEMS


def _unknown(sentence: str, allowed: frozenset[str], most: int) -> str | None:
    strange = [w for w in _WORD.findall(sentence) if _stem(w) not in allowed]
    return "unknown" if len(strange) > most else None


def _asks(sentence: str, voice: Voice) -> str | None:
    """A question about one thing: it begins as one, is short, and brings few words of its own."""
    if not _ASKS.search(sentence):
        return "form"
    if _ABOUT_US.search(
        re.sub(
            r"\b(?:can|could|may) i (?:get|have|ask)\b|\bme (?:da|dice|puede|cuenta)\b|\bget me\b|\btell me\b",
            "",
            sentence,
            flags=re.IGNORECASE,
        )
    ):
        return "us"
    if len(_WORD.findall(sentence)) > _LONGEST_QUESTION_WORDS:
        return "long"
    if any(
        _stem(found[0].split()[0]) not in voice.own
        for found in _SOMEBODY_OR_A_TIME.finditer(sentence)
    ):
        return "presumes"
    names = " ".join(s.name for s in voice.view.profile.services)
    return _unknown(sentence, lexicon_and(voice.own) | _stems(names), _UNKNOWN_IN_QUESTION)


def _leans(sentence: str, passage: Passage) -> str | None:
    """Whether a sentence says no more than the passage, and nothing the other way round."""
    source = _stems(f"{passage.question} {passage.answer}")
    content = [
        w for w in _WORD.findall(sentence) if len(w) >= _CONTENT and _stem(w) not in _COURTESY_STEMS
    ]
    covered = [w for w in content if _stem(w) in source]
    if not covered or len(covered) < len(content) or len(covered) < _COVERED * len(content):
        return "overlap"
    near = _nearest(sentence, passage)
    if _negations(sentence) != _negations(near) or _starts(sentence) not in (
        None,
        _starts(passage.answer),
    ):
        return "flip"
    lost = {w.casefold() for w in _WORD.findall(near)} & lexicon.LIMITS
    return "flip" if lost - {w.casefold() for w in _WORD.findall(sentence)} else None


def _nearest(sentence: str, passage: Passage) -> str:
    """The sentence of the passage that shares most with this one."""
    said = _stems(sentence)
    parts = [s for s in _SENTENCE.findall(passage.answer) if s.strip()] or [passage.answer]
    return str(max(parts, key=lambda part: len(_stems(part) & said)))


def _negations(text: str) -> int:
    found = [w.casefold() for w in _WORD.findall(text)]
    return sum(w in lexicon.NEGATIONS for w in found) % 2


def _starts(text: str) -> str | None:
    found = _YES_NO_START.search(text)
    return (
        None
        if found is None
        else "yes"
        if found[1].casefold() in ("yes", "si", "s\u00ed")
        else "no"
    )


def _stem(word: str) -> str:
    bare = word.casefold().replace("\u2019", "'").removesuffix("'s")
    return _STEM.sub("", bare) if len(bare) > _CONTENT else bare


def _stems(text: str) -> frozenset[str]:
    return frozenset(_stem(word) for word in _WORD.findall(text))


_COURTESY_STEMS = frozenset(_stem(word) for word in lexicon.COURTESY)
