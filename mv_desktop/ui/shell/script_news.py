"""What becomes known of the open script while it is open: its screen follows, as soon as the teacher's hand is free."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from mv_desktop.domain.evaluation import ScriptView
from mv_desktop.domain.identifier import EvaluationId, PageRef
from mv_desktop.offline.desk import ScriptPictures
from mv_desktop.ui.marking.port import OpenedScript
from mv_desktop.ui.tasks import Periodic, Tasks

if TYPE_CHECKING:
    from mv_desktop.ui.marking.screen import MarkingScreen

_AGAIN_SECONDS = 0.3
"""So often it is looked whether she has finished what she has in hand."""

Reading = tuple[OpenedScript, ScriptPictures]


class ScriptNews(QObject):
    """Reads the open script anew when it looks different on the server, and shows it.

    Args:
        read: reads a script from the local file; called on the lane "store".
        failed: is told when that fails.
    """

    def __init__(
        self,
        screen: MarkingScreen,
        tasks: Tasks,
        read: Callable[[EvaluationId], Reading],
        failed: Callable[[Exception], None],
    ) -> None:
        super().__init__(screen)
        self._screen, self._tasks, self._read, self._failed = screen, tasks, read, failed
        self._waiting: EvaluationId | None = None
        self._timer: Periodic | None = None

    def hear(self, changed: frozenset[EvaluationId]) -> None:
        """These scripts look different now."""
        if self._screen.evaluation_id in changed:
            self._waiting = self._screen.evaluation_id
            self._look()

    # -- private ---------------------------------------------------------------------------------------------

    def _look(self) -> None:
        """Read it once her hand is free; until then look again and again."""
        from mv_desktop.ui.marking.anew import hand_is_full

        session, waiting = self._screen.session, self._waiting
        if session is None or session.view.evaluation_id != waiting:
            self._waiting = None  # she has left it: it is read when she comes back
        elif hand_is_full(self._screen):
            self._later()
        else:
            self._waiting = None
            evaluation_id = session.view.evaluation_id
            session.after_saving(lambda: self._read(evaluation_id), self._on_read, self._failed, receiver=self)

    def _later(self) -> None:
        if self._timer is None or not self._timer.active:
            self._timer = self._tasks.after(_AGAIN_SECONDS, self._look, receiver=self)

    def _on_read(self, reading: Reading) -> None:
        from mv_desktop.ui.marking.anew import hand_is_full, show_anew
        from mv_desktop.ui.marking.session import SaveState

        opened, pictures = reading
        session = self._screen.session
        if session is None or session.view.evaluation_id != opened.view.evaluation_id:
            return
        if _same(opened.view, session.view):
            return
        # what she did since it was read is not in it
        if session.save_state is SaveState.SAVING or hand_is_full(self._screen):
            self._waiting = opened.view.evaluation_id
            self._later()
            return
        show_anew(self._screen, opened, pictures)


def _same(one: ScriptView, other: ScriptView) -> bool:
    fields = ("state", "read_only", "read_only_reason", "deadline", "sla_hours", "returned", "conflicts", "adjusted")
    return all(getattr(one, name) == getattr(other, name) for name in fields) and (
        one.script.ink == other.script.ink
        and one.script.given == other.script.given
        and one.script.flags == other.script.flags
        and _tags(one) == _tags(other)
    )


def _tags(view: ScriptView) -> dict[PageRef, tuple[int, ...]]:
    """What she said of pages; of one of which she took it back she says as little as of one that she never tagged."""
    return {page: numbers for page, numbers in view.script.tags.items() if numbers}
