"""Which of the offered times a caller takes. Anything that fits two of them, or none, is not a choice."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

from agent.understand.normalise import plain
from agent.understand.pattern import Pattern
from agent.understand.window import read_when
from agent.understand.window_when import When

ChoiceKind = Literal["one", "none", "any", "later", "earlier", "unclear", "neither"]


@dataclass(frozen=True)
class Choice:
    """What a text says about the offers.

    `one` takes the offer at `index` (from 0); `neither` refuses them all; `any` leaves it to us; `later` and `earlier`
    ask for other times on that side; `unclear` fits several; `none` says nothing about them.
    """

    kind: ChoiceKind
    index: int | None = None


NO_CHOICE = Choice("none")
_TAKE = r"(?:(?:yes|yeah|yea|ok|sure|great|perfect|hi|hello|thanks|sounds good|let's do|let's go with|lets do|i'll take|i will take|i'll do|we'll take|i can do|i'd like|i would like|i want|i prefer|i'd prefer|go with|how about|what about|gimme|give me|book(?: me)?|take|put me down|put me|do|pick|choose|make it|prefer|quiero|prefiero|me quedo con|for|with|at|number|numero|option|opcion|opt|slot|choice|no\.?|#|the|la|el|las|los|um+|please|por favor)[ ,.:!]*)*"  # fmt: skip
_ENOUGH = r"(?:[ ,.!]*(?:one|option|choice|slot|time|appointment|opening|please|pls|works?|is|good|great|fine|perfect|best|ok|better|sounds|for|me|us|thanks|thank you|then|would|be|will|work|day|opcion|hora|por favor|esta bien|gracias|if (?:it's|that's)? ?(?:still )?(?:available|open|ok|possible)|and .*|but .*\?.*|, .*|[.!] .*))*[ .!)]*"
_NUMBERS = {
    "1": 1, "one": 1, "first": 1, "1st": 1, "uno": 1, "primera": 1, "primero": 1, "primer": 1, "2": 2, "two": 2, "second": 2, "2nd": 2, "segunda": 2,
    "segundo": 2, "dos": 2, "3": 3, "three": 3, "third": 3, "3rd": 3, "tercera": 3, "tercero": 3, "tres": 3, "4": 4, "four": 4, "fourth": 4, "4th": 4,
    "cuatro": 4, "5": 5, "five": 5, "fifth": 5, "5th": 5, "6": 6, "sixth": 6, "6th": 6, "a": 1, "b": 2, "c": 3,
}  # fmt: skip
_ORDINAL = Pattern(
    rf"^\W*{_TAKE}(?P<n>1[0-2]|[1-9]|1st|2nd|3rd|[456]th|first|second|third|fourth|fifth|sixth|(?<=option )(?:one|two|three|[abc])|(?<=number )(?:one|two|three)|two|three|primer[oa]?|segund[oa]|tercer[oa]?|uno|dos|tres)\b(?![:./-]\d| ?(?:am|pm|[ap]\b|o'?clock|dogs?|cats?|people|pets?|kids?|of (?:us|them)|or \d|weeks?|days?|hours?|minutes?|thing|time (?:i|here|we|visit)))\W*{_ENOUGH}$"
)
_LAST = Pattern(rf"^\W*{_TAKE}(?:last|latest|ultim[oa])\b{_ENOUGH}$")
_MIDDLE = Pattern(rf"^\W*{_TAKE}middle\b{_ENOUGH}$")
_SIDE = Pattern(
    rf"^\W*{_TAKE}(?P<side>later|latter|earlier|earliest|former|soonest|mas tarde|mas temprano)(?: (?:one|time|option|slot|of the (?:two|three)))+\b{_ENOUGH}$|^\W*{_TAKE}(?P<side2>earliest|soonest|latter|former)\b{_ENOUGH}$"
)
_ANY = Pattern(
    r"^\W*(?:(?:yes|ok|sure|um+)[ ,.]*)?(?:i'm (?:good|fine|ok) with )?(?:either|any(?: (?:of (?:them|those|the \w+)|one|time|is fine|works|will do))?|whichever|whatever|both|doesn't matter|don't (?:care|mind)|no preference|you (?:pick|choose|decide)|up to you|all (?:work|good|of them)|they all work|cualquiera|me da igual)\b"
    r"(?: (?:one|is|are|works?|would|will|do|fine|good|ok|for|me|us|easier|best|you|think|prefer|first|of|them|those|time|soonest|has|have|be|great|please|y'all|day))*\W*$"
)
_NONE = Pattern(
    r"\b(?:neither|none(?: of (?:them|those|these|the))?|not any|nothing works|(?:can't|cannot|won't|don't|doesn't) (?:do |make |work (?:for|with)? ?)?(?:any|either|those|these|them)|(?:those|these|they|them|neither)(?: times| days)? (?:don't|won't|do not|all don't|aren't|are no good)|ningun[oa]|no me (?:sirve|funciona)n?)\b"
)
_LATER = Pattern(
    r"\b(?:anything|something|any|got|have|is there|nothing|algo|need|prefer|can we do|could we do|only|but)?(?: \w+){0,2} ?\b(?:after (?:that|those|these|then|all)|later(?: (?:in the (?:day|week)|on|than (?:that|those)|times?|that day|that week|this week|next week|slots?|appointments?))?|mas tarde|despues de eso|the (?:following|next) (?:day|week))\b"
)
_EARLIER = Pattern(
    r"\b(?:before (?:that|those|these|then)|earlier(?: (?:in the (?:day|week)|than (?:that|those)|times?|that day|slots?|appointments?))?|sooner|mas temprano|antes de eso)\b"
)
_NOT_FOR_US = Pattern(
    r"\b(?:talk|see you|call|text|let you know|get back|reply)\b(?: \w+){0,4} later\b|\bsooner or later\b|\bas i said earlier\b"
)


def read_choice(text: str, offers: Sequence[datetime], now: datetime | None = None) -> Choice:
    """What a text says about times that were offered, in the order of the offer.

    Args:
        text: What the caller wrote, as it came.
        offers: Aware datetimes in the business's zone.
        now: The current time; without it "tomorrow" can't be a choice.
    """
    if not offers:
        return NO_CHOICE
    spelled = plain(text)
    if spelled.endswith("?") and re.fullmatch(r"\W*(?:yes|ok|\d)\?+", spelled):
        return Choice("unclear")
    if _NONE.search(spelled):
        return Choice("neither")
    if re.match(r"^\W*(?:no|nope)\W*$", spelled):
        return Choice("neither")
    return (
        _ordinal(spelled, offers) or _sided(spelled, offers) or _timed(text, spelled, offers, now)
    )


def said_ordinal(text: str) -> int | None:
    """The place in a list that a text names when the list isn't known: 2 for "2" or "the second one"."""
    m = _ORDINAL.match(plain(text))
    if not m:
        return None
    number = int(m["n"]) if m["n"].isdigit() else _NUMBERS[m["n"]]
    return number if number <= 6 else None


