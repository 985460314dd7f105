"""Annotations moved, resized and recoloured."""

from __future__ import annotations

from uuid import UUID

import pytest

from mv_desktop.domain.annotation.geometry import (
    LARGEST,
    SMALLEST,
    anchor,
    mapped,
    moved,
    recoloured,
    resized,
    with_end,
    with_lines,
)
from mv_desktop.domain.annotation.shape import (
    FIGURE_NAMES,
    Annotation,
    Figure,
    Highlight,
    PenStroke,
    Stamp,
    TextNote,
    UnknownAnnotation,
    annotation_json,
    parse_annotation,
)

ID, OTHER = UUID(int=1), UUID(int=2)
STAMP = Stamp(id=ID, stamp="tick", x=0.5, y=0.25, size=0.03, marks="1.0", question_number=21)
PEN = PenStroke(id=ID, points=((0.1, 0.2, 0.5), (0.3, 0.4, 1.0)))
HIGHLIGHT = Highlight(id=ID, points=((0.1, 0.2, 0.5),))
TEXT = TextNote(id=ID, x=0.2, y=0.4, text="$x=5$", size=0.02, width=0.3)
BOX = Figure(id=ID, type="box", x=0.2, y=0.2, x2=0.4, y2=0.6)
UNKNOWN = UnknownAnnotation(id=ID, type="hologram", depth=3)


def test_moving_shifts_every_point_and_nothing_else():
    assert moved(STAMP, 0.1, -0.05) == STAMP.model_copy(update={"x": 0.6, "y": 0.2})
    assert moved(TEXT, 0.1, 0.1) == TEXT.model_copy(update={"x": 0.3, "y": 0.5})
    assert moved(BOX, 0.1, 0.1) == BOX.model_copy(update={"x": 0.3, "y": 0.3, "x2": 0.5, "y2": 0.7})
    assert moved(PEN, 0.1, 0) == PEN.model_copy(update={"points": ((0.2, 0.2, 0.5), (0.4, 0.4, 1.0))})
    assert moved(HIGHLIGHT, 0, 0.1) == HIGHLIGHT.model_copy(update={"points": ((0.1, 0.3, 0.5),)})


def test_everything_that_can_be_drawn_is_somewhere():
    places = [anchor(annotation) for annotation in (STAMP, PEN, HIGHLIGHT, TEXT, BOX)]
    assert places == [(0.5, 0.25), (0.1, 0.2), (0.1, 0.2), (0.2, 0.4), (0.2, 0.2)]
    assert anchor(PEN.model_copy(update={"points": ()})) is None
    assert anchor(UNKNOWN) is None


def test_resizing_keeps_the_point_it_is_about():
    assert resized(BOX, (0.2, 0.2), 2, 0.5) == BOX.model_copy(update={"x2": 0.6, "y2": 0.4})
    larger = resized(PEN, (0.1, 0.2), 2, 2)
    assert isinstance(larger, PenStroke)
    assert larger.points == ((0.1, 0.2, 0.5), (0.5, 0.6, 1.0))
    assert larger.width == PEN.width


def test_resizing_a_stamp_or_a_text_changes_its_letters_too_within_what_can_be_seen():
    stamp = resized(STAMP, (0.5, 0.25), 2, 2, letters=2)
    assert stamp == STAMP.model_copy(update={"size": 0.06})
    text = resized(TEXT, (0.2, 0.4), 2, 1)
    assert isinstance(text, TextNote)
    assert (text.width, text.size) == (0.6, 0.02)
    for letters, size in ((1000.0, LARGEST), (0.001, SMALLEST)):
        bounded = resized(STAMP, (0.5, 0.25), 1, 1, letters=letters)
        assert isinstance(bounded, Stamp)
        assert bounded.size == size


@pytest.mark.parametrize("annotation", [STAMP, PEN, HIGHLIGHT, TEXT, BOX])
def test_another_ink_and_a_copy_change_only_that(annotation: Annotation):
    assert recoloured(annotation, "#00ff00") == annotation.model_copy(update={"color": "#00ff00"})


@pytest.mark.parametrize("annotation", [PEN, BOX])
def test_another_width_is_for_lines(annotation: Annotation):
    assert with_lines(annotation, 0.004) == annotation.model_copy(update={"width": 0.004})
    assert [with_lines(one, 0.004) for one in (STAMP, HIGHLIGHT, TEXT, UNKNOWN)] == [None] * 4


def test_what_cannot_be_drawn_is_not_changed():
    assert moved(UNKNOWN, 1, 1) is None
    assert resized(UNKNOWN, (0, 0), 2, 2) is None
    assert recoloured(UNKNOWN, "#00ff00") is None


@pytest.mark.parametrize("kind", FIGURE_NAMES)
def test_figures_and_highlights_come_back_from_json_as_they_were(kind: str):
    figure = Figure(id=ID, type=kind, x=0.4, y=0.3, x2=0.1, y2=0.9, group=OTHER)  # type: ignore[arg-type]
    assert parse_annotation(annotation_json(figure)) == figure
    assert parse_annotation(annotation_json(HIGHLIGHT)) == HIGHLIGHT


def test_ink_moved_far_off_its_page_can_be_read_again():
    far = moved(Stamp(id=UUID(int=1), stamp="tick", x=0.5, y=0.5), 9.0, -9.0)
    assert isinstance(far, Stamp)
    assert (far.x, far.y) == (2.0, -1.0)
    assert parse_annotation(annotation_json(far)) == far


def test_points_go_wherever_they_are_sent_but_never_so_far_that_they_could_not_be_read_again():
    turned = mapped(BOX, lambda x, y: (y, 1 - x))
    assert turned == BOX.model_copy(update={"x": 0.2, "y": 0.8, "x2": 0.6, "y2": 0.6})
    for annotation in (STAMP, TEXT, BOX, PEN, HIGHLIGHT):
        for far in (-50.0, 50.0):
            gone = moved(annotation, far, far)
            assert gone is not None
            assert parse_annotation(annotation_json(gone)) == gone
    assert mapped(UNKNOWN, lambda x, y: (x, y)) is None


def test_a_text_upright_on_a_turned_page_is_broadened_by_a_factor_of_its_own():
    text = resized(TEXT, (0.2, 0.4), 1, 3, breadth=0.5)
    assert text == TEXT.model_copy(update={"width": 0.15})


def test_a_line_is_pulled_by_either_end():
    assert with_end(BOX, start=True, at=(0.7, 0.1)) == BOX.model_copy(update={"x": 0.7, "y": 0.1})
    assert with_end(BOX, start=False, at=(9.0, -9.0)) == BOX.model_copy(update={"x2": 2.0, "y2": -1.0})
