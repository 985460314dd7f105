"""The demo's scripts, as rows and files: a few of each state, made once for all tests here."""

from __future__ import annotations

import io
import threading
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from itertools import combinations
from math import hypot
from typing import Any

import psycopg
import pytest
from PIL import Image
from psycopg import sql
from psycopg.rows import dict_row
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from mv_desktop.demo.answer_sheet import Outcome
from mv_desktop.demo.population import Person, staff
from mv_desktop.demo.school_seed import seed_school
from mv_desktop.demo.script_marking import HandedIn, handed_in
from mv_desktop.demo.script_plan import DemoState, ScriptPlan, script_plans
from mv_desktop.demo.script_seed import ScriptSeeder, evaluation_id, exam_id, sheet_files, student_work
from mv_desktop.domain.access import login_name
from mv_desktop.domain.annotation.document import AnnotationDocument
from mv_desktop.domain.annotation.shape import Stamp
from mv_desktop.domain.exam import ExamSnapshot, ExamType
from mv_desktop.domain.identifier import UserId
from mv_desktop.domain.sla import WorkCalendar
from mv_desktop.pages.intake import check
from mv_desktop.services.database import make_engine, open_session
from mv_desktop.services.deadline import server_calendar
from mv_desktop.services.staff import provision_login, scram_verifier
from tests.fakes.server import CloneDatabase, TestStore, clone, drop

pytestmark = pytest.mark.xdist_group("demo_data")
"""On one of the run's processes: to make the scripts takes longer than to look at them."""

PASSWORD = "demo password"
QUICK = 4096
STANDARD = {plan.number: plan for plan in script_plans()}
_SA, _VSA = ExamType.SECTION_SA, ExamType.SECTION_VSA

# The numbers choose the style of the pages; these are quick to draw and cover photos, PNG and PDF.
MARKING = ScriptPlan(201, DemoState.MARKING, "X", _SA, 48, 12.0, 1, share=0.5)
MARKING_PDF = ScriptPlan(202, DemoState.MARKING, "X", _SA, 48, 11.0, 1, share=0.8)
BROKEN_OFF = ScriptPlan(210, DemoState.MARKING, "X", _SA, 48, 10.0, 1, share=0.8)
EVALUATED = ScriptPlan(207, DemoState.EVALUATED, "X", _SA, 48, 8.0, 3)
FORGETFUL = ScriptPlan(1220, DemoState.EVALUATED, "X", _VSA, 48, 7.0, 3)
BROKEN = ScriptPlan(217, DemoState.ASSIGNED, "X", _SA, 48, 6.0, 0, broken_page=True)
UPLOADED = ScriptPlan(225, DemoState.UPLOADED, "X", _VSA, 48, 6.5)
TWICE = ScriptPlan(233, DemoState.ASSIGNED, "X", _VSA, 48, 3.0, 2)
PLANS = (
    *(STANDARD[number] for number in (9, 12, 17, 18, 22, 23, 24, 25, 26)),
    *(MARKING, MARKING_PDF, EVALUATED, FORGETFUL, BROKEN, UPLOADED),
)
WITH_DEADLINE = [plan for plan in PLANS if plan.teacher is not None]
FINISHED = [plan for plan in WITH_DEADLINE if plan.state is DemoState.EVALUATED]


