"""A computer that an admin revoked: what is pending is sent first, then pages, scripts and keys are wiped.

A file ``revoked`` in the person's folder says so from the moment it is known: without a network nobody is let in any
more. Once everything was sent it says that, too, and from then on the wiping can be ended by whoever signs in next,
without her password, wherever it was broken off. Work that the server would not take is never wiped: it stays in the
encrypted file, which her password opens for ``mv-desktop offline export``.
"""

from __future__ import annotations

import json
import logging
import shutil
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Protocol
from uuid import UUID

from mv_desktop.core.durable import sync_folder
from mv_desktop.core.errors import NotAllowedError
from mv_desktop.domain.identifier import ComputerId
from mv_desktop.offline import upgrade
from mv_desktop.offline.disk import LocalFileError, from_os_error, write_private
from mv_desktop.offline.home import KEPT, LOCK_FILE, LOGIN_FILE, PAGES, homes
from mv_desktop.offline.key import DesktopKeyring
from mv_desktop.offline.key_file import KEY_FILES
from mv_desktop.offline.vault import Vault, taken_lock

if TYPE_CHECKING:
    from mv_desktop.offline.store import LocalStore

REVOKED_FILE = "revoked"
_WORK = ("journal", "stream", "meta", "held_submission", "bank_change", "script")
"""The tables that stay where the server would not take all; of `script` only what its operations need."""
_META = ("computer_id", "signed_in", "last_contact_at", "turned_away_at", "beacon")

_log = logging.getLogger(__name__)


class RevokedError(NotAllowedError):
    """An admin revoked this computer."""

    code = "revoked"

    def __init__(self, kept: str = "") -> None:
        super().__init__(
            "An administrator has revoked this computer: you cannot work on it any more.",
            kept=kept,
            remedy="Ask your administrator if you should; on another computer you can go on.",
        )


class Forgetful(Protocol):
    """A place of the desktop that can forget a secret."""

    def forget(self, name: str) -> None:
        """Forget the secret of that name, if there is one."""
        ...


@dataclass(frozen=True, slots=True)
class Mark:
    """What the file ``revoked`` says.

    Attributes:
        computer_id: of the file that is or was here; None when it cannot be read.
        sent: nothing waits: all may be wiped.
    """

    computer_id: ComputerId | None
    sent: bool


def mark_of(home: Path) -> Mark | None:
    """The mark in a folder, None when the computer is not revoked. One that cannot be read still is one."""
    try:
        content = json.loads((home / REVOKED_FILE).read_bytes())
        return Mark(ComputerId(UUID(content["computer"])), content["sent"] is True)
    except FileNotFoundError:
        return None
    except (OSError, ValueError, TypeError, KeyError):
        return Mark(None, sent=False)


def mark(home: Path, computer_id: ComputerId, *, sent: bool) -> None:
    """Write down, durably, that this computer is revoked. Raises LocalFileError when it cannot be written."""
    write_private(home / REVOKED_FILE, json.dumps({"computer": str(computer_id), "sent": sent}).encode())


def unmark(home: Path) -> None:
    """An admin took it back: the person may come in again. Raises LocalFileError when it cannot be written."""
    try:
        (home / REVOKED_FILE).unlink(missing_ok=True)
        sync_folder(home)
    except OSError as error:
        raise from_os_error(error, home) from error


def wipe(home: Path, owner: str, keyring: Forgetful | None = None) -> None:
    """Remove everything but the mark from a folder whose mark says that all was sent; it may have been begun before.

    The keys go first: from then on nothing can be read, however the rest ends. What was moved aside because it could
    not be opened may hold work that was never sent; of that only the pages go.

    Args:
        home: the folder; no window has it open.
        owner: whose key the keyring may keep (`Vault.owner`).
        keyring: the desktop's when None.

    Raises:
        LocalFileError: not everything could be removed; the next start goes on.
    """
    lock = taken_lock(home / LOCK_FILE)
    try:
        for name in KEY_FILES:
            (home / name).unlink(missing_ok=True)
        sync_folder(home)
        (keyring or DesktopKeyring()).forget(owner)
        for path in _rest(home):
            _remove(path)
        sync_folder(home)
    except OSError as error:
        raise from_os_error(error, home) from error
    finally:
        lock.release()


def wipe_but_work(vault: Vault, keyring: Forgetful | None = None) -> None:
    """Of an open file keep only what the server would not take; pages, scripts and the keyring's key go.

    Raises:
        LocalFileError: not everything could be removed; the next time goes on.
    """
    try:
        for entry in (vault.home, *vault.home.glob(f"{KEPT}*")):
            _remove(entry / PAGES)
        for copy in upgrade.copies(vault.home):  # of what an older program left: all its scripts
            _remove(copy)
    except OSError as error:
        raise from_os_error(error, vault.home) from error
    (keyring or DesktopKeyring()).forget(vault.owner)
    with vault.transaction() as db:
        tables = [row["name"] for row in db.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        for table in tables:
            if table not in _WORK and not table.startswith("sqlite_"):
                db.execute(f"DELETE FROM {table}")  # noqa: S608 (a table's name out of the file itself)
        db.execute("DELETE FROM journal WHERE state = 'answered' AND verdict IS NOT 'refused'")
        db.execute("DELETE FROM bank_change WHERE state <> 'pending'")
        db.execute("DELETE FROM script WHERE evaluation_id NOT IN (SELECT evaluation_id FROM journal)")
        db.execute(f"DELETE FROM meta WHERE name NOT IN ({', '.join('?' * len(_META))})", _META)  # noqa: S608
    with vault.reading() as db:
        db.execute("VACUUM")  # or what was deleted could still be read by who has the key
        db.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def leave_computer(vault: Vault, store: LocalStore, keyring: Forgetful | None = None) -> int | None:
    """Close the file of a revoked computer and wipe what may be wiped.

    Returns:
        How many operations stay because the server would not take them; None when nothing was wiped, because it was
        not reached.

    Raises:
        LocalFileError: not everything could be removed; the next start goes on. The file is closed.
    """
    try:
        left = store.status().pending + len(store.held_leavings())
        if left and not store.computer.everything_was_tried:
            return None
        if left:
            wipe_but_work(vault, keyring)
            return left
        mark(vault.home, store.computer.computer_id, sent=True)
    finally:
        vault.close()
    wipe(vault.home, vault.owner, keyring)
    return 0


def finish_wipes(folder: Path, server_name: str, keyring: Forgetful | None = None) -> None:
    """End what a killed program began, for all people of one server; what cannot be ended now waits for the next start.

    Args:
        folder: the program's data folder.
        server_name: the profile's name.
        keyring: the desktop's when None.
    """
    for home in homes(folder, server_name):
        found = mark_of(home)
        if found is not None and found.sent and _rest(home):
            with suppress(LocalFileError):
                wipe(home, f"{server_name}/{home.name}", keyring)
                _log.info("the wiping of a revoked computer's file was ended")


def _rest(home: Path) -> list[Path]:
    """What is still to be removed of a folder whose work was sent."""
    found = [entry for entry in home.iterdir() if entry.name not in (REVOKED_FILE, LOGIN_FILE, LOCK_FILE)]
    kept = [entry for entry in found if entry.name.startswith(KEPT)]
    pages = [entry / PAGES for entry in kept if (entry / PAGES).exists()]
    return sorted(pages + [entry for entry in found if entry not in kept])


def _remove(path: Path) -> None:
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)
