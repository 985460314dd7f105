"""Fetches the pages of the next scripts in the background, and tells of each script as its pages come."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

from PySide6.QtCore import QObject, Signal

from mv_desktop.core.errors import RefusedError
from mv_desktop.domain.evaluation import TakenSize
from mv_desktop.domain.identifier import EvaluationId
from mv_desktop.offline.desk import Desk
from mv_desktop.offline.fetch_round import FetchProgress, FetchResult
from mv_desktop.offline.pages import PREFETCHED_SCRIPTS
from mv_desktop.ui.queue.take_along import size_text
from mv_desktop.ui.tasks import Periodic, Progress, Task, Tasks
from mv_desktop.ui.text import tr
from mv_desktop.ui.widgets.toast import Messages

NEWS_SECONDS = 0.5
"""So often it is told which scripts' pages have come."""


class PageDriver(QObject):
    """Runs the fetcher of a desk, one round at a time.

    Args:
        closing: asked again and again; True ends the fetching, also within a file.

    Signals:
        changed(frozenset[EvaluationId]): pages of these arrived, or turned out not to be showable.
        ended(): a round is over.
    """

    changed = Signal(object)
    ended = Signal()

    def __init__(
        self, desk: Desk, tasks: Tasks, messages: Messages, closing: Callable[[], bool], parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._desk, self._tasks, self._messages, self._closing = desk, tasks, messages, closing
        self._news: Periodic | None = None
        self._told = ""
        self._taking: Task[FetchResult] | None = None
        self._tried: tuple[EvaluationId, ...] = ()
        self.busy = self._again = False
        tasks.finished.connect(self._on_tasks_finished)

    def begin(self) -> None:
        """Fetch what is missing; when that is being done, look once more afterwards."""
        self._again = self.busy
        if self.busy or self._closing():
            return
        self.busy = True
        self._news = self._tasks.tick(NEWS_SECONDS, self._tell_news, receiver=self)
        self._tasks.run("fetch", self._read, self._on_scripts_read, self._on_failed)

    # -- private ---------------------------------------------------------------------------------------------

    def _read(self) -> tuple[tuple[EvaluationId, ...], tuple[EvaluationId, ...]]:
        pages = self._desk.store.pages
        return pages.taken_missing(), pages.next_scripts(PREFETCHED_SCRIPTS)

    def _on_scripts_read(self, found: tuple[tuple[EvaluationId, ...], tuple[EvaluationId, ...]]) -> None:
        taken, scripts = found
        if not scripts or self._closing():
            self._end()
        elif taken and taken != self._tried:
            self._tried = taken  # once in this way: what fails then is tried with the others
            self._taking = self._tasks.run_reporting(
                "fetch",
                partial(self._take, taken),
                self._on_taken,
                self._on_failed,
                label=tr("Megabytes to take with you"),
            )
        else:
            work = partial(self._desk.fetcher.fetch_ahead, scripts, cancelled=self._closing)
            self._tasks.run("fetch", work, self._on_fetched, self._on_failed)

    def _take(self, scripts: Sequence[EvaluationId], progress: Progress) -> FetchResult:
        def told(far: FetchProgress) -> None:
            progress.report(round(far.bytes / 1e6), round(far.all_bytes / 1e6))

        stopped = lambda: progress.cancelled or self._closing()  # noqa: E731
        return self._desk.fetcher.fetch_ahead(scripts, cancelled=stopped, told=told)

    def _on_taken(self, result: FetchResult) -> None:
        self._again = True  # the queue's next follow
        self._on_fetched(result)

    def _on_tasks_finished(self, task: object) -> None:
        """Nobody is told of a task that was cancelled: what had not come is no longer taken along."""
        if task is self._taking and self._taking is not None and self._taking.cancelled:
            self._taking = None
            self._tasks.run("store", self._give_up, self._on_given_up, self._on_failed)

    def _give_up(self) -> tuple[EvaluationId, ...]:
        missing = self._desk.store.pages.taken_missing()
        self._desk.store.pages.release(missing)
        return missing

    def _on_given_up(self, released: tuple[EvaluationId, ...]) -> None:
        self._tried = ()
        self._end()
        if released:
            self._messages.say(tr("Stopped. What has come stays; the other scripts are no longer taken with you."))
            self.changed.emit(frozenset(released))

    def _on_fetched(self, result: FetchResult) -> None:
        message = result.message if result.online else ""
        if message and message != self._told:
            self._messages.tell(RefusedError(message))
        self._told = message
        self._tasks.run("store", self._desk.store.pages.all_here, self._on_all_here)
        self._end()

    def _on_all_here(self, size: TakenSize | None) -> None:
        if size is not None:
            self._messages.say(tr("{size} are on this computer: you can take them with you.", size=size_text(size)))

    def _on_failed(self, error: Exception) -> None:
        self._end()
        self._tasks.error.emit(error)

    def _end(self) -> None:
        self.busy = False
        if self._news is not None:
            self._news.cancel()
            self._news = None
        self._tell_news()
        self.ended.emit()
        if self._again:
            self.begin()

    def _tell_news(self) -> None:
        if news := self._desk.fetcher.news():
            self.changed.emit(news)
