"""The pages of a case on the screen: looked at, enlarged, chosen and pinned by keys and by mouse."""

from __future__ import annotations

from dataclasses import replace
from uuid import UUID

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit, QToolButton
from pytestqt.qtbot import QtBot

from mv_desktop.domain.flag import Spot
from mv_desktop.domain.identifier import PageRef
from mv_desktop.domain.returned import Pinned, ReturnedQuestion
from mv_desktop.ui.canvas.page_look import Pin
from mv_desktop.ui.coordination.case.decision import Decision
from mv_desktop.ui.tasks import Tasks
from tests.fakes import hand
from tests.ui.case_desk import Desk


@pytest.fixture
def desk(qtbot: QtBot, tasks: Tasks) -> Desk:
    return Desk(qtbot, tasks)


def test_a_rescan_is_looked_at_beside_its_page_before_it_takes_its_place(desk: Desk) -> None:
    pages, file = desk.screen.pages, desk.place.files["rescan:4"]
    came = replace(file.sheets[0], page_id=UUID(int=77), came=True)
    desk.place.files["rescan:4"] = replace(file, came=came)
    desk.look("rescan:4")
    desk.press("V")
    assert (pages.title, pages.page) == ("Page 1 · the rescan that came", PageRef(1))
    hand.press("U", pages.look)
    assert desk.line("Page").text() == "1"
    hand.press("Esc", desk.line("Reason"))
    titles = []
    for _ in range(2):
        hand.press("]", pages.look)
        desk.settle()
        titles.append(pages.title)
    assert titles == ["Page 1 of 3", "Page 2 of 3"]


def test_the_pages_are_looked_at_by_keys_and_chosen_for_a_decision(desk: Desk) -> None:
    screen, pages = desk.screen, desk.screen.pages
    desk.look("flag:1")
    assert desk.place.read == []  # nothing is fetched before she looks
    desk.press("V")
    assert (pages.title, desk.place.read) == ("Page 2 of 3", [2, 3, 1])  # the next one ahead, then the others
    assert not screen.view.look.isVisible()
    assert pages.look.hasFocus()
    assert pages.look.pins == (Pin(Spot(0.7, 0.85)),)
    whole = pages.look.shown
    assert whole.height() <= pages.look.viewport().height()
    hand.press("+", pages.look)
    assert pages.look.shown.width() > whole.width()
    hand.press("1", pages.look)
    assert pages.look.shown.width() == pages.look.viewport().width()
    hand.press("PgDown", pages.look)
    assert pages.look.verticalScrollBar().value() > 0
    hand.press("0", pages.look)
    assert pages.look.shown == whole
    hand.press("]", pages.look)
    desk.settle()
    assert (pages.title, pages.look.pins) == ("Page 3 of 3", ())
    assert pages.note == "out of the script: Another student's"
    assert [screen.actions_by_id[f"cases.{way}_page"].isEnabled() for way in ("previous", "next")] == [True, False]
    hand.press("]", pages.look)
    for _ in range(2):
        hand.press("[", pages.look)
        desk.settle()
    assert (pages.title, desk.place.read) == ("Page 1 of 3", [2, 3, 1])  # 2 was still there


def test_all_pages_stand_beside_it_in_small_and_lead_there(desk: Desk) -> None:
    pages, strip = desk.screen.pages, desk.screen.pages.strip
    desk.place.parts[2] = 2
    desk.place.unreadable[3] = "It is damaged."
    desk.look("flag:1")
    assert not strip.isVisible()
    desk.press("V")
    assert [strip.item(row).text() for row in range(strip.count())] == ["1", "2.1", "2.2", "3 · out"]
    assert (strip.currentRow(), pages.page) == (1, PageRef(2, 1))
    assert desk.place.read.count(3) == 1  # what cannot be fetched is not tried again and again
    small = [strip.item(row).icon().pixmap(60, 84).toImage() for row in range(4)]
    assert small[0] != small[1]
    assert small[3].size() != small[0].size()  # a sign stands for it
    hand.press("Down", strip)
    desk.settle()
    assert pages.page == PageRef(2, 2)
    desk.qtbot.mouseClick(strip.viewport(), Qt.MouseButton.LeftButton, pos=strip.visualItemRect(strip.item(3)).center())
    desk.settle()
    assert pages.look.accessibleName() == "The page cannot be shown. It is damaged."
    hand.press("[", strip)
    desk.settle()
    assert (strip.currentRow(), pages.page) == (2, PageRef(2, 2))
    strip.setFocus()
    whole = pages.look.shown
    hand.press("+", strip)
    assert pages.look.shown.width() > whole.width()
    hand.press("X", strip)
    hand.press("Space", strip)
    assert desk.line("Pages").text() == ""  # page 2, which stood there, was taken back
    hand.press("Space", strip)
    assert (desk.line("Pages").text(), strip.currentRow()) == ("2", 2)


