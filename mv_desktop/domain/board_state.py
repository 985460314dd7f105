"""The board as it was read from the server: everything open at one moment, and what has changed since."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from mv_desktop.domain.board import School
from mv_desktop.domain.board_view import BoardTeacher
from mv_desktop.domain.exam import ExamType
from mv_desktop.domain.identifier import EvaluationId, ExamInstanceId, UserId


class Entry(NamedTuple):
    """What the board knows of an open script beside what the rules need.

    Attributes:
        exam_instance_id: for its code.
        assignment_version: to be named when it is moved.
        last_teacher: who has it, or had it last.
        held: why nobody marks it: "handed_back" (it is in the pool) or "withdrawn"; None while somebody does.
        reason: what whoever gave it back, put it there or withdrew it wrote; "" while somebody marks it.
    """

    exam_instance_id: ExamInstanceId
    assignment_version: int
    last_teacher: UserId
    held: str | None = None
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Board:
    """Everything open, at one moment.

    Attributes:
        school: for the rules.
        teachers: who marks, and whoever has open work besides, by id.
        entries: more of each script in `school`.
        mark: up to where it was read; for `refreshed`.
        paces_at: when it was read how long teachers take.
        read_at: when, by the server's clock.
    """

    school: School
    teachers: Mapping[UserId, BoardTeacher]
    entries: Mapping[EvaluationId, Entry]
    mark: int
    read_at: datetime
    paces_at: datetime


@dataclass(frozen=True, slots=True)
class WaitingEntry:
    """A script that nobody ever had: its sheets are there, and the worker found nobody for it, or was not there.

    Attributes:
        due: its deadline, aware.
        sla_hours: what was promised; those without a plan are promised the longest.
        has_plan: the student had a plan on the day.
    """

    exam_instance_id: ExamInstanceId
    class_name: str
    exam_type: ExamType
    received: datetime
    due: datetime
    sla_hours: int
    has_plan: bool


@dataclass(frozen=True, slots=True)
class Refreshed:
    """A board that was brought up to date.

    Attributes:
        changed: the scripts that came, went, or are otherwise than before.
        rest: people, absences, limits, working hours or what waits for a first teacher may have changed, too.
        whole: all of it was read again, because too much had happened or too long ago.
    """

    board: Board
    changed: frozenset[EvaluationId] = frozenset()
    rest: bool = False
    whole: bool = False

    @property
    def is_new(self) -> bool:
        """There is something to be shown."""
        return self.whole or self.rest or bool(self.changed)
