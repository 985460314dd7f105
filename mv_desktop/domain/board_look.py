"""What a coordinator looks at: the board with what is expected of each script, kept up to date at little cost."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import cached_property
from uuid import UUID

from mv_desktop.domain.board_state import Board, Refreshed, WaitingEntry
from mv_desktop.domain.board_view import TeacherRow, at_risk, by_name, teacher_rows
from mv_desktop.domain.evaluation import script_code
from mv_desktop.domain.forecast import Expected, in_queue
from mv_desktop.domain.identifier import EvaluationId, UserId

BOARD_SCHEMA = "030"
"""From this revision on the server knows all that the board asks."""

RENEWED_EVERY = timedelta(minutes=1)
"""So old may be what is expected of queues of which nothing has changed: time goes on for them, too."""


@dataclass(frozen=True)
class Look:
    """The board and what it means.

    Attributes:
        board: as it was read.
        waiting: what nobody ever had, in the order of the deadlines.
        expected: of each open script.
        teachers: a line for each, in the order of their names.
        whole_at: when all of it was computed last; what has changed since was computed since.
        known: codes that were worked out; each look goes on with those of the look before it.
    """

    board: Board
    waiting: tuple[WaitingEntry, ...]
    expected: Mapping[EvaluationId, Expected]
    teachers: tuple[TeacherRow, ...]
    whole_at: datetime
    known: dict[UUID, str] = field(default_factory=dict, repr=False, compare=False)

    @cached_property
    def codes(self) -> Mapping[UUID, str]:
        """The code of each open script and of what waits, in small letters; kept from look to look."""
        known = self.known
        for key, entry in self.board.entries.items():
            if key not in known:
                known[key] = script_code(entry.exam_instance_id).casefold()
        for waits in self.waiting:
            known[waits.exam_instance_id] = script_code(waits.exam_instance_id).casefold()
        return known

    @cached_property
    def teacher(self) -> Mapping[UserId, TeacherRow]:
        """The lines by who they are of."""
        return {row.user_id: row for row in self.teachers}

    @cached_property
    def by_due(self) -> tuple[Expected, ...]:
        """All open scripts, in the order of the deadlines."""
        return tuple(sorted(self.expected.values(), key=lambda entry: in_queue(entry.script)))

    @cached_property
    def at_risk(self) -> tuple[Expected, ...]:
        """What will be late, in the order in which it will be; without what is withdrawn, which nobody can clear."""
        return at_risk(entry for entry in self.expected.values() if entry.at_risk and not self._withdrawn(entry))

    @cached_property
    def overdue(self) -> tuple[Expected, ...]:
        """What is late, longest first."""
        return tuple(entry for entry in self.by_due if entry.late)

    @cached_property
    def in_pool(self) -> tuple[Expected, ...]:
        """What is in nobody's hands: handed back, withdrawn, or in the queue of somebody who marks no more."""
        return tuple(entry for entry in self.by_due if not entry.place)

    def prepared(self) -> Look:
        """The same, with all that a screen shows at once worked out now: here, where nobody waits."""
        for name in ("teacher", "by_due", "at_risk", "overdue", "in_pool"):
            getattr(self, name)
        return self

    def of(self, teacher: UserId) -> tuple[Expected, ...]:
        """One teacher's open scripts, in the order of the deadlines."""
        script = self.board.school.script
        return tuple(entry for entry in self.by_due if script[entry.script.evaluation_id].teacher_id == teacher)

    def _withdrawn(self, entry: Expected) -> bool:
        return self.board.school.script[entry.script.evaluation_id].withdrawn


def look_at(board: Board, waiting: tuple[WaitingEntry, ...], known: dict[UUID, str] | None = None) -> Look:
    """All of it, going on with the codes of an earlier look."""
    school = board.school
    expected = school.expected(school.scripts)
    rows = teacher_rows(school, board.teachers.values(), expected)
    by_id = {entry.script.evaluation_id: entry for entry in expected}
    return Look(board, waiting, by_id, rows, board.read_at, {} if known is None else known)


def look_again(before: Look, news: Refreshed, waiting: tuple[WaitingEntry, ...]) -> Look:
    """The board as it is now: only the queues that changed are computed, and once a minute all.

    Returns:
        `before` itself when there is nothing new to see; the next question starts from `news.board` all the same.
    """
    stale = news.board.read_at - before.whole_at >= RENEWED_EVERY
    if news.whole or news.rest or stale:
        return look_at(news.board, waiting, before.known)
    if not news.changed:
        return before if waiting == before.waiting else replace(before, board=news.board, waiting=waiting)
    return _changed(before, news, waiting)


def _changed(before: Look, news: Refreshed, waiting: tuple[WaitingEntry, ...]) -> Look:
    school, old = news.board.school, before.board.school
    touched = {one.script[key].teacher_id for one in (old, school) for key in news.changed if key in one.script}
    concerned = {key: school.script[key] for key in news.changed if key in school.script}
    concerned |= {s.evaluation_id: s for s in school.scripts if s.teacher_id in touched and s.teacher_id is not None}
    fresh = school.expected(concerned.values())
    expected = {key: entry for key, entry in before.expected.items() if key in school.script}
    expected |= {entry.script.evaluation_id: entry for entry in fresh}
    teachers = news.board.teachers
    again = [teacher for user, teacher in teachers.items() if user in touched]
    rows = {row.user_id: row for row in before.teachers if row.user_id in teachers}
    rows |= {row.user_id: row for row in teacher_rows(school, again, fresh)}
    return Look(news.board, waiting, expected, by_name(rows.values()), before.whole_at, before.known)
