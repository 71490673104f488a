"""What a turn's texts mean to the offline brain, in the light of all that is known.

A `Sense` is made once a round from the view and the ledger and never changes; the policies in
`offline_people`, `offline_answers`, `offline_bookings` and `offline_times` only read it.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

from agent.brains.offline_texts import Texts
from agent.brains.offline_words import (
    AM,
    ASAP,
    HOURS,
    PM,
    after_correction,
    short,
)
from agent.checks.consent import chosen, kept_for
from agent.plan import Heard
from agent.state import TimeSeen
from agent.understand.choice import Choice, read_choice
from agent.understand.fields import answer_to, find_name
from agent.understand.intents import Intent, read_intents
from agent.understand.normalise import plain
from agent.understand.told import volunteered
from agent.understand.window import read_when
from agent.understand.window_when import When

_TYPED = ("service", "zip", "name", "when", "address", "email", "count")


@dataclass(frozen=True)
class Sense(Texts):
    """A turn as the offline brain understands it."""

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
        asked = [h for h in found if h is not None]
        fields = {h.field for h in asked}
        heard = (*asked, *(h for h in self._heard_volunteered() if h.field not in fields))
        return heard or self._heard_correction() or self._heard_note()

    @cached_property
    def known(self) -> Mapping[str, str]:
        """The intake with what was heard now; a later word overrides an earlier one."""
        known = dict(self.view.known)
        if self.view.caller_name:
            known.setdefault("name", self.view.caller_name)
        known.update({h.field: h.value for h in self.heard})
        return known

    def _heard_correction(self) -> tuple[Heard, ...]:
        """The field asked for before this one, told anew: "no wait, Maxi"."""
        required = self.view.required(self.service)
        if self.view.asked not in required or not self.wants(Intent.CORRECTION, Intent.DENY):
            return ()
        place = required.index(self.view.asked)
        field = required[place - 1] if place else None
        words = after_correction(self.view.text)
        if (
            words is None
            or field is None
            or field not in self.view.known
            or field in ("service", "zip")
        ):
            return ()
        value = find_name(words, asked=True) if field == "name" else answer_to(field, words)
        return (Heard(field=field, value=value, words=words),) if value else ()

    def _heard_note(self) -> tuple[Heard, ...]:
        """What no field holds but the visit needs is kept in their words: corrections, coming late."""
        corrects = self.wants(Intent.CORRECTION) and self.choice.kind == "none"
        if not (corrects or self.late) or not self.view.texts:
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
        pet = volunteered("pet_name", self.view.text) if "pet_name" in wanted else None
        for field, value in values.items():
            if field == "name" and pet is not None and value == pet[0].title():
                continue  # the pet's, not its owner's
            if value and field in wanted:
                pattern = re.compile(re.escape(value), re.IGNORECASE)
                found.append(Heard(field=field, value=value, words=self._words(pattern)))
        return found

    def _heard_volunteered(self) -> list[Heard]:
        """What they told without being asked is never asked for."""
        unknown = [f for f in self.view.required(self.service) if f not in self.view.known]
        told = ((field, volunteered(field, self.view.text)) for field in unknown)
        return [Heard(field=f, value=t[0], words=t[1]) for f, t in told if t is not None]

    def _heard_answer(self) -> Heard | None:
        """A free field (a breed, a pet's name) is answered only where it was just asked for."""
        field = self.view.asked
        if field is None or field in _TYPED or field not in self.view.required(self.service):
            return None
        for text in self.view.texts:
            for words in (text, *(c.words for c in self.clauses if c.words in text)):
                answer = answer_to(field, words)
                if answer and not self._is_something_else(field, words):
                    return Heard(field=field, value=answer, words=short(words))
        return None

    def _is_something_else(self, field: str, words: str) -> bool:
        others = {*self.view.required(self.service), "name"} - {field}
        if any(volunteered(other, words) for other in others) or find_name(words, asked=False):
            return volunteered(field, words) is None
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
