"""The views of a screen's list: chosen and kept by keys; one of them can be what the list begins with."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from PySide6.QtCore import QObject, Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QWidget

from mv_desktop.domain.record import Wanted
from mv_desktop.domain.saved_view import SavedView, first, looked_through
from mv_desktop.ui.admin.command_button import command_button
from mv_desktop.ui.admin.port import ViewKeeper
from mv_desktop.ui.admin.record_list import RecordList
from mv_desktop.ui.admin.saved_view_box import SavedViewBox
from mv_desktop.ui.admin.saved_view_dialog import SavedViewDialog
from mv_desktop.ui.tasks import Tasks
from mv_desktop.ui.text import tr
from mv_desktop.ui.theme import spacing
from mv_desktop.ui.widgets.sign_label import SignLabel

_WIDEST = 24
"""So many steps of the grid a view's name takes beside the search."""


class ListViews(QObject):
    """Beside the search stands which view is looked through.

    Args:
        kind: the subject's.
        screen: over which the dialog stands.

    Attributes:
        note: what a view looks for that is not there any more.
        dialog: the one that is open; None while none is.
    """

    def __init__(self, kind: str, records: RecordList, keeper: ViewKeeper, tasks: Tasks, screen: QWidget) -> None:
        super().__init__(screen)
        self._list, self._screen = records, screen
        self._box = SavedViewBox(kind, keeper, tasks, self)
        self.note = SignLabel(screen)
        self.note.hide()
        self.dialog: SavedViewDialog | None = None

    @property
    def handlers(self) -> Mapping[str, Callable[[], object]]:
        """What its commands do."""
        return {"record.views": self._open, "record.keep_view": self._open_to_keep}

    def attach(self, actions: Mapping[str, QAction]) -> None:
        """Put the button beside the search."""
        self._button = command_button(actions["record.views"], tr("Views"), self._screen)
        self._button.setMinimumHeight(spacing(8))
        self._list.put_beside_search(self._button)
        self._list.wanted_changed.connect(self.tell)
        self._box.changed.connect(self.tell)
        self._box.came.connect(self._on_box_came)

    def tell(self) -> None:
        """Say which view is looked through, and what of it is not there any more."""
        view = looked_through(self._box.views, self._list.kept)
        words = tr("Views") if view is None else view.name
        metrics = self._button.fontMetrics()
        shown = metrics.elidedText(words, Qt.TextElideMode.ElideRight, spacing(_WIDEST))
        self._button.setText(shown.replace("&", "&&"))  # or it would be a key
        self._button.setAccessibleName(words if view is None else tr("View: {view}", view=view.name))
        missing = " · ".join(self._list.missing)
        self.note.say("warning", tr("It is not narrowed by what is not there any more: {filters}", filters=missing))
        self.note.setVisible(bool(missing))

    # -- private ---------------------------------------------------------------------------------------------

    def _open(self) -> None:
        self.dialog = SavedViewDialog(self._box, self._list.kept, self._list.in_words, self._screen)
        self.dialog.chosen.connect(self._on_dialog_chosen)
        self.dialog.finished.connect(self._on_dialog_finished)
        self.dialog.open()

    def _open_to_keep(self) -> None:
        self._open()
        if self.dialog is not None:
            self.dialog.begin_keeping()

    # -- slots -----------------------------------------------------------------------------------------------

    def _on_box_came(self) -> None:
        view = first(self._box.views)
        if view is not None and self._list.kept == Wanted():  # she may have been faster than the disk
            self._list.look_for(view.wanted)

    def _on_dialog_chosen(self, view: SavedView) -> None:
        self._list.look_for(view.wanted)
        self._list.await_rows()

    def _on_dialog_finished(self, _result: int) -> None:
        self.dialog = None
