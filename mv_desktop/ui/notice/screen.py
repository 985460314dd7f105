"""The list of what a person was told, the newest first, until she has read it and afterwards."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, tzinfo
from enum import Enum
from uuid import UUID

from PySide6.QtCore import Signal
from PySide6.QtGui import QAction, QShowEvent
from PySide6.QtWidgets import QApplication, QHBoxLayout, QPushButton, QSizePolicy, QStackedWidget, QVBoxLayout, QWidget

from mv_desktop.domain.notice import Notice
from mv_desktop.offline.notice_store import Notices
from mv_desktop.ui.actions import KeyMap, Scope, build_actions, follow_tip, set_keys
from mv_desktop.ui.notice.wording import notice_text, unread_text, whole_text
from mv_desktop.ui.part import mark_parts
from mv_desktop.ui.text import tr
from mv_desktop.ui.theme import spacing
from mv_desktop.ui.widgets.deadline_text import moment, whole_moment
from mv_desktop.ui.widgets.empty_state import EmptyState
from mv_desktop.ui.widgets.fact_table import Cell, FactTable, TableRow
from mv_desktop.ui.widgets.tone_label import ToneLabel

_WHAT = 2


class Source(Enum):
    """Whether there is anybody who would tell something."""

    TOLD = "told"
    TOO_OLD = "too_old"
    SWITCHED_OFF = "switched_off"


class NoticeScreen(QWidget):
    """A table of notices; what is unread has a dot, and the word in its tip and for a screen reader.

    Signals:
        opened(Notice): lead her to what it is about.
        read(tuple[UUID, ...]): she has read these.
        all_read(): she has read all.
        shown(): somebody looks at it.

    Attributes:
        actions_by_id: its commands, for the palette.
    """

    opened = Signal(object)
    read = Signal(object)
    all_read = Signal()
    shown = Signal()

    def __init__(self, keys: KeyMap | None = None, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._notices: dict[UUID, Notice] = {}
        self._table = FactTable(tr("Notices"), ("", "When", "What"), _WHAT, self)
        self._table.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self._table.row_opened.connect(self._on_table_row_opened)
        self._table.row_selected.connect(self._on_table_row_selected)
        self._empty = EmptyState(self)
        self._stack = QStackedWidget(self)
        self._stack.addWidget(self._empty)
        self._stack.addWidget(self._table)
        self._count = ToneLabel("", "muted", self)
        self._all = QPushButton(tr("All are read"), self)
        self._all.clicked.connect(self.all_read)
        top = QHBoxLayout()
        top.addWidget(self._count, 1)
        top.addWidget(self._all)
        column = QVBoxLayout(self)
        column.setContentsMargins(spacing(4), spacing(3), spacing(4), spacing(3))
        column.setSpacing(spacing(3))
        column.addLayout(top)
        column.addWidget(self._stack, 1)
        self.actions_by_id: dict[str, QAction] = build_actions(self, Scope.NOTICES, self._handlers(), keys)
        follow_tip(self._all, self.actions_by_id["notices.read_all"])
        mark_parts(self._stack, self._all)
        self.setFocusProxy(self._stack)
        self.set_source(Source.TOLD)
        self._show_what_can_be_done()

    # -- public ----------------------------------------------------------------------------------------------

    def show_notices(self, kept: Notices, now: datetime, zone: tzinfo) -> None:
        """Show these; what was selected stays so."""
        self._notices = {notice.notice_id: notice for notice in kept.notices}
        focus = QApplication.focusWidget()
        had_focus = focus is not None and self._stack.isAncestorOf(focus)
        self._table.show_rows([_row(notice, now, zone) for notice in kept.notices])
        shown = self._table if kept.notices else self._empty
        if self._stack.currentWidget() is not shown:
            self._stack.setCurrentWidget(shown)
            if had_focus:
                shown.setFocus()
        self._show_what_can_be_done()

    def set_source(self, source: Source) -> None:
        """Say why nothing comes, where nothing does."""
        self._empty.tell("bell", *_EMPTY[source]())

    def set_keys(self, keys: KeyMap) -> None:
        """Use other keys."""
        set_keys(self.actions_by_id, keys)

    @property
    def selected(self) -> Notice | None:
        """The selected notice."""
        key = self._table.selected
        return self._notices.get(key) if isinstance(key, UUID) else None

    @property
    def table(self) -> FactTable:
        """Its rows."""
        return self._table

    # -- private ---------------------------------------------------------------------------------------------

    def _handlers(self) -> dict[str, Callable[[], object]]:
        return {
            "notices.open": self._open,
            "notices.read": self._read,
            "notices.read_all": self.all_read.emit,
        }

    def _open(self) -> None:
        if self.selected is not None:
            self.opened.emit(self.selected)

    def _read(self) -> None:
        if self.selected is not None and self.selected.read_at is None:
            self.read.emit((self.selected.notice_id,))

    def _show_what_can_be_done(self) -> None:
        unread = sum(notice.read_at is None for notice in self._notices.values())
        self._count.setText(unread_text(unread) if unread else tr("All are read."))
        for above in (self._count, self._all):
            above.setVisible(bool(self._notices))
        self._all.setEnabled(unread > 0)
        self.actions_by_id["notices.read_all"].setEnabled(unread > 0)
        self._enable()

    def _enable(self) -> None:
        one = self.selected
        self.actions_by_id["notices.open"].setEnabled(one is not None)
        self.actions_by_id["notices.read"].setEnabled(one is not None and one.read_at is None)

    # -- slots -----------------------------------------------------------------------------------------------

    def _on_table_row_opened(self, _key: object) -> None:
        self._open()

    def _on_table_row_selected(self, _key: object) -> None:
        self._enable()

    # -- Qt --------------------------------------------------------------------------------------------------

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        (self._stack.currentWidget() or self._table).setFocus()
        self.shown.emit()


_EMPTY: dict[Source, Callable[[], tuple[str, str]]] = {
    Source.TOLD: lambda: (
        tr("No notices"),
        tr("What you have to know is told here and kept: scripts that you were given, deadlines, answers."),
    ),
    Source.TOO_OLD: lambda: (
        tr("No notices"),
        tr("This server keeps no notices. Ask your administrator to bring it up to date."),
    ),
    Source.SWITCHED_OFF: lambda: (tr("Notices are switched off"), tr("Your school has switched off all notices.")),
}


def _row(notice: Notice, now: datetime, zone: tzinfo) -> TableRow:
    unread = notice.read_at is None
    state = Cell("", "dot", "accent", tr("Unread")) if unread else Cell("", tip=tr("Read"))
    when, what = moment(notice.created_at, now, zone), notice_text(notice, now, zone)
    cells = (
        state,
        Cell(when, tip=whole_moment(notice.created_at, zone), strong=unread),
        Cell(what, tip=whole_text(notice, zone), strong=unread),
    )
    return TableRow(notice.notice_id, cells)
