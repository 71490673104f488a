"""A plumber, a caller and a Monday morning: what the tests of the agent's words stand on."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from agent.plan import Act, Heard, Piece, TurnPlan
from agent.state import BookingSeen, Ledger, Line, Outcome, Passage, TimeSeen, TurnView
from agent.understand.read import Context, read
from agent.understand.service import ServiceWords
from core.profile import Profile

NOW = datetime(2026, 11, 23, 15, 0, tzinfo=UTC)
"""Monday, 10:00 AM in Portland."""

DOCUMENT: dict[str, Any] = {
    "slug": "harbor",
    "name": "Harbor Plumbing",
    "vertical": "home_services",
    "timezone": "America/New_York",
    "languages": ["en", "es"],
    "booking_link": "https://book.harborplumbing.example/new",
    "website": "https://harborplumbing.example",
    "address": "12 Wharf St, Portland, ME 04101",
    "hours": {
        "mon": ["08:00-12:00", "13:00-17:00"],
        "tue": ["08:00-17:00"],
        "wed": ["08:00-17:00"],
        "thu": ["08:00-17:00"],
        "fri": ["08:00-16:00"],
    },
    "exceptions": [
        {"date": "2026-11-26", "closed": True, "note": "Thanksgiving"},
        {"date": "2026-12-05", "hours": ["09:00-13:00"]},
    ],
    "staff": [
        {"key": "dana", "name": "Dana Ruiz", "role": "owner"},
        {"key": "lee", "name": "Lee Park"},
        {"key": "osei", "name": "Dr. Osei"},
    ],
    "services": [
        {
            "key": "drain",
            "name": "Drain cleaning",
            "also_called": ["clogged sink", "clogged drain", "slow drain"],
            "minutes": 60,
            "price": "from $129",
            "staff": ["dana", "lee"],
        },
        {
            "key": "leak",
            "name": "Leak repair",
            "also_called": ["dripping faucet", "leaking pipe", "burst pipe"],
            "minutes": 60,
            "price": "$95 visit, then by quote",
            "first_aid": "Shut the main valve; it is usually by the water meter",
            "intake": ["address"],
        },
        {"key": "advice", "name": "Advice visit", "minutes": 30},
    ],
    "intake": ["service", "zip", "name"],
    "service_area": {"zips": ["04101", "04102"]},
}

PASSAGES = (
    Passage("K1", "Are you licensed and insured?", "Yes. Dana is a Maine licensed master plumber (MS90012345) and we carry full liability insurance.", 0.9),
    Passage("K2", "Do you work on weekends?", "We are open Monday to Friday. Some Saturdays before holidays we open in the morning.", 0.8),
    Passage("K3", "Do you do gas lines?", "No, sorry. We don't work on gas lines.", 0.7),
    Passage("K4", "Do you fix boats?", "Perhaps.", 0.1),
    Passage("K5", "Drain cleaning", "from $129", 1.0, service_key="drain"),
    Passage("K6", "Tell me everything", "We have a long story to tell about that. " * 14, 0.9),
)  # fmt: skip


def profile(**changes: Any) -> Profile:
    """The plumber, any section replaced."""
    return Profile.model_validate({**DOCUMENT, **changes})


def local(day: int, hour: int, minute: int = 0) -> datetime:
    """A day of this November (31 is the first of December) on Portland's clock, in UTC."""
    return datetime(2026, 11, 1, hour + 5, minute, tzinfo=UTC) + timedelta(days=day - 1)


def time(name: str, day: int, hour: int, minute: int = 0, **changes: Any) -> TimeSeen:
    """A bookable start; offered unless told otherwise."""
    start = local(day, hour, minute)
    seen = TimeSeen(name, "drain", "lee", start, start + timedelta(hours=1), offered=True)
    return replace(seen, **changes)


THREE = (time("S1", 31, 9), time("S2", 31, 11), time("S3", 32, 14, 30))
"""Tue Dec 1 at 9:00 AM and 11:00 AM, Wed Dec 2 at 2:30 PM."""


def booking(name: str = "B1", day: int = 27, hour: int = 10, **changes: Any) -> BookingSeen:
    """A booking of this caller's."""
    return replace(
        BookingSeen(name, f"id-{name}", "drain", "lee", local(day, hour), "confirmed"), **changes
    )


def ledger(
    times: Sequence[TimeSeen] = (),
    bookings: Sequence[BookingSeen] = (),
    passages: Sequence[Passage] = (),
    relaxed: tuple[str, ...] = (),
) -> Ledger:
    """What a turn may state."""
    return Ledger(
        {t.id: t for t in times}, {p.id: p for p in passages}, {b.id: b for b in bookings}, relaxed
    )


KNOWN: Mapping[str, str] = {"service": "drain", "zip": "04101", "name": "Ana Ruiz"}


def view(*texts: str, of: Ledger | None = None, **changes: Any) -> TurnView:
    """A turn of which these are the texts, read as the product reads them."""
    business: Profile = changes.pop("profile", None) or profile()
    asked = changes.pop("asked", None)
    zone = business.zone
    offers = [t.starts_at.astimezone(zone) for t in (of.offered() if of else ())]
    services = [ServiceWords(s.key, s.name, s.also_called) for s in business.services]
    context = Context(
        now=NOW.astimezone(zone), zone=zone, services=services, asked=asked, offers=offers
    )
    facts: dict[str, Any] = {
        "language": "en",
        "caller_name": None,
        "pictures": 0,
        "transcript": (),
        "known": {},
        "disclosed": True,
        "reading": read("\n".join(texts), context),
    }
    return TurnView(profile=business, now=NOW, texts=texts, asked=asked, **{**facts, **changes})


def plan(
    *say: Piece, acts: Sequence[Act] = (), heard: Sequence[Heard] = (), language: str = "en"
) -> TurnPlan:
    """A proposed plan."""
    return TurnPlan.model_validate(
        {"language": language, "heard": tuple(heard), "acts": tuple(acts), "say": tuple(say)}
    )


def our_text(body: str) -> Line:
    """A text of the agent's in the transcript."""
    return Line("agent", body, NOW - timedelta(minutes=1))


def their_text(body: str) -> Line:
    """An earlier text of the caller's."""
    return Line("caller", body, NOW - timedelta(minutes=2))


def booked(slot: TimeSeen) -> Outcome:
    """The outcome of a committed booking."""
    return Outcome("booked", slot.service_key, slot.staff_key, slot.starts_at)
