"""Signing in, the queue, and what reaches the teacher's mirror."""

from __future__ import annotations

import socket
import struct
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from uuid import uuid4

import psycopg
import pytest
from psycopg.conninfo import conninfo_to_dict

from mv_desktop.core.clock import SystemClock
from mv_desktop.core.errors import InvalidError, NotAllowedError, OfflineError, RefusedError, SchemaError
from mv_desktop.demo.port import free_port
from mv_desktop.domain.access import login_name
from mv_desktop.domain.annotation.shape import Placed, Stamp
from mv_desktop.domain.evaluation import EvaluationStatus
from mv_desktop.domain.exam import ExamSnapshot
from mv_desktop.domain.exchange import StaffRole
from mv_desktop.domain.identifier import FlagId, MarkKey, PageRef
from mv_desktop.domain.marks import GivenMark, MarkState
from mv_desktop.domain.operation import (
    DeleteAnnotations,
    OpenEvaluation,
    PutAnnotations,
    RaiseFlag,
    SeePage,
    SetMark,
    TagPage,
)
from mv_desktop.services.database import make_engine, open_session, person_url
from mv_desktop.services.evaluation import pull_scripts, queue
from mv_desktop.services.health import check
from mv_desktop.services.holiday import holidays
from mv_desktop.services.migration import head
from mv_desktop.services.profile import profile_from_url
from mv_desktop.services.sign_in import hello, sign_in
from mv_desktop.services.staff import change_password, provision_login, scram_verifier, verifier_for
from tests.factories.marking import PASSWORD, QUICK, School
from tests.factories.paper import paper


def test_signing_in_tells_what_marking_needs_and_is_audited(school: School) -> None:
    asha = school.person()
    with asha.session() as session:
        who = sign_in(session, "0.1", 1)
        assert holidays(session) == who.holidays
    assert (who.user_id, who.email, who.role, who.active) == (asha.user_id, asha.email, StaffRole.TEACHER, True)
    assert abs(who.server_time - datetime.now(UTC)) < timedelta(minutes=1)
    assert (who.operation_schema_min, who.operation_schema_max, who.schema_version) == (1, 3, head())
    assert who.working_hours["timezone"] == "Asia/Kolkata"
    assert who.settings["anonymous_marking"] is True
    assert len(who.holidays) == 26
    assert school.select("SELECT beacon_id, issued_at FROM clock_beacons") == [(who.beacon_id, who.server_time)]
    assert school.select(
        "SELECT actor_user_id, actor_role, actor_ip::text, event_data ->> 'program', event_data ->> 'login'"
        " FROM audit_logs WHERE event_type = 'user.login'"
    ) == [(asha.user_id, "teacher", "127.0.0.1/32", "0.1", asha.login)]
    assert school.select("SELECT last_login_at IS NOT NULL FROM users WHERE user_id = %s", asha.user_id) == [(True,)]


def test_hello_is_not_audited_and_answers_a_closed_account(school: School) -> None:
    asha = school.person()
    school.execute("UPDATE users SET is_active = false WHERE user_id = %s", asha.user_id)
    with asha.session() as session:
        assert not hello(session, "0.1", 1).active
    assert school.select("SELECT count(*) FROM audit_logs WHERE event_type = 'user.login'") == [(0,)]
    with pytest.raises(NotAllowedError), asha.session() as session:
        sign_in(session, "0.1", 1)


def test_a_program_below_the_servers_operations_cannot_sign_in_and_can_say_hello(school: School) -> None:
    asha = school.person()
    school.execute(
        "UPDATE system_config SET config_value = '{\"min\": 2, \"max\": 2}' WHERE config_key = 'operation_schema'"
    )
    with pytest.raises(SchemaError, match="too old for the server"), asha.session() as session:
        sign_in(session, "0.1", 1)
    with asha.session() as session:
        assert hello(session, "0.1", 1).operation_schema_min == 2


def test_a_database_without_our_functions_is_too_old(school: School) -> None:
    asha = school.person()
    school.execute("ALTER FUNCTION api.sign_in(text, int) RENAME TO gone")
    with pytest.raises(SchemaError, match="too old for this program"), asha.session() as session:
        sign_in(session, "0.1", 1)


def test_a_wrong_address_and_a_wrong_password_look_alike(school: School) -> None:
    asha = school.person()
    profile = profile_from_url(school.database.owner_url)
    said = []
    for email, password in ((asha.email, "wrong"), ("nobody@example.org", PASSWORD)):
        engine = make_engine(person_url(profile, email, password), application_name="test")
        with pytest.raises(NotAllowedError) as caught, open_session(engine) as session:
            session.connection()
        said.append(str(caught.value))
    assert said[0] == said[1]
    engine = make_engine(person_url(profile, f" {asha.email.upper()}", PASSWORD), application_name="test")
    with open_session(engine) as session:
        session.connection()
    engine.dispose()


