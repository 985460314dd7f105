"""Where a question was used and how students did on it: what the record says, and what that means."""

from __future__ import annotations

from functools import partial
from typing import Protocol
from uuid import UUID

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QPushButton, QScrollArea, QVBoxLayout, QWidget

from mv_desktop.core.errors import UserError
from mv_desktop.domain.item_statistic import (
    FEWEST,
    Discrimination,
    Ease,
    discrimination,
    discrimination_grade,
    ease,
    facility,
    idle_choices,
    suspicious_choices,
)
from mv_desktop.domain.question_use import QuestionUse
from mv_desktop.ui.admin.record_window import RecordWindow
from mv_desktop.ui.admin.subject import OFFICE_WORK_LANE
from mv_desktop.ui.tasks import Task, Tasks
from mv_desktop.ui.text import said, tr
from mv_desktop.ui.theme import spacing
from mv_desktop.ui.widgets.elided_label import ElidedLabel
from mv_desktop.ui.widgets.fact_table import Cell, FactTable, TableRow
from mv_desktop.ui.widgets.sign_label import SignLabel
from mv_desktop.ui.widgets.tone_label import ToneLabel

_VERSIONS = ("Version", "Exams", "Students", "With a mark", "Mean marks")
_TEMPLATES = ("Made from", "Exams")
_CHOICES = ("Choice", "Taken by", "Share", "Their share of the rest")
_EASES = {Ease.HARD: "Hardly anybody can do it.", Ease.EASY: "Nearly everybody can do it."}
_GRADES = {
    Discrimination.NEGATIVE: "Weaker students do better on it: look at its key and its words.",
    Discrimination.POOR: "It hardly tells stronger students from weaker ones.",
    Discrimination.MARGINAL: "It tells stronger students from weaker ones a little.",
    Discrimination.GOOD: "It tells stronger students from weaker ones well.",
    Discrimination.VERY_GOOD: "It tells stronger students from weaker ones very well.",
}


class UsePlace(Protocol):
    """As `offline.office.question_history.QuestionHistory`."""

    def use(self, question: UUID) -> QuestionUse:
        """Where it was used."""
        ...


