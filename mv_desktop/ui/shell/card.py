"""A quiet sheet in the middle of the window, for what is asked before or instead of work."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QPaintEvent
from PySide6.QtWidgets import QFrame, QScrollArea, QVBoxLayout, QWidget

from mv_desktop.ui.theme import current_theme, spacing
from mv_desktop.ui.widgets.framed import paint_frame

CARD_WIDTH = spacing(105)


class Card(QWidget):
    """The sheet.

    Attributes:
        column: what stands on it, from top to bottom.
    """

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setFixedWidth(CARD_WIDTH)
        self.column = QVBoxLayout(self)
        self.column.setContentsMargins(spacing(8), spacing(7), spacing(8), spacing(6))
        self.column.setSpacing(spacing(2))

    # -- Qt --------------------------------------------------------------------------------------------------

    def paintEvent(self, _event: QPaintEvent) -> None:
        colors = current_theme().colors
        paint_frame(self, colors.border, colors.raised, 8)


def stand_alone(card: Card, screen: QWidget, name: str) -> None:
    """Let `card` stand alone on `screen`, scrolled where the largest text has no room on a small one."""
    ground = QWidget(screen)
    around = QVBoxLayout(ground)
    around.addStretch(2)
    around.addWidget(card, 0, Qt.AlignmentFlag.AlignHCenter)
    around.addStretch(3)
    area = QScrollArea(screen)
    area.setWidget(ground)
    area.setWidgetResizable(True)
    area.setFrameShape(QFrame.Shape.NoFrame)
    area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    area.setAccessibleName(name)
    outer = QVBoxLayout(screen)
    outer.setContentsMargins(0, 0, 0, 0)
    outer.addWidget(area)
