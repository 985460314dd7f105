"""The board, read from the server by who coordinates: everybody's open work, and what has changed since.

A few queries, however many scripts there are. What it means is computed by `domain/board.py` and `domain/rebalance.py`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.orm import Session

from mv_desktop.domain.assignment import Marker
from mv_desktop.domain.board import BoardScript, School
from mv_desktop.domain.board_state import Board, Entry, Refreshed, WaitingEntry
from mv_desktop.domain.board_view import BoardTeacher
from mv_desktop.domain.exam import ExamType
from mv_desktop.domain.identifier import EvaluationId, UserId
from mv_desktop.domain.sla import WorkCalendar
from mv_desktop.services.assignment_round import NO_PLAN_HOURS
from mv_desktop.services.deadline import server_calendar
from mv_desktop.services.forecast import away_spans, paces
from mv_desktop.services.moment import moment

PACES_EVERY = timedelta(minutes=10)
"""How long teachers take is read again so often: a median of fifty scripts hardly moves with one more, and reading all
of them may take a second."""


def read_board(session: Session) -> Board:
    """All of it.

    Args:
        session: of somebody who coordinates, or an admin.

    Raises:
        NotAllowedError: the caller is neither.
    """
    return _whole(session, _changes(session, None, None))


def refreshed(session: Session, board: Board) -> Refreshed:
    """The board as it is now; cheap when little has changed, so that it can be asked every second.

    Raises:
        NotAllowedError: the caller does not coordinate any more.
    """
    answer = _changes(session, board.mark, board.read_at)
    if answer.get("stale"):
        return Refreshed(_whole(session, answer), whole=True)
    keys = [EvaluationId(UUID(key)) for key in answer["scripts"]]
    mark, at = answer["mark"], moment(answer["at"])
    if not keys and not answer["rest"]:
        return Refreshed(replace(board, mark=mark, read_at=at))
    scripts = dict(board.school.script)
    entries = dict(board.entries)
    for key in keys:
        scripts.pop(key, None)
        entries.pop(key, None)
    for script, entry in _scripts(session, keys):
        scripts[script.evaluation_id] = script
        entries[script.evaluation_id] = entry
    changed = frozenset(
        key
        for key in keys
        if (scripts.get(key), entries.get(key)) != (board.school.script.get(key), board.entries.get(key))
    )
    calendar = server_calendar(session) if answer["rest"] else board.school.calendar
    teachers, markers = _people(session, at.astimezone(calendar.hours.zone).date())
    known, known_at = board.school.paces, board.paces_at
    if at - known_at >= PACES_EVERY:
        known, known_at = paces(session), at
    school = School(tuple(scripts.values()), markers, known, calendar, at)
    return Refreshed(Board(school, teachers, entries, mark, at, known_at), changed, answer["rest"])


def read_waiting(session: Session, calendar: WorkCalendar) -> tuple[WaitingEntry, ...]:
    """What nobody ever had, in the order of the deadlines; of more than a thousand those that wait longest.

    Args:
        session: of somebody who coordinates.
        calendar: the board's.

    Raises:
        NotAllowedError: the caller does not coordinate.
    """
    rows = session.execute(
        text("SELECT exam_instance_id, class, exam_type, received_at, sla_hours FROM api.waiting_scripts(1000)")
    )
    found = []
    for exam, class_name, kind, received, promised in rows:
        hours = promised or NO_PLAN_HOURS
        due = calendar.deadline(received, hours).due
        entry = WaitingEntry(exam, class_name, ExamType(kind), received, due, hours, promised is not None)
        found.append(entry)
    return tuple(sorted(found, key=lambda entry: (entry.due, entry.exam_instance_id.int)))


def fetched_at(session: Session, evaluations: Sequence[EvaluationId]) -> dict[EvaluationId, datetime]:
    """When their teachers last fetched pages of scripts, where they did lately.

    Such a script may lie on her computer, with work that was not sent yet: it is kept when it arrives.

    Args:
        session: of somebody who coordinates, or an admin.
        evaluations: at most 2000.
    """
    rows = session.execute(
        text("SELECT evaluation_id, fetched_at FROM api.board_checkouts(CAST(:ids AS uuid[]))"),
        {"ids": list(evaluations)},
    )
    return {EvaluationId(evaluation): at for evaluation, at in rows}


def _changes(session: Session, mark: int | None, since: datetime | None) -> Mapping[str, Any]:
    answer = session.scalar(
        text("SELECT api.board_changes(CAST(:mark AS bigint), CAST(:since AS timestamptz))"),
        {"mark": mark, "since": since},
    )
    if not isinstance(answer, dict):
        raise TypeError(f"api.board_changes answered {type(answer).__name__}")
    return answer


def _whole(session: Session, answer: Mapping[str, Any]) -> Board:
    at = moment(answer["at"])
    calendar = server_calendar(session)
    teachers, markers = _people(session, at.astimezone(calendar.hours.zone).date())
    scripts, entries = [], {}
    for script, entry in _scripts(session, None):
        scripts.append(script)
        entries[script.evaluation_id] = entry
    school = School(tuple(scripts), markers, paces(session), calendar, at)
    return Board(school, teachers, entries, answer["mark"], at, at)


def _people(session: Session, today: date) -> tuple[dict[UserId, BoardTeacher], tuple[Marker, ...]]:
    away = away_spans(session, today)
    teachers, markers = {}, []
    for row in session.execute(text("SELECT * FROM api.board_teachers()")):
        user = UserId(row.user_id)
        teachers[user] = BoardTeacher(user, row.name, row.marks, row.last_seen)
        if row.marks:
            markers.append(
                Marker(
                    user,
                    away=tuple(away.get(user, ())),
                    classes=None if row.classes is None else frozenset(row.classes),
                    daily_limit=row.daily_limit,
                    given_today=row.given_today,
                    barred_students=frozenset(row.barred),
                )
            )
    return teachers, tuple(markers)


def _scripts(session: Session, only: Sequence[EvaluationId] | None) -> Iterable[tuple[BoardScript, Entry]]:
    # teachers as words, because they are few, and moments as numbers: reading these took as long as all the rest
    rows = session.execute(
        text(
            "SELECT evaluation_id, exam_instance_id, student_user_id, CAST(teacher_user_id AS text), class, exam_type,"
            " CAST(extract(epoch FROM sla_deadline) AS double precision), assignment_version, started, held"
            " FROM api.board_scripts(CAST(:only AS uuid[]))"
        ),
        {"only": only},
    ).all()
    held_ids = [row.evaluation_id for row in rows if row.held]
    reasons = _reasons(session, held_ids) if held_ids else {}
    kinds = {kind.value: kind for kind in ExamType}
    users: dict[str, UserId] = {}
    for key, exam, student, teacher, class_name, kind, due, version, started, held in rows:
        user = users.get(teacher)
        if user is None:
            user = users[teacher] = UserId(UUID(teacher))
        holder = None if held else user
        script = BoardScript(
            key,
            holder,
            class_name,
            kinds[kind],
            datetime.fromtimestamp(due, UTC),
            student,
            started,
            held == "withdrawn",
        )
        yield script, Entry(exam, version, user, held, reasons.get(key, ""))


def _reasons(session: Session, held: Sequence[UUID]) -> dict[UUID, str]:
    """What was written when scripts came into nobody's hands."""
    rows = session.execute(
        text(
            "SELECT evaluation_id, reason FROM evaluation_holds"
            " WHERE ended_at IS NULL AND evaluation_id = ANY (CAST(:held AS uuid[]))"
        ),
        {"held": held},
    )
    return {row.evaluation_id: row.reason for row in rows}
