"""The offline brain: grammar and rules, no key, no network, the same answer every time.

It is whole enough to qualify, answer, offer, book, correct and hand over, and it takes over in
mid-conversation when a model fails: all that it needs stands in the view and the ledger. It
writes no prose; its plans are made of clauses alone.

The order of the policies is the policy: a person first, then bookings that exist, then
questions, then the one next step towards a booking.
"""

import re

from agent.brains import MyBookings, Proposes, Thinking, Thought, ToolCall, WantsTools
from agent.brains.offline_answers import UNKNOWN, Answered, answers, known_calls, lookups, questions
from agent.brains.offline_bookings import about_the_visit, concerns, manage
from agent.brains.offline_people import (
    about_us,
    asks_for_private_things,
    call_back,
    courtesy,
    first_of_all,
    who_is_who,
)
from agent.brains.offline_sense import Sense
from agent.brains.offline_step import (
    NOTHING,
    Needs,
    Step,
    hand_off,
    question,
    read_back,
    speak,
)
from agent.brains.offline_times import go_on, is_unclear
from agent.plan import Act, Clause, Do, Piece, TurnPlan, ask, say
from agent.understand.intents import Intent
from agent.understand.normalise import words as words_of

_COMMITS_SLOT = (Do.BOOK, Do.REQUEST, Do.MOVE)
_UNDERSTOOD = (
    Intent.BOOK, Intent.GREET, Intent.THANKS, Intent.GOODBYE, Intent.ARE_YOU_A_BOT, Intent.CALL_ME, Intent.WRONG_NUMBER,
    Intent.CHANGE_BOOKING, Intent.CANCEL_BOOKING, Intent.BOOKING_STATUS,
)  # fmt: skip
_ABOUT_TIMES = (Intent.AFFIRM, Intent.DENY, Intent.UNSURE)
_TIMES_STILL_MATTER = frozenset({"unknown_answer", "no_slot", "urgent"})
_VOWEL = re.compile(r"[aeiouy]")


class OfflineBrain:
    """Thinks by rules; never fails, never writes a word of its own."""

    name = "offline"

    async def think(self, thinking: Thinking) -> Thought:
        """One round: tools first where something must be looked up, then a plan."""
        sense = Sense(thinking)
        wanted = _before_speaking(sense)
        if wanted and not thinking.last:
            return WantsTools(wanted)
        step = _compose(sense)
        if isinstance(step, Needs):
            return WantsTools(step.calls)
        if thinking.critique:
            step = _careful(sense, step)
        return Proposes(_plan(sense, step))


def _plan(sense: Sense, step: Step) -> TurnPlan:
    reasons = {a.reason for a in step.acts if a.do is Do.HAND_OFF}
    heard = sense.heard
    if reasons - _TIMES_STILL_MATTER and not sense.wants(Intent.BOOK):
        heard = tuple(h for h in heard if h.field != "when")  # "get me a human NOW"
    return TurnPlan(language=sense.view.language, heard=heard, acts=step.acts, say=step.pieces)


def _before_speaking(sense: Sense) -> tuple[ToolCall, ...]:
    """What must be known whatever is said: the caller's bookings, the answers to their questions."""
    if first_of_all(sense) is not None:
        return ()
    calls: list[ToolCall] = []
    idle = sense.has_spoken and not sense.pending and sense.view.asked is None
    if concerns(sense) or sense.moving or idle:
        calls.append(MyBookings())
    calls += lookups(sense)
    return known_calls(sense.thinking.asked, tuple(calls))


def _compose(sense: Sense) -> Step | Needs:
    for policy in (first_of_all, who_is_who, courtesy):
        step = policy(sense)
        if step is not None and (step.settles or policy is not who_is_who):
            return step
    private = asks_for_private_things(sense)
    managed = None if private else about_the_visit(sense) or manage(sense)
    if private:
        return _and_then(sense, speak(Clause.OFF_LIMITS), Answered())
    head = (who_is_who(sense) or NOTHING).then(about_us(sense))
    calls = call_back(sense)
    if calls is not None:
        head = head.then(calls)
        if not sense.wants(Intent.BOOK):
            return head
    answered = answers(sense)
    head = head.then(managed or NOTHING).then(answered.step)
    if answered.unknown:
        head = head.then(UNKNOWN)
    if head.settles or (managed is not None and not sense.wants(Intent.BOOK)):
        return head
    return _and_then(sense, head, answered)


