"""Marks on the page: where they stand, how they look, and where they are hit."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPointF, QRectF
from PySide6.QtWidgets import QApplication

from mv_desktop.domain.annotation.shape import (
    Figure,
    FigureName,
    Highlight,
    PenStroke,
    Placed,
    TextNote,
    parse_annotation,
)
from mv_desktop.domain.identifier import PageRef
from mv_desktop.domain.operation import DeleteAnnotations, PutAnnotations
from mv_desktop.ui.canvas.mark_item import MarkItem
from mv_desktop.ui.canvas.shape.stamp import carried_text
from mv_desktop.ui.canvas.stamp_shape import BOX, stamp_shape
from tests.fakes.picture_source import new_id, stamp_on
from tests.ui.canvas.conftest import Desk


def test_marks_stand_where_their_fractions_say(desk: Desk) -> None:
    tick = stamp_on(2, 0.25, 0.75, size=0.05)
    desk.apply(PutAnnotations((tick,)))
    sheet = desk.view.sheet
    assert sheet is not None
    item = sheet.mark(tick.annotation.annotation_id)
    assert item is not None
    page = sheet.page_rect(sheet.pages[1])
    where = item.scenePos()
    assert where.x() == pytest.approx(page.left() + 0.25 * page.width())
    assert where.y() == pytest.approx(page.top() + 0.75 * page.height())
    assert item.sceneBoundingRect().width() == pytest.approx(0.05 * page.width(), rel=0.15)


def test_refresh_touches_only_what_has_changed(desk: Desk) -> None:
    first, second = stamp_on(1, 0.2), stamp_on(1, 0.4)
    desk.apply(PutAnnotations((first, second)))
    sheet = desk.view.sheet
    assert sheet is not None
    untouched = sheet.mark(second.annotation.annotation_id)
    desk.apply(DeleteAnnotations((first.annotation.annotation_id,)))
    assert not desk.shown(first.annotation.annotation_id)
    assert sheet.mark(second.annotation.annotation_id) is untouched


def test_every_kind_of_annotation_is_shown(desk: Desk) -> None:
    kinds = [
        stamp_on(1, marks="1.0"),
        Placed(PageRef(1), PenStroke(id=new_id(), points=((0.1, 0.1, 0.5), (0.2, 0.2, 0.5)))),
        Placed(PageRef(1), PenStroke(id=new_id(), points=((0.3, 0.3, 0.5),))),
        Placed(PageRef(1), TextNote(id=new_id(), x=0.5, y=0.5, text="well done\nअच्छा")),
        Placed(PageRef(1), parse_annotation({"id": str(new_id()), "type": "hologram", "x": 0.5, "y": 0.5})),
        Placed(
            PageRef(1), parse_annotation({"id": str(new_id()), "type": "hologram", "x": "far", "color": "nonsense"})
        ),
    ]
    desk.apply(PutAnnotations(tuple(kinds)))
    sheet = desk.view.sheet
    assert sheet is not None
    page = sheet.page_rect(sheet.pages[0])
    for placed in kinds:
        item = sheet.mark(placed.annotation.annotation_id)
        assert item is not None
        assert not item.path().isEmpty()
        assert page.intersects(item.sceneBoundingRect())
    unknown = sheet.mark(kinds[4].annotation.annotation_id)
    assert unknown is not None
    assert "hologram" in unknown.toolTip()


def test_ink_on_a_page_that_is_not_there_is_kept_out_of_sight(desk: Desk) -> None:
    stray = stamp_on(9)
    desk.apply(PutAnnotations((stray,)))
    assert stray in desk.ink
    assert not desk.shown(stray.annotation.annotation_id)


@pytest.mark.parametrize(
    ("stamp", "marks", "text"),
    [
        ("tick", "1.0", "1"),
        ("tick", "0.5", "½"),
        ("half", "0.5", ""),
        ("half", "1.5", "1½"),
        ("cross", "0", "0"),
        ("star", None, ""),
    ],
)
def test_a_stamp_says_what_it_carries(stamp: str, marks: str | None, text: str) -> None:
    assert carried_text(stamp_on(1, stamp=stamp, marks=marks).annotation) == text


@pytest.mark.parametrize("name", ["tick", "cross", "half", "circle", "star"])
def test_a_stamp_fills_its_box(qapp: QApplication, name: str) -> None:
    rect = stamp_shape(name).boundingRect()  # type: ignore[arg-type]
    assert 0.8 * BOX < max(rect.width(), rect.height()) < 1.1 * BOX
    assert abs(rect.center().x()) < 0.06 * BOX
    assert abs(rect.center().y()) < 0.06 * BOX


# -- figures -------------------------------------------------------------------------------------------------


def shown(desk: Desk, placed: Placed) -> MarkItem:
    desk.apply(PutAnnotations((placed,)))
    sheet = desk.view.sheet
    assert sheet is not None
    item = sheet.mark(placed.annotation.annotation_id)
    assert item is not None
    return item


def figure(kind: FigureName, x: float = 0.2, y: float = 0.1, x2: float = 0.6, y2: float = 0.3) -> Placed:
    return Placed(PageRef(1), Figure(id=new_id(), type=kind, x=x, y=y, x2=x2, y2=y2, width=0.004))


@pytest.mark.parametrize("kind", ["box", "ellipse"])
def test_a_hollow_figure_is_hit_on_its_line_and_not_inside(desk: Desk, kind: FigureName) -> None:
    item = shown(desk, figure(kind))
    frame = item.boundingRect()
    height = item.page_item.height
    assert frame.left() == pytest.approx(198, abs=1)
    assert frame.bottom() == pytest.approx(0.3 * height + 2, abs=1)
    assert item.contains(QPointF(200, 0.2 * height))
    assert item.contains(QPointF(400, 0.1 * height))
    assert not item.contains(QPointF(400, 0.2 * height))
    assert desk.view.sheet is not None
    middle = item.mapToScene(QPointF(400, 0.2 * height))
    assert desk.view.sheet.marks_in(QRectF(middle, middle + QPointF(2, 2))) == []


@pytest.mark.parametrize("kind", ["box", "ellipse"])
def test_a_figure_may_be_drawn_from_any_corner(desk: Desk, kind: FigureName) -> None:
    forth, back = shown(desk, figure(kind)), shown(desk, figure(kind, 0.6, 0.3, 0.2, 0.1))
    assert forth.boundingRect() == back.boundingRect()


def test_an_arrow_has_a_filled_head_where_it_points(desk: Desk) -> None:
    arrow, line = shown(desk, figure("arrow", y2=0.1)), shown(desk, figure("line", y2=0.1))
    at = 0.1 * arrow.page_item.height
    beside = QPointF(0.6 * 1000 - 20, at + 6)
    assert arrow.contains(beside)
    assert not line.contains(beside)
    assert arrow.contains(QPointF(590, at))
    assert arrow.boundingRect().right() == pytest.approx(600, abs=0.5)
    assert not arrow.contains(QPointF(220, at + 6))


@pytest.mark.parametrize("kind", ["line", "arrow", "box", "ellipse"])
def test_a_figure_without_extent_can_be_shown(desk: Desk, kind: FigureName) -> None:
    item = shown(desk, figure(kind, 0.2, 0.1, 0.2, 0.1))
    assert item.boundingRect().width() < 15


def test_a_highlight_lets_through_what_is_under_it_and_stands_under_stamps(desk: Desk) -> None:
    tick = shown(desk, stamp_on(1, 0.3, 0.2))
    highlight = shown(desk, Placed(PageRef(1), Highlight(id=new_id(), points=((0.2, 0.2, 0.5), (0.6, 0.2, 0.5)))))
    assert highlight.opacity() < 0.6
    desk.settle()
    assert desk.view.sheet is not None
    over = desk.view.sheet.marks_in(tick.sceneBoundingRect())
    assert over == [tick, highlight]


def test_strokes_and_figures_turn_with_the_page(desk: Desk) -> None:
    line = shown(desk, figure("line"))
    highlight = shown(desk, Placed(PageRef(1), Highlight(id=new_id(), points=((0.2, 0.2, 0.5), (0.6, 0.2, 0.5)))))
    desk.view.rotate_page(PageRef(1), 1)
    for item in (line, highlight):
        along = item.mapToScene(QPointF(1, 0)) - item.mapToScene(QPointF(0, 0))
        assert abs(along.x()) < 1e-6
