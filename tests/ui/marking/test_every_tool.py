"""One script marked with every tool: once by the mouse, with the tool box and the strip, once by keys alone."""

from __future__ import annotations

from collections import Counter

import pytest
from PySide6.QtCore import QEvent, QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget

from mv_desktop.domain.annotation.shape import STAMP_NAMES, Stamp
from mv_desktop.domain.identifier import PageRef
from mv_desktop.domain.operation import DeleteAnnotations, OpenEvaluation, PutAnnotations, SeePage
from mv_desktop.ui.actions import KeyMap
from mv_desktop.ui.canvas.tools.table import TOOL_NAMES
from mv_desktop.ui.marking.page.page_list import PageList
from mv_desktop.ui.marking.sheet.sheet_list import SheetList
from tests.fakes import hand
from tests.ui.marking.conftest import Marker

DRAGGED = ("pen", "highlighter", "line", "arrow", "box", "ellipse")
AIDS = ("ruler", "protractor")
USED = {"stamp", "select", "pan", "text", "eraser", *DRAGGED}
EXPECTED = Counter(["stamp"] * len(STAMP_NAMES) + [*DRAGGED, "text"])


def ink(marker: Marker) -> Counter[str]:
    """How much of each kind stands on the script."""
    return Counter(placed.annotation.type for placed in marker.session.script.ink.values())


def touch(button: object) -> None:
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)  # type: ignore[call-overload]


def steps(marker: Marker, store) -> int:
    """How many steps were recorded that can be undone."""
    return sum(isinstance(done, PutAnnotations | DeleteAnnotations) for done in store.operations())


def undone_and_redone(marker: Marker, store) -> None:
    """Everything is taken back step by step by the key, and done again."""
    marker.saved()
    number, end = steps(marker, store), dict(marker.session.script.ink)
    for _ in range(number):
        hand.press("Ctrl+Z", marker.screen.view)
    assert marker.session.script.ink == {}
    assert marker.session.script.total == 0
    for _ in range(number):
        hand.press("Ctrl+Shift+Z", marker.screen.view)
    assert marker.session.script.ink == end
    marker.saved()
    assert {type(done) for done in store.operations()} <= {OpenEvaluation, PutAnnotations, DeleteAnnotations, SeePage}


def test_no_tool_is_left_out():
    assert set(TOOL_NAMES) == USED


def test_by_the_mouse(marker, store):
    marker.open()
    view, box = marker.screen.view, marker.screen._box
    for number, stamp in enumerate(STAMP_NAMES):
        touch(marker.screen._strip._stamps[stamp])
        hand.click(view, marker.on(1, 0.1 + 0.1 * number, 0.1))
    assert [placed.annotation.stamp for placed in marker.session.script.ink.values()] == list(STAMP_NAMES)
    for number, tool in enumerate(DRAGGED):
        touch(box._tools[tool])
        assert view.tool_name == tool
        start = marker.on(1, 0.1, 0.2 + 0.05 * number)
        hand.drag(view, start, start + QPoint(60, 8), start + QPoint(120, 12))
    touch(box._tools["text"])
    hand.click(view, marker.on(1, 0.5, 0.2))
    hand.type_text("Sign lost")
    hand.press("Return")
    assert ink(marker) == EXPECTED

    stamp = next(placed for placed in marker.session.script.ink.values() if isinstance(placed.annotation, Stamp))
    touch(box._tools["select"])
    at = marker.on(1, stamp.annotation.x, stamp.annotation.y)
    hand.drag(view, at, at + QPoint(20, 30), at + QPoint(40, 60))
    moved = marker.session.script.ink[stamp.annotation.annotation_id].annotation
    assert (moved.x > stamp.annotation.x, moved.y > stamp.annotation.y) == (True, True)

    touch(box._tools["pan"])
    before = view.verticalScrollBar().value()
    middle = view.viewport().rect().center()
    hand.drag(view, middle, middle - QPoint(0, 40), middle - QPoint(0, 80))
    assert view.verticalScrollBar().value() == before + 80

    touch(box._tools["eraser"])
    hand.click(view, marker.on(1, moved.x, moved.y))
    assert ink(marker)["stamp"] == len(STAMP_NAMES) - 1
    for aid in AIDS:
        touch(box._aids[aid])
        touch(box._aids[aid])
    undone_and_redone(marker, store)


