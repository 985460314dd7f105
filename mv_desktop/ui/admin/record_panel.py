"""One record: what it is called, its form or its history, what a change does, and why it is made."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, tzinfo
from typing import Any, cast

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QHBoxLayout, QLabel, QLineEdit, QPushButton, QStackedWidget, QVBoxLayout, QWidget

from mv_desktop.domain.record import Change, FormDraft, Opened
from mv_desktop.ui.actions import follow_tip
from mv_desktop.ui.admin.act import Act
from mv_desktop.ui.admin.command_button import command_button
from mv_desktop.ui.admin.form import Form
from mv_desktop.ui.admin.history_view import HistoryView
from mv_desktop.ui.admin.move_box import MoveBox
from mv_desktop.ui.admin.once_box import OnceBox
from mv_desktop.ui.admin.subject import Subject
from mv_desktop.ui.text import tr
from mv_desktop.ui.theme import spacing
from mv_desktop.ui.widgets.announcement import Announcer
from mv_desktop.ui.widgets.clear_place import keep_clear
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
        announcer: says aloud what comes of itself.
        question: what is asked before something is taken away or done.
        once: what is shown once.
        aside: what stands below the form; None where nothing does.
        moves: which deadlines a change would move, and whether they shall.
        reason: why a change is made.
    """

    edited = Signal()

    def __init__(self, subject: Subject, actions: dict[str, QAction], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        keep_clear(self)
        self._subject, self._actions = subject, actions
        self.announcer = Announcer(self)
        self._heading = ElidedLabel("", "text", self, strong=True)
        self._note = SignLabel(self)
        self._note.hide()
        self.aside = subject.aside(self)
        tail = cast("QWidget | None", self.aside)
        self.form = Form(
            *(subject.fields, subject.faults, self), choices_of=subject.choices_of, idle=subject.idle, tail=tail
        )
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
        self.reason.setAccessibleName(tr(subject.why))
        self.reason.setPlaceholderText(tr(subject.why_hint))
        self._stack = QStackedWidget(self)
        self._stack.addWidget(self.form)
        self._stack.addWidget(self.history)
        self._form_page: QWidget = self.form
        self._save = PrimaryButton(tr("Save"), self)
        self._history_button = self.button("record.history", tr("History"))
        self._acts = {act.command: self.button(act.command, tr(act.label)) for act in (*subject.acts, *subject.windows)}
        self._history_button.setVisible(subject.logged)
        self._build(subject)
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

    @property
    def facts(self) -> str:
        """What is known of the record beside its form."""
        return self._facts.text()

    @property
    def rests(self) -> bool:
        """Nothing is typed in the form and nothing is asked: another state of the record can stand there."""
        return not (self.form.differs or self.form.typing or self.question.asking or self.moves.asking)

    def show_record(self, base: Any, opened: Opened[Any] | None, typed: FormDraft | None) -> None:  # noqa: ANN401
        """Show a record in its form, and over it what was typed of it before.

        Args:
            base: what the form begins with.
            opened: the record; None where one is made.
            typed: None where nothing was.
        """
        self.show_form()
        self._heading.setText(tr(self._subject.new) if opened is None else self._subject.name(base))
        self.form.ask_for(self._subject.fields_of(base))
        self.say_facts(None if opened is None else base)
        self.form.show_draft(base, new=opened is None)
        self.say("", "")
        if typed is not None:
            self.form.type_again(typed.typed)
            if opened is not None and typed.seen != opened.seen:
                self.say("warning", tr("It has changed since you typed this. Look at the history before you save."))
            else:
                self.say("info", tr("What you typed is here again; it is not saved yet."))
        self.say_effect(None if opened is None else opened.draft)

    def renew(self, opened: Opened[Any]) -> None:
        """Show the record as it stands by now, where nothing was typed: who looks at it stays where she is."""
        self._heading.setText(self._subject.name(opened.draft))
        self.say_facts(opened.draft)
        self.form.renew(self._subject.fields_of(opened.draft), opened.draft)
        self.say("", "")
        self.say_effect(opened.draft)

    def say_facts(self, draft: Any | None) -> None:  # noqa: ANN401 - the subject's own
        """Say what is known of the record beside, which is not written; None for one that is new."""
        words = "" if draft is None else self._subject.facts(draft)
        self._facts.setText(words)
        self._facts.setVisible(bool(words))

    def tell(self, words: str) -> None:
        """Say what has become of the record meanwhile, also to who does not see it."""
        self.say("warning", words)
        self.announcer.say(lambda: words)

    def offer(self, act: Act, *, possible: bool, words: str = "") -> None:
        """Show the button of what can be done with the record as it stands; `words` instead of its label."""
        self._acts[act.command].setVisible(possible)
        self._acts[act.command].setText(words or tr(act.label))

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

    def say_effect(self, before: Any | None) -> None:  # noqa: ANN401
        """Say what the change does that is typed, and let what stands below the form follow it.

        Args:
            before: the record as it stands; None where one is made.
        """
        draft = self.form.draft
        words = self._subject.effect(draft, before) if draft is not None and self.form.differs else ""
        self._effect.say("info" if words else "", words)
        self._effect.setVisible(bool(words))
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

    def put_below(self, told: QWidget) -> None:
        """Show this below the form."""
        told.setParent(self)
        self._column.insertWidget(self._column.indexOf(self._effect), told)

    def button(self, name: str, words: str) -> QPushButton:
        """A button for one of the screen's commands."""
        return command_button(self._actions[name], words, self)

    # -- private ---------------------------------------------------------------------------------------------

    def _buttons(self, offered: Sequence[Act]) -> QHBoxLayout:
        """A row of their own: what is done and what is looked at do not fit beside one another with large letters."""
        row = QHBoxLayout()
        row.setSpacing(spacing(2))
        for act in offered:
            row.addWidget(self._acts[act.command])
        row.addStretch(1)
        return row

    def _build(self, subject: Subject) -> None:
        top = QHBoxLayout()
        top.setSpacing(spacing(2))
        top.addWidget(self._heading, 1)
        top.addWidget(self._history_button)
        label = QLabel(tr(subject.why), self)
        label.setBuddy(self.reason)
        why = QHBoxLayout()
        why.setSpacing(spacing(2))
        why.addWidget(label)
        why.addWidget(self.reason, 1)
        foot = QHBoxLayout()
        foot.setSpacing(spacing(2))
        if subject.removable:
            foot.addWidget(self.button("record.remove", tr("Take away …")))
        foot.addStretch(1)
        foot.addWidget(self.button("record.discard", tr("Discard")))
        self._save.clicked.connect(self._actions["record.save"].trigger)
        self._actions["record.save"].enabledChanged.connect(self._save.setEnabled)
        follow_tip(self._save, self._actions["record.save"])
        foot.addWidget(self._save)
        column = self._column = QVBoxLayout(self)
        column.setContentsMargins(spacing(3), 0, 0, 0)
        column.setSpacing(spacing(2))
        column.addLayout(top)
        column.addWidget(self._facts)
        for offered in (subject.acts, subject.windows):
            if offered:
                column.addLayout(self._buttons(offered))
        column.addWidget(self.once)
        column.addWidget(self._note)
        column.addWidget(self._stack, 1)
        column.addWidget(self._effect)
        column.addWidget(self.question)
        column.addWidget(self.moves)
        column.addLayout(why)
        column.addLayout(foot)
