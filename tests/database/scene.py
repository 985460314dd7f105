"""A school with something to steal: everybody who might try, and marked words wherever a secret lies."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any, cast
from uuid import UUID, uuid4

import psycopg
from psycopg import sql
from psycopg.types.json import Jsonb

from mv_desktop.domain.absence import Absence
from mv_desktop.domain.annotation.shape import Placed, TextNote
from mv_desktop.domain.comment import CommentBody, PutComment
from mv_desktop.domain.comment_exchange import SentChange
from mv_desktop.domain.identifier import AbsenceId, ChangeId, CommentId, ComputerId, FlagId, MarkKey, PageRef
from mv_desktop.domain.marks import GivenMark, MarkState
from mv_desktop.domain.operation import OpenEvaluation, PutAnnotations, RaiseFlag, SetMark, SubmitEvaluation
from mv_desktop.domain.upload import UploadFile, UploadKind
from mv_desktop.services.absence import put_absence
from mv_desktop.services.comment import apply_comment_changes
from mv_desktop.services.computer import meet_computer
from mv_desktop.services.page_address import request_pages
from mv_desktop.services.staff import deactivate_person, lock_person, scram_verifier
from mv_desktop.services.upload import request_upload
from tests.factories.marking import PASSWORD, QUICK, Person, School
from tests.fakes.server import CloneDatabase

ASHA, MEERA, COORDINATOR, ADMIN = "asha", "meera", "coordinator", "admin"
LOCKED, NEWCOMER, CLOSED, STRANGER, WORKER = "locked", "newcomer", "closed", "stranger", "worker"

MARK = "canary"
"""Every planted secret starts with it, then says what it is."""

HIDDEN_FROM = {
    COORDINATOR: ("hash", "comment", "address", "upload", "person", "notice", "remark"),
    ADMIN: ("hash", "comment", "address", "upload", "notice"),
}
"""Which planted secrets these may not see; nobody else may see any."""

_OWNERS = {
    "streams": "user_id",
    "clock_beacons": "user_id",
    "page_requests": "user_id",
    "upload_requests": "user_id",
    "picture_requests": "user_id",
    "comment_uses": "user_id",
    "teacher_absences": "user_id",
    "computers": "user_id",
    "notices": "user_id",
    "notice_readers": "user_id",
    "bank_comments": "owner_user_id",
}
"""Tables in which everybody may change rows of her own, through functions."""

_GROWING = {
    "audit_logs",
    "applied_operations",
    "comment_changes",
    "api._changes",
    "api._board_changes",
    "api._scripts_to_sample",
}
"""Tables to which what is refused adds too, or that only note that another table, which is watched, changed."""

_CATALOGUE = """
    SELECT 'relations', array_agg((c.oid, c.relacl, c.relrowsecurity, c.relowner)::text ORDER BY c.oid)::text
        FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname !~ '^pg_(temp|toast)'
    UNION ALL SELECT 'columns', array_agg((attrelid, attnum, attacl)::text ORDER BY attrelid, attnum)::text
        FROM pg_attribute WHERE attacl IS NOT NULL
    UNION ALL SELECT 'functions', array_agg((oid, proacl, proconfig, md5(prosrc))::text ORDER BY oid)::text FROM pg_proc
        WHERE pronamespace = 'api'::regnamespace OR oid > 16383
    UNION ALL SELECT 'policies', array_agg((oid, polqual, polroles)::text ORDER BY oid)::text FROM pg_policy
    UNION ALL SELECT 'triggers', array_agg((oid, tgenabled)::text ORDER BY oid)::text FROM pg_trigger
    UNION ALL SELECT 'schemas', array_agg((oid, nspacl)::text ORDER BY oid)::text FROM pg_namespace
        WHERE nspname !~ '^pg_(temp|toast)'
    UNION ALL SELECT 'others', ((SELECT count(*) FROM pg_largeobject_metadata), (SELECT count(*) FROM pg_extension),
        (SELECT count(*) FROM pg_operator), (SELECT count(*) FROM pg_cast), (SELECT count(*) FROM pg_event_trigger),
        (SELECT count(*) FROM pg_publication), (SELECT count(*) FROM pg_foreign_server))::text
    UNION ALL SELECT 'the database', (datacl, datdba)::text FROM pg_database WHERE datname = current_database()
    UNION ALL SELECT rolname::text, (rolsuper, rolcreaterole, rolcreatedb, rolbypassrls, rolreplication, rolcanlogin,
        rolpassword, rolconnlimit, rolvaliduntil, (SELECT setconfig FROM pg_db_role_setting s
            WHERE s.setrole = r.oid AND s.setdatabase = 0),
        ARRAY(SELECT m.roleid FROM pg_auth_members m WHERE m.member = r.oid ORDER BY 1))::text
        FROM pg_authid r WHERE rolname = ANY (%s)
