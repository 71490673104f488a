"""`ringback serve` and `ringback worker` as processes: they answer, work, and leave cleanly."""

import re
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

from tests.cli.conftest import Ringback, environment


@contextmanager
def started(folder: Path, *words: str, **settings: str) -> Iterator["subprocess.Popen[str]"]:
    with (
        (folder / "stderr").open("w") as told,
        subprocess.Popen(
            [sys.executable, "-m", "cli", *words],
            stdout=subprocess.PIPE,
            stderr=told,
            text=True,
            cwd=folder,
            env=environment(**settings),
        ) as process,
    ):
        try:
            yield process
        finally:
            process.kill()


def until(process: "subprocess.Popen[str]", wanted: str) -> str:
    """What it prints, up to the line that holds `wanted`."""
    assert process.stdout is not None
    read = ""
    for line in process.stdout:
        read += line
        if wanted in line:
            return read
    raise AssertionError(f"it ended after: {read}")


@pytest.mark.parametrize("workers", ["1", "2"])
def test_it_prints_its_pages_answers_and_stops_on_sigterm(
    tmp_path: Path, own_database: str, workers: str
) -> None:
    words = ("serve", "--demo", "--port", "0", "--workers", workers)
    with started(tmp_path, *words, DATABASE_URL=own_database) as process:
        printed = until(process, "Ctrl-C stops")
        base = re.search(r"Ringback is on (\S+)", printed)
        link = re.search(r"sign in here\s+(\S+)", printed)
        assert base is not None
        assert link is not None
        assert f"{base[1]}/phone" in printed
        assert link[1].startswith(f"{base[1]}/console/sign-in/")
        transport = httpx.HTTPTransport(retries=5)
        with httpx.Client(base_url=base[1], timeout=30, transport=transport) as web:
            assert web.get("/health/ready").json()["status"] == "ok"
            assert web.get("/api/v1/leads").status_code == 401
            assert "<form" in web.get(link[1]).text
        process.send_signal(signal.SIGTERM)
        assert process.wait(timeout=60) == 0


def test_the_worker_works_until_ctrl_c(tmp_path: Path, own_database: str) -> None:
    with started(tmp_path, "worker", DATABASE_URL=own_database) as process:
        until(process, "Working on jobs")
        process.send_signal(signal.SIGINT)
        assert process.wait(timeout=60) == 0


def test_a_taken_port_is_said_in_one_line(ringback: Ringback, own_database: str) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        done = ringback("serve", "--port", port, DATABASE_URL=own_database)
    assert done.code == 1
    assert done.err.count("\n") == 1
    assert port in done.err
