"""The folder of one person for one server: where it is, and what can be told of it without her password.

Her file in it is encrypted, so a mark beside it says that nothing waits in it to be sent: it is set when the file is
closed with everything sent, and taken away before it is worked in. Without the mark there may be something, after a
crash too.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from pathlib import Path
from uuid import UUID

from mv_desktop.core.durable import sync_folder, write_synced
from mv_desktop.domain.identifier import UserId
from mv_desktop.offline.disk import from_os_error, write_private

WORK_FILE = "work.db"
LOGIN_FILE = "login"
LOCK_FILE = "in-use.lock"
PAGES = "pages"
KEPT = "kept-"
"""How the folders begin into which a file is moved that cannot be opened."""
_SENT_MARK = "all-sent"


def home_of(folder: Path, server_name: str, user_id: UserId) -> Path:
    """The folder of one person for one server, under the program's data folder."""
    return _homes_of(folder, server_name) / str(user_id)


def remember_login(home: Path, login: str) -> None:
    """Let `find_home` find this folder by `login` from now on.

    Raises:
        LocalFileError: the folder cannot be written.
    """
    if _login_in(home) != login:
        write_private(home / LOGIN_FILE, login.encode())


def find_home(folder: Path, server_name: str, login: str) -> UserId | None:
    """Whose folder the one is that was opened for `login` on that server; None when there is none.

    Args:
        folder: the program's data folder.
        server_name: the profile's name.
        login: of the server (`domain.access.login_name`), which tells nobody's name.
    """
    for home in homes(folder, server_name):
        if _login_in(home) == login:
            try:
                return UserId(UUID(home.name))
            except ValueError:
                continue  # nobody's: the server then says who it is
    return None


def known_logins(folder: Path, server_name: str) -> frozenset[str]:
    """The logins of everybody who has a file here for that server."""
    return frozenset(login for home in homes(folder, server_name) if (login := _login_in(home)))


def people_with_work(folder: Path, server_name: str) -> int:
    """How many people have a file here for that server in which something may wait to be sent."""
    return sum((home / WORK_FILE).exists() and not (home / _SENT_MARK).exists() for home in homes(folder, server_name))


def mark_all_sent(home: Path) -> None:
    """Nothing in the file of this folder waits. Not being able to say so harms nobody."""
    try:
        write_synced(home / _SENT_MARK, b"")
    except OSError:
        return


def unmark(home: Path) -> None:
    """Work begins: something may wait from now on.

    Raises:
        LocalFileError: the folder cannot be written.
    """
    try:
        (home / _SENT_MARK).unlink()
        sync_folder(home)
    except FileNotFoundError:
        return
    except OSError as error:
        raise from_os_error(error, home) from error


def homes(folder: Path, server_name: str) -> Iterator[Path]:
    """The folders of all people for one server."""
    try:
        yield from sorted(_homes_of(folder, server_name).iterdir())
    except OSError:
        return


# -- private -------------------------------------------------------------------------------------------------


def _homes_of(folder: Path, server_name: str) -> Path:
    """The digest keeps apart servers whose names differ only in signs that no folder may have."""
    readable = re.sub(r"[^a-z0-9]+", "-", server_name.lower()).strip("-")[:40] or "server"
    digest = hashlib.sha256(server_name.encode()).hexdigest()[:8]
    return folder / f"{readable}-{digest}"


def _login_in(home: Path) -> str:
    """The login in a folder, "" when there is none that can be read."""
    try:
        return (home / LOGIN_FILE).read_text(encoding="utf-8")
    except (OSError, ValueError):
        return ""
