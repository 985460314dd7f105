"""Coming in: by the server the first time, by one's own file afterwards, and who is turned away."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import uuid4

import psycopg
import pytest

from mv_desktop.core.clock import SystemClock
from mv_desktop.core.errors import NotAllowedError, OfflineError
from mv_desktop.core.ids import id_source
from mv_desktop.demo.network import Proxy
from mv_desktop.demo.port import free_port
from mv_desktop.domain.identifier import MarkKey, UserId
from mv_desktop.domain.marks import GivenMark, MarkState
from mv_desktop.domain.operation import SetMark
from mv_desktop.offline.desk import Desk, open_desk
from mv_desktop.offline.disk import DamagedError
from mv_desktop.offline.former_password import FormerPassword, FormerPasswordError
from mv_desktop.offline.home import people_with_work
from mv_desktop.offline.store import LocalStore
from mv_desktop.offline.term import OFFLINE_FOR
from mv_desktop.offline.vault import InUseError
from mv_desktop.services.contact import answers
from mv_desktop.services.database import open_session
from mv_desktop.services.profile import profile_from_url
from mv_desktop.services.staff import provision_login, reset_password, scram_verifier
from tests.factories.marking import PASSWORD, QUICK, School
from tests.fakes.clock import FakeClock

LOGINS = "SELECT count(*) FROM audit_logs WHERE event_type = 'user.login'"


class Computer:
    """A teacher's computer, with or without a network."""

    def __init__(self, school: School, folder: Path) -> None:
        self.school, self.folder = school, folder
        self.asha = school.person()
        self.script = school.script(self.asha)
        self.clock = FakeClock(SystemClock().now())
        self.profile = profile_from_url(self.asha.url)
        self.desks: list[Desk] = []

    def cut(self) -> None:
        """Take the network away."""
        self.profile = replace(self.profile, port=free_port())

    def sign_in(self, password: str = PASSWORD, former: FormerPassword | None = None) -> Desk:
        ids, email = id_source(self.clock), self.asha.email.upper()
        desk = open_desk(self.profile, email, password, self.folder, self.clock, ids, former=former)
        self.desks.append(desk)
        return desk

    def been_here(self) -> None:
        """Signed in once, fetched her scripts, and left."""
        desk = self.sign_in()
        assert desk.sync.run().pulled == 1
        desk.close()

    def mark(self, desk: Desk) -> None:
        desk.store.record(self.script, SetMark(MarkKey(2), GivenMark(MarkState.MARKED, Decimal(1))))

    def set_password(self, password: str) -> None:
        with open_session(self.school.engine) as session:
            provision_login(session, self.asha.user_id, scram_verifier(password, iterations=QUICK))

    @property
    def waiting(self) -> int:
        """How many people may have work here that was not sent, as told without a password."""
        return people_with_work(self.folder, self.profile.name)

    def logins(self) -> int:
        ((count,),) = self.school.select(LOGINS)
        return int(count)


def say_in_file(desk: Desk, **values: Any) -> None:
    """Let her file say something else of her than the server did."""
    profile = desk.store.profile()
    assert profile is not None
    desk.store.contacted(replace(profile, **values))


def days_from(day: date) -> Iterator[date]:
    while True:
        yield day
        day += timedelta(days=1)


@pytest.fixture
def computer(school: School, tmp_path: Path) -> Iterator[Computer]:
    made = Computer(school, tmp_path / "vaults")
    yield made
    for desk in made.desks:
        desk.close()


def test_the_first_time_the_server_lets_her_in_and_afterwards_her_file(computer: Computer) -> None:
    computer.been_here()
    assert computer.logins() == 1
    desk = computer.sign_in()
    assert computer.logins() == 1  # nobody was asked yet
    assert desk.person.email == computer.asha.email
    assert [row.evaluation_id for row in desk.store.queue(computer.clock.now())] == [computer.script]
    first = desk.sync.run()
    assert (first.online, first.code, first.turned_away) == (True, "", False)
    assert desk.sync.run().online
    assert computer.logins() == 2  # once a sign-in, not once a contact


def test_without_a_network_she_comes_in_and_marks_and_it_is_sent_later(computer: Computer) -> None:
    computer.been_here()
    home = computer.profile
    assert computer.waiting == 0
    computer.cut()
    assert (answers(home), answers(computer.profile)) == (True, False)
    desk = computer.sign_in()
    assert computer.waiting == 1  # a crash from here on leaves it so
    computer.mark(desk)
    assert not desk.sync.run().online
    desk.close()
    assert computer.waiting == 1
    computer.profile = home
    desk = computer.sign_in()
    assert desk.sync.run().pushed == 1
    desk.close()
    assert computer.waiting == 0
    assert computer.school.select("SELECT verdict FROM applied_operations") == [("applied",)]


