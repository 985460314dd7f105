"""What cannot be, and what contradicts the student's word, is seen at once where it happens."""

from __future__ import annotations

from decimal import Decimal as D

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QKeySequence

from mv_desktop.domain.script import Declaration
from tests.ui.marking.sheet_bench import PAGE, Q2, Q3A, Q3B, Q4, Bench


def tip(bench: Bench, key) -> str:
    return bench.sheet._model.index_of(key).data(Qt.ItemDataRole.ToolTipRole)


def offer(bench: Bench) -> None:
    action = QAction("Back to the sum of the stamps", bench.window)
    action.setObjectName("marking.follow_stamps")
    action.setShortcut(QKeySequence("="))
    bench.sheet.offer([action])


# -- sums that cannot be ---------------------------------------------------------------------------------------


def test_stamps_that_add_up_to_more_than_the_question_carries_are_told_as_they_are_placed(bench):
    for _ in range(2):
        bench.session.place_stamp("tick", PAGE, 0.5, 0.5)
    assert (bench.reason, bench.row(Q2).impossible) == ("", False)
    bench.session.place_stamp("half", PAGE, 0.5, 0.6)
    assert bench.reason == "The stamps of question 2 add up to 2½, and it carries 2."
    assert bench.row(Q2).impossible
    assert "2½ of 2" in tip(bench, Q2)
    assert "which the question cannot have" in tip(bench, Q2)
    bench.session.undo()
    assert (bench.reason, bench.row(Q2).impossible) == ("", False)


def test_a_typed_mark_does_not_hide_that_the_stamps_cannot_be(bench):
    bench.session.give(Q2, D(2))
    for _ in range(3):
        bench.session.place_stamp("tick", PAGE, 0.5, 0.5)
    assert bench.row(Q2).impossible
    assert bench.reason.startswith("The stamps of question 2 add up to 3")


def test_the_warning_goes_with_the_question_and_never_covers_why_a_mark_is_none(bench):
    for _ in range(3):
        bench.session.place_stamp("tick", PAGE, 0.5, 0.5)
    bench.session.set_current(Q4)
    assert bench.reason == ""
    bench.type("7")
    bench.press(Qt.Key.Key_Return)
    refused = bench.reason
    assert refused.startswith("7 is not between 0 and 5.")
    for _ in range(6):
        bench.session.place_stamp("tick", PAGE, 0.5, 0.5)
    assert bench.reason == refused


def test_stamps_of_what_is_not_attempted_are_told_with_the_key_that_counts_them(bench):
    offer(bench)
    bench.session.toggle_not_attempted(Q2)
    bench.session.place_stamp("cross", PAGE, 0.5, 0.5)
    assert bench.reason == ""
    bench.session.place_stamp("tick", PAGE, 0.5, 0.5)
    assert bench.reason == "Question 2 is not attempted, so its stamps do not count. = counts them."
    assert bench.row(Q2).disagrees
    bench.session.follow_stamps(Q2)
    assert (bench.reason, bench.marks(Q2)) == ("", 1)


# -- what the student declared unanswered ----------------------------------------------------------------------


def test_what_the_student_declared_unanswered_says_so_once_a_question(bench):
    bench.open(declared=[2, 3])
    assert [row.declared for row in bench.sheet._model.rows] == [
        Declaration.STANDS, Declaration.STANDS, Declaration.NONE, Declaration.NONE,
    ]  # fmt: skip
    assert "not attempted" in tip(bench, Q2)
    assert tip(bench, Q2).endswith("The student declared this unanswered")


def test_a_mark_overrules_it_and_is_seen_to(bench):
    bench.open(declared=[2])
    bench.sheet.focus_mark()
    bench.type("1.5")
    bench.press(Qt.Key.Key_Return)
    assert bench.marks(Q2) == D("1.5")
    assert bench.row(Q2).declared is Declaration.MARKED
    assert tip(bench, Q2).endswith("The student declared this unanswered, but it has a mark")
    bench.session.undo()
    assert bench.row(Q2).declared is Declaration.STANDS


def test_ink_for_it_is_seen_to_contradict_it(bench):
    bench.open(declared=[2])
    bench.session.place_stamp("circle", PAGE, 0.5, 0.5)
    assert bench.row(Q2).declared is Declaration.INKED
    assert tip(bench, Q2).endswith("The student declared this unanswered, but there is ink for it")
    assert bench.session.script.mark(2).mark.not_attempted


# -- either/or and the total -----------------------------------------------------------------------------------


def test_the_side_that_counts_says_so(bench):
    bench.session.give(Q3A, D(2))
    bench.session.give(Q3B, D(2))
    assert (bench.row(Q3A).counts, bench.row(Q3B).struck) == (True, True)
    assert "counts" in bench.row(Q3A).sentence.split(", ")
    bench.session.nudge(Q3B, D("0.5"))
    assert (bench.row(Q3A).struck, bench.row(Q3B).counts) == (True, True)
    assert not bench.row(Q2).counts


def test_what_is_still_possible_stands_beside_the_total_until_all_is_marked(bench):
    said = bench.sheet._progress.text
    assert said() == "0 of 3 marked · up to 10 possible"
    bench.session.give(Q2, D("0.5"))
    assert said() == "1 of 3 marked · up to 8½ possible"
    bench.session.give(Q3A, D(1))
    bench.session.give(Q4, D(5))
    assert said() == "3 of 3 marked"
    assert bench.total == "6½/10"
