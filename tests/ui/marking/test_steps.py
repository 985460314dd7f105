"""The steps of a scheme are given by keys, by their rows and by plain ticks, and taken back."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal as D

import pytest
from PySide6.QtCore import QPoint
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QToolButton

from mv_desktop.domain.annotation.shape import Stamp
from mv_desktop.domain.exam import ExamSnapshot
from mv_desktop.domain.identifier import MarkKey, PageRef
from mv_desktop.domain.operation import DeleteAnnotations, OpenEvaluation, PutAnnotations
from mv_desktop.domain.question import Scheme, SchemeStep
from mv_desktop.ui.marking.sheet.scheme_step import StepRow
from tests.factories.paper import paper
from tests.fakes import hand
from tests.fakes.picture_source import small_script

Q2, Q3A, Q4 = MarkKey(2), MarkKey(3, "a"), MarkKey(4)


def stepped_paper() -> ExamSnapshot:
    """The small paper; question 4 earns its five marks in four steps of two parts."""
    snapshot = paper()
    steps = tuple(
        SchemeStep(text=text, marks=D(marks), part=part)
        for text, marks, part in (
            ("Finds $x=2$", "1", "i"),
            ("Substitutes", "0.5", "i"),
            ("Integrates", "2", "ii"),
            ("Simplifies", "1.5", "ii"),
        )
    )
    last = snapshot.questions[-1].model_copy(update={"scheme": Scheme(steps=steps)})
    return snapshot.model_copy(update={"questions": (*snapshot.questions[:-1], last)})


def opened(marker, **view):
    session = marker.open(snapshot=stepped_paper(), **view)
    session.set_current(Q4)
    marker.screen.view.go_to_page(PageRef(3))
    return session


def stamps(marker) -> list[Stamp]:
    return [placed.annotation for placed in marker.session.script.ink.values()]


def rows(marker) -> list[StepRow]:
    assert marker.screen._sheet._panel.text
    return [row for row in marker.screen._sheet._panel.findChildren(StepRow) if not row.isHidden()]


# -- by key -------------------------------------------------------------------------------------------------


def test_a_step_is_given_at_the_pointer_and_the_same_key_takes_exactly_it_away(marker, store):
    session = opened(marker)
    hand.hover(marker.screen.view, marker.on(3, 0.3, 0.4))
    hand.press("Ctrl+3")
    (made,) = stamps(marker)
    assert (made.stamp, made.step, made.carried, made.mark_key) == ("tick", 3, 2, Q4)
    assert (made.x, made.y) == pytest.approx((0.3, 0.4), abs=0.01)
    hand.hover(marker.screen.view, marker.on(3, 0.6, 0.5))
    hand.press("Ctrl+1")
    assert (session.script.steps_given(Q4), marker.marks(Q4)) == ({1: 1, 3: 2}, 3)
    hand.press("Ctrl+3")
    assert (session.script.steps_given(Q4), marker.marks(Q4)) == ({1: 1}, 1)
    marker.saved()
    kinds = [type(o) for o in store.operations() if not isinstance(o, OpenEvaluation)]
    assert kinds == [PutAnnotations, PutAnnotations, DeleteAnnotations]


def test_each_is_one_step_of_undo(marker):
    session = opened(marker)
    hand.press("Ctrl+1")
    hand.press("Ctrl+2")
    hand.press("Ctrl+1")
    for given in ({1: 1, 2: D("0.5")}, {1: 1}, {}):
        hand.press("Ctrl+Z")
        assert session.script.steps_given(Q4) == given
    hand.press("Ctrl+Shift+Z")
    assert session.script.steps_given(Q4) == {1: 1}


def test_without_a_pointer_steps_stand_below_one_another_in_the_margin_that_is_seen(marker):
    opened(marker)
    for key in "1234":
        hand.press(f"Ctrl+{key}")
    seen = marker.screen.view.shown_part(PageRef(3))
    places = [(made.x, made.y) for made in stamps(marker)]
    assert len({x for x, _ in places}) == 1
    assert places[0][0] > 0.9
    heights = [y for _, y in places]
    assert heights == sorted(set(heights))
    assert seen.top < heights[0] < heights[-1] < seen.bottom


@pytest.mark.parametrize("turns", [1, 2, 3])
def test_on_a_turned_page_the_margin_is_the_right_one_of_who_looks_at_it(marker, turns):
    opened(marker)
    view = marker.screen.view
    view.rotate_page(PageRef(3), turns)
    hand.press("Ctrl+1")
    hand.press("Ctrl+2")
    shown = view.sheet.page_rect(view.sheet.page(PageRef(3)))
    first, second = (view.sheet.mark(made.annotation_id).frame().center() for made in stamps(marker))
    assert first.x() == pytest.approx(second.x(), abs=5), "what they carry may be broader"
    assert first.x() > shown.left() + 0.9 * shown.width()
    assert first.y() < second.y()


def test_where_the_pointer_rests_on_a_stamp_the_next_goes_to_the_margin(marker):
    opened(marker)
    hand.hover(marker.screen.view, marker.on(3, 0.3, 0.4))
    hand.press("Ctrl+1")
    hand.press("Ctrl+2")
    assert [made.x > 0.9 for made in stamps(marker)] == [False, True]


def test_a_pointer_on_the_page_of_other_questions_is_not_meant(marker):
    session = marker.open(snapshot=stepped_paper())
    session.set_current(Q4)
    hand.hover(marker.screen.view, marker.on(1, 0.3, 0.4))
    hand.press("Ctrl+1")
    (placed,) = session.script.ink.values()
    assert placed.page == PageRef(3)
    assert marker.screen.view.current_page == PageRef(3)


def test_a_question_whose_page_is_not_known_gets_its_steps_where_one_is(marker):
    pages, _ = small_script(3)
    session = marker.open(snapshot=stepped_paper(), pages=[replace(page, questions=()) for page in pages])
    session.set_current(Q4)
    marker.screen.view.go_to_page(PageRef(2))
    hand.press("Ctrl+4")
    (placed,) = session.script.ink.values()
    assert (placed.page, placed.annotation.step) == (PageRef(2), 4)


def test_either_side_has_its_own_steps(marker):
    session = marker.open(snapshot=stepped_paper())
    session.set_current(Q3A)
    hand.press("Ctrl+1")
    hand.press("Tab")
    hand.press("Ctrl+1")
    assert [session.script.steps_given(MarkKey(3, side)) for side in "ab"] == [{1: 3}, {1: 3}]


def test_a_read_only_script_gives_no_steps(marker):
    opened(marker, read_only=True, read_only_reason="It was submitted.")
    hand.press("Ctrl+1")
    assert not stamps(marker)
    assert [error.message for error in marker.messages.told] == ["It was submitted."]
    assert not any(row._button.isEnabled() for row in rows(marker))


# -- the rows -----------------------------------------------------------------------------------------------


def test_the_rows_say_what_is_given_and_a_click_gives_it(marker):
    session = opened(marker)
    assert [row.text for row in rows(marker)] == [
        "(i) Finds $x=2$ 1", "Substitutes ½", "(ii) Integrates 2", "Simplifies 1½",
    ]  # fmt: skip
    button = rows(marker)[2].findChild(QToolButton)
    assert button.accessibleName() == "Step 3, part ii, Integrates, 2 marks, not given yet"
    assert button.toolTip() == "Give this step  (Ctrl+3)"
    QTest.mouseClick(button, hand.LEFT)
    assert session.script.steps_given(Q4) == {3: 2}
    assert rows(marker)[2].text == "(ii) Integrates 2/2"
    assert [row.earned for row in rows(marker)] == [False, False, True, False]
    assert button.accessibleName() == "Step 3, part ii, Integrates, 2 marks, 2 given"
    assert button.toolTip() == "Take the tick for this step away  (Ctrl+3)"
    marks = rows(marker)[2].rect()
    QTest.mouseClick(rows(marker)[2], hand.LEFT, pos=QPoint(marks.right() - 1, marks.bottom() - 1))
    assert session.script.steps_given(Q4) == {}
    assert not rows(marker)[2].earned


def test_the_rows_follow_undo_and_the_question(marker):
    session = opened(marker)
    hand.press("Ctrl+1")
    session.set_current(Q2)
    assert not any(row.earned for row in rows(marker))
    session.set_current(Q4)
    assert [row.earned for row in rows(marker)] == [True, False, False, False]
    hand.press("Ctrl+Z")
    assert not any(row.earned for row in rows(marker))


# -- by the scheme ------------------------------------------------------------------------------------------


def test_plain_ticks_give_the_steps_one_after_the_other_and_never_more_than_the_question_has(marker):
    marker.by_scheme()
    opened(marker)
    hand.hover(marker.screen.view, marker.on(3))
    for steps, said in (
        ({1: 1}, "Tick: +½ → Q4 · step 2"),
        ({1: 1, 2: D("0.5")}, "Tick: +2 → Q4 · step 3"),
        ({1: 1, 2: D("0.5"), 3: 2}, "Tick: +1½ → Q4 · step 4"),
        ({1: 1, 2: D("0.5"), 3: 2, 4: D("1.5")}, "Tick → Q4 · full"),
        ({1: 1, 2: D("0.5"), 3: 2, 4: D("1.5")}, "Tick → Q4 · full"),
    ):
        marker.screen.view.set_stamp("tick")
        hand.press("1")
        assert marker.session.script.steps_given(Q4) == steps
        assert marker.screen._strip.target_text == said
    assert marker.marks(Q4) == 5
    assert stamps(marker)[-1].marks is None


def test_a_half_and_a_cross_decide_the_next_step_and_later_ticks_make_them_whole(marker):
    marker.by_scheme()
    opened(marker)
    hand.hover(marker.screen.view, marker.on(3))
    for key in "3211":
        hand.press(key)
    given = {1: D("0.5"), 2: 0, 3: 2, 4: D("1.5")}
    assert marker.session.script.steps_given(Q4) == given
    assert [row.text.split()[-1] for row in rows(marker)] == ["½/1", "0/½", "2/2", "1½/1½"]
    hand.press("1")
    hand.press("1")
    assert marker.session.script.steps_given(Q4) == {1: 1, 2: D("0.5"), 3: 2, 4: D("1.5")}
    assert marker.marks(Q4) == 5


def test_what_other_stamps_gave_is_not_offered_again(marker):
    opened(marker)
    for _ in range(2):
        marker.session.place_stamp("tick", PageRef(3), 0.5, 0.5)
    marker.by_scheme()
    hand.hover(marker.screen.view, marker.on(3, 0.2, 0.2))
    for _ in range(4):
        hand.press("1")
    assert marker.session.script.steps_given(Q4) == {1: 1, 2: D("0.5"), 3: D("1.5")}
    assert marker.marks(Q4) == 5


def test_where_the_scheme_is_not_meant_stamps_stand_for_no_step(marker):
    opened(marker)
    hand.hover(marker.screen.view, marker.on(3))
    for key in "123":
        hand.press(key)
    assert [made.step for made in stamps(marker)] == [None, None, None]
