"""Files of questions: what one would do to the bank, doing it, taking it back, and the bank as a file."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import UUID

from mv_desktop.core.durable import save_whole
from mv_desktop.core.ids import IdSource
from mv_desktop.domain.export_note import ExportFormat, list_note
from mv_desktop.domain.import_history import SourceFile
from mv_desktop.domain.question_column import Column, match
from mv_desktop.domain.question_import import ImportPlan
from mv_desktop.domain.record import Wanted
from mv_desktop.domain.record_import import Table, Taken, Told, tell
from mv_desktop.domain.workbook import TableFile
from mv_desktop.offline.noting import Noting
from mv_desktop.offline.office.import_history import ImportHistory

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

QUESTION = "question"
"""What the server calls the subject."""


class QuestionImports(ImportHistory, Noting):
    """As `services.question_import` and `services.question_file`.

    Args:
        connect: a session on the person's own login.
    """

    def __init__(self, connect: Callable[[], AbstractContextManager[Session]]) -> None:
        super().__init__(connect, QUESTION)

    def read(self, path: Path, sheet: str) -> TableFile:
        """The table of a file, or of a sheet of it."""
        from mv_desktop.services.table_reader import read_table

        return read_table(path, match, sheet)

    def plan(self, table: Table, columns: Mapping[Column, int], told: Told) -> ImportPlan:
        """What a table would do, its columns meant so."""
        from mv_desktop.services.question_import import plan_import

        with self._connect() as session:
            return plan_import(session, table, columns, told)

    def perform(  # the order is that of the service
        self, file: SourceFile, plan: ImportPlan, new_id: IdSource, reason: str, *, active: bool, told: Told
    ) -> UUID:
        """Do it; all of it or nothing. Answers the id by which it can be taken back."""
        from mv_desktop.services.import_history import kept_import
        from mv_desktop.services.question_import import perform_import

        import_id = new_id()
        with kept_import(self._connect, import_id, QUESTION, file, reason) as session:
            perform_import(session, file.name, plan, import_id, new_id, reason, active=active, told=told)
        return import_id

    def undo(self, import_id: UUID, reason: str, told: Told) -> Taken:
        """Take a whole import back, part by part."""
        from mv_desktop.services.import_history import take_back

        return take_back(self._connect, import_id, reason, told=told)

    def export(self, path: Path, wanted: Wanted, told: Told) -> int:
        """Write the questions that are wanted into a file, CSV or Excel by the ending of its name; answers how many.

        It is noted in the audit log before the file gets its place.

        Raises:
            InvalidError: it could not be written there; what stood there stands.
            OfflineError: it could not be noted; what stood there stands.
        """
        from mv_desktop.services.question_file import to_csv, to_xlsx
        from mv_desktop.services.question_import import export_rows

        only = list(self._found(wanted, told)) if wanted.words or wanted.choices else None
        with self._connect() as session:
            rows = list(export_rows(session, only))
        tell(told, len(rows), len(rows))
        kind = ExportFormat.CSV if path.suffix.lower() == ".csv" else ExportFormat.XLSX
        content = to_csv(rows) if kind is ExportFormat.CSV else to_xlsx(rows)
        note = list_note(QUESTION, wanted)
        save_whole(path, content, lambda: self.note(note, kind, len(rows), path))
        return len(rows)

    def _found(self, wanted: Wanted, told: Told) -> Iterator[UUID]:
        from mv_desktop.services.question import find_questions

        after, more, done = None, True, 0
        while more:
            tell(told, done, 0)
            with self._connect() as session:
                found = find_questions(session, wanted, after)
            yield from (row.question_id for row in found.rows)
            done += len(found.rows)
            more, after = found.more, found.rows[-1] if found.rows else None
