"""Questions from a file into the bank: what it would do, and doing it; and the bank into a file."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.orm import Session

from mv_desktop.core.errors import ConflictError, InvalidError
from mv_desktop.core.ids import IdSource
from mv_desktop.domain.question_column import Column, matched_columns, missing_columns, row_of
from mv_desktop.domain.question_draft import QuestionDraft, draft_of, values_of
from mv_desktop.domain.question_import import (
    ImportPlan,
    Known,
    PlannedRow,
    ReadRow,
    planned,
    question_identity,
    read_row,
)
from mv_desktop.domain.record_import import Table, Told, tell
from mv_desktop.services.question import configured_units
from mv_desktop.services.record import accepted, as_json

_PART = 500
"""So many questions go to the server at once; between two parts it is asked whether to go on."""


def plan_import(
    session: Session, table: Table, columns: Mapping[Column, int] | None = None, told: Told | None = None
) -> ImportPlan:
    """What a table would do to the bank; nothing is written.

    Args:
        session: on an admin's own login.
        table: as `table_reader.read_table` gives it.
        columns: which column says what, where a person has said so; else by their names.
        told: as `Told`.

    Raises:
        InvalidError: a column without which there is no question is missing.
        ImportStoppedError: nobody waits any more.
    """
    headings, lines = table
    which = matched_columns(headings) if columns is None else dict(columns)
    missing = missing_columns(which)
    if missing:
        names = ", ".join(column.value for column in missing)
        raise InvalidError(f"The file has no column for: {names}.", remedy="Say which columns they are.")
    named = {column: headings[place] for column, place in which.items()}
    units = configured_units(session)
    rows: list[ReadRow] = []
    known: dict[int, Sequence[Known]] = {}
    for start in range(0, len(lines), _PART):
        part = [
            read_row(number, {c: cells[place] for c, place in which.items() if place < len(cells)}, named, units)
            for number, cells in lines[start : start + _PART]
        ]
        known |= _known(session, part, units)
        rows += part
        tell(told, len(rows), len(lines))
    return planned(rows, known, named)


def perform_import(
    session: Session,
    file_name: str,
    plan: ImportPlan,
    import_id: UUID,
    new_id: IdSource,
    reason: str,
    *,
    active: bool = False,
    told: Told | None = None,
) -> None:
    """Write what a plan makes new or changes, in a session as `import_history.kept_import` gives it.

    New questions are drafts, or approved at once where `active` is said. What each row did is kept with it.

    Raises:
        ConflictError: somebody has changed a question meanwhile, or made one that is new here.
        ImportStoppedError: nobody wants it any more; the transaction must not be committed.
    """
    rows = [row for row in plan.rows if row.draft is not None]
    for start in range(0, len(rows), _PART):
        _refuse_made(session, [row.draft for row in rows[start : start + _PART] if row.draft and row.known is None])
        part = [_written(row, row.draft, new_id) for row in rows[start : start + _PART] if row.draft is not None]
        accepted(
            session.scalar(
                text(
                    "SELECT api.import_questions(CAST(:import AS uuid), :file, CAST(:rows AS jsonb), :active, :reason)"
                ),
                {
                    "import": import_id,
                    "file": file_name[-255:],
                    "rows": as_json({"rows": part})[len('{"rows": ') : -1],
                    "active": active,
                    "reason": reason,
                },
            )
        )
        tell(told, start + len(part), len(rows))


def export_rows(session: Session, only: Sequence[UUID] | None = None) -> Iterator[dict[Column, str]]:
    """The whole bank, or these questions of it, as rows of a table, by class and unit."""
    rows = session.execute(
        text(
            "SELECT q.question_id, to_jsonb(q) || jsonb_build_object('scheme', s.scheme)"
            " FROM public.questions q"
            " LEFT JOIN public.question_schemes s ON s.question_id = q.question_id AND s.version = q.version"
            " WHERE CAST(:only AS uuid[]) IS NULL OR q.question_id = ANY(CAST(:only AS uuid[]))"
            " ORDER BY q.class, q.unit, q.question_type, q.question_id"
        ),
        {"only": None if only is None else [str(one) for one in only]},
        execution_options={"yield_per": 1000},
    )
    for question, stored in rows:
        yield row_of(question, draft_of(stored))


# -- private ---------------------------------------------------------------------------------------------------


def _refuse_made(session: Session, new: Sequence[QuestionDraft]) -> None:
    """Of a file that was brought in by two, nothing is made twice."""
    for number, stored in _same_texts(session, new):
        if question_identity(draft_of(stored)) == question_identity(new[number - 1]):
            raise ConflictError("Somebody has brought the same question in meanwhile. Nothing was saved.")


def _same_texts(session: Session, drafts: Sequence[QuestionDraft]) -> Iterable[tuple[int, Mapping[str, Any]]]:
    """The questions of the bank with the text of one of these, which are numbered from 1."""
    found = session.execute(
        text("SELECT number, question FROM api.same_questions(CAST(:texts AS text[]))"),
        {"texts": [draft.question_text for draft in drafts]},
    )
    return [(number, stored) for number, stored in found]


def _written(row: PlannedRow, draft: QuestionDraft, new_id: IdSource) -> dict[str, Any]:
    if row.known is None:
        return {"row": row.row, "question_id": str(new_id()), "seen": None, "values": values_of(draft, None)}
    return {
        "row": row.row,
        "question_id": str(row.known.question_id),
        "seen": row.known.seen.isoformat(),
        "values": values_of(draft, row.known.draft),
    }


def _known(session: Session, rows: Sequence[ReadRow], units: Mapping[str, Sequence[str]]) -> dict[int, list[Known]]:
    found: dict[int, list[Known]] = {}
    asking = [row for row in rows if row.error is None and row.question_id is None]
    for number, stored in _same_texts(session, [row.draft for row in asking]):
        found.setdefault(asking[number - 1].row, []).append(_of_bank(stored, units))
    naming = {row.question_id: row.row for row in rows if row.question_id is not None}
    if naming:
        named = session.execute(
            text(
                "SELECT to_jsonb(q) || jsonb_build_object('scheme', s.scheme) FROM public.questions q"
                " LEFT JOIN public.question_schemes s ON s.question_id = q.question_id AND s.version = q.version"
                " WHERE q.question_id = ANY(CAST(:ids AS uuid[]))"
            ),
            {"ids": [str(one) for one in naming]},
        )
        by_id = {one.question_id: one for one in (_of_bank(stored, units) for (stored,) in named)}
        for row in rows:
            if row.question_id in by_id:
                found[row.row] = [by_id[row.question_id]]
    return found


def _of_bank(stored: Mapping[str, Any], units: Mapping[str, Sequence[str]]) -> Known:
    return Known(UUID(stored["question_id"]), datetime.fromisoformat(stored["updated_at"]), draft_of(stored, units))
