"""Moving the pages under the window."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QPoint, Qt
from PySide6.QtTest import QTest

from tests.ui.canvas.conftest import Desk


def test_space_and_drag_pans_and_gives_the_tool_back(desk: Desk) -> None:
    desk.view.set_stamp("tick")
    QTest.keyPress(desk.view, Qt.Key.Key_Space)
    desk.drag(QPoint(300, 300), QPoint(300, 120))
    assert desk.view.verticalScrollBar().value() == 180
    QTest.keyRelease(desk.view, Qt.Key.Key_Space)
    assert desk.ink == []
    desk.click(QPoint(300, 300))
    assert len(desk.ink) == 1


def test_the_middle_button_pans_and_escape_takes_it_back(desk: Desk) -> None:
    desk.press(QPoint(300, 300), button=Qt.MouseButton.MiddleButton)
    desk.move(QPoint(300, 200))
    assert desk.view.verticalScrollBar().value() == 100
    assert desk.view.cancel()
    assert desk.view.verticalScrollBar().value() == 0


def test_the_pan_tool_pans(desk: Desk) -> None:
    desk.view.set_tool("pan")
    assert desk.view.tool_name == "pan"
    desk.drag(QPoint(300, 300), QPoint(300, 250))
    assert desk.view.verticalScrollBar().value() == 50


def test_a_tool_can_be_taken_while_the_pages_are_moved(desk: Desk) -> None:
    desk.press(QPoint(300, 300), button=Qt.MouseButton.MiddleButton)
    desk.move(QPoint(300, 200))
    desk.view.set_tool("pen")
    desk.move(QPoint(300, 150))
    desk.mouse(QEvent.Type.MouseButtonRelease, QPoint(300, 150), Qt.MouseButton.MiddleButton)
    desk.hover(QPoint(300, 100))
    assert desk.view.verticalScrollBar().value() == 150
    assert desk.ink == []
