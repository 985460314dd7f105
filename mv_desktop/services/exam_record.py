"""Exams as the office looks at them, and their papers."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import text
from sqlalchemy.orm import Session

from mv_desktop.core.errors import RefusedError
from mv_desktop.domain.case import CaseKind
from mv_desktop.domain.evaluation import script_code
from mv_desktop.domain.exam import ExamSnapshot, ExamStatus
from mv_desktop.domain.exam_record import MOST_EXAMS, ExamRecord
from mv_desktop.domain.printed_paper import PrintedPaper, printed_exam

_RECORDS = """
    SELECT x.exam_instance_id, t.template_name, s.first_name || ' ' || s.last_name AS student, x.created_at,
           x.status::text AS status, x.total_marks, x.started_at, x.submitted_at, x.mcq_score, x.manual_score,
           x.total_score, x.percentage, e.sla_deadline, e.completed_at,
           coalesce(e.sla_breached OR e.completed_at IS NULL AND e.sla_deadline < now(), false) AS late,
           coalesce(m.first_name || ' ' || m.last_name, '') AS teacher,
           (SELECT count(*) FROM public.answer_sheet_uploads a WHERE a.exam_instance_id = x.exam_instance_id) AS pages,
           (SELECT h.kind FROM public.evaluation_holds h
            WHERE h.evaluation_id = e.evaluation_id AND h.ended_at IS NULL) AS held,
           x.status <> 'evaluated' AND EXISTS (
               SELECT 1 FROM public.audit_logs l WHERE l.resource_type = 'exam' AND l.resource_id = x.exam_instance_id
                 AND l.event_type = 'exam.stuck'
           ) AS stuck
    FROM public.exam_instances x
    JOIN public.exam_templates t ON t.template_id = x.template_id
    JOIN public.users s ON s.user_id = x.student_user_id
    LEFT JOIN public.evaluations e ON e.exam_instance_id = x.exam_instance_id
    LEFT JOIN public.users m ON m.user_id = e.teacher_user_id
    WHERE {} = :whose ORDER BY x.created_at DESC, x.exam_instance_id LIMIT :limit
"""


def exams_of_student(session: Session, student: UUID, limit: int = MOST_EXAMS) -> tuple[ExamRecord, ...]:
    """Her exams, the newest first; on an admin's own login."""
    return _records(session, "x.student_user_id", student, limit)


def exams_of_template(session: Session, template: UUID, limit: int = MOST_EXAMS) -> tuple[ExamRecord, ...]:
    """The exams that were made from a template, the newest first; on an admin's own login."""
    return _records(session, "x.template_id", template, limit)


def paper_of(session: Session, exam: UUID) -> PrintedPaper:
    """An exam's paper as it was frozen.

    Raises:
        RefusedError: there is no such exam.
    """
    row = session.execute(
        text(
            "SELECT x.exam_snapshot, x.class AS class_name, t.template_name FROM public.exam_instances x"
            " JOIN public.exam_templates t ON t.template_id = x.template_id WHERE x.exam_instance_id = :exam"
        ),
        {"exam": exam},
    ).one_or_none()
    if row is None:
        raise RefusedError("There is no such exam on the server.")
    title = f"{row.template_name} · {script_code(exam)}"
    return printed_exam(ExamSnapshot.model_validate(row.exam_snapshot), title, row.class_name)


def _records(session: Session, column: str, whose: UUID, limit: int) -> tuple[ExamRecord, ...]:
    rows = session.execute(text(_RECORDS.format(column)), {"whose": whose, "limit": limit})
    return tuple(
        ExamRecord(
            exam=row.exam_instance_id,
            code=script_code(row.exam_instance_id),
            template=row.template_name,
            student=row.student,
            made_at=row.created_at,
            status=ExamStatus(row.status),
            marks=row.total_marks,
            began_at=row.started_at,
            handed_in_at=row.submitted_at,
            choices=row.mcq_score,
            written=row.manual_score,
            score=row.total_score,
            percentage=row.percentage,
            pages=row.pages,
            teacher=row.teacher,
            due_at=row.sla_deadline,
            late=row.late,
            marked_at=row.completed_at,
            held=None if row.held is None else CaseKind(row.held),
            stuck=row.stuck,
        )
        for row in rows
    )
