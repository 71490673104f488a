"""Questions to the business: answered from its file and its knowledge, or honestly not at all."""

import re
from dataclasses import dataclass

from agent.brains import LookUp, ToolCall
from agent.brains.offline_people import asks_for_private_things
from agent.brains.offline_sense import Sense
from agent.brains.offline_step import NOTHING, Step, question, speak
from agent.brains.offline_words import HOURS, Wish
from agent.plan import Act, Clause, Do, say
from agent.state import WEAK, Passage
from agent.understand.intents import Intent
from agent.understand.normalise import words as words_of
from agent.understand.window import read_when

_SURE = 0.6  # a passage that covers this much of a price question beats the price list

_ADDRESS = re.compile(
    r"\bwhere(?:'s| is| are|'re)? (?:you|your (?:shop|office|place|store|clinic|salon)|the (?:shop|office|place|clinic|salon)|u|y'all|it)\b|\b(?:your|the) (?:address|location)\b|\blocated\b|\bdirections\b|"
    r"\bdonde (?:estan|esta|quedan?|se encuentran|es)\b|\b(?:su|la) direccion\b|\bubicad[oa]s?\b"
)
_LINK = re.compile(
    r"\b(?:book(?:ing)? (?:it )?online|online booking|(?:a|the|your|booking) (?:link|web ?site|url|web ?page)|send (?:me )?(?:a|the) link|sitio web|pagina web|enlace|por internet)\b"
)
_STAFF = re.compile(
    r"\bwho(?:'s| is|'ll| will| would| does| do)? (?:be )?(?:coming|come|doing|do (?:it|the)|working|works|work|there|i see|see me|i be seeing|groom\w*|the (?:plumber|tech\w*|dentist|hygienist|groomer|doctor)s?)\b|"
    r"\bwho (?:works|will i see|would i see)\b|\b(?:your|the) (?:staff|team|techs|technicians|groomers|dentists|plumbers)\b|\bquien (?:viene|trabaja|atiende|va a venir)\b"
)
_SERVICES = re.compile(
    r"\bwhat (?:services|kind of (?:work|services)|all do you (?:do|offer)|(?:do|can) you (?:guys )?(?:do|offer))\b|\b(?:list of|which) services\b|\bwhat else do you (?:do|offer)\b|\bque (?:servicios|hacen|ofrecen)\b|\bcuales servicios\b"
)
_DO_YOU_DO = re.compile(
    r"\b(?:do|can|could|would|will) (?:you|u|yall|y'all)(?: guys)?(?: also)? (?:do|offer|fix|repair|install|handle|clean|work on|take care of|replace|service|provide|have)\b|\b(?:hacen|arreglan|reparan|ofrecen|instalan)\b|\bsomething you do\b"
)
_LISTED = re.compile(
    r"\b(?:how much|prices?|pricing|costs?|rates?|charges?|quotes?|estimates?|fees?|cuanto|precios?|cuestan?|cobran?|tarifas?|presupuesto|vale|ballpark)\b"
)
_HAGGLE = re.compile(
    r"\b(?:discounts?|coupons?|deals?|specials?|knock|cash|receipt|cheap\w*|lower|monthly|installments?|financ\w+|owe|afford|waive\w*|deposit|refund|insurance|match|free|descuentos?|gratis|rebaja|efectivo)\b|%|\bpercent\b"
)
_AVAILABLE = re.compile(
    r"\b(?:any(?:thing|time)?|something|openings?|available|availability|slots?|spots?|times?|appointments?|free|chance|possible|can (?:i|we|you|someone|u)|could (?:i|we|you|someone)|what about|how about|come|make it|work for you|"
    r"earlier|later|sooner|after that|before that|do you have|got|hay|tienen?|pueden?|puedo|algo|cita|citas|que tal)\b"
)
_NOT_OURS = (
    Intent.ARE_YOU_A_BOT, Intent.BOOKING_STATUS, Intent.CHANGE_BOOKING, Intent.CANCEL_BOOKING, Intent.HUMAN_HANDOFF, Intent.CALL_ME,
    Intent.WRONG_NUMBER, Intent.GREET, Intent.EMERGENCY,
)  # fmt: skip
_THIRD_PARTY = re.compile(
    r"\b(?:text|call|message|email|send|forward|tell|let|notify)\b(?: \w+){0,3} (?:my |his |her |the |a )?(?:husband|wife|spouse|partner|boyfriend|girlfriend|roommate|landlord|tenant|friend|neighbor|son|daughter|mom|dad|boss|esposo|esposa)\b"
)
_BARE = re.compile(
    r"^\W*(?:yes|yeah|no|ok|sure|si|really|huh|what|que|\d{1,2})?\W*$|"
    r"^\W*(?:(?:hi|hello|hey|yes|i|have|i've|got|just|had|can|may|ask|you|a|one|quick|small|another|tengo|una|hola)\W+)*(?:questions?|pregunta)(?: for you)?\W*$"
)
_HOW_ARE_YOU = re.compile(r"^\W*(?:\w+\W+){0,3}?how (?:are|r) (?:you|u)\b")
_EMPTY_WORDS = frozenset(
    [
        "the",
        "and",
        "you",
        "your",
        "are",
        "for",
        "with",
        "can",
        "could",
        "would",
        "will",
        "have",
        "does",
        "that",
        "this",
        "what",
        "when",
        "where",
        "who",
        "how",
        "much",
        "many",
        "any",
        "there",
        "need",
        "want",
        "get",
        "our",
        "much",
        "please",
        "thanks",
    ]
)


