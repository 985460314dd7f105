"""One's own password and absences, asked with the people's own logins."""

from __future__ import annotations

from datetime import date, timedelta
from uuid import uuid4

import psycopg
import pytest

from mv_desktop.core.errors import InvalidError, NotAllowedError
from mv_desktop.domain.absence import Absence
from mv_desktop.domain.identifier import AbsenceId
from mv_desktop.services.absence import absences, delete_absence, put_absence
from mv_desktop.services.database import make_engine, open_session
from mv_desktop.services.staff import change_password, scram_verifier
from tests.factories.marking import QUICK, Person, School


@pytest.fixture
def asha(school: School) -> Person:
    return school.person()


@pytest.fixture
def today(asha: Person) -> date:
    with asha.session() as session:
        return absences(session).today


def away(first: date, days: int = 3, note: str = "") -> Absence:
    return Absence(AbsenceId(uuid4()), first, first + timedelta(days=days), note)


def put(person: Person, absence: Absence) -> None:
    with person.session() as session:
        put_absence(session, absence)


def hers(person: Person) -> tuple[Absence, ...]:
    with person.session() as session:
        return absences(session).absences


def entered(school: School, person: Person, absence: Absence) -> Absence:
    """An absence that stands there whatever the functions would say."""
    with school.rows() as rows:
        rows.insert(
            "teacher_absences",
            absence_id=absence.absence_id,
            user_id=person.user_id,
            first_day=absence.first_day,
            return_day=absence.return_day,
        )
    return absence


# -- password -------------------------------------------------------------------------------------------------


def test_a_new_password_opens_the_next_connection_and_the_open_one_goes_on(school, asha):
    with asha.session() as session:
        change_password(session, scram_verifier("quite another 9", iterations=QUICK))
    engine = make_engine(school.database.url_for(asha.login, "quite another 9"), application_name="test")
    with open_session(engine) as session:
        assert absences(session).absences == ()
    engine.dispose()
    old = make_engine(asha.url, application_name="test")
    with pytest.raises(NotAllowedError), open_session(old) as session:
        session.connection()
    with asha.session() as session:
        assert absences(session).absences == ()
    assert school.select(
        "SELECT actor_user_id, event_data FROM audit_logs WHERE event_type = 'user.password_changed'"
    ) == [(asha.user_id, {"login": asha.login})]


@pytest.mark.parametrize(
    "verifier",
    ["secret", "", "SCRAM-SHA-256$1000:c2FsdA==$" + "A" * 43 + "=:" + "A" * 43 + "=", "x' SUPERUSER PASSWORD 'y"],
)
def test_what_is_no_strong_verifier_is_refused_and_the_old_password_stays(school, asha, verifier):
    with pytest.raises(InvalidError), asha.session() as session:
        change_password(session, verifier)
    assert school.select("SELECT count(*) FROM audit_logs WHERE event_type = 'user.password_changed'") == [(0,)]
    with psycopg.connect(asha.url) as connection:
        assert connection.execute("SELECT session_user").fetchone() == (asha.login,)


def test_a_closed_account_changes_nothing(school, asha):
    school.execute("UPDATE users SET is_active = false WHERE user_id = %s", asha.user_id)
    with pytest.raises(NotAllowedError), asha.session() as session:
        change_password(session, scram_verifier("quite another 9", iterations=QUICK))


# -- absences -------------------------------------------------------------------------------------------------


def test_an_absence_is_entered_changed_deleted_and_comes_back_as_it_was(school, asha, today):
    leave = away(today + timedelta(days=10), note="Wedding")
    put(asha, leave)
    assert hers(asha) == (leave,)
    longer = Absence(leave.absence_id, leave.first_day, leave.return_day + timedelta(days=2), "Wedding")
    put(asha, longer)
    with asha.session() as session:
        delete_absence(session, leave.absence_id)
        delete_absence(session, leave.absence_id)
    assert hers(asha) == ()
    put(asha, longer)
    assert hers(asha) == (longer,)
    told = school.select(
        "SELECT event_type, event_data->'before' IS NULL FROM audit_logs WHERE resource_type = 'absence'"
    )
    assert told == [("absence.put", True), ("absence.put", False), ("absence.deleted", True), ("absence.put", True)]


def test_absences_that_share_a_day_are_refused_with_the_days_and_those_that_meet_are_not(asha, today):
    first = away(today + timedelta(days=1))
    put(asha, first)
    put(asha, away(first.return_day, 2))
    with pytest.raises(InvalidError, match="You are away from"):
        put(asha, away(first.last_day, 2))
    assert len(hers(asha)) == 2


def test_what_is_over_cannot_be_changed_or_deleted(school, asha, today):
    past = entered(school, asha, away(today - timedelta(days=5), 5))
    for act in (
        lambda session: put_absence(session, Absence(past.absence_id, past.first_day, today + timedelta(days=2), "")),
        lambda session: delete_absence(session, past.absence_id),
    ):
        with pytest.raises(InvalidError, match="This absence is over"), asha.session() as session:
            act(session)
    assert hers(asha) == (past,)


def test_of_one_that_has_begun_only_the_end_can_be_changed_and_not_into_the_past(school, asha, today):
    running = entered(school, asha, away(today - timedelta(days=2), 10))

    def moved(first: date, back: date) -> Absence:
        return Absence(running.absence_id, first, back, "")

    put(asha, moved(running.first_day, today + timedelta(days=1)))
    for first, back in ((today, running.return_day), (running.first_day, today - timedelta(days=1))):
        with pytest.raises(InvalidError, match="Days that have been"):
            put(asha, moved(first, back))
    with pytest.raises(InvalidError, match="change its last day"), asha.session() as session:
        delete_absence(session, running.absence_id)
    with pytest.raises(InvalidError, match="Days that have been"):
        put(asha, away(today - timedelta(days=20), 2))


@pytest.mark.parametrize(("days", "note"), [(0, ""), (-3, ""), (367, ""), (2, "x" * 501)])
def test_days_that_make_no_sense_are_refused(asha, today, days, note):
    with pytest.raises(InvalidError):
        put(asha, away(today + timedelta(days=1), days, note))


def test_nobody_touches_an_absence_of_somebody_else(school, asha, today):
    meera, coordinator = school.person(), school.person(is_coordinator=True)
    leave = away(today + timedelta(days=1))
    put(asha, leave)
    for person in (meera, coordinator):
        with pytest.raises(NotAllowedError):
            put(person, leave)
        with person.session() as session:
            delete_absence(session, leave.absence_id)
        assert hers(person) == ()
    assert hers(asha) == (leave,)
    query = "SELECT absence_id FROM teacher_absences"
    assert (meera.select(query), coordinator.select(query)) == ([], [(leave.absence_id,)])
