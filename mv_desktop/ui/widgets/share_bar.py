"""How much of something is done, as a flat bar."""

from __future__ import annotations

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from mv_desktop.ui.theme import current_theme

BAR_HEIGHT = 6


class ShareBar(QWidget):
    """A bar that is as full as its share; words beside it say the numbers.

    Args:
        name: what is measured, for a screen reader.
    """

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._share = 0.0
        self._name = name
        self.setFixedHeight(BAR_HEIGHT)
        self.set_share(0.0)

    def set_share(self, share: float) -> None:
        """Be full to `share`, 0..1."""
        self._share = share
        self.setAccessibleName(f"{self._name}: {round(100 * share)} %")
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        paint_share(QPainter(self), QRectF(self.rect()), self._share, current_theme().colors.border)


def paint_share(painter: QPainter, bar: QRectF, share: float, ground: str, fill: str = "") -> None:
    """Paint a bar that is full to `share` (0..1) on `ground`; without a `fill`, accent, or green when it is full."""
    radius = bar.height() / 2
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor(ground))
    painter.drawRoundedRect(bar, radius, radius)
    if share <= 0:
        return
    painter.setBrush(QColor(fill) if fill else current_theme().color("done" if share >= 1 else "accent"))
    full = QRectF(bar.left(), bar.top(), max(bar.height(), bar.width() * min(1.0, share)), bar.height())
    painter.drawRoundedRect(full, radius, radius)
