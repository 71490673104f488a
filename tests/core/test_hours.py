from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given, settings, strategies as st

from core.hours import (
    Hours,
    daypart,
    minute_ceil,
    minute_floor,
    parse_span,
    spoken,
    spoken_day,
    spoken_time,
    zone_named,
)

NEW_YORK = zone_named("America/New_York")
NOON_BREAK = Hours(
    NEW_YORK,
    {0: ((480, 720), (780, 1020)), 1: ((480, 1020),), 4: ((1320, 120),)},
    {date(2026, 12, 1): ((600, 660),)},
    ((date(2026, 12, 5), date(2026, 12, 6)),),
)
ALWAYS = Hours(NEW_YORK, dict.fromkeys(range(7), ((0, 1440),)))
NEVER = Hours(NEW_YORK, {})


def at(text: str) -> datetime:
    return datetime.fromisoformat(text)


def clocks(spans: list[tuple[datetime, datetime]]) -> list[str]:
    return [f"{start:%d %H:%M}-{end:%d %H:%M}" for start, end in spans]


def test_a_break_at_noon_is_closed_and_ends_are_exclusive() -> None:
    assert NOON_BREAK.is_open(at("2026-11-30T11:59:59-05:00"))
    assert not NOON_BREAK.is_open(at("2026-11-30T12:00-05:00"))
    assert daypart(NOON_BREAK, at("2026-11-30T13:00-05:00")) == "open"
    assert daypart(NOON_BREAK, at("2026-11-29T13:00-05:00")) == "after_hours"


def test_an_exception_replaces_its_date_alone() -> None:
    assert not NOON_BREAK.is_open(at("2026-12-01T09:00-05:00"))
    assert NOON_BREAK.is_open(at("2026-12-01T10:30-05:00"))
    assert NOON_BREAK.is_open(at("2026-12-08T09:00-05:00"))


def test_a_night_ends_on_the_next_date_and_a_closure_cuts_it() -> None:
    assert NOON_BREAK.is_open(at("2026-11-28T01:59-05:00"))
    assert not NOON_BREAK.is_open(at("2026-12-05T00:30-05:00"))
    assert NOON_BREAK.is_open(at("2026-12-04T23:30-05:00"))


def test_an_exception_does_not_cut_the_night_before() -> None:
    closed_saturday = Hours(NEW_YORK, NOON_BREAK.weekly, {date(2026, 12, 5): ()})
    assert closed_saturday.is_open(at("2026-12-05T00:30-05:00"))


def test_spans_are_real_instants_in_utc_cut_to_the_question() -> None:
    spans = NOON_BREAK.open_spans(at("2026-11-30T08:30:30-05:00"), at("2026-11-30T14:00-05:00"))
    assert clocks(spans) == ["30 13:30-30 17:00", "30 18:00-30 19:00"]
    assert spans[0][0] == at("2026-11-30T13:30:30Z")
    assert spans[0][0].tzinfo is UTC


def test_a_skipped_hour_is_never_open_and_a_repeated_one_is_open_twice() -> None:
    nights = Hours(NEW_YORK, {6: ((0, 240),)})
    spring = nights.open_seconds_between(at("2027-03-14T00:00-05:00"), at("2027-03-15T00:00-04:00"))
    autumn = nights.open_seconds_between(at("2026-11-01T00:00-04:00"), at("2026-11-02T00:00-05:00"))
    assert (spring, autumn) == (3 * 3600, 5 * 3600)


def test_half_of_a_repeated_hour_is_open_in_both_passes() -> None:
    hours = Hours(NEW_YORK, {6: ((0, 90),)})
    spans = hours.open_spans(at("2026-11-01T00:00-04:00"), at("2026-11-02T00:00-05:00"))
    assert clocks(spans) == ["01 04:00-01 05:30", "01 06:00-01 06:30"]


def test_the_next_opening_is_now_when_open_else_the_next_start() -> None:
    open_now = at("2026-11-30T09:00-05:00")
    assert NOON_BREAK.next_opening(open_now) == open_now
    assert NOON_BREAK.next_opening(at("2026-11-30T12:10-05:00")) == at("2026-11-30T13:00-05:00")
    assert NOON_BREAK.next_opening(at("2026-12-01T12:00-05:00")) == at("2026-12-04T22:00-05:00")
    assert NEVER.next_opening(open_now) is None


def test_it_closes_at_the_end_of_the_run() -> None:
    assert NOON_BREAK.closes_at(at("2026-11-30T09:00-05:00")) == at("2026-11-30T12:00-05:00")
    assert NOON_BREAK.closes_at(at("2026-11-27T23:00-05:00")) == at("2026-11-28T02:00-05:00")
    assert NOON_BREAK.closes_at(at("2026-11-30T12:30-05:00")) is None
    assert ALWAYS.closes_at(at("2026-11-30T12:30-05:00")) is None


def test_a_run_longer_than_a_week_still_ends() -> None:
    holiday = Hours(NEW_YORK, ALWAYS.weekly, {date(2026, 12, 14): ()})
    assert holiday.closes_at(at("2026-11-30T12:30-05:00")) == at("2026-12-14T00:00-05:00")


def test_a_promise_counts_open_minutes_alone() -> None:
    late = at("2026-11-30T16:40-05:00")
    assert NOON_BREAK.open_minutes_after(late, 20) == at("2026-11-30T17:00-05:00")
    assert NOON_BREAK.open_minutes_after(late, 60) == at("2026-12-01T10:40-05:00")
    assert NOON_BREAK.open_minutes_after(late, 0) == late
    assert NEVER.open_minutes_after(late, 1) is None


