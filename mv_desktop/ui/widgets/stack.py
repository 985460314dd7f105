"""Screens of which one is shown, and only that one takes room."""

from __future__ import annotations

from PySide6.QtCore import QSize
from PySide6.QtWidgets import QStackedWidget, QWidget


class Stack(QStackedWidget):
    """Asks for the room that the screen shown needs, and not for that of the largest."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.currentChanged.connect(self._on_current_changed)

    def tallest(self) -> int:
        """The least height that all of its screens can do with."""
        screens = [screen for index in range(self.count()) if (screen := self.widget(index)) is not None]
        return max((_least(screen).height() for screen in screens), default=0)

    # -- slots -----------------------------------------------------------------------------------------------

    def _on_current_changed(self, _index: int) -> None:
        self.updateGeometry()

    # -- Qt --------------------------------------------------------------------------------------------------

    def hasHeightForWidth(self) -> bool:
        # Qt would ask for as much as the tallest of all screens likes best as soon as the shown one has a line of words
        # that wraps, and the window would scroll
        return False

    def minimumSizeHint(self) -> QSize:
        shown = self.currentWidget()
        return QSize(0, 0) if shown is None else _least(shown)


def _least(widget: QWidget) -> QSize:
    return widget.minimumSizeHint().expandedTo(widget.minimumSize())
