"""A label of one line that may say something else without anything around it being laid out anew."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QRect, QSize
from PySide6.QtGui import QFontMetrics, QPainter, QPaintEvent
from PySide6.QtWidgets import QLabel, QStyle, QWidget

from mv_desktop.ui.theme import ColorRole
from mv_desktop.ui.widgets.tone_label import ToneLabel

_PAPER = QRect(0, 0, 2_000, 2_000)
"""Larger than any text of one line."""


class SteadyLabel(ToneLabel):
    """Paints its words itself, and asks for another room only when it needs one.

    Qt's own label has all that stands around it laid out anew, up to the window, for every other word it says: a
    teacher who stamps would wait for that at each stamp.

    Args:
        tone, factor, strong: as of any `ToneLabel`.
    """

    def __init__(
        self,
        tone: ColorRole = "text",
        parent: QWidget | None = None,
        *,
        factor: float = 1.0,
        strong: bool = False,
    ) -> None:
        self._said = self._least = ""
        self._room = QSize()
        super().__init__("", tone, parent, factor=factor, strong=strong)
        self._measure()

    def setText(self, text: str) -> None:
        """Say this."""
        if text != self._said:
            self._said = text
            self._find_room()
            self.update()

    def text(self) -> str:
        """What it says."""
        return self._said

    def clear(self) -> None:
        """Say nothing."""
        self.setText("")

    def keep_room_for(self, least: str) -> None:
        """Never be smaller than this needs."""
        self._least = least
        self._find_room()

    def _find_room(self) -> None:
        before = self._room
        self._measure()
        if self._room != before:
            self.updateGeometry()

    def _measure(self) -> None:
        metrics = self.fontMetrics()
        said, least = (metrics.boundingRect(_PAPER, 0, text) for text in (self._said, self._least))
        self._room = QSize(max(said.width(), least.width(), self.minimumWidth()), line_height(metrics))

    # -- Qt --------------------------------------------------------------------------------------------------

    def sizeHint(self) -> QSize:
        return self._room

    def minimumSizeHint(self) -> QSize:
        return self._room

    def paintEvent(self, _event: QPaintEvent) -> None:
        paint_words(self, self._said)

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.FontChange:
            self._measure()
        super().changeEvent(event)


def line_height(metrics: QFontMetrics) -> int:
    """What Qt's own label takes for a line: not always the font's height, which it rounds otherwise."""
    return metrics.boundingRect(_PAPER, 0, "x").height()


def paint_words(label: QLabel, words: str) -> None:
    """Let a label, in its `paintEvent`, look as if its text were `words`."""
    painter = QPainter(label)
    where = QStyle.visualAlignment(label.layoutDirection(), label.alignment()).value
    role = label.foregroundRole()
    label.style().drawItemText(painter, label.contentsRect(), where, label.palette(), label.isEnabled(), words, role)
