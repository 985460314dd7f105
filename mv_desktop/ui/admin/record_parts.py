"""What a subject's screen has beside list, form and history, where its subject has such: each a part of its own."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import tzinfo
from typing import Any

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QPushButton, QWidget

from mv_desktop.core.clock import Clock
from mv_desktop.domain.record import Opened
from mv_desktop.ui.admin.exchange import FilePlace
from mv_desktop.ui.admin.record_alike import RecordAlike
from mv_desktop.ui.admin.record_batch import RecordBatch
from mv_desktop.ui.admin.record_files import RecordFiles
from mv_desktop.ui.admin.record_list import RecordList
from mv_desktop.ui.admin.record_maths import RecordMaths
from mv_desktop.ui.admin.record_panel import RecordPanel
from mv_desktop.ui.admin.record_print import RecordPrint
from mv_desktop.ui.admin.record_window import RecordWindows
from mv_desktop.ui.admin.row_feed import RowFeed
from mv_desktop.ui.admin.subject import Subject
from mv_desktop.ui.tasks import Tasks
from mv_desktop.ui.widgets.toast import Messages


class RecordParts(QObject):
    """Makes them, hands them their panel, and asks them together.

    Args:
        listed: the list of the screen.
        zone: the school's.
        files: writes lists into files; None where none is written.

    Signals:
        changed(): the records may be others now.
        chosen(): something else can be done.

    Attributes:
        files, prints, pictures, windows, alike: as of a `RecordScreen`.
        batch: does with many rows what can be done with many; None where nothing can.
    """

    changed = Signal()
    chosen = Signal()

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
        self.batch = RecordBatch(subject, tasks, messages, screen) if any(act.many for act in subject.acts) else None
        self.files = RecordFiles(subject, listed, tasks, messages, clock, zone, screen, files)
        self.prints = RecordPrint(subject, listed, tasks, screen, files)
        self._maths = RecordMaths(subject, tasks, screen) if subject.previewed else None
        preview = None if self._maths is None else self._maths.preview
        self.pictures = None if preview is None else subject.pictures(tasks, messages, preview, screen)
        self.windows = RecordWindows(subject, tasks, screen)
        self.alike = RecordAlike(subject, tasks, screen) if subject.compared else None
        self._list = listed
        self.files.changed.connect(self.changed)
        self.windows.changed.connect(self.changed)
        if self.batch is not None:
            self.batch.begun.connect(self.chosen)
            self.batch.chosen.connect(self.chosen)

    @property
    def busy(self) -> bool:
        """The server is asked to do something."""
        return self.batch is not None and self.batch.busy

    @property
    def handlers(self) -> dict[str, Callable[[], object]]:
        """What their commands do."""
        found: dict[str, Callable[[], object]] = {}
        for part in (self.files, self.prints, self._maths, self.pictures, self.batch, self.windows, self.alike):
            found |= {} if part is None else part.handlers
        return found

    def attach(
        self,
        panel: RecordPanel,
        actions: dict[str, QAction],
        feed: RowFeed,
        opened: Callable[[], Opened[Any] | None],
        shown: Callable[[], str | None],
    ) -> None:
        """Follow the record of this panel."""
        if self.batch is not None:
            self.batch.attach(panel, self._list, feed, shown)
        self.windows.attach(panel, opened)
        if self.alike is not None:
            self.alike.attach(panel, actions, opened)
        if self._maths is not None:
            self._maths.attach(panel)
        if self.pictures is not None:
            self.pictures.attach(panel)

    def buttons(self, actions: Mapping[str, QAction]) -> tuple[QPushButton, ...]:
        """Those that stand below the list."""
        return (*self.files.buttons(actions), *self.prints.buttons(actions))

    def enable(self, actions: dict[str, QAction], *, able: bool) -> None:
        """Offer what can be done now; with many only where `able`."""
        self.windows.enable(actions)
        if self.batch is not None:
            self.batch.enable(actions, able=able)

    def stop(self) -> None:
        """Ask nothing more."""
        if self.alike is not None:
            self.alike.stop()
