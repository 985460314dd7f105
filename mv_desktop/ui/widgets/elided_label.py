"""Words that are shortened where there is no room for all of them."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QStyle, QStyleOption, QWidget

from mv_desktop.ui.theme import ColorRole, spacing
from mv_desktop.ui.widgets.tone_label import ToneLabel


class ElidedLabel(ToneLabel):
    """One line that ends in "…" where it must; the tool tip then says all of it.

    Args:
        text, tone, parent, strong: as a `ToneLabel`'s.
    """

    def __init__(
        self, text: str = "", tone: ColorRole = "text", parent: QWidget | None = None, *, strong: bool = False
    ) -> None:
        super().__init__(text, tone, parent, strong=strong)
        self.setTextFormat(Qt.TextFormat.PlainText)

    @property
    def shown(self) -> str:
        """What of the text is to be seen."""
        return self.fontMetrics().elidedText(self.text(), Qt.TextElideMode.ElideRight, self.contentsRect().width())

    # -- Qt --------------------------------------------------------------------------------------------------

    def setText(self, text: str) -> None:
        super().setText(text)
        self._tell_all()

    def minimumSizeHint(self) -> QSize:
        least = min(spacing(10), self.sizeHint().width())
        return QSize(least, super().minimumSizeHint().height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._tell_all()

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter, option = QPainter(self), QStyleOption()
        option.initFrom(self)
        self.style().drawPrimitive(QStyle.PrimitiveElement.PE_Widget, option, painter, self)
        painter.setPen(self.palette().color(self.foregroundRole()))
        painter.drawText(self.contentsRect(), self.alignment(), self.shown)

    # -- private ---------------------------------------------------------------------------------------------

    def _tell_all(self) -> None:
        self.setToolTip("" if self.shown == self.text() else self.text())
