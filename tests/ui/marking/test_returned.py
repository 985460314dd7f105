"""A script of which some questions were returned: what is said of them, and what stays closed."""

from __future__ import annotations

from decimal import Decimal as D

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest

from mv_desktop.core.errors import NotAllowedError
from mv_desktop.domain.adjustment import Adjustment
from mv_desktop.domain.evaluation import Place, WorkState
from mv_desktop.domain.flag import Spot
from mv_desktop.domain.identifier import MarkKey, PageRef
from mv_desktop.domain.operation import TagPage
from mv_desktop.domain.returned import Pinned, Returned, ReturnedQuestion
from mv_desktop.ui.canvas.flag_item import PinItem
from mv_desktop.ui.shell.script_news import _same
from tests.factories.script import script_view
from tests.fakes import hand

Q2, Q3A, Q4 = MarkKey(2), MarkKey(3, "a"), MarkKey(4)
RETURNED = Returned("Look again", (ReturnedQuestion(3, "The last step is right"), ReturnedQuestion(4, "See page 2")))


def test_one_begins_at_the_first_returned_question_and_the_sheet_says_why(bench):
    bench.open(returned=RETURNED)
    assert bench.session.current == Q3A
    bench.sheet._panel._fill_now()
    assert "Returned to you: The last step is right" in bench.sheet._panel.text
    assert "returned: The last step is right" in bench.row(Q3A).sentence
    assert bench.row(Q2).closed
    assert "not returned, its mark stays" in bench.row(Q2).sentence
    bench.sheet.focus_mark()
    bench.type("2")
    bench.press(Qt.Key.Key_Return)
    assert bench.marks(Q3A) == 2


def test_other_questions_are_read_as_before_and_cannot_be_marked(bench):
    bench.open(returned=RETURNED)
    bench.click(Q2)
    assert bench.session.current == Q2
    bench.sheet._panel._fill_now()
    assert "This question was not returned" in bench.sheet._panel.text
    assert not bench.sheet._field.isVisible()
    assert bench.sheet._comment.isReadOnly()
    with pytest.raises(NotAllowedError, match="Question 2 was not returned"):
        bench.session.full(Q2)
    assert bench.marks(Q2) is None
    bench.click(Q4)
    assert bench.sheet._field.isVisible()


def test_an_ordinary_script_says_nothing_of_it(bench):
    assert not bench.row(Q2).closed
    assert bench.sheet._panel._notice.isHidden()


def test_on_the_page_ink_of_another_question_stays_and_it_is_told_why(marker):
    session = marker.open()
    closed, free = session.place_stamp("tick", PageRef(1), 0.3, 0.2), session.place_stamp("tick", PageRef(2), 0.3, 0.2)
    session.view.returned = Returned("Look again", (ReturnedQuestion(3, "Why"),))
    view = marker.screen.view
    view.setFocus()
    view.select([closed.annotation_id])
    hand.press("Del", view)
    assert closed.annotation_id in session.script.ink
    assert "Question 2 was not returned to you" in str(marker.messages.told[-1])
    hand.press("Right", view)
    assert session.script.ink[closed.annotation_id].annotation == closed
    view.select([free.annotation_id])
    hand.press("Del", view)
    assert free.annotation_id not in session.script.ink


def test_words_on_the_page_of_another_question_are_not_lost(marker):
    session = marker.open()
    session.view.returned = Returned("Look again", (ReturnedQuestion(3, "Why"),))
    view = marker.screen.view
    hand.press("T", view)
    hand.click(view, marker.on(1, 0.3, 0.3))
    hand.type_text("A long thought")
    hand.press("Return")
    assert session.script.ink == {}
    assert "Question 2 was not returned" in str(marker.messages.told[-2])
    assert str(marker.messages.told[-1]) == "What you wrote is not on the page. It is on the clipboard."
    assert QGuiApplication.clipboard().text() == "A long thought"
    hand.click(view, marker.on(2, 0.3, 0.3))
    QGuiApplication.clipboard().clear()
    hand.type_text("Another")
    hand.press("Return")
    assert len(session.script.ink) == 1
    assert QGuiApplication.clipboard().text() == ""


def test_ink_of_another_question_goes_back_where_it_was_dragged_from(marker):
    session = marker.open()
    closed = session.place_stamp("tick", PageRef(1), 0.3, 0.2)
    session.view.returned = Returned("Look again", (ReturnedQuestion(3, "Why"),))
    view = marker.screen.view
    hand.press("V", view)
    before = view.sheet.mark(closed.annotation_id).frame()
    hand.drag(view, marker.on(1, 0.3, 0.2), marker.on(1, 0.5, 0.3))
    assert "Question 2 was not returned" in str(marker.messages.told[-1])
    assert view.sheet.mark(closed.annotation_id).frame() == before


