"""Texts as callers write them, and the windows they mean. Now is Tuesday 24 November 2026, ten in the morning."""

from datetime import date, datetime, time
from zoneinfo import ZoneInfo

import pytest

from agent.understand.window import read_when

ZONE = ZoneInfo("America/New_York")
NOW = datetime(2026, 11, 24, 10, 0, tzinfo=ZONE)


def at(text: str) -> datetime | None:
    """`11-27 15:00` in this year or early in the next; `-` is open."""
    if text == "-":
        return None
    day, _, clock = text.partition(" ")
    month, number = (int(p) for p in day.split("-"))
    hour, minute = (int(p) for p in (clock or "00:00").split(":"))
    return datetime(2026 if month >= 11 else 2027, month, number, hour, minute, tzinfo=ZONE)


TABLE = [
    ("next tues after 3", "window", "12-01 15:00", "12-02"),
    ("2mrw @ 9", "time", "11-25 09:00", "-"),
    ("tmrw", "day", "11-25", "11-26"),
    ("tomorow morning pls", "window", "11-25", "11-25 12:00"),
    ("this weekend", "days", "11-28", "11-30"),
    ("next weekend", "days", "12-05", "12-07"),
    ("week of the 7th", "days", "12-07", "12-14"),
    ("anytime thurs before noon", "window", "11-26", "11-26 12:00"),
    ("13 to 15 july", "days", "7-13", "7-16"),
    ("july 13-15", "days", "7-13", "7-16"),
    ("in 2 hours", "time", "11-24 12:00", "-"),
    ("in half an hour", "time", "11-24 10:30", "-"),
    ("in an hour and a half", "time", "11-24 11:30", "-"),
    ("half past 3", "time", "11-24 15:30", "-"),
    ("quarter to 5", "time", "11-24 16:45", "-"),
    ("15 to 3 pm", "time", "11-24 14:45", "-"),
    ("noon tomorrow", "time", "11-25 12:00", "-"),
    ("first thing tmrw", "window", "11-25", "11-25 10:00"),
    ("asap!!", "window", "11-24 10:00", "-"),
    ("can someone come right now", "window", "11-24 10:00", "-"),
    ("today", "day", "11-24", "11-25"),
    ("today after 5", "window", "11-24 17:00", "11-25"),
    ("2026-12-03", "day", "12-03", "12-04"),
    ("12/3", "day", "12-03", "12-04"),
    ("dec 3rd", "day", "12-03", "12-04"),
    ("3rd of december at 2", "time", "12-03 14:00", "-"),
    ("the 3rd", "day", "12-03", "12-04"),
    ("friday the 4th", "day", "12-04", "12-05"),
    ("monday 21", "day", "12-21", "12-22"),
    ("wendesday at 2:30", "time", "11-25 14:30", "-"),
    ("wensday", "day", "11-25", "11-26"),
    ("thrusday arvo or thursday at 3pm", "time", "11-26 15:00", "-"),
    ("is 9 ok on friday", "time", "11-27 09:00", "-"),
    ("tues 3 dogs", "day", "12-01", "12-02"),
    ("can you stop by at 4?", "time", "11-24 16:00", "-"),
    ("tonight at 8", "time", "11-24 20:00", "-"),
    ("tomorrow morning between 9 and 11", "window", "11-25 09:00", "11-25 11:00"),
    ("from 2 to 4 on friday", "window", "11-27 14:00", "11-27 16:00"),
    ("sun 10-12", "window", "11-29 10:00", "11-29 12:00"),
    ("after 2 but before 5 tomorrow", "window", "11-25 14:00", "11-25 17:00"),
    ("after the 15th", "window", "12-16", "-"),
    ("before friday", "window", "-", "11-27"),
    ("by friday", "window", "-", "11-28"),
    ("friday or later", "window", "11-27", "-"),
    ("not before 10 tomorrow", "window", "11-25 10:00", "11-26"),
    ("tuesday next week", "day", "12-01", "12-02"),
    ("next week", "days", "11-30", "12-07"),
    ("early next week", "days", "11-30", "12-03"),
    ("monday through wednesday", "days", "11-30", "12-03"),
    ("can we move tuesday to thursday", "day", "11-26", "11-27"),
    ("change my 3pm to 4pm", "time", "11-24 16:00", "-"),
    ("my sink started leaking yesterday, can you come tomorrow", "day", "11-25", "11-26"),
    ("the day after tomorrow at noon", "time", "11-26 12:00", "-"),
    ("day after thanksgiving", "day", "11-27", "11-28"),
    ("2 weeks from friday", "day", "12-11", "12-12"),
    ("first monday of december", "day", "12-07", "12-08"),
    ("noon on dec 25", "time", "12-25 12:00", "-"),
    ("good morning, can you come friday?", "day", "11-27", "11-28"),
    ("book it saturday", "day", "11-28", "11-29"),
    ("mañana", "day", "11-25", "11-26"),
    ("mañana por la mañana", "window", "11-25", "11-25 12:00"),
    ("el jueves por la tarde", "window", "11-26 12:00", "11-26 17:00"),
    ("el jueves a las 10 de la mañana", "time", "11-26 10:00", "-"),
    ("a las 3 y media", "time", "11-24 15:30", "-"),
    ("el 15 de diciembre", "day", "12-15", "12-16"),
    ("pasado mañana", "day", "11-26", "11-27"),
    ("entre las 2 y las 4", "window", "11-24 14:00", "11-24 16:00"),
    ("thurs am", "window", "11-26", "11-26 12:00"),
    ("fri 3p", "time", "11-27 15:00", "-"),
    ("3:30 not 2:30", "time", "11-24 15:30", "-"),
    ("1st thing monday", "window", "11-30", "11-30 10:00"),
    ("between 1-3 pm thurs", "window", "11-26 13:00", "11-26 15:00"),
    ("can you come out today or tomorrow", "days", "11-24", "11-26"),
    ("esta tarde", "window", "11-24 12:00", "11-24 17:00"),
    ("dentro de dos horas", "time", "11-24 12:00", "-"),
    ("la próxima semana", "days", "11-30", "12-07"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "kind", "start", "end"), TABLE)