def test_two_people_on_one_computer_have_a_file_each_and_see_nothing_of_the_other(computer: Computer) -> None:
    computer.been_here()
    first = computer.sign_in()
    computer.mark(first)
    first.close()
    priya = computer.school.person()
    clock, where = computer.clock, computer.folder
    second = open_desk(computer.profile, priya.email, PASSWORD, where, clock, id_source(clock))
    computer.desks.append(second)
    second.sync.run()
    assert second.store.queue(clock.now()) == ()
    assert (second.store.status().pending, second.archive.rows("", 10)) == (0, ())
    assert second._vault.home != first._vault.home
    assert second._vault.page_key != first._vault.page_key
    assert computer.waiting == 2
    second.close()
    assert computer.waiting == 1  # of the first one
    assert computer.sign_in().store.status().pending == 1


def test_who_was_never_here_needs_the_server(computer: Computer) -> None:
    computer.cut()
    with pytest.raises(OfflineError, match="does not answer"):
        computer.sign_in()


def test_a_wrong_password_is_told_with_and_without_a_network(computer: Computer) -> None:
    computer.been_here()
    with pytest.raises(NotAllowedError, match="e-mail address or the password is wrong"):
        computer.sign_in("guess")
    computer.cut()
    with pytest.raises(NotAllowedError, match="not the password that this computer knows"):
        computer.sign_in("guess")
    assert computer.sign_in().person.email == computer.asha.email


def test_after_two_weeks_without_a_word_the_server_must_confirm(computer: Computer) -> None:
    computer.been_here()
    home = computer.profile
    computer.cut()
    computer.clock.advance(OFFLINE_FOR.total_seconds())
    computer.sign_in().close()
    computer.clock.advance(timedelta(hours=1).total_seconds())
    with pytest.raises(OfflineError, match="after 14 days it has to confirm"):
        computer.sign_in()
    computer.profile = home
    computer.sign_in()
    assert computer.logins() == 2


def test_a_clock_that_is_set_back_makes_the_two_weeks_no_longer(computer: Computer) -> None:
    computer.been_here()
    home, began = computer.profile, computer.clock.now()
    computer.cut()
    computer.clock.set_wall(began - timedelta(days=30))
    desk = computer.sign_in()  # by itself a wrong clock keeps nobody out
    computer.clock.advance(OFFLINE_FOR.total_seconds() - 60)
    desk.close()  # all that time counts, though the clock says that she was never away
    computer.clock.set_wall(began - timedelta(days=30))
    desk = computer.sign_in()
    computer.clock.advance(120)
    desk.close()
    computer.clock.set_wall(began)
    with pytest.raises(OfflineError, match="clock has already shown a later day"):
        computer.sign_in()
    computer.profile = home
    computer.sign_in().close()  # and the server's word begins it anew, by the clock as it is
    computer.cut()
    computer.clock.advance(OFFLINE_FOR.total_seconds() - 60)
    computer.sign_in().close()


def test_a_start_at_which_the_clock_was_too_far_on_counts(computer: Computer) -> None:
    computer.been_here()
    computer.cut()
    began = computer.clock.now()
    computer.clock.set_wall(began + OFFLINE_FOR + timedelta(hours=1))
    with pytest.raises(OfflineError, match="after 14 days it has to confirm"):
        computer.sign_in()
    computer.clock.set_wall(began)
    with pytest.raises(OfflineError, match="clock has already shown a later day"):
        computer.sign_in()


def test_a_password_that_was_changed_elsewhere_turns_the_old_one_away(computer: Computer) -> None:
    computer.been_here()
    computer.set_password("another horse")
    old = computer.sign_in()
    result = old.sync.run()
    assert result.turned_away
    assert "password is wrong" in result.message
    old.close()
    with pytest.raises(NotAllowedError, match="password is wrong"):
        computer.sign_in()  # the file alone does not let her in any more
    computer.sign_in("another horse", FormerPassword(PASSWORD))
    assert computer.logins() == 2


