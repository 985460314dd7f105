"""Records into files and out of them: what a screen of the office asks for that, the same for all subjects."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol
from uuid import UUID

from mv_desktop.domain.export_note import ExportFormat, ExportNote, list_note
from mv_desktop.domain.holiday import Consequence, Move
from mv_desktop.domain.import_history import Bringing, ImportedRow, PastImport, Prospect, SourceFile
from mv_desktop.domain.record import Opened, Slice, Wanted
from mv_desktop.domain.record_import import (
    KEY,
    ImportPlan,
    Layout,
    Meaning,
    Put,
    Table,
    Taken,
    Told,
    check_columns,
    drafted,
    matched_columns,
    matching_of,
    planned,
    read_row,
    tell,
)
from mv_desktop.domain.workbook import TableFile
from mv_desktop.offline.office.record_file import read_file
from mv_desktop.ui.admin.table_column import column_of, names_of
from mv_desktop.ui.text import tr

if TYPE_CHECKING:
    from mv_desktop.ui.admin.subject import Subject

_PART = 500
_KEY_LABEL = "ID"


class PlanLine(Protocol):
    """What a row of a file does."""

    @property
    def row(self) -> int:
        """As a spreadsheet counts."""
        ...

    @property
    def meaning(self) -> Meaning:
        """What it is."""
        ...

    @property
    def column(self) -> str:
        """Of what is wrong."""
        ...

    @property
    def why(self) -> str:
        """In English."""
        ...


class Plan(Protocol):
    """What a file does, row by row."""

    @property
    def rows(self) -> Sequence[PlanLine]:
        """In the order of the file."""
        ...

    def count(self, meaning: Meaning) -> int:
        """How many rows mean this."""
        ...


class ImportHistory(Protocol):
    """What files did, as `offline.office.import_history.ImportHistory`."""

    def imports(self, after: PastImport | None) -> Slice[PastImport]:
        """A piece of what was brought in, the newest first."""
        ...

    def import_rows(self, import_id: UUID, after: ImportedRow | None) -> Slice[ImportedRow]:
        """A piece of what an import did, in the order of its file."""
        ...

    def prospect(self, import_id: UUID) -> Prospect:
        """What taking it back would do now."""
        ...


class Exchange(ImportHistory, Protocol):
    """Brings files in and writes them. From `read` on, all is called on a lane.

    Attributes:
        title: what the records are called, in English, many.
        importing: files can be brought in; else they are only written.
        option: what can be ticked besides, in English; "" for nothing.
    """

    title: str
    importing: bool
    option: str

    @property
    def columns(self) -> Mapping[str, str]:
        """What can be said by hand which column it is, and how it is called, in English."""
        ...

    @property
    def telling(self) -> Sequence[str]:
        """Of these what tells somebody which record a row is."""
        ...

    def matched(self, headings: Sequence[str]) -> Mapping[str, int]:
        """Which column says what, by its heading."""
        ...

    def read(self, path: Path, sheet: str) -> TableFile:
        """The table of a file, or of a sheet of it; "" for the first that fits.

        Raises:
            SheetError: that sheet cannot be taken; another one perhaps can.
        """
        ...

    def plan(self, table: Table, columns: Mapping[str, int], told: Told) -> Plan:
        """What it would do, its columns meant so; nothing is written."""
        ...

    def weigh(self, plan: Any) -> Consequence | None:  # noqa: ANN401 - as it planned
        """Which deadlines move when it is done; None where nothing of it can move any."""
        ...

    def perform(
        self,
        file: SourceFile,
        plan: Any,  # noqa: ANN401
        reason: str,
        *,
        ticked: bool,
        weighed: tuple[Consequence, Sequence[Move]] | None,
        told: Told,
    ) -> UUID:
        """Do it, all of it or nothing, kept on the server; answers the id by which it can be taken back."""
        ...

    def weigh_back(self, done: UUID) -> Consequence | None:
        """Which deadlines move when it is taken back."""
        ...

    def undo(
        self,
        done: UUID,
        reason: str,
        weighed: tuple[Consequence, Sequence[Move]] | None,
        told: Told,
    ) -> Taken:
        """Take it back."""
        ...

    def export(self, wanted: Wanted, path: Path, told: Told) -> int:
        """Write what is wanted into a file; answers how many records."""
        ...

    def once(self) -> Sequence[tuple[str, str, str]]:
        """Name, address and first password of each whom the last import made, said once; on the GUI thread."""
        ...


class FilePlace(Protocol):
    """As `offline.office.record_file.TableFiles`."""

    def write(
        self,
        note: ExportNote,
        path: Path,
        title: str,
        headings: Sequence[str],
        batches: Iterable[Sequence[Sequence[str | int | None]]],
    ) -> int:
        """Write rows into a file, and note that; answers how many."""
        ...

    def note(self, note: ExportNote, kind: ExportFormat, rows: int, path: Path | None) -> None:
        """Note what is written otherwise; without a path, what goes to a printer."""
        ...


class TablePlace(ImportHistory, Protocol):
    """The server's side of the files of one subject, such as `offline.office.holiday.HolidayTable`."""

    def opened(self, keys: Sequence[str]) -> Sequence[Opened[Any]]:
        """These records as they stand, in any order; what is no id of one is left out."""
        ...

    def alike(self, drafts: Sequence[Any]) -> Sequence[Opened[Any]]:
        """The records that these may mean by what names them; more do no harm."""
        ...

    def consequence(self, puts: Sequence[Put]) -> Consequence | None:
        """Which deadlines move when these are written; None where such records move none."""
        ...

    def bring_in(
        self, what: Bringing, reason: str, weighed: tuple[Consequence, Sequence[Move]] | None, told: Told
    ) -> UUID:
        """Write all of it in one transaction, kept on the server; answers the id by which it can be taken back.

        Raises:
            UserError: of a row, and why (`at_row`); nothing was written.
        """
        ...

    def weigh_back(self, import_id: UUID) -> Consequence | None:
        """Which deadlines move when an import is taken back; None where such records move none."""
        ...

    def take_back(
        self, import_id: UUID, reason: str, weighed: tuple[Consequence, Sequence[Move]] | None, told: Told
    ) -> Taken:
        """Take it back, part by part."""
        ...


