"""The mark sheet in a window of its own: keys, places, and monitors that come and go."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest
from PySide6.QtCore import QByteArray
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QHBoxLayout, QSplitter, QWidget
from pytestqt.qtbot import QtBot

from mv_desktop.domain.identifier import MarkKey, PageRef
from mv_desktop.ui.marking.sheet.sheet_window import SheetWindow, monitor_set
from tests.fakes import hand
from tests.ui.marking.conftest import Marker
from tests.ui.marking.sheet_bench import Q2


class Monitors:
    """Which monitors there are."""

    def __init__(self) -> None:
        self.name = "one and two"

    def __call__(self, without: object = None) -> str:
        return "one" if without is not None else self.name


class Bench:
    """A screen of three parts, whose last can be let out."""

    def __init__(self, qtbot: QtBot, monitors: Monitors) -> None:
        self.screen = QWidget()
        qtbot.addWidget(self.screen)
        self.splitter = QSplitter(self.screen)
        QHBoxLayout(self.screen).addWidget(self.splitter)
        self.parts = [QWidget() for _ in range(3)]
        for part in self.parts:
            part.setMinimumSize(50, 50)
            self.splitter.addWidget(part)
        self.window = SheetWindow(self.screen, self.splitter, self.parts[2], monitors)
        self.screen.resize(900, 400)


@pytest.fixture
def monitors() -> Monitors:
    return Monitors()


@pytest.fixture
def bench(qtbot: QtBot, monitors: Monitors) -> Iterator[Bench]:
    made = Bench(qtbot, monitors)
    made.screen.show()
    yield made
    made.window.hide()


def test_it_goes_out_and_comes_back_to_its_place(bench: Bench) -> None:
    bench.splitter.setSizes([100, 500, 200])
    sizes = bench.splitter.sizes()
    bench.window.toggle()
    assert bench.window.isVisible()
    assert bench.parts[2].window() is bench.window
    assert bench.splitter.count() == 2
    bench.window.toggle()
    assert not bench.window.isVisible()
    assert bench.splitter.widget(2) is bench.parts[2]
    assert bench.parts[2].isVisible()
    assert bench.splitter.sizes() == sizes


def test_closing_its_window_puts_it_back(bench: Bench) -> None:
    bench.window.let_out()
    bench.window.close()
    assert not bench.window.out
    assert bench.splitter.widget(2) is bench.parts[2]


def test_it_is_shown_and_hidden_with_its_screen(bench: Bench) -> None:
    bench.window.let_out()
    bench.screen.hide()
    assert not bench.window.isVisible()
    assert bench.window.out
    bench.screen.show()
    assert bench.window.isVisible()


def test_at_the_next_start_it_is_where_it_was(bench: Bench, qtbot: QtBot, monitors: Monitors) -> None:
    bench.window.let_out()
    bench.window.setGeometry(120, 60, 333, 250)
    state = bench.window.save_state()
    later = Bench(qtbot, monitors)
    later.window.restore_state(state)
    assert later.window.out
    assert not later.window.isVisible()  # before its screen is
    later.screen.show()
    assert later.window.isVisible()
    assert later.window.geometry() == bench.window.geometry()
    later.window.take_back()
    assert later.splitter.count() == 3


def test_without_the_monitor_it_begins_inside_and_with_it_outside_again(
    bench: Bench, qtbot: QtBot, monitors: Monitors
) -> None:
    bench.window.let_out()
    bench.window.setGeometry(120, 60, 333, 250)
    state = bench.window.save_state()
    monitors.name = "one"
    later = Bench(qtbot, monitors)
    later.window.restore_state(state)
    assert not later.window.out
    state = later.window.save_state()
    monitors.name = "one and two"
    last = Bench(qtbot, monitors)
    last.window.restore_state(state)
    assert last.window.out
    assert last.window.width() == 333


def test_a_monitor_that_is_taken_away_brings_it_inside_until_it_is_back(bench: Bench, monitors: Monitors) -> None:
    bench.window.let_out()
    app = QGuiApplication.instance()
    assert isinstance(app, QGuiApplication)
    screen = app.primaryScreen()
    app.screenRemoved.emit(screen)
    assert not bench.window.out
    assert bench.splitter.count() == 3
    app.screenAdded.emit(screen)
    assert bench.window.out


@pytest.mark.parametrize(
    "kept", [b"", b"{}", b"[1]", b'{"divided": "!", "sheet": 3}', b'{"divided": "", "sheet": {"one": 1}}']
)
def test_what_cannot_be_read_changes_nothing(bench: Bench, kept: bytes) -> None:
    bench.window.restore_state(QByteArray(kept))
    assert not bench.window.out
    assert bench.splitter.count() == 3


def test_what_an_older_program_kept_still_divides_the_screen(bench: Bench, qtbot: QtBot, monitors: Monitors) -> None:
    bench.splitter.setSizes([100, 500, 200])
    older = bench.splitter.saveState()
    later = Bench(qtbot, monitors)
    later.screen.show()
    later.window.restore_state(older)
    assert later.splitter.sizes() == bench.splitter.sizes()


def test_monitors_are_named_by_how_they_stand() -> None:
    (screen,) = QGuiApplication.screens()
    assert screen.name() in monitor_set() or str(screen.geometry().width()) in monitor_set()
    assert monitor_set(screen) == ""


# -- with the screen ----------------------------------------------------------------------------------------


def out(marker: Marker) -> SheetWindow:
    marker.open()
    hand.press("Ctrl+Shift+M", marker.screen.view)
    window = marker.screen._sheet_window
    assert window.isVisible()
    return window


def test_keys_work_in_it(marker: Marker) -> None:
    window = out(marker)
    window.activateWindow()
    marker.qtbot.waitUntil(window.isActiveWindow)
    marker.screen._sheet._list.setFocus()
    QTest.keyClick(marker.screen._sheet._list, "F")
    assert marker.marks(Q2) == 2
    hand.press("Ctrl+Shift+M", marker.screen._sheet._list)
    assert not window.out
    marker.qtbot.waitUntil(marker.screen.isActiveWindow)
    QTest.keyClick(marker.screen.view, "0")
    assert marker.marks(Q2) == 0


def test_the_mark_field_and_the_pages_give_each_other_the_keyboard(marker: Marker) -> None:
    window = out(marker)
    hand.press("M", marker.screen.view)
    marker.qtbot.waitUntil(window.isActiveWindow)
    assert marker.screen._sheet._field.hasFocus()
    hand.press("Escape")
    marker.qtbot.waitUntil(marker.screen.isActiveWindow)
    assert marker.screen.view.hasFocus()


def test_the_state_of_the_screen_tells_where_the_sheet_is(marker: Marker) -> None:
    out(marker)
    state = json.loads(bytes(marker.screen.save_state().data()))
    assert state["sheet"][monitor_set()]["out"] is True
    assert marker.screen._sheet_window.accessibleName() == "Mark sheet"


@pytest.mark.parametrize("ends", ["Enter", "Escape"])
def test_a_question_that_is_asked_for_in_it_is_typed_into_the_field_and_leads_back_to_the_mark(
    marker: Marker, ends: str
) -> None:
    out(marker)
    sheet = marker.screen._sheet
    hand.press("M", marker.screen.view)
    marker.qtbot.waitUntil(sheet._field.hasFocus)
    hand.press("G")
    asking = marker.screen._top._asking.field
    marker.qtbot.waitUntil(asking.hasFocus)
    hand.type_text("4")
    hand.press(ends)
    marker.qtbot.waitUntil(sheet._field.hasFocus)
    hand.type_text("1")
    hand.press("Enter")
    assert marker.marks(MarkKey(4) if ends == "Enter" else Q2) == 1
    assert marker.session.script.ink == {}, "no digit stamps"


def test_the_questions_of_a_page_are_typed_into_the_field_from_it_too(marker: Marker) -> None:
    out(marker)
    sheet = marker.screen._sheet
    hand.press("M", marker.screen.view)
    marker.qtbot.waitUntil(sheet._field.hasFocus)
    hand.press("Q")
    marker.qtbot.waitUntil(marker.screen._top._asking.field.hasFocus)
    hand.type_text("2, 4")
    hand.press("Enter")
    marker.qtbot.waitUntil(sheet._field.hasFocus)
    assert marker.session.script.tags == {PageRef(1): (2, 4)}


def test_who_marks_by_keys_goes_on_in_the_mark_when_the_sheet_goes_out_and_comes_back(marker: Marker) -> None:
    marker.open()
    field, window = marker.screen._sheet._field, marker.screen._sheet_window
    hand.press("M", marker.screen.view)
    hand.press("Ctrl+Shift+M", field)
    marker.qtbot.waitUntil(window.isActiveWindow)
    assert field.hasFocus()
    hand.type_text("1")
    window.close()
    marker.qtbot.waitUntil(marker.screen.isActiveWindow)
    assert field.hasFocus()
    assert marker.marks(Q2) == 1
    hand.press("Ctrl+Shift+M", field)
    marker.qtbot.waitUntil(window.isActiveWindow)
    window._monitors = lambda _without=None: "another set"
    window._on_app_screenRemoved(marker.screen.screen())
    marker.qtbot.waitUntil(marker.screen.isActiveWindow)
    assert field.hasFocus()
    assert not window.isVisible()
