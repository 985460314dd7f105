"""kill -9 at every step of every job: whoever goes on ends where an undisturbed worker does, each thing done once."""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any

import psycopg
import pytest
from psycopg.types.json import Jsonb

from mv_desktop.services.database import make_engine
from mv_desktop.services.notice import LEASE
from mv_desktop.services.rescoring import adjust_everywhere
from mv_desktop.worker.mail_server import from_environment
from mv_desktop.worker.notice_job import mail_notices
from mv_desktop.worker.schedule import JOBS
from tests.database.kill_child import FAULTY, do
from tests.database.test_adjustment import AWARD, DROP, FIVE_MARKS, TWO_MARKS, Template
from tests.database.test_exam import choices_only, sitting
from tests.factories.marking import School
from tests.factories.paper import paper
from tests.fakes.mail_server import Postbox, mail_server
from tests.fakes.server import CloneDatabase, TestStore, clone, drop

pytestmark = pytest.mark.xdist_group("worker_kill")
"""On one of the run's processes: the scene is dear."""

ROOT = Path(__file__).parents[2]
MOST_STEPS = 60
FEW_STEPS = 3
MAIL = "notice.mail"

FACTS = {
    "scripts": "SELECT exam_instance_id, teacher_user_id, sla_deadline, sla_breached, status FROM evaluations",
    "assignments": "SELECT exam_instance_id, teacher_user_id FROM evaluation_assignments JOIN evaluations"
    " USING (evaluation_id, teacher_user_id)",
    "audit": "SELECT l.event_type, coalesce(e.exam_instance_id, l.resource_id) FROM audit_logs l"
    " LEFT JOIN evaluations e ON e.evaluation_id = l.resource_id",
    "unsealed": "SELECT count(*) FROM audit_logs LEFT JOIN audit_seals USING (log_seq) WHERE seal IS NULL",
    "mails": "SELECT count(*) FROM notice_mails",
    "notices": "SELECT user_id, kind, data ->> 'script' FROM notices",
    "exams": "SELECT exam_instance_id, status, mcq_score, manual_score, total_score, percentage FROM exam_instances",
    "rescorings": "SELECT question_id, done, rescored, finished_at IS NULL FROM question_rescorings",
    "adjusted": "SELECT exam_instance_id, decision_number FROM exam_adjustments",
    "months": "SELECT subscription_id, status, exams_used_this_month, last_counter_reset_date FROM subscriptions",
    "leaders": "SELECT to_jsonb(l)::text FROM leaderboard l",
    "students": "SELECT to_jsonb(s)::text FROM student_analytics s",
    "dashboards": "SELECT m.as_of IS NULL, m.begun_at IS NULL, (SELECT count(*) FROM api._insight_weeks) FROM"
    " api._insight_mark m",
    "sums": "SELECT to_jsonb(v)::text FROM api._insight_volumes v UNION ALL SELECT to_jsonb(p)::text FROM"
    " api._insight_promises p",
    "samples": "SELECT evaluation_id, why, (SELECT sum(first_marks) FROM sample_marks m"
    " WHERE m.evaluation_id = s.evaluation_id) FROM script_samples s",
    "seconds": "SELECT evaluation_id, teacher_user_id, outcome FROM second_markings",
    "queue": "SELECT task_name, status::text FROM procrastinate.procrastinate_jobs",
    "torn": "SELECT told FROM torn",
}
"""What has to be the same, whatever died on the way; each row of it once."""

Facts = dict[str, list[tuple[Any, ...]]]


@dataclass
class Scene:
    """A school in which every job has something to do, to be copied for each death."""

    database: CloneDatabase
    child: subprocess.Popen[str]
    box: Postbox
    number: Iterator[int]

    def copied(self) -> CloneDatabase:
        return clone(self.database.server, self.database.name, f"mv_kill_{os.getpid()}_{next(self.number)}")

    def run(self, database: CloneDatabase, job: str, step: int) -> Any:
        """The job, dying at a step; "died", or how much was done in how many steps."""
        assert self.child.stdin is not None
        assert self.child.stdout is not None
        self.child.stdin.write(json.dumps([worker_url(database), job, step]) + "\n")
        self.child.stdin.flush()
        said = json.loads(self.child.stdout.readline())
        assert not isinstance(said, str) or said == "died", said
        return said


