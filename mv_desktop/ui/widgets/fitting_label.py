"""A label that says the same in many words or in few."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QSize
from PySide6.QtGui import QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QLabel, QSizePolicy, QWidget

from mv_desktop.ui.theme import spacing
from mv_desktop.ui.widgets.steady_label import line_height, paint_words

_DOT = " · "


class FittingLabel(QLabel):
    """Says the same in many words where there is room, and in few where there is not.

    It paints its words itself, as a `SteadyLabel` does and for the same reason.

    Args:
        usual, least: it keeps room for these, so that nothing beside it moves when it says something else.
        breaks: where the many words have no room side by side, those after the dot between them may stand below. It
            keeps that line until it is made wider or narrower.
    """

    def __init__(self, parent: QWidget, *, usual: str = "", least: str = "", breaks: bool = False) -> None:
        super().__init__(parent)
        self._usual, self._least, self._breaks = usual, least, breaks
        self._lines = 1
        self.words = ""
        self._short = ""
        self._said = ""
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Preferred)
        self._measure()

    def tell(self, words: str, short: str, explained: str) -> None:
        """Say `words`, or `short`; `explained` is for the tool tip and a screen reader."""
        if (words, short, explained) == (self.words, self._short, self.toolTip()):
            return
        before = self._room
        self.words, self._short = words, short
        self.setToolTip(explained)
        self.setAccessibleName(explained)
        self._measure()
        if self._room != before:
            self.updateGeometry()
        self._fit()

    def text(self) -> str:
        """What it says now: the words, in one line or in two, or the few."""
        return self._said

    def _fit(self, *, anew: bool = False) -> None:
        lines = 1 if anew else self._lines
        said = self._short
        if self._wide <= self.width():
            said = self.words
        elif self._breaks and self._broken_wide <= self.width():
            said, lines = self.words.replace(_DOT, "\n"), 2
        if lines != self._lines:
            self._lines = lines
            self.updateGeometry()
        if said != self._said:
            self._said = said
            self.update()

    def _measure(self) -> None:
        """Find out anew what room it needs: the width that is wanted, the least, and the height."""
        metrics, air = self.fontMetrics(), spacing(1)
        wide, short, usual, least = (
            metrics.horizontalAdvance(text) + air for text in (self.words, self._short, self._usual, self._least)
        )
        self._broken_wide = air + max(metrics.horizontalAdvance(line) for line in self.words.split(_DOT))
        self._wide, self._room = wide, (max(wide, usual, least), max(short, least), line_height(metrics))

    # -- Qt --------------------------------------------------------------------------------------------------

    def sizeHint(self) -> QSize:
        return QSize(self._room[0], self._room[2] * self._lines)

    def minimumSizeHint(self) -> QSize:
        return QSize(self._room[1], self._room[2] * self._lines)

    def paintEvent(self, _event: QPaintEvent) -> None:
        paint_words(self, self._said)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit(anew=event.size().width() != event.oldSize().width())

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.FontChange and hasattr(self, "_least"):
            self._measure()
            self._fit(anew=True)
        super().changeEvent(event)
