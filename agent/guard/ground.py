"""What one text may state: gathered from rows, never from what a brain wrote."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

import prompts
from agent.state import Ledger, Outcome, TurnView
from core.hours import parse_span, spoken_date, spoken_time
from core.profile import WEEKDAYS, Profile
from texting.segments import fold

_WORD = re.compile(r"[^\W\d_]+(?:['\u2019.-][^\W\d_]+)*")
_TOO_SHORT = 2


@dataclass(frozen=True)
class Ground:
    """What may be stated.

    Attributes:
        owners: Whole strings of the business's own, the longest first: they may stand as they are.
        times: Spoken date to the clocks that belong to it.
        hours: Weekday (0 is Monday) to its spans in minutes.
        closed: Spoken dates on which it is closed.
        open_on: Spoken dates with hours of their own, and their spans.
        names: Case-folded words that may stand with a capital.
        digits: Runs of digits that the caller wrote.
        kinds: What the acts did.
        promises: The computed promises, as they are said.
        max_segments: The owner's budget.
    """

    owners: tuple[str, ...] = ()
    times: dict[str, frozenset[str]] | None = None
    hours: dict[int, tuple[tuple[int, int], ...]] | None = None
    closed: frozenset[str] = frozenset()
    open_on: dict[str, tuple[tuple[int, int], ...]] | None = None
    names: frozenset[str] = frozenset()
    digits: frozenset[str] = frozenset()
    kinds: frozenset[str] = frozenset()
    promises: tuple[str, ...] = ()
    max_segments: int = 2


def ground_of(view: TurnView, ledger: Ledger, outcomes: tuple[Outcome, ...]) -> Ground:
    """All that this turn's text may state."""
    profile = view.profile
    caller = [*view.texts, *(x.body for x in view.transcript if x.author == "caller")]
    caller += [*view.known.values(), view.caller_name or ""]
    promises = tuple(fold(o.promise).strip().rstrip(".") for o in outcomes if o.promise)
    owners = (*_owners(profile, ledger), *_safety_lines(), *promises)
    return Ground(
        owners=tuple(
            sorted(
                {fold(o).strip() for o in owners if len(o.strip()) >= _TOO_SHORT},
                key=len,
                reverse=True,
            )
        ),
        times=_times(view, ledger, outcomes),
        hours=_hours(profile),
        closed=frozenset(day for at in _noons(profile, closed=True) for day in _dates(at, view)),
        open_on=_open_on(view),
        names=frozenset(_words([*caller, *_names(profile)])),
        digits=frozenset(found for text in caller for found in re.findall(r"\d+", text)),
        kinds=frozenset(o.kind for o in outcomes),
        promises=promises,
        max_segments=profile.texting.max_segments,
    )


def _owners(profile: Profile, ledger: Ledger) -> Iterator[str]:
    """Strings of the owner's that may be sent as they are."""
    whole = (
        profile.name,
        profile.address,
        profile.booking_link,
        profile.website,
        profile.texting.disclosure,
    )
    yield from (one for one in whole if one)
    for service in profile.services:
        yield from (one for one in (service.name, service.first_aid) if one)
        if service.price:
            yield service.price.strip().rstrip(".")
    yield from (person.name for person in profile.staff)
    for passage in ledger.passages.values():
        yield " ".join(passage.answer.split())


def _safety_lines() -> Iterator[str]:
    for language in ("en", "es"):
        yield from prompts.variants(f"speech/facts.safety.{language}")


def _names(profile: Profile) -> list[str]:
    return [profile.name, *(p.name for p in profile.staff), *(s.name for s in profile.services)]


def _words(texts: Iterable[str]) -> Iterator[str]:
    for text in texts:
        for word in _WORD.findall(fold(text)):
            yield word.casefold().removesuffix("'s").strip(".")


def _times(
    view: TurnView, ledger: Ledger, outcomes: tuple[Outcome, ...]
) -> dict[str, frozenset[str]]:
    """Each date that may be named, with the clocks that may stand behind it."""
    instants = [t.starts_at for t in ledger.times.values()]
    instants += [b.starts_at for b in ledger.bookings.values()]
    instants += [o.starts_at for o in outcomes if o.starts_at is not None]
    instants += [t.starts_at for o in outcomes for t in o.fresh]
    times: dict[str, frozenset[str]] = {}
    for at in instants:
        for day in _dates(at, view):
            times[day] = times.get(day, frozenset()) | {spoken_time(at, view.profile.zone)}
    return times


def _dates(at: datetime, view: TurnView) -> tuple[str, str]:
    zone = view.profile.zone
    return spoken_date(at, view.now, zone, "en"), spoken_date(at, view.now, zone, "es")


def _hours(profile: Profile) -> dict[int, tuple[tuple[int, int], ...]]:
    return {
        WEEKDAYS.index(day): tuple(parse_span(s) for s in spans)
        for day, spans in profile.hours.items()
    }


def _noons(profile: Profile, *, closed: bool) -> Iterator[datetime]:
    for one in profile.exceptions:
        if one.closed is closed:
            yield datetime(one.date.year, one.date.month, one.date.day, 12, tzinfo=profile.zone)


def _open_on(view: TurnView) -> dict[str, tuple[tuple[int, int], ...]]:
    profile = view.profile
    spans = {
        e.date: tuple(parse_span(s) for s in e.hours) for e in profile.exceptions if not e.closed
    }
    return {
        day: spans[at.date()] for at in _noons(profile, closed=False) for day in _dates(at, view)
    }
