"""Files of a subject: one that is brought in, and all records written into one."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from uuid import UUID

from PySide6.QtCore import QObject, QStandardPaths, Qt, Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QFileDialog, QPushButton, QWidget

from mv_desktop.core.errors import UserError
from mv_desktop.core.ids import IdSource
from mv_desktop.domain.question_import import ImportPlan, Meaning, Taken
from mv_desktop.ui.admin.command_button import command_button
from mv_desktop.ui.admin.import_dialog import ImportDialog, ImportPlace
from mv_desktop.ui.admin.subject import OFFICE_LANE
from mv_desktop.ui.tasks import Tasks
from mv_desktop.ui.text import tr
from mv_desktop.ui.widgets.toast import Messages

_READ = ("csv", "xlsx")


class RecordFiles(QObject):
    """Asks which file, and says what came of it.

    Args:
        new_id: makes the ids of imports and of what they make.
        screen: over which the dialogs stand.

    Signals:
        changed(): the records are others now.

    Attributes:
        dialog: the one that is open; None while none is.
    """

    changed = Signal()

    def __init__(self, place: ImportPlace, new_id: IdSource, tasks: Tasks, messages: Messages, screen: QWidget) -> None:
        super().__init__(screen)
        self._place, self._new_id, self._tasks = place, new_id, tasks
        self._messages, self._screen = messages, screen
        self.dialog: ImportDialog | None = None

    @property
    def handlers(self) -> Mapping[str, Callable[[], object]]:
        """What its commands do."""
        return {"record.read_in": self._ask_which, "record.write_out": self._ask_where}

    def buttons(self, actions: Mapping[str, QAction]) -> tuple[QPushButton, ...]:
        """Buttons for its commands."""
        named = (("record.read_in", tr("Bring in a file …")), ("record.write_out", tr("Write into a file …")))
        return tuple(command_button(actions[name], words, self._screen) for name, words in named)

    def read_in(self, path: Path) -> None:
        """Show what this file would do."""
        self.dialog = ImportDialog(self._place, path, self._tasks, self._new_id, self._screen)
        self.dialog.imported.connect(self._on_dialog_imported)
        self.dialog.finished.connect(self._on_dialog_finished)
        self.dialog.open()

    def write_out(self, path: Path) -> None:
        """Write all records into this file."""
        done = partial(self._on_written, path)
        self._tasks.run(OFFICE_LANE, partial(self._place.export, path), done, self._on_failed, receiver=self)

    # -- private ---------------------------------------------------------------------------------------------

    def _ask_which(self) -> None:
        dialog = self._file_dialog(tr("Bring in a file"))
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.setNameFilters([f"{tr('Tables')} ({' '.join(f'*.{ending}' for ending in _READ)})"])
        dialog.fileSelected.connect(lambda path: self.read_in(Path(path)))
        dialog.open()

    def _ask_where(self) -> None:
        dialog = self._file_dialog(tr("Write into a file"))
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setFileMode(QFileDialog.FileMode.AnyFile)
        dialog.setNameFilters(["Excel (*.xlsx)", "CSV (*.csv)"])
        dialog.setDefaultSuffix("xlsx")
        dialog.selectFile(tr("Questions"))
        dialog.fileSelected.connect(lambda path: self.write_out(Path(path)))
        dialog.open()

    def _file_dialog(self, title: str) -> QFileDialog:
        folder = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.DocumentsLocation)
        dialog = QFileDialog(self._screen, title, folder)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        return dialog

    def _undo(self, import_id: UUID) -> None:
        work = partial(self._place.undo, import_id, tr("Taken back"))
        self._tasks.run(OFFICE_LANE, work, self._on_undone, self._on_failed, receiver=self)

    # -- slots -----------------------------------------------------------------------------------------------

    def _on_dialog_imported(self, import_id: UUID, plan: ImportPlan) -> None:
        words = tr("Brought in: {new} new, {changed} changed.", new=plan.count(Meaning.NEW),
                   changed=plan.count(Meaning.CHANGED))  # fmt: skip
        self._messages.say(words, undo=partial(self._undo, import_id))
        self.changed.emit()

    def _on_dialog_finished(self, _result: int) -> None:
        self.dialog = None

    def _on_undone(self, taken: Taken) -> None:
        words = tr(
            "Taken back: {gone} are gone, {archived} archived, {back} as before; {left} were changed since and stay.",
            gone=taken.gone, archived=taken.archived, back=taken.put_back, left=taken.left,
        )  # fmt: skip
        self._messages.say(words)
        self.changed.emit()

    def _on_written(self, path: Path, count: int) -> None:
        self._messages.say(tr("{count} are written into {file}.", count=count, file=path.name))

    def _on_failed(self, error: Exception) -> None:
        if isinstance(error, UserError):
            self._messages.tell(error)
        else:
            self._tasks.error.emit(error)
