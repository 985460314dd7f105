"""A teacher's scripts: the queue, and whole scripts for the mirror."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.orm import Session

from mv_desktop.domain.adjustment import Adjustment
from mv_desktop.domain.annotation.frozen import frozen_annotations, newer_program
from mv_desktop.domain.evaluation import EvaluationStatus
from mv_desktop.domain.exchange import (
    AssignedScript,
    FinishedScript,
    PulledAnnotation,
    PulledConflict,
    PulledFlag,
    PulledMark,
    PulledPage,
    PulledReading,
    PulledScript,
)
from mv_desktop.domain.identifier import EvaluationId, ExamInstanceId, FlagId, OperationId, UploadId, UserId
from mv_desktop.domain.marks import MarkState
from mv_desktop.domain.returned import Returned, ReturnedQuestion, read_pin
from mv_desktop.services.moment import moment

QUEUE_SQL = """
SELECT evaluation_id, exam_instance_id, status, sla_deadline, sla_hours_allocated,
       sla_breached OR sla_deadline < now() AS breached, assignment_version, version
FROM public.evaluations
WHERE teacher_user_id = :me AND status IN ('assigned', 'in_progress')
ORDER BY sla_deadline, evaluation_id
"""
"""The policies would leave the same rows alone; the plain filter beside them lets the partial index serve."""

FOREIGN_SQL = """
SELECT e.evaluation_id, e.annotation_data
FROM public.evaluations e
WHERE e.evaluation_id = ANY (CAST(:ids AS uuid[])) AND e.annotation_data IS NOT NULL
  AND (e.annotation_data -> 'schema' IS DISTINCT FROM '1'
       OR NOT EXISTS (SELECT 1 FROM public.annotation_registers r WHERE r.evaluation_id = e.evaluation_id))
"""
"""Documents that did not come from registers on this server, or were made with a newer program."""


_PULL_SQL = """
SELECT script - 'snapshot' AS entry, (script -> 'snapshot')::text AS paper
FROM jsonb_array_elements(api.pull_scripts(CAST(:ids AS uuid[]))) WITH ORDINALITY AS pulled (script, place)
ORDER BY place
"""
"""Papers come as text: read once, when they are checked, and kept as they are."""


def queue(session: Session, me: UserId) -> tuple[AssignedScript, ...]:
    """The open scripts of the signed-in teacher, the nearest deadline first."""
    return tuple(
        AssignedScript(
            evaluation_id=EvaluationId(row.evaluation_id),
            exam_instance_id=ExamInstanceId(row.exam_instance_id),
            status=EvaluationStatus(row.status),
            deadline=row.sla_deadline.astimezone(UTC),
            sla_hours=row.sla_hours_allocated,
            breached=row.breached,
            assignment_version=row.assignment_version,
            version=row.version,
        )
        for row in session.execute(text(QUEUE_SQL), {"me": me})
    )


def pull_scripts(session: Session, evaluation_ids: Sequence[EvaluationId]) -> tuple[PulledScript, ...]:
    """Everything the server has of these scripts, as far as they are the signed-in teacher's; at most 500.

    Completed ones come too. What is not hers is left out without a word.
    """
    ids = {"ids": list(evaluation_ids)}
    answer = session.execute(text(_PULL_SQL), ids).all()
    foreign = {row.evaluation_id: row.annotation_data for row in session.execute(text(FOREIGN_SQL), ids)}
    return tuple(_with_document(_script(row.entry, row.paper), foreign) for row in answer)


def moved_to(session: Session, evaluation_ids: Sequence[EvaluationId]) -> Mapping[EvaluationId, str]:
    """Who has these scripts now that were the signed-in teacher's, as "R. Iyer"; at most 200.

    What is nobody's, or was never hers, is left out.
    """
    answer = session.scalar(text("SELECT api.moved_to(CAST(:ids AS uuid[]))"), {"ids": list(evaluation_ids)})
    return {EvaluationId(UUID(key)): str(name) for key, name in (answer or {}).items()}


def finished_scripts(
    session: Session, search: str = "", *, before: FinishedScript | None = None, limit: int = 100
) -> tuple[FinishedScript, ...]:
    """What the signed-in teacher has completed, the latest first; at most 200 at once.

    Args:
        session: on her own login.
        search: part of a script code, with or without its dash; "" for all.
        before: go on after this one.
        limit: how many.
    """
    answer = session.scalar(
        text("SELECT api.finished_scripts(:search, CAST(:before AS timestamptz), CAST(:before_id AS uuid), :limit)"),
        {
            "search": search,
            "before": None if before is None else before.completed_at,
            "before_id": None if before is None else before.evaluation_id,
            "limit": limit,
        },
    )
    return tuple(_finished(entry) for entry in answer or ())


def pulled_page(entry: Mapping[str, Any]) -> PulledPage:
    """A page as the server's functions tell of it."""
    return PulledPage(
        upload_id=UploadId(UUID(entry["upload_id"])),
        page_number=entry["page_number"],
        mime_type=entry["mime_type"],
        size=entry["bytes"],
        sha256=entry["sha256"],
        questions=tuple(entry["questions_on_page"]),
        checked=entry["checked"],
        pages=tuple(entry["pages"]),
        problem=entry["problem"],
    )