@dataclass(frozen=True)
class Asked:
    """One question of the caller's."""

    clause: Wish
    price: bool

    @property
    def words(self) -> str:
        """The words to look up."""
        return self.clause.words[:200]


def questions(sense: Sense) -> tuple[Asked, ...]:
    """What is asked of the business itself; questions about free times are the calendar's."""
    if asks_for_private_things(sense):
        return ()
    found = []
    for clause in sense.clauses:
        price = Intent.PRICE in clause.intents
        if _BARE.match(clause.plain):
            continue
        if _THIRD_PARTY.search(clause.plain) and not clause.intents.intersection(_NOT_OURS):
            found.append(Asked(clause, price=False))
            continue
        asks = price or Intent.QUESTION in clause.intents or _direct(clause.plain) is not None
        if not asks or _is_about_times(sense, clause, price=price):
            continue
        if clause.intents.intersection(_NOT_OURS) and not price and not _beyond_greeting(clause):
            continue
        found.append(Asked(clause, price))
    if not found and sense.wants(Intent.OUT_OF_SCOPE):
        found = [Asked(Wish(sense.view.text, sense.intents), price=False)]
    return tuple(found[:3])


def _beyond_greeting(clause: Wish) -> bool:
    """A greeting may have a question behind it: "hi, do you take cards?"."""
    others = clause.intents.intersection(_NOT_OURS) - {Intent.GREET}
    return not others and _HOW_ARE_YOU.match(clause.plain) is None


def _is_about_times(sense: Sense, clause: Wish, *, price: bool) -> bool:
    if price or HOURS.search(clause.plain):
        return False
    if sense.view.asked in sense.view.required(sense.service) and sense.hears(
        sense.view.asked or ""
    ):
        mine = [h for h in sense.heard if h.field == sense.view.asked]
        if any(h.words.strip(" ?") == clause.words.strip(" ?") for h in mine):
            return True  # "golden retriever?" answers what was asked
    timed = read_when(clause.words, sense.view.now, sense.view.profile.zone) is not None
    if Intent.BOOK in clause.intents and not _DO_YOU_DO.search(clause.plain):
        return True
    named = sense.named_service(clause.words)
    if (
        named is not None
        and named.key
        and sense.hears("service")
        and not _DO_YOU_DO.search(clause.plain)
    ):
        return timed or Intent.BOOK in sense.intents
    if sense.choice.kind in (
        "later",
        "earlier",
        "one",
        "neither",
        "unclear",
        "any",
    ) and _AVAILABLE.search(clause.plain):
        return True
    short = len(clause.plain.split()) <= 4
    return timed and (short or _AVAILABLE.search(clause.plain) is not None)


def _direct(plain: str) -> Clause | None:
    """The clause of the business's file that answers by itself."""
    for clause, pattern in (
        (Clause.HOURS, HOURS),
        (Clause.ADDRESS, _ADDRESS),
        (Clause.LINK, _LINK),
        (Clause.SERVICES, _SERVICES),
        (Clause.STAFF, _STAFF),
    ):
        if pattern.search(plain):
            return clause
    return None


def lookups(sense: Sense) -> tuple[ToolCall, ...]:
    """What to ask the knowledge before answering."""
    return tuple(LookUp(asked.words) for asked in questions(sense))


