from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from texting.law import Allowed, Purpose, Refused, TextingCase, may_text, read_quiet_hours, zones_of

NEW_YORK, CHICAGO = "America/New_York", "America/Chicago"


def case(local: str, purpose: Purpose = Purpose.NUDGE, zone: str = NEW_YORK) -> TextingCase:
    now = datetime.fromisoformat(local).replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)
    return TextingCase(now=now, purpose=purpose, business_zone=zone)


def until(verdict: Allowed | Refused, zone: str = NEW_YORK) -> str | None:
    assert isinstance(verdict, Refused)
    if verdict.until is None:
        return None
    return verdict.until.astimezone(ZoneInfo(zone)).strftime("%Y-%m-%dT%H:%M")


@pytest.mark.parametrize(
    ("local", "free"),
    [
        ("2026-11-23T21:00", "2026-11-24T09:00"),
        ("2026-11-23T20:00", "2026-11-24T09:00"),
        ("2026-11-23T03:00", "2026-11-23T09:00"),
        ("2026-11-21T22:00", "2026-11-22T12:00"),  # a Saturday night, then Sunday noon
        ("2026-11-22T10:00", "2026-11-22T12:00"),
        ("2026-11-22T20:30", "2026-11-23T09:00"),
        ("2026-10-31T23:00", "2026-11-01T12:00"),  # the clocks go back in that night
        ("2027-03-13T23:00", "2027-03-14T12:00"),
    ],
)
def test_a_nudge_waits_for_the_end_of_the_quiet_hours(local: str, free: str) -> None:
    assert until(may_text(case(local))) == free


@pytest.mark.parametrize("local", ["2026-11-23T09:00", "2026-11-23T19:59", "2026-11-22T12:00"])
def test_a_nudge_may_go_in_the_daytime(local: str) -> None:
    assert may_text(case(local)) == Allowed("open_inquiry")


def test_the_strictest_zone_counts() -> None:
    texan = replace(case("2026-11-23T09:30"), number_zones=(CHICAGO,))
    assert until(may_text(texan)) == "2026-11-23T10:00"
    evening = replace(case("2026-11-23T19:30", zone=CHICAGO), number_zones=(NEW_YORK,))
    assert until(may_text(evening), CHICAGO) == "2026-11-24T09:00"


def test_the_first_text_and_answers_go_at_night() -> None:
    night = case("2026-11-23T02:00", Purpose.FIRST_TEXT)
    assert may_text(night) == Allowed("caller_phoned")
    asked = replace(night, purpose=Purpose.REPLY, last_inbound_at=night.now - timedelta(minutes=5))
    assert may_text(asked) == Allowed("caller_texted")


def test_an_owner_may_hold_the_first_text_at_night() -> None:
    night = replace(case("2026-11-23T02:00", Purpose.FIRST_TEXT), first_text_waits=True)
    assert until(may_text(night)) == "2026-11-23T09:00"


def test_a_late_answer_is_unprompted() -> None:
    night = case("2026-11-23T02:00", Purpose.REPLY)
    assert until(may_text(night)) == "2026-11-23T09:00"
    stale = replace(night, last_inbound_at=night.now - timedelta(days=2))
    assert until(may_text(stale)) == "2026-11-23T09:00"


@pytest.mark.parametrize("purpose", list(Purpose))
def test_after_a_stop_only_its_confirmation_may_go(purpose: Purpose) -> None:
    verdict = may_text(replace(case("2026-11-23T11:00", purpose), opted_out=True))
    if purpose is Purpose.KEYWORD_ANSWER:
        assert verdict == Allowed("revocation_confirmed")
    elif purpose is Purpose.STAFF_ALERT:
        assert verdict == Allowed("own_staff")
    else:
        assert verdict == Refused("opted_out")


def test_the_do_not_text_list_leaves_the_word_to_people() -> None:
    listed = replace(case("2026-11-23T11:00", Purpose.FIRST_TEXT), do_not_text=True)
    assert may_text(listed) == Refused("do_not_text")
    assert may_text(replace(listed, purpose=Purpose.STAFF)) == Allowed("staff")


def test_two_nudges_a_lead_and_one_a_day() -> None:
    noon = case("2026-11-24T12:00")
    assert may_text(replace(noon, nudges_sent=2)) == Refused("nudge_cap")
    recent = replace(noon, nudges_sent=1, last_nudge_at=noon.now - timedelta(hours=14))
    assert may_text(recent) == Refused("nudge_too_soon", noon.now + timedelta(hours=21))
    old = replace(noon, nudges_sent=1, last_nudge_at=noon.now - timedelta(hours=24))
    assert may_text(old) == Allowed("open_inquiry")


def test_no_more_than_three_unprompted_texts_a_day() -> None:
    verdict = may_text(replace(case("2026-11-24T12:00", Purpose.REMINDER), texts_today=3))
    assert isinstance(verdict, Refused)
    assert verdict.reason == "daily_cap"


def test_quiet_hours_can_be_switched_off() -> None:
    assert may_text(replace(case("2026-11-22T03:00"), quiet_hours="")) == Allowed("open_inquiry")


def test_hours_that_never_end_have_no_next_instant() -> None:
    never = replace(case("2026-11-23T12:00"), quiet_hours="13:00-12:30", number_zones=(CHICAGO,))
    assert until(may_text(never)) is None


@pytest.mark.parametrize("text", ["20-9", "late", "20:00", "09:00-09:00", "25:00-09:00"])
def test_unreadable_quiet_hours_are_refused(text: str) -> None:
    with pytest.raises(ValueError, match="quiet hours"):
        read_quiet_hours(text)


def test_a_naive_time_is_refused() -> None:
    naive = replace(case("2026-11-23T12:00"), now=datetime(2026, 11, 23, 12))  # noqa: DTZ001
    with pytest.raises(ValueError, match="aware"):
        may_text(naive)


def test_an_area_code_tells_the_zone() -> None:
    assert zones_of("+12075550100") == (NEW_YORK,)
    assert zones_of("+15125550140") == (CHICAGO,)
    assert zones_of("+18005550100") == ()
    assert zones_of("nobody") == ()
