"""What the record says of a question, by keys: its use, its versions, and others that are nearly the same."""

from __future__ import annotations

from dataclasses import replace
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
from PySide6.QtCore import QBuffer, QIODevice
from PySide6.QtGui import QColor, QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel

from mv_desktop.core.errors import OfflineError
from mv_desktop.domain.question_version import QuestionVersion
from mv_desktop.ui.admin.question import QuestionSubject
from mv_desktop.ui.admin.record_alike import Alike, AlikeBox
from mv_desktop.ui.admin.record_screen import RecordScreen
from mv_desktop.ui.admin.use_window import UseWindow
from mv_desktop.ui.admin.version_window import VersionWindow
from mv_desktop.ui.canvas.picture_dialog import PictureDialog
from mv_desktop.ui.canvas.picture_strip import PictureStrip
from mv_desktop.ui.widgets.math_label import MathLabel
from tests.fakes import hand
from tests.fakes.clock import FakeClock
from tests.fakes.history_place import NOT_USED, FakeHistory
from tests.fakes.messages import KeptMessages
from tests.fakes.picture_place import FakePictures
from tests.fakes.plan_place import FakeDrafts
from tests.fakes.question_place import NOW, FakeQuestions

FIRST = UUID(int=1)
ZONE = ZoneInfo("Asia/Kolkata")


class Desk:
    def __init__(self, qtbot, tasks) -> None:
        self.qtbot, self.tasks, self.place, self.messages = qtbot, tasks, FakeQuestions(), KeptMessages()
        self.history = FakeHistory(self.place)
        subject = QuestionSubject(self.place, lambda: UUID(int=999), history=self.history, zone=ZONE)
        self.screen = RecordScreen(subject, FakeDrafts(), tasks, FakeClock(NOW), ZONE, self.messages)
        qtbot.addWidget(self.screen)
        self.screen.resize(1290, 800)
        with qtbot.waitExposed(self.screen):
            self.screen.show()
        self.settle()

    def settle(self) -> None:
        calm = self.screen.alike
        self.qtbot.waitUntil(lambda: not (self.tasks.busy or calm.busy) and self.screen.settled, timeout=10_000)

    def press(self, key: str) -> None:
        self.screen.activateWindow()
        self.qtbot.waitUntil(self.screen.isActiveWindow)
        hand.press(key, self.screen.focusWidget())
        self.settle()

    def window(self):
        return self.screen.windows.window


@pytest.fixture
def desk(qtbot, tasks) -> Desk:
    return Desk(qtbot, tasks)


def test_its_use_is_shown_with_what_the_numbers_mean(desk: Desk) -> None:
    desk.press("U")
    window = desk.window()
    assert isinstance(window, UseWindow)
    assert window.facts.text().splitlines() == [
        "Exams that had it: 1,200, of 900 students.",
        "Mean: 0.42 of 1 marks, from 1,040 students.",
        "Facility: 0.50 · Discrimination: 0.17",
    ]
    assert window.judged.text.splitlines() == [
        "It hardly tells stronger students from weaker ones.",
        "Stronger students take A rather than the right choice: look at the key.",
        "Hardly anybody takes C.",
    ]
    rows = [[cell.text for cell in row.cells] for row in window.choices.rows]
    assert rows == [["A", "30", "50 %", "90 %"], ["B", "20", "33 %", "50 %"], ["C", "1", "2 %", "10 %"],
                    ["none", "9", "15 %", "20 %"]]  # fmt: skip
    assert [row.cells[0].icon for row in window.choices.rows] == ["", "check", "", ""]
    assert [row.cells[0].text for row in window.versions.rows] == ["2", "1"]
    assert [row.cells[0].text for row in window.templates.rows] == ["Board exam", "Unit practice"]
    window.reject()
    desk.history.used = NOT_USED
    desk.press("U")
    assert (desk.window().facts.text(), desk.window().judged.text) == ("No exam had this question.", "")
    desk.window().reject()
    desk.history.problem = OfflineError("The server cannot be reached.")
    desk.press("U")
    assert desk.window().judged.text == "The server cannot be reached."
    desk.window().reject()


def test_versions_stand_side_by_side_and_an_old_one_is_put_back(desk: Desk) -> None:
    desk.press("Shift+H")
    window = desk.window()
    assert isinstance(window, VersionWindow)
    assert window.told.text == "They differ in: Question, Marking scheme, Topic."
    assert (window.older.currentText(), window.newer.currentText()) == (
        "Version 1, until 2026-07-15 10:00", "Version 2, as it is now",
    )  # fmt: skip
    heads = [label.text() for label in window.findChildren(QLabel) if label.text().startswith("≠")]
    assert heads == ["≠ Question", "≠ Marking scheme", "≠ Topic"]
    written = [label.accessibleName() for label in window.findChildren(QLabel) if "[-" in label.accessibleName()]
    assert written == ["Find $x_{1}$.[- Old.-]", "[-2-]: [-all of-] it", "[-Before-]"]
    shown = [label.text for label in window.findChildren(MathLabel)]
    assert "Find $x_{1}$. Old." in shown
    assert "Find $x_{1}$." in shown
    count = len(window.findChildren(QLabel))
    window.only.click()
    assert len(window.findChildren(QLabel)) < count
    window.older.setCurrentIndex(0)
    window.older.activated.emit(0)
    desk.settle()
    assert (window.told.text, window.back.isEnabled()) == ("Both are the same.", False)
    window.older.setCurrentIndex(1)
    window.older.activated.emit(1)
    desk.settle()
    window.back.click()
    desk.settle()
    form = desk.screen.panel.form
    assert form.typed["question_text"] == "Find $x_{1}$. Old."
    assert (form.typed["steps"], form.typed["topic"], form.differs) == ("2: all of it", "Before", True)
    assert desk.screen.panel.note == "These are the values of then. They hold once you save them."


