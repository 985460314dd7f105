"""A computer that an admin revoked: sends first, wipes then, and lets nobody in any more."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from mv_desktop.core.errors import ServerFaultError
from mv_desktop.domain.identifier import MarkKey
from mv_desktop.domain.marks import GivenMark, MarkState
from mv_desktop.domain.operation import SetMark, SubmitEvaluation
from mv_desktop.offline import revocation
from mv_desktop.offline.desk import Desk
from mv_desktop.offline.revocation import RevokedError
from mv_desktop.offline.sync_services import ServerServices
from mv_desktop.services.computer import computers, restore_computer, revoke_computer
from tests.database.test_desk import Computer

LEFT = {"revoked", "login", "in-use.lock"}
"""What stays of a folder whose work was sent."""


class Killed(BaseException):
    """The program dies here."""


@pytest.fixture
def computer(school, tmp_path):
    made = Computer(school, tmp_path / "vaults")
    yield made
    for desk in made.desks:
        desk.close()


@pytest.fixture
def admin(school):
    return school.person("admin")


def home(computer: Computer) -> Path:
    (folder,) = (path for path in computer.folder.glob("*/*") if path.is_dir())
    return folder


def here(computer: Computer, admin):
    with admin.session() as session:
        (row,) = computers(session, computer.asha.user_id)
    return row


def revoke(computer: Computer, admin) -> None:
    with admin.session() as session:
        row = here(computer, admin)
        revoke_computer(session, computer.asha.user_id, row.computer_id, "Stolen")


def with_pages(desk: Desk, computer: Computer) -> Desk:
    """A page on the computer, one in what was once moved aside, and a mark that is not sent."""
    desk.sync.run()
    for folder in (desk._vault.pages_folder, home(computer) / "kept-20260101T000000Z" / "pages"):
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "x.page").write_bytes(b"sealed")
    (home(computer) / "kept-20260101T000000Z" / "work.db").write_bytes(b"sealed")
    computer.mark(desk)
    return desk


def sent(computer: Computer) -> list[str]:
    return [kind for (kind,) in computer.school.select("SELECT kind FROM applied_operations ORDER BY seq")]


def contents(computer: Computer) -> set[str]:
    return {path.name for path in home(computer).iterdir()}


def test_what_is_pending_arrives_then_all_is_wiped_and_nobody_comes_in(computer, admin):
    desk = with_pages(computer.sign_in(), computer)
    desk.sync.run()
    desk.store.record(computer.script, SetMark(MarkKey(4), GivenMark(MarkState.MARKED, Decimal(2))))
    desk.store.hold_leaving(
        computer.script, SubmitEvaluation({2: Decimal(1)}, Decimal(1)), computer.clock.now() + timedelta(seconds=9)
    )
    revoke(computer, admin)
    result = desk.sync.run()
    assert (result.turned_away, result.code, result.pending) == (True, "revoked", 0)
    assert "administrator has revoked this computer" in result.message
    assert sent(computer) == ["mark.set", "mark.set", "evaluation.submit"]
    desk.close()
    kept = "kept-20260101T000000Z"
    assert contents(computer) == {*LEFT, kept}
    assert [path.name for path in (home(computer) / kept).iterdir()] == ["work.db"]  # it may never have been sent
    row = here(computer, admin)
    assert (row.left_behind, row.wiped_at is not None) == (0, True)
    with pytest.raises(RevokedError):
        computer.sign_in()
    server = computer.profile
    computer.cut()
    with pytest.raises(RevokedError):
        computer.sign_in()
    computer.profile = server
    with admin.session() as session:
        restore_computer(session, row.user_id, row.computer_id, "Found")
    desk = computer.sign_in()
    assert desk.sync.run().pulled == 1
    assert not desk.store.computer.revoked


def test_without_a_network_nothing_is_wiped_and_the_next_sign_in_sends(computer, admin, monkeypatch):
    desk = with_pages(computer.sign_in(), computer)
    desk.sync.run()
    computer.mark(desk)
    revoke(computer, admin)
    greet, engines = ServerServices.meet_computer, []

    def cut_after(*arguments: object) -> bool:
        answer = greet(*arguments)  # type: ignore[arg-type]
        desk._line._profile = replace(desk._line._profile, port=1)
        engines.append(desk._line._engine)
        desk._line._engine = None
        return answer

    monkeypatch.setattr(ServerServices, "meet_computer", cut_after)
    result = desk.sync.run()
    monkeypatch.undo()
    engines[0].dispose()
    assert (result.turned_away, result.code, result.pending) == (True, "revoked", 1)
    desk.close()
    assert {"work.db", "key.json", "pages"} <= contents(computer)
    server = computer.profile
    computer.cut()
    with pytest.raises(RevokedError, match="sent when you sign in"):
        computer.sign_in()
    computer.profile = server
    with pytest.raises(RevokedError):
        computer.sign_in()
    assert sent(computer) == ["mark.set"] * 2
    assert not {"work.db", "key.json", "pages"} & contents(computer)
    assert here(computer, admin).left_behind == 0


def test_what_the_server_will_not_take_stays_encrypted_and_goes_later(computer, admin, monkeypatch):
    desk = with_pages(computer.sign_in(), computer)
    desk.sync.run()
    computer.mark(desk)
    revoke(computer, admin)
    (home(computer) / "work-before-1.db").write_bytes(b"what an older program left")

    def fail(*_: object) -> None:
        raise ServerFaultError("XX000")

    monkeypatch.setattr(ServerServices, "apply_operations", fail)
    assert "mv-desktop offline export" in desk.sync.run().message
    desk.close()
    monkeypatch.undo()
    assert {"work.db", "key.json"} <= contents(computer)
    assert not {"pages", "work-before-1.db"} & contents(computer)
    assert here(computer, admin).left_behind == 1
    with pytest.raises(RevokedError):
        computer.sign_in()
    assert sent(computer) == ["mark.set"] * 2
    assert "work.db" not in contents(computer)
    assert here(computer, admin).left_behind == 0


def test_a_closed_account_sends_and_wipes_too(computer, admin):
    desk = with_pages(computer.sign_in(), computer)
    desk.sync.run()
    desk.close()
    revoke(computer, admin)
    desk = computer.sign_in()
    computer.mark(desk)
    computer.school.execute("UPDATE users SET is_active = false WHERE user_id = %s", computer.asha.user_id)
    assert desk.sync.run().turned_away
    desk.close()
    assert sent(computer) == ["mark.set"] * 2
    assert "work.db" not in contents(computer)


@pytest.mark.parametrize("step", range(1, 8))
def test_killed_at_any_step_it_is_ended_at_the_next_sign_in(computer, admin, monkeypatch, step):
    desk = with_pages(computer.sign_in(), computer)
    desk.sync.run()
    computer.mark(desk)
    revoke(computer, admin)
    desk.sync.run()
    steps = 0

    def dying(do: Callable[..., None]) -> Callable[..., None]:
        def act(*arguments: object, **more: object) -> None:
            nonlocal steps
            steps += 1
            if steps >= step:
                raise Killed
            do(*arguments, **more)

        return act

    monkeypatch.setattr(revocation, "mark", dying(revocation.mark))
    monkeypatch.setattr(Path, "unlink", dying(Path.unlink))
    monkeypatch.setattr(shutil, "rmtree", dying(shutil.rmtree))
    with pytest.raises(Killed):
        desk.close()
    monkeypatch.undo()
    with pytest.raises(RevokedError):
        computer.sign_in()
    assert contents(computer) == {*LEFT, "kept-20260101T000000Z"}
    assert sent(computer) == ["mark.set"] * 2
    assert here(computer, admin).left_behind == 0


def test_somebody_else_who_signs_in_ends_it_without_her_password(computer, admin, monkeypatch):
    desk = with_pages(computer.sign_in(), computer)
    desk.sync.run()
    revoke(computer, admin)
    desk.sync.run()

    def die(*_: object, **__: object) -> None:
        raise Killed

    monkeypatch.setattr(shutil, "rmtree", die)
    with pytest.raises(Killed):
        desk.close()
    monkeypatch.undo()
    left = home(computer)
    revocation.finish_wipes(computer.folder, computer.profile.name)
    assert {path.name for path in left.iterdir()} == {*LEFT, "kept-20260101T000000Z"}


def test_a_mark_that_cannot_be_read_still_keeps_everybody_out(computer):
    computer.been_here()
    (home(computer) / "revoked").write_bytes(b"\0")
    server = computer.profile
    computer.cut()
    with pytest.raises(RevokedError):
        computer.sign_in()
    computer.profile = server
    desk = computer.sign_in()  # the server knows better
    desk.sync.run()
    assert not desk.store.computer.revoked
