"""Run suites, score them, hold them against the baseline, write the report."""

import hashlib
import json
from dataclasses import dataclass, field
from importlib import resources
from pathlib import Path

from evals.cases import Suite, load_suite, suites
from evals.play import Played, Player, Stage, stage
from evals.scorers import Score, all_scorers

SCORER_VERSION = 1
"""Raise it when a score's meaning changes: older baselines are then not comparable."""


@dataclass
class Judged:
    """One case as played, with every score."""

    played: Played
    scores: list[Score] = field(default_factory=list)
    broke: str | None = None  # an infrastructure error, counted apart from failures

    @property
    def passed(self) -> bool:
        """Whether every rule held."""
        return self.broke is None and all(s.held for s in self.scores)

    @property
    def failures(self) -> list[Score]:
        """What did not hold."""
        return [s for s in self.scores if not s.held]


@dataclass
class Result:
    """A suite, judged."""

    suite: Suite
    judged: list[Judged]

    @property
    def passed(self) -> int:
        """How many cases passed."""
        return sum(j.passed for j in self.judged)

    def as_json(self) -> dict[str, object]:
        """For machines, and for baselines."""
        return {
            "suite": self.suite.name,
            "suite_hash": suite_hash(self.suite),
            "scorer_version": SCORER_VERSION,
            "passed": self.passed,
            "cases": {
                j.played.case.id: {
                    "passed": j.passed,
                    "failures": [f"{s.rule}: {s.why}" for s in j.failures],
                    "broke": j.broke,
                }
                for j in self.judged
            },
        }


def suite_hash(suite: Suite) -> str:
    """Scores of different versions of a suite are not comparable; this tells them apart."""
    return hashlib.sha256(suite.model_dump_json().encode()).hexdigest()[:12]


async def run(names: list[str] | None = None, *, home: Path | None = None) -> list[Result]:
    """Play and judge the suites of these names, or all.

    Raises:
        BadInput: there is no suite of that name.
    """
    wanted = [load_suite(name) for name in (names or suites())]
    async with stage(home) as on:
        return [
            Result(suite, [await judge(on, suite, n) for n in range(len(suite.cases))])
            for suite in wanted
        ]


async def judge(on: Stage, suite: Suite, number: int) -> Judged:
    """Play one case and score it; a fault of the stage itself is told apart."""
    player = Player(on, suite.cases[number])
    try:
        played = await player.play()
    except Exception as error:  # noqa: BLE001  one broken case must not hide the others' scores
        broken = Played(player.case, player.profile)
        return Judged(broken, broke=f"{type(error).__name__}: {error}")
    return Judged(played, [score for scorer in all_scorers() for score in scorer(played)])


def regressions(result: Result) -> list[str]:
    """What the baseline passed and this run does not; a new case has no baseline yet."""
    file = resources.files("evals.baselines").joinpath(f"{result.suite.name}.json")
    if not file.is_file():
        return []
    before = json.loads(file.read_text(encoding="utf-8"))
    if before["scorer_version"] != SCORER_VERSION:
        return [f"{result.suite.name}: the baseline is of scorer {before['scorer_version']}"]
    now = {j.played.case.id: j.passed for j in result.judged}
    return [
        f"{result.suite.name}/{case} passed before"
        for case, passed in before["cases"].items()
        if passed and not now.get(case, False)
    ]
