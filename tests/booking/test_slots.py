import json
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings, strategies as st

from booking.diary import Busy, Diary, Rules, ServiceTime, Slot, StaffTime
from booking.slots import bookable, can_start, each_slot, why_not
from core.hours import Hours, Span, instant_of, minute_floor, parse_span, zone_named
from tests.booking.minute_by_minute import WEEK, Case, at, solve

VECTORS = [
    json.loads(line)
    for line in (Path(__file__).parents[1] / "data" / "slots.jsonl").read_text().splitlines()
]


def spans(pairs: list[list[str]]) -> tuple[Span, ...]:
    return tuple(parse_span("-".join(pair)) for pair in pairs)


def dates(pairs: list[list[str]]) -> tuple[tuple[date, date], ...]:
    return tuple((date.fromisoformat(first), date.fromisoformat(last)) for first, last in pairs)


def staff_of(case: Case, member: Case) -> StaffTime:
    own = {**case, **member}
    hours = Hours(
        zone_named(own["tz"]),
        {WEEK.index(day): spans(pairs) for day, pairs in own["hours"].items()},
        {date.fromisoformat(day): spans(pairs) for day, pairs in own.get("overrides", {}).items()},
        dates(case.get("closures", [])),
    )
    days_off = dates(member.get("closures", []))
    skills = frozenset(member.get("skills", []))
    return StaffTime(member["id"], hours, skills, member.get("capacity", 1), days_off)


def busy_of(entry: Case) -> Busy:
    def moment(text: str) -> datetime | date:
        return at(text) if len(text) > 10 else date.fromisoformat(text)

    expires = at(entry["expires"]) if "expires" in entry else None
    numbers = {key: entry[key] for key in ("before", "after", "units") if key in entry}
    start, end = moment(entry["start"]), moment(entry["end"])
    return Busy(entry["staff"], start, end, entry.get("kind", "busy"), expires=expires, **numbers)


def diary_of(case: Case) -> Diary:
    service = case["service"]
    return Diary(
        ServiceTime(
            service["duration"],
            service.get("before", 0),
            service.get("after", 0),
            frozenset(service.get("skills", [])),
        ),
        [staff_of(case, member) for member in case.get("staff", [{"id": "r1"}])],
        [busy_of(entry) for entry in case.get("busy", [])],
        Rules(
            zone_named(case["tz"]),
            step=case.get("step", 15),
            align=case.get("align", "grid"),
            min_notice_minutes=case.get("min_notice", 0),
            horizon_days=case.get("horizon_days"),
            buffer_outside_hours=case.get("buffer_outside_hours", True),
            max_per_day=case.get("max_per_day"),
            shared_seats=case.get("shared_seats", False),
        ),
        at(case["now"]),
    )


def answer(case: Case) -> list[tuple[int, list[str]]]:
    found = bookable(diary_of(case), at(case["window"]["from"]), at(case["window"]["to"]))
    return [(minute_floor(slot.starts_at), list(slot.staff)) for slot in found]


@pytest.mark.parametrize("case", VECTORS, ids=lambda case: case["id"])
def test_every_vector_has_exactly_its_slots(case: Case) -> None:
    expected = [(minute_floor(at(slot["start"])), slot["staff"]) for slot in case["expect"]]
    assert answer(case) == expected


@pytest.mark.parametrize("case", VECTORS[:12], ids=lambda case: case["id"])
def test_the_slow_solver_agrees_with_the_vectors_it_judges_by(case: Case) -> None:
    expected = [(minute_floor(at(slot["start"])), slot["staff"]) for slot in case["expect"]]
    assert solve(case) == expected


# the local date of a change of the clocks, or of none, in zones that change in different ways
TURNS = [
    ("America/New_York", "2026-11-01"),
    ("America/New_York", "2027-03-14"),
    ("Europe/Berlin", "2027-03-28"),
    ("Australia/Lord_Howe", "2026-10-04"),
    ("Australia/Lord_Howe", "2027-04-04"),
    ("America/St_Johns", "2026-11-01"),
    ("America/Santiago", "2026-09-06"),
    ("America/Santiago", "2027-04-04"),
    ("America/Havana", "2026-11-01"),
    ("Africa/Cairo", "2027-04-30"),
    ("Asia/Beirut", "2026-10-25"),
    ("Asia/Kathmandu", "2026-12-02"),
]

