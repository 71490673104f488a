"""As whom the embedded PostgreSQL runs.

PostgreSQL refuses to run as root. Started by root it therefore runs as another account, which
must reach the binaries and the data even where a folder above them is private (a project below
/root). Nobody's folder is opened up for that: the server keeps the one capability that lets it
pass through folders, and nothing else of root's power.
"""

import os
import pwd
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from core.errors import BadSetting

_ACCOUNTS = ("ringback", "postgres", "nobody")
_ENVIRONMENT = {"PATH": os.defpath, "LC_ALL": "C", "TZ": "UTC", "PGCONNECT_TIMEOUT": "5"}
"""All that our PostgreSQL tools see: a PGHOST or PGOPTIONS of the user's must not lead them astray."""
_PASSING = (("dac_read_search", 1 << 2), ("dac_override", 1 << 1))
"""What lets a process pass through private folders, the weaker first (containers keep the other)."""


@dataclass(frozen=True)
class Account:
    """The user who owns the cluster; `prefix` is put before a command to run it as that user."""

    uid: int
    gid: int
    prefix: tuple[str, ...] = ()

    def own(self, path: Path) -> None:
        """Give what root has just made to the server's account."""
        if path.lstat().st_uid != self.uid and os.geteuid() == 0:
            os.chown(path, self.uid, self.gid, follow_symlinks=False)

    def own_all(self, folder: Path) -> None:
        """Give a whole folder, for example one that root copied back from a backup."""
        for path in (folder, *folder.rglob("*")):
            self.own(path)

    def run(
        self, command: list[str], *, cwd: Path, pass_fds: tuple[int, ...] = ()
    ) -> subprocess.CompletedProcess[str]:
        """Run one of PostgreSQL's tools as this account, whatever the environment holds."""
        return subprocess.run(
            [*self.prefix, *command],
            cwd=cwd,
            pass_fds=pass_fds,
            env=_ENVIRONMENT,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            errors="replace",
            check=False,
        )


def account_for(folder: Path, program: Path) -> Account:
    """The account for the cluster in `folder`: ours, or for root the owner of the data.

    Raises:
        BadSetting: root has no way to run the server as somebody else here.
    """
    if os.geteuid() != 0:
        return Account(os.geteuid(), os.getegid())
    uid, gid = _owner(folder)
    change = shutil.which("setpriv")
    if change is None:
        raise BadSetting(
            "RINGBACK_HOME",
            "PostgreSQL does not run as root, and `setpriv` (util-linux), which would run it as "
            "another user, is not installed. Start as an ordinary user, or set DATABASE_URL",
        )
    plain = Account(uid, gid, (change, f"--reuid={uid}", f"--regid={gid}", "--clear-groups"))
    if _reaches(plain, folder, program):
        return plain
    for name, bit in _PASSING:
        if _capabilities() & bit:
            keep = (f"--inh-caps=+{name}", f"--ambient-caps=+{name}")
            passing = Account(uid, gid, (*plain.prefix, *keep))
            if _reaches(passing, folder, program):
                return passing
    raise BadSetting(
        "RINGBACK_HOME",
        f"PostgreSQL does not run as root, and user {uid} can not reach {folder} and {program}. "
        "Start as an ordinary user, or put both where others may read",
        "/var/lib/ringback",
    )


def _owner(folder: Path) -> tuple[int, int]:
    for existing in (folder / "data", folder):
        if existing.exists() and existing.stat().st_uid != 0:
            return existing.stat().st_uid, existing.stat().st_gid
    for name in _ACCOUNTS:
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        return entry.pw_uid, entry.pw_gid
    raise BadSetting(
        "RINGBACK_HOME",
        f"PostgreSQL does not run as root, and none of the users {', '.join(_ACCOUNTS)} exists. "
        "Make one, or start as an ordinary user",
    )


def _reaches(account: Account, folder: Path, program: Path) -> bool:
    # the folder itself will be the account's own; what counts is the way to it
    reads = 'test -x "$0" && test -r "$0" && test -x "$1"'
    return (
        account.run(
            ["/bin/sh", "-c", reads, str(program), str(folder.parent)], cwd=Path("/")
        ).returncode
        == 0
    )


def _capabilities() -> int:
    """Root's own capabilities as bits; none where the system does not know such."""
    try:
        status = Path("/proc/self/status").read_text()
    except OSError:
        return 0
    lines = dict(line.split(":", 1) for line in status.splitlines() if ":" in line)
    return int(lines.get("CapPrm", "0").strip(), 16)
