"""One record: what it is called, its form or its history, what a change does, and why it is made."""

from __future__ import annotations

from datetime import datetime, tzinfo
from typing import cast

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QHBoxLayout, QLabel, QLineEdit, QPushButton, QStackedWidget, QVBoxLayout, QWidget

from mv_desktop.domain.record import Change
from mv_desktop.ui.actions import follow_tip
from mv_desktop.ui.admin.act import Act
from mv_desktop.ui.admin.form import Form
from mv_desktop.ui.admin.history_view import HistoryView
from mv_desktop.ui.admin.move_box import MoveBox
from mv_desktop.ui.admin.once_box import OnceBox
from mv_desktop.ui.admin.subject import Subject
from mv_desktop.ui.text import tr
from mv_desktop.ui.theme import spacing
from mv_desktop.ui.widgets.elided_label import ElidedLabel
from mv_desktop.ui.widgets.inline_question import InlineQuestion
from mv_desktop.ui.widgets.primary_button import PrimaryButton
from mv_desktop.ui.widgets.sign_label import SignLabel
from mv_desktop.ui.widgets.tone_label import ToneLabel

LONGEST_REASON = 500


class RecordPanel(QWidget):
    """Beside the list.

    Args:
        actions: of the screen, by id.

    Signals:
        edited(): something in the form is otherwise.

    Attributes:
        form, history: what is looked at.
        question: what is asked before something is taken away or done.
        once: what is shown once.
        aside: what stands below the form; None where nothing does.
        moves: which deadlines a change would move, and whether they shall.
        reason: why a change is made.
    """

    edited = Signal()

    def __init__(self, subject: Subject, actions: dict[str, QAction], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._actions = actions
        self._heading = ElidedLabel("", "text", self, strong=True)
        self._note = SignLabel(self)
        self._note.hide()
        self.aside = subject.aside(self)
        self.form = Form(subject.fields, subject.faults, self, tail=cast("QWidget | None", self.aside))
        self.history = HistoryView(subject, self)
        self._effect = SignLabel(self)
        self._effect.hide()
        self._facts = ToneLabel("", "muted", self)
        self._facts.setWordWrap(True)
        self._facts.setTextFormat(Qt.TextFormat.PlainText)
        self._facts.hide()
        self.question, self.once = InlineQuestion(self), OnceBox(self)
        self.moves = MoveBox(self)
        self.reason = QLineEdit(self)
        self.reason.setMaxLength(LONGEST_REASON)
        self.reason.setMinimumHeight(spacing(8))
        self.reason.setAccessibleName(tr("Reason"))
        self.reason.setPlaceholderText(tr("Reason, kept in the history"))
        self._stack = QStackedWidget(self)
        self._stack.addWidget(self.form)
        self._stack.addWidget(self.history)
        self._form_page: QWidget = self.form
        self._save = PrimaryButton(tr("Save"), self)
        self._history_button = self.button("record.history", tr("History"))
        self._acts = {act.command: self.button(act.command, tr(act.label)) for act in subject.acts}
        self._build(removable=subject.removable)
        self.form.changed.connect(self.edited)
        self.reason.returnPressed.connect(actions["record.save"].trigger)

    # -- public ----------------------------------------------------------------------------------------------

    @property
    def heading(self) -> str:
        """What the record is called."""
        return self._heading.text()

    @property
    def note(self) -> str:
        """What is said of the record as a whole."""
        return self._note.text

    @property
    def effect(self) -> str:
        """What a change does beyond the record."""
        return self._effect.text

    @property
    def why(self) -> str:
        """The reason without blanks around it."""
        return self.reason.text().strip()

    @property
    def shows_history(self) -> bool:
        """The history stands instead of the form."""
        return self._stack.currentWidget() is self.history

    def name(self, words: str) -> None:
        """Call the record so."""
        self._heading.setText(words)

    @property
    def facts(self) -> str:
        """What is known of the record beside its form."""
        return self._facts.text()

    def say_facts(self, words: str) -> None:
        """Say what is known of the record beside its form; "" for nothing."""
        self._facts.setText(words)
        self._facts.setVisible(bool(words))

    def offer(self, act: Act, *, possible: bool) -> None:
        """Show the button of what can be done with the record as it stands."""
        self._acts[act.command].setVisible(possible)

    def say(self, sign: str, words: str) -> None:
        """Say this of the record as a whole; "" for nothing."""
        self._note.say(sign, words)
        self._note.setVisible(bool(words))

    def asked_why(self) -> bool:
        """A reason stands there; where none does, it is asked for."""
        if not self.why:
            self.reason.setFocus()
            self.say("info", tr("Say why: it stands in the history beside the change."))
        return bool(self.why)

    def say_effect(self, words: str) -> None:
        """Say what a change does beyond the record; "" for nothing."""
        self._effect.say("info" if words else "", words)
        self._effect.setVisible(bool(words))

    def follow(self) -> None:
        """What stands below the form shows what is typed."""
        if self.aside is not None:
            self.aside.show_draft(self.form.seen)

    def show_form(self) -> None:
        """Look at the record."""
        self._stack.setCurrentWidget(self._form_page)
        self._history_button.setText(tr("History"))

    def show_history(self, changes: tuple[Change, ...], now: datetime, zone: tzinfo) -> None:
        """Look at what was changed of it."""
        self.history.show_changes(changes, now, zone)
        self._stack.setCurrentWidget(self.history)
        self._history_button.setText(tr("Form"))
        self.history.take_focus()

    def put_above(self, preview: QWidget) -> None:
        """Show this above the form, and with it only."""
        stacked = QWidget(self)
        column = QVBoxLayout(stacked)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(spacing(2))
        self._stack.insertWidget(0, stacked)
        column.addWidget(preview, 2)
        column.addWidget(self.form, 3)
        self.form.show()  # the stack had hidden it
        self._form_page = stacked

    def set_able(self, *, able: bool) -> None:
        """Whether what is typed can be saved now."""
        self._save.setEnabled(able)

    def button(self, name: str, words: str) -> QPushButton:
        """A button for one of the screen's commands."""
        button, action = QPushButton(words, self), self._actions[name]
        button.clicked.connect(action.trigger)
        button.setEnabled(action.isEnabled())
        action.enabledChanged.connect(button.setEnabled)
        follow_tip(button, action)
        return button

    # -- private ---------------------------------------------------------------------------------------------

    def _build(self, *, removable: bool) -> None:
        top = QHBoxLayout()
        top.setSpacing(spacing(2))
        top.addWidget(self._heading, 1)
        top.addWidget(self._history_button)
        acts = QHBoxLayout()
        acts.setSpacing(spacing(2))
        for button in self._acts.values():
            acts.addWidget(button)
        acts.addStretch(1)
        label = QLabel(tr("Reason"), self)
        label.setBuddy(self.reason)
        why = QHBoxLayout()
        why.setSpacing(spacing(2))
        why.addWidget(label)
        why.addWidget(self.reason, 1)
        foot = QHBoxLayout()
        foot.setSpacing(spacing(2))
        if removable:
            foot.addWidget(self.button("record.remove", tr("Take away …")))
        foot.addStretch(1)
        foot.addWidget(self.button("record.discard", tr("Discard")))
        self._save.clicked.connect(self._actions["record.save"].trigger)
        self._actions["record.save"].enabledChanged.connect(self._save.setEnabled)
        follow_tip(self._save, self._actions["record.save"])
        foot.addWidget(self._save)
        column = QVBoxLayout(self)
        column.setContentsMargins(spacing(3), 0, 0, 0)
        column.setSpacing(spacing(2))
        column.addLayout(top)
        column.addWidget(self._facts)
        if self._acts:
            column.addLayout(acts)
        column.addWidget(self.once)
        column.addWidget(self._note)
        column.addWidget(self._stack, 1)
        column.addWidget(self._effect)
        column.addWidget(self.question)
        column.addWidget(self.moves)
        column.addLayout(why)
        column.addLayout(foot)
