import json
from pathlib import Path

import pytest
from hypothesis import given, strategies as st

from texting.segments import count, fits, fold, graphemes, shorten

VECTORS = [
    json.loads(line)
    for line in (Path(__file__).parents[1] / "data" / "segments.jsonl").read_text().splitlines()
]
UNUSUAL = st.text(st.characters(codec="utf-8"), max_size=200)


def test_every_vector_counts_as_the_carriers_calculator_does() -> None:
    wrong = []
    for row in VECTORS:
        if not row["text"]:
            continue
        got = count(row["text"])
        expected = (row["encoding"], row["segments"], row["units"], tuple(row["non_gsm"]))
        if (got.encoding, got.segments, got.units, got.forces_ucs2) != expected:
            wrong.append((row["text"], got))
    assert len(VECTORS) == 460
    assert wrong == []


def test_folding_never_costs_more_than_the_carriers_smart_encoding() -> None:
    for row in VECTORS:
        folded = fold(row["text"])
        if folded:
            got = count(folded)
            assert got.segments <= row["smart_segments"]
            assert got.encoding == "GSM-7" or row["smart_encoding"] == "UCS-2"


def test_an_empty_text_is_refused() -> None:
    with pytest.raises(ValueError, match="empty"):
        count("")


@pytest.mark.parametrize(
    ("raw", "folded"),
    [
        ("Rosa\u2019s \u201cNails\u201d", 'Rosa\'s "Nails"'),
        ("9\u20135 \u2014 now\u2026", "9-5 - now..."),
        ("a\u00a0b\tc\u2009d", "a b c d"),
        ("\u2022 one", "- one"),
        ("in\u200bvis\u00adi\ufeffble\u202e!", "invisible!"),
        ("tag\U000e0041\U000e007f", "tag"),
        ("Cafe\u0301 Lumi\u00e8re", "Café Lumière"),
        ("más aquí", "más aquí"),
        ("\uff26\uff55\uff4c\uff4c", "Full"),
        (
            "family \U0001f468\u200d\U0001f469\u200d\U0001f467",
            "family \U0001f468\u200d\U0001f469\u200d\U0001f467",
        ),
        ("love \u2764\ufe0f", "love \u2764\ufe0f"),
    ],
)
def test_fold_writes_plainly_and_keeps_letters(raw: str, folded: str) -> None:
    assert fold(raw) == folded


@given(UNUSUAL)
def test_folding_twice_changes_nothing(text: str) -> None:
    assert fold(fold(text)) == fold(text)


@given(UNUSUAL)
def test_graphemes_are_the_text(text: str) -> None:
    assert "".join(graphemes(text)) == text


@given(st.text("ab €é\u2764é,.\U0001f600", min_size=1, max_size=600), st.integers(1, 3))
def test_shortened_text_fits_its_budget(text: str, budget: int) -> None:
    assert fits(shorten(text, budget), budget)


def test_shorten_cuts_between_words() -> None:
    short = shorten("word " * 80, 1)
    assert short.endswith("word...")
    assert count(short).segments == 1


def test_shorten_leaves_a_text_that_fits_alone() -> None:
    assert shorten("Fine as it is.", 1) == "Fine as it is."
    with pytest.raises(ValueError, match="at least one"):
        shorten("x", 0)
