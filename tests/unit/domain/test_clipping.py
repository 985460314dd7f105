"""Annotations on their way through the clipboard."""

from __future__ import annotations

import itertools
import json
from typing import Any
from uuid import UUID

import pytest

from mv_desktop.core.errors import InvalidError
from mv_desktop.domain.annotation.clipping import (
    MOST_BYTES,
    MOST_CHARACTERS,
    Clipped,
    Clipping,
    checked_text,
    clipping_of,
    read_as_written,
    read_clipping,
    written,
)
from mv_desktop.domain.annotation.shape import (
    Annotation,
    Figure,
    Highlight,
    PenStroke,
    Stamp,
    TextNote,
    UnknownAnnotation,
    annotation_json,
)
from mv_desktop.domain.annotation.turned import as_seen, extent
from mv_desktop.domain.annotation.weight import check_weight
from mv_desktop.domain.identifier import MarkKey

GROUP = UUID(int=77)
STAMP = Stamp(id=UUID(int=1), stamp="tick", x=0.4, y=0.2, marks="1.0", question_number=21, step=2, group=GROUP)
TEXT = TextNote(id=UUID(int=2), x=0.2, y=0.4, text="$x=5$ — सही", question_number=21, group=GROUP)
PEN = PenStroke(id=UUID(int=3), points=((0.1, 0.2, 0.5), (0.3, 0.4, 1.0)))
HIGHLIGHT = Highlight(id=UUID(int=4), points=((0.1, 0.2, 0.5), (0.3, 0.2, 0.5)))
BOX = Figure(id=UUID(int=5), type="box", x=0.2, y=0.2, x2=0.4, y2=0.6)
UNKNOWN = UnknownAnnotation(id=UUID(int=6), type="hologram")
ALL = (STAMP, TEXT, PEN, HIGHLIGHT, BOX)
A4 = 1.414


def fresh():
    numbers = itertools.count(1000)
    return lambda: UUID(int=next(numbers))


def clipped(*annotations: Annotation, ratio: float = A4):
    return clipping_of(Clipped(annotation, ratio) for annotation in annotations)


def test_what_is_copied_comes_back_as_it_was_without_what_cannot_be_drawn():
    clipping = clipped(*ALL, UNKNOWN)
    assert [item.annotation for item in clipping.items] == list(ALL)
    assert read_clipping(written(clipping)) == clipping
    assert clipping.text == "$x=5$ — सही"
    assert clipped(STAMP).text == ""


def test_what_cannot_be_drawn_is_pasted_nowhere():
    clipping = Clipping((Clipped(UNKNOWN, A4), Clipped(STAMP, A4)))
    (made,) = clipping.placed_on(A4, (0.0, 0.0), fresh(), MarkKey(21))
    assert isinstance(made, Stamp)


def test_what_would_be_read_as_it_was_written_need_not_be_read():
    assert read_as_written(clipped(*ALL))
    strange = [
        STAMP.model_copy(update={"marks": "0.3"}),
        TEXT.model_copy(update={"color": "red"}),
        PEN.model_copy(update={"points": ()}),
        Stamp(id=UUID(int=1), stamp="tick", x=0.4, y=0.2, hologram=True),
    ]
    for annotation in strange:
        clipping = clipped(BOX, annotation)
        assert not read_as_written(clipping)
        assert read_clipping(written(clipping)) != clipping
    assert not read_as_written(clipped(BOX, ratio=60.0))


def test_pasted_annotations_have_ids_and_groups_of_their_own():
    made = clipped(*ALL).placed_on(A4, (0.0, 0.0), fresh(), MarkKey(21))
    assert {item.id for item in made}.isdisjoint({item.id for item in ALL})
    assert len({item.id for item in made}) == len(made)
    stamp, text, pen, *_ = made
    assert stamp.group == text.group not in {GROUP, None}
    assert pen.group is None
    again = clipped(*ALL).placed_on(A4, (0.0, 0.0), fresh(), MarkKey(21))
    assert len(again) == len(made)


def test_what_would_stand_beside_the_page_is_kept_on_it():
    box = clipped(BOX)
    assert box.shift_within(A4, (0.1, 0.1)) == (0.1, 0.1), "it fits there"
    assert box.shift_within(A4, (0.9, 2.0)) == pytest.approx((0.6, 0.4 * A4))
    assert box.shift_within(A4, (-0.9, -2.0)) == pytest.approx((-0.2, -0.2 * A4))
    assert box.shift_within(0.3, (0.0, 0.2)) == pytest.approx((0.0, -0.2 * A4)), "too high for it: its top is there"
    assert clipped(STAMP).shift_within(A4, (0.9, -0.9)) == pytest.approx(
        (1 - STAMP.size / 2 - STAMP.x, STAMP.size / 2 - STAMP.y * A4)
    )
    assert clipped(TEXT).shift_within(A4, (0.9, 0))[0] == pytest.approx(1 - TEXT.width - TEXT.x)
    assert clipped(PEN, HIGHLIGHT).shift_within(A4, (0.9, 0))[0] == pytest.approx(0.7)


@pytest.mark.parametrize("turns", range(4))
@pytest.mark.parametrize("to", [(-2.0, -2.0), (2.0, -2.0), (2.0, 2.0), (-2.0, 2.0)])
def test_words_are_kept_on_a_turned_page_as_they_stand_there(turns, to):
    across, down = clipped(TEXT).shift_within(A4, to, turns)
    (note,) = clipped(TEXT).placed_on(A4, (across, down), fresh(), None)
    x, y = as_seen(turns, note.x, note.y)
    broad, high = extent(turns, A4)
    assert -1e-4 <= x <= 1 - note.width / broad + 1e-4
    assert -1e-4 <= y <= 1 - 1.5 * note.size / high + 1e-4
    near = clipped(TEXT).shift_aside(A4, (across, down), 0.05, turns)
    assert max(abs(near[0] - across), abs(near[1] - down)) == pytest.approx(0.05)
    assert clipped(TEXT).shift_within(A4, near, turns) == pytest.approx(near)


