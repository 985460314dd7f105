"""What waits for who coordinates, read in a few queries, and the two decisions that need more than one function.

All other decisions are in `services/assignment.py`, `sheet.py`, `kept_work.py` and `adjustment.py`.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import Row, text
from sqlalchemy.orm import Session

from mv_desktop.core.errors import RefusedError
from mv_desktop.domain.case import (
    Case,
    CaseFile,
    CaseKind,
    CaseQuestion,
    Cases,
    CaseScript,
    RescanAnswer,
    in_order,
)
from mv_desktop.domain.evaluation import code_number, script_code
from mv_desktop.domain.flag import Spot
from mv_desktop.domain.identifier import EvaluationId, ExamInstanceId, PageRef
from mv_desktop.domain.kept_work import KeptWork, RefusedWork
from mv_desktop.domain.returned import ReturnedQuestion
from mv_desktop.domain.sheet import Sheet
from mv_desktop.services.adjustment import question_cases
from mv_desktop.services.assignment import Assigned, return_questions
from mv_desktop.services.deadline import server_calendar
from mv_desktop.services.kept_work import kept_work, read_kept, refused_work
from mv_desktop.services.sheet import script_sheets

REFUSED_FOR = timedelta(days=7)
"""Refused work is shown for so long: it is looked into, and nothing ends it."""

AT_REQUEST = "At the student's request: "
"""What the reason of a re-check begins with, for the teacher and in the audit log."""

_FOUND_MOST = 20

_WAITING = """
    SELECT 'flag' AS kind, f.flag_id AS subject, e.exam_instance_id, f.raised_at AS since, f.raised_by AS who, f.reason,
           f.comment AS words, f.page_number, f.pdf_page, f.x, f.y, CAST(NULL AS uuid) AS request_id,
           CAST(NULL AS timestamptz) AS arrived_at, CAST(NULL AS text) AS mime_type, CAST(NULL AS int) AS files
    FROM evaluation_flags f JOIN evaluations e ON e.evaluation_id = f.evaluation_id
    WHERE f.answered_at IS NULL AND f.withdrawn_at IS NULL
    UNION ALL
    SELECT h.kind, h.hold_id, e.exam_instance_id, h.held_since, h.held_by, h.reason, h.comment, NULL, NULL, NULL, NULL,
           NULL, NULL, NULL, NULL
    FROM evaluation_holds h JOIN evaluations e ON e.evaluation_id = h.evaluation_id
    WHERE h.ended_at IS NULL
    UNION ALL
    SELECT 'rescan', r.rescan_id, r.exam_instance_id, r.asked_at, r.asked_by, r.reason, '', a.page_number, 0, NULL,
           NULL, s.request_id, s.arrived_at, s.mime_type, s.files
    FROM rescan_requests r JOIN answer_sheet_uploads a ON a.upload_id = r.upload_id
    LEFT JOIN {answers} s ON s.rescan_id = r.rescan_id
    WHERE r.closed_at IS NULL
"""
_ANSWERS = "api.rescan_answers()"
_NO_ANSWERS = """(
        SELECT CAST(NULL AS uuid) AS rescan_id, CAST(NULL AS uuid) AS request_id,
               CAST(NULL AS timestamptz) AS arrived_at, CAST(NULL AS text) AS mime_type, CAST(NULL AS int) AS files
        WHERE false
    )"""
_SCRIPTS = """
    SELECT x.exam_instance_id, x.template_id, x.class AS class_name, t.template_name, e.evaluation_id,
           u.first_name || ' ' || u.last_name AS teacher, e.assignment_version, e.sla_deadline, e.sla_hours_allocated,
           e.status = 'completed' AS completed, h.kind AS held,
           e.sla_breached OR e.status <> 'completed' AND e.sla_deadline < now() AS breached,
           EXISTS (
               SELECT 1 FROM deadline_changes c WHERE c.evaluation_id = e.evaluation_id AND c.kind = 'excused'
                 AND c.deadline_after = e.sla_deadline
           ) AS excused
    FROM exam_instances x
    JOIN exam_templates t ON t.template_id = x.template_id
    LEFT JOIN evaluations e ON e.exam_instance_id = x.exam_instance_id
    LEFT JOIN users u ON u.user_id = e.teacher_user_id
    LEFT JOIN evaluation_holds h ON h.evaluation_id = e.evaluation_id AND h.ended_at IS NULL
