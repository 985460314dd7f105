"""A school in memory, as who coordinates sees and moves it."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

from mv_desktop.core.errors import ConflictError, OfflineError
from mv_desktop.domain.absence import refusal
from mv_desktop.domain.assignment import Marker
from mv_desktop.domain.board import BoardScript, School
from mv_desktop.domain.board_look import Look, look_at
from mv_desktop.domain.board_state import Board, Entry, WaitingEntry
from mv_desktop.domain.board_view import BoardTeacher
from mv_desktop.domain.exam import ExamType
from mv_desktop.domain.identifier import EvaluationId, ExamInstanceId, UserId
from mv_desktop.domain.move import MovedScript, MovedScripts, MoveError, WantedMove
from mv_desktop.domain.sla import Holiday, WorkCalendar, WorkingHours
from mv_desktop.domain.workload import Paces

NOW = datetime(2026, 7, 15, 4, 30, tzinfo=UTC)
"""A Wednesday, 10:00 at the school."""

CALENDAR = WorkCalendar(WorkingHours(), [Holiday(date(2026, 7, 17), "Rath Yatra")])
_NAMES = (
    "Asha Rao",
    "Bina Das",
    "Charulata Venkataraghavan-Krishnamurthy",
    "Devika Iyer",
    "अनुराधा चक्रवर्ती",
    "Farida Khan",
    "Gita Nair",
    "Hema Pillai",
)


def teacher_id(number: int) -> UserId:
    """The teacher of that number, from 1."""
    return UserId(UUID(int=number))


def script_id(number: int) -> EvaluationId:
    """The script of that number, from 1."""
    return EvaluationId(UUID(int=10_000 + number))


def exam_id(number: int) -> ExamInstanceId:
    """Its exam."""
    return ExamInstanceId(UUID(int=(0x7A3F_91C5_0000_0000 << 64) + number * 7919))


class FakeBoardPlace:
    """A `BoardPlace`.

    Attributes:
        reachable: False cuts the network.
        answers: False cuts it once, after the next move.
        reasons: what was given for each change, in order.
        looks: how often it was asked.
        fetched: what lies on computers.
    """

    def __init__(self, teachers: int = 8, scripts: int = 40, seed: int = 1) -> None:
        chance = random.Random(seed)
        self.now = NOW
        self.reachable = self.answers = True
        self.looks = 0
        self.reasons: list[str] = []
        self.fetched: dict[EvaluationId, datetime] = {}
        self.waiting: tuple[WaitingEntry, ...] = ()
        self.teachers = {
            teacher_id(n): BoardTeacher(
                teacher_id(n),
                _NAMES[n - 1] if n <= len(_NAMES) else f"{_NAMES[n % 8].split()[0]} {n}",
                True,
                NOW - timedelta(minutes=n * n),
            )
            for n in range(1, teachers + 1)
        }
        self.markers = {key: Marker(key) for key in self.teachers}
        self.scripts: dict[EvaluationId, BoardScript] = {}
        self.entries: dict[EvaluationId, Entry] = {}
        for number in range(1, scripts + 1):
            holder = teacher_id(1 + chance.randrange(teachers))
            self.add(number, holder, timedelta(hours=chance.uniform(-1, 60)), started=chance.random() < 0.15)

    def add(self, number: int, holder: UserId | None, due: timedelta, *, started: bool = False) -> EvaluationId:
        """A script that is due so long from now."""
        key = script_id(number)
        kind = ExamType.BOARD_EXAM if number % 3 else ExamType.SECTION_SA
        student = UserId(UUID(int=900_000 + number))
        self.scripts[key] = BoardScript(key, holder, "XII", kind, self.now + due, student, started)
        held = "handed_back" if holder is None else None
        reason = "" if holder else "The pages are\nupside down"
        self.entries[key] = Entry(exam_id(number), 1, holder or teacher_id(1), held, reason)
        return key

    def wait(self, number: int, due: timedelta) -> ExamInstanceId:
        """A script that nobody ever had."""
        found = WaitingEntry(exam_id(number), "XII", ExamType.BOARD_EXAM, self.now, self.now + due, 48, True)
        self.waiting = (*self.waiting, found)
        return found.exam_instance_id

    def give(self, key: EvaluationId, holder: UserId | None) -> None:
        """Somebody moves a script."""
        self.scripts[key] = self.scripts[key]._replace(teacher_id=holder, started=False)
        entry = self.entries[key]
        self.entries[key] = entry._replace(
            assignment_version=entry.assignment_version + 1, held=None if holder else "handed_back"
        )

    # -- the place -------------------------------------------------------------------------------------------

    def look(self) -> Look:
        self._reach()
        self.looks += 1
        school = School(tuple(self.scripts.values()), tuple(self.markers.values()), Paces(), CALENDAR, self.now)
        board = Board(school, dict(self.teachers), dict(self.entries), self.looks, self.now, self.now)
        return look_at(board, self.waiting)

    def fetched_at(self, evaluations: Sequence[EvaluationId]) -> Mapping[EvaluationId, datetime]:
        self._reach()
        return {key: at for key, at in self.fetched.items() if key in evaluations}

    def move(
        self, moves: Sequence[WantedMove], given: Sequence[tuple[WaitingEntry, UserId]], reason: str
    ) -> MovedScripts | None:
        self._reach()
        faults = {
            move.evaluation_id: ConflictError("Bina Das moved this script a moment ago.")
            for move in moves
            if self.entries[move.evaluation_id].assignment_version != move.assignment_version
        }
        if faults:
            raise MoveError(faults)
        self.reasons.append(reason)
        done = []
        for entry, teacher in given:
            number = (entry.exam_instance_id.int - exam_id(0).int) // 7919
            key = self.add(number, teacher, entry.due - self.now)
            done.append(MovedScript(key, 1, None, teacher))
        self.waiting = tuple(entry for entry in self.waiting if entry not in [one for one, _ in given])
        for move in moves:
            before = self.scripts[move.evaluation_id].teacher_id
            self.give(move.evaluation_id, move.to)
            version = self.entries[move.evaluation_id].assignment_version
            done.append(MovedScript(move.evaluation_id, version, before, move.to))
        answers, self.answers = self.answers, True
        if not answers:
            raise OfflineError("The server stopped answering.")
        return MovedScripts(UUID(int=len(self.reasons)), tuple(done)) if done else None

    def move_back(self, moved: MovedScripts, reason: str) -> MovedScripts:
        moves = [WantedMove(one.evaluation_id, one.assignment_version, one.came_from) for one in moved.scripts]
        back = self.move(moves, (), reason)
        assert back is not None
        return back

    def call_in_sick(self, teacher: UserId, return_day: date, reason: str) -> None:
        self._reach()
        today = self.now.astimezone(CALENDAR.hours.zone).date()
        if self.markers[teacher].away:
            raise refusal("overlaps", *self.markers[teacher].away[0], own=False)
        self.reasons.append(reason)
        self.markers[teacher] = replace(self.markers[teacher], away=((today, return_day),))

    def call_back(self, teacher: UserId, reason: str) -> None:
        self._reach()
        self.reasons.append(reason)
        self.markers[teacher] = replace(self.markers[teacher], away=())

    def _reach(self) -> None:
        if not self.reachable:
            raise OfflineError("The server cannot be reached.", remedy="The program tries again by itself.")