def test_after_a_reset_the_former_password_brings_back_what_was_not_sent(computer: Computer) -> None:
    computer.been_here()
    desk = computer.sign_in()
    computer.mark(desk)
    desk.close()
    admin = computer.school.person("admin")
    with admin.session() as session:
        reset_password(session, computer.asha.user_id, scram_verifier("given-to-her", iterations=QUICK), "forgotten")
    for answer in (None, FormerPassword("guess")):
        with pytest.raises(FormerPasswordError) as told:
            computer.sign_in("given-to-her", answer)
        assert told.value.wrong is (answer is not None)
        assert computer.waiting == 1
    home = computer.profile
    computer.cut()
    with pytest.raises(NotAllowedError, match="not the password that this computer knows"):
        computer.sign_in("given-to-her", FormerPassword(PASSWORD))  # the server has to confirm her first
    computer.profile = home
    desk = computer.sign_in("given-to-her", FormerPassword(PASSWORD))
    assert (desk.person.must_change_password, desk.store.status().pending, desk.notice) == (True, 1, "")
    desk.change_password("given-to-her", NEW)
    assert desk.sync.run().pushed == 1
    desk.close()
    assert passwords_that_open(computer) == {NEW}


def test_a_closed_account_is_turned_away_and_its_work_is_kept(computer: Computer) -> None:
    computer.been_here()
    desk = computer.sign_in()
    computer.mark(desk)
    computer.school.execute("UPDATE users SET is_active = false WHERE user_id = %s", computer.asha.user_id)
    result = desk.sync.run()
    assert (result.turned_away, result.code) == (True, "closed_account")
    assert result.pending == 0
    assert {verdict for (verdict,) in computer.school.select("SELECT verdict FROM applied_operations")} == {"kept"}
    desk.close()
    with pytest.raises(NotAllowedError):
        computer.sign_in()
    computer.cut()
    with pytest.raises(OfflineError):
        computer.sign_in()


