"""What may be said: clauses with their rows behind them, one question, and what must not be missing."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from agent.checks.heard import fields_of
from agent.checks.prose import Voice, spoken_of
from agent.plan import COMMITS, Clause, Do, Piece, TurnPlan, ask, say
from agent.state import WEAK, Ledger, TurnView
from agent.understand.intents import Intent

_CALL = re.compile(r"(price|readback|ask)\(([^()]{1,64})\)")
_ID = re.compile(r"[SKB][1-9]\d{0,3}")
_ASKABLE = frozenset(
    {"when", "slot", "cancel", "booking", "name", "service", "details", "email", "count", "address"}
)
RISKS = frozenset({Intent.EMERGENCY, Intent.URGENT, Intent.COMPLAINT})
"""Readings in which a brain's own words are at most one opener."""
_DONE_WITH_TIMES = (Do.BOOK, Do.REQUEST, Do.MOVE)
_TIME_CLAUSES = frozenset({Clause.RELAXED, Clause.NO_TIMES, Clause.WHICH_TIME})
_QUESTIONS = frozenset({Clause.WHICH_TIME, Clause.CLARIFY})
_OUTCOMES = (*_DONE_WITH_TIMES, Do.CANCEL)


@dataclass
class _Saying:
    plan: TurnPlan
    known: Mapping[str, str]
    view: TurnView
    ledger: Ledger
    dropped: list[str] = field(default_factory=list)

    def lacks_ground(self, fact: str) -> str | None:
        """A code when a clause has no row behind it, or makes no sense beside this turn's acts."""
        if call := _CALL.fullmatch(fact):
            return self._call(call[1], call[2])
        if _ID.fullmatch(fact):
            return self._id(fact)
        if fact not in set(Clause):
            return "unknown_fact"
        return self._clause(Clause(fact))

    def _call(self, kind: str, about: str) -> str | None:
        if kind == "ask":
            return self._ask(about)
        if kind == "readback":
            slot = self.ledger.times.get(about)
            if slot is None:
                return "unknown_id"
            return "ground" if slot.starts_at <= self.view.now or self._commits_time() else None
        passage = self.ledger.passages.get(about)
        service = self.view.profile.service((passage.service_key if passage else about) or "")
        return None if service is not None and service.price else "price"

    def _ask(self, about: str) -> str | None:
        if about not in fields_of(self.view) | _ASKABLE:
            return "unknown_field"
        if about in ("cancel", "booking") and not self.ledger.bookings:
            return "ground"
        corrected = Intent.CORRECTION in self.view.reading.intents
        return (
            "known"
            if self.known.get(about) and about in self.view.required() and not corrected
            else None
        )

    def _id(self, name: str) -> str | None:
        if slot := self.ledger.times.get(name):
            if slot.starts_at in self.view.refused:
                return "turned_down"
            return "ground" if slot.starts_at <= self.view.now or self._commits_time() else None
        if passage := self.ledger.passages.get(name):
            return "weak" if passage.score < WEAK else None
        return None if name in self.ledger.bookings else "unknown_id"

    def _commits_time(self) -> bool:
        return bool(self.plan.does(*_DONE_WITH_TIMES))

    def _clause(self, clause: Clause) -> str | None:
        if clause in _TIME_CLAUSES and self._commits_time():
            return "ground"
        return None if self._has_row(clause) else "ground"

    def _has_row(self, clause: Clause) -> bool:
        view, profile, plan = self.view, self.view.profile, self.plan
        zips, its_zip = profile.service_area.zips, self.known.get("zip")
        rows: dict[Clause, bool] = {
            Clause.LINK: bool(profile.booking_link),
            Clause.ADDRESS: bool(profile.address),
            Clause.HOURS: any(profile.hours.values()),
            Clause.STAFF: any(p.bookable for p in profile.staff),
            Clause.SERVICES: bool(profile.services),
            Clause.OUTCOME: bool(plan.does(*_OUTCOMES, Do.CLOSE)),
            Clause.PROMISE: bool(plan.does(Do.HAND_OFF, Do.CALL_BACK)),
            Clause.SAFETY: Intent.EMERGENCY in view.reading.intents
            or any(a.reason == "emergency" for a in plan.acts),
            Clause.FIRST_AID: self._first_aid(),
            Clause.RELAXED: bool(self.ledger.relaxed),
            Clause.NO_TIMES: "times" in self.ledger.looked and not self._free_times(),
            Clause.OUT_OF_AREA: bool(zips and its_zip and its_zip not in zips),
            Clause.NOTED: any(h.field in ("note", "details") for h in plan.heard),
            Clause.PICTURE: view.pictures > 0,
            Clause.NO_BOOKING: "bookings" in self.ledger.looked and not self.ledger.bookings,
            Clause.NO_PRICE: not self._has_price(),
        }
        return rows.get(clause, True)

    def _first_aid(self) -> bool:
        said = self.view.reading.service
        key = (said.key if said else None) or self.known.get("service")
        service = self.view.profile.service(key) if key else None
        return bool(service and service.first_aid)

    def _has_price(self) -> bool:
        """Whether the price of the service in question is on the list."""
        said = self.view.reading.service
        key = (said.key if said else None) or self.known.get("service")
        service = self.view.profile.service(key) if key else None
        return bool(service and service.price)

    def _free_times(self) -> bool:
        free = (t for t in self.ledger.times.values() if t.starts_at > self.view.now)
        return any(not t.offered and t.starts_at not in self.view.refused for t in free)


