"""The scripts of the board: when each is due, who has it, when it is expected to be finished, and why no earlier."""

from __future__ import annotations

from collections.abc import Hashable, Iterable
from datetime import UTC, datetime
from enum import IntEnum
from typing import NamedTuple

from PySide6.QtCore import QObject

from mv_desktop.domain.board_look import Look
from mv_desktop.domain.board_state import WaitingEntry
from mv_desktop.domain.evaluation import script_code
from mv_desktop.domain.forecast import Expected
from mv_desktop.domain.identifier import EvaluationId, ExamInstanceId, UserId
from mv_desktop.ui.coordination.wording import NOBODY, finish_text, reason_text
from mv_desktop.ui.text import tr
from mv_desktop.ui.theme import ColorRole
from mv_desktop.ui.widgets.deadline_text import duration, moment
from mv_desktop.ui.widgets.exam_type_text import exam_type_text
from mv_desktop.ui.widgets.keyed_model import KeyedModel, Sign


class Column(IntEnum):
    """The columns, from the left."""

    DUE = 0
    SCRIPT = 1
    TEACHER = 2
    FINISH = 3
    WHY = 4


HEADINGS = ("Due", "Script", "Teacher", "Expected", "Why")
SAMPLES = ("Mon 00 Sep 00:00", "WM-0W0", "Devika Krishna", "Mon 00 Sep 00:00", "")
"""The longest words of each column."""


class ScriptRow(NamedTuple):
    """A script on the board.

    Attributes:
        key: the evaluation, or the exam of what nobody ever had.
        entry: what is expected of it; None of what nobody ever had, of which `waiting` is known.
    """

    key: EvaluationId | ExamInstanceId
    entry: Expected | None
    waiting: WaitingEntry | None = None

    @property
    def due(self) -> datetime:
        """Its deadline."""
        if self.entry is not None:
            return self.entry.script.due
        return datetime.max.replace(tzinfo=UTC) if self.waiting is None else self.waiting.due


def script_rows(entries: Iterable[Expected], waiting: Iterable[WaitingEntry] = ()) -> list[ScriptRow]:
    """Rows in the order of the deadlines."""
    rows = [ScriptRow(entry.script.evaluation_id, entry) for entry in entries]
    late = [ScriptRow(entry.exam_instance_id, None, entry) for entry in waiting]
    return sorted((*rows, *late), key=lambda row: (row.due, row.key.int)) if late else rows


class ScriptModel(KeyedModel[ScriptRow]):
    """Says what it knows of the look it was told last."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(HEADINGS, (), parent)
        self._look: Look | None = None

    def tell(self, look: Look) -> None:
        """Speak of this from now on."""
        self._look = look

    def key(self, row: ScriptRow) -> Hashable:
        return row.key

    def text(self, row: ScriptRow, column: int) -> str:
        look = self._look
        if look is None:
            return ""
        now, zone = look.board.read_at, look.board.school.calendar.hours.zone
        match column:
            case Column.DUE:
                return moment(row.due, now, zone)
            case Column.SCRIPT:
                return code_of(look, row)
            case Column.TEACHER:
                return teacher_of(look, row)
            case Column.FINISH:
                return "–" if row.entry is None else finish_text(row.entry, now, zone)
        return tr("Waits for its first teacher") if row.entry is None else self._why(row.entry, look)

    def tip(self, row: ScriptRow, column: int) -> str:
        del column  # of the whole script, wherever one asks
        look = self._look
        if look is None:
            return ""
        lines = [f"{code_of(look, row)} · {_paper(look, row)}", self.text(row, Column.WHY)]
        if row.entry is not None:
            lines.append(tr("Due {due}", due=self.text(row, Column.DUE)))
            if row.entry.place:
                lines.append(tr("Expected to be finished {when}", when=self.text(row, Column.FINISH)))
            if look.board.school.script[row.entry.script.evaluation_id].started:
                lines.append(tr("Its teacher has begun it."))
        return "\n".join(lines)

    def spoken(self, row: ScriptRow, column: int) -> str:
        words = {True: tr("Overdue"), False: tr("At risk")}
        if column == Column.DUE and row.entry is not None and (row.entry.late or row.entry.at_risk):
            return f"{words[row.entry.late]}, {self.text(row, column)}"
        return self.text(row, column)

    def sign(self, row: ScriptRow, column: int) -> Sign | None:
        look, entry = self._look, row.entry
        if look is None:
            return None
        if column == Column.DUE:
            if row.due < look.board.read_at:
                return Sign("flag", "danger")
            return Sign("warning", "danger") if entry is not None and entry.at_risk else Sign("clock", "muted")
        if column == Column.SCRIPT and entry is not None:
            begun = look.board.school.script[entry.script.evaluation_id].started
            return Sign("pen", "accent") if begun else Sign("page", "muted")
        return Sign("page", "muted") if column == Column.SCRIPT else None

    def color(self, row: ScriptRow, column: int) -> ColorRole | None:
        entry = row.entry
        if column == Column.DUE and self._look is not None and row.due < self._look.board.read_at:
            return "danger"
        if column == Column.FINISH and entry is not None and entry.at_risk:
            return "danger"
        return "muted" if column == Column.WHY else None

    def _why(self, entry: Expected, look: Look) -> str:
        key = entry.script.evaluation_id
        held = look.board.entries[key].held
        if held == "withdrawn":
            return tr("Withdrawn: nobody marks it until it is released")
        if held == "handed_back":
            return tr("Handed back, {work} of work", work=duration(entry.script.work))
        return reason_text(entry)


def code_of(look: Look, row: ScriptRow) -> str:
    """The code that stands for the student."""
    if row.entry is None:
        return script_code(row.key)
    return evaluation_code(look, row.entry.script.evaluation_id)


def evaluation_code(look: Look, key: EvaluationId) -> str:
    """The code of an open script."""
    return script_code(look.board.entries[key].exam_instance_id)


def teacher_of(look: Look, row: ScriptRow) -> str:
    """Who has it; of what is in the pool, nobody."""
    if row.entry is None:
        return tr(NOBODY)
    return name_of(look, look.board.school.script[row.entry.script.evaluation_id].teacher_id)


def name_of(look: Look, teacher: UserId | None) -> str:
    """A teacher's name; nobody's for None."""
    return tr(NOBODY) if teacher is None else look.board.teachers[teacher].name


def _paper(look: Look, row: ScriptRow) -> str:
    if row.waiting is not None:
        return f"{tr('Class')} {row.waiting.class_name} · {exam_type_text(row.waiting.exam_type.value)}"
    script = look.board.school.script[EvaluationId(row.key)]
    return f"{tr('Class')} {script.class_name} · {exam_type_text(script.exam_type.value)}"
