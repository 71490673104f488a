"""What a caller wants, by phrases: quick, the same for both brains, and explainable.

A text may want several things at once ("friday, and do you take cards?"). Where a phrase is unclear the reading errs
towards a person: a missed wish for a human or a missed danger costs more than one too many.
"""

import re
from collections.abc import Sequence
from enum import StrEnum

from agent.understand import alarm, intent_words as say
from agent.understand.normalise import plain
from agent.understand.pattern import Pattern
from agent.understand.scope import asks_about_the_world


class Intent(StrEnum):
    """What `ringback understand` may report, by the contract's names."""

    BOOK = "book"
    CHANGE_BOOKING = "change_booking"
    CANCEL_BOOKING = "cancel_booking"
    BOOKING_STATUS = "booking_status"
    QUESTION = "question"
    PRICE = "price"
    HUMAN_HANDOFF = "human_handoff"
    CALL_ME = "call_me"
    AFFIRM = "affirm"
    DENY = "deny"
    UNSURE = "unsure"
    CHOOSE = "choose"
    CORRECTION = "correction"
    GREET = "greet"
    THANKS = "thanks"
    GOODBYE = "goodbye"
    ARE_YOU_A_BOT = "are_you_a_bot"
    COMPLAINT = "complaint"
    WRONG_NUMBER = "wrong_number"
    EMERGENCY = "emergency"
    URGENT = "urgent"
    OUT_OF_SCOPE = "out_of_scope"


def _any(patterns: Sequence[str]) -> Pattern:
    return Pattern("|".join(f"(?:{p})" for p in patterns))


_RULES: tuple[tuple[Intent, Pattern], ...] = (
    (Intent.HUMAN_HANDOFF, _any(say.HUMAN)),
    (Intent.CALL_ME, _any(say.CALL_ME)),
    (Intent.CANCEL_BOOKING, _any(say.CANCEL)),
    (Intent.CHANGE_BOOKING, _any(say.CHANGE)),
    (Intent.BOOKING_STATUS, _any(say.STATUS)),
    (Intent.BOOK, _any(say.BOOK)),
    (Intent.PRICE, _any(say.PRICE)),
    (Intent.AFFIRM, _any(say.AFFIRM)),
    (Intent.DENY, _any(say.DENY)),
    (Intent.UNSURE, _any(say.UNSURE)),
    (Intent.GREET, _any(say.GREET)),
    (Intent.THANKS, _any(say.THANKS)),
    (Intent.GOODBYE, _any(say.BYE)),
    (Intent.ARE_YOU_A_BOT, _any(say.BOT)),
    (Intent.COMPLAINT, _any(say.COMPLAINT)),
    (Intent.WRONG_NUMBER, _any(say.WRONG)),
    (Intent.CHOOSE, _any(say.CHOOSE)),
    (Intent.CORRECTION, _any(say.CORRECTION)),
)
_ASKING = (
    r"(?:what|where|when|who|whom|whose|which|why|how|is|are|am|do|does|did|can|could|will|would|should|has|have you|may|"
    r"que|donde|cuando|quien|cual|cuanto|cuantos|como|puedo|pueden?|hay|tienen?|hacen|aceptan|estan|son|atienden|abren|cierran)"
)
_QUESTION = Pattern(
    rf"\?|^\W*(?:hi|hello|hey|hola|ok|thanks|also|and|so|yes|no|sure|good \w+)?[ ,.!]*{_ASKING}\b|[,.;!] (?:and |also |but |or |so )*{_ASKING}\b|"
    rf"\b(?:and|also|but|or) (?:also )?{_ASKING} (?:you|u|i|we|it|is|are|much|there|they|the)\b|\b(?:wondering|curious|tell me|let me know|want to know|like to know|question)\b"
)
_MILD_COMPLAINT = Pattern(r"\bno,? (?:but )?seriously\b")
_DOINGS = frozenset(
    {
        Intent.BOOK,
        Intent.CANCEL_BOOKING,
        Intent.CHANGE_BOOKING,
        Intent.HUMAN_HANDOFF,
        Intent.CALL_ME,
        Intent.ARE_YOU_A_BOT,
        Intent.GREET,
        Intent.WRONG_NUMBER,
    }
)
_ABOUT_US = frozenset(
    {
        Intent.CANCEL_BOOKING, Intent.CHANGE_BOOKING, Intent.HUMAN_HANDOFF, Intent.CALL_ME, Intent.BOOKING_STATUS, Intent.ARE_YOU_A_BOT,
        Intent.WRONG_NUMBER, Intent.EMERGENCY, Intent.URGENT, Intent.COMPLAINT, Intent.GREET, Intent.THANKS, Intent.CHOOSE, Intent.UNSURE,
    }
)  # fmt: skip
_SECOND_CLAUSE = Pattern(
    rf"(?:[,.;!?&+]| and| also| but) (?:and |also |but |or )*{_ASKING}\b.*|\b(?:do|does|are|is) you\b.*\?.*\?"
)
_YES_BUT = Pattern(
    r"^\W*(?:yes|yeah|ok|sure),? but (?:later|not|can|could|a different|another)|^\W*(?:yes|ok)\?+\W*$"
)
_ALREADY = Pattern(r"\balready (?:booked|have|scheduled|made|got)\b")
_HAS_DIGIT = Pattern(r"\b\d{2,}\b")
_STARTS_NO = Pattern(r"^\W*(?:no|nope|not)\b[ ,.:;-]+(?!problem|worries|thanks|thank)\S")
_SARCASM = Pattern(
    r"\ba million\b|\bwhy not\b|\boh great\b|\blove that for me\b|\bflood my house again\b|\byeah right\b"
)
_ROUTE = Pattern(
    r"\b(?:transfer|connect|put|pass|send)\b(?: \w+){0,2} (?:money|funds|cash|payment|\$|\d)|\btransfer(?:s|red|ring)?\b(?! me| us)(?!.*\b(?:person|human|someone|agent|representative)\b)"
)


