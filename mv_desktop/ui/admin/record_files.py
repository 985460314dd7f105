"""Files of a subject: one that is brought in, and what is listed written into one."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import tzinfo
from functools import partial
from pathlib import Path
from uuid import UUID

from PySide6.QtCore import QObject, QStandardPaths, Qt, Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QFileDialog, QPushButton, QWidget

from mv_desktop.core.clock import Clock
from mv_desktop.core.errors import UserError
from mv_desktop.domain.holiday import Consequence, Move
from mv_desktop.domain.record import Wanted
from mv_desktop.domain.record_import import ImportStoppedError, Meaning, Taken
from mv_desktop.ui.admin.command_button import command_button
from mv_desktop.ui.admin.exchange import Exchange, FilePlace, Plan
from mv_desktop.ui.admin.import_dialog import ImportDialog, reporting
from mv_desktop.ui.admin.import_window import ImportWindow
from mv_desktop.ui.admin.move_box import MoveDialog
from mv_desktop.ui.admin.once_list import OnceList
from mv_desktop.ui.admin.record_list import RecordList
from mv_desktop.ui.admin.subject import OFFICE_WORK_LANE, Subject
from mv_desktop.ui.admin.table_place_dialog import ask_where
from mv_desktop.ui.tasks import Progress, Tasks
from mv_desktop.ui.text import tr, tr_count
from mv_desktop.ui.widgets.toast import Messages

_READ = ("csv", "xlsx")


class RecordFiles(QObject):
    """Asks which file, and says what came of it.

    Args:
        subject: whose records.
        listed: what it says is wanted is written.
        zone: the school's.
        screen: over which the dialogs stand.
        files: writes lists into files, and notes that; None where none is written.

    Signals:
        changed(): the records are others now.

    Attributes:
        dialog: the one that is open; None while none is.
        once: first passwords that are shown; None while none are.
        window: what files did; None while it is not looked at.
        moves: the question whether deadlines move when an import is taken back; None while it is not asked.
    """

    changed = Signal()

    def __init__(
        self,
        subject: Subject,
        listed: RecordList,
        tasks: Tasks,
        messages: Messages,
        clock: Clock,
        zone: tzinfo,
        screen: QWidget,
        files: FilePlace | None = None,
    ) -> None:
        super().__init__(screen)
        self._subject, self._exchange, self._listed, self._tasks = subject, subject.exchange(files), listed, tasks
        self._files = files
        self._messages, self._clock, self._zone, self._screen = messages, clock, zone, screen
        self.dialog: ImportDialog | None = None
        self.moves: MoveDialog | None = None
        self.once: OnceList | None = None
        self.window: ImportWindow | None = None

    @property
    def handlers(self) -> Mapping[str, Callable[[], object]]:
        """What its commands do."""
        reading: dict[str, Callable[[], object]] = {}
        if self._exchange.importing:
            reading = {"record.read_in": self._ask_which, "record.imports": self.show_imports}
        return reading if self._files is None else reading | {"record.write_out": self._ask_where}

    def buttons(self, actions: Mapping[str, QAction]) -> tuple[QPushButton, ...]:
        """Buttons for its commands."""
        named = {
            "record.read_in": tr("Bring in a file …"),
            "record.imports": tr("Imports …"),
            "record.write_out": tr("Write into a file …"),
        }
        return tuple(command_button(actions[name], named[name], self._screen) for name in self.handlers)

    def read_in(self, path: Path) -> None:
        """Show what this file would do."""
        self.dialog = ImportDialog(self._exchange, path, self._tasks, self._clock, self._zone, self._screen)
        self.dialog.imported.connect(self._on_dialog_imported)
        self.dialog.finished.connect(self._on_dialog_finished)
        self.dialog.open()

    def show_imports(self) -> None:
        """Show what files did, to take one back."""
        self.window = ImportWindow(
            self._exchange, self._subject.labels, self._subject.difference, self._tasks, self._clock, self._zone,
            self._screen,
        )  # fmt: skip
        self.window.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.window.taken_back.connect(self._on_window_taken_back)
        self.window.finished.connect(self._on_window_finished)
        self.window.open()

    def write_out(self, path: Path) -> None:
        """Write what is listed into this file."""
        work = partial(_written, self._exchange, self._listed.wanted, path)
        label = tr("{file} is being written", file=path.name)
        done = partial(self._on_written, path)
        self._tasks.run_reporting(OFFICE_WORK_LANE, work, done, self._on_failed, label=label, receiver=self)

    # -- private ---------------------------------------------------------------------------------------------

    def _ask_which(self) -> None:
        folder = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.DocumentsLocation)
        dialog = QFileDialog(self._screen, tr("Bring in a file"), folder)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.setNameFilters([f"{tr('Tables')} ({' '.join(f'*.{ending}' for ending in _READ)})"])
        dialog.fileSelected.connect(lambda path: self.read_in(Path(path)))
        dialog.open()

    def _ask_where(self) -> None:
        ask_where(self._screen, tr("Write into a file"), tr(self._exchange.title), ("xlsx", "csv"), self.write_out)

    def _undo(self, done: UUID) -> None:
        work = partial(self._exchange.weigh_back, done)
        self._tasks.run(OFFICE_WORK_LANE, work, partial(self._on_weighed_back, done), self._on_failed, receiver=self)

    def _take_back(self, done: UUID, weighed: tuple[Consequence, Sequence[Move]] | None) -> None:
        work = partial(self._exchange.undo, done, tr("Taken back"), weighed)
        label = tr("An import is being taken back")
        self._tasks.run_reporting(
            *(OFFICE_WORK_LANE, lambda progress: work(reporting(progress)), self._on_undone, self._on_undo_failed),
            label=label,
            receiver=self,
        )

    # -- slots -----------------------------------------------------------------------------------------------

    def _on_dialog_imported(self, done: UUID, plan: Plan) -> None:
        words = tr("Brought in: {new} new, {changed} changed.", new=plan.count(Meaning.NEW),
                   changed=plan.count(Meaning.CHANGED))  # fmt: skip
        self._messages.say(words, undo=partial(self._undo, done))
        self.changed.emit()
        passwords = self._exchange.once()
        if passwords:
            self.once = OnceList(passwords, self._tasks, self._files, self._screen)
            self.once.finished.connect(self._on_once_finished)
            self.once.open()

    def _on_window_taken_back(self, taken: Taken | None) -> None:
        if taken is None:
            self.changed.emit()
        else:
            self._on_undone(taken)

    def _on_window_finished(self, _result: int) -> None:
        self.window = None

    def _on_once_finished(self, _result: int) -> None:
        self.once = None

    def _on_dialog_finished(self, _result: int) -> None:
        self.dialog = None

    def _on_weighed_back(self, done: UUID, found: Consequence | None) -> None:
        if found is None or not found.moves:
            self._take_back(done, None if found is None else (found, ()))
            return
        self.moves = MoveDialog(tr("Taken back"), self._screen)
        self.moves.finished.connect(self._on_moves_finished)
        self.moves.ask(
            found, lambda moving: self._take_back(done, (found, moving)), self._clock.now(), self._zone
        )  # fmt: skip

    def _on_moves_finished(self, _result: int) -> None:
        self.moves = None

    def _on_undone(self, taken: Taken) -> None:
        parts = [
            words
            for count, words in (
                (taken.gone, tr_count("{count} is gone", "{count} are gone", taken.gone)),
                (taken.archived, tr_count("{count} is out of use", "{count} are out of use", taken.archived)),
                (taken.put_back, tr_count("{count} is as before", "{count} are as before", taken.put_back)),
                (taken.left, tr_count("{count} was changed since and stays", "{count} were changed since and stay",
                                      taken.left)),
            )
            if count
        ]  # fmt: skip
        self._messages.say(tr("Taken back: {what}.", what=", ".join(parts) or tr("nothing")))
        self.changed.emit()

    def _on_undo_failed(self, error: Exception) -> None:
        self.changed.emit()  # parts of it may have been taken back
        self._on_failed(error)

    def _on_written(self, path: Path, count: int) -> None:
        words = tr_count("{count} is written into {file}.", "{count} are written into {file}.", count, file=path.name)
        self._messages.say(words)

    def _on_failed(self, error: Exception) -> None:
        if isinstance(error, UserError):
            self._messages.tell(error)
        else:
            self._tasks.error.emit(error)


def _written(exchange: Exchange, wanted: Wanted, path: Path, progress: Progress) -> int:
    """How many records; 0, which nobody is told, where nobody wants the file any more."""
    try:
        return exchange.export(wanted, path, reporting(progress))
    except ImportStoppedError:
        return 0