def test_a_page_is_chosen_where_it_is_looked_at(desk: Desk) -> None:
    screen, pages = desk.screen, desk.screen.pages
    desk.look("flag:1")
    desk.press("V")
    hand.press("[", pages.look)
    desk.settle()
    assert not pages.bar.choose.isVisible()
    hand.press("X", pages.look)
    assert desk.line("Pages").text() == "2"
    hand.press("Space", pages.look)
    assert desk.line("Pages").text() == "2, 1"
    desk.qtbot.mouseClick(pages.bar.choose, Qt.MouseButton.LeftButton)
    assert desk.line("Pages").text() == "2"
    hand.press("Space", pages.look)
    desk.type(Reason="Hers")
    desk.enter()
    assert desk.place.done == [("exclude", (UUID(int=1001), UUID(int=1002)), "Hers")]
    assert pages.look.hasFocus()
    hand.press("U", pages.look)
    hand.press("Space", pages.look)
    assert desk.line("Page").text() == "1"
    hand.press("Esc", desk.line("Reason"))
    hand.press("Esc", pages.look)
    assert screen.list.table.hasFocus()
    assert not screen.actions_by_id["cases.next_page"].isEnabled()
    desk.press("V")
    hand.press("/", pages.look)  # what is searched in is shown
    assert screen.list._find.hasFocus()
    screen.stop()
    assert desk.place.closed


def test_a_page_is_enlarged_and_moved_by_mouse_and_a_pdf_is_stepped_through(desk: Desk) -> None:
    pages, look = desk.screen.pages, desk.screen.pages.look
    desk.place.parts[2] = 3
    desk.look("flag:1")
    desk.press("V")
    assert (pages.title, pages.page) == ("Page 2.1 · 1 of 3", PageRef(2, 1))
    chosen: list[tuple[PageRef, Spot]] = []
    pages.spot_chosen.connect(lambda *place: chosen.append(place))
    paper = look.widget()
    for tip in ("Zoom in  (+)", "Zoom in  (+)"):
        (button,) = [one for one in pages.bar.findChildren(QToolButton) if one.toolTip() == tip]
        desk.qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    before = look.verticalScrollBar().value()
    middle = paper.rect().center()
    QTest.mousePress(paper, Qt.MouseButton.LeftButton, pos=middle)
    QTest.mouseMove(paper, middle - QPoint(0, 60))
    QTest.mouseRelease(paper, Qt.MouseButton.LeftButton, pos=middle)
    assert look.verticalScrollBar().value() == before + 60
    assert chosen == []  # it was dragged, nothing is meant
    at = Spot(0.4, 0.4)
    desk.qtbot.mouseClick(paper, Qt.MouseButton.LeftButton, pos=paper.point(at).toPoint())
    assert chosen[0][0] == PageRef(2, 1)
    assert chosen[0][1] == pytest.approx(at, abs=0.01)
    under = paper.mapTo(look.viewport(), paper.point(at).toPoint())
    wheel = QWheelEvent(
        QPointF(under), QPointF(look.viewport().mapToGlobal(under)), QPoint(), QPoint(0, 120), Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.ControlModifier, Qt.ScrollPhase.NoScrollPhase, False,
    )  # fmt: skip
    width = look.shown.width()
    QApplication.sendEvent(look.viewport(), wheel)
    assert look.shown.width() == pytest.approx(width * 1.25, abs=1)
    now_at = paper.mapTo(look.viewport(), paper.point(at).toPoint())
    assert (now_at - under).manhattanLength() <= 3  # stays under the hand
    for _ in range(2):
        hand.press("]", look)
        desk.settle()
    assert pages.page == PageRef(2, 3)
    hand.press("]", look)
    desk.settle()
    assert pages.title == "Page 3 of 3"
    hand.press("[", look)
    desk.settle()
    assert pages.page == PageRef(2, 3)  # back to the last one of the PDF


