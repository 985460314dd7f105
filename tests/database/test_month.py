"""January 2026 in half a minute, by a clock of the test's own: in the end every promise is accounted for.

Students sit exams, teachers mark or are away, two workers do their rounds at the same moments, one day none does.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import psycopg
import pytest
from sqlalchemy import Engine

from mv_desktop.core.errors import RefusedError
from mv_desktop.domain.assignment import assign
from mv_desktop.domain.exam import ExamType
from mv_desktop.domain.identifier import UserId
from mv_desktop.domain.sla import WorkCalendar
from mv_desktop.services.assignment_round import markers, record, tell_left, waiting
from mv_desktop.services.database import open_session
from mv_desktop.services.deadline import server_calendar
from mv_desktop.services.exam import submit_overdue
from mv_desktop.services.forecast import paces
from mv_desktop.services.subscription import begin_months, expire_subscriptions, take_exam
from mv_desktop.worker.deadline_job import mark_breached, watch_risk
from tests.factories.marking import Person, School
from tests.factories.paper import paper
from tests.factories.worker import worker_engine

IST = ZoneInfo("Asia/Kolkata")
FIRST, LAST = date(2026, 1, 5), date(2026, 2, 7)
TICKS = (time(1, 30), time(9, 30), time(13), time(16), time(18, 30))
"""When the workers look; at 01:30 months begin."""

DOWN = date(2026, 1, 14)
"""No worker runs. On this day the month of one student begins."""

RUSH = date(2026, 1, 21)
"""Many more exams than there are teachers for."""

AWAY = (date(2026, 1, 19), date(2026, 1, 23))
"""From the first day on, back on the second: one of the teachers."""

WORK = timedelta(minutes=60)
BILLING_DAYS = (6, DOWN.day, 20, 28)


def at(day: date, moment: time) -> datetime:
    return datetime.combine(day, moment, IST).astimezone(UTC)


class Month:
    """Students, teachers and workers; `now` is the clock."""

    def __init__(self, school: School, worker: Engine, owner: psycopg.Connection) -> None:
        self.school, self.worker, self.owner = school, worker, owner
        self.chance = random.Random(2026)  # the same month each time
        self.teachers = [school.person() for _ in range(3)]
        self.coordinator = school.person("admin", is_coordinator=True)
        self.away = {self.teachers[0].user_id: AWAY}
        self.free_at = dict.fromkeys((teacher.user_id for teacher in self.teachers), at(FIRST, time(9)))
        self.taken: Counter[UserId] = Counter()
        self.sitting: list[tuple[UUID, datetime]] = []
        self.risky = 0
        with open_session(worker) as session:
            self.calendar: WorkCalendar = server_calendar(session)
        self.students = [self._student(day, "centum" if day % 4 == 0 else "basic") for day in BILLING_DAYS]
        owner.execute(
            "INSERT INTO teacher_absences (absence_id, user_id, first_day, return_day)"
            " VALUES (gen_random_uuid(), %s, %s, %s)",
            (self.teachers[0].user_id, *AWAY),
        )

    def _student(self, billing_day: int, plan: str) -> UserId:
        with self.school.rows() as rows:
            student = rows.user("student")
            rows.subscription(
                student_user_id=student,
                plan_type=plan,
                start_date=date(2025, 12, 1),
                end_date=date(2026, 11, 30),
                billing_day_of_month=billing_day,
                exams_limit_per_month=50,
                exams_used_this_month=7,
                last_counter_reset_date=date(2025, 12, billing_day),
            )
        return UserId(student)

    def arrive(self, day: date) -> None:
        """Students begin exams of an hour in the morning; nobody hands them in, the time does."""
        for _ in range(50 if day == RUSH else self.chance.randint(1, 4)):
            student = self.chance.choice(self.students)
            started = at(day, time(self.chance.randint(7, 14), self.chance.randint(0, 59)))
            try:
                with open_session(self.worker) as session:
                    take_exam(session, student, ExamType.BOARD_EXAM, started)
            except RefusedError:
                continue
            self.taken[student] += 1
            with self.school.rows() as rows:
                exam = rows.exam(
                    student_user_id=student,
                    exam_snapshot=paper().model_dump(mode="json", by_alias=True),
                    total_marks=paper().template.total_marks,
                    duration_minutes=60,
                    status="in_progress",
                    started_at=started,
                )
            self.sitting.append((exam, started + timedelta(hours=2)))

    def upload(self, now: datetime) -> None:
        """Sheets of exams that have ended come in two hours after the exam began."""
        for exam, moment in [entry for entry in self.sitting if entry[1] <= now]:
            row = self.owner.execute(
                "SELECT student_user_id FROM exam_instances WHERE exam_instance_id = %s AND status = 'pending_upload'",
                (exam,),
            ).fetchone()
            if row is None:  # no worker has ended it yet
                continue
            self.sitting.remove((exam, moment))
            self.owner.execute(
                "INSERT INTO answer_sheet_uploads (exam_instance_id, student_user_id, page_number, s3_bucket, s3_key,"
                " uploaded_at) VALUES (%s, %s, 1, 'sheets', %s, %s)",
                (exam, row[0], f"{exam}/1.jpg", moment),
            )
            self.owner.execute("UPDATE exam_instances SET status = 'uploaded' WHERE exam_instance_id = %s", (exam,))

    def mark(self, now: datetime) -> None:
        """Teachers who are there take their scripts by deadline, an hour each, and begin none that they cannot end."""
        for teacher in self.teachers:
            queue = self.owner.execute(
                "SELECT evaluation_id, exam_instance_id, assigned_at FROM evaluations WHERE teacher_user_id = %s"
                " AND status <> 'completed' ORDER BY sla_deadline, evaluation_id",
                (teacher.user_id,),
            ).fetchall()
            for evaluation, exam, assigned in queue:
                begin = self._begin(teacher, max(self.free_at[teacher.user_id], assigned))
                if begin + WORK > now:
                    break
                self.free_at[teacher.user_id] = end = begin + WORK
                self.owner.execute(
                    "UPDATE evaluations SET status = 'completed', started_at = %(begin)s, completed_at = %(end)s,"
                    " total_manual_marks = 0, sla_breached = sla_breached OR %(end)s > sla_deadline"
                    " WHERE evaluation_id = %(id)s",
                    {"begin": begin, "end": end, "id": evaluation},
                )
                self.owner.execute(
                    "UPDATE exam_instances SET status = 'evaluated' WHERE exam_instance_id = %s", (exam,)
                )

    def _begin(self, teacher: Person, earliest: datetime) -> datetime:
        first, back = self.away.get(teacher.user_id, (date.max, date.max))
        for opens, closes in self.calendar.windows(earliest):
            begin = max(opens, earliest)
            if begin + WORK <= closes and not first <= begin.astimezone(IST).date() < back:
                return begin
        raise AssertionError("there is always another day")

    def work(self, now: datetime) -> None:
        """Two workers do one round of each job at once."""
        with ThreadPoolExecutor(2) as pool:
            self.risky += sum(pool.map(lambda _: self._round(now), range(2)))

    def _round(self, now: datetime) -> int:
        with open_session(self.worker) as session:
            expire_subscriptions(session, 100, now)
            begin_months(session, 100, now)
            submit_overdue(session, 100, now)
        with open_session(self.worker) as session:
            found = waiting(session, self.calendar, 1000)
            known = paces(session)
            plan = assign(found.scripts, markers(session, self.calendar, known, now), known, self.calendar, now)
        with open_session(self.worker) as session:
            record(session, plan.given, found, self.calendar, now)
            tell_left(session, plan.left, 20)
        mark_breached(self.worker, now=now)
        return watch_risk(self.worker, now=now)


@pytest.fixture
def month(school: School) -> Iterator[Month]:
    with worker_engine(school) as worker, psycopg.connect(school.database.owner_url, autocommit=True) as owner:
        yield Month(school, worker, owner)


def test_a_month_ends_with_every_promise_accounted_for(month: Month) -> None:
    day = FIRST
    while day <= LAST:
        if day.weekday() < 6 and day < date(2026, 1, 31):
            month.arrive(day)
        for moment in TICKS:
            now = at(day, moment)
            month.upload(now)
            month.mark(now)
            if day != DOWN:
                month.work(now)
        day += timedelta(days=1)
    _scripts(month)
    _subscriptions(month)


def _scripts(month: Month) -> None:
    rows = month.owner.execute(
        """
        SELECT e.teacher_user_id, e.assigned_at, e.sla_deadline, e.sla_hours_allocated, e.sla_breached,
               e.completed_at, u.uploaded_at,
               (SELECT count(*) FROM evaluation_assignments a WHERE a.evaluation_id = e.evaluation_id) AS given,
               (SELECT count(*) FROM audit_logs l WHERE l.resource_id = e.evaluation_id
                   AND l.event_type = 'evaluation.assigned') AS given_audited,
               (SELECT count(*) FROM audit_logs l WHERE l.resource_id = e.evaluation_id
                   AND l.event_type = 'sla.breached') AS audited,
               (SELECT array_agg(n.user_id) FROM notices n WHERE n.data ->> 'evaluation_id' = e.evaluation_id::text
                   AND n.kind = 'sla.breached') AS told
        FROM evaluations e JOIN answer_sheet_uploads u USING (exam_instance_id)
        """
    ).fetchall()
    assert len(rows) == sum(month.taken.values()) > 80
    late = 0
    broken: Counter[UUID] = Counter()
    for row in rows:
        teacher, assigned, deadline, hours, breached, completed, received, given, given_audited, audited, told = row
        assert (given, given_audited) == (1, 1)
        assert deadline == month.calendar.deadline(received, hours).due
        first, back = month.away.get(UserId(teacher), (date.max, date.max))
        assert not first <= assigned.astimezone(IST).date() < back
        assert breached == (completed > deadline)
        assert audited == int(breached)
        assert not Counter(told or ()) - Counter([teacher, month.coordinator.user_id] if breached else ())
        late += breached
        broken.update([teacher, month.coordinator.user_id] if breached else ())
    assert 0 < late < len(rows) / 2
    # what was too many to be named was counted
    assert _told(month, "sla.breached") == broken
    assert _told(month, "script.at_risk") == Counter({month.coordinator.user_id: month.risky})
    assert month.risky > 0


def _told(month: Month, kind: str) -> Counter[UUID]:
    """Of how many scripts each person was told."""
    rows = month.owner.execute(
        "SELECT user_id, sum(coalesce((data ->> 'count')::int, 1))::int FROM notices"
        " WHERE kind IN (%(kind)s, %(kind)s || '_many') GROUP BY 1",
        {"kind": kind},
    ).fetchall()
    return Counter(dict(rows))


def _subscriptions(month: Month) -> None:
    for student, billing_day in zip(month.students, BILLING_DAYS, strict=True):
        events: list[tuple[Any, ...]] = month.owner.execute(
            "SELECT event_data #>> '{changes,last_counter_reset_date,new}' FROM audit_logs l"
            " JOIN subscriptions s ON s.subscription_id = l.resource_id WHERE s.student_user_id = %s"
            " AND event_data #> '{changes,last_counter_reset_date}' IS NOT NULL"
            " AND l.event_type <> 'subscription.created' ORDER BY log_seq",
            (student,),
        ).fetchall()
        begun = [date(2026, 1, billing_day)] + ([date(2026, 2, billing_day)] if billing_day <= LAST.day else [])
        assert len(events) == len(begun)
        for day, (found,) in zip(begun, events, strict=True):
            # after the day without a worker it begins with the next round, or with an exam that the student began
            assert timedelta() <= date.fromisoformat(found) - day <= timedelta(days=day == DOWN)
