"""A question as its marker needs it: the text, what earns the marks, and the model answer."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from decimal import Decimal
from functools import partial

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QFrame, QScrollArea, QToolButton, QVBoxLayout, QWidget

from mv_desktop.domain.identifier import MarkKey
from mv_desktop.domain.question import PaperQuestion, SchemeStep, SnapshotQuestion
from mv_desktop.ui.actions import shown_key
from mv_desktop.ui.canvas.picture_strip import PictureItem, PictureLook, PictureStrip
from mv_desktop.ui.marking.sheet.question_picture import answer_pictures_of, pictures_of
from mv_desktop.ui.marking.sheet.scheme_step import StepRow, marks_text
from mv_desktop.ui.marking.sheet.sheet_row import question_name
from mv_desktop.ui.part import mark_parts, tab_through
from mv_desktop.ui.tasks import Periodic, Tasks
from mv_desktop.ui.text import tr
from mv_desktop.ui.theme import spacing
from mv_desktop.ui.widgets.formula import FormulaPress
from mv_desktop.ui.widgets.math_label import MathLabel
from mv_desktop.ui.widgets.sign_label import SignLabel
from mv_desktop.ui.widgets.tone_label import ToneLabel

_SOON_SECONDS = 0.02
_TURN_SECONDS = 0.001
_ALL = 1_000
_RING = 2  # pixels of the frame that shows the focus


class QuestionPanel(QScrollArea):
    """One question, or one side of an either/or question. The model answer is folded until it is asked for.

    What earns marks comes first: it is needed for every script, the question's words once.

    Args:
        tasks: typesets the formulas.

    Signals:
        step_chosen(int): a step of the scheme, from 1, is to be given or taken back.
    """

    step_chosen = Signal(int)

    def __init__(self, tasks: Tasks, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._tasks = tasks
        self._press = FormulaPress(tasks)
        self._filling: Periodic | None = None
        self._due: deque[Callable[[], None]] = deque()
        self._shown: tuple[SnapshotQuestion, str] | None = None
        self._answer_text = ""
        self._answer_items: tuple[PictureItem, ...] = ()
        self._given: Mapping[int, Decimal] = {}
        self._editable = True
        self._step_actions: Sequence[QAction] = ()
        self._step_keys: list[str] = []
        self.setAccessibleName(tr("Question and marking scheme"))
        self.setProperty("ring", "true")
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._inside = QWidget(self)
        self._column = QVBoxLayout(self._inside)
        edge = (spacing(3), spacing(2), spacing(3), spacing(3))
        self._column.setContentsMargins(*(length - _RING for length in edge))
        self._column.setSpacing(spacing(1))
        self._title = self._label(strong=True)
        self._about = self._label(muted=True)
        self._notice = SignLabel(self._inside)
        self._notice.hide()
        self._column.addWidget(self._notice)
        self._column.addSpacing(spacing(1))
        self._scheme_title = self._label(strong=True)
        self._scheme_title.setText(tr("Marking scheme"))
        self._steps: list[StepRow] = []
        self._step_count = 0
        self._step_column = QVBoxLayout()
        self._step_column.setSpacing(spacing(1))
        self._column.addLayout(self._step_column)
        self._column.addSpacing(spacing(2))
        self._text = MathLabel(self._press, parent=self._inside, tall=True)
        self._column.addWidget(self._text)
        self._pictures = self._strip()
        self._column.addSpacing(spacing(1))
        self._fold = _fold_button(self._inside)
        self._fold.clicked.connect(self._on_fold_clicked)
        self._column.addWidget(self._fold, 0, Qt.AlignmentFlag.AlignLeft)
        self._answer = MathLabel(self._press, parent=self._inside, tall=True)
        self._column.addWidget(self._answer)
        self._answer_pictures = self._strip()
        self._column.addStretch(1)
        self.setWidget(self._inside)
        mark_parts(self._inside)  # its buttons: the panel itself is scrolled by keys
        self.clear()

    @property
    def shown(self) -> tuple[SnapshotQuestion, str] | None:
        """The question and its alternative; None while nothing is shown."""
        return self._shown

    @property
    def text(self) -> str:
        """All that is shown, formulas as their source."""
        if self._shown is None:
            return ""
        self._fill_now()
        steps = [step.text for step in self._steps if not step.isHidden()]
        parts = [self._title.text(), self._about.text(), self._notice.text, *steps, self._text.text]
        parts.append(self._pictures.text)
        if self._fold.isChecked():
            parts += [self._answer_text, self._answer_pictures.text]
        return "\n".join(part for part in parts if part)

    @property
    def complete(self) -> bool:
        """All of the question is there, and no formula of it is still being typeset."""
        due = self._filling is not None and self._filling.active
        strips = (self._pictures.complete, self._answer_pictures.complete)
        return not due and all(strips) and all(label.complete for label in self.findChildren(MathLabel))

    def show_question(self, question: SnapshotQuestion, alternative: str) -> None:
        """Show `question`, or its side `alternative` ("" for a plain question), from its beginning.

        It is laid out a moment later, so that the mark and the page are there first, and that who goes quickly
        through many questions waits for none of them.
        """
        if self._shown is not None and self._shown[0] is question and self._shown[1] == alternative:
            return
        self._shown = (question, alternative)
        self._due.clear()
        if self._filling is None or not self._filling.active:
            self._filling = self._tasks.after(_SOON_SECONDS, self._fill_a_piece, receiver=self)

    def show_notice(self, sign: str, words: str) -> None:
        """Say above the question that it was returned, or has two marks; "" for any other."""
        if words != self._notice.text:
            self._notice.say(sign, words)
            self._notice.setVisible(bool(words))

    def show_given(self, given: Mapping[int, Decimal], *, editable: bool) -> None:
        """Show what the stamps gave for the steps of the scheme, by step from 1; whether more can be given."""
        if (given, editable) == (self._given, self._editable):
            return
        self._given, self._editable = dict(given), editable
        if self._filling is None:
            self._show_given()

    def offer_steps(self, actions: Sequence[QAction]) -> None:
        """The actions that give the first steps; their keys are told beside the steps."""
        self._step_actions = actions
        self._step_keys = list(map(shown_key, actions))
        for action in actions:
            action.changed.connect(self._on_step_action_changed)

    def show_pictures(self, look: PictureLook | None) -> None:
        """Read the pictures of questions so from now on."""
        for strip in (self._pictures, self._answer_pictures):
            strip.look_by(look)

    def pictures_came(self) -> None:
        """Pictures may have come: look again for those that were not there."""
        for strip in (self._pictures, self._answer_pictures):
            strip.look_again()

    def enlarge_picture(self) -> None:
        """Show the question's picture in a window of its own; that of its answer, where that is what there is."""
        self._fill_now()
        (self._pictures if self._pictures.frames else self._answer_pictures).enlarge()

    def fold_answer(self) -> None:
        """Show the model answer where there is one, and bring it into sight; or fold it."""
        self._fill_now()
        if not self._fold.isHidden():
            self._fold.click()

    def clear(self) -> None:
        """Show nothing."""
        self._shown = None
        self._due.clear()
        self._inside.hide()

    # -- private ---------------------------------------------------------------------------------------------

    def _fill_a_piece(self, pieces: int = 1) -> None:
        """Lay out one piece of what is shown, and the next a turn later: a few formulas take milliseconds."""
        self._filling = None
        if not self._due and self._shown is not None:
            self._due.extend(self._pieces(*self._shown))
        for _ in range(min(pieces, len(self._due))):
            self._due.popleft()()
        if self._due:
            self._filling = self._tasks.after(_TURN_SECONDS, self._fill_a_piece, receiver=self)

    def _fill_now(self) -> None:
        """Lay out all that is shown at once, unless that is done."""
        if self._filling is not None:
            self._filling.cancel()
            self._fill_a_piece(_ALL)

    def _pieces(self, question: SnapshotQuestion, alternative: str) -> Iterator[Callable[[], None]]:
        """What is to be done for a question, in turn. What stands there is shown until the last is done."""
        option = dict(question.options)[alternative]
        steps = option.scheme.steps
        yield partial(self._inside.setUpdatesEnabled, False)
        yield partial(self._show_words, question, option, alternative)
        for number in range(len(steps)):
            yield partial(self._show_step, steps, number)
        yield partial(self._end_filling, option)

    def _end_filling(self, option: PaperQuestion) -> None:
        self._end_steps(len(option.scheme.steps))
        lines = (*option.scheme.solution, option.scheme.answer)
        self._answer_text = "\n".join(dict.fromkeys(line for line in lines if line))
        self._answer_items = answer_pictures_of(option)
        self._fold.setVisible(bool(self._answer_text or self._answer_items))
        self._show_answer()
        self._inside.show()
        self._inside.setUpdatesEnabled(True)
        self.verticalScrollBar().setValue(0)

    def _show_words(self, question: SnapshotQuestion, option: PaperQuestion, alternative: str) -> None:
        name = question_name(MarkKey(question.question_number, alternative))
        marks = marks_text(option.marks)
        title = tr("Question {number}", number=name)
        self._title.setText(f"{title} · {option.question_type.value} · {marks}")
        about = " · ".join(part for part in (option.unit, option.topic) if part)
        if question.alternatives:
            about += "\n" + tr("Either/or: the side with the higher mark counts.")
        self._about.setText(about)
        self._text.set_text(option.question_text or "")
        self._text.setVisible(bool(option.question_text))
        self._pictures.show_items(pictures_of(option))

    def _show_step(self, steps: Sequence[SchemeStep], number: int) -> None:
        """A step, counted from 0. Rows are kept and used again: a new one costs most."""
        if number == len(self._steps):
            row = StepRow(number + 1, self._press, self._inside)
            row.chosen.connect(self.step_chosen)
            self._steps.append(row)
            self._step_column.addWidget(row)
            tab_through((self, *(row.button for row in self._steps), self._fold))
        before = steps[number - 1].part if number else None
        self._steps[number].show_step(steps[number], begins_part=steps[number].part != before)
        self._steps[number].show()

    def _end_steps(self, count: int) -> None:
        for row in self._steps[count:]:
            row.hide()
        self._step_count = count
        self._scheme_title.setVisible(bool(count))
        self._show_given()

    def _show_given(self) -> None:
        for number, row in enumerate(self._steps[: self._step_count], 1):
            key = self._step_keys[number - 1] if number <= len(self._step_keys) else ""
            row.show_given(self._given.get(number), editable=self._editable, key=key)

    def _show_answer(self) -> None:
        # a folded answer is not typeset
        unfolded = self._fold.isChecked()
        if unfolded and self._answer_text:
            self._answer.set_text(self._answer_text)
        self._answer.setVisible(unfolded and bool(self._answer_text))
        self._answer_pictures.show_items(self._answer_items if unfolded else ())

    def _on_step_action_changed(self) -> None:
        keys = list(map(shown_key, self._step_actions))
        if keys != self._step_keys:  # an action changes for other reasons, too
            self._step_keys = keys
            self._show_given()

    def _on_fold_clicked(self) -> None:
        unfolded = self._fold.isChecked()
        self._fold.setArrowType(Qt.ArrowType.DownArrow if unfolded else Qt.ArrowType.RightArrow)
        self._show_answer()
        if unfolded:
            self._column.activate()
            self._inside.adjustSize()
            self.verticalScrollBar().setValue(self._fold.y())

    def _strip(self) -> PictureStrip:
        strip = PictureStrip(self._tasks, self._inside)
        self._column.addWidget(strip)
        return strip

    def _label(self, *, strong: bool = False, muted: bool = False) -> ToneLabel:
        label = ToneLabel("", "muted" if muted else "text", self._inside, strong=strong)
        label.setTextFormat(Qt.TextFormat.PlainText)
        label.setWordWrap(True)
        label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._column.addWidget(label)
        return label


def _fold_button(parent: QWidget) -> QToolButton:
    button = QToolButton(parent)
    button.setText(tr("Model answer"))
    button.setAccessibleName(tr("Model answer"))
    button.setCheckable(True)
    button.setAutoRaise(True)
    button.setArrowType(Qt.ArrowType.RightArrow)
    button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
    return button
