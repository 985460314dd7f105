"""Looks whether the record that is looked at is otherwise by now: while its window is seen, and when somebody asks."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any, cast

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QGuiApplication, QWindow
from PySide6.QtWidgets import QWidget

from mv_desktop.core.errors import RefusedError, UserError
from mv_desktop.domain.record import Change, Opened
from mv_desktop.ui.admin.port import MomentPlace
from mv_desktop.ui.admin.record_panel import RecordPanel
from mv_desktop.ui.admin.subject import OFFICE_LANE, Subject
from mv_desktop.ui.tasks import Periodic, Task, Tasks

SECONDS = 20.0
_SLOWEST = 8
"""So many times as long it is waited while the server does not answer: it would be asked before whatever one does."""


@dataclass(frozen=True, slots=True)
class Looked:
    """What a record is by now.

    Attributes:
        opened: as it stands; None where it was taken away.
        changes: what was changed of it, the newest first.
    """

    opened: Opened[Any] | None
    changes: tuple[Change, ...]

    @property
    def seen(self) -> datetime | None:
        """Its `updated_at`; None where it was taken away."""
        return None if self.opened is None else self.opened.seen


class RecordWatch(QObject):
    """By itself it looks every `SECONDS` and when the window becomes active, and is silent where that fails.

    Nothing is asked while the screen is hidden, its window is minimised, or something is being asked or written. The
    same change is told once, and again only where one asks, or nothing that was typed stands over it any more.

    Args:
        moments: says cheaply when a record was changed last; None: nothing is looked at but what somebody asks for.

    Signals:
        changed(Looked): the record is otherwise than it was opened.
        failed(Exception): somebody asked, and there was no answer.
    """

    changed = Signal(object)
    failed = Signal(object)

    def __init__(self, subject: Subject, tasks: Tasks, screen: QWidget, moments: MomentPlace | None = None) -> None:
        super().__init__(screen)
        self._subject, self._tasks, self._screen, self._moments = subject, tasks, screen, moments
        self._panel: RecordPanel | None = None
        self._opened: Callable[[], Opened[Any] | None] = _nothing
        self._free: Callable[[], bool] = bool
        self._asking: Task[Looked | None] | None = None
        self._told: tuple[Opened[Any], datetime | None] | None = None
        self._timer: Periodic | None = None
        self._failures = self._turn = 0
        self._stopped = False

    # -- public ----------------------------------------------------------------------------------------------

    def attach(self, panel: RecordPanel, opened: Callable[[], Opened[Any] | None], free: Callable[[], bool]) -> None:
        """Look at the record of this panel.

        Args:
            panel: shows it.
            opened: the record that is looked at; None where one is made, or none is.
            free: nothing else is asked of the server about it.
        """
        self._panel, self._opened, self._free = panel, opened, free
        if self._moments is not None:
            self._timer = self._tasks.tick(SECONDS, self._on_timer_tick, receiver=self)
            gui = cast("QGuiApplication", QGuiApplication.instance())
            gui.focusWindowChanged.connect(self._on_gui_focus_window_changed)

    @property
    def asking(self) -> bool:
        """The server is being asked."""
        return self._asking is not None

    def ask(self) -> None:
        """Somebody wants to know."""
        opened = self._opened()
        if opened is not None and self._free() and not self._stopped:
            self._ask(opened, frozenset({opened.seen}), self._on_failed)

    def look(self) -> None:
        """Look once, where that is to be done now."""
        opened, panel = self._opened(), self._panel
        if opened is None or panel is None or self._moments is None or self._asking is not None:
            return
        if self._is_looked_at(panel) and self._free() and not self._stopped and not self._tasks.closed:
            self._ask(opened, self._known(opened, panel), self._on_look_failed)

    def tell_again(self) -> None:
        """What was said of the record stands there no more."""
        self._told = None
        self.look()

    def drop(self) -> None:
        """The record is being written, or another one is looked at: what was asked is of no use."""
        if self._asking is not None:
            self._asking.cancel()
            self._asking = None

    def stop(self) -> None:
        """Look no more."""
        self._stopped = True
        if self._timer is not None:
            self._timer.cancel()
        self.drop()

    # -- private ---------------------------------------------------------------------------------------------

    def _is_looked_at(self, panel: RecordPanel) -> bool:
        return panel.isVisible() and not panel.window().isMinimized()

    def _known(self, opened: Opened[Any], panel: RecordPanel) -> frozenset[datetime | None]:
        """How the record may be without anything being said of it."""
        if self._told is None or self._told[0] is not opened:
            return frozenset({opened.seen})
        seen = self._told[1]
        return frozenset({opened.seen}) if seen is not None and panel.rests else frozenset({opened.seen, seen})

    def _ask(self, opened: Opened[Any], known: frozenset[datetime | None], failed: Callable[[Exception], None]) -> None:
        self.drop()
        work, done = partial(self._look, opened.key, known), partial(self._on_looked, opened)
        self._asking = self._tasks.run(OFFICE_LANE, work, done, failed, receiver=self)

    def _look(self, key: str, known: frozenset[datetime | None]) -> Looked | None:
        """On the lane: how it is, where that is not known."""
        if self._moments is not None and self._moments.seen(self._subject.kind, key) in known:
            return None
        try:
            opened = self._subject.open(key)
        except RefusedError:
            opened = None
        found = Looked(opened, tuple(self._subject.changes(key)))
        return None if found.seen in known else found

    # -- slots -----------------------------------------------------------------------------------------------

    def _on_timer_tick(self) -> None:
        self._turn += 1
        if self._turn % min(2**self._failures, _SLOWEST) == 0:
            self.look()

    def _on_gui_focus_window_changed(self, window: QWindow | None) -> None:
        if window is not None and window is self._screen.window().windowHandle():
            self.look()

    def _on_looked(self, opened: Opened[Any], found: Looked | None) -> None:
        self._asking, self._failures = None, 0
        if found is not None and self._opened() is opened and self._free():
            self._told = (opened, found.seen)
            self.changed.emit(found)

    def _on_look_failed(self, error: Exception) -> None:
        """Nobody has asked: what the server's state is stands where it always does."""
        self._asking = None
        self._failures += 1
        if not isinstance(error, UserError):
            self._tasks.error.emit(error)

    def _on_failed(self, error: Exception) -> None:
        self._asking = None
        self.failed.emit(error)


def _nothing() -> None:
    """Nothing is looked at yet."""
