"""A line for each teacher: her work against her time, what is due when, and whether she is there."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from datetime import UTC, datetime, timedelta, tzinfo
from enum import IntEnum
from functools import partial

from PySide6.QtCore import QObject

from mv_desktop.domain.board_view import TeacherRow
from mv_desktop.domain.exam import ExamType
from mv_desktop.ui.coordination.wording import outlook_text, seen_text, state_text, work_text
from mv_desktop.ui.text import tr, tr_count
from mv_desktop.ui.theme import ColorRole
from mv_desktop.ui.widgets.deadline_text import duration, longest_moment
from mv_desktop.ui.widgets.exam_type_text import exam_type_text
from mv_desktop.ui.widgets.keyed_model import Bar, KeyedModel, Sign


class Column(IntEnum):
    """The columns, from the left."""

    NAME = 0
    WORK = 1
    OVERDUE = 2
    TODAY = 3
    TOMORROW = 4
    LATER = 5
    RISK = 6
    PACE = 7
    SEEN = 8


HEADINGS = ("Teacher", "Work (h)", "Overdue", "Today", "Tomorrow", "Later", "At risk", "Pace", "Seen")

_BANDS: dict[Column, ColorRole] = {
    Column.OVERDUE: "danger",
    Column.TODAY: "soon",
    Column.TOMORROW: "accent",
    Column.LATER: "muted",
}
_FIGURES = (Column.WORK, *_BANDS, Column.RISK, Column.PACE, Column.SEEN)


class TeacherModel(KeyedModel[TeacherRow]):
    """Bars are as long as the longest of their kind, so that queues can be compared down the column."""

    def __init__(self, zone: tzinfo, parent: QObject | None = None) -> None:
        super().__init__(HEADINGS, _FIGURES, parent)
        self._zone = zone
        self._now = datetime.min.replace(tzinfo=UTC)
        self._most = 1

    def tell(self, now: datetime, zone: tzinfo, most: int) -> None:
        """Say moments as at `now`; a bar of `most` scripts is full."""
        self._now, self._zone, self._most = now, zone, max(1, most)

    def key(self, row: TeacherRow) -> Hashable:
        return row.user_id

    def text(self, row: TeacherRow, column: int) -> str:
        match column:
            case Column.NAME:
                return row.name
            case Column.WORK:
                return work_text(row.outlook, row.left)
            case Column.RISK:
                return _count(row.outlook.at_risk)
            case Column.PACE:
                return duration(row.pace[ExamType.BOARD_EXAM])
            case Column.SEEN:
                return seen_text(row.last_seen, self._now, self._zone)
        return _count(_band(row, column))

    def tip(self, row: TeacherRow, column: int) -> str:
        if column == Column.PACE:
            lines = (f"{exam_type_text(kind.value)}: {duration(pace)}" for kind, pace in row.pace.items())
            return "\n".join((tr("So long she is expected to take for a script:"), *lines))
        started = tr_count("{count} begun", "{count} begun", row.started) if row.started else ""
        seen = ", ".join(
            f"{tr(HEADINGS[at])}: {self.text(row, at)}" for at in (Column.PACE, Column.SEEN)
        )  # there may be no room for these columns
        said = (row.name, state_text(row), outlook_text(row.outlook, self._now, self._zone), started, seen)
        return "\n".join(line for line in said if line)

    def spoken(self, row: TeacherRow, column: int) -> str:
        if column == Column.NAME:
            return " ".join(filter(None, (row.name, state_text(row))))
        return self.text(row, column) or "0"

    def sign(self, row: TeacherRow, column: int) -> Sign | None:
        if column == Column.NAME:
            if not row.marks:
                return Sign("lock", "danger")
            return Sign("close", "soon") if row.away else Sign("person", "muted")
        if column == Column.RISK and row.outlook.at_risk:
            return Sign("warning", "danger")
        if column == Column.OVERDUE and row.bands.breached:
            return Sign("flag", "danger")
        return None

    def bar(self, row: TeacherRow, column: int) -> Bar | None:
        if column == Column.WORK:
            if not row.outlook.work:
                return None
            share = row.outlook.work / row.left if row.left > timedelta() else 1.0
            return Bar(share, "danger" if share > 1 or not row.left else "soon" if share > 0.8 else "done")
        role = _BANDS.get(Column(column))
        return None if role is None else Bar(_band(row, column) / self._most, role)

    def color(self, row: TeacherRow, column: int) -> ColorRole | None:
        if column == Column.NAME:
            return None if row.marks and not row.away else "muted"
        if column == Column.RISK or (column == Column.OVERDUE and row.bands.breached):
            return "danger"
        return "muted" if column in {Column.SEEN, Column.PACE} else None


def samples() -> tuple[str, ...]:
    """The longest words of each column, in the language spoken."""
    work = tr("{work} of {time}", work="00:00", time="000:00")
    pace = duration(timedelta(minutes=50))
    return "Subhash Chattopadhyay", work, "0000", "000", "000", "000", "0000", pace, longest_moment()


def ordered(rows: Sequence[TeacherRow], column: int) -> list[TeacherRow]:
    """Rows by what stands in a column, the most first; by their names, as they come, for the first one."""
    values: dict[int, Callable[[TeacherRow], float]] = {
        Column.WORK: lambda row: row.outlook.work / row.left if row.left else row.outlook.work.total_seconds(),
        Column.RISK: lambda row: row.outlook.at_risk,
        Column.PACE: lambda row: row.pace[ExamType.BOARD_EXAM].total_seconds(),
        Column.SEEN: lambda row: float("-inf") if row.last_seen is None else row.last_seen.timestamp(),
    }
    value = partial(_band, column=column) if column in _BANDS else values.get(column)
    return list(rows) if value is None else sorted(rows, key=value, reverse=True)


def most_due(rows: Sequence[TeacherRow]) -> int:
    """The longest bar there is."""
    return max((max(_band(row, column) for column in _BANDS) for row in rows), default=1)


def _band(row: TeacherRow, column: int) -> int:
    bands = row.bands
    return {
        Column.OVERDUE: bands.breached,
        Column.TODAY: bands.today,
        Column.TOMORROW: bands.tomorrow,
        Column.LATER: bands.later,
    }[Column(column)]


def _count(number: int) -> str:
    return str(number) if number else ""
