"""What is typed over the record that is looked at and is not saved: kept, there again, discarded, typed again."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from PySide6.QtCore import QObject, Signal

from mv_desktop.core.clock import Clock
from mv_desktop.domain.record import FormDraft, Opened
from mv_desktop.ui.admin.draft_box import DraftBox
from mv_desktop.ui.admin.pause import Pauses
from mv_desktop.ui.admin.port import DraftKeeper
from mv_desktop.ui.admin.record_panel import RecordPanel
from mv_desktop.ui.admin.subject import Subject
from mv_desktop.ui.tasks import Tasks
from mv_desktop.ui.text import tr
from mv_desktop.ui.widgets.toast import Messages

_KEEPING_SECONDS = 0.5
NEW = ""
"""The key of the record that is being made."""


class RecordDraft(QObject):
    """Follows the form of one panel.

    Args:
        clock: what time it is.

    Signals:
        show_wanted(): the form shall show the record, and what was typed over it.
        edited(): something else stands in the form.
        changed(): there are drafts of other records than before.
    """

    show_wanted = Signal()
    edited = Signal()
    changed = Signal()

    def __init__(
        self, subject: Subject, keeper: DraftKeeper, tasks: Tasks, clock: Clock, messages: Messages, screen: QObject
    ) -> None:
        super().__init__(screen)
        self._kind, self._clock, self._messages = subject.kind, clock, messages
        self._pauses = Pauses(tasks, self)
        self._box = DraftBox(subject.kind, keeper, tasks, self)
        self._panel: RecordPanel | None = None
        self._opened: Callable[[], Opened[Any] | None] = _nothing
        self._shown: Callable[[], str | None] = _nothing
        self._box.came.connect(self._on_box_came)
        self._box.changed.connect(self.changed)

    def attach(
        self, panel: RecordPanel, opened: Callable[[], Opened[Any] | None], shown: Callable[[], str | None]
    ) -> None:
        """Keep what is typed on this panel.

        Args:
            panel: whose form it is.
            opened: the record that is looked at; None where one is made, or none is.
            shown: its key, `NEW` of one that is made; None where none is looked at.
        """
        self._panel, self._opened, self._shown = panel, opened, shown

    @property
    def waiting(self) -> bool:
        """Something is to be kept yet."""
        return self._pauses.waiting

    @property
    def keys(self) -> frozenset[str]:
        """Of which records something was typed that is not saved."""
        return self._box.keys

    @property
    def now(self) -> FormDraft | None:
        """What was typed of the record that is looked at."""
        return self._box.of(self._shown() or NEW)

    def keep_soon(self) -> None:
        """Keep what stands there, once the hand rests."""
        self._pauses.later("keep", _KEEPING_SECONDS, self._keep)

    def leave(self) -> None:
        """Something else will be shown: what was typed is kept."""
        if self._pauses.drop("keep"):
            self._keep()

    def forget(self, key: str) -> None:
        """It was saved, or its record is gone."""
        if key == (self._shown() or NEW):
            self._pauses.drop("keep")
        self._box.forget(key)

    def discard(self) -> None:
        """Show the record as it is; what was typed can be had again."""
        key = self._shown()
        if key is None or self._panel is None:
            return
        typed = self._panel.form.mine
        self.forget(key)
        self.show_wanted.emit()
        self._messages.say(tr("What you typed is discarded."), undo=partial(self._type_again, key, typed))

    # -- private ---------------------------------------------------------------------------------------------

    def _keep(self) -> None:
        key, panel, opened = self._shown(), self._panel, self._opened()
        if key is None or panel is None:
            return
        if not panel.form.differs:
            self._box.forget(key)
            return
        seen = None if opened is None else opened.seen
        self._box.keep(FormDraft(self._kind, key, seen, panel.form.mine, self._clock.now()))

    def _type_again(self, key: str, typed: Mapping[str, str]) -> None:
        if self._panel is not None and self._shown() == key:
            self._panel.form.type_again(typed)
            self.edited.emit()

    # -- slots -----------------------------------------------------------------------------------------------

    def _on_box_came(self) -> None:
        if self._panel is not None and self._shown() in self.keys and not self._panel.form.differs:
            self.show_wanted.emit()


def _nothing() -> None:
    """Nothing is looked at yet."""
