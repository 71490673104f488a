"""The shipped suites gate every change: each case passes, and the baseline holds."""

from pathlib import Path

import pytest

from evals.cases import load_suite, suites
from evals.report import html, lines
from evals.run import Judged, Result, regressions, run


@pytest.fixture(scope="module")
async def results(tmp_path_factory: pytest.TempPathFactory) -> list[Result]:
    return await run(home=tmp_path_factory.mktemp("eval"))


async def test_every_case_of_every_suite_passes(results: list[Result]) -> None:
    failed = [line for line in lines(results) if "FAIL" in line or "broke" in line]
    assert failed == [], "\n".join(lines(results))
    assert sum(len(r.judged) for r in results) >= 6


async def test_nothing_is_worse_than_the_baseline(results: list[Result]) -> None:
    assert [w for r in results for w in regressions(r)] == []


async def test_the_report_is_one_page_without_outside_assets(
    results: list[Result], tmp_path: Path
) -> None:
    page = html(results)
    assert page.count("<article>") == sum(len(r.judged) for r in results)
    assert "src=" not in page
    assert "http" not in page.replace("https://", "", 50) or "<link" not in page


def test_a_failed_rule_is_told_and_marked(results: list[Result]) -> None:
    from evals.scorers import Score

    played = results[0].judged[0].played
    bad = Result(results[0].suite, [Judged(played, [Score("length", False, "4 segments", 0)])])
    assert "FAIL" in lines([bad])[1]
    assert " failed" in html([bad])


def test_the_six_scenarios_of_the_article_are_there() -> None:
    assert "article" in suites()
    assert [c.id for c in load_suite("article").cases] == [
        "daytime",
        "after-hours",
        "mobile",
        "landline",
        "needs-a-person",
        "straight-to-booking",
    ]
