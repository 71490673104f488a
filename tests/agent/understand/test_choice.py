"""Three offers: Tuesday 9:00 and 13:30, Wednesday 10:00."""

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from agent.understand.choice import needs_numbers, read_choice, said_ordinal

ZONE = ZoneInfo("America/Chicago")
NOW = datetime(2026, 11, 30, 12, 0, tzinfo=ZONE)
OFFERS = [
    datetime(2026, 12, 1, 9, 0, tzinfo=ZONE),
    datetime(2026, 12, 1, 13, 30, tzinfo=ZONE),
    datetime(2026, 12, 2, 10, 0, tzinfo=ZONE),
]


@pytest.mark.parametrize(
    ("text", "index"),
    [
        ("1", 0), ("2", 1), ("#3", 2), ("the 2nd one", 1), ("option 2", 1), ("first", 0), ("the first one pls", 0), ("last", 2), ("10", 2),
        ("10am works", 2), ("10 works for me thanks!", 2), ("9", 0), ("I'll take the 10", 2), ("I'll take 2 please", 1), ("wed works", 2),
        ("weds", 2), ("1:30", 1), ("the 1:30 please", 1), ("13:30", 1), ("half past 1", 1), ("tuesday at 1:30 works", 1), ("Tuesday morning", 0),
        ("the afternoon one", 1), ("la segunda", 1), ("a las 10", 2), ("el miércoles", 2), ("dec 2", 2), ("can we do wed instead", 2),
        ("2 and can you text my husband", 1), ("the first one works, do you take cards?", 0), ("option b", 1), ("yes 2 please", 1),
    ],
)  # fmt: skip
def test_one_offer_is_taken(text: str, index: int) -> None:
    choice = read_choice(text, OFFERS, NOW)
    assert (choice.kind, choice.index) == ("one", index)


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("neither", "neither"), ("none of those", "neither"), ("those don't work", "neither"), ("no", "neither"), ("ninguna", "neither"),
        ("either", "any"), ("whichever", "any"), ("any", "any"), ("whatever is easier", "any"), ("anything after that?", "later"),
        ("got anything later?", "later"), ("yes but later", "later"), ("something earlier?", "earlier"), ("tuesday one", "unclear"),
        ("dec 1", "unclear"), ("yes?", "unclear"), ("the later one", "unclear"), ("not tuesday", "unclear"),
        ("4", "none"), ("7", "none"), ("78704", "none"), ("2 dogs", "none"), ("yes", "none"), ("thursday", "none"), ("3pm", "none"),
        ("see you later", "none"), ("i have 2 questions", "none"), ("survey: how likely are you to recommend us 1-10", "none"), ("", "none"),
    ],
)  # fmt: skip
def test_what_takes_no_offer(text: str, kind: str) -> None:
    choice = read_choice(text, OFFERS, NOW)
    assert (choice.kind, choice.index) == (kind, None)


def test_four_is_a_time_when_an_offer_is_at_four() -> None:
    offers = [*OFFERS[:2], datetime(2026, 12, 2, 16, 0, tzinfo=ZONE)]
    assert read_choice("4", offers, NOW).index == 2


def test_a_number_that_is_also_another_offers_hour_is_numbered_by_us() -> None:
    offers = [*OFFERS[:2], datetime(2026, 12, 2, 14, 0, tzinfo=ZONE)]
    assert needs_numbers(offers)
    assert not needs_numbers(OFFERS[:2])
    assert read_choice("2", offers, NOW).index == 1
    assert read_choice("option 2", offers, NOW).index == 1
    assert read_choice("2pm", offers, NOW).index == 2


def test_the_later_of_two_is_the_later_one() -> None:
    assert read_choice("the later one", OFFERS[:2], NOW).index == 1
    assert read_choice("the earlier one", OFFERS[:2], NOW).index == 0


def test_tomorrow_is_a_choice_only_when_the_day_is_known() -> None:
    offers = [OFFERS[0], OFFERS[2]]
    assert read_choice("tomorrow", offers, NOW).index == 0
    assert read_choice("tomorrow", offers).kind == "none"


def test_nothing_is_chosen_without_offers() -> None:
    assert read_choice("2", [], NOW).kind == "none"
    assert said_ordinal("the second one") == 2
