"""First passwords of many: shown until somebody says that she has them, and written into a file where she wants one."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtGui import QCloseEvent
from PySide6.QtWidgets import QDialog, QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from mv_desktop.core.errors import UserError
from mv_desktop.domain.export_note import ExportNote
from mv_desktop.ui.admin.exchange import FilePlace
from mv_desktop.ui.admin.subject import OFFICE_WORK_LANE
from mv_desktop.ui.admin.table_place_dialog import ask_where
from mv_desktop.ui.clipboard import copy_private
from mv_desktop.ui.tasks import Tasks
from mv_desktop.ui.text import error_text, tr
from mv_desktop.ui.theme import spacing
from mv_desktop.ui.widgets.fact_table import Cell, FactTable, TableRow
from mv_desktop.ui.widgets.primary_button import PrimaryButton
from mv_desktop.ui.widgets.sign_label import SignLabel

HEADINGS = ("Name", "E-mail", "First password")


class OnceList(QDialog):
    """Goes by its button alone: Escape would lose what nobody can show again.

    Args:
        rows: name, address and first password of each.
        files: writes them into a file, and notes that; None where it cannot be.

    Attributes:
        told: what is to be known of them.
        table: who they are.
    """

    def __init__(
        self,
        rows: Sequence[tuple[str, str, str]],
        tasks: Tasks,
        files: FilePlace | None = None,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._rows, self._tasks, self._files = tuple(rows), tasks, files
        self.setWindowTitle(tr("First passwords"))
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.resize(spacing(180), spacing(110))
        self.told = SignLabel(self)
        self.told.say(
            "warning",
            tr(
                "They are shown now and never again. Hand each over to whom it is; it has to be changed at the first "
                "sign-in. A file of them can be read by whoever finds it: keep it safe, and delete it soon."
            ),
        )
        self.table = FactTable(tr("First passwords"), HEADINGS, 0, self)
        self.table.show_rows([TableRow(row[1], tuple(map(Cell, row))) for row in self._rows])
        self._write = QPushButton(tr("Write into a file …"), self)
        self._write.setVisible(files is not None)
        self._copy = QPushButton(tr("Copy all"), self)
        self.end = PrimaryButton(tr("I have them"), self)
        slots: tuple[tuple[QPushButton, Callable[..., object]], ...] = (
            (self._write, self._on_write_clicked),
            (self._copy, self._on_copy_clicked),
            (self.end, self._on_end_clicked),
        )
        foot = QHBoxLayout()
        foot.setSpacing(spacing(2))
        for button, slot in slots:
            button.setAutoDefault(False)
            button.clicked.connect(slot)
            foot.addWidget(button)
        foot.insertStretch(2, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(spacing(4), spacing(4), spacing(4), spacing(4))
        column.setSpacing(spacing(2))
        column.addWidget(self.told)
        column.addWidget(self.table, 1)
        column.addLayout(foot)

    def write(self, path: Path) -> None:
        """Write them into this file, which only this person may read."""
        if self._files is None:
            raise TypeError("no file is written")
        headings = [tr(name) for name in HEADINGS]
        note = ExportNote("first_password")
        work = partial(self._files.write, note, path, tr("First passwords"), headings, [self._rows])
        self._tasks.run(OFFICE_WORK_LANE, work, partial(self._on_written, path), self._on_failed, receiver=self)

    # -- slots -----------------------------------------------------------------------------------------------

    def _on_write_clicked(self, *_: object) -> None:
        ask_where(self, tr("Write into a file"), tr("First passwords"), ("csv", "xlsx"), self.write)

    def _on_copy_clicked(self, *_: object) -> None:
        copy_private("\n".join("\t".join(row) for row in self._rows))

    def _on_end_clicked(self, *_: object) -> None:
        self._rows = ()
        self.table.show_rows([])
        self.accept()

    def _on_written(self, path: Path, _count: int) -> None:
        self.told.say("warning", tr("Written: {path}. Whoever finds this file can sign in: delete it soon.", path=path))

    def _on_failed(self, error: Exception) -> None:
        if isinstance(error, UserError):
            self.told.say("warning", error_text(error))
        else:
            self._tasks.error.emit(error)

    # -- Qt --------------------------------------------------------------------------------------------------

    def reject(self) -> None:
        """Not by Escape."""

    def closeEvent(self, event: QCloseEvent) -> None:
        event.ignore()