def _one(index: int, offers: Sequence[datetime]) -> Choice | None:
    return Choice("one", index) if 0 <= index < len(offers) else None


def _ordinal(spelled: str, offers: Sequence[datetime]) -> Choice | None:
    m = _ORDINAL.match(spelled)
    if m:
        number = int(m["n"]) if m["n"].isdigit() else _NUMBERS[m["n"]]
        clock = _at_hour(number, offers) if m["n"].isdigit() else []
        said_option = re.search(
            r"(?:option|opcion|number|#|no\.?|slot|choice) ?$", spelled[: m.start("n")]
        )
        # "2" with an offer at two: the text has numbered such offers (`needs_numbers`), and the number holds
        elsewhere = clock and not said_option and clock != [number - 1]
        if elsewhere and number > len(offers) and len(clock) > 1:
            return Choice("unclear")
        if number > len(offers) and len(clock) == 1:
            return _one(clock[0], offers)
        return _one(number - 1, offers) or (None if number > 6 else NO_CHOICE)
    if _LAST.match(spelled):
        return _one(len(offers) - 1, offers)
    if _MIDDLE.match(spelled) and len(offers) == 3:
        return _one(1, offers)
    return None


def needs_numbers(offers: Sequence[datetime]) -> bool:
    """Whether a bare "2" could mean another offer's hour: whoever writes these offers numbers them."""
    return any(_at_hour(n, offers) not in ([], [n - 1]) for n in range(1, len(offers) + 1))


