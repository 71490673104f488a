"""The embedded PostgreSQL with real processes: shared, killed, recovered, stopped."""

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import asyncpg
import pytest

from core.db.embedded import Embedded, acquire
from core.db.embedded_watch import open_lock, postmaster, try_lock
from core.errors import BadSetting, DatabaseMissing, DatabaseUnavailable

ROOT = Path(__file__).resolve().parents[3]
HOLD = """
import sys
from pathlib import Path
from core.db.embedded import acquire
held = acquire(Path(sys.argv[1]), create=True)
print(held.dsn(), flush=True)
sys.stdin.read()
"""


def until(fact: Callable[[], bool], seconds: float = 20) -> None:
    deadline = time.monotonic() + seconds
    while not fact():
        assert time.monotonic() < deadline, "did not come true in time"
        time.sleep(0.02)


def is_free(lock: Path) -> bool:
    fd = open_lock(lock)
    try:
        return try_lock(fd)
    finally:
        os.close(fd)


def stopped(home: Path) -> bool:
    """No process of the server lives, it left in order, and the watcher went after it."""
    folder = home / "postgres"
    left = not (folder / "data/postmaster.pid").exists()
    return left and is_free(folder / "server.lock") and is_free(folder / "watch.lock")


def server_of(home: Path) -> int:
    pid = postmaster(home / "postgres/data")
    assert pid is not None
    return pid