opening = st.sampled_from(["00:00", "01:00", "01:30", "06:15", "09:00", "20:00", "22:15"])
closing = st.sampled_from(["02:00", "02:30", "04:00", "12:00", "18:00", "24:00", "00:00"])
some_hours = st.lists(st.tuples(opening, closing).map(list), min_size=1, max_size=2)
day_hours: st.SearchStrategy[list[list[str]]] = st.sampled_from([True, True, True, False]).flatmap(
    lambda opens: some_hours if opens else st.just([])
)
buffers = st.sampled_from([0, 0, 5, 10, 15, 30])


@st.composite
def busy_times(draw: st.DrawFn, midnight: datetime, day: date) -> Case:
    kind = draw(st.sampled_from(["busy", "booking", "booking", "hold", "free"]))
    entry: Case = {"staff": draw(st.sampled_from(["s0", "s0", "s1", "*"])), "kind": kind}
    if draw(st.integers(0, 7)) == 0:
        first = day + timedelta(days=draw(st.integers(-1, 1)))
        entry |= {"start": first.isoformat()}
        entry |= {"end": (first + timedelta(days=draw(st.integers(0, 2)))).isoformat()}
    else:
        start = midnight + timedelta(minutes=draw(st.integers(-300, 2000)))
        start += timedelta(seconds=draw(st.sampled_from([0, 0, 0, 30])))
        length = timedelta(minutes=draw(st.sampled_from([0, 15, 30, 30, 60, 61, 240])))
        entry |= {"start": start.isoformat(), "end": (start + length).isoformat()}
    if kind != "busy":
        entry |= {"before": draw(buffers), "after": draw(buffers)}
        entry |= {"units": draw(st.sampled_from([1, 1, 2]))}
    if kind == "hold":
        late = timedelta(minutes=draw(st.sampled_from([-1, 0, 1])))
        entry["expires"] = (midnight - timedelta(hours=8) + late).isoformat()
    return entry


@st.composite
def cases(draw: st.DrawFn) -> Case:
    zone, turn = draw(st.sampled_from(TURNS))
    day = date.fromisoformat(turn)
    midnight = datetime(day.year, day.month, day.day, tzinfo=zone_named(zone)).astimezone(UTC)
    start = midnight + timedelta(minutes=draw(st.integers(-600, 600)))
    end = start + timedelta(minutes=draw(st.integers(1, 1500)))
    weekly = {name: draw(day_hours) for name in WEEK}
    weekly["mon"] = draw(st.sampled_from([[], [["09:00", "17:00"]]]))  # so that runs end
    weekly["thu"] = [["08:00", "12:00"]]
    staff: list[Case] = []
    for key in ["s0", "s1"][: draw(st.integers(1, 2))]:
        member: Case = {"id": key, "capacity": draw(st.integers(1, 3))}
        member["skills"] = draw(st.sampled_from([["a"], ["a", "b"], ["a"], []]))
        if draw(st.integers(0, 3)) == 0:
            member["tz"] = draw(st.sampled_from(["America/Phoenix", "Europe/London"]))
        if draw(st.integers(0, 5)) == 0:
            member["closures"] = [[turn, turn]]
        staff.append(member)
    near = st.integers(-1, 1).map(lambda days: (day + timedelta(days=days)).isoformat())
    return {
        "tz": zone,
        "now": (midnight - timedelta(hours=8)).isoformat(),
        "window": {"from": start.isoformat(), "to": end.isoformat()},
        "hours": weekly,
        "overrides": draw(st.dictionaries(near, day_hours, max_size=1)),
        "closures": [[d, d] for d in draw(st.lists(near, max_size=1)) if d[-1] in "13"],
        "service": {
            "duration": draw(st.sampled_from([15, 30, 45, 60])),
            "before": draw(buffers),
            "after": draw(buffers),
            "skills": draw(st.sampled_from([[], [], ["a"]])),
        },
        "step": draw(st.sampled_from([5, 15, 20, 30, 45, 60])),
        "align": draw(st.sampled_from(["grid", "grid", "open"])),
        "min_notice": draw(st.sampled_from([0, 0, 90, 400, 720])),
        "horizon_days": draw(st.sampled_from([None, None, None, 0, 1])),
        "buffer_outside_hours": draw(st.booleans()),
        "max_per_day": draw(st.sampled_from([None, None, 1, 2])),
        "shared_seats": draw(st.sampled_from([False, False, True])),
        "staff": staff,
        "busy": draw(st.lists(busy_times(midnight, day), max_size=5)),
    }


@settings(
    max_examples=100, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True
)
@given(cases())
def test_engine_and_slow_solver_agree_on_any_case(case: Case) -> None:
    assert answer(case) == solve(case)


