"""What a caller is told: computed from the hours, and kept."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, strategies as st

from core.hours import of_profile
from desk.promise import promise, understood
from tests.sample import sample_profile

OWNER = "within the hour during opening hours"


def at(day: int, hour: int, minute: int = 0) -> datetime:
    """December 2026, in UTC; New York is five hours behind. Dec 1 is a Tuesday."""
    return datetime(2026, 12, day, hour, minute, tzinfo=UTC)


@pytest.mark.parametrize(
    ("now", "words", "due"),
    [
        (at(1, 15), "within the hour", at(1, 16)),  # Tue 10:00, open until 17:00
        (at(1, 21), "within the hour", at(1, 22)),  # just fits before closing
        (at(1, 21, 45), "Wed Dec 2 by 8:45 AM", at(2, 13, 45)),
        (at(1, 3), "Tue Dec 1 by 9:00 AM", at(1, 14)),  # Monday night, 22:00
        (at(4, 23), "Mon Dec 7 by 9:00 AM", at(7, 14)),  # Friday evening
        (at(7, 16, 30), "today by 1:30 PM", at(7, 18, 30)),  # half an hour before lunch
    ],
)
def test_the_owners_hour_is_counted_in_opening_hours(
    now: datetime, words: str, due: datetime
) -> None:
    said = promise(sample_profile(handoff={"reply_promise": OWNER}), now)
    assert (said.words, said.due_at) == (words, due)


@pytest.mark.parametrize(
    ("minutes", "words", "due"),
    [(10, "today by 10:35 AM", at(1, 15, 35)), (20, "today by 10:50 AM", at(1, 15, 50))],
)
def test_our_own_promise_leaves_time_to_tell_everybody(
    minutes: int, words: str, due: datetime
) -> None:
    profile = sample_profile(handoff={"escalate_after_minutes": minutes})
    said = promise(profile, at(1, 15, 3))
    assert (said.words, said.due_at) == (words, due)


@pytest.mark.parametrize(
    ("written", "words"),
    [
        ("in 20 minutes", "within 20 minutes"),
        ("within 2 hours", "within 2 hours"),
        ("Within half an hour!", "within 30 minutes"),
        ("within 90 min", "within 90 minutes"),
        ("by the end of the day", "today by 5:00 PM"),
        ("same day", "today by 5:00 PM"),
        ("within 24 hours", "Wed Dec 2 by 5:00 PM"),
        ("next business day", "Wed Dec 2 by 5:00 PM"),
        ("within 2 business days", "Thu Dec 3 by 5:00 PM"),
        ("when Dana is off the ladder", "as soon as possible"),
    ],
)
def test_an_owners_words_are_used_only_as_far_as_they_are_understood(
    written: str, words: str
) -> None:
    assert promise(sample_profile(handoff={"reply_promise": written}), at(1, 15)).words == words


@pytest.mark.parametrize("urgency", ["urgent", "life"])
def test_in_danger_no_time_is_named(urgency: str) -> None:
    said = promise(sample_profile(), at(1, 3), urgency=urgency)
    assert said.words == "as soon as possible"
    assert said.due_at == at(1, 3) + timedelta(minutes=10)


@pytest.mark.parametrize(
    ("changes", "now", "words"),
    [
        ({"reply_promise": OWNER}, at(1, 15), "dentro de una hora"),
        ({}, at(1, 15), "hoy antes de las 10:30 AM"),
        ({"reply_promise": "en 2 horas"}, at(1, 15), "dentro de 2 horas"),
        ({}, at(7, 17), "hoy antes de la 1:30 PM"),
        ({}, at(1, 23), "mié 2 dic antes de las 8:30 AM"),
    ],
)
def test_it_is_said_in_spanish(changes: dict[str, Any], now: datetime, words: str) -> None:
    assert promise(sample_profile(handoff=changes), now, language="es").words == words


@pytest.mark.parametrize("hours", [{}, {"mon": []}])
def test_without_any_opening_no_time_is_named(hours: dict[str, Any]) -> None:
    document = sample_profile().model_dump(mode="json") | {"hours": hours}
    said = promise(type(sample_profile()).model_validate(document), at(1, 15))
    assert said.words == "as soon as possible"
    assert said.due_at > at(1, 15)


def test_words_we_understand_have_minutes() -> None:
    assert understood(OWNER) == 60
    assert understood("within 24 hours") is None
    assert understood("soon") is None


@given(
    st.datetimes(datetime(2026, 3, 1), datetime(2026, 12, 31), timezones=st.just(UTC)),  # noqa: DTZ001
    st.sampled_from([None, OWNER, "within 2 hours", "same day", "tomorrow"]),
)
def test_a_promise_falls_due_in_opening_hours(now: datetime, written: str | None) -> None:
    profile = sample_profile(handoff={"reply_promise": written})
    said = promise(profile, now)
    hours = of_profile(profile)
    assert said.due_at > now
    assert hours.is_open(said.due_at) or hours.is_open(said.due_at - timedelta(minutes=5))
