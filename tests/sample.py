"""A business for tests: like those people run, with numbers that no other test has."""

import itertools
import os
from typing import Any

from core.profile import Profile

_numbers = itertools.count(1)


def fresh_phone() -> str:
    """An E.164 number that no other test of this run uses (a possible number, not a real one)."""
    return f"+1207{os.getpid() % 1000:03d}{next(_numbers):04d}"


def sample_profile(**changes: Any) -> Profile:
    """A plumber in Portland, Maine; any section may be replaced by name."""
    dana, lee = fresh_phone(), fresh_phone()
    document: dict[str, Any] = {
        "slug": f"plumber-{fresh_phone()[2:]}",
        "name": "Harbor Plumbing",
        "vertical": "home_services",
        "timezone": "America/New_York",
        "booking_link": "https://book.harborplumbing.example/new",
        "address": "12 Wharf St, Portland, ME 04101",
        "phone_numbers": [
            {"number": fresh_phone(), "mode": "front", "ring": [dana, lee], "ring_seconds": 20}
        ],
        "hours": {
            "mon": ["08:00-12:00", "13:00-17:00"],
            "tue": ["08:00-17:00"],
            "wed": ["08:00-17:00"],
            "thu": ["08:00-17:00"],
            "fri": ["08:00-16:00"],
        },
        "staff": [
            {"key": "dana", "name": "Dana Ruiz", "phone": dana, "role": "owner"},
            {"key": "lee", "name": "Lee Park", "phone": lee},
        ],
        "services": [
            {
                "key": "drain",
                "name": "Drain cleaning",
                "also_called": ["clogged sink", "clogged drain", "slow drain"],
                "minutes": 60,
                "buffer_after_minutes": 30,
                "price": "from $129",
                "staff": ["dana", "lee"],
            },
            {
                "key": "water-heater",
                "name": "Water heater repair",
                "also_called": ["no hot water", "pilot light"],
                "minutes": 90,
                "buffer_after_minutes": 30,
                "price": "$95 visit, then by quote",
                "staff": ["dana"],
            },
        ],
        "intake": ["service", "zip", "name"],
        "service_area": {"zips": ["04101", "04102", "04103"]},
        "booking": {
            "min_notice_minutes": 120,
            "max_days_ahead": 30,
            "slot_minutes": 30,
            "offer": 3,
        },
        "knowledge": [
            {
                "q": "Are you licensed and insured?",
                "a": "Yes. Dana is a licensed master plumber and we carry full liability insurance.",
            },
            {
                "q": "Which payment methods do you take?",
                "a": "Cash, all major cards, and checks from Maine banks.",
            },
        ],
        "handoff": {"notify": ["dana"], "escalate_after_minutes": 10},
        "texting": {"nudge_after_hours": 20},
    }
    for key, value in changes.items():
        if isinstance(value, dict) and isinstance(document.get(key), dict):
            document[key] = {**document[key], **value}
        elif value is None:
            document.pop(key, None)
        else:
            document[key] = value
    return Profile.model_validate(document)
