"""A place that only some people have: it comes when it is hers, and goes when it is hers no more."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, ClassVar, Generic, TypeVar

from PySide6.QtCore import QObject
from PySide6.QtGui import QAction

from mv_desktop.core.clock import Clock
from mv_desktop.offline.desk import Desk
from mv_desktop.ui.actions import KeyMap
from mv_desktop.ui.shell.main_window import MainWindow
from mv_desktop.ui.shell.place import Place
from mv_desktop.ui.tasks import IMPORT_LANE, Tasks

Screen = TypeVar("Screen", bound=Any)
"""A widget with `actions_by_id` and `set_keys`; only known once it is imported."""


class PlaceDesk(QObject, Generic[Screen]):
    """Adds a place when it is for her, and takes it away when it is no more.

    Args:
        keys: as the person has them now.
        leave: leads elsewhere when the place goes away under her.

    Attributes:
        screen: the place; None while it is not there.
    """

    NAME: ClassVar[str]
    """The place's, by which the window knows it; `app.NAME` leads there."""

    def __init__(
        self,
        desk: Desk,
        window: MainWindow,
        tasks: Tasks,
        clock: Clock,
        keys: Callable[[], KeyMap],
        leave: Callable[[], None],
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._desk, self._window, self._tasks, self._clock = desk, window, tasks, clock
        self._keys, self._leave = keys, leave
        self._closing = False
        self.screen: Screen | None = None

    def begin(self) -> None:
        """Look whether it is hers; what it needs is imported beside the window."""
        if self._closing or self._is_hers() == (self.screen is not None):
            return
        if self.screen is None:
            self._tasks.run(IMPORT_LANE, self._import, self._on_imported, receiver=self)
        else:
            self._take_away()

    def close(self) -> None:
        """The workspace ends."""
        self._closing = True
        if self.screen is not None:
            self._stop(self.screen)

    # -- what a place says of itself -------------------------------------------------------------------------

    def _is_hers(self) -> bool:
        """It is for who is signed in."""
        raise NotImplementedError

    @staticmethod
    def _import() -> None:
        """Import what it needs, on a lane: that takes a moment, which the queue need not wait for."""
        raise NotImplementedError

    def _make(self) -> Screen:
        """Its screen, when all that is imported."""
        raise NotImplementedError

    def _described(self, actions: Mapping[str, QAction]) -> Place:
        """What the rail says of it."""
        raise NotImplementedError

    def _begin(self, screen: Screen) -> None:
        """It is there."""

    def _stop(self, screen: Screen) -> None:
        """It goes, or the workspace ends."""

    # -- private ---------------------------------------------------------------------------------------------

    def _take_away(self) -> None:
        screen, self.screen = self.screen, None
        if screen is None:
            return
        if self._window.place == self.NAME:
            self._leave()
        self._stop(screen)
        self._window.keys_changed.disconnect(screen.set_keys)
        self._window.remove_place(self.NAME)

    # -- slots -----------------------------------------------------------------------------------------------

    def _on_imported(self, _: None) -> None:
        if self._closing or not self._is_hers() or self.screen is not None:
            return
        self.screen = self._make()
        self._window.add_place(self.NAME, self._described(self.screen.actions_by_id), self.screen)
        self._window.keys_changed.connect(self.screen.set_keys)
        self._begin(self.screen)
