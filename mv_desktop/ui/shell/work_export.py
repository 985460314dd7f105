"""Writing unsent work into a file: asked for on the Sync page, or by a key from anywhere."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime
from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject, QStandardPaths, Qt
from PySide6.QtWidgets import QFileDialog

from mv_desktop.core.clock import Clock
from mv_desktop.offline.desk import Desk
from mv_desktop.offline.export import Exported
from mv_desktop.offline.work_file import SUFFIX
from mv_desktop.ui.shell.main_window import MainWindow
from mv_desktop.ui.shell.sync_driver import SyncDriver
from mv_desktop.ui.sync.export_part import ExportPart, exportable
from mv_desktop.ui.sync.state import SyncState
from mv_desktop.ui.tasks import Tasks
from mv_desktop.ui.text import tr

EXPORT_LANE = "export"


class WorkExport(QObject):
    """Asks where the file is to be, has it written, and lets the page tell what is in it.

    Args:
        go: leads to a place; a script that is open is left first.
    """

    def __init__(
        self,
        part: ExportPart,
        driver: SyncDriver,
        desk: Desk,
        window: MainWindow,
        tasks: Tasks,
        clock: Clock,
        go: Callable[[str], None],
    ) -> None:
        super().__init__(part)
        self._part, self._driver, self._desk, self._window = part, driver, desk, window
        self._tasks, self._clock, self._go = tasks, clock, go
        self._writing = False
        part.requested.connect(self._ask)
        window.export_requested.connect(self._on_window_export_requested)
        driver.state_changed.connect(self._on_driver_state_changed)

    # -- private ---------------------------------------------------------------------------------------------

    def _ask(self) -> None:
        folder = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.DocumentsLocation)
        dialog = QFileDialog(self._window, tr("Export unsent work"), folder)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setFileMode(QFileDialog.FileMode.AnyFile)
        dialog.setNameFilters([f"{tr('Unsent work')} (*{SUFFIX})"])
        dialog.setDefaultSuffix(SUFFIX.removeprefix("."))
        now = self._clock.now().astimezone(self._desk.calendar.hours.zone)
        dialog.selectFile(default_name(self._desk.person.email, now))
        dialog.fileSelected.connect(self._on_dialog_file_selected)
        dialog.open()

    def _tell_window(self) -> None:
        self._window.set_exportable(exportable=exportable(self._driver.state) and not self._writing)

    # -- slots -----------------------------------------------------------------------------------------------

    def _on_window_export_requested(self) -> None:
        if self._window.place != "sync":
            self._go("sync")  # where it will be told what the file holds
        self._ask()

    def _on_dialog_file_selected(self, path: str) -> None:
        if self._driver.closing or self._writing:
            return
        self._writing = True
        self._part.show_writing()
        self._tell_window()
        work = partial(self._desk.export_work, Path(path))
        self._tasks.run(EXPORT_LANE, work, self._on_written, self._on_failed, receiver=self)

    def _on_written(self, done: Exported) -> None:
        self._writing = False
        self._part.show_written(done)
        self._tell_window()

    def _on_failed(self, error: Exception) -> None:
        self._writing = False
        self._part.show_failed()
        self._tell_window()
        self._tasks.error.emit(error)

    def _on_driver_state_changed(self, state: SyncState) -> None:
        self._part.show_state(state)
        self._tell_window()


def default_name(email: str, now: datetime) -> str:
    """Whose work it is and when it was written, in letters that every disk and every computer's script can write."""
    who = re.sub(r"[^A-Za-z0-9]+", "-", email.partition("@")[0]).strip("-").lower()
    return "-".join(filter(None, ("unsent", who, f"{now:%Y-%m-%d-%H%M}"))) + SUFFIX
