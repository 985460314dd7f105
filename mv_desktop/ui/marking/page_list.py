"""The pages of a script in a narrow list: which were read, which have ink, and which need something."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass

from PySide6.QtCore import (
    QAbstractListModel,
    QItemSelectionModel,
    QModelIndex,
    QObject,
    QRect,
    QSize,
    Qt,
    Signal,
    SignalInstance,
)
from PySide6.QtGui import QColor, QFocusEvent, QFont, QFontMetrics, QKeyEvent, QPainter, QPen
from PySide6.QtWidgets import QFrame, QListView, QStyle, QStyleOptionViewItem, QWidget

from mv_desktop.domain.evaluation import PageInfo
from mv_desktop.domain.identifier import PageRef
from mv_desktop.domain.script import Change, Seen
from mv_desktop.domain.submission import READABLE_SECONDS
from mv_desktop.ui.marking.kept_row import KeptRowDelegate
from mv_desktop.ui.marking.session import MarkingSession
from mv_desktop.ui.marking.sheet_row import Index
from mv_desktop.ui.text import numbers_text, tr, tr_count
from mv_desktop.ui.theme import ColorRole, Theme, current_theme, spacing

ROW_ROLE = Qt.ItemDataRole.UserRole
"""The `PageRow` itself."""

_WIDTH = spacing(24)
_ICON = 14
_PADDING = spacing(2)
_SMALL = 0.85
_ROOT = QModelIndex()


@dataclass(frozen=True, slots=True)
class PageRow:
    """What one row says.

    Attributes:
        seen: it was shown at a readable size for long enough.
        inked: something stands on it.
        here: its picture is on this computer.
        problem: why it cannot be shown, "" when it can.
        rescan: a new scan was asked for.
        questions: the numbers known to be answered on it.
    """

    ref: PageRef
    seen: bool
    inked: bool
    here: bool
    problem: str
    rescan: bool
    questions: tuple[int, ...]

    @property
    def signs(self) -> tuple[tuple[str, ColorRole], ...]:
        """The icons, from the left, and their colours."""
        signs: list[tuple[str, ColorRole]] = []
        if self.problem:
            signs.append(("warning", "danger"))
        elif not self.here:
            signs.append(("download", "muted"))
        if self.rescan:
            signs.append(("flag", "soon"))
        if self.inked:
            signs.append(("pen", "muted"))
        if self.seen:
            signs.append(("check", "done"))
        return tuple(signs)

    @property
    def words(self) -> str:
        """All that the row says, a line each: what its icons mean."""
        lines = [tr("Page {page}", page=self.ref.label)]
        if self.questions:
            listed = ", ".join(map(str, self.questions))
            lines.append(tr_count("Question {numbers}", "Questions {numbers}", len(self.questions), numbers=listed))
        if self.problem:
            lines.append(tr("Cannot be shown: {problem}", problem=self.problem))
        elif not self.here:
            lines.append(tr("Not on this computer yet"))
        if self.rescan:
            lines.append(tr("A rescan was asked for"))
        lines.append(tr("Has ink") if self.inked else tr("No ink"))
        lines.append(tr("Read") if self.seen else tr("Not read yet"))
        return "\n".join(lines)

    @property
    def questions_text(self) -> str:
        """The questions in short: "Q21, 22", "Q23–27"."""
        return f"{tr('Q')}{numbers_text(self.questions)}" if self.questions else ""


class PageList(QListView):
    """One row a page, in reading order; arrows and clicks go to a page.

    Signals:
        page_chosen(PageRef): the teacher went to a page here.
    """

    page_chosen = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session: MarkingSession | None = None
        self._following = False
        self._model = _PageModel(self)
        self.setModel(self._model)
        self.setItemDelegate(_PageCell(self))
        self.setAccessibleName(tr("Pages"))
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setUniformItemSizes(True)
        self.setEditTriggers(QListView.EditTrigger.NoEditTriggers)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollMode(QListView.ScrollMode.ScrollPerPixel)
        self.setMinimumWidth(spacing(18))
        self.setMaximumWidth(spacing(40))
        self.selectionModel().currentChanged.connect(self._on_current_changed)

    def set_session(self, session: MarkingSession | None) -> None:
        """Show another script's pages, or none."""
        if self._session is not None:
            self._connect_session(self._session, connect=False)
        self._session = session
        self._following = True
        self._model.load([] if session is None else [_page_row(session, info) for info in session.view.pages])
        self._following = False
        if session is not None:
            self._connect_session(session, connect=True)

    def set_current(self, ref: PageRef) -> None:
        """Show that `ref` is the page that is looked at; nothing is chosen by it."""
        index = self._model.index_of(ref)
        if not index.isValid() or index == self.currentIndex():
            return
        self._following = True
        self.selectionModel().setCurrentIndex(index, QItemSelectionModel.SelectionFlag.ClearAndSelect)
        self._following = False
        self.scrollTo(index)

    def refresh(self) -> None:
        """Read the pages again: some came to this computer, or turned out not to be shown."""
        if self._session is not None:
            self._update([info.ref for info in self._session.view.pages])

    # -- private ---------------------------------------------------------------------------------------------

    def _update(self, refs: Collection[PageRef]) -> None:
        session = self._session
        if session is not None and refs:
            self._model.update_rows([_page_row(session, info) for info in session.view.pages if info.ref in refs])

    def _on_session_changed(self, change: Change) -> None:
        self._update(change.pages)

    def _on_session_flags_changed(self, ref: PageRef) -> None:
        self._update([ref])

    def _on_current_changed(self, current: QModelIndex, _before: QModelIndex) -> None:
        if not self._following and current.isValid():
            self.page_chosen.emit(current.data(ROW_ROLE).ref)

    def _connect_session(self, session: MarkingSession, *, connect: bool) -> None:
        pairs: tuple[tuple[SignalInstance, Callable[..., None]], ...] = (
            (session.changed, self._on_session_changed),
            (session.flags_changed, self._on_session_flags_changed),
        )
        for signal, slot in pairs:
            (signal.connect if connect else signal.disconnect)(slot)

    # -- Qt --------------------------------------------------------------------------------------------------

    def sizeHint(self) -> QSize:
        return QSize(_WIDTH, spacing(100))

    def focusInEvent(self, event: QFocusEvent) -> None:
        # Qt goes to the first row of a list that has no current one: that is not the teacher's choice
        self._following = True
        super().focusInEvent(event)
        self._following = False

    def keyPressEvent(self, event: QKeyEvent) -> None:
        moving = {Qt.Key.Key_Up, Qt.Key.Key_Down, Qt.Key.Key_Home, Qt.Key.Key_End,
                  Qt.Key.Key_PageUp, Qt.Key.Key_PageDown}  # fmt: skip
        if event.key() in moving:
            super().keyPressEvent(event)
        else:
            event.ignore()  # letters are the screen's actions; Qt would search for a row that begins with them


