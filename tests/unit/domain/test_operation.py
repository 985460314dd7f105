"""Operations survive the way to JSON and back, and malformed ones are refused."""

from decimal import Decimal as D
from uuid import UUID

import pytest
from pydantic import ValidationError

from mv_desktop.core.errors import InvalidError
from mv_desktop.domain.annotation.shape import (
    PenStroke,
    Placed,
    Stamp,
    TextNote,
    UnknownAnnotation,
    annotation_json,
    parse_annotation,
)
from mv_desktop.domain.flag import Spot
from mv_desktop.domain.identifier import AnnotationId, FlagId, MarkKey, OperationId, PageRef
from mv_desktop.domain.marks import GivenMark, MarkState
from mv_desktop.domain.operation import (
    OPERATION_SCHEMA,
    ClearMark,
    DeleteAnnotations,
    HandBack,
    OpenEvaluation,
    PutAnnotations,
    RaiseFlag,
    ResolveMark,
    SeePage,
    SetMark,
    SubmitEvaluation,
    TagPage,
    WithdrawFlag,
    from_payload,
    schema_of,
    to_payload,
)

ID = UUID("0192f7aa-1111-7222-8333-444455556666")
PAGE = PageRef(3, 2)
STAMP = Stamp(id=ID, stamp="tick", x=0.4213, y=0.3107, marks="1.0", question_number=21)

OPERATIONS = [
    OpenEvaluation(),
    SetMark(MarkKey(30, "b"), GivenMark(MarkState.MARKED, D("2.5"), "Check units — इकाई देखें")),
    SetMark(MarkKey(30), GivenMark(MarkState.NOT_ATTEMPTED)),
    ClearMark(MarkKey(30)),
    ResolveMark(MarkKey(30, "b"), GivenMark(MarkState.MARKED, D(1)), (OperationId(ID),)),
    ResolveMark(MarkKey(30), GivenMark(), (), reopens=True),
    PutAnnotations((Placed(PAGE, STAMP), Placed(PageRef(1), TextNote(id=ID, x=0.1, y=0.2, text="$x=5$")))),
    PutAnnotations((Placed(PAGE, PenStroke(id=ID, points=((0.1, 0.2, 0.5), (0.3, 0.4, 1.0)))),)),
    DeleteAnnotations((AnnotationId(ID),)),
    SeePage(PAGE, 41.2, 1.0),
    TagPage(PAGE, (21, 22)),
    RaiseFlag(FlagId(ID), "rescan", "Too dark", PAGE),
    RaiseFlag(FlagId(ID), "wrong_paper"),
    RaiseFlag(FlagId(ID), "illegible", "here", PAGE, Spot(0.25, 0.875)),
    WithdrawFlag(FlagId(ID)),
    HandBack("other", "I know the family"),
    SubmitEvaluation({21: D("2.0"), 22: D("0.5")}, D("2.5")),
]


@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda operation: operation.kind)
def test_an_operation_survives_json(operation):
    assert from_payload(operation.kind, to_payload(operation)) == operation


def test_what_an_older_server_knows_is_sent_as_it_always_was():
    newer = {operation.kind: schema_of(operation) for operation in OPERATIONS if schema_of(operation) > 1}
    assert newer == {"flag.withdraw": 2, "evaluation.hand_back": 2, "mark.resolve": OPERATION_SCHEMA}


@pytest.mark.parametrize(
    ("kind", "payload"),
    [
        ("evaluation.explode", {}),
        ("mark.set", {}),
        ("mark.set", {"question_number": "x", "state": "marked"}),
        ("mark.set", {"question_number": 1, "state": "dreamt"}),
        ("mark.set", {"question_number": 1, "state": "marked", "marks": "two"}),
        ("annotation.put", {"annotations": [{"page_number": 1}]}),
        ("annotation.put", {"annotations": 3}),
        ("annotation.put", {"annotations": ["x"]}),
        ("annotation.delete", {"annotation_ids": ["no uuid"]}),
        ("evaluation.submit", {"marks": [], "total": "1"}),
        ("flag.raise", {"flag_id": str(ID), "reason": "illegible", "x": "left", "y": 0}),
        ("flag.withdraw", {"flag_id": "none"}),
        ("evaluation.hand_back", {}),
    ],
)
def test_a_malformed_operation_is_refused(kind, payload):
    with pytest.raises(InvalidError):
        from_payload(kind, payload)


def test_unknown_fields_of_an_annotation_are_kept():
    data = annotation_json(STAMP) | {"tilt": 12}
    assert annotation_json(parse_annotation(data)) == data


def test_an_unknown_kind_of_annotation_is_kept_as_it_came():
    data = {"id": str(ID), "type": "hologram", "color": "#c1121f", "depth": [1, 2]}
    annotation = parse_annotation(data)
    assert isinstance(annotation, UnknownAnnotation)
    assert annotation_json(annotation) == data


def test_an_annotation_without_a_question_counts_for_nothing():
    annotation = Stamp(id=ID, stamp="star", x=0, y=0)
    assert (annotation.mark_key, annotation.carried) == (None, None)


@pytest.mark.parametrize("marks", ["two", "NaN", "Infinity"])
def test_marks_of_an_annotation_are_decimals(marks):
    with pytest.raises(ValidationError):
        Stamp(id=ID, stamp="tick", x=0, y=0, marks=marks)


@pytest.mark.parametrize("change", [{"x": float("nan")}, {"x": 9}, {"size": 0}, {"stamp": "skull"}, {"id": "1"}])
def test_impossible_annotations_are_refused(change):
    with pytest.raises(InvalidError, match="could not be read"):
        parse_annotation(annotation_json(STAMP) | change)
