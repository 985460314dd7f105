"""What is selected together and how it can be resized."""

from __future__ import annotations

from uuid import UUID

import pytest

from mv_desktop.domain.annotation.selection import Stretch, keeps_proportion, stretch_of, unit_of, with_units
from mv_desktop.domain.annotation.shape import Annotation, Figure, PenStroke, Placed, Stamp, TextNote, UnknownAnnotation
from mv_desktop.domain.identifier import AnnotationId, PageRef

GROUP = UUID(int=99)


def tick(number: int, group: UUID | None = None) -> Stamp:
    return Stamp(id=UUID(int=number), stamp="tick", x=0.5, y=0.5, group=group)


INK = {
    item.annotation_id: Placed(PageRef(1), item)
    for item in (tick(1), tick(2, GROUP), tick(3, GROUP), tick(4, UUID(int=98)))
}
ONE, TWO, THREE, GONE = (AnnotationId(UUID(int=number)) for number in (1, 2, 3, 50))


def test_what_was_made_in_one_gesture_belongs_together():
    assert unit_of(INK, ONE) == (ONE,)
    assert unit_of(INK, THREE) == (TWO, THREE)
    assert unit_of(INK, GONE) == ()


def test_a_selection_is_completed_by_what_belongs_to_it():
    assert with_units(INK, (THREE, ONE)) == (THREE, ONE, TWO)
    assert with_units(INK, (ONE, GONE)) == (ONE, GONE)


TEXT = TextNote(id=UUID(int=5), x=0.1, y=0.1, text="so")
BOX = Figure(id=UUID(int=6), type="box", x=0.1, y=0.1, x2=0.2, y2=0.2)
LINE = Figure(id=UUID(int=9), type="line", x=0.1, y=0.1, x2=0.2, y2=0.2)
PEN = PenStroke(id=UUID(int=7), points=((0.1, 0.1, 0.5),))
UNKNOWN = UnknownAnnotation(id=UUID(int=8), type="hologram")


@pytest.mark.parametrize(
    ("annotations", "stretch", "kept"),
    [
        ((), Stretch.NONE, False),
        ((UNKNOWN,), Stretch.NONE, False),
        ((tick(1), tick(2), UNKNOWN), Stretch.WHOLE, True),
        ((TEXT,), Stretch.WRAP, True),
        ((TEXT, TEXT), Stretch.FREE, True),
        ((BOX,), Stretch.FREE, False),
        ((LINE,), Stretch.ENDS, False),
        ((LINE.model_copy(update={"type": "arrow"}),), Stretch.ENDS, False),
        ((LINE, BOX), Stretch.FREE, False),
        ((BOX, PEN), Stretch.FREE, False),
        ((BOX, tick(1)), Stretch.FREE, True),
    ],
)
def test_what_can_be_pulled_at_depends_on_what_is_selected(
    annotations: tuple[Annotation, ...], stretch: Stretch, kept: bool
):
    assert stretch_of(annotations) is stretch
    assert keeps_proportion(annotations) is kept
