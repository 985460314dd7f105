"""The line above the pages: the way back, which script this is, when it is due, and the way on."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QFocusEvent, QIntValidator, QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QLineEdit, QToolButton, QWidget

from mv_desktop.domain.evaluation import ScriptView
from mv_desktop.domain.sla import WorkCalendar
from mv_desktop.ui.text import tr
from mv_desktop.ui.theme import current_theme, spacing
from mv_desktop.ui.widgets.deadline_badge import DeadlineBadge
from mv_desktop.ui.widgets.deadline_text import DueWork
from mv_desktop.ui.widgets.tone_label import ToneLabel

_DIGITS = 3
_KEPT = {Qt.Key.Key_Escape, Qt.Key.Key_Return, Qt.Key.Key_Enter}


class TopBar(QWidget):
    """Code and title of the open script, between the buttons that lead away from it.

    Args:
        back_tip, next_tip: what the buttons' tool tips say.

    Signals:
        back_requested(), next_requested(): a button was pressed.
        question_wanted(int): the teacher typed the number of a question that there is.
        left(): she wants to be on the page again.
    """

    back_requested = Signal()
    next_requested = Signal()
    question_wanted = Signal(int)
    left = Signal()

    def __init__(self, back_tip: str, next_tip: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._numbers: frozenset[int] = frozenset()
        self._back = self._button(tr("Queue"), back_tip)
        self._back.clicked.connect(self.back_requested)
        self._code = ToneLabel("", "text", self, factor=1.15, strong=True)
        self._code.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._title = QLabel(self)
        self._range = ToneLabel("", "muted", self)
        self._number = _NumberField(self)
        self._frozen = QLabel(self)
        self._badge = DeadlineBadge(self)
        self._next = self._button(tr("Next script"), next_tip)
        self._next.setLayoutDirection(Qt.LayoutDirection.RightToLeft)
        self._next.clicked.connect(self.next_requested)
        self._number.entered.connect(self._on_number_entered)
        self._number.given_up.connect(self._on_number_given_up)
        self._number.abandoned.connect(self._close_question)
        self._build()
        self._dress()

    def show_script(self, view: ScriptView) -> None:
        """Say which script is open."""
        self._close_question()
        self._code.setText(view.script_code)
        self._title.setText(tr("Class {name}", name=view.class_name) + " · " + view.title)

    def show_deadline(self, work: DueWork, calendar: WorkCalendar, now: datetime) -> None:
        """Say when it is due."""
        self._badge.show_deadline(work, calendar, now)

    def show_frozen(self, reason: str) -> None:
        """Say why nothing can be changed; "" while it can."""
        self._frozen.setText(reason)
        self._frozen.setVisible(bool(reason))

    def ask_question(self, numbers: Collection[int]) -> None:
        """Let the teacher type one of `numbers`. Nothing else waits for it."""
        self._numbers = frozenset(numbers)
        if not self._numbers:
            return
        self._tell_range(wrong=False)
        self._range.show()
        self._number.clear()
        self._number.show()
        self._number.setFocus(Qt.FocusReason.ShortcutFocusReason)

    # -- private ---------------------------------------------------------------------------------------------

    def _build(self) -> None:
        row = QHBoxLayout(self)
        row.setContentsMargins(spacing(2), spacing(1), spacing(3), spacing(1))
        row.setSpacing(spacing(3))
        for widget, stretch in (
            (self._back, 0),
            (self._code, 0),
            (self._title, 1),
            (self._range, 0),
            (self._number, 0),
            (self._frozen, 0),
            (self._badge, 0),
            (self._next, 0),
        ):
            row.addWidget(widget, stretch)
        for widget in (self._range, self._number, self._frozen):
            widget.hide()

    def _button(self, text: str, tip: str) -> QToolButton:
        button = QToolButton(self)
        button.setAutoRaise(True)
        button.setText(text)
        button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        button.setToolTip(tip)
        return button

    def _tell_range(self, *, wrong: bool) -> None:
        first, last = str(min(self._numbers)), str(max(self._numbers))
        self._range.setText(tr("Question {first} to {last}", first=first, last=last))
        self._range.set_tone("danger" if wrong else "muted")
        self._number.setAccessibleDescription(self._range.text())

    def _on_number_entered(self, number: int) -> None:
        if number in self._numbers:
            self._close_question()
            self.question_wanted.emit(number)
        else:
            self._tell_range(wrong=True)
            self._number.selectAll()

    def _on_number_given_up(self) -> None:
        self._close_question()
        self.left.emit()

    def _close_question(self) -> None:
        self._range.hide()
        self._number.hide()

    def _dress(self) -> None:
        theme = current_theme()
        self._back.setIcon(theme.icon("chevron-left"))
        self._next.setIcon(theme.icon("chevron-right"))

    # -- Qt --------------------------------------------------------------------------------------------------

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.PaletteChange and hasattr(self, "_next"):
            self._dress()
        super().changeEvent(event)


class _NumberField(QLineEdit):
    """A few digits.

    Signals:
        entered(int): Enter.
        given_up(): Escape.
        abandoned(): the focus went elsewhere.
    """

    entered = Signal(int)
    given_up = Signal()
    abandoned = Signal()

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setAccessibleName(tr("Question number"))
        self.setToolTip(tr("Type a question's number and press Enter; Esc leaves."))
        self.setValidator(QIntValidator(0, 10**_DIGITS - 1, self))
        self.setMaxLength(_DIGITS)
        self.setFixedWidth(spacing(14))

    # -- Qt --------------------------------------------------------------------------------------------------

    def event(self, event: QEvent) -> bool:
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.ShortcutOverride and event.key() in _KEPT:
            event.accept()  # the screen has an action on Escape too
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.given_up.emit()
        elif event.key() in _KEPT:
            if self.text():
                self.entered.emit(int(self.text()))
        else:
            super().keyPressEvent(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        if event.reason() != Qt.FocusReason.ActiveWindowFocusReason:
            self.abandoned.emit()