"""
_QUESTIONS = """
    SELECT CAST(q ->> 'question_number' AS int) AS number, CAST(q ->> 'question_id' AS uuid) AS question_id,
           CAST(q ->> 'marks' AS numeric) AS possible, m.marks_awarded AS marks, m.mark_id IS NOT NULL AS marked
    FROM exam_instances x
    CROSS JOIN jsonb_array_elements(x.exam_snapshot -> 'questions') q
    LEFT JOIN question_marks m ON m.exam_instance_id = x.exam_instance_id
        AND m.question_number = CAST(q ->> 'question_number' AS int)
    WHERE x.exam_instance_id = :exam
    ORDER BY 1
"""


def read_cases(session: Session) -> Cases:
    """All that waits.

    Args:
        session: on a coordinator's login.

    Raises:
        NotAllowedError: the caller does not coordinate.
    """
    now, opens_pages = _beginning(session)
    waiting_sql = _WAITING.format(answers=_ANSWERS if opens_pages else _NO_ANSWERS)
    kept = kept_work(session)
    refused = refused_work(session, now - REFUSED_FOR)
    waiting = session.execute(
        text(
            f"SELECT w.*, u.first_name || ' ' || u.last_name AS by FROM ({waiting_sql}) w"  # noqa: S608 - ours
            " JOIN users u ON u.user_id = w.who"
        )
    ).all()
    scripts = _scripts(session, {row.exam_instance_id for row in waiting}, {work.piece.evaluation_id for work in kept})
    by_evaluation = {script.evaluation_id: script for script in scripts.values()}
    found = [_waiting(row, scripts[row.exam_instance_id]) for row in waiting]
    found += [_kept(work, by_evaluation[work.piece.evaluation_id]) for work in kept]
    found += [_refused(work) for work in refused]
    return Cases(in_order(found), server_calendar(session), now)


def find_scripts(session: Session, code: str) -> tuple[Case, ...]:
    """The scripts with this code, the latest deadline first; codes repeat once in a great many scripts.

    Args:
        session: on a coordinator's login.
        code: whole, such as "VX-4K2".
    """
    number = code_number(code)
    if number is None:
        return ()
    # 2²¹ divides the number of codes, so its low bits are those of the id: the database looks at these
    rows = session.execute(
        text(
            _SCRIPTS
            + " WHERE CAST(CAST('x' || right(CAST(x.exam_instance_id AS text), 6) AS bit(24)) AS int) & 2097151"
            " = :low AND e.evaluation_id IS NOT NULL ORDER BY e.sla_deadline DESC"
        ),
        {"low": number & 2097151},
    )
    scripts = [_script(row) for row in rows if script_code(row.exam_instance_id) == code][:_FOUND_MOST]
    now = _now(session)
    return tuple(
        Case(f"script:{script.exam_instance_id}", CaseKind.SCRIPT, now, script.teacher, script=script)
        for script in scripts
    )


def read_file(session: Session, case: Case) -> CaseFile:
    """What is to be known before something is decided.

    Raises:
        RefusedError: the script or the kept work is not there any more.
        NotAllowedError: the caller does not coordinate.
    """
    if case.script is None:
        return CaseFile(None)
    exam = case.script.exam_instance_id
    script = _scripts(session, {exam}, set()).get(exam)
    if script is None:
        raise RefusedError("There is no such script or flag on the server any more.")
    faults = {one.question_id: one for one in question_cases(session, script.template_id)}
    questions = tuple(
        CaseQuestion(
            row.number,
            row.question_id,
            Decimal(row.possible),
            row.marked and script.completed,
            row.marks,
            faults.get(row.question_id),
        )
        for row in session.execute(text(_QUESTIONS), {"exam": exam})
    )
    kept = None if case.piece is None else read_kept(session, case.piece)
    _, opens_pages = _beginning(session)
    sheets = script_sheets(session, exam)
    return CaseFile(script, sheets, questions, kept, opens_pages, _came(session, case, sheets))


def return_to_teacher(
    session: Session, script: CaseScript, questions: Sequence[ReturnedQuestion], reason: str
) -> Assigned:
    """Return questions of a completed script, with a second deadline of the plan's hours from now on.

    Raises:
        ConflictError: somebody was faster.
        RefusedError: the script is not completed, or a question is none that was marked.
    """
    if script.evaluation_id is None:
        raise RefusedError("Only questions of a completed script can be returned.")
    due = server_calendar(session).deadline(_now(session), script.sla_hours).due
    return return_questions(session, script.evaluation_id, script.assignment_version, questions, due, reason)


def recheck(session: Session, script: CaseScript, numbers: Sequence[int] | None, reason: str) -> Assigned:
    """Record a student's request to look at a completed script again, and return what it is about to its teacher.

    Args:
        session: on a coordinator's login.
        script: as it was read.
        numbers: the questions; None: all that a teacher marks.
        reason: the student's, at most 2,000 characters with `AT_REQUEST` before it.

    Raises:
        ConflictError, RefusedError: as `return_to_teacher`.
    """
    if numbers is None:
        rows = session.execute(
            text("SELECT m.question_number FROM question_marks m WHERE m.evaluation_id = :evaluation ORDER BY 1"),
            {"evaluation": script.evaluation_id},
        )
        numbers = [row.question_number for row in rows]  # of one that is not completed none, and the server says so
    why = AT_REQUEST + reason.strip() if reason.strip() else ""
    return return_to_teacher(session, script, [ReturnedQuestion(number, why) for number in numbers], why)


def _came(session: Session, case: Case, sheets: Sequence[Sheet]) -> Sheet | None:
    """The rescan that the student sent; None: none came, or the server is before 037."""
    known = text("SELECT to_regprocedure('api.rescan_file(uuid)') IS NOT NULL")
    if case.answer is None or not session.scalar(known):
        return None
    file = session.execute(
        text("SELECT * FROM api.rescan_file(CAST(:file AS uuid))"), {"file": case.answer.request_id}
    ).one_or_none()
    sheet = None if file is None else next((one for one in sheets if one.upload_id == file.upload_id), None)
    if file is None or sheet is None:
        return None
    return replace(
        sheet,
        page_id=case.answer.request_id,
        mime_type=file.mime_type,
        problem="",
        excluded=None,
        rescan=None,
        size=file.bytes,
        sha256=file.sha256,
        came=True,
    )


def _now(session: Session) -> datetime:
    now, _ = _beginning(session)
    return now


def _beginning(session: Session) -> tuple[datetime, bool]:
    """The server's time, and whether it gives who coordinates pages and tells which rescans came: from 036 on."""
    row = session.execute(
        text("SELECT now() AS now, to_regprocedure('api.rescan_answers()') IS NOT NULL AS opens")
    ).one()
    return row.now.astimezone(UTC), row.opens


