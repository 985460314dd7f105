"""Insight at work: a place of its own for who coordinates or administers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from PySide6.QtGui import QAction

from mv_desktop.domain.exchange import StaffRole
from mv_desktop.ui.actions import Scope
from mv_desktop.ui.shell.place import Place
from mv_desktop.ui.shell.place_desk import PlaceDesk
from mv_desktop.ui.text import tr

if TYPE_CHECKING:
    from mv_desktop.ui.insight.screen import InsightScreen

INSIGHT_PLACE = "insight"


class InsightDesk(PlaceDesk["InsightScreen"]):
    """Hers while she coordinates or administers."""

    NAME = INSIGHT_PLACE

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
        return InsightScreen(desk.insight(), self._tasks, self._clock, desk.calendar.hours.zone, self._keys())

    def _described(self, actions: Mapping[str, QAction]) -> Place:
        inner = {} if self.screen is None else self.screen.inner
        return Place(Scope.INSIGHT, "chart", tr("Insight"), actions, f"app.{INSIGHT_PLACE}", inner=inner)
