"""Assigning, moving, holding and releasing scripts, deadlines and flags: as real logins, and two people at once."""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from uuid import UUID, uuid4

import psycopg
import pytest
from psycopg import errors

from mv_desktop.core.errors import ConflictError, InvalidError, NotAllowedError, RefusedError
from mv_desktop.domain.exchange import VerdictKind
from mv_desktop.domain.identifier import EvaluationId, ExamInstanceId, FlagId, MarkKey
from mv_desktop.domain.marks import GivenMark, MarkState
from mv_desktop.domain.operation import OpenEvaluation, RaiseFlag, SetMark, SubmitEvaluation
from mv_desktop.services.assignment import (
    answer_flag,
    assign_script,
    excuse_deadline,
    extend_deadline,
    move_script,
    pool_script,
    release_script,
    withdraw_script,
)
from mv_desktop.services.evaluation import pull_scripts, queue
from tests.factories.marking import School

NOTHING = SetMark(MarkKey(2), GivenMark(MarkState.NOT_ATTEMPTED))
WHY = "She asked for it'); DROP TABLE users; --"
CALLS = {
    "assign_script": "(gen_random_uuid(), gen_random_uuid(), 48, now(), 'x')",
    "move_script": "(gen_random_uuid(), 1, gen_random_uuid(), 'x')",
    "pool_script": "(gen_random_uuid(), 1, 'x')",
    "withdraw_script": "(gen_random_uuid(), 1, 'x')",
    "release_script": "(gen_random_uuid(), 1, 'x')",
    "answer_flag": "(gen_random_uuid(), 'x')",
    "extend_deadline": "(gen_random_uuid(), now(), now(), 'x')",
    "excuse_deadline": "(gen_random_uuid(), now(), 'x')",
    "return_questions": "(gen_random_uuid(), 1, '[]', now(), 'x')",
}
ADMINS_TOO = {"extend_deadline", "excuse_deadline", "return_questions"}


@pytest.fixture
def priya(school: School):
    return school.person(is_coordinator=True)


@pytest.fixture
def asha(school: School):
    return school.person()


@pytest.fixture
def meera(school: School):
    return school.person()


def later(days: float = 2) -> datetime:
    return datetime.now(UTC) + timedelta(days=days)


def in_queue(teacher):
    with teacher.session() as session:
        return [row.evaluation_id for row in queue(session, teacher.user_id)]


def events(school: School) -> list[str]:
    return [
        event
        for (event,) in school.select(
            "SELECT event_type FROM audit_logs WHERE resource_type = 'evaluation' AND actor_user_id IS NOT NULL"
            " ORDER BY created_at"
        )
    ]


def uploaded(school: School) -> ExamInstanceId:
    with school.rows() as rows:
        exam = rows.exam(status="uploaded")
        rows.upload(exam_instance_id=exam)
    return ExamInstanceId(exam)


@pytest.mark.parametrize("role", ["teacher", "coordinator", "admin", "worker"])
def test_every_function_is_open_to_whom_the_table_names_only(school: School, role: str) -> None:
    if role == "worker":
        with psycopg.connect(school.database.superuser_url, autocommit=True) as connection:
            connection.execute("ALTER ROLE mv_worker PASSWORD 'worker'")
        url = school.database.url_for("mv_worker", "worker")
    else:
        url = school.person("admin" if role == "admin" else "teacher", is_coordinator=role == "coordinator").url
    allowed = {"coordinator": set(CALLS), "admin": ADMINS_TOO, "worker": {"assign_script"}, "teacher": set()}[role]
    with psycopg.connect(url, autocommit=True) as connection:
        for name, arguments in CALLS.items():
            if name in allowed:
                (answer,) = connection.execute(f"SELECT api.{name}{arguments}").fetchone()
                assert answer == {"refused": "unknown"}, name
            else:
                with pytest.raises(errors.InsufficientPrivilege):
                    connection.execute(f"SELECT api.{name}{arguments}")


def test_who_coordinates_no_more_is_refused_though_her_login_still_has_the_group(school: School, priya) -> None:
    school.execute("UPDATE users SET is_coordinator = false WHERE user_id = %s", priya.user_id)
    with psycopg.connect(priya.url, autocommit=True) as connection:
        for name, arguments in CALLS.items():
            with pytest.raises(errors.InsufficientPrivilege):
                connection.execute(f"SELECT api.{name}{arguments}")


@pytest.mark.parametrize("reason", ["", "  \n", "x" * 2001])
def test_a_reason_is_needed_and_has_an_end(school: School, priya, asha, reason: str) -> None:
    script = school.script(asha)
    with pytest.raises(InvalidError), priya.session() as session:
        pool_script(session, script, 1, reason)
    assert in_queue(asha) == [script]


