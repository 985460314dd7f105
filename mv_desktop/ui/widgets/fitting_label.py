"""A label that says the same in many words or in few."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QSize, Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QLabel, QSizePolicy, QWidget

from mv_desktop.ui.theme import spacing


class FittingLabel(QLabel):
    """Says the same in many words where there is room, and in few where there is not.

    Args:
        usual, least: it keeps room for these, so that nothing beside it moves when it says something else.
    """

    def __init__(self, parent: QWidget, *, usual: str = "", least: str = "") -> None:
        super().__init__(parent)
        self._usual, self._least = usual, least
        self.words = ""
        self._short = ""
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Preferred)

    def tell(self, words: str, short: str, explained: str) -> None:
        """Say `words`, or `short`; `explained` is for the tool tip and a screen reader."""
        if (words, short, explained) == (self.words, self._short, self.toolTip()):
            return
        self.words, self._short = words, short
        self.setToolTip(explained)
        self.setAccessibleName(explained)
        self.updateGeometry()
        self._fit()

    def _fit(self) -> None:
        self.setText(self.words if self._width(self.words) <= self.width() else self._short)

    def _width(self, text: str) -> int:
        return self.fontMetrics().horizontalAdvance(text) + spacing(1)

    # -- Qt --------------------------------------------------------------------------------------------------

    def sizeHint(self) -> QSize:
        return QSize(max(map(self._width, (self.words, self._usual, self._least))), super().sizeHint().height())

    def minimumSizeHint(self) -> QSize:
        return QSize(max(map(self._width, (self._short, self._least))), super().minimumSizeHint().height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.FontChange:
            self._fit()
