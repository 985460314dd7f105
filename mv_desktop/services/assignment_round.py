"""One round of giving scripts out: what waits, who could have it, and what was decided, on the worker's login.

A few queries to read all of it, and one for each 500 scripts to write.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import text
from sqlalchemy.orm import Session

from mv_desktop.domain.assignment import Given, Left, Marker, OpenWork, WaitingScript, explanation
from mv_desktop.domain.exam import ExamType
from mv_desktop.domain.identifier import ExamInstanceId, UserId
from mv_desktop.domain.sla import SLA_HOURS, WorkCalendar
from mv_desktop.domain.workload import Paces
from mv_desktop.services.forecast import away_spans, open_scripts

MOST_AT_ONCE: Final = 500
"""As many scripts `record` takes, as the server does."""

NO_PLAN_HOURS: Final = max(SLA_HOURS)
"""What a student is promised who had no plan on the day."""


_WAITING = """
SELECT exam_instance_id, student_user_id, class AS class_name, exam_type, received_at, sla_hours
FROM api.scripts_to_assign(:limit)
"""


@dataclass(frozen=True, slots=True)
class Waiting:
    """What waits, and when each script is due.

    Attributes:
        scripts: as the rules want them.
        hours: by exam, the SLA hours that its deadline comes from.
        no_plan: exams of students who had no plan on the day.
    """

    scripts: tuple[WaitingScript, ...]
    hours: dict[ExamInstanceId, int]
    no_plan: frozenset[ExamInstanceId]


@dataclass(frozen=True, slots=True)
class Recorded:
    """What became of a round: how many were given, and how many were not because somebody was faster."""

    given: int = 0
    refused: int = 0


def waiting(session: Session, calendar: WorkCalendar, limit: int) -> Waiting:
    """Scripts whose sheets are complete and that nobody ever had, with their deadlines; those that wait longest."""
    scripts, hours, no_plan = [], {}, set()
    for row in session.execute(text(_WAITING), {"limit": limit}):
        exam = ExamInstanceId(row.exam_instance_id)
        hours[exam] = NO_PLAN_HOURS if row.sla_hours is None else row.sla_hours
        if row.sla_hours is None:
            no_plan.add(exam)
        due = calendar.deadline(row.received_at, hours[exam]).due
        student = UserId(row.student_user_id)
        scripts.append(WaitingScript(exam, row.class_name, ExamType(row.exam_type), due, student))
    return Waiting(tuple(scripts), hours, frozenset(no_plan))


def markers(session: Session, calendar: WorkCalendar, paces: Paces, now: datetime) -> tuple[Marker, ...]:
    """Every active teacher: what she has, when she is away, and what she may be given."""
    work: dict[UserId, list[OpenWork]] = defaultdict(list)
    for script in open_scripts(session, paces):
        if script.teacher_id is not None:
            work[script.teacher_id].append(OpenWork(script.due, script.work))
    away = away_spans(session, now.astimezone(calendar.hours.zone).date())
    rows = session.execute(text("SELECT * FROM api.markers(:now)"), {"now": now})
    return tuple(
        Marker(
            user_id=UserId(row.user_id),
            open_work=tuple(work[UserId(row.user_id)]),
            away=tuple(away.get(UserId(row.user_id), ())),
            classes=None if row.classes is None else frozenset(row.classes),
            daily_limit=row.daily_limit,
            given_today=row.given_today,
            barred_students=frozenset(row.barred),
            newcomer_since=row.newcomer_since,
        )
        for row in rows
    )


def record(session: Session, given: Sequence[Given], found: Waiting, calendar: WorkCalendar, now: datetime) -> Recorded:
    """Write down what was decided, each audited with its reason and told to its teacher; at most `MOST_AT_ONCE`.

    What does not hold any more, because somebody was faster or somebody has become absent, is not written and waits for
    the next round.
    """
    sent = [_sent(entry, found, calendar) for entry in given]
    answers = session.scalar(
        text("SELECT api.assign_scripts(CAST(:scripts AS jsonb), :now)"), {"scripts": json.dumps(sent), "now": now}
    )
    refused = sum("refused" in answer for answer in answers or ())
    return Recorded(len(sent) - refused, refused)


def tell_left(session: Session, left: Sequence[Left], limit: int) -> int:
    """Tell who coordinates of scripts that nobody can be given, of each once; answers of how many."""
    told = [
        {
            "exam": str(entry.script.exam_instance_id),
            "deadline": entry.script.due.isoformat(),
            "obstacle": entry.obstacle.value,
        }
        for entry in left
    ]
    answer = session.scalar(
        text("SELECT api.tell_unassigned(CAST(:scripts AS jsonb), :limit)"),
        {"scripts": json.dumps(told), "limit": limit},
    )
    return int(answer or 0)


def tell_due(session: Session, scripts: Sequence[WaitingScript], now: datetime) -> int:
    """Tell who coordinates of waiting scripts that are nearly due, and of those that are late, which is audited too.

    Returns:
        Of how many it was told, each deadline once.
    """
    told = [{"exam": str(script.exam_instance_id), "deadline": script.due.isoformat()} for script in scripts]
    if not told:
        return 0
    answer = session.scalar(
        text("SELECT api.watch_unassigned(CAST(:scripts AS jsonb), :now)"), {"scripts": json.dumps(told), "now": now}
    )
    return int(answer or 0)


def _sent(entry: Given, found: Waiting, calendar: WorkCalendar) -> dict[str, Any]:
    exam = entry.script.exam_instance_id
    reason = explanation(entry, calendar)
    if exam in found.no_plan:
        reason += f"; the student has no plan, so {NO_PLAN_HOURS} h count"
    return {
        "exam": str(exam),
        "teacher": str(entry.teacher_id),
        "sla_hours": found.hours[exam],
        "deadline": entry.script.due.isoformat(),
        "reason": reason,
        "why": {
            "minutes_before": round(entry.before.total_seconds() / 60),
            "expected_at": None if entry.finish is None else entry.finish.isoformat(),
            "in_time": entry.in_time,
        },
    }
