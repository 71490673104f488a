from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from texting.first_text import CallerFacts, MissedCall, Send, Skip, decide

NOW = datetime(2026, 11, 23, 15, tzinfo=UTC)
CALL = MissedCall(from_number="+12075550123", to_number="+12075550100", at=NOW, daypart="open")
FACTS = CallerFacts(
    business_numbers=frozenset({"+12075550100", "+12075550101"}),
    staff_numbers=frozenset({"+12075550111"}),
)


def test_a_missed_caller_is_texted() -> None:
    assert decide(CALL, FACTS) == Send("open")
    assert decide(replace(CALL, daypart="after_hours"), FACTS) == Send("after_hours")


@pytest.mark.parametrize(
    ("call", "reason"),
    [
        (replace(CALL, from_number="", untextable="anonymous"), "anonymous"),
        (replace(CALL, from_number=None), "anonymous"),
        (replace(CALL, from_number="+266696687", untextable="anonymous"), "anonymous"),
        (replace(CALL, from_number="88888", untextable="short_code"), "short_code"),
        (replace(CALL, from_number="+12075550100"), "own_number"),
        (replace(CALL, from_number="+12075550101"), "own_number"),
        (replace(CALL, from_number="+12075550111"), "staff_number"),
        (replace(CALL, duplicate=True), "duplicate"),
    ],
)
def test_some_callers_cannot_be_texted(call: MissedCall, reason: str) -> None:
    assert decide(call, FACTS) == Skip(reason)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("facts", "reason"),
    [
        (replace(FACTS, do_not_text=True, opted_out=True), "do_not_text"),
        (replace(FACTS, opted_out=True, line_type="landline"), "opted_out"),
        (replace(FACTS, line_type="landline", registered=False), "landline"),
        (replace(FACTS, registered=False), "not_registered"),
    ],
)
def test_the_first_reason_is_the_one_recorded(facts: CallerFacts, reason: str) -> None:
    assert decide(CALL, facts) == Skip(reason)  # type: ignore[arg-type]


@pytest.mark.parametrize("line_type", [None, "mobile", "nonFixedVoip", "fixedVoip", "unknown"])
def test_a_line_that_may_take_texts_gets_one(line_type: str | None) -> None:
    assert decide(CALL, replace(FACTS, line_type=line_type)) == Send("open")


def test_one_first_text_in_the_cooldown() -> None:
    recent = replace(FACTS, last_first_text_at=NOW - timedelta(hours=23, minutes=59))
    assert decide(CALL, recent) == Skip("cooldown")
    assert decide(CALL, replace(recent, last_first_text_at=NOW - timedelta(hours=24))) == Send(
        "open"
    )
    assert decide(CALL, replace(recent, cooldown_hours=0.01)) == Send("open")


@pytest.mark.parametrize(
    ("owner", "status", "expected"),
    [
        ("agent", "in_conversation", Skip("open_conversation")),
        ("agent", "texted", Send("open")),
        ("agent", "booked", Send("open")),
        ("queue", "follow_up_needed", Skip("open_conversation")),
        ("staff", "in_conversation", Skip("open_conversation")),
        (None, None, Send("open")),
    ],
)
def test_an_open_conversation_goes_on(
    owner: str | None, status: str | None, expected: Send | Skip
) -> None:
    facts = replace(FACTS, lead_status=status, last_message_at=NOW - timedelta(hours=1))
    facts = replace(facts, owner=owner)  # type: ignore[arg-type]
    assert decide(CALL, facts) == expected


def test_an_old_conversation_is_not_open() -> None:
    facts = replace(FACTS, owner="staff", last_message_at=NOW - timedelta(hours=24))
    assert decide(CALL, facts) == Send("open")
