"""Room for screens that need more of it than the window has: what does not fit is reached by scrolling."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QFrame, QScrollArea, QWidget

from mv_desktop.ui.text import tr


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