def test_a_text_names_its_window(text: str, kind: str, start: str, end: str) -> None:
    when = read_when(text, NOW, ZONE)
    assert when is not None
    assert (when.kind, when.start, when.end) == (kind, at(start), at(end))


@pytest.mark.parametrize(
    "text",
    [
        "", "   ", "hello", "I have 2 dogs and 3 cats", "12 Wharf st, Portland ME 04101", "my number is 207 555 0134", "04103", "$50",
        "may i come in", "i sat on it", "see you soon", "the later one", "yesterday at 2", "the 31st of november", "born 3/14/1985",
        "its 104 inside", "good afternoon", "I need 2 rooms", "tuesday at 10 or wednesday at 2", "10 or 2", "the second one",
        "second visit", "non-stop leak", "we're done", "\U0001f937", "¿¿¿", "99/99", "at 25:99", "in 9999999 years",
    ],
)  # fmt: skip
def test_what_names_no_time_is_left_unread(text: str) -> None:
    assert read_when(text, NOW, ZONE) is None


@pytest.mark.parametrize("text", ["next friday", "03/04", "10", "next weekend", "tuesday"])
def test_what_callers_mean_differently_is_ambiguous(text: str) -> None:
    when = read_when(text, NOW, ZONE)
    assert when is not None
    assert when.ambiguous


@pytest.mark.parametrize(
    "text", ["friday", "dec 3rd", "tomorrow at 9am", "fri at 3", "this weekend"]
)
def test_what_all_callers_mean_alike_is_not(text: str) -> None:
    when = read_when(text, NOW, ZONE)
    assert when is not None
    assert not when.ambiguous


def test_a_clock_time_alone_has_no_day() -> None:
    when = read_when("around 3:30", NOW, ZONE)
    assert when is not None
    assert not when.has_day
    assert when.admits(datetime(2026, 12, 2, 15, 30, tzinfo=ZONE))


def test_a_day_ruled_out_is_excluded() -> None:
    when = read_when("not monday", NOW, ZONE)
    assert when is not None
    assert (when.start, when.end, when.excludes) == (None, None, (date(2026, 11, 30),))


def test_a_better_day_counts_and_the_other_is_excluded() -> None:
    when = read_when("not monday, wednesday is better", NOW, ZONE)
    assert when is not None
    assert when.start == at("11-25")
    assert when.excludes == (date(2026, 11, 30),)


@pytest.mark.parametrize(
    "text",
    [
        "i cant do thursday, how about friday",
        "thursday won't work, friday?",
        "any day but thursday or friday",
    ],
)
def test_thursday_is_out(text: str) -> None:
    when = read_when(text, NOW, ZONE)
    assert when is not None
    assert date(2026, 11, 26) in when.excludes


def test_two_days_are_a_set() -> None:
    when = read_when("mon or thurs after 2", NOW, ZONE)
    assert when is not None
    assert when.weekdays == {0, 3}
    assert when.daily == (time(14), None)
    assert when.admits(datetime(2026, 11, 30, 14, 0, tzinfo=ZONE))
    assert not when.admits(datetime(2026, 11, 27, 15, 0, tzinfo=ZONE))
    assert not when.admits(datetime(2026, 11, 26, 9, 0, tzinfo=ZONE))


def test_weekday_mornings_are_five_mornings() -> None:
    when = read_when("weekday mornings", NOW, ZONE)
    assert when is not None
    assert when.weekdays == {0, 1, 2, 3, 4}
    assert when.admits(datetime(2026, 11, 26, 11, 30, tzinfo=ZONE))
    assert not when.admits(datetime(2026, 11, 26, 13, 0, tzinfo=ZONE))


def test_a_zone_that_is_not_ours_is_converted() -> None:
    when = read_when("thursday 9am PST", NOW, ZONE)
    assert when is not None
    assert when.start == at("11-26 12:00")


def test_a_wall_time_survives_the_clocks_going_forward() -> None:
    before = datetime(2027, 3, 13, 18, 0, tzinfo=ZONE)  # the night before the change
    when = read_when("tomorrow at 9", before, ZONE)
    assert when is not None
    assert when.start == datetime(2027, 3, 14, 9, 0, tzinfo=ZONE)
    assert when.start.isoformat().endswith("-04:00")


def test_in_two_hours_is_real_time_across_the_change() -> None:
    before = datetime(2027, 3, 14, 1, 0, tzinfo=ZONE)
    when = read_when("in 2 hours", before, ZONE)
    assert when is not None
    assert when.start == datetime(2027, 3, 14, 4, 0, tzinfo=ZONE)


def test_now_in_another_zone_is_seen_from_the_business() -> None:
    late = datetime(2026, 11, 25, 2, 0, tzinfo=ZoneInfo("UTC"))  # still Tuesday in New York
    when = read_when("tomorrow", late, ZONE)
    assert when is not None
    assert when.start == at("11-25")
