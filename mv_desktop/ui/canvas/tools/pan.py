"""Move the pages under the window."""

from __future__ import annotations

from PySide6.QtCore import QPoint, Qt

from mv_desktop.ui.canvas.tools.tool import Pointer, Surface, Tool


class PanTool(Tool):
    """The page follows the pointer; Escape takes it back to where it was."""

    cursor = Qt.CursorShape.OpenHandCursor

    def __init__(self, surface: Surface) -> None:
        super().__init__(surface)
        self._last: QPoint | None = None
        self._gone = QPoint()

    def press(self, pointer: Pointer) -> None:
        self._last = pointer.view
        self._gone = QPoint()

    def move(self, pointer: Pointer) -> None:
        if self._last is not None:
            step = pointer.view - self._last
            self._last = pointer.view
            self._gone += self.surface.pan(step.x(), step.y())

    def release(self, pointer: Pointer) -> None:
        self.move(pointer)
        self._last = None

    def cancel(self) -> bool:
        if self._last is None:
            return False
        self._last = None
        self.surface.pan(-self._gone.x(), -self._gone.y())
        return True

    def closed(self) -> None:
        self._last = None
