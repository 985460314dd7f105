"""The views of a list: one is chosen, kept, called otherwise, put first or removed, all by keys."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent, QKeySequence, QShortcut
from PySide6.QtWidgets import QDialog, QHBoxLayout, QLabel, QLineEdit, QPushButton, QVBoxLayout, QWidget

from mv_desktop.domain.record import Wanted
from mv_desktop.domain.saved_view import LONGEST_NAME, SavedView, looked_through, name_fault, plain_name
from mv_desktop.ui.admin.saved_view_box import SavedViewBox
from mv_desktop.ui.text import said, tr
from mv_desktop.ui.theme import spacing
from mv_desktop.ui.widgets.fact_table import Cell, FactTable, TableRow
from mv_desktop.ui.widgets.primary_button import PrimaryButton
from mv_desktop.ui.widgets.sign_label import SignLabel
from mv_desktop.ui.widgets.tone_label import ToneLabel

_HEADINGS = ("View", "What it looks for", "The list begins with it")


class SavedViewDialog(QDialog):
    """Opens on the views, or on the name under which what is looked for now is to be kept.

    Args:
        box: the views.
        wanted: what is looked for now.
        in_words: says what a view looks for.

    Signals:
        chosen(SavedView): look through this.

    Attributes:
        table: the views.
        name: what is typed as a name.
    """

    chosen = Signal(object)

    def __init__(
        self, box: SavedViewBox, wanted: Wanted, in_words: Callable[[Wanted], str], parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._box, self._wanted, self._in_words = box, wanted, in_words
        self._renamed: str | None = None
        self.setWindowTitle(tr("Views of the list"))
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.table = FactTable(tr("Views of the list"), _HEADINGS, 1, self)
        self._hint = ToneLabel(
            tr(
                "Enter looks through a view, F2 gives it another name, Space lets the list begin with it, "
                "Del removes it, Ctrl+Z takes the last of these back."
            ),
            "muted",
            self,
        )
        self._hint.setWordWrap(True)
        self._told = SignLabel(self)
        self._label = QLabel(self)
        self.name = QLineEdit(self)
        self.name.setMaxLength(LONGEST_NAME)
        self._label.setBuddy(self.name)
        self._keep = PrimaryButton("", self)
        self._acts = [
            self._button(words, act)
            for words, act in (
                (tr("Look through it"), self._choose),
                (tr("Rename"), self._begin_rename),
                (tr("Begin with it, or no more"), self._turn_first),
                (tr("Remove"), self._remove),
            )
        ]
        self._undo = self._button(tr("Take back"), self._take_back)
        self._build()
        self._box.changed.connect(self._show_views)
        self.table.row_opened.connect(self._on_table_row_opened)
        self.table.installEventFilter(self)
        self.name.returnPressed.connect(self._on_name_entered)
        self._keep.clicked.connect(self._on_name_entered)
        QShortcut(QKeySequence.StandardKey.Undo, self).activated.connect(self._take_back)
        self._ask_name(None)
        self._show_views()

    # -- public ----------------------------------------------------------------------------------------------

    @property
    def told(self) -> str:
        """What was said last."""
        return self._told.text

    def begin_keeping(self) -> None:
        """The keyboard is where a name is typed."""
        self.name.setFocus()
        self.name.selectAll()

    # -- construction ----------------------------------------------------------------------------------------

    def _button(self, words: str, act: Callable[[], None]) -> QPushButton:
        button = QPushButton(words, self)
        button.setAutoDefault(False)  # Enter belongs to the views and to the name
        button.clicked.connect(act)
        return button

    def _build(self) -> None:
        acts = QHBoxLayout()
        acts.setSpacing(spacing(2))
        for button in (*self._acts, self._undo):
            acts.addWidget(button)
        acts.addStretch(1)
        naming = QHBoxLayout()
        naming.setSpacing(spacing(2))
        naming.addWidget(self._label)
        naming.addWidget(self.name, 1)
        naming.addWidget(self._keep)
        self._keep.setAutoDefault(False)
        foot = QHBoxLayout()
        foot.addWidget(self._told, 1)
        foot.addWidget(self._button(tr("Close"), self.reject), 0, Qt.AlignmentFlag.AlignBottom)
        self._told.setMinimumHeight(self.fontMetrics().lineSpacing())
        column = QVBoxLayout(self)
        column.setContentsMargins(spacing(4), spacing(4), spacing(4), spacing(4))
        column.setSpacing(spacing(3))
        column.addWidget(self.table)
        column.addLayout(acts)
        column.addWidget(self._hint)
        column.addLayout(naming)
        column.addLayout(foot)

    # -- what is shown ---------------------------------------------------------------------------------------

    def _show_views(self) -> None:
        now = looked_through(self._box.views, self._wanted)
        self.table.show_rows([
            TableRow(
                view.name,
                (
                    Cell(view.name, strong=view is now),
                    Cell(self._in_words(view.wanted)),
                    Cell(tr("yes"), "check", "text") if view.first else Cell(""),
                ),
            )
            for view in self._box.views
        ])  # fmt: skip
        for button in self._acts:
            button.setEnabled(bool(self._box.views))
        self._undo.setEnabled(self._box.can_undo)
        self.resize(self.width(), self.sizeHint().height())
        (self.table if self._box.views else self.name).setFocus()

    def _ask_name(self, before: str | None) -> None:
        """For what is looked for now, or another one for the view that is called `before`."""
        self._renamed = before
        words = tr("Name") if before is None else tr("Another name for “{view}”", view=before)
        self._label.setText(words)
        self.name.setAccessibleName(words)
        self.name.setText(before or "")
        self._keep.setText(tr("Keep what is looked for now") if before is None else tr("Rename"))
        if before is None:
            self._told.say("info", tr("Now it is: {view}", view=self._in_words(self._wanted)))

    @property
    def _view(self) -> SavedView | None:
        return next((view for view in self._box.views if view.name == self.table.selected), None)

    # -- doing -----------------------------------------------------------------------------------------------

    def _choose(self) -> None:
        view = self._view
        if view is not None:
            self.accept()
            self.chosen.emit(view)

    def _begin_rename(self) -> None:
        if self._view is not None:
            self._ask_name(self._view.name)
            self.begin_keeping()

    def _turn_first(self) -> None:
        if self._view is not None:
            self._box.turn_first(self._view.name)

    def _remove(self) -> None:
        view = self._view
        if view is not None:
            self._box.remove(view.name)
            self._told.say("done", tr("“{view}” is removed.", view=view.name))

    def _take_back(self) -> None:
        if self._box.can_undo:
            self._box.undo()
            self._told.say("done", tr("Taken back."))

    # -- slots -----------------------------------------------------------------------------------------------

    def _on_table_row_opened(self, _key: object) -> None:
        self._choose()

    def _on_name_entered(self) -> None:
        name, before = self.name.text(), self._renamed
        fault = name_fault(name, self._box.views, before)
        if fault is not None:
            self._told.say("warning", said(fault.message))
            self.name.setFocus()
            return
        self._ask_name(None)
        if before is not None:
            self._box.rename(before, name)
        else:
            self._box.keep(name, self._wanted)
            self._told.say("done", tr("Kept as “{view}”.", view=plain_name(name)))
        self.table.selectRow([view.name for view in self._box.views].index(plain_name(name)))

    # -- Qt --------------------------------------------------------------------------------------------------

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        acts = {
            Qt.Key.Key_F2: self._begin_rename,
            Qt.Key.Key_Space: self._turn_first,
            Qt.Key.Key_Delete: self._remove,
        }
        if watched is self.table and isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            act = acts.get(Qt.Key(event.key()))
            if act is not None:
                act()
                return True
        return False