def test_a_copy_goes_aside_where_the_page_has_room():
    box = clipped(BOX)  # 0.2..0.4 of the page, both ways
    assert box.shift_aside(A4, (0.1, 0.1), 0.0) == (0.1, 0.1)
    assert box.shift_aside(A4, (0.0, 0.0), 0.1) == (0.1, 0.1)
    assert box.shift_aside(A4, (0.55, 0.0), 0.1) == pytest.approx((0.45, 0.1)), "the right edge is there"
    assert box.shift_aside(A4, (0.0, 0.4 * A4), 0.1) == pytest.approx((0.1, 0.4 * A4 - 0.1)), "and the lower one"
    assert box.shift_aside(0.2 * A4, (0.0, -0.2 * A4), 0.1) == pytest.approx((0.1, -0.2 * A4)), "no room up or down"
    assert box.shift_aside(A4, (0.0, 0.0), 3.0) == (3.0, 3.0), "over the edge rather than out of sight"


def test_a_copied_stamp_carries_its_marks_to_the_question_it_is_pasted_for():
    stamp, text, pen = clipped(STAMP, TEXT, PEN).placed_on(A4, (0, 0), fresh(), MarkKey(30, "b"))
    assert (stamp.question_number, stamp.alternative, stamp.marks, stamp.step) == (30, "b", "1.0", None)
    assert (text.question_number, text.marks) == (30, None)
    assert pen.question_number is None
    (same,) = clipped(STAMP).placed_on(A4, (0, 0), fresh(), MarkKey(21))
    assert same.step == 2
    (nowhere,) = clipped(STAMP).placed_on(A4, (0, 0), fresh(), None)
    assert (nowhere.question_number, nowhere.marks, nowhere.step) == (None, None, None)


def test_a_copy_keeps_its_shape_on_a_page_of_another_format():
    (box,) = clipped(BOX, ratio=1.5).placed_on(0.75, (0.1, 0.0), fresh(), None)
    assert isinstance(box, Figure)
    assert (box.x, box.x2) == (pytest.approx(0.3), pytest.approx(0.5))
    assert (box.y2 - box.y) * 0.75 == pytest.approx((BOX.y2 - BOX.y) * 1.5)


def test_the_middle_is_that_of_all_points_in_widths():
    assert clipped(PEN, ratio=2.0).middle == (pytest.approx(0.2), pytest.approx(0.6))
    assert clipped(STAMP, BOX, ratio=1.0).middle == (pytest.approx(0.3), pytest.approx(0.4))


def entry(body: dict[str, Any], ratio: Any = A4) -> bytes:
    return json.dumps({"schema": 1, "items": [{"ratio": ratio, "annotation": body}]}).encode()


GOOD = annotation_json(STAMP)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"not json",
        b"[" * 100_000,
        b"\xff\xfe",
        b"[]",
        b"{}",
        b'{"schema": 2, "items": []}',
        b'{"schema": 1, "items": {}}',
        b'{"schema": 1, "items": []}',
        b'{"schema": 1, "items": [3, {"annotation": 3}, {}]}',
        entry(GOOD, ratio="1"),
        entry(GOOD, ratio=True),
        entry(GOOD, ratio=0),
        entry(GOOD, ratio=1e308),
        entry(GOOD | {"x": 1e12}),
        entry(GOOD | {"type": "hologram"}),
        entry(GOOD | {"marks": "-1"}),
        entry(GOOD | {"marks": "0.3"}),
        entry(GOOD | {"marks": "NaN"}),
        entry(GOOD | {"color": "url(javascript:)"}),
        entry({"id": str(UUID(int=1)), "type": "pen", "points": []}),
    ],
)
def test_what_is_not_ours_is_refused_with_a_sentence(data: bytes):
    with pytest.raises(InvalidError, match="cannot be put on a page"):
        read_clipping(data)


def test_what_is_good_among_what_is_bad_comes_in_without_what_others_added():
    body = json.loads(entry(GOOD | {"script": "<b>"}))
    body["items"].append({"ratio": A4, "annotation": {"type": "stamp"}})
    (item,) = read_clipping(json.dumps(body).encode()).items
    assert item.annotation == STAMP
    assert not item.annotation.model_extra


def test_what_is_huge_is_refused_with_a_sentence():
    with pytest.raises(InvalidError, match="too much"):
        read_clipping(b" " * (MOST_BYTES + 1))
    long = PenStroke(id=UUID(int=9), points=((0.1, 0.1, 0.5),) * 20_000)
    with pytest.raises(InvalidError, match="too much"):
        clipped(long)
    with pytest.raises(InvalidError, match="too much"):
        read_clipping(entry(annotation_json(long)))
    with pytest.raises(InvalidError, match="too much"):
        checked_text("x" * (MOST_CHARACTERS + 1))


def test_words_from_elsewhere_lose_what_cannot_be_seen():
    assert checked_text("\r\none\r\ntwo\x00\x1b[31m\n") == "one\ntwo[31m"


def test_a_page_of_ordinary_ink_can_be_changed_in_one_go():
    check_weight([STAMP] * 1500)
    check_weight([PenStroke(id=UUID(int=9), points=((0.1, 0.1, 0.5),) * 60)] * 200)
    check_weight([UNKNOWN, TEXT])
