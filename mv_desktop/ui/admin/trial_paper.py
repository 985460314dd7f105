"""A paper that was made to try a template: questions with their formulas, as a student would read them."""

from __future__ import annotations

from itertools import groupby

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QDialog,
    QFrame,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QScrollArea,
    QScrollBar,
    QVBoxLayout,
    QWidget,
)

from mv_desktop.domain.exam import ExamSnapshot
from mv_desktop.domain.printed_paper import printed_exam
from mv_desktop.domain.question import PaperQuestion, SnapshotQuestion
from mv_desktop.ui.paper.print_dialog import Note, Pictures, PrintDialog, no_picture
from mv_desktop.ui.tasks import Tasks
from mv_desktop.ui.text import tr, tr_count
from mv_desktop.ui.theme import spacing
from mv_desktop.ui.widgets.formula import FormulaPress
from mv_desktop.ui.widgets.math_label import MathLabel
from mv_desktop.ui.widgets.tone_label import ToneLabel

_SCROLLS = {
    Qt.Key.Key_PageDown: QScrollBar.SliderAction.SliderPageStepAdd,
    Qt.Key.Key_PageUp: QScrollBar.SliderAction.SliderPageStepSub,
    Qt.Key.Key_Down: QScrollBar.SliderAction.SliderSingleStepAdd,
    Qt.Key.Key_Up: QScrollBar.SliderAction.SliderSingleStepSub,
    Qt.Key.Key_End: QScrollBar.SliderAction.SliderToMaximum,
    Qt.Key.Key_Home: QScrollBar.SliderAction.SliderToMinimum,
}


class TrialPaper(QDialog):
    """Esc closes it. It was written nowhere.

    Args:
        class_name: for whom it is, as it stands on paper.
        pictures: of its questions, for paper.
        note: as of a `PrintDialog`.

    Attributes:
        texts: what is shown, from the top.
        print_dialog: what is printed; None while nothing is.
    """

    def __init__(
        self,
        paper: ExamSnapshot,
        name: str,
        tasks: Tasks,
        parent: QWidget | None = None,
        *,
        class_name: str = "",
        pictures: Pictures = no_picture,
        note: Note,
    ) -> None:
        super().__init__(parent)
        self._press, self._tasks = FormulaPress(tasks), tasks
        self._pictures, self._note = pictures, note
        self._printed = printed_exam(paper, name, class_name)
        self.print_dialog: PrintDialog | None = None
        self.texts: list[str] = []
        self.setWindowTitle(tr("Trial paper: {name}, number {number}", name=name, number=paper.seed))
        body = QWidget(self)
        self._column = QVBoxLayout(body)
        self._column.setSpacing(spacing(2))
        titles = {one.section: one.title for one in paper.template.sections}
        for section, questions in groupby(paper.questions, key=lambda one: one.section):
            heading = " · ".join(filter(None, (tr("Section {name}", name=section), titles.get(section, ""))))
            self._column.addWidget(ToneLabel(heading, parent=body, strong=True))
            for question in questions:
                self._add(question, body)
        self._column.addStretch(1)
        area = QScrollArea(self)
        area.setWidgetResizable(True)
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setAccessibleName(tr("Trial paper"))
        area.setWidget(body)
        close, print_ = QPushButton(tr("Close"), self), QPushButton(tr("Print …"), self)
        close.clicked.connect(self.accept)
        print_.clicked.connect(self.print_out)
        print_.setToolTip("Ctrl+P")
        print_.setShortcut("Ctrl+P")
        hint = QLabel(tr("Made to try the template; it is written nowhere."), self)
        whole = QVBoxLayout(self)
        whole.addWidget(hint)
        whole.addWidget(area, 1)
        foot = QHBoxLayout()
        foot.addStretch(1)
        foot.addWidget(print_)
        foot.addWidget(close)
        whole.addLayout(foot)
        self.resize(spacing(190), spacing(160))
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)  # its keys are those of the window
        self._area = area
        close.setFocus()

    def print_out(self) -> None:
        """On paper, or as PDF: as it will look, first."""
        self.print_dialog = PrintDialog(lambda _told: self._printed, self._pictures, self._tasks, self, note=self._note)
        self.print_dialog.finished.connect(self._on_print_dialog_finished)
        self.print_dialog.open()

    # -- slots -----------------------------------------------------------------------------------------------

    def _on_print_dialog_finished(self, _result: int) -> None:
        self.print_dialog = None

    # -- Qt --------------------------------------------------------------------------------------------------

    def keyPressEvent(self, event: QKeyEvent) -> None:
        action = _SCROLLS.get(Qt.Key(event.key()))
        if action is None:
            super().keyPressEvent(event)
        else:
            self._area.verticalScrollBar().triggerAction(action)

    # -- private ---------------------------------------------------------------------------------------------

    def _add(self, question: SnapshotQuestion, body: QWidget) -> None:
        sides = question.alternatives or (question,)
        for number, side in enumerate(sides):
            head = f"{question.question_number}. " if number == 0 else f"{tr('OR')} "
            marks = tr_count("({count} mark, {unit})", "({count} marks, {unit})", int(side.marks), unit=side.unit)
            choices = "".join(f"\n({one.id}) {one.text}" for one in side.choices)
            self._say(f"{head}{_text(side)} {marks}{choices}", body)

    def _say(self, words: str, body: QWidget) -> None:
        self.texts.append(words)
        self._column.addWidget(MathLabel(self._press, words, body))


def _text(question: PaperQuestion) -> str:
    return question.question_text or tr("A picture.")
