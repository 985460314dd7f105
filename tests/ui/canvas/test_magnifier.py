"""The glass that follows the pointer."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PIL import Image
from PySide6.QtCore import QEvent, QPoint, Qt
from PySide6.QtGui import QColor, QKeyEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from mv_desktop.domain.identifier import PageRef
from mv_desktop.domain.operation import PutAnnotations
from mv_desktop.ui.canvas.image_cache import ImageCache, ImageKey, Level
from mv_desktop.ui.canvas.magnifier import HELD_MS, Magnifier
from mv_desktop.ui.tasks import Tasks
from tests.fakes.picture_source import MemoryPictures, encoded, page_info, stamp_on
from tests.ui.canvas.conftest import Desk


@pytest.fixture
def chequered(qtbot: QtBot, cache: ImageCache, tasks: Tasks) -> Iterator[Desk]:
    """A desk whose page is white but for a red square in its middle."""
    desk = Desk(qtbot, cache, tasks, pages=1)
    picture = Image.new("RGB", (2480, 3508), "white")
    picture.paste((200, 20, 20), (1140, 1654, 1340, 1854))
    source = MemoryPictures()
    source.put(PageRef(1), encoded(picture))
    desk.view.show_script([page_info(1, 2480, 3508)], desk.script, source)
    desk.settle()
    yield desk
    desk.view.shutdown()


@pytest.fixture
def glass(chequered: Desk, cache: ImageCache) -> Iterator[Magnifier]:
    made = Magnifier(chequered.view, cache)
    yield made
    made.take(on=False)


def through(glass: Magnifier, x: float, y: float) -> QColor:
    """What is seen through the glass, as shares of its radius from its middle."""
    picture = glass.grab().toImage()
    middle = glass.width() / 2
    return picture.pixelColor(round(middle * (1 + x)), round(middle * (1 + y)))


def red(color: QColor) -> bool:
    return color.red() - color.green() > 100


def test_it_shows_what_is_under_the_pointer_larger(chequered: Desk, glass: Magnifier) -> None:
    desk = chequered
    assert not glass.isVisible()
    glass.toggle()
    desk.hover(desk.at(1, 0.5, 0.5))
    desk.settle()
    assert glass.isVisible()
    assert red(through(glass, 0, 0))
    reach = 200 / 2 / 2480 * 794 * desk.view.zoom  # half the square, in pixels of the window
    assert red(through(glass, 1.8 * reach / (glass.width() / 2), 0))  # larger than on the page
    assert not red(through(glass, 0.95, 0))
    desk.hover(desk.at(1, 0.3, 0.5))
    assert not red(through(glass, 0, 0))


def test_it_shows_the_full_picture_whatever_the_zoom(chequered: Desk, glass: Magnifier, cache: ImageCache) -> None:
    desk = chequered
    desk.view.fit_page()
    desk.settle()
    sheet = desk.view.sheet
    assert sheet is not None
    full = ImageKey(sheet.album, PageRef(1), Level.FULL)
    assert cache.get(full) is None
    glass.toggle()
    desk.hover(desk.at(1, 0.5, 0.5))
    desk.settle()
    assert cache.get(full) is not None
    glass.grab()
    assert sheet.pages[0].level is not Level.FULL  # the page around it stays as it was
    glass.toggle()
    assert glass not in cache._wishes


def test_marks_are_magnified_too_and_appear_as_they_are_placed(chequered: Desk, glass: Magnifier, qtbot: QtBot) -> None:
    desk = chequered
    glass.toggle()
    at = desk.at(1, 0.3, 0.3)
    desk.hover(at)
    before = glass.grab().toImage()
    desk.apply(PutAnnotations((stamp_on(1, 0.3, 0.3, stamp="circle"),)))
    qtbot.waitUntil(lambda: glass.grab().toImage() != before)


def test_it_lets_the_mouse_through_and_stamps_where_it_points(chequered: Desk, glass: Magnifier) -> None:
    desk = chequered
    desk.view.set_stamp("tick")
    glass.toggle()
    at = desk.at(1, 0.4, 0.3)
    desk.hover(at)
    assert desk.view.childAt(desk.view.viewport().mapTo(desk.view, at)) is desk.view.viewport()
    desk.click(at)
    assert len(desk.ink) == 1


def test_it_follows_the_pen_point_of_the_keyboard(chequered: Desk, glass: Magnifier) -> None:
    desk = chequered
    glass.toggle()
    QTest.keyClick(desk.view, Qt.Key.Key_Right)
    QTest.keyClick(desk.view, Qt.Key.Key_Right)
    first = glass.geometry().center()
    QTest.keyClick(desk.view, Qt.Key.Key_Right)
    assert glass.geometry().center().x() > first.x()


def test_it_goes_along_while_an_arrow_key_is_held(chequered: Desk, glass: Magnifier) -> None:
    desk = chequered
    glass.toggle()
    QTest.keyPress(desk.view, Qt.Key.Key_Down)
    places = []
    for _ in range(3):
        places.append(glass.geometry().center().y())
        repeated = QKeyEvent(QEvent.Type.KeyPress, Qt.Key.Key_Down, Qt.KeyboardModifier.NoModifier, "", True)
        QApplication.sendEvent(desk.view, repeated)
    assert places == sorted(set(places))
    QTest.keyRelease(desk.view, Qt.Key.Key_Down)
    pen_point = desk.view.viewport().mapTo(desk.view, desk.view.mapFromScene(desk.view.pointed_at()))
    assert (glass.geometry().center() - pen_point).manhattanLength() <= 2


def test_it_follows_a_tablets_pen(chequered: Desk, glass: Magnifier) -> None:
    desk = chequered
    glass.toggle()
    desk.pen(QEvent.Type.TabletMove, desk.at(1, 0.2, 0.5), 0.0, held=False)
    first = glass.geometry().center()
    desk.pen(QEvent.Type.TabletMove, desk.at(1, 0.4, 0.5), 0.0, held=False)
    assert glass.geometry().center().x() > first.x()


def test_it_goes_when_the_pointer_leaves_and_when_the_script_does(chequered: Desk, glass: Magnifier) -> None:
    desk = chequered
    glass.toggle()
    desk.hover(desk.at(1, 0.5, 0.5))
    QApplication.sendEvent(desk.view.viewport(), QEvent(QEvent.Type.Leave))
    assert not glass.isVisible()
    desk.view.close_script()
    desk.hover(QPoint(100, 100))
    assert not glass.isVisible()
    assert glass.on


@pytest.mark.parametrize(("held", "stays"), [(HELD_MS - 1, True), (HELD_MS, False)])
def test_a_key_that_is_held_shows_it_only_so_long(chequered: Desk, glass: Magnifier, held: int, stays: bool) -> None:
    pressed = _key(QEvent.Type.ShortcutOverride, 1000)
    QApplication.sendEvent(chequered.view, pressed)
    glass.toggle()
    assert glass.on
    QApplication.sendEvent(chequered.view, _key(QEvent.Type.KeyRelease, 1000 + held))
    assert glass.on is stays


def test_a_key_of_before_does_not_put_it_away(chequered: Desk, glass: Magnifier) -> None:
    QTest.keyClick(chequered.view, Qt.Key.Key_J)
    glass.toggle()  # by a button, or from the mark field
    late = _key(QEvent.Type.KeyRelease, 10**9)
    QApplication.sendEvent(chequered.view, late)
    assert glass.on


def _key(kind: QEvent.Type, at: int) -> QKeyEvent:
    event = QKeyEvent(kind, Qt.Key.Key_Z, Qt.KeyboardModifier.NoModifier)
    event.setTimestamp(at)
    return event
