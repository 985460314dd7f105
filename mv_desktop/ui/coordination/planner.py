"""Works out what to propose, beside the window."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QObject, Signal

from mv_desktop.domain.board_look import Look
from mv_desktop.domain.identifier import EvaluationId
from mv_desktop.domain.rebalance import Proposal, rebalance, spread
from mv_desktop.ui.coordination.port import PLAN_LANE
from mv_desktop.ui.tasks import Task, Tasks


class Planner(QObject):
    """One proposal at a time: only the last that was asked for is told.

    Signals:
        found(Proposal, Look): for this look of the board.

    Attributes:
        freed: what was to be given to others, whoever has it, when it was asked last.
    """

    found = Signal(object, object)

    def __init__(self, tasks: Tasks, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._tasks = tasks
        self._task: Task[Proposal] | None = None
        self.freed: frozenset[EvaluationId] = frozenset()

    def propose(self, look: Look, freed: frozenset[EvaluationId], *, started_too: bool) -> None:
        """Look for the fewest moves; of what is `freed` it does not matter who has it now."""
        self.cancel()
        self.freed = freed
        school = look.board.school
        if freed:
            work = partial(spread, school, freed, started_too=started_too)
        else:
            work = partial(rebalance, school, started_too=started_too)
        self._task = self._tasks.run(PLAN_LANE, work, partial(self._on_found, look), receiver=self)

    def cancel(self) -> None:
        """Nobody waits for it any more."""
        if self._task is not None:
            self._task.cancel()
            self._task = None

    def _on_found(self, look: Look, proposal: Proposal) -> None:
        self._task = None
        self.found.emit(proposal, look)