class Demo:
    """A school with scripts in a database of its own."""

    def __init__(self, database: CloneDatabase, store: TestStore) -> None:
        self.database = database
        self.store = store.store()
        self.owner: Engine = make_engine(database.owner_url, application_name="mv-desktop test")
        self.teachers: list[Engine] = []
        self.now = datetime.now(UTC)
        with self.session() as session:
            seed_school(session, self.now.date())
            for person in staff():
                provision_login(session, UserId(person.user_id), scram_verifier(PASSWORD, iterations=QUICK))
            self.calendar: WorkCalendar = server_calendar(session)

    def session(self) -> AbstractContextManager[Session]:
        return open_session(self.owner)

    def as_teacher(self, person: Person) -> AbstractContextManager[Session]:
        url = self.database.url_for(login_name(person.email), PASSWORD)
        self.teachers.append(make_engine(url, application_name="mv-desktop test"))
        return open_session(self.teachers[-1])

    def seeder(self, now: datetime | None = None, owner: Engine | None = None) -> ScriptSeeder:
        engine = owner or self.owner
        return ScriptSeeder(lambda: open_session(engine), self.as_teacher, self.store, self.calendar, now or self.now)

    def rows(self, query: str, *parameters: object) -> list[dict[str, Any]]:
        with psycopg.connect(self.database.owner_url, row_factory=dict_row) as connection:
            return connection.execute(query, parameters).fetchall()

    def row(self, query: str, *parameters: object) -> dict[str, Any]:
        (row,) = self.rows(query, *parameters)
        return row

    def exam(self, plan: ScriptPlan) -> dict[str, Any]:
        return self.row("SELECT * FROM exam_instances WHERE exam_instance_id = %s", exam_id(plan))

    def evaluation(self, plan: ScriptPlan) -> dict[str, Any]:
        return self.row("SELECT * FROM evaluations WHERE evaluation_id = %s", evaluation_id(plan))

    def contents(self) -> dict[str, str]:
        """A digest of each table."""
        tables = self.rows("SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY tablename")
        digest = "SELECT md5(coalesce(string_agg(t::text, '|' ORDER BY t::text), '')) AS digest FROM public.{} t"
        with psycopg.connect(self.database.owner_url, row_factory=dict_row) as connection:
            return {
                table["tablename"]: connection.execute(
                    sql.SQL(digest).format(sql.Identifier(table["tablename"]))
                ).fetchone()["digest"]
                for table in tables
            }

    def handed_in(self, plan: ScriptPlan) -> HandedIn:
        """What the student handed in, written once more."""
        work = student_work(plan, ExamSnapshot.model_validate(self.exam(plan)["exam_snapshot"]))
        return handed_in(work.answers, sheet_files(plan, work))

    def ink(self, plan: ScriptPlan) -> list[dict[str, Any]]:
        return self.rows(
            "SELECT page_number, pdf_page, (body ->> 'question_number')::int AS question,"
            " body ->> 'alternative' AS alternative, (body ->> 'x')::float AS x, (body ->> 'y')::float AS y"
            " FROM annotation_registers WHERE evaluation_id = %s ORDER BY placed_seq",
            evaluation_id(plan),
        )

    def close(self) -> None:
        for engine in (self.owner, *self.teachers):
            engine.dispose()
        self.store.close()


@pytest.fixture(scope="module")
def demo(pg_server, template_db, s3) -> Iterator[Demo]:
    made = Demo(clone(pg_server, template_db, "mv_demo_data"), s3)
    seeder = made.seeder()
    for plan in PLANS:
        seeder.make(plan)
    yield made
    made.close()
    drop(made.database)
    with psycopg.connect(pg_server.super_url(), autocommit=True) as connection:
        for person in staff():
            connection.execute(sql.SQL("DROP ROLE {}").format(sql.Identifier(login_name(person.email))))


@pytest.mark.parametrize(
    ("plan", "exam", "evaluation"),
    [
        (STANDARD[25], "created", None),
        (STANDARD[24], "in_progress", None),
        (STANDARD[23], "submitted_mcq", None),
        (STANDARD[22], "pending_upload", None),
        (UPLOADED, "uploaded", None),
        (STANDARD[9], "pending_evaluation", "assigned"),
        (STANDARD[17], "pending_evaluation", "assigned"),
        (MARKING, "pending_evaluation", "in_progress"),
        (EVALUATED, "evaluated", "completed"),
        (STANDARD[12], "evaluated", "completed"),
        (STANDARD[26], "evaluated", None),
    ],
    ids=lambda value: value.state.value if isinstance(value, ScriptPlan) else value,
)
def test_exam_and_evaluation_stand_where_planned(demo: Demo, plan, exam, evaluation) -> None:
    assert demo.exam(plan)["status"] == exam
    found = demo.rows("SELECT status FROM evaluations WHERE exam_instance_id = %s", exam_id(plan))
    assert [row["status"] for row in found] == ([] if evaluation is None else [evaluation])


