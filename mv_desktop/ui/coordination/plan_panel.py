"""A proposal: which scripts should go to whom, what that clears, and what it cannot clear and why."""

from __future__ import annotations

from collections.abc import Hashable, Iterator
from enum import IntEnum
from typing import NamedTuple

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QCheckBox, QHBoxLayout, QLabel, QSplitter, QVBoxLayout, QWidget

from mv_desktop.domain.board import Preview, preview
from mv_desktop.domain.board_look import Look
from mv_desktop.domain.identifier import EvaluationId, UserId
from mv_desktop.domain.rebalance import Proposal
from mv_desktop.ui.coordination.move_panel import effect_sign
from mv_desktop.ui.coordination.panel import Panel
from mv_desktop.ui.coordination.script_model import evaluation_code, name_of
from mv_desktop.ui.coordination.wording import finish_text, scripts_text
from mv_desktop.ui.text import said, tr, tr_count
from mv_desktop.ui.theme import ColorRole, spacing
from mv_desktop.ui.widgets.deadline_text import longest_moment, moment
from mv_desktop.ui.widgets.keyed_model import KeyedModel, Sign
from mv_desktop.ui.widgets.keyed_table import KeyedTable
from mv_desktop.ui.widgets.sign_label import SignLabel
from mv_desktop.ui.widgets.tone_label import ToneLabel


class Column(IntEnum):
    """The columns of the moves, from the left."""

    TAKEN = 0
    DUE = 1
    SCRIPT = 2
    FROM = 3
    TO = 4
    BEFORE = 5
    AFTER = 6


MOVE_HEADINGS = ("Move", "Due", "Script", "From", "To", "Expected now", "Expected then")
LEFT_HEADINGS = ("Due", "Script", "Why it stays late")


class PlannedMove(NamedTuple):
    """A move of the proposal, in words."""

    key: EvaluationId
    due: str
    code: str
    came_from: str
    to: str
    before: str
    after: str
    late_before: bool
    started: bool


class LeftOver(NamedTuple):
    """What stays late, in words."""

    key: EvaluationId
    due: str
    code: str
    why: str


