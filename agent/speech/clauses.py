"""Each piece of a lawful plan as a clause: its words, what it asks, what it puts before the caller."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import IntEnum

from agent.plan import Clause, Piece
from agent.speech import facts
from agent.speech.ways import Language, Manner, Wording, has
from agent.state import BookingSeen, Ledger, Outcome, TimeSeen, TurnView
from agent.understand.intents import Intent
from core.hours import spoken
from core.profile import Service


class Weight(IntEnum):
    """What gives way first when a text is too long: the lowest."""

    PROSE = 0
    OPTIONAL = 1
    FACT = 2
    MUST = 3


@dataclass(frozen=True)
class Spoken:
    """One clause, rendered."""

    wording: Wording
    weight: Weight = Weight.FACT
    asked: str | None = None  # set: this clause is the text's question
    offers: tuple[TimeSeen, ...] = ()
    read_back: TimeSeen | None = None
    fewer: Callable[[], "Spoken"] | None = field(default=None, compare=False)
    instead: Wording | None = None  # when it can't fit however short the rest is


_CALL = re.compile(r"(price|readback|ask)\((.+)\)")
_ID = re.compile(r"[SKB]\d+")
_INTAKE_IN_ASK = re.compile(r"[_-]+")
_TROUBLES = frozenset({"service", "details", "note", "when"})
_LONGEST_NAME = 20
_WEIGHTS = {
    Clause.SAFETY: Weight.MUST,
    Clause.DISCLOSURE: Weight.MUST,
    Clause.OUT_OF_AREA: Weight.MUST,
    Clause.LANGUAGE: Weight.MUST,
    Clause.RELAXED: Weight.OPTIONAL,
    Clause.THANKS: Weight.OPTIONAL,
    Clause.GOODBYE: Weight.OPTIONAL,
    Clause.NOTED: Weight.OPTIONAL,
    Clause.PICTURE: Weight.OPTIONAL,
    Clause.IDENTIFY: Weight.OPTIONAL,
}


@dataclass(frozen=True)
class Renderer:
    """Renders clauses for one turn."""

    view: TurnView
    ledger: Ledger
    outcomes: tuple[Outcome, ...]
    manner: Manner

    @property
    def _language(self) -> Language:
        return self.manner.language

    def piece(self, piece: Piece) -> list[Spoken]:
        """The clause of one fact other than a time: nothing when there is no ground for it."""
        fact = piece.fact or ""
        if call := _CALL.fullmatch(fact):
            return self._called(call[1], call[2])
        if _ID.fullmatch(fact):
            return self._by_id(fact)
        return self._clause(Clause(fact)) if fact in set(Clause) else []

    def _called(self, kind: str, about: str) -> list[Spoken]:
        if kind == "ask":
            return self.ask(about)
        if kind == "readback":
            time = self.ledger.times.get(about)
            return [self.readback(time)] if time else []
        return self._price(about)

    def _by_id(self, name: str) -> list[Spoken]:
        if passage := self.ledger.passages.get(name):
            if passage.service_key:
                return self._price(name)
            return [
                Spoken(
                    Wording(_sentence(passage.answer)), instead=self.manner.say("facts.too_long")
                )
            ]
        booking = self.ledger.bookings.get(name)
        return [self.booking(booking)] if booking else []

    # -- times ---------------------------------------------------------------------------------

    def offer(self, times: Sequence[TimeSeen], question: str = "offers") -> Spoken:
        """The times on offer and which of them suits; one alone is a yes-or-no question."""
        kept = sorted(times, key=lambda t: t.starts_at)
        name = question if len(kept) > 1 or question == "which_time" else "offer_one"
        said = facts.times(kept, self.view.now, self.view.profile.zone, self._language)
        fewer = (lambda: self.offer(kept[:-1], question)) if len(kept) > 1 else None
        wording = self.manner.say(f"facts.{name}", times=said)
        return Spoken(wording, Weight.MUST, "slot", tuple(kept), fewer=fewer)

    def readback(self, time: TimeSeen) -> Spoken:
        """The absolute date with a question that only a yes answers."""
        wording = self.manner.say("facts.readback", time=self._spoken(time))
        return Spoken(wording, Weight.MUST, "confirm", (), time)

    def _spoken(self, time: TimeSeen | BookingSeen) -> str:
        return spoken(time.starts_at, self.view.now, self.view.profile.zone, self._language)

    # -- questions -----------------------------------------------------------------------------

    def ask(self, about: str) -> list[Spoken]:
        """One question about one missing thing."""
        if about == "cancel":
            return self._ask_cancel()
        if about == "service" and (options := self._candidates()):
            wording = self.manner.say("asks.service_which", "asks.service", options=options)
            return [Spoken(wording, Weight.MUST, about)]
        name = f"asks.{about}" if re.fullmatch(r"[a-z_]+", about) else ""
        if name and has(name, self._language) and about != "other":
            return [Spoken(self.manner.say(name), Weight.MUST, about)]
        humanised = _INTAKE_IN_ASK.sub(" ", about).strip()
        return [Spoken(self.manner.say("asks.other", field=humanised), Weight.MUST, about)]

    def _ask_cancel(self) -> list[Spoken]:
        bookings = sorted(self.ledger.bookings.values(), key=lambda b: b.starts_at)
        if not bookings:
            return []
        if len(bookings) > 1:
            return [Spoken(self.manner.say("asks.booking"), Weight.MUST, "booking")]
        only = bookings[0]
        wording = self.manner.say(
            "asks.cancel", service=self._service(only.service_key), time=self._spoken(only)
        )
        return [Spoken(wording, Weight.MUST, "cancel")]

    def _candidates(self) -> str | None:
        """The services that what was said fits, when it fits just these."""
        match = self.view.reading.service
        if match is None or match.key is not None or not 2 <= len(match.candidates) <= 3:
            return None
        return facts.either([self._service(key) for key in match.candidates], self._language)

    # -- facts ---------------------------------------------------------------------------------

    def _price(self, about: str) -> list[Spoken]:
        passage = self.ledger.passages.get(about)
        key = passage.service_key if passage else about
        service = self.view.profile.service(key) if key else None
        if service is None or not service.price:
            return [Spoken(self.manner.say("facts.no_price"))] if service is not None else []
        price = service.price.strip().rstrip(".")
        return [
            Spoken(self.manner.say("facts.price", service=service.name, price=price), Weight.FACT)
        ]

    def booking(self, booking: BookingSeen) -> Spoken:
        """The caller's own booking."""
        name = "facts.booking_requested" if booking.status == "requested" else "facts.booking"
        wording = self.manner.say(
            name, service=self._service(booking.service_key), time=self._spoken(booking)
        )
        return Spoken(wording)

    def _service(self, key: str | None) -> str:
        service = self.view.profile.service(key) if key else None
        return service.name if service else (key or "").replace("-", " ")

    def _clause(self, clause: Clause) -> list[Spoken]:
        match clause:
            case Clause.OUTCOME:
                return self.outcome()
            case Clause.PROMISE:
                return self.promise()
            case Clause.RELAXED:
                wording = self.relaxed()
            case Clause.WHICH_TIME:
                return self._which_time()
            case Clause.CLARIFY:
                return [Spoken(self.manner.say("facts.clarify"), Weight.MUST, "clarify")]
            case Clause.FIRST_AID:
                wording = self._first_aid()
            case _:
                wording = self._of_profile(clause)
        return [Spoken(wording, _WEIGHTS.get(clause, Weight.FACT))] if wording else []

    def _of_profile(self, clause: Clause) -> Wording | None:
        """A clause that needs at most one fact of the business's file."""
        profile, language = self.view.profile, self._language
        if clause is Clause.DISCLOSURE:
            return self.disclosure()
        given: dict[Clause, tuple[str, str | None]] = {
            Clause.LINK: ("link", profile.booking_link),
            Clause.ADDRESS: ("address", profile.address),
            Clause.HOURS: (
                "hours",
                facts.hours(profile, self.view.now, language) if profile.hours else None,
            ),
            Clause.STAFF: ("staff", self._staff()),
            Clause.SERVICES: (
                "services",
                facts.listed([s.name for s in profile.services], language)
                if profile.services
                else None,
            ),
            Clause.IDENTIFY: ("business", profile.name),
            Clause.WRONG_NUMBER: ("business", profile.name),
            Clause.LANGUAGE: ("languages", facts.languages(profile, language)),
        }
        if clause not in given:
            return self.manner.say(f"facts.{clause}")
        name, value = given[clause]
        return self.manner.say(f"facts.{clause}", **{name: value}) if value else None

    def _staff(self) -> str | None:
        service = self.view.service
        people = (
            self.view.profile.able(service)
            if service
            else [p for p in self.view.profile.staff if p.bookable]
        )
        return facts.both([p.name for p in people], self._language) if people else None

    def disclosure(self) -> Wording:
        """That this is automated, in the owner's words when there are some."""
        own = self.view.profile.texting.disclosure
        name = self.view.profile.name
        built_in = self.manner.say(
            "facts.disclosure",
            "facts.disclosure_short",
            business=name,
            of_business=facts.possessive(name),
        )
        return Wording(_sentence(own), "", built_in.shorter) if own else built_in

    def relaxed(self) -> Wording | None:
        """How the times offered differ from those asked for."""
        lost = set(self.ledger.relaxed)
        if not lost:
            return None
        kinds = lost & {"daypart", "day"}
        name = "both" if len(kinds) > 1 else next(iter(kinds), "time")
        return self.manner.say(f"facts.relaxed_{name}")

    def _which_time(self) -> list[Spoken]:
        offered = [t for t in self.ledger.offered() if t.starts_at > self.view.now]
        if len(offered) == 1:
            return [self.readback(offered[0])]
        if offered:
            return [self.offer(offered, "which_time")]
        return [Spoken(self.manner.say("facts.which_time_open"), Weight.MUST, "slot")]

    def _first_aid(self) -> Wording | None:
        service = self._wanted()
        return Wording(_sentence(service.first_aid)) if service and service.first_aid else None

    def _wanted(self) -> Service | None:
        said = self.view.reading.service
        return (
            self.view.profile.service(said.key) if said and said.key else None
        ) or self.view.service

    # -- outcomes ------------------------------------------------------------------------------

    def outcome(self, *, closing: bool = True) -> list[Spoken]:
        """What the acts did, except that a person will answer (`promise`); a goodbye if `closing`."""
        said: list[Spoken] = []
        for one in self.outcomes:
            if one.kind == "taken":
                said += self._taken(one)
            elif one.kind == "closed":
                said += [Spoken(self.manner.say("acts.closed"), Weight.MUST)] if closing else []
            elif one.kind not in ("handed_off", "callback"):
                said.append(Spoken(self._done(one), Weight.MUST))
        return said

    def _done(self, one: Outcome) -> Wording:
        person = self.view.profile.person(one.staff_key) if one.staff_key else None
        given = {"service": self._service(one.service_key)}
        if one.starts_at is None:
            return (
                self.manner.say("facts.noted")
                if one.kind != "cancelled"
                else self.manner.say("acts.cancelled_short")
            )
        given["time"] = spoken(one.starts_at, self.view.now, self.view.profile.zone, self._language)
        names = [f"acts.{one.kind}_plain", f"acts.{one.kind}_short"]
        if one.kind in ("requested", "cancelled"):
            names = [f"acts.{one.kind}", f"acts.{one.kind}_short"]
        elif person is not None:
            given["staff"] = facts.called(person.name)
            names.insert(0, f"acts.{one.kind}")
        return self.manner.say(*names, **given)

    def _taken(self, one: Outcome) -> list[Spoken]:
        gone = Spoken(self.manner.say("acts.taken"), Weight.MUST)
        ahead = [t for t in one.fresh if t.starts_at > self.view.now]
        return [gone, self.offer(ahead)] if ahead else [gone, *self.ask("when")]

    def promise(self) -> list[Spoken]:
        """That a person will answer, and when only where code computed it."""
        said = []
        for one in self.outcomes:
            if one.kind not in ("handed_off", "callback"):
                continue
            named = one.promise.strip().rstrip(".") if one.promise else None
            wording = (
                self.manner.say(f"acts.{one.kind}", f"acts.{one.kind}_open", promise=named)
                if named
                else self.manner.say(f"acts.{one.kind}_open")
            )
            said.append(Spoken(wording, Weight.MUST))
        return said

    # -- openers -------------------------------------------------------------------------------

    def opener(self, heard: Mapping[str, str]) -> Spoken | None:
        """A short first word in the owner's tone; None where it would be out of place.

        Args:
            heard: What the caller told in this turn. A problem alone ("the sink is clogged") gets
                no "Great, thanks".
        """
        intents, tone = self.view.reading.intents, self.manner.tone
        name = next(iter(heard.get("name", "").split()), "")
        if intents & {Intent.EMERGENCY} or any(
            o.kind in ("taken", "closed") for o in self.outcomes
        ):
            return None
        if intents & {Intent.URGENT, Intent.COMPLAINT}:
            said = self.manner.say(f"openers.sorry_{tone}")
        elif self.is_first:
            said = self.manner.say(f"openers.first_{tone}")
        elif name and len(name) <= _LONGEST_NAME:
            said = self.manner.say(f"openers.name_{tone}", name=name)
        elif heard.keys() - _TROUBLES:
            said = self.manner.say(f"openers.ack_{tone}")
        else:
            return None
        return Spoken(said, Weight.PROSE)

    @property
    def is_first(self) -> bool:
        """Whether this is our first own text to the caller."""
        return not self.view.disclosed


def prose(words: str, *, asked: str | None) -> Spoken:
    """A brain's own sentence, as it stands."""
    return Spoken(Wording(_sentence(words)), Weight.PROSE, asked)


def shorter(clause: Spoken) -> Spoken:
    """The clause in the shortest of its wordings."""
    return replace(clause, wording=clause.wording.shorter[0]) if clause.wording.shorter else clause


def _sentence(words: str) -> str:
    words = " ".join(words.split())
    return words if words.endswith((".", "!", "?", ":")) or not words else f"{words}."
