"""A playground: whole conversations through the graph, without a database, printed as transcripts.

The tools are false but honest: times come from the real slot rules and the real choice among them
over a diary in memory, knowledge from the profile. What an act does is written down as the turn
would do it; what the next turn knows is remembered as `agent/memory` does.
"""

import dataclasses
import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import cast

from agent.brains import Brain, FindTimes, LookUp, MyBookings, ToolCall
from agent.brains.offline import OfflineBrain
from agent.graph import decide
from agent.nodes import Means, Mind
from agent.plan import Act, Clause, Do, TurnPlan, ask
from agent.speech import Speech, speak
from agent.state import BookingSeen, Ledger, Line, Outcome, Passage, TimeSeen, TurnView
from agent.tools import Tools
from agent.understand.language import Language
from agent.understand.normalise import words
from agent.understand.read import Context, read
from agent.understand.service import ServiceWords, find_service
from booking.choose import Wish, worth_offering
from booking.diary import Busy, Diary, Rules, ServiceTime, StaffTime
from booking.slots import bookable
from core.hours import Hours, parse_span
from core.profile import WEEKDAYS, Profile

BETWEEN_TEXTS = timedelta(minutes=2)  # the screen takes eight answers in ten minutes for a loop

_EMPTY = frozenset(
    [
        "a",
        "an",
        "the",
        "and",
        "or",
        "of",
        "for",
        "to",
        "my",
        "your",
        "you",
        "i",
        "do",
        "does",
        "is",
        "are",
        "can",
        "could",
        "what",
        "which",
        "how",
        "when",
        "where",
        "who",
        "it",
        "in",
        "on",
        "at",
        "with",
        "any",
        "there",
        "take",
        "have",
        "much",
        "please",
        "de",
        "la",
        "el",
        "un",
        "una",
    ]
)


def hours_of(profile: Profile) -> Hours:
    """The profile's week, as the calendar reads it."""
    weekly = {
        n: tuple(parse_span(s) for s in profile.hours.get(day, ()))
        for n, day in enumerate(WEEKDAYS)
    }
    exceptions = {
        e.date: () if e.closed else tuple(parse_span(s) for s in e.hours)
        for e in profile.exceptions
    }
    return Hours(profile.zone, weekly, exceptions)


@dataclass
class FakeTools:
    """The three tools over values in memory."""

    profile: Profile
    now: datetime
    busy: list[Busy] = field(default_factory=list)
    bookings: list[BookingSeen] = field(default_factory=list)
    calls: list[ToolCall] = field(default_factory=list)

    async def answer(self, calls: tuple[ToolCall, ...], ledger: Ledger) -> Ledger:
        for call in calls:
            self.calls.append(call)
            match call:
                case FindTimes():
                    ledger = self._find_times(call, ledger)
                case LookUp():
                    ledger = ledger.with_passages(self._look_up(call.question))
                case MyBookings():
                    ledger = ledger.with_bookings(self.bookings)
        return ledger

    def _find_times(self, call: FindTimes, ledger: Ledger) -> Ledger:
        service = self.profile.service(call.service_key)
        if service is None:
            return ledger
        rules = self.profile.booking
        hours = hours_of(self.profile)
        diary = Diary(
            ServiceTime(
                service.minutes, service.buffer_before_minutes, service.buffer_after_minutes
            ),
            [StaffTime(p.key, hours) for p in self.profile.able(service)],
            self.busy,
            Rules(
                self.profile.zone,
                step=rules.slot_minutes,
                min_notice_minutes=rules.min_notice_minutes,
                horizon_days=rules.max_days_ahead,
            ),
            self.now,
        )
        free = bookable(diary, self.now, self.now + timedelta(days=rules.max_days_ahead + 1))
        wish = Wish(
            start=call.start, end=call.end, daypart=call.daypart, exact=call.exact,
            asap=call.soonest, weekdays=call.weekdays,
        )  # fmt: skip
        offered = worth_offering(
            free, wish, rules.offer, self.now, self.profile.zone, refused=call.exclude
        )
        length = timedelta(minutes=service.minutes)
        times = [
            TimeSeen("", service.key, o.staff, o.starts_at, o.starts_at + length)
            for o in offered.slots
        ]
        return ledger.with_times(times, tuple(offered.relaxed))

    def _look_up(self, question: str) -> list[Passage]:
        topic = {w[:5] for w in words(question.casefold()) if w not in _EMPTY}
        found = []
        for k in self.profile.knowledge:
            q = {w[:5] for w in words(k.q.casefold())}
            a = {w[:5] for w in words(k.a.casefold())}
            score = sum(1.0 if w in q else 0.8 if w in a else 0.0 for w in topic) / max(
                len(topic), 1
            )
            if score:
                found.append(Passage("", k.q, k.a, score))
        services = [ServiceWords(s.key, s.name, s.also_called) for s in self.profile.services]
        named = find_service(question, services)
        service = self.profile.service(named.key) if named and named.key else None
        if service is not None and service.price:
            found.append(Passage("", service.name, service.price, 1.0, service_key=service.key))
        return sorted(found, key=lambda p: -p.score)[:3]


