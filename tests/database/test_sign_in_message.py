"""What a person is told whom the server does not let in, each tried against the real one."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from mv_desktop.core.clock import SystemClock
from mv_desktop.core.errors import (
    ClosedAccountError,
    NotAllowedError,
    OfflineError,
    OutdatedError,
    SchemaError,
    SetupError,
    UserError,
)
from mv_desktop.core.ids import id_source
from mv_desktop.demo.port import free_port
from mv_desktop.domain.identifier import MarkKey
from mv_desktop.domain.marks import GivenMark, MarkState
from mv_desktop.domain.operation import OpenEvaluation, SetMark
from mv_desktop.domain.program import Outdated
from mv_desktop.domain.setting_entry import ProgramDraft
from mv_desktop.offline import desk as desk_module
from mv_desktop.offline import sync_services
from mv_desktop.offline.desk import Desk, open_desk
from mv_desktop.offline.office.setting import Settings
from mv_desktop.services.profile import profile_from_url
from mv_desktop.services.staff import deactivate_person, lock_person, unlock_person
from tests.factories.marking import PASSWORD, School


class Door:
    """A teacher on a computer where nobody has worked yet."""

    def __init__(self, school: School, folder: Path) -> None:
        self.school, self.folder, self.clock = school, folder, SystemClock()
        self.asha, self.admin = school.person(), school.person("admin")
        self.profile = profile_from_url(self.asha.url)
        self.desks: list[Desk] = []

    def sign_in(self, password: str = PASSWORD, email: str = "", **profile: object) -> None:
        where = replace(self.profile, **profile)  # type: ignore[arg-type]
        ids = id_source(self.clock)
        self.desks.append(open_desk(where, email or self.asha.email, password, self.folder, self.clock, ids))

    def refusal(self, **how: object) -> UserError:
        with pytest.raises(UserError) as raised:
            self.sign_in(**how)  # type: ignore[arg-type]
        assert PASSWORD not in str(raised.value)
        assert self.asha.email not in str(raised.value)
        return raised.value


@pytest.fixture
def door(school: School, tmp_path: Path) -> Iterator[Door]:
    made = Door(school, tmp_path / "vaults")
    yield made
    for desk in made.desks:
        desk.close()


def test_a_wrong_address_and_a_wrong_password_are_told_in_the_same_words(door: Door) -> None:
    wrong, stranger = door.refusal(password="a guess"), door.refusal(email="nobody@example.org")
    assert type(wrong) is NotAllowedError
    assert (type(stranger), str(stranger)) == (type(wrong), str(wrong))
    assert wrong.message == "The e-mail address or the password is wrong."


def test_a_locked_account_is_told_to_whom_the_password_belongs_only(door: Door) -> None:
    with door.admin.session() as session:
        lock_person(session, door.asha.user_id, "on leave")
    told = door.refusal()
    assert type(told) is ClosedAccountError
    assert (told.message, told.remedy) == ("This account is locked.", "Ask your administrator to unlock it.")
    assert door.refusal(password="a guess").message == "The e-mail address or the password is wrong."
    with door.admin.session() as session:
        unlock_person(session, door.asha.user_id, "back")
    door.sign_in()


def test_a_closed_account_is_told(door: Door) -> None:
    with door.admin.session() as session:
        deactivate_person(session, door.asha.user_id, "left the school")
    told = door.refusal()
    assert type(told) is ClosedAccountError
    assert told.message == "Your account is closed."


@pytest.mark.parametrize(("where", "kind", "said"), [
    ({"host": "no-such-server.invalid"}, OfflineError, "There is no server of that name"),
    ({"port": free_port()}, OfflineError, "The server does not answer."),
    ({"database": "nowhere"}, SetupError, "The server has no such database."),
    ({"sslmode": "require"}, SetupError, "The server does not encrypt the connection"),
])  # fmt: skip
def test_a_server_that_is_not_there_or_not_the_right_one(door: Door, where, kind, said) -> None:
    told = door.refusal(**where)
    assert isinstance(told, kind)
    assert told.message.startswith(said)
    assert told.remedy


def test_a_program_that_is_too_old_is_told_and_loses_nothing(door: Door, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(desk_module, "OPERATION_SCHEMA", 0)
    told = door.refusal()
    assert isinstance(told, SchemaError)
    assert told.message == "This program is too old for the server."
    assert "stays on this computer" in told.kept


def test_a_program_below_the_smallest_version_sends_and_reads_and_is_given_nothing_new(
    door: Door, monkeypatch: pytest.MonkeyPatch
) -> None:
    def program(version: str) -> None:
        monkeypatch.setattr(desk_module, "__version__", version)
        monkeypatch.setattr(sync_services, "__version__", version)

    settings = Settings(door.admin.session)
    opened = settings.open("minimum_program")
    assert isinstance(opened.draft, ProgramDraft)
    today = door.clock.now().astimezone(ZoneInfo("Asia/Kolkata")).date()
    soon = replace(opened.draft, version="0.1", starts=today + timedelta(days=1), english="Ask Ravi.", hindi="रवि।")
    settings.save(opened, soon, "it loses ink")
    script = door.school.script(door.asha)
    program("0.0.9")
    door.sign_in()
    (desk,) = door.desks
    assert (desk.sync.run().code, desk.store.status().pending) == ("", 0)  # until the day it is only told
    assert desk.person.outdated == Outdated("0.1", today + timedelta(days=1), False, "Ask Ravi.", "रवि।")
    desk.store.record(script, OpenEvaluation())
    desk.store.record(script, SetMark(MarkKey(2), GivenMark(MarkState.MARKED, Decimal(1))))
    opened = settings.open("minimum_program")
    settings.save(opened, replace(soon, starts=today), "now")
    other = door.school.script(door.asha)
    result = desk.sync.run()
    assert (result.code, result.pushed, result.pending, result.pulled) == ("outdated", 2, 0, 0)
    assert result.message.endswith("what is here can be read. Ask Ravi.")
    assert desk.heard(result.person)
    assert desk.person.shut_out
    assert desk.store.open_script(script) is not None
    desk.store.turned_away()  # the next time the server is asked before her file is opened
    desk.close()
    door.desks.clear()
    door.sign_in()
    assert door.desks[0].person.shut_out
    assert [row.evaluation_id for row in door.desks[0].store.queue(door.clock.now())] == [script]
    told = door.refusal(email=door.admin.email)  # who has no file here has nothing to read
    assert isinstance(told, OutdatedError)
    assert (told.kept, told.remedy, told.hindi) == ("", "Ask Ravi.", "रवि।")
    door.desks.pop().close()
    program("0.1")
    door.sign_in()
    assert door.desks[0].person.outdated is None
    assert (door.desks[0].sync.run().code, len(door.desks[0].store.queue(door.clock.now()))) == ("", 2)
    assert other in {row.evaluation_id for row in door.desks[0].store.queue(door.clock.now())}


def test_a_server_that_is_too_old_is_told(door: Door) -> None:
    door.school.execute("ALTER FUNCTION api.sign_in(text, int) RENAME TO sign_in_later")
    told = door.refusal()
    assert isinstance(told, SchemaError)
    assert told.message == "The server's database is too old for this program."
