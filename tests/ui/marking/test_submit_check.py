"""What stands between a teacher and a submission."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal as D

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QWidget
from pytestqt.qtbot import QtBot

from mv_desktop.domain.identifier import PageRef
from mv_desktop.domain.submission import Finding, Sentence, Weight
from mv_desktop.ui.marking.flow.submit_check import SubmitCheck
from mv_desktop.ui.text import set_language
from tests.fakes import hand

BLOCKS = Finding(Weight.BLOCKS, Sentence.NO_MARK, {"question": "2"}, question_number=2)
ACCEPT = Finding(Weight.ACCEPT, Sentence.DISAGREES, {"question": "3", "sum": "2", "marks": "3"}, question_number=3)
WARNS = Finding(Weight.WARNS, Sentence.NOT_READ, {"page": "1"}, page=PageRef(1))
NOWHERE = Finding(Weight.WARNS, Sentence.NOT_READ, {"page": "1"})


class Shown:
    """A check on screen, and what it asked for."""

    def __init__(self, dialog: SubmitCheck) -> None:
        self.dialog = dialog
        self.jumps: list[Finding] = []
        self.submits: list[bool] = []
        dialog.jump_requested.connect(self.jumps.append)
        dialog.submit_requested.connect(lambda: self.submits.append(dialog.isVisible()))

    @property
    def hint(self) -> str:
        return self.dialog._hint.text()

    def texts(self) -> list[str]:
        return [label.text() for label in self.dialog.findChildren(QLabel)]


@pytest.fixture
def show(qtbot: QtBot) -> Callable[..., Shown]:
    window = QWidget()
    qtbot.addWidget(window)
    window.resize(900, 700)
    with qtbot.waitExposed(window):
        window.show()

    def made(*findings: Finding, keys: tuple[str, ...] = ("Ctrl+Enter", "Ctrl+Return")) -> Shown:
        dialog = SubmitCheck(findings, D("7.5"), D(10), keys, window)
        dialog.open()
        qtbot.waitUntil(dialog.isActiveWindow)
        return Shown(dialog)

    return made


def test_it_says_the_sum_and_that_nothing_is_missing(show):
    shown = show()
    assert "7½ of 10 marks" in shown.texts()
    assert "Every question has a mark, and every page was read." in shown.texts()
    assert shown.dialog._submit.hasFocus()
    assert not shown.dialog._list.isVisible()
    hand.press("Return")
    assert shown.submits == [False]  # the dialog has closed itself before


@pytest.mark.parametrize("key", ["Ctrl+Return", "Ctrl+Enter"])
def test_the_keys_of_the_check_submit(show, key):
    shown = show(WARNS)
    hand.press(key)
    assert shown.submits == [False]


def test_other_keys_of_the_command_submit_instead_and_are_said(show):
    shown = show(WARNS, keys=("F9", "Down"))
    assert shown.hint == "F9 submits. For ten seconds it can be taken back."
    hand.press("Down")
    assert shown.submits == [], "one walks in the list with Down"
    hand.press("F9")
    assert shown.submits == [False]
    assert show(WARNS, keys=()).hint == "For ten seconds it can be taken back."


def test_what_blocks_cannot_be_passed_by(show):
    shown = show(BLOCKS, ACCEPT, WARNS)
    assert shown.hint == "1 thing must be done first."
    assert not shown.dialog._submit.isEnabled()
    hand.press("Space")
    hand.press("Ctrl+Return")
    assert shown.submits == []
    assert shown.dialog.isVisible()
    assert show(BLOCKS, BLOCKS).hint == "2 things must be done first."


def test_what_disagrees_is_accepted_by_space_and_not_by_anything_less(show):
    shown = show(ACCEPT, WARNS)
    assert not shown.dialog.may_submit
    hand.press("Ctrl+Return")
    assert shown.submits == []
    hand.press("Space")
    assert shown.dialog.may_submit
    assert shown.hint.startswith("Ctrl+Enter submits.")
    hand.press("Space")
    assert not shown.dialog.may_submit
    hand.press("Space")
    hand.press("Ctrl+Return")
    assert shown.submits == [False]


def test_a_warning_is_only_a_warning(show):
    shown = show(WARNS)
    assert shown.dialog.may_submit
    assert "(only a warning)" in shown.dialog._list.item(0).text()
    hand.press("Space")  # there is nothing to tick
    assert shown.dialog.may_submit


def test_enter_leads_to_the_place_and_closes_the_check(show):
    shown = show(BLOCKS, WARNS)
    hand.press("Down")
    hand.press("Return")
    assert shown.jumps == [WARNS]
    assert not shown.dialog.isVisible()
    assert shown.submits == []


def test_a_double_click_leads_to_the_place(show, qtbot):
    shown = show(BLOCKS)
    rows = shown.dialog._list
    where = rows.visualItemRect(rows.item(0)).center()
    qtbot.mouseClick(rows.viewport(), Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, where)
    assert shown.jumps == []
    qtbot.mouseDClick(rows.viewport(), Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, where)
    assert shown.jumps == [BLOCKS]
    # the dialog went between press and release, which a window gets all the same; other tests ask Qt what is pressed
    qtbot.mouseRelease(shown.dialog.parentWidget(), Qt.MouseButton.LeftButton)


def test_a_finding_without_a_place_leads_nowhere(show):
    shown = show(NOWHERE)
    hand.press("Return")
    assert shown.jumps == []
    assert shown.dialog.isVisible()


def test_escape_and_the_button_go_back_to_marking(show, qtbot):
    shown = show(WARNS)
    hand.press("Escape")
    assert not shown.dialog.isVisible()
    again = show()
    again.dialog.reject()
    assert shown.submits == again.submits == []


def test_what_was_found_is_said_in_the_language_spoken(show):
    assert show(ACCEPT).dialog._list.item(0).text().startswith("Question 3: the stamps add up to 2, the mark is 3.")
    set_language("hi")
    try:
        said = show(ACCEPT).dialog._list.item(0).text()
    finally:
        set_language("en")
    assert said.startswith("प्रश्न 3: निशानों का योग 2 है, पर दिए गए अंक 3 हैं।")
