"""The cases as a list, one kind of them or all, and a line that finds any script by its code."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import date, datetime, tzinfo

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QApplication,
    QComboBox,
    QHBoxLayout,
    QLineEdit,
    QSizePolicy,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from mv_desktop.domain.case import Case, CaseKind
from mv_desktop.domain.evaluation import searched_code
from mv_desktop.ui.coordination.case.wording import HEADINGS, STRETCHED, case_row, kind_text
from mv_desktop.ui.text import tr
from mv_desktop.ui.theme import spacing
from mv_desktop.ui.widgets.empty_state import EmptyState
from mv_desktop.ui.widgets.fact_table import FactTable, TableRow

_ALL = ""


class CaseList(QWidget):
    """What waits, and what was searched for above it.

    Signals:
        selected(Case or None): another one is looked at.
        opened(): she wants to decide something about it.
        code_typed(str): a whole code, to be found.
    """

    selected = Signal(object)
    opened = Signal()
    code_typed = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._cases: dict[str, Case] = {}
        self._order: tuple[Case, ...] = ()
        self._told: Case | None = None
        self._worded: dict[str, tuple[Case, TableRow]] = {}
        self._day: date | None = None
        self._kinds = QComboBox(self)
        self._kinds.setAccessibleName(tr("Kind of case"))
        self._kinds.setMinimumHeight(spacing(8))
        self._find = QLineEdit(self)
        self._find.setAccessibleName(tr("Find a script by its code"))
        self._find.setPlaceholderText(tr("Script code"))
        self._find.setClearButtonEnabled(True)
        self._find.setMinimumHeight(spacing(8))
        self._find.setMaximumWidth(spacing(40))
        self.table = FactTable(tr("Cases"), HEADINGS, STRETCHED, self)
        self.table.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.empty = EmptyState(self)
        self._stack = QStackedWidget(self)
        self._stack.addWidget(self.empty)
        self._stack.addWidget(self.table)
        top = QHBoxLayout()
        top.setSpacing(spacing(2))
        top.addWidget(self._kinds, 1)
        top.addWidget(self._find)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(spacing(2))
        column.addLayout(top)
        column.addWidget(self._stack, 1)
        self._fill_kinds(())
        self._kinds.currentIndexChanged.connect(self._on_kinds_current_index_changed)
        self._find.returnPressed.connect(self._on_find_return_pressed)
        self.table.row_selected.connect(self._on_table_row_selected)
        self.table.row_opened.connect(self._on_table_row_opened)

    # -- public ----------------------------------------------------------------------------------------------

    @property
    def case(self) -> Case | None:
        """The selected one."""
        key = self.table.selected if self._stack.currentWidget() is self.table else None
        return self._cases.get(str(key))

    @property
    def kind(self) -> str:
        """Which kind alone is shown, "" for all."""
        return str(self._kinds.currentData())

    def show_cases(self, found: Sequence[Case], waiting: Sequence[Case], now: datetime, zone: tzinfo) -> None:
        """Show these, what was searched for first; what was selected stays so while it is there.

        What is shown already costs next to nothing: moments are said by their day, so words change with it only.
        """
        order, day = (*found, *waiting), now.astimezone(zone).date()
        self._now, self._zone = now, zone
        self._fill_kinds(waiting)
        if order and (order, day) == (self._order, self._day):
            return
        known = {case.key for case in order} if day == self._day else set()
        self._worded = {key: worded for key, worded in self._worded.items() if key in known}
        self._order, self._day = order, day
        self._show()

    def select(self, key: str) -> None:
        """Look at this one, if it is there."""
        keys = [row.key for row in self.table.rows]
        if key in keys:
            self.table.setCurrentIndex(self.table.model().index(keys.index(key), 0))

    def next_kind(self) -> None:
        """Show the next kind of which something waits, after the last all."""
        self._kinds.setCurrentIndex((self._kinds.currentIndex() + 1) % self._kinds.count())

    def search(self) -> None:
        """Let her type a code."""
        self._find.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self._find.selectAll()

    def clear_search(self) -> None:
        """Forget the code, and show all kinds."""
        self._find.clear()
        self._kinds.setCurrentIndex(0)

    def take_focus(self) -> None:
        """The keyboard is at the list, or where it will be when something waits: decisions are one letter each."""
        shown = self._stack.currentWidget()
        (self.table if shown is self.table else self.empty).setFocus(Qt.FocusReason.OtherFocusReason)

    def tell_empty(self, *, read: bool, trouble: str) -> None:
        """Say why nothing is shown: nothing waits, or that is not known, because of `trouble` or not yet."""
        if read:
            told = tr("Flags, scripts that were handed back, rescans and kept work appear here.")
            self.empty.tell("done", tr("Nothing waits"), told)
        elif trouble:
            self.empty.tell("offline", tr("The cases cannot be shown"), trouble, tr("Try again"))
        else:
            self.empty.tell("sync", tr("The cases are being fetched"), "")

    # -- private ---------------------------------------------------------------------------------------------

    def _fill_kinds(self, waiting: Sequence[Case]) -> None:
        counts = Counter(case.kind for case in waiting)
        wanted = [(_ALL, tr("All cases ({count})", count=len(waiting)))]
        wanted += [(kind.value, f"{kind_text(kind)} ({counts[kind]})") for kind in CaseKind if counts[kind]]
        chosen = self.kind if self._kinds.count() else _ALL
        if chosen and chosen not in [value for value, _ in wanted]:
            wanted.append((chosen, f"{kind_text(CaseKind(chosen))} (0)"))
        shown = [(self._kinds.itemData(at), self._kinds.itemText(at)) for at in range(self._kinds.count())]
        if shown == wanted or self._kinds.view().isVisible():
            return  # she is choosing: what she sees must not change under her hand
        blocked = self._kinds.blockSignals(True)
        self._kinds.clear()
        for value, words in wanted:
            self._kinds.addItem(words, value)
        self._kinds.setCurrentIndex([value for value, _ in wanted].index(chosen))
        self._kinds.blockSignals(blocked)

    def _show(self) -> None:
        shown = [case for case in self._order if self.kind in (_ALL, case.kind) or case.kind is CaseKind.SCRIPT]
        self._cases = {case.key: case for case in shown}
        focus = QApplication.focusWidget()
        at_list = focus is not None and self._stack.isAncestorOf(focus)
        self.table.show_rows(self._rows(shown))
        self._stack.setCurrentWidget(self.table if shown else self.empty)
        if at_list:
            self.take_focus()
        self._tell()

    def _rows(self, cases: Sequence[Case]) -> list[TableRow]:
        """Only what has changed is put into words anew."""
        rows = []
        for case in cases:
            worded = self._worded.get(case.key)
            if worded is None or worded[0] != case:
                worded = self._worded[case.key] = case, case_row(case, self._now, self._zone)
            rows.append(worded[1])
        return rows

    def _tell(self) -> None:
        if self.case != self._told:
            self._told = self.case
            self.selected.emit(self._told)

    # -- slots -----------------------------------------------------------------------------------------------

    def _on_kinds_current_index_changed(self, _index: int) -> None:
        if self._order or self._cases:
            self._show()

    def _on_find_return_pressed(self) -> None:
        code = searched_code(self._find.text())
        self.code_typed.emit(f"{code[:2]}-{code[2:]}" if code else self._find.text().strip())

    def _on_table_row_selected(self, _key: object) -> None:
        self._tell()

    def _on_table_row_opened(self, _key: object) -> None:
        self.opened.emit()
