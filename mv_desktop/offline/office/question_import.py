"""Files of questions: what one would do to the bank, doing it, taking it back, and the bank as a file."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import UUID

from mv_desktop.core.durable import replace_synced
from mv_desktop.core.ids import IdSource
from mv_desktop.domain.question_column import Column
from mv_desktop.domain.question_import import ImportPlan, Table, Taken

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

Told = Callable[[int, int], bool]
"""Is told how many of how many are done; answers False when nobody wants it any more."""


class QuestionImports:
    """As `services.question_import` and `services.question_file`.

    Args:
        connect: a session on the person's own login.
    """

    def __init__(self, connect: Callable[[], AbstractContextManager[Session]]) -> None:
        self._connect = connect

    def read(self, path: Path) -> Table:
        """The table of a file."""
        from mv_desktop.services.question_file import read_table

        return read_table(path)

    def plan(self, table: Table, columns: Mapping[Column, int], told: Told) -> ImportPlan:
        """What a table would do, its columns meant so."""
        from mv_desktop.services.question_import import plan_import

        with self._connect() as session:
            return plan_import(session, table, columns, told)

    def perform(  # the order is that of the service
        self, file_name: str, plan: ImportPlan, new_id: IdSource, reason: str, *, active: bool, told: Told
    ) -> UUID:
        """Do it; all of it or nothing. Answers the id by which it can be taken back."""
        from mv_desktop.services.question_import import perform_import

        import_id = new_id()
        with self._connect() as session:
            perform_import(session, file_name, plan, import_id, new_id, reason, active=active, told=told)
        return import_id

    def undo(self, import_id: UUID, reason: str) -> Taken:
        """Take a whole import back."""
        from mv_desktop.services.question_import import undo_import

        with self._connect() as session:
            return undo_import(session, import_id, reason)

    def export(self, path: Path) -> int:
        """Write the whole bank into a file, CSV or Excel by the ending of its name; answers how many questions."""
        from mv_desktop.services.question_file import to_csv, to_xlsx
        from mv_desktop.services.question_import import export_rows

        with self._connect() as session:
            rows = list(export_rows(session))
        replace_synced(path, to_csv(rows) if path.suffix.lower() == ".csv" else to_xlsx(rows))
        return len(rows)
