"""Reports: which promises count as kept on which day, for which plan and teacher; volumes, pace, and who may ask."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest
from psycopg import errors

from mv_desktop.core.errors import InvalidError, NotAllowedError
from mv_desktop.domain.exam import ExamType
from mv_desktop.domain.export_note import days_note
from mv_desktop.domain.identifier import EvaluationId, MarkKey
from mv_desktop.domain.marks import GivenMark, MarkState
from mv_desktop.domain.operation import OpenEvaluation, SetMark, SubmitEvaluation
from mv_desktop.domain.report import NOTHING_DUE, DayVolume, Kept, Span
from mv_desktop.domain.report_table import Column, Measure, ReportTable
from mv_desktop.domain.returned import ReturnedQuestion
from mv_desktop.domain.subscription import PlanType
from mv_desktop.offline.report import Reports
from mv_desktop.services.assignment import excuse_deadline, extend_deadline, pool_script, return_questions
from mv_desktop.services.report import read_compliance, read_pace, read_questions, read_volume
from tests.factories.marking import Person, School
from tests.factories.rows import Rows

JULY = Span(date(2025, 7, 1), date(2025, 7, 31))


def at(day: int, hour: float = 16) -> datetime:
    """A moment of July 2025 by the clocks of the school."""
    return datetime(2025, 7, day, tzinfo=UTC) + timedelta(hours=hour - 5.5)


@pytest.fixture
def head(school: School) -> Person:
    return school.person(is_coordinator=True)


def promise(
    rows: Rows, teacher: Person, due: datetime, done: datetime | None = None, student: UUID | None = None, **values: Any
) -> EvaluationId:
    """A script that was assigned two days before `due`."""
    exam = rows.exam(
        student_user_id=student or rows.user("student"),
        status="pending_evaluation",
        submitted_at=due - timedelta(days=2),
    )
    if done:
        values |= {"status": "completed", "completed_at": done, "total_manual_marks": 1}
    values = {"assigned_at": due - timedelta(days=2)} | values
    return EvaluationId(
        rows.evaluation(exam_instance_id=exam, teacher_user_id=teacher.user_id, sla_deadline=due, **values)
    )


def change(
    rows: Rows, one: EvaluationId, kind: str, before: datetime, after: datetime, changed: datetime, by: Person
) -> None:
    rows.insert(
        "deadline_changes",
        evaluation_id=one,
        kind=kind,
        deadline_before=before,
        deadline_after=after,
        reason="flood",
        changed_by=by.user_id,
        changed_at=changed,
    )


def returned(
    rows: Rows,
    one: EvaluationId,
    teacher: Person,
    done: datetime,
    before: datetime,
    after: datetime,
    changed: datetime,
    by: Person,
) -> None:
    change(rows, one, "returned", before, after, changed, by)
    rows.insert(
        "evaluation_versions",
        evaluation_id=one,
        version_number=1,
        reason="again",
        copied_by=by.user_id,
        copied_at=changed,
        written_in=1,
        evaluation={"teacher_user_id": str(teacher.user_id), "completed_at": done.isoformat()},
        exam={},
        marks=[],
        work={},
    )


def test_each_promise_counts_once_on_the_day_on_which_it_was_to_be_kept(school: School, head: Person) -> None:
    asha, bina = school.person(), school.person()
    with school.rows() as rows:
        centum, none = rows.user("student"), rows.user("student")
        begin, end = date(2025, 1, 1), date(2025, 12, 31)
        rows.subscription(student_user_id=centum, plan_type="centum", start_date=begin, end_date=end)
        rows.subscription(student_user_id=none, plan_type="basic", start_date=begin, end_date=end, status="pending")
        # the zone's days: a second before midnight, midnight, and what lies outside of the month
        promise(rows, asha, at(10, 23.999), at(10, 23.999), centum)
        promise(rows, asha, at(11, 0), at(11, 0) + timedelta(seconds=1), none)
        for outside in (at(1, -0.001), at(31, 24)):
            promise(rows, asha, outside, outside)
        promise(rows, bina, at(12))  # still open
        # an extension in time moves the promise, one afterwards excuses it, and not for ever
        moved, excused, again, twice = (
            promise(rows, bina, at(due), at(done)) for due, done in ((15, 15), (16, 16), (16, 18), (16, 17))
        )
        change(rows, moved, "extended", at(14), at(15), at(13), head)
        for one in (excused, again, twice):
            change(rows, one, "extended", at(14), at(16), at(15), head)
        change(rows, twice, "excused", at(16), at(16), at(18), head)
        # excused as it was, and not what it was afterwards
        plain, before = promise(rows, bina, at(17), at(18)), promise(rows, bina, at(18), at(19))
        change(rows, plain, "excused", at(17), at(17), at(20), head)
        change(rows, before, "excused", at(17), at(17), at(17, 20), head)
        change(rows, before, "extended", at(17), at(18), at(17, 21), head)
        # returned: the first verdict stays, and the second promise is one of its own
        back = promise(rows, asha, at(24), at(25), assigned_at=at(18))
        change(rows, back, "excused", at(20), at(20), at(22), head)
        returned(rows, back, asha, at(21), at(20), at(24), at(23), head)
        early = promise(rows, asha, at(22), at(22), assigned_at=at(20))
        returned(rows, early, bina, at(19), at(21), at(22), at(20), head)
        # in nobody's hands when it fell due: pooled, assigned too late, and never
        pooled = promise(rows, asha, at(28), at(29))
        rows.insert(
            "evaluation_holds",
            evaluation_id=pooled,
            assignment_version=1,
            kind="handed_back",
            reason="ill",
            held_by=asha.user_id,
            held_since=at(27),
            ended_at=at(29, 9),
        )
        promise(rows, asha, at(28), at(29), assigned_at=at(28, 17))
        never = rows.exam(status="uploaded")
        rows.insert(
            "evaluation_clock",
            exam_instance_id=never,
            received_at=at(26),
            breach_noticed=at(28),
        )
        # moved after it had fallen due: it was not kept by whoever had it then
        late = promise(rows, asha, at(30), at(31))
        rows.connection.execute(
            "INSERT INTO evaluation_assignments VALUES (%s, 2, %s, NULL, %s)", (late, bina.user_id, at(30, 18))
        )
    with head.session() as session:
        found = read_compliance(session, JULY)
        week = read_compliance(session, Span(date(2025, 7, 11), date(2025, 7, 15)))
        assert read_compliance(session, Span(date(2025, 6, 1), date(2025, 6, 2))).total == NOTHING_DUE
    assert [one.day.day for one in found.days] == list(range(1, 32))
    kept = {one.day.day: one.kept for one in found.days if one.kept.due}
    in_time, excuse, missed = Kept(1, 1, 0, 0, 0), Kept(1, 0, 1, 0, 0), Kept(1, 0, 0, 1, 0)
    assert kept == {
        10: in_time,
        11: missed,
        12: Kept(1, 0, 0, 1, 1),
        14: Kept(3, 0, 2, 1, 0),
        15: in_time,
        17: Kept(2, 0, 1, 1, 0),
        20: excuse,
        21: in_time,
        22: in_time,
        24: missed,
        28: Kept(3, 0, 0, 3, 1),
        30: missed,
    }
    assert found.total == Kept(17, 4, 4, 9, 2)
    assert found.total.compliance == pytest.approx(4 / 17)
    assert {one.plan: one.kept for one in found.plans} == {PlanType.CENTUM: in_time, None: Kept(16, 3, 4, 9, 2)}
    assert {one.teacher_id: one.kept for one in found.teachers} == {
        asha.user_id: Kept(6, 2, 1, 3, 0),
        bina.user_id: Kept(8, 2, 3, 3, 1),
        None: Kept(3, 0, 0, 3, 1),
    }
    assert [(one.day.day, one.kept.due) for one in week.days] == [(11, 1), (12, 1), (13, 0), (14, 3), (15, 1)]
    assert week.total == Kept(6, 1, 2, 3, 1)


def test_what_the_program_does_to_deadlines_is_counted_so(school: School, head: Person) -> None:
    asha = school.person()
    today = datetime.now(UTC).date()
    span = Span(today - timedelta(days=1), today + timedelta(days=30))
    soon = datetime.now(UTC) + timedelta(hours=40)
    extended, excused, done, pooled = (school.script(asha, hours_left=-1) for _ in range(4))
    school.script(asha, hours_left=5)  # did not fall due yet, completed or not
    due = dict(school.select("SELECT evaluation_id, sla_deadline FROM evaluations"))
    school.execute("UPDATE evaluation_assignments SET assigned_at = now() - interval '1 day'")
    marks = [SetMark(key, GivenMark(MarkState.MARKED, Decimal(1))) for key in (MarkKey(2), MarkKey(3, "a"), MarkKey(4))]
    school.journal(asha, done).send(
        OpenEvaluation(), *marks, SubmitEvaluation({number: Decimal(1) for number in (2, 3, 4)}, Decimal(3))
    )
    with head.session() as session:
        extend_deadline(session, extended, due[extended], soon, "flood")
        excuse_deadline(session, excused, due[excused], "flood")
        return_questions(session, done, 1, [ReturnedQuestion(2, "again", None)], soon, "again")
        pool_script(session, pooled, 1, "ill")  # after it had fallen due
    with head.session() as session:
        found = read_compliance(session, span)
        amount = read_volume(session, span)
    assert found.total == Kept(4, 0, 2, 2, 1)
    assert {one.teacher_id: one.kept.due for one in found.teachers} == {asha.user_id: 4}
    assert (amount.received, amount.completed, amount.returned) == (5, 1, 1)


def test_volumes_paces_and_answers_are_those_of_the_days(school: School, head: Person) -> None:
    asha, bina = school.person(), school.person()
    with school.rows() as rows:
        for number, minutes in enumerate((10, 20, 30)):
            done = at(8, 10 + number)
            promise(rows, asha, at(9), done, started_at=done - timedelta(minutes=minutes))
        # over night, in no time, and without a beginning: only the second says something
        promise(rows, bina, at(9), at(8, 9), started_at=at(7, 17))
        promise(rows, bina, at(9), at(8, 9), started_at=at(8, 9) - timedelta(seconds=5))
        promise(rows, bina, at(9), at(8, 9))
        promise(rows, bina, at(9), at(9, 0))
        one = promise(rows, asha, at(9))
        asked = rows.question("SA", unit="Matrices", question_text="Find $x$.")
        gone = uuid4()
        for number, (question, awarded, day) in enumerate(
            ((asked, 3, 8), (asked, "1.5", 8), (asked, 0, 9), (gone, 1, 8))
        ):
            rows.mark(
                evaluation_id=one,
                question_number=number + 1,
                question_id=question,
                question_type="SA",
                marks_awarded=awarded,
                marks_possible=3,
                created_at=at(day),
            )
    day = Span(date(2025, 7, 8), date(2025, 7, 8))
    with head.session() as session:
        pace, amount = read_pace(session, day), read_volume(session, Span(date(2025, 7, 7), date(2025, 7, 9)))
        known, unknown = sorted(
            (q.sums for q in read_questions(session, day).questions), key=lambda q: q.class_name == ""
        )
        assert read_questions(session, JULY).questions[-1].sums.answers == 3
    everybody, *each = [
        (row.teacher_id, row.exam_type, row.scripts, row.quick, row.middle, row.slow) for row in pace.rows
    ]
    assert everybody == (None, ExamType.BOARD_EXAM, 4, 7.75, 15, 22.5)
    assert set(each) == {
        (asha.user_id, ExamType.BOARD_EXAM, 3, 15, 20, 25),
        (bina.user_id, ExamType.BOARD_EXAM, 1, 1, 1, 1),
    }
    assert amount.days == (
        DayVolume(date(2025, 7, 7), 8, 0, 0), DayVolume(date(2025, 7, 8), 0, 6, 0), DayVolume(date(2025, 7, 9), 0, 1, 0)
    )  # fmt: skip
    assert (known.question_id, known.unit, known.wording) == (asked, "Matrices", "Find $x$.")
    assert (known.answers, known.shares, known.squares) == (2, 1.5, 1.25)
    assert (unknown.question_id, unknown.answers, unknown.unit) == (gone, 1, "")


@pytest.mark.parametrize("read", [read_compliance, read_volume, read_pace, read_questions])
def test_reports_are_for_who_coordinates_or_administers(school: School, head: Person, read: Any) -> None:
    with school.person("admin").session() as session:
        read(session, JULY)
    with pytest.raises(NotAllowedError), school.person().session() as session:
        read(session, JULY)
    function = f"report_{read.__name__.removeprefix('read_')}"
    for first, last in (
        (None, "2025-07-01"),
        ("2025-07-02", "2025-07-01"),
        ("-infinity", "2025-07-01"),
        ("2024-06-30", "2025-07-01"),
    ):
        with pytest.raises(errors.InvalidParameterValue):
            head.select(f"SELECT * FROM api.{function}(%s, %s)", first, last)


def test_what_the_screen_asks_comes_from_the_server_and_files_are_whole_or_not_there(
    school: School, head: Person, tmp_path: Path
) -> None:
    with school.rows() as rows:
        promise(rows, head, at(10), at(9), started_at=at(9, 15))
    place = Reports(head.session)
    assert place.compliance(JULY).total == Kept(1, 1, 0, 0, 0)
    assert place.volume(JULY).completed == 1
    assert [row.middle for row in place.pace(JULY).rows] == [60, 60]
    assert place.questions(JULY).questions == ()
    table = ReportTable("Pace", (Column("Scripts", Measure.COUNT),), ((7,),))
    note = days_note("report.pace", JULY)
    place.save_csv(tmp_path / "pace.csv", table, note)
    place.save_xlsx(tmp_path / "pace.xlsx", table, note)
    assert (tmp_path / "pace.csv").read_text("utf-8-sig") == "Scripts\n7\n"
    with pytest.raises(InvalidError, match="could not be written"):
        place.save_csv(tmp_path / "none" / "pace.csv", table, note)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["pace.csv", "pace.xlsx"]
