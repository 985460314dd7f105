"""What was brought in from files: kept while it is written, looked at, and taken back part by part."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.orm import Session

from mv_desktop.core.errors import ConflictError, InvalidError, RefusedError, UserError
from mv_desktop.domain.import_history import (
    Deed,
    ImportedRow,
    ImportState,
    Judged,
    Outcome,
    PastImport,
    Prospect,
    SourceFile,
)
from mv_desktop.domain.record import Slice
from mv_desktop.domain.record_import import Taken, Told, tell
from mv_desktop.services.failure import translated
from mv_desktop.services.record import accepted

PIECE = 500
"""So many rows are read, or kept, at once."""


@dataclass(frozen=True, slots=True)
class Part:
    """A part of an import on its way back.

    Attributes:
        rows: those that are next, from the last on; what was done on the server itself is not among them.
        taken: what became of all rows so far.
        waiting: so many are not taken back yet.
    """

    rows: tuple[ImportedRow, ...]
    taken: Taken
    waiting: int


@contextmanager
def kept_import(
    connect: Callable[[], AbstractContextManager[Session]],
    import_id: UUID,
    subject: str,
    file: SourceFile,
    reason: str,
) -> Iterator[Session]:
    """Bring something in, all of it in the session that is given, so that it can be taken back.

    It is known of from its beginning, in a transaction of its own. When it is refused or stopped, it is forgotten; when
    the program ends in the middle, it stays as interrupted.

    Args:
        connect: a session on an admin's own login, each time it is called.
        import_id: chosen by the caller.
        subject: as the server names it.
        file: which one.
        reason: why, for the audit log.
    """
    with connect() as session:
        _ask(
            session,
            "api.begin_import(CAST(:import AS uuid), :subject, :file, :sha256)",
            {"import": import_id, "subject": subject, "file": file.name[-255:], "sha256": file.sha256 or None},
        )
    named = {"import": import_id, "subject": subject}
    try:
        with connect() as session:
            _ask(session, "api.hold_import(CAST(:import AS uuid), :subject)", named)
            yield session
            _ask(session, "api.end_import(CAST(:import AS uuid), :subject, :reason)", named | {"reason": reason})
    except BaseException:
        with suppress(UserError), connect() as session:  # else it stands as interrupted
            _ask(session, "api.drop_import(CAST(:import AS uuid), :subject)", named)
        raise


def keep_rows(session: Session, import_id: UUID, subject: str, rows: Sequence[Mapping[str, Any]]) -> None:
    """Keep what rows did, in the transaction that did it.

    Args:
        session: as `kept_import` gave it.
        import_id: of the import.
        subject: as the server names it.
        rows: key, row, label, before (None of a new one), after and left_at of each.
    """
    for start in range(0, len(rows), PIECE):
        _ask(
            session,
            "api.keep_import_rows(CAST(:import AS uuid), :subject, CAST(:rows AS jsonb))",
            {"import": import_id, "subject": subject, "rows": json.dumps(list(rows[start : start + PIECE]))},
        )


def imports(session: Session, subject: str | None, after: UUID | None = None, limit: int = 100) -> Slice[PastImport]:
    """A piece of the imports of a subject, or of all, the newest first.

    Raises:
        NotAllowedError: the caller is no admin.
    """
    rows = session.execute(
        text("SELECT * FROM api.imports(:subject, CAST(:after AS uuid), :limit)"),
        {"subject": subject, "after": after, "limit": limit + 1},
    ).all()
    found = tuple(
        PastImport(
            *(row.import_id, row.subject, SourceFile(row.file_name, row.file_sha256 or ""), row.imported_by),
            *(row.imported_at, ImportState(row.state), row.new_rows, row.changed_rows),
            *(row.taken_back_by, row.taken_back_at),
        )
        for row in rows[:limit]
    )
    return Slice(found, len(rows) > limit)


def import_rows(session: Session, import_id: UUID, after: int = 0) -> Slice[ImportedRow]:
    """A piece of the rows of an import in the order of the file, from behind the place `after` on.

    Raises:
        NotAllowedError: the caller is no admin.
    """
    rows = session.execute(
        text("SELECT * FROM api.import_rows(CAST(:import AS uuid), :after, :limit)"),
        {"import": import_id, "after": after, "limit": PIECE + 1},
    ).all()
    found = tuple(
        ImportedRow(
            *(row.place, row.row_number, row.record_key, row.label, Deed(row.deed), row.before, row.after, row.left_at),
            *(None if row.outcome is None else Outcome(row.outcome), row.why or "", row.by),
        )
        for row in rows[:PIECE]
    )
    return Slice(found, len(rows) > PIECE)


def weigh_import(session: Session, import_id: UUID) -> Prospect:
    """What taking an import back would do now.

    Raises:
        RefusedError: there is none.
    """
    answer = _ask(session, "api.weigh_import(CAST(:import AS uuid))", {"import": import_id})
    return Prospect(answer["new"], answer["changed"], answer["since"])


def take_back_part(session: Session, import_id: UUID, reason: str, limit: int) -> Part:
    """Begin to take an import back, or go on: the next rows, which `tell_taken_back` must follow in the transaction.

    Questions are taken back on the server at once; the part then has no rows.

    Raises:
        RefusedError: there is none, it is taken back already, or it is being written.
    """
    answer = _ask(
        session,
        "api.take_back_import(CAST(:import AS uuid), :reason, :limit)",
        {"import": import_id, "reason": reason, "limit": limit},
    )
    return _part(answer, tuple(map(_waiting, answer["rows"])))


def take_back(
    connect: Callable[[], AbstractContextManager[Session]],
    import_id: UUID,
    reason: str,
    undo: Callable[[Sequence[ImportedRow]], Sequence[Judged]] | None = None,
    *,
    limit: int = 250,
    told: Told | None = None,
) -> Taken:
    """Take an import back, part by part, each in a transaction of its own; what was done of it before counts, too.

    Args:
        connect: a session on an admin's own login, each time it is called.
        import_id: of the import.
        reason: why, for the audit log.
        undo: does it with the rows of a part, in the part's session; None for questions, which the server takes back.
        limit: so many rows are a part.
        told: as `Told`; when nobody wants it any more, what is done stays done, and the rest can be taken back later.

    Raises:
        RefusedError: there is none, it is taken back already, or it is being written.
        ImportStoppedError: nobody wants it any more.
    """
    while True:
        with connect() as session:
            part = take_back_part(session, import_id, reason, limit)
            if part.rows:
                if undo is None:
                    raise RefusedError("These are no questions: they are taken back in the office.")
                part = tell_taken_back(session, import_id, undo(part.rows))
        if not part.waiting:
            return part.taken
        done = sum((part.taken.gone, part.taken.archived, part.taken.put_back, part.taken.left))
        tell(told, done, done + part.waiting)


def refusal(
    session: Session, work: Callable[[], object]
) -> InvalidError | RefusedError | ConflictError | None:  # fmt: skip
    """Do something in a session, or nothing of it where it is refused: then why. What was done before stays."""
    try:
        with session.begin_nested():
            work()
    except Exception as error:
        meaning = error if isinstance(error, UserError) else translated(error)
        if isinstance(meaning, (InvalidError, RefusedError, ConflictError)):
            return meaning
        raise
    return None


def tell_taken_back(session: Session, import_id: UUID, rows: Sequence[Judged]) -> Part:
    """Say what became of rows that `take_back_part` gave."""
    told = [{"key": one.key, "outcome": one.outcome, "why": one.why} for one in rows]
    answer = _ask(
        session,
        "api.tell_taken_back(CAST(:import AS uuid), CAST(:rows AS jsonb))",
        {"import": import_id, "rows": json.dumps(told)},
    )
    return _part(answer, ())


# -- private ---------------------------------------------------------------------------------------------------


def _ask(session: Session, call: str, values: Mapping[str, Any]) -> Mapping[str, Any]:
    return accepted(session.scalar(text(f"SELECT {call}"), values))


def _part(answer: Mapping[str, Any], rows: tuple[ImportedRow, ...]) -> Part:
    taken = Taken(answer["gone"], answer["archived"], answer["put_back"], answer["left"])
    return Part(rows, taken, answer["waiting"])


def _waiting(row: Mapping[str, Any]) -> ImportedRow:
    return ImportedRow(
        *(0, row["row_number"], row["record_key"], row["label"], Deed(row["deed"]), row["before"], row["after"]),
        datetime.fromisoformat(row["left_at"]),
    )
