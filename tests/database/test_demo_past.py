"""The demo's past: weeks of evaluated exams that hang together, and read models that say what the rows say."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from uuid import UUID

import psycopg
import pytest
from psycopg import sql

from mv_desktop.demo.faulty_question import propose_faulty
from mv_desktop.demo.past_plan import WEEKS
from mv_desktop.demo.past_seed import seed_past
from mv_desktop.demo.population import staff
from mv_desktop.demo.school_seed import seed_school
from mv_desktop.demo.second_look import ask_second
from mv_desktop.demo.written_question import write_questions
from mv_desktop.domain.access import login_name
from mv_desktop.domain.annotation.document import AnnotationDocument
from mv_desktop.domain.identifier import EvaluationId, UserId
from mv_desktop.domain.marks import MarkState
from mv_desktop.services.analytics import gather_results, refresh_analytics
from mv_desktop.services.database import make_engine, open_session
from mv_desktop.services.deadline import server_calendar
from mv_desktop.services.evaluation import finished_scripts, pull_scripts
from mv_desktop.services.insight import refresh_insight
from mv_desktop.services.staff import provision_login, scram_verifier
from tests.fakes.server import CloneDatabase, clone, drop

pytestmark = pytest.mark.xdist_group("demo_data")
"""The people's logins are the server's: no other test of the demo's people may run beside."""

PASSWORD = "demo password"
QUICK = 4096


class Past:
    """A school with its past, summed up."""

    def __init__(self, database: CloneDatabase) -> None:
        self.database = database
        self.owner = make_engine(database.owner_url, application_name="mv-desktop test")
        self.now = datetime.now(UTC)
        with open_session(self.owner) as session:
            seed_school(session, self.now.date())
            for person in staff():
                provision_login(session, UserId(person.user_id), scram_verifier(PASSWORD, iterations=QUICK))
            self.calendar = server_calendar(session)
            self.exams = seed_past(session, self.calendar, self.now)
        with open_session(self.owner) as session:
            gather_results(session, 5_000)
            refresh_analytics(session)
            while not (done := refresh_insight(session, 100)) or not done.over:
                pass

    @contextmanager
    def as_person(self, person) -> Iterator:
        engine = make_engine(
            self.database.url_for(login_name(person.email), PASSWORD), application_name="mv-desktop test"
        )
        try:
            with open_session(engine) as session:
                yield session
        finally:
            engine.dispose()

    def rows(self, query: str, *parameters: object) -> list[tuple]:
        with psycopg.connect(self.database.owner_url) as connection:
            return connection.execute(query, parameters).fetchall()


@pytest.fixture(scope="module")
def past(pg_server, template_db) -> Iterator[Past]:
    made = Past(clone(pg_server, template_db, "mv_demo_past"))
    yield made
    made.owner.dispose()
    drop(made.database)
    with psycopg.connect(pg_server.super_url(), autocommit=True) as connection:
        for person in staff():
            connection.execute(sql.SQL("DROP ROLE {}").format(sql.Identifier(login_name(person.email))))


def test_there_are_weeks_of_exams_of_all_kinds_and_teachers(past: Past) -> None:
    assert past.exams > 300
    ((exams, kinds, students, weeks),) = past.rows(
        "SELECT count(*), count(DISTINCT (class, exam_type)), count(DISTINCT student_user_id),"
        " count(DISTINCT date_trunc('week', submitted_at)) FROM exam_instances WHERE status = 'evaluated'"
    )
    assert (exams, kinds, students) == (past.exams, 10, 40)
    assert weeks >= WEEKS
    teachers = dict(past.rows("SELECT teacher_user_id, count(*) FROM evaluations GROUP BY 1"))
    assert set(teachers) == {person.user_id for person in staff()[:6]}


def test_marks_and_totals_agree_to_the_half_mark(past: Past) -> None:
    wrong = past.rows(
        "SELECT 1 FROM exam_instances x LEFT JOIN evaluations e USING (exam_instance_id)"
        " CROSS JOIN LATERAL (SELECT coalesce(sum(m.marks_awarded), 0) AS manual, coalesce(bool_and("
        "   m.marks_awarded * 2 = trunc(m.marks_awarded * 2)), true) AS halves FROM question_marks m"
        "   WHERE m.exam_instance_id = x.exam_instance_id) w"
        " CROSS JOIN LATERAL (SELECT coalesce(sum(a.marks_awarded), 0) AS chosen FROM student_mcq_answers a"
        "   WHERE a.exam_instance_id = x.exam_instance_id) c"
        " WHERE (x.mcq_score, x.manual_score, x.total_score) IS DISTINCT FROM (chosen, manual, chosen + manual)"
        " OR x.percentage <> round(100 * x.total_score / x.total_marks, 2) OR NOT halves"
        " OR e.total_manual_marks <> manual"
    )
    places = past.rows(
        "SELECT count(*), count(m.question_number) FROM paper_questions p JOIN evaluations e USING (exam_instance_id)"
        " JOIN question_marks m USING (exam_instance_id, question_number, question_id)"
    )
    marks = past.rows("SELECT count(*), count(*) FROM question_marks")
    assert (wrong, places) == ([], marks), "every mark is of a question that stands in its paper"


