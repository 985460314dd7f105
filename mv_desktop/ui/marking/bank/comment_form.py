"""The form in which a comment of the bank is written."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from uuid import UUID

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QAction, QKeyEvent, QKeySequence, QTextCursor
from PySide6.QtWidgets import (
    QComboBox,
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPlainTextEdit,
    QPushButton,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from mv_desktop.core.errors import InvalidError
from mv_desktop.domain.comment import LONGEST_TEXT, MOST_MARKS, CommentBody, CommentDraft, checked
from mv_desktop.domain.marks import format_marks, parse_marks
from mv_desktop.ui.actions import native, shown_key
from mv_desktop.ui.key_rule import key_name
from mv_desktop.ui.marking.bank.comment_draft import Begun
from mv_desktop.ui.marking.bank.own_key import is_own_key
from mv_desktop.ui.part import take_keyboard
from mv_desktop.ui.tasks import Periodic, Tasks
from mv_desktop.ui.text import said, tr, tr_count
from mv_desktop.ui.theme import spacing
from mv_desktop.ui.widgets.formula import FormulaPress
from mv_desktop.ui.widgets.math_label import MathLabel
from mv_desktop.ui.widgets.tone_label import ToneLabel

_PREVIEW_SECONDS = 0.12
_PREVIEW_PART = 3
"""The preview of the maths takes at most this part of the form."""


class CommentForm(QWidget):
    """Words with a preview of their maths, marks, which question, and whether it is shared.

    Signals:
        saved(CommentBody, bool): what was written, and whether scripts are to be updated.
        cancelled(): she leaves it; what is written stands in `draft` still.
        dropped(): what she had begun before is not wanted any more.
    """

    saved = Signal(object, bool)
    cancelled = Signal()
    dropped = Signal()

    def __init__(self, press: FormulaPress, tasks: Tasks, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._tasks = tasks
        self._soon: Periodic | None = None
        self._actions: tuple[QAction, ...] = ()
        self._start = CommentBody("")
        self._title = ToneLabel("", parent=self, strong=True)
        self._note = ToneLabel("", "muted", self)
        self._note.setWordWrap(True)
        self._anew = QPushButton(tr("Begin anew"), self)
        self._text = _Words(self)
        self._preview = MathLabel(press, parent=self)
        self._preview.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._preview_area = QScrollArea(self)
        self._marks = QLineEdit(self)
        self._question = QComboBox(self)
        self._shared = QComboBox(self)
        self._error = ToneLabel("", "danger", self)
        self._error.setWordWrap(True)
        self._cancel = QPushButton(tr("Cancel"), self)
        self._update = QPushButton(self)
        self._save = QPushButton(tr("Save"), self)
        self._name()
        self._build()
        for widget in (self._note, self._anew, self._preview, self._preview_area, self._error, self._update):
            widget.hide()
        self._blank = self.draft
        self._text.textChanged.connect(self._on_text_changed)
        self._save.clicked.connect(partial(self.save))
        self._update.clicked.connect(partial(self.save, update=True))
        self._cancel.clicked.connect(self.cancelled)
        self._anew.clicked.connect(self.dropped)

    # -- public ----------------------------------------------------------------------------------------------

    def set_actions(self, save: QAction, update: QAction, anew: QAction) -> None:
        """The commands of its three buttons, whose keys it takes."""
        self._actions = save, update, anew
        for action in self._actions:
            action.changed.connect(self._show_keys)
        self._offer(update=False, anew=False)
        self._show_keys()

    @property
    def draft(self) -> CommentDraft:
        """What stands in the fields now."""
        question = self._question.currentData()
        return CommentDraft(
            self._text.toPlainText(),
            self._marks.text().strip(),
            UUID(question) if question else None,
            bool(self._shared.currentIndex()),
        )

    @property
    def changed(self) -> bool:
        """Something stands there otherwise than it was begun."""
        return self.draft != self._blank

    def write(self, begun: Begun, question: tuple[UUID, str] | None, left: CommentDraft | None = None) -> None:
        """Begin, or go on.

        Args:
            begun: what is being done, and what stands in the fields at first.
            question: the question being marked and its name; the comment can be for it or for any question.
            left: what was left unfinished; it stands in the fields instead.
        """
        body = self._start = begun.body
        self._title.setText(begun.title)
        note = begun.note if left is None else f"{begun.note} {tr('You had begun this before.')}".strip()
        self._note.setText(note)
        self._note.setVisible(bool(note))
        letters = max(self._marks.fontMetrics().horizontalAdvance(word) for word in (tr("none"), "10½00"))
        self._marks.setFixedWidth(letters + spacing(6))
        first = CommentDraft(
            body.text, "" if body.marks is None else format_marks(body.marks), body.question_id, body.shared
        )
        self._offer_questions(question, (first,) if left is None else (first, left))
        self._fill(first)
        self._blank = self.draft
        if left is not None:
            self._fill(left)
        self._error.hide()
        self._offer(update=False, anew=left is not None)
        self._show_preview()
        self._text.setFocus()
        if left is None:
            self._text.selectAll()
        else:
            self._text.moveCursor(QTextCursor.MoveOperation.End)

    def go_on(self) -> None:
        """The keyboard to the words, with the cursor where it was."""
        take_keyboard(self._text)

    def offer_update(self, scripts: int) -> None:
        """Offer to update so many scripts; none, and there is nothing to offer."""
        self._update.setText(tr_count("Save and update {count} script", "Save and update {count} scripts", scripts))
        self._offer(update=scripts > 0, anew=not self._anew.isHidden())

    def save(self, _checked: bool = False, *, update: bool = False) -> None:  # noqa: FBT001, FBT002 - a button's, too
        """Hand over what is written, or say on screen why that cannot be."""
        body = self._body()
        if body is not None:
            self.saved.emit(body, update)

    def takes(self, event: QKeyEvent) -> bool:
        """Do what a key commands; False when it commands nothing."""
        key = QKeySequence(key_name(event))
        meant = [action for action in self._actions if key in action.shortcuts()]
        for action in meant:
            action.trigger()
        return bool(meant)

    # -- private ---------------------------------------------------------------------------------------------

    def _offer(self, *, update: bool, anew: bool) -> None:
        """These two can be done only sometimes."""
        for offered, button, action in zip((update, anew), (self._update, self._anew), self._actions[1:], strict=False):
            action.setEnabled(offered)
            button.setVisible(offered)

    def _show_keys(self) -> None:
        """In the tool tips, beside what is to be known."""
        said = (
            tr("Save"),
            tr("Also change it where it stands, word for word, on scripts not yet submitted."
               " Each can be undone there."),
            tr("Drop what you had begun, and start as if you had not."),
        )  # fmt: skip
        for button, words, action in zip((self._save, self._update, self._anew), said, self._actions, strict=False):
            key = shown_key(action)
            button.setToolTip(f"{words}  ({key})" if key else words)

    def _offer_questions(self, question: tuple[UUID, str] | None, drafts: tuple[CommentDraft, ...]) -> None:
        self._question.clear()
        self._question.addItem(tr("Any question"), "")
        if question is not None:
            self._question.addItem(tr("Question {number}", number=question[1]), str(question[0]))
        for draft in drafts:
            if draft.question_id is not None and self._question.findData(str(draft.question_id)) < 0:
                self._question.addItem(tr("The question it was written for"), str(draft.question_id))

    def _fill(self, draft: CommentDraft) -> None:
        self._text.setPlainText(draft.text)
        self._marks.setText(draft.marks)
        self._question.setCurrentIndex(max(0, self._question.findData(str(draft.question_id or ""))))
        self._shared.setCurrentIndex(int(draft.shared))

    def _body(self) -> CommentBody | None:
        """What is written, or None with the reason on screen."""
        try:
            draft = self.draft
            marks = parse_marks(draft.marks, MOST_MARKS) if draft.marks else None
            return checked(
                replace(
                    self._start,
                    text=draft.text,
                    marks=marks,
                    question_id=draft.question_id,
                    shared=draft.shared,
                )
            )
        except InvalidError as error:
            self._error.setText(said(error.message))
            self._error.show()
            return None

    def _on_text_changed(self) -> None:
        if self._soon is None or not self._soon.active:
            self._soon = self._tasks.after(_PREVIEW_SECONDS, self._show_preview, receiver=self)

    def _show_preview(self) -> None:
        text = self._text.toPlainText()[:LONGEST_TEXT]
        self._preview.set_text(text if "$" in text else "")
        for widget in (self._preview, self._preview_area):
            widget.setVisible("$" in text)
        self._fit_preview()

    def _fit_preview(self) -> None:
        """As tall as its text, up to a third of the form: the fields keep their room. It shows where she writes."""
        tall = min(self._preview.height(), self.height() // _PREVIEW_PART)
        if self._preview_area.height() != tall:
            self._preview_area.setFixedHeight(tall)
        bar = self._preview_area.verticalScrollBar()
        letters = max(1, self._text.document().characterCount() - 1)
        bar.setValue(round(bar.maximum() * self._text.textCursor().position() / letters))

    def _name(self) -> None:
        self._text.setAccessibleName(tr("Words"))
        self._text.setPlaceholderText(tr("Words for the student; maths stands between $ signs."))
        self._text.setTabChangesFocus(True)
        self._marks.setAccessibleName(tr("Marks"))
        self._marks.setPlaceholderText(tr("none"))
        self._marks.setToolTip(tr("What the comment is worth, in steps of ½; empty when it carries no marks."))
        self._marks.setMaxLength(6)
        self._question.setAccessibleName(tr("For"))
        self._shared.setAccessibleName(tr("Seen by"))
        self._shared.addItems([tr("Only me"), tr("All teachers")])
        self._cancel.setToolTip(f"{tr('Cancel')}  ({native('Esc')})")

    def _build(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(spacing(2))
        column.addWidget(self._title)
        below = QHBoxLayout()
        below.setSpacing(spacing(2))
        below.addWidget(self._note, 1)
        below.addWidget(self._anew, 0, Qt.AlignmentFlag.AlignTop)
        column.addLayout(below)
        column.addWidget(self._text, 1)
        area = self._preview_area
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setWidgetResizable(True)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        area.setAccessibleName(tr("Preview"))
        area.setWidget(self._preview)
        self._preview.installEventFilter(self)
        column.addWidget(area)
        fields = QGridLayout()
        fields.setHorizontalSpacing(spacing(2))
        fields.setVerticalSpacing(spacing(2))
        named = (tr("For"), self._question), (tr("Seen by"), self._shared), (tr("Marks"), self._marks)
        for row, (name, field) in enumerate(named):
            label = QLabel(name, self)
            label.setBuddy(field)
            fields.addWidget(label, row, 0)
            fields.addWidget(field, row, 1, Qt.AlignmentFlag.AlignLeft if field is self._marks else Qt.AlignmentFlag(0))
        fields.setColumnStretch(1, 1)
        column.addLayout(fields)
        column.addWidget(self._error)
        buttons = QHBoxLayout()
        buttons.setSpacing(spacing(2))
        buttons.addStretch(1)
        for button in (self._cancel, self._update, self._save):
            buttons.addWidget(button)
        column.addLayout(buttons)

    # -- Qt --------------------------------------------------------------------------------------------------

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Resize:
            self._fit_preview()  # its formulas came, and need more room
        return super().eventFilter(watched, event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if self.takes(event):
            event.accept()
        elif event.key() == Qt.Key.Key_Escape:
            self.cancelled.emit()
        else:
            super().keyPressEvent(event)


class _Words(QPlainTextEdit):
    """The words of a comment: its form is asked first what a key does."""

    def __init__(self, form: CommentForm) -> None:
        super().__init__(form)
        self._form = form

    # -- Qt --------------------------------------------------------------------------------------------------

    def event(self, event: QEvent) -> bool:
        if is_own_key(self, event):
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            event.ignore()  # the form's
        elif not self._form.takes(event):
            super().keyPressEvent(event)