@pytest.mark.parametrize("plan", WITH_DEADLINE, ids=lambda plan: str(plan.number))
def test_deadline_is_at_the_planned_distance(demo: Demo, plan: ScriptPlan) -> None:
    evaluation = demo.evaluation(plan)
    left = demo.calendar.working_time(demo.now, evaluation["sla_deadline"])
    assert abs(left - timedelta(hours=plan.left)) < timedelta(minutes=2)
    assert evaluation["sla_hours_allocated"] == plan.sla_hours
    assert evaluation["sla_breached"] == (plan.left < 0)
    clock = demo.row("SELECT received_at FROM evaluation_clock WHERE exam_instance_id = %s", exam_id(plan))
    assert demo.calendar.deadline(clock["received_at"], plan.sla_hours).due == evaluation["sla_deadline"]
    uploaded = demo.row(
        "SELECT max(uploaded_at) AS last FROM answer_sheet_uploads WHERE exam_instance_id = %s", exam_id(plan)
    )
    assert uploaded["last"] == clock["received_at"]


def test_student_has_a_plan_that_promises_these_hours(demo: Demo) -> None:
    for plan in WITH_DEADLINE:
        promised = demo.row(
            "SELECT p.sla_hours FROM exam_instances x JOIN subscriptions s USING (student_user_id)"
            " JOIN subscription_plans p USING (plan_type) WHERE x.exam_instance_id = %s AND s.status = 'active'",
            exam_id(plan),
        )
        assert promised["sla_hours"] == plan.sla_hours


def test_times_of_every_exam_follow_one_another_up_to_now(demo: Demo) -> None:
    exams = demo.rows(
        "SELECT x.*, e.assigned_at, e.created_at AS evaluation_created_at, e.started_at AS marking_started_at,"
        " e.completed_at, u.created_at AS student_created_at, t.created_at AS template_created_at,"
        " (SELECT min(uploaded_at) FROM answer_sheet_uploads a WHERE a.exam_instance_id = x.exam_instance_id)"
        " AS first_upload,"
        " (SELECT max(uploaded_at) FROM answer_sheet_uploads a WHERE a.exam_instance_id = x.exam_instance_id)"
        " AS last_upload"
        " FROM exam_instances x JOIN users u ON u.user_id = x.student_user_id JOIN exam_templates t USING (template_id)"
        " LEFT JOIN evaluations e USING (exam_instance_id)"
    )
    assert len(exams) >= len(PLANS)
    for exam in exams:
        steps = (
            *("created_at", "started_at", "submitted_at", "first_upload", "last_upload", "assigned_at"),
            *("marking_started_at", "completed_at"),
        )
        times = [exam[step] for step in steps if exam[step] is not None]
        assert times == sorted(times)
        assert times[-1] <= datetime.now(UTC)
        assert exam["student_created_at"] < exam["created_at"] > exam["template_created_at"]
        assert exam["evaluation_created_at"] == exam["assigned_at"]
        if exam["submitted_at"] is None:
            assert exam["time_taken_minutes"] is None
        else:
            assert exam["submitted_at"] - exam["started_at"] == timedelta(minutes=exam["time_taken_minutes"])
            assert 0 < exam["time_taken_minutes"] <= exam["duration_minutes"]
    sitting = demo.exam(STANDARD[24])
    assert demo.now < sitting["started_at"] + timedelta(minutes=sitting["duration_minutes"])


def test_choices_are_made_while_the_student_sits_and_gaps_are_declared_before_the_sheets_are_complete(
    demo: Demo,
) -> None:
    early_or_late = demo.rows(
        "SELECT 1 FROM student_mcq_answers JOIN exam_instances USING (exam_instance_id)"
        " WHERE answered_at NOT BETWEEN started_at AND submitted_at"
    )
    declared_late = demo.rows(
        "SELECT 1 FROM unanswered_questions JOIN exam_instances USING (exam_instance_id)"
        " JOIN evaluation_clock USING (exam_instance_id) WHERE declared_at NOT BETWEEN submitted_at AND received_at"
    )
    assert (early_or_late, declared_late) == ([], [])


