"""The current question follows the page, and never against what the teacher chose."""

from __future__ import annotations

from dataclasses import replace
from uuid import uuid4

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtWidgets import QApplication

from mv_desktop.domain.annotation.shape import Placed
from mv_desktop.domain.evaluation import Place
from mv_desktop.domain.identifier import MarkKey, PageRef
from mv_desktop.ui.marking.page.page_list import PageList
from tests.fakes import hand
from tests.fakes.picture_source import small_script

Q2, Q3A, Q3B, Q4 = MarkKey(2), MarkKey(3, "a"), MarkKey(3, "b"), MarkKey(4)


def scroll(marker, down: int) -> None:
    """Turn the wheel over the pages by so many notches."""
    view = marker.screen.view.viewport()
    at = QPointF(view.rect().center())
    for _ in range(abs(down)):
        event = QWheelEvent(
            at, QPointF(view.mapToGlobal(at)), QPoint(), QPoint(0, -120 if down > 0 else 120),
            Qt.MouseButton.NoButton, Qt.KeyboardModifier.NoModifier, Qt.ScrollPhase.NoScrollPhase, False,
        )  # fmt: skip
        QApplication.sendEvent(view, event)


def scroll_to(marker, page: int) -> None:
    for _ in range(200):
        if marker.screen.view.current_page == PageRef(page):
            return
        scroll(marker, 1 if marker.screen.view.current_page < PageRef(page) else -1)
    raise AssertionError(f"page {page} was not reached")


def test_scrolling_to_a_page_makes_its_first_unmarked_question_current(marker, qtbot):
    session = marker.open()
    scroll_to(marker, 3)
    assert session.current == Q2, "who scrolls past a page does not mean it"
    qtbot.waitUntil(lambda: session.current == Q4)
    assert marker.screen._sheet._panel.shown[0].question_number == 4
    assert marker.screen._strip.target_text.endswith("→ Q4")


def test_a_key_right_after_scrolling_is_for_the_page_that_is_seen(marker):
    session = marker.open()
    scroll_to(marker, 3)
    hand.press("F")
    assert marker.marks(Q4) == 5
    assert session.script.mark(2).mark is None


def test_the_next_page_by_key_and_a_page_chosen_in_the_list_are_followed(marker, qtbot):
    session = marker.open()
    hand.press("J")
    hand.press("F")
    assert marker.marks(Q3A) == 3
    pages = marker.screen.findChild(PageList)
    pages.setCurrentIndex(pages.model().index(2, 0))
    qtbot.waitUntil(lambda: session.current == Q4)


def test_a_page_that_is_all_marked_begins_with_its_first_question(marker, qtbot):
    pages, _ = small_script(3)
    session = marker.open(pages=[replace(p, questions=q) for p, q in zip(pages, [(), (2, 3, 4), ()], strict=True)])
    session.set_current(Q4)
    marker.screen.view.go_to_page(PageRef(1))
    session.full(Q2)
    session.full(Q3A)
    session.full(Q4)
    session.script.tags[PageRef(3)] = (2, 3)
    hand.press("J")
    hand.press("J")
    qtbot.waitUntil(lambda: session.current == Q2)


def test_questions_that_have_a_mark_are_passed_over(marker):
    pages, _ = small_script(2)
    session = marker.open(pages=[replace(p, questions=q) for p, q in zip(pages, [(2,), (3, 4)], strict=True)])
    session.full(Q3B)
    hand.press("J")
    hand.press("F")
    assert marker.marks(Q4) == 5


def test_a_page_that_answers_the_current_question_changes_nothing(marker, qtbot):
    pages, _ = small_script(3)
    session = marker.open(pages=[replace(page, questions=(2, 4)) for page in pages])
    session.set_current(Q4)
    hand.press("J")
    hand.press("F")
    assert marker.marks(Q4) == 5
    assert session.script.mark(2).mark is None


def test_a_page_whose_questions_are_not_known_changes_nothing(marker, qtbot):
    pages, _ = small_script(3)
    session = marker.open(pages=[replace(page, questions=()) for page in pages])
    hand.press("J")
    hand.press("F")
    assert (session.current, marker.marks(Q2)) == (Q2, 2)


def test_a_question_that_was_chosen_stays_whatever_page_it_leads_to(marker, qtbot):
    pages, _ = small_script(3)
    session = marker.open(pages=[replace(p, questions=q) for p, q in zip(pages, [(2,), (3,), ()], strict=True)])
    scroll_to(marker, 2)
    session.set_current(Q4)  # as a click on its row does; its page is not known
    follower = marker.screen._follower
    assert follower._waiting is None
    hand.press("F")
    assert (session.current, marker.marks(Q4)) == (Q4, 5)
    hand.press("Shift+Backtab")
    assert session.current == Q3B
    assert follower._waiting is None


@pytest.mark.parametrize("key", ["M", "Shift+M"])
def test_while_the_keyboard_is_in_the_mark_or_the_comment_questions_lead(marker, qtbot, key):
    session = marker.open()
    hand.press(key)
    scroll_to(marker, 3)
    waiting = marker.screen._follower._waiting
    assert waiting is not None
    qtbot.waitUntil(lambda: marker.screen._follower._waiting is None)
    assert session.current == Q2


