"""What a right click on a page offers, so that nothing needs the keyboard."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

from PySide6.QtCore import QObject, QPoint, Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu

from mv_desktop.ui.actions import shown_key
from mv_desktop.ui.canvas.view import PageView
from mv_desktop.ui.marking.page.page_views import PageViews

_SELECTION = ("copy", "cut", "duplicate", "delete", "count_for")
_GROUPS = (
    (*_SELECTION[:2], "paste", *_SELECTION[2:]),
    ("comment_bank", "flag", "rescan", "tag_page"),
    ("rotate", "brighten", "brighten_less", "magnifier", "split"),
    ("hand_back",),
)
_OF_THE_PAGE = ("rescan", "tag_page", "rotate")


class PageMenu(QObject):
    """Opens the menu of a view, and gives the command that is chosen there at the place that was clicked.

    Args:
        actions: the screen's actions by command; what is added later is offered, too.
    """

    def __init__(self, views: PageViews, actions: Mapping[str, QAction], parent: QObject) -> None:
        super().__init__(parent)
        self._actions = actions
        views.each(lambda view: view.menu_requested.connect(partial(self._on_view_menu_requested, view)))

    def _on_view_menu_requested(self, view: PageView, at: QPoint) -> None:
        menu = QMenu(view)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        for group in _GROUPS:
            menu.addSeparator()  # none is shown before the first
            for name in group:
                action = self._actions.get(f"marking.{name}")
                if action is not None:
                    entry = menu.addAction(f"{action.text()}\t{shown_key(action)}")
                    entry.setEnabled(action.isEnabled() and (bool(view.selected) or name not in _SELECTION))
                    entry.triggered.connect(partial(self._give, view, at, action))
        menu.popup(view.viewport().mapToGlobal(at))

    def _give(self, view: PageView, at: QPoint, action: QAction, _checked: bool = False) -> None:  # noqa: FBT001, FBT002
        view.point_at(at)  # the pointer went into the menu, and what is chosen there is meant for the page
        if action.objectName().removeprefix("marking.") in _OF_THE_PAGE:
            view.mean_page_at(at)
        action.trigger()
