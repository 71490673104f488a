"""The verbs that need no database: quick, and exact in what they print."""

import json
import subprocess
import sys

import pytest

from cli import VERBS, main
from tests.cli.conftest import ROOT, Ringback, environment


def test_help_names_every_verb(ringback: Ringback) -> None:
    done = ringback("--help")
    assert done.code == 0
    assert all(verb in done.out for verb in VERBS)


@pytest.mark.parametrize(
    "words",
    [
        ("bogus",),
        ("text", "count"),
        ("understand", "hi", "--at", "yesterday"),
        ("token", "create", "--role", "owner"),
        ("token", "create", "--role", "boss", "--business", "x"),
        ("token", "create", "--role", "agency", "--business", "x"),
        ("serve", "--port", "many"),
        ("business", "import", "not-there.yaml"),
    ],
    ids=" ".join,
)
def test_wrong_use_is_2_and_one_line(
    capsys: pytest.CaptureFixture[str], words: tuple[str, ...]
) -> None:
    with pytest.raises(SystemExit) as left:
        main(words)
    printed = capsys.readouterr()
    assert (left.value.code, printed.out) == (2, "")
    assert printed.err.count("\n") == 1
    assert printed.err.startswith("ringback: ")


def test_a_text_is_counted(ringback: Ringback) -> None:
    assert ringback("text", "count", "Hello").out == "GSM-7, 1 segment, 5 units\n"
    assert "U+2019" in ringback("text", "count", "It\u2019s us").out
    found = json.loads(ringback("text", "count", "-", "--json", stdin="It\u2019s\n").out)
    assert (found["encoding"], found["segments"], found["units"]) == ("UCS-2", 1, 4)
    assert found["forces_ucs2"] == ["\u2019"]


def test_understand_prints_one_object_a_line(ringback: Ringback) -> None:
    lines = "can I come tomorrow at 3pm\n\nstop texting me\n04101"
    done = ringback("understand", "-", "--at", "2026-12-01T10:00", stdin=lines)
    found = [json.loads(line) for line in done.out.splitlines()]
    assert len(found) == 4
    keys = {"intents", "opt_out", "when", "service", "zip", "name", "choice"}
    assert all(set(one) == keys for one in found)
    assert found[0]["when"]["start"] == "2026-12-02T15:00:00"
    assert set(found[0]["when"]) == {"start", "end", "kind", "ambiguous"}
    assert found[1]["intents"] == []
    assert found[2]["opt_out"] == "stop"
    assert found[3]["zip"] == "04101"


def test_understand_answers_in_the_offset_it_was_given(ringback: Ringback) -> None:
    done = ringback("understand", "tomorrow at 3pm", "--at", "2026-12-01T10:00:00-05:00")
    assert json.loads(done.out)["when"]["start"] == "2026-12-02T15:00:00-05:00"


@pytest.mark.parametrize("verb", ["understand", "text"])
def test_the_quick_verbs_never_load_the_database(verb: str) -> None:
    code = (
        f"import sys, cli.{verb}; "
        "print([m for m in ('sqlalchemy', 'asyncpg', 'fastapi', 'langgraph') if m in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, env=environment(), capture_output=True, check=True
    )
    assert done.stdout.decode().strip() == "[]"


@pytest.mark.parametrize(
    "words",
    [
        ("worker",),
        ("business", "list"),
        ("understand", "hi", "--business", "x"),
    ],
    ids=" ".join,
)
def test_without_a_database_a_verb_says_what_is_missing(
    ringback: Ringback, words: tuple[str, ...]
) -> None:
    done = ringback(*words)
    assert done.code == 1
    assert "RINGBACK_HOME" in done.err
    assert "ringback migrate" in done.err
    assert done.err.count("\n") == 1


def test_a_wrong_setting_names_its_variable(ringback: Ringback) -> None:
    done = ringback("business", "list", DATABASE_URL="mysql://x")
    assert done.code == 1
    assert "DATABASE_URL" in done.err
    assert "postgresql://" in done.err
