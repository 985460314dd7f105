"""What never changes again, tried by every path that PostgreSQL has and as everybody who can sign in."""

from __future__ import annotations

from collections.abc import Iterator
from uuid import uuid4

import psycopg
import pytest
from psycopg import errors

from mv_desktop.demo.postgres import LocalPostgres
from mv_desktop.domain.annotation.shape import Placed, Stamp
from mv_desktop.domain.comment import CommentBody, PutComment
from mv_desktop.domain.comment_exchange import SentChange
from mv_desktop.domain.identifier import ChangeId, CommentId, MarkKey, PageRef
from mv_desktop.domain.marks import GivenMark, MarkState
from mv_desktop.domain.operation import OpenEvaluation, PutAnnotations, SeePage, SetMark, SubmitEvaluation
from mv_desktop.services.comment import apply_comment_changes
from tests.factories.marking import School
from tests.fakes.server import clone, drop

FROZEN = {
    "exam_instances": "exam_snapshot",
    "evaluations": "annotation_data",
    "question_marks": "marks_awarded",
    "mark_registers": "marks",
    "annotation_registers": "body",
    "page_registers": "seen_seconds",
    "audit_logs": "event_type",
    "audit_seals": "seal",
    "applied_operations": "verdict",
    "comment_changes": "payload",
    "evaluation_versions": "marks",
    "evaluation_returns": "reason",
    "deadline_changes": "reason",
    "kept_decisions": "reason",
    "question_proposals": "reason",
    "question_decisions": "decision",
}
"""Tables with what is frozen, and a column that must stay."""

STATEMENTS = {
    "update": "UPDATE {table} SET {column} = NULL",
    "update of no row": "UPDATE {table} SET {column} = {column} WHERE false",
    "delete": "DELETE FROM {table}",
    "truncate": "TRUNCATE {table} CASCADE",
    "copy": "COPY {table} FROM STDIN",
    "insert": "INSERT INTO {table} SELECT * FROM {table} LIMIT 1",
    "upsert": "INSERT INTO {table} SELECT * FROM {table} LIMIT 1 ON CONFLICT ({key}) DO UPDATE SET {column} = NULL",
    "merge": "MERGE INTO {table} t USING {table} s ON false WHEN NOT MATCHED THEN INSERT DEFAULT VALUES",
    "triggers off": "ALTER TABLE {table} DISABLE TRIGGER ALL",
    "trigger dropped": "DROP TRIGGER {trigger} ON {table}",
    "trigger of one's own": "CREATE TRIGGER t BEFORE INSERT ON {table} EXECUTE FUNCTION api.me()",
    "rule": "CREATE RULE r AS ON UPDATE TO {table} DO INSTEAD NOTHING",
    "row security off": "ALTER TABLE {table} DISABLE ROW LEVEL SECURITY",
    "policy": "CREATE POLICY p ON {table} USING (true)",
    "column dropped": "ALTER TABLE {table} DROP COLUMN {column}",
    "owner": "ALTER TABLE {table} OWNER TO CURRENT_USER",
    "table dropped": "DROP TABLE {table} CASCADE",
    "locked": "LOCK TABLE {table} IN ACCESS EXCLUSIVE MODE",
}
WAYS_AROUND = [
    "SET session_replication_role = 'replica'",
    "DELETE FROM users",  # cascades to exams and what hangs on them
    "DELETE FROM exam_instances",
    "DELETE FROM evaluations",
    "DELETE FROM streams",
    "TRUNCATE users CASCADE",
    "DROP SCHEMA api CASCADE",
    "ALTER FUNCTION api._refuse_final() RENAME TO nothing",
    "CREATE OR REPLACE FUNCTION public.mv_refuse_change() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END'",
    "SET ROLE mv_owner",
    "SET SESSION AUTHORIZATION mv_owner",
    "GRANT mv_owner TO CURRENT_USER",
    "SELECT setval('audit_log_seq', 1)",
    "SELECT nextval('audit_log_seq')",
    "UPDATE api._seal_mark SET log_seq = 0",
]
PEOPLE = ["teacher", "coordinator", "admin", "worker"]