def _and_then(sense: Sense, head: Step, answered: Answered) -> Step | Needs:
    """After the answers the one next step, in the same text; or that nothing was understood."""
    if not _is_understood(sense, head):
        return _not_understood(sense, head)
    if answered.asks_service or not _is_active(sense, head):
        return head
    if answered.unknown and not (sense.known.keys() - {"name"} or sense.wants(Intent.BOOK)):
        return head  # a person answers; there is no thread yet to go on with
    if is_unclear(sense) and sense.pending and sense.view.lost and not head.pieces:
        return hand_off("lost")
    tail = go_on(sense)
    return tail if isinstance(tail, Needs) else head.then(tail)


def _is_understood(sense: Sense, head: Step) -> bool:
    view = sense.view
    if head.pieces or sense.heard or sense.choice.kind != "none" or sense.wants(*_UNDERSTOOD):
        return True
    if sense.pending and sense.wants(*_ABOUT_TIMES):
        return True
    if "service" in sense.missing and (sense.reading.service or sense.wants(Intent.UNSURE)):
        return True
    first = not sense.has_spoken and view.asked is None
    return (first and sense.wants(Intent.AFFIRM)) or (
        view.staff_stretch is not None and not view.texts
    )


def _is_active(sense: Sense, head: Step) -> bool:
    """Whether there is a way to a booking to go on with; who has one is left in peace."""
    if sense.heard or sense.pending or sense.view.asked or sense.wants(Intent.BOOK):
        return True
    if sense.view.staff_stretch is not None or sense.moving:
        return True
    return not sense.bookings or (not head.pieces and sense.wants(Intent.GREET))


def _not_understood(sense: Sense, head: Step) -> Step:
    """Asked again once; on the second in a row a person takes over."""
    if sense.bookings and not sense.view.asked and not sense.pending and _is_a_nod(sense):
        return Step(settles=True)  # "ok" or a heart after the booking needs no answer
    if sense.view.lost:
        return head.then(hand_off("lost"))
    if sense.pending:
        return head.then(speak(Clause.WHICH_TIME))
    if sense.view.asked == "service" and sense.service is None and _says_something(sense):
        return head.then(_not_on_the_list(sense))
    if sense.view.asked in sense.missing:
        return head.then(question(sense.missing[0]))
    return head.then(speak(Clause.CLARIFY))


def _is_a_nod(sense: Sense) -> bool:
    return sense.wants(Intent.AFFIRM) or not words_of(sense.plain)


def _says_something(sense: Sense) -> bool:
    """Words that may well name a job, rather than noise."""
    words = [w for w in words_of(sense.plain) if len(w) > 2 and w.isalpha() and _VOWEL.search(w)]
    return bool(words) and not sense.wants(Intent.OUT_OF_SCOPE, Intent.AFFIRM, Intent.DENY)


def _not_on_the_list(sense: Sense) -> Step:
    """What we do is told once; who then still names something else is answered by a person."""
    before = sense.caller_before
    named_before = before and _says_something_before(sense) and not sense.named_service(before)
    if named_before:
        return UNKNOWN
    return speak(Clause.SERVICES).then(question("service"))


def _says_something_before(sense: Sense) -> bool:
    return not sense.intents_before <= {Intent.GREET, Intent.QUESTION, Intent.THANKS, Intent.PRICE}


# when the checks refused a plan


def _careful(sense: Sense, step: Step) -> Step:
    """The safe way to the same end: read the time back, ask what is missing, or a person."""
    if not step.pieces and not step.acts:
        return speak(Clause.GOODBYE if sense.wants(Intent.GOODBYE) else Clause.THANKS)
    slots = [a.slot for a in step.acts if a.do in _COMMITS_SLOT and a.slot]
    if slots and sense.missing and not sense.moving:
        return question(sense.missing[0])
    if slots and slots[0] in sense.ledger.times:
        return read_back(sense.ledger.times[slots[0]])
    handed = tuple(a for a in step.acts if a.do is Do.HAND_OFF)
    if handed:
        return Step((say(Clause.PROMISE),), handed[:1])
    if step.acts:
        return Step((say(Clause.PROMISE),), (Act.of(Do.HAND_OFF, reason="other"),))
    return _plainest(sense, step.pieces)


def _plainest(sense: Sense, refused: tuple[Piece, ...]) -> Step:
    """One question that was not part of what was refused, else a person."""
    if sense.missing and ask(sense.missing[0]) not in refused:
        return question(sense.missing[0])
    if say(Clause.CLARIFY) not in refused:
        return speak(Clause.CLARIFY)
    return hand_off("other")


__all__ = ["OfflineBrain", "questions"]
