"""Insight at work: a place of its own for who coordinates or administers."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from mv_desktop.core.clock import Clock
from mv_desktop.domain.exchange import StaffRole
from mv_desktop.offline.desk import Desk
from mv_desktop.ui.actions import KeyMap, Scope
from mv_desktop.ui.shell.main_window import MainWindow
from mv_desktop.ui.shell.place import Place
from mv_desktop.ui.tasks import IMPORT_LANE, Tasks
from mv_desktop.ui.text import tr

if TYPE_CHECKING:
    from mv_desktop.ui.insight.screen import InsightScreen

INSIGHT_PLACE = "insight"


class InsightDesk(QObject):
    """Adds the place when it is for her, and takes it away when it is no more.

    Args:
        keys: as the person has them now.
        leave: leads elsewhere when the place goes away under her.

    Attributes:
        screen: the place; None while it is not there.
    """

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
        self.screen: InsightScreen | None = None

    def begin(self) -> None:
        """Look whether it is for her; what it needs is imported beside the window."""
        if self._closing or self._hers == (self.screen is not None):
            return
        if self.screen is None:
            self._tasks.run(IMPORT_LANE, _import_screen, self._on_imported, receiver=self)
        else:
            self._take_away()

    def close(self) -> None:
        """The workspace ends."""
        self._closing = True

    # -- private ---------------------------------------------------------------------------------------------

    @property
    def _hers(self) -> bool:
        person = self._desk.person
        looks = person.is_coordinator or person.role is StaffRole.ADMIN
        if not looks or person.must_change_password or person.shut_out:
            return False
        from mv_desktop.domain.insight import INSIGHT_SCHEMA  # whoever marks does not wait for it

        return person.schema_version >= INSIGHT_SCHEMA

    def _take_away(self) -> None:
        screen, self.screen = self.screen, None
        if screen is None:
            return
        if self._window.place == INSIGHT_PLACE:
            self._leave()
        self._window.keys_changed.disconnect(screen.set_keys)
        self._window.remove_place(INSIGHT_PLACE)

    # -- slots -----------------------------------------------------------------------------------------------

    def _on_imported(self, _: None) -> None:
        if self._closing or not self._hers or self.screen is not None:
            return
        from mv_desktop.ui.insight.screen import InsightScreen

        desk, window = self._desk, self._window
        self.screen = InsightScreen(desk.insight(), self._tasks, self._clock, desk.calendar.hours.zone, self._keys())
        place = Place(Scope.INSIGHT, "chart", tr("Insight"), self.screen.actions_by_id, f"app.{INSIGHT_PLACE}")
        window.add_place(INSIGHT_PLACE, place, self.screen)
        window.keys_changed.connect(self.screen.set_keys)


def _import_screen() -> None:
    """Takes a moment, which the queue need not wait for."""
    import mv_desktop.offline.insight
    import mv_desktop.services.insight
    import mv_desktop.ui.insight.screen  # noqa: F401
