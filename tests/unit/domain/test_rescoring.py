"""What is known of a faulty question before and after it was decided about."""

from __future__ import annotations

from mv_desktop.domain.adjustment import Adjustment
from mv_desktop.domain.rescoring import AdjustmentPreview, QuestionFault


def test_what_holds_most_widely_is_what_holds():
    assert QuestionFault().adjustment is Adjustment.NONE
    assert QuestionFault(2, {Adjustment.DROP: 1, Adjustment.AWARD: 4}).adjustment is Adjustment.AWARD


def test_exams_without_a_result_wait_for_it():
    found = AdjustmentPreview(7, 4, 6, ((1, 7),), 4, 2, 2, 0, (), nothing_left=False, fault=QuestionFault())
    assert found.waiting == 3
