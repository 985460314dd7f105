"""The one button of a screen that does what one came for, in the accent colour."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QEnterEvent, QPainter, QPaintEvent, QPalette, QPen
from PySide6.QtWidgets import QPushButton, QWidget

from mv_desktop.ui.theme import current_theme, spacing


class PrimaryButton(QPushButton):
    """A flat push button on the accent colour; at most one of them is on a screen.

    It is painted here because Fusion's gradient takes the contrast from its words.
    """

    def __init__(self, text: str, parent: QWidget | None = None) -> None:
        super().__init__(text, parent)
        self.setMinimumHeight(spacing(9))
        self.setCursor(Qt.CursorShape.PointingHandCursor)

    # -- Qt --------------------------------------------------------------------------------------------------

    def sizeHint(self) -> QSize:
        metrics = self.fontMetrics()
        return QSize(
            metrics.horizontalAdvance(self.text()) + spacing(8), max(spacing(9), metrics.height() + spacing(3))
        )

    def paintEvent(self, _event: QPaintEvent) -> None:
        colors = current_theme().colors
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        ground = QColor(colors.accent if self.isEnabled() else colors.raised)
        if self.isEnabled() and (self.isDown() or self.underMouse()):
            ground = ground.darker(118 if self.isDown() else 106)
        painter.setPen(Qt.PenStyle.NoPen if self.isEnabled() else QPen(QColor(colors.border), 1))
        painter.setBrush(ground)
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), 4, 4)
        # the palette's: in high contrast, writing that stands back is as bright as any other
        off = self.palette().color(QPalette.ColorGroup.Disabled, QPalette.ColorRole.ButtonText)
        writing = QColor(colors.on_accent) if self.isEnabled() else off
        if self.hasFocus():
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(writing, 1.5))
            painter.drawRoundedRect(QRectF(self.rect()).adjusted(3, 3, -3, -3), 2.5, 2.5)
        painter.setPen(writing)
        painter.drawText(self.rect(), Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextShowMnemonic, self.text())

    def enterEvent(self, event: QEnterEvent) -> None:
        super().enterEvent(event)
        self.update()

    def leaveEvent(self, event: QEvent) -> None:
        super().leaveEvent(event)
        self.update()
