"""Exams as the office looks at them, on the real server."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from uuid import UUID, uuid4

import pytest

from mv_desktop.core.errors import RefusedError
from mv_desktop.domain.case import CaseKind
from mv_desktop.domain.evaluation import script_code
from mv_desktop.domain.exam import ExamStatus
from mv_desktop.offline.office.exam_record import ExamRecords
from tests.factories.marking import School


def _exam_of(school: School, evaluation: UUID) -> tuple[UUID, UUID, UUID]:
    ((exam, student, template),) = school.select(
        "SELECT x.exam_instance_id, x.student_user_id, x.template_id FROM evaluations e"
        " JOIN exam_instances x USING (exam_instance_id) WHERE e.evaluation_id = %s", evaluation
    )  # fmt: skip
    return exam, student, template


def test_exams_say_where_they_stand_and_what_came_of_them(school: School) -> None:
    records = ExamRecords(school.person("admin").session)
    asha = school.person()
    done, held = school.script(asha), school.script(asha)
    exam, student, template = _exam_of(school, done)
    other, *_ = _exam_of(school, held)
    due, now = datetime.now(UTC) - timedelta(hours=1), datetime.now(UTC)
    school.execute("UPDATE exam_instances SET student_user_id = %s", student)
    school.execute("UPDATE evaluations SET sla_deadline = %s", due)
    with school.rows() as rows:
        rows.connection.execute(
            "UPDATE evaluations SET status = 'completed', completed_at = %s, sla_breached = true"
            " WHERE evaluation_id = %s", (now, done)
        )  # fmt: skip
        rows.connection.execute(
            "UPDATE exam_instances SET status = 'evaluated', mcq_score = 1, manual_score = 7.5, total_score = 8.5,"
            " percentage = 77.27 WHERE exam_instance_id = %s", (exam,)
        )  # fmt: skip
        rows.insert("evaluation_holds", evaluation_id=held, assignment_version=1, kind="withdrawn", reason="a test",
                    held_by=asha.user_id)  # fmt: skip
        stuck = rows.exam(student_user_id=student, status="pending_upload")
        rows.insert("audit_logs", event_type="exam.stuck", resource_type="exam", resource_id=stuck)
    found = {one.exam: one for one in records.of_student(student)}
    assert set(found) == {exam, other, stuck}
    first = found[exam]
    ((teacher,),) = school.select("SELECT first_name || ' ' || last_name FROM users WHERE user_id = %s", asha.user_id)
    assert (first.code, first.teacher, first.due_at, first.late, first.marked_at) == (
        script_code(exam), teacher, due, True, now,
    )  # fmt: skip
    assert (first.status, first.choices, first.written, first.score, first.percentage, first.stuck) == (
        ExamStatus.EVALUATED, Decimal(1), Decimal("7.5"), Decimal("8.5"), Decimal("77.27"), False,
    )  # fmt: skip
    assert (
        first.pages
        == school.select("SELECT count(*) FROM answer_sheet_uploads WHERE exam_instance_id = %s", exam)[0][0]
    )
    assert (found[other].held, found[other].late, found[other].marked_at) == (CaseKind.WITHDRAWN, True, None)
    assert (found[stuck].stuck, found[stuck].teacher, found[stuck].due_at, found[stuck].late) == (True, "", None, False)
    assert {one.exam for one in records.of_template(template)} <= set(found)
    assert records.of_template(uuid4()) == records.of_student(uuid4()) == ()


def test_a_paper_is_printed_as_it_was_frozen(school: School) -> None:
    records = ExamRecords(school.person("admin").session)
    exam, _, template = _exam_of(school, school.script(school.person()))
    ((snapshot,),) = school.select("SELECT exam_snapshot FROM exam_instances WHERE exam_instance_id = %s", exam)
    (made,) = records.of_template(template)
    paper = records.paper(exam)
    assert paper.title.endswith(made.code)
    numbers = [one.number for section in paper.sections for one in section.questions]
    assert numbers == [one["question_number"] for one in snapshot["questions"]]
    with pytest.raises(RefusedError):
        records.paper(uuid4())