def read_intents(text: str, *, asked: str | None = None) -> frozenset[Intent]:
    """Every wish that a text shows.

    Args:
        text: What the caller wrote, as it came.
        asked: The field or thing asked for just before ("name", "confirm", "slot" ...), which decides what a bare
            number or a short word means.
    """
    spelled = plain(text)
    found = {intent for intent, pattern in _RULES if pattern.search(spelled)}
    _add_alarms(spelled, found)
    _add_questions(spelled, found)
    _settle(spelled, found, asked)
    return frozenset(found)


def _add_alarms(spelled: str, found: set[Intent]) -> None:
    if alarm.danger(spelled):
        found.add(Intent.EMERGENCY)
    elif alarm.property_at_risk(spelled):
        found.add(Intent.URGENT)
    if alarm.threat(spelled):
        found.add(Intent.COMPLAINT)


def _add_questions(spelled: str, found: set[Intent]) -> None:
    asks = _QUESTION.search(spelled) is not None
    second = _SECOND_CLAUSE.search(spelled) is not None
    if asks and (not found & _DOINGS or second or Intent.PRICE in found):
        found.add(Intent.QUESTION)
    if not found & _ABOUT_US and asks_about_the_world(spelled, asking=asks):
        found.add(Intent.OUT_OF_SCOPE)
        found.discard(Intent.BOOK)


def _settle(spelled: str, found: set[Intent], asked: str | None) -> None:
    """What one reading says about another."""
    if (
        Intent.CANCEL_BOOKING in found
        and Intent.CHANGE_BOOKING in found
        and not re.search(r"\b(?:cancel|annul|cancelar)", spelled)
    ):
        found.discard(Intent.CANCEL_BOOKING)
    if found & {
        Intent.CANCEL_BOOKING,
        Intent.CHANGE_BOOKING,
        Intent.BOOKING_STATUS,
    } or _ALREADY.search(spelled):
        found.discard(Intent.BOOK)
    if Intent.HUMAN_HANDOFF in found and _ROUTE.search(spelled):
        found.discard(Intent.HUMAN_HANDOFF)
    if Intent.ARE_YOU_A_BOT in found and not re.search(
        r"\b(?:talk|speak|get|want|need|connect)\b(?: \w+){0,4} (?:human|person|someone)", spelled
    ):
        found.discard(Intent.HUMAN_HANDOFF)
    if _STARTS_NO.search(spelled) and (
        _HAS_DIGIT.search(spelled) or re.search(r"\b(?:it's|its|i said|the|i mean\w*)\b", spelled)
    ):
        found |= {Intent.DENY, Intent.CORRECTION}
    if _YES_BUT.search(spelled) or _SARCASM.search(spelled):
        found.discard(Intent.AFFIRM)
    if Intent.AFFIRM in found and Intent.DENY in found:
        found.discard(
            Intent.AFFIRM
            if re.match(r"\W*(?:no|nope|not|nah|neither|none)\b", spelled)
            else Intent.DENY
        )
    if (
        Intent.UNSURE in found
        and Intent.AFFIRM in found
        and not re.match(r"\W*(?:yes|yeah|sure)\b", spelled)
    ):
        found.discard(Intent.AFFIRM)
    if (
        asked in ("zip", "count", "name", "address", "email")
        and re.fullmatch(r"\W*[\w .'#@-]+\W*", spelled)
        and found == {Intent.CHOOSE}
    ):
        found.discard(Intent.CHOOSE)
    if Intent.URGENT in found or Intent.EMERGENCY in found:
        found.discard(Intent.OUT_OF_SCOPE)
