"""What is missing of a second marking, what is handed in, and how a draft is kept."""

from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from uuid import UUID

import pytest

from mv_desktop.core.errors import InvalidError
from mv_desktop.domain.annotation.shape import Placed
from mv_desktop.domain.identifier import MarkingId, MarkKey, PageRef
from mv_desktop.domain.marks import GivenMark, MarkState
from mv_desktop.domain.operation import DeleteAnnotations, PutAnnotations, SeePage, SetMark
from mv_desktop.domain.script import MarkedScript
from mv_desktop.domain.second import (
    SecondDraft,
    SecondLook,
    SecondMark,
    SecondTask,
    draft_json,
    missing,
    read_draft,
    second_marks,
)
from mv_desktop.domain.stamping import Carried, new_stamp
from tests.factories.paper import paper

PAGE = PageRef(1, 0)
MARKING = MarkingId(UUID(int=7))


def marked(number, marks, side="", comment=""):
    return SetMark(MarkKey(number, side), GivenMark(MarkState.MARKED, Decimal(marks), comment))


def test_all_questions_are_handed_in_with_the_side_that_counts_and_nothing_for_what_was_not_attempted():
    script = MarkedScript(paper(), declared_unanswered=[2])
    assert missing(script) == (3, 4)
    with pytest.raises(InvalidError, match="3, 4"):
        second_marks(script)
    for operation in (marked(3, "1"), marked(3, "2.5", "b", " step 2 "), marked(4, "9")):
        script.apply(operation)
    script.apply(marked(3, "1", "a"))
    assert missing(script) == (4,), "nine are not possible"
    script.apply(marked(4, "5"))
    assert second_marks(script) == (
        SecondMark(MarkKey(2), Decimal(0)),
        SecondMark(MarkKey(3, "b"), Decimal("2.5"), "step 2"),
        SecondMark(MarkKey(4), Decimal(5)),
    )


def test_a_draft_keeps_the_last_of_each_and_comes_back_as_it_was():
    one, two = (
        new_stamp(UUID(int=number), "tick", 0.5, 0.5, MarkKey(4), Carried(number, Decimal(1))) for number in (1, 2)
    )
    draft = SecondDraft(MARKING, "Board exam", "XII", comment="फिर देखें")
    draft = draft.done(
        [marked(4, "1"), PutAnnotations((Placed(PAGE, one), Placed(PAGE, two))), SeePage(PAGE, 9.0, 1.0)]
    )
    draft = draft.done([marked(2, "1"), marked(4, "2"), DeleteAnnotations((one.annotation_id,))])
    assert draft.operations == (marked(4, "2"), marked(2, "1"), PutAnnotations((Placed(PAGE, two),)))
    two_marks, none = GivenMark(MarkState.MARKED, Decimal(2)), GivenMark(comment="by steps")
    assert draft.given == ((MarkKey(2), GivenMark(MarkState.MARKED, Decimal(1))), (MarkKey(4), two_marks))
    stamps = tuple(
        Placed(PAGE, stamp)
        for stamp in (one, two, new_stamp(UUID(int=3), "star", 0.5, 0.5, MarkKey(4), Carried(None, None)))
    )
    steps = SecondDraft(MARKING, "", "").done([SetMark(MarkKey(4), none), PutAnnotations(stamps)])
    assert steps.given == ((MarkKey(4), replace(two_marks, comment="by steps")),)
    assert steps.done([DeleteAnnotations((one.annotation_id, two.annotation_id))]).given == ((MarkKey(4), none),)
    free = new_stamp(UUID(int=4), "tick", 0.5, 0.5, None, Carried(None, Decimal(1)))
    assert SecondDraft(MARKING, "", "").done([PutAnnotations((Placed(PAGE, free),))]).given == ()
    kept = replace(draft, gone=True)
    assert read_draft(draft_json(kept)) == kept
    with pytest.raises(ValueError, match="newer version"):
        read_draft(draft_json(kept).replace('"draft": 1', '"draft": 2'))
    assert draft.done([DeleteAnnotations((two.annotation_id,))]).operations == (marked(4, "2"), marked(2, "1"))


def test_what_the_server_does_not_know_as_hers_is_lost_once_and_only_where_the_server_was_asked():
    task = SecondTask(MARKING, datetime(2026, 7, 15, tzinfo=UTC), "Board exam", "XII", "board_exam", 3)
    here, gone, away = (SecondDraft(MarkingId(UUID(int=number)), "Board exam", "XII") for number in (7, 8, 9))
    drafts = (here, replace(gone, gone=True), away)
    assert SecondLook((task,), drafts).lost == (away.marking_id,)
    assert SecondLook(None, drafts).lost == ()
