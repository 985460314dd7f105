"""Until the first password is changed a person is nobody: for every function and for row security alike."""

from __future__ import annotations

import psycopg
import pytest
from psycopg import sql

from mv_desktop.core.errors import InvalidError, NotAllowedError
from mv_desktop.services.absence import absences
from mv_desktop.services.database import open_session
from mv_desktop.services.sign_in import hello, sign_in
from mv_desktop.services.staff import change_password, provision_login, reset_password, scram_verifier
from tests.factories.marking import PASSWORD, QUICK, Person, School

OPEN = {
    *("hello", "sign_in", "change_password", "me", "is_marking_setting", "schema_version"),
    *("meet_computer", "computer_wiped"),
}
"""What may be called before the first password is changed; none of it shows anybody's data but her own name."""
SOME = {"jsonb": "'[]'", "uuid[]": "'{}'", "uuid": "gen_random_uuid()", "integer": "1"}
"""Arguments that pass for something, by type; all others are NULL."""
VERIFIER = scram_verifier("one of my own 7", iterations=QUICK)


@pytest.fixture
def newcomer(school: School) -> Person:
    """A coordinator with a script of her own and all groups, who has still to change her password."""
    person = school.person(is_coordinator=True)
    school.script(person)
    school.execute(f"GRANT mv_admin TO {person.login}")
    school.execute("UPDATE staff_logins SET must_change_password = true WHERE user_id = %s", person.user_id)
    return person


def answers(school: School, person: Person, refusal: str) -> dict[str, str]:
    """What each function that her groups may call says, where that is anything but `refusal`."""
    functions = school.select(
        "SELECT p.proname, p.oid::regprocedure::text FROM pg_proc p"
        " WHERE p.pronamespace = 'api'::regnamespace AND has_function_privilege(%s, p.oid, 'EXECUTE')",
        person.login,
    )
    names = {name for name, _ in functions}
    assert names > {*OPEN, "apply_operations", "pull_scripts", "lock_person", "absences"}
    answered = {}
    with psycopg.connect(person.url, autocommit=True) as connection:
        for name, signature in functions:
            kinds = [kind for kind in signature[signature.index("(") + 1 : -1].split(",") if kind]
            values = ", ".join(f"{SOME.get(kind, 'NULL')}::{kind}" for kind in kinds)
            try:
                answered[name] = str(connection.execute(f"SELECT * FROM api.{name}({values})").fetchall())
            except psycopg.Error as error:
                if refusal not in str(error):
                    answered[name] = str(error)
    return answered


def test_every_function_but_those_of_signing_in_refuses(school, newcomer):
    answered = answers(school, newcomer, "first password must be changed")
    assert set(answered) == OPEN, answered


def test_every_function_refuses_who_is_locked_and_who_is_closed_may_send_what_is_pending(school, newcomer):
    school.execute("UPDATE staff_logins SET must_change_password = false, locked_at = now()")
    locked = answers(school, newcomer, "belongs to no active member of staff")
    assert set(locked) == {"me", "is_marking_setting", "schema_version"}, locked
    school.execute("UPDATE staff_logins SET locked_at = NULL")
    school.execute("UPDATE users SET is_active = false WHERE user_id = %s", newcomer.user_id)
    closed = answers(school, newcomer, "belongs to no active member of staff")
    assert set(closed) == {*locked, "hello", "apply_operations", "stream_state", "meet_computer", "computer_wiped"}, (
        closed
    )
    assert locked["me"] == closed["me"] == "[(None,)]"
    school.execute("UPDATE staff_logins SET revoked_at = now() - interval '14 days 1 minute'")
    assert set(answers(school, newcomer, "belongs to no active member of staff")) == set(locked)


def test_row_security_shows_nothing(school, newcomer):
    tables = school.select(
        "SELECT c.relname FROM pg_class c WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'r'"
        " AND c.relname <> 'alembic_version' AND has_any_column_privilege(%s, c.oid, 'SELECT')",
        newcomer.login,
    )
    assert len(tables) > 25
    for (table,) in tables:
        count = sql.SQL("SELECT count(*) FROM {}").format(sql.Identifier(table)).as_string()
        assert newcomer.select(count) == [(0,)], table
    with newcomer.session() as session:
        change_password(session, scram_verifier(PASSWORD, iterations=QUICK))
    for table in ("evaluations", "users", "holidays", "system_config", "staff_logins"):
        assert newcomer.select(f"SELECT count(*) > 0 FROM {table}") == [(True,)], table


def test_signing_in_says_that_the_password_must_be_changed_until_it_is(newcomer):
    with newcomer.session() as session:
        assert sign_in(session, "0.1", 1).must_change_password
    with newcomer.session() as session:
        assert hello(session, "0.1", 1).must_change_password
    with pytest.raises(NotAllowedError, match="chosen by somebody else"), newcomer.session() as session:
        absences(session)
    with newcomer.session() as session:
        change_password(session, VERIFIER)
        assert not hello(session, "0.1", 1).must_change_password
        assert absences(session).absences == ()


def test_the_verifier_that_was_given_is_none_of_her_own(school):
    admin, asha = school.person("admin"), school.person()
    with admin.session() as session:
        reset_password(session, asha.user_id, VERIFIER, "forgot it")
    with psycopg.connect(school.database.url_for(asha.login, "one of my own 7")) as connection:
        with pytest.raises(psycopg.errors.InvalidParameterValue, match="old password"):
            connection.execute("SELECT api.change_password(%s)", (VERIFIER,))
        connection.rollback()
        assert connection.execute("SELECT api.me()").fetchone() == (None,)
        connection.execute("SELECT api.change_password(%s)", (scram_verifier("mine 8", iterations=QUICK),))
        assert connection.execute("SELECT api.me()").fetchone() == (asha.user_id,)


def test_changing_back_and_forth_to_the_same_verifier_is_refused_also_later(school):
    asha = school.person()
    with asha.session() as session:
        change_password(session, VERIFIER)
    with pytest.raises(InvalidError, match="old password"), asha.session() as session:
        change_password(session, VERIFIER)


def test_what_an_admin_gives_is_a_first_password_and_what_the_owner_gives_is_not(school):
    admin, asha = school.person("admin"), school.person()
    with asha.session() as session:
        assert not hello(session, "0.1", 1).must_change_password
    # of the web platform's, and without a login here
    school.execute("DELETE FROM staff_logins WHERE user_id = %s", asha.user_id)
    asha.engine.dispose()
    school.execute(f"DROP ROLE {asha.login}")
    with admin.session() as session:
        reset_password(session, asha.user_id, scram_verifier(PASSWORD, iterations=QUICK), "joins us")
    with asha.session() as session:
        assert hello(session, "0.1", 1).must_change_password
    with open_session(school.engine) as session:
        provision_login(session, asha.user_id, scram_verifier(PASSWORD, iterations=QUICK))
    with asha.session() as session:
        assert not hello(session, "0.1", 1).must_change_password


def test_of_a_closed_account_pending_work_is_taken_whatever_its_password(school, newcomer):
    school.execute("UPDATE users SET is_active = false WHERE user_id = %s", newcomer.user_id)
    with newcomer.session() as session:
        answer = hello(session, "0.1", 1)
    assert (answer.active, answer.must_change_password) == (False, False)
    journal = school.journal(newcomer)
    assert journal.deliver() == ()


def test_nobody_reads_the_digests(school):
    admin = school.person("admin")
    with psycopg.connect(admin.url) as connection, pytest.raises(psycopg.errors.InsufficientPrivilege):
        connection.execute("SELECT * FROM api._verifiers")
