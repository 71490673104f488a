from datetime import datetime, timedelta

from hypothesis import given, settings, strategies as st

from booking.choose import Offered, Wish, worth_offering
from booking.diary import Slot
from core.hours import instant_of, zone_named

ZONE = zone_named("America/New_York")
NOW = datetime.fromisoformat("2026-11-30T07:00-05:00")  # a Monday


def at(day: int, clock: str) -> datetime:
    """A time on that day of December 2026; day 0 is Monday 30 November."""
    hour, minute = (int(part) for part in clock.split(":"))
    return datetime(2026, 11, 30, hour, minute, tzinfo=ZONE) + timedelta(days=day)


def week(step: int = 30, staff: tuple[str, ...] = ("dana", "lee")) -> list[Slot]:
    """Monday to Friday of two weeks, 9:00 to the last start at 18:00."""
    days = [day for day in range(14) if day % 7 < 5]
    starts = [timedelta(minutes=minute) for minute in range(0, 541, step)]
    return [
        Slot(instant_of(round((at(day, "09:00") + start).timestamp()) // 60), staff)
        for day in days
        for start in starts
    ]


def said(offered: Offered) -> list[str]:
    return [f"{offer.starts_at.astimezone(ZONE):%a %d %H:%M}" for offer in offered.slots]


def offer(
    wish: Wish, slots: list[Slot] | None = None, refused: tuple[datetime, ...] = ()
) -> Offered:
    return worth_offering(
        week() if slots is None else slots, wish, 3, NOW, ZONE, frozenset(refused)
    )


def test_without_a_wish_three_days_and_both_halves_are_offered() -> None:
    offered = offer(Wish())
    days = {one.starts_at.astimezone(ZONE).date() for one in offered.slots}
    halves = {one.starts_at.astimezone(ZONE).hour < 12 for one in offered.slots}
    assert said(offered)[0] == "Mon 30 09:00"
    assert len(days) == 3
    assert halves == {True, False}
    assert offered.relaxed == ()


def test_the_afternoon_begins_at_one_when_it_can() -> None:
    offered = offer(Wish(daypart="afternoon"))
    assert said(offered) == ["Mon 30 13:00", "Tue 01 13:00", "Wed 02 13:00"]
    noon = [slot for slot in week() if slot.starts_at == at(1, "12:30")]
    assert said(offer(Wish(daypart="afternoon"), noon)) == ["Tue 01 12:30"]


def test_a_named_time_comes_with_its_nearest_neighbours() -> None:
    offered = offer(Wish(exact=at(2, "14:00")))
    assert said(offered) == ["Wed 02 13:00", "Wed 02 14:00", "Wed 02 15:00"]
    assert offered.relaxed == ()


def test_a_named_time_that_is_taken_is_said_to_be() -> None:
    taken = [slot for slot in week() if slot.starts_at != at(2, "14:00")]
    offered = offer(Wish(exact=at(2, "14:00")), taken)
    assert "Wed 02 13:30" in said(offered)
    assert "Wed 02 14:30" in said(offered)
    assert offered.relaxed == ("time",)


def test_a_named_time_on_a_closed_day_gives_near_days_and_says_so() -> None:
    offered = offer(Wish(exact=at(5, "14:00")))
    assert "Fri 04 14:00" in said(offered)
    assert offered.relaxed == ("time", "day")


def test_one_day_is_spread_over_its_hours() -> None:
    offered = offer(Wish(start=at(1, "00:00"), end=at(2, "00:00")))
    hours = [one.starts_at.astimezone(ZONE).hour for one in offered.slots]
    assert len({one.starts_at.astimezone(ZONE).date() for one in offered.slots}) == 1
    assert {h // 12 for h in hours} == {0, 1}


def test_as_soon_as_possible_is_the_earliest_an_hour_apart() -> None:
    assert said(offer(Wish(asap=True))) == ["Mon 30 09:00", "Mon 30 10:00", "Mon 30 11:00"]
    close = week(step=15)[:3]
    assert len(offer(Wish(asap=True), close).slots) == 3


def test_a_wish_that_can_be_met_once_is_met_once_and_not_bent() -> None:
    only = [slot for slot in week() if slot.starts_at == at(1, "13:00")] + week()[40:]
    offered = offer(Wish(start=at(1, "12:00"), end=at(2, "00:00")), only)
    assert said(offered) == ["Tue 01 13:00"]
    assert offered.relaxed == ()


def test_the_part_of_the_day_gives_way_before_the_day() -> None:
    mornings = [slot for slot in week() if slot.starts_at.astimezone(ZONE).hour < 12]
    tuesday = Wish(start=at(1, "00:00"), end=at(2, "00:00"), daypart="afternoon")
    offered = offer(tuesday, mornings)
    assert {text[:6] for text in said(offered)} == {"Tue 01"}
    assert offered.relaxed == ("daypart",)


def test_after_two_on_a_day_without_afternoon_gives_that_days_morning() -> None:
    mornings = [slot for slot in week() if slot.starts_at.astimezone(ZONE).hour < 12]
    offered = offer(Wish(start=at(1, "14:00"), end=at(2, "00:00")), mornings)
    assert {text[:6] for text in said(offered)} == {"Tue 01"}
    assert offered.relaxed == ("daypart",)


def test_a_closed_weekday_gives_other_days_in_the_same_part() -> None:
    offered = offer(Wish(weekdays=frozenset({5}), daypart="morning"))
    assert all(one.starts_at.astimezone(ZONE).hour < 12 for one in offered.slots)
    assert offered.relaxed == ("day",)


def test_a_closed_day_next_week_gives_the_days_around_it() -> None:
    offered = offer(Wish(start=at(5, "00:00"), end=at(6, "00:00")))
    assert {"Fri", "Mon"} & {text[:3] for text in said(offered)}
    assert offered.relaxed == ("day",)


def test_when_neither_day_nor_part_can_be_met_both_are_said_to_give_way() -> None:
    mornings = [slot for slot in week() if slot.starts_at.astimezone(ZONE).hour < 12]
    offered = offer(Wish(weekdays=frozenset({6}), daypart="evening"), mornings)
    assert offered.relaxed == ("daypart", "day")
    assert len(offered.slots) == 3


def test_what_was_refused_or_is_past_is_never_offered() -> None:
    first = offer(Wish())
    again = offer(Wish(), refused=tuple(one.starts_at for one in first.slots))
    assert not {one.starts_at for one in first.slots} & {one.starts_at for one in again.slots}
    assert len(again.slots) == 3
    assert offer(Wish(), [Slot(NOW - timedelta(minutes=30), ("dana",))]) == Offered(())


def test_a_refused_pass_of_the_repeated_hour_is_known_by_its_instant() -> None:
    first = datetime(2026, 12, 1, 1, 30, tzinfo=ZONE)
    slot = Slot(first.astimezone(instant_of(0).tzinfo), ("dana",))
    assert offer(Wish(), [slot], refused=(first,)) == Offered(())
    fold = [instant_of(round(datetime.fromisoformat(text).timestamp()) // 60) for text in
            ("2027-11-07T01:30-04:00", "2027-11-07T01:30-05:00")]  # fmt: skip
    local = datetime(2027, 11, 7, 1, 30, tzinfo=ZONE)
    offered = offer(Wish(), [Slot(one, ("dana",)) for one in fold], refused=(local,))
    assert [one.starts_at for one in offered.slots] == fold[1:]


def test_the_least_loaded_of_the_able_takes_it() -> None:
    slots = [Slot(at(1, "09:00"), ("dana", "lee"))]
    even = worth_offering(slots, Wish(), 1, NOW, ZONE)
    loaded = worth_offering(slots, Wish(), 1, NOW, ZONE, load={"dana": 2, "lee": 1})
    assert [one.staff for one in even.slots + loaded.slots] == ["dana", "lee"]


@settings(deadline=None, derandomize=True)
@given(
    st.lists(st.sampled_from(week(step=15)), unique=True, max_size=30),
    st.integers(0, 5),
    st.sampled_from(["morning", "afternoon", "evening", None]),
    st.frozensets(st.integers(0, 6), max_size=3),
    st.booleans(),
    st.none() | st.sampled_from([at(2, "14:00"), at(5, "10:00")]),
)
def test_any_choice_is_of_the_slots_in_order_and_as_many_as_there_are(
    slots: list[Slot], count: int, part: object, days: frozenset[int], asap: bool, exact: datetime
) -> None:
    wish = Wish(daypart=part, exact=exact, asap=asap, weekdays=days)  # type: ignore[arg-type]
    offered = worth_offering(slots, wish, count, NOW, ZONE)
    starts = [one.starts_at for one in offered.slots]
    assert starts == sorted(set(starts))
    assert set(starts) <= {slot.starts_at for slot in slots}
    assert len(starts) <= count
    assert bool(starts) is bool(slots and count)
    if wish.exact or offered.relaxed == ("daypart", "day"):
        assert len(starts) == min(count, len(slots))
    if "day" in offered.relaxed and days:
        assert not {start.astimezone(ZONE).weekday() for start in starts} & days or wish.exact
