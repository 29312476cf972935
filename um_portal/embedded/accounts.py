"""Chooses the system account that the embedded servers run as, and gives it access to their files.

PostgreSQL refuses to run as root. When root starts the servers (in a container, on a fresh machine) they run
as an account without rights, which can reach only their own files.
"""

import os
import pwd
import subprocess
from pathlib import Path

from um_portal.embedded.processes import StartMislukt

ACCOUNT = "pgserver"


def server_account(existing: Path | None = None) -> pwd.struct_passwd | None:
    """Gives the account to run the servers as; None when we are not root and run them as ourselves.

    Files at `existing` that an ordinary user made earlier stay that user's.
    """
    if os.geteuid() != 0:
        return None
    if existing and existing.exists() and (owner := existing.stat().st_uid) != 0:
        try:
            return pwd.getpwuid(owner)
        except KeyError:
            pass  # an account of another machine; the code below takes the files over
    return _account()


def _account() -> pwd.struct_passwd:
    try:
        return pwd.getpwnam(ACCOUNT)
    except KeyError:
        pass
    command = ["useradd", "--system", "--no-create-home", "--shell", "/usr/sbin/nologin", ACCOUNT]
    try:
        subprocess.run(command, check=False, capture_output=True)
    except FileNotFoundError:
        pass  # a machine without useradd
    # Look it up even when useradd failed: another start may have made the account at the same moment.
    for name in (ACCOUNT, "nobody"):
        try:
            return pwd.getpwnam(name)
        except KeyError:
            continue
    raise StartMislukt(
        "PostgreSQL mag niet als root draaien en er is geen ander account. "
        f"Maak het systeemaccount {ACCOUNT} aan, of start als gewone gebruiker."
    )


def give(path: Path, account: pwd.struct_passwd | None) -> None:
    """Makes the account owner of a directory and its content; lets it pass the directories above."""
    if account is None:
        return
    if path.stat().st_uid != account.pw_uid:
        for directory, _, files in os.walk(path):
            os.chown(directory, account.pw_uid, account.pw_gid)
            for file in files:
                os.chown(os.path.join(directory, file), account.pw_uid, account.pw_gid, follow_symlinks=False)
    _let_through(path)


def let_read(path: Path, account: pwd.struct_passwd | None) -> None:
    """Lets the account read and run a program's files, also where a strict umask forbade that."""
    if account is None:
        return
    for file in (path, *path.rglob("*")) if path.is_dir() else (path,):
        mode = file.stat().st_mode
        wanted = mode | 0o004 | (0o001 if mode & 0o100 else 0)
        if wanted != mode and not file.is_symlink():
            file.chmod(wanted)
    _let_through(path)


def _let_through(path: Path) -> None:
    """Gives passage only (x), never a view of what else is in the directory (r)."""
    for directory in path.parents:
        mode = directory.stat().st_mode
        if not mode & 0o001:
            directory.chmod(mode | 0o001)
