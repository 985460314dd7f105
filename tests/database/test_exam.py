"""Exams on the server: the steps they take, choices scored by the frozen paper, and time that is up."""

from __future__ import annotations

import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from itertools import product
from typing import Any
from uuid import UUID

import psycopg
import pytest
from psycopg import errors
from sqlalchemy import Engine

from mv_desktop.domain.adjustment import Adjustment
from mv_desktop.domain.exam import ExamSnapshot, ExamStatus
from mv_desktop.domain.exam_status import STEPS
from mv_desktop.domain.question import SnapshotQuestion
from mv_desktop.services.adjustment import adjust_question
from mv_desktop.services.database import open_session
from mv_desktop.services.exam import submit_overdue
from mv_desktop.worker.exam_job import submit_exams
from tests.factories.marking import School
from tests.factories.paper import bank_question, paper, section, template
from tests.factories.worker import worker_engine

STARTED = datetime(2026, 7, 15, 4, 30, tzinfo=UTC)
TIME = timedelta(minutes=180)


@pytest.fixture
def worker(school: School) -> Iterator[Engine]:
    with worker_engine(school) as engine:
        yield engine


def choices_only() -> ExamSnapshot:
    """Three questions with choices; B is right, of the last B and D."""
    content = [bank_question(name, "MCQ", 1).model_dump() for name in ("one", "two", "three")]
    content[2]["correct"] = ("D", "B")
    questions = [SnapshotQuestion(question_number=n, section="A", **c) for n, c in enumerate(content, 1)]
    return ExamSnapshot(seed=1, template=template(section("A", "MCQ", 1, 3)), questions=tuple(questions))


def sitting(school: School, of: ExamSnapshot, answers: dict[int, list[str]], **values: Any) -> UUID:
    """A student's exam in progress, with answers that the platform has judged wrongly."""
    row = {"status": "in_progress", "started_at": STARTED, "total_marks": of.template.total_marks} | values
    with school.rows() as rows:
        exam = rows.exam(exam_snapshot=json.loads(of.model_dump_json(by_alias=True)), **row)
        for number, chosen in answers.items():
            rows.answer(
                exam_instance_id=exam,
                question_number=number,
                question_id=UUID(of.questions[number - 1].question_id),
                selected_choices=chosen,
                is_correct=False,
                marks_awarded=0,
            )
    return exam


def stands(school: School, exam: UUID) -> tuple[Any, ...]:
    (row,) = school.select(
        "SELECT status, submitted_at, time_taken_minutes, mcq_score, total_score, percentage FROM exam_instances"
        " WHERE exam_instance_id = %s",
        exam,
    )
    return row


def test_the_database_takes_the_steps_of_the_table_and_no_others(school: School) -> None:
    with school.rows() as rows:
        exams = {status: rows.exam(status=status.value) for status in ExamStatus}
    taken: set[tuple[ExamStatus, ExamStatus]] = set()
    with psycopg.connect(school.database.owner_url, autocommit=True) as connection:
        for before, after in product(ExamStatus, repeat=2):
            step = "UPDATE exam_instances SET status = %s WHERE exam_instance_id = %s"
            with suppress(errors.CheckViolation), connection.transaction(force_rollback=True):
                connection.execute(step, (after.value, exams[before]))
                taken.add((before, after))
        with pytest.raises(errors.CheckViolation, match="cannot go from created to evaluated") as refused:
            connection.execute(step, ("evaluated", exams[ExamStatus.CREATED]))
    assert refused.value.diag.constraint_name == "tr_exam_instances_step"
    assert taken == {(before, after) for before in ExamStatus for after in {before, *STEPS[before]}}


@pytest.mark.parametrize("status", ["submitted_mcq", "pending_upload"])
def test_choices_are_scored_when_an_exam_is_submitted_whoever_submits_it(school: School, status: str) -> None:
    exam = sitting(school, choices_only(), {1: ["B"], 2: ["B", "A"], 3: ["B", "D", "B"]})
    school.execute("UPDATE exam_instances SET status = %s, mcq_score = 3 WHERE exam_instance_id = %s", status, exam)
    assert stands(school, exam)[3:] == (2, 2, None)
    assert school.select(
        "SELECT question_number, is_correct, marks_awarded FROM student_mcq_answers ORDER BY question_number"
    ) == [(1, True, 1), (2, False, 0), (3, True, 1)]


