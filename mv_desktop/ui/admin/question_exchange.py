"""Files of questions: as those of any subject, but by rules of their own, and kept by the server to be taken back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Protocol
from uuid import UUID

from mv_desktop.core.ids import IdSource
from mv_desktop.domain.holiday import Consequence, Move
from mv_desktop.domain.import_history import ImportedRow, PastImport, Prospect, SourceFile
from mv_desktop.domain.question_column import Column, matched_columns
from mv_desktop.domain.question_import import ImportPlan
from mv_desktop.domain.record import Slice, Wanted
from mv_desktop.domain.record_import import Table, Taken, Told
from mv_desktop.domain.workbook import TableFile
from mv_desktop.ui.admin.exchange import ImportHistory

_COLUMNS = {
    Column.ID: "Question ID", Column.CLASS: "Class", Column.UNIT: "Unit", Column.TYPE: "Type", Column.TOPIC: "Topic",
    Column.DIFFICULTY: "Difficulty", Column.MARKS: "Marks", Column.TEXT: "Question", Column.A: "Choice A",
    Column.B: "Choice B", Column.C: "Choice C", Column.D: "Choice D", Column.CORRECT: "Right choice",
    Column.ANSWER: "Answer", Column.SOLUTION: "Solution", Column.STEPS: "Marking scheme", Column.TAGS: "Tags",
    Column.YEAR: "CBSE year",
}  # fmt: skip
"""What can be said by hand which column it is, and how it is called."""


class ImportPlace(ImportHistory, Protocol):
    """As `offline.office.question_import.QuestionImports`."""

    def read(self, path: Path, sheet: str) -> TableFile:
        """The table of a file, or of a sheet of it; "" for the first that fits."""
        ...

    def plan(self, table: Table, columns: Mapping[Column, int], told: Told) -> ImportPlan:
        """What it would do."""
        ...

    def perform(
        self, file: SourceFile, plan: ImportPlan, new_id: IdSource, reason: str, *, active: bool, told: Told
    ) -> UUID:
        """Do it."""
        ...

    def undo(self, import_id: UUID, reason: str, told: Told) -> Taken:
        """Take it back."""
        ...

    def export(self, path: Path, wanted: Wanted, told: Told) -> int:
        """Write questions into a file."""
        ...


class QuestionExchange:
    """An `Exchange`.

    Args:
        place: the server's side.
        new_id: makes the ids of imports and of what they make.
    """

    title, importing, option = "Questions", True, "Approve new questions at once"
    columns: Mapping[str, str] = {str(column): name for column, name in _COLUMNS.items()}
    telling = (str(Column.TEXT),)

    def __init__(self, place: ImportPlace, new_id: IdSource) -> None:
        self._place, self._new_id = place, new_id

    def matched(self, headings: Sequence[str]) -> Mapping[str, int]:
        return {str(column): place for column, place in matched_columns(headings).items()}

    # -- on a lane -------------------------------------------------------------------------------------------

    def read(self, path: Path, sheet: str) -> TableFile:
        return self._place.read(path, sheet)

    def plan(self, table: Table, columns: Mapping[str, int], told: Told) -> ImportPlan:
        return self._place.plan(table, {Column(name): place for name, place in columns.items()}, told)

    def weigh(self, plan: ImportPlan) -> Consequence | None:
        del plan
        return None

    def perform(
        self,
        file: SourceFile,
        plan: ImportPlan,
        reason: str,
        *,
        ticked: bool,
        weighed: tuple[Consequence, Sequence[Move]] | None,
        told: Told,
    ) -> UUID:
        del weighed
        return self._place.perform(file, plan, self._new_id, reason, active=ticked, told=told)

    def imports(self, after: PastImport | None) -> Slice[PastImport]:
        return self._place.imports(after)

    def import_rows(self, import_id: UUID, after: ImportedRow | None) -> Slice[ImportedRow]:
        return self._place.import_rows(import_id, after)

    def prospect(self, import_id: UUID) -> Prospect:
        return self._place.prospect(import_id)

    def weigh_back(self, done: UUID) -> Consequence | None:
        del done
        return None

    def undo(
        self, done: UUID, reason: str, weighed: tuple[Consequence, Sequence[Move]] | None, told: Told
    ) -> Taken:  # fmt: skip
        del weighed
        return self._place.undo(done, reason, told)

    def once(self) -> Sequence[tuple[str, str, str]]:
        return ()

    def export(self, wanted: Wanted, path: Path, told: Told) -> int:
        return self._place.export(path, wanted, told)
