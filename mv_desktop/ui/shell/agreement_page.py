"""The page on which a teacher sees what second markings of her own scripts say, and never who made them."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QSizePolicy, QVBoxLayout, QWidget

from mv_desktop.core.errors import OfflineError, UserError
from mv_desktop.domain.agreement import MarkedTwice, Tolerance
from mv_desktop.domain.quality import OwnAgreement
from mv_desktop.ui.shell.own_port import OWN_LANE, OwnPlace
from mv_desktop.ui.tasks import Tasks
from mv_desktop.ui.text import said, tr
from mv_desktop.ui.theme import spacing
from mv_desktop.ui.widgets.agreement_text import PAIR_HEADINGS, agreement_text, pair_cells
from mv_desktop.ui.widgets.fact_table import Cell, FactTable, TableRow
from mv_desktop.ui.widgets.sign_label import SignLabel
from mv_desktop.ui.widgets.tone_label import ToneLabel

_HEADINGS = ("Script", *PAIR_HEADINGS)


class AgreementPage(QWidget):
    """Her results; what the server last said stays readable without a network."""

    def __init__(self, own: OwnPlace, tasks: Tasks, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._own, self._tasks = own, tasks
        self._found: OwnAgreement | None = None
        self._heard = False
        about = ToneLabel(
            tr(
                "Some completed scripts are marked a second time, by a teacher who sees nothing of the first marking. "
                "Nobody’s marks change. Who coordinates or administers sees these results, and no other teacher."
            ),
            "muted",
            self,
        )
        about.setWordWrap(True)
        self._summary = ToneLabel("", parent=self, strong=True)
        self._summary.setWordWrap(True)
        self._table = FactTable(tr("Questions that were marked twice"), _HEADINGS, len(_HEADINGS) - 1, self)
        self._table.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self._told = SignLabel(self)
        self._retry = QPushButton(tr("Try again"), self)
        self._retry.setAutoDefault(False)
        self._retry.clicked.connect(self._on_retry_clicked)
        self._retry.hide()
        below = QHBoxLayout()
        below.setSpacing(spacing(2))
        below.addWidget(self._told, 1)
        below.addWidget(self._retry, 0, Qt.AlignmentFlag.AlignTop)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, spacing(1), 0, 0)
        layout.setSpacing(spacing(2))
        for widget in (about, self._summary):
            layout.addWidget(widget)
        layout.addWidget(self._table, 1)
        layout.addLayout(below)
        self.setFocusProxy(self._table)
        tasks.run(OWN_LANE, own.kept_agreement, self._on_kept_read, self._on_failed, receiver=self)
        self._ask()

    @property
    def told(self) -> str:
        """What was said last."""
        return self._told.text

    @property
    def summary(self) -> str:
        """All of it in words, "" while nothing was heard."""
        return self._summary.text()

    @property
    def table(self) -> FactTable:
        """Each question, the newest script first."""
        return self._table

    # -- private ---------------------------------------------------------------------------------------------

    def _ask(self) -> None:
        self._told.say("info", tr("Asking the server …"))
        self._tasks.run(OWN_LANE, self._own.agreement, self._on_read, self._on_failed, receiver=self)

    def _show(self, found: OwnAgreement) -> None:
        self._found, whole = found, found.whole
        self._summary.setText(
            tr("None of your scripts was marked a second time yet.") if whole is None else agreement_text(whole)
        )
        self._table.show_rows([_row(pair, found.tolerance) for pair in _newest_first(found)])

    # -- slots -----------------------------------------------------------------------------------------------

    def _on_kept_read(self, kept: OwnAgreement | None) -> None:
        if kept is not None and self._found is None:
            self._show(kept)

    def _on_read(self, found: OwnAgreement) -> None:
        self._heard = True
        self._retry.hide()
        self._told.say("", "")
        self._show(found)

    def _on_failed(self, error: Exception) -> None:
        self._retry.setVisible(not self._heard)
        if isinstance(error, OfflineError) and self._found is not None:
            self._told.say("warning", tr("The server cannot be reached: what you see is what it said last."))
        elif isinstance(error, UserError):
            self._told.say("warning", " ".join(said(part) for part in (error.message, error.remedy) if part))
        else:
            self._tasks.error.emit(error)

    def _on_retry_clicked(self, *_: object) -> None:
        self._ask()


def _newest_first(found: OwnAgreement) -> list[MarkedTwice]:
    """Scripts from the last one on, the questions of each in their order."""
    order = {pair.evaluation_id: number for number, pair in enumerate(found.pairs)}
    return sorted(found.pairs, key=lambda pair: (-order[pair.evaluation_id], pair.question_number))


def _row(pair: MarkedTwice, tolerance: Tolerance) -> TableRow:
    return TableRow((pair.evaluation_id, pair.question_number), (Cell(pair.code or "–"), *pair_cells(pair, tolerance)))
