"""The list of the comment bank: marks in front, words with maths, keys and uses quietly at the right."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from PySide6.QtCore import QAbstractListModel, QModelIndex, QObject, QPersistentModelIndex, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QAction, QColor, QFontMetrics, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QListView, QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from mv_desktop.domain.comment import BankComment
from mv_desktop.domain.marks import format_marks
from mv_desktop.ui.actions import shown_key
from mv_desktop.ui.tasks import Periodic, Tasks
from mv_desktop.ui.text import tr, tr_count
from mv_desktop.ui.theme import current_theme, spacing
from mv_desktop.ui.widgets.formula import FormulaKey, FormulaPress
from mv_desktop.ui.widgets.math_lines import MathLines, Pen
from mv_desktop.ui.widgets.math_text import plain

Index = QModelIndex | QPersistentModelIndex
_COMMENT = Qt.ItemDataRole.UserRole
_RIGHT = Qt.AlignmentFlag.AlignRight
_GAP = spacing(2)
_SOON_SECONDS = 0.05
"""So long a row is in sight before its formulas are typeset: who types quickly does not wait for what passes by."""


class CommentModel(QAbstractListModel):
    """The comments that are listed, in order.

    Attributes:
        question_id: the question that is being marked, None without one.
        keys: takes the comments: that of each of the first rows.
    """

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.question_id: UUID | None = None
        self.keys: Sequence[QAction] = ()
        self._comments: Sequence[BankComment] = ()

    @property
    def comments(self) -> Sequence[BankComment]:
        """What is listed."""
        return self._comments

    def show(self, comments: Sequence[BankComment]) -> None:
        """List these instead."""
        self.beginResetModel()
        self._comments = comments
        self.endResetModel()

    def key_of(self, row: int) -> str:
        """The key of the comment in `row`, as this computer spells it; "" when it has none."""
        return shown_key(self.keys[row]) if row < len(self.keys) else ""

    # -- Qt --------------------------------------------------------------------------------------------------

    def rowCount(self, _parent: Index | None = None) -> int:
        return len(self._comments)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        comment = self._comments[index.row()]
        if role == _COMMENT:
            return comment
        if role in {Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole}:
            return self._said(comment, index.row())
        if role == Qt.ItemDataRole.ToolTipRole:
            notes = " · ".join(notes_on(comment, self.question_id))
            return "\n".join(part for part in (plain(comment.text), who_made(comment), notes) if part)
        return None

    def _said(self, comment: BankComment, row: int) -> str:
        parts = [marks_text(comment), plain(comment.text), *notes_on(comment, self.question_id), self.key_of(row)]
        return ", ".join(part for part in parts if part)


def marks_text(comment: BankComment) -> str:
    """What a comment is worth, in words; "" when it carries no marks."""
    if comment.marks is None:
        return ""
    return tr_count("{marks} mark", "{marks} marks", 1 if comment.marks <= 1 else 2, marks=format_marks(comment.marks))


def who_made(comment: BankComment) -> str:
    """Who made a comment, and who changed it last."""
    if comment.changed_by == comment.owner_id:
        return tr("By {name}", name=comment.owner_name)
    return tr("By {name}, changed by {other}", name=comment.owner_name, other=comment.changed_by_name)


def notes_on(comment: BankComment, question_id: UUID | None) -> list[str]:
    """What is said quietly beside a comment."""
    notes = _places(comment, question_id)
    if comment.all_uses > comment.uses:
        notes.append(tr("used {mine} × by you, {all} × in all", mine=comment.uses, all=comment.all_uses))
    elif comment.uses:
        notes.append(tr("used {mine} ×", mine=comment.uses))
    return notes


def _places(comment: BankComment, question_id: UUID | None) -> list[str]:
    places = [tr("this question")] if question_id is not None and comment.body.question_id == question_id else []
    return [*places, tr("shared")] if comment.body.shared else places


class CommentCell(QStyledItemDelegate):
    """Paints a comment.

    Attributes:
        wanted: formulas that rows were painted without.
    """

    def __init__(self, press: FormulaPress, parent: QObject) -> None:
        super().__init__(parent)
        self._lines = MathLines(press)
        self.wanted: set[FormulaKey] = set()

    # -- Qt --------------------------------------------------------------------------------------------------

    def sizeHint(self, option: QStyleOptionViewItem, _index: Index) -> QSize:
        return QSize(spacing(60), option.fontMetrics.height() * 2 + _GAP)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        comment: BankComment = index.data(_COMMENT)
        model = index.model()
        assert isinstance(model, CommentModel)  # noqa: S101 (it is ours)
        colors = current_theme().colors
        selected = bool(option.state & QStyle.StateFlag.State_Selected)
        painter.save()
        row = option.rect
        painter.fillRect(row, QColor(colors.selection if selected else colors.base))
        painter.setPen(QPen(QColor(colors.border), 1))
        painter.drawLine(row.bottomLeft(), row.bottomRight())
        text = QColor(colors.on_selection if selected else colors.text)
        quiet = QColor(colors.on_selection if selected else colors.muted)
        metrics = option.fontMetrics
        inside = row.adjusted(_GAP, 2, -_GAP, -3)
        painter.setFont(option.font)
        badge = _badge_width(metrics)
        if comment.marks is not None:
            self._badge(painter, QRect(inside.left(), inside.top(), badge, inside.height()), comment, text)
        left = inside.left() + badge + _GAP
        key, notes = model.key_of(index.row()), " · ".join(_in_short(comment, model.question_id))
        beside = max(metrics.horizontalAdvance(key), metrics.horizontalAdvance(notes)) + _GAP
        painter.setPen(quiet)
        painter.drawText(inside, int(_RIGHT | Qt.AlignmentFlag.AlignTop), key)
        painter.drawText(inside, int(_RIGHT | Qt.AlignmentFlag.AlignBottom), notes)
        pen = Pen(option.font, text, painter.device().devicePixelRatio())
        place = QRectF(left, row.top() + 1, inside.right() - beside - left, row.height() - 2)
        self.wanted.update(self._lines.paint(painter, place, comment.text, pen))
        painter.restore()

    def _badge(self, painter: QPainter, place: QRect, comment: BankComment, color: QColor) -> None:
        height = painter.fontMetrics().height() + 2
        box = QRect(place.left(), place.center().y() - height // 2, place.width(), height)
        painter.setPen(QPen(color, 1))
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.drawRoundedRect(QRectF(box).adjusted(0.5, 0.5, -0.5, -0.5), 4, 4)
        marks = comment.marks
        painter.drawText(box, int(Qt.AlignmentFlag.AlignCenter), "" if marks is None else format_marks(marks))


def _in_short(comment: BankComment, question_id: UUID | None) -> list[str]:
    """What fits into a corner of its row; the whole is in the tool tip."""
    places = _places(comment, question_id)
    return [*places, f"{comment.all_uses} ×"] if comment.all_uses else places


def _badge_width(metrics: QFontMetrics) -> int:
    return metrics.horizontalAdvance("10½") + spacing(2)


class CommentList(QListView):
    """Lists comments; the keyboard stays in the field that filters them.

    Args:
        tasks: typesets the formulas of the rows in sight.
    """

    def __init__(self, press: FormulaPress, tasks: Tasks, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._press, self._tasks = press, tasks
        self._soon: Periodic | None = None
        self._model = CommentModel(self)
        self._cell = CommentCell(press, self)
        self.setModel(self._model)
        self.setItemDelegate(self._cell)
        self.setUniformItemSizes(True)
        self.setAccessibleName(tr("Comments"))
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setVerticalScrollMode(QListView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setEditTriggers(QListView.EditTrigger.NoEditTriggers)

    def set_keys(self, keys: Sequence[QAction]) -> None:
        """These take the first rows: show their keys."""
        self._model.keys = keys

    @property
    def listed(self) -> Sequence[BankComment]:
        """What is listed, in order."""
        return self._model.comments

    @property
    def current(self) -> BankComment | None:
        """The comment that Enter takes."""
        return self.at(self.currentIndex().row())

    def at(self, row: int) -> BankComment | None:
        """The comment in a row."""
        return self._model.comments[row] if 0 <= row < len(self._model.comments) else None

    def show_comments(self, comments: Sequence[BankComment], question_id: UUID | None) -> None:
        """List these, the first one chosen."""
        self._model.question_id = question_id
        self._model.show(comments)
        self.choose(0)
        self.scrollToTop()

    def choose(self, row: int) -> None:
        """Choose a row, or the nearest there is."""
        if self._model.comments:
            self.setCurrentIndex(self._model.index(min(max(row, 0), len(self._model.comments) - 1)))

    def step(self, by: int) -> None:
        """Choose the row so many further down."""
        self.choose(self.currentIndex().row() + by)

    def rows_in_sight(self) -> int:
        """How many rows the list shows at once, at least one."""
        return max(1, self.viewport().height() // max(1, self.sizeHintForRow(0)))

    # -- private ---------------------------------------------------------------------------------------------

    def _prepare(self) -> None:
        wanted, self._cell.wanted = self._cell.wanted, set()
        if wanted:
            self._press.prepare(wanted, self.viewport().update, receiver=self)

    # -- Qt --------------------------------------------------------------------------------------------------

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        if self._cell.wanted and (self._soon is None or not self._soon.active):
            self._soon = self._tasks.after(_SOON_SECONDS, self._prepare, receiver=self)
