"""When a person must take over, and the small courtesies: read before anything is sold.

Danger to life was screened by code before any brain. What is here errs towards a person.
"""

import re

from agent.brains.offline_sense import Sense
from agent.brains.offline_step import NOTHING, Step, hand_off, speak
from agent.plan import Act, Clause, Do, say
from agent.understand.intents import Intent
from agent.understand.machines import is_auto_reply
from agent.understand.normalise import words as words_of
from core.profile import Service

_MEDICINE = (
    r"(?:tylenol|advil|ibuprofen|aspirin|aleve|benadryl|antibiotics?|amoxicillin|blood thinners?|medicines?|medications?|meds|"
    r"pills?|dose|dosage|x-?rays?|anesthesia|novocaine|painkillers?|prescriptions?|insulin|vitamins?|vaccines?|pregnant|"
    r"medicamentos?|pastillas?|antibioticos?|receta|embarazada)"
)
_MEDICAL = re.compile(
    rf"\b(?:can|could|should|is it (?:ok|okay|safe|bad|normal)|are|is|how much|how many|what|does|do|puedo|debo|es seguro)\b.{{0,60}}\b{_MEDICINE}\b|"
    rf"\b{_MEDICINE}\b.{{0,60}}\b(?:safe|ok|okay|normal|allowed|before|after|instead|seguro)\b|"
    r"\b(?:is it|is that|would it be) (?:ok|okay|safe|bad|normal|fine) (?:to|if|for|that) (?:\w+ ){0,4}(?:pull|remove|cut|pop|drain|take out|bleed\w*|swell\w*|pus|hurts?|numb)\b|"
    r"\b(?:what (?:does|do|could) (?:it|this) mean|is it (?:cancer|infected|broken|serious)|do i have (?:an? )?(?:infection|cavity|abscess|cancer)|diagnos\w+)\b"
)
_LEGAL = re.compile(
    r"\b(?:legal advice|is it (?:legal|illegal)|my (?:legal )?rights|liab(?:le|ility)|can i sue|consejo legal|subpoena|lawsuit|"
    r"preserve all records)\b"
)
_PRIVATE = re.compile(
    r"\b(?:gate code|door code|alarm code|"
    r"(?:personal|private|home|cell|mobile) (?:mobile|cell|number|phone|address|email)|(?:owner|tech|doctor|dentist|groomer|plumber|guy)'?s? (?:\w+ )?(?:home|personal|private|cell|mobile)|"
    r"(?:phone numbers?|names?|people|callers?|customers?|clients?|patients?|businesses)(?: \w+){0,3} (?:that|who) (?:called|booked|texted|use)|"
    r"other (?:clients?|customers?|callers?|patients?|businesses)|who else|last (?:caller|customer)|"
    r"(?:wife|husband|girlfriend|boyfriend|ex|neighbor|boss|friend|son|daughter|mom|dad)(?: \w+){0,3} (?:booked|appointment|said she has|said he has|there today)|"
    r"address of (?:the|that|a) (?:woman|man|lady|guy|person|caller|customer)|know about me)\b"
)
_SECRETS = re.compile(
    r"\b(?:passwords?|auth tokens?|account sid|api keys?|secret keys?|credentials)\b|"
    r"\b(?:developer|admin|administrator|operator) of this (?:bot|system|number|service)\b"
)
_IN_OFFICE = re.compile(
    r"\b(?:police|officer|detective|sheriff|court order|subpoena|investigat\w+)\b"
)
_MINOR = re.compile(
    r"\bi'?m (?:only |just )?(?:[5-9]|1[0-7])(?: ?(?:yo|y/o|years? old))?\b(?! ?(?:minutes|mins?|miles|blocks|am|pm|weeks|months|hours|feet|st|th|[:/.]|%|or|to))|"
    r"\bmy (?:mom|mum|dad|mother|father|parents?) (?:doesn't|don't|do not|does not|won't) (?:\w+ )?know\b|\btengo (?:[5-9]|1[0-7]) anos\b"
)
_WHO = re.compile(
    r"\bwho(?:'s| is|s)? (?:this|dis)\b|\bwho (?:are|r) (?:you|u)\b|\bwho dis\b|\bquien (?:es|eres|habla)\b|"
    r"\b(?:don't|do not) know (?:who (?:this|you)|you\b)"
)
_ELSEWHERE = re.compile(
    r"\b(?:already booked with|forward (?:this|it) to|the other number|told the other)\b"
)


def first_of_all(sense: Sense) -> Step | None:
    """Whoever asks for a person, is upset, in trouble or off limits gets a person."""
    if is_auto_reply(sense.plain) and not sense.wants(Intent.BOOK):
        return Step(settles=True)  # a machine speaks: silence ends the loop
    if sense.wants(Intent.URGENT):
        return _urgent(sense)
    if sense.wants(Intent.HUMAN_HANDOFF):
        return hand_off("upset" if sense.wants(Intent.COMPLAINT) else "asked")
    if _is_upset(sense):
        return hand_off("upset")
    if _MINOR.search(sense.plain):
        return hand_off("off_limits", Clause.OFF_LIMITS)
    if is_off_limits(sense):
        return hand_off("off_limits", Clause.OFF_LIMITS)
    return None


