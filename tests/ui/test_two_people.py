"""Two people on one computer, one after the other: neither sees anything of the other's."""

from __future__ import annotations

import pytest
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QDialog

from mv_desktop.core.errors import UserError
from mv_desktop.domain.annotation.clipping import MIME_TYPE
from mv_desktop.domain.identifier import PageRef
from tests.fakes import hand
from tests.ui.test_app import House, house

__all__ = ["house"]


def texts(house: House) -> str:
    return " ".join(toast.text for toast in house.application.window.messages.toasts)


def dialogs(house: House) -> list[QDialog]:
    return [box for box in house.application.window.findChildren(QDialog) if box.isVisible()]


def signed_out(house: House) -> None:
    house.application.window.sign_out_requested.emit()
    house.until(lambda: house.application.workspace is None)
    house.settled()


@pytest.fixture
def first(house: House) -> House:
    """Somebody who signed in and opened a script."""
    house.signed_in()
    work = house.application.workspace
    work.open_script(work.queue.rows[0].evaluation_id)
    house.until(lambda: work.marking.session is not None)
    house.settled()
    return house


def test_messages_and_windows_of_the_one_are_gone_before_the_other_comes(first):
    code = first.application.workspace.queue.rows[0].script_code
    messages = first.application.window.messages
    messages.say(f"{code} is submitted.", undo=lambda: None)
    messages.tell(UserError(f"A change on {code} was not taken."))
    first.application.window._open_preferences("password")
    first.application.report(RuntimeError(code))
    assert len(dialogs(first)) == 2
    assert code not in first.crashes[0]._details
    signed_out(first)
    assert texts(first) == ""
    assert dialogs(first) == []
    assert code not in first.application.window.windowTitle()


def test_what_could_not_be_saved_at_the_end_is_told_until_somebody_comes_in(first):
    messages = first.application.window.messages
    close = first.desks[0].sync.push

    def push():
        first.application.tasks.error.emit(UserError("The disk is full."))
        return close()

    first.desks[0].sync.push = push
    signed_out(first)
    assert "The disk is full." in texts(first)
    first.sign_in()
    first.until(lambda: first.application.workspace is not None)
    assert "The disk is full." not in " ".join(toast.text for toast in messages.toasts)


def test_copied_marks_cannot_be_pasted_by_the_other(first):
    marking = first.application.workspace.marking
    stamp = marking.session.place_stamp("tick", PageRef(1), 0.3, 0.2)
    marking.view.select([stamp.annotation_id])
    hand.press("Ctrl+C", marking.view)
    assert QGuiApplication.clipboard().mimeData().hasFormat(MIME_TYPE)
    signed_out(first)
    left = QGuiApplication.clipboard().mimeData()
    assert left is None or not left.formats()


def test_words_from_elsewhere_stay_on_the_clipboard(first):
    QGuiApplication.clipboard().setText("from another program")
    signed_out(first)
    assert QGuiApplication.clipboard().text() == "from another program"
    QGuiApplication.clipboard().clear()


def test_what_the_window_remembers_names_no_script_and_nobody(first):
    work = first.application.workspace
    row = work.queue.rows[0]
    QTest.keyClicks(work.queue._filters.search, row.script_code)
    first.application.window._open_preferences()
    signed_out(first)
    first.application._settings.sync()
    kept = (first.folder / "config" / "settings.ini").read_text(encoding="utf-8")
    assert "sign-in" in kept
    person = first.desks[0].person
    for secret in (row.script_code, row.title, str(row.evaluation_id), person.first_name, person.last_name):
        assert secret not in kept
    log = first.folder / "data" / "logs" / "mv-desktop.log"
    assert not log.exists() or row.script_code not in log.read_text(encoding="utf-8")