@dataclass(frozen=True)
class Answered:
    """What can be said to the questions; `unknown` when one of them has no answer."""

    step: Step = NOTHING
    unknown: bool = False
    out_of_scope: bool = False
    asks_service: bool = False


def answers(sense: Sense) -> Answered:
    """Answer each question from its own passage, price or clause."""
    total = Answered()
    asked = questions(sense)
    for one in asked:
        part = _answer(sense, one, alone=len(asked) == 1)
        total = Answered(
            total.step.then(part.step),
            total.unknown or part.unknown,
            total.out_of_scope or part.out_of_scope,
            total.asks_service or part.asks_service,
        )
    return total if asked else Answered(_late_price(sense))


def _answer(sense: Sense, asked: Asked, *, alone: bool) -> Answered:
    passage = _best(sense, asked, alone=alone)
    if asked.price:
        return _price(sense, asked, passage)
    direct = _said_by_file(sense, asked.clause.plain)
    if passage is not None and (direct is None or passage.score >= _SURE):
        return Answered(speak(passage.id))
    if direct is not None:
        return Answered(speak(direct))
    named = sense.named_service(asked.clause.words)
    if named is not None and _DO_YOU_DO.search(asked.clause.plain):
        return Answered(speak(Clause.SERVICES))
    if Intent.OUT_OF_SCOPE in asked.clause.intents or sense.intents <= {Intent.OUT_OF_SCOPE}:
        return Answered(out_of_scope=True)
    return Answered(unknown=True)


def _said_by_file(sense: Sense, plain: str) -> Clause | None:
    """A clause is only said when the owner's file has what it says."""
    direct, profile = _direct(plain), sense.view.profile
    has = {
        Clause.HOURS: bool(profile.hours),
        Clause.ADDRESS: bool(profile.address),
        Clause.LINK: bool(profile.booking_link),
        Clause.SERVICES: bool(profile.services),
        Clause.STAFF: any(p.bookable for p in profile.staff),
    }
    return direct if direct is not None and has[direct] else None


def _price(sense: Sense, asked: Asked, passage: Passage | None) -> Answered:
    """The owner's own price words, or none at all: no sum, no discount."""
    haggles = _HAGGLE.search(asked.clause.plain) is not None
    if passage is not None and (passage.score >= _SURE or haggles):
        return Answered(speak(passage.id))
    if haggles or not _LISTED.search(asked.clause.plain):
        return Answered(unknown=True)
    named = sense.named_service(asked.clause.words)
    service = sense.view.profile.service(named.key) if named and named.key else sense.service
    if service is not None:
        return Answered(_price_of(service.key, service.price))
    if passage is not None:
        return Answered(speak(passage.id))
    return Answered(question("service"), asks_service=True)


def _price_of(key: str, price: str | None) -> Step:
    return speak(f"price({key})" if price else Clause.NO_PRICE)


def _late_price(sense: Sense) -> Step:
    """The price that was asked for one text ago: "how much?", then "a nail trim"."""
    waited = sense.view.asked == "service" and Intent.PRICE in sense.intents_before
    if not waited or not sense.hears("service") or sense.service is None:
        return NOTHING
    return _price_of(sense.service.key, sense.service.price)


def _best(sense: Sense, asked: Asked, *, alone: bool) -> Passage | None:
    """The strongest passage for this very question; with several asked, it must share a word."""
    strong = [
        p
        for p in sense.ledger.passages.values()
        if p.score >= WEAK and p.service_key is None and (alone or _shares(asked.words, p))
    ]
    return max(strong, key=lambda p: p.score, default=None)


def _shares(words: str, passage: Passage) -> bool:
    said = {w[:5] for w in words_of(words.casefold()) if len(w) > 2 and w not in _EMPTY_WORDS}
    there = {w[:5] for w in words_of(f"{passage.question} {passage.answer}".casefold())}
    return bool(said & there)


UNKNOWN = Step(
    (say(Clause.UNKNOWN_ANSWER), say(Clause.PROMISE)),
    (Act.of(Do.HAND_OFF, reason="unknown_answer"),),
)
"""We don't know: said so, and a person answers. The booking thread goes on after it."""


def known_calls(
    thinking_asked: tuple[ToolCall, ...], calls: tuple[ToolCall, ...]
) -> tuple[ToolCall, ...]:
    """The calls that were not made yet."""
    return tuple(c for c in dict.fromkeys(calls) if c not in thinking_asked)