def test_subscriptions_run_and_count_the_exams_of_their_month(demo: Demo) -> None:
    zone = demo.calendar.hours.zone
    subscriptions = demo.rows("SELECT * FROM subscriptions")
    assert len(subscriptions) == 40
    for subscription in subscriptions:
        reset = subscription["last_counter_reset_date"]
        assert reset.day == subscription["start_date"].day == subscription["billing_day_of_month"]
        assert subscription["start_date"] < reset <= demo.now.date() <= subscription["end_date"]
        assert (demo.now.date() - reset).days < 31
        exams = [
            row["created_at"].astimezone(zone).date()
            for row in demo.rows(
                "SELECT created_at FROM exam_instances WHERE student_user_id = %s", subscription["student_user_id"]
            )
        ]
        assert all(subscription["start_date"] <= day for day in exams)
        assert subscription["exams_used_this_month"] == sum(day >= reset for day in exams)
        assert subscription["exams_used_this_month"] <= subscription["exams_limit_per_month"]
    assert any(subscription["exams_used_this_month"] for subscription in subscriptions)


@pytest.mark.parametrize("plan", FINISHED, ids=lambda plan: str(plan.number))
def test_finished_script_is_right_to_the_half_mark(demo: Demo, plan: ScriptPlan) -> None:
    exam, evaluation = demo.exam(plan), demo.evaluation(plan)
    paper = ExamSnapshot.model_validate(exam["exam_snapshot"])
    written = {q.question_number: q for q in paper.questions if q.question_type.written}
    marks = demo.rows("SELECT * FROM question_marks WHERE evaluation_id = %s", evaluation_id(plan))
    assert sorted(row["question_number"] for row in marks) == sorted(written)
    for row in marks:
        question = written[row["question_number"]]
        assert row["marks_possible"] == question.marks
        assert str(row["question_id"]) in {option.question_id for _, option in question.options}
        assert 0 <= row["marks_awarded"] <= question.marks
        assert row["marks_awarded"] % Decimal("0.5") == 0
    manual = sum(row["marks_awarded"] for row in marks)
    answered = demo.row(
        "SELECT coalesce(sum(marks_awarded), 0) AS score FROM student_mcq_answers WHERE exam_instance_id = %s",
        exam_id(plan),
    )
    assert (exam["mcq_score"], exam["manual_score"]) == (answered["score"], manual)
    assert evaluation["total_manual_marks"] == manual
    assert exam["total_score"] == exam["mcq_score"] + manual
    exact = 100 * exam["total_score"] / exam["total_marks"]
    assert exam["percentage"] == exact.quantize(Decimal("0.01"), ROUND_HALF_UP)
    assert 0 < exam["total_score"] <= exam["total_marks"]


@pytest.mark.parametrize("plan", FINISHED, ids=lambda plan: str(plan.number))
def test_finished_script_keeps_its_annotations_as_a_document(demo: Demo, plan: ScriptPlan) -> None:
    document = AnnotationDocument.model_validate(demo.evaluation(plan)["annotation_data"])
    stamps = [item for page in document.pages for item in page.annotations]
    assert document.schema_ == 1
    assert stamps
    assert all(isinstance(stamp, Stamp) for stamp in stamps)
    skipped = {note.question_number for note in document.questions if note.state == "not_attempted"}
    marks = demo.rows("SELECT * FROM question_marks WHERE evaluation_id = %s", evaluation_id(plan))
    for row in marks:
        number = row["question_number"]
        if number in skipped:
            assert row["marks_awarded"] == 0
        else:
            assert row["marks_awarded"] == sum(Decimal(s.marks) for s in stamps if s.question_number == number)
    uploads = demo.rows("SELECT page_number FROM answer_sheet_uploads WHERE exam_instance_id = %s", exam_id(plan))
    assert {page.page_number for page in document.pages} == {row["page_number"] for row in uploads}