@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True)
@given(cases(), st.integers(0, 1499))
def test_what_is_offered_can_start_and_what_is_not_has_a_reason(case: Case, minute: int) -> None:
    diary, first = diary_of(case), at(case["window"]["from"])
    end = at(case["window"]["to"])
    offered = {slot.starts_at: slot.staff for slot in bookable(diary, first, end)}
    asked = [*list(offered)[:3], first + timedelta(minutes=minute % (len(offered) * 7 + 1))]
    for start in (moment for moment in asked if moment < end):
        for staff in diary.staff:
            able = staff.key in offered.get(start, ())
            assert (can_start(diary, staff.key, start) is None) is able
        assert (why_not(diary, start) is None) is (start in offered)


def plain(**rules: Any) -> Diary:
    """Tuesday 1 December 2026 in New York, 9 to 5, an hour's visit, asked the day before."""
    zone = zone_named("America/New_York")
    nine_to_five: dict[int, tuple[Span, ...]] = dict.fromkeys(range(5), ((540, 1020),))
    return Diary(
        ServiceTime(60),
        [StaffTime("dana", Hours(zone, nine_to_five))],
        [],
        Rules(zone, **{"step": 30, **rules}),
        at("2026-11-30T12:00-05:00"),
    )


def on_tuesday(clock_time: str) -> datetime:
    return datetime.fromisoformat(f"2026-12-01T{clock_time}-05:00")


def booking(start: str, end: str, staff: str = "dana", **more: Any) -> Busy:
    return Busy(staff, on_tuesday(start), on_tuesday(end), "booking", **more)


def test_each_refusal_is_named_by_the_first_rule_that_fails() -> None:
    diary = replace(plain(min_notice_minutes=60, horizon_days=7), busy=[booking("10:00", "11:00")])
    skilled = replace(diary, service=ServiceTime(60, skills=frozenset({"gas"})))
    buffered = replace(diary, service=ServiceTime(60, after=30))
    full = replace(diary, rules=replace(diary.rules, max_per_day=1))
    assert can_start(skilled, "dana", on_tuesday("14:00")) == "skills"
    assert can_start(diary, "nobody", on_tuesday("14:00")) == "skills"
    assert can_start(diary, "dana", at("2026-11-30T12:30-05:00")) == "notice"
    assert can_start(diary, "dana", at("2026-12-08T10:00-05:00")) == "horizon"
    assert can_start(diary, "dana", on_tuesday("16:30")) == "closed"
    assert can_start(diary, "dana", on_tuesday("14:10")) == "off_grid"
    assert can_start(diary, "dana", on_tuesday("14:00:01")) == "off_grid"
    assert can_start(diary, "dana", on_tuesday("10:30")) == "busy"
    assert can_start(buffered, "dana", on_tuesday("09:00")) == "buffer"
    assert can_start(full, "dana", on_tuesday("14:00")) == "day_full"
    assert can_start(diary, "dana", on_tuesday("14:00")) is None


def test_a_refusal_of_all_is_that_of_whoever_came_nearest() -> None:
    diary = replace(plain(), busy=[booking("10:00", "11:00")])
    off = StaffTime("lee", Hours(diary.rules.zone, {}))
    assert why_not(replace(diary, staff=[off, *diary.staff]), on_tuesday("10:00")) == "busy"
    assert why_not(replace(diary, staff=[]), on_tuesday("10:00")) == "skills"


def test_a_seat_in_a_running_class_is_offered_and_a_full_class_is_not() -> None:
    diary = plain(shared_seats=True, step=60)
    member = replace(diary.staff[0], capacity=2)
    buffered = replace(diary, staff=[member], service=ServiceTime(60, before=15, after=15))
    one = replace(buffered, busy=[booking("10:00", "11:00", before=15, after=15)])
    two = replace(buffered, busy=[*one.busy, *one.busy])
    assert [slot.starts_at for slot in bookable(one, on_tuesday("09:00"), on_tuesday("13:00"))] == [
        on_tuesday("10:00"), on_tuesday("12:00"),
    ]  # fmt: skip
    assert can_start(two, "dana", on_tuesday("10:00")) == "busy"


def test_a_day_off_of_one_leaves_the_others() -> None:
    diary = plain()
    off = replace(diary.staff[0], key="lee", closures=((date(2026, 12, 1), date(2026, 12, 1)),))
    found = bookable(
        replace(diary, staff=[off, *diary.staff]), on_tuesday("09:00"), on_tuesday("09:01")
    )
    assert found == [Slot(on_tuesday("09:00"), ("dana",))]