def test_nothing_that_was_chosen_oddly_earns_anything(school: School) -> None:
    exam = sitting(school, choices_only(), {1: [], 2: ["b"], 3: ["B"]})
    school.execute("UPDATE student_mcq_answers SET selected_choices = '{\"B\": 1}' WHERE question_number = 2")
    school.execute("UPDATE exam_instances SET status = 'submitted_mcq' WHERE exam_instance_id = %s", exam)
    assert stands(school, exam)[3] == 0


def test_an_exam_of_choices_has_its_result_when_its_time_is_up(school: School, worker: Engine) -> None:
    exam = sitting(school, choices_only(), {1: ["B"], 3: ["D", "B"]})
    assert submit_exams(worker) == 2
    assert stands(school, exam) == ("evaluated", STARTED + TIME, 180, 2, 2, Decimal("66.67"))
    assert submit_exams(worker) == 0
    ((data,),) = school.select("SELECT event_data FROM audit_logs WHERE event_type = 'exam.time_up'")
    assert datetime.fromisoformat(data["ended_at"]) == STARTED + TIME


def test_an_exam_with_written_questions_waits_for_its_sheets(school: School, worker: Engine) -> None:
    mixed = sitting(school, paper(), {1: ["B"]})
    written = paper().model_copy(update={"questions": paper().questions[1:]})
    without = sitting(school, written, {})
    assert submit_exams(worker) == 2
    assert stands(school, mixed)[:4] == ("pending_upload", STARTED + TIME, 180, 1)
    assert stands(school, without)[:4] == ("pending_upload", STARTED + TIME, 180, 0)


def test_an_exam_is_submitted_after_its_grace_and_not_before(school: School, worker: Engine) -> None:
    exam = sitting(school, paper(), {})
    for seconds, submitted in ((-1, 0), (0, 0), (1, 1)):
        with open_session(worker) as session:
            moment = STARTED + TIME + timedelta(minutes=5, seconds=seconds)
            assert submit_overdue(session, 10, moment) == submitted
    assert stands(school, exam)[0] == "pending_upload"


def test_nothing_is_submitted_where_the_settings_say_so_nor_what_was_never_started(
    school: School, worker: Engine
) -> None:
    sitting(school, paper(), {}, status="created", started_at=None)
    exam = sitting(school, paper(), {})
    school.execute("UPDATE system_config SET config_value = 'false' WHERE config_key = 'exam_auto_submit_enabled'")
    assert submit_exams(worker) == 0
    school.execute("UPDATE system_config SET config_value = 'true' WHERE config_key = 'exam_auto_submit_enabled'")
    assert submit_exams(worker) == 1
    assert stands(school, exam)[0] == "pending_upload"


def test_two_workers_at_once_submit_each_exam_once_and_wait_for_nobody(school: School, worker: Engine) -> None:
    exams = [sitting(school, choices_only(), {1: ["B"]}) for _ in range(12)]
    with psycopg.connect(school.database.owner_url) as busy:  # the student's last answer is being written
        busy.execute("SELECT 1 FROM exam_instances WHERE exam_instance_id = %s FOR UPDATE", (exams[0],))

        def submit(_: int) -> int:
            with open_session(worker) as session:
                return submit_overdue(session, 3)

        with ThreadPoolExecutor(2) as pool:
            assert sum(pool.map(submit, range(8))) == 11
    assert submit(0) == 1
    assert school.select(
        "SELECT count(*), count(DISTINCT resource_id) FROM audit_logs WHERE event_type = 'exam.time_up'"
    ) == [(12, 12)]


def test_choices_that_came_in_without_a_score_are_scored_before_their_result(school: School, worker: Engine) -> None:
    """One exam of the platform has no score, one never got the sum of what its answers earned; both are scored anew."""
    none = sitting(school, choices_only(), {1: ["B"], 2: ["A"]}, status="submitted_mcq", mcq_score=None)
    lost = sitting(school, paper(), {1: ["B"]}, status="pending_upload")
    school.execute(
        "UPDATE student_mcq_answers SET is_correct = true, marks_awarded = 0.5 WHERE exam_instance_id = %s", lost
    )
    kept = sitting(school, paper(), {1: ["A"]}, status="pending_upload", mcq_score=1)
    assert submit_exams(worker) == 3
    assert stands(school, none)[0::3] == ("evaluated", 1)
    assert stands(school, none)[4:] == (1, Decimal("33.33"))
    assert stands(school, lost)[0::3] == ("pending_upload", 1)
    assert stands(school, kept)[3] == 1
    assert submit_exams(worker) == 0
    assert school.select(
        "SELECT event_type, resource_id FROM audit_logs WHERE event_type LIKE 'exam.%%' ORDER BY 1, 2"
    ) == [
        ("exam.evaluated", none),
        *(("exam.scored", exam) for exam in sorted((none, lost))),
    ]


