"""Exporting everything that was not sent, or not taken, into one file that a coordinator can bring in.

It only reads, so it works with the program running, with the disk full (into a file on another disk), and for somebody
whose account is locked. A computer that comes online after all sends everything as before; the server knows what has
come by a file.
"""

from __future__ import annotations

import json
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from mv_desktop import __version__
from mv_desktop.core.durable import replace_synced
from mv_desktop.core.errors import InvalidError
from mv_desktop.domain.identifier import UserId
from mv_desktop.offline import cipher, meta, recovery
from mv_desktop.offline.disk import LocalFileError, from_database_error, from_os_error
from mv_desktop.offline.home import LOCK_FILE, WORK_FILE
from mv_desktop.offline.vault import InUseError, taken_lock
from mv_desktop.offline.work_file import WorkFile, WorkOperation, WorkOwner, packed


@dataclass(frozen=True, slots=True)
class Exported:
    """What was written.

    Attributes:
        path: the file; None when there was nothing to write.
        operations, comments: how many are in it.
        damaged: how many of the operations are not what was written when she did them; they are in the file, and are
            not brought in.
        sealed_for: the recovery key that opens it; "" for a file that everybody can read.
    """

    path: Path | None
    operations: int = 0
    comments: int = 0
    damaged: int = 0
    sealed_for: str = ""


def export_work(
    db: cipher.Connection,
    target: Path,
    *,
    user_id: UserId,
    server: str,
    now: datetime,
    replace: bool = False,
    recovered: bool = False,
) -> Exported:
    """Write what was not sent, and what the server refused, to `target`: whole, or not at all.

    Sealed for the organisation's recovery key when the server has told one, else readable by everybody.

    Args:
        db: her file; it is only read.
        target: the new file.
        user_id: whose work it is.
        server: the name under which this computer knows the server.
        now: the computer's clock.
        replace: a file of that name may be overwritten.
        recovered: it was opened with the recovery key, which the file then says.

    Raises:
        InvalidError: there is a file of that name, or no such folder.
        LocalFileError: it could not be written.
    """
    operations, comments = _unsent(db)
    if not operations and not comments:
        return Exported(None)
    if target.exists() and not replace:
        raise InvalidError(
            f"There is a file {target.name} already.", kept="It was not touched.", remedy="Choose another name."
        )
    if not target.parent.is_dir():
        raise InvalidError(f"There is no folder {target.parent}.", remedy="Choose another place.")
    person = _told(db)
    owner = WorkOwner(
        user_id,
        str(person.get("email", "")),
        f"{person.get('first_name', '')} {person.get('last_name', '')}".strip(),
        server,
        meta.read(db, "computer_id") or "",
        now.isoformat(),
        __version__,
        recovered,
    )
    public = recovery.read_public((person.get("settings") or {}).get(recovery.SETTING))
    data = packed(WorkFile(owner, operations, comments), public)
    try:
        replace_synced(target, data)
    except OSError as error:
        raise from_os_error(error, target.parent) from error
    return Exported(
        target,
        len(operations),
        len(comments),
        sum(not item.sound for item in operations),
        "" if public is None else recovery.fingerprint(public),
    )


@contextmanager
def opened_to_read(home: Path, key: bytes, spare: Path) -> Iterator[cipher.Connection]:
    """The file in `home` without the program, also while a window of it has the file open.

    Args:
        home: the person's folder, or one into which her file was moved aside.
        key: of the file.
        spare: a folder that may be written, for a copy where the file's own disk takes nothing at all.

    Raises:
        DamagedError: it is another key, or the file is damaged.
        LocalFileError: it cannot be read.
    """
    if not (home / WORK_FILE).is_file():
        raise InvalidError(f"There is no work in {home}.")
    with ExitStack() as stack:
        try:
            lock = taken_lock(home / LOCK_FILE)
        except InUseError:
            yield stack.enter_context(_connected(home / WORK_FILE, key, alone=False))
            return
        except LocalFileError:
            folder = Path(stack.enter_context(tempfile.TemporaryDirectory(dir=spare, prefix=".mvwork-")))
            for name in (WORK_FILE, f"{WORK_FILE}-wal"):
                with suppress(FileNotFoundError):
                    shutil.copyfile(home / name, folder / name)
            yield stack.enter_context(_connected(folder / WORK_FILE, key, alone=True))
            return
        stack.callback(lock.release)
        yield stack.enter_context(_connected(home / WORK_FILE, key, alone=True))


# -- private -------------------------------------------------------------------------------------------------


@contextmanager
def _connected(path: Path, key: bytes, *, alone: bool) -> Iterator[cipher.Connection]:
    connection = cipher.connect(str(path), timeout=5.0, isolation_level=None, check_same_thread=False)
    try:
        connection.execute("PRAGMA cipher_log_level = NONE")
        connection.execute(f"PRAGMA key = \"x'{key.hex()}'\"")
        connection.row_factory = cipher.Row
        if alone:
            # then SQLite needs no shared memory, which is a file, for which a full disk has no room
            connection.execute("PRAGMA locking_mode = EXCLUSIVE")
        connection.execute("PRAGMA temp_store = MEMORY")
        connection.execute("PRAGMA query_only = ON")
        connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
        yield connection
    except cipher.Error as error:
        told = from_database_error(error)
        if told is None:
            raise
        raise told from error
    finally:
        connection.close()


def _unsent(db: cipher.Connection) -> tuple[tuple[WorkOperation, ...], tuple[dict[str, object], ...]]:
    rows = db.execute(
        "SELECT body, body_sha256, state, verdict, reason FROM journal"
        " WHERE state <> 'answered' OR verdict = 'refused' ORDER BY entry"
    )
    operations = tuple(
        WorkOperation(
            row["body"],
            row["body_sha256"],
            "refused" if row["state"] == "answered" else row["state"],
            row["reason"] or "",
        )
        for row in rows
    )
    if not db.execute("SELECT 1 FROM sqlite_master WHERE name = 'bank_change'").fetchone():
        return operations, ()  # a file of before the comment bank
    comments = db.execute(
        "SELECT change_id, comment_id, kind, payload, base_version, made_at FROM bank_change"
        " WHERE state <> 'answered' ORDER BY entry"
    )
    return operations, tuple({name: row[name] for name in row.keys()} for row in comments)  # noqa: SIM118


def _told(db: cipher.Connection) -> dict[str, Any]:
    """What the server last said of her."""
    try:
        told = json.loads(meta.read(db, "signed_in") or "{}")
    except ValueError:
        return {}
    return told if isinstance(told, dict) else {}
