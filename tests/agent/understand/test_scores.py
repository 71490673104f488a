"""How the reading does on other people's data, which stays outside the product. Prints both halves; floors are below.

The rules were written against the even rows alone; the odd rows were only ever counted.
"""

import json
from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import datetime, time
from pathlib import Path
from typing import TypedDict
from zoneinfo import ZoneInfo

import pytest

from agent.understand.intents import read_intents
from agent.understand.window import read_when
from agent.understand.window_when import When

DATA = Path(__file__).resolve().parents[3] / ".." / "shared" / "data"
pytestmark = pytest.mark.skipif(
    not DATA.exists(), reason="needs the shared data, which is no part of the product"
)

HALVES = ("even", "odd")


class Gold(TypedDict):
    """One acceptable reading."""

    grain: str
    start: str | None
    end: str | None


def rows(name: str) -> Iterator[tuple[str, dict[str, object]]]:
    for number, line in enumerate((DATA / name).read_text(encoding="utf-8").splitlines()):
        yield HALVES[number % 2], json.loads(line)


def right(gold: Gold, when: When, ref: datetime) -> bool:
    """Day, minute or window start right; where the start is open, the end."""
    start = when.start.replace(tzinfo=None) if when.start else None
    end = when.end.replace(tzinfo=None) if when.end else None
    if gold["grain"] in ("time", "timerange"):
        told, wanted = (start, gold["start"]) if gold["start"] else (end, gold["end"])
        return told is not None and wanted is not None and told.time() == time.fromisoformat(wanted)
    if gold["start"] is None:
        return (
            end is not None
            and gold["end"] is not None
            and end == datetime.fromisoformat(gold["end"])
        )
    wanted_start = datetime.fromisoformat(gold["start"])
    if start is None:  # "by 2pm" from the moment it is said
        return (
            wanted_start == ref
            and gold["end"] is not None
            and end == datetime.fromisoformat(gold["end"])
        )
    if gold["grain"] in ("day", "dayrange"):
        return start.date() == wanted_start.date()
    return start == wanted_start


def verdict(row: dict[str, object]) -> str:
    ref = datetime.fromisoformat(str(row["reference_time"]))
    zone = ZoneInfo(
        "Etc/GMT+2" if row["source"] == "duckling" else "UTC"
    )  # Duckling's corpus is told in UTC-2
    when = read_when(str(row["text"]), ref.replace(tzinfo=zone), zone)
    golds: list[Gold] = row["expected"]  # type: ignore[assignment]
    if when is None:
        return "none"
    return "right" if any(right(g, when, ref) for g in golds) else "wrong"


@pytest.mark.parametrize(
    ("half", "source", "least", "most_wrong"),
    [
        ("even", "sgd", 0.97, 0.03), ("odd", "sgd", 0.97, 0.03),
        ("even", "duckling", 0.79, 0.15), ("odd", "duckling", 0.72, 0.18),
        ("even", "recognizers", 0.73, 0.17), ("odd", "recognizers", 0.58, 0.30),
    ],
)  # fmt: skip
def test_dates_and_times(half: str, source: str, least: float, most_wrong: float) -> None:
    seen = Counter(
        verdict(row)
        for side, row in rows("datetime.jsonl")
        if side == half and row["source"] == source
    )
    share = {k: seen[k] / seen.total() for k in ("right", "wrong", "none")}
    print(half, source, {k: f"{v:.1%}" for k, v in share.items()})  # noqa: T201
    assert share["right"] >= least
    assert share["wrong"] <= most_wrong


SGD_NOW = datetime(2019, 3, 1, 8, 0, tzinfo=ZoneInfo("UTC"))  # the corpus's own today


def booking_turns(half: str) -> Iterable[tuple[str, dict[str, str]]]:
    """Caller turns that tell a date or a time, with what they tell."""
    for side, dialogue in rows("sgd-bookings.jsonl"):
        turns: list[dict[str, object]] = dialogue["turns"]  # type: ignore[assignment]
        for turn in turns if side == half else []:
            acts: list[dict[str, str]] = turn["acts"]  # type: ignore[assignment]
            told = {
                a["slot"]: a.get("canonical") or a["value"]
                for a in acts
                if a.get("slot") in ("date", "time") and a["act"] == "INFORM"
            }
            if turn["speaker"] == "user" and told:
                yield str(turn["text"]), told


def told_right(when: When, told: dict[str, str]) -> bool:
    start = when.start or when.end
    if start is None:
        return False
    if "date" in told and start.date().isoformat() != told["date"]:
        return False
    return "time" not in told or start.strftime("%H:%M") == told["time"]


@pytest.mark.parametrize("half", HALVES)
def test_booking_dialogues(half: str) -> None:
    seen: Counter[str] = Counter()
    for text, told in booking_turns(half):
        when = read_when(text, SGD_NOW, ZoneInfo("UTC"))
        seen["none" if when is None else "right" if told_right(when, told) else "wrong"] += 1
    print(half, "booking turns", dict(seen))  # noqa: T201
    assert seen["right"] / seen.total() >= 0.97


@pytest.mark.parametrize(
    ("half", "intent", "recall", "precision"),
    [
        ("even", "human_handoff", 0.95, 0.9), ("odd", "human_handoff", 0.8, 0.8),
        ("even", "out_of_scope", 0.8, 0.78), ("odd", "out_of_scope", 0.6, 0.74),
        ("even", "are_you_a_bot", 0.88, 0.95), ("odd", "are_you_a_bot", 0.7, 0.9),
        ("even", "deny", 0.88, 0.85), ("odd", "deny", 0.72, 0.76),
        ("even", "unsure", 0.9, 0.9), ("odd", "unsure", 0.9, 0.78),
        ("even", "thanks", 0.82, 0.93), ("odd", "thanks", 0.85, 0.9),
    ],
)  # fmt: skip
def test_wishes(half: str, intent: str, recall: float, precision: float) -> None:
    seen: Counter[tuple[bool, bool]] = Counter()
    for side, row in rows("intents.jsonl"):
        labels: list[str] = row["labels"]  # type: ignore[assignment]
        if side == half:
            seen[intent in labels, intent in read_intents(str(row["text"]))] += 1
    found, missed, false = seen[True, True], seen[True, False], seen[False, True]
    line = f"{half} {intent} recall {found / (found + missed):.2f} precision {found / (found + false):.2f}"
    print(line)  # noqa: T201
    assert found / (found + missed) >= recall
    assert found / (found + false) >= precision
