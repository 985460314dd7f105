"""Room for screens that need more of it than the window has: what does not fit is reached by scrolling."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QApplication, QFrame, QScrollArea, QStackedWidget, QWidget

from mv_desktop.ui.text import tr


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

    def minimumSizeHint(self) -> QSize:
        shown = self.currentWidget()
        return QSize(0, 0) if shown is None else _least(shown)


class Room(QScrollArea):
    """Shows `content` as large as there is room, and scrolls where the content cannot be that small.

    What takes the keyboard comes into sight, whether Tab led there or a command.
    """

    def __init__(self, content: QWidget, parent: QWidget) -> None:
        super().__init__(parent)
        self._content = content
        self.setAccessibleName(tr("Window"))
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setWidgetResizable(True)
        # one of our own: asked for a widget that Python has not made, PySide makes ready the classes of all there are,
        # which takes ten milliseconds before the window is there
        self.setViewport(QWidget(self))
        self.setWidget(content)
        content.setAutoFillBackground(False)  # the window's own shows; filling it twice takes time
        app = QApplication.instance()
        if isinstance(app, QApplication):
            app.focusChanged.connect(self._on_app_focus_changed)

    # -- slots -----------------------------------------------------------------------------------------------

    def _on_app_focus_changed(self, _old: QWidget | None, new: QWidget | None) -> None:
        scrolls = self.horizontalScrollBar().maximum() or self.verticalScrollBar().maximum()
        if scrolls and new is not None and self._content.isAncestorOf(new):
            # all of it: Qt's own ensureWidgetVisible shows no more of a field than its cursor
            middle, sight = new.mapTo(self._content, new.rect().center()), self.viewport().size()
            across, down = min(new.width(), sight.width()), min(new.height(), sight.height())
            self.ensureVisible(middle.x(), middle.y(), across // 2 + 1, down // 2 + 1)


def _least(widget: QWidget) -> QSize:
    return widget.minimumSizeHint().expandedTo(widget.minimumSize())