class PlanPanel(Panel):
    """Lists the moves, each of which can be left out, and below them what stays late.

    Signals:
        asked_again(bool): propose anew; True when started scripts may move, too.
    """

    asked_again = Signal(bool)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(tr("Move"), parent)
        self._proposal: Proposal | None = None
        self._look: Look | None = None
        self._left_out: set[EvaluationId] = set()
        self._moves = _MoveModel(self._left_out, self)
        self._rest = _RestModel(self)
        when = longest_moment()
        samples = ("", when, "WM-0W0", "Asha Krishnamurthy", "", when, when)
        self.table = KeyedTable(
            tr("Proposed moves"), self._moves, samples, Column.TO, self, signed=(Column.SCRIPT, Column.BEFORE)
        )
        self.table.space_pressed.connect(self.toggle)
        self.rest = KeyedTable(tr("What stays late"), self._rest, (when, "WM-0W0", ""), 2, self, many=False)
        self._effect = SignLabel(self)
        self._rest_title = ToneLabel("", "text", self, strong=True)
        self._started = QCheckBox(tr("Started scripts may move, too"), self)
        self._started.toggled.connect(self.asked_again)
        self._hint = QLabel(tr("Space leaves a move out, or takes it in again."), self)
        self._hint.setForegroundRole(self._hint.palette().ColorRole.PlaceholderText)
        below = QWidget(self)
        column = QVBoxLayout(below)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(spacing(1))
        column.addWidget(self._rest_title)
        column.addWidget(self.rest, 1)
        self._below = below
        split = QSplitter(Qt.Orientation.Vertical, self)
        split.setChildrenCollapsible(False)
        split.addWidget(self.table)
        split.addWidget(below)
        split.setStretchFactor(0, 3)
        split.setStretchFactor(1, 1)
        line = QHBoxLayout()
        line.setSpacing(spacing(6))
        line.addWidget(self._started)
        line.addWidget(self._hint, 1)
        self.body.addWidget(self._effect)
        self.body.addLayout(line)
        self.body.addWidget(split, 1)
        self.layout().setStretchFactor(self.body, 1)  # type: ignore[union-attr]

    # -- public ----------------------------------------------------------------------------------------------

    @property
    def ready(self) -> bool:
        return bool(self.moves)

    @property
    def moves(self) -> dict[EvaluationId, UserId | None]:
        """What is to move to whom."""
        if self._proposal is None:
            return {}
        taken = ((move.script.evaluation_id, move.to) for move in self._proposal.moves)
        return {key: to for key, to in taken if key not in self._left_out}

    @property
    def started_too(self) -> bool:
        """Started scripts may move."""
        return self._started.isChecked()

    def wait(self) -> None:
        """A proposal is being worked out."""
        self._proposal = None
        self._left_out.clear()
        self._say(tr("Looking for the fewest moves …"), tr("Move"))
        self._moves.begin_anew([])
        self._rest.begin_anew([])
        self._effect.say("", "")
        self.tell_ready()
        self._started.setFocus()

    def show_proposal(self, proposal: Proposal, look: Look) -> None:
        """Show what was found for this look of the board."""
        self._proposal, self._look = proposal, look
        self._left_out.clear()
        now, zone = look.board.read_at, look.board.school.calendar.hours.zone
        changes = {change.before.script.evaluation_id: change for change in proposal.preview.moved}
        moves = [
            PlannedMove(
                move.script.evaluation_id,
                moment(move.script.due, now, zone),
                evaluation_code(look, move.script.evaluation_id),
                name_of(look, move.script.teacher_id),
                name_of(look, move.to),
                finish_text(changes[move.script.evaluation_id].before, now, zone),
                finish_text(changes[move.script.evaluation_id].after, now, zone),
                changes[move.script.evaluation_id].before.at_risk,
                move.script.started,
            )
            for move in proposal.moves
        ]
        rest = [
            LeftOver(
                one.script.evaluation_id,
                moment(one.script.due, now, zone),
                evaluation_code(look, one.script.evaluation_id),
                said(one.why),
            )
            for one in proposal.uncleared
        ]
        self.table.show_others(moves)
        self.rest.show_others(rest)
        self._below.setVisible(bool(rest))
        self._rest_title.setText(
            tr_count("{count} script stays late", "{count} scripts stay late", len(rest)) if rest else ""
        )
        if moves:
            self.table.setFocus()
        self._tell()

    def toggle(self) -> None:
        """Leave the selected moves out, or take them in again."""
        chosen = {EvaluationId(key) for key in self.table.chosen}  # type: ignore[arg-type]
        if chosen <= self._left_out:
            self._left_out -= chosen
        else:
            self._left_out |= chosen
        self.table.show_rows(list(self._moves.rows))
        self._tell()

    # -- private ---------------------------------------------------------------------------------------------

    def _tell(self) -> None:
        moves, look = self.moves, self._look
        self._say(
            tr("Proposed: move {scripts}", scripts=scripts_text(len(moves))), tr("Move {count}", count=len(moves))
        )
        proposal = self._proposal
        if look is None or proposal is None:
            self._effect.say("", "")
        elif not proposal.moves:
            late = bool(proposal.uncleared)
            text = tr("No move makes anything better.") if late else tr("Everything will be in time.")
            self._effect.say("info" if late else "done", text)
        else:
            found = preview(look.board.school, moves)
            self._effect.say(effect_sign(found), " ".join(self._words(found, proposal)))
        self.tell_ready()

    def _words(self, found: Preview, proposal: Proposal) -> Iterator[str]:
        """What the moves do that are taken in, and whether fewer would do as much."""
        yield tr_count("{count} teacher has other work than now.", "{count} teachers have other work than now.",
                       len(found.teachers))  # fmt: skip
        yield tr("In time again: {scripts}.", scripts=scripts_text(len(found.cleared)))
        if found.newly_at_risk:
            yield tr("At risk by it: {scripts}.", scripts=scripts_text(len(found.newly_at_risk)))
        if proposal.least and not self._left_out:
            yield tr("No fewer moves clear as many.")


class _MoveModel(KeyedModel[PlannedMove]):
    def __init__(self, left_out: set[EvaluationId], parent: QWidget) -> None:
        super().__init__(MOVE_HEADINGS, (), parent)
        self._left_out = left_out

    def key(self, row: PlannedMove) -> Hashable:
        return row.key

    def text(self, row: PlannedMove, column: int) -> str:
        return ("", row.due, row.code, row.came_from, row.to, row.before, row.after)[column]

    def spoken(self, row: PlannedMove, column: int) -> str:
        if column == Column.TAKEN:
            return tr("left out") if row.key in self._left_out else tr("taken in")
        return self.text(row, column)

    def tip(self, row: PlannedMove, column: int) -> str:
        if row.started and column == Column.SCRIPT:
            return tr("Its teacher has begun it.")
        return self.text(row, column)

    def sign(self, row: PlannedMove, column: int) -> Sign | None:
        if column == Column.TAKEN:
            return Sign("minus", "muted") if row.key in self._left_out else Sign("check", "done")
        if column == Column.SCRIPT:
            return Sign("pen", "accent") if row.started else Sign("page", "muted")
        if column == Column.BEFORE and row.late_before:
            return Sign("warning", "danger")
        return None

    def color(self, row: PlannedMove, column: int) -> ColorRole | None:
        if row.key in self._left_out:
            return "muted"
        return "danger" if column == Column.BEFORE and row.late_before else None


class _RestModel(KeyedModel[LeftOver]):
    def __init__(self, parent: QWidget) -> None:
        super().__init__(LEFT_HEADINGS, (), parent)

    def key(self, row: LeftOver) -> Hashable:
        return row.key

    def text(self, row: LeftOver, column: int) -> str:
        return (row.due, row.code, row.why)[column]

    def tip(self, row: LeftOver, column: int) -> str:
        return self.text(row, column)