def test_a_stamp_goes_to_a_returned_question_of_its_page(marker):
    session = marker.open()
    session.view.returned = RETURNED
    session.set_current(Q4)
    session.tag_page(PageRef(1), "2, 3")
    assert session.stamp_key(PageRef(1)) == Q3A
    session.tag_page(PageRef(1), "2")
    with pytest.raises(NotAllowedError, match="Question 2"):
        session.place_stamp("tick", PageRef(1), 0.5, 0.5)


def test_an_open_script_is_shown_anew_when_something_of_it_is_returned():
    assert _same(script_view(returned=RETURNED), script_view(returned=RETURNED))
    assert not _same(script_view(), script_view(returned=RETURNED))


def test_an_open_script_is_shown_anew_when_a_question_turns_out_faulty_or_a_page_was_tagged_elsewhere():
    assert not _same(script_view(), script_view(adjusted={2: Adjustment.AWARD}))
    tagged, untagged = script_view(), script_view()
    tagged.script.apply(TagPage(PageRef(1), (2,)))
    assert not _same(tagged, script_view())
    for numbers in ((2,), ()):
        untagged.script.apply(TagPage(PageRef(1), numbers))
    assert _same(untagged, script_view())


def test_what_was_returned_begins_there_though_it_was_left_elsewhere_and_looks_as_it_did(marker):
    place = Place(PageRef(1), 0.0, 2.0, ((PageRef(3), 1),))
    session = marker.open(place=place, returned=Returned("Look again", (ReturnedQuestion(4, "The graph"),)))
    assert session.current == Q4
    assert marker.screen.view.current_page == PageRef(3)
    assert marker.screen.view.zoom == 2.0
    assert marker.screen.view.turns_of(PageRef(3)) == 1
    done = marker.open(place=place, state=WorkState.COMPLETED, returned=session.view.returned, read_only=True)
    assert done.view.read_only
    assert marker.screen.view.current_page == PageRef(1)


def test_keys_tell_why_a_mark_stays(marker):
    session = marker.open(returned=RETURNED)
    session.set_current(Q2)
    marker.screen.view.setFocus()
    QTest.keyClick(marker.screen.view.viewport(), Qt.Key.Key_F)
    assert "Question 2 was not returned" in str(marker.messages.told[-1])
    session.set_current(Q4)
    QTest.keyClick(marker.screen.view.viewport(), Qt.Key.Key_F)
    assert marker.marks(Q4) == D(session.possible(Q4))


def test_what_the_coordinator_pinned_stands_on_the_page_with_its_question_and_why(marker):
    here, gone = (Pinned(PageRef(page), Spot(0.25, 0.75)) for page in (2, 9))
    questions = (
        ReturnedQuestion(3, "The sum", here),
        ReturnedQuestion(4, "See page 9", gone),
        ReturnedQuestion(2, "x"),
    )
    marker.open(returned=Returned("Look again", questions))
    pins = [item for item in marker.screen.view.sheet.items() if isinstance(item, PinItem)]
    assert [(item.pin, item.number, item.toolTip()) for item in pins] == [(here, 3, "Question 3: The sum")]
    marker.open(2)
    assert not any(isinstance(item, PinItem) for item in marker.screen.view.sheet.items())


def test_going_to_a_returned_question_leads_to_its_pin_wherever_it_is(marker):
    there = ReturnedQuestion(3, "The sum", Pinned(PageRef(3), Spot(0.5, 0.9)))
    missing = ReturnedQuestion(4, "See page 9", Pinned(PageRef(9), Spot(0.5, 0.5)))
    session = marker.open(returned=Returned("Look again", (ReturnedQuestion(2, "x"), there, missing)))
    view = marker.screen.view
    session.tag_page(PageRef(1), "2, 3")
    view.first_page()

    def in_sight() -> bool:
        (pin,) = [item for item in view.sheet.items() if isinstance(item, PinItem)]
        return view.viewport().rect().contains(view.mapFromScene(pin.scenePos()))

    assert not in_sight()
    marker.screen.go_to_question(3)
    assert in_sight()
    assert session.current == Q3A  # the page of another question was come to, the question stays
    marker.screen.go_to_question(4)  # there is no such page: as of any question
    assert session.current == Q4
    session.set_current(Q2)
    view.first_page()
    QTest.keyClick(view.viewport(), Qt.Key.Key_Tab)
    assert session.current == Q3A
    assert in_sight()


def test_a_question_that_was_awarded_or_dropped_says_so_and_can_be_marked(bench):
    bench.open(adjusted={2: Adjustment.AWARD, 3: Adjustment.DROP}, returned=RETURNED)
    assert "whoever had it gets all its marks, whatever you give" in bench.row(Q2).sentence
    bench.sheet._panel._fill_now()
    words = bench.sheet._panel.text
    assert "Returned to you: The last step is right This question was faulty: it counts for nobody" in words
    bench.sheet.focus_mark()
    bench.type("2")
    bench.press(Qt.Key.Key_Return)
    assert bench.marks(Q3A) == 2
    assert "faulty" not in bench.row(Q4).sentence
