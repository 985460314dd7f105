"""Writes records, one at a time, and takes the last change back."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

from PySide6.QtCore import QObject, Signal

from mv_desktop.domain.holiday import Consequence, Move
from mv_desktop.domain.record import Opened
from mv_desktop.ui.admin.act import Saved
from mv_desktop.ui.admin.subject import OFFICE_LANE, Subject
from mv_desktop.ui.tasks import Tasks
from mv_desktop.ui.text import tr


class RecordWriter(QObject):
    """Whoever looks at it says what came of it.

    Signals:
        begun(): the server is asked.
        saved(Opened or None, str): over which record (None: a new one), and the key that it has now.
        shown(Once): what is said once of what was saved.
        taken_back(str, str): of which record ("" of many), and what is said of it ("" for nothing more).
        removed(Opened): which record.
        failed(Exception): nothing was written.
        weighed(Consequence, callable): deadlines would move; nothing is written until it is called with those that do.
    """

    begun = Signal()
    saved = Signal(object, str)
    shown = Signal(object)
    taken_back = Signal(str, str)
    removed = Signal(object)
    failed = Signal(object)
    weighed = Signal(object, object)

    def __init__(self, subject: Subject, tasks: Tasks, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._subject, self._tasks = subject, tasks
        self._back: Callable[[], None] | None = None
        self.busy = False

    @property
    def can_undo(self) -> bool:
        """A change was made here that was not taken back."""
        return self._back is not None and not self.busy

    def save(self, opened: Opened[Any] | None, draft: Any, reason: str) -> None:  # noqa: ANN401
        """Write a draft over what was opened, or as a new record."""
        self._write(opened, draft, reason, partial(self._on_saved, opened))

    def remember(self, now: Opened[Any], before: Opened[Any] | None) -> None:
        """How the record stands after the last change, and stood before; None where there was none before."""
        if before is not None:
            done = partial(self._on_undone, now.key)
            self._back = partial(self._write, now, before.draft, tr("Taken back"), done)
        else:
            self._back = partial(self.remove, now, tr("Taken back")) if self._subject.removable else None

    def remember_done(self, done: Any, key: str = "") -> None:  # noqa: ANN401
        """What was done at once, as `Subject.take_back` knows it, and with which record where it was one."""
        self._back = partial(self._take_back, done, key)

    def undo(self) -> None:
        """Take the last of it back."""
        if self._back is not None and not self.busy:
            self._back()

    def remove(self, opened: Opened[Any], reason: str) -> None:
        """Take a record away altogether."""
        done = partial(self._on_removed, opened)
        if self._subject.weighs(None):
            self._weigh_draft(opened, None, reason, done)
        else:
            self._do(partial(self._subject.remove, opened, reason), done)

    # -- private ---------------------------------------------------------------------------------------------

    def _write(self, opened: Opened[Any] | None, draft: Any, reason: str, done: Callable[[Any], None]) -> None:  # noqa: ANN401
        if self._subject.weighs(draft):
            self._weigh_draft(opened, draft, reason, done)
        else:
            self._do(partial(self._subject.save, opened, draft, reason), done)

    def _weigh_draft(self, opened: Opened[Any] | None, draft: Any, reason: str, done: Callable[[Any], None]) -> None:  # noqa: ANN401
        weigh = partial(self._subject.consequence, opened, draft)
        self._weigh(weigh, partial(self._subject.save_weighed, opened, draft, reason), done)

    def _take_back(self, done: Any, key: str) -> None:  # noqa: ANN401
        weigh = partial(self._subject.weigh_back, done)
        self._weigh(weigh, partial(self._subject.take_back, done, tr("Taken back")), partial(self._on_taken_back, key))

    def _weigh(
        self,
        weigh: Callable[[], Consequence],
        write: Callable[[Consequence, Sequence[Move]], Any],
        done: Callable[[Any], None],
    ) -> None:
        """Ask first whether deadlines shall move, where any would."""

        def weighed(found: Consequence) -> None:
            self.busy = False
            if found.moves:
                self.weighed.emit(found, partial(go_on, found))
            else:
                go_on(found, ())

        def go_on(found: Consequence, moving: Sequence[Move]) -> None:
            self._do(partial(write, found, moving), done)

        self._do(weigh, weighed)

    def _do(self, work: Callable[[], Any], done: Callable[[Any], None]) -> None:
        self.busy = True
        self.begun.emit()
        self._tasks.run(OFFICE_LANE, work, done, self._on_failed, receiver=self)

    # -- slots -----------------------------------------------------------------------------------------------

    def _on_saved(self, before: Opened[Any] | None, answer: str | Saved) -> None:
        self.busy = False
        key = answer.key if isinstance(answer, Saved) else answer
        if isinstance(answer, Saved):
            self.shown.emit(answer.once)
        self.saved.emit(before, key)

    def _on_undone(self, key: str, _result: object) -> None:
        self._on_taken_back(key, "")

    def _on_taken_back(self, key: str, words: str) -> None:
        self.busy, self._back = False, None
        self.taken_back.emit(key, words)

    def _on_removed(self, opened: Opened[Any], _result: object) -> None:
        self.busy = False
        self.remember_done(opened, opened.key)
        self.removed.emit(opened)

    def _on_failed(self, error: Exception) -> None:
        self.busy = False
        self.failed.emit(error)