def test_times_follow_one_another_and_promises_are_as_the_calendar_says(past: Past) -> None:
    rows = past.rows(
        "SELECT x.created_at, x.started_at, x.submitted_at, k.received_at, e.assigned_at, e.started_at,"
        " e.completed_at, e.sla_deadline, e.sla_hours_allocated, e.sla_breached, e.submitted_punctuality, p.sla_hours"
        " FROM evaluations e JOIN exam_instances x USING (exam_instance_id) JOIN evaluation_clock k"
        " USING (exam_instance_id) JOIN subscriptions s ON s.student_user_id = x.student_user_id"
        " AND x.submitted_at::date BETWEEN s.start_date AND s.end_date JOIN subscription_plans p USING (plan_type)"
    )
    assert len(rows) == len(past.rows("SELECT 1 FROM evaluations")), "each was sat under one plan"
    for *times, due, hours, breached, punctuality, promised in rows:
        assert times == sorted(times)
        assert times[-1] < past.now
        assert past.calendar.deadline(times[3], hours).due == due
        assert hours == promised
        assert breached == (times[-1] > due) == (punctuality == "late")
    late = sum(row[9] for row in rows)
    assert 0.02 < late / len(rows) < 0.2
    told = past.rows("SELECT 1 FROM notices WHERE kind LIKE 'sla.%%'")
    assert told == past.rows("SELECT 1 FROM api._scripts_to_sample") == []


def test_the_running_month_of_each_student_is_counted(past: Past) -> None:
    wrong = past.rows(
        "SELECT s.exams_used_this_month FROM subscriptions s WHERE s.status = 'active' AND s.exams_used_this_month <> ("
        " SELECT count(*) FROM exam_instances x WHERE x.student_user_id = s.student_user_id"
        " AND (x.created_at AT TIME ZONE 'Asia/Kolkata')::date >= s.last_counter_reset_date)"
        " OR s.exams_used_this_month > s.exams_limit_per_month"
    )
    assert wrong == []


def test_the_read_models_say_what_the_rows_say(past: Past) -> None:
    kept = past.rows(
        "SELECT class, unit, sum(awarded), sum(possible) FROM api._insight_units GROUP BY 1, 2 ORDER BY 1, 2"
    )
    counted = past.rows(
        "SELECT x.class, q.unit, 100 * sum(v.awarded), 100 * sum(v.possible) FROM ("
        " SELECT exam_instance_id, question_id, marks_awarded AS awarded, marks_possible AS possible"
        "   FROM question_marks"
        " UNION ALL SELECT p.exam_instance_id, p.question_id, coalesce(a.marks_awarded, 0), q.marks"
        "   FROM paper_questions p JOIN questions q USING (question_id) LEFT JOIN student_mcq_answers a"
        "   USING (exam_instance_id, question_number) WHERE q.question_type = 'MCQ'"
        ") v JOIN exam_instances x USING (exam_instance_id) JOIN questions q USING (question_id)"
        " GROUP BY 1, 2 ORDER BY 1, 2"
    )
    assert kept == counted
    ((due, late),) = past.rows("SELECT sum(due), sum(late) FROM api._insight_promises WHERE day < current_date - 1")
    ((fell, breached),) = past.rows(
        "SELECT count(*), count(*) FILTER (WHERE sla_breached) FROM evaluations"
        " WHERE (sla_deadline AT TIME ZONE 'Asia/Kolkata')::date < current_date - 1"
    )
    assert (due, late) == (fell, breached)
    leaders = past.rows("SELECT class, student_user_id, mean, exams, best FROM leaderboard ORDER BY class, position")
    assert len(leaders) > 10
    for class_name, student, mean, exams, best in leaders:
        sat = past.rows(
            "SELECT percentage FROM exam_instances WHERE student_user_id = %s AND class = %s"
            " AND exam_type = 'board_exam' AND submitted_at > now() - interval '90 days'",
            *(student, class_name),
        )
        scores = [percentage for (percentage,) in sat]
        assert (exams, best) == (len(scores), max(scores))
        assert mean == (sum(scores) / len(scores)).quantize(Decimal("0.01"), ROUND_HALF_UP)
    assert len(past.rows("SELECT 1 FROM student_analytics")) == 40


