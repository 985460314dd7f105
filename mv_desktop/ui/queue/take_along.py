"""Taking scripts along: how much that is first, then the pages stay on this computer until they are marked."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Protocol

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from mv_desktop.core.errors import RefusedError, UserError
from mv_desktop.domain.evaluation import QueueRow, TakenSize
from mv_desktop.domain.identifier import EvaluationId
from mv_desktop.ui.queue.row_filter import OPEN_STATES
from mv_desktop.ui.tasks import Tasks
from mv_desktop.ui.text import tr, tr_count
from mv_desktop.ui.widgets.inline_question import InlineQuestion
from mv_desktop.ui.widgets.toast import Messages


class TakeSource(Protocol):
    """Where it is kept which scripts are taken along; called on the lane "store"."""

    def size_of(self, scripts: Sequence[EvaluationId]) -> TakenSize:
        """What taking these along comes to."""
        ...

    def take(self, scripts: Sequence[EvaluationId]) -> None:
        """Keep their pages here from now on."""
        ...

    def release(self, scripts: Sequence[EvaluationId]) -> None:
        """They need not stay any more."""
        ...


class TakeAlong(QObject):
    """Asks, and takes or releases what is selected.

    Args:
        source: None where nothing can be taken along.
        question: where it asks.
        back: where the focus goes afterwards.

    Signals:
        changed(): something was taken along or released.
    """

    changed = Signal()

    def __init__(
        self, source: TakeSource | None, tasks: Tasks, messages: Messages, question: InlineQuestion, back: QWidget
    ) -> None:
        super().__init__(question)
        self._source, self._tasks, self._messages = source, tasks, messages
        self._question, self._back = question, back

    def toggle(self, rows: Sequence[QueueRow]) -> None:
        """Take these along; release them when all of them are."""
        scripts = [row.evaluation_id for row in rows if row.state in OPEN_STATES]
        if self._source is None or not scripts or self._question.asking:
            return
        if all(row.taken for row in rows if row.state in OPEN_STATES):
            self._do(partial(self._source.release, scripts))
            return
        work = partial(self._source.size_of, scripts)
        self._tasks.run("store", work, partial(self._on_sized, scripts), self._on_failed, receiver=self)

    # -- private ---------------------------------------------------------------------------------------------

    def _do(self, work: partial[None]) -> None:
        self._tasks.run("store", work, self._on_done, self._on_failed)

    def _on_sized(self, scripts: Sequence[EvaluationId], size: TakenSize) -> None:
        if size.bytes > size.room:
            needed, room = megabytes(size.bytes), megabytes(size.room)
            self._messages.tell(
                RefusedError(
                    tr("These scripts need {needed}, and there is room for {room}.", needed=needed, room=room),
                    remedy=tr("Select fewer, or give pages more space in the preferences."),
                )
            )
            return
        if self._source is not None:
            words = tr(
                "Take {size} with you? {coming} are still to be fetched.",
                size=size_text(size),
                coming=megabytes(size.coming),
            )
            take = partial(self._do, partial(self._source.take, scripts))
            self._question.ask(words, tr("Take with me"), tr("No"), take, self._back, sign="take")

    def _on_done(self, _: None) -> None:
        self._back.setFocus()
        self.changed.emit()

    def _on_failed(self, error: Exception) -> None:
        if isinstance(error, UserError):
            self._messages.tell(error)
        else:
            self._tasks.error.emit(error)


def size_text(size: TakenSize) -> str:
    """Say “20 scripts, 160 pages, 412 MB”."""
    scripts = tr_count("{count} script", "{count} scripts", size.scripts)
    return ", ".join((scripts, tr_count("{count} page", "{count} pages", size.pages), megabytes(size.bytes)))


def megabytes(count: int) -> str:
    """Say “412 MB”."""
    return tr("{count} MB", count=max(1, round(count / 1e6)) if count else 0)
