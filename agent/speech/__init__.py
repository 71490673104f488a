"""A lawful plan and what its acts did, put into words: the only place where a text is written.

Every clause that matters comes from `prompts/speech`, filled from a row, an outcome or the
business's file. In the `composed` voice the brain's own short sentences stand between them; in the
`fixed` voice nothing of the brain's is heard at all. The result always fits the owner's budget.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Literal

from agent.plan import Clause, Piece, TurnPlan
from agent.speech.clauses import Renderer, Spoken, Weight, prose, shorter
from agent.speech.ways import Manner
from agent.state import Ledger, Outcome, TimeSeen, TurnView
from agent.understand.intents import Intent
from texting.segments import fits, fold

__all__ = ["Speech", "speak"]

Voice = Literal["fixed", "composed"]
_TURNS_ON_ONE_TOPIC = {"slot", "confirm"}


@dataclass(frozen=True)
class Speech:
    """One text, and what it put before the caller.

    Attributes:
        text: Folded, within the business's segments; empty where no answer is the right one.
        asked: What it asks for: an intake field, `slot`, `confirm`, `when`, `cancel`, `booking`,
            `clarify`; None when it asks nothing.
        offers: The times listed in it, in its order.
        read_back: The time it reads back: a yes commits it.
        ways: The wordings used, for the record (`acts.booked.en.1`).
    """

    text: str
    asked: str | None = None
    offers: tuple[TimeSeen, ...] = ()
    read_back: TimeSeen | None = None
    ways: tuple[str, ...] = ()


def speak(
    plan: TurnPlan,
    view: TurnView,
    ledger: Ledger,
    outcomes: tuple[Outcome, ...],
    *,
    voice: Voice,
) -> Speech:
    """Say a checked plan.

    Args:
        plan: As `checks.lawful` left it.
        view: The turn; `seed`, transcript and tone choose among the ways.
        ledger: What the plan's ids mean.
        outcomes: What its acts did. `promise` is an adverb phrase in the plan's language that
            follows "will text you back" ("by Tue Nov 24 at 9:00 AM").
        voice: `fixed` leaves out all prose.
    """
    if not plan.say and not plan.acts and view.needs_no_answer:
        return Speech("")
    manner = Manner(plan.language, view.profile.tone or "warm", view.seed, _before(view))
    renderer = Renderer(view, ledger, outcomes, manner)
    clauses = _ordered(_one_question(_clauses(plan, renderer, voice)))
    budget = view.profile.texting.max_segments
    clarify = renderer.piece(Piece(fact=Clause.CLARIFY, prose=None, kind=None, about=None))
    answered = Intent.ARE_YOU_A_BOT in view.reading.intents  # the disclosure is the answer then
    if not any(
        c.weight > Weight.PROSE and c.wording.text
        for c in clauses
        if answered or not _is_disclosure(c)
    ):
        clauses = [*clauses, *clarify] if not any(c.asked for c in clauses) else clauses
    for tried in (*_smaller(clauses), clarify, [shorter(c) for c in clarify]):
        text = _joined(tried)
        if text and fits(text, budget):
            return _speech(text, tried)
    return _speech(_joined(clarify), clarify)


def _before(view: TurnView) -> str:
    return next((line.body for line in reversed(view.transcript) if line.author == "agent"), "")


# -- what is said --------------------------------------------------------------------------------


def _clauses(plan: TurnPlan, renderer: Renderer, voice: Voice) -> list[Spoken]:
    """The plan's pieces, and what must be said whether it was planned or not."""
    view = renderer.view
    said = {piece.fact for piece in plan.say}
    body = [c for group in _groups(plan.say) for c in _of_group(group, renderer, voice)]
    if Clause.OUTCOME not in said:
        body = [*renderer.outcome(closing=not body), *body]
    if Clause.PROMISE not in said:
        body += renderer.promise()
    first: list[Spoken] = []
    if Intent.EMERGENCY in view.reading.intents or Clause.SAFETY in said:
        first += renderer.piece(_fact(Clause.SAFETY))
    discloses = not view.disclosed or Clause.DISCLOSURE in said
    disclosure = [Spoken(renderer.disclosure(), Weight.MUST)] if discloses else []
    spoken_for = any(c.weight is Weight.PROSE for c in body)
    opener = None if spoken_for else renderer.opener({h.field: h.value for h in plan.heard})
    opening = [opener] if opener is not None else []
    return [*first, *opening, *disclosure, *body]