def test_a_stamp_for_a_question_of_another_page_makes_it_current(marker, store):
    session = marker.open()
    marker.screen.view.set_stamp("tick")
    hand.click(marker.screen.view, marker.on(2, 0.5, 0.02))
    assert session.current == Q3A
    assert marker.marks(Q3A) == 1
    session.set_current(Q2)
    (made,) = session.script.ink
    marker.screen.view.select([made])
    marker.screen.view.delete_selection()
    assert session.current == Q2, "only new ink leads"


def test_what_is_left_of_another_questions_ink_leads_nowhere(marker):
    pages, _ = small_script(3)
    session = marker.open(pages=[replace(page, questions=(2, 4)) for page in pages])
    session.set_current(Q4)
    made = session.place_stamp("tick", PageRef(1), 0.5, 0.5)
    session.set_current(Q2)
    rest = made.model_copy(update={"id": uuid4()})
    marker.screen.view.put([Placed(PageRef(1), rest)])
    assert len(session.script.ink) == 2
    assert session.current == Q2


def test_a_tag_is_followed_at_once(marker):
    session = marker.open()
    hand.press("Q")
    hand.type_text("4")
    hand.press("Return")
    assert session.current == Q4


def test_a_tag_that_is_undone_or_done_again_is_followed_too(marker):
    session = marker.open()
    before = session.current
    hand.press("Q")
    hand.type_text("4")
    hand.press("Return")
    hand.press("Ctrl+Z")
    assert session.current == before == Q2
    hand.press("Ctrl+Shift+Z")
    assert session.current == Q4


def test_a_tag_undone_on_another_page_leaves_the_question_that_was_chosen(marker):
    session = marker.open()
    hand.press("Q")
    hand.type_text("4")
    hand.press("Return")
    marker.screen.view.go_to_page(PageRef(2))
    session.set_current(Q2)
    marker.screen._follower.forget()
    hand.press("Ctrl+Z")
    assert session.current == Q2


def test_a_script_opens_with_a_question_of_the_page_where_it_was_left(marker):
    session = marker.open(place=Place(PageRef(3), 0.5))
    assert session.current == Q4
    assert marker.screen._follower._waiting is None


def test_a_script_that_was_never_open_begins_with_its_first_question(marker):
    pages, _ = small_script(3)
    session = marker.open(pages=[replace(page, questions=(4,)) for page in pages])
    assert session.current == Q2
    assert marker.screen._follower._waiting is None


def test_what_is_undone_or_redone_out_of_sight_is_shown_and_its_question_with_it(marker):
    session = marker.open()
    view = marker.screen.view
    session.place_stamp("tick", PageRef(1), 0.5, 0.4)
    view.go_to_page(PageRef(3))
    hand.press("F")
    assert (session.current, view.current_page) == (Q4, PageRef(3))
    hand.press("Ctrl+Z")
    assert (session.current, view.current_page) == (Q4, PageRef(3)), "a mark is no ink"
    hand.press("Ctrl+Z")
    assert session.script.ink == {}
    assert (session.current, view.current_page) == (Q2, PageRef(1))
    view.go_to_page(PageRef(3))
    hand.press("Ctrl+Shift+Z")
    assert len(session.script.ink) == 1
    assert (session.current, view.current_page) == (Q2, PageRef(1))


def test_what_is_undone_in_sight_leaves_the_pages_where_they_are(marker):
    session = marker.open()
    bar = marker.screen.view.verticalScrollBar()
    session.place_stamp("tick", PageRef(1), 0.5, 0.05)
    session.place_stamp("tick", PageRef(1), 0.5, 0.1)
    before = bar.value()
    hand.press("Ctrl+Z")
    hand.press("Ctrl+Z")
    hand.press("Ctrl+Shift+Z")
    assert bar.value() == before


def test_of_several_pages_ink_it_is_enough_that_some_is_in_sight(marker):
    session = marker.open()
    view = marker.screen.view
    for page in (2, 1):
        session.place_stamp("tick", PageRef(page), 0.5, 0.05)
    session.delete(list(session.script.ink))
    before = view.verticalScrollBar().value()
    hand.press("Ctrl+Z")
    assert len(session.script.ink) == 2
    assert view.verticalScrollBar().value() == before
    hand.press("Ctrl+Shift+Z")
    view.go_to_page(PageRef(3))
    hand.press("Ctrl+Z")
    assert view.current_page == PageRef(2), "else the first of it is shown"


def test_strokes_that_are_erased_and_come_back_are_shown(marker):
    session = marker.open()
    view = marker.screen.view
    marker.screen.view.set_tool("pen")
    hand.drag(view, marker.on(1, 0.3, 0.3), marker.on(1, 0.5, 0.3))
    session.delete(list(session.script.ink))
    view.go_to_page(PageRef(3))
    hand.press("Ctrl+Z")
    assert len(session.script.ink) == 1
    assert view.current_page == PageRef(1)