def unstopped(_done: int, _all: int) -> bool:
    """A `Told` of what is so soon done that nobody stops it."""
    return True


def layout_of(subject: Subject) -> Layout:
    """How the records of a subject stand in a table: a column for each field that can be written."""
    return Layout(
        tuple(column_of(field) for field in subject.fields if not field.read_only),
        subject.naming,
        subject.faults,
        subject.blank() if subject.new else None,
        names_of(_KEY_LABEL),
    )


class RecordExchange:
    """The files of a subject that has form fields, by its own description; or of one of which only the list is written.

    Args:
        subject: whose records.
        place: the server's side; None where nothing is brought in, and the list is written as it is shown.
        files: writes lists into files; None where none is written.
    """

    option = ""

    def __init__(self, subject: Subject, place: TablePlace | None, files: FilePlace | None) -> None:
        self._subject, self._place, self._files = subject, place, files
        self.title, self.importing = subject.title, place is not None

    @property
    def columns(self) -> Mapping[str, str]:
        labels = {field.name: field.label for field in self._subject.fields if not field.read_only}
        return {KEY: _KEY_LABEL, **labels}

    @property
    def telling(self) -> Sequence[str]:
        """What a form begins with: names, or a day and what it is called."""
        return tuple(name for name in self.columns if name != KEY)[:2]

    def matched(self, headings: Sequence[str]) -> Mapping[str, int]:
        return matched_columns(layout_of(self._subject), headings)

    # -- on a lane -------------------------------------------------------------------------------------------

    def read(self, path: Path, sheet: str) -> TableFile:
        return read_file(path, matching_of(layout_of(self._subject)), sheet)

    def plan(self, table: Table, columns: Mapping[str, int], told: Told) -> ImportPlan:
        place, layout = self._there, layout_of(self._subject)
        check_columns(layout, columns)
        headings, lines = table
        named = {name: headings[number] for name, number in columns.items()}
        rows = []
        known: dict[str, Opened[Any]] = {}
        for start in range(0, len(lines), _PART):
            part = [
                read_row(layout, number, {name: cells[n] for name, n in columns.items() if n < len(cells)}, named)
                for number, cells in lines[start : start + _PART]
            ]
            drafts = [draft for draft in (drafted(layout, row) for row in part) if draft is not None]
            keys = [row.key for row in part if row.key]
            known |= {one.key: one for one in (*place.opened(keys), *place.alike(drafts))}
            rows += part
            tell(told, len(rows), len(lines))
        return planned(layout, rows, tuple(known.values()), named)

    def weigh(self, plan: ImportPlan) -> Consequence | None:
        return self._weighed(plan.puts)

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
        del ticked
        names = tuple(column.name for column in layout_of(self._subject).columns)
        what = Bringing(file, plan.puts, names, self._subject.naming)
        return self._there.bring_in(what, reason, weighed, told)

    def imports(self, after: PastImport | None) -> Slice[PastImport]:
        return self._there.imports(after)

    def import_rows(self, import_id: UUID, after: ImportedRow | None) -> Slice[ImportedRow]:
        return self._there.import_rows(import_id, after)

    def prospect(self, import_id: UUID) -> Prospect:
        return self._there.prospect(import_id)

    def weigh_back(self, done: UUID) -> Consequence | None:
        return self._there.weigh_back(done)

    def undo(
        self, done: UUID, reason: str, weighed: tuple[Consequence, Sequence[Move]] | None, told: Told
    ) -> Taken:  # fmt: skip
        return self._there.take_back(done, reason, weighed, told)

    def once(self) -> Sequence[tuple[str, str, str]]:
        return ()

    def export(self, wanted: Wanted, path: Path, told: Told) -> int:
        subject, files = self._subject, self._files
        if files is None:
            raise TypeError(f"no files of {self.title} are written")
        note = list_note(subject.kind, wanted)
        if self._place is None:
            headings = [tr(column.heading) for column in subject.columns]
            lines = ([self._shown(row) for row in piece.rows] for piece in self._pieces(wanted, told))
            return files.write(note, path, tr(subject.title), headings, lines)
        layout = layout_of(subject)
        headings = [layout.key_headings[0], *(column.headings[0] for column in layout.columns)]
        return files.write(note, path, tr(subject.title), headings, self._whole(wanted, layout, told))

    # -- private ---------------------------------------------------------------------------------------------

    @property
    def _there(self) -> TablePlace:
        if self._place is None:
            raise TypeError(f"no files of {self.title} are brought in")
        return self._place

    def _weighed(self, puts: Sequence[Put]) -> Consequence | None:
        weighs = any(self._subject.weighs(one.draft) for one in puts)
        return self._there.consequence(puts) if weighs else None

    def _pieces(self, wanted: Wanted, told: Told) -> Iterator[Slice[Any]]:
        after, more, done = None, True, 0
        while more:
            tell(told, done, 0)
            piece = self._subject.page(wanted, after)
            yield piece
            done += len(piece.rows)
            more, after = piece.more, piece.rows[-1] if piece.rows else None

    def _shown(self, row: Any) -> list[str]:  # noqa: ANN401
        return [self._subject.text(row, number) for number in range(len(self._subject.columns))]

    def _whole(self, wanted: Wanted, layout: Layout, told: Told) -> Iterator[list[list[str]]]:
        for piece in self._pieces(wanted, told):
            keys = [self._subject.key(row) for row in piece.rows]
            opened = {one.key: one.draft for one in self._there.opened(keys)}
            yield [
                [key, *(column.written(getattr(opened[key], column.name)) for column in layout.columns)]
                for key in keys
                if key in opened
            ]
