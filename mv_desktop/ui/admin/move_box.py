"""Which deadlines move by a change of the calendar, and whether they shall: asked where the change is made."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta, tzinfo

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QDialog, QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from mv_desktop.domain.holiday import Consequence, Move
from mv_desktop.ui.text import tr, tr_count
from mv_desktop.ui.theme import spacing
from mv_desktop.ui.widgets.clear_place import keep_clear
from mv_desktop.ui.widgets.deadline_text import duration, moment, whole_moment
from mv_desktop.ui.widgets.fact_table import Cell, FactTable, TableRow
from mv_desktop.ui.widgets.framed import Framed
from mv_desktop.ui.widgets.sign_label import SignLabel

_HEADINGS = ("Script", "Teacher", "Due now", "Would be due", "Moves by")


class MoveBox(Framed):
    """Takes no place while nothing is asked; the careful answer has the keyboard.

    Signals:
        answered(): one way or the other, by who was asked.
    """

    answered = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._go_on: Callable[[Sequence[Move]], object] | None = None
        self._found = Consequence("")
        self._back: QWidget | None = None
        self._words = SignLabel(self)
        self.table = FactTable(tr("Deadlines that would move"), _HEADINGS, 1, self)
        self._leave, self._stay = QPushButton(tr("Save nothing"), self), QPushButton(tr("Save; deadlines stay"), self)
        self._move = QPushButton(tr("Save and move them"), self)
        row = QHBoxLayout()
        row.setSpacing(spacing(2))
        row.addStretch(1)
        for button, slot in (
            (self._leave, self._on_leave_clicked),
            (self._stay, self._on_stay_clicked),
            (self._move, self._on_move_clicked),
        ):
            button.setAutoDefault(False)
            button.clicked.connect(slot)
            row.addWidget(button)
        column = QVBoxLayout(self)
        column.setContentsMargins(spacing(3), spacing(3), spacing(3), spacing(3))
        column.setSpacing(spacing(2))
        column.addWidget(self._words)
        column.addWidget(self.table)
        column.addLayout(row)
        keep_clear(self)
        self.hide()

    # -- public ----------------------------------------------------------------------------------------------

    @property
    def asking(self) -> bool:
        """It is asked and not answered."""
        return not self.isHidden()

    @property
    def text(self) -> str:
        """What is asked."""
        return self._words.text if self.asking else ""

    def ask(
        self, found: Consequence, go_on: Callable[[Sequence[Move]], object], now: datetime, zone: tzinfo, back: QWidget
    ) -> None:
        """Ask; `go_on` is called with the deadlines that shall move, or with none; and not at all where nothing is."""
        self._found, self._go_on, self._back = found, go_on, back
        possible, past = len(found.possible), len(found.moves) - len(found.possible)
        words = [tr_count("{count} deadline that runs would move.", "{count} deadlines that run would move.", possible)]
        if past:
            words.append(
                tr_count(
                    "{count} would lie in the past and stays as it is.",
                    "{count} would lie in the past and stay as they are.",
                    past,
                )
            )
        self._words.say("warning", " ".join(words))
        self.table.show_rows([_row(move, now, zone) for move in found.moves])
        self._move.setVisible(bool(possible))
        for button in (self._leave, self._stay, self._move):
            button.setAccessibleDescription(self._words.text)
        self.show()
        self._stay.setFocus()

    def refuse(self) -> None:
        """Nothing is saved."""
        if self.withdraw() and self._back is not None:
            self._back.setFocus()

    def withdraw(self) -> bool:
        """Ask no more: what was asked about is otherwise now; whether anything was asked."""
        asked = self.asking
        self._end()
        return asked

    # -- private ---------------------------------------------------------------------------------------------

    def _end(self) -> Callable[[Sequence[Move]], object] | None:
        self.hide()
        go_on, self._go_on = self._go_on, None
        return go_on

    # -- slots -----------------------------------------------------------------------------------------------

    def _on_leave_clicked(self) -> None:
        self.refuse()
        self.answered.emit()

    def _on_stay_clicked(self) -> None:
        if (go_on := self._end()) is not None:
            go_on(())
            self.answered.emit()

    def _on_move_clicked(self) -> None:
        if (go_on := self._end()) is not None:
            go_on(self._found.possible)
            self.answered.emit()


class MoveDialog(QDialog):
    """Asks by itself, where there is no form to ask below; Esc saves nothing.

    Attributes:
        box: what is asked.
    """

    def __init__(self, title: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(title)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.box = MoveBox(self)
        column = QVBoxLayout(self)
        column.addWidget(self.box)
        self.resize(spacing(190), spacing(80))
        self.box.answered.connect(self.accept)

    def ask(self, found: Consequence, go_on: Callable[[Sequence[Move]], object], now: datetime, zone: tzinfo) -> None:
        """Ask, as `MoveBox` does."""
        self.box.ask(found, go_on, now, zone, self)
        self.open()


def _row(move: Move, now: datetime, zone: tzinfo) -> TableRow:
    script = move.script
    by = tr("stays") if move.past else by_text(move.after - script.due)
    return TableRow(
        script.evaluation_id,
        (
            Cell(script.code),
            Cell(script.teacher),
            Cell(moment(script.due, now, zone), tip=whole_moment(script.due, zone)),
            Cell(
                moment(move.after, now, zone),
                *(("warning", "soon") if move.past else ("", "text")),
                tip=whole_moment(move.after, zone),
            ),
            Cell(by),
        ),
    )


def by_text(by: timedelta) -> str:
    """By how much a deadline moves, on the clock: "1 day later", "2 days 3 h earlier"."""
    days, rest = divmod(abs(by), timedelta(days=1))
    parts = [tr_count("{count} day", "{count} days", days)] if days else []
    if rest or not days:
        parts.append(duration(rest))
    length = " ".join(parts)
    return tr("{length} earlier", length=length) if by < timedelta() else tr("{length} later", length=length)