def test_what_is_left_lying_is_looked_at_once_and_again_when_an_answer_earns(school: School, worker: Engine) -> None:
    lying = [sitting(school, paper(), {1: ["A"]}, status="pending_upload") for _ in range(3)]
    odd = sitting(school, paper(), {1: ["B"]}, status="pending_upload", total_marks=0)
    waits = "SELECT exam_instance_id, look_at > now() FROM api._exams_to_score"
    assert {exam for exam, _ in school.select(waits)} == {*lying, odd}
    assert submit_exams(worker) == 4
    assert submit_exams(worker) == 0
    assert school.select(waits) == []
    earns = "UPDATE student_mcq_answers SET is_correct = true, marks_awarded = 1 WHERE exam_instance_id = %s"
    school.execute(earns + " AND question_number = 1", lying[0])
    school.execute(earns, odd)
    school.execute("UPDATE exam_instances SET mcq_score = NULL WHERE exam_instance_id = %s", lying[1])
    school.execute("UPDATE student_mcq_answers SET selected_choices = '[\"B\"]' WHERE exam_instance_id = %s", lying[1])
    with psycopg.connect(school.database.owner_url) as platform:  # what is being written is left for the next round
        platform.execute(
            "UPDATE student_mcq_answers SET selected_choices = '[\"B\"]', marks_awarded = 1"
            " WHERE exam_instance_id = %s",
            (lying[2],),
        )
        assert submit_exams(worker) == 3
        assert school.select(waits) == [(odd, True)]
    assert submit_exams(worker) == 1
    assert [stands(school, exam)[3] for exam in (*lying, odd)] == [0, 1, 1, 0]
    assert submit_exams(worker) == 0
    school.execute("DELETE FROM exam_instances WHERE exam_instance_id = %s", odd)
    assert school.select(waits) == []


def test_a_faulty_question_counts_for_everybody_when_an_exam_of_choices_has_its_result(
    school: School, worker: Engine
) -> None:
    of = choices_only()
    exam = sitting(school, of, {1: ["A"], 3: ["B", "D"]})
    admin = school.person("admin")
    ((template_id,),) = school.select("SELECT template_id FROM exam_instances WHERE exam_instance_id = %s", exam)
    with admin.session() as session:
        adjust_question(session, template_id, UUID(of.questions[0].question_id), 0, Adjustment.AWARD, "A misprint")
    assert submit_exams(worker) == 2
    assert stands(school, exam)[3:] == (2, 2, Decimal("66.67"))


def test_an_exam_that_cannot_be_scored_is_written_down_and_holds_up_no_other(school: School, worker: Engine) -> None:
    told_of = {
        school.person(role, is_coordinator=also).user_id
        for role, also in (("teacher", True), ("admin", False), ("admin", True))
    }
    school.person()
    odd = sitting(school, choices_only(), {1: ["B"]}, started_at=STARTED - TIME, total_marks=0)
    exam = sitting(school, choices_only(), {1: ["B"]})
    with open_session(worker) as session:
        assert [submit_overdue(session, 1) for _ in range(3)] == [1, 1, 0]
    assert submit_exams(worker) == 1
    assert (stands(school, odd)[0], stands(school, exam)[0]) == ("in_progress", "evaluated")
    stuck = "SELECT resource_id, event_data ->> 'sqlstate' FROM audit_logs WHERE event_type = 'exam.stuck'"
    assert school.select(stuck) == [(odd, errors.CheckViolation.sqlstate)]
    told = "SELECT user_id, data ->> 'exam_instance_id' FROM notices WHERE kind = 'exam.stuck'"
    found = school.select(told)
    assert len(found) == len(told_of), "once each, though it was tried three times"
    assert set(found) == {(user, str(odd)) for user in told_of}
    assert school.select("SELECT marks_awarded FROM student_mcq_answers WHERE exam_instance_id = %s", odd) == [(0,)]