class _PageModel(QAbstractListModel):
    """The pages as Qt's list; a change of a few never resets it."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._rows: list[PageRow] = []
        self._places: dict[PageRef, int] = {}

    def load(self, rows: Sequence[PageRow]) -> None:
        self.beginResetModel()
        self._rows = list(rows)
        self._places = {row.ref: place for place, row in enumerate(rows)}
        self.endResetModel()

    def update_rows(self, rows: Sequence[PageRow]) -> None:
        for row in rows:
            place = self._places[row.ref]
            if self._rows[place] != row:
                self._rows[place] = row
                changed = self.index(place)
                self.dataChanged.emit(changed, changed)

    def index_of(self, ref: PageRef) -> QModelIndex:
        place = self._places.get(ref)
        return QModelIndex() if place is None else self.index(place)

    # -- Qt --------------------------------------------------------------------------------------------------

    def rowCount(self, parent: Index = _ROOT) -> int:
        return 0 if parent.isValid() else len(self._rows)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if not index.isValid():
            return None
        row = self._rows[index.row()]
        if role == ROW_ROLE:
            return row
        if role == Qt.ItemDataRole.ToolTipRole:
            return row.words
        if role in {Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole}:
            return row.words.replace("\n", ", ")
        return None


class _PageCell(KeptRowDelegate):
    """The page's label and its icons, and the questions under them in small writing."""

    def paint_row(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        row: PageRow = index.data(ROW_ROLE)
        theme = current_theme()
        selected = bool(option.state & QStyle.StateFlag.State_Selected)
        _paint_ground(painter, option, theme, selected=selected)
        rect = option.rect.adjusted(_PADDING, spacing(1), -_PADDING, -spacing(1))
        line = QRect(rect.left(), rect.top(), rect.width(), option.fontMetrics.height())
        painter.setPen(QColor(theme.colors.on_selection) if selected else theme.color("text"))
        font = QFont(option.font)
        font.setWeight(QFont.Weight.Medium)
        painter.setFont(font)
        painter.drawText(line, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, row.ref.label)
        self._paint_signs(painter, line, row, theme, selected=selected)
        small = _small(option.font)
        painter.setFont(small)
        painter.setPen(QColor(theme.colors.on_selection) if selected else theme.color("muted"))
        below = QRect(rect.left(), line.bottom() + 1, rect.width(), QFontMetrics(small).height())
        words = QFontMetrics(small).elidedText(row.questions_text, Qt.TextElideMode.ElideRight, below.width())
        painter.drawText(below, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, words)

    def sizeHint(self, option: QStyleOptionViewItem, _index: Index) -> QSize:
        height = option.fontMetrics.height() + QFontMetrics(_small(option.font)).height() + 2 * spacing(1)
        return QSize(spacing(18), height)

    def _paint_signs(self, painter: QPainter, line: QRect, row: PageRow, theme: Theme, *, selected: bool) -> None:
        """From the right, so that "read" stands in one column on all pages."""
        right = line.right() + 1
        ratio = painter.device().devicePixelRatio()
        for name, role in reversed(row.signs):
            right -= _ICON
            shown: ColorRole = "on_accent" if selected and theme.name == "contrast" else role
            top = line.top() + (line.height() - _ICON) // 2
            painter.drawPixmap(right, top, theme.pixmap(name, _ICON, shown, ratio))
            right -= 2


def _paint_ground(painter: QPainter, option: QStyleOptionViewItem, theme: Theme, *, selected: bool) -> None:
    if selected:
        painter.fillRect(option.rect, QColor(theme.colors.selection))
    if option.state & QStyle.StateFlag.State_HasFocus:
        ring = theme.colors.on_selection if theme.name == "contrast" else theme.colors.accent
        painter.setPen(QPen(QColor(ring), 2))
        painter.drawRect(option.rect.adjusted(1, 1, -1, -1))


def _small(font: QFont) -> QFont:
    small = QFont(font)
    small.setPointSizeF(font.pointSizeF() * _SMALL)
    return small


def _page_row(session: MarkingSession, info: PageInfo) -> PageRow:
    seen = session.script.seen.get(info.ref, Seen())
    return PageRow(
        ref=info.ref,
        seen=seen.seconds >= READABLE_SECONDS,
        inked=session.script.ink_on(info.ref) > 0,
        here=info.here,
        problem=info.problem,
        rescan=session.rescan_asked(info.ref),
        questions=session.questions_on(info.ref),
    )
