"""Scripts taken by the mouse from their list to a teacher, or into the pool."""

from __future__ import annotations

from PySide6.QtCore import QMimeData, QPoint, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QDrag,
    QDragEnterEvent,
    QDragLeaveEvent,
    QDragMoveEvent,
    QDropEvent,
    QFontMetrics,
    QPainter,
    QPaintEvent,
    QPen,
    QPixmap,
)
from PySide6.QtWidgets import QAbstractItemView, QTabBar

from mv_desktop.ui.coordination.wording import scripts_text
from mv_desktop.ui.theme import current_theme, spacing
from mv_desktop.ui.widgets.keyed_table import KeyedTable

SCRIPTS = "application/x-mathvidya-scripts"
"""The kind of what is dragged; which scripts they are, the list they come from says."""

DragEvent = QDragEnterEvent | QDragMoveEvent | QDropEvent


class ScriptTable(KeyedTable):
    """A table from which what is selected can be dragged."""

    def make_draggable(self) -> ScriptTable:
        """Let rows be dragged; returns itself."""
        self.setDragEnabled(True)
        self.setDragDropMode(QAbstractItemView.DragDropMode.DragOnly)
        return self

    def startDrag(self, _actions: Qt.DropAction) -> None:
        chosen = self.chosen
        if not chosen:
            return
        drag = QDrag(self)
        data = QMimeData()
        data.setData(SCRIPTS, str(len(chosen)).encode())
        drag.setMimeData(data)
        drag.setPixmap(_picture(scripts_text(len(chosen)), self.devicePixelRatioF()))
        drag.setHotSpot(QPoint(-spacing(3), -spacing(3)))
        drag.exec(Qt.DropAction.MoveAction)


class TeacherTable(KeyedTable):
    """A table of teachers on whom scripts can be dropped; the one under the pointer is marked.

    Signals:
        dropped(key): what was dragged is to go there.
    """

    dropped = Signal(object)
    _under = -1

    def take_drops(self) -> TeacherTable:
        """Let scripts be dropped; returns itself."""
        self.setAcceptDrops(True)
        self.setDragDropMode(QAbstractItemView.DragDropMode.DropOnly)
        self.setDropIndicatorShown(False)
        return self

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        _accept(event, allowed=True)

    def dragMoveEvent(self, event: QDragMoveEvent) -> None:
        row = self.rowAt(event.position().toPoint().y())
        self._mark(row)
        _accept(event, allowed=row >= 0)

    def dragLeaveEvent(self, _event: QDragLeaveEvent) -> None:
        self._mark(-1)

    def dropEvent(self, event: QDropEvent) -> None:
        row = self.rowAt(event.position().toPoint().y())
        self._mark(-1)
        if _accept(event, allowed=row >= 0):
            self.dropped.emit(self._rows.keys_at([row])[0])

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        if self._under >= 0:
            painter = QPainter(self.viewport())
            painter.setPen(QPen(current_theme().color("accent"), 2))
            top = self.rowViewportPosition(self._under)
            painter.drawRect(1, top + 1, self.viewport().width() - 3, self.rowHeight(self._under) - 3)

    def _mark(self, row: int) -> None:
        """Show on whom it would be dropped; what is selected stays."""
        if row != self._under:
            self._under = row
            self.viewport().update()


class ListTabs(QTabBar):
    """The lists of scripts; on the one of the pool scripts can be dropped.

    Args:
        pool: which of the tabs that is.

    Signals:
        dropped(): what was dragged is to go into the pool.
    """

    dropped = Signal()

    def __init__(self, pool: int) -> None:
        super().__init__()
        self._pool = pool
        self.setAcceptDrops(True)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)  # each list has a key of its own
        self.setExpanding(False)
        self.setDrawBase(False)
        self.setUsesScrollButtons(True)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        _accept(event, allowed=True)

    def dragMoveEvent(self, event: QDragMoveEvent) -> None:
        _accept(event, allowed=self.tabAt(event.position().toPoint()) == self._pool)

    def dropEvent(self, event: QDropEvent) -> None:
        if _accept(event, allowed=self.tabAt(event.position().toPoint()) == self._pool):
            self.dropped.emit()


def _accept(event: DragEvent, *, allowed: bool) -> bool:
    wanted = allowed and event.mimeData().hasFormat(SCRIPTS)
    (event.acceptProposedAction if wanted else event.ignore)()
    return wanted


def _picture(text: str, ratio: float) -> QPixmap:
    """What hangs at the pointer."""
    theme = current_theme()
    font = theme.font()
    metrics = QFontMetrics(font)
    width, height = metrics.horizontalAdvance(text) + spacing(6), metrics.height() + spacing(3)
    picture = QPixmap(round(width * ratio), round(height * ratio))
    picture.setDevicePixelRatio(ratio)
    picture.fill(Qt.GlobalColor.transparent)
    painter = QPainter(picture)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor(theme.colors.accent))
    painter.drawRoundedRect(0, 0, width, height, 6, 6)
    painter.setFont(font)
    painter.setPen(QColor(theme.colors.on_accent))
    painter.drawText(0, 0, width, height, Qt.AlignmentFlag.AlignCenter, text)
    painter.end()
    return picture
