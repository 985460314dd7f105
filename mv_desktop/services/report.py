"""Reports, counted by the server for who coordinates or administers (`docs/report.md`)."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Row, text
from sqlalchemy.orm import Session

from mv_desktop.domain.exam import ExamType
from mv_desktop.domain.question import QuestionType
from mv_desktop.domain.report import (
    NOTHING_DUE,
    Compliance,
    DayKept,
    DayVolume,
    Kept,
    PaceReport,
    PaceRow,
    PlanKept,
    QuestionReport,
    QuestionSums,
    Span,
    TeacherKept,
    Volume,
    every_day,
    question_means,
    volume,
)
from mv_desktop.domain.subscription import PlanType


def read_compliance(session: Session, span: Span) -> Compliance:
    """Whether the promises that fell due within a span were kept.

    Raises:
        UserError: it is not for the caller, or the database cannot be reached.
    """
    rows = _rows(session, "SELECT * FROM api.report_compliance(:first, :last)", span)
    return Compliance(
        span,
        next((_kept(row) for row in rows if row.kind == "all"), NOTHING_DUE),
        tuple(DayKept(*one) for one in every_day(span, ((row.day, _kept(row)) for row in rows if row.kind == "day"))),
        tuple(PlanKept(PlanType(row.plan) if row.plan else None, _kept(row)) for row in rows if row.kind == "plan"),
        tuple(TeacherKept(row.teacher_user_id, row.teacher or "", _kept(row)) for row in rows if row.kind == "teacher"),
    )


def read_volume(session: Session, span: Span) -> Volume:
    """How much came in, was completed and was returned on each day of a span.

    Raises:
        UserError: it is not for the caller, or the database cannot be reached.
    """
    rows = _rows(session, "SELECT * FROM api.report_volume(:first, :last)", span)
    return volume(span, (DayVolume(row.day, row.received, row.completed, row.returned) for row in rows))


def read_pace(session: Session, span: Span) -> PaceReport:
    """How long scripts took that were completed within a span.

    Raises:
        UserError: it is not for the caller, or the database cannot be reached.
    """
    return PaceReport(
        span,
        tuple(
            PaceRow(
                row.teacher_user_id,
                row.teacher or "",
                ExamType(row.exam_type),
                row.scripts,
                row.quick,
                row.middle,
                row.slow,
            )
            for row in _rows(session, "SELECT * FROM api.report_pace(:first, :last)", span)
        ),
    )


def read_questions(session: Session, span: Span) -> QuestionReport:
    """How the written questions were answered that were marked within a span, and which stand out.

    Raises:
        UserError: it is not for the caller, or the database cannot be reached.
    """
    return QuestionReport(
        span,
        question_means(
            QuestionSums(
                row.question_id,
                getattr(row, "class"),
                QuestionType(row.question_type),
                row.unit,
                row.wording,
                row.answers,
                row.shares,
                row.squares,
            )
            for row in _rows(session, "SELECT * FROM api.report_questions(:first, :last)", span)
        ),
    )


def _rows(session: Session, query: str, span: Span) -> list[Row[Any]]:
    return list(session.execute(text(query), {"first": span.first, "last": span.last}))


def _kept(row: Row[Any]) -> Kept:
    return Kept(row.due, row.in_time, row.excused, row.late, row.unfinished)
