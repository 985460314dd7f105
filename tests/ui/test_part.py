"""Keys lead from part to part of a window, and Tab in the order of the screen."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QDialog, QHBoxLayout, QLineEdit, QListWidget, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from mv_desktop.ui.part import mark_parts, step_part, tab_through, tab_through_all


class Window(QWidget):
    """A list, two buttons in a box, and a field, made in another order than that in which they stand."""

    def __init__(self) -> None:
        super().__init__()
        self.field = QLineEdit(self)
        self.box = QWidget(self)
        self.list = QListWidget(self)
        self.one, self.two = QPushButton("One", self.box), QPushButton("Two", self.box)
        row = QHBoxLayout(self)
        for part in (self.list, self.box, self.field):
            row.addWidget(part)
        inside = QHBoxLayout(self.box)
        inside.addWidget(self.one)
        inside.addWidget(self.two)
        mark_parts(self.list, self.box, self.field)
        tab_through_all((self.list, self.box, self.field))


@pytest.fixture
def window(qtbot: QtBot) -> Window:
    made = Window()
    qtbot.addWidget(made)
    made.show()
    made.activateWindow()
    qtbot.waitActive(made)
    made.list.setFocus()
    return made


def walked(steps: int, step: Callable[[], object]) -> list[QWidget | None]:
    found = []
    for _ in range(steps):
        step()
        found.append(QApplication.focusWidget())
    return found


def test_a_step_leads_to_the_next_part_and_all_around(window: Window) -> None:
    assert walked(3, lambda: step_part(window, 1)) == [window.one, window.field, window.list]
    assert walked(3, lambda: step_part(window, -1)) == [window.field, window.one, window.list]


def test_one_comes_back_to_the_control_one_left(window: Window) -> None:
    window.two.setFocus()
    step_part(window, 1)
    step_part(window, -1)
    assert window.two.hasFocus()
    window.two.setEnabled(False)
    window.field.setFocus()
    step_part(window, -1)
    assert window.one.hasFocus()


def test_what_is_hidden_or_cannot_be_used_is_left_out(window: Window) -> None:
    window.box.setEnabled(False)
    assert walked(2, lambda: step_part(window, 1)) == [window.field, window.list]
    window.field.hide()
    assert walked(1, lambda: step_part(window, 1)) == [window.list]


def test_a_window_without_parts_stays_as_it_is(qtbot: QtBot) -> None:
    bare = QLineEdit()
    qtbot.addWidget(bare)
    step_part(bare, 1)


def test_a_second_window_belongs_to_it_and_a_dialog_does_not(window: Window, qtbot: QtBot) -> None:
    beside = QWidget(window, Qt.WindowType.Window)
    far = QListWidget(beside)
    mark_parts(far)
    beside.show()
    dialog = QDialog(window)
    mark_parts(QListWidget(dialog))
    dialog.show()
    window.activateWindow()
    qtbot.waitActive(window)
    window.field.setFocus()
    step_part(window, 1)
    qtbot.waitUntil(far.hasFocus)
    step_part(window, 1)
    qtbot.waitUntil(window.list.hasFocus)


def test_tab_goes_in_the_order_that_was_told(window: Window) -> None:
    window.list.setFocus()
    assert walked(3, lambda: QTest.keyClick(QApplication.focusWidget(), Qt.Key.Key_Tab)) == [
        window.one,
        window.two,
        window.field,
    ]
    tab_through((window.list, window.field, window.two, window.one))
    window.list.setFocus()
    assert walked(3, lambda: QTest.keyClick(QApplication.focusWidget(), Qt.Key.Key_Tab)) == [
        window.field,
        window.two,
        window.one,
    ]