def test_open_seconds_leave_the_night_out() -> None:
    start, end = at("2026-11-30T16:59:30-05:00"), at("2026-12-01T10:00:15-05:00")
    assert NOON_BREAK.open_seconds_between(start, end) == 45
    assert NOON_BREAK.open_seconds_between(end, start) == 0


@settings(deadline=None, derandomize=True)
@given(
    st.sampled_from(
        [
            ("America/New_York", "2026-11-01T04:00Z"),
            ("Australia/Lord_Howe", "2026-10-03T12:00Z"),
            ("America/Santiago", "2026-09-05T20:00Z"),
            ("Pacific/Apia", "2011-12-29T12:00Z"),
            ("Asia/Kathmandu", "2026-12-01T00:00Z"),
        ]
    ),
    st.lists(st.tuples(st.integers(0, 1439), st.integers(0, 1440)), min_size=1, max_size=2),
    st.booleans(),
    st.integers(0, 2880),
)
def test_spans_and_membership_agree_on_every_minute(
    place: tuple[str, str], day: list[tuple[int, int]], shut: bool, minute: int
) -> None:
    start = at(place[1])
    zone = zone_named(place[0])
    middle = (start + timedelta(days=1)).astimezone(zone).date()
    closures = ((middle, middle),) if shut else ()
    hours = Hours(zone, dict.fromkeys(range(7), tuple(day)), {}, closures)
    asked = start + timedelta(minutes=minute)
    spans = hours.open_spans(start, start + timedelta(days=3))
    assert hours.is_open(asked) is any(lo <= asked < hi for lo, hi in spans)


@pytest.mark.parametrize(
    ("text", "span"),
    [
        ("08:00-12:00", (480, 720)),
        ("8:00 - 24:00", (480, 1440)),
        ("22:00-02:00", (1320, 120)),
        ("00:00-00:00", (0, 0)),
        ("09:00\u201317:30", (540, 1050)),
    ],
)
def test_a_span_is_read_as_minutes_since_midnight(text: str, span: tuple[int, int]) -> None:
    assert parse_span(text) == span


@pytest.mark.parametrize(
    "text", ["", "9-5", "08:00", "24:00-02:00", "08:00-24:01", "08:60-12:00", "08:00-12:00x"]
)
def test_what_is_no_span_is_refused_with_an_example(text: str) -> None:
    with pytest.raises(ValueError, match="08:00-12:00"):
        parse_span(text)


@pytest.mark.parametrize("name", ["Eastern", "../etc/passwd", "America", ""])
def test_an_unknown_zone_is_refused_with_an_example(name: str) -> None:
    with pytest.raises(ValueError, match="America/New_York"):
        zone_named(name)


def test_zones_are_those_of_the_pinned_package_not_of_the_host() -> None:
    winter = datetime(2026, 12, 1, 12, tzinfo=zone_named("America/Vancouver"))
    assert winter.utcoffset() == timedelta(hours=-7)


def test_a_time_is_spoken_with_twelve_hours() -> None:
    assert spoken_time(at("2026-12-01T20:00Z"), NEW_YORK) == "3:00 PM"
    assert spoken_time(at("2026-12-01T05:05Z"), NEW_YORK) == "12:05 AM"
    assert spoken_time(at("2026-12-01T17:00Z"), NEW_YORK) == "12:00 PM"


def test_an_hour_that_happens_twice_names_its_pass() -> None:
    assert spoken_time(at("2026-11-01T05:30Z"), NEW_YORK) == "1:30 AM EDT"
    assert spoken_time(at("2026-11-01T06:30Z"), NEW_YORK) == "1:30 AM EST"
    assert spoken_time(at("2026-11-01T07:00Z"), NEW_YORK) == "2:00 AM"
    lord_howe = zone_named("Australia/Lord_Howe")
    assert spoken_time(at("2027-04-03T14:45Z"), lord_howe) == "1:45 AM UTC+11"


def test_a_day_is_today_tomorrow_or_its_date_by_the_business_own_clock() -> None:
    now = at("2026-12-01T04:30Z")  # still 30 November in New York
    assert spoken_day(at("2026-12-01T04:59Z"), now, NEW_YORK) == "today"
    assert spoken_day(at("2026-12-01T20:00Z"), now, NEW_YORK) == "tomorrow"
    assert spoken_day(at("2026-12-02T20:00Z"), now, NEW_YORK) == "Wed Dec 2"
    assert spoken_day(at("2026-12-01T20:00Z"), now, NEW_YORK, "es") == "mañana"


def test_date_and_time_are_spoken_in_both_languages() -> None:
    now, then = at("2026-11-23T12:00Z"), at("2026-12-01T20:00Z")
    assert spoken(then, now, NEW_YORK) == "Tue Dec 1 at 3:00 PM"
    assert spoken(then, now, NEW_YORK, "es") == "mar 1 dic a las 3:00 PM"
    assert spoken(at("2026-12-05T18:00Z"), now, NEW_YORK, "es") == "sab 5 dic a la 1:00 PM"


def test_a_date_that_could_be_of_another_year_says_which() -> None:
    now, then = at("2026-11-23T12:00Z"), at("2027-11-30T20:00Z")
    assert spoken(then, now, NEW_YORK) == "Tue Nov 30 2027 at 3:00 PM"


def test_a_time_without_a_zone_is_an_error_everywhere() -> None:
    naive = at("2026-12-01T20:00")
    for ask in (NOON_BREAK.is_open, minute_floor, minute_ceil):
        with pytest.raises(TypeError):
            ask(naive)
    with pytest.raises(TypeError, match="zone"):
        spoken_time(naive, NEW_YORK)
    for look in (NOON_BREAK.next_opening, NOON_BREAK.closes_at):
        with pytest.raises(TypeError, match="zone"):
            look(naive)
