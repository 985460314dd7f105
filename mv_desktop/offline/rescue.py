"""What was not sent, out of a damaged file into the new one that takes its place.

The file was moved aside with the mark ``to-rescue`` beside it, which goes when what could be read stands in the new
file: so whenever the program dies, the next opening goes on. Operations keep their ids, by which the server applies
each once, and all that their text says. Of a row on a damaged block only the text is believed, which its own SHA-256
proves, and not what would undo it.
"""

from __future__ import annotations

import hashlib
import json
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, NamedTuple
from uuid import UUID

from mv_desktop.core.durable import write_synced
from mv_desktop.core.ids import IdSource
from mv_desktop.domain.identifier import EvaluationId
from mv_desktop.offline import cipher, journal, message, mirror, projection
from mv_desktop.offline.block import BlockFile, FoundRow
from mv_desktop.offline.disk import from_database_error, from_os_error
from mv_desktop.offline.home import KEPT, WORK_FILE
from mv_desktop.offline.registers import compact

_MARK = "to-rescue"


class _JournalRow(NamedTuple):
    """The columns of `journal`, of the oldest version too."""

    entry: Any
    op_id: Any
    evaluation_id: Any
    assignment_version: Any
    kind: Any
    payload: Any
    inverse: Any
    undoes: Any
    recorded_at: Any
    body_sha256: Any
    body: Any
    stream_id: Any
    seq: Any
    state: Any
    verdict: Any
    reason: Any


class _BankRow(NamedTuple):
    """The columns of `bank_change`."""

    entry: Any
    change_id: Any
    comment_id: Any
    kind: Any
    payload: Any
    base_version: Any
    made_at: Any
    state: Any


@dataclass(frozen=True, slots=True)
class _Operation:
    """One that was not answered. `inverse` and `undoes` are empty where they cannot be believed."""

    entry: int
    body: str
    sha256: str
    inverse: str
    undoes: str | None
    state: str
    reason: str | None
    sealed: bool


@dataclass(frozen=True, slots=True)
class Rescued:
    """What of a damaged file was not sent.

    Attributes:
        operations: those that could be read, in the order in which they were made.
        comments: changes of the comment bank likewise.
        lost: how many of both could not be read; None when it cannot be told.
    """

    operations: tuple[_Operation, ...]
    comments: tuple[_BankRow, ...]
    lost: int | None

    @property
    def sentence(self) -> str:
        """What the teacher is told of it."""
        count = len(self.operations) + len(self.comments)
        look = "look at the scripts that you marked last."
        match count, self.lost:
            case 0, 0:
                return "Everything in it had reached the server."
            case 0, None:
                return f"What in it had not been sent could not be read: {look}"
            case 0, lost:
                return f"The changes in it that had not been sent ({lost}) could not be read: {look}"
            case _, 0:
                return (
                    f"All changes in it that had not been sent ({count}) could be read: they are kept on this computer "
                    "and are sent."
                )
        some = (
            f"Of the changes in it that had not been sent, {count} could be read: they are kept on this computer and "
            "are sent."
        )
        if self.lost is None:
            return f"{some} How many could not be read is not known: {look}"
        return f"{some} The others ({self.lost}) could not be read: {look}"


def begin(kept: Path) -> None:
    """A damaged file comes into the folder `kept`. Raises LocalFileError when that cannot be written down."""
    try:
        write_synced(kept / _MARK, b"")
    except OSError as error:
        raise from_os_error(error, kept) from error


def unfinished(home: Path) -> tuple[Path, ...]:
    """The folders in a person's folder out of which something is still to be rescued."""
    return tuple(sorted(mark.parent for mark in home.glob(f"{KEPT}*/{_MARK}")))


def fits(kept: Path, key: bytes) -> bool:
    """Whether `key` is that of the damaged file in `kept`, as far as anything on it still says so."""
    return any(row.sealed or _operation(row) is not None for row in BlockFile(kept / WORK_FILE, key).rows())


def read(path: Path, key: bytes) -> Rescued:
    """What of the damaged file at `path` was not sent, as far as it can be read; the file is only read."""
    operations: dict[str, _Operation] = {}
    comments: dict[str, _BankRow] = {}
    for row in BlockFile(path, key).rows():
        if (found := _operation(row)) is not None:
            before = operations.get(found[0])
            if before is None or _worth(found[1]) > _worth(before):
                operations[found[0]] = found[1]
        elif (change := _comment(row)) is not None:
            before_change = comments.setdefault(change.change_id, change)
            if before_change.state != "answered":
                comments[change.change_id] = change
    waiting = _waiting(path, key, "journal")
    bank = _waiting(path, key, "bank_change")
    # a block that was freed since may still show as waiting what was answered later; the server would know it
    kept = tuple(
        item
        for item in sorted(operations.values(), key=lambda item: item.entry)
        if item.state != "answered" and (waiting is None or item.entry in waiting)
    )
    changes = tuple(
        item
        for item in sorted(comments.values(), key=lambda item: int(item.entry))
        if item.state != "answered" and (bank is None or item.entry in bank)
    )
    lost = None if waiting is None or bank is None else len(waiting) + len(bank) - len(kept) - len(changes)
    return Rescued(kept, changes, lost)


