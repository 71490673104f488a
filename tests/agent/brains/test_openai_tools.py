"""What a model may ask of the tools: read strictly, in the business's own time."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from agent.brains import FindTimes, LookUp, MyBookings
from agent.brains.openai_tools import ModelCall, asked
from agent.state import Ledger
from tests.agent.brains.turns import offered, thinking


def call(name: str, **arguments: Any) -> ModelCall:
    return ModelCall("c1", name, json.dumps(arguments))


def times(**changed: Any) -> ModelCall:
    blank: dict[str, Any] = {
        "service": "drain",
        "start": None,
        "end": None,
        "exact": None,
        "daypart": None,
        "weekdays": None,
        "soonest": False,
        "other_times": False,
    }
    return call("find_times", **(blank | changed))


def asked_one(made: ModelCall, ledger: Ledger | None = None) -> Any:
    (one,) = asked((made,), thinking("hi").view, ledger or Ledger())
    return one.call or one.code


def test_local_times_become_instants() -> None:
    got = asked_one(times(start="2026-11-27T12:00", end="2026-11-27T17:00", daypart="afternoon"))
    assert got == FindTimes(
        "drain",
        start=datetime(2026, 11, 27, 17, tzinfo=UTC),
        end=datetime(2026, 11, 27, 22, tzinfo=UTC),
        daypart="afternoon",
    )


def test_a_bare_date_is_the_whole_day() -> None:
    got = asked_one(times(start="2026-11-27", end="2026-11-27"))
    assert got.end - got.start == timedelta(days=1)


def test_an_offset_is_believed() -> None:
    got = asked_one(times(exact="2026-11-27T15:00-05:00"))
    assert got.exact == datetime(2026, 11, 27, 20, tzinfo=UTC)


def test_days_of_the_week_are_numbers() -> None:
    assert asked_one(times(weekdays=["mon", "fri"])).weekdays == frozenset({0, 4})


def test_other_times_leave_out_what_was_offered() -> None:
    ledger = offered(9, 14)
    assert asked_one(times(other_times=True), ledger).exclude == {
        t.starts_at for t in ledger.times.values()
    }


@pytest.mark.parametrize(
    ("made", "code"),
    [
        (call("refund", amount=1), "unknown_tool"),
        (call("find_times"), "bad_arguments:service"),
        (times(service="piano"), "unknown_service"),
        (times(start="next friday"), "bad_arguments:time"),
        (times(start="9999-12-31"), "beyond_calendar"),
        (times(end="9999-12-31"), "bad_arguments:time"),
        (times(start="0001-01-01"), "beyond_calendar"),
        (times(start="2026-11-28", end="2026-11-27"), "empty_window"),
        (times(exact="2026-11-23T09:00"), "empty_window"),
        (times(daypart="night"), "bad_arguments:daypart"),
        (times(weekdays=["someday"]), "bad_arguments:weekdays"),
        (times(business_id="other"), "bad_arguments:json"),
        (ModelCall("c", "find_times", '{"service":'), "bad_arguments:json"),
        (call("look_up", question="   "), "bad_arguments:question"),
        (call("my_bookings", phone="+12075550143"), "bad_arguments:json"),
    ],
    ids=str,
)
def test_what_cannot_be_asked_is_answered_with_a_code(made: ModelCall, code: str) -> None:
    assert asked_one(made) == code


def test_the_other_tools_are_plain() -> None:
    assert asked_one(call("look_up", question=" do you\n take cards ")) == LookUp(
        "do you take cards"
    )
    assert asked_one(ModelCall("c", "my_bookings", "")) == MyBookings()


def test_only_the_first_few_calls_are_run() -> None:
    calls = tuple(ModelCall(f"c{n}", "my_bookings", "{}") for n in range(9))
    run = [one.call is not None for one in asked(calls, thinking("hi").view, Ledger())]
    assert run == [True] * 4 + [False] * 5
