"""A page view on a small script, with an owner that does what the view asks."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache as cache_results

import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QInputDevice, QMouseEvent, QPointingDevice, QTabletEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from mv_desktop.domain.annotation.shape import Placed, Stamp
from mv_desktop.domain.identifier import AnnotationId, PageRef
from mv_desktop.domain.operation import DeleteAnnotations, Operation, PutAnnotations
from mv_desktop.ui.canvas.image_cache import ImageCache
from mv_desktop.ui.canvas.mark_item import MarkItem
from mv_desktop.ui.canvas.view import PageView
from mv_desktop.ui.tasks import Tasks
from tests.fakes.picture_source import marked, new_id, small_script


class Desk:
    """A view, the script on it, and a teacher's hand.

    Attributes:
        operations: what was applied because the view asked for it.
    """

    def __init__(self, qtbot: QtBot, cache: ImageCache, tasks: Tasks, pages: int = 3, ink: tuple[Placed, ...] = ()):
        self.qtbot = qtbot
        self.cache = cache
        self.infos, self.source = small_script(pages)
        self.script = marked(ink)
        self.operations: list[Operation] = []
        self.held = Qt.MouseButton.LeftButton
        self.clock = 1000  # milliseconds, as events tell them
        self.view = PageView(cache, tasks, new_id)
        qtbot.addWidget(self.view)
        self.view.resize(700, 500)
        self.view.put_requested.connect(lambda placed: self.apply(PutAnnotations(placed)))
        self.view.delete_requested.connect(lambda ids: self.apply(DeleteAnnotations(ids)))
        self.view.show_script(self.infos, self.script, self.source)
        self.view.show()

    def apply(self, operation: Operation) -> None:
        self.operations.append(operation)
        self.view.refresh(self.script.apply(operation))

    def settle(self) -> None:
        self.qtbot.waitUntil(lambda: self.cache.idle)

    def at(self, page: int, x: float, y: float) -> QPoint:
        """A spot as pixels of the window, scrolled into it first."""
        sheet = self.view.sheet
        assert sheet is not None
        item = sheet.page(PageRef(page))
        assert item is not None
        point = item.mapToScene(QPointF(x * 1000, y * item.height))
        self.view.ensureVisible(point.x(), point.y(), 1, 1, 60, 60)
        return self.view.mapFromScene(point)

    def mouse(
        self,
        kind: QEvent.Type,
        at: QPoint,
        button: Qt.MouseButton = Qt.MouseButton.LeftButton,
        modifiers: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier,
    ) -> None:
        held = Qt.MouseButton.NoButton if kind == QEvent.Type.MouseButtonRelease else button
        event = QMouseEvent(kind, QPointF(at), QPointF(self.view.viewport().mapToGlobal(at)), button, held, modifiers)
        QApplication.sendEvent(self.view.viewport(), event)

    def hover(self, at: QPoint) -> None:
        self.mouse(QEvent.Type.MouseMove, at, Qt.MouseButton.NoButton)

    def press(
        self,
        at: QPoint,
        button: Qt.MouseButton = Qt.MouseButton.LeftButton,
        modifiers: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier,
    ) -> None:
        self.held = button
        self.mouse(QEvent.Type.MouseButtonPress, at, button, modifiers)

    def move(self, at: QPoint, modifiers: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
        """The pointer moves, the button that was pressed last being down."""
        self.mouse(QEvent.Type.MouseMove, at, self.held, modifiers)

    def release(self, at: QPoint, modifiers: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
        self.mouse(QEvent.Type.MouseButtonRelease, at, modifiers=modifiers)

    def click(self, at: QPoint, modifiers: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
        self.mouse(QEvent.Type.MouseButtonPress, at, modifiers=modifiers)
        self.mouse(QEvent.Type.MouseButtonRelease, at, modifiers=modifiers)

    def drag(self, start: QPoint, end: QPoint, modifiers: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
        self.press(start, modifiers=modifiers)
        self.move((start + end) / 2, modifiers)
        self.move(end, modifiers)
        self.release(end, modifiers)

    def pen(
        self,
        kind: QEvent.Type,
        at: QPointF | QPoint,
        pressure: float = 0.5,
        tip: QPointingDevice.PointerType = QPointingDevice.PointerType.Pen,
        *,
        held: bool = True,
    ) -> None:
        """The pen of a tablet does something; with `held` False it tells of no button that is down."""
        lifted = kind == QEvent.Type.TabletRelease or not held
        left, none = Qt.MouseButton.LeftButton, Qt.MouseButton.NoButton
        where = QPointF(at)
        event = QTabletEvent(
            kind,
            tablet_pen(tip),
            where,
            self.view.viewport().mapToGlobal(where),
            pressure,
            0.0,
            0.0,
            0.0,
            0.0,
            0.0,
            Qt.KeyboardModifier.NoModifier,
            none if kind == QEvent.Type.TabletMove else left,
            none if lifted else left,
        )
        self.clock += 8
        event.setTimestamp(self.clock)
        QApplication.sendEvent(self.view.viewport(), event)

    @property
    def ink(self) -> list[Placed]:
        return list(self.script.ink.values())

    def shown(self, annotation_id: AnnotationId) -> bool:
        sheet = self.view.sheet
        return sheet is not None and sheet.mark(annotation_id) is not None


@cache_results
def tablet_pen(tip: QPointingDevice.PointerType) -> QPointingDevice:
    """A tablet's pen, held with this end to the tablet."""
    return QPointingDevice(
        "pen",
        1,
        QInputDevice.DeviceType.Stylus,
        tip,
        QInputDevice.Capability.Position | QInputDevice.Capability.Pressure,
        1,
        1,
    )


def only_stamp(desk: Desk) -> tuple[PageRef, Stamp]:
    """The one annotation there is, a stamp, and its page."""
    (placed,) = desk.ink
    assert isinstance(placed.annotation, Stamp)
    return placed.page, placed.annotation


def ghosts(desk: Desk) -> list[MarkItem]:
    """Marks that are shown but not there yet."""
    assert desk.view.sheet is not None
    return [item for item in desk.view.sheet.items() if isinstance(item, MarkItem) and not item.isEnabled()]


def key(desk: Desk, which: Qt.Key, modifiers: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
    """A key pressed on the pages."""
    QTest.keyClick(desk.view, which, modifiers)


@pytest.fixture
def cache(qtbot: QtBot) -> Iterator[ImageCache]:
    images = ImageCache()
    yield images
    images.shutdown()


@pytest.fixture
def desk(qtbot: QtBot, cache: ImageCache, tasks: Tasks) -> Iterator[Desk]:
    on = Desk(qtbot, cache, tasks)
    yield on
    on.view.shutdown()
