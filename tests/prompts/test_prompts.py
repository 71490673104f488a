import importlib
import sys
from pathlib import Path

import pytest

import prompts


def test_a_text_is_filled_with_its_facts() -> None:
    text = prompts.load("first_texts/general.open.en", business="Harbor")
    assert text.startswith("Hi, this is Harbor. Sorry")


def test_the_ways_go_round() -> None:
    ways = prompts.variants("first_texts/general.open.en")
    filled = prompts.load("first_texts/general.open.en", len(ways) + 1, business="Harbor")
    assert filled == ways[1].replace("{business}", "Harbor")


def test_a_missing_fact_is_refused_by_name() -> None:
    with pytest.raises(prompts.PromptError, match=r"general\.open\.en needs business"):
        prompts.load("first_texts/general.open.en")


def test_an_unknown_fact_is_refused_by_name() -> None:
    with pytest.raises(prompts.PromptError, match="no placeholder for city"):
        prompts.load("first_texts/general.open.en", business="Harbor", city="Portland")


def test_a_brace_in_a_fact_stays_a_brace() -> None:
    assert prompts.fill("{a} and {b}", a="{b}", b="x") == "{b} and x"


def test_other_braces_are_plain_text() -> None:
    assert prompts.fill('{"Say": {}} {a}', a=1) == '{"Say": {}} 1'


@pytest.mark.parametrize(
    "name",
    [
        "first_texts/nothing.open.en",
        "first_texts/general.nothing.en",
        "first_texts/general.open.tlh",
        "first_texts/general.open",
        "nothing",
        "../pyproject.x",
        "first_texts/../x.y",
        "",
    ],
)
def test_an_unknown_text_is_refused(name: str) -> None:
    assert not prompts.has(name)
    with pytest.raises(prompts.PromptError):
        prompts.variants(name)


def test_the_version_follows_the_words() -> None:
    assert prompts.version("first_texts/general.open.en") != prompts.version(
        "first_texts/general.open.es"
    )
    assert len(prompts.version("first_texts/nudge.nudge.en")) == 12


def test_keys_reach_down_to_the_language() -> None:
    assert prompts.keys("first_texts/nudge") == ("nudge.en", "nudge.es")


def test_markdown_is_read_whole(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "elsewhere"
    (folder / "agent").mkdir(parents=True)
    (folder / "__init__.py").write_text(Path(prompts.__file__).read_text())
    (folder / "agent" / "system.md").write_text("# You answer for {business}\n")
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.chdir("/")
    elsewhere = importlib.import_module("elsewhere")
    assert elsewhere.read_markdown("agent/system") == "# You answer for {business}"
    assert elsewhere.load("agent/system", business="Harbor") == "# You answer for Harbor"
    assert len(elsewhere.version("agent/system")) == 12
    sys.modules.pop("elsewhere")
