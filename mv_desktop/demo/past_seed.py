"""Writes the demo's past: exams of the last weeks with their marks, in a few statements, by the database's owner.

The pages of those scripts are not kept: none are drawn, and none are uploaded. `past_plan.py` says what happened.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from itertools import takewhile
from typing import Any
from uuid import UUID, uuid5

from sqlalchemy import text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

import mv_desktop
from mv_desktop.demo.past_plan import (
    WEEKS,
    PastAnswer,
    PastExam,
    PastPaper,
    PastTimes,
    answers_of,
    past_exams,
    times_of,
)
from mv_desktop.demo.population import pupils, staff
from mv_desktop.demo.question_bank import ShippedTemplate, content_of_class, shipped_templates
from mv_desktop.demo.school_seed import units
from mv_desktop.domain.exam import ExamSnapshot, build_paper
from mv_desktop.domain.marks import totals
from mv_desktop.domain.sla import WorkCalendar
from mv_desktop.models.computer import ComputerRow

_NAMESPACE = UUID("4d0a5a0e-7d1c-5c55-8f0e-706173742020")
_COMMENTS = (
    "Method right, arithmetic slip in the last line.",
    "State the theorem that you use.",
    "Write the unit.",
    "Well done.",
    "सही विधि, अंतिम चरण जाँचें।",
)
_PLANS = {
    "basic": "Board papers and section tests, five a month, marked within two working days.",
    "premium_mcq": "Multiple choice only, fifteen tests a month, with the result at once.",
    "premium": "All kinds of exams, practice of single units and the leaderboard; marked within two working days.",
    "centum": "All that Premium has, marked on the next working day, and hours with a teacher without limit.",
}
_COMPUTERS = ((1, "Staff room 2", 1), (3, "Farhan's laptop", 3), (4, "Staff room 1", 2), (5, "Library", 26))
"""On which a teacher worked, and so many hours ago at the least."""
_COLUMNS: Mapping[str, Mapping[str, str]] = {
    "evaluation_clock": {"exam_instance_id": "uuid", "received_at": "timestamptz"},
    "student_mcq_answers": {
        "exam_instance_id": "uuid", "question_number": "int", "question_id": "uuid", "selected_choices": "jsonb",
        "is_correct": "boolean", "marks_awarded": "numeric", "marks_possible": "numeric", "answered_at": "timestamptz",
    },
    "evaluations": {
        "evaluation_id": "uuid", "exam_instance_id": "uuid", "teacher_user_id": "uuid", "assigned_at": "timestamptz",
        "created_at": "timestamptz", "sla_deadline": "timestamptz", "sla_hours_allocated": "int",
        "sla_breached": "boolean", "breach_noticed": "timestamptz", "status": "mv_evaluation_status",
        "started_at": "timestamptz",
    },
    "mark_registers": {
        "evaluation_id": "uuid", "question_number": "int", "alternative": "text", "state": "text", "marks": "numeric",
        "comment": "text", "version": "bigint",
    },
    "question_marks": {
        "evaluation_id": "uuid", "exam_instance_id": "uuid", "question_number": "int", "question_id": "uuid",
        "question_type": "mv_question_type", "unit": "text", "marks_awarded": "numeric", "marks_possible": "numeric",
        "teacher_comment": "text", "created_at": "timestamptz",
    },
}  # fmt: skip
"""In the order in which they are written; after the exams."""
_EXAMS = {
    "exam_instance_id": "uuid", "student_user_id": "uuid", "template_id": "uuid", "exam_type": "mv_exam_type",
    "class": "text", "total_marks": "int", "duration_minutes": "int", "started_at": "timestamptz",
    "submitted_at": "timestamptz", "time_taken_minutes": "int", "status": "mv_exam_status", "mcq_score": "numeric",
    "manual_score": "numeric", "total_score": "numeric", "percentage": "numeric", "created_at": "timestamptz",
}  # fmt: skip


@dataclass(slots=True)
class _Rows:
    """What is to be written."""

    papers: dict[PastPaper, ExamSnapshot] = field(default_factory=dict)
    exams: list[dict[str, Any]] = field(default_factory=list)
    completed: list[dict[str, Any]] = field(default_factory=list)
    others: dict[str, list[dict[str, Any]]] = field(default_factory=lambda: {table: [] for table in _COLUMNS})


def seed_past(session: Session, calendar: WorkCalendar, now: datetime) -> int:
    """Write what was before today, once; the caller commits. Holidays of years before that are taken away.

    Args:
        session: of the database's owner; people, templates and subscriptions are there.
        calendar: working hours and holidays.
        now: the moment before which all of it lies, aware.

    Returns:
        How many exams were written; none where there are some already.
    """
    exams = past_exams(now.astimezone(calendar.hours.zone).date())
    first = "SELECT true FROM exam_instances WHERE exam_instance_id = :id"
    if session.scalar(text(first), {"id": past_exam_id(exams[0])}):
        return 0
    rows, templates = _Rows(), _templates(session)
    for exam in exams:
        _add(rows, exam, templates, calendar, now)
    old = "DELETE FROM holidays WHERE holiday_date < :year"
    session.execute(text(old), {"year": exams[0].day.replace(month=1, day=1)})
    _describe_plans(session)
    _former_subscriptions(session, exams[0].day)
    _write_exams(session, rows)
    for table, entries in rows.others.items():
        _write(session, table, _COLUMNS[table], entries)
    _complete(session, rows.completed)
    _count(session, calendar)
    _have_seen(session, calendar, now)
    return len(rows.exams)


def past_exam_id(exam: PastExam) -> UUID:
    """The same on every computer."""
    return uuid5(_NAMESPACE, f"exam/{exam.number}")


def past_evaluation_id(exam: PastExam) -> UUID:
    """The same on every computer."""
    return uuid5(_NAMESPACE, f"evaluation/{exam.number}")


# -- private -------------------------------------------------------------------------------------------------


def _templates(session: Session) -> dict[tuple[str, str, str | None], ShippedTemplate]:
    shipped = shipped_templates(units(session))
    return {(template.class_name, template.exam_type, template.unit): template for template in shipped}


def _add(
    rows: _Rows,
    exam: PastExam,
    templates: Mapping[tuple[str, str, str | None], ShippedTemplate],
    calendar: WorkCalendar,
    now: datetime,
) -> None:
    """What is written of one exam; nothing of one that is not over."""
    kind = exam.paper
    template = templates[kind.class_name, kind.exam_type, kind.unit]
    times = times_of(exam, template.config.duration_minutes, calendar, now)
    if times is None:
        return
    if kind not in rows.papers:
        bank = content_of_class(kind.class_name)
        rows.papers[kind] = build_paper(template.config, bank, kind.seed, only_unit=kind.unit)
    answers = answers_of(exam, rows.papers[kind].questions)
    written = [answer for answer in answers if answer.side is not None]
    score = sum((answer.marks for answer in answers if answer.side is None), Decimal(0))
    result = totals([answer.marks for answer in written], score, template.config.total_marks)
    rows.exams.append(
        {
            "exam_instance_id": past_exam_id(exam),
            "student_user_id": exam.pupil.student.user_id,
            "template_id": template.template_id,
            "exam_type": kind.exam_type,
            "class": kind.class_name,
            "total_marks": template.config.total_marks,
            "duration_minutes": template.config.duration_minutes,
            "started_at": times.started,
            "submitted_at": times.submitted,
            "time_taken_minutes": (times.submitted - times.started) // timedelta(minutes=1),
            "status": "evaluated",
            "mcq_score": score,
            "manual_score": result.total - score,
            "total_score": result.total,
            "percentage": result.percentage,
            "created_at": times.started - timedelta(minutes=5),
            "seed": kind.seed,
        }
    )
    rows.others["student_mcq_answers"] += [_choice(exam, answer, times) for answer in answers if answer.side is None]
    if written:
        _add_marking(rows, exam, written, times)


def _choice(exam: PastExam, answer: PastAnswer, times: PastTimes) -> dict[str, Any]:
    question = answer.question
    return {
        "exam_instance_id": past_exam_id(exam),
        "question_number": question.question_number,
        "question_id": question.question_id,
        "selected_choices": [answer.choice],
        "is_correct": answer.marks > 0,
        "marks_awarded": answer.marks,
        "marks_possible": question.marks,
        "answered_at": min(times.submitted, times.started + timedelta(minutes=question.question_number)),
    }


def _add_marking(rows: _Rows, exam: PastExam, written: Sequence[PastAnswer], times: PastTimes) -> None:
    late = times.completed > times.due
    assigned = times.received + timedelta(minutes=3)
    ids = {"evaluation_id": past_evaluation_id(exam), "exam_instance_id": past_exam_id(exam)}
    rows.others["evaluation_clock"].append({"exam_instance_id": ids["exam_instance_id"], "received_at": times.received})
    rows.others["evaluations"].append(
        {
            **ids,
            "teacher_user_id": staff()[exam.teacher].user_id,
            "assigned_at": assigned,
            "created_at": assigned,
            "sla_deadline": times.due,
            "sla_hours_allocated": exam.sla_hours,
            "sla_breached": late,
            "breach_noticed": times.due if late else None,  # nobody is told of it today
            "status": "in_progress",
            "started_at": times.begun,
        }
    )
    for answer in written:
        comment = _comment(exam, answer)
        key, question = answer.side or ("", answer.question)
        rows.others["mark_registers"].append(
            {
                "evaluation_id": ids["evaluation_id"],
                "question_number": answer.question.question_number,
                "alternative": key,
                "state": "marked" if answer.attempted else "not_attempted",
                "marks": answer.marks if answer.attempted else None,
                "comment": comment,
                "version": 1,
            }
        )
        rows.others["question_marks"].append(
            {
                **ids,
                "question_number": answer.question.question_number,
                "question_id": question.question_id,
                "question_type": question.question_type,
                "unit": question.unit,
                "marks_awarded": answer.marks,
                "marks_possible": answer.question.marks,
                "teacher_comment": comment or None,
                "created_at": times.completed,
            }
        )
    rows.completed.append(
        {
            "evaluation_id": ids["evaluation_id"],
            "completed_at": times.completed,
            "total": sum(answer.marks for answer in written),
            "punctuality": "late" if late else "on_time",
            "questions": [
                {"question_number": answer.question.question_number, "state": "not_attempted"}
                for answer in written
                if not answer.attempted
            ],
        }
    )


def _comment(exam: PastExam, answer: PastAnswer) -> str:
    """What the teacher wrote beside an answer; mostly nothing."""
    place = exam.number * 7 + answer.question.question_number
    if place % 6 or not answer.attempted:
        return ""
    full = answer.marks == answer.question.marks
    return _COMMENTS[3] if full else _COMMENTS[place // 6 % 3]


def _write_exams(session: Session, rows: _Rows) -> None:
    """Each paper is sent once, whoever sat it."""
    papers = [
        {"seed": kind.seed, "snapshot": json.loads(paper.model_dump_json(by_alias=True, exclude_none=True))}
        for kind, paper in rows.papers.items()
    ]
    columns = ", ".join(_EXAMS)
    session.execute(
        text(
            f"INSERT INTO exam_instances ({columns}, exam_snapshot) SELECT {', '.join(f'e.{one}' for one in _EXAMS)},"  # noqa: S608 (own names)
            f" p.snapshot FROM jsonb_to_recordset(:rows) e ({_typed(_EXAMS)}, seed int)"
            " JOIN jsonb_to_recordset(:papers) p (seed int, snapshot jsonb) ON p.seed = e.seed"
            " ORDER BY e.submitted_at"
        ),
        {"rows": _json(rows.exams), "papers": _json(papers)},
    )


def _write(session: Session, table: str, types: Mapping[str, str], rows: Sequence[Mapping[str, Any]]) -> None:
    columns = ", ".join(types)
    statement = f"INSERT INTO {table} ({columns}) SELECT {columns} FROM jsonb_to_recordset(:rows) r ({_typed(types)})"  # noqa: S608 (own names)
    session.execute(text(statement), {"rows": _json(rows)})


def _complete(session: Session, rows: Sequence[Mapping[str, Any]]) -> None:
    """The last step, after which marks are final. What is long over is not drawn for a second marking."""
    session.execute(
        text(
            "UPDATE evaluations e SET status = 'completed', completed_at = r.completed_at,"
            " total_manual_marks = r.total, submitted_punctuality = r.punctuality,"
            " annotation_data = jsonb_build_object('schema', 1, 'questions', r.questions, 'pages', '[]'::jsonb)"
            " FROM jsonb_to_recordset(:rows) r (evaluation_id uuid, completed_at timestamptz, total numeric,"
            " punctuality text, questions jsonb) WHERE e.evaluation_id = r.evaluation_id"
        ),
        {"rows": _json(rows)},
    )
    session.execute(
        text("DELETE FROM api._scripts_to_sample WHERE evaluation_id = ANY (CAST(:ids AS uuid[]))"),
        {"ids": [row["evaluation_id"] for row in rows]},
    )


def _describe_plans(session: Session) -> None:
    """What parents read of a plan, where nobody has written anything yet."""
    statement = "UPDATE subscription_plans SET description = :words WHERE plan_type = :plan AND description IS NULL"
    session.execute(text(statement), [{"plan": plan, "words": words} for plan, words in _PLANS.items()])


def _have_seen(session: Session, calendar: WorkCalendar, now: datetime) -> None:
    """When the server last heard of teachers, each from a computer of her own; the others sign in here."""
    since = now - timedelta(weeks=WEEKS)
    session.execute(
        insert(ComputerRow).on_conflict_do_nothing(),
        [
            {
                "user_id": staff()[teacher].user_id,
                "computer_id": uuid5(_NAMESPACE, f"computer/{teacher}"),
                "name": name,
                "program": mv_desktop.__version__,
                "first_seen_at": since,
                "last_seen_at": _last_open(calendar, now - timedelta(hours=hours)),
            }
            for teacher, name, hours in _COMPUTERS
        ],
    )


def _last_open(calendar: WorkCalendar, moment: datetime) -> datetime:
    """The latest working moment that is not after `moment`."""
    opened = calendar.windows(moment - timedelta(days=10))
    return max(min(closes, moment) for opens, closes in takewhile(lambda window: window[0] <= moment, opened))


def _former_subscriptions(session: Session, first: date) -> None:
    """Students sat those exams under a plan: the one before the one that runs, where that had not begun."""
    session.execute(
        text(
            "INSERT INTO subscriptions (student_user_id, plan_type, start_date, end_date, billing_cycle, status,"
            " exams_limit_per_month, teacher_hours_limit, billing_day_of_month, amount_paid_paise, created_at)"
            " SELECT s.student_user_id, s.plan_type, m.start, m.ends, 'monthly', 'expired', s.exams_limit_per_month,"
            " s.teacher_hours_limit, s.billing_day_of_month, coalesce(p.monthly_price_paise, 0),"
            " m.start + time '06:00'"
            " FROM subscriptions s JOIN subscription_plans p USING (plan_type)"
            " CROSS JOIN LATERAL ("
            "     SELECT (s.start_date - make_interval(months => n))::date AS start,"
            "            (s.start_date - make_interval(months => n - 1))::date - 1 AS ends"
            "     FROM generate_series(1, :months) n"
            " ) m WHERE s.status = 'active' AND s.student_user_id = ANY (CAST(:students AS uuid[]))"
            " AND m.ends >= CAST(:first AS date)"
        ),
        {"first": first, "months": WEEKS // 4 + 2, "students": [pupil.student.user_id for pupil in pupils()]},
    )


def _count(session: Session, calendar: WorkCalendar) -> None:
    """The exams of each student's running month are counted."""
    session.execute(
        text(
            "UPDATE subscriptions s SET exams_used_this_month = s.exams_used_this_month + c.exams FROM ("
            " SELECT a.subscription_id, count(*)::int AS exams FROM subscriptions a JOIN exam_instances x"
            " USING (student_user_id) WHERE a.status = 'active'"
            " AND (x.created_at AT TIME ZONE :zone)::date >= a.last_counter_reset_date GROUP BY 1"
            ") c WHERE c.subscription_id = s.subscription_id"
        ),
        {"zone": str(calendar.hours.zone)},
    )


def _typed(types: Mapping[str, str]) -> str:
    return ", ".join(f"{name} {kind}" for name, kind in types.items())


def _json(rows: Sequence[Mapping[str, Any]]) -> str:
    return json.dumps(rows, default=_plain, ensure_ascii=False)


def _plain(value: object) -> str:
    return value.isoformat() if isinstance(value, datetime) else str(value)
