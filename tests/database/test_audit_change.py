"""Every change of what matters is in the audit log: by whom, from where, what was before and after, and only once."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import uuid4

import psycopg
import pytest
from psycopg.types.json import Jsonb

from mv_desktop.domain.absence import Absence
from mv_desktop.domain.identifier import AbsenceId, MarkKey
from mv_desktop.domain.marks import GivenMark, MarkState
from mv_desktop.domain.operation import OpenEvaluation, SetMark, SubmitEvaluation
from mv_desktop.services.absence import put_absence
from tests.factories.marking import School

SECRET = "SCRAM-SHA-256$4096:c2VjcmV0$secretsecret"


class Log:
    """What came into the log since the last look."""

    def __init__(self, school: School) -> None:
        self.school = school
        self._seen = 0
        self.new()

    def new(self) -> list[dict[str, Any]]:
        rows = self.school.select(
            "SELECT log_seq, event_type, actor_user_id, actor_role::text, host(actor_ip), resource_type, resource_id,"
            " event_data FROM audit_logs WHERE log_seq > %s ORDER BY log_seq",
            self._seen,
        )
        names = ("number", "event", "actor", "role", "address", "type", "id", "data")
        found = [dict(zip(names, row, strict=True)) for row in rows]
        self._seen = max((row["number"] for row in found), default=self._seen)
        return found

    def one(self, event: str) -> dict[str, Any]:
        (entry,) = self.new()
        assert entry["event"] == event
        return entry


@pytest.fixture
def log(school: School) -> Log:
    return Log(school)


def _columns(entry: dict[str, Any]) -> dict[str, tuple[Any, Any]]:
    return {name: (change["old"], change["new"]) for name, change in entry["data"]["changes"].items()}


def test_a_changed_setting_is_told_with_before_and_after_and_the_owners_login(school: School, log: Log) -> None:
    school.execute("UPDATE system_config SET config_value = '7' WHERE config_key = 'max_login_attempts'")
    entry = log.one("setting.changed")
    assert (entry["actor"], entry["role"], entry["type"], entry["id"]) == (None, None, "setting", None)
    assert entry["address"] == "127.0.0.1"
    assert entry["data"] == {
        "key": "max_login_attempts",
        "login": "mv_owner",
        "changes": {"config_value": {"old": 5, "new": 7}},
    }


def test_another_digest_of_a_sheet_is_told_and_the_first_is_not(school: School, log: Log) -> None:
    (upload,) = school.uploads(school.script(school.person()))
    log.new()
    check = "SELECT api.store_page_file(%s, %s, 7, '[]')"
    school.execute(check, upload, "a" * 64)
    school.execute(check, upload, "a" * 64)
    assert log.new() == []
    school.execute(check, upload, "b" * 64)
    entry = log.one("upload.changed")
    assert (entry["id"], _columns(entry)["file.sha256"]) == (upload, ("a" * 64, "b" * 64))
    school.execute("DELETE FROM page_files WHERE upload_id = %s", upload)
    assert _columns(log.one("upload.changed"))["file.sha256"] == ("b" * 64, None)


def test_what_comes_and_goes_is_told_whole(school: School, log: Log) -> None:
    with school.rows() as rows:
        holiday = rows.holiday(holiday_name="Feast", holiday_date=date(2026, 7, 2))
    entry = log.one("holiday.created")
    assert entry["id"] == holiday
    assert _columns(entry) == {
        "holiday_id": (None, str(holiday)),
        "holiday_name": (None, "Feast"),
        "holiday_date": (None, "2026-07-02"),
        "is_working_day": (None, False),
    }
    school.execute("DELETE FROM holidays WHERE holiday_id = %s", holiday)
    assert _columns(log.one("holiday.deleted"))["holiday_name"] == ("Feast", None)


@pytest.mark.parametrize(
    ("table", "make", "change", "kind"),
    [
        ("parent_student_mappings", "mapping", "is_primary = true", "mapping"),
        ("subscriptions", "subscription", "status = 'cancelled'", "subscription"),
        ("subscription_plans", "plan", "sla_hours = 48", "plan"),
        ("exam_templates", "template", "is_active = false", "template"),
        ("questions", "question", "status = 'archived'", "question"),
        ("holidays", "holiday", "is_working_day = true", "holiday"),
        ("users", "user", "is_coordinator = true", "user"),
    ],
)
def test_each_table_tells_its_changes(school: School, log: Log, table: str, make: str, change: str, kind: str) -> None:
    with school.rows() as rows:
        key = getattr(rows, make)()
    assert f"{kind}.created" in {entry["event"] for entry in log.new()}
    column, after = change.split(" = ")
    ((first,),) = school.select(
        "SELECT attname FROM pg_attribute WHERE attrelid = %s::regclass AND attnum = 1", f"public.{table}"
    )
    school.execute(f"UPDATE {table} SET {change} WHERE {first} = %s", key)
    entry = log.one(f"{kind}.changed")
    assert set(_columns(entry)) == {column}
    assert str(_columns(entry)[column][1]).lower() == after.strip("'")
    school.execute(f"UPDATE {table} SET {change} WHERE {first} = %s", key)
    assert log.new() == []  # nothing is different


def test_a_scheme_is_told_by_question_and_version(school: School, log: Log) -> None:
    with school.rows() as rows:
        question = rows.question()
        rows.insert("question_schemes", question_id=question, version=3, scheme={"steps": []})
    entries = {entry["event"]: entry for entry in log.new()}
    assert (entries["scheme.created"]["id"], entries["scheme.created"]["data"]["key"]) == (question, "3")


def test_secrets_are_named_and_never_shown(school: School, log: Log) -> None:
    with school.rows() as rows:
        user = rows.user("admin", password_hash=SECRET, phone="+91 98100")
    school.execute("UPDATE users SET password_hash = %s WHERE user_id = %s", SECRET + "2", user)
    made, changed = log.new()
    assert {"password_hash", "phone"} <= set(made["data"]["hidden"])
    assert (changed["event"], changed["data"]["hidden"], changed["data"]["changes"]) == (
        "user.changed",
        ["password_hash"],
        {},
    )
    assert "SCRAM" not in str(made) + str(changed)
    assert "98100" not in str(made)


def test_who_a_student_is_stays_out_of_the_log_so_that_she_can_be_made_anonymous(school: School, log: Log) -> None:
    with school.rows() as rows:
        student = rows.user("student", first_name="Meenakshi", email="meenakshi@example.org")
    school.execute("UPDATE users SET first_name = '-', email = 'x@example.org' WHERE user_id = %s", student)
    made, changed = log.new()
    assert changed["data"]["hidden"] == ["email", "first_name"]
    assert "eenakshi" not in str(made) + str(changed)
    assert _columns(made)["student_class"] == (None, "XII")


def test_documents_are_told_by_their_hash(school: School, log: Log) -> None:
    teacher = school.person()
    script = school.script(teacher)
    log.new()
    document = {"schema": 1, "pages": ["ink" * 5000]}
    school.execute("UPDATE evaluations SET annotation_data = %s WHERE evaluation_id = %s", Jsonb(document), script)
    entry = log.one("evaluation.changed")
    assert list(_columns(entry)["annotation_data"][1]) == ["sha256"]
    with school.rows() as rows:
        question = rows.question(question_text="x" * 5000)
    assert list(_columns(log.new()[0])["question_text"][1]) == ["sha256"]
    assert question


def test_assignment_deadline_and_status_are_told_and_the_count_of_operations_is_not(school: School, log: Log) -> None:
    asha, meera = school.person(), school.person()
    script = school.script(asha)
    made = {entry["event"]: entry for entry in log.new()}["evaluation.created"]
    assert _columns(made)["teacher_user_id"] == (None, str(asha.user_id))
    school.move(script, meera)
    moved = log.one("evaluation.changed")
    assert _columns(moved) == {
        "teacher_user_id": (str(asha.user_id), str(meera.user_id)),
        "assignment_version": (1, 2),
    }
    school.execute("UPDATE evaluations SET sla_deadline = sla_deadline + interval '1 day', version = version + 1")
    assert list(_columns(log.one("evaluation.changed"))) == ["sla_deadline"]
    school.execute("UPDATE evaluations SET version = version + 1")
    assert log.new() == []


def test_sheets_and_the_clock_are_told_when_they_are_tampered_with(school: School, log: Log) -> None:
    script = school.script(school.person())
    (upload,) = school.uploads(script)
    log.new()
    school.execute("UPDATE answer_sheet_uploads SET s3_key = 'other' WHERE upload_id = %s", upload)
    assert _columns(log.one("upload.changed"))["s3_key"][1] == "other"
    school.execute("UPDATE evaluation_clock SET received_at = received_at - interval '1 day'")
    assert list(_columns(log.one("exam.changed"))) == ["clock.received_at"]
    school.execute("DELETE FROM answer_sheet_uploads WHERE upload_id = %s", upload)
    assert log.one("upload.deleted")["id"] == upload


def test_a_result_that_changes_and_an_exam_that_goes_are_told(school: School, log: Log) -> None:
    with school.rows() as rows:
        exam = rows.exam(status="evaluated", total_score=3)
        going = rows.exam()
    log.new()
    school.execute("UPDATE exam_instances SET total_score = 9 WHERE exam_instance_id = %s", exam)
    assert _columns(log.one("exam.changed")) == {"total_score": (3.00, 9.00)}
    school.execute("DELETE FROM exam_instances WHERE exam_instance_id = %s", going)
    gone = log.one("exam.deleted")
    assert (gone["id"], list(_columns(gone)["exam_snapshot"][0])) == (going, ["sha256"])


def test_what_a_function_tells_takes_the_difference_along_and_is_told_once(school: School, log: Log) -> None:
    asha = school.person()
    log.new()
    with asha.session() as session:
        put_absence(session, Absence(AbsenceId(uuid4()), date(2100, 1, 1), date(2100, 1, 2), ""))
    entry = log.one("absence.put")
    assert (entry["actor"], entry["role"], entry["data"]["login"]) == (asha.user_id, "teacher", asha.login)
    assert _columns(entry)["first_day"] == (None, "2100-01-01")


def test_marking_a_script_leaves_its_start_and_its_end_with_what_they_changed(school: School, log: Log) -> None:
    asha = school.person()
    journal = school.journal(asha)
    log.new()
    marks = [SetMark(key, GivenMark(MarkState.NOT_ATTEMPTED)) for key in (MarkKey(2), MarkKey(3, "a"), MarkKey(4))]
    journal.send(OpenEvaluation(), *marks, SubmitEvaluation(dict.fromkeys((2, 3, 4), 0), 0))  # type: ignore[arg-type]
    started, completed = log.new()
    assert (started["event"], completed["event"]) == ("evaluation.started", "evaluation.completed")
    assert _columns(started)["status"] == ("assigned", "in_progress")
    assert _columns(completed)["status"] == ("in_progress", "completed")
    assert completed["data"]["total_score"] == "1"
    assert list(_columns(completed)["annotation_data"][1]) == ["sha256"]


def test_the_worker_is_named_by_its_login(school: School, log: Log) -> None:
    school.script(school.person(), hours_left=-1)
    log.new()
    with psycopg.connect(school.database.superuser_url, autocommit=True) as connection:
        connection.execute("ALTER ROLE mv_worker PASSWORD 'worker'")
    with psycopg.connect(school.database.url_for("mv_worker", "worker")) as connection:
        connection.execute("SELECT api.mark_breaches(10)")
    entry = log.one("sla.breached")
    assert (entry["actor"], entry["data"]["login"]) == (None, "mv_worker")
    assert _columns(entry)["sla_breached"] == (False, True)


def test_several_changes_in_one_transaction_are_one_entry(school: School, log: Log) -> None:
    with psycopg.connect(school.database.owner_url) as connection:
        for minutes in (70, 80, 90):
            connection.execute(
                "UPDATE system_config SET config_value = %s WHERE config_key = 'session_timeout_minutes'",
                (Jsonb(minutes),),
            )
    assert _columns(log.one("setting.changed"))["config_value"][1] == 90
    with psycopg.connect(school.database.owner_url) as connection:
        for minutes in (70, 90):
            connection.execute(
                "UPDATE system_config SET config_value = %s WHERE config_key = 'session_timeout_minutes'",
                (Jsonb(minutes),),
            )
    assert log.new() == []  # nothing came of it


def test_a_closed_account_is_told_with_its_login(school: School, log: Log) -> None:
    asha = school.person()
    log.new()
    school.execute("UPDATE users SET is_active = false WHERE user_id = %s", asha.user_id)
    assert set(_columns(log.one("user.changed"))) == {"is_active", "login.revoked_at"}


def test_what_is_rolled_back_is_not_told_and_nothing_is_left_of_it(school: School, log: Log) -> None:
    with psycopg.connect(school.database.owner_url) as connection:
        connection.execute("DELETE FROM holidays")
        connection.rollback()
        connection.execute("SAVEPOINT s")
        connection.execute("DELETE FROM holidays")
        connection.execute("ROLLBACK TO s")
    assert log.new() == []
    assert school.select("SELECT count(*) FROM api._changes") == [(0,)]


def test_a_person_cannot_keep_her_change_out_of_the_log(school: School, log: Log) -> None:
    """Neither settings nor the moment at which deferred triggers run are a way around it."""
    asha = school.person()
    log.new()
    with psycopg.connect(asha.url) as connection:
        connection.execute("SET CONSTRAINTS ALL IMMEDIATE")
        connection.execute("SET mv.audit = 'off'")
        connection.execute("SELECT api.put_absence(%s, '2100-01-01', '2100-01-02', '')", (uuid4(),))
    events = [entry["event"] for entry in log.new()]
    assert events == ["absence.created", "absence.put"]  # told early, and so twice: more, never less
    for statement in (
        "SET session_replication_role = 'replica'",
        "DELETE FROM api._changes",
        "INSERT INTO audit_logs (event_type) VALUES ('user.login')",
        "ALTER TABLE teacher_absences DISABLE TRIGGER ALL",
        "SELECT api._audit('user.login', NULL, NULL, NULL)",
    ):
        with psycopg.connect(asha.url) as connection, pytest.raises(psycopg.errors.InsufficientPrivilege):
            connection.execute(statement.encode())


def test_an_exchange_of_login_names_in_a_setting_is_not_believed(school: School, log: Log) -> None:
    asha = school.person()
    log.new()
    with psycopg.connect(asha.url, options="-c mv.user=somebody", application_name="mv_owner") as connection:
        connection.execute("SET ROLE mv_teacher")
        connection.execute("SELECT api.put_absence(%s, '2100-01-01', '2100-01-02', '')", (uuid4(),))
    entry = log.one("absence.put")
    assert (entry["actor"], entry["data"]["login"]) == (asha.user_id, asha.login)


def test_what_waits_to_be_told_is_found_by_its_key_also_where_it_was_planned_for_none(school: School) -> None:
    """The table is empty whenever nobody writes, and its plan is kept: each entry read through all that waited."""
    many = 200
    with psycopg.connect(school.database.superuser_url, autocommit=True) as connection:

        def read_through(first: int, last: int) -> int:
            connection.execute(
                "INSERT INTO holidays (holiday_date, holiday_name)"
                " SELECT DATE '2030-01-01' + n, 'Day ' || n FROM generate_series(%s::int, %s::int) n",
                (first, last),
            )
            connection.execute("SELECT pg_stat_force_next_flush()")
            found = connection.execute(
                "SELECT seq_tup_read FROM pg_stat_all_tables WHERE relid = 'api._changes'::regclass"
            ).fetchone()
            assert found is not None
            return int(found[0])

        connection.execute("VACUUM ANALYZE api._changes")
        planned = read_through(1, 20)
        assert read_through(21, 20 + many) - planned < many
