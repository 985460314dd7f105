"""The operating-system user that local servers run as.

Servers run as whoever runs the program, except that root hands them to an unprivileged user: PostgreSQL
refuses to run as root, and nothing that answers on a port should.
"""

from __future__ import annotations

import hashlib
import os
import secrets
import shutil
import subprocess
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from mv_desktop.core.errors import SetupError
from mv_desktop.demo.lock import in_use

_SHARED = Path("/var/lib/mathvidya")


@dataclass(frozen=True, slots=True)
class OsUser:
    """Who runs a server.

    Attributes:
        name: the user's name, or "" when servers run as ourselves.
        uid: the user's number, or None when servers run as ourselves.
        gid: the user's group, or None.
        arguments: keyword arguments for `subprocess` that drop our rights; empty when servers run as ourselves.
    """

    name: str = ""
    uid: int | None = None
    gid: int | None = None
    arguments: dict[str, Any] = field(default_factory=dict)

    def own(self, path: Path) -> None:
        """Give a file or folder to this user."""
        if self.uid is not None and self.gid is not None:
            os.chown(path, self.uid, self.gid)

    def reaches(self, path: Path, access: str) -> bool:
        """True when this user may "-r"ead, "-w"rite or "-x"ecute `path`."""
        if self.uid is None:
            modes = {"-r": os.R_OK, "-w": os.W_OK, "-x": os.X_OK}
            return os.access(path, modes[access])
        try:
            return subprocess.run(["/usr/bin/test", access, str(path)], check=False, **self.arguments).returncode == 0
        except OSError as error:
            raise SetupError(
                f"The servers cannot be run as the unprivileged user '{self.name}': {error.strerror}.",
                remedy="Run the program as an ordinary user.",
            ) from error

    def folder(self, wanted: Path) -> Path:
        """A folder this user can write to: `wanted`, or one below /var/lib that `wanted` refers to.

        Root's home and root's temporary folders are closed to everybody else; a server's files then live
        elsewhere and the file ``location`` in `wanted` says where. Files that no such file refers to any more
        are removed.

        Raises:
            SetupError: no folder can be made there.
        """
        try:
            wanted.mkdir(parents=True, exist_ok=True)
            if not os.access(wanted, os.W_OK):
                raise PermissionError(13, "it is not writable")
            if self.uid is None:
                return wanted
            _sweep()
            location = wanted / "location"
            if not location.exists():
                self.own(wanted)
                wanted.chmod(0o711)
                if self.reaches(wanted, "-w"):
                    return wanted
                os.chown(wanted, 0, 0)
            return self._elsewhere(location)
        except OSError as error:
            raise SetupError(
                f"The folder {wanted} cannot be used: {error.strerror or error}.",
                remedy="Choose another folder with --data-dir.",
            ) from error

    def programs(self, binary: Path, parts: Sequence[Path]) -> Path:
        """`binary` where this user can run it.

        A virtual environment below /root cannot be entered by another user: `parts`, files and folders that
        stand side by side and hold the binary, are then copied once.
        """
        if self.reaches(binary, "-x"):
            return binary
        base = parts[0].parent
        stamp = hashlib.sha256(f"{base}:{parts[0].stat().st_mtime_ns}".encode()).hexdigest()[:16]
        _make_shared()
        copy = _SHARED / f"programs-{parts[0].name}-{stamp}"
        if not copy.exists():
            _copy(parts, copy)
        return copy / binary.relative_to(base)

    def _elsewhere(self, location: Path) -> Path:
        _make_shared()
        if not location.exists():
            location.write_text(str(_SHARED / f"servers-{secrets.token_hex(8)}"), encoding="utf-8")
        folder = Path(location.read_text(encoding="utf-8"))
        if folder.parent != _SHARED:
            raise PermissionError(13, f"{location} names a folder outside {_SHARED}")
        folder.mkdir(exist_ok=True)
        folder.chmod(0o711)
        self.own(folder)
        (folder.with_name(folder.name + ".origin")).write_text(str(location), encoding="utf-8")
        return folder


@cache
def server_user() -> OsUser:
    """The user that servers run as on this computer (``MV_PG_OS_USER`` names one for root).

    Raises:
        SetupError: we are root and no unprivileged user exists.
    """
    if os.name != "posix" or os.geteuid() != 0:
        return OsUser()
    import pwd  # there is no such module on Windows

    for name in (os.environ.get("MV_PG_OS_USER"), "postgres", "nobody"):
        try:
            entry = pwd.getpwnam(name) if name else None
        except KeyError:
            continue
        if entry is not None and entry.pw_uid != 0:
            arguments = {"user": entry.pw_uid, "group": entry.pw_gid, "extra_groups": [], "cwd": "/"}
            return OsUser(entry.pw_name, entry.pw_uid, entry.pw_gid, arguments)
    raise SetupError(
        "No unprivileged user was found to run the servers as.",
        remedy="Run the program as an ordinary user, or name one in MV_PG_OS_USER.",
    )


def erase(wanted: Path) -> None:
    """Delete a server's folder, wherever its files really are. The server must be stopped."""
    location = wanted / "location"
    if location.exists():
        folder = Path(location.read_text(encoding="utf-8"))
        if folder.parent == _SHARED:
            shutil.rmtree(folder, ignore_errors=True)
            folder.with_name(folder.name + ".origin").unlink(missing_ok=True)
    shutil.rmtree(wanted, ignore_errors=True)


def _make_shared() -> None:
    _SHARED.mkdir(parents=True, exist_ok=True)
    status = _SHARED.stat()
    if status.st_uid != 0 or status.st_mode & 0o022:  # never run programs that somebody else may have changed
        raise PermissionError(13, f"{_SHARED} is not root's alone")
    _SHARED.chmod(0o755)


def _copy(parts: Sequence[Path], copy: Path) -> None:
    new = Path(tempfile.mkdtemp(prefix=copy.name + ".", dir=copy.parent))
    for part in parts:
        if part.is_dir():
            shutil.copytree(part, new / part.name, symlinks=True)
        elif part.exists():
            shutil.copy2(part, new / part.name)
    for path in (new, *new.rglob("*")):
        if not path.is_symlink():
            mode = path.stat().st_mode
            runs = 0o111 if path.is_dir() or mode & 0o100 else 0
            path.chmod((mode | 0o444 | runs) & ~0o022)
    try:
        new.rename(copy)  # atomic; the loser of a race throws its copy away
    except OSError:
        shutil.rmtree(new)


def _sweep() -> None:
    """Remove the files of data folders that somebody has deleted."""
    for origin in _SHARED.glob("servers-*.origin"):
        folder = origin.with_suffix("")
        location = Path(origin.read_text(encoding="utf-8"))
        try:
            wanted = location.read_text(encoding="utf-8") == str(folder)
        except OSError:
            wanted = False
        if not wanted and not in_use(folder):
            shutil.rmtree(folder, ignore_errors=True)
            origin.unlink(missing_ok=True)
