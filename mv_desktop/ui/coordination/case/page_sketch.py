"""A page in outline, with the spot that a flag means: the page itself is fetched by its teacher only."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, QSize
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from mv_desktop.domain.flag import Spot
from mv_desktop.ui.theme import current_theme, spacing

_HIGH = 1.414
_DOT = 4.5


class PageSketch(QWidget):
    """Takes no place while no spot is meant."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._spot: Spot | None = None
        self.setFixedSize(self.sizeHint())
        self.hide()

    def show_spot(self, spot: Spot | None, words: str) -> None:
        """Show where it is; `words` say the same."""
        self._spot = spot
        self.setAccessibleName(words)
        self.setToolTip(words)
        self.setVisible(spot is not None)
        self.update()

    # -- Qt --------------------------------------------------------------------------------------------------

    def sizeHint(self) -> QSize:
        return QSize(spacing(18), round(spacing(18) * _HIGH))

    def paintEvent(self, _event: QPaintEvent) -> None:
        colors = current_theme().colors
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        page = QRectF(self.rect()).adjusted(1, 1, -1, -1)
        painter.setPen(QPen(QColor(colors.outline), 1))
        painter.setBrush(QColor("#ffffff"))
        painter.drawRect(page)
        if self._spot is not None:
            at = QPointF(page.x() + self._spot.x * page.width(), page.y() + self._spot.y * page.height())
            painter.setPen(QPen(QColor("#ad0f1b"), 2))
            painter.setBrush(QColor("#f7dcdd"))
            painter.drawEllipse(at, _DOT, _DOT)
