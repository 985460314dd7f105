"""Whatever an entry of `annotations` holds, it is read, counted soundly, and written again as it came."""

import json
from decimal import Decimal
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mv_desktop.domain.annotation.document import AnnotationDocument
from mv_desktop.domain.annotation.frozen import frozen_annotations, newer_program
from mv_desktop.domain.annotation.shape import (
    EXAMINER_RED,
    Placed,
    Stamp,
    UnknownAnnotation,
    annotation_json,
    is_known,
    read_annotation,
)
from mv_desktop.domain.identifier import MarkKey, PageRef
from mv_desktop.domain.operation import PutAnnotations, SeePage, from_payload, to_payload
from mv_desktop.domain.script import MarkedScript
from tests.factories.bad_ink import BROKEN, ID, LINE, MARKER, PEN, STAMP, TEXT
from tests.factories.paper import paper

json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=9),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)
_FIELDS = ("type", "color", "question_number", "alternative", "marks", "x", "y", "size", "points", "text", "stamp")
entries = st.builds(
    lambda base, change, more: {**base, **change, **more, "id": ID},
    st.sampled_from([STAMP, PEN, MARKER, LINE, TEXT, {"type": "hologram"}, {}]),
    st.dictionaries(st.sampled_from(_FIELDS), json_values, max_size=3),
    st.dictionaries(st.text(min_size=1, max_size=5), json_values, max_size=2),
)


@pytest.mark.parametrize("body", BROKEN.values(), ids=BROKEN.keys())
def test_what_breaks_the_rules_is_a_placeholder_and_written_as_it_came(body):
    annotation = read_annotation(body)
    assert isinstance(annotation, UnknownAnnotation)
    assert annotation.id == UUID(ID)
    assert annotation_json(annotation) == body
    operation = PutAnnotations((Placed(PageRef(2), annotation),))
    again = from_payload(operation.kind, json.loads(json.dumps(to_payload(operation))))
    assert again == operation


@pytest.mark.parametrize("body", BROKEN.values(), ids=BROKEN.keys())
def test_what_breaks_the_rules_leaves_sums_that_are_numbers(body):
    script = MarkedScript(paper(), ink=[Placed(PageRef(1), read_annotation(body))])
    total = script.stamp_sum(MarkKey(2))
    assert total is None or abs(total) < 1000
    assert str(script.total) in {"0", "1", "1.0"}


@given(entries)
def test_nothing_of_any_entry_is_lost(body):
    annotation = read_annotation(body)
    written = json.loads(json.dumps(annotation_json(annotation)))
    if isinstance(annotation, UnknownAnnotation):
        assert written == body
    assert read_annotation(written) == annotation
    MarkedScript(paper(), ink=[Placed(PageRef(1), annotation)])
    for name, value in body.items():
        if name not in type(annotation).model_fields:
            assert written[name] == value


def test_nulls_deep_in_unknown_fields_stay():
    body = STAMP | {"tilt": {"by": None, "list": [None]}, "note": None}
    assert {name: annotation_json(read_annotation(body))[name] for name in ("tilt", "note")} == {
        "tilt": {"by": None, "list": [None]},
        "note": None,
    }


def test_marks_of_a_broken_stamp_count_as_they_do_on_the_server():
    broken = read_annotation(STAMP | {"size": -1, "question_number": 2, "marks": "1.5", "alternative": None})
    assert (broken.mark_key, broken.carried) == (MarkKey(2), Decimal("1.5"))
    assert broken.color == EXAMINER_RED


def test_what_is_changed_of_a_kept_entry_is_written_and_the_rest_stays():
    body = STAMP | {"size": "wide", "color": "#000000"}
    changed = read_annotation(body).model_copy(update={"color": "#00ff00"})
    assert annotation_json(changed) == body | {"color": "#00ff00"}


def test_an_id_known_from_elsewhere_wins_and_the_entry_stays():
    other = UUID(int=5)
    for body in ({}, {"id": "no id", "type": "stamp"}, STAMP):
        annotation = read_annotation(body, other)
        assert (annotation.id, annotation_json(annotation)) == (other, body)


def test_a_placeholder_made_here_says_what_it_has():
    made = UnknownAnnotation(id=ID, type="hologram")
    assert made.body is None
    assert annotation_json(made) == {"id": ID, "type": "hologram", "color": EXAMINER_RED}
    assert (is_known("hologram"), is_known("stamp")) == (False, True)


def test_reading_that_was_not_saved_is_taken_back():
    script, page = MarkedScript(paper()), PageRef(1)
    script.apply(SeePage(page, 3.0, 0.5))
    before = script.seen[page]
    script.apply(SeePage(page, 9.0, 1.0))
    assert script.unsee(page, before).pages == {page}
    assert script.seen == {page: before}
    script.unsee(page, None)
    assert script.seen == {}


def test_the_same_id_twice_counts_once():
    def stamp(page, marks):
        return Placed(PageRef(page), Stamp(id=ID, stamp="tick", x=0.5, y=0.5, question_number=2, marks=marks))

    script = MarkedScript(paper(), ink=[stamp(1, "1"), stamp(2, "0.5")])
    assert script.stamp_sum(MarkKey(2)) == Decimal("0.5")
    assert (script.ink_on(PageRef(1)), script.ink_on(PageRef(2)), len(script.ink)) == (0, 1, 1)


# -- whole documents --------------------------------------------------------------------------------------------


def test_a_document_with_broken_entries_is_read_and_written_again():
    data = {"schema": 1, "pages": [{"page_number": 1, "annotations": list(BROKEN.values())}]}
    read = AnnotationDocument.model_validate(data)
    assert read.model_dump(mode="json", exclude_unset=True) == data


@pytest.mark.parametrize(
    ("document", "needed"),
    [
        (None, None),
        ({}, None),
        ({"schema": 1}, None),
        ({"schema": 2}, ""),
        ({"schema": 2, "program": "2.1"}, "2.1"),
        ({"schema": 2, "program": ["2.1"]}, ""),
        ({"schema": "two"}, ""),
        ([], None),
    ],
)
def test_a_newer_schema_says_which_program_it_needs(document, needed):
    assert newer_program(document) == needed


def test_every_entry_of_a_frozen_document_has_an_id_of_its_own():
    document = {
        "pages": [
            {"page_number": 1, "annotations": [STAMP, STAMP | {"x": 0.9}, {"type": "pen"}, "tick", None]},
            {"page_number": 2, "pdf_page": 3, "annotations": [STAMP, LINE]},
            {"page_number": "one", "annotations": [STAMP]},
            {"page_number": 3, "annotations": {"a": 1}},
            "page",
        ]
    }
    found = frozen_annotations(document)
    assert [item.page for item in found] == [PageRef(1)] * 5 + [PageRef(2, 3)] * 2
    assert len({item.annotation_id for item in found}) == 7
    assert found[0].body == STAMP
    assert [type(read_annotation(item.body, item.annotation_id)).__name__ for item in found] == [
        "Stamp",
        "Stamp",
        *["UnknownAnnotation"] * 3,
        "Stamp",
        "Figure",
    ]
    assert frozen_annotations(document) == found


@given(json_values)
def test_no_document_is_too_strange_to_be_looked_at(document):
    newer_program(document)
    for wrapped in (document, {"pages": document}, {"pages": [{"page_number": 1, "annotations": document}]}):
        for item in frozen_annotations(wrapped):
            read_annotation(item.body, item.annotation_id)