def worker_url(database: CloneDatabase) -> str:
    return database.url_for("mv_worker", "worker")


def facts(database: CloneDatabase) -> Facts:
    with psycopg.connect(database.superuser_url) as connection:
        return {name: sorted(connection.execute(query.encode()), key=repr) for name, query in FACTS.items()}


@pytest.fixture(scope="module")
def scene(pg_server, template_db, s3: TestStore) -> Iterator[Scene]:
    database = clone(pg_server, template_db, f"mv_kill_{os.getpid()}")
    with psycopg.connect(database.superuser_url, autocommit=True) as connection:
        connection.execute("ALTER ROLE mv_worker PASSWORD 'worker'")
    school = School(database)
    fill(school)
    for engine in (school.engine, *(person.engine for person in school._people)):
        engine.dispose()  # what somebody is connected to cannot be copied
    with mail_server() as box:
        smtp = {"MV_SMTP_HOST": "127.0.0.1", "MV_SMTP_PORT": str(box.port), "MV_SMTP_SECURITY": "none"}
        os.environ |= smtp
        child = subprocess.Popen(
            [sys.executable, "-m", "tests.database.kill_child"],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        assert child.stdout is not None
        assert json.loads(child.stdout.readline()) == "ready"
        yield Scene(database, child, box, count(1))
        child.communicate()
        for name in smtp:
            del os.environ[name]
    school.close()
    drop(database)


def fill(school: School) -> None:
    """Give every job something to do, in several rounds or transactions where it has them."""
    template = Template(school)
    school.person()  # marks a second time
    asha, today = template.asha, date.today()
    template.finished()
    template.finished()
    template.adjust(TWO_MARKS, AWARD)
    with template.admin.session() as session:
        adjust_everywhere(session, FIVE_MARKS, 0, DROP, 1, "misprinted")
    for hours in (-5, -1, 0.2):
        school.script(asha, hours_left=hours)
    with school.rows() as rows:
        for class_name, days in (("XII", 0), ("X", 20)):  # of the second the deadline has passed
            student = rows.user("student")
            rows.subscription(student_user_id=student, start_date=today - timedelta(9), end_date=today + timedelta(9))
            exam = rows.exam(student_user_id=student, status="pending_upload", **{"class": class_name})
            uploaded = datetime.now(UTC) - timedelta(days=days, hours=1)
            rows.upload(exam_instance_id=exam, s3_key=f"{exam}/1.jpg", uploaded_at=uploaded)
            rows.connection.execute(
                "UPDATE exam_instances SET status = 'uploaded' WHERE exam_instance_id = %s", (exam,)
            )
        for ended in (True, False):
            rows.subscription(
                student_user_id=rows.user("student"),
                start_date=today - timedelta(90),
                end_date=today - timedelta(2) if ended else today + timedelta(90),
                exams_used_this_month=3,
                last_counter_reset_date=today - timedelta(70),
            )
        for _ in range(3):
            rows.exam(status="evaluated", percentage=80, submitted_at=datetime.now(UTC) - timedelta(days=1))
    sitting(school, choices_only(), {1: ["B"]})
    sitting(school, paper(), {1: ["B"]})
    for kind, script in (("script.assigned", "A-1"), ("sla.breached", "A-2")):
        school.select("SELECT api._tell(%s, %s, %s)", asha.user_id, kind, Jsonb({"script": script}))
    with psycopg.connect(school.database.superuser_url) as connection:
        connection.execute("SET session_replication_role = replica")  # what happened before is written as it was
        connection.execute("DELETE FROM exam_adjustments")
        connection.execute("UPDATE notices SET created_at = now() - interval '1 minute'")
        connection.execute(
            "INSERT INTO notices (user_id, kind, data, created_at, read_at)"
            " SELECT %s, 'script.assigned', '{}', now() - interval '100 days', now() FROM generate_series(1, 3)",
            (asha.user_id,),
        )
        connection.execute(
            "INSERT INTO procrastinate.procrastinate_jobs (queue_name, task_name, status, args)"
            " SELECT 'default', 'a.failing', 'failed', '{}' FROM generate_series(1, 3)"
        )
        connection.execute("DELETE FROM procrastinate.procrastinate_events")
        connection.execute("INSERT INTO api._insight_weeks SELECT current_date - 7 * n FROM generate_series(1, 6) n")
        connection.execute("CREATE TABLE torn (marked bool, told int)")
        connection.execute("INSERT INTO torn VALUES (false, 0)")
        connection.execute("GRANT SELECT, UPDATE ON torn TO mv_worker")


def ends(scene: Scene, job: str, check: Callable[[CloneDatabase, Facts, int], None], *, thorough: bool = False) -> int:
    """Let the job die at its steps, and look where it stands when another worker has gone on; how many steps."""
    undisturbed = scene.copied()
    done, steps = scene.run(undisturbed, job, 0)
    assert done > 0, f"the scene has nothing to do for {job}: give it something"
    assert steps <= MOST_STEPS
    wanted = facts(undisturbed)
    assert wanted != facts(scene.database)
    drop(undisturbed)
    for step in range(1, steps + 1) if thorough else _chosen(steps):
        database = scene.copied()
        assert scene.run(database, job, step) == "died"
        do(worker_url(database), job)
        check(database, wanted, step)
        drop(database)
    return int(steps)


def _chosen(steps: int) -> Sequence[int]:
    """All steps where MV_ALL_STEPS is set; else the first, the last and one that another run chooses differently."""
    if os.environ.get("MV_ALL_STEPS") or steps <= FEW_STEPS:
        return range(1, steps + 1)
    return sorted({1, steps, *random.sample(range(2, steps), FEW_STEPS - 2)})


def same(database: CloneDatabase, wanted: Facts, step: int) -> None:
    found = facts(database)
    assert {name: rows for name, rows in found.items() if rows != wanted[name]} == {}, f"died at step {step}"


@pytest.mark.parametrize("job", [job.name for job in JOBS if job.name != MAIL])
def test_a_job_that_dies_at_any_step_loses_and_doubles_nothing(scene: Scene, job: str) -> None:
    assert ends(scene, job, same) >= 3


def test_mail_that_dies_at_any_step_is_sent_once_at_most_and_told_as_unknown_where_nobody_knows(scene: Scene) -> None:
    seen: set[tuple[str, int]] = set()

    def check(database: CloneDatabase, wanted: Facts, step: int) -> None:
        engine = make_engine(worker_url(database), application_name="mv-desktop test kill")
        mail_notices(engine, from_environment(), now=datetime.now(UTC) + LEASE + timedelta(minutes=1))
        engine.dispose()
        with psycopg.connect(database.superuser_url) as connection:
            ((mail, outcome),) = connection.execute("SELECT mail_id, outcome FROM notice_mails").fetchall()
            ((unread,),) = connection.execute("SELECT count(*) FROM notices WHERE read_at IS NULL").fetchall()
        arrived = sum(str(mail) in one["Message-ID"] for one in scene.box.mails)
        assert (outcome, arrived) in {("sent", 1), ("unknown", 0), ("unknown", 1)}, f"died at step {step}"
        assert unread >= 2, "what was told stands in the program, whatever became of the mail"
        same(database, wanted, step)
        seen.add((outcome, arrived))

    ends(scene, MAIL, check, thorough=True)
    assert seen == {("sent", 1), ("unknown", 0), ("unknown", 1)}, "before it is claimed, in hand, and after it went out"


@pytest.mark.parametrize("job", [job.name for job in FAULTY])
def test_a_job_that_a_death_leaves_in_two_halves_is_found(scene: Scene, job: str) -> None:
    with pytest.raises(AssertionError, match="died at step"):
        ends(scene, job, same, thorough=True)