def watcher_of(home: Path) -> int:
    """Read from /proc/locks, where the holder of the lock stands (the waiting lines begin with ->)."""
    inode = str((home / "postgres/watch.lock").stat().st_ino)
    lines = [line.split() for line in Path("/proc/locks").read_text().splitlines()]
    owners = [w for w in lines if w[1] == "FLOCK" and w[5].rpartition(":")[2] == inode]
    assert len(owners) == 1
    for process in Path("/proc").glob("[0-9]*"):
        try:
            command = process.joinpath("cmdline").read_bytes().split(b"\0")
        except (FileNotFoundError, ProcessLookupError):
            continue  # it ended between the listing and the look
        if str(home / "postgres").encode() in command and b"-I" in command:
            return int(process.name)
    raise AssertionError("no watcher")


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home whose server has run and stopped, to copy from: one initdb for the file."""
    home = tmp_path_factory.mktemp("template") / "home"
    acquire(home, create=True).release()
    until(lambda: stopped(home))
    return home


@pytest.fixture
def home(template: Path, tmp_path: Path) -> Iterator[Path]:
    place = tmp_path / "home"
    copy_cluster(template, place)
    yield place
    until(lambda: stopped(place))


def copy_cluster(template: Path, place: Path) -> None:
    shutil.copytree(template / "postgres/data", place / "postgres/data")


@pytest.fixture
def hold() -> Iterator[Callable[[Path], subprocess.Popen[str]]]:
    """Processes that hold a share until they are told, or killed."""
    started: list[subprocess.Popen[str]] = []

    def start(home: Path) -> subprocess.Popen[str]:
        process = subprocess.Popen(
            [sys.executable, "-c", HOLD, str(home)],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        started.append(process)
        return process

    yield start
    for process in started:
        process.kill()
        process.communicate()


def line_of(process: subprocess.Popen[str]) -> str:
    assert process.stdout is not None
    return process.stdout.readline().strip()


async def ask(held: Embedded, sql: str, database: str = "ringback") -> object:
    connection = await asyncpg.connect(held.dsn(database=database))
    try:
        return await connection.fetchval(sql)
    finally:
        await connection.close()


Hold = Callable[[Path], subprocess.Popen[str]]


async def test_asyncpg_takes_the_address_as_it_is(home: Path) -> None:
    held = acquire(home, create=False)
    try:
        assert await ask(held, "SELECT current_database() || current_user") == "ringbackpostgres"
        assert await ask(held, "SHOW max_connections") == "200"
        assert await ask(held, "SHOW listen_addresses") == ""
        assert await ask(held, "SHOW timezone") == "UTC"
        assert await ask(held, "SHOW server_encoding") == "UTF8"
        assert await ask(held, "SELECT to_tsvector('english', 'Mon\u2013Fri') @@ 'fri'") is True
        await ask(held, "CREATE EXTENSION vector")
    finally:
        held.release()


def test_a_missing_cluster_is_named_and_nothing_is_made(tmp_path: Path) -> None:
    with pytest.raises(DatabaseMissing, match=r"RINGBACK_HOME.*ringback migrate.*ringback serve"):
        acquire(tmp_path / "none", create=False)
    assert not (tmp_path / "none").exists()


def test_two_holders_share_one_server_and_the_death_of_one_leaves_it_to_the_other(
    home: Path, hold: Hold
) -> None:
    first, second = hold(home), hold(home)
    assert line_of(first) == line_of(second) != ""
    server = server_of(home)
    first.kill()
    first.wait()
    third = hold(home)
    assert line_of(third)
    assert server_of(home) == server
    for process in (second, third):
        process.kill()  # the last one, too: nobody is left to stop the server but the watcher
        process.wait()
    until(lambda: stopped(home))


def test_the_last_release_stops_the_server_and_a_second_one_does_nothing(home: Path) -> None:
    one, two = acquire(home, create=False), acquire(home, create=False)
    one.release()
    one.release()
    assert not is_free(home / "postgres/users.lock")
    two.release()
    until(lambda: stopped(home))


def test_who_comes_while_the_server_stops_gets_a_fresh_one(home: Path) -> None:
    for _ in range(3):
        acquire(home, create=False).release()
    held = acquire(home, create=False)
    server_of(home)
    held.release()


async def test_a_killed_server_is_recovered_by_the_next(home: Path) -> None:
    held = acquire(home, create=False)
    await ask(held, "CREATE TABLE kept AS SELECT 7 AS figure")
    os.kill(server_of(home), signal.SIGKILL)
    again = acquire(home, create=False)
    assert again.dsn() == held.dsn()
    assert await ask(held, "SELECT figure FROM kept") == 7
    os.kill(server_of(home), signal.SIGKILL)
    held.revive()
    assert await ask(held, "SELECT figure FROM kept") == 7
    held.release()
    again.release()


@pytest.mark.skipif(not Path("/proc/locks").exists(), reason="finds the watcher in /proc")
def test_a_killed_watcher_is_replaced(home: Path) -> None:
    held = acquire(home, create=False)
    first = watcher_of(home)
    os.kill(first, signal.SIGKILL)
    until(lambda: is_free(home / "postgres/watch.lock"))
    again = acquire(home, create=False)
    second = watcher_of(home)
    assert second != first
    os.kill(second, signal.SIGKILL)
    until(lambda: is_free(home / "postgres/watch.lock"))
    again.release()
    held.release()  # puts a watcher in place before it leaves
    until(lambda: stopped(home))


def test_a_stale_pid_file_that_names_another_living_process_is_no_obstacle(home: Path) -> None:
    # our own id: PostgreSQL itself would refuse to start beside a living process of its user
    stale = f"{os.getpid()}\n{home}/postgres/data\n1\n5432\n{home}/postgres\n\n1 1\nready\n"
    (home / "postgres/data/postmaster.pid").write_text(stale)
    held = acquire(home, create=False)
    assert server_of(home) != os.getpid()
    held.release()


def test_a_home_too_long_for_a_socket_listens_in_a_short_private_folder(
    template: Path, tmp_path: Path
) -> None:
    home = tmp_path / ("long" * 25) / "it's, $HOME"
    copy_cluster(template, home)
    held = acquire(home, create=False)
    place = held._cluster.socket_dir()
    try:
        assert len(str(place)) < 80
        assert place.stat().st_mode & 0o077 == 0
        assert held.dsn().endswith(f"?host={place}&port=5432")
    finally:
        held.release()
        until(lambda: stopped(home))
        place.rmdir()


def test_five_at_once_make_one_cluster(tmp_path: Path, hold: Hold) -> None:
    home = tmp_path / "home"
    processes = [hold(home) for _ in range(5)]
    addresses = {line_of(process) for process in processes}
    assert len(addresses) == 1
    assert "" not in addresses
    folders = [entry for entry in (home / "postgres").iterdir() if entry.is_dir()]
    assert folders == [home / "postgres/data"]
    for process in processes:
        process.kill()
        process.wait()
    until(lambda: stopped(home))


def test_an_initdb_killed_half_way_leaves_nothing_that_is_taken_for_whole(tmp_path: Path) -> None:
    home = tmp_path / "home"
    (home / "postgres/data.new/base").mkdir(parents=True)
    (home / "postgres/data.new/PG_VERSION").write_text("18\n")
    with pytest.raises(DatabaseMissing):
        acquire(home, create=False)
    held = acquire(home, create=True)
    assert not (home / "postgres/data.new").exists()
    held.release()
    until(lambda: stopped(home))


def test_another_versions_data_is_refused_untouched(tmp_path: Path) -> None:
    data = tmp_path / "home/postgres/data"
    data.mkdir(parents=True)
    (data / "PG_VERSION").write_text("16\n")
    with pytest.raises(BadSetting, match=r"RINGBACK_HOME.*PostgreSQL 16, and this is 18"):
        acquire(tmp_path / "home", create=True)
    assert [entry.name for entry in data.iterdir()] == ["PG_VERSION"]


def test_a_server_that_cannot_start_shows_the_end_of_its_log(home: Path) -> None:
    (home / "postgres/data/global/pg_control").unlink()
    with pytest.raises(DatabaseUnavailable, match=r"(?s)did not start.*log:.*pg_control"):
        acquire(home, create=False)


def test_a_file_in_the_place_of_the_home_is_named(tmp_path: Path) -> None:
    (tmp_path / "home").write_text("")
    with pytest.raises(BadSetting, match="RINGBACK_HOME"):
        acquire(tmp_path / "home", create=True)


def test_folders_above_keep_their_permissions(home: Path) -> None:
    home.parent.chmod(0o700)
    home.chmod(0o750)
    (home / "postgres").chmod(0o777)
    held = acquire(home, create=False)
    try:
        assert home.parent.stat().st_mode & 0o777 == 0o700
        assert home.stat().st_mode & 0o777 == 0o750
        assert (home / "postgres").stat().st_mode & 0o777 == 0o700
    finally:
        held.release()