def _at_hour(hour: int, offers: Sequence[datetime]) -> list[int]:
    return [i for i, o in enumerate(offers) if o.minute == 0 and o.hour % 12 == hour % 12]


def _sided(spelled: str, offers: Sequence[datetime]) -> Choice | None:
    m = _SIDE.match(spelled)
    if m:
        side = m["side"] or m["side2"]
        by_time = sorted(range(len(offers)), key=lambda i: offers[i])
        if side in ("later", "latter", "mas tarde"):
            return (
                _one(by_time[-1], offers)
                if len(offers) == 2
                else Choice("unclear")
                if len(offers) > 2
                else Choice("later")
            )
        if len(offers) > 1 and (side in ("earliest", "soonest") or len(offers) == 2):
            return _one(by_time[0], offers)
        return Choice("unclear") if len(offers) > 2 else Choice("earlier")
    if _ANY.match(spelled):
        return Choice("any")
    if _NOT_FOR_US.search(spelled):
        return NO_CHOICE
    if _EARLIER.search(spelled):
        return Choice("earlier")
    if _LATER.search(spelled):
        return Choice("later")
    return None


_RELATIVE = Pattern(
    r"\b(?:today|tonight|tomorrow|day after|hoy|manana|this (?:morning|afternoon|evening)|in \d+)\b"
)
_MERIDIEM_SAID = Pattern(
    r"\d ?(?:am|pm|a\.m|p\.m|a\b|p\b)|morning|afternoon|evening|noon|tarde|manana"
)
_DATE_SAID = Pattern(
    r"\d ?(?:st|nd|rd|th)\b|\d/\d|\b(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec|ene|abr|ago|dic)\w*|\bweek\b"
)


def _timed(text: str, spelled: str, offers: Sequence[datetime], now: datetime | None) -> Choice:
    zone = offers[0].tzinfo
    relative = _RELATIVE.search(spelled) is not None
    if not isinstance(zone, ZoneInfo) or (relative and now is None):
        return NO_CHOICE
    # seen from the day before the first offer, a weekday's name is the offered one and not a week later
    seen_from = now if relative and now else min(offers) - timedelta(days=1)
    when = read_when(text, seen_from, zone)
    if when is None:
        return NO_CHOICE
    if when.start is None and when.end is None:
        return Choice("unclear") if any(o.date() in when.excludes for o in offers) else NO_CHOICE
    by_weekday = when.has_day and not relative and not _DATE_SAID.search(spelled)
    said_half = _MERIDIEM_SAID.search(spelled) is not None
    fits = [
        i
        for i, offer in enumerate(offers)
        if _fits(when, offer, by_weekday=by_weekday, said_half=said_half)
    ]
    if len(fits) == 1:
        return Choice("one", fits[0])
    return Choice("unclear") if fits else NO_CHOICE


def _fits(when: When, offer: datetime, *, by_weekday: bool, said_half: bool) -> bool:
    """Whether an offer is what the words name; a bare hour fits both halves of the day."""
    if when.start is not None and by_weekday and when.start.weekday() == offer.weekday():
        offer = offer + timedelta(days=(when.start.date() - offer.date()).days)
    if when.kind == "time" and when.start is not None:
        if when.has_day and when.start.date() != offer.date():
            return False
        said, offered = when.start.time(), offer.time()
        return said == offered or (
            not said_half and (said.hour % 12, said.minute) == (offered.hour % 12, offered.minute)
        )
    return when.admits(offer)
