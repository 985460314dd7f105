"""The read models: who stands in them with which numbers, who may look, when that is refreshed; and nobody waits."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import psycopg
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from psycopg import errors
from sqlalchemy import Engine

from mv_desktop.core.errors import NotAllowedError
from mv_desktop.domain.analytics import Band, Direction, Prediction, predict, trend
from mv_desktop.services.analytics import leaderboard, refreshes, student_analytics
from mv_desktop.services.database import make_engine
from mv_desktop.worker.analytics_job import refresh_read_models
from tests.factories.marking import School
from tests.factories.rows import SNAPSHOT, Rows

NOW = datetime.now(UTC)
TODAY = date.today()


@pytest.fixture
def worker(school: School) -> Iterator[Engine]:
    with psycopg.connect(school.database.superuser_url, autocommit=True) as connection:
        connection.execute("ALTER ROLE mv_worker PASSWORD 'worker'")
    engine = make_engine(school.database.url_for("mv_worker", "worker"), application_name="mv-desktop test worker")
    yield engine
    engine.dispose()


def student(rows: Rows, plan: str | None = "premium", **values: Any) -> UUID:
    made = rows.user("student", **values)
    if plan:
        begin, end = TODAY - timedelta(30), TODAY + timedelta(30)
        rows.subscription(student_user_id=made, plan_type=plan, start_date=begin, end_date=end)
    return made


def sat(rows: Rows, who: UUID, *percents: float | Decimal, days: float = 1, **values: Any) -> list[UUID]:
    """Evaluated board exams of one student, an hour between each and the next, the first of them the newest."""
    return [
        rows.exam(
            student_user_id=who,
            status="evaluated",
            percentage=percent,
            submitted_at=NOW - timedelta(days=days, hours=number),
            **values,
        )
        for number, percent in enumerate(percents)
    ]


def test_leaders_are_those_of_eligible_plans_in_an_order_that_never_changes(school: School, worker: Engine) -> None:
    coordinator, admin, teacher = school.person(is_coordinator=True), school.person("admin"), school.person()
    with school.rows() as rows:
        rows.connection.execute("UPDATE system_config SET config_value = '5' WHERE config_key = 'leaderboard_top_n'")
        twins = sorted(student(rows) for _ in range(3))
        for twin in reversed(twins):
            sat(rows, twin, 80, 80, 80)
        one_more, higher_best, first, cut = (student(rows) for _ in range(4))
        sat(rows, first, 80.01, 80.02, 80.01)
        sat(rows, one_more, 80, 80, 80, 80)
        sat(rows, higher_best, 79, 80, 81)
        sat(rows, cut, 79, 79, 79)
        # none of these: plan, plan over, locked, too few, too long ago, no board exams, results of the class before
        sat(rows, student(rows, "basic"), 99, 99, 99)
        over = student(rows, None)
        rows.subscription(
            student_user_id=over, plan_type="premium", start_date=TODAY - timedelta(60), end_date=TODAY - timedelta(2)
        )
        sat(rows, over, 99, 99, 99)
        sat(rows, student(rows, is_active=False), 99, 99, 99)
        sat(rows, student(rows), 99, 99)
        sat(rows, student(rows), 99, 99, 99, days=91)
        sat(rows, student(rows), 99, 99, 99, exam_type="section_vsa")
        risen = student(rows)
        sat(rows, risen, 99, 99, 99, **{"class": "X"}, days=20)
        sat(rows, risen, 50)
        other_class = student(rows)
        sat(rows, other_class, 40, 40, 40, **{"class": "X"})
    assert refresh_read_models(worker, limit=7) > 30
    with coordinator.session() as session:
        found = leaderboard(session)
        assert found.as_of is not None
        assert abs(found.as_of - datetime.now(UTC)) < timedelta(minutes=1)
        assert [(one.class_name, one.position, one.student_id) for one in found.leaders] == [
            ("X", 1, other_class),
            *(("XII", n, who) for n, who in enumerate([first, one_more, higher_best, *twins[:2]], 1)),
        ]
        assert (found.leaders[3].mean, found.leaders[3].exams, found.leaders[3].best) == (80, 3, 81)
        assert found.leaders[3].student.startswith("Asha Rao")
        ours = student_analytics(session, risen)
        assert ours is not None
        assert (ours.class_name, ours.exams, ours.mean) == ("XII", 1, 50)
        assert student_analytics(session, coordinator.user_id) is None
    with admin.session() as session:
        assert [one.class_name for one in leaderboard(session, "X").leaders] == ["X"]
        (last,) = refreshes(session)
        assert (last.cause, last.leaders) == ("daily", 6)
    for call in (leaderboard, lambda s: student_analytics(s, first), refreshes):
        with pytest.raises(NotAllowedError), teacher.session() as session:
            call(session)
    for person in (teacher, coordinator, admin):
        for read in ("TABLE public.leaderboard", "TABLE public.student_analytics", "TABLE api._exam_results",
                     "SELECT api.refresh_analytics()", "SELECT api.gather_results(1)"):  # fmt: skip
            with pytest.raises(errors.InsufficientPrivilege), psycopg.connect(person.url) as connection:
                connection.execute(read.encode())


def test_units_come_from_the_paper_with_faulty_questions_put_right(school: School, worker: Engine) -> None:
    coordinator = school.person(is_coordinator=True)
    mcq = [
        {"question_number": n, "question_type": "MCQ", "unit": unit, "marks": "1", "question_id": str(UUID(int=n))}
        for n, unit in ((1, "Matrices"), (2, "Matrices"), (3, "Integrals"))
    ]
    with school.rows() as rows:
        who = student(rows)
        (exam,) = sat(rows, who, 62.5, exam_snapshot=SNAPSHOT | {"questions": mcq})
        rows.answer(exam_instance_id=exam)  # question 2 was left out
        rows.answer(exam_instance_id=exam, question_number=3, marks_awarded=0, is_correct=False)
        evaluation = rows.evaluation(exam_instance_id=exam)
        for number, unit, awarded, possible in (
            (21, "Matrices", "4.5", 5), (22, "Integrals", "0.5", 5), (23, "Integrals", 1, 5), (24, None, 2, 2),
            (25, "Probability", 8, 10),
        ):  # fmt: skip
            rows.mark(
                evaluation_id=evaluation, question_number=number, unit=unit, marks_awarded=awarded,
                marks_possible=possible,
            )  # fmt: skip
        rows.of(
            "exam_adjustments",
            exam_instance_id=exam,
            questions=[
                {"question_number": 22, "question_id": str(UUID(int=22)), "adjustment": "award"},
                {"question_number": 23, "question_id": str(UUID(int=23)), "adjustment": "drop"},
            ],
        )
    refresh_read_models(worker)
    with coordinator.session() as session:
        found = student_analytics(session, who)
    assert found is not None
    assert [(unit.unit, unit.awarded, unit.possible, unit.band) for unit in found.units] == [
        ("Integrals", 5, 6, Band.UNKNOWN),
        ("Matrices", Decimal("5.5"), 7, Band.UNKNOWN),
        ("Probability", 8, 10, Band.STRONG),
    ]
    assert (found.prediction, found.trend, found.direction) == (None, None, Direction.UNKNOWN)


def test_a_paper_that_cannot_be_counted_is_written_down_and_holds_up_no_other(school: School, worker: Engine) -> None:
    with school.rows() as rows:
        who = student(rows)
        good = sat(rows, who, 50, 60)
        odd = SNAPSHOT | {"questions": [{"question_number": "one", "question_type": "MCQ", "unit": "Sets", "marks": 1}]}
        bad = sat(rows, who, 99, exam_snapshot=odd)
    assert refresh_read_models(worker) == 3
    assert {exam for (exam,) in school.select("SELECT exam_instance_id FROM api._exam_results")} == set(good)
    written = "SELECT resource_id FROM audit_logs WHERE event_type = 'exam.uncounted'"
    assert school.select(written) == [(bad[0],)]
    assert refresh_read_models(worker) == 0
    assert school.select(written) == [(bad[0],)], "once: it is looked at again when it changes"


def test_refreshes_come_daily_and_after_completions_five_minutes_apart(school: School, worker: Engine) -> None:
    coordinator = school.person(is_coordinator=True)
    with school.rows() as rows:
        who = student(rows)
        kept, withdrawn = sat(rows, who, 70, 90)
    base = datetime(NOW.year, NOW.month, NOW.day, 21, 0, tzinfo=UTC)  # 02:30 in India

    def done() -> list[tuple[str, datetime]]:
        with coordinator.session() as session:
            return [(one.cause, one.as_of) for one in refreshes(session)]

    def mean() -> Decimal | None:
        with coordinator.session() as session:
            found = student_analytics(session, who)
            return found and found.mean

    assert refresh_read_models(worker, now=base) == 2
    assert done() == [("daily", base)]
    assert mean() == 80
    school.execute("UPDATE exam_instances SET status = 'pending_evaluation' WHERE exam_instance_id = %s", withdrawn)
    assert refresh_read_models(worker, now=base + timedelta(minutes=4, seconds=59)) == 0
    assert (len(done()), mean()) == (1, 80)
    assert refresh_read_models(worker, now=base + timedelta(minutes=5)) == 1
    assert done()[0] == ("completed", base + timedelta(minutes=5))
    assert mean() == 70
    # nothing new: not before 02:00 of the next day
    assert refresh_read_models(worker, now=base + timedelta(hours=23, minutes=29)) == 0
    assert len(done()) == 2
    refresh_read_models(worker, now=base + timedelta(hours=23, minutes=30))
    assert done()[0][0] == "daily"
    # a worker that was killed after it had gathered: the next one refreshes
    school.execute("UPDATE exam_instances SET percentage = 60 WHERE exam_instance_id = %s", kept)
    school.execute("SELECT api.gather_results(10)")
    assert refresh_read_models(worker, now=base + timedelta(days=1)) == 0
    assert (done()[0][0], mean()) == ("completed", 60)
    # what is older than is kept is forgotten, and so is what is deleted
    refresh_read_models(worker, now=base + timedelta(days=735))
    assert mean() is None
    assert school.select("SELECT count(*) FROM api._exam_results") == [(0,)]


def test_nobody_waits_for_a_refresh_and_two_workers_never_do_it_at_once(school: School, worker: Engine) -> None:
    coordinator = school.person(is_coordinator=True)
    with school.rows() as rows:
        who = student(rows)
        (exam, *_) = sat(rows, who, 70, 80, 90)
    refresh_read_models(worker, now=NOW)
    later = NOW + timedelta(minutes=6)
    school.execute("UPDATE exam_instances SET percentage = 75 WHERE exam_instance_id = %s", exam)
    with psycopg.connect(school.database.owner_url) as busy:
        busy.execute("SELECT api.gather_results(10)")
        assert busy.execute("SELECT api.refresh_analytics(%s)", (later,)).fetchone() != (None,)
        # refreshed and not committed: the views are locked as long as a refresh takes
        assert refresh_read_models(worker, now=later) == 0
        with coordinator.session() as session:
            assert [one.mean for one in leaderboard(session).leaders] == [80]
            assert len(refreshes(session)) == 1
        with psycopg.connect(school.database.owner_url) as completing:
            completing.execute("SET lock_timeout = '1s'")
            completing.execute("UPDATE exam_instances SET percentage = 78 WHERE exam_instance_id = %s", (exam,))
    with coordinator.session() as session:
        assert [one.mean for one in leaderboard(session).leaders] == [Decimal("81.67")]
        assert len(refreshes(session)) == 2
    assert refresh_read_models(worker, now=later + timedelta(minutes=5)) == 1


percents = st.lists(st.integers(0, 10_000).map(lambda n: Decimal(n) / 100), min_size=1, max_size=8)


def test_database_and_program_predict_the_same(school: School) -> None:
    with psycopg.connect(school.database.owner_url) as connection:
        rows = Rows(connection)
        template = rows.template()

        @settings(max_examples=5, deadline=None)
        @given(st.lists(percents, min_size=20, max_size=20))
        def agree(students: Sequence[Sequence[Decimal]]) -> None:
            with connection.transaction(force_rollback=True):
                known = {student(rows, None): results for results in students}
                for who, results in known.items():
                    sat(rows, who, *results, template_id=template)
                connection.execute("SELECT api.gather_results(10000)")
                connection.execute("SELECT api.refresh_analytics()")
                found = connection.execute(
                    "SELECT student_user_id, trend, predicted, margin FROM student_analytics"
                ).fetchall()
                assert {
                    who: (change, None if at is None else Prediction(at, margin)) for who, change, at, margin in found
                } == {who: (trend(results), predict(results)) for who, results in known.items()}

        agree()
