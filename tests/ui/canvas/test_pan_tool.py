"""Moving the pages under the window."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QNativeGestureEvent, QPointingDevice
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QPinchGesture

from tests.ui.canvas.conftest import Desk, key


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


def test_two_fingers_zoom_and_move_the_pages_and_draw_nothing(desk: Desk) -> None:
    view, fingers = desk.view, QTest.createTouchDevice()
    view.set_tool("pen")
    viewport, zoom = view.viewport(), view.zoom

    def touch(first: QPoint, second: QPoint | None, *, down: bool = False, up: bool = False) -> None:
        event = QTest.touchEvent(viewport, fingers, False)
        (event.press if down and second is None else event.release if up else event.move)(0, first, viewport)
        if second is not None:
            (event.press if down else event.release if up else event.move)(1, second, viewport)
        event.commit()

    touch(QPoint(300, 300), None, down=True)
    touch(QPoint(300, 320), None)
    assert view.gesturing, "one finger draws"
    touch(QPoint(300, 320), QPoint(400, 320), down=True)
    for step in range(1, 8):
        touch(QPoint(300 - 10 * step, 320), QPoint(400 + 10 * step, 320))
    assert view.zoom > 1.5 * zoom
    assert not view.gesturing
    middle, zoomed = view.mapToScene(QPoint(350, 320)), view.zoom
    for step in range(1, 8):
        touch(QPoint(230, 320 - 10 * step), QPoint(470, 320 - 10 * step))
    assert view.zoom == pytest.approx(zoomed, rel=0.01)
    assert (view.mapFromScene(middle) - QPoint(350, 250)).manhattanLength() <= 6, "what is between them goes along"
    touch(QPoint(230, 250), QPoint(470, 250), up=True)
    assert desk.ink == []


def test_slow_fingers_move_the_pages_by_less_than_a_pixel_at_a_time(desk: Desk) -> None:
    view = desk.view
    view.zoom_by(1.5)
    view.pan(0, -300)
    before = view.verticalScrollBar().value()
    pinch = QPinchGesture()
    pinch.setScaleFactor(1.0)
    for step in range(60):
        pinch.setLastCenterPoint(QPointF(300, 300 - 0.3 * step))
        pinch.setCenterPoint(QPointF(300, 300 - 0.3 * (step + 1)))
        view._on_pinch(pinch)
    assert view.verticalScrollBar().value() - before == pytest.approx(18, abs=1)


def test_a_pinch_on_a_touchpad_zooms_about_the_pointer(desk: Desk) -> None:
    view, pad = desk.view, QPointingDevice.primaryPointingDevice()
    at, zoom = QPointF(300, 300), view.zoom
    under = view.mapToScene(at.toPoint())
    event = QNativeGestureEvent(
        Qt.NativeGestureType.ZoomNativeGesture, pad, 2, at, at, view.viewport().mapToGlobal(at), 0.25, QPointF()
    )
    QApplication.sendEvent(view.viewport(), event)
    assert view.zoom == pytest.approx(1.25 * zoom)
    assert (view.mapFromScene(under) - at.toPoint()).manhattanLength() <= 2


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


def test_escape_leads_back_also_from_the_scripts_end(desk: Desk) -> None:
    desk.view.set_tool("pan")
    desk.view.pan(0, -40)
    desk.press(QPoint(300, 200))
    desk.move(QPoint(300, 400))
    assert desk.view.verticalScrollBar().value() == 0
    desk.move(QPoint(300, 390))
    key(desk, Qt.Key.Key_Escape)
    assert desk.view.verticalScrollBar().value() == 40
