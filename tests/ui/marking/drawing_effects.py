"""What the commands that are about the tools do: generators that prepare, wait for the key, and look."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from mv_desktop.domain.annotation.ink import Ink
from mv_desktop.ui.canvas.tools.table import DRAWING_TOOLS, ToolName
from tests.ui.marking.conftest import Marker


def takes(tool: ToolName) -> Callable[[Marker], Iterator[None]]:
    def effect(marker: Marker) -> Iterator[None]:
        marker.screen.view.set_tool("select")
        yield
        assert marker.screen.view.tool_name == tool

    return effect


def ink_color(marker: Marker) -> Iterator[None]:
    marker.screen.view.set_ink(Ink())
    yield
    assert marker.screen.view.ink == Ink("blue")


def ink_width(marker: Marker) -> Iterator[None]:
    marker.screen.view.set_ink(Ink())
    yield
    assert marker.screen.view.ink == Ink(breadth="thick")


DRAWING: dict[str, Callable[[Marker], Iterator[None]]] = {
    **{f"tool.{name}": takes(name) for name in DRAWING_TOOLS},
    "pan": takes("pan"),
    "ink_color": ink_color,
    "ink_width": ink_width,
}
