"""Marks as they should never be found: the page shows what it can, and the window goes on answering."""

from __future__ import annotations

from uuid import UUID

import pytest
from PySide6.QtCore import QRectF

from mv_desktop.domain.annotation.shape import PenStroke, Placed, TextNote, read_annotation
from mv_desktop.domain.identifier import AnnotationId, PageRef
from mv_desktop.domain.operation import DeleteAnnotations
from mv_desktop.ui.canvas.mark_item import MarkItem
from mv_desktop.ui.canvas.scene import MARKS_AT_ONCE, MOST_ON_PAGE
from mv_desktop.ui.canvas.shape.excerpt import MOST_LETTERS, MOST_LINES, MOST_POINTS, excerpt, thinned
from tests.factories.bad_ink import BROKEN, STAMP, numbered
from tests.fakes.picture_source import marked, new_id, stamp_on
from tests.ui.canvas.conftest import Desk


def placed(body: dict[str, object], page: int = 1) -> Placed:
    return Placed(PageRef(page), read_annotation(body))


def items(desk: Desk) -> list[MarkItem]:
    assert desk.view.sheet is not None
    return [item for item in desk.view.sheet.items() if isinstance(item, MarkItem)]


def show(desk: Desk, ink: list[Placed]) -> None:
    desk.script = marked(ink)
    desk.view.show_script(desk.infos, desk.script, desk.source)


def test_every_broken_mark_is_a_placeholder_near_the_page(desk: Desk) -> None:
    show(desk, [placed(numbered(number, body)) for number, body in enumerate(BROKEN.values(), 1)])
    assert len(items(desk)) == len(BROKEN)
    assert desk.view.sheet is not None
    around = desk.view.sheet.sceneRect().adjusted(-2000, -2000, 2000, 2000)
    for item in items(desk):
        assert around.contains(item.sceneBoundingRect())
        assert not item.path().isEmpty()
        assert item.toolTip()
    desk.view.grab()
    for item in items(desk):
        assert desk.view.sheet.marks_in(QRectF(item.sceneBoundingRect()))


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (STAMP | {"size": "wide"}, "A damaged mark."),
        ({"id": STAMP["id"]}, "A damaged mark."),
        ({"id": STAMP["id"], "type": "hologram"}, "kind “hologram”, made with a newer version"),
        ({"id": STAMP["id"], "type": "h" * 5000}, "h" * 40 + "”"),
    ],
)
def test_a_placeholder_says_what_it_stands_for(desk: Desk, body: dict[str, object], words: str) -> None:
    show(desk, [placed(body)])
    (item,) = items(desk)
    assert words in item.toolTip()
    assert len(item.toolTip()) < 150


def test_ink_that_nobody_would_see_is_red(desk: Desk) -> None:
    show(desk, [stamp_on(1, color="#00ffffff"), stamp_on(1, color="transparent"), stamp_on(1, color="no colour")])
    assert {item.brush().color().name() for item in items(desk)} == {"#c1121f"}


def test_a_stroke_of_very_many_points_is_drawn_with_as_many_as_can_be_told_apart(desk: Desk) -> None:
    points = tuple((0.1 + 0.8 * (n % 997) / 997, 0.1 + 0.8 * n / 300_000, 0.5) for n in range(300_000))
    show(desk, [Placed(PageRef(1), PenStroke(id=new_id(), points=points))])
    (item,) = items(desk)
    assert item.path().elementCount() <= 12 * MOST_POINTS, "a dozen for a sharp turn"
    whole = item.path().boundingRect()
    assert whole.width() == pytest.approx(800, abs=5)
    assert item.placed.annotation.points == points  # type: ignore[attr-defined]


@pytest.mark.parametrize("number", [1, 2, MOST_POINTS, MOST_POINTS + 1, 2 * MOST_POINTS, 300_001])
def test_a_thinned_stroke_keeps_its_ends(number: int) -> None:
    drawn = thinned(range(number))
    assert (drawn[0], drawn[-1]) == (0, number - 1)
    assert len(drawn) == number if number <= MOST_POINTS else MOST_POINTS // 2 <= len(drawn) <= MOST_POINTS


def test_of_a_text_like_a_book_the_beginning_is_shown(desk: Desk) -> None:
    show(desk, [Placed(PageRef(1), TextNote(id=new_id(), x=0.1, y=0.1, text="No. " * 1_250_000))])
    (item,) = items(desk)
    assert item.path().elementCount() < 100_000
    assert excerpt("short") == "short"
    assert excerpt("x" * 5_000) == "x" * MOST_LETTERS + "…"
    assert excerpt("\n" * 500) == "\n" * (MOST_LINES - 1) + "…"


# -- very many ------------------------------------------------------------------------------------------------


def many(number: int) -> list[Placed]:
    return [stamp_on(1 + n % 3, 0.1 + 0.8 * (n % 40) / 40, (n % 97) / 97) for n in range(number)]


def test_very_many_marks_come_turn_by_turn_those_in_the_window_first(desk: Desk) -> None:
    ink = many(3_000)
    show(desk, ink)
    at_first = len(items(desk))
    assert MARKS_AT_ONCE <= at_first < 3_000
    desk.qtbot.waitUntil(lambda: len(items(desk)) == 3_000)
    assert desk.view._more_marks is None
    assert {item.annotation_id for item in items(desk)} == set(desk.script.ink)


def test_of_a_page_covered_with_marks_the_newest_are_drawn(desk: Desk) -> None:
    ink = [stamp_on(1, (n % 40) / 40, (n % 97) / 97) for n in range(MARKS_AT_ONCE + MOST_ON_PAGE + 500)]
    show(desk, ink)
    desk.qtbot.waitUntil(lambda: desk.view._more_marks is None)
    shown = {item.annotation_id for item in items(desk)}
    assert len(shown) == MARKS_AT_ONCE + MOST_ON_PAGE
    assert {item.annotation.annotation_id for item in ink[-MOST_ON_PAGE:]} <= shown


def test_a_mark_that_goes_or_changes_before_its_turn_is_shown_as_it_is(desk: Desk) -> None:
    ink = many(2_000)
    show(desk, ink)
    sheet = desk.view.sheet
    assert sheet is not None
    gone, changed = (item.annotation.annotation_id for item in ink[-2:])
    assert sheet.mark(gone) is None
    desk.apply(DeleteAnnotations((gone,)))
    elsewhere = Placed(PageRef(1), ink[-1].annotation.model_copy(update={"x": 0.9}))
    desk.script.ink[changed] = elsewhere
    desk.qtbot.waitUntil(lambda: len(items(desk)) == 1_999)
    shown = sheet.mark(changed)
    assert shown is not None
    assert shown.placed == elsewhere
    assert sheet.mark(AnnotationId(UUID(int=5))) is None


def test_a_script_closed_before_all_its_marks_came_leaves_nothing_behind(desk: Desk) -> None:
    show(desk, many(2_000))
    desk.view.close_script()
    desk.view._show_more_marks()
    assert desk.view._more_marks is None
    show(desk, many(10))
    assert len(items(desk)) == 10
