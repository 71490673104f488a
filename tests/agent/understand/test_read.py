"""A whole reading, its JSON, and that no text breaks it."""

from datetime import datetime, timedelta
from typing import get_args
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, strategies as st

from agent.understand.intents import Intent
from agent.understand.language import language_of
from agent.understand.read import Context, read
from agent.understand.service import ServiceWords
from agent.understand.window import read_when
from agent.understand.window_when import Kind

ZONE = ZoneInfo("America/New_York")
NOW = datetime(2026, 11, 24, 10, 0, tzinfo=ZONE)
OFFERS = (NOW + timedelta(days=1), NOW + timedelta(days=1, hours=3), NOW + timedelta(days=2))
CONTEXT = Context(NOW, ZONE, (ServiceWords("drain", "Drain cleaning", ("clogged sink",)),))
OFFERED = Context(NOW, ZONE, offers=OFFERS, asked="slot")


def test_json_is_the_contracts() -> None:
    said = read("clogged sink tmrw after 3, 04103. its Jo", CONTEXT).to_json(None)
    assert said == {
        "intents": ["book"],
        "opt_out": None,
        "when": {
            "start": "2026-11-25T15:00:00-05:00",
            "end": "2026-11-26T00:00:00-05:00",
            "kind": "window",
            "ambiguous": False,
        },
        "service": "drain",
        "zip": "04103",
        "name": "Jo",
        "choice": None,
    }


def test_opt_out_is_passed_through() -> None:
    assert read("STOP", CONTEXT).to_json("stop")["opt_out"] == "stop"


def test_a_bare_number_is_a_choice_and_no_time() -> None:
    said = read("2", CONTEXT)
    assert said.when is None
    assert said.intents == {Intent.CHOOSE}
    assert said.to_json(None)["choice"] == 2
    assert read("2", OFFERED).to_json(None)["choice"] == 2


def test_a_bare_number_is_a_time_when_one_was_asked_for() -> None:
    said = read("10", Context(NOW, ZONE, asked="when"))
    assert said.when is not None
    assert said.when.ambiguous


def test_a_number_beyond_the_offers_chooses_nothing() -> None:
    said = read("4", OFFERED)
    assert said.to_json(None)["choice"] is None
    assert Intent.CHOOSE not in said.intents


def test_a_zip_that_corrects() -> None:
    said = read("no, 04103", CONTEXT)
    assert said.intents == {Intent.DENY, Intent.CORRECTION}
    assert said.zip == "04103"
    assert said.when is None


def test_a_day_and_a_question() -> None:
    said = read("friday, and do you take cards?", CONTEXT)
    assert said.when is not None
    assert Intent.QUESTION in said.intents


def test_neither_denies() -> None:
    assert Intent.DENY in read("neither", OFFERED).intents


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("can you come tomorrow", "en"), ("ok", "en"), ("", "en"), ("no", "en"), ("Hola, necesito un plomero mañana por la mañana", "es"), ("cuanto cuesta", "es"),
        ("Bonjour, vous êtes ouverts samedi ?", "other"), ("Нужен электрик срочно", "other"), ("mwen bezwen yon doktè", "other"), ("Oi, preciso consertar o ar condicionado", "other"),
        ("Ich brauche einen Termin", "other"), ("\U0001f44d", "en"), ("no hot water", "en"), ("me and my son need haircuts", "en"),
    ],
)  # fmt: skip
def test_language(text: str, language: str) -> None:
    assert language_of(text) == language


PIECES = st.sampled_from(
    [
        "next",
        "this",
        "mon",
        "tues",
        "friday",
        "the",
        "3rd",
        "31st",
        "12",
        "9",
        "2:30",
        "25:61",
        "am",
        "pm",
        "after",
        "before",
        "between",
        "and",
        "or",
        "to",
        "-",
        "from",
        "until",
        "in",
        "hours",
        "days",
        "weeks",
        "dec",
        "feb",
        "29",
        "2/30",
        "morning",
        "noon",
        "midnight",
        "week",
        "of",
        "weekend",
        "not",
        "but",
        "tomorrow",
        "first",
        "last",
        "year",
        "easter",
        "a",
        "half",
        "past",
        "quarter",
        "@",
        ",",
        ".",
        "?",
        "mañana",
        "las",
        "de",
        "por",
        "la",
        "tarde",
        "EST",
    ]
)
TEXTS = st.one_of(st.text(max_size=80), st.lists(PIECES, max_size=9).map(" ".join))
MOMENTS = st.integers(0, 20 * 365 * 24 * 60).map(
    lambda minutes: datetime(2020, 1, 1, tzinfo=ZONE) + timedelta(minutes=minutes)
)


@given(TEXTS, MOMENTS)
def test_no_text_breaks_the_grammar(text: str, now: datetime) -> None:
    when = read_when(text, now, ZONE)
    if when is None:
        return
    assert when.kind in get_args(Kind)
    assert when.start is None or when.start.tzinfo is ZONE
    assert when.end is None or when.end.tzinfo is ZONE
    assert when.start or when.end or when.excludes
    if when.start and when.end:
        assert when.end > when.start
    when.admits(now)


@given(TEXTS, MOMENTS)
def test_no_text_breaks_the_reading(text: str, now: datetime) -> None:
    context = Context(
        now, ZONE, CONTEXT.services, "name", [now + timedelta(hours=h) for h in (1, 5, 26)]
    )
    said = read(text, context).to_json(None)
    assert set(said) == {"intents", "opt_out", "when", "service", "zip", "name", "choice"}
    assert said["choice"] in (None, 1, 2, 3)
