"""Dashboards: every number is what SQL written beside it says; who may look; when the sums are refreshed."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import psycopg
import pytest
from psycopg import errors
from sqlalchemy import Engine

from mv_desktop.core.errors import InvalidError, NotAllowedError
from mv_desktop.domain.insight import Chosen, DueDay, DuePlan, Flow, Order, QuestionItem, UnitSum
from mv_desktop.domain.item_statistic import FEWEST, discrimination, facility
from mv_desktop.domain.report import Kept, Span
from mv_desktop.domain.subscription import PlanType
from mv_desktop.services.analytics import leaderboard
from mv_desktop.services.database import make_engine, open_session
from mv_desktop.services.insight import (
    read_choices,
    read_flows,
    read_predictions,
    read_promises,
    read_questions,
    read_units,
    refresh_insight,
)
from mv_desktop.services.report import read_compliance
from mv_desktop.worker.analytics_job import refresh_read_models
from mv_desktop.worker.insight_job import refresh_dashboards
from tests.factories.marking import School
from tests.factories.rows import CHOICES, SNAPSHOT, Rows

NOW = datetime(2026, 7, 16, 9, tzinfo=UTC)
"""A Thursday."""
JULY = Span(date(2026, 6, 29), date(2026, 7, 16))
WEEK = Span(date(2026, 7, 6), date(2026, 7, 12))
ALL = Chosen(JULY)


@pytest.fixture
def worker(school: School) -> Iterator[Engine]:
    with psycopg.connect(school.database.superuser_url, autocommit=True) as connection:
        connection.execute("ALTER ROLE mv_worker PASSWORD 'worker'")
    engine = make_engine(school.database.url_for("mv_worker", "worker"), application_name="mv-desktop test worker")
    yield engine
    engine.dispose()


def at(day: int, hour: float = 16) -> datetime:
    """A moment of July 2026 by the clocks of the school."""
    return datetime(2026, 7, 1, tzinfo=UTC) + timedelta(days=day - 1, hours=hour - 5.5)


class Papers:
    """Exams with two multiple choice questions and two written ones each, whose answers differ from one to the next."""

    def __init__(self, rows: Rows) -> None:
        self.rows = rows
        self.keys = [
            rows.question("MCQ", mcq_choices=[*CHOICES, {"id": "C", "text": "$3$", "image": None}]) for _ in "ab"
        ]
        self.written = [rows.question("SA", unit="Integrals"), rows.question("LA", unit="Sets")]
        self.template = rows.template()
        self.paper = [
            {"question_number": number, "question_type": "MCQ", "unit": "Matrices", "marks": "1",
             "question_id": str(key)}
            for number, key in enumerate(self.keys, 1)
        ]  # fmt: skip
        self.made = 0

    def sit(self, moment: datetime, *, status: str = "evaluated", **values: Any) -> UUID:
        self.made += 1
        exam = self.rows.exam(
            exam_snapshot=SNAPSHOT | {"questions": self.paper}, template_id=self.template, status=status,
            submitted_at=moment, percentage=self.made * 7 % 100, **values,
        )  # fmt: skip
        if self.made % 5:
            taken = [["B"], ["A"], ["B", "C"], ["C"]][self.made % 4]
            self.rows.answer(
                exam_instance_id=exam, question_id=self.keys[0], selected_choices=taken,
                marks_awarded=int(taken == ["B"]), is_correct=taken == ["B"],
            )  # fmt: skip
        self.rows.answer(
            exam_instance_id=exam, question_id=self.keys[1], question_number=2, marks_awarded=self.made % 2,
            is_correct=bool(self.made % 2), selected_choices=["B"] if self.made % 2 else ["A"],
        )  # fmt: skip
        return exam

    def mark(self, exam: UUID, **values: Any) -> UUID:
        evaluation = self.rows.evaluation(exam_instance_id=exam, **values)
        for number, (question, kind, unit, possible) in enumerate(
            zip(self.written, ("SA", "LA"), ("Integrals", "Sets"), (3, 5), strict=True), 21
        ):
            self.rows.mark(
                evaluation_id=evaluation, question_number=number, question_id=question, question_type=kind, unit=unit,
                marks_awarded=Decimal(self.made * number % (2 * possible + 1)) / 2, marks_possible=possible,
            )  # fmt: skip
        return evaluation


def filled(school: School) -> Papers:
    """Forty exams from 25 June on, three a day, some of class X."""
    with school.rows() as rows:
        papers = Papers(rows)
        for number in range(40):
            papers.mark(
                papers.sit(at(-5 + number // 2, 10 + number % 2), **{"class": "X" if number % 4 == 0 else "XII"})
            )
        papers.mark(papers.sit(at(10), status="pending_evaluation"))  # not evaluated: not counted
        papers.mark(papers.sit(at(5, 23.99)))  # Sunday until midnight, and Monday from it on
        papers.mark(papers.sit(at(6, 0)))
    return papers


ITEMS = """
    WITH item AS (
        SELECT x.class::text, (x.submitted_at AT TIME ZONE 'Asia/Kolkata')::date AS day, x.exam_instance_id,
               m.question_id, m.unit::text, m.marks_awarded AS awarded, m.marks_possible AS possible
        FROM exam_instances x JOIN question_marks m USING (exam_instance_id) WHERE x.status = 'evaluated'
        UNION ALL
        SELECT x.class, (x.submitted_at AT TIME ZONE 'Asia/Kolkata')::date, x.exam_instance_id,
               (q ->> 'question_id')::uuid, q ->> 'unit', coalesce(a.marks_awarded, 0), 1
        FROM exam_instances x CROSS JOIN jsonb_array_elements(x.exam_snapshot -> 'questions') q
        LEFT JOIN student_mcq_answers a ON a.exam_instance_id = x.exam_instance_id
            AND a.question_number = (q ->> 'question_number')::int
        WHERE x.status = 'evaluated'
    ), answer AS (
        SELECT i.*, i.awarded / i.possible AS share,
               (sum(i.awarded) OVER e - i.awarded) / (sum(i.possible) OVER e - i.possible) AS rest
        FROM item i WINDOW e AS (PARTITION BY i.exam_instance_id)
    )
