"""A faulty question: what awarding or dropping it would do to every exam that had it, doing it, and taking it back."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Protocol
from uuid import UUID

from PySide6.QtWidgets import (
    QButtonGroup,
    QComboBox,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QRadioButton,
    QVBoxLayout,
    QWidget,
)

from mv_desktop.core.errors import ConflictError, UserError
from mv_desktop.domain.adjustment import Adjustment, FaultProposal
from mv_desktop.domain.marks import format_marks
from mv_desktop.domain.rescoring import AdjustmentPreview, QuestionFault, Rescoring, Result, ScoreChange
from mv_desktop.ui.admin.record_window import RecordWindow
from mv_desktop.ui.admin.subject import OFFICE_LANE, OFFICE_WORK_LANE
from mv_desktop.ui.tasks import Periodic, Task, Tasks
from mv_desktop.ui.text import error_text, tr, tr_count
from mv_desktop.ui.theme import spacing
from mv_desktop.ui.widgets.elided_label import ElidedLabel
from mv_desktop.ui.widgets.fact_table import Cell, FactTable, TableRow
from mv_desktop.ui.widgets.primary_button import PrimaryButton
from mv_desktop.ui.widgets.sign_label import SignLabel

_HEADINGS = ("Student", "Exam", "Result now", "Result then")
_CHOICES = (
    (Adjustment.AWARD, "Award it: whoever had it gets all its marks"),
    (Adjustment.DROP, "Drop it: it counts for nobody"),
    (Adjustment.NONE, "Take that back: it counts as it was marked"),
)
_HELD = {Adjustment.AWARD: "It is awarded", Adjustment.DROP: "It is dropped"}
_PROPOSED = {
    Adjustment.AWARD: "{name} proposes to award it ({template}): “{reason}”",
    Adjustment.DROP: "{name} proposes to drop it ({template}): “{reason}”",
}
_DO = {Adjustment.AWARD: "Award it", Adjustment.DROP: "Drop it", Adjustment.NONE: "Take it back"}
_LOOK_SECONDS = 2.0
"""So often it is asked how far the worker is."""


class FaultPlace(Protocol):
    """As `offline.office.rescoring.Rescorings`."""

    def due(self) -> int:
        """How many questions are proposed as faulty."""
        ...

    def fault(self, question: UUID) -> QuestionFault:
        """What was decided about it."""
        ...

    def preview(self, question: UUID, adjustment: Adjustment, through: int) -> AdjustmentPreview:
        """What an adjustment would do."""
        ...

    def adjust(self, question: UUID, seen: int, adjustment: Adjustment, through: int, reason: str) -> QuestionFault:
        """Decide."""
        ...

    def decline(self, question: UUID, proposals: Sequence[UUID], reason: str) -> QuestionFault:
        """Decline what was proposed of it."""
        ...


class FaultWindow(RecordWindow):
    """Nothing is done before it was said what that does, and why it is done.

    Args:
        name: of the question.
        version: as it is now.

    Attributes:
        told, state: what it would do, and what holds now.
        proposed: what coordinators propose; what they propose is chosen, and can be declined.
        table: the results that would be others.
        choices: by what is to hold.
        versions: up to which version of the question it is meant.
    """

    def __init__(
        self, place: FaultPlace, question: UUID, name: str, version: int, tasks: Tasks, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._place, self._question, self._tasks = place, question, tasks
        self._preview: AdjustmentPreview | None = None
        self._task: Task[AdjustmentPreview] | None = None
        self._later: Periodic | None = None
        self._doing = False
        self.setWindowTitle(tr("A faulty question"))
        self.resize(spacing(200), spacing(140))
        self._name = ElidedLabel(name, "text", self, strong=True)
        self.state, self.proposed, self.told = SignLabel(self), SignLabel(self), SignLabel(self)
        self._group = QButtonGroup(self)
        self.choices = {what: QRadioButton(tr(words), self) for what, words in _CHOICES}
        self.versions = QComboBox(self)
        self.versions.addItem(tr("up to version {number}", number=version), version)
        self.versions.setAccessibleName(tr("Versions that are meant"))
        self.table = FactTable(tr("Results that would be others"), _HEADINGS, 1, self)
        self.reason = QLineEdit(self)
        self.reason.setMaxLength(500)
        self.reason.setAccessibleName(tr("Reason"))
        self.reason.setPlaceholderText(tr("Reason, kept in the history"))
        self.go = PrimaryButton(tr(_DO[Adjustment.AWARD]), self)
        self.decline = QPushButton(tr("Decline what is proposed"), self)
        self._close = QPushButton(tr("Close"), self)
        self._build()
        self._say_proposed(())
        self.choices[Adjustment.AWARD].setChecked(True)
        self._group.buttonClicked.connect(self._on_group_button_clicked)
        self.versions.activated.connect(self._on_versions_activated)
        self.go.clicked.connect(self._on_go_clicked)
        self.decline.clicked.connect(self._on_decline_clicked)
        self._close.clicked.connect(self.reject)
        self.finished.connect(self._on_finished)
        self._look(first=True)

    # -- public ----------------------------------------------------------------------------------------------

    @property
    def busy(self) -> bool:
        """The server is asked."""
        return self._task is not None or self._doing

    @property
    def chosen(self) -> Adjustment:
        """What is to hold."""
        return next(what for what, button in self.choices.items() if button.isChecked())

    # -- private ---------------------------------------------------------------------------------------------

    def _build(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(spacing(4), spacing(4), spacing(4), spacing(4))
        column.setSpacing(spacing(2))
        column.addWidget(self._name)
        column.addWidget(self.state)
        column.addWidget(self.proposed)
        for button in self.choices.values():
            self._group.addButton(button)
            column.addWidget(button)
        meant = QHBoxLayout()
        self._meant = QLabel(tr("Versions that are meant"), self)
        self._meant.setBuddy(self.versions)
        meant.addWidget(self._meant)
        meant.addWidget(self.versions)
        meant.addStretch(1)
        column.addLayout(meant)
        column.addWidget(self.told)
        column.addWidget(self.table, 1)
        column.addStretch(1)
        label = QLabel(tr("Reason"), self)
        label.setBuddy(self.reason)
        why = QHBoxLayout()
        why.setSpacing(spacing(2))
        why.addWidget(label)
        why.addWidget(self.reason, 1)
        column.addLayout(why)
        foot = QHBoxLayout()
        foot.setSpacing(spacing(2))
        foot.addWidget(self.decline)
        foot.addStretch(1)
        foot.addWidget(self._close)
        foot.addWidget(self.go)
        column.addLayout(foot)
        for one in (self.decline, self._close):
            one.setAutoDefault(False)

    def _look(self, *, first: bool = False) -> None:
        """What is chosen would do what; the newest choice is answered."""
        if self._task is not None:
            self._task.cancel()
        self._preview = None
        self.told.say("info", tr("It is worked out what that would do …"))
        work = partial(self._place.preview, self._question, self.chosen, self.versions.currentData())
        done = self._on_first_previewed if first else self._on_previewed
        self._task = self._tasks.run(OFFICE_WORK_LANE, work, done, self._on_failed, receiver=self)
        self._enable()

    def _enable(self) -> None:
        found = self._preview
        self.go.setText(tr(_DO[self.chosen]))
        possible = found is not None and found.exams > 0 and not found.nothing_left
        self.go.setEnabled(possible and not self.busy and found is not None and not self._holds_already(found))
        self.decline.setEnabled(found is not None and not self.busy)
        self.choices[Adjustment.NONE].setVisible(found is None or bool(found.fault.holds))

    def _do(self, decide: Callable[[str], QuestionFault]) -> None:
        """Decide for a reason; without one it is asked for."""
        reason = self.reason.text().strip()
        if self.busy:
            return
        if not reason:
            self.told.say("warning", tr("Say why; it stands in the history."))
            self.reason.setFocus()
            return
        self._doing = True
        self._enable()
        self._tasks.run(OFFICE_WORK_LANE, partial(decide, reason), self._on_done, self._on_failed, receiver=self)

    def _holds_already(self, found: AdjustmentPreview) -> bool:
        return self.chosen is Adjustment.NONE and not found.fault.holds

    def _say_fault(self, fault: QuestionFault) -> None:
        self._say_state(fault)
        self._say_proposed(fault.proposals)

    def _say_state(self, fault: QuestionFault) -> None:
        last = fault.last
        if last is None or (last.adjustment is Adjustment.NONE and last.finished_at is not None):
            held = _HELD.get(fault.adjustment)
            self.state.say("info" if held else "", "" if held is None else tr(held) + ".")
        elif last.finished_at is None:
            self.state.say("info", _progress(last))
            self._look_later()
        else:
            words = tr(
                "{what}, by {name}: “{reason}”. Other results: {count}.",
                what=tr(_HELD[last.adjustment]), name=last.by, reason=last.reason, count=last.rescored,
            )  # fmt: skip
            self.state.say("done", words)
        self.state.setVisible(bool(self.state.text))

    def _say_proposed(self, proposals: Sequence[FaultProposal]) -> None:
        lines = [
            tr(_PROPOSED[one.adjustment], name=one.by, template=one.template, reason=one.reason) for one in proposals
        ]
        self.proposed.say("info" if lines else "", "\n".join(lines))
        self.proposed.setVisible(bool(lines))
        self.decline.setVisible(bool(lines))

    def _look_later(self) -> None:
        """Ask again how far it is; once, however often it was said."""
        if self._later is not None:
            self._later.cancel()
        self._later = self._tasks.after(_LOOK_SECONDS, self._ask_how_far, receiver=self)

    def _ask_how_far(self) -> None:
        work = partial(self._place.fault, self._question)
        self._tasks.run(OFFICE_LANE, work, self._say_state, self._on_look_failed, receiver=self)

    def _say_preview(self, found: AdjustmentPreview) -> None:
        if not found.exams:
            self.told.say("info", tr("No exam had this question."))
        elif found.nothing_left:
            words = tr("Of at least one exam nothing would be left. Award the question instead.")
            self.told.say("warning", words)
        else:
            self.told.say("warning" if found.changed else "info", _preview_words(found))
        self.table.show_rows([_row(change) for change in found.changes])
        self.table.setVisible(bool(found.changes))
        several = len(found.versions) > 1
        self.versions.setVisible(several)
        self._meant.setVisible(several)

    # -- slots -----------------------------------------------------------------------------------------------

    def _on_first_previewed(self, found: AdjustmentPreview) -> None:
        """Once: offers the versions that exams had, and to take back what holds."""
        if found.versions:
            self.versions.clear()
            for version, exams in found.versions:
                words = tr_count(
                    "up to version {number} ({count} exam had it)", "up to version {number} ({count} exams had it)",
                    exams, number=version,
                )  # fmt: skip
                self.versions.addItem(words, version)
            self.versions.setCurrentIndex(self.versions.count() - 1)
        first = next((one.adjustment for one in found.fault.proposals), None)
        if found.fault.holds or first not in {None, self.chosen}:
            chosen = self.choices[first or Adjustment.NONE]
            chosen.setChecked(True)
            if self.focusWidget() in self.choices.values():
                chosen.setFocus()
            self._say_fault(found.fault)
            self._look()
        else:
            self._on_previewed(found)

    def _on_previewed(self, found: AdjustmentPreview) -> None:
        self._task, self._preview = None, found
        self._say_fault(found.fault)
        self._say_preview(found)
        self._enable()

    def _on_group_button_clicked(self) -> None:
        self._look()

    def _on_versions_activated(self, _index: int) -> None:
        self._look()

    def _on_go_clicked(self) -> None:
        found = self._preview
        if found is not None:
            decide = partial(self._place.adjust, self._question, found.fault.seen, self.chosen)
            self._do(partial(decide, self.versions.currentData()))

    def _on_decline_clicked(self) -> None:
        found = self._preview
        if found is not None:
            proposals = [one.proposal_id for one in found.fault.proposals]
            self._do(partial(self._place.decline, self._question, proposals))

    def _on_done(self, fault: QuestionFault) -> None:
        self._doing = False
        self.reason.clear()
        self.changed.emit()
        self._say_fault(fault)
        if fault.holds:
            self.choices[Adjustment.NONE].setChecked(True)
        else:
            self.choices[Adjustment.AWARD].setChecked(True)
        self._close.setFocus()
        self._look()

    def _on_failed(self, error: Exception) -> None:
        self._task, self._doing = None, False
        if not isinstance(error, UserError):
            self._enable()
            self._tasks.error.emit(error)
            return
        if isinstance(error, ConflictError):
            self._look()
        self.told.say("warning", error_text(error))
        self._enable()

    def _on_look_failed(self, error: Exception) -> None:
        """What was said of it stands; what is decided meanwhile goes on."""
        if isinstance(error, UserError):
            self._look_later()
        else:
            self._tasks.error.emit(error)

    def _on_finished(self, _result: int) -> None:
        if self._task is not None:
            self._task.cancel()
            self._task = None


def _progress(last: Rescoring) -> str:
    return tr(
        "Decided. The worker has looked at {done} of {exams} exams.", done=f"{last.done:,}", exams=f"{last.exams:,}"
    )


def _preview_words(found: AdjustmentPreview) -> str:
    lines = [
        tr(
            "Exams that had it: {exams}, of {students} students; {evaluated} have a result.",
            exams=found.exams, students=found.students, evaluated=found.evaluated,
        ),
        tr(
            "Results that would be others: {count}. Higher: {raised}, lower: {lowered}.",
            count=found.changed, raised=found.raised, lowered=found.lowered,
        ),
    ]  # fmt: skip
    if found.looked_at < found.evaluated:
        lines.append(tr("Worked out for the {count} newest results.", count=found.looked_at))
    if found.waiting:
        lines.append(tr("Exams that get the right result once they are marked: {count}.", count=found.waiting))
    return "\n".join(lines)


def _row(change: ScoreChange) -> TableRow:
    up = (change.after.percent or 0) > (change.before.percent or 0)
    return TableRow(
        change.exam,
        (
            Cell(change.student),
            Cell(change.template),
            Cell(_result(change.before)),
            Cell(_result(change.after), "arrow-up" if up else "arrow-down", "done" if up else "soon"),
        ),
    )


def _result(result: Result) -> str:
    score = "–" if result.score is None else format_marks(result.score)
    share = "" if result.percent is None else f" · {result.percent:f} %"
    return tr("{marks} of {possible}", marks=score, possible=str(result.marks)) + share
