"""Members of staff: what admins do to accounts, asked with the people's own logins."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any
from uuid import uuid4

import psycopg
import pytest
from psycopg import sql
from sqlalchemy.orm import Session

from mv_desktop.core.errors import InvalidError, NotAllowedError, RefusedError, UserError
from mv_desktop.domain.access import login_name
from mv_desktop.domain.exchange import StaffRole
from mv_desktop.domain.identifier import UserId
from mv_desktop.domain.person import AccountState, NewMember, StaffMember
from mv_desktop.services.database import make_engine, open_session
from mv_desktop.services.sign_in import hello
from mv_desktop.services.staff import (
    change_email,
    change_password,
    change_role,
    create_person,
    deactivate_person,
    first_password,
    lock_person,
    provision_login,
    reactivate_person,
    reset_password,
    scram_verifier,
    staff_member,
    staff_members,
    unlock_person,
)
from tests.factories.marking import PASSWORD, QUICK, Person, School

FIRST = "first-password-1"
VERIFIER = scram_verifier(PASSWORD, iterations=QUICK)
GROUPS = (
    "SELECT g.rolname FROM pg_auth_members m JOIN pg_roles g ON g.oid = m.roleid"
    " JOIN pg_roles u ON u.oid = m.member WHERE u.rolname = %s ORDER BY 1"
)


@pytest.fixture
def made(school: School) -> Iterator[list[str]]:
    """Logins that a test made otherwise than by the school; dropped at its end."""
    logins: list[str] = []
    yield logins
    with psycopg.connect(school.database.superuser_url, autocommit=True) as connection:
        for login in logins:
            connection.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = %s", (login,))
            connection.execute(sql.SQL("DROP ROLE IF EXISTS {}").format(sql.Identifier(login)))


@pytest.fixture
def admin(school: School) -> Person:
    return school.person("admin")


def new(made: list[str], **values: Any) -> NewMember:
    email = values.pop("email", f"{uuid4().hex[:12]}@example.org")
    made.append(login_name(email))
    return NewMember(**{"email": email, "first_name": "Asha", "last_name": "Rao"} | values)


def added(admin: Person, member: NewMember, password: str = FIRST) -> UserId:
    with admin.session() as session:
        return create_person(session, member, scram_verifier(password, iterations=QUICK), "new here")


def role(school: School, login: str) -> tuple[Any, ...]:
    (row,) = school.select(
        "SELECT rolcanlogin, rolsuper, rolcreaterole, rolcreatedb, rolbypassrls, rolreplication, rolinherit,"
        " rolconnlimit FROM pg_roles WHERE rolname = %s",
        login,
    )
    return row


def groups(school: School, login: str) -> list[str]:
    return [name for (name,) in school.select(GROUPS, login)]


def entries(school: School, event: str) -> list[tuple[Any, ...]]:
    return school.select(
        "SELECT actor_user_id, resource_id, event_data FROM audit_logs WHERE event_type = %s"
        " AND (actor_user_id IS NOT NULL OR event_data ? 'reason') ORDER BY created_at",
        event,
    )


def opens(school: School, login: str, password: str = PASSWORD) -> bool:
    try:
        with psycopg.connect(school.database.url_for(login, password)):
            return True
    except psycopg.OperationalError:
        return False


# -- creating -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "coordinator", "expected"),
    [
        (StaffRole.TEACHER, False, ["mv_teacher"]),
        (StaffRole.TEACHER, True, ["mv_coordinator", "mv_teacher"]),
        (StaffRole.ADMIN, False, ["mv_admin"]),
        (StaffRole.ADMIN, True, ["mv_admin", "mv_coordinator"]),
    ],
)
def test_a_new_person_has_a_login_with_the_rights_of_her_role_and_no_other(
    school, admin, made, kind, coordinator, expected
):
    member = new(made, role=kind, is_coordinator=coordinator)
    user_id = added(admin, member)
    login = login_name(member.email)
    assert role(school, login) == (True, False, False, False, False, False, True, 10)
    assert groups(school, login) == expected
    with admin.session() as session:
        found = staff_member(session, member.email.upper())
    assert (found.user_id, found.role, found.is_coordinator) == (user_id, kind, coordinator)
    assert found.state is AccountState.FIRST_PASSWORD
    assert opens(school, login, FIRST)
    ((actor, resource, data),) = entries(school, "user.created")
    assert (actor, resource, data["reason"], data["login"]) == (admin.user_id, user_id, "new here", admin.login)
    assert "SCRAM" not in str(school.select("SELECT * FROM audit_logs"))


@pytest.mark.parametrize(
    "name",
    ["'; DROP TABLE users; --", 'O"Brien', "D'Souza", "%s %I {0} \\", "आशा", "न" * 100, "a" * 100, "$$x$$"],
)
def test_a_name_is_only_a_name(school, admin, made, name):
    member = new(made, first_name=name, last_name=f" {name} ")
    added(admin, member)
    with admin.session() as session:
        found = staff_member(session, member.email)
    assert (found.first_name, found.last_name) == (name, name)


@pytest.mark.parametrize("email", ["o'brien'--@example.org", 'q"uote;DROP@example.org', "आशा@example.org", "%I@x"])
def test_an_address_is_only_an_address(school, admin, made, email):
    member = new(made, email=email)
    added(admin, member)
    assert opens(school, login_name(email), FIRST)
    with admin.session() as session:
        assert staff_member(session, email).email == email


@pytest.mark.parametrize(
    "values",
    [
        {"first_name": ""},
        {"first_name": "  "},
        {"last_name": "a" * 101},
        {"last_name": "two\nlines"},
        {"email": "nobody"},
        {"email": ""},
        {"email": "a b@example.org"},
        {"email": "a@b@example.org"},
        {"email": "a" * 250 + "@example.org"},
    ],
)
def test_what_makes_no_person_is_refused_and_leaves_no_login(school, admin, made, values):
    member = new(made, **values)
    with pytest.raises(InvalidError):
        added(admin, member)
    assert school.select("SELECT FROM pg_roles WHERE rolname = %s", login_name(member.email)) == []
    assert entries(school, "user.created") == []


@pytest.mark.parametrize(
    "verifier",
    [
        "secret",
        "",
        "md5" + "0" * 32,
        VERIFIER + "'",
        VERIFIER + "\n",
        VERIFIER.replace("$4096", "$1000"),
        "x' SUPERUSER PASSWORD 'y",
    ],
    ids=[
        "a password",
        "nothing",
        "MD5",
        "a quote",
        "a line's end",
        "too few rounds",
        "a clause",
    ],  # salted: never twice
)
def test_what_is_no_strong_verifier_makes_and_resets_nothing(school, admin, made, verifier):
    asha = school.person()
    with pytest.raises(InvalidError), admin.session() as session:
        create_person(session, new(made), verifier, "why")
    with pytest.raises(InvalidError), admin.session() as session:
        reset_password(session, asha.user_id, verifier, "why")
    with pytest.raises(InvalidError), admin.session() as session:
        provision_login(session, asha.user_id, verifier)
    assert opens(school, asha.login)
    assert role(school, asha.login)[1:6] == (False, False, False, False, False)


def test_nobody_gets_an_address_twice(school, admin, made):
    asha = school.person()
    with pytest.raises(InvalidError, match="already"):
        added(admin, new([], email=asha.email.upper()))
    with pytest.raises(InvalidError, match="already"), admin.session() as session:
        change_email(session, school.person().user_id, f" {asha.email} ", "why")


def test_an_admin_takes_over_no_login_of_another_database(school, admin, made):
    other = new(made)
    with psycopg.connect(school.database.owner_url) as connection:
        connection.execute(sql.SQL("CREATE ROLE {} LOGIN").format(sql.Identifier(login_name(other.email))))
    asha = school.person()
    with pytest.raises(RefusedError, match="already"):
        added(admin, other)
    with pytest.raises(RefusedError, match="already"), admin.session() as session:
        change_email(session, asha.user_id, other.email, "why")
    with school.rows() as rows:
        user_id = UserId(rows.user("teacher", email=other.email))
    with pytest.raises(RefusedError, match="already"), admin.session() as session:
        reset_password(session, user_id, VERIFIER, "why")
    assert not opens(school, login_name(other.email))


def test_the_owner_makes_the_first_admin(school, made):
    member = new(made, role=StaffRole.ADMIN)
    with open_session(school.engine) as session:
        user_id = create_person(session, member, scram_verifier(FIRST, iterations=QUICK), "the first")
    ((actor, resource, _data),) = entries(school, "user.created")
    assert (actor, resource) == (None, user_id)


# -- who may ------------------------------------------------------------------------------------------------


def acts(other: Person) -> dict[str, Callable[[Session], object]]:
    member = NewMember(f"{uuid4().hex}@example.org", "A", "B")
    return {
        "create": lambda session: create_person(session, member, VERIFIER, "why"),
        "reset": lambda session: reset_password(session, other.user_id, VERIFIER, "why"),
        "lock": lambda session: lock_person(session, other.user_id, "why"),
        "unlock": lambda session: unlock_person(session, other.user_id, "why"),
        "close": lambda session: deactivate_person(session, other.user_id, "why"),
        "open": lambda session: reactivate_person(session, other.user_id, "why"),
        "email": lambda session: change_email(session, other.user_id, member.email, "why"),
        "role": lambda session: change_role(session, other.user_id, StaffRole.ADMIN, "why", is_coordinator=True),
        "provision": lambda session: provision_login(session, other.user_id, VERIFIER),
    }


ACTS = ("create", "reset", "lock", "unlock", "close", "open", "email", "role", "provision")


@pytest.mark.parametrize("who", ["teacher", "coordinator", "newcomer", "locked", "closed", "demoted"])
def test_only_an_active_admin_may(school, admin, who):
    caller = school.person("teacher" if who in ("teacher", "coordinator") else "admin", is_coordinator=who[0] == "c")
    other = school.person()
    assert caller.select("SELECT 1") == [(1,)]
    change = {
        "newcomer": "UPDATE staff_logins SET must_change_password = true WHERE user_id = %s",
        "locked": "UPDATE staff_logins SET locked_at = now() WHERE user_id = %s",
        "closed": "UPDATE users SET is_active = false WHERE user_id = %s",
        "demoted": "UPDATE users SET role = 'teacher' WHERE user_id = %s",
    }.get(who)
    if change:
        school.execute(change, caller.user_id)
    before = school.select("SELECT count(*) FROM audit_logs")
    for act in acts(other).values():
        with pytest.raises(NotAllowedError), caller.session() as session:
            act(session)
    assert school.select("SELECT count(*) FROM audit_logs") == before
    assert opens(school, other.login)


@pytest.mark.parametrize("act", [name for name in ACTS if name not in ("create", "provision")])
def test_nobody_does_it_to_herself(school, admin, act):
    school.person("admin")
    with pytest.raises(InvalidError, match="own account"), admin.session() as session:
        acts(admin)[act](session)
    assert opens(school, admin.login)


@pytest.mark.parametrize("act", [name for name in ACTS if name not in ("create", "provision")])
def test_only_members_of_staff_are_changed(school, admin, act):
    with school.rows() as rows:
        student = Person(school.database, UserId(rows.user("student")), "s@example.org")
    with pytest.raises(InvalidError, match="no such member"), admin.session() as session:
        acts(student)[act](session)


@pytest.mark.parametrize("reason", ["", "   ", "x" * 501])
def test_without_a_reason_nothing_is_done(school, admin, reason):
    asha = school.person()
    with pytest.raises(InvalidError, match="reason"), admin.session() as session:
        lock_person(session, asha.user_id, reason)
    assert opens(school, asha.login)


def test_a_reason_is_only_a_reason(school, admin):
    asha = school.person()
    with admin.session() as session:
        lock_person(session, asha.user_id, "'; DROP ROLE mv_admin; -- क्यों")
    assert entries(school, "user.locked")[0][2]["reason"] == "'; DROP ROLE mv_admin; -- क्यों"


# -- locking, closing, resetting ------------------------------------------------------------------------------


def test_who_is_locked_is_thrown_out_and_comes_back_with_her_password(school, admin):
    asha = school.person()
    with psycopg.connect(asha.url, autocommit=True) as open_one:
        with admin.session() as session:
            assert lock_person(session, asha.user_id, "left her computer open") >= 1
        with pytest.raises(psycopg.OperationalError):
            open_one.execute("SELECT 1")
    assert role(school, asha.login)[0] is False
    assert not opens(school, asha.login)
    with pytest.raises(NotAllowedError, match="is locked"), asha.session() as session:
        session.connection()
    with pytest.raises(InvalidError, match="locked already"), admin.session() as session:
        lock_person(session, asha.user_id, "again")
    with pytest.raises(RefusedError, match="locked"), open_session(school.engine) as session:
        provision_login(session, asha.user_id, VERIFIER)
    with admin.session() as session:
        assert staff_member(session, asha.email).state is AccountState.LOCKED
        unlock_person(session, asha.user_id, "found it")
    with asha.session() as session:
        assert hello(session, "0.1", 1).active
    assert [data["reason"] for _, _, data in entries(school, "user.unlocked")] == ["found it"]


def test_the_owner_keeps_no_rights_of_those_whose_sessions_it_ended(school, admin):
    asha = school.person()
    before = school.select("SELECT * FROM pg_auth_members WHERE roleid = %s::regrole", asha.login)
    with admin.session() as session:
        lock_person(session, asha.user_id, "why")
    assert school.select("SELECT * FROM pg_auth_members WHERE roleid = %s::regrole", asha.login) == before
    assert school.select("SELECT pg_has_role(session_user, %s, 'USAGE')", asha.login) == [(False,)]


def test_a_locked_session_that_could_not_be_ended_sees_nothing(school):
    asha = school.person()
    school.script(asha)
    with psycopg.connect(asha.url, autocommit=True) as connection:
        assert connection.execute("SELECT count(*) FROM evaluations").fetchone() == (1,)
        school.execute("UPDATE staff_logins SET locked_at = now() WHERE user_id = %s", asha.user_id)
        assert connection.execute("SELECT count(*) FROM evaluations").fetchone() == (0,)
        for call in ("api.hello('x', 1)", "api.sign_in('x', 1)", f"api.change_password('{VERIFIER}')"):
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                connection.execute(f"SELECT {call}")


def test_a_closed_account_says_hello_and_is_opened_again(school, admin):
    asha = school.person()
    with admin.session() as session:
        deactivate_person(session, asha.user_id, "left the school")
        assert staff_member(session, asha.email).state is AccountState.CLOSED
    with asha.session() as session:
        assert not hello(session, "0.1", 1).active
    assert asha.select("SELECT count(*) FROM users") == [(0,)]
    with admin.session() as session:
        reactivate_person(session, asha.user_id, "is back")
    with asha.session() as session:
        assert hello(session, "0.1", 1).active


def test_a_reset_ends_the_old_password_and_its_sessions(school, admin):
    asha = school.person()
    password = first_password()
    with psycopg.connect(asha.url, autocommit=True) as open_one:
        with admin.session() as session:
            assert reset_password(session, asha.user_id, scram_verifier(password, iterations=QUICK), "forgot it") >= 1
        with pytest.raises(psycopg.OperationalError):
            open_one.execute("SELECT 1")
    assert (opens(school, asha.login), opens(school, asha.login, password)) == (False, True)
    with admin.session() as session:
        assert staff_member(session, asha.email).state is AccountState.FIRST_PASSWORD


def test_a_reset_does_not_unlock(school, admin):
    asha = school.person()
    with admin.session() as session:
        lock_person(session, asha.user_id, "why")
        reset_password(session, asha.user_id, VERIFIER, "why")
    assert not opens(school, asha.login)


# -- e-mail and role ------------------------------------------------------------------------------------------


def test_another_address_is_another_login_with_the_same_password(school, admin, made):
    asha = school.person()
    email = new(made).email
    with psycopg.connect(asha.url, autocommit=True) as open_one:
        with admin.session() as session:
            change_email(session, asha.user_id, email, "married")
        assert open_one.execute("SELECT api.me()").fetchone() == (asha.user_id,)
    assert (opens(school, asha.login), opens(school, login_name(email))) == (False, True)
    ((_, resource, data),) = entries(school, "user.email_changed")
    assert (resource, data["before"], data["after"]) == (asha.user_id, asha.email, email)


def test_an_address_that_differs_in_capitals_only_keeps_the_login(school, admin):
    asha = school.person()
    with admin.session() as session:
        change_email(session, asha.user_id, asha.email.upper(), "capitals")
    assert opens(school, asha.login)


def test_rights_follow_the_role(school, admin):
    asha = school.person()
    steps = [
        (StaffRole.TEACHER, True, ["mv_coordinator", "mv_teacher"]),
        (StaffRole.ADMIN, True, ["mv_admin", "mv_coordinator"]),
        (StaffRole.ADMIN, False, ["mv_admin"]),
        (StaffRole.TEACHER, False, ["mv_teacher"]),
        (StaffRole.TEACHER, False, ["mv_teacher"]),
    ]
    for kind, coordinator, expected in steps:
        with admin.session() as session:
            change_role(session, asha.user_id, kind, "new task", is_coordinator=coordinator)
        assert groups(school, asha.login) == expected
        assert role(school, asha.login) == (True, False, False, False, False, False, True, 10)


def test_a_teacher_with_open_scripts_becomes_no_admin(school, admin):
    asha = school.person()
    school.script(asha)
    with pytest.raises(RefusedError, match="1 open scripts"), admin.session() as session:
        change_role(session, asha.user_id, StaffRole.ADMIN, "why", is_coordinator=False)
    assert groups(school, asha.login) == ["mv_teacher"]


@pytest.mark.parametrize("act", ["lock", "close", "demote"])
def test_the_last_admin_stays(school, admin, act):
    locked = school.person("admin")
    school.execute("UPDATE staff_logins SET locked_at = now() WHERE user_id = %s", locked.user_id)
    do: dict[str, Callable[[Session], object]] = {
        "lock": lambda session: lock_person(session, admin.user_id, "why"),
        "close": lambda session: deactivate_person(session, admin.user_id, "why"),
        "demote": lambda session: change_role(session, admin.user_id, StaffRole.TEACHER, "w", is_coordinator=False),
    }
    with pytest.raises(InvalidError, match="last active admin"), open_session(school.engine) as session:
        do[act](session)
    assert groups(school, admin.login) == ["mv_admin"]


@pytest.mark.parametrize("isolation", ["READ COMMITTED", "REPEATABLE READ"])
def test_of_two_admins_who_lock_each_other_one_stays(school, admin, isolation):
    other = school.person("admin")
    with psycopg.connect(admin.url) as first:
        first.execute(f"SET TRANSACTION ISOLATION LEVEL {isolation}")
        first.execute("SELECT api.deactivate_person(%s, 'why')", (other.user_id,))
        second = psycopg.connect(other.url)  # what she had open has ended
        second.execute(f"SET TRANSACTION ISOLATION LEVEL {isolation}")
        second.execute("SET LOCAL lock_timeout = '200ms'")
        with pytest.raises(psycopg.errors.LockNotAvailable):
            second.execute("SELECT api.deactivate_person(%s, 'why')", (admin.user_id,))
        second.rollback()
        if isolation == "REPEATABLE READ":
            second.execute(f"SET TRANSACTION ISOLATION LEVEL {isolation}")
            second.execute("SELECT 1 FROM users LIMIT 1")
        first.commit()
        with pytest.raises((psycopg.errors.InsufficientPrivilege, psycopg.errors.SerializationFailure)):
            second.execute("SELECT api.deactivate_person(%s, 'why')", (admin.user_id,))
        second.close()
    assert school.select("SELECT count(*) FROM users WHERE role = 'admin' AND is_active") == [(1,)]


def test_the_list_is_for_admins(school, admin):
    asha = school.person(is_coordinator=True)
    with school.rows() as rows:
        rows.user("student")
        rows.user("teacher", email="nologin@example.org")
    with admin.session() as session:
        people: dict[str, StaffMember] = {member.email: member for member in staff_members(session)}
        with pytest.raises(InvalidError):
            staff_member(session, "nobody@example.org")
    assert set(people) == {admin.email, asha.email, "nologin@example.org"}
    assert people["nologin@example.org"].state is AccountState.NO_LOGIN
    assert people[asha.email].state is AccountState.ACTIVE
    with pytest.raises(UserError), asha.session() as session:
        staff_members(session)


def test_a_new_engine_with_the_changed_password_opens_everything(school, admin, made):
    member = new(made)
    added(admin, member)
    engine = make_engine(school.database.url_for(login_name(member.email), FIRST), application_name="test")
    with open_session(engine) as session:
        assert hello(session, "0.1", 1).must_change_password
    with open_session(engine) as session:
        change_password(session, scram_verifier("one of my own 7", iterations=QUICK))
    engine.dispose()
    again = make_engine(school.database.url_for(login_name(member.email), "one of my own 7"), application_name="test")
    with open_session(again) as session:
        assert not hello(session, "0.1", 1).must_change_password
    again.dispose()
    assert entries(school, "user.password_changed")[0][2]["first"] is True