@dataclass
class Answer:
    """What one turn did."""

    plan: TurnPlan
    mind: Mind
    text: str
    heard: dict[str, str]

    @property
    def acts(self) -> list[str]:
        """`book`, `hand_off:asked` ..."""
        return [f"{a.do.value}:{a.reason}" if a.reason else a.do.value for a in self.plan.acts]

    @property
    def says(self) -> list[str]:
        """The clauses in order; the ids of times, passages and bookings by their letter alone."""
        facts = [p.fact or "prose" for p in self.plan.say]
        return list(
            dict.fromkeys(f[0] if f[:1] in "SKB" and f[1:].isdigit() else _kind(f) for f in facts)
        )


def _kind(fact: str) -> str:
    return "readback" if fact.startswith("readback") else fact


@dataclass
class Talk:
    """One conversation: texts go in one by one or as a burst, answers come out."""

    profile: Profile
    now: datetime = datetime(2026, 11, 23, 15, 0, tzinfo=UTC)  # a Monday
    brain: Brain = field(default_factory=OfflineBrain)
    known: dict[str, str] = field(default_factory=dict)
    asked: str | None = None
    lost: int = 0
    disclosed: bool = False
    refused: frozenset[datetime] = frozenset()
    offers: tuple[TimeSeen, ...] = ()
    lines: list[Line] = field(default_factory=list)
    answers: list[Answer] = field(default_factory=list)
    language: Language = "en"
    tools: FakeTools = field(init=False)
    taken: set[datetime] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.tools = FakeTools(self.profile, self.now)

    def view(self, texts: Sequence[str], pictures: int = 0) -> TurnView:
        """What the next turn would know."""
        zone = self.profile.zone
        services = tuple(ServiceWords(s.key, s.name, s.also_called) for s in self.profile.services)
        offers = tuple(t.starts_at.astimezone(zone) for t in self.offers if t.offered)
        context = Context(self.now, zone, services, self.asked, offers, self.language)
        reading = read("\n".join(texts), context)
        if len("".join(texts).split()) > 1 and reading.language in self.profile.languages:
            self.language = reading.language
        language = self.language
        values: dict[str, object] = {
            "profile": self.profile, "now": self.now, "language": language,
            "caller_name": self.known.get("name"), "texts": tuple(t for t in texts if t.strip()),
            "pictures": pictures, "transcript": tuple(self.lines), "known": dict(self.known),
            "asked": self.asked, "reading": reading, "lost": self.lost, "disclosed": self.disclosed,
            "refused": self.refused,
        }  # fmt: skip
        names = {f.name for f in dataclasses.fields(TurnView)}
        return TurnView(**{k: v for k, v in values.items() if k in names})  # type: ignore[arg-type]

    def ledger(self) -> Ledger:
        """The times before the caller's eyes."""
        return Ledger(times={t.id: t for t in self.offers})

    async def text(self, *texts: str, pictures: int = 0) -> Answer:
        """Text, once or in a burst, and be answered."""
        self.now += BETWEEN_TEXTS
        self.tools.now = self.now
        self.lines += [Line("caller", t, self.now) for t in texts if t.strip()]
        view = self.view(texts, pictures)
        means = Means(self.brain, OfflineBrain(), cast("Tools", self.tools))
        mind = await decide(view, self.ledger(), means)
        plan = mind["lawful"]
        assert plan is not None
        ledger = mind.get("ledger", self.ledger())
        outcomes = tuple(self._run(act, ledger) for act in plan.acts)
        speech = speak(plan, view, ledger, outcomes, voice="fixed")
        answer = Answer(plan, mind, speech.text, {h.field: h.value for h in plan.heard})
        self._remember(answer, view, ledger, speech)
        self.answers.append(answer)
        return answer

    def _run(self, act: Act, ledger: Ledger) -> Outcome:
        if act.do in (Do.BOOK, Do.REQUEST, Do.MOVE):
            time = ledger.times[act.slot or ""]
            if time.starts_at in self.taken:
                return Outcome("taken", time.service_key, time.staff_key, time.starts_at)
            if act.do is Do.MOVE:
                self._forget(ledger.bookings[act.booking or ""].booking_id)
            status = "requested" if act.do is Do.REQUEST else "confirmed"
            self.have(time.service_key, time.starts_at, time.staff_key, status=status)
            kind = {"book": "booked", "request": "requested", "move": "moved"}[act.do.value]
            return Outcome(kind, time.service_key, time.staff_key, time.starts_at)  # type: ignore[arg-type]
        if act.do is Do.CANCEL:
            old = ledger.bookings[act.booking or ""]
            self._forget(old.booking_id)
            return Outcome("cancelled", old.service_key, old.staff_key, old.starts_at)
        if act.do is Do.CLOSE:
            return Outcome("closed")
        kinds = {Do.HAND_OFF: "handed_off", Do.CALL_BACK: "callback"}
        return Outcome(kinds[act.do], promise="by 11:00 AM")  # type: ignore[arg-type]

    def have(self, service_key: str, at: datetime, staff: str, status: str = "confirmed") -> None:
        """A booking of this caller's ahead."""
        name = f"booking-{len(self.tools.bookings) + 1}-{at:%d%H%M}"
        self.tools.bookings.append(BookingSeen("", name, service_key, staff, at, status))
        self.tools.busy.append(Busy(staff, at, at + timedelta(hours=1), kind="booking"))

    def _forget(self, booking_id: str) -> None:
        gone = [b for b in self.tools.bookings if b.booking_id == booking_id]
        self.tools.bookings = [b for b in self.tools.bookings if b.booking_id != booking_id]
        self.tools.busy = [b for b in self.tools.busy if b.start not in [g.starts_at for g in gone]]

    def _remember(self, answer: Answer, view: TurnView, ledger: Ledger, speech: Speech) -> None:
        plan = answer.plan
        said = [p.fact or "" for p in plan.say]
        shown = list(speech.offers)
        back = [speech.read_back] if speech.read_back else []
        asked = speech.asked
        done = bool(plan.does(Do.BOOK, Do.REQUEST, Do.MOVE, Do.CLOSE))
        stuck = {Clause.CLARIFY, Clause.WHICH_TIME} & set(said)
        again = (
            asked is not None
            and asked == view.asked
            and plan.say == (ask(asked),)
            and not plan.heard
        )
        self.lost = self.lost + 1 if stuck or again else 0
        if done:
            self.refused, self.offers = frozenset(), ()
        elif shown or back:
            before = {t.starts_at for t in self.offers}
            kept = [*shown, *(back if not shown else [])]
            if shown:
                self.refused |= before - {t.starts_at for t in shown}
            elif self.offers:
                kept = [*self.offers, *(b for b in back if b.starts_at not in before)]
            self.offers = tuple(
                replace(
                    t,
                    id=f"S{n}",
                    offered=True,
                    read_back=t.starts_at in {b.starts_at for b in back},
                )
                for n, t in enumerate(kept, start=1)
            )
        self.asked = asked
        self.known.update(answer.heard)
        if answer.text:
            self.disclosed = True
            self.lines.append(Line("agent", answer.text, self.now))

    async def all(self, texts: Iterable[str]) -> list[Answer]:
        """Play the texts one after the other."""
        return [await self.text(t) for t in texts]

    def transcript(self) -> str:
        """The conversation as it would stand on the phone."""
        who = {"caller": "  caller", "agent": "   agent", "staff": "   staff", "system": "  system"}
        return "\n".join(f"{who[line.author]}  {line.body}" for line in self.lines)

    def show(self) -> None:
        """Print it."""
        sys.stdout.write(self.transcript() + "\n\n")
