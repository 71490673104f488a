"""`ringback(...)` runs the command as people do: a process of its own, in a folder of its own."""

import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from core.db.embedded import Embedded
from tests.conftest import clone_database

ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class Ran:
    """What a command left."""

    code: int
    out: str
    err: str


Ringback = Callable[..., Ran]


def environment(**values: str) -> dict[str, str]:
    """An environment without any setting of ours but these."""
    return {
        "PATH": os.environ["PATH"],
        "HOME": os.environ.get("HOME", "/"),
        "PYTHONPATH": str(ROOT),
        **values,
    }


@pytest.fixture
def ringback(tmp_path: Path) -> Ringback:
    def run(*words: str, stdin: str = "", **settings: str) -> Ran:
        done = subprocess.run(
            [sys.executable, "-m", "cli", *words],
            input=stdin.encode(),
            capture_output=True,
            cwd=tmp_path,
            env=environment(**settings),
            timeout=120,
            check=False,
        )
        return Ran(done.returncode, done.stdout.decode(), done.stderr.decode())

    return run


@pytest.fixture(scope="session")
def own_database(postgres: Embedded, run_folder: Path) -> str:
    """A database of these tests alone: nobody else's jobs, businesses or secrets."""
    return postgres.dsn(user="ringback", database=clone_database(postgres, run_folder))