def test_nothing_given_is_refused_and_changes_nothing(school: School, priya, asha) -> None:
    script = school.script(asha)
    with psycopg.connect(priya.url, autocommit=True) as connection:
        for name in ("pool_script", "withdraw_script", "release_script"):
            (answer,) = connection.execute(f"SELECT api.{name}(%s, NULL, 'x')", (script,)).fetchone()
            assert answer["refused"] == "changed"
            with pytest.raises(errors.InvalidParameterValue):
                connection.execute(f"SELECT api.{name}(NULL, NULL, NULL)")
        (answer,) = connection.execute("SELECT api.move_script(%s, 1, NULL, 'x')", (script,)).fetchone()
        assert answer["refused"] == "no_teacher"
        (answer,) = connection.execute("SELECT api.extend_deadline(%s, NULL, NULL, 'x')", (script,)).fetchone()
        assert answer["refused"] == "changed"
    assert in_queue(asha) == [script]


def test_a_script_out_of_the_pool_is_in_her_queue_with_its_reason(school: School, priya, asha) -> None:
    exam, deadline = uploaded(school), later()
    with priya.session() as session:
        given = assign_script(session, exam, asha.user_id, 48, deadline, WHY)
    assert in_queue(asha) == [given.evaluation_id]
    assert school.select("SELECT assigned_by, reason FROM evaluation_assignments") == [(priya.user_id, WHY)]
    assert school.select("SELECT status::text FROM exam_instances") == [("pending_evaluation",)]
    assert school.select("SELECT sla_deadline, sla_hours_allocated FROM evaluations") == [(deadline, 48)]
    assert events(school) == ["evaluation.assigned"]


def test_the_worker_assigns_without_being_a_user(school: School, asha) -> None:
    exam = uploaded(school)
    with psycopg.connect(school.database.superuser_url, autocommit=True) as connection:
        connection.execute("ALTER ROLE mv_worker PASSWORD 'worker'")
    with psycopg.connect(school.database.url_for("mv_worker", "worker")) as connection:
        connection.execute("SELECT api.assign_script(%s, %s, 24, %s, 'by load')", (exam, asha.user_id, later()))
    assert len(in_queue(asha)) == 1
    assert school.select(
        "SELECT actor_user_id, event_data ->> 'login' FROM audit_logs WHERE event_type = 'evaluation.assigned'"
    ) == [(None, "mv_worker")]


def test_only_what_is_uploaded_goes_to_an_active_teacher(school: School, priya, asha, meera) -> None:
    exam = uploaded(school)
    admin = school.person("admin")
    school.execute("UPDATE users SET is_active = false WHERE user_id = %s", meera.user_id)
    with priya.session() as session:
        for somebody in (meera.user_id, admin.user_id, uuid4()):
            with pytest.raises(RefusedError, match="no active teacher"):
                assign_script(session, exam, somebody, 48, later(), WHY)
        with pytest.raises(RefusedError, match="no such script"):
            assign_script(session, ExamInstanceId(uuid4()), asha.user_id, 48, later(), WHY)
    with school.rows() as rows:
        incomplete = ExamInstanceId(rows.exam(status="pending_upload"))
    with pytest.raises(RefusedError, match="not complete"), priya.session() as session:
        assign_script(session, incomplete, asha.user_id, 48, later(), WHY)
    for hours, deadline in ((36, later()), (48, later(100))):
        with pytest.raises(InvalidError), priya.session() as session:
            assign_script(session, exam, asha.user_id, hours, deadline, WHY)


def test_two_coordinators_at_once_and_the_slower_is_told_who_was_faster(school: School, priya, asha, meera) -> None:
    second, exam = school.person(is_coordinator=True), uploaded(school)
    heard: list[Exception] = []

    def give() -> None:
        try:
            with second.session() as session:
                assign_script(session, exam, meera.user_id, 48, later(), WHY)
        except ConflictError as error:
            heard.append(error)

    with priya.session() as session:
        assign_script(session, exam, asha.user_id, 48, later(), WHY)
        slower = threading.Thread(target=give)
        slower.start()
        _wait_for_a_lock(school)
    slower.join(20)
    assert len(heard) == 1
    assert "was faster: the script is with" in str(heard[0])
    assert (len(in_queue(asha)), len(in_queue(meera))) == (1, 0)


def test_two_who_hold_the_same_script_at_once(school: School, priya, asha) -> None:
    second, script = school.person(is_coordinator=True), school.script(asha)
    heard: list[Exception] = []

    def hold() -> None:
        try:
            with second.session() as session:
                withdraw_script(session, script, 1, WHY)
        except ConflictError as error:
            heard.append(error)

    with priya.session() as session:
        pool_script(session, script, 1, WHY)
        slower = threading.Thread(target=hold)
        slower.start()
        _wait_for_a_lock(school)
    slower.join(20)
    assert "in the pool already" in str(heard[0])
    assert school.select("SELECT kind FROM evaluation_holds") == [("handed_back",)]
    assert school.select("SELECT status::text FROM exam_instances") == [("pending_evaluation",)]


