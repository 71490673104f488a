"""What a turn's texts say by themselves: wishes, clauses, the service named, the texts before them."""

import re
from dataclasses import dataclass
from functools import cached_property

from agent.brains import Thinking
from agent.brains.offline_words import LATE, LONG, Wish, clauses_of, short
from agent.plan import Heard
from agent.state import BookingSeen, Ledger, TurnView
from agent.understand.intents import Intent, read_intents
from agent.understand.normalise import plain
from agent.understand.read import Reading
from agent.understand.service import ServiceMatch, ServiceWords, find_service
from core.profile import Service

_CHANGE_WISHES = frozenset({Intent.CHANGE_BOOKING, Intent.BOOK, Intent.CANCEL_BOOKING})
_LOOK_BACK = 6  # caller's texts in which an earlier wish is looked for


@dataclass(frozen=True)
class Texts:
    """The view and the ledger of a turn, and its texts as they read by themselves."""

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

    @property
    def _pieces(self) -> tuple[str, ...]:
        """The texts whole, or a long one by its clauses."""
        if all(len(text) <= LONG for text in self.view.texts):
            return self.view.texts
        return tuple(c.words for c in self.clauses)

    def _names(self, key: str) -> re.Pattern[str] | None:
        """A pattern is not needed where one text alone names the service."""
        for text in self._pieces:
            match = self.named_service(text)
            if match and match.key == key:
                return re.compile(re.escape(text))
        return None

    def _words(self, pattern: re.Pattern[str] | None = None) -> str:
        """The caller's words that a fact came from: the one text that holds them, else the last."""
        for text in reversed(self._pieces):
            if pattern is None or pattern.search(text):
                return short(text)
        return short(self._pieces[-1]) if self._pieces else ""

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
        if self.late:
            return False
        if self.wants(Intent.CHANGE_BOOKING):
            return True
        if not self.ledger.offered() and not any(t.read_back for t in self.ledger.times.values()):
            return False
        for line in self._caller_lines:
            wishes = read_intents(line) & _CHANGE_WISHES
            if wishes:
                return Intent.CHANGE_BOOKING in wishes
        return False

    @cached_property
    def late(self) -> bool:
        """Whether the caller says that they will come late."""
        return LATE.search(self.plain) is not None

    @property
    def has_spoken(self) -> bool:
        """Whether the agent has texted in this conversation."""
        return any(line.author == "agent" for line in self.view.transcript)
