"""A graphics view that pages lie on, with a frame that shows where the keyboard is."""

from __future__ import annotations

from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QBrush, QColor, QPainter, QPen, QRegion
from PySide6.QtWidgets import QFrame, QGraphicsView, QWidget

from mv_desktop.ui.theme import Theme, current_theme

_RING = 2  # pixels of the frame
_DRESSES = {QEvent.Type.ApplicationPaletteChange, QEvent.Type.FontChange}


class RingedView(QGraphicsView):
    """Paints its frame itself: another palette for it would have the pages painted, too."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._worn: Theme | None = None
        self.setInteractive(False)  # the tools take the mouse, not Qt's own selection
        self.setFrameShape(QFrame.Shape.Box)
        self.setFrameShadow(QFrame.Shadow.Plain)
        self.setLineWidth(_RING)
        self.setViewportUpdateMode(QGraphicsView.ViewportUpdateMode.SmartViewportUpdate)
        self.setRenderHint(QPainter.RenderHint.Antialiasing)
        self.setTransformationAnchor(QGraphicsView.ViewportAnchor.NoAnchor)
        self.setResizeAnchor(QGraphicsView.ViewportAnchor.NoAnchor)
        self.setAlignment(Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignTop)
        # always there, so that fitting the width does not make it come and go
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOn)

    # -- private ---------------------------------------------------------------------------------------------

    def _dress(self) -> None:
        """Wear the colours, and write as large, as one does now."""
        self._worn = current_theme()
        self.setBackgroundBrush(QBrush(QColor(self._worn.colors.canvas)))
        self._show_ring()

    def _show_ring(self) -> None:
        """Paint the frame anew, and only that."""
        whole = self.rect()
        self.update(QRegion(whole) - QRegion(whole.adjusted(_RING, _RING, -_RING, -_RING)))

    def _paint_ring(self) -> None:
        colors = current_theme().colors
        painter = QPainter(self)
        pen = QPen(QColor(colors.accent if self.hasFocus() else colors.canvas), _RING)
        pen.setJoinStyle(Qt.PenJoinStyle.MiterJoin)
        painter.setPen(pen)
        half = _RING // 2
        painter.drawRect(self.rect().adjusted(half, half, -half, -half))

    # -- Qt --------------------------------------------------------------------------------------------------

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Paint:  # of the frame; that of the pages goes to the viewport
            self._paint_ring()
            return True
        return super().event(event)

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        # a font also changes where a view gets a place, and to dress thousands of marks for nothing takes long
        if event.type() in _DRESSES and current_theme() is not self._worn:
            self._dress()
