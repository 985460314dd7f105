"""A script is marked a second time: by keys, by mouse, without a network, and when it is hers no more."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC
from decimal import Decimal
from pathlib import Path

import pytest
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication, QToolButton
from pytestqt.qtbot import QtBot

from mv_desktop.core.errors import InvalidError, OfflineError
from mv_desktop.core.ids import id_source
from mv_desktop.domain.identifier import MarkKey
from mv_desktop.domain.marks import MarkState
from mv_desktop.domain.second import SecondMark, draft_json
from mv_desktop.offline import meta
from mv_desktop.offline.second_draft import SecondDrafts
from mv_desktop.ui.canvas.image_cache import ImageCache
from mv_desktop.ui.marking.sheet.mark_field import MarkField
from mv_desktop.ui.marking.sheet.scheme_step import StepRow
from mv_desktop.ui.second.screen import SecondScreen
from mv_desktop.ui.tasks import Tasks
from tests.factories.local import NOW, open_store
from tests.fakes import hand
from tests.fakes.clock import FakeClock
from tests.fakes.messages import KeptMessages
from tests.fakes.second_place import ONE, TWO, FakeSecondPlace

HALF = Decimal("0.5")


class Teacher:
    """Somebody at the screen, on her real file."""

    def __init__(self, qtbot: QtBot, tasks: Tasks, folder: Path) -> None:
        self.qtbot, self.tasks, self.folder, self.clock = qtbot, tasks, folder, FakeClock(NOW)
        self.errors: list[Exception] = []
        tasks.error.connect(self.errors.append)
        self.images = ImageCache(tasks=tasks)
        self.store = open_store(folder, self.clock)
        self.drafts = SecondDrafts(self.store._vault, id_source(self.clock))
        self.place, self.messages = FakeSecondPlace(self.drafts), KeptMessages()
        self.open_screen()

    def open_screen(self) -> None:
        self.screen = SecondScreen(
            *(self.place, self.tasks, self.images, id_source(self.clock), self.clock, UTC, self.messages)
        )
        self.qtbot.addWidget(self.screen)
        self.screen.resize(1290, 700)
        with self.qtbot.waitExposed(self.screen):
            self.screen.show()
        self.settle()

    def start_anew(self, *, crashed: bool) -> None:
        """The program ends, well or not, and is started again."""
        if not crashed:
            self.screen.end()
            self.settle()
        self.screen.shutdown()
        self.screen.hide()
        self.store._vault.close()
        self.store = open_store(self.folder, self.clock)
        self.drafts = self.place.drafts = SecondDrafts(self.store._vault, id_source(self.clock))
        self.open_screen()

    def settle(self) -> None:
        self.qtbot.waitUntil(lambda: not self.tasks.busy)

    def press(self, *keys: str) -> None:
        for key in keys:
            self.screen.activateWindow()
            self.qtbot.waitUntil(self.screen.isActiveWindow)
            hand.press(key)
            self.settle()

    def click(self, name: str) -> None:
        (button,) = (one for one in self.screen.findChildren(QAbstractButton) if one.isVisible() and one.text() == name)
        QTest.mouseClick(button, hand.LEFT)
        self.settle()

    def double_click(self, row: int) -> None:
        table = self.screen._list
        for click in (QTest.mouseClick, QTest.mouseDClick):
            click(table.viewport(), hand.LEFT, pos=table.visualRect(table.model().index(row, 0)).center())
        self.settle()

    def begin(self) -> None:
        """Mark the first of the list."""
        self.press("Return")
        assert self.screen.bench.marking_id == ONE

    def mark_all(self) -> None:
        """2 of 2, ½ of 3 for the first side, nothing of the second, 5 of 5."""
        self.press("F", "Tab", "H", "N", "U", "F")

    def listed(self) -> list[str]:
        return [" | ".join(cell.text for cell in row.cells) for row in self.screen._list.rows]

    def marks(self) -> dict[MarkKey, Decimal | None]:
        session = self.screen.bench.session
        assert session is not None
        return {key: session.script.given_mark(key).marks for key in session.keys}

    def end(self) -> None:
        self.place.gate.set()
        self.screen.shutdown()
        self.settle()
        self.images.shutdown()
        self.store._vault.close()
        assert self.errors == []


@pytest.fixture
def teacher(qtbot: QtBot, tasks: Tasks, tmp_path: Path) -> Iterator[Teacher]:
    made = Teacher(qtbot, tasks, tmp_path)
    yield made
    made.end()


HANDED = (
    SecondMark(MarkKey(2), Decimal(2)),
    SecondMark(MarkKey(3, "a"), HALF),
    SecondMark(MarkKey(4), Decimal(5), "a clear proof"),
)


def test_by_keys_alone_a_script_is_marked_and_handed_in_and_nothing_of_it_is_left(teacher):
    screen, bench = teacher.screen, teacher.screen.bench
    assert teacher.listed() == [
        "Class XII · Board exam, paper 2 | 3 | today 06:00 | new",
        "Class XII · Pre-board, paper 1 | 3 | today 06:00 | new",
    ]
    assert screen._list.hasFocus()
    teacher.begin()
    assert bench.session is not None
    assert all(page.here for page in bench.session.view.pages)
    assert (bench.told, bench.session.script.ink, bench.session.flags) == ("", {}, ())
    teacher.press("Ctrl+Return")
    assert bench.panel.told == "Not marked yet, or with marks that are not possible: 2–4."
    teacher.press("Return")
    assert bench.session.current == MarkKey(2)
    assert isinstance(QApplication.focusWidget(), MarkField)
    teacher.press("Esc")
    teacher.mark_all()
    teacher.press("Shift+M")
    hand.type_text("a clear proof")
    teacher.press("Esc", "C")
    hand.type_text("page 2 is faint")
    teacher.settle()
    assert teacher.drafts.all()[0].comment == "page 2 is faint"
    teacher.press("Return")
    assert teacher.place.handed == {}, "who ends a word with Enter has not handed in"
    teacher.press("Esc", "Ctrl+Return")
    assert bench.panel.told.startswith("Every question has a mark. 7½ of 10 marks.")
    teacher.press("Ctrl+Return")
    assert teacher.place.handed == {ONE: (HANDED, "page 2 is faint")}
    assert teacher.messages.said == ["Handed in. Thank you."]
    assert (teacher.drafts.all(), screen.marking) == ((), False)
    assert teacher.listed() == ["Class XII · Pre-board, paper 1 | 3 | today 06:00 | new"]
    teacher.press("Return", "B")
    hand.type_text("I know this hand")
    teacher.press("Return")
    assert teacher.place.declined == {TWO: "I know this hand"}
    assert screen._empty.title == "Nothing to mark a second time"
    assert screen._empty.isAncestorOf(QApplication.focusWidget()) or screen._empty.hasFocus()
    with teacher.qtbot.waitSignal(screen.back_requested):
        teacher.press("Esc")


def test_a_key_that_is_held_hands_nothing_in_and_gives_once(teacher):
    bench = teacher.screen.bench
    teacher.begin()
    hand.hold_key("N")
    assert bench.session.script.given_mark(MarkKey(2)).state is MarkState.NOT_ATTEMPTED
    teacher.mark_all()
    hand.hold_key("Ctrl+Return")
    assert bench.panel.asking
    assert teacher.place.handed == {}
    teacher.press("Ctrl+Return")
    assert ONE in teacher.place.handed


def test_by_mouse_alone_too(teacher):
    screen = teacher.screen
    assert not screen._kept.isVisible()
    teacher.double_click(1)
    assert screen.bench.marking_id == TWO
    sheet = screen.bench._sheet
    for key in screen.bench.session.keys:
        place = sheet._list.visualRect(sheet._model.index_of(key)).center()
        QTest.mouseClick(sheet._list.viewport(), hand.LEFT, pos=place)
        assert sheet._panel.text  # which lays it out
        (step,) = (row for row in sheet._panel.findChildren(StepRow) if not row.isHidden())
        QTest.mouseClick(step.findChild(QToolButton), hand.LEFT)
        teacher.settle()
    teacher.click("Back")
    assert not screen.marking
    assert "begun on this computer" in teacher.listed()[1]
    assert screen._kept.toPlainText().splitlines()[0] == "Question 2: 2"
    teacher.double_click(1)
    teacher.click("Check and hand in")
    teacher.click("Go on marking")
    teacher.click("Check and hand in")
    teacher.click("Hand in")
    assert [mark.marks for mark in teacher.place.handed[TWO][0]] == [2, 3, 5]


@pytest.mark.parametrize("crashed", [True, False])
def test_what_was_typed_is_there_again_when_the_program_was_ended_or_crashed(teacher, crashed):
    teacher.begin()
    teacher.mark_all()
    teacher.press("Ctrl+Z", "M")
    hand.type_text("3.5")
    if crashed:
        teacher.press("Return")  # what still stands in the field when it crashes was not taken yet
    before = {MarkKey(2): Decimal(2), MarkKey(3, "a"): HALF, MarkKey(3, "b"): None, MarkKey(4): Decimal("3.5")}
    teacher.start_anew(crashed=crashed)
    assert "begun on this computer" in teacher.listed()[0]
    teacher.begin()
    assert teacher.marks() == before
    session = teacher.screen.bench.session
    assert session.script.given_mark(MarkKey(3, "b")).state is MarkState.NOT_ATTEMPTED


def test_without_a_network_nothing_is_handed_in_and_nothing_is_lost(teacher):
    teacher.begin()
    teacher.mark_all()
    teacher.place.reachable = False
    teacher.press("Ctrl+Return", "Return")
    panel = teacher.screen.bench.panel
    assert panel.told == "The server does not answer. Try again later. What you marked is kept on this computer."
    teacher.press("Esc", "Esc")
    assert teacher.screen.told.startswith("The server does not answer.")
    assert len(teacher.listed()) == 2, "what is known stays"
    teacher.press("Return")
    assert teacher.screen.told.startswith("The server does not answer.")
    teacher.start_anew(crashed=False)
    assert teacher.listed() == ["Class XII · Board exam, paper 2 |  |  | begun on this computer"]
    assert teacher.screen._kept.toPlainText().splitlines()[-1] == "Question 4: 5"
    assert not teacher.screen.actions_by_id["second.put_away"].isEnabled()

    teacher.place.reachable = True
    teacher.press("F5")
    teacher.begin()
    teacher.place.answers = False  # it arrives, and the answer is lost
    teacher.press("Ctrl+Return", "Return")
    assert (len(teacher.place.handed), len(teacher.drafts.all())) == (1, 1)
    teacher.place.answers = True
    teacher.press("Return")
    assert teacher.messages.said == ["Handed in. Thank you."]
    assert teacher.drafts.all() == ()


def test_while_it_is_sent_nothing_is_changed_and_it_stays_where_it_is(teacher):
    teacher.begin()
    teacher.mark_all()
    teacher.place.gate.clear()
    screen = teacher.screen
    hand.press("Ctrl+Return")
    hand.press("Return")
    assert screen.bench.panel.told == "Being sent …"
    hand.press("F", screen.bench._views.active)
    screen.show_look(replace(teacher.place.look(), waiting=()))
    assert screen.marking, "it may have arrived already: only the answer tells"
    teacher.place.gate.set()
    teacher.settle()
    assert [mark.marks for mark in teacher.place.handed[ONE][0]] == [2, HALF, 5]
    assert teacher.messages.told == []


def test_taken_back_while_she_marks_it_is_put_aside_and_can_be_read(teacher):
    teacher.begin()
    teacher.press("F")
    teacher.place.hers.remove(ONE)
    teacher.screen.refresh()
    teacher.settle()
    words = "This second marking is not with you any more. What you typed is kept, and can be read here."
    assert [error.message for error in teacher.messages.told] == [words]
    assert teacher.listed()[1] == "Class XII · Board exam, paper 2 |  |  | not with you any more"
    teacher.press("Down")
    assert teacher.screen._kept.toPlainText() == "Question 2: 2"
    assert not teacher.screen.actions_by_id["second.open"].isEnabled()
    # given to her again, she goes on where she was
    teacher.place.hers.insert(0, ONE)
    teacher.press("F5", "Home")
    teacher.begin()
    assert teacher.marks()[MarkKey(2)] == 2


def test_handed_in_elsewhere_meanwhile_the_draft_here_is_put_aside_until_she_puts_it_away(teacher):
    teacher.begin()
    teacher.mark_all()
    teacher.place.hers.remove(ONE)
    teacher.press("Ctrl+Return", "Return")
    assert len(teacher.messages.told) == 1
    assert not teacher.screen.marking
    assert [draft.gone for draft in teacher.drafts.all()] == [True]
    teacher.press("Down")
    teacher.click("Put away")
    assert teacher.drafts.all() == ()
    assert len(teacher.listed()) == 1


def test_a_page_that_does_not_come_can_be_tried_again_and_a_damaged_one_says_so(teacher):
    teacher.place.bad_page = OfflineError("The store does not answer.")
    teacher.begin()
    bench = teacher.screen.bench
    assert bench.told == "The store does not answer."
    teacher.place.bad_page = InvalidError("The file is damaged.")
    teacher.click("Try again")
    assert [(page.here, page.problem) for page in bench.session.view.pages] == [
        (False, "The file is damaged."),
        (True, ""),
    ]
    assert bench.told == ""


def test_a_draft_of_a_newer_program_is_said_to_be_kept_and_the_marking_waits_for_that_program(teacher):
    teacher.begin()
    teacher.press("F", "Esc")
    (draft,) = teacher.drafts.all()
    newer = draft_json(draft).replace('"draft": 1', '"draft": 2')
    with teacher.store._vault.transaction() as db:
        meta.write(db, f"second_marking:{ONE}", newer)
    teacher.press("F5")
    assert teacher.screen.told == (
        "What you typed for 1 marking was written by a newer version of the program; it is kept for that one."
    )
    teacher.press("Return")
    assert "Update this program." in teacher.screen.told
    with teacher.store._vault.reading() as db:
        assert meta.read(db, f"second_marking:{ONE}") == newer


def test_in_a_narrow_window_there_is_room_to_write_a_reason(teacher):
    teacher.begin()
    panel = teacher.screen.bench.panel
    teacher.press("B")
    assert panel._stay.y() < panel._line.geometry().bottom(), "beside it"
    teacher.screen.resize(600, 384)
    teacher.settle()
    teacher.qtbot.waitUntil(lambda: panel._stay.y() > panel._line.geometry().bottom())
    assert panel._line.width() > panel.width() / 2
