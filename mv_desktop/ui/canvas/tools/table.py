"""Every tool by name. A new one is a file beside this and a line here."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import Literal, get_args

from mv_desktop.ui.canvas.tools.eraser import EraserTool
from mv_desktop.ui.canvas.tools.figure import FigureTool
from mv_desktop.ui.canvas.tools.pan import PanTool
from mv_desktop.ui.canvas.tools.select import SelectTool
from mv_desktop.ui.canvas.tools.stamp import StampTool
from mv_desktop.ui.canvas.tools.stroke import HighlighterTool, PenTool
from mv_desktop.ui.canvas.tools.text import TextTool
from mv_desktop.ui.canvas.tools.tool import Surface, Tool

ToolName = Literal["stamp", "select", "pan", "pen", "highlighter", "line", "arrow", "box", "ellipse", "text", "eraser"]
TOOL_NAMES: tuple[ToolName, ...] = get_args(ToolName)
DRAWING_TOOLS: tuple[ToolName, ...] = ("pen", "highlighter", "line", "arrow", "box", "ellipse", "text", "eraser")

_MORE: Mapping[ToolName, Callable[[Surface], Tool]] = {
    "pen": PenTool,
    "highlighter": HighlighterTool,
    "line": partial(FigureTool, kind="line"),
    "arrow": partial(FigureTool, kind="arrow"),
    "box": partial(FigureTool, kind="box"),
    "ellipse": partial(FigureTool, kind="ellipse"),
    "text": TextTool,
}
"""The tools that nobody has to ask for anything but a gesture."""


class ToolTable:
    """One of each tool, for one page view.

    Attributes:
        stamp, select, pan, eraser: the tools that the view itself speaks to.
    """

    def __init__(self, surface: Surface) -> None:
        self.stamp = StampTool(surface)
        self.select = SelectTool(surface)
        self.pan = PanTool(surface)
        self.eraser = EraserTool(surface)
        self._by_name: dict[ToolName, Tool] = {
            "stamp": self.stamp,
            "select": self.select,
            "pan": self.pan,
            "eraser": self.eraser,
        }
        self._by_name |= {name: make(surface) for name, make in _MORE.items()}

    def __getitem__(self, name: ToolName) -> Tool:
        return self._by_name[name]

    def name_of(self, tool: Tool) -> ToolName:
        """The name of a tool of this table."""
        return next(name for name, known in self._by_name.items() if known is tool)

    def closed(self) -> None:
        """The script is no longer shown: every tool lets go of it."""
        for tool in self._by_name.values():
            tool.closed()