def _scripts(
    session: Session, exams: Iterable[ExamInstanceId], evaluations: Iterable[EvaluationId]
) -> dict[ExamInstanceId, CaseScript]:
    rows = session.execute(
        text(
            _SCRIPTS + " WHERE x.exam_instance_id IN (SELECT unnest(CAST(:exams AS uuid[])) UNION"  # noqa: S608 - ours
            " SELECT o.exam_instance_id FROM evaluations o WHERE o.evaluation_id = ANY (CAST(:evaluations AS uuid[])))"
        ),
        {"exams": list(exams), "evaluations": list(evaluations)},
    )
    return {row.exam_instance_id: _script(row) for row in rows}


def _script(row: Row[Any]) -> CaseScript:
    exam = ExamInstanceId(row.exam_instance_id)
    script = CaseScript(exam, row.template_id, script_code(exam), row.class_name, row.template_name)
    if row.evaluation_id is None:
        return script
    return replace(
        script,
        evaluation_id=EvaluationId(row.evaluation_id),
        teacher=row.teacher,
        assignment_version=row.assignment_version,
        due=row.sla_deadline.astimezone(UTC),
        sla_hours=row.sla_hours_allocated,
        breached=row.breached,
        excused=row.excused,
        completed=row.completed,
        held=row.held or "",
    )


def _waiting(row: Row[Any], script: CaseScript) -> Case:
    return Case(
        key=f"{row.kind}:{row.subject}",
        kind=CaseKind(row.kind),
        since=row.since.astimezone(UTC),
        by=row.by,
        reason=row.reason,
        words=row.words,
        script=script,
        subject=UUID(str(row.subject)),
        page=None if row.page_number is None else PageRef(row.page_number, row.pdf_page or 0),
        spot=None if row.x is None else Spot(row.x, row.y),
        answer=None
        if row.request_id is None
        else RescanAnswer(row.request_id, row.arrived_at.astimezone(UTC), row.mime_type, row.files),
    )


def _kept(work: KeptWork, script: CaseScript) -> Case:
    piece = work.piece
    return Case(
        key=f"kept:{piece.evaluation_id}:{piece.teacher_user_id}:{piece.work_version}",
        kind=CaseKind.KEPT_WORK,
        since=work.last_at.astimezone(UTC),
        by=work.teacher,
        reason="; ".join(work.reasons),
        script=script,
        piece=piece,
        operations=work.waiting,
    )


def _refused(work: RefusedWork) -> Case:
    return Case(
        key=f"refused:{work.teacher_user_id}:{work.reason}",
        kind=CaseKind.REFUSED_WORK,
        since=work.last_at.astimezone(UTC),
        by=work.teacher,
        reason=work.reason,
        operations=work.operations,
        scripts=work.scripts,
    )
