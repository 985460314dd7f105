"""The document of a completed script's annotations, and the other shapes that are stored as JSON."""

import json
from decimal import Decimal
from uuid import UUID

import pytest
from pydantic import ValidationError

from mv_desktop.domain.annotation.document import AnnotatedPage, AnnotationDocument, QuestionNote, Seen
from mv_desktop.domain.annotation.shape import PenStroke, Stamp, TextNote, UnknownAnnotation
from mv_desktop.domain.audit import Change, EventData
from mv_desktop.domain.page import PageSize

ID = "0192f7aa-1111-7222-8333-444455556666"
STAMP = {"id": ID, "type": "stamp", "stamp": "tick", "x": 0.4, "y": 0.3, "question_number": 21, "marks": "1.0"}
PEN = {"id": ID, "type": "pen", "points": [[0.1, 0.2, 0.5]]}
TEXT = {"id": ID, "type": "text", "x": 0.1, "y": 0.9, "text": "see $x^2$"}
LATER = {"id": ID, "type": "hologram", "depth": 3}


def document(*annotations):
    return {"schema": 1, "pages": [{"page_number": 1, "annotations": list(annotations)}]}


def test_each_annotation_is_read_as_its_kind_in_the_order_of_placing():
    (page,) = AnnotationDocument.model_validate(document(STAMP, PEN, LATER, TEXT)).pages
    assert [type(found) for found in page.annotations] == [Stamp, PenStroke, UnknownAnnotation, TextNote]
    assert page.annotations[0].carried == Decimal("1.0")


def test_everything_of_every_kind_is_written_again():
    read = AnnotationDocument.model_validate(document(STAMP, PEN, LATER, TEXT))
    written = read.model_dump(mode="json", exclude_unset=True)
    assert written == document(STAMP, PEN, LATER, TEXT)
    assert AnnotationDocument.model_validate_json(json.dumps(written)) == read


def test_a_document_is_built_of_annotations_as_well_as_of_json():
    stamp = Stamp(id=UUID(ID), stamp="tick", x=0.4, y=0.3, question_number=21, marks="1.0")
    page = AnnotatedPage(page_number=1, annotations=(stamp,))
    assert page.annotations == AnnotationDocument.model_validate(document(STAMP)).pages[0].annotations


def test_an_annotation_with_impossible_values_is_kept_as_a_placeholder():
    (page,) = AnnotationDocument.model_validate(document(STAMP | {"x": 7})).pages
    assert isinstance(page.annotations[0], UnknownAnnotation)


def test_the_step_of_a_scheme_that_a_stamp_is_for_is_written_again():
    read = AnnotationDocument.model_validate(document(STAMP | {"step": 2}))
    assert read.pages[0].annotations[0].step == 2
    assert read.model_dump(mode="json", exclude_unset=True) == document(STAMP | {"step": 2})


@pytest.mark.parametrize("step", [0, -3, "second", 1.5])
def test_a_step_that_no_scheme_has_makes_a_placeholder_whose_marks_count(step):
    (found,) = AnnotationDocument.model_validate(document(STAMP | {"step": step})).pages[0].annotations
    assert isinstance(found, UnknownAnnotation)
    assert (found.carried, found.step) == (Decimal("1.0"), None)


@pytest.mark.parametrize("wrong", ["tick", None, 7, [STAMP]])
def test_what_is_no_object_is_no_annotation(wrong):
    with pytest.raises(ValidationError):
        AnnotationDocument.model_validate(document(wrong))


def test_an_empty_document_says_its_schema():
    assert AnnotationDocument().model_dump(mode="json") == {"schema": 1, "questions": [], "pages": []}
    page = AnnotatedPage(page_number=3)
    assert (page.pdf_page, page.rotation, page.seen, page.annotations) == (0, 0, None, ())


def test_the_newer_schema_of_a_document_stays():
    assert AnnotationDocument.model_validate({"schema": 2}).schema_ == 2


SHAPES = [
    (QuestionNote, {"question_number": 21, "state": "not_attempted", "alternative": "b", "marks": "1.5"}),
    (Seen, {"seconds": 12.5, "largest_share": 0.9}),
    (PageSize, {"width": 1240, "height": 1754, "source": "jpeg"}),
    (Change, {"old": None, "new": [1, "a"]}),
    (EventData, {"login": "mv_0", "program": "0.1", "reason": "ill", "changes": {"status": {"old": 1, "new": 2}}}),
]


@pytest.mark.parametrize(("shape", "value"), SHAPES)
def test_a_shape_keeps_the_fields_of_a_newer_version_and_never_changes(shape, value):
    newer = value | {"of_a_newer_version": {"nested": [1]}}
    read = shape.model_validate(newer)
    assert read.model_dump(mode="json") == newer
    with pytest.raises(ValidationError):
        setattr(read, next(iter(value)), None)


def test_an_event_tells_only_what_there_was_to_tell():
    assert EventData().model_dump(mode="json", exclude_none=True) == {}
    assert EventData(changes={"phone": Change(new="1")}).changes == {"phone": Change(old=None, new="1")}


@pytest.mark.parametrize("value", [{"height": 1, "source": "jpeg"}, {"width": "wide", "height": 1, "source": "jpeg"}])
def test_a_page_without_its_size_is_refused(value):
    with pytest.raises(ValidationError):
        PageSize.model_validate(value)