def asked_of(school: School, login: str) -> tuple[int, str]:
    """Length of the salt and number of iterations that the server tells whoever names `login`, before any password."""
    named = conninfo_to_dict(school.database.owner_url)
    startup = struct.pack("!i", 3 << 16) + f"user\0{login}\0database\0{school.database.name}\0\0".encode()
    hello = b"n,,n=,r=abcdefghijklmnop"
    answer = b"SCRAM-SHA-256\0" + struct.pack("!i", len(hello)) + hello
    with socket.create_connection((str(named["host"]), int(str(named["port"])))) as wire, wire.makefile("rwb") as file:
        for kind, body in ((b"", startup), (b"p", answer)):
            file.write(kind + struct.pack("!i", len(body) + 4) + body)
            file.flush()
            assert file.read(1) == b"R"
            (length,) = struct.unpack("!i", file.read(4))
            told = file.read(length - 4)
    _, salt, iterations = told[4:].decode().split(",")
    return len(salt), iterations


def test_before_a_password_the_server_asks_a_stranger_what_it_asks_a_colleague(school: School) -> None:
    asha = school.person()
    with asha.session() as session:
        change_password(session, verifier_for(session, "quite another riverbank 9"))
    assert asked_of(school, asha.login) == asked_of(school, login_name("nobody@example.org"))
    with asha.session() as session:
        session.connection().exec_driver_sql("SET LOCAL scram_iterations = 8192")
        assert verifier_for(session, "x").startswith("SCRAM-SHA-256$8192:")


def test_a_server_that_is_not_there_is_offline(school: School) -> None:
    profile = profile_from_url(f"postgresql://127.0.0.1:{free_port()}/nothing")
    engine = make_engine(person_url(profile, "a@example.org", "x"), application_name="test")
    with pytest.raises(OfflineError, match="does not answer"), open_session(engine) as session:
        session.connection()


def test_a_connection_cut_in_the_middle_is_offline_and_the_next_works(school: School) -> None:
    asha = school.person()

    def cut() -> None:
        with psycopg.connect(school.database.superuser_url, autocommit=True) as connection:
            connection.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = %s", (asha.login,)
            )

    def work() -> None:
        with asha.session() as session:
            hello(session, "0.1", 1)
            cut()
            hello(session, "0.1", 1)

    with pytest.raises(OfflineError):
        work()
    with asha.session() as session:
        assert hello(session, "0.1", 1).active


def test_a_statement_that_takes_too_long_is_offline(school: School) -> None:
    asha = school.person()

    def wait() -> None:
        with asha.session() as session:
            session.connection().exec_driver_sql("SET LOCAL statement_timeout = '50ms'")
            session.connection().exec_driver_sql("SELECT pg_sleep(5)")

    with pytest.raises(OfflineError, match="too long"):
        wait()


def test_every_transaction_has_its_limits(school: School) -> None:
    with open_session(school.engine) as session:
        assert session.connection().exec_driver_sql("SHOW statement_timeout").scalar() == "30s"


def test_a_login_is_made_for_active_staff_only(school: School) -> None:
    with school.rows() as rows:
        student, closed = rows.user("student"), rows.user(is_active=False)
    verifier = scram_verifier("x", iterations=QUICK)
    for user in (student, closed, uuid4()):
        with pytest.raises(InvalidError), open_session(school.engine) as session:
            provision_login(session, user, verifier)
    asha = school.person()
    with pytest.raises(InvalidError), open_session(school.engine) as session:
        provision_login(session, asha.user_id, "a password")
    school.execute("UPDATE users SET email = 'new@example.org' WHERE user_id = %s", asha.user_id)
    with pytest.raises(RefusedError), open_session(school.engine) as session:
        provision_login(session, asha.user_id, verifier)


def test_a_renewed_login_has_the_new_password_and_the_present_rights(school: School) -> None:
    asha = school.person(is_coordinator=True)
    school.execute("UPDATE users SET is_coordinator = false WHERE user_id = %s", asha.user_id)
    with open_session(school.engine) as session:
        assert provision_login(session, asha.user_id, scram_verifier("naïve ½", iterations=QUICK)) == asha.login
    with psycopg.connect(school.database.url_for(asha.login, "naïve ½")) as connection:
        groups = connection.execute(
            "SELECT g.rolname FROM pg_auth_members m JOIN pg_roles g ON g.oid = m.roleid"
            " JOIN pg_roles u ON u.oid = m.member WHERE u.rolname = session_user"
        ).fetchall()
    assert groups == [("mv_teacher",)]
    with pytest.raises(NotAllowedError), asha.session() as session:
        provision_login(session, asha.user_id, scram_verifier("x", iterations=QUICK))