"""


def test_units_questions_and_choices_agree_with_sql(school: School, worker: Engine) -> None:
    coordinator = school.person(is_coordinator=True)
    papers = filled(school)
    refresh_read_models(worker)
    assert school.select("SELECT count(*) FROM api._exam_results") == [(42,)]
    assert refresh_dashboards(worker, weeks=1, now=NOW) == 4
    for chosen in (ALL, Chosen(WEEK), Chosen(JULY, "X"), Chosen(Span(date(2026, 7, 5), date(2026, 7, 5)))):
        days = (chosen.span.first, chosen.span.last)
        which = f"class ~ '^({chosen.class_name or 'X|XII'})$'"
        monday = chosen.span.first - timedelta(days=chosen.span.first.weekday())
        sunday = chosen.span.last + timedelta(days=6 - chosen.span.last.weekday())
        with coordinator.session() as session:
            units = read_units(session, chosen)
            assert units.as_of == NOW
            assert list(units.units) == [
                UnitSum(*row)
                for row in school.select(
                    f"{ITEMS} SELECT class, unit, count(DISTINCT exam_instance_id), sum(awarded), sum(possible)"
                    f" FROM item WHERE day BETWEEN %s AND %s AND {which} GROUP BY 1, 2 ORDER BY 1, 2",
                    *days,
                )
            ]
            told = school.select(
                f"{ITEMS} SELECT question_id, count(*), avg(share)::float8, corr(share, rest) FROM answer"
                f" WHERE day BETWEEN %s AND %s AND {which} GROUP BY 1",
                monday,
                sunday,
            )
            expected = {question: (count, mean, r) for question, count, mean, r in told}
            piece = read_questions(session, chosen, Order.FACILITY)
            assert (piece.as_of, piece.first, piece.last, piece.total) == (NOW, monday, sunday, len(expected))
            assert len(piece.questions) == len(expected)
            for one in piece.questions:
                count, mean, r = expected[one.question_id]
                assert one.sums.count == count
                assert facility(one.sums) == pytest.approx(mean)
                assert discrimination(one.sums) == (None if r is None or count < FEWEST else pytest.approx(r, abs=1e-6))
                assert one.wording == "Find $x$."
            choices = read_choices(session, chosen, papers.keys[0])
            counts = [one.counted for one in choices.taken]
            found = {one.choice: (one.count, one.rest) for one in counts if one.count}
            assert found == {
                choice: (count, pytest.approx(mean))
                for choice, count, mean in school.select(
                    f"{ITEMS} SELECT coalesce(t.choice, ''), count(*), avg(n.rest)::float8 FROM answer n"
                    " LEFT JOIN student_mcq_answers a ON a.exam_instance_id = n.exam_instance_id"
                    " AND a.question_id = n.question_id"
                    " LEFT JOIN LATERAL jsonb_array_elements_text(a.selected_choices) t (choice) ON true"
                    f" WHERE n.question_id = %s AND n.day BETWEEN %s AND %s AND {which} GROUP BY 1",
                    papers.keys[0],
                    monday,
                    sunday,
                )
            }
            assert [one.choice for one in counts if one.choice] == ["A", "B", "C"]
            assert [one.choice for one in counts if one.right] == ["B"]


def _apart(one: QuestionItem) -> float:
    """Where nobody can be told apart comes after all others."""
    found = discrimination(one.sums)
    return 2.0 if found is None else found


def test_questions_come_in_pieces_in_the_order_that_the_rules_say(school: School, worker: Engine) -> None:
    admin = school.person("admin")
    papers = filled(school)
    with school.rows() as rows:
        rare = rows.question("SA", unit="Probability")
        for (evaluation,) in school.select("SELECT evaluation_id FROM evaluations LIMIT 5"):
            rows.mark(evaluation_id=evaluation, question_number=30, question_id=rare, question_type="SA")
    refresh_read_models(worker)
    refresh_dashboards(worker, now=NOW)
    with admin.session() as session:
        for order, key in (
            (Order.FACILITY, lambda one: facility(one.sums)),
            (Order.DISCRIMINATION, _apart),
            (Order.ANSWERS, lambda one: -one.sums.count),
        ):
            longer = Chosen(Span(date(2026, 6, 1), date(2026, 7, 16)))
            *sure, last = read_questions(session, longer, order).questions
            assert (last.question_id, last.class_name, last.unit) == (rare, last.class_name, "Probability")
            assert last.sums.count == 5 < FEWEST, "what has few answers stands last"
            assert {one.question_id for one in sure} == {*papers.keys, *papers.written}
            assert sure == sorted(sure, key=key)
            pieces = [read_questions(session, longer, order, skip, 3) for skip in (0, 3)]
            assert [one for piece in pieces for one in piece.questions] == [*sure, last]
            assert {one.class_name for one in read_questions(session, Chosen(longer.span, "X"), order).questions} == {
                "X"
            }


def test_promises_and_volumes_agree_with_the_reports_and_with_sql(school: School, worker: Engine) -> None:
    head = school.person(is_coordinator=True)
    asha = school.person()
    with school.rows() as rows:
        papers = Papers(rows)
        centum = rows.user("student")
        rows.subscription(
            student_user_id=centum, plan_type="centum", start_date=date(2026, 1, 1), end_date=date(2026, 12, 31)
        )

        def promise(due: datetime, done: datetime | None, received: datetime | None = None, **values: Any) -> UUID:
            exam = papers.sit(due - timedelta(days=2), status="pending_evaluation", **values)
            rows.insert("evaluation_clock", exam_instance_id=exam, received_at=received or due - timedelta(days=2))
            more = {} if done is None else {"status": "completed", "completed_at": done, "total_manual_marks": 1}
            return rows.evaluation(
                exam_instance_id=exam, teacher_user_id=asha.user_id, sla_deadline=due,
                assigned_at=due - timedelta(days=1), **more,
            )  # fmt: skip

        def change(one: UUID, kind: str, before: datetime, after: datetime, changed: datetime) -> None:
            rows.insert(
                "deadline_changes", evaluation_id=one, kind=kind, deadline_before=before, deadline_after=after,
                reason="flood", changed_by=head.user_id, changed_at=changed,
            )  # fmt: skip

        promise(at(2), at(2), student_user_id=centum)
        promise(at(3, 23.999), at(4), **{"class": "X"})
        promise(at(9), None)
        promise(at(20), None)  # not due yet
        promise(at(10), at(13), student_user_id=centum, **{"class": "X"})
        excused = promise(at(7), at(8))
        change(excused, "excused", at(7), at(7), at(9))
        late = promise(at(14), at(13))
        change(late, "extended", at(12), at(14), at(13))
        back = promise(at(15), at(15, 12), at(7))
        change(back, "returned", at(8), at(15), at(10))
        rows.insert(
            "evaluation_versions", evaluation_id=back, version_number=1, reason="again", copied_by=head.user_id,
            copied_at=at(10), written_in=1, exam={}, marks=[], work={},
            evaluation={"teacher_user_id": str(asha.user_id), "completed_at": at(9).isoformat()},
        )  # fmt: skip
        never = papers.sit(at(6), status="uploaded")
        rows.insert("evaluation_clock", exam_instance_id=never, received_at=at(6), breach_noticed=at(11))
        old = papers.sit(at(1), status="pending_evaluation")  # of before there were clocks
        rows.evaluation(exam_instance_id=old, teacher_user_id=asha.user_id, sla_deadline=at(30), assigned_at=at(1))
    refresh_dashboards(worker, now=NOW)
    with head.session() as session:
        for span in (JULY, WEEK, Span(date(2026, 7, 3), date(2026, 7, 3))):
            found = read_promises(session, Chosen(span))
            # what is open is late by the clock of the server, and by the moment of the sums here: the same in 2026
            told = read_compliance(session, span)
            assert found.total.due > 0
            assert found.total == told.total
            assert found.days == tuple(DueDay(one.day, one.kept) for one in told.days)
            assert found.plans == tuple(
                DuePlan(one.plan, one.kept) for one in sorted(told.plans, key=lambda one: one.plan or "")
            )
            parts = [read_promises(session, Chosen(span, name)).total for name in ("X", "XII")]
            assert Kept(*(sum(getattr(one, part) for one in parts) for part in Kept.__slots__)) == found.total
        assert [one.plan for one in read_promises(session, ALL).plans] == [None, PlanType.CENTUM]
        assert read_promises(session, Chosen(JULY, "X")).total == Kept(2, 0, 0, 2, 0)
        for name, classes in (("", ["X", "XII"]), ("X", ["X"]), ("XII", ["XII"])):
            flows = read_flows(session, Chosen(WEEK, name), date(2026, 7, 11))
            assert [one.first.day for one in flows.days] == [6, 7, 8, 9, 10, 11]
            for one in flows.days:
                begin, end = at(one.first.day, 0), at(one.first.day, 24)
                counted = school.select(
                    """
                    WITH s AS (
                        SELECT e.*, coalesce(k.received_at, e.assigned_at) AS came, x.class, x.exam_instance_id AS exam,
                               (v.evaluation ->> 'completed_at')::timestamptz AS before, v.copied_at
                        FROM exam_instances x LEFT JOIN evaluations e USING (exam_instance_id)
                        LEFT JOIN evaluation_clock k USING (exam_instance_id)
                        LEFT JOIN evaluation_versions v USING (evaluation_id)
                        WHERE x.class = ANY (%s) AND coalesce(k.received_at, e.assigned_at) IS NOT NULL
                    )
                    SELECT count(*) FILTER (WHERE came >= %s AND came < %s),
                           count(*) FILTER (WHERE completed_at >= %s AND completed_at < %s)
                               + count(*) FILTER (WHERE before >= %s AND before < %s),
                           count(*) FILTER (WHERE copied_at >= %s AND copied_at < %s),
                           count(*) FILTER (WHERE came < %s AND NOT coalesce(
                               completed_at < %s OR before < %s AND copied_at >= %s, false))
                    FROM s
                    """,
                    *(classes, begin, end, begin, end, begin, end, begin, end, end, end, end, end),
                )
                assert one == Flow(one.first, *counted[0])
        assert read_flows(session, ALL, date(2026, 7, 16)).days[-1].waiting == 3


def test_predictions_are_those_of_the_read_model(school: School, worker: Engine) -> None:
    admin = school.person("admin")
    with school.rows() as rows:
        template = rows.template()
        for number, results in enumerate(([95, 99, 100, 100], [71, 60, 62, 64], [40, 40, 69, 69], [10, 10, 10], [50])):
            who = rows.user("student", first_name="Asha", last_name=f"Rao {number}")
            for hours, percent in enumerate(results):
                rows.exam(
                    student_user_id=who, status="evaluated", percentage=percent, template_id=template,
                    submitted_at=NOW - timedelta(days=1, hours=hours), **{"class": "X" if number == 2 else "XII"},
                )  # fmt: skip
    refresh_read_models(worker, now=NOW)
    with admin.session() as session:
        found = read_predictions(session, ALL)
        assert found.as_of == NOW
        assert [
            (one.class_name, one.low, one.students, one.rising, one.falling, one.total) for one in found.bands
        ] == school.select(
            "SELECT class::text, CASE WHEN predicted < 90 THEN 10 * div(predicted, 10)::int"
            " WHEN predicted >= 90 THEN 90 END, count(*),"
            " count(*) FILTER (WHERE trend >= 5), count(*) FILTER (WHERE trend <= -5), coalesce(sum(predicted), 0)"
            " FROM student_analytics GROUP BY 1, 2 ORDER BY 1, 2"
        )
        assert (found.predicted, found.unknown) == (4, 1)
        assert [(one.student, one.percent, one.margin) for one in found.lowest] == school.select(
            "SELECT first_name || ' ' || last_name, predicted, margin FROM student_analytics"
            " JOIN users ON user_id = student_user_id WHERE predicted IS NOT NULL ORDER BY predicted"
        )
        assert read_predictions(session, Chosen(JULY, "X")).predicted == 1
        assert read_predictions(session, Chosen(WEEK)).bands == ()
        assert leaderboard(session).leaders == ()


def test_who_may_look_and_what_makes_no_sense_is_refused(school: School, worker: Engine) -> None:
    teacher, coordinator = school.person(), school.person(is_coordinator=True)
    reads = (
        read_units,
        read_predictions,
        read_promises,
        lambda s, c: read_flows(s, c, NOW.date()),
        lambda s, c: read_questions(s, c, Order.ANSWERS),
        lambda s, c: read_choices(s, c, UUID(int=1)),
    )
    for read in reads:
        with pytest.raises(NotAllowedError), teacher.session() as session:
            read(session, ALL)
        with pytest.raises(InvalidError), coordinator.session() as session:
            read(session, Chosen(JULY, "XI"))
        with coordinator.session() as session:
            assert read(session, ALL).as_of is None
    for statement in (
        "SELECT api.insight_units(NULL, '2026-01-01', '2027-01-02')",
        "SELECT api.insight_questions(NULL, '2026-01-01', '2026-01-02', 'wording')",
    ):
        with pytest.raises(errors.InvalidParameterValue):
            coordinator.select(statement)
    for person in (teacher, coordinator):
        for statement in (
            "TABLE api._insight_units",
            "SELECT api.refresh_insight()",
            "SELECT api._sum_week(now()::date)",
        ):
            with pytest.raises(errors.InsufficientPrivilege):
                person.select(statement)


def test_a_round_is_ten_minutes_after_the_last_and_only_what_changed_is_summed(school: School, worker: Engine) -> None:
    coordinator = school.person(is_coordinator=True)

    def seen() -> tuple[datetime | None, int]:
        with coordinator.session() as session:
            found = read_units(session, ALL)
            return found.as_of, sum(one.exams for one in found.units)

    filled(school)
    refresh_read_models(worker, now=NOW)
    with open_session(worker) as session:
        first = refresh_insight(session, 2, NOW)
        assert first is not None
        assert (first.weeks, first.over) == (2, False)
    assert seen()[0] is None, "a round that is not over tells of no moment"
    assert refresh_dashboards(worker, weeks=2, now=NOW + timedelta(minutes=1)) == 2
    as_of, exams = seen()
    assert as_of == NOW, "as of the moment when the round began"
    assert refresh_dashboards(worker, now=NOW + timedelta(minutes=9)) == 0
    # the exam of a week goes into another one: both are summed anew
    school.execute(
        "UPDATE exam_instances SET submitted_at = submitted_at - interval '40 days', percentage = 1"
        " WHERE exam_instance_id = (SELECT min(exam_instance_id::text)::uuid FROM exam_instances"
        " WHERE status = 'evaluated' AND submitted_at > %s)",
        at(7),
    )
    refresh_read_models(worker, now=NOW + timedelta(minutes=10))
    with psycopg.connect(school.database.owner_url) as busy:
        busy.execute("SELECT 1 FROM api._insight_mark FOR UPDATE")
        assert refresh_dashboards(worker, now=NOW + timedelta(minutes=10)) == 0, "somebody else is at it"
    assert refresh_dashboards(worker, now=NOW + timedelta(minutes=10)) == 2
    assert seen() == (NOW + timedelta(minutes=10), exams - 3)
    assert refresh_dashboards(worker, now=NOW + timedelta(minutes=20)) == 0
    assert seen()[0] == NOW + timedelta(minutes=20)
    # what is being gathered of a week that waits to be summed is not lost: the round waits for it
    newest = "SELECT exam_instance_id FROM exam_instances WHERE status = 'evaluated' ORDER BY submitted_at DESC LIMIT 2"
    (once,), (twice,) = school.select(newest)
    change = (
        "UPDATE exam_instances SET submitted_at = submitted_at - interval '60 days', percentage = 2"
        " WHERE exam_instance_id = %s"
    )
    school.execute(change, once)
    refresh_read_models(worker, now=NOW + timedelta(minutes=30))
    school.execute(change, twice)
    with psycopg.connect(school.database.owner_url) as busy:
        assert busy.execute("SELECT api.gather_results(100)").fetchall() == [(1,)]
        assert refresh_dashboards(worker, now=NOW + timedelta(minutes=30)) == 0
    assert refresh_dashboards(worker, now=NOW + timedelta(minutes=30)) >= 2
    assert seen()[1] == exams - 9
    # what is older than is kept is forgotten
    refresh_dashboards(worker, now=NOW + timedelta(days=800))
    assert seen()[1] == 0
    assert school.select("SELECT count(*) FROM api._insight_questions") == [(0,)]
