"""Nobody holds up what is done to her account, and what she may not any more ends at once."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from uuid import uuid4

import psycopg
import pytest
from psycopg import sql
from sqlalchemy.orm import Session

from mv_desktop.core.errors import RefusedError
from mv_desktop.domain.access import login_name
from mv_desktop.domain.exchange import StaffRole
from mv_desktop.domain.person import NewMember
from mv_desktop.services.database import open_session
from mv_desktop.services.staff import (
    change_email,
    change_role,
    create_person,
    deactivate_person,
    lock_person,
    provision_login,
    reactivate_person,
    reset_password,
    scram_verifier,
    unlock_person,
)
from tests.factories.marking import PASSWORD, QUICK, Person, School

VERIFIER = scram_verifier(PASSWORD, iterations=QUICK)
OTHER = scram_verifier("quite another riverbank 9", iterations=QUICK)


@contextmanager
def held(person: Person) -> Iterator[psycopg.Connection]:
    """Her transaction that does not end, with every lock that she can take on her own account."""
    connection = psycopg.connect(person.url)
    try:
        connection.execute("SET statement_timeout = 0")
        connection.execute("SET idle_in_transaction_session_timeout = 0")
        connection.execute("SELECT api.sign_in('x', 1)")
        connection.execute("SELECT api.put_absence(%s, %s, %s, '')", (uuid4(), date(2100, 1, 1), date(2100, 1, 2)))
        connection.execute("SELECT api.change_password(%s)", (OTHER,))
        yield connection
    finally:
        connection.close()


def works(person: Person, password: str = PASSWORD) -> bool:
    try:
        with psycopg.connect(person.url, password=password) as connection:
            return connection.execute("SELECT api.me()").fetchone() == (person.user_id,)
    except psycopg.OperationalError:
        return False


def test_a_transaction_that_does_not_end_keeps_nobody_from_being_locked_or_changed(school: School) -> None:
    admin, asha = school.person("admin"), school.person()
    email = f"{uuid4().hex[:12]}@example.org"
    acts: tuple[Callable[[Session], object], ...] = (
        lambda session: reset_password(session, asha.user_id, VERIFIER, "why"),
        lambda session: change_role(session, asha.user_id, StaffRole.TEACHER, "why", is_coordinator=True),
        lambda session: deactivate_person(session, asha.user_id, "why"),
        lambda session: lock_person(session, asha.user_id, "why"),
    )
    for act in acts:
        with held(asha) as connection:
            with admin.session() as session:
                act(session)
            with pytest.raises(psycopg.OperationalError):
                connection.execute("SELECT 1")
        assert not works(asha, "quite another riverbank 9")
        with admin.session() as session:
            (state,) = school.select(
                "SELECT is_active, locked_at IS NULL FROM users JOIN staff_logins USING (user_id) WHERE user_id = %s",
                asha.user_id,
            )
            if not state[0]:
                reactivate_person(session, asha.user_id, "back")
            if not state[1]:
                unlock_person(session, asha.user_id, "back")
        school.execute("UPDATE staff_logins SET must_change_password = false WHERE user_id = %s", asha.user_id)
        assert works(asha)
    with held(asha), admin.session() as session:
        change_email(session, asha.user_id, email, "married")
    with psycopg.connect(school.database.superuser_url, autocommit=True) as superuser:
        names = sql.Identifier(login_name(email)), sql.Identifier(asha.login)
        superuser.execute(sql.SQL("ALTER ROLE {} RENAME TO {}").format(*names))


def test_a_teachers_transaction_holds_up_nobody_elses_account(school: School) -> None:
    admin, asha, meera = school.person("admin"), school.person(), school.person()
    member = NewMember(f"{uuid4().hex[:12]}@example.org", "A", "B")
    with held(asha) as connection:
        with admin.session() as session:
            lock_person(session, meera.user_id, "why")
            create_person(session, member, VERIFIER, "why")
        assert connection.execute("SELECT api.me()").fetchone() == (asha.user_id,)
    with psycopg.connect(school.database.superuser_url, autocommit=True) as superuser:
        superuser.execute(sql.SQL("DROP ROLE {}").format(sql.Identifier(login_name(member.email))))


@pytest.mark.parametrize("act", ["close", "demote"])
def test_what_began_before_does_not_go_on_with_rights_that_are_gone(school: School, act: str) -> None:
    admin, meera = school.person("admin"), school.person(is_coordinator=True)
    with psycopg.connect(meera.url) as connection:
        connection.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        assert connection.execute("SELECT api.me()").fetchone() == (meera.user_id,)
        with admin.session() as session:
            if act == "close":
                deactivate_person(session, meera.user_id, "left")
            else:
                change_role(session, meera.user_id, StaffRole.TEACHER, "no more", is_coordinator=False)
        with pytest.raises(psycopg.OperationalError):
            connection.execute("SELECT api.kept_work()")


def test_a_membership_that_somebody_else_granted_is_not_taken_away_in_silence(school: School) -> None:
    admin, asha = school.person("admin"), school.person(is_coordinator=True)
    with psycopg.connect(school.database.superuser_url, autocommit=True) as superuser:
        if superuser.info.server_version < 160000:
            pytest.skip("memberships have one grantor only")
        superuser.execute(sql.SQL("GRANT mv_coordinator TO {}").format(sql.Identifier(asha.login)))
    with pytest.raises(RefusedError, match="made this person a member"), admin.session() as session:
        change_role(session, asha.user_id, StaffRole.TEACHER, "no more", is_coordinator=False)
    assert school.select("SELECT is_coordinator FROM users WHERE user_id = %s", asha.user_id) == [(True,)]


def test_after_a_restore_without_roles_a_reset_makes_the_login_anew(school: School) -> None:
    asha, locked = school.person(is_coordinator=True), school.person()
    school.execute("UPDATE staff_logins SET locked_at = now() WHERE user_id = %s", locked.user_id)
    for person in (asha, locked):
        school.execute(f"DROP ROLE {person.login}")
        with open_session(school.engine) as session:
            reset_password(session, person.user_id, VERIFIER, "restored")
    now = asha.select("SELECT pg_has_role('mv_coordinator', 'USAGE'), api.hello('x', 1) -> 'must_change_password'")
    assert now == [(True, True)]
    assert school.select("SELECT rolcanlogin FROM pg_roles WHERE rolname = %s", locked.login) == [(False,)]


def test_nobody_gets_a_login_or_another_password_without_a_reason(school: School) -> None:
    admin, asha = school.person("admin"), school.person()
    for person in (asha, admin):
        with pytest.raises(RefusedError, match="with a reason"), admin.session() as session:
            provision_login(session, person.user_id, OTHER)
        assert works(person)