def test_a_damaged_file_is_moved_aside_only_when_the_server_has_confirmed_her(computer: Computer) -> None:
    computer.been_here()
    (file,) = computer.folder.glob("*/*/work.db")
    damaged = bytearray(file.read_bytes())
    damaged[len(damaged) // 2] ^= 0xFF
    file.write_bytes(damaged)
    home = computer.profile
    computer.cut()
    with pytest.raises(DamagedError):
        computer.sign_in()
    assert file.read_bytes() == bytes(damaged)
    computer.profile = home
    assert "damaged" in computer.sign_in().notice


def test_a_file_that_says_nothing_of_her_asks_the_server(computer: Computer, monkeypatch: pytest.MonkeyPatch) -> None:
    computer.been_here()
    (login,) = computer.folder.glob("*/*/login")
    login.write_bytes(b"\xff")
    computer.sign_in().close()
    assert computer.logins() == 2
    assert login.read_text().startswith("mv_")
    (login.parent.parent / "no-person").mkdir()
    (login.parent.parent / "no-person" / "login").write_text(login.read_text())
    desk = computer.sign_in()
    say_in_file(desk, working_hours={"start": "noon"})
    desk.close()
    computer.sign_in().close()
    assert computer.logins() == 3
    monkeypatch.setattr(LocalStore, "profile", lambda _: None)
    computer.sign_in()
    assert computer.logins() == 4


def test_a_second_window_is_told_that_the_file_is_open(computer: Computer) -> None:
    computer.been_here()
    computer.sign_in()
    with pytest.raises(InUseError):
        computer.sign_in()


def test_what_the_server_says_anew_replaces_what_the_file_said(computer: Computer) -> None:
    computer.been_here()
    desk = computer.sign_in()
    before = desk.calendar
    same = desk.sync.run().person
    assert same is not None
    assert not desk.heard(same)
    assert desk.calendar is before
    day = next(day for day in days_from(date(2027, 3, 1)) if before.is_working_day(day))
    computer.school.execute("INSERT INTO holidays (holiday_date, holiday_name) VALUES (%s, 'Flood')", day)
    told = desk.sync.run().person
    assert told is not None
    assert desk.heard(told)
    assert not desk.calendar.is_working_day(day)
    good = desk.calendar
    assert desk.heard(replace(told, working_hours={"start": "noon"}))
    assert desk.calendar is good


def test_a_file_that_belongs_to_another_account_of_the_server_is_not_mixed_with_it(computer: Computer) -> None:
    computer.been_here()
    desk = computer.sign_in()
    say_in_file(desk, user_id=UserId(uuid4()))
    computer.mark(desk)
    result = desk.sync.run()
    assert result.turned_away
    assert "another account" in result.message
    assert result.pending == 1


# -- her own password -----------------------------------------------------------------------------------------

NEW = "quite another 9"


def passwords_that_open(computer: Computer) -> set[str]:
    """Which of the two passwords lets her in without a network."""
    home = computer.profile
    computer.cut()
    found = set()
    for password in (PASSWORD, NEW):
        try:
            computer.sign_in(password).close()
        except NotAllowedError:
            continue
        found.add(password)
    computer.profile = home
    return found


def test_a_password_that_was_given_to_her_is_changed_before_she_begins(computer: Computer) -> None:
    admin = computer.school.person("admin")
    with admin.session() as session:
        reset_password(session, computer.asha.user_id, scram_verifier("given-to-her", iterations=QUICK), "new here")
    desk = computer.sign_in("given-to-her")
    assert desk.person.must_change_password
    desk.close()
    desk = computer.sign_in("given-to-her")  # her file alone does not let her in
    assert desk.person.must_change_password
    assert computer.logins() == 2
    desk.change_password("given-to-her", NEW)
    assert not desk.person.must_change_password
    assert desk.sync.run().pulled == 1
    desk.close()
    computer.cut()
    assert not computer.sign_in(NEW).person.must_change_password


def test_her_new_password_holds_here_and_there_and_the_work_under_way_goes_on(computer: Computer) -> None:
    computer.been_here()
    desk = computer.sign_in()
    assert desk.sync.run().online
    computer.mark(desk)
    desk.change_password(PASSWORD, NEW)
    assert not desk.password_in_doubt
    assert desk.sync.run().pushed == 1
    desk.close()
    assert passwords_that_open(computer) == {NEW}
    assert computer.sign_in(NEW).sync.run().online


def test_a_wrong_old_password_or_no_network_changes_nothing(computer: Computer) -> None:
    computer.been_here()
    desk = computer.sign_in()
    with pytest.raises(NotAllowedError, match="The old password is wrong"):
        desk.change_password("guess", NEW)
    desk.close()
    home = computer.profile
    computer.cut()
    desk = computer.sign_in()
    with pytest.raises(OfflineError):
        desk.change_password(PASSWORD, NEW)
    assert not desk.password_in_doubt
    desk.close()
    computer.profile = home
    assert passwords_that_open(computer) == {PASSWORD}
    assert computer.sign_in().sync.run().online


@pytest.fixture
def shaky(computer: Computer) -> Iterator[Proxy]:
    proxy = Proxy(computer.profile.port)
    computer.profile = replace(computer.profile, port=proxy.port)
    yield proxy
    proxy.close()


def lost_on_the_way(computer: Computer, shaky: Proxy, desk: Desk) -> None:
    """The connection ends while the server is busy with the change."""
    failures: list[Exception] = []

    def change() -> None:
        try:
            desk.change_password(PASSWORD, NEW)
        except OfflineError as error:
            failures.append(error)

    waiting = "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND query LIKE '%change_password%'"
    with psycopg.connect(computer.school.database.owner_url) as holder:
        holder.execute("LOCK TABLE audit_logs")
        changing = threading.Thread(target=change)
        changing.start()
        with psycopg.connect(computer.school.database.superuser_url, autocommit=True) as watch:
            assert any(watch.execute(waiting).fetchone() == (1,) for _ in range(20_000)), "it never came to the lock"
        shaky.cut()
        changing.join(30)
        holder.rollback()
    assert len(failures) == 1
    assert desk.password_in_doubt


@pytest.mark.parametrize("taken", [True, False])
def test_a_change_whose_answer_was_lost_is_settled_at_the_next_contact(
    computer: Computer, shaky: Proxy, taken: bool
) -> None:
    computer.been_here()
    desk = computer.sign_in()
    lost_on_the_way(computer, shaky, desk)
    shaky.mend()
    if taken:
        computer.set_password(NEW)
    assert desk.sync.run().online
    assert not desk.password_in_doubt
    desk.close()
    assert passwords_that_open(computer) == ({NEW} if taken else {PASSWORD})


@pytest.mark.parametrize("taken", [True, False])
def test_or_at_the_next_sign_in(computer: Computer, shaky: Proxy, taken: bool) -> None:
    computer.been_here()
    desk = computer.sign_in()
    lost_on_the_way(computer, shaky, desk)
    desk.close()
    assert passwords_that_open(computer) == {PASSWORD, NEW}
    shaky.mend()
    if taken:
        computer.set_password(NEW)
    desk = computer.sign_in(NEW if taken else PASSWORD)
    assert desk.sync.run().online
    desk.close()
    assert passwords_that_open(computer) == ({NEW} if taken else {PASSWORD})
