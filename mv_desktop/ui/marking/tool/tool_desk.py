"""What is in hand: the strip and the box say it and change it, for whichever view is active."""

from __future__ import annotations

from PySide6.QtCore import QObject

from mv_desktop.domain.annotation.shape import StampName
from mv_desktop.ui.canvas.view import PageView
from mv_desktop.ui.marking.page.page_views import PageViews
from mv_desktop.ui.marking.tool.target import StampTarget
from mv_desktop.ui.marking.tool.tool_box import ToolBox
from mv_desktop.ui.marking.tool.tool_strip import ToolStrip


class ToolDesk(QObject):
    """Keeps the views, the strip below them and the box beside them of one mind about tools and ink."""

    def __init__(self, views: PageViews, strip: ToolStrip, box: ToolBox, target: StampTarget, parent: QObject) -> None:
        super().__init__(parent)
        self._views, self._strip, self._box, self._target = views, strip, box, target
        views.each(self._connect_view)
        views.zoom_changed.connect(strip.show_zoom)
        views.tool_changed.connect(self._on_views_tool_changed)
        strip.stamp_chosen.connect(self._on_strip_stamp_chosen)
        strip.value_chosen.connect(target.set_value)
        box.ink_chosen.connect(self._on_box_ink_chosen)
        box.width_chosen.connect(self._on_box_width_chosen)

    # -- private ---------------------------------------------------------------------------------------------

    def _connect_view(self, view: PageView) -> None:
        view.ink_changed.connect(self._box.show_ink)
        view.selection_changed.connect(self._on_view_selection_changed)
        view.aids.toggled.connect(self._show_aids)

    def _show_inks(self) -> None:
        self._box.show_inks(highlighter=self._views.active.highlights)

    def _show_aids(self) -> None:
        self._box.show_aids(self._views.active.aids.names)

    def _on_view_selection_changed(self) -> None:
        self._show_inks()
        self._target.show()

    def _on_views_tool_changed(self, tool: str) -> None:
        self._strip.show_tool(tool, self._views.active.stamp)
        self._box.show_tool(tool)
        self._show_inks()
        self._show_aids()
        self._target.show()

    def _on_strip_stamp_chosen(self, stamp: StampName) -> None:
        self._views.active.set_stamp(stamp)

    def _on_box_ink_chosen(self, name: str) -> None:
        view = self._views.active
        view.set_ink(view.ink.in_color(name))

    def _on_box_width_chosen(self, name: str) -> None:
        self._views.active.set_line_width(name)
