"""What a template adds up to and what the bank has for each of its cells, while one types; and a paper to try it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from decimal import ROUND_HALF_UP, Decimal
from functools import partial
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QSpinBox, QVBoxLayout, QWidget

from mv_desktop.core.errors import InvalidError, UserError
from mv_desktop.domain.exam import ExamSnapshot
from mv_desktop.domain.export_note import ExportFormat, ExportNote, paper_note
from mv_desktop.domain.template import BankCell, Cell, TemplateDraft, cells, totals, uneven_shares, unit_marks
from mv_desktop.ui.admin.subject import OFFICE_WORK_LANE
from mv_desktop.ui.admin.trial_paper import TrialPaper
from mv_desktop.ui.paper.print_dialog import Pictures, no_picture
from mv_desktop.ui.tasks import Tasks
from mv_desktop.ui.text import error_text, tr, tr_count
from mv_desktop.ui.theme import spacing
from mv_desktop.ui.widgets.fact_table import Cell as Fact
from mv_desktop.ui.widgets.fact_table import FactTable, TableRow
from mv_desktop.ui.widgets.sign_label import SignLabel
from mv_desktop.ui.widgets.tone_label import ToneLabel

_HEADINGS = ("Section", "Unit", "Kind", "Needed", "In the bank", "Missing")
_MOST_SEED = 999_999
_HUNDREDTH = Decimal("0.01")


class TemplateBank(QWidget):
    """Below the form.

    Args:
        bank: what it has, as it was read last.
        trial: makes a paper of a draft and a number; on a lane.
        pictures: of its questions, for paper.
        note: notes that a trial paper leaves, before it does.

    Attributes:
        table: a row for each cell.
        paper: the last trial paper; None before the first.
    """

    def __init__(
        self,
        bank: Callable[[], Sequence[BankCell]],
        trial: Callable[[TemplateDraft, int], ExamSnapshot],
        tasks: Tasks,
        parent: QWidget | None = None,
        *,
        pictures: Pictures = no_picture,
        note: Callable[[ExportNote, ExportFormat, int, Path | None], object],
    ) -> None:
        super().__init__(parent)
        self._pictures, self._note = pictures, note
        self._bank, self._trial, self._tasks = bank, trial, tasks
        self._draft: TemplateDraft | None = None
        self.paper: TrialPaper | None = None
        self._totals = ToneLabel("", "text", self, strong=True)
        self.table = FactTable(tr("What the bank has"), _HEADINGS, 1, self)
        self._units = ToneLabel("", "muted", self)
        self._units.setWordWrap(True)
        self._told = SignLabel(self)
        self.seed = QSpinBox(self)
        self.seed.setRange(1, _MOST_SEED)
        self.seed.setMinimumHeight(spacing(8))
        self.seed.setAccessibleName(tr("Number of the paper"))
        label = QLabel(tr("Number of the paper"), self)
        label.setBuddy(self.seed)
        self.button = QPushButton(tr("Trial paper"), self)
        self.button.clicked.connect(self.try_it)
        foot = QHBoxLayout()
        foot.setSpacing(spacing(2))
        foot.addWidget(self._totals, 1)
        for widget in (label, self.seed, self.button):
            foot.addWidget(widget)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(spacing(2))
        column.addLayout(foot)
        column.addWidget(self._units)
        column.addWidget(self.table)
        column.addWidget(self._told)

    @property
    def totals_text(self) -> str:
        """What the sections add up to."""
        return self._totals.text()

    @property
    def units_text(self) -> str:
        """How many marks come from each unit."""
        return self._units.text()

    @property
    def told(self) -> str:
        """What is missing, or why no paper could be made."""
        return self._told.text

    def show_draft(self, draft: TemplateDraft | None) -> None:
        """As it stands in the form."""
        self._draft = draft
        self.button.setEnabled(draft is not None)
        if draft is None:
            return
        count, marks = totals(draft.sections)
        questions = tr_count("{count} question", "{count} questions", count)
        self._totals.setText(tr("{questions}, {marks} marks", questions=questions, marks=marks))
        try:
            found, by_unit, uneven = cells(draft, self._bank()), unit_marks(draft), uneven_shares(draft)
        except InvalidError:
            found, by_unit, uneven = (), {}, {}  # the form says what is wrong
        self._units.setText(_units_text(by_unit, marks))
        self._units.setVisible(bool(self._units.text()))
        self.table.show_rows(
            [TableRow((n, one.section, one.unit, one.choice), _facts(one)) for n, one in enumerate(found)]
        )
        missing = sum(one.missing for one in found)
        if missing:
            words = tr_count("The bank lacks {count} question.", "The bank lacks {count} questions.", missing)
        else:
            words = tr("The bank has all of it.") if found else ""
        parts = [
            tr("The shares of section {section} add up to {share} %; they count as parts of that.",
               section=section, share=_number(whole))
            for section, whole in uneven.items()
        ]  # fmt: skip
        self._tell("warning" if missing or parts else "done" if found else "", " ".join(filter(None, (words, *parts))))

    def try_it(self) -> None:
        """Make a paper of what stands in the form, and show it."""
        if self._draft is None:
            return
        self.button.setEnabled(False)
        draft = self._draft
        work = partial(self._trial, draft, self.seed.value())
        made, failed = partial(self._on_made, draft), partial(self._on_failed, draft)
        self._tasks.run(OFFICE_WORK_LANE, work, made, failed, receiver=self)

    # -- private ---------------------------------------------------------------------------------------------

    def _tell(self, sign: str, words: str) -> None:
        self._told.say(sign, words)
        self._told.setVisible(bool(words))

    # -- slots -----------------------------------------------------------------------------------------------

    def _on_made(self, draft: TemplateDraft, paper: ExamSnapshot) -> None:
        self.button.setEnabled(True)
        name = draft.template_name
        self.paper = TrialPaper(
            *(paper, name, self._tasks, self),
            class_name=draft.class_name,
            pictures=self._pictures,
            note=partial(self._note, paper_note(name)),
        )
        self.paper.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.paper.open()

    def _on_failed(self, draft: TemplateDraft, error: Exception) -> None:
        self.button.setEnabled(True)
        if not isinstance(error, UserError):
            self._tasks.error.emit(error)
            return
        if draft == self._draft:  # of what was typed since it says nothing
            self._tell("warning", error_text(error))


def _units_text(by_unit: Mapping[str, int], whole: int) -> str:
    """Marks of each unit, and what share of the paper they are; "" where any unit will do for all of it."""
    if not set(by_unit) - {""} or not whole:
        return ""
    shares = {unit: _number(Decimal(100 * marks) / whole) for unit, marks in by_unit.items()}
    parts = (f"{unit or tr('any')} {marks} ({shares[unit]} %)" for unit, marks in by_unit.items())
    return tr("Marks by unit: {units}", units=", ".join(parts))


def _number(value: Decimal) -> str:
    """Two decimals, where there are any: a mark of 80 is 1.25 %, and whole percents would not add up."""
    told = f"{value.quantize(_HUNDREDTH, ROUND_HALF_UP):f}"
    return told.rstrip("0").rstrip(".")


def _facts(cell: Cell) -> tuple[Fact, ...]:
    kind = tr_count("{kind}, {count} mark", "{kind}, {count} marks", cell.marks, kind=str(cell.question_type))
    unit = tr("either/or") if cell.choice else cell.unit or tr("any")
    missing = Fact(str(cell.missing), "warning", "danger") if cell.missing else Fact("–")
    return (
        Fact(cell.section), Fact(unit), Fact(kind), Fact(str(cell.needed)), Fact(str(cell.available)),
        missing,
    )  # fmt: skip
