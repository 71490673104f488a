"""The few things that a sentence of a brain's own may be when it states: a courtesy, or an echo.

Measured why: with a list of harmless words alone, 29 of 70 lies made of just those words passed
("You have it.", "Everyone here knows."). So each part of a sentence must be one of these forms, or
be made of what the caller stated and of nothing but articles and the like.
"""

import re
from collections.abc import Callable, Iterable
from typing import Final

_WHO = r"(?:,? ([^\W\d_]+(?:['-][^\W\d_]+)*))?"
_FOR = (
    r"(?:letting (?:us|me) know|getting back(?: to (?:us|me))?|reaching out(?: to us)?|texting(?: us| back| in)?|writing(?: us| in| back)?|replying|telling (?:us|me)(?: about (.+))?|"
    r"sharing(?: that| this)?|explaining(?: that| it)?|(?:the|your|all the|those|these) (?:details?|information|info|message|heads-up|text|reply|answer|quick reply|patience|picture|photo|question|kind words|zip|name)|"
    r"(?:that|this|it)|bearing with (?:us|me)|being patient|patience)"
)
_FEELING = r"(?:frustrating|stressful|annoying|rough|tough|unpleasant|messy|miserable|painful|awful|horrible|exhausting|inconvenient|lovely|sweet|cute|fun|wonderful|like (?:no fun|a (?:pain|mess|hassle|nuisance|headache|handful|sweetheart|rough day|lot)))"
_MUCH = r"(?:so |very |really |pretty |quite |truly )?"
_FORMS: Final = tuple(
    re.compile(form, re.IGNORECASE)
    for form in (
        rf"(?:oh |and |many )?(?:thanks|thank you)(?: so much| very much| a lot| a bunch| again)?(?: for {_FOR})?{_WHO}",
        rf"(?:and )?(?:i'm|i am|we're|we are)?,? ?{_MUCH}sorry(?: to hear(?: (?:that|this|it))?(?: about (.+))?| about (?:that|this|it|the trouble|(.+))| for the (?:trouble|mix-up|confusion)| you're (?:dealing with|going through|having) (?:that|this|it|trouble|(.+)))?{_WHO}",
        rf"(?:(?:that|this|it|(.+)) )?(?:sounds|must be|seems) {_MUCH}{_FEELING}{_WHO}",
        r"(?:ah |okay |oh )?(?:got it|gotcha|understood|makes sense|that makes sense|(?:that's )?good to know|that helps(?: a lot| so much)?|okay|ok|alright|all right|oh no|oh|ah|ugh|ouch|yikes)",
        rf"(?:that's a )?(?:good|great|fair) question{_WHO}|(?:what a )?(?:lovely|great|sweet|cute|nice) name{_WHO}",
        rf"(?:hi|hello|hey)(?: there| again)?{_WHO}",
        rf"(?:i'm |we're )?(?:always )?(?:glad|happy) to help{_WHO}|nice to (?:meet|hear from) you{_WHO}",
        rf"i (?:understand|hear you|get it|see){_WHO}|we appreciate (?:it|that|your patience|the details|you letting us know)",
        r"what a (?:nuisance|pain|hassle|headache|mess|shame|bother|day)",
        r"just (?:a few|some) (?:more )?(?:details|questions)(?: first)?",
        rf"hang in there{_WHO}|congrats{_WHO}|congratulations{_WHO}|sure(?: thing)?{_WHO}|of course{_WHO}|no (?:problem|worries)(?: at all)?{_WHO}|great{_WHO}|perfect{_WHO}|lovely|wonderful",
        rf"(?:muchas |mil )?gracias(?: por (?:escribir|escribirnos|avisar|contarnos|el dato|los datos|su mensaje|su paciencia|la foto))?{_WHO}|(?:lo )?(?:siento|sentimos)(?: mucho)?{_WHO}",
        rf"hola{_WHO}|entiendo|entendido|de acuerdo|muy bien{_WHO}|perfecto{_WHO}|mucho gusto{_WHO}|con gusto|buena pregunta{_WHO}|qu[e\u00e9] (?:mal rato|l[a\u00e1]stima|molesto)|claro",
    )
)  # fmt: skip
_LINKING_WORDS = """
a an the that this these those it it's its so and or but with of on in at from for to about is are was were has have had been there's
your you've you're you okay ok got also too un una el la los las y o en de con su sus se es que hay tiene
"""
LINKING: Final = frozenset(_LINKING_WORDS.split())
"""Words that tie an echo together and state nothing themselves."""
_PARTS: Final = re.compile(r"\s*(?:,|;|:|\s[-\u2013\u2014]+\s|\u2014)\s*")
_WORD: Final = re.compile(r"[^\W\d_]+(?:['-][^\W\d_]+)*")
_ENDS: Final = " \t.!?\u00a1\u00bf"


def slots_of(part: str) -> list[str] | None:
    """The caller's words that a courtesy takes up ("the sink" of "sorry about the sink"); None: no courtesy."""
    for form in _FORMS:
        if found := form.fullmatch(part):
            return [slot for slot in found.groups() if slot]
    return None


def echoes(words: Iterable[str], stated: frozenset[str], stem: Callable[[str], str]) -> bool:
    """Whether the words are the caller's own, tied together, and at least one carries something."""
    content = [w for w in words if w.casefold() not in LINKING]
    return bool(content) and all(stem(w) in stated for w in content)


def parts_of(sentence: str) -> list[str]:
    """A sentence cut at its commas."""
    return [part for part in (p.strip(_ENDS) for p in _PARTS.split(sentence.strip(_ENDS))) if part]


def words_of(text: str) -> list[str]:
    """The words of a text."""
    return _WORD.findall(text)
