"""Room for screens that need more of it than the window has."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QApplication, QHBoxLayout, QLabel, QLineEdit, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from mv_desktop.ui.shell.room import Room
from mv_desktop.ui.widgets.stack import Stack


class Shown:
    """A window of 400 × 300 with a small screen and a wide one, whose fields stand at its two ends."""

    def __init__(self, qtbot: QtBot) -> None:
        self.window = QWidget()
        qtbot.addWidget(self.window)
        self.stack = Stack(self.window)
        self.room = Room(self.stack, self.window)
        row = QHBoxLayout(self.window)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(self.room)
        self.small, self.wide = QWidget(), QWidget()
        self.small.setMinimumSize(200, 100)
        self.wide.setMinimumSize(700, 250)
        self.left, self.right = QLineEdit(self.wide), QLineEdit(self.wide)
        self.left.setGeometry(0, 0, 60, 30)
        self.right.setGeometry(620, 0, 60, 30)
        self.stack.addWidget(self.small)
        self.stack.addWidget(self.wide)
        self.window.resize(400, 300)
        with qtbot.waitExposed(self.window):
            self.window.show()
        self.window.activateWindow()
        qtbot.waitUntil(self.window.isActiveWindow)

    @property
    def across(self) -> tuple[int, int]:
        """Where the scroll bar stands, and how far it goes."""
        QApplication.processEvents()
        bar = self.room.horizontalScrollBar()
        return bar.value(), bar.maximum()

    def in_sight(self, widget: QWidget) -> bool:
        QApplication.processEvents()
        left = widget.mapTo(self.window, widget.rect().topLeft()).x()
        return left >= 0 and left + widget.width() <= self.window.width()


@pytest.fixture
def shown(qtbot: QtBot) -> Shown:
    return Shown(qtbot)


def test_a_screen_that_fits_takes_all_the_room_and_does_not_scroll(shown):
    assert shown.across == (0, 0)
    assert shown.small.size() == QSize(400, 300)


def test_a_screen_that_does_not_fit_scrolls_and_only_while_it_is_shown(shown):
    shown.stack.setCurrentWidget(shown.wide)
    assert shown.across == (0, 300)
    shown.window.resize(800, 300)
    assert shown.across == (0, 0)
    shown.window.resize(400, 300)
    assert shown.across == (0, 300)
    shown.stack.setCurrentWidget(shown.small)
    assert shown.across == (0, 0)


def test_what_takes_the_keyboard_comes_into_sight(shown):
    shown.stack.setCurrentWidget(shown.wide)
    assert shown.across == (0, 300)
    assert not shown.in_sight(shown.right)
    shown.right.setFocus(Qt.FocusReason.ShortcutFocusReason)
    assert shown.in_sight(shown.right)
    shown.left.setFocus(Qt.FocusReason.ShortcutFocusReason)
    assert shown.in_sight(shown.left)


def test_what_stands_outside_moves_nothing_when_it_takes_the_keyboard(shown, qtbot):
    shown.stack.setCurrentWidget(shown.wide)
    assert shown.across == (0, 300)
    outside = QLineEdit(shown.window)
    outside.show()
    outside.setFocus()
    assert shown.across == (0, 300)
    outside.clearFocus()
    assert shown.across == (0, 300)


def test_a_stack_knows_what_its_tallest_screen_needs_whichever_is_shown(shown):
    assert shown.stack.tallest() == 250
    assert shown.stack.minimumSizeHint() == QSize(200, 100)
    empty = Stack(shown.window)
    assert empty.tallest() == 0
    assert empty.minimumSizeHint() == QSize(0, 0)


class _Large(QWidget):
    """It would like to be large, and can be small."""

    def sizeHint(self) -> QSize:
        return QSize(300, 900)

    def minimumSizeHint(self) -> QSize:
        return QSize(100, 100)


def test_words_that_wrap_make_no_screen_scroll_that_can_be_small_enough(qtbot):
    content, page = QWidget(), QWidget()
    stack = Stack(content)
    row = QHBoxLayout(content)
    row.addWidget(stack)
    column = QVBoxLayout(page)
    words = QLabel("Words that have no room in one line of a window that is as narrow as this one, and so have two.")
    words.setWordWrap(True)
    column.addWidget(words)
    column.addWidget(_Large())
    stack.addWidget(page)
    window = QWidget()
    qtbot.addWidget(window)
    room = Room(content, window)
    room.resize(400, 300)
    with qtbot.waitExposed(window):
        window.show()
    QApplication.processEvents()
    assert room.verticalScrollBar().maximum() == 0
    assert words.height() >= words.heightForWidth(words.width())