@pytest.mark.parametrize("plan", FINISHED, ids=lambda plan: str(plan.number))
def test_finishing_a_script_is_audited_as_its_teachers_work(demo: Demo, plan: ScriptPlan) -> None:
    events = demo.rows(
        "SELECT event_type, actor_user_id, event_data ->> 'login' AS login FROM audit_logs"
        " WHERE resource_id = %s AND event_type LIKE 'evaluation.%%' ORDER BY created_at",
        evaluation_id(plan),
    )
    teacher = staff()[plan.teacher or 0]
    assert [event["event_type"] for event in events][-2:] == ["evaluation.started", "evaluation.completed"]
    assert {event["actor_user_id"] for event in events[-2:]} == {teacher.user_id}
    assert {event["login"] for event in events[-2:]} == {login_name(teacher.email)}


def test_script_in_marking_has_its_share_of_marks_and_nothing_final(demo: Demo) -> None:
    exam, evaluation = demo.exam(MARKING), demo.evaluation(MARKING)
    paper = ExamSnapshot.model_validate(exam["exam_snapshot"])
    written = [q.question_number for q in paper.questions if q.question_type.written]
    first = set(written[: round(MARKING.share * len(written))])
    attempted = {
        answer.question_number
        for answer in student_work(MARKING, paper).answers
        if answer.outcome is not Outcome.NOT_ATTEMPTED
    }
    assert {stamp["question"] for stamp in demo.ink(MARKING)} == first & attempted
    assert (evaluation["total_manual_marks"], evaluation["annotation_data"]) == (None, None)
    assert evaluation["started_at"] is not None
    assert demo.rows("SELECT 1 FROM question_marks WHERE evaluation_id = %s", evaluation_id(MARKING)) == []


@pytest.mark.parametrize("plan", [MARKING, MARKING_PDF, EVALUATED, STANDARD[12]], ids=lambda plan: str(plan.number))
def test_ink_stands_beside_the_answers_and_every_page_was_read(demo: Demo, plan: ScriptPlan) -> None:
    found, ink = demo.handed_in(plan), demo.ink(plan)
    assert len(ink) > 3
    for stamp in ink:
        answer = found.answers[stamp["question"]]
        assert (stamp["page_number"], stamp["pdf_page"]) == answer.page
        assert (stamp["x"], stamp["y"]) == pytest.approx((answer.x, answer.y), abs=0.01)
        assert (stamp["alternative"] or "") == answer.answer.alternative
    for one, other in combinations(ink, 2):
        if (one["page_number"], one["pdf_page"]) == (other["page_number"], other["pdf_page"]):
            # sizes are fractions of the width, and an A4 page is 1.4 times as high
            assert hypot(one["x"] - other["x"], 1.4 * (one["y"] - other["y"])) > Stamp.model_fields["size"].default
    read = demo.rows(
        "SELECT page_number, pdf_page FROM page_registers WHERE evaluation_id = %s AND seen_seconds > 10"
        " ORDER BY page_number, pdf_page",
        evaluation_id(plan),
    )
    assert tuple(tuple(page.values()) for page in read) == found.pages


def test_ink_in_a_pdf_stands_on_several_of_its_pages(demo: Demo) -> None:
    pages = {(stamp["page_number"], stamp["pdf_page"]) for stamp in demo.ink(MARKING_PDF)}
    assert len(pages) > 1
    assert {page_number for page_number, _ in pages} == {1}
    assert min(pdf_page for _, pdf_page in pages) == 1
    data = demo.store.get(
        demo.row("SELECT s3_key FROM answer_sheet_uploads WHERE exam_instance_id = %s", exam_id(MARKING_PDF))["s3_key"]
    )
    assert demo.handed_in(MARKING_PDF).pages == tuple((1, page) for page in range(1, len(check(data).pages) + 1))


def test_marking_that_was_broken_off_is_gone_on_with_at_the_same_places(demo: Demo) -> None:
    @contextmanager
    def killed(_: Person) -> Iterator[Session]:
        raise KeyboardInterrupt
        yield

    with pytest.raises(KeyboardInterrupt):
        replace(demo.seeder(), as_teacher=killed).make(BROKEN_OFF)
    assert demo.evaluation(BROKEN_OFF)["status"] == "assigned"
    demo.seeder().make(BROKEN_OFF)
    assert demo.evaluation(BROKEN_OFF)["status"] == "in_progress"
    found, ink = demo.handed_in(BROKEN_OFF), demo.ink(BROKEN_OFF)
    assert len({stamp["pdf_page"] for stamp in ink}) > 1
    assert all((stamp["page_number"], stamp["pdf_page"]) == found.answers[stamp["question"]].page for stamp in ink)