def test_staff_who_never_close_start_on_the_grid() -> None:
    diary = plain(align="open", step=60)
    always = StaffTime("bot", Hours(diary.rules.zone, dict.fromkeys(range(7), ((0, 1440),))))
    found = bookable(replace(diary, staff=[always]), on_tuesday("09:10"), on_tuesday("11:10"))
    assert [slot.starts_at for slot in found] == [on_tuesday("10:00"), on_tuesday("11:00")]


def test_a_step_that_does_not_divide_the_day_begins_anew_at_midnight() -> None:
    found = bookable(plain(step=50), on_tuesday("00:00"), on_tuesday("23:00"))
    local = [(minute_floor(slot.starts_at) - 300) % 1440 for slot in found]
    assert local == [m for m in range(0, 1440, 50) if 540 <= m <= 960]


def test_no_bookings_a_day_means_no_slots() -> None:
    diary = plain(max_per_day=0)
    assert bookable(diary, on_tuesday("00:00"), on_tuesday("23:00")) == []
    assert can_start(diary, "dana", on_tuesday("10:00")) == "day_full"


def test_reading_only_the_first_slots_looks_no_further() -> None:
    never_ends = instant_of(minute_floor(on_tuesday("09:00")) + 400 * 366 * 1440)
    first = next(each_slot(plain(), on_tuesday("08:00"), never_ends))
    assert first == Slot(on_tuesday("09:00"), ("dana",))


def test_senseless_lengths_and_steps_are_refused_with_an_example() -> None:
    with pytest.raises(ValueError, match=r"e\.g\."):
        ServiceTime(0)
    with pytest.raises(ValueError, match=r"e\.g\."):
        plain(step=0)


def test_a_half_dated_entry_is_an_error() -> None:
    mixed = Busy("dana", date(2026, 12, 1), on_tuesday("10:00"))
    with pytest.raises(TypeError, match="instants, or with dates"):
        bookable(replace(plain(), busy=[mixed]), on_tuesday("09:00"), on_tuesday("10:00"))


def test_the_horizon_ends_at_the_business_own_midnight() -> None:
    diary = plain(horizon_days=1, step=60)
    late = StaffTime("lee", Hours(diary.rules.zone, {1: ((1200, 1440),), 2: ((0, 120),)}))
    found = bookable(
        replace(diary, staff=[late]), on_tuesday("00:00"), at("2026-12-03T00:00-05:00")
    )
    assert [slot.starts_at for slot in found] == [on_tuesday(f"{h}:00") for h in (20, 21, 22, 23)]


def test_a_hold_that_expires_this_instant_is_gone() -> None:
    diary = plain()
    hold = replace(booking("10:00", "11:00"), kind="hold", expires=diary.now)
    live = replace(hold, expires=diary.now + timedelta(seconds=1))
    assert can_start(replace(diary, busy=[hold]), "dana", on_tuesday("10:00")) is None
    assert can_start(replace(diary, busy=[live]), "dana", on_tuesday("10:00")) == "busy"


def test_a_seat_is_not_offered_when_something_else_is_in_the_way() -> None:
    diary = plain(shared_seats=True, step=60)
    teacher = replace(diary, staff=[replace(diary.staff[0], capacity=5)])
    seat, visit = booking("10:00", "11:00"), booking("10:30", "10:45")
    assert can_start(replace(teacher, busy=[seat]), "dana", on_tuesday("10:00")) is None
    assert can_start(replace(teacher, busy=[seat, visit]), "dana", on_tuesday("10:00")) == "busy"


def test_a_seat_is_not_offered_on_a_day_that_is_full() -> None:
    diary = plain(shared_seats=True, step=60, max_per_day=1)
    teacher = replace(diary, staff=[replace(diary.staff[0], capacity=5)])
    booked = replace(teacher, busy=[booking("10:00", "11:00")])
    assert can_start(booked, "dana", on_tuesday("10:00")) == "day_full"


def test_own_days_off_come_on_top_of_the_business_closures() -> None:
    diary = plain()
    tuesday, wednesday = date(2026, 12, 1), date(2026, 12, 2)
    hours = replace(diary.staff[0].hours, closures=((tuesday, tuesday),))
    member = replace(diary.staff[0], hours=hours, closures=((wednesday, wednesday),))
    found = bookable(
        replace(diary, staff=[member]), on_tuesday("00:00"), at("2026-12-04T00:00-05:00")
    )
    assert {slot.starts_at.astimezone(hours.zone).day for slot in found} == {3}
