"""The pages of a case in small, beside the one that is looked at."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from PySide6.QtCore import QEvent, QSize, Qt, Signal
from PySide6.QtGui import QColor, QIcon, QImage, QKeyEvent, QPainter, QPen, QPixmap
from PySide6.QtWidgets import QListView, QListWidget, QListWidgetItem, QWidget

from mv_desktop.ui.text import tr
from mv_desktop.ui.theme import current_theme, spacing

SMALL = QSize(60, 84)
"""How large a page in small is at most, in pixels."""
_WALKED = {
    Qt.Key.Key_Up,
    Qt.Key.Key_Down,
    Qt.Key.Key_Home,
    Qt.Key.Key_End,
    Qt.Key.Key_PageUp,
    Qt.Key.Key_PageDown,
}


class SmallPage(NamedTuple):
    """A page in the strip.

    Attributes:
        label: its number, as everywhere.
        state: what is special about it, or "".
        picture: None while it was not fetched.
    """

    label: str
    state: str
    picture: QImage | None


class PageStrip(QListWidget):
    """Walked by arrow keys or clicked; it shows as current what the panel shows.

    Signals:
        page_requested(int): the page at this place of the strip is to be shown.
    """

    page_requested = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._pages: tuple[SmallPage, ...] = ()
        self._quiet = False
        self.setAccessibleName(tr("Pages"))
        self.setViewMode(QListView.ViewMode.IconMode)
        self.setFlow(QListView.Flow.TopToBottom)
        self.setWrapping(False)
        self.setMovement(QListView.Movement.Static)
        self.setIconSize(SMALL)
        self.setUniformItemSizes(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._fit()
        self.currentRowChanged.connect(self._on_current_row_changed)

    def show_pages(self, pages: Sequence[SmallPage], current: int) -> None:
        """Show these; only what has changed is drawn anew. A script of one page needs none."""
        self._quiet = True
        if len(pages) != len(self._pages):
            self.clear()
            self._pages = ()
            for _page in pages:
                item = QListWidgetItem(self)
                item.setTextAlignment(Qt.AlignmentFlag.AlignHCenter)
                item.setSizeHint(self.gridSize())
        for row, page in enumerate(pages):
            if row >= len(self._pages) or self._pages[row] != page:
                self._dress(self.item(row), page)
        self._pages = tuple(pages)
        self.setVisible(len(pages) > 1)
        if self.currentRow() != current:
            self.setCurrentRow(current)
        self._quiet = False

    # -- private ---------------------------------------------------------------------------------------------

    def _dress(self, item: QListWidgetItem, page: SmallPage) -> None:
        words = f"{page.label} · {page.state}" if page.state else page.label
        item.setText(words)
        item.setData(Qt.ItemDataRole.AccessibleTextRole, f"{tr('Page {page}', page=page.label)} {page.state}".strip())
        item.setToolTip(words)
        if page.picture is None or page.picture.isNull():
            item.setIcon(current_theme().icon("page", "muted"))
        else:
            item.setIcon(QIcon(_framed(page.picture)))

    def _fit(self) -> None:
        """All as large, whether fetched or not: nothing moves when a page comes."""
        cell = QSize(SMALL.width() + spacing(5), SMALL.height() + self.fontMetrics().height() + spacing(3))
        self.setGridSize(cell)
        for row in range(self.count()):
            self.item(row).setSizeHint(cell)
        self.setFixedWidth(cell.width() + self.verticalScrollBar().sizeHint().width() + 2 * self.frameWidth())

    def _on_current_row_changed(self, row: int) -> None:
        if not self._quiet and row >= 0:
            self.page_requested.emit(row)

    # -- Qt --------------------------------------------------------------------------------------------------

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in _WALKED:
            super().keyPressEvent(event)
        else:
            event.ignore()  # or digits and the space bar would search and select here

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if not hasattr(self, "_pages"):
            return
        if event.type() == QEvent.Type.FontChange:
            self._fit()
        elif event.type() == QEvent.Type.PaletteChange:
            for row, page in enumerate(self._pages):
                self._dress(self.item(row), page)


def _framed(picture: QImage) -> QPixmap:
    """With an edge: paper is as white as a light window."""
    made = QPixmap.fromImage(picture)
    painter = QPainter(made)
    painter.setPen(QPen(QColor(current_theme().colors.outline), 2))
    painter.drawRect(made.rect().adjusted(1, 1, -1, -1))
    painter.end()
    return made
