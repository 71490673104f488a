"""The watcher of an embedded PostgreSQL: it stops the server when the last user has left.

    users.lock    shared by every user; the watcher asks for it alone, and gets it when nobody is left
    watch.lock    held by the one watcher
    server.lock   inherited by the server and all it forks: free means that no process of it lives

Locks, never process ids, say who is there: the kernel drops a lock with its holder, however that
holder died, and nobody inherits it by a recycled number. The file runs by its path with the
standard library alone (`python -I -S embedded_watch.py FOLDER FD`), so it starts quickly and
survives whatever made its starter leave.
"""

import fcntl
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

_FIRMER = (
    (signal.SIGINT, 30.0),  # fast: sessions are cut, a last checkpoint is written
    (signal.SIGQUIT, 10.0),  # immediate: it recovers at its next start
    (signal.SIGKILL, 10.0),
)
"""How a server is told to stop, and how many seconds it has before the next word."""
_LOOK_SECONDS = 0.05


def nap() -> None:
    """Wait a moment for another process, which has no way to tell us."""
    time.sleep(_LOOK_SECONDS)  # noqa: TID251 - no business time, and no job: this is the database itself


def open_lock(path: Path) -> int:
    """Open a lock file, made when missing, and never through a link that another user laid."""
    return os.open(path, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW, 0o600)


def open_log(path: Path) -> int:
    """Open the server's log to append to it, with the same care."""
    return os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_NOFOLLOW, 0o600)


def try_lock(fd: int) -> bool:
    """Take the lock alone, if nobody else holds it."""
    try:
        fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def watch(folder: Path) -> None:
    """Make sure that a watcher lives.

    The lock is taken here and handed down, so there is no moment in which two could start.
    """
    lock = open_lock(folder / "watch.lock")
    try:
        if try_lock(lock):
            _start_watcher(folder, lock)
    finally:
        os.close(lock)


def _start_watcher(folder: Path, lock: int) -> None:
    log = open_log(folder / "log")
    try:
        subprocess.run(
            [sys.executable, "-I", "-S", __file__, str(folder), str(lock)],
            check=True,
            pass_fds=(lock,),
            cwd="/",
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=log,
        )
    finally:
        os.close(log)


def postmaster(data: Path) -> int | None:
    """The process id of the server that wrote `postmaster.pid`, if that still is a PostgreSQL."""
    try:
        pid = int((data / "postmaster.pid").read_text().split("\n", 1)[0])
    except (OSError, ValueError):
        return None
    if not Path("/proc/self/comm").exists():  # no /proc to ask (macOS)
        return pid
    try:
        name = Path(f"/proc/{pid}/comm").read_text().strip()
    except OSError:
        return None
    return pid if name == "postgres" else None


def stop_server(data: Path, server_lock: int) -> None:
    """Stop the server, ever more firmly, until no process of it is left.

    Without an end on purpose: a starter may have been killed between `initdb` and the first
    line of `postmaster.pid`, and what it left must still be stopped.
    """
    told: int | None = None
    step, due = 0, 0.0
    while not try_lock(server_lock):
        pid = postmaster(data)
        if pid != told:
            told, step, due = pid, 0, 0.0
        if pid is not None and time.monotonic() >= due:
            number, patience = _FIRMER[min(step, len(_FIRMER) - 1)]
            _signal(pid, number)
            step, due = step + 1, time.monotonic() + patience
        nap()


def _signal(pid: int, number: signal.Signals) -> None:
    try:
        os.kill(pid, number)
    except ProcessLookupError:
        return  # it went by itself; its lock will say so


def main(folder: Path, watch_lock: int) -> None:
    """Become a process of its own, wait until the last user has left, stop the server."""
    if os.fork():
        return  # the starter waits for this one only, and never has a child to reap
    os.setsid()  # Ctrl-C on the starter's terminal is not for us
    users = os.open(folder / "users.lock", os.O_RDWR)
    # opened now: the folder may be deleted under a running server, which then stops by itself
    server = open_lock(folder / "server.lock")
    fcntl.flock(users, fcntl.LOCK_EX)
    stop_server(folder / "data", server)
    # In this order: who waits on users.lock must find that there is no watcher any more.
    os.close(watch_lock)
    os.close(server)
    os.close(users)


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]))
