import json
from pathlib import Path

import pytest

from texting.optout_rules import classify

DATA = Path(__file__).parents[1] / "data"
ROWS = [json.loads(line) for line in (DATA / "optout.jsonl").read_text().splitlines()]
SETTLED = [row for row in ROWS if not row.get("disputed")]


def phrases(section: str) -> list[str]:
    found: list[str] = []
    inside = False
    for line in (DATA / "optout-phrases.txt").read_text().splitlines():
        if line.startswith("# "):
            inside = line == f"# {section}"
        elif inside:
            found.append(line)
    return found


@pytest.mark.parametrize("text", phrases("stop"))
def test_a_wish_to_be_left_alone_is_a_stop(text: str) -> None:
    reading = classify(text)
    assert reading.kind == "stop"
    assert reading.certain


@pytest.mark.parametrize("text", phrases("none"))
def test_a_look_alike_is_no_stop(text: str) -> None:
    assert classify(text).kind is None


@pytest.mark.parametrize("text", phrases("unsure"))
def test_what_a_person_would_ask_about_is_uncertain(text: str) -> None:
    assert not classify(text).certain


@pytest.mark.parametrize("text", phrases("start"))
def test_a_wish_to_hear_again_is_a_start(text: str) -> None:
    assert classify(text, opted_out=True).kind == "start"


@pytest.mark.parametrize("text", phrases("help"))
def test_a_question_who_we_are_is_a_help(text: str) -> None:
    assert classify(text).kind == "help"


def test_recall_of_stops_is_at_least_98_percent() -> None:
    stops = [row for row in SETTLED if row["label"] == "stop"]
    missed = [row["text"] for row in stops if classify(row["text"]).kind != "stop"]
    assert len(missed) <= 0.02 * len(stops), missed


def test_at_most_two_percent_of_other_texts_are_taken_for_stops() -> None:
    others = [row for row in SETTLED if row["label"] == "not_optout"]
    false = [row["text"] for row in others if classify(row["text"]).kind == "stop"]
    assert len(false) <= 0.02 * len(others), false


@pytest.mark.parametrize("word", "STOP UNSUBSCRIBE END QUIT STOPALL REVOKE OPTOUT CANCEL".split())  # noqa: SIM905
def test_the_carriers_stop_words_are_bare_keywords(word: str) -> None:
    for text in (word, word.lower(), f" {word.title()}\n"):
        reading = classify(text)
        assert (reading.kind, reading.certain, reading.bare_keyword) == ("stop", True, True)


def test_a_keyword_with_more_around_it_is_ours_to_answer() -> None:
    assert not classify("STOP PLEASE").bare_keyword
    assert not classify("stop texting me").bare_keyword


def test_yes_starts_only_who_is_opted_out() -> None:
    assert classify("YES").kind is None
    assert classify("YES", opted_out=True).kind == "start"


@pytest.mark.parametrize("text", ["", "   ", "\U0001f600", "...", "?"])
def test_a_text_without_words_asks_nothing(text: str) -> None:
    assert classify(text).kind is None


def test_a_stop_sign_alone_is_a_likely_stop() -> None:
    reading = classify("\U0001f6d1")
    assert (reading.kind, reading.certain) == ("stop", False)
