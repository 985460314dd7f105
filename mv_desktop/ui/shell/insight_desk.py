"""Insight at work: a place of its own for who coordinates or administers."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject
from PySide6.QtGui import QAction

from mv_desktop.core.clock import Clock
from mv_desktop.domain.exchange import StaffRole
from mv_desktop.offline.desk import Desk
from mv_desktop.ui.actions import KeyMap, Scope
from mv_desktop.ui.shell.main_window import MainWindow
from mv_desktop.ui.shell.place import Place
from mv_desktop.ui.shell.place_desk import PlaceDesk
from mv_desktop.ui.tasks import Tasks
from mv_desktop.ui.text import tr

if TYPE_CHECKING:
    from mv_desktop.ui.insight.screen import InsightScreen

INSIGHT_PLACE = "insight"


class InsightDesk(PlaceDesk["InsightScreen"]):
    """Hers while she coordinates or administers.

    Args:
        lead_to: opens a record in the office, by its kind and its id; all others as in `PlaceDesk`.
    """

    NAME = INSIGHT_PLACE

    def __init__(
        self,
        desk: Desk,
        window: MainWindow,
        tasks: Tasks,
        clock: Clock,
        keys: Callable[[], KeyMap],
        leave: Callable[[], None],
        lead_to: Callable[[str, str], None],
        parent: QObject | None = None,
    ) -> None:
        super().__init__(desk, window, tasks, clock, keys, leave, parent)
        self._lead_to = lead_to

    # -- what a place says of itself -------------------------------------------------------------------------

    def _is_hers(self) -> bool:
        person = self._desk.person
        looks = person.is_coordinator or person.role is StaffRole.ADMIN
        if not looks or person.must_change_password or person.shut_out:
            return False
        from mv_desktop.domain.insight import INSIGHT_SCHEMA  # whoever marks does not wait for it

        return person.schema_version >= INSIGHT_SCHEMA

    @staticmethod
    def _import() -> None:
        import mv_desktop.offline.insight
        import mv_desktop.services.insight
        import mv_desktop.ui.insight.screen  # noqa: F401

    def _make(self) -> InsightScreen:
        from mv_desktop.ui.insight.screen import InsightScreen

        desk = self._desk
        zone = desk.calendar.hours.zone
        return InsightScreen(
            *(desk.insight(), self._tasks, self._clock, zone, self._keys()),
            leads=lambda: desk.person.role is StaffRole.ADMIN,
        )

    def _begin(self, screen: InsightScreen) -> None:
        screen.record_wanted.connect(self._lead_to)

    def _described(self, actions: Mapping[str, QAction]) -> Place:
        inner = {} if self.screen is None else self.screen.inner
        return Place(Scope.INSIGHT, "chart", tr("Insight"), actions, f"app.{INSIGHT_PLACE}", inner=inner)
