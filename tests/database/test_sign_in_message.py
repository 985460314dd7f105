"""What a person is told whom the server does not let in, each tried against the real one."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from mv_desktop.core.clock import SystemClock
from mv_desktop.core.errors import ClosedAccountError, NotAllowedError, OfflineError, SchemaError, SetupError, UserError
from mv_desktop.core.ids import id_source
from mv_desktop.demo.port import free_port
from mv_desktop.offline import desk as desk_module
from mv_desktop.offline.desk import Desk, open_desk
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


def test_a_server_that_is_too_old_is_told(door: Door) -> None:
    door.school.execute("ALTER FUNCTION api.sign_in(text, int) RENAME TO sign_in_later")
    told = door.refusal()
    assert isinstance(told, SchemaError)
    assert told.message == "The server's database is too old for this program."
