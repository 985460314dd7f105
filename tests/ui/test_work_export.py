"""Writing unsent work into a file, from the Sync page and by a key."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import pytest
from PySide6.QtWidgets import QFileDialog, QLineEdit

from mv_desktop.offline.export import Exported
from mv_desktop.offline.work_file import unpacked
from mv_desktop.ui.shell.work_export import default_name
from mv_desktop.ui.sync.export_part import written_text
from mv_desktop.ui.sync.state import SyncState
from tests.factories.local import NOW
from tests.fakes import hand
from tests.ui.test_workspace import ONE, School, school

__all__ = ["school"]


def unsent(school: School) -> None:
    """A mark on this computer only, the program at the marking of its script."""
    school.arrived()
    school.server.reachable = False
    school.open(ONE)
    hand.press("F", school.work.marking.view)
    school.settled()
    school.work.driver.now()
    school.settled()
    school.until(lambda: school.work.driver.state.pending > 0)


def dialog(school: School) -> QFileDialog:
    school.until(lambda: bool(school.window.findChildren(QFileDialog)))
    (shown,) = school.window.findChildren(QFileDialog)
    return shown


def save(school: School, target: Path) -> None:
    shown = dialog(school)
    field = shown.findChild(QLineEdit, "fileNameEdit")
    field.setText(str(target))
    hand.press("Return", field)
    school.until(lambda: not school.window.findChildren(QFileDialog))
    school.settled()


def test_with_nothing_unsent_the_button_is_grey_and_says_why(school):
    work = school.arrived()
    export = work.sync.export
    assert not export.button.isEnabled()
    assert export.text == "Nothing is unsent, so there is nothing to export."
    assert export.button.accessibleDescription() == export.text
    assert not school.window._actions["app.export"].isEnabled()


def test_a_key_while_marking_leads_to_the_page_and_the_file_holds_what_was_not_sent(school, tmp_path):
    unsent(school)
    pending = school.work.driver.state.pending
    hand.press("Ctrl+Shift+E", school.work.marking.view)
    assert school.window.place == "sync"
    name = Path(dialog(school).selectedFiles()[0]).name
    assert name.startswith("unsent-")
    assert name.endswith(".mvwork")
    assert name.isascii()
    target = tmp_path / "work.mvwork"
    save(school, target)
    work = unpacked(target.read_bytes())
    assert len(work.operations) == pending
    said = school.work.sync.export.text
    assert f"{pending} changes are in the file work.mvwork, in the folder {tmp_path}." in said
    assert "Give it to your coordinator" in said
    assert "It is not sealed" in said
    assert school.work.driver.state.pending == pending, "it also stays here"
    assert school.work.sync.export.button.isEnabled()


def test_what_cannot_be_written_is_told_and_can_be_tried_again(school, tmp_path):
    unsent(school)
    hand.press("Ctrl+Shift+E", school.work.marking.view)
    shown = dialog(school)
    shown.fileSelected.emit(str(tmp_path / "not-there" / "work.mvwork"))
    school.settled()
    assert str(school.errors.pop()).startswith("There is no folder")
    assert school.work.sync.export.button.isEnabled()
    shown.reject()


def test_who_presses_escape_in_the_dialog_gets_no_file(school):
    unsent(school)
    school.window.place_requested.emit("sync")
    school.work.sync.export.button.click()
    hand.press("Escape", dialog(school))
    school.until(lambda: not school.window.findChildren(QFileDialog))
    assert school.work.sync.export.text.startswith("For a computer that finds no network")


@pytest.mark.parametrize(
    ("email", "name"),
    [
        ("asha.rao@school.example", "unsent-asha-rao-2026-03-02-0905.mvwork"),
        ("आशा@school.example", "unsent-2026-03-02-0905.mvwork"),
    ],
)
def test_the_name_is_one_that_every_disk_can_have(email, name):
    assert default_name(email, datetime(2026, 3, 2, 9, 5, tzinfo=NOW.tzinfo)) == name


def test_what_was_written_is_told_whole():
    done = Exported(Path("/media/stick/a.mvwork"), 1, 0, 1, "abcd")
    first, *rest = written_text(done).splitlines()
    assert first == (
        "1 change is in the file a.mvwork, in the folder /media/stick. "
        "1 of them was damaged on the disk and cannot be brought in."
    )
    assert rest == [
        "Give it to your coordinator, who brings it in; your marks are then kept and taken by hand.",
        "It is sealed: only your school can open it.",
        "Your work also stays on this computer, and is sent when it finds the network.",
    ]
    assert written_text(Exported(None)) == "Everything has reached the server meanwhile; no file was written."


def test_refused_work_can_be_exported_though_all_is_sent(school):
    part = school.arrived().sync.export
    part.show_state(SyncState(refused=1))
    assert part.button.isEnabled()
