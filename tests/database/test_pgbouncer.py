"""A workstation behind PgBouncer in transaction mode: every transaction may have another connection to the server."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest

from mv_desktop.core.clock import SystemClock
from mv_desktop.core.errors import NotAllowedError
from mv_desktop.core.ids import id_source
from mv_desktop.domain.identifier import MarkKey
from mv_desktop.domain.marks import GivenMark, MarkState
from mv_desktop.domain.operation import SetMark
from mv_desktop.offline.desk import Desk, open_desk
from mv_desktop.services.profile import profile_from_url
from tests.factories.marking import PASSWORD, Person, School
from tests.fakes.bouncer import PROGRAM, Bouncer

pytestmark = pytest.mark.skipif(PROGRAM is None, reason="PgBouncer is not installed on this computer")


class Crowd:
    """Two teachers with a script each, who share one connection to the server."""

    def __init__(self, school: School, folder: Path) -> None:
        self.school, self.folder, self.clock = school, folder, SystemClock()
        self.asha, self.rohan = school.person(), school.person()
        self.scripts = {person.email: school.script(person) for person in (self.asha, self.rohan)}
        self.desks: list[Desk] = []

    def sign_in(self, bouncer: Bouncer, person: Person, password: str = PASSWORD) -> Desk:
        profile = replace(profile_from_url(person.url), port=bouncer.port)
        folder = self.folder / person.login
        self.desks.append(open_desk(profile, person.email, password, folder, self.clock, id_source(self.clock)))
        return self.desks[-1]


@pytest.fixture
def crowd(school: School, tmp_path: Path) -> Iterator[Crowd]:
    made = Crowd(school, tmp_path / "vaults")
    yield made
    for desk in made.desks:
        desk.close()


@pytest.fixture
def bouncer(crowd: Crowd) -> Iterator[Bouncer]:
    with Bouncer(crowd.school.database.server, crowd.school.database.name, connections=2) as running:
        yield running


def test_two_teachers_sign_in_fetch_mark_and_send_and_each_is_herself(crowd: Crowd, bouncer: Bouncer) -> None:
    desks = [(person, crowd.sign_in(bouncer, person)) for person in (crowd.asha, crowd.rohan)]
    for turn in range(3):
        for person, desk in desks:
            script = crowd.scripts[person.email]
            result = desk.sync.run(thorough=True)
            assert (result.online, result.code, result.differences) == (True, "", ())
            assert [row.evaluation_id for row in desk.store.queue(crowd.clock.now())] == [script]
            marks = Decimal(turn) / 2
            desk.store.record(script, SetMark(MarkKey(2), GivenMark(MarkState.MARKED, marks)))
            assert desk.sync.push().pushed > 0
            ((stored,),) = crowd.school.select(
                "SELECT marks FROM mark_registers WHERE evaluation_id = %s AND question_number = 2", script
            )
            assert stored == marks
    logged = crowd.school.select(
        "SELECT count(DISTINCT actor_user_id) FROM audit_logs"
        " WHERE event_type = 'user.login' AND actor_user_id = ANY(%s)",
        [crowd.asha.user_id, crowd.rohan.user_id],
    )
    assert logged == [(2,)]


def test_limits_of_one_transaction_do_not_stay_with_the_shared_connection(crowd: Crowd, bouncer: Bouncer) -> None:
    desk = crowd.sign_in(bouncer, crowd.asha)
    with desk._line.connect() as session:
        session.connection().exec_driver_sql("SET LOCAL work_mem = '77MB'")
    with desk._line.connect() as session:
        assert session.connection().exec_driver_sql("SHOW work_mem").scalar_one() != "77MB"


def test_a_wrong_password_is_told_as_without_it(crowd: Crowd, bouncer: Bouncer) -> None:
    with pytest.raises(NotAllowedError, match="e-mail address or the password is wrong"):
        crowd.sign_in(bouncer, crowd.asha, "a guess")