"""

Fingerprint = frozenset[tuple[str, str, str | None, str | None]]
"""(table, digest of the row, whose it is, of which script), and a line for each kind of thing in the catalogue."""


@dataclass(frozen=True)
class Scene:
    """Who is there, what statements may name, and the state of it all.

    Attributes:
        database: where it happens.
        words: what an attacker may know or guess: ids, logins, names.
        users: the user ids of those who have one.
        meera: the victim, who can be asked to work.
        logins: passwords of the logins, by who.
    """

    database: CloneDatabase
    words: Mapping[str, Any]
    users: Mapping[str, UUID]
    meera: Person
    logins: Mapping[str, tuple[str, str]]

    def url(self, who: str) -> str:
        """Where `who` connects to, with her own password."""
        return self.database.url_for(*self.logins[who])

    def on(self, copy: CloneDatabase) -> Scene:
        """The same scene in a copy of its database; logins belong to the whole server."""
        return replace(self, database=copy)


class Watch:
    """Sees, as the superuser, what changes in a scene.

    Args:
        scene: which; connections to its database stay open until `close`.
    """

    def __init__(self, scene: Scene) -> None:
        self._scene = scene
        self._connection = psycopg.connect(scene.database.superuser_url, autocommit=True)
        tables = self._connection.execute(
            "SELECT n.nspname, c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace"
            " WHERE n.nspname IN ('public', 'api') AND c.relkind = 'r'"
        ).fetchall()
        parts = []
        for schema, table in tables:
            name = table if schema == "public" else f"api.{table}"
            parts.append(
                sql.SQL(
                    "SELECT {}, md5(j::text), j ->> {}, j ->> 'evaluation_id' FROM (SELECT to_jsonb(t) j FROM {} t) r"
                ).format(name, _OWNERS.get(name, "-"), sql.Identifier(schema, table))
            )
        self._rows = sql.SQL(" UNION ALL ").join(parts).as_string(self._connection).encode()
        self._moment = self._transactions()
        self._state = self._fingerprint()

    def close(self) -> None:
        """End the connection."""
        self._connection.close()

    def changed(self, who: str, may: tuple[str, ...]) -> set[str]:
        """The tables, and parts of the catalogue, that changed since it was last asked, though `who` may not.

        Args:
            who: who was at work.
            may: tables in which a script of her own may change.
        """
        # Nothing is written without a transaction's number; nobody else is at work on this server.
        if (moment := self._transactions()) == self._moment:
            return set()
        self._moment = moment
        before, self._state = self._state, self._fingerprint()
        me, mine = str(self._scene.users.get(who)), str(self._scene.words["mine"])
        own = {
            row
            for row in before ^ self._state
            if (row[0] in _OWNERS and row[2] == me) or (row[0] in may and row[3] == mine)
        }
        lost = before - self._state - own
        new = {row for row in self._state - before - own if row[0] not in _GROWING}
        return {row[0] for row in lost | new}

    def _transactions(self) -> object:
        return self._connection.execute("SELECT pg_snapshot_xmax(pg_current_snapshot())").fetchone()

    def _fingerprint(self) -> Fingerprint:
        """All rows of all tables, and all that the catalogue knows."""
        rows = self._connection.execute(self._rows).fetchall()
        logins = [login for login, _ in self._scene.logins.values()]
        groups = ["mv_teacher", "mv_coordinator", "mv_admin", "mv_owner"]
        known = self._connection.execute(_CATALOGUE, ([*groups, *logins],))
        return frozenset([*rows, *((f"catalogue: {what}", state, None, None) for what, state in known)])


class Planted:
    """Makes a scene, and takes its logins away at the end."""

    def __init__(self, database: CloneDatabase) -> None:
        self._school = School(database)
        self._database = database
        self._people = self._everybody()
        self._stranger = f"stranger_{uuid4().hex[:8]}"
        words: dict[str, Any] = {}
        words |= self._work(self._people[MEERA], "")
        words |= self._work(self._people[ASHA], "my_")
        words |= {"mine": words["my_open"], "verifier": scram_verifier("another horse", iterations=QUICK)}
        words |= {"database": database.name, "password": PASSWORD, "stranger_login": self._stranger}
        for who, person in self._people.items():
            words |= {who: person.user_id, f"{who}_login": person.login, f"{who}_email": person.email}
        self._secrets(words)
        self._close_doors()
        logins = {who: (person.login, PASSWORD) for who, person in self._people.items()}
        logins |= {STRANGER: (self._stranger, PASSWORD), WORKER: ("mv_worker", "worker")}
        users = {who: cast("UUID", person.user_id) for who, person in self._people.items()}
        self.scene = Scene(database, words, users, self._people[MEERA], logins)
        self._school.engine.dispose()
        for person in self._people.values():
            person.engine.dispose()

    def close(self) -> None:
        """Drop the logins."""
        self._school.close()
        with psycopg.connect(self._database.superuser_url, autocommit=True) as connection:
            connection.execute(sql.SQL("DROP ROLE {}").format(sql.Identifier(self._stranger)))

    def _everybody(self) -> dict[str, Person]:
        made = self._school.person
        people = {ASHA: made(), MEERA: made(), COORDINATOR: made(is_coordinator=True), ADMIN: made("admin")}
        return people | {LOCKED: made(), NEWCOMER: made(), CLOSED: made()}

    def _work(self, teacher: Person, prefix: str) -> dict[str, Any]:
        """An open script with ink, a completed one, an absence, a comment, pages and an upload asked for."""
        school = self._school
        secret = MARK if prefix == "" else "mine"
        open_, done = school.journal(teacher), school.journal(teacher)
        note = Placed(PageRef(1), TextNote(id=uuid4(), x=0.1, y=0.1, text=f"{secret} ink", question_number=2))
        flag, absence, comment, upload, computer = uuid4(), uuid4(), uuid4(), uuid4(), uuid4()
        marks = [
            SetMark(key, GivenMark(MarkState.MARKED, Decimal(1), f"{secret} mark"))
            for key in (MarkKey(2), MarkKey(3, "a"), MarkKey(4))
        ]
        first = open_.made(OpenEvaluation())
        answers = open_.deliver(first, *(open_.made(o) for o in (PutAnnotations((note,)), marks[0])))
        answers += open_.send(RaiseFlag(FlagId(flag), "blurred", f"{secret} flag"))
        answers += done.send(*marks, SubmitEvaluation(dict.fromkeys((2, 3, 4), Decimal(1)), Decimal(3)))
        assert [answer.kind for answer in answers] == ["applied"] * 8, answers
        put = PutComment(ChangeId(uuid4()), CommentId(comment), CommentBody(f"{secret} comment"))
        file = UploadFile(
            upload, UploadKind.ANNOTATED_PDF, done.evaluation_id, "0" * 64, "0" * 32, 9, "application/pdf"
        )
        uploads = school.uploads(open_.evaluation_id)
        with teacher.session() as session:
            put_absence(session, Absence(AbsenceId(absence), date(2100, 1, 1), date(2100, 1, 2), f"{secret} note"))
            apply_comment_changes(session, [SentChange(put, 0)])
            request_upload(session, file)
            request_pages(session, uploads)
            meet_computer(session, ComputerId(computer), f"{secret} PC", "1")
        exams = {
            name: school.select("SELECT exam_instance_id FROM evaluations WHERE evaluation_id = %s", evaluation)[0][0]
            for name, evaluation in (("exam", open_.evaluation_id), ("done_exam", done.evaluation_id))
        }
        found = {"open": open_.evaluation_id, "done": done.evaluation_id, **exams, "upload": uploads[0], "flag": flag}
        found |= {"absence": absence, "comment": comment, "request": upload, "stream": open_.stream_id}
        found |= {"op": first.op_id, "annotation": note.annotation.id, "done_stream": done.stream_id}
        found["computer"] = computer
        told = Jsonb({"script": f"{secret} notice"})
        school.select("SELECT api._tell(%s, 'script.assigned', %s)", teacher.user_id, told)
        ((found["notice"],),) = school.select("SELECT notice_id FROM notices WHERE user_id = %s", teacher.user_id)
        return {prefix + name: UUID(str(value)) for name, value in found.items()}

    def _secrets(self, words: dict[str, Any]) -> None:
        with self._school.rows() as rows:
            execute = rows.connection.execute
            question = rows.question(status="draft", question_text=f"{MARK} draft", created_by=words["meera"])
            rows.of("question_remarks", question_id=question, made_by=words["meera"], words=f"{MARK} remark")
            words["draft"] = question
            for exam in (words["exam"], words["done_exam"]):
                rows.answer(exam_instance_id=exam, selected_choices=[f"{MARK} answer"])
            (student,) = execute(
                "UPDATE users SET first_name = %s, last_name = %s, phone = %s, school_name = %s, student_photo_url = %s"
                " WHERE user_id = (SELECT student_user_id FROM exam_instances WHERE exam_instance_id = %s)"
                " RETURNING user_id",
                (*(f"{MARK} {what}" for what in ("name", "surname", "phone", "school", "photo")), words["exam"]),
            ).fetchone() or (None,)
            words["student"] = student
            rows.mapping(student_user_id=student)
            rows.subscription(student_user_id=student, payment_gateway_ref=f"{MARK} payment")
            rows.setting(config_key="attack_setting", config_value=Jsonb({"key": f"{MARK} setting"}).obj)
            execute("UPDATE users SET password_hash = %s || user_id", (f"{MARK} hash ",))
            execute("UPDATE answer_sheet_uploads SET s3_key = %s || upload_id", (f"{MARK} key ",))
            later = datetime.now(UTC) + timedelta(minutes=10)
            answer = "expires_at = %s, signed_at = now() WHERE user_id = %s"
            execute(f"UPDATE page_requests SET address = %s, {answer}", (f"{MARK} address", later, words["meera"]))
            execute(
                f"UPDATE upload_requests SET s3_bucket = 'b', address = %s, {answer}",
                (f"{MARK} upload", later, words["meera"]),
            )
            (words["page_request"],) = execute(
                "SELECT request_id FROM page_requests WHERE user_id = %s", (words["meera"],)
            ).fetchone() or (None,)
            rows.of("script_samples", evaluation_id=words["done"], teacher_user_id=words["meera"])
            words["marking"] = rows.of("second_markings", evaluation_id=words["done"])
            rows.of(
                "sample_marks",
                evaluation_id=words["done"],
                teacher_user_id=words["meera"],
                second_comment=f"{MARK} second",
            )
            rows.audit(event_type="user.changed", resource_type="user", event_data={"what": f"{MARK} person"})
            rows.audit(
                event_type="evaluation.started",
                resource_type="evaluation",
                resource_id=words["open"],
                event_data={"what": f"{MARK} audit"},
            )
        with psycopg.connect(self._database.superuser_url, autocommit=True) as connection:
            connection.execute("ALTER ROLE mv_worker PASSWORD 'worker'")
        with psycopg.connect(self._database.url_for("mv_worker", "worker")) as worker:
            worker.execute("SELECT api.seal_audit(1000)")

    def _close_doors(self) -> None:
        people = self._people
        with people[ADMIN].session() as session:
            lock_person(session, people[LOCKED].user_id, "attack")
            deactivate_person(session, people[CLOSED].user_id, "attack")
        self._school.execute(
            "UPDATE staff_logins SET must_change_password = true WHERE user_id = %s", people[NEWCOMER].user_id
        )
        with psycopg.connect(self._database.superuser_url, autocommit=True) as connection:
            connection.execute(
                sql.SQL("CREATE ROLE {} LOGIN PASSWORD {}").format(sql.Identifier(self._stranger), PASSWORD)
            )
