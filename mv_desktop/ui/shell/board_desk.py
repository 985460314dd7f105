"""The board at work: only for who coordinates, and only while she does."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from mv_desktop.core.ids import IdSource
from mv_desktop.domain.board_look import BOARD_SCHEMA
from mv_desktop.offline.desk import Desk
from mv_desktop.ui.actions import KeyMap, Scope
from mv_desktop.ui.shell.main_window import MainWindow, Place
from mv_desktop.ui.tasks import IMPORT_LANE, Tasks
from mv_desktop.ui.text import tr, tr_count

if TYPE_CHECKING:
    from mv_desktop.domain.board_look import Look
    from mv_desktop.ui.coordination.screen import BoardScreen

BOARD = "board"


class BoardDesk(QObject):
    """Adds the place when the person coordinates, and takes it away when she does no more.

    Args:
        keys: as the person has them now.
        leave: leads elsewhere when the board goes away under her.
    """

    def __init__(
        self,
        desk: Desk,
        window: MainWindow,
        tasks: Tasks,
        ids: IdSource,
        keys: Callable[[], KeyMap],
        leave: Callable[[], None],
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._desk, self._window, self._tasks, self._ids = desk, window, tasks, ids
        self._keys, self._leave = keys, leave
        self._closing = False
        self.screen: BoardScreen | None = None

    def begin(self) -> None:
        """Look whether there is a board for her; what it needs is imported beside the window."""
        if self._wanted and self.screen is None and not self._closing:
            self._tasks.run(IMPORT_LANE, _import_screen, self._on_imported, receiver=self)
        elif not self._wanted and self.screen is not None:
            if self._window.place == BOARD:
                self._leave()
            self._window.keys_changed.disconnect(self.screen.set_keys)
            self._window.set_coordinating(coordinates=False)
            self._window.remove_place(BOARD)
            self.screen = None

    def close(self) -> None:
        """The workspace ends: how the screen is divided is kept."""
        self._closing = True
        if self.screen is not None:
            self._window.remember(BOARD, self.screen.save_state())

    # -- private ---------------------------------------------------------------------------------------------

    @property
    def _wanted(self) -> bool:
        person = self._desk.person
        return person.is_coordinator and person.schema_version >= BOARD_SCHEMA and not person.must_change_password

    # -- slots -----------------------------------------------------------------------------------------------

    def _on_imported(self, _: None) -> None:
        if self.screen is not None or self._closing or not self._wanted:
            return
        from mv_desktop.ui.coordination.screen import BoardScreen

        window = self._window
        self.screen = BoardScreen(self._desk.coordination(self._ids), self._tasks, window.messages, self._keys())
        window.add_place(
            BOARD, Place(Scope.BOARD, "board", tr("Board"), self.screen.actions_by_id, "app.board"), self.screen
        )
        state = window.remembered(BOARD)
        if not state.isEmpty():
            self.screen.restore_state(state)
        window.keys_changed.connect(self.screen.set_keys)
        window.set_coordinating(coordinates=True)
        self.screen.looked.connect(self._on_screen_looked)

    def _on_screen_looked(self, look: Look) -> None:
        count = len(look.at_risk)
        words = tr_count("{count} script at risk", "{count} scripts at risk", count)
        self._window.count_at(BOARD, count, words)


def _import_screen() -> None:
    """Takes a tenth of a second, which the queue need not wait for."""
    import mv_desktop.services.board
    import mv_desktop.ui.coordination.screen  # noqa: F401
