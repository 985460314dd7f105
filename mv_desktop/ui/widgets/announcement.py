"""What a screen reader says of something that happens away from where the keyboard is."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QAccessible, QAccessibleAnnouncementEvent


class Announcer(QObject):
    """Costs nothing while no screen reader listens.

    Args:
        parent: the widget that it speaks for.

    Signals:
        announced(str): this was said.
    """

    announced = Signal(str)

    def say(self, words: Callable[[], str]) -> None:
        """Say what `words` answers, if somebody listens; "" says nothing."""
        if not QAccessible.isActive():
            return
        text = words()
        if text:
            QAccessible.updateAccessibility(QAccessibleAnnouncementEvent(self.parent(), text))
            self.announced.emit(text)