def test_by_the_keyboard(marker, store):
    marker.open()
    view = marker.screen.view
    view.setFocus()
    for number, stamp in enumerate(STAMP_NAMES, 1):
        hand.press("Right", view)
        hand.press(str(number), view)
        assert list(marker.session.script.ink.values())[-1].annotation.stamp == stamp
    for key, tool in zip("PYLAXO", DRAGGED, strict=True):
        hand.press(key, view)
        assert view.tool_name == tool
        hand.press("Down", view)
        hand.press("Return", view)
        for step in ("Right", "Right", "Down"):
            hand.press(step, view)
        hand.press("Return", view)
    hand.press("T", view)
    hand.press("Return", view)
    hand.type_text("Sign lost")
    hand.press("Return")
    assert ink(marker) == EXPECTED

    view.setFocus()
    hand.press("V", view)
    hand.press("Ctrl+A", view)
    assert len(view.selected) == sum(EXPECTED.values())
    hand.press("Ctrl+D", view)
    assert ink(marker) == EXPECTED + EXPECTED
    hand.press("Del", view)
    assert ink(marker) == EXPECTED
    hand.press("Ctrl+A", view)
    before = dict(marker.session.script.ink)
    hand.press("Right", view)
    QTest.keyRelease(view, Qt.Key.Key_Right)
    assert all(after != before[name] for name, after in marker.session.script.ink.items())
    hand.press("Escape", view)

    hand.press("1", view)  # at the pen point, where it is erased again
    there = ink(marker)
    hand.press("E", view)
    hand.press("Return", view)
    hand.press("Return", view)
    assert view.tool_name == "eraser"
    assert ink(marker)["stamp"] < there["stamp"]
    pan(marker)
    undone_and_redone(marker, store)


def pan(marker: Marker) -> None:
    """The space bar, held, takes the pages in hand."""
    view = marker.screen.view
    before = view.verticalScrollBar().value()
    QTest.keyPress(view, Qt.Key.Key_Space)
    middle = view.viewport().rect().center()
    hand.drag(view, middle, middle - QPoint(0, 40), middle - QPoint(0, 80))
    QTest.keyRelease(view, Qt.Key.Key_Space)
    assert view.verticalScrollBar().value() == before + 80


@pytest.mark.parametrize("part", [SheetList, PageList])
def test_space_moves_the_pages_after_a_click_elsewhere(marker, part):
    marker.open()
    view = marker.screen.view
    view.set_stamp("tick")
    (rows,) = marker.screen.findChildren(part)
    place = rows.visualRect(rows.model().index(0, 0)).center()
    QTest.mouseClick(rows.viewport(), Qt.MouseButton.LeftButton, pos=QPoint(30, place.y()))
    marker.qtbot.waitUntil(rows.hasFocus)
    before, middle = view.verticalScrollBar().value(), view.viewport().rect().center()
    QTest.keyPress(rows, Qt.Key.Key_Space)
    hand.drag(view, middle, middle - QPoint(0, 40), middle - QPoint(0, 80))
    assert view.verticalScrollBar().value() == before + 80
    QTest.keyRelease(QApplication.focusWidget(), Qt.Key.Key_Space)
    assert ink(marker) == Counter()
    hand.click(view, middle)
    assert ink(marker) == Counter(["stamp"])


def test_space_moves_the_pages_from_the_sheets_own_window_and_is_let_go_in_another(marker):
    marker.open()
    view, other = marker.screen.view, QWidget()
    marker.qtbot.addWidget(other)
    view.set_stamp("tick")
    marker.screen.actions_by_id["marking.sheet_window"].trigger()
    (rows,) = marker.screen._sheet.findChildren(SheetList)
    before, middle = view.verticalScrollBar().value(), view.viewport().rect().center()

    def hold_space() -> None:
        rows.window().activateWindow()
        rows.setFocus()
        marker.qtbot.waitUntil(rows.hasFocus)
        QTest.keyPress(rows, Qt.Key.Key_Space)

    hold_space()
    marker.screen.activateWindow()
    view.setFocus()
    marker.qtbot.waitUntil(view.hasFocus)
    hand.drag(view, middle, middle - QPoint(0, 40), middle - QPoint(0, 80))
    assert view.verticalScrollBar().value() == before + 80
    QTest.keyRelease(view, Qt.Key.Key_Space)
    hold_space()
    other.show()
    other.activateWindow()
    marker.qtbot.waitUntil(other.isActiveWindow)
    hand.click(view, middle)
    assert ink(marker) == Counter(["stamp"]), "the key was lifted in another window"


@pytest.mark.parametrize("aid", AIDS)
def test_an_aid_by_its_key_leaves_nothing_on_the_script(marker, store, aid):
    marker.open()
    marker.screen.actions_by_id[f"marking.{aid}"].trigger()
    for key in ("Right", "Down"):
        hand.press(key, marker.screen.view)
    marker.screen.actions_by_id[f"marking.{aid}"].trigger()
    QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)
    assert ink(marker) == Counter()
    assert marker.session.script.ink_on(PageRef(1)) == 0
    assert store.operations() == []


def test_del_deletes_nothing_once_another_key_does(marker):
    marker.open()
    marker.screen.set_keys(KeyMap({"marking.delete": ["F8"]}))
    view = marker.screen.view
    view.setFocus()
    hand.press("1", view)
    hand.press("V", view)
    hand.press("Ctrl+A", view)
    for key in ("Del", "Backspace"):
        hand.press(key, view)
    assert ink(marker) == Counter(["stamp"])
    hand.press("F8", view)
    assert ink(marker) == Counter()
