"""The teacher's hand on the pages: the tool in it, and the gesture that it is making."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt

from mv_desktop.ui.canvas.tools.table import ToolName, ToolTable
from mv_desktop.ui.canvas.tools.tool import Pointer, Tool


class Hand:
    """One gesture at a time, by the pointer from press to release, or by the keyboard from Enter to Enter.

    Attributes:
        tool: what is in hand.
        space_held: the pages are moved as long as this is so, whatever is in hand.
    """

    def __init__(self, tools: ToolTable, rested: Callable[[], None]) -> None:
        """A hand with the select tool; `rested` is called when a gesture has ended, done or not."""
        self._tools, self._rested = tools, rested
        self.tool: Tool = tools.select
        self.space_held = False
        self._gesture: Tool | None = None
        self._button = Qt.MouseButton.NoButton
        self._keyed = False

    @property
    def name(self) -> ToolName:
        """The name of the tool in hand."""
        return self._tools.name_of(self.tool)

    @property
    def cursor(self) -> Qt.CursorShape:
        """The pointer's shape over the pages."""
        return (self._tools.pan if self.space_held else self.tool).cursor

    @property
    def keyed(self) -> bool:
        """A gesture is being made by the keyboard."""
        return self._keyed

    @property
    def idle(self) -> bool:
        """No gesture is being made."""
        return self._gesture is None

    def take(self, name: ToolName) -> bool:
        """Take a tool in hand; False when it is there already. What is being drawn is rolled back."""
        tool = self._tools[name]
        if tool is self.tool:
            return False
        self.let_go()
        self.tool = tool
        return True

    def let_go(self) -> None:
        """The tool is laid down, or nothing may be changed from now on."""
        self.roll_back()
        self.tool.leave()

    def roll_back(self) -> None:
        """What is being drawn is not drawn: the page under it goes another way."""
        if self._gesture is not self._tools.pan:  # the pages stay where they are
            self._drop_gesture()

    def cancel(self) -> bool:
        """Roll the gesture back, else let go of what the tool holds; False when there was nothing."""
        return self._drop_gesture() or self.tool.cancel()

    def drop_gesture(self) -> None:
        """The pointer did not mean what it began: it is rolled back, whatever it is."""
        self._drop_gesture()

    def closed(self) -> None:
        """The script is no longer shown."""
        self._tools.closed()
        self._gesture, self._keyed = None, False

    # -- by the pointer --------------------------------------------------------------------------------------

    def begin(self, button: Qt.MouseButton, pointer: Pointer, *, erases: bool = False) -> None:
        """A button, or the tip of a pen, went down; `erases` when it is the pen's other end."""
        if button not in (Qt.MouseButton.LeftButton, Qt.MouseButton.MiddleButton):
            return
        self._drop_gesture()  # another button is down still, or its release went elsewhere
        self._button = button
        if button == Qt.MouseButton.MiddleButton or self.space_held:
            self._gesture = self._tools.pan
        else:
            self._gesture = self._tools.eraser if erases else self.tool
        self._gesture.press(pointer)

    def let_slip(self, buttons: Qt.MouseButton) -> None:
        """Only these buttons are down: a gesture of another is rolled back, for its release went elsewhere.

        A dialog that opens or another program that comes forward takes it.
        """
        if not self._keyed and not buttons & self._button:
            self._drop_gesture()

    def go_on(self, pointer: Pointer) -> None:
        """The pointer moved."""
        if self._gesture is not None:
            self._gesture.move(pointer)
        elif not self.space_held:
            self.tool.hover(pointer)

    def finish(self, button: Qt.MouseButton, pointer: Pointer) -> None:
        """A button, or the tip of a pen, was lifted; another than the gesture's says nothing."""
        if button == self._button:
            self._release(pointer)

    # -- by the keyboard -------------------------------------------------------------------------------------

    def use(self, pointer: Pointer) -> None:
        """Enter was pressed at the pen point: use the tool there, or begin or end what leads from place to place.

        With Shift, what a drag does with the tool is begun, where that is something else.
        """
        if self._keyed:
            self._release(pointer)
        elif self.tool.spans or (pointer.shift and self.tool.drags):
            self._gesture, self._keyed = self.tool, True
            self.tool.press(pointer)
        else:
            self.tool.press(pointer)
            self.tool.release(pointer)

    def follow(self, pointer: Pointer) -> None:
        """The pen point moved."""
        if self._keyed and self._gesture is not None:
            self._gesture.move(pointer)

    def drop_keyed(self) -> None:
        """The pointer is used: what the keyboard began is rolled back."""
        if self._keyed:
            self._drop_gesture()

    # -- private ---------------------------------------------------------------------------------------------

    def _release(self, pointer: Pointer) -> None:
        gesture, self._gesture, self._keyed = self._gesture, None, False
        if gesture is not None:
            gesture.release(pointer)
            self._rested()

    def _drop_gesture(self) -> bool:
        gesture, self._gesture, self._keyed = self._gesture, None, False
        if gesture is None:
            return False
        dropped = gesture.cancel()
        self._rested()
        return dropped
