"""What is listed on paper: by its command, and a button below the list."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial

from PySide6.QtCore import QObject
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QPushButton, QWidget

from mv_desktop.domain.export_note import list_note
from mv_desktop.domain.record import Wanted
from mv_desktop.ui.admin.command_button import command_button
from mv_desktop.ui.admin.exchange import FilePlace
from mv_desktop.ui.admin.record_list import RecordList
from mv_desktop.ui.admin.subject import Subject
from mv_desktop.ui.paper.print_dialog import PrintDialog
from mv_desktop.ui.tasks import Tasks
from mv_desktop.ui.text import tr


class RecordPrint(QObject):
    """Of a subject that says what is printed of it.

    Args:
        listed: several that are selected in it are printed, else what it says is wanted.
        screen: over which the dialog stands.
        files: notes what is printed; None where nothing is.

    Attributes:
        dialog: the one that is open; None while none is.
    """

    def __init__(
        self, subject: Subject, listed: RecordList, tasks: Tasks, screen: QWidget, files: FilePlace | None
    ) -> None:  # fmt: skip
        super().__init__(screen)
        self._files = files
        self._subject, self._listed, self._tasks, self._screen = subject, listed, tasks, screen
        self.dialog: PrintDialog | None = None

    @property
    def handlers(self) -> Mapping[str, Callable[[], object]]:
        """What its command does; none where nothing is printed."""
        if self._files is None or not self._subject.printing:
            return {}
        return {"record.print": partial(self._print, self._files)}

    def buttons(self, actions: Mapping[str, QAction]) -> tuple[QPushButton, ...]:
        """The button for its command."""
        return tuple(command_button(actions[name], tr(self._subject.printing), self._screen) for name in self.handlers)

    # -- private ---------------------------------------------------------------------------------------------

    def _print(self, files: FilePlace) -> None:
        rows = self._listed.chosen
        chosen = [self._subject.key(row) for row in rows] if len(rows) > 1 else []  # one has the cursor anyway
        make = partial(self._subject.printed, self._listed.wanted, chosen)
        wanted = Wanted("", {"chosen": str(len(chosen))}) if chosen else self._listed.wanted
        note = partial(files.note, list_note(self._subject.kind, wanted))
        self.dialog = PrintDialog(make, self._subject.picture, self._tasks, self._screen, note=note)
        self.dialog.finished.connect(self._on_dialog_finished)
        self.dialog.open()

    # -- slots -----------------------------------------------------------------------------------------------

    def _on_dialog_finished(self, _result: int) -> None:
        self.dialog = None
