"""The places of who coordinates, at work: board, cases, reports and quality. Admins have the reports, too."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QWidget

from mv_desktop.core.clock import Clock
from mv_desktop.core.ids import IdSource
from mv_desktop.domain.board_look import BOARD_SCHEMA
from mv_desktop.domain.exchange import StaffRole
from mv_desktop.domain.identifier import EvaluationId
from mv_desktop.domain.quality import QUALITY_SCHEMA
from mv_desktop.domain.report import REPORT_SCHEMA
from mv_desktop.offline.desk import Desk
from mv_desktop.ui.actions import KeyMap, Scope
from mv_desktop.ui.shell.main_window import MainWindow
from mv_desktop.ui.shell.place import Place
from mv_desktop.ui.tasks import IMPORT_LANE, Tasks
from mv_desktop.ui.text import tr, tr_count

if TYPE_CHECKING:
    from mv_desktop.domain.board_look import Look
    from mv_desktop.ui.coordination.case.screen import CaseScreen
    from mv_desktop.ui.coordination.quality.screen import QualityScreen
    from mv_desktop.ui.coordination.report.screen import ReportScreen
    from mv_desktop.ui.coordination.screen import BoardScreen

BOARD, CASES, REPORTS, QUALITY = "board", "cases", "reports", "quality"
DECLINED = "question.fault_declined"
"""The kind of notices that lead to the cases."""
AGAIN = "sample.declined"
"""The kind that leads to the second markings."""
_SHOWN: Mapping[str, str] = {
    "script.at_risk": "risk",
    "sla.breached": "overdue",
    "script.unassigned": "pool",
    "script.unassigned_due": "pool",
    "teacher.closed": "all",
    "teacher.locked": "all",
    "teacher.role_changed": "all",
}
"""Kind of notices → what the board lists for it."""


@dataclass(frozen=True, slots=True)
class _Screens:
    """What is there; None of what is not for her."""

    board: BoardScreen | None
    cases: CaseScreen | None
    reports: ReportScreen | None
    quality: QualityScreen | None

    def __iter__(self) -> Iterator[tuple[str, Any]]:
        named = {BOARD: self.board, CASES: self.cases, REPORTS: self.reports, QUALITY: self.quality}
        return iter((name, screen) for name, screen in named.items() if screen is not None)


_NONE = _Screens(None, None, None, None)


class CoordinationDesk(QObject):
    """Adds the places that are for her, and takes them away when they are for her no more.

    Args:
        keys: as the person has them now.
        leave: leads elsewhere when a place goes away under her.
    """

    def __init__(
        self,
        desk: Desk,
        window: MainWindow,
        tasks: Tasks,
        clock: Clock,
        ids: IdSource,
        keys: Callable[[], KeyMap],
        leave: Callable[[], None],
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._desk, self._window, self._tasks, self._clock, self._ids = desk, window, tasks, clock, ids
        self._keys, self._leave = keys, leave
        self._closing = False
        self._screens = _NONE

    @property
    def board(self) -> BoardScreen | None:
        """Everybody's queues; None for who does not coordinate."""
        return self._screens.board

    @property
    def cases(self) -> CaseScreen | None:
        """What waits for a decision; None for who does not coordinate."""
        return self._screens.cases

    @property
    def reports(self) -> ReportScreen | None:
        """What was promised and done; None for who neither coordinates nor administers."""
        return self._screens.reports

    @property
    def quality(self) -> QualityScreen | None:
        """What is marked a second time; None for who does not coordinate."""
        return self._screens.quality

    def begin(self) -> None:
        """Look what is for her; what it needs is imported beside the window."""
        if self._wanted == frozenset(name for name, _ in self._screens) or self._closing:
            return
        self._take_away()
        if self._wanted:
            self._tasks.run(IMPORT_LANE, _import_screens, self._on_imported, receiver=self)

    def show_cases(self) -> None:
        """Look at the cases, where they are hers."""
        if self._screens.cases is not None:
            self._window.place_requested.emit(CASES)

    def show_quality(self) -> None:
        """Look at what is marked a second time, where that is hers."""
        if self._screens.quality is not None:
            self._window.place_requested.emit(QUALITY)

    def show_told(self, kind: str, evaluation: EvaluationId | None) -> bool:
        """Look at the board for what a notice of `kind` tells; False where there is no board, or nothing of it there.

        Args:
            kind: of one, or of many.
            evaluation: the script it is about, or the first of them; None where it names none.
        """
        board, shown = self._screens.board, _SHOWN.get(kind.removesuffix("_many"))
        if board is None or shown is None:
            return False
        self._window.place_requested.emit(BOARD)
        if evaluation is None or shown == "pool":
            board.actions_by_id[f"board.{shown}"].trigger()
        else:
            board.lead_to(evaluation, moves=False)
        return True

    def close(self) -> None:
        """The workspace ends: how the board is divided is kept."""
        self._closing = True
        self._stop()

    # -- private ---------------------------------------------------------------------------------------------

    @property
    def _wanted(self) -> frozenset[str]:
        person = self._desk.person
        if person.must_change_password or person.shut_out:
            return frozenset()
        found = set()
        if person.is_coordinator and person.schema_version >= BOARD_SCHEMA:
            found |= {BOARD, CASES}
        if (person.is_coordinator or person.role is StaffRole.ADMIN) and person.schema_version >= REPORT_SCHEMA:
            found.add(REPORTS)
        if person.is_coordinator and person.schema_version >= QUALITY_SCHEMA:
            found.add(QUALITY)
        return frozenset(found)

    def _stop(self) -> None:
        for name, screen in self._screens:
            if name == BOARD:
                self._window.remember(BOARD, screen.save_state())
            if name != REPORTS:  # they ask nothing by themselves
                screen.stop()

    def _take_away(self) -> None:
        if self._window.place in dict(self._screens):
            self._leave()
        self._stop()  # what is not for her any more asks nothing, and keeps no page of a student
        for name, screen in self._screens:
            self._window.keys_changed.disconnect(screen.set_keys)
            self._window.remove_place(name)
        self._screens = _NONE

    def _add(self, name: str, scope: Scope, icon: str, text: str, screen: QWidget, actions: dict[str, QAction]) -> None:
        self._window.add_place(name, Place(scope, icon, text, actions, f"app.{name}"), screen)

    def _make_quality(self, keys: KeyMap) -> QualityScreen:
        from mv_desktop.ui.coordination.quality.screen import QualityScreen

        desk, messages, zone = self._desk, self._window.messages, self._desk.calendar.hours.zone
        made = QualityScreen(desk.quality(), self._tasks, self._clock, zone, messages, keys)
        self._add(QUALITY, Scope.QUALITY, "eye", tr("Quality"), made, made.actions_by_id)
        made.counted.connect(self._on_quality_counted)
        return made

    # -- slots -----------------------------------------------------------------------------------------------

    def _on_imported(self, _: None) -> None:
        wanted = self._wanted
        if self._closing or list(self._screens):
            return
        from mv_desktop.ui.coordination.case.screen import CaseScreen
        from mv_desktop.ui.coordination.report.screen import ReportScreen
        from mv_desktop.ui.coordination.screen import BoardScreen

        desk, tasks, messages, keys = self._desk, self._tasks, self._window.messages, self._keys()
        board, cases, reports, quality = None, None, None, None
        if BOARD in wanted:
            board = BoardScreen(desk.coordination(self._ids), tasks, messages, keys)
            self._add(BOARD, Scope.BOARD, "board", tr("Board"), board, board.actions_by_id)
            state = self._window.remembered(BOARD)
            if not state.isEmpty():
                board.restore_state(state)
            board.looked.connect(self._on_board_looked)
        if CASES in wanted:
            cases = CaseScreen(desk.casework(), tasks, self._clock, messages, keys)
            self._add(CASES, Scope.CASES, "flag", tr("Cases"), cases, cases.actions_by_id)
            cases.counted.connect(self._on_cases_counted)
            cases.board_requested.connect(self._on_cases_board_requested)
        if REPORTS in wanted:
            zone = desk.calendar.hours.zone
            reports = ReportScreen(desk.reports(), tasks, self._clock, zone, keys)
            self._window.add_place(
                REPORTS,
                Place(
                    Scope.REPORT,
                    *("report", tr("Reports"), reports.actions_by_id, f"app.{REPORTS}"),
                    inner=reports.inner,
                ),
                reports,
            )
        if QUALITY in wanted:
            quality = self._make_quality(keys)
        self._screens = _Screens(board, cases, reports, quality)
        for _name, screen in self._screens:
            self._window.keys_changed.connect(screen.set_keys)
        for name, screen in self._screens:
            if name != REPORTS:  # they are counted when they are looked at
                screen.refresh()

    def _on_board_looked(self, look: Look) -> None:
        count = len(look.at_risk)
        self._window.count_at(BOARD, count, tr_count("{count} script at risk", "{count} scripts at risk", count))

    def _on_cases_counted(self, count: int) -> None:
        self._window.count_at(CASES, count, tr_count("{count} case waits", "{count} cases wait", count))

    def _on_quality_counted(self, count: int) -> None:
        self._window.count_at(QUALITY, count, tr_count("{count} sample waits", "{count} samples wait", count))

    def _on_cases_board_requested(self, evaluation: EvaluationId) -> None:
        if self._screens.board is not None:
            self._window.place_requested.emit(BOARD)
            self._screens.board.lead_to(evaluation)


def _import_screens() -> None:
    """Takes a tenth of a second, which the queue need not wait for."""
    import mv_desktop.services.board
    import mv_desktop.services.case
    import mv_desktop.services.quality
    import mv_desktop.services.report
    import mv_desktop.ui.coordination.case.screen
    import mv_desktop.ui.coordination.quality.screen
    import mv_desktop.ui.coordination.report.screen
    import mv_desktop.ui.coordination.screen  # noqa: F401
