"""What was typed of the records of one subject and is not saved, kept on this computer while one works."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QObject, Signal

from mv_desktop.domain.record import FormDraft
from mv_desktop.ui.admin.port import DRAFT_LANE, DraftKeeper
from mv_desktop.ui.tasks import Tasks


class DraftBox(QObject):
    """In memory at once, and on the disk a moment later.

    Signals:
        came(): what was kept before was read.
        changed(): there are drafts of other records than before.
    """

    came = Signal()
    changed = Signal()

    def __init__(self, kind: str, keeper: DraftKeeper, tasks: Tasks, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._kind, self._keeper, self._tasks = kind, keeper, tasks
        self._drafts: dict[str, FormDraft] = {}
        tasks.run(DRAFT_LANE, partial(keeper.kept, kind), self._on_kept, receiver=self)

    @property
    def keys(self) -> frozenset[str]:
        """Of which records there are drafts."""
        return frozenset(self._drafts)

    def of(self, key: str) -> FormDraft | None:
        """What was typed of a record."""
        return self._drafts.get(key)

    def keep(self, draft: FormDraft) -> None:
        """Keep it, in place of what there was of the same record."""
        new = draft.key not in self._drafts
        self._drafts[draft.key] = draft
        self._tasks.run(DRAFT_LANE, partial(self._keeper.keep, draft), _nothing, receiver=self)
        if new:
            self.changed.emit()

    def forget(self, key: str) -> None:
        """It was saved, or discarded."""
        if self._drafts.pop(key, None) is not None:
            self._tasks.run(DRAFT_LANE, partial(self._keeper.drop, self._kind, key), _nothing, receiver=self)
            self.changed.emit()

    # -- slots -----------------------------------------------------------------------------------------------

    def _on_kept(self, drafts: tuple[FormDraft, ...]) -> None:
        self._drafts = {draft.key: draft for draft in drafts} | self._drafts
        self.came.emit()
        self.changed.emit()


def _nothing(_: object) -> None:
    """It is on the disk."""
