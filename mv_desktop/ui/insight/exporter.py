"""A dashboard for elsewhere: on the clipboard, on paper, in files."""

from __future__ import annotations

import html
from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from functools import partial
from pathlib import Path

from PySide6.QtCore import QMimeData, QObject, QStandardPaths, Qt, Signal
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QFileDialog, QWidget

from mv_desktop.core.errors import UserError
from mv_desktop.domain.export_note import ExportFormat, ExportNote
from mv_desktop.domain.report_table import ReportTable, harmless, plain
from mv_desktop.ui.clipboard import copy_private
from mv_desktop.ui.insight.picture import to_image, to_png, to_svg
from mv_desktop.ui.insight.port import INSIGHT_LANE, InsightPlace
from mv_desktop.ui.paper.page_dialog import PageDialog
from mv_desktop.ui.paper.report import lay_report
from mv_desktop.ui.paper.sheet import LYING
from mv_desktop.ui.tasks import Tasks
from mv_desktop.ui.text import error_text, tr
from mv_desktop.ui.widgets.report_text import Shown


class FileKind(Enum):
    """The files that a dashboard can be written into, with their endings."""

    PNG = "png"
    SVG = "svg"
    CSV = "csv"
    XLSX = "xlsx"


FILES = {FileKind.PNG: "PNG", FileKind.SVG: "SVG", FileKind.CSV: "CSV", FileKind.XLSX: "Excel"}


@dataclass(frozen=True, slots=True)
class Handed:
    """What is given away.

    Attributes:
        name: of a file, without its ending.
        as_of: the sentence from when it is.
        table: its table, which knows what it is about.
        note: what the audit log says of it.
    """

    shown: Shown
    name: str
    as_of: str
    table: ReportTable
    note: ExportNote


class Exporter(QObject):
    """Copies, prints and saves.

    Args:
        place: writes files.
        parent: the screen, over which dialogs open.

    Signals:
        told(sign, words): what goes on, as `SignLabel.say` takes it.
        saved(Path): a file was written.

    Attributes:
        dialog: shows what is printed; None while nothing is.
    """

    told = Signal(str, str)
    saved = Signal(object)

    def __init__(self, place: InsightPlace, tasks: Tasks, parent: QWidget) -> None:
        super().__init__(parent)
        self._place, self._tasks, self._window = place, tasks, parent
        self.dialog: PageDialog | None = None

    def copy_picture(self, handed: Handed) -> None:
        """Put the chart on the clipboard, once it is painted."""
        work = partial(to_image, handed.shown.chart, handed.as_of)
        self._tasks.run(INSIGHT_LANE, work, self._on_pictured, receiver=self)

    def copy_table(self, handed: Handed) -> None:
        """Put the table on the clipboard, for spreadsheets and for texts; no cell is a formula."""
        data = QMimeData()
        data.setText(_tabbed(handed.shown.table))
        data.setHtml(_marked_up(handed.shown.table))
        copy_private(data)
        self.told.emit("done", tr("The table is on the clipboard."))

    def print_out(self, handed: Handed) -> None:
        """Chart and table on paper, or as PDF: as they will look, first."""
        make = partial(lay_report, handed.shown, handed.as_of, handed.name)
        note, rows = handed.note, len(handed.table.rows)
        self.dialog = PageDialog(
            make,
            self._tasks,
            self._window,
            noted=lambda kind, path: self._place.note(note, kind, rows, path),
            sheet=LYING,
        )
        self.dialog.finished.connect(self._on_dialog_finished)
        self.dialog.open()

    def ask_where(self, kind: FileKind, handed: Handed) -> None:
        """Ask for a file, then write it; what was looked at when it was asked for, whatever is looked at by then."""
        folder = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.DocumentsLocation)
        dialog = QFileDialog(self._window, tr("Save as {kind}", kind=FILES[kind]), folder)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setFileMode(QFileDialog.FileMode.AnyFile)
        dialog.setNameFilters([f"{FILES[kind]} (*.{kind.value})"])
        dialog.setDefaultSuffix(kind.value)
        dialog.selectFile(handed.name)
        dialog.fileSelected.connect(partial(self._save, kind, handed))
        dialog.open()

    def _save(self, kind: FileKind, handed: Handed, path: str) -> None:
        to = Path(path)
        if to.suffix.casefold() != f".{kind.value}":  # by the name it is known what to write
            to = to.with_name(f"{to.name}.{kind.value}")
        self.told.emit("info", tr("The file is being written …"))
        work: Callable[[], None] = {
            FileKind.PNG: partial(_save_picture, self._place, to, handed, ExportFormat.PNG),
            FileKind.SVG: partial(_save_picture, self._place, to, handed, ExportFormat.SVG),
            FileKind.CSV: partial(self._place.save_table, to, handed.table, handed.note),
            FileKind.XLSX: partial(self._place.save_table, to, handed.table, handed.note),
        }[kind]
        self._tasks.run(INSIGHT_LANE, work, partial(self._on_saved, to), self._on_save_failed, receiver=self)

    # -- slots -----------------------------------------------------------------------------------------------

    def _on_dialog_finished(self, _result: int) -> None:
        self.dialog = None

    def _on_pictured(self, image: QImage) -> None:
        data = QMimeData()
        data.setImageData(image)
        copy_private(data)
        self.told.emit("done", tr("The chart is on the clipboard."))

    def _on_saved(self, path: Path, _done: None) -> None:
        words = tr("Saved as {name}, in the folder {folder}.", name=path.name, folder=path.parent)
        self.told.emit("done", words)
        self.saved.emit(path)

    def _on_save_failed(self, error: Exception) -> None:
        if not isinstance(error, UserError):
            raise error
        self.told.emit("warning", error_text(error))


def _save_picture(place: InsightPlace, path: Path, handed: Handed, kind: ExportFormat) -> None:
    made = to_png if kind is ExportFormat.PNG else to_svg
    place.save_picture(path, made(handed.shown.chart, handed.as_of), handed.note, kind, len(handed.table.rows))


def _cells(table: ReportTable) -> list[list[str]]:
    headings, rows = plain(table)
    return [
        ["" if cell is None else harmless(cell) if isinstance(cell, str) else str(cell) for cell in row]
        for row in (headings, *rows)
    ]


def _tabbed(table: ReportTable) -> str:
    return "\n".join("\t".join(" ".join(cell.split()) for cell in row) for row in _cells(table))


def _marked_up(table: ReportTable) -> str:
    lines = ["".join(f"<td>{html.escape(cell)}</td>" for cell in row) for row in _cells(table)]
    return f"<table>{''.join(f'<tr>{line}</tr>' for line in lines)}</table>"
