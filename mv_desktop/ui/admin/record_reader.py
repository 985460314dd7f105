"""Asks the server how one record stands, and what was changed of it."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from PySide6.QtCore import QObject, Signal

from mv_desktop.domain.record import Change, Opened
from mv_desktop.ui.admin.subject import OFFICE_LANE, Subject
from mv_desktop.ui.tasks import Task, Tasks

Found = tuple[Opened[Any], tuple[Change, ...]]
"""A record, and what was changed of it, the newest first."""


class RecordReader(QObject):
    """Only what was asked last is answered.

    Signals:
        failed(Exception): what is looked at stays as it was.
    """

    failed = Signal(object)

    def __init__(self, subject: Subject, tasks: Tasks, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._subject, self._tasks = subject, tasks
        self._asking: Task[Found] | None = None

    @property
    def asking(self) -> bool:
        """The server is being asked."""
        return self._asking is not None

    def ask(self, key: str, done: Callable[[Found], None]) -> None:
        """Ask for this one, and call `done` with it."""
        self.cancel()
        work, found = partial(self._found, key), partial(self._on_found, done)
        self._asking = self._tasks.run(OFFICE_LANE, work, found, self._on_failed, receiver=self)

    def cancel(self) -> None:
        """Nobody wants the answer any more."""
        if self._asking is not None:
            self._asking.cancel()
            self._asking = None

    # -- private ---------------------------------------------------------------------------------------------

    def _found(self, key: str) -> Found:
        return self._subject.open(key), tuple(self._subject.changes(key))

    # -- slots -----------------------------------------------------------------------------------------------

    def _on_found(self, done: Callable[[Found], None], found: Found) -> None:
        self._asking = None
        done(found)

    def _on_failed(self, error: Exception) -> None:
        self._asking = None
        self.failed.emit(error)
