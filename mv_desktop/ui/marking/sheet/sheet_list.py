"""The list of the mark sheet, and the reason why something typed in it is no mark."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QModelIndex, QRect, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QFrame, QHBoxLayout, QLabel, QListView, QWidget

from mv_desktop.ui.marking.sheet.sheet_cell import SheetCell, cells, row_height
from mv_desktop.ui.marking.sheet.sheet_row import ROW_ROLE, Index, SheetModel, SheetRow
from mv_desktop.ui.text import tr
from mv_desktop.ui.theme import current_theme, spacing
from mv_desktop.ui.widgets.framed import paint_frame
from mv_desktop.ui.widgets.tone_label import ToneLabel

_FEWEST_ROWS = 4


class SheetList(QListView):
    """All rows, compact; arrows and clicks go from one to another.

    Signals:
        chosen(MarkKey): the teacher went to a row.
        mark_wanted(): she clicked on a mark, or pressed Enter.
        moved(): rows stand elsewhere now.
        left(): Escape.
    """

    chosen = Signal(object)
    mark_wanted = Signal()
    moved = Signal()
    left = Signal()

    def __init__(self, model: SheetModel, parent: QWidget) -> None:
        super().__init__(parent)
        self.setModel(model)
        self.setItemDelegate(SheetCell(self))
        self.setAccessibleName(tr("Mark sheet"))
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setUniformItemSizes(True)
        self.setEditTriggers(QListView.EditTrigger.NoEditTriggers)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollMode(QListView.ScrollMode.ScrollPerPixel)
        self.verticalScrollBar().valueChanged.connect(self.moved)
        self.fit()

    def mark_place(self, index: QModelIndex) -> QRect:
        """Where the mark of a row stands, in the coordinates of the rows."""
        return cells(self.visualRect(index), self.fontMetrics()).mark.adjusted(0, 1, 0, -1)

    def reveal(self, index: QModelIndex) -> None:
        """Scroll no more than it takes to show a row with the one before and the one after it."""
        if not index.isValid():
            return
        for row in (index.row() - 1, index.row() + 1, index.row()):
            near = self.model().index(row, 0)
            if near.isValid():
                self.scrollTo(near)

    def fit(self) -> None:
        """Take no more height than the rows need, and never less than a few of them do."""
        height = row_height(self.fontMetrics())
        self.setMinimumHeight(_FEWEST_ROWS * height)
        self.setMaximumHeight(max(_FEWEST_ROWS, self.model().rowCount()) * height)

    # -- Qt --------------------------------------------------------------------------------------------------

    def mousePressEvent(self, event: QMouseEvent) -> None:
        index = self.indexAt(event.position().toPoint())
        if event.button() not in (Qt.MouseButton.LeftButton, Qt.MouseButton.RightButton) or not index.isValid():
            return
        if event.button() == Qt.MouseButton.RightButton:
            if index != self.currentIndex():
                self._choose(index)  # its menu is for this row, too
            return
        self._choose(index)
        if self.mark_place(index).contains(event.position().toPoint()) and self.currentIndex() == index:
            self.mark_wanted.emit()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        event.accept()  # dragging over rows chooses nothing

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        if self.indexAt(event.position().toPoint()).isValid():
            self.mark_wanted.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        places = {
            Qt.Key.Key_Up: self.currentIndex().row() - 1,
            Qt.Key.Key_Down: self.currentIndex().row() + 1,
            Qt.Key.Key_Home: 0,
            Qt.Key.Key_End: self.model().rowCount() - 1,
        }
        key = Qt.Key(event.key())
        if key in places:
            target = self.model().index(places[key], 0)
            if target.isValid():
                self._choose(target)
        elif key in {Qt.Key.Key_Return, Qt.Key.Key_Enter} and event.modifiers() == Qt.KeyboardModifier.NoModifier:
            self.mark_wanted.emit()
        elif key == Qt.Key.Key_Escape:
            self.left.emit()
        else:
            event.ignore()  # letters are the screen's actions; Qt would search for a row that begins with them

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.moved.emit()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() in {QEvent.Type.FontChange, QEvent.Type.StyleChange} and self.model() is not None:
            self.fit()
            self.scheduleDelayedItemsLayout()

    def dataChanged(self, first: Index, last: Index, roles: Sequence[int] = ()) -> None:
        # a list view lays all its rows out again, and paints them all; these never change their height
        QAbstractItemView.dataChanged(self, first, last, list(roles))

    def updateGeometries(self) -> None:
        super().updateGeometries()
        self.moved.emit()

    def _choose(self, index: QModelIndex) -> None:
        row: SheetRow = index.data(ROW_ROLE)
        self.chosen.emit(row.key)


class ReasonBubble(QWidget):
    """A sentence that floats under the field it is about, over what stands there, so that nothing moves."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._host = parent
        self._icon = QLabel(self)
        self._words = ToneLabel("", "danger", self)
        self._words.setTextFormat(Qt.TextFormat.PlainText)
        self._words.setWordWrap(True)
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(spacing(2), spacing(1), spacing(2), spacing(1))
        self._row.setSpacing(spacing(2))
        self._row.addWidget(self._icon, 0, Qt.AlignmentFlag.AlignTop)
        self._row.addWidget(self._words, 1)
        self.hide()

    @property
    def text(self) -> str:
        """The reason that is shown, "" while there is none."""
        return "" if self.isHidden() else self._words.text()

    def say(self, reason: str, about: QRect) -> None:
        """Show `reason` under `about`, a rectangle of the parent's; above it where there is no room."""
        self._words.setText(reason)
        self.setAccessibleName(reason)
        self._icon.setPixmap(current_theme().pixmap("warning", 16, "danger", self.devicePixelRatioF()))
        self.show()
        self.raise_()
        self.place(about)

    def place(self, about: QRect) -> None:
        """Stand under `about`, which has moved."""
        host = self._host
        width = host.width() - 2 * spacing(2)
        height = self._row.totalHeightForWidth(width)
        below = about.bottom() + 2
        top = below if below + height <= host.height() else about.top() - height - 2
        self.setGeometry(spacing(2), max(0, top), width, height)

    def paintEvent(self, _event: QPaintEvent) -> None:
        colors = current_theme().colors
        paint_frame(self, colors.danger, colors.danger_tint, 4)