def test_a_version_is_put_back_and_archived_by_keys_while_the_server_comes_and_goes(desk: Desk) -> None:
    screen, form, before = desk.screen, desk.screen.panel.form, desk.place.bank[FIRST]
    desk.history.problem = OfflineError("The server cannot be reached.")
    desk.press("Shift+H")
    window = desk.window()
    assert (window.told.text, window.back.isEnabled()) == ("The server cannot be reached.", False)
    hand.press("Esc", window.focusWidget())
    desk.settle()
    assert not window.isVisible()
    desk.history.problem = None
    desk.press("Shift+H")
    window = desk.window()
    for _ in range(12):
        if window.back.hasFocus():
            break
        hand.press("Tab", window.focusWidget())
    assert window.back.hasFocus()
    hand.press("Space", window.back)
    desk.settle()
    assert form.typed["topic"] == "Before"
    # what was put back is not lost when it cannot be saved
    desk.place.reachable = False
    screen.panel.reason.setFocus()
    QTest.keyClicks(screen.panel.reason, "As it was")
    desk.press("Ctrl+S")
    assert "The server cannot be reached." in str(desk.messages.told), desk.messages.told
    assert (form.typed["topic"], form.differs, screen.panel.reason.text()) == ("Before", True, "As it was")
    assert desk.place.bank[FIRST] == before
    desk.place.reachable = True
    desk.press("Ctrl+S")
    assert (desk.place.bank[FIRST].topic, desk.place.bank[FIRST].version) == ("Before", before.version + 1)
    # archived, by the letter of the state
    state = form.editor("status").control
    state.setFocus()
    QTest.keyClicks(state, "arch")
    assert form.typed["status"] == "archived"
    screen.panel.reason.setFocus()
    QTest.keyClicks(screen.panel.reason, "Old syllabus")
    desk.place.reachable = False
    desk.press("Ctrl+S")
    assert (desk.place.bank[FIRST].status, form.typed["status"]) == ("active", "archived")
    desk.place.reachable = True
    desk.press("Ctrl+S")
    assert desk.place.bank[FIRST].status == "archived"


def test_who_writes_what_is_there_already_is_told_and_led_to_it(desk: Desk) -> None:
    box = desk.screen.alike.box
    assert desk.history.asked == []
    desk.press("N")
    control = desk.screen.panel.form.editor("question_text").control
    control.setFocus()
    QTest.keyClicks(control, "Find $x_{7}$ and more")
    desk.settle()
    assert desk.history.asked == [("Find $x_{7}$ and more", None)]
    assert box.isVisible()
    assert box.texts == ("93 % alike: Find x₇.", "83 % alike: Find x₇₀.")
    other = AlikeBox(desk.screen)
    other.show_alike([Alike("k", "Find (1&2 \\\\ 3&4)", 0.9)], "")
    assert other.texts == ("90 % alike: Find (1&2 \\\\ 3&4)",)
    assert other._buttons[0].shortcut().isEmpty(), "Alt+2 leads elsewhere"
    QTest.keyClicks(control, "!")
    desk.history.problem = OfflineError("The server cannot be reached.")
    desk.settle()
    assert not box.isVisible()
    desk.history.problem = None
    QTest.keyClicks(control, "!")
    desk.settle()
    desk.press("Ctrl+J")
    assert desk.screen.panel.form.typed["question_text"] == "Find $x_{7}$."
    assert not box.isVisible()
    desk.press("N")
    assert desk.screen.panel.form.typed["question_text"] == "Find $x_{7}$ and more!!"  # what was typed is kept
    desk.settle()
    assert box.isVisible()
    box._buttons[1].click()
    desk.settle()
    assert desk.screen.panel.form.typed["question_text"] == "Find $x_{70}$."


def test_pictures_of_versions_are_seen_in_small_and_one_that_is_not_to_be_had_says_why(qtbot, tasks) -> None:
    image = QImage(40, 30, QImage.Format.Format_RGB32)
    image.fill(QColor("#204080"))
    data = QBuffer()
    data.open(QIODevice.OpenModeFlag.WriteOnly)
    image.save(data, "PNG")
    store = FakePictures()
    here = store.store(store.take(bytes(data.data().data())))
    questions = FakeQuestions()
    history = FakeHistory(questions)
    now = replace(questions.bank[FIRST], pictures={"diagram": here, "answer": here, "solution": here})
    old = replace(now, pictures={"diagram": "s3://school/uploads/question_image/gone.png", "answer": here})
    history.versions = lambda _question: (QuestionVersion(2, None, "", now), QuestionVersion(1, NOW, "Priya", old))
    labels = {"pictures": "Pictures"}
    window = VersionWindow(history, FIRST, "x", labels, lambda _: {}, tasks, ZONE, store.look)
    qtbot.addWidget(window)
    window.show()
    qtbot.waitUntil(lambda: not tasks.busy and bool(window.shown))
    strips = window.findChildren(PictureStrip)
    qtbot.waitUntil(lambda: all(strip.complete for strip in strips))
    assert [strip.text.splitlines() for strip in strips] == [
        ["≠ Diagram: This picture is not in the store.", "Picture of the answer"],
        ["≠ Diagram", "Picture of the answer", "≠ Picture of the solution · only on this side"],
    ]
    assert not any("s3://" in label.text() for label in window.findChildren(QLabel))
    strips[1].frames[0].click()
    assert window.findChildren(PictureDialog)