def _groups(say: Sequence[Piece]) -> Iterator[list[Piece]]:
    """Neighbouring times are one list of offers; any other piece stands alone."""
    for times, group in groupby(
        say, key=lambda p: (p.fact or "").startswith("S") and (p.fact or "")[1:].isdigit()
    ):
        pieces = list(group)
        yield from [pieces] if times else [[piece] for piece in pieces]


def _of_group(group: list[Piece], renderer: Renderer, voice: Voice) -> list[Spoken]:
    first = group[0]
    if first.prose is not None:
        return (
            [prose(first.prose, asked=first.about if first.kind == "ask" else None)]
            if voice == "composed"
            else _fixed(first, renderer)
        )
    if first.fact in (Clause.SAFETY, Clause.DISCLOSURE):
        return []
    offered = [t for p in group if (t := renderer.ledger.times.get(p.fact or ""))]
    offered = [t for t in offered if t.service_key == offered[0].service_key]
    return [renderer.offer(offered)] if offered else renderer.piece(first)


def _fixed(piece: Piece, renderer: Renderer) -> list[Spoken]:
    """In the fixed voice a question of the brain's own is asked in our words for that field."""
    if piece.kind == "ask" and piece.about:
        return renderer.ask(piece.about)
    if piece.kind == "answer" and piece.about:
        return renderer.piece(_fact(piece.about))
    return []


def _fact(name: str) -> Piece:
    return Piece(fact=str(name), prose=None, kind=None, about=None)


# -- order and length ----------------------------------------------------------------------------


def _is_disclosure(clause: Spoken) -> bool:
    return clause.wording.way.startswith("facts.disclosure")


def _is_question(clause: Spoken) -> bool:
    return clause.asked is not None or clause.wording.text.endswith("?")


def _one_question(clauses: list[Spoken]) -> list[Spoken]:
    """Only the first question stays; times and a read-back outrank a question about a field."""
    questions = [c for c in clauses if _is_question(c)]
    if len(questions) < 2:
        return clauses
    kept = next((c for c in questions if c.asked in _TURNS_ON_ONE_TOPIC), questions[0])
    return [c for c in clauses if not _is_question(c) or c is kept]


def _ordered(clauses: list[Spoken]) -> list[Spoken]:
    """The question comes last: what stands after it is not read."""
    return sorted(clauses, key=_is_question)


def _joined(clauses: Sequence[Spoken]) -> str:
    return fold(" ".join(c.wording.text for c in clauses if c.wording.text)).strip()


def _speech(text: str, clauses: Sequence[Spoken]) -> Speech:
    return Speech(
        text,
        next((c.asked for c in clauses if c.asked), None),
        tuple(t for c in clauses for t in c.offers),
        next((c.read_back for c in clauses if c.read_back), None),
        tuple(c.wording.way for c in clauses if c.wording.way),
    )


def _smaller(clauses: list[Spoken]) -> Iterator[list[Spoken]]:
    """Ever shorter texts that say the same, then the most of it; no clause is ever cut."""
    yield clauses
    for weight in (Weight.PROSE, Weight.OPTIONAL):
        for clause in [c for c in reversed(clauses) if c.weight is weight]:
            clauses = [c for c in clauses if c is not clause]
            yield clauses
    clauses = [shorter(c) for c in clauses]
    yield clauses
    while any(c.fewer for c in clauses):
        clauses = [shorter(c.fewer()) if c.fewer else c for c in clauses]
        yield clauses
    yield from _without_facts(clauses)


def _without_facts(clauses: list[Spoken]) -> Iterator[list[Spoken]]:
    for clause in [c for c in reversed(clauses) if c.weight is Weight.FACT]:
        if clause.instead is not None:
            yield [Spoken(clause.instead) if c is clause else c for c in clauses]
        clauses = [c for c in clauses if c is not clause]
        yield clauses
    for clause in [c for c in reversed(clauses) if _is_question(c)] + [
        c for c in clauses if _is_disclosure(c)
    ]:
        clauses = [c for c in clauses if c is not clause]
        yield clauses
    while len(clauses) > 1:
        clauses = clauses[:-1]
        yield clauses
