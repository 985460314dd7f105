"""The pages of the script on the screen: brought here before all others, and shown as each comes."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QObject, Signal

from mv_desktop.domain.evaluation import PageInfo
from mv_desktop.domain.identifier import EvaluationId
from mv_desktop.offline.desk import Desk, ScriptPictures
from mv_desktop.offline.fetch_round import FetchResult
from mv_desktop.ui.marking.port import STORE_LANE
from mv_desktop.ui.tasks import Periodic, Tasks
from mv_desktop.ui.widgets.toast import Messages

_ARRIVAL_SECONDS = 0.4
"""How often pages that are on their way are looked for, while their script is open."""

_Found = tuple[EvaluationId, tuple[PageInfo, ...], ScriptPictures]


class OpenPages(QObject):
    """Fetches for the open script.

    Args:
        open_id: the script that is open.
        closing: nothing new is to begin.
        show: shows what of a script is here now.

    Signals:
        ended(): all that could be fetched is here.
    """

    ended = Signal()

    def __init__(
        self,
        desk: Desk,
        tasks: Tasks,
        messages: Messages,
        open_id: Callable[[], EvaluationId | None],
        closing: Callable[[], bool],
        show: Callable[[EvaluationId, Sequence[PageInfo], ScriptPictures], None],
        parent: QObject,
    ) -> None:
        super().__init__(parent)
        self._desk, self._tasks, self._messages = desk, tasks, messages
        self._open_id, self._closing, self._show = open_id, closing, show
        self._fetched: EvaluationId | None = None
        self._arrivals: Periodic | None = None

    @property
    def under_way(self) -> bool:
        """Pages are being fetched."""
        return self._arrivals is not None

    def fetch(self, evaluation_id: EvaluationId) -> None:
        """Bring the pages of the open script here, and show each as it comes."""
        if self._fetched == evaluation_id:
            return
        self._fetched = evaluation_id

        def work() -> FetchResult:
            return self._desk.fetcher.fetch_script(
                evaluation_id, again=True, cancelled=lambda: self._open_id() != evaluation_id or self._closing()
            )

        self._tasks.run("fetch-open", work, self._on_fetched, self._on_failed)
        if self._arrivals is None:
            self._arrivals = self._tasks.tick(_ARRIVAL_SECONDS, self.look, receiver=self)

    def look(self) -> None:
        """Show what of the open script is here now."""
        evaluation_id = self._open_id()
        if evaluation_id is None:
            return

        def look() -> _Found:
            return evaluation_id, self._desk.store.pages_of(evaluation_id), self._desk.pictures(evaluation_id)

        self._tasks.run(STORE_LANE, look, self._on_looked)

    # -- private ---------------------------------------------------------------------------------------------

    def _end(self) -> None:
        self._fetched = None
        if self._arrivals is not None:
            self._arrivals.cancel()
            self._arrivals = None
        self.look()
        self.ended.emit()

    def _on_fetched(self, result: FetchResult) -> None:
        self._end()
        if result.message and result.missing:
            self._messages.say(result.message)

    def _on_failed(self, error: Exception) -> None:
        self._end()
        self._tasks.error.emit(error)

    def _on_looked(self, found: _Found) -> None:
        self._show(*found)