def sayable(
    plan: TurnPlan,
    known: Mapping[str, str],
    view: TurnView,
    ledger: Ledger,
    *,
    readback: str | None,
) -> tuple[tuple[Piece, ...], list[str]]:
    """The pieces that may be said, in order, and codes of those that may not.

    Args:
        plan: With its lawful acts and facts.
        known: The intake with this turn's facts.
        view: The turn.
        ledger: What the ids mean.
        readback: A slot that must be asked about: then this is the question.
    """
    saying = _Saying(plan, known, view, ledger)
    guarded = bool(plan.does(*COMMITS)) or bool(view.reading.intents & RISKS)
    voice = Voice(plan, view, ledger, known, openers_only=guarded)
    pieces: list[Piece] = []
    for where, piece in enumerate(plan.say):
        if piece.fact is not None:
            code = saying.lacks_ground(piece.fact)
            if code:
                saying.dropped.append(f"{code}:{_place(piece.fact, where)}")
            elif piece not in pieces:
                pieces.append(piece)
        elif kept := spoken_of(piece, where, voice, saying.dropped):
            pieces.append(kept)
        elif (asking := _fixed_question(piece, saying)) and not guarded and asking not in pieces:
            pieces.append(asking)
    if readback is not None:
        pieces = [p for p in pieces if not _is_question(p)] + [say(f"readback({readback})")]
    pieces = _one_question(pieces, saying.dropped)
    return tuple(_completed(pieces, plan, view)), saying.dropped


def _fixed_question(piece: Piece, saying: "_Saying") -> Piece | None:
    """A question whose own words fell is asked in ours."""
    if piece.kind != "ask" or piece.about is None:
        return None
    fixed = ask(piece.about)
    return fixed if saying.lacks_ground(str(fixed.fact)) is None else None


def _place(fact: str, where: int) -> str:
    """A name of ours goes into a code as it is; a brain's own words do not."""
    named = fact in set(Clause) or _ID.fullmatch(fact)
    return fact if named else str(where)


def _is_question(piece: Piece) -> bool:
    """A piece that the caller is meant to answer; neighbouring times are one."""
    if piece.prose is not None:
        return "?" in piece.prose
    fact = piece.fact or ""
    return (
        fact in _QUESTIONS
        or fact.startswith(("ask(", "readback("))
        or bool(re.fullmatch(r"S\d+", fact))
    )


def _one_question(pieces: list[Piece], dropped: list[str]) -> list[Piece]:
    """Only the first question stays, a list of times counting as one."""
    kept: list[Piece] = []
    first: Piece | None = None
    for where, piece in enumerate(pieces):
        if not _is_question(piece):
            kept.append(piece)
            continue
        alike = first is not None and _is_time(first) and _is_time(piece)
        if first is None or alike:
            first = first or piece
            kept.append(piece)
        else:
            dropped.append(f"question:{where}")
    return kept


def _is_time(piece: Piece) -> bool:
    return bool(re.fullmatch(r"S\d+", piece.fact or ""))


def _completed(pieces: list[Piece], plan: TurnPlan, view: TurnView) -> list[Piece]:
    """What must be said is added, and danger comes first."""
    facts = {p.fact for p in pieces}
    if Intent.ARE_YOU_A_BOT in view.reading.intents and Clause.DISCLOSURE not in facts:
        pieces = [say(Clause.DISCLOSURE), *pieces]
    if plan.does(*_OUTCOMES) and Clause.OUTCOME not in facts:
        pieces = (
            [say(Clause.OUTCOME), *pieces]
            if not _opens(pieces)
            else [pieces[0], say(Clause.OUTCOME), *pieces[1:]]
        )
    if plan.does(Do.CLOSE) and not pieces:
        pieces = [say(Clause.OUTCOME)]
    if plan.does(Do.HAND_OFF, Do.CALL_BACK) and Clause.PROMISE not in facts:
        pieces = [*pieces, say(Clause.PROMISE)]
    in_danger = Intent.EMERGENCY in view.reading.intents or Clause.SAFETY in facts
    if in_danger:
        pieces = [say(Clause.SAFETY), *(p for p in pieces if p.fact != Clause.SAFETY)]
    return pieces


def _opens(pieces: list[Piece]) -> bool:
    return bool(pieces) and pieces[0].kind == "open"
