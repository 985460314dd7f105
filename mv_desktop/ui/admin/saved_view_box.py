"""The views of one list that a person keeps, in memory while she works and in her file."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QObject, Signal

from mv_desktop.domain import saved_view
from mv_desktop.domain.record import Wanted
from mv_desktop.domain.saved_view import Views
from mv_desktop.ui.admin.port import DRAFT_LANE, ViewKeeper
from mv_desktop.ui.tasks import Tasks


class SavedViewBox(QObject):
    """In memory at once, and on the disk a moment later. Each change can be taken back.

    Signals:
        came(): what was kept before was read.
        changed(): there are other views than before.

    Attributes:
        views: in the order of their names.
    """

    came = Signal()
    changed = Signal()

    def __init__(self, kind: str, keeper: ViewKeeper, tasks: Tasks, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._kind, self._keeper, self._tasks = kind, keeper, tasks
        self._before: list[Views] = []
        self.views: Views = ()
        tasks.run(DRAFT_LANE, partial(keeper.kept, kind), self._on_kept, receiver=self)

    @property
    def can_undo(self) -> bool:
        """Something was changed that was not taken back."""
        return bool(self._before)

    def keep(self, name: str, wanted: Wanted) -> None:
        """Keep what is looked for under this name."""
        self._change(saved_view.kept(self.views, name, wanted))

    def rename(self, before: str, name: str) -> None:
        """Call one otherwise."""
        self._change(saved_view.renamed(self.views, before, name))

    def remove(self, name: str) -> None:
        """Keep one no more."""
        self._change(saved_view.without(self.views, name))

    def turn_first(self, name: str) -> None:
        """Look through this one when the list is first shown, or no more."""
        self._change(saved_view.turned_first(self.views, name))

    def undo(self) -> None:
        """Take the last change back."""
        if self._before:
            self._write(self._before.pop())

    # -- private ---------------------------------------------------------------------------------------------

    def _change(self, views: Views) -> None:
        if views != self.views:
            self._before.append(self.views)
            self._write(views)

    def _write(self, views: Views) -> None:
        put = [view for view in views if view not in self.views]
        gone = sorted({view.key for view in self.views} - {view.key for view in views})
        self.views = views
        self._tasks.run(DRAFT_LANE, partial(self._keeper.change, self._kind, gone, put), _nothing, receiver=self)
        self.changed.emit()

    # -- slots -----------------------------------------------------------------------------------------------

    def _on_kept(self, views: Views) -> None:
        if not self._before:  # or somebody was faster than the disk
            self.views = views
            self.came.emit()
            self.changed.emit()


def _nothing(_: object) -> None:
    """It is on the disk."""