class UseWindow(RecordWindow):
    """Reads it once, when it opens.

    Attributes:
        facts, judged: in how many exams it was, and what its numbers mean.
        versions, templates, choices: tables; hidden while they have nothing to say.
    """

    def __init__(self, place: UsePlace, question: UUID, name: str, tasks: Tasks, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._tasks = tasks
        self.setWindowTitle(tr("Use and results of a question"))
        self.resize(spacing(170), spacing(140))
        self.facts, self.judged = ToneLabel("", parent=self), SignLabel(self)
        self.facts.setWordWrap(True)
        self.versions = FactTable(tr("Versions in exams"), _VERSIONS, 4, self)
        self.templates = FactTable(tr("What the papers were made of"), _TEMPLATES, 0, self)
        self.choices = FactTable(tr("Choices that were taken"), _CHOICES, 3, self)
        self._close = QPushButton(tr("Close"), self)
        self._close.clicked.connect(self.accept)
        column = QVBoxLayout(self)
        column.setContentsMargins(spacing(4), spacing(4), spacing(4), spacing(4))
        column.setSpacing(spacing(2))
        column.addWidget(ElidedLabel(name, "text", self, strong=True))
        column.addWidget(self.facts)
        column.addWidget(self.judged)
        column.addWidget(self._tables(), 1)
        column.addWidget(self._close, 0, Qt.AlignmentFlag.AlignRight)
        self.facts.setText(tr("The record is being read …"))
        self._task: Task[QuestionUse] | None = tasks.run(
            OFFICE_WORK_LANE, partial(place.use, question), self._on_used, self._on_failed, receiver=self
        )
        self.finished.connect(self._on_finished)
        self._close.setFocus()

    # -- private ---------------------------------------------------------------------------------------------

    def _tables(self) -> QScrollArea:
        """Below one another; a screen may be low."""
        area, body = QScrollArea(self), QWidget(self)
        column = QVBoxLayout(body)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(spacing(2))
        for table in (self.choices, self.versions, self.templates):
            column.addWidget(table)
            table.hide()
        column.addStretch(1)
        area.setWidget(body)
        area.setWidgetResizable(True)
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        return area

    def _show_tables(self, use: QuestionUse) -> None:
        answered = sum(one.count for one in use.choices)
        odd, idle = suspicious_choices(use.choices), idle_choices(use.choices)
        self.choices.show_rows([
            TableRow(
                one.choice,
                (
                    Cell(one.choice or tr("none"), "check" if one.right else "", "done"),
                    Cell(str(one.count)),
                    Cell(_percent(one.count / answered), "minus" if one.choice in idle else "", "muted"),
                    Cell(_percent(one.rest), "warning" if one.choice in odd else "", "danger"),
                ),
            )
            for one in use.choices
        ])  # fmt: skip
        self.versions.show_rows([
            TableRow(
                one.version,
                (
                    Cell(str(one.version)),
                    Cell(f"{one.exams:,}"),
                    Cell(f"{one.students:,}"),
                    Cell(f"{one.answered:,}"),
                    Cell("–" if one.mean is None else f"{one.mean:.2f}"),
                ),
            )
            for one in use.versions
        ])  # fmt: skip
        self.templates.show_rows([TableRow(name, (Cell(name), Cell(f"{exams:,}"))) for name, exams in use.templates])
        for table in (self.choices, self.versions, self.templates):
            table.setVisible(bool(table.rows))

    # -- slots -----------------------------------------------------------------------------------------------

    def _on_used(self, use: QuestionUse) -> None:
        self._task = None
        self.facts.setText(_facts(use))
        judged = _judged(use)
        self.judged.say("info" if judged else "", judged)
        self.judged.setVisible(bool(judged))
        self._show_tables(use)

    def _on_failed(self, error: Exception) -> None:
        self._task = None
        self.facts.clear()
        if isinstance(error, UserError):
            self.judged.say("warning", said(error.message))
        else:
            self._tasks.error.emit(error)

    def _on_finished(self, _result: int) -> None:
        if self._task is not None:
            self._task.cancel()


def _facts(use: QuestionUse) -> str:
    if not use.exams:
        return tr("No exam had this question.")
    lines = [
        tr("Exams that had it: {exams}, of {students} students.", exams=f"{use.exams:,}", students=f"{use.students:,}")
    ]
    easy, told = facility(use.sums), discrimination(use.sums)
    if use.mean is not None and use.possible is not None:
        lines.append(
            tr(
                "Mean: {mean} of {possible} marks, from {count} students.",
                mean=f"{use.mean:.2f}", possible=f"{use.possible:g}", count=f"{use.answered:,}",
            )
        )  # fmt: skip
    if easy is not None:
        lines.append(
            tr("Facility: {value}", value=f"{easy:.2f}")
            + " · "
            + tr("Discrimination: {value}", value="–" if told is None else f"{told:.2f}")
        )
    return "\n".join(lines)


def _judged(use: QuestionUse) -> str:
    """What the numbers mean; "" before anybody has a mark for it."""
    if not use.sums.count:
        return ""
    lines = [tr(_EASES[ease(facility(use.sums))])] if ease(facility(use.sums)) in _EASES else []
    grade = discrimination_grade(discrimination(use.sums))
    if grade in _GRADES:
        lines.append(tr(_GRADES[grade]))
    elif use.sums.count < FEWEST:
        lines.append(
            tr("Too few have answered it to say how well it tells students apart; it takes {count}.", count=FEWEST)
        )
    odd, idle = suspicious_choices(use.choices), idle_choices(use.choices)
    if odd:
        names = ", ".join(odd)
        lines.append(
            tr("Stronger students take {choices} rather than the right choice: look at the key.", choices=names)
        )
    if idle:
        lines.append(tr("Hardly anybody takes {choices}.", choices=", ".join(idle)))
    return "\n".join(lines)


def _percent(share: float | None) -> str:
    return "–" if share is None else f"{round(100 * share)} %"