def finish(db: cipher.Connection, kept: Path, key: bytes, now: datetime, ids: IdSource) -> Rescued:
    """Bring what can be read of the file in the folder `kept` into the open file, all of it or nothing.

    What is there already stays as it is. It waits to be sent, under a new stream, also while its script is not here.

    Args:
        db: the new file.
        kept: the folder of the damaged one.
        key: of the damaged one.
        now: the wall clock.
        ids: names the stream.

    Raises:
        LocalFileError: it could not be written; the next opening tries again.
    """
    rescued = read(kept / WORK_FILE, key)
    try:
        db.execute("BEGIN IMMEDIATE")
        try:
            _store(db, rescued, str(ids()))
            journal.start_stream(db, ids)
            for evaluation_id in {json.loads(item.body)["evaluation_id"] for item in rescued.operations}:
                projection.rebuild(db, EvaluationId(UUID(evaluation_id)))
            if rescued.operations or rescued.comments or rescued.lost != 0:
                told = message.Telling(f"{message.FILE_DAMAGED} {rescued.sentence}")
                mirror.add_message(db, "rescued", told, None, now)
            db.execute("COMMIT")
        except BaseException:
            if db.in_transaction:
                db.execute("ROLLBACK")
            raise
    except cipher.Error as error:
        told_error = from_database_error(error)
        if told_error is None:
            raise
        raise told_error from error
    with suppress(OSError):  # then it is done once more, which changes nothing
        (kept / _MARK).unlink(missing_ok=True)
    return rescued


# -- private -------------------------------------------------------------------------------------------------


def _operation(row: FoundRow) -> tuple[str, _Operation] | None:
    """The row as one of the journal whose text is what was written, with its id; None when it is none."""
    if len(row.values) < len(_JournalRow._fields):
        return None
    found = _JournalRow(*row.values[: len(_JournalRow._fields)])
    if not isinstance(found.body, str) or hashlib.sha256(found.body.encode()).hexdigest() != found.body_sha256:
        return None
    with suppress(ValueError, KeyError, TypeError):
        op_id = str(UUID(json.loads(found.body)["op_id"]))
        believed = row.sealed
        return op_id, _Operation(
            row.number,
            found.body,
            found.body_sha256,
            found.inverse if believed else "[]",
            found.undoes if believed else None,
            found.state if found.state in ("answered", "set_aside") else "pending",
            found.reason if believed else None,
            believed,
        )
    return None


def _worth(item: _Operation) -> tuple[bool, bool]:
    """Which of two states of one operation to believe."""
    return item.state == "answered", item.sealed


def _comment(row: FoundRow) -> _BankRow | None:
    """The row as one of the bank's changes; they carry no SHA-256, so the seal has to vouch for them."""
    width = len(_BankRow._fields)
    if not row.sealed or len(row.values) < width or row.values[3] not in ("put", "use"):
        return None
    found = _BankRow(row.number, *row.values[1:width])
    with suppress(ValueError, TypeError, AttributeError):
        UUID(found.change_id), UUID(found.comment_id), json.loads(found.payload)
        return found if found.state in ("pending", "refused", "answered") else None
    return None


def _waiting(path: Path, key: bytes, table: str) -> frozenset[int] | None:
    """The numbers of the rows that wait, by their index, which stands on other blocks; None when it is damaged too."""
    try:
        connection = cipher.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True, isolation_level=None)
    except cipher.Error:
        return None
    try:
        connection.execute("PRAGMA cipher_log_level = NONE")
        connection.execute(f"PRAGMA key = \"x'{key.hex()}'\"")
        rows = connection.execute(
            f"SELECT entry FROM {table} INDEXED BY {table}_waiting WHERE state <> 'answered'"  # noqa: S608 (our own)
        )
        return frozenset(entry for (entry,) in rows)
    except cipher.Error:
        return None
    finally:
        connection.close()


def _store(db: cipher.Connection, rescued: Rescued, stream_id: str) -> None:
    db.executemany(
        "INSERT OR IGNORE INTO journal (op_id, evaluation_id, assignment_version, kind, payload, inverse, undoes,"
        " recorded_at, body_sha256, body, stream_id, seq, state, reason)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (_row(item, stream_id, seq) for seq, item in enumerate(rescued.operations, 1)),
    )
    db.executemany(
        "INSERT OR IGNORE INTO bank_change (change_id, comment_id, kind, payload, base_version, made_at, state)"
        " VALUES (?, ?, ?, ?, ?, ?, ?)",
        (item[1:] for item in rescued.comments),
    )


def _row(item: _Operation, stream_id: str, seq: int) -> tuple[str | int | None, ...]:
    body = json.loads(item.body)
    return (
        body["op_id"],
        body["evaluation_id"],
        body["assignment_version"],
        body["kind"],
        compact(body["payload"]),
        item.inverse,
        item.undoes,
        body["wall"],
        item.sha256,
        item.body,
        stream_id,
        seq,
        item.state,
        item.reason,
    )
