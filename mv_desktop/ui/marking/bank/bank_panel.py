"""The panel of the comment bank: type to filter, Enter places. It lies over the page, near the pointer."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from uuid import UUID

from PySide6.QtCore import QEvent, QPoint, QSize, Qt, Signal
from PySide6.QtGui import QAction, QColor, QHideEvent, QKeyEvent, QKeySequence, QPainter, QPaintEvent, QPen, QShowEvent
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLineEdit,
    QStackedLayout,
    QStackedWidget,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from mv_desktop.domain.comment import BankComment, CommentIndex
from mv_desktop.domain.identifier import CommentId
from mv_desktop.ui.actions import BY_ID, KEYED, Scope, build_actions, follow_tip, shown_key
from mv_desktop.ui.key_rule import key_name
from mv_desktop.ui.marking.bank.bank_list import CommentList
from mv_desktop.ui.marking.bank.comment_form import CommentForm
from mv_desktop.ui.marking.bank.own_key import is_own_key
from mv_desktop.ui.part import take_keyboard
from mv_desktop.ui.tasks import Tasks
from mv_desktop.ui.text import tr
from mv_desktop.ui.theme import current_theme, spacing
from mv_desktop.ui.widgets.clear_place import keep_clear
from mv_desktop.ui.widgets.formula import FormulaPress
from mv_desktop.ui.widgets.tone_label import ToneLabel

MOST_LISTED = 200
"""So many comments are listed; nobody looks through more, and more would make every key slower."""
SIZE = QSize(spacing(140), spacing(128))
_BUTTONS = (
    ("plus", "bank.new"),
    ("pen", "bank.edit"),
    ("person", "bank.share"),
    ("delete", "bank.archive"),
    ("close", "bank.close"),
)
_FORM = ("bank.save", "bank.save_and_update", "bank.begin_anew")
"""Commands of the form; all others are of the list."""
_ASIDE = spacing(5)
_EDGE = spacing(2)


class BankPanel(QFrame):
    """A list of comments with a field that filters it, and the form in its place while one is written.

    Signals:
        placed(BankComment): put it on the page.
        worded(BankComment): put its words into the question's comment.
        new_requested(str): write a comment; what was typed is its beginning.
        edit_requested(BankComment), archive_requested(BankComment), share_requested(BankComment)
        closed(): it is gone, and the keys are the page's again.

    Attributes:
        actions_by_id: its commands; those of the list can be given while it is shown, those of the form in the form.
    """

    placed = Signal(object)
    worded = Signal(object)
    new_requested = Signal(str)
    edit_requested = Signal(object)
    archive_requested = Signal(object)
    share_requested = Signal(object)
    closed = Signal()

    def __init__(self, tasks: Tasks, parent: QWidget) -> None:
        super().__init__(parent)
        self._host = parent
        self._index = CommentIndex(())
        self._question_id: UUID | None = None
        press = FormulaPress(tasks)
        self.form = CommentForm(press, tasks, self)
        self._field = _Filter(self)
        self._list = CommentList(press, tasks, self)
        self._empty = ToneLabel("", "muted", self)
        self._hint = ToneLabel("", "muted", self, factor=0.9)
        self.actions_by_id = build_actions(self, Scope.BANK, self._handlers())
        self._list.set_keys([self.actions_by_id[f"bank.take.{number}"] for number in range(1, KEYED + 1)])
        self._buttons = [self._button(*row) for row in _BUTTONS]
        self.form.set_actions(*(self.actions_by_id[name] for name in _FORM))
        self._pages = QStackedWidget(self)
        self._build()
        self._field.textChanged.connect(self._filter)
        self._list.clicked.connect(self._on_list_clicked)
        keep_clear(self)
        self.hide()
        self._offer_commands()

    # -- public ----------------------------------------------------------------------------------------------

    @property
    def listed(self) -> tuple[BankComment, ...]:
        """What is listed, in order."""
        return tuple(self._list.listed)

    @property
    def current(self) -> BankComment | None:
        """The comment that Enter takes."""
        return self._list.current

    @property
    def writing(self) -> bool:
        """The form is shown."""
        return self._pages.currentWidget() is self.form

    def set_index(self, index: CommentIndex) -> None:
        """Search these comments from now on; what is chosen stays chosen where it still is."""
        chosen = self._list.current
        self._index = index
        if self.isVisible():
            self._filter()
            if chosen is not None and not self._choose(chosen.comment_id):
                self._list.choose(0)

    def open_at(self, point: QPoint, question: tuple[UUID, str] | None) -> None:
        """Show the list near `point` of the parent.

        Args:
            point: what the panel should not cover.
            question: the question being marked and its name, None without one.
        """
        self._question_id = None if question is None else question[0]
        name = "" if question is None else question[1]
        self._field.setPlaceholderText(
            tr("Type to find a comment for question {number}", number=name) if name else tr("Type to find a comment")
        )
        self._place(point)
        self._field.clear()
        self._filter()
        self.show_list()
        self.show()
        self.raise_()
        take_keyboard(self._field, Qt.FocusReason.ShortcutFocusReason)

    def show_list(self, written: CommentId | None = None) -> None:
        """Back from the form; what was written there is the one that Enter takes now."""
        self._pages.setCurrentIndex(0)
        self._offer_commands()
        self._field.setFocus()
        if written is not None and not self._choose(written):
            self._field.clear()
            self._choose(written)

    def show_form(self) -> None:
        """The form instead of the list."""
        self._pages.setCurrentWidget(self.form)
        self._offer_commands()

    def go_on_writing(self) -> bool:
        """Give the keyboard back to the comment that is being written; False when none is."""
        if not self.isVisible() or not self.writing:
            return False
        self.form.go_on()
        return True

    def close_panel(self) -> None:
        """Go away, and give the keys back."""
        if self.isVisible():
            self.hide()
            self.closed.emit()

    # -- private ---------------------------------------------------------------------------------------------

    def _handlers(self) -> dict[str, Callable[[], object]]:
        on = self._on_current
        takes: dict[str, Callable[[], object]] = {
            f"bank.take.{row + 1}": partial(self._take_row, row) for row in range(KEYED)
        }
        own: dict[str, Callable[[], object]] = {
            "bank.place": lambda: on(self.placed.emit),
            "bank.word": lambda: on(self.worded.emit),
            "bank.new": lambda: self.new_requested.emit(self._field.text().strip()),
            "bank.edit": lambda: on(self.edit_requested.emit),
            "bank.share": lambda: on(self.share_requested.emit),
            "bank.archive": lambda: on(self.archive_requested.emit),
            "bank.close": self.close_panel,
            "bank.save": self.form.save,
            "bank.save_and_update": partial(self.form.save, update=True),
            "bank.begin_anew": self.form.dropped.emit,
        }
        return takes | own

    def _offer_commands(self) -> None:
        """What is shown has its commands, and nobody finds the others in the palette."""
        for name, action in self.actions_by_id.items():
            action.setVisible(not self.isHidden() and self.writing == (name in _FORM))

    def _key(self, command_id: str) -> str:
        """The key of a command of the bank or of the screen, or else what it is called."""
        action = self.actions_by_id.get(command_id) or self._host.findChild(QAction, command_id)
        key = "" if action is None else shown_key(action)
        return key or f"“{tr(BY_ID[command_id].text)}”"

    def _on_current(self, act: Callable[[BankComment], object]) -> None:
        comment = self._list.current
        if comment is not None:
            act(comment)

    def _choose(self, comment_id: CommentId) -> bool:
        """Choose a comment in the list; False when it is not listed."""
        ids = [item.comment_id for item in self._list.listed]
        if comment_id not in ids:
            return False
        self._list.choose(ids.index(comment_id))
        return True

    def _filter(self) -> None:
        found = self._index.find(self._field.text(), self._question_id)
        self._list.show_comments(found[:MOST_LISTED], self._question_id)
        self._show_hint(len(found) - MOST_LISTED)
        if not found:
            self._empty.setText(self._why_empty())
        self._stack.setCurrentIndex(0 if found else 1)
        for button in self._buttons[1:4]:
            button.setEnabled(bool(found))

    def _show_hint(self, more: int) -> None:
        hint = tr("{place} places it · {word} puts its words into the question's comment",
                  place=self._key("bank.place"), word=self._key("bank.word"))  # fmt: skip
        self._hint.setText(hint if more <= 0 else f"{hint} · {tr('{count} more when you type on', count=more)}")

    def _why_empty(self) -> str:
        if self._field.text().strip():
            return tr("No comment has all these words. {key} makes one of them.", key=self._key("bank.new"))
        return tr(
            "Here stand the comments that you write again and again, with their marks. {new} makes the first one;"
            " {keep} on a script keeps what you have written there.",
            new=self._key("bank.new"),
            keep=self._key("marking.keep_comment"),
        )

    def _place(self, point: QPoint) -> None:
        parent = self._host
        size = SIZE.boundedTo(parent.size() - QSize(2 * _EDGE, 2 * _EDGE))
        right = point.x() + _ASIDE
        left = point.x() - _ASIDE - size.width()
        fits = right + size.width() + _EDGE <= parent.width()
        x = right if fits or left < _EDGE else left
        x = max(_EDGE, min(x, parent.width() - size.width() - _EDGE))
        y = max(_EDGE, min(point.y() - size.height() // 3, parent.height() - size.height() - _EDGE))
        self.setGeometry(x, y, size.width(), size.height())

    def _build(self) -> None:
        self._empty.setWordWrap(True)
        self._empty.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._empty.setContentsMargins(spacing(6), 0, spacing(6), 0)
        self._show_hint(0)
        self._hint.setWordWrap(True)
        self.setAccessibleName(tr("Comment bank"))
        listing = QWidget(self)
        column = QVBoxLayout(listing)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(spacing(2))
        top = QHBoxLayout()
        top.setSpacing(spacing(1))
        top.addWidget(self._field, 1)
        for button in self._buttons:
            top.addWidget(button)
        column.addLayout(top)
        middle = QWidget(listing)
        self._stack = QStackedLayout(middle)
        self._stack.addWidget(self._list)
        self._stack.addWidget(self._empty)
        column.addWidget(middle, 1)
        column.addWidget(self._hint)
        self._pages.addWidget(listing)
        self._pages.addWidget(self.form)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(spacing(2), spacing(2), spacing(2), spacing(2))
        outer.addWidget(self._pages)
        # the page behind is not painted again at every key
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self._dress()

    def _button(self, icon: str, command_id: str) -> QToolButton:
        action = self.actions_by_id[command_id]
        button = QToolButton(self)
        button.setObjectName(icon)
        button.setAutoRaise(True)
        button.setAccessibleName(action.text())
        follow_tip(button, action)
        button.clicked.connect(action.trigger)
        return button

    def _dress(self) -> None:
        for button in self._buttons:
            button.setIcon(current_theme().icon(button.objectName()))

    def _on_list_clicked(self) -> None:
        self._on_current(self.placed.emit)

    def _take_row(self, row: int) -> None:
        comment = self._list.at(row)
        if comment is not None:
            self.placed.emit(comment)

    def _on_list_key(self, event: QKeyEvent) -> bool:
        """What a key does while the list is shown; False when it is for the field."""
        key = QKeySequence(name := key_name(event))
        if name == "Del" and not self._field.at_end:
            return False
        for action in self.actions_by_id.values():
            if key in action.shortcuts():
                action.trigger()
                return True
        steps = {"Down": 1, "Up": -1, "PgDown": self._list.rows_in_sight(), "PgUp": -self._list.rows_in_sight()}
        if name not in steps:
            return False
        self._list.step(steps[name])
        return True

    # -- Qt --------------------------------------------------------------------------------------------------

    def event(self, event: QEvent) -> bool:
        # no key that is pressed here may mark what lies behind
        if is_own_key(self, event):
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if not self.writing:
            self._on_list_key(event)
        event.accept()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._offer_commands()

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self._offer_commands()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange and hasattr(self, "_pages"):
            self._dress()

    def paintEvent(self, _event: QPaintEvent) -> None:
        colors = current_theme().colors
        painter = QPainter(self)
        painter.setPen(QPen(QColor(colors.outline), 1))
        painter.setBrush(QColor(colors.window))
        painter.drawRect(self.rect().adjusted(0, 0, -1, -1))


class _Filter(QLineEdit):
    """The field that filters: its panel is asked first what a key does."""

    def __init__(self, panel: BankPanel) -> None:
        super().__init__(panel)
        self._panel = panel
        self.setAccessibleName(tr("Find a comment"))
        self.setToolTip(tr("All words must stand in a comment, anywhere. The first ten have keys of their own."))
        self.setClearButtonEnabled(False)

    @property
    def at_end(self) -> bool:
        """Nothing is right of the cursor, so that Del has nothing to delete here."""
        return self.cursorPosition() == len(self.text()) and not self.hasSelectedText()

    # -- Qt --------------------------------------------------------------------------------------------------

    def event(self, event: QEvent) -> bool:
        if is_own_key(self, event):
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if not self._panel._on_list_key(event):  # noqa: SLF001 - the field is a part of the panel
            super().keyPressEvent(event)
