"""A page is tagged with its questions by typing their numbers, and the tags count everywhere."""

from __future__ import annotations

from mv_desktop.domain.identifier import MarkKey, PageRef
from mv_desktop.domain.operation import TagPage
from mv_desktop.domain.submission import Sentence
from mv_desktop.ui.marking.page.page_list import PageList
from mv_desktop.ui.marking.page.page_row import ROW_ROLE, PageRow
from tests.fakes import hand

Q2, Q3A, Q4 = MarkKey(2), MarkKey(3, "a"), MarkKey(4)
TWO = PageRef(2)


def tag(marker, text: str, page: PageRef = TWO) -> None:
    marker.screen.view.go_to_page(page)
    hand.press("Q")
    hand.type_text(text)
    hand.press("Return")


def label(marker, number: int) -> str:
    return marker.screen.view.sheet._labels[number - 1].text()


def row(marker, number: int) -> str:
    return _row(marker, number).questions_text


def _row(marker, number: int) -> PageRow:
    return marker.screen.findChild(PageList).model().index(number - 1, 0).data(ROW_ROLE)


def test_tags_are_shown_in_the_list_and_above_the_page_and_lead_there(marker, store):
    session = marker.open()
    tag(marker, "2, 4")
    assert (label(marker, 2), row(marker, 2)) == ("Page 2  ·  Q2, 4", "Q2, 4")
    assert label(marker, 1) == "Page 1  ·  Q2"
    assert session.stamp_key(TWO) == session.current
    marker.screen.view.go_to_page(PageRef(1))
    hand.press("U")
    hand.press("U")
    marker.saved()
    assert TagPage(TWO, (2, 4)) in store.operations()


def test_a_tag_is_one_step_of_undo_and_comes_back_with_the_script(marker):
    session = marker.open()
    tag(marker, "4")
    hand.press("Ctrl+Z")
    assert (session.questions_on(TWO), label(marker, 2)) == ((3,), "Page 2  ·  Q3")
    hand.press("Ctrl+Shift+Z")
    assert (session.questions_on(TWO), row(marker, 2)) == ((4,), "Q4")
    assert ["As you tagged it" in _row(marker, number).words for number in (1, 2)] == [False, True]


def test_an_emptied_field_goes_back_to_what_the_student_said(marker):
    session = marker.open()
    tag(marker, "2-4")
    hand.press("Q")
    field = marker.screen._top._asking.field
    assert (field.text(), field.selectedText(), field.placeholderText()) == ("2–4", "2–4", "3")
    hand.press("Backspace")
    hand.press("Return")
    assert session.questions_on(TWO) == (3,)
    assert session.script.tags[TWO] == ()


def test_the_same_tags_again_are_no_step(marker):
    session = marker.open()
    tag(marker, "")
    assert not session.can_undo
    tag(marker, "3")
    hand.press("Q")
    hand.press("Return")
    hand.press("Ctrl+Z")
    assert TWO not in session.script.tags or session.script.tags[TWO] == ()


def test_what_is_no_question_is_said_and_can_be_typed_again(marker):
    session = marker.open()
    tag(marker, "1")
    asking = marker.screen._top._asking
    assert asking.prompt.text() == "This paper has no written question 1. Its questions are 2 to 4."
    assert asking.field.accessibleDescription() == asking.prompt.text()
    hand.type_text("3-4")
    hand.press("Return")
    assert session.questions_on(TWO) == (3, 4)
    assert not asking.isVisible()


def test_escape_and_going_elsewhere_keep_what_was(marker):
    session = marker.open()
    for leave in (lambda: hand.press("Escape"), marker.screen.view.setFocus):
        hand.press("Q")
        hand.type_text("4")
        leave()
        assert not marker.screen._top._asking.isVisible()
        assert marker.screen.view.hasFocus()
    assert session.script.tags == {}
    assert marker.asked_back == []


def test_letters_are_not_typed_and_give_no_commands(marker):
    session = marker.open()
    hand.press("Q")
    hand.type_text("f4x")
    assert marker.screen._top._asking.field.text() == "4"
    assert session.script.given == {}


def test_a_read_only_script_is_not_tagged(marker):
    marker.open(read_only=True, read_only_reason="It was submitted.")
    hand.press("Q")
    assert not marker.screen._top._asking.isVisible()


def test_the_check_goes_by_the_tags(marker):
    session = marker.open()
    session.see_page(TWO, 5.0, 1.0)
    session.full(Q4)
    tag(marker, "4")
    said = [finding for finding in session.findings() if finding.sentence is Sentence.NO_INK]
    assert [(finding.page, finding.values["questions"]) for finding in said] == [(TWO, "4")]


def test_the_title_makes_room_for_the_question_and_comes_back(marker):
    marker.open(title="Half-yearly examination of the whole district, second paper " * 3)
    title = marker.screen._top._title
    assert title.shown.endswith("…")
    assert title.toolTip() == title.text()
    hand.press("Q")
    assert not title.isVisible()
    hand.press("Escape")
    assert title.isVisible()
    assert marker.screen._top.minimumSizeHint().width() < 600
