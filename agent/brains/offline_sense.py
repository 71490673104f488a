"""What a turn's texts mean to the offline brain, in the light of all that is known.

A `Sense` is made once a round from the view and the ledger and never changes; the policies in
`offline_people`, `offline_answers`, `offline_bookings` and `offline_times` only read it.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

from agent.brains import Thinking
from agent.brains.offline_words import AM, ASAP, HOURS, PM, Wish, clauses_of, short
from agent.checks.consent import chosen, kept_for
from agent.plan import Heard
from agent.state import BookingSeen, Ledger, TimeSeen, TurnView
from agent.understand.choice import Choice, read_choice
from agent.understand.fields import answer_to
from agent.understand.intents import Intent, read_intents
from agent.understand.normalise import plain
from agent.understand.read import Reading
from agent.understand.service import ServiceMatch, ServiceWords, find_service
from agent.understand.window import read_when
from agent.understand.window_when import When
from core.profile import Service

_TYPED = ("service", "zip", "name", "when", "address", "email", "count")
_POLITE = frozenset({Intent.THANKS, Intent.GOODBYE, Intent.GREET, Intent.AFFIRM, Intent.CHOOSE})
_CHANGE_WISHES = frozenset({Intent.CHANGE_BOOKING, Intent.BOOK, Intent.CANCEL_BOOKING})
_LOOK_BACK = 6  # caller's texts in which an earlier wish is looked for


@dataclass(frozen=True)
class Sense:
    """A turn as the offline brain understands it."""

    thinking: Thinking

    @property
    def view(self) -> TurnView:
        """What was loaded before the turn."""
        return self.thinking.view

    @property
    def ledger(self) -> Ledger:
        """What may be stated, tools' results included."""
        return self.thinking.ledger

    @property
    def reading(self) -> Reading:
        """The shared reading of all the texts together."""
        return self.view.reading

    @property
    def intents(self) -> frozenset[Intent]:
        """Every wish that the texts show."""
        return self.reading.intents

    def wants(self, *intents: Intent) -> bool:
        """Whether the texts show one of these wishes."""
        return not self.intents.isdisjoint(intents)

    @cached_property
    def plain(self) -> str:
        """All the texts as rules match them."""
        return plain(self.view.text)

    @cached_property
    def clauses(self) -> tuple[Wish, ...]:
        """The texts cut where a second wish begins."""
        return clauses_of(self.view.text)

    # what is known

    @cached_property
    def heard(self) -> tuple[Heard, ...]:
        """Every fact in the new texts, each with its words."""
        found = [
            self.heard_service,
            *self._heard_typed(),
            self._heard_answer(),
            self._heard_when(),
        ]
        heard = tuple(h for h in found if h is not None)
        return heard or self._heard_note()

    @cached_property
    def known(self) -> Mapping[str, str]:
        """The intake with what was heard now; a later word overrides an earlier one."""
        known = dict(self.view.known)
        if self.view.caller_name:
            known.setdefault("name", self.view.caller_name)
        known.update({h.field: h.value for h in self.heard})
        return known

    def _heard_note(self) -> tuple[Heard, ...]:
        """A correction of something that no field holds is kept for the visit, in their words."""
        if not self.wants(Intent.CORRECTION) or self.choice.kind != "none" or not self.view.texts:
            return ()
        words = short(self.view.texts[-1])
        return (Heard(field="note", value=words, words=words),) if words else ()

    def hears(self, field: str) -> bool:
        """Whether this field was told just now."""
        return any(h.field == field for h in self.heard)

    @cached_property
    def missing(self) -> tuple[str, ...]:
        """What to find out before times are offered, in the order to ask; the service always."""
        missing = self.view.missing(self.known)
        if self.service is None and "service" not in missing:
            return ("service", *missing)
        return missing

    @cached_property
    def service(self) -> Service | None:
        """The service wanted, with what was heard now. A business of one service needs no word."""
        heard = self.heard_service
        key = heard.value if heard else self.view.known.get("service")
        if key:
            return self.view.profile.service(key)
        services = self.view.profile.services
        return services[0] if len(services) == 1 and "service" not in self.view.required() else None

    @cached_property
    def service_words(self) -> tuple[ServiceWords, ...]:
        """The services as their owner calls them."""
        return tuple(ServiceWords(s.key, s.name, s.also_called) for s in self.view.profile.services)

    def named_service(self, text: str) -> ServiceMatch | None:
        """The service that some words name."""
        return find_service(text, self.service_words) if self.service_words else None

    @cached_property
    def heard_service(self) -> Heard | None:
        """The service named just now, where it may be taken for the one wanted."""
        match = self.reading.service
        if (match is None or match.key is None) and self.view.asked == "service":
            match = self._narrowed() or match
        if match is None or match.key is None or not self._may_set_service(match.key):
            return None
        return Heard(field="service", value=match.key, words=self._words(self._names(match.key)))

    def _narrowed(self) -> ServiceMatch | None:
        """The words before and these together: "the small one" after "a bath"."""
        before = self.caller_before
        if not before or not self.view.text.strip():
            return None
        match = self.named_service(f"{before} {self.view.text}")
        earlier = self.named_service(before)
        if match is None or match.key is None or (earlier and earlier.key == match.key):
            return None
        return match

    def _may_set_service(self, key: str) -> bool:
        """A service named in passing, in a question or an answer, is not a change of mind."""
        known = self.view.known.get("service")
        if not known or known == key:
            return known != key or self.view.asked == "service"
        if self.wants(Intent.CORRECTION, Intent.BOOK) or self.view.asked == "service":
            return True
        if self.view.asked and self.view.asked in self.view.missing():
            return False
        return not self.wants(Intent.QUESTION, Intent.PRICE)

    def _names(self, key: str) -> re.Pattern[str] | None:
        """A pattern is not needed where one text alone names the service."""
        for text in self.view.texts:
            match = self.named_service(text)
            if match and match.key == key:
                return re.compile(re.escape(text))
        return None

    def _words(self, pattern: re.Pattern[str] | None = None) -> str:
        """The caller's words that a fact came from: the one text that holds them, else the last."""
        for text in reversed(self.view.texts):
            if pattern is None or pattern.search(text):
                return short(text)
        return short(self.view.texts[-1]) if self.view.texts else ""

    def _heard_typed(self) -> list[Heard]:
        reading, found = self.reading, []
        wanted = {*self.view.required(self.service), "name"}
        if self.view.profile.service_area.zips:
            wanted.add("zip")
        values = {
            "zip": reading.zip,
            "name": reading.name,
            "address": reading.address,
            "email": reading.email,
            "count": None if reading.count is None else str(reading.count),
        }
        for field, value in values.items():
            if value and field in wanted:
                pattern = re.compile(re.escape(value), re.IGNORECASE)
                found.append(Heard(field=field, value=value, words=self._words(pattern)))
        return found

    def _heard_answer(self) -> Heard | None:
        """A free field (a breed, a pet's name) is answered only where it was just asked for."""
        field = self.view.asked
        if field is None or field in _TYPED or field not in self.view.required(self.service):
            return None
        for text in self.view.texts:
            for words in (text, *(c.words for c in self.clauses if c.words in text)):
                answer = answer_to(field, words)
                if answer and not self._is_something_else(words):
                    return Heard(field=field, value=answer, words=short(words))
        return None

    def _is_something_else(self, words: str) -> bool:
        intents = read_intents(words)
        if intents & {Intent.CORRECTION, Intent.BOOK, Intent.URGENT} and self.named_service(words):
            return True
        if self.choice.kind == "one":
            return True
        said_time = read_when(words, self.view.now, self.view.profile.zone) is not None
        return said_time or (self.reading.zip is not None and self.reading.zip in words)

    def _heard_when(self) -> Heard | None:
        if self.wants(Intent.CALL_ME) or self.choice.kind == "one" or self._time_words is None:
            return None
        return Heard(field="when", value=self._time_words, words=self._time_words)

    @cached_property
    def _time_words(self) -> str | None:
        """The clause that wishes for a time; a question about opening hours is none."""
        if self.reading.when is None and not self.asap and len(self.clauses) < 2:
            return short(self.view.text) if self.part_said else None
        for words in (*(c.words for c in self.clauses), *self.view.texts):
            if HOURS.search(plain(words)):
                continue
            if ASAP.search(plain(words)) or self._when_of(words) is not None:
                return short(words)
        return None

    def _when_of(self, words: str) -> When | None:
        return read_when(words, self.view.now, self.view.profile.zone)

    @cached_property
    def part_said(self) -> Literal["morning", "afternoon"] | None:
        """A bare "I meant pm" while times are before the caller's eyes: the other half of the day."""
        if not (self.ledger.offered() or self.view.known.get("when")):
            return None
        return "afternoon" if PM.match(self.plain) else "morning" if AM.match(self.plain) else None

    # times

    @cached_property
    def asap(self) -> bool:
        """Whether the earliest time is wanted."""
        return ASAP.search(self.plain) is not None

    @cached_property
    def new_when(self) -> When | None:
        """The window that the new texts wish for: of them all, else of the clause that has one."""
        if self._time_words is None:
            return None
        if self.reading.when is not None or len(self.clauses) < 2:
            return self.reading.when
        return self._when_of(self._time_words)

    @cached_property
    def earlier_when(self) -> When | None:
        """The window that an earlier text named, seen from now; None when it has passed."""
        words = self.view.known.get("when")
        when = read_when(words, self.view.now, self.view.profile.zone) if words else None
        if when is not None and when.end is not None and when.end <= self.view.now:
            return None
        return when

    @cached_property
    def pending(self) -> tuple[TimeSeen, ...]:
        """What the caller may be answering: the times offered, or the one read back.

        Times of a service that is no longer wanted don't count: a correction made them stale.
        """
        service = self.service.key if self.service else None
        times = [
            t
            for t in self.ledger.times.values()
            if (t.offered or t.read_back)
            and (self.moving or not service or t.service_key == service)
        ]
        read_back = tuple(t for t in times if t.read_back)
        return read_back if len(read_back) == 1 else tuple(times)

    @property
    def offered(self) -> tuple[TimeSeen, ...]:
        """The times before the caller's eyes for the service wanted, in their order."""
        service = self.service.key if self.service else None
        offered = self.ledger.offered()
        return tuple(t for t in offered if self.moving or not service or t.service_key == service)

    @cached_property
    def choice(self) -> Choice:
        """What the new texts say about the times before the caller's eyes."""
        if not self.pending and not self.ledger.offered():
            return Choice("none")
        if self.wants(Intent.CANCEL_BOOKING, Intent.BOOKING_STATUS):
            return Choice("none")
        return self._choice_of(self.view.text)

    def _choice_of(self, text: str) -> Choice:
        zone = self.view.profile.zone
        offers = [t.starts_at.astimezone(zone) for t in self.ledger.offered()] or [
            t.starts_at.astimezone(zone) for t in self.ledger.times.values() if t.read_back
        ]
        return read_choice(text, offers, self.view.now) if offers else Choice("none")

    @cached_property
    def chosen(self) -> TimeSeen | None:
        """The time that the new texts choose, by its place or its hour."""
        return self._time_of(self.choice)

    @cached_property
    def chosen_before(self) -> TimeSeen | None:
        """A time that one of the last texts chose, while a fact was still missing."""
        held = [t for t in self.ledger.times.values() if t.held]
        if len(held) == 1:
            return held[0]
        if self.view.asked not in self.view.required(self.service):
            return None
        return self._time_of(self._choice_of(self.caller_before)) if self.caller_before else None

    def _time_of(self, choice: Choice) -> TimeSeen | None:
        if choice.kind != "one" or choice.index is None:
            return None
        times = self.ledger.offered() or tuple(t for t in self.ledger.times.values() if t.read_back)
        if choice.index >= len(times):
            return None
        time = times[choice.index]
        stale = self.service is not None and time.service_key != self.service.key
        return None if stale and not self.moving else time

    @cached_property
    def kept(self) -> TimeSeen | None:
        """The time held for this caller, who now tells what was missing."""
        return kept_for(self.view, self.ledger)

    def consents_to(self, time: TimeSeen) -> bool:
        """Whether the checks will take these words for the caller's own choice of this time."""
        allowed = (chosen(self.view, self.ledger), self.kept)
        return any(t is not None and t.id == time.id for t in allowed)

    # bookings and earlier texts

    @property
    def bookings(self) -> tuple[BookingSeen, ...]:
        """The caller's bookings ahead, as far as they were asked for."""
        return tuple(self.ledger.bookings.values())

    @cached_property
    def _caller_lines(self) -> tuple[str, ...]:
        """The caller's texts before this turn, the newest first."""
        lines = [line.body for line in self.view.transcript if line.author == "caller"]
        new = len(self.view.texts)
        if new and tuple(lines[-new:]) == self.view.texts:
            lines = lines[:-new]
        return tuple(reversed(lines[-_LOOK_BACK:]))

    @property
    def caller_before(self) -> str | None:
        """The caller's text before these."""
        return self._caller_lines[0] if self._caller_lines else None

    @cached_property
    def intents_before(self) -> frozenset[Intent]:
        """What the caller's text before these wanted."""
        return read_intents(self.caller_before) if self.caller_before else frozenset()

    @cached_property
    def moving(self) -> bool:
        """Whether the times before the caller's eyes are for a booking that is to be moved.

        The last of the caller's wishes about bookings decides; no state is kept for it.
        """
        if self.wants(Intent.CHANGE_BOOKING):
            return True
        if not self.ledger.offered() and not any(t.read_back for t in self.ledger.times.values()):
            return False
        for line in self._caller_lines:
            wishes = read_intents(line) & _CHANGE_WISHES
            if wishes:
                return Intent.CHANGE_BOOKING in wishes
        return False

    @property
    def has_spoken(self) -> bool:
        """Whether the agent has texted in this conversation."""
        return any(line.author == "agent" for line in self.view.transcript)