def _wait_for_a_lock(school: School) -> None:
    """Return once another connection waits for a lock in this database."""
    waiting = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
    give_up = datetime.now(UTC) + timedelta(seconds=20)
    with psycopg.connect(school.database.superuser_url, autocommit=True) as connection:
        while connection.execute(waiting).fetchone() == (0,):
            assert datetime.now(UTC) < give_up


def test_a_moved_script_keeps_its_deadline_and_starts_clean(school: School, priya, asha, meera) -> None:
    journal = school.journal(asha)
    journal.send(OpenEvaluation(), NOTHING)
    ((before,),) = school.select("SELECT sla_deadline FROM evaluations")
    with priya.session() as session:
        given = move_script(session, journal.evaluation_id, 1, meera.user_id, WHY)
    assert given.assignment_version == 2
    assert (in_queue(asha), in_queue(meera)) == ([], [journal.evaluation_id])
    assert school.select("SELECT sla_deadline, status::text, started_at FROM evaluations") == [
        (before, "assigned", None)
    ]
    assert [(v.kind, v.reason) for v in journal.send(NOTHING)] == [(VerdictKind.KEPT, "reassigned")]
    assert events(school)[-1] == "evaluation.moved"
    with pytest.raises(ConflictError, match="was faster"), priya.session() as session:
        move_script(session, journal.evaluation_id, 1, asha.user_id, WHY)
    with pytest.raises(RefusedError, match="already"), priya.session() as session:
        move_script(session, journal.evaluation_id, 2, meera.user_id, WHY)


def test_an_absent_teacher_may_get_it_and_the_answer_says_so(school: School, priya, asha, meera) -> None:
    script = school.script(asha)
    school.execute(
        "INSERT INTO teacher_absences (absence_id, user_id, first_day, return_day)"
        " VALUES (gen_random_uuid(), %s, current_date - 2, current_date + 3)",
        meera.user_id,
    )
    with priya.session() as session:
        assert move_script(session, script, 1, meera.user_id, WHY).away


@pytest.mark.parametrize("hold", [pool_script, withdraw_script])
def test_a_held_script_is_released_as_she_left_it(school: School, priya, asha, hold) -> None:
    journal = school.journal(asha)
    journal.send(OpenEvaluation(), NOTHING)
    script = journal.evaluation_id
    with priya.session() as session:
        hold(session, script, 1, WHY)
    assert in_queue(asha) == []
    assert [v.kind for v in journal.send(NOTHING)] == [VerdictKind.KEPT]
    with pytest.raises(ConflictError), priya.session() as session:
        hold(session, script, 1, WHY)
    with priya.session() as session:
        assert release_script(session, script, 1, WHY).assignment_version == 2
    assert in_queue(asha) == [script]
    with asha.session() as session:
        (pulled,) = pull_scripts(session, [script])
    assert [m.question_number for m in pulled.marks] == [2]
    assert school.select("SELECT status::text FROM exam_instances") == [("pending_evaluation",)]
    with pytest.raises(RefusedError, match="neither"), priya.session() as session:
        release_script(session, script, 2, WHY)


def test_what_arrives_for_a_withdrawn_script_is_kept_and_counts_for_nothing_until_it_is_hers_again(
    school: School, priya, asha
) -> None:
    journal = school.journal(asha)
    script = journal.evaluation_id
    rest = [SetMark(key, NOTHING.given) for key in (MarkKey(3, "a"), MarkKey(4))]
    submission = SubmitEvaluation(dict.fromkeys((2, 3, 4), Decimal(0)), Decimal(0))
    journal.send(OpenEvaluation(), NOTHING)
    with priya.session() as session:
        withdraw_script(session, script, 1, WHY)
    before = school.select("SELECT status::text, version FROM evaluations")
    verdicts = journal.send(*rest, submission)
    assert [(v.kind, v.reason) for v in verdicts] == [(VerdictKind.KEPT, "withdrawn")] * 3
    assert school.select("SELECT status::text, version FROM evaluations") == before
    assert school.select("SELECT question_number FROM mark_registers") == [(2,)]
    with priya.session() as session:
        again = release_script(session, script, 1, WHY).assignment_version
    assert [(v.kind, v.reason) for v in journal.send(submission)] == [(VerdictKind.KEPT, "assignment_changed")]
    journal.assignment_version = again
    assert [v.kind for v in journal.send(*rest, submission)] == [VerdictKind.APPLIED] * 3
    assert school.select("SELECT status::text FROM evaluations") == [("completed",)]