def test_program_and_database_name_logins_alike(school: School) -> None:
    for email in ("a@example.org", " A@Example.Org ", "Ünal@example.org"):
        assert school.select("SELECT api._login_name(%s)", email) == [(login_name(email),)]


def test_the_queue_is_hers_in_deadline_order(school: School) -> None:
    asha, meera = school.person(), school.person()
    late, soon = school.script(asha, hours_left=40), school.script(asha, hours_left=2)
    past = school.script(asha, hours_left=-1)
    school.script(meera)
    done = school.script(asha)
    school.execute("UPDATE evaluations SET status = 'completed' WHERE evaluation_id = %s", done)
    school.journal(asha, soon).send(OpenEvaluation())
    with asha.session() as session:
        rows = queue(session, asha.user_id)
    assert [row.evaluation_id for row in rows] == [past, soon, late]
    assert [row.breached for row in rows] == [True, False, False]
    assert [(row.status, row.version) for row in rows] == [
        (EvaluationStatus.ASSIGNED, 0),
        (EvaluationStatus.IN_PROGRESS, 1),
        (EvaluationStatus.ASSIGNED, 0),
    ]
    with meera.session() as session:
        assert queue(session, asha.user_id) == ()


def test_a_pulled_script_is_what_was_pushed(school: School) -> None:
    asha, meera = school.person(), school.person()
    script, foreign = school.script(asha, pages=2, declared=(4,)), school.script(meera)
    journal = school.journal(asha, script)
    stamps = [
        Placed(PageRef(1), Stamp(id=uuid4(), stamp="tick", x=0.1 * n, y=0.5, question_number=2, marks="0.5"))
        for n in range(1, 4)
    ]
    flag = FlagId(uuid4())
    journal.send(
        OpenEvaluation(),
        PutAnnotations(tuple(stamps)),
        DeleteAnnotations((stamps[0].annotation.annotation_id,)),
        PutAnnotations((stamps[0], stamps[1])),
        SetMark(MarkKey(3, "b"), GivenMark(MarkState.MARKED, Decimal("2.50"), "why?")),
        SeePage(PageRef(2), 3.25, 0.5),
        TagPage(PageRef(2), (2,)),
        RaiseFlag(flag, "blurred", "", PageRef(2)),
    )
    with asha.session() as session:
        (pulled,) = pull_scripts(session, [script, foreign])
    assert (pulled.version, pulled.assignment_version, pulled.status) == (8, 1, EvaluationStatus.IN_PROGRESS)
    assert (pulled.title, pulled.class_name, pulled.total_marks) == ("Board exam", "XII", 11)
    assert ExamSnapshot.model_validate_json(pulled.snapshot) == paper()
    assert pulled.declared_unanswered == (4,)
    assert [(m.question_number, m.alternative, str(m.marks), m.comment) for m in pulled.marks] == [
        (3, "b", "2.5", "why?")
    ]
    placed = [a.annotation_id for a in pulled.annotations]
    assert placed == [stamps[n].annotation.id for n in (1, 2, 0)]  # what came back is on top
    assert "page_number" not in pulled.annotations[0].body
    (reading,) = pulled.seen
    assert (reading.page_number, reading.seconds, reading.largest_share, reading.question_numbers) == (
        2,
        3.25,
        0.5,
        (2,),
    )
    assert [(f.flag_id, f.page_number, f.reason) for f in pulled.flags] == [(flag, 2, "blurred")]
    assert [p.page_number for p in pulled.pages] == [1, 2]


def test_the_sla_starts_when_the_sheets_were_complete_and_never_again(school: School) -> None:
    asha, meera = school.person(), school.person()
    script = school.script(asha, pages=2)
    ((received, uploaded),) = school.select(
        "SELECT received_at, max(uploaded_at) FROM evaluation_clock JOIN answer_sheet_uploads USING (exam_instance_id)"
        " GROUP BY received_at"
    )
    assert received == uploaded
    school.execute("UPDATE answer_sheet_uploads SET uploaded_at = now() + interval '1 hour'")
    school.move(script, meera)
    with meera.session() as session:
        assert pull_scripts(session, [script])[0].received_at == received


def test_health_says_how_the_connection_is(school: School) -> None:
    with school.person().session() as session:
        health = check(session, SystemClock())
    assert health.schema_version == head()
    assert abs(health.clock_difference_s) < 5
    assert health.tls is None
    assert health.login.startswith("mv_")