class Archive:
    """A completed script with all that belongs to it, and the logins of everybody."""

    def __init__(self, school: School) -> None:
        self.school = school
        teacher = school.person()
        self.urls = {
            "teacher": teacher.url,
            "coordinator": school.person("teacher", is_coordinator=True).url,
            "admin": school.person("admin", is_coordinator=True).url,
            "owner": school.database.owner_url,
        }
        with psycopg.connect(school.database.superuser_url, autocommit=True) as connection:
            connection.execute("ALTER ROLE mv_worker PASSWORD 'worker'")
        self.urls["worker"] = school.database.url_for("mv_worker", "worker")
        journal = school.journal(teacher)
        ink = Placed(PageRef(1), Stamp(id=uuid4(), stamp="tick", x=0.5, y=0.5, question_number=2, marks="0"))
        marks = [SetMark(key, GivenMark(MarkState.NOT_ATTEMPTED)) for key in (MarkKey(2), MarkKey(3, "a"), MarkKey(4))]
        submission = SubmitEvaluation(dict.fromkeys((2, 3, 4), 0), 0)  # type: ignore[arg-type]
        journal.send(OpenEvaluation(), SeePage(PageRef(1), 1, 1), PutAnnotations((ink,)), *marks, submission)
        with teacher.session() as session:
            shared = PutComment(ChangeId(uuid4()), CommentId(uuid4()), CommentBody("Well done", shared=True))
            apply_comment_changes(session, [SentChange(shared, 0)])
        with school.rows() as rows:
            for table in (
                "evaluation_versions",
                "evaluation_returns",
                "deadline_changes",
                "kept_decisions",
                "question_decisions",
            ):
                rows.of(table)
        with psycopg.connect(self.urls["worker"]) as connection:
            connection.execute("SELECT api.seal_audit(1000)")
        self.keys = dict(
            school.select(
                "SELECT conrelid::regclass::text, string_agg(attname, ', ' ORDER BY attnum) FROM pg_constraint"
                " JOIN pg_attribute ON attrelid = conrelid AND attnum = ANY (conkey) WHERE contype = 'p' GROUP BY 1"
            )
        )
        self.triggers = dict(
            school.select(
                "SELECT tgrelid::regclass::text, min(tgname) FROM pg_trigger WHERE NOT tgisinternal GROUP BY 1"
            )
        )
        self.before = self.everything()

    def everything(self) -> dict[str, list[str]]:
        """All rows of what is frozen."""
        return {
            table: [row for (row,) in self.school.select(f"SELECT t::text FROM {table} t ORDER BY 1")]
            for table in FROZEN
        }

    def statement(self, name: str, table: str) -> bytes:
        names = {"column": FROZEN[table], "key": self.keys[table], "trigger": self.triggers[table]}
        return STATEMENTS[name].format(table=table, **names).encode()


@pytest.fixture(scope="module")
def archive(pg_server: LocalPostgres, template_db: str) -> Iterator[Archive]:
    copy = clone(pg_server, template_db, "mv_frozen")
    school = School(copy)
    made = Archive(school)
    assert all(made.before.values())
    yield made
    assert made.everything() == made.before
    school.close()
    drop(copy)


@pytest.mark.parametrize("role", PEOPLE)
@pytest.mark.parametrize("table", FROZEN)
def test_nobody_who_signs_in_has_any_statement_that_changes_it(archive: Archive, role: str, table: str) -> None:
    with psycopg.connect(archive.urls[role], autocommit=True) as connection:
        version = connection.info.server_version
        for name in STATEMENTS:
            if name == "merge" and version < 150000:
                continue
            with pytest.raises(errors.InsufficientPrivilege), connection.transaction():
                connection.execute(archive.statement(name, table))


@pytest.mark.parametrize("role", PEOPLE)
@pytest.mark.parametrize("statement", WAYS_AROUND)
def test_nobody_who_signs_in_has_a_way_around(archive: Archive, role: str, statement: str) -> None:
    with (
        psycopg.connect(archive.urls[role], autocommit=True) as connection,
        pytest.raises(errors.InsufficientPrivilege),
    ):
        connection.execute(statement.encode())


@pytest.mark.parametrize("table", FROZEN)
@pytest.mark.parametrize("name", ["update", "delete", "truncate", "upsert"])
def test_the_owner_is_refused_too(archive: Archive, table: str, name: str) -> None:
    with (
        psycopg.connect(archive.urls["owner"]) as connection,
        pytest.raises(psycopg.IntegrityError) as caught,
    ):
        connection.execute(archive.statement(name, table))
    assert caught.value.sqlstate in {"23001", "23502", "23503"}  # a trigger's, or a column's or key's own rule
    assert table in {"exam_instances", "evaluations"} or caught.value.sqlstate == "23001"


@pytest.mark.parametrize("table", ["users", "exam_instances", "evaluations", "streams"])
def test_nothing_goes_with_what_it_belongs_to(archive: Archive, table: str) -> None:
    with psycopg.connect(archive.urls["owner"]) as connection, pytest.raises(psycopg.IntegrityError):
        connection.execute(f"DELETE FROM {table}".encode())


def test_the_owner_cannot_play_the_replica(archive: Archive) -> None:
    with psycopg.connect(archive.urls["owner"]) as connection, pytest.raises(errors.InsufficientPrivilege):
        connection.execute("SET session_replication_role = 'replica'")


def test_a_setting_of_the_client_opens_nothing(archive: Archive) -> None:
    """Whatever a name a setting has, no trigger asks it."""
    asks = archive.school.select(
        "SELECT proname FROM pg_proc WHERE pronamespace IN ('api'::regnamespace, 'public'::regnamespace)"
        " AND prorettype = 'trigger'::regtype AND proowner = 'mv_owner'::regrole"
        " AND prosrc ~* 'current_setting|set_config|application_name'"
    )
    assert asks == []