def test_questions_differ_in_how_hard_they_are_and_stronger_students_do_them_better(past: Past) -> None:
    judged = past.rows(
        "SELECT sum(shares)::float / sum(answers), corr FROM ("
        "  SELECT question_id, sum(m.marks_awarded / m.marks_possible) AS shares, count(*) AS answers,"
        "    corr(m.marks_awarded / m.marks_possible, x.percentage) FROM question_marks m JOIN exam_instances x"
        "    USING (exam_instance_id) GROUP BY 1 HAVING count(*) >= 20) q GROUP BY 2"
    )
    assert len(judged) > 20
    facilities = [facility for facility, _ in judged]
    assert max(facilities) - min(facilities) > 0.3
    assert sum(1 for _, stronger in judged if stronger > 0.2) > 0.7 * len(judged)


def test_a_teacher_opens_what_she_finished_with_its_marks_and_no_pages(past: Past) -> None:
    with past.as_person(staff()[1]) as session:
        finished = finished_scripts(session, limit=200)
        assert len(finished) > 50
        assert {one.pages for one in finished} == {0}
        scripts = pull_scripts(session, [EvaluationId(one.evaluation_id) for one in finished[:30]])
    assert len(scripts) == 30
    for script in scripts:
        marked = {mark.question_number: mark for mark in script.marks if mark.state is MarkState.MARKED}
        stands = dict(
            past.rows(
                "SELECT question_number, marks_awarded FROM question_marks WHERE evaluation_id = %s",
                script.evaluation_id,
            )
        )
        assert {number: mark.marks for number, mark in marked.items()}.items() <= stands.items()
        assert all(stands[number] == 0 for number in set(stands) - set(marked))
    for (document,) in past.rows("SELECT annotation_data FROM evaluations LIMIT 20"):
        AnnotationDocument.model_validate(document)


def test_plans_are_described_and_the_server_has_heard_of_teachers_in_working_hours(past: Past) -> None:
    assert past.rows("SELECT 1 FROM subscription_plans WHERE coalesce(description, '') = ''") == []
    seen = [moment for (moment,) in past.rows("SELECT last_seen_at FROM computers")]
    assert len(seen) == 4
    for moment in seen:
        assert past.now - timedelta(days=10) < moment < past.now
        assert past.calendar.working_time(moment - timedelta(minutes=1), moment) == timedelta(minutes=1)


def test_a_finished_script_is_marked_a_second_time_by_the_first_teacher(past: Past) -> None:
    query = "SELECT evaluation_id FROM evaluations WHERE teacher_user_id = %s LIMIT 1"
    ((script,),) = past.rows(query, staff()[3].user_id)
    for _ in range(2):  # a second time when the making of the demo goes on after it was broken off
        with past.as_person(staff()[2]) as session:
            ask_second(session, EvaluationId(script), 3)
    given = past.rows("SELECT teacher_user_id FROM second_markings WHERE evaluation_id = %s", script)
    assert given == [(staff()[0].user_id,)]
    assert past.rows("SELECT evaluation_id FROM script_samples") == [(script,)]


def test_a_question_is_proposed_as_faulty_and_its_admin_is_told(past: Past) -> None:
    propose_faulty(lambda: open_session(past.owner), past.as_person)
    ((maker, what, set_in),) = past.rows(
        "SELECT f.proposed_by, f.adjustment, (SELECT count(*) FROM paper_questions p JOIN exam_instances x"
        " USING (exam_instance_id) WHERE p.question_id = f.question_id AND x.template_id = f.template_id)"
        " FROM question_proposals f"
    )
    assert (next(one for one in staff() if one.user_id == maker).is_coordinator, what) == (True, "award")
    assert past.rows("SELECT data -> 'count' FROM notices WHERE kind = 'question.fault_proposed'") == [(set_in,)]


def test_it_is_written_once_and_nothing_of_it_is_of_years_that_are_over(past: Past) -> None:
    with open_session(past.owner) as session:
        assert seed_past(session, past.calendar, past.now + timedelta(minutes=5)) == 0
    ((first,),) = past.rows("SELECT min(holiday_date) FROM holidays")
    assert first.year == (past.now - timedelta(weeks=WEEKS)).year


def test_teachers_questions_wait_and_one_is_sent_back_with_a_remark(past: Past) -> None:
    write_questions(past.as_person)
    states = dict(past.rows("SELECT state, count(*) FROM question_reviews GROUP BY 1"))
    assert states == {"waiting": 3, "rejected": 1}
    assert past.rows("SELECT count(*) FROM questions WHERE status = 'draft'") == [(5,)]
    ((state, maker, change),) = past.rows("SELECT state, made_by, change FROM question_changes")
    assert (state, maker, list(change)) == ("waiting", staff()[2].user_id, ["scheme"])
    assert [step["marks"] for step in change["scheme"]["steps"]] == ["0.5", "0.5", "1"]
    told: list[tuple[UUID, str]] = past.rows("SELECT user_id, kind FROM notices WHERE kind = 'question.rejected'")
    assert told == [(staff()[0].user_id, "question.rejected")]
