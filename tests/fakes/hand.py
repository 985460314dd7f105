"""A teacher's hand on the pages and the keys, for tests of whole screens."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QKeySequence, QMouseEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget

from mv_desktop.domain.identifier import PageRef
from mv_desktop.ui.canvas.page_item import PAGE_WIDTH
from mv_desktop.ui.canvas.view import PageView

LEFT, NO_BUTTON = Qt.MouseButton.LeftButton, Qt.MouseButton.NoButton


def spot(view: PageView, page: int, x: float, y: float) -> QPoint:
    """A spot of a page, in fractions, as pixels of the window; scrolled into it first."""
    sheet = view.sheet
    assert sheet is not None
    item = sheet.page(PageRef(page))
    assert item is not None
    rect = sheet.page_rect(item)
    point = QPointF(rect.left() + x * PAGE_WIDTH, rect.top() + y * rect.height())
    view.ensureVisible(point.x(), point.y(), 1, 1, 60, 60)
    return view.mapFromScene(point)


def hover(view: PageView, at: QPoint) -> None:
    """Move the pointer there."""
    _mouse(view, QEvent.Type.MouseMove, at, NO_BUTTON, NO_BUTTON)


def click(view: PageView, at: QPoint) -> None:
    """Press and release the left button there."""
    _mouse(view, QEvent.Type.MouseButtonPress, at, LEFT, LEFT)
    _mouse(view, QEvent.Type.MouseButtonRelease, at, LEFT, NO_BUTTON)


def hold(view: PageView, *points: QPoint) -> None:
    """Press the left button at the first point, and go over all of them without letting go."""
    _mouse(view, QEvent.Type.MouseButtonPress, points[0], LEFT, LEFT)
    for point in points[1:]:
        _mouse(view, QEvent.Type.MouseMove, point, NO_BUTTON, LEFT)


def drag(view: PageView, *points: QPoint) -> None:
    """Press the left button at the first point, go over all of them, and let go at the last."""
    hold(view, *points)
    _mouse(view, QEvent.Type.MouseButtonRelease, points[-1], LEFT, NO_BUTTON)


def press(key: str, widget: QWidget | None = None) -> None:
    """Press a key, spelled as in the table of commands, where the keyboard is."""
    combination = QKeySequence(key)[0]
    target = widget or QApplication.focusWidget()
    assert target is not None, "nothing has the keyboard"
    QTest.keyClick(target, combination.key(), combination.keyboardModifiers())


def hold_key(key: str, times: int = 4) -> None:
    """Press a key where the keyboard is, and hold it until it has come so many times."""
    combination = QKeySequence(key)[0]
    for time in range(times):
        target = QApplication.focusWidget()
        assert target is not None, "nothing has the keyboard"
        text = key if len(key) == 1 else ""
        QTest.simulateEvent(target, True, combination.key(), combination.keyboardModifiers(), text, time > 0)


def type_text(text: str) -> None:
    """Type where the keyboard is."""
    QTest.keyClicks(QApplication.focusWidget(), text)


def _mouse(view: PageView, kind: QEvent.Type, at: QPoint, button: Qt.MouseButton, held: Qt.MouseButton) -> None:
    where = QPointF(at)
    event = QMouseEvent(
        kind, where, QPointF(view.viewport().mapToGlobal(at)), button, held, Qt.KeyboardModifier.NoModifier
    )
    QApplication.sendEvent(view.viewport(), event)
