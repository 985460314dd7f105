"""Of a returned script only what was returned can be changed, by the server's rule."""

from __future__ import annotations

from decimal import Decimal
from uuid import UUID

import pytest

from mv_desktop.domain.annotation.shape import Placed, Stamp
from mv_desktop.domain.flag import Spot
from mv_desktop.domain.identifier import AnnotationId, MarkKey, PageRef
from mv_desktop.domain.marks import GivenMark, MarkState
from mv_desktop.domain.operation import (
    ClearMark,
    DeleteAnnotations,
    OpenEvaluation,
    PutAnnotations,
    SetMark,
    SubmitEvaluation,
)
from mv_desktop.domain.returned import Pinned, Returned, ReturnedQuestion, read_pin, written_pin

RETURNED = Returned("Look again", (ReturnedQuestion(31, "The graph"), ReturnedQuestion(27, "The last step")))
ONE = GivenMark(MarkState.MARKED, Decimal(1))


def stamp(number: int | None, identity: int = 1) -> Placed:
    return Placed(PageRef(1), Stamp(id=UUID(int=identity), stamp="tick", x=0.5, y=0.5, question_number=number))


def standing(*placed: Placed) -> dict[AnnotationId, Placed]:
    return {item.annotation.annotation_id: item for item in placed}


def test_its_questions_are_told_rising_and_each_with_its_reason():
    assert RETURNED.numbers == (27, 31)
    assert (RETURNED.why(31), RETURNED.why(28)) == ("The graph", "")
    pin = Pinned(PageRef(2), Spot(0.5, 0.5))
    pinned = Returned("Look again", (ReturnedQuestion(27, "The sum", pin), *RETURNED.questions[:1]))
    assert [pinned.pin(number) for number in (27, 31, 28)] == [pin, None, None]


@pytest.mark.parametrize(
    ("operation", "closed"),
    [
        (SetMark(MarkKey(27), ONE), None),
        (SetMark(MarkKey(28, "a"), ONE), 28),
        (ClearMark(MarkKey(31)), None),
        (ClearMark(MarkKey(4)), 4),
        (PutAnnotations((stamp(27), stamp(31, 2))), None),
        (PutAnnotations((stamp(27), stamp(30, 2), stamp(29, 3))), 29),
        (PutAnnotations((stamp(None),)), None),
        (DeleteAnnotations((AnnotationId(UUID(int=9)),)), None),
        (OpenEvaluation(), None),
        (SubmitEvaluation({}, Decimal(0)), None),
    ],
)
def test_what_closes_an_operation(operation, closed):
    assert RETURNED.closes(operation, {}) == closed


def test_ink_that_stands_on_a_closed_question_cannot_be_moved_to_an_open_one_nor_deleted():
    ink = standing(stamp(28))
    assert RETURNED.closes(PutAnnotations((stamp(27),)), ink) == 28
    assert RETURNED.closes(DeleteAnnotations((stamp(28).annotation.annotation_id,)), ink) == 28
    assert RETURNED.closes(DeleteAnnotations((stamp(27).annotation.annotation_id,)), standing(stamp(27))) is None


def test_a_pin_is_read_as_it_was_written():
    for pin in (Pinned(PageRef(3, 2), Spot(0.25, 0.5)), Pinned(PageRef(1), Spot(0, 1))):
        assert read_pin(written_pin(pin)) == pin
    assert read_pin({"page_number": 1, "x": 0.5, "y": 0.5}) == Pinned(PageRef(1), Spot(0.5, 0.5))


@pytest.mark.parametrize(
    "value",
    [
        None,
        "page 3",
        {"page_number": 3, "pdf_page": 0, "x": 0.5},
        {"page_number": 0, "pdf_page": 0, "x": 0.5, "y": 0.5},
        {"page_number": 3, "pdf_page": -1, "x": 0.5, "y": 0.5},
        {"page_number": "3", "pdf_page": 0, "x": 0.5, "y": 0.5},
        {"page_number": 3, "pdf_page": 0.5, "x": 0.5, "y": 0.5},
        {"page_number": 3, "pdf_page": 0, "x": "0.5", "y": 0.5},
        {"page_number": 3, "pdf_page": 0, "x": 0.5, "y": 1.5},
    ],
)
def test_what_is_no_place_on_a_page_is_no_pin(value):
    assert read_pin(value) is None