def test_question_that_nobody_answered_is_not_attempted_even_if_the_student_forgot_to_say_so(demo: Demo) -> None:
    found = demo.handed_in(FORGETFUL)
    marks = demo.rows("SELECT * FROM question_marks WHERE evaluation_id = %s", evaluation_id(FORGETFUL))
    unanswered = {row["question_number"] for row in marks} - set(found.answers)
    declared = demo.rows(
        "SELECT question_number FROM unanswered_questions WHERE exam_instance_id = %s", exam_id(FORGETFUL)
    )
    assert {row["question_number"] for row in declared} < unanswered
    document = AnnotationDocument.model_validate(demo.evaluation(FORGETFUL)["annotation_data"])
    assert {note.question_number for note in document.questions if note.state == "not_attempted"} == unanswered
    assert {row["marks_awarded"] for row in marks if row["question_number"] in unanswered} == {0}
    assert {stamp["question"] for stamp in demo.ink(FORGETFUL)} == set(found.answers)


def test_paper_of_choices_is_evaluated_without_a_teacher(demo: Demo) -> None:
    exam = demo.exam(STANDARD[26])
    answers = demo.rows("SELECT * FROM student_mcq_answers WHERE exam_instance_id = %s", exam_id(STANDARD[26]))
    paper = ExamSnapshot.model_validate(exam["exam_snapshot"])
    right = {q.question_number: set(q.correct) for q in paper.questions}
    assert len(answers) == len(right)
    for answer in answers:
        is_right = set(answer["selected_choices"]) == right[answer["question_number"]]
        assert (answer["is_correct"], answer["marks_awarded"] > 0) == (is_right, is_right)
    assert exam["total_score"] == exam["mcq_score"] == sum(answer["marks_awarded"] for answer in answers)


def test_answer_sheets_are_in_the_store_with_their_sizes(demo: Demo) -> None:
    uploads = demo.rows("SELECT * FROM answer_sheet_uploads ORDER BY s3_key")
    assert {row["mime_type"] for row in uploads} == {"image/jpeg", "image/png", "application/pdf"}
    for row in uploads:
        data = demo.store.get(row["s3_key"], bucket=row["s3_bucket"])
        assert len(data) == row["file_size_bytes"]
        if row["mime_type"] != "application/pdf" and not _is_broken(row):
            with Image.open(io.BytesIO(data)) as picture:
                assert picture.get_format_mimetype() == row["mime_type"]


def test_only_the_file_that_is_meant_to_be_broken_is(demo: Demo) -> None:
    rows = demo.rows("SELECT * FROM answer_sheet_uploads WHERE exam_instance_id = %s ORDER BY 1", exam_id(BROKEN))
    assert len(rows) > 1
    for row in rows:
        checked = check(demo.store.get(row["s3_key"]))
        assert checked.ok != _is_broken(row), checked.error


def test_making_again_changes_nothing(demo: Demo) -> None:
    before = demo.contents()
    seeder = demo.seeder(now=demo.now + timedelta(days=3))
    for plan in PLANS:
        seeder.make(plan)
    with demo.session() as session:
        seed_school(session, (demo.now + timedelta(days=3)).date())
    assert demo.contents() == before


def test_two_programs_that_make_the_same_script_make_it_once(demo: Demo) -> None:
    errors: list[BaseException] = []
    engines = [make_engine(demo.database.owner_url, application_name=f"mv-desktop test {n}") for n in range(2)]

    def make(engine: Engine) -> None:
        try:
            demo.seeder(owner=engine).make(replace(TWICE))
        except Exception as error:  # noqa: BLE001 - told by the test below
            errors.append(error)

    threads = [threading.Thread(target=make, args=(engine,)) for engine in engines]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for engine in engines:
        engine.dispose()
    assert errors == []
    assert demo.evaluation(TWICE)["status"] == "assigned"


def _is_broken(row: dict[str, Any]) -> bool:
    return row["exam_instance_id"] == exam_id(BROKEN) and row["page_number"] == 2
