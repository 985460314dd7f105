"""The two lists of the board side by side: teachers, and the scripts of whatever is looked at."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from enum import StrEnum
from typing import cast

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QSplitter, QStackedWidget, QVBoxLayout, QWidget

from mv_desktop.domain.board_look import Look
from mv_desktop.domain.identifier import UserId
from mv_desktop.ui.coordination import script_model, teacher_model
from mv_desktop.ui.coordination.drag import ListTabs, ScriptTable, TeacherTable
from mv_desktop.ui.coordination.move_panel import Key
from mv_desktop.ui.coordination.script_model import ScriptModel, ScriptRow, due_of, key_of, script_rows
from mv_desktop.ui.coordination.teacher_model import TeacherModel, most_due, ordered
from mv_desktop.ui.coordination.wording import NOBODY
from mv_desktop.ui.text import tr
from mv_desktop.ui.theme import spacing
from mv_desktop.ui.widgets.empty_state import EmptyState


class Shown(StrEnum):
    """Which scripts are listed."""

    RISK = "risk"
    OVERDUE = "overdue"
    POOL = "pool"
    HERS = "hers"
    ALL = "all"


_TABS = tuple(Shown)
_TEACHERS = 0.612
"""The most that the teachers get of the room."""
_LONGEST_TAB = 18
_SHORTEST_CODE = 3
"""Fewer letters of a code are in many."""


class BoardLists(QSplitter):
    """Keeps what is selected, scrolled to and listed while the board changes.

    Signals:
        selection_changed(): other scripts, or another teacher.
        dropped(UserId or None): the selected scripts were dragged to her, or into the pool.

    Attributes:
        teachers, scripts: the tables.
        tabs: which scripts are listed.
    """

    selection_changed = Signal()
    dropped = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(Qt.Orientation.Horizontal, parent)
        self._look: Look | None = None
        self._letters, self._before = "", cast(datetime | None, None)
        self._named: set[UserId | None] = set()
        self._listed: tuple[Shown, UserId | None] = (Shown.RISK, None)
        self._people, self._rows = TeacherModel(UTC, self), ScriptModel(self)
        self._order = int(teacher_model.Column.NAME)
        self._by_hand = False
        signed = (teacher_model.Column.NAME, teacher_model.Column.OVERDUE, teacher_model.Column.RISK)
        spare = (teacher_model.Column.PACE, teacher_model.Column.SEEN)  # told in the tip of a name, too
        people = TeacherTable(
            tr("Teachers"), self._people, teacher_model.samples(), 0, self, many=False, signed=signed, spare=spare
        )
        people.offer_orders(self._order)
        self.teachers = people.take_drops()
        column = script_model.Column
        scripts = ScriptTable(
            tr("Scripts"),
            self._rows,
            script_model.samples(),
            column.TEACHER,
            self,
            signed=(column.DUE, column.SCRIPT),
            spare=(column.WHY,),  # told below the lists, too
        )
        self.scripts = scripts.make_draggable()
        self.tabs = ListTabs(_TABS.index(Shown.POOL))
        for _ in _TABS:
            self.tabs.addTab("")
        self.tabs.setAccessibleName(tr("Which scripts"))
        self._nothing = EmptyState(self)
        self._nothing.setFocusPolicy(Qt.FocusPolicy.StrongFocus)  # or the keys would lead nowhere
        self._stack = QStackedWidget(self)
        self._stack.addWidget(self.scripts)
        self._stack.addWidget(self._nothing)
        right = QWidget(self)
        layout = QVBoxLayout(right)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(spacing(1))
        layout.addWidget(self.tabs)
        layout.addWidget(self._stack, 1)
        self.setChildrenCollapsible(False)
        self.addWidget(self.teachers)
        self.addWidget(right)
        self.splitterMoved.connect(self._on_splitter_moved)
        self.tabs.currentChanged.connect(self._on_tabs_current_changed)
        self.tabs.dropped.connect(self._on_tabs_dropped)
        self.teachers.current_changed.connect(self._on_teachers_current_changed)
        self.teachers.order_wanted.connect(self.order_by)
        self.teachers.row_opened.connect(self._on_teachers_row_opened)
        self.teachers.clicked.connect(self._on_teachers_clicked)
        self.teachers.dropped.connect(self.dropped)
        self.scripts.selection_changed.connect(self.selection_changed)
        self.scripts.current_changed.connect(self.selection_changed)
        self._name_tabs()

    # -- public ----------------------------------------------------------------------------------------------

    @property
    def shown(self) -> Shown:
        """Which scripts are listed."""
        return _TABS[max(0, self.tabs.currentIndex())]

    @property
    def teacher(self) -> UserId | None:
        """The teacher with the cursor."""
        return cast(UserId | None, self.teachers.current)

    @property
    def chosen(self) -> tuple[Key, ...]:
        """The selected scripts, from the top."""
        return cast(tuple[Key, ...], self.scripts.chosen)

    @property
    def about(self) -> str:
        """All that is known of the script with the cursor, in a line; "" where no script is listed."""
        row = self._rows.row_of(self.scripts.current) if self.body is self.scripts else -1
        return "" if row < 0 else self._rows.line(self._rows.rows[row])

    @property
    def body(self) -> QWidget:
        """The scripts, or what stands instead of them."""
        return self._stack.currentWidget() or self.scripts

    def show_look(self, look: Look, letters: str, before: datetime | None) -> None:
        """Show the board as it is now.

        Args:
            look: the board.
            letters: what is looked for, in small letters; "" for everything.
            before: only scripts that are due before this moment.
        """
        self._look, self._letters, self._before = look, letters, before
        self._people.tell(look.board.read_at, look.board.school.calendar.hours.zone, most_due(look.teachers))
        also = self._with_code(look)
        self._named = {row.user_id for row in look.teachers if letters in row.name.casefold()}
        if letters in tr(NOBODY).casefold():
            self._named.add(None)
        found = [row for row in look.teachers if letters in row.name.casefold() or row.user_id in also]
        self.teachers.show_rows(ordered(found, self._order))
        self._rows.tell(look)
        self._show_scripts()
        self._name_tabs()

    def order_by(self, column: int) -> None:
        """Put the teachers in order by a column, the most first."""
        self._order = column
        self.teachers.offer_orders(column)
        if self._look is not None:
            self.show_look(self._look, self._letters, self._before)

    def next_order(self) -> None:
        """Order the teachers by the next column, all around."""
        self.order_by((self._order + 1) % len(teacher_model.Column))

    def show_list(self, shown: Shown) -> None:
        """List other scripts, and go there."""
        self.tabs.setCurrentIndex(_TABS.index(shown))
        self.body.setFocus()

    # -- private ---------------------------------------------------------------------------------------------

    def _divide(self) -> None:
        """Teachers have most of a small window, as far as they need it, and half of a large one."""
        room = self.width()
        left = max(room // 2, min(round(room * _TEACHERS), self.teachers.whole_width))
        self.setSizes([left, room - left])

    def _with_code(self, look: Look) -> frozenset[UserId | None]:
        """Who has a script whose code is looked for: she is shown with it."""
        letters = self._letters
        if len(letters) < _SHORTEST_CODE:
            return frozenset()
        codes = look.codes
        return frozenset(
            script.teacher_id for script in look.board.school.scripts if letters in codes[script.evaluation_id]
        )

    def _show_scripts(self) -> None:
        look = self._look
        if look is None:
            return
        rows = self._fitting(look)
        listed = (self.shown, self.teacher if self.shown is Shown.HERS else None)
        if listed == self._listed:
            self.scripts.show_rows(rows)
        else:
            self._listed = listed
            self.scripts.show_others(rows)
        self._turn_to(self.scripts if rows else self._nothing)
        if not rows:
            self._nothing.tell(*self._emptiness())
        self.selection_changed.emit()

    def _turn_to(self, shown: QWidget) -> None:
        before = self.body
        had_focus = before.hasFocus()
        self._stack.setCurrentWidget(shown)
        if had_focus and shown is not before:
            shown.setFocus()

    def _wanted(self, look: Look, shown: Shown) -> Sequence[ScriptRow]:
        match shown:
            case Shown.RISK:
                return script_rows(look.at_risk)
            case Shown.OVERDUE:
                return script_rows(look.overdue)
            case Shown.POOL:
                return script_rows(look.in_pool, look.waiting)
            case Shown.HERS:
                return () if self.teacher is None else script_rows(look.of(self.teacher))
        return script_rows(look.by_due, look.waiting)

    def _fitting(self, look: Look) -> Sequence[ScriptRow]:
        """Of what is listed, what fits the search and the time."""
        rows, letters, before = self._wanted(look, self.shown), self._letters, self._before
        if letters and self.shown is not Shown.HERS:
            codes, named, script = look.codes, self._named, look.board.school.script
            held = {key for key, one in script.items() if one.teacher_id in named}
            nobodys = None in named  # what never had a teacher
            rows = [
                row
                for row in rows
                if letters in codes[key := key_of(row)] or key in held or (nobodys and key not in script)
            ]
        return rows if before is None else [row for row in rows if due_of(row) < before]

    def _emptiness(self) -> tuple[str, str, str]:
        if self._letters or self._before is not None:
            return "search", tr("Nothing matches"), tr("No script here fits the search and the time.")
        match self.shown:
            case Shown.RISK:
                return "done", tr("Nothing is at risk"), tr("Every script is expected to be finished in time.")
            case Shown.OVERDUE:
                return "done", tr("Nothing is overdue"), tr("No open script is past its deadline.")
            case Shown.POOL:
                return "done", tr("Everything has a teacher"), tr("What is handed back or finds nobody appears here.")
            case Shown.HERS:
                return "queue", tr("No scripts"), tr("She has nothing to mark.")
        return "queue", tr("No open scripts"), tr("Scripts appear here as soon as their pages are complete.")

    def _name_tabs(self) -> None:
        look = self._look
        counts = {Shown.HERS: None} | (
            {}
            if look is None
            else {
                Shown.RISK: len(look.at_risk),
                Shown.OVERDUE: len(look.overdue),
                Shown.POOL: len(look.in_pool) + len(look.waiting),
                Shown.ALL: len(look.expected) + len(look.waiting),
            }
        )
        hers = tr("Hers")
        if look is not None and self.teacher in look.teacher:
            hers = look.teacher[cast(UserId, self.teacher)].name
        names = {
            Shown.RISK: tr("At risk"),
            Shown.OVERDUE: tr("Overdue"),
            Shown.POOL: tr("Nobody’s"),
            Shown.HERS: hers,
            Shown.ALL: tr("All"),
        }
        for place, shown in enumerate(_TABS):
            count = counts.get(shown)
            # an ampersand would underline a letter
            text = names[shown].replace("&", "&&") + ("" if count is None else f"  {count}")
            shown_text = text if len(text) <= _LONGEST_TAB else f"{text[: _LONGEST_TAB - 1].rstrip()}…"
            if self.tabs.tabText(place) != shown_text:
                self.tabs.setTabText(place, shown_text)
                self.tabs.setTabToolTip(place, text)

    # -- slots -----------------------------------------------------------------------------------------------

    def _on_splitter_moved(self, _at: int, _number: int) -> None:
        self._by_hand = True

    def _on_tabs_current_changed(self, _place: int) -> None:
        self._show_scripts()

    def _on_tabs_dropped(self) -> None:
        self.dropped.emit(None)

    def _on_teachers_current_changed(self) -> None:
        self._name_tabs()
        if self.shown is Shown.HERS:
            self._show_scripts()
        self.selection_changed.emit()

    def _on_teachers_row_opened(self, _key: object) -> None:
        self.show_list(Shown.HERS)

    def _on_teachers_clicked(self, _index: object) -> None:
        self.tabs.setCurrentIndex(_TABS.index(Shown.HERS))

    # -- Qt --------------------------------------------------------------------------------------------------

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if not self._by_hand:
            self._divide()
