"""The scripts of the board: when each is due, who has it, when it is expected to be finished, and why no earlier."""

from __future__ import annotations

from bisect import insort
from collections.abc import Hashable, Iterable, Sequence
from datetime import datetime, timedelta
from enum import IntEnum

from PySide6.QtCore import QObject

from mv_desktop.domain.board_look import Look
from mv_desktop.domain.board_state import WaitingEntry
from mv_desktop.domain.evaluation import script_code
from mv_desktop.domain.forecast import Expected
from mv_desktop.domain.identifier import EvaluationId, ExamInstanceId, UserId
from mv_desktop.ui.coordination.wording import NOBODY, finish_text, reason_text
from mv_desktop.ui.text import tr
from mv_desktop.ui.theme import ColorRole
from mv_desktop.ui.widgets.deadline_text import duration, longest_moment, moment, whole_moment
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


def samples() -> tuple[str, ...]:
    """The longest words of each column, in the language spoken."""
    work = duration(timedelta(hours=5, minutes=50))
    why = tr("No. {place} in the queue, {work} of work before it", place=10, work=work)
    return longest_moment(), "WM-0W0", "Devika Krishna", longest_moment(), why


ScriptRow = Expected | WaitingEntry
"""A script on the board: what is expected of it, or what is known of one that nobody ever had."""


def key_of(row: ScriptRow) -> EvaluationId | ExamInstanceId:
    """The evaluation, or the exam of what nobody ever had."""
    return row.script.evaluation_id if isinstance(row, Expected) else row.exam_instance_id


def due_of(row: ScriptRow) -> datetime:
    """Its deadline."""
    return row.script.due if isinstance(row, Expected) else row.due


def script_rows(entries: Sequence[Expected], waiting: Iterable[WaitingEntry] = ()) -> Sequence[ScriptRow]:
    """Rows in the order of the deadlines, in which both come; nothing is copied where nothing waits."""
    late = tuple(waiting)
    if not late:
        return entries
    rows: list[ScriptRow] = list(entries)
    for entry in late:
        insort(rows, entry, key=_by_due)
    return rows


class ScriptModel(KeyedModel[ScriptRow]):
    """Says what it knows of the look it was told last."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(HEADINGS, (), parent)
        self._look: Look | None = None

    def tell(self, look: Look) -> None:
        """Speak of this from now on."""
        self._look = look

    def key(self, row: ScriptRow) -> Hashable:
        return key_of(row)

    def text(self, row: ScriptRow, column: int) -> str:
        look = self._look
        if look is None:
            return ""
        now, zone = look.board.read_at, look.board.school.calendar.hours.zone
        match column:
            case Column.DUE:
                return moment(due_of(row), now, zone)
            case Column.SCRIPT:
                return code_of(look, row)
            case Column.TEACHER:
                return teacher_of(look, row)
            case Column.FINISH:
                return finish_text(row, now, zone) if isinstance(row, Expected) else "–"
        return self._why(row, look) if isinstance(row, Expected) else tr("Waits for its first teacher")

    def tip(self, row: ScriptRow, column: int) -> str:
        del column  # of the whole script, wherever one asks
        return "\n".join(self._known(row, whole=True))

    def line(self, row: ScriptRow) -> str:
        """All that is known of a script, in a line."""
        return " · ".join(self._known(row))

    def spoken(self, row: ScriptRow, column: int) -> str:
        words = {True: tr("Overdue"), False: tr("At risk")}
        if column == Column.DUE and isinstance(row, Expected) and (row.late or row.at_risk):
            return f"{words[row.late]}, {self.text(row, column)}"
        return self.text(row, column)

    def sign(self, row: ScriptRow, column: int) -> Sign | None:
        look = self._look
        if look is None:
            return None
        if column == Column.DUE:
            if due_of(row) < look.board.read_at:
                return Sign("flag", "danger")
            return Sign("warning", "danger") if isinstance(row, Expected) and row.at_risk else Sign("clock", "muted")
        if column == Column.SCRIPT and isinstance(row, Expected):
            begun = look.board.school.script[row.script.evaluation_id].started
            return Sign("pen", "accent") if begun else Sign("page", "muted")
        return Sign("page", "muted") if column == Column.SCRIPT else None

    def color(self, row: ScriptRow, column: int) -> ColorRole | None:
        if column == Column.DUE and self._look is not None and due_of(row) < self._look.board.read_at:
            return "danger"
        if column == Column.FINISH and isinstance(row, Expected) and row.at_risk:
            return "danger"
        return "muted" if column == Column.WHY else None

    def _known(self, row: ScriptRow, *, whole: bool = False) -> list[str]:
        """What there is to say; moments as one says them today, or `whole`."""
        look = self._look
        if look is None:
            return []
        lines = [code_of(look, row), _paper(look, row), self.text(row, Column.WHY)]
        zone = look.board.school.calendar.hours.zone
        due = whole_moment(due_of(row), zone) if whole else self.text(row, Column.DUE)
        if isinstance(row, Expected):
            lines.append(tr("Due {due}", due=due))
            if row.place:
                finish = self.text(row, Column.FINISH)
                if whole and row.finish is not None:
                    finish = whole_moment(row.finish, zone)
                lines.append(tr("Expected to be finished {when}", when=finish))
            if look.board.school.script[row.script.evaluation_id].started:
                lines.append(tr("Its teacher has begun it."))
        elif whole:
            lines.append(tr("Due {due}", due=due))
        return lines

    def _why(self, entry: Expected, look: Look) -> str:
        known = look.board.entries[entry.script.evaluation_id]
        if known.held == "withdrawn":
            return tr("Withdrawn until it is released: {reason}", reason=" ".join(known.reason.split()))
        if known.held == "handed_back":
            reason = " ".join(known.reason.split())
            return tr("Handed back: {reason} · {work} of work", reason=reason, work=duration(entry.script.work))
        return reason_text(entry)


def code_of(look: Look, row: ScriptRow) -> str:
    """The code that stands for the student."""
    if isinstance(row, Expected):
        return evaluation_code(look, row.script.evaluation_id)
    return script_code(row.exam_instance_id)


def evaluation_code(look: Look, key: EvaluationId) -> str:
    """The code of an open script."""
    return script_code(look.board.entries[key].exam_instance_id)


def teacher_of(look: Look, row: ScriptRow) -> str:
    """Who has it; of what is in the pool, nobody."""
    if isinstance(row, Expected):
        return name_of(look, look.board.school.script[row.script.evaluation_id].teacher_id)
    return tr(NOBODY)


def name_of(look: Look, teacher: UserId | None) -> str:
    """A teacher's name; nobody's for None."""
    return tr(NOBODY) if teacher is None else look.board.teachers[teacher].name


def _paper(look: Look, row: ScriptRow) -> str:
    of = look.board.school.script[row.script.evaluation_id] if isinstance(row, Expected) else row
    return f"{tr('Class')} {of.class_name} · {exam_type_text(of.exam_type.value)}"


def _by_due(row: ScriptRow) -> tuple[datetime, int]:
    return due_of(row), key_of(row).int