def _finished(entry: Mapping[str, Any]) -> FinishedScript:
    return FinishedScript(
        evaluation_id=EvaluationId(UUID(entry["evaluation_id"])),
        exam_instance_id=ExamInstanceId(UUID(entry["exam_instance_id"])),
        completed_at=moment(entry["completed_at"]),
        deadline=moment(entry["sla_deadline"]),
        sla_hours=entry["sla_hours"],
        breached=entry["sla_breached"],
        received_at=moment(entry["received_at"]),
        title=entry["title"],
        class_name=entry["class"],
        exam_type=entry["exam_type"],
        total_marks=entry["total_marks"],
        written=entry["written"],
        pages=entry["pages"],
    )


def _script(entry: Mapping[str, Any], paper: str) -> PulledScript:
    return PulledScript(
        evaluation_id=EvaluationId(UUID(entry["evaluation_id"])),
        exam_instance_id=ExamInstanceId(UUID(entry["exam_instance_id"])),
        assignment_version=entry["assignment_version"],
        version=entry["version"],
        status=EvaluationStatus(entry["status"]),
        deadline=moment(entry["sla_deadline"]),
        sla_hours=entry["sla_hours"],
        breached=entry["sla_breached"],
        received_at=moment(entry["received_at"]),
        title=entry["title"],
        class_name=entry["class"],
        exam_type=entry["exam_type"],
        total_marks=entry["total_marks"],
        snapshot=paper,
        declared_unanswered=tuple(entry["declared_unanswered"]),
        pages=tuple(pulled_page(page) for page in entry["pages"]),
        marks=tuple(_mark(mark) for mark in entry["marks"]),
        annotations=tuple(_annotation(annotation) for annotation in entry["annotations"]),
        seen=tuple(_reading(reading) for reading in entry["seen"]),
        flags=tuple(
            PulledFlag(
                FlagId(UUID(flag["flag_id"])),
                flag["page_number"],
                flag["pdf_page"],
                flag["reason"],
                flag.get("comment") or "",
                flag.get("x"),
                flag.get("y"),
                bool(flag.get("answered")),
                flag.get("answer") or "",
            )
            for flag in entry["flags"]
        ),
        completed_at=moment(entry["completed_at"]) if entry.get("completed_at") else None,
        returned=_returned(entry.get("returned")),  # a database before 008 does not say
        conflicts=tuple(_conflict(conflict) for conflict in entry.get("conflicts", ())),  # nor one before 012 this
        adjusted={  # nor one before 054 this
            one["question_number"]: Adjustment(one["adjustment"]) for one in entry.get("adjusted", ())
        },
    )


def _returned(entry: Mapping[str, Any] | None) -> Returned | None:
    if entry is None:
        return None
    questions = [
        ReturnedQuestion(int(one["question_number"]), one["reason"], read_pin(one.get("pin")))
        for one in entry["questions"]
    ]
    return Returned(entry["reason"], tuple(questions))


def _conflict(entry: Mapping[str, Any]) -> PulledConflict:
    kept, made_at, kept_at = entry["kept_operation"], entry["made_at"], entry["kept_at"]
    return PulledConflict(
        held=OperationId(UUID(entry["held_operation"])),
        question_number=entry["question_number"],
        alternative=entry["alternative"],
        state=MarkState(entry["state"]),
        marks=None if entry["marks"] is None else Decimal(entry["marks"]),
        comment=entry["comment"],
        version=entry["version"],
        open=entry["open"],
        made_at=None if made_at is None else moment(made_at),
        kept=None if kept is None else OperationId(UUID(kept)),
        kept_at=None if kept_at is None else moment(kept_at),
    )


def _with_document(script: PulledScript, foreign: Mapping[UUID, Any]) -> PulledScript:
    """The script with what its frozen document says and its registers do not."""
    document = foreign.get(script.evaluation_id)
    if document is None:
        return script
    annotations = script.annotations or tuple(
        PulledAnnotation(item.annotation_id, item.page.page_number, item.page.pdf_page, item.body, 0)
        for item in frozen_annotations(document)
    )
    return replace(script, annotations=annotations, newer_program=newer_program(document))


def _mark(entry: Mapping[str, Any]) -> PulledMark:
    return PulledMark(
        question_number=entry["question_number"],
        alternative=entry["alternative"],
        state=MarkState(entry["state"]),
        marks=None if entry["marks"] is None else Decimal(entry["marks"]),
        comment=entry["comment"],
        version=entry["version"],
    )


def _annotation(entry: Mapping[str, Any]) -> PulledAnnotation:
    return PulledAnnotation(
        annotation_id=UUID(entry["annotation_id"]),
        page_number=entry["page_number"],
        pdf_page=entry["pdf_page"],
        body=entry["body"],
        version=entry["version"],
    )


def _reading(entry: Mapping[str, Any]) -> PulledReading:
    numbers = entry["question_numbers"]
    return PulledReading(
        page_number=entry["page_number"],
        pdf_page=entry["pdf_page"],
        seconds=float(entry["seconds"]),
        largest_share=float(entry["largest_share"]),
        question_numbers=None if numbers is None else tuple(numbers),
    )