def test_out_of_the_pool_it_goes_to_anybody_withdrawn_to_nobody(school: School, priya, asha, meera) -> None:
    pooled, withdrawn = school.script(asha), school.script(asha)
    with priya.session() as session:
        pool_script(session, pooled, 1, WHY)
        withdraw_script(session, withdrawn, 1, WHY)
        move_script(session, pooled, 1, meera.user_id, WHY)
    with pytest.raises(ConflictError, match="withdrawn"), priya.session() as session:
        move_script(session, withdrawn, 1, meera.user_id, WHY)
    assert in_queue(meera) == [pooled]


def test_what_is_completed_is_neither_moved_nor_held(school: School, priya, asha, meera) -> None:
    journal = school.journal(asha)
    zeros = [SetMark(key, NOTHING.given) for key in (MarkKey(2), MarkKey(3, "a"), MarkKey(4))]
    journal.send(*zeros, SubmitEvaluation(dict.fromkeys((2, 3, 4), 0), 0))  # type: ignore[arg-type]
    for call in (
        lambda s: move_script(s, journal.evaluation_id, 1, meera.user_id, WHY),
        lambda s: pool_script(s, journal.evaluation_id, 1, WHY),
        lambda s: withdraw_script(s, journal.evaluation_id, 1, WHY),
    ):
        with pytest.raises(RefusedError, match="completed"), priya.session() as session:
            call(session)


def test_a_deadline_is_extended_from_what_was_seen_and_recorded(school: School, priya, asha) -> None:
    script, new = school.script(asha, hours_left=-1), later()
    ((seen,),) = school.select("SELECT sla_deadline FROM evaluations")
    with priya.session() as session:
        extend_deadline(session, script, seen, new, WHY)
    assert school.select("SELECT sla_deadline, sla_breached FROM evaluations") == [(new, True)]
    assert school.select("SELECT kind, deadline_before, deadline_after, reason, changed_by FROM deadline_changes") == [
        ("extended", seen, new, WHY, priya.user_id)
    ]
    with pytest.raises(ConflictError, match="has changed this deadline"), priya.session() as session:
        extend_deadline(session, script, seen, later(3), WHY)
    for wrong in (new, seen, later(100)):
        with pytest.raises(RefusedError, match="later"), priya.session() as session:
            extend_deadline(session, script, new, wrong, WHY)
    assert asha.select("SELECT reason FROM deadline_changes") == [(WHY,)]
    assert events(school) == ["evaluation.deadline_extended"]


def test_one_extended_in_time_is_not_breached(school: School, asha) -> None:
    admin, script = school.person("admin"), school.script(asha)
    ((seen,),) = school.select("SELECT sla_deadline FROM evaluations")
    with admin.session() as session:
        extend_deadline(session, script, seen, later(), WHY)
    assert school.select("SELECT sla_breached FROM evaluations") == [(False,)]


def test_a_breach_is_excused_once_and_stays(school: School, priya, asha) -> None:
    late, kept = school.script(asha, hours_left=-1), school.script(asha)
    seen = dict(school.select("SELECT evaluation_id, sla_deadline FROM evaluations"))
    with priya.session() as session:
        excuse_deadline(session, late, seen[late], WHY)
    assert school.select("SELECT sla_deadline FROM evaluations WHERE evaluation_id = %s", late) == [(seen[late],)]
    with pytest.raises(RefusedError, match="already"), priya.session() as session:
        excuse_deadline(session, late, seen[late], WHY)
    with pytest.raises(RefusedError, match="nothing to excuse"), priya.session() as session:
        excuse_deadline(session, kept, seen[kept], WHY)


def test_a_flag_is_answered_once_and_the_teacher_reads_it(school: School, priya, asha) -> None:
    journal, flag = school.journal(asha), FlagId(uuid4())
    journal.send(RaiseFlag(flag, "illegible"))
    with priya.session() as session:
        answer_flag(session, flag, WHY)
    with asha.session() as session:
        (pulled,) = pull_scripts(session, [journal.evaluation_id])
    assert [(f.answered, f.answer) for f in pulled.flags] == [(True, WHY)]
    assert pulled.version == 2
    with pytest.raises(ConflictError, match="answered this flag"), priya.session() as session:
        answer_flag(session, flag, "Again")


def test_a_teacher_cannot_do_any_of_it_to_her_own_script(school: School, asha) -> None:
    script = school.script(asha)
    with pytest.raises(NotAllowedError), asha.session() as session:
        extend_deadline(session, EvaluationId(UUID(str(script))), later(), later(), WHY)
