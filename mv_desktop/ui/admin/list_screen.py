"""What all screens of the office share: a list on the left that the server fills, and what is looked at beside it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import tzinfo
from functools import partial
from typing import Generic, TypeVar

from PySide6.QtCore import QByteArray, Qt, Signal
from PySide6.QtGui import QAction, QShowEvent
from PySide6.QtWidgets import QLayout, QSplitter, QVBoxLayout, QWidget

from mv_desktop.core.clock import Clock
from mv_desktop.domain.record import Wanted
from mv_desktop.ui.actions import KeyMap, Scope, build_actions, set_keys
from mv_desktop.ui.admin.list_views import ListViews
from mv_desktop.ui.admin.pause import Pauses
from mv_desktop.ui.admin.port import ViewKeeper
from mv_desktop.ui.admin.record_list import RecordList, today_of
from mv_desktop.ui.admin.row_feed import RowFeed
from mv_desktop.ui.admin.subject import Listing
from mv_desktop.ui.asking import keep_focus_inside, trouble_in
from mv_desktop.ui.part import mark_parts
from mv_desktop.ui.tasks import Tasks
from mv_desktop.ui.text import tr
from mv_desktop.ui.theme import spacing
from mv_desktop.ui.widgets.tone_label import ToneLabel

_TYPING_SECONDS = 0.25

Listed = TypeVar("Listed", bound=Listing)


class ListScreen(QWidget, Generic[Listed]):
    """A subclass makes what stands beside the list, and its commands (`_begin_with`).

    What was read stays while the server does not answer.

    Args:
        zone: the school's.
        views: keeps what is looked for again and again; None where nobody does.

    Signals:
        looked(): the server has answered what is looked for.

    Attributes:
        actions_by_id: its commands, for the palette.
        list: the rows.
        views: what is looked for again and again; None where nobody keeps it.
    """

    looked = Signal()

    def __init__(
        self,
        subject: Listed,
        tasks: Tasks,
        clock: Clock,
        zone: tzinfo,
        parent: QWidget | None = None,
        *,
        views: ViewKeeper | None = None,
    ) -> None:
        super().__init__(parent)
        self._subject, self._tasks = subject, tasks
        self._clock, self._zone = clock, zone
        self._read, self._trouble = False, ""
        self._pauses = Pauses(tasks, self)
        self._feed = RowFeed(subject, tasks, self)
        self.actions_by_id: dict[str, QAction] = {}
        self.list = RecordList(subject, partial(today_of, clock, zone), self)
        self.views = None if views is None else ListViews(subject.kind, self.list, views, tasks, self)
        self._state = ToneLabel("", "soon", self)
        self._due = ToneLabel("", "soon", self)
        self._due.setWordWrap(True)
        self._split = QSplitter(Qt.Orientation.Horizontal, self)
        self._split.setChildrenCollapsible(False)
        self.list.wanted_changed.connect(partial(self._pauses.later, "page", _TYPING_SECONDS, self.refresh))
        self.list.end_neared.connect(self._feed.go_on)
        self.list.empty.action_requested.connect(self.refresh)
        self._feed.came.connect(self._on_feed_came)
        self._feed.grew.connect(self._show_rows)
        self._feed.failed.connect(self._fail)

    # -- public ----------------------------------------------------------------------------------------------

    @property
    def subject(self) -> Listed:
        """What it is about."""
        return self._subject

    @property
    def state_text(self) -> str:
        """What is said of the server, "" while it answers."""
        return self._state.text()

    @property
    def due_text(self) -> str:
        """How many wait for who looks; "" for none."""
        return self._due.text()

    @property
    def settled(self) -> bool:
        """Nothing is asked of the server, and nothing waits to be."""
        return not self._feed.asking and not self._pauses.waiting

    def set_keys(self, keys: KeyMap) -> None:
        """Use other keys."""
        set_keys(self.actions_by_id, keys)

    def save_state(self) -> QByteArray:
        """How the screen is divided."""
        return self._split.saveState()

    def restore_state(self, state: QByteArray) -> None:
        """Divide it as it was."""
        self._split.restoreState(state)

    def refresh(self) -> None:
        """Ask the server again; what was read stays until it has answered."""
        self._feed.begin(self.list.wanted)

    def stop(self) -> None:
        """Ask nothing more."""
        self._pauses.stop()

    # -- for a subclass --------------------------------------------------------------------------------------

    def _begin_with(self, handlers: dict[str, Callable[[], object]], keys: KeyMap | None) -> None:
        """Make its commands: those of the list, and these beside them, which may stand for the list's own."""
        shared: dict[str, Callable[[], object]] = {
            "record.search": self.list.begin_search,
            "record.clear": self._clear,
            "record.refresh": self.refresh,
        }
        if self._subject.choices:
            shared["record.choice"] = self.list.next_choice
        if self.views is not None:
            shared |= self.views.handlers
        self.actions_by_id = build_actions(self, Scope.RECORD, shared | handlers, keys)
        if self.views is not None:
            self.views.attach(self.actions_by_id)

    def _divide(self, left: Sequence[QWidget | QLayout], right: QWidget, shares: tuple[int, int]) -> None:
        """Lay the screen out.

        Args:
            left: on the list's side, from the top.
            right: what is looked at.
            shares: how wide both are at first, in steps of the grid.
        """
        side = QWidget(self)
        column = QVBoxLayout(side)
        column.setContentsMargins(0, 0, spacing(1), 0)
        column.setSpacing(spacing(2))
        for part in left:
            if isinstance(part, QLayout):
                column.addLayout(part)
            else:
                column.addWidget(part, int(part is self.list))
            if part is self.list and self.views is not None:
                column.addWidget(self.views.note)
        self._split.addWidget(side)
        self._split.addWidget(right)
        self._split.setStretchFactor(0, 4)
        self._split.setStretchFactor(1, 3)
        self._split.setSizes([spacing(steps) for steps in shares])
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.addWidget(self._split)
        mark_parts(self.list, right)

    def _say_state(self) -> None:
        self.list.say_empty(read=self._read, trouble=self._trouble)
        self._state.setText(tr("Not connected. {trouble}", trouble=self._trouble) if self._trouble else "")
        self._say_due()

    def _say_due(self) -> None:
        """How many wait for who looks, while the server answers."""
        words = "" if self._trouble else self._subject.due()[1]
        self._due.setText(words)
        self._due.setVisible(bool(words))

    def _show_rows(self) -> None:
        self.list.show_rows(self._feed.rows)

    def _clear(self) -> None:
        if self.list.kept != Wanted():  # what waits to be offered is looked for, too
            self.list.clear()
        self.list.take_focus()

    def _fail(self, error: Exception) -> None:
        self._trouble = trouble_in(error, self._tasks)
        self._say_state()

    # -- slots -----------------------------------------------------------------------------------------------

    def _on_feed_came(self) -> None:
        self._trouble, self._read = "", True
        self._say_state()
        self._show_rows()
        if self.views is not None:
            self.views.tell()
        self.looked.emit()

    # -- Qt --------------------------------------------------------------------------------------------------

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        keep_focus_inside(self, self.list.take_focus)
        self.refresh()
