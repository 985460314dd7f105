"""The queue as Qt's table: rows as they come (they come sorted), and no reset when a few of them change."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from enum import IntEnum
from typing import NamedTuple

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from mv_desktop.domain.evaluation import QueueRow, WorkState
from mv_desktop.domain.identifier import EvaluationId
from mv_desktop.domain.sla import WorkCalendar
from mv_desktop.ui.queue.row_filter import DONE_STATES, STATES
from mv_desktop.ui.text import numbers_text, tr, tr_count
from mv_desktop.ui.theme import ColorRole
from mv_desktop.ui.widgets.deadline_text import SIGNS, DueWork, ToldDeadline, told
from mv_desktop.ui.widgets.exam_type_text import exam_type_text

Index = QModelIndex | QPersistentModelIndex
_ROOT = QModelIndex()


class Column(IntEnum):
    """The columns, from the left."""

    DUE = 0
    LEFT = 1
    SCRIPT = 2
    PAPER = 3
    MARKS = 4
    PAGES = 5


HEADINGS = ("Due", "Left", "Script", "Paper", "Marked", "Pages")


class Mark(NamedTuple):
    """An icon in a cell."""

    icon: str
    role: ColorRole


MARK_ROLE = Qt.ItemDataRole.UserRole + 1
"""A `Mark` before the text, or None."""
SHARE_ROLE = Qt.ItemDataRole.UserRole + 2
"""How much is done, 0..1, for the painted bar; None where there is no bar."""
COLOR_ROLE = Qt.ItemDataRole.UserRole + 3
"""The `ColorRole` of the text, or None for the ordinary one."""

_FIGURES = frozenset({Column.LEFT, Column.MARKS, Column.PAGES})


class QueueModel(QAbstractTableModel):
    """The scripts that are shown.

    Args:
        calendar: tells working time.
        now: the present moment, aware.
    """

    def __init__(self, calendar: WorkCalendar, now: Callable[[], datetime], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._calendar = calendar
        self._now = now
        self._rows: list[QueueRow] = []
        self._told: list[ToldDeadline] = []

    @property
    def rows(self) -> tuple[QueueRow, ...]:
        """What is shown."""
        return tuple(self._rows)

    def row_of(self, evaluation_id: EvaluationId) -> int:
        """Where a script is, -1 when it is not shown."""
        return next((n for n, row in enumerate(self._rows) if row.evaluation_id == evaluation_id), -1)

    def told(self, row: int) -> ToldDeadline:
        """The deadline of a row in words, as last told."""
        return self._told[row]

    def set_rows(self, rows: tuple[QueueRow, ...]) -> None:
        """Show `rows`: removes, moves and inserts only what differs, so that selection and scrolling stay."""
        wanted = {row.evaluation_id for row in rows}
        for position in reversed(range(len(self._rows))):
            if self._rows[position].evaluation_id not in wanted:
                self.beginRemoveRows(_ROOT, position, position)
                del self._rows[position], self._told[position]
                self.endRemoveRows()
        here = {row.evaluation_id for row in self._rows}
        for position, row in enumerate(rows):
            if row.evaluation_id in here:
                self._put(position, row)
            else:
                self._insert(position, row)

    def set_calendar(self, calendar: WorkCalendar) -> None:
        """Tell working time by another calendar."""
        self._calendar = calendar
        self.tell_time()

    def tell_time(self) -> None:
        """Say again how much time is left; only cells whose words changed are painted."""
        for position, row in enumerate(self._rows):
            if row.state in DONE_STATES:
                continue  # nothing is left of their time
            fresh = self._tell(row)
            if fresh != self._told[position]:
                self._told[position] = fresh
                self.dataChanged.emit(self.index(position, Column.DUE), self.index(position, Column.LEFT))

    # -- private ---------------------------------------------------------------------------------------------

    def _insert(self, position: int, row: QueueRow) -> None:
        self.beginInsertRows(_ROOT, position, position)
        self._rows.insert(position, row)
        self._told.insert(position, self._tell(row))
        self.endInsertRows()

    def _put(self, position: int, row: QueueRow) -> None:
        there = self._rows[position]
        current = position if there.evaluation_id == row.evaluation_id else self.row_of(row.evaluation_id)
        if current != position:
            self.beginMoveRows(_ROOT, current, current, _ROOT, position)
            self._rows.insert(position, self._rows.pop(current))
            self._told.insert(position, self._told.pop(current))
            self.endMoveRows()
        if self._rows[position] != row:
            self._rows[position] = row
            self._told[position] = self._tell(row)
            self.dataChanged.emit(self.index(position, 0), self.index(position, len(Column) - 1))

    def _tell(self, row: QueueRow) -> ToldDeadline:
        return told(due_work(row), self._calendar, self._now())

    def _text(self, row: QueueRow, deadline: ToldDeadline, column: Column) -> str:
        match column:
            case Column.DUE:
                return deadline.due
            case Column.LEFT:
                return deadline.left or tr(STATES[row.state])
            case Column.SCRIPT:
                return row.script_code
            case Column.PAPER:
                return " · ".join(filter(None, (conflict_text(row), returned_text(row), row.class_name, row.title)))
            case Column.MARKS:
                return f"{row.marked}/{row.written}"
            case Column.PAGES:
                if not row.pages:
                    return "–"
                return str(row.pages) if row.pages_here >= row.pages else f"{row.pages_here}/{row.pages}"

    def _explained(self, row: QueueRow, deadline: ToldDeadline, column: Column) -> str:
        match column:
            case Column.DUE | Column.LEFT:
                return f"{deadline.word}\n{deadline.tooltip}"
            case Column.SCRIPT:
                return unsent_text(row)
            case Column.PAPER:
                paper = f"{row.title}\n{tr('Class')} {row.class_name} · {exam_type_text(row.exam_type)}"
                return "\n".join(filter(None, (paper, conflict_text(row), *returned_reasons(row))))
            case Column.MARKS:
                return tr("{marked} of {written} questions have a mark", marked=row.marked, written=row.written)
            case Column.PAGES:
                return pages_text(row)

    def _mark(self, row: QueueRow, deadline: ToldDeadline, column: Column) -> Mark | None:
        if column is Column.DUE:
            sign = SIGNS[deadline.urgency]
            return Mark(sign.icon, sign.role)
        if column is Column.SCRIPT and row.unsent:
            return Mark("upload", "muted")
        if column is Column.PAGES:
            if row.page_problem:
                return Mark("warning", "soon")
            if not row.pages:
                return None  # there is nothing to be fetched
            if row.taken:
                return Mark("take", "done" if row.pages_here >= row.pages else "muted")
            return Mark("saved", "done") if row.pages_here >= row.pages else Mark("download", "muted")
        return None

    # -- Qt --------------------------------------------------------------------------------------------------

    def rowCount(self, parent: Index = _ROOT) -> int:
        return 0 if parent.isValid() else len(self._rows)

    def columnCount(self, parent: Index = _ROOT) -> int:
        return 0 if parent.isValid() else len(Column)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if orientation is Qt.Orientation.Vertical:
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return tr(HEADINGS[section])
        if role == Qt.ItemDataRole.TextAlignmentRole:
            side = Qt.AlignmentFlag.AlignRight if section in _FIGURES else Qt.AlignmentFlag.AlignLeft
            return side | Qt.AlignmentFlag.AlignVCenter
        return None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if not index.isValid():
            return None
        row, deadline, column = self._rows[index.row()], self._told[index.row()], Column(index.column())
        if role == Qt.ItemDataRole.DisplayRole:
            return self._text(row, deadline, column)
        if role == Qt.ItemDataRole.TextAlignmentRole:
            side = Qt.AlignmentFlag.AlignRight if column in _FIGURES else Qt.AlignmentFlag.AlignLeft
            return side | Qt.AlignmentFlag.AlignVCenter
        if role == Qt.ItemDataRole.ToolTipRole:
            return self._explained(row, deadline, column) or None
        if role == Qt.ItemDataRole.AccessibleTextRole:
            heading = tr(HEADINGS[column])
            explained = self._explained(row, deadline, column) if column in {Column.MARKS, Column.PAGES} else ""
            word = f"{deadline.word}, " if column is Column.DUE else ""
            return f"{heading}: {word}{explained or self._text(row, deadline, column)}"
        if role == MARK_ROLE:
            return self._mark(row, deadline, column)
        if role == SHARE_ROLE:
            return row.marked / row.written if column is Column.MARKS and row.written else None
        if role == COLOR_ROLE:
            return _color(row, deadline, column)
        return None


def due_work(row: QueueRow) -> DueWork:
    """What a badge needs of a row."""
    return DueWork(row.received_at, row.deadline, row.sla_hours, row.breached, done=row.state in DONE_STATES)


def pages_text(row: QueueRow) -> str:
    """The pages of a script in a sentence or two."""
    if not row.pages:
        return tr("No page of it is kept.") if row.state in DONE_STATES else tr("It has no page yet.")
    text = tr_count("{count} page", "{count} pages", row.pages)
    if row.pages_here >= row.pages:
        text += " · " + tr("on this computer")
    elif row.pages_here:
        text += " · " + tr("{count} on this computer", count=row.pages_here)
    else:
        text += " · " + tr("not downloaded yet")
    if row.taken:
        text += "\n" + tr("You take it with you: its pages stay on this computer.")
    if row.page_problem:
        text += "\n" + tr("A page cannot be shown; open the script to see why.")
    return text


def conflict_text(row: QueueRow) -> str:
    """Say of how many questions another computer of hers says otherwise, "" for none."""
    if not row.conflicts:
        return ""
    return tr_count("{count} question with two marks", "{count} questions with two marks", row.conflicts)


def returned_text(row: QueueRow) -> str:
    """Say “Returned: 27, 31”, "" for a script of which nothing is to be marked again."""
    if row.returned is None or row.state in DONE_STATES:
        return ""
    return tr("Returned: {questions}", questions=numbers_text(row.returned.numbers))


def returned_reasons(row: QueueRow) -> tuple[str, ...]:
    """Why it was returned, and then each question's own reason."""
    if row.returned is None or row.state in DONE_STATES:
        return ()
    numbers = [tr("Question {number}", number=one.question_number) for one in row.returned.questions]
    reasons = [f"{name}: {one.reason}" for name, one in zip(numbers, row.returned.questions, strict=True)]
    return (row.returned.reason, *reasons)


def unsent_text(row: QueueRow) -> str:
    """What is on this computer only, "" when nothing is."""
    if not row.unsent:
        return ""
    return tr_count("{count} change only on this computer", "{count} changes only on this computer", row.unsent)


def _color(row: QueueRow, deadline: ToldDeadline, column: Column) -> ColorRole | None:
    if column in {Column.DUE, Column.LEFT} and row.state not in DONE_STATES:
        role = SIGNS[deadline.urgency].role
        return role if role in {"danger", "soon"} else None
    if column is Column.PAPER and (returned_text(row) or row.conflicts):
        return "soon"
    if row.state in {WorkState.MOVED, WorkState.HANDED_BACK} or column is Column.PAGES:
        return "muted"
    return None