def _is_upset(sense: Sense) -> bool:
    """A sigh about robots is no complaint, nor is the name Sue; whatever else sounds like one is."""
    named = sense.view.asked == "name" and sense.hears("name") and len(sense.plain.split()) <= 3
    return sense.wants(Intent.COMPLAINT) and not sense.wants(Intent.ARE_YOU_A_BOT) and not named


def _urgent(sense: Sense) -> Step:
    """Not 911, but it can't wait: the owner's own first words and the next person on call."""
    return hand_off("urgent", *((Clause.FIRST_AID,) if first_aid(sense) else ()))


def first_aid(sense: Sense) -> Service | None:
    """The service whose first-aid words apply: the one meant, or the only one that has any."""
    match = sense.reading.service
    keys = [match.key, *match.candidates] if match else []
    meant = [s for s in sense.view.profile.services if s.key in keys]
    if sense.service is not None:
        meant.append(sense.service)
    return next((s for s in meant if s.first_aid), None)


def is_off_limits(sense: Sense) -> bool:
    """Medical and legal advice, keys and secrets, officials, and what the owner listed as `never`."""
    plain = sense.plain
    if _MEDICAL.search(plain) or _LEGAL.search(plain) or _SECRETS.search(plain):
        return True
    if _PRIVATE.search(plain) and _IN_OFFICE.search(plain):
        return True
    said = {word[:7] for word in words_of(plain)}
    for topic in sense.view.profile.never:
        stems = [w[:7] for w in words_of(topic.casefold()) if len(w) > 3 and w != "advice"]
        if (
            stems
            and topic.casefold() not in ("medical advice", "legal advice")
            and all(s in said for s in stems)
        ):
            return True
    return False


def asks_for_private_things(sense: Sense) -> bool:
    """Other people's visits, numbers, addresses: declined plainly, without troubling a person."""
    return _PRIVATE.search(sense.plain) is not None


def who_is_who(sense: Sense) -> Step | None:
    """A wrong number is let go; whoever asks who we are is told, and nothing is sold to them."""
    if not sense.wants(Intent.WRONG_NUMBER):
        return None
    if _WHO.search(sense.plain) and "wrong" not in sense.plain:
        return Step((say(Clause.IDENTIFY),), settles=not sense.wants(Intent.BOOK))
    return Step((say(Clause.WRONG_NUMBER),), (Act.of(Do.CLOSE),), settles=True)


def about_us(sense: Sense) -> Step:
    """The truth about what we are, before the pending question goes on."""
    step = NOTHING
    if sense.wants(Intent.ARE_YOU_A_BOT):
        step = step.then(speak(Clause.DISCLOSURE))
    if _ELSEWHERE.search(sense.plain):
        step = step.then(speak(Clause.IDENTIFY))
    if sense.view.pictures:
        step = step.then(speak(Clause.PICTURE))
    return step


def call_back(sense: Sense) -> Step | None:
    """A person calls: when, in the caller's own words."""
    if not sense.wants(Intent.CALL_ME):
        return None
    timed = sense.new_when is not None
    window = sense.view.text.strip()[:120] if timed else None
    return Step((say(Clause.PROMISE),), (Act.of(Do.CALL_BACK, window=window),))


_COURTESY = frozenset(
    {
        Intent.THANKS,
        Intent.GOODBYE,
        Intent.AFFIRM,
        Intent.GREET,
        Intent.DENY,
        Intent.CHOOSE,
        Intent.QUESTION,
    }
)


def courtesy(sense: Sense) -> Step | None:
    """Thanks and goodbyes with nothing pending: one answer, and none to the second."""
    polite = sense.wants(Intent.THANKS, Intent.GOODBYE)
    if not polite or not sense.intents <= _COURTESY or sense.heard or sense.wants(Intent.QUESTION):
        return None
    if sense.view.pictures or (sense.choice.kind not in ("none", "neither")):
        return None
    bye = sense.wants(Intent.GOODBYE)
    if sense.pending and (sense.wants(Intent.AFFIRM) or (sense.wants(Intent.DENY) and not bye)):
        return None
    if sense.view.asked in sense.missing and not bye:
        return None
    if _was_courtesy(sense):
        return Step(settles=True)
    return Step((say(Clause.GOODBYE if bye else Clause.THANKS),), settles=True)


def _was_courtesy(sense: Sense) -> bool:
    before = sense.intents_before
    return bool(before) and bool(before & {Intent.THANKS, Intent.GOODBYE}) and before <= _COURTESY
