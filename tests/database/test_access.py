"""Who may read and do what, asked with the people's own logins (`docs/security.md`)."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from uuid import uuid4

import psycopg
import pytest
from psycopg import sql

from mv_desktop.core.errors import NotAllowedError
from mv_desktop.demo.postgres import LocalPostgres
from mv_desktop.domain.absence import Absence
from mv_desktop.domain.annotation.shape import Placed, Stamp
from mv_desktop.domain.comment import CommentBody, PutComment
from mv_desktop.domain.comment_exchange import SentChange
from mv_desktop.domain.identifier import AbsenceId, ChangeId, CommentId, ComputerId, FlagId, MarkKey, PageRef
from mv_desktop.domain.marks import GivenMark, MarkState
from mv_desktop.domain.operation import (
    HandBack,
    OpenEvaluation,
    PutAnnotations,
    RaiseFlag,
    SeePage,
    SetMark,
    SubmitEvaluation,
)
from mv_desktop.domain.returned import ReturnedQuestion
from mv_desktop.services.absence import put_absence
from mv_desktop.services.assignment import return_questions
from mv_desktop.services.comment import apply_comment_changes
from mv_desktop.services.computer import meet_computer
from mv_desktop.services.database import make_engine, open_session
from mv_desktop.services.kept_work import decline_kept, kept_work, read_kept
from mv_desktop.services.page_address import request_pages
from mv_desktop.services.sign_in import hello
from tests.database.check import CHECKS, breaks
from tests.database.rights import (
    ADMIN,
    COORDINATOR,
    FIRST_PASSWORD,
    READS,
    ROLES,
    STRANGER,
    TEACHER,
    VERBS,
    WORKER,
    WRITES,
)
from tests.factories.marking import PASSWORD, School
from tests.fakes.server import CloneDatabase, clone, drop
from tools.rights_table import PAGE, with_table

OWN = {
    "users": "user_id",
    "evaluations": "teacher_user_id",
    "evaluation_assignments": "teacher_user_id",
    "streams": "user_id",
    "clock_beacons": "user_id",
    "applied_operations": "user_id",
    "page_requests": "user_id",
    "teacher_absences": "user_id",
    "notices": "user_id",
    "sample_marks": "teacher_user_id",
}
"""Tables of which a teacher sees only rows of her own, and the column that says so."""

OF_HER_SCRIPTS = {
    "exam_instances": "exam_instance_id",
    "answer_sheet_uploads": "exam_instance_id",
    "unanswered_questions": "exam_instance_id",
    "evaluation_clock": "exam_instance_id",
    "question_marks": "evaluation_id",
    "mark_registers": "evaluation_id",
    "annotation_registers": "evaluation_id",
    "page_registers": "evaluation_id",
    "evaluation_flags": "evaluation_id",
    "evaluation_holds": "evaluation_id",
    "evaluation_returns": "evaluation_id",
    "deadline_changes": "evaluation_id",
    "page_files": "upload_id",
    "page_exclusions": "exam_instance_id",
}
"""Tables of which she sees only what belongs to her scripts."""

IDENTITY = [
    ("exam_instances", "student_user_id"),
    ("answer_sheet_uploads", "student_user_id"),
    ("answer_sheet_uploads", "s3_key"),
    ("evaluation_assignments", "reason"),
    ("users", "password_hash"),
    ("users", "phone"),
    ("users", "student_class"),
]


class Place:
    """Two teachers with the same work done, a coordinator, an admin and the worker, in one shared database."""

    def __init__(self, school: School) -> None:
        self.school = school
        self.asha, self.meera = school.person(), school.person()
        coordinator = school.person("teacher", is_coordinator=True)
        # She teaches too; without that group the matrix shows what coordinating alone allows.
        school.execute(f"REVOKE mv_teacher FROM {coordinator.login}")
        self.logins = {
            TEACHER: self.asha.url,
            COORDINATOR: coordinator.url,
            ADMIN: school.person("admin").url,
        }
        with psycopg.connect(school.database.superuser_url, autocommit=True) as connection:
            connection.execute("ALTER ROLE mv_worker PASSWORD 'worker'")
        self.logins[WORKER] = school.database.url_for("mv_worker", "worker")
        newcomer = school.person()
        school.execute("UPDATE staff_logins SET must_change_password = true WHERE user_id = %s", newcomer.user_id)
        self.logins[FIRST_PASSWORD] = newcomer.url
        self._stranger = f"stranger_{uuid4().hex[:8]}"
        self._open = contextlib.ExitStack()
        self._connections: dict[str, psycopg.Connection] = {}
        self._make_stranger()
        self.coordinator = coordinator
        self._work(self.asha)
        self._work(self.meera)
        self._kept()
        with school.rows() as rows:
            rows.mapping()
            rows.subscription()
            question = rows.question(status="active")
            rows.insert("question_schemes", question_id=question, version=1, scheme={})
            for table in (
                "consultations",
                "question_decisions",
                "question_versions",
                "exam_adjustments",
                "page_versions",
                "rescan_requests",
                "mark_conflicts",
                "question_reviews",
                "question_remarks",
                "question_changes",
            ):
                rows.of(table)
        with self.asha.session() as session:
            shared = PutComment(ChangeId(uuid4()), CommentId(uuid4()), CommentBody("Well done", shared=True))
            apply_comment_changes(session, [SentChange(shared, 0)])
        everybody = "SELECT api._tell(user_id, 'script.assigned', '{}') FROM staff_logins"
        assert {told for (told,) in school.select(everybody)} == {True}
        with psycopg.connect(self.logins[WORKER]) as connection:
            connection.execute("SELECT api.seal_audit(10)")

    def connection(self, role: str) -> psycopg.Connection:
        """One for each role: to connect takes longer than most tests; every statement is its own transaction."""
        if role not in self._connections:
            connection = psycopg.connect(self.logins[role], autocommit=True)
            self._connections[role] = self._open.enter_context(connection)
        return self._connections[role]

    def close(self) -> None:
        """End the connections and drop the stranger."""
        self._open.close()
        with psycopg.connect(self.school.database.superuser_url, autocommit=True) as connection:
            connection.execute(sql.SQL("DROP OWNED BY {}").format(sql.Identifier(self._stranger)))
            connection.execute(sql.SQL("DROP ROLE {}").format(sql.Identifier(self._stranger)))

    def _make_stranger(self) -> None:
        """A login of no group, who was let into the database by mistake."""
        name = sql.Identifier(self._stranger)
        database = sql.Identifier(self.school.database.name)
        with psycopg.connect(self.school.database.superuser_url, autocommit=True) as connection:
            connection.execute(sql.SQL("CREATE ROLE {} LOGIN PASSWORD {}").format(name, PASSWORD))
            connection.execute(sql.SQL("GRANT CONNECT ON DATABASE {} TO {}").format(database, name))
            connection.execute(sql.SQL("GRANT USAGE ON SCHEMA public, api TO {}").format(name))
        self.logins[STRANGER] = self.school.database.url_for(self._stranger, PASSWORD)

    def _work(self, teacher) -> None:
        open_, done, back = (self.school.journal(teacher) for _ in range(3))
        ink = Placed(PageRef(1), Stamp(id=uuid4(), stamp="tick", x=0.5, y=0.5, question_number=2, marks="1"))
        mark = SetMark(MarkKey(2), GivenMark(MarkState.NOT_ATTEMPTED))
        flag = RaiseFlag(FlagId(uuid4()), "blurred")
        open_.send(OpenEvaluation(), PutAnnotations((ink,)), mark, SeePage(PageRef(1), 1, 1), flag)
        zeros = [SetMark(key, mark.given) for key in (MarkKey(2), MarkKey(3, "a"), MarkKey(4))]
        back.send(OpenEvaluation(), HandBack("too_ill"))
        done.send(*zeros, SubmitEvaluation(dict.fromkeys((2, 3, 4), 0), 0))  # type: ignore[arg-type]
        again = self.school.journal(teacher)
        again.send(*zeros, SubmitEvaluation(dict.fromkeys((2, 3, 4), 0), 0))  # type: ignore[arg-type]
        with self.coordinator.session() as session:
            deadline = datetime.now(UTC) + timedelta(days=2)
            return_questions(session, again.evaluation_id, 1, [ReturnedQuestion(2, "Look again")], deadline, "A slip")
        with teacher.session() as session:
            hello(session, "test", 1)
            put_absence(session, Absence(AbsenceId(uuid4()), date(2100, 1, 1), date(2100, 1, 2), ""))
            meet_computer(session, ComputerId(uuid4()), "PC", "1")
            request_pages(session, self.school.uploads(open_.evaluation_id))
        with self.school.rows() as rows:
            (exam,) = rows.connection.execute(
                "SELECT exam_instance_id FROM evaluations WHERE evaluation_id = %s", (open_.evaluation_id,)
            ).fetchone()
            rows.answer(exam_instance_id=exam)
            rows.unanswered(exam_instance_id=exam)
            rows.of("teacher_limits", user_id=teacher.user_id)
            rows.of("teacher_conflicts", user_id=teacher.user_id)
            rows.of("script_samples", evaluation_id=done.evaluation_id, teacher_user_id=teacher.user_id)
            rows.of("second_markings", evaluation_id=done.evaluation_id, outcome="marked", ended_at=datetime.now(UTC))
            rows.of("sample_marks", evaluation_id=done.evaluation_id, teacher_user_id=teacher.user_id)
            for upload in self.school.uploads(open_.evaluation_id):
                rows.insert("page_files", upload_id=upload, sha256="0" * 64, bytes=1, pages=[])
                rows.insert(
                    "page_exclusions",
                    upload_id=upload,
                    exam_instance_id=exam,
                    reason="r",
                    excluded_by=self.coordinator.user_id,
                    ended_at=datetime.now(UTC),  # so that she sees the page itself again
                    end_reason="r",
                )

    def _kept(self) -> None:
        """Work of somebody who has left, declined; neither of the two teachers has anything of it."""
        late = self.school.journal(self.school.person())
        self.school.move(late.evaluation_id, self.coordinator)
        late.send(SetMark(MarkKey(2), GivenMark(MarkState.NOT_ATTEMPTED)))
        with self.coordinator.session() as session:
            (piece,) = kept_work(session)
            decline_kept(session, read_kept(session, piece.piece), None, "Too late")


@pytest.fixture(scope="module")
def place(pg_server: LocalPostgres, template_db: str) -> Iterator[Place]:
    copy: CloneDatabase = clone(pg_server, template_db, "mv_access")
    school = School(copy)
    place = Place(school)
    yield place
    place.close()
    school.close()
    drop(copy)


def tables(school: School) -> set[str]:
    found = school.select("SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'r'")
    return {name for (name,) in found}


def test_the_matrix_names_every_table(place: Place) -> None:
    assert tables(place.school) == set(READS)


@pytest.mark.parametrize("check", CHECKS)
def test_the_catalogue_breaks_no_rule(place: Place, check: str) -> None:
    with psycopg.connect(place.school.database.superuser_url) as superuser:
        assert breaks(superuser, check) == []


def test_the_page_on_security_shows_the_matrix() -> None:
    page = PAGE.read_text(encoding="utf-8")
    assert with_table(page) == page, "write it anew: .venv/bin/python tools/rights_table.py"


@pytest.mark.parametrize("role", [*ROLES, FIRST_PASSWORD, STRANGER])
@pytest.mark.parametrize("table", READS)
def test_everybody_reads_what_the_matrix_says(place: Place, role: str, table: str) -> None:
    query = sql.SQL("SELECT count(*) FROM public.{}").format(sql.Identifier(table))
    asked = TEACHER if role == FIRST_PASSWORD else role  # she has a teacher's groups, and is nobody yet
    if asked in READS[table]:
        (count,) = place.connection(role).execute(query).fetchone()
        assert (count > 0) == (role != FIRST_PASSWORD)
    else:
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            place.connection(role).execute(query)


_STATEMENTS = {
    "INSERT": "INSERT INTO {0} DEFAULT VALUES",
    "UPDATE": "UPDATE {0} SET {1} = {1}",
    "DELETE": "DELETE FROM {0}",
    "TRUNCATE": "TRUNCATE {0}",
}


@pytest.mark.parametrize("role", [*ROLES, FIRST_PASSWORD, STRANGER])
@pytest.mark.parametrize("table", READS)
def test_everybody_writes_what_the_matrix_says(place: Place, role: str, table: str) -> None:
    ((column,),) = place.school.select(
        "SELECT attname FROM pg_attribute WHERE attrelid = %s::regclass AND attnum = 1", f"public.{table}"
    )
    connection = place.connection(role)
    for verb in VERBS:
        if verb in WRITES.get(table, {}).get(role, ()):
            may = "has_table_privilege" if verb in ("DELETE", "TRUNCATE") else "has_any_column_privilege"
            assert connection.execute(f"SELECT {may}(%s, %s)", (f"public.{table}", verb)).fetchone() == (True,)
            continue
        statement = sql.SQL(_STATEMENTS[verb]).format(sql.Identifier("public", table), sql.Identifier(column))
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            connection.execute(statement)


@pytest.mark.parametrize(("table", "column"), OWN.items())
def test_a_teacher_sees_rows_of_her_own_only(place: Place, table: str, column: str) -> None:
    seen = place.asha.select(f"SELECT DISTINCT {column} FROM public.{table}")
    assert seen == [(place.asha.user_id,)]


@pytest.mark.parametrize(("table", "column"), OF_HER_SCRIPTS.items())
def test_a_teacher_sees_what_belongs_to_her_scripts_only(place: Place, table: str, column: str) -> None:
    mine = "evaluations WHERE teacher_user_id = %s"
    if table != "evaluation_holds":  # she knows that she handed a script back, and sees nothing of it any more
        mine += " AND evaluation_id NOT IN (SELECT evaluation_id FROM evaluation_holds)"
    links = {
        "evaluation_id": f"SELECT evaluation_id FROM {mine}",
        "exam_instance_id": f"SELECT exam_instance_id FROM {mine}",
        "upload_id": "SELECT upload_id FROM answer_sheet_uploads WHERE exam_instance_id IN"
        f" (SELECT exam_instance_id FROM {mine})",
    }
    query = f"SELECT {column} FROM {table} WHERE {column} IN ({links[column]}) ORDER BY 1"
    hers = place.school.select(query, place.asha.user_id)
    assert hers
    assert place.asha.select(f"SELECT {column} FROM {table} ORDER BY 1") == hers


@pytest.mark.parametrize(("table", "column"), IDENTITY)
def test_a_teacher_cannot_read_what_is_not_for_her(place: Place, table: str, column: str) -> None:
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        place.asha.select(f"SELECT {column} FROM {table}")


@pytest.mark.parametrize("role", [COORDINATOR, ADMIN])
def test_nobody_reads_a_password_hash(place: Place, role: str) -> None:
    with (
        psycopg.connect(place.logins[role]) as connection,
        pytest.raises(psycopg.errors.InsufficientPrivilege),
    ):
        connection.execute("SELECT password_hash FROM users")


def test_a_teacher_reads_the_settings_that_marking_needs(place: Place) -> None:
    keys = {key for (key,) in place.asha.select("SELECT config_key FROM system_config")}
    assert "anonymous_marking" in keys
    assert "notification_email_from" not in keys


def test_a_coordinator_reads_the_audit_log_of_evaluations_only(place: Place) -> None:
    with psycopg.connect(place.logins[COORDINATOR]) as connection:
        kinds = connection.execute("SELECT DISTINCT resource_type FROM audit_logs").fetchall()
    assert kinds == [("evaluation",)]


def test_identity_cannot_be_put_on(place: Place) -> None:
    with psycopg.connect(place.asha.url, autocommit=True) as connection:
        for statement in ("SET ROLE mv_owner", "SET ROLE mv_admin", "SET SESSION AUTHORIZATION mv_owner"):
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                connection.execute(statement)
        connection.execute("SET ROLE mv_teacher")
        assert connection.execute("SELECT api.me()").fetchone() == (place.asha.user_id,)


def test_internal_functions_and_the_workers_are_closed_to_teachers(place: Place) -> None:
    allowed = {
        "me",
        "is_marking_setting",
        "hello",
        "sign_in",
        "schema_version",
        "pull_scripts",
        "apply_operations",
        "request_pages",
        "finished_scripts",
        "change_password",
        "absences",
        "put_absence",
        "delete_absence",
        "own_drafts",
        "put_question",
        "withdraw_draft",
        "own_questions",
        "own_question",
        "put_own_question",
        "withdraw_own_question",
        "submit_question",
        "take_back_question",
        "remark_question",
        "apply_comment_changes",
        "pull_comments",
        "request_upload",
        "finish_upload",
        "renew_pages",
        "request_pictures",
        "stream_state",
        "script_sums",
        "moved_to",
        "meet_computer",
        "computer_wiped",
        "my_notices",
        "note_export",
        "read_notices",
        "set_notice_language",
        "sample_tolerances",
        "my_second_markings",
        "read_second_marking",
        "mark_second",
        "decline_second",
    }
    callable_ = place.asha.select(
        "SELECT proname FROM pg_proc WHERE pronamespace = 'api'::regnamespace"
        " AND has_function_privilege(oid, 'EXECUTE')"
    )
    assert {name for (name,) in callable_} == allowed


def test_the_worker_calls_its_own_functions_only(place: Place) -> None:
    with psycopg.connect(place.logins[WORKER]) as connection:
        callable_ = connection.execute(
            "SELECT proname FROM pg_proc WHERE pronamespace = 'api'::regnamespace"
            " AND has_function_privilege(oid, 'EXECUTE')"
        ).fetchall()
    assert {name for (name,) in callable_} == {
        "schema_version",
        "pending_page_requests",
        "answer_page_request",
        "uploads_to_check",
        "store_page_file",
        "mark_breaches",
        "open_scripts",
        "away_spans",
        "teacher_paces",
        "tell_at_risk",
        "analytics_due",
        "gather_results",
        "refresh_analytics",
        "analytics_refreshes",
        "refresh_insight",
        "assign_script",
        "scripts_to_assign",
        "markers",
        "assign_scripts",
        "tell_unassigned",
        "watch_unassigned",
        "waiting_scripts",
        "free_teachers",
        "reset_counters",
        "begin_months",
        "expire_subscriptions",
        "take_exam",
        "submit_overdue_exams",
        "score_submitted_exams",
        "finish_choice_exams",
        "rescore_exams",
        "rescore_step",
        "seal_audit",
        "audit_state",
        "pending_upload_requests",
        "answer_upload_request",
        "uploads_to_confirm",
        "confirm_upload",
        "pictures_to_check",
        "store_picture",
        "pending_picture_requests",
        "answer_picture_request",
        "claim_notice_mail",
        "notice_mail_ended",
        "notice_mail_failed",
        "prune_notices",
        "sample_rule",
        "scripts_to_sample",
        "choose_samples",
        "give_samples",
    }


def test_hardening_can_be_repeated_on_a_copy(place: Place) -> None:
    assert place.school.select("SELECT api._harden_database()") == [(True,)]


def test_a_stranger_cannot_connect(place: Place) -> None:
    name = f"stranger_{uuid4().hex[:8]}"
    with psycopg.connect(place.school.database.superuser_url, autocommit=True) as connection:
        connection.execute(sql.SQL("CREATE ROLE {} LOGIN PASSWORD 'x'").format(sql.Identifier(name)))
        try:
            engine = make_engine(place.school.database.url_for(name, "x"), application_name="test")
            with pytest.raises(NotAllowedError), open_session(engine) as session:
                session.connection()
        finally:
            connection.execute(sql.SQL("DROP ROLE {}").format(sql.Identifier(name)))


def test_a_member_of_the_group_who_is_nobody_here_sees_nothing(place: Place) -> None:
    name = f"outsider_{uuid4().hex[:8]}"
    with psycopg.connect(place.school.database.superuser_url, autocommit=True) as connection:
        connection.execute(
            sql.SQL("CREATE ROLE {} LOGIN PASSWORD 'x' IN ROLE mv_teacher, mv_coordinator").format(sql.Identifier(name))
        )
        try:
            with psycopg.connect(place.school.database.url_for(name, "x"), autocommit=True) as outsider:
                unread = {table for table, readers in READS.items() if not {TEACHER, COORDINATOR} & set(readers)}
                unread.add("page_requests")
                for table in sorted(set(READS) - unread):
                    assert outsider.execute(f"SELECT count(*) FROM {table}").fetchone() == (0,), table
                with pytest.raises(psycopg.errors.InsufficientPrivilege):
                    outsider.execute("SELECT api.sign_in('x', 1)")
        finally:
            connection.execute(sql.SQL("DROP ROLE {}").format(sql.Identifier(name)))