def test_a_page_that_cannot_be_fetched_says_why_and_holds_up_nothing(desk: Desk) -> None:
    desk.place.unreadable[2] = "The store of answer sheets does not have this file."
    desk.look("flag:1")
    desk.qtbot.mouseClick(desk.screen.view.look, Qt.MouseButton.LeftButton)
    desk.settle()
    look = desk.screen.pages.look
    assert look.accessibleName() == "The page cannot be shown. The store of answer sheets does not have this file."
    assert desk.screen.view._sketch.isVisible()  # where the spot is can be seen all the same
    hand.press("[", look)
    desk.settle()
    assert desk.screen.pages.title == "Page 1 of 3"
    hand.press("A", look)
    assert desk.screen.form.decision is Decision.ANSWER
    desk.look("refused:6")  # about no script
    assert desk.screen.list.isVisible()
    assert not desk.screen.view.look.isVisible()


def test_returned_questions_are_pinned_by_click_and_by_keys(desk: Desk) -> None:
    screen, look = desk.screen, desk.screen.pages.look
    hand.press("/", screen.list.table)
    screen.list._find.setText("vx 4k2")
    hand.press("Return", screen.list._find)
    desk.settle()
    desk.press("V")
    hand.press("T", look)
    paper = look.widget()

    def click(x: float, y: float) -> None:
        at = QPoint(round(x * paper.width()), round(y * paper.height()))
        desk.qtbot.mouseClick(paper, Qt.MouseButton.LeftButton, pos=at)

    click(0.5, 0.5)
    assert screen.form.told.startswith("Type at least one number")
    desk.type(Questions="27, 31", Reason_for_all_that_have_none_of_their_own="Look again")
    click(0.25, 0.75)
    assert screen.form.told == "Question 27 is pinned on page 1."
    for key in ("]", "]"):
        hand.press(key, look)
        desk.settle()
    click(0.5, 0.5)
    assert screen.form.told == "This page is out of the script: its teacher does not see it."
    hand.press("[", look)
    desk.settle()
    hand.press("Ctrl+Down", look)
    hand.press("Ctrl+Down", look)
    hand.press("Return", look)
    assert screen.form.told == "Question 31 is pinned on page 2."
    assert look.pins == (Pin(Spot(0.5, 0.52), "31"),)
    hand.press("Return", look)  # there again: it goes
    assert (screen.form.told, look.pins) == ("Question 31 is not pinned.", ())
    hand.press("Return", look)
    hand.press("Return", desk.line("Questions"))
    desk.settle()
    what, code, questions, reason = desk.place.done[-1]
    assert (what, code, reason) == ("return_questions", "VX-4K2", "Look again")
    first, second = questions
    assert second == ReturnedQuestion(31, "Look again", Pinned(PageRef(2), Spot(0.5, 0.52)))
    assert first.pin.page == PageRef(1)
    assert first.pin.spot == pytest.approx((0.25, 0.75), abs=0.01)


def test_an_older_server_gives_no_pages_and_does_not_tell_which_rescans_came(desk: Desk) -> None:
    screen = desk.screen
    desk.place.files = {key: replace(file, opens_pages=False) for key, file in desk.place.files.items()}
    desk.look("rescan:4")
    assert "Rescan: asked for today 08:30\n" in screen.view.text
    assert not screen.view.look.isVisible()
    desk.press("V")
    assert screen.list.isVisible()
    assert desk.place.read == []
    assert "cancel_rescan" in desk.offered


def test_of_many_returned_questions_those_that_are_pinned_have_a_reason_of_their_own(desk: Desk) -> None:
    screen, look = desk.screen, desk.screen.pages.look
    screen.list._find.setText("VX-4K2")
    hand.press("Return", screen.list._find)
    desk.settle()
    desk.press("V")
    hand.press("T", look)
    desk.type(Questions="21-27", Reason_for_all_that_have_none_of_their_own="Look again")
    assert not [one for one in screen.form.findChildren(QLineEdit) if one.accessibleName().startswith("Reason for 2")]
    hand.press("Ctrl+Down", look)
    hand.press("Return", look)
    assert screen.form.told == "Question 21 is pinned on page 1."
    desk.type(Reason_for_21="This line")
    hand.press("Return", desk.line("Questions"))
    desk.settle()
    first, *others = desk.place.done[-1][2]
    assert (first.reason, first.pin) == ("This line", Pinned(PageRef(1), Spot(0.5, 0.5)))
    assert {(one.reason, one.pin) for one in others} == {("Look again", None)}
