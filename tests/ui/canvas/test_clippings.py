"""Copy, cut, paste and duplicate on the page view."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from uuid import UUID

import pytest
from PySide6.QtCore import QMimeData, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest

from mv_desktop.core.errors import InvalidError
from mv_desktop.domain.annotation.clipping import MIME_TYPE
from mv_desktop.domain.annotation.ink import HIGHLIGHTS, INKS, WIDTHS
from mv_desktop.domain.annotation.shape import (
    Figure,
    Highlight,
    PenStroke,
    Placed,
    Stamp,
    TextNote,
    parse_annotation,
)
from mv_desktop.domain.identifier import AnnotationId, PageRef
from mv_desktop.domain.operation import DeleteAnnotations, PutAnnotations
from mv_desktop.ui.canvas.tools.tool import StampInk
from tests.fakes.picture_source import marked, new_id, stamp_on
from tests.ui.canvas.conftest import Desk

GROUP = UUID(int=5)


@pytest.fixture
def inked(desk: Desk) -> Iterator[Desk]:
    """A group of two and a text on page 1; stamps are for question 30."""
    text = Placed(PageRef(1), TextNote(id=new_id(), x=0.5, y=0.3, text="See $x$", question_number=21))
    desk.apply(
        PutAnnotations(
            (
                stamp_on(1, 0.2, 0.2, group=GROUP, marks="1.0", question_number=21),
                stamp_on(1, 0.3, 0.2, group=GROUP, stamp="cross"),
                text,
            )
        )
    )
    desk.operations.clear()
    desk.view.set_inkwell(lambda _stamp, _page: StampInk(30, "b", Decimal(1)))
    desk.view.set_tool("select")
    yield desk
    QGuiApplication.clipboard().clear()


def ids(desk: Desk) -> list[AnnotationId]:
    return list(desk.script.ink)


def added(desk: Desk) -> tuple[Placed, ...]:
    """What the one operation since the last look put."""
    (operation,) = desk.operations
    assert isinstance(operation, PutAnnotations)
    desk.operations.clear()
    return operation.placed


def test_a_copy_goes_where_the_pointer_is_and_is_selected(inked: Desk) -> None:
    before = ids(inked)
    inked.view.select(before[:2])
    assert inked.view.clippings.copy()
    inked.hover(inked.at(2, 0.6, 0.4))
    inked.view.clippings.paste()
    first, second = added(inked)
    assert [first.page, second.page] == [PageRef(2)] * 2
    assert isinstance(first.annotation, Stamp)
    assert isinstance(second.annotation, Stamp)
    assert (first.annotation.x, second.annotation.x) == (pytest.approx(0.55, abs=0.003), pytest.approx(0.65, abs=0.003))
    assert first.annotation.y == pytest.approx(0.4, abs=0.003)
    assert first.annotation.group == second.annotation.group not in {GROUP, None}
    assert (first.annotation.question_number, first.annotation.alternative) == (30, "b")
    assert first.annotation.marks == "1.0"
    assert second.annotation.question_number is None, "what belonged to no question still does not"
    assert set(inked.view.selected) == set(ids(inked)) - set(before)


def test_a_copy_is_moved_so_far_that_all_of_it_stands_on_the_page(inked: Desk) -> None:
    inked.view.select(ids(inked)[:2])
    inked.view.clippings.copy()
    places = []
    for corner in ((0.99, 0.99), (0.985, 0.995), (0.01, 0.01)):
        inked.hover(inked.at(2, *corner))
        inked.view.clippings.paste()
        stamps = [item.annotation for item in added(inked)]
        assert all(isinstance(stamp, Stamp) for stamp in stamps)
        places.append([(stamp.x, stamp.y) for stamp in stamps if isinstance(stamp, Stamp)])
    low, again, high = places
    assert [x for x, _ in low] == [pytest.approx(0.885), pytest.approx(0.985)], "half a stamp from the edge"
    assert all(0.95 < y < 1 for _, y in low)
    assert low[0] != again[0], "the second is not hidden under the first"
    assert [x for x, _ in high] == [pytest.approx(0.015), pytest.approx(0.115)]
    assert all(0 < y < 0.05 for _, y in high)


def test_pasting_again_on_the_same_spot_goes_aside(inked: Desk) -> None:
    inked.view.select(ids(inked)[:1])
    inked.view.clippings.copy()
    inked.hover(inked.at(1, 0.6, 0.4))
    places = []
    for _ in range(3):
        inked.view.clippings.paste()
        (placed,) = added(inked)
        assert isinstance(placed.annotation, Stamp)
        places.append(placed.annotation.x)
    assert places[0] < places[1] < places[2]


def test_without_a_pointer_a_copy_goes_beside_the_first_on_the_page_in_sight(inked: Desk) -> None:
    inked.view.select(ids(inked)[:1])
    inked.view.clippings.copy()
    inked.view.go_to_page(PageRef(2))
    inked.view._pointer = None
    inked.view.clippings.paste()
    (placed,) = added(inked)
    assert placed.page == PageRef(2)
    assert isinstance(placed.annotation, Stamp)
    assert placed.annotation.x == pytest.approx(0.215)


def test_the_pen_point_says_where_without_a_mouse(inked: Desk) -> None:
    inked.view.select(ids(inked)[:1])
    inked.view.clippings.copy()
    inked.view.cancel()
    inked.view._pointer = None
    QTest.keyClick(inked.view, Qt.Key.Key_Down)
    spot = inked.view.pointed_spot()
    assert spot is not None
    inked.view.clippings.paste()
    (placed,) = added(inked)
    assert isinstance(placed.annotation, Stamp)
    assert (placed.annotation.x, placed.annotation.y) == (
        pytest.approx(spot.x, abs=1e-4),
        pytest.approx(spot.y, abs=1e-4),
    )


def test_a_copy_can_be_pasted_on_another_script(inked: Desk) -> None:
    inked.view.select(ids(inked)[:1])
    inked.view.clippings.copy()
    inked.script = marked()
    inked.view.show_script(inked.infos, inked.script, inked.source)
    inked.hover(inked.at(1, 0.5, 0.2))
    inked.view.clippings.paste()
    (placed,) = added(inked)
    assert inked.shown(placed.annotation.annotation_id)


def test_cutting_takes_away_in_one_step(inked: Desk) -> None:
    chosen = ids(inked)[:2]
    inked.view.select(chosen)
    assert inked.view.clippings.cut()
    (operation,) = inked.operations
    assert operation == DeleteAnnotations(tuple(chosen))
    assert QGuiApplication.clipboard().mimeData().hasFormat(MIME_TYPE)


def test_other_programs_get_the_words(inked: Desk) -> None:
    inked.view.select_all()
    inked.view.clippings.copy()
    assert QGuiApplication.clipboard().text() == "See $x$"


def test_nothing_selected_leaves_the_clipboard_alone(inked: Desk) -> None:
    QGuiApplication.clipboard().setText("mine")
    assert not inked.view.clippings.copy()
    assert not inked.view.clippings.cut()
    assert not inked.view.clippings.duplicate()
    assert QGuiApplication.clipboard().text() == "mine"


def test_an_unknown_mark_is_not_copied(desk: Desk) -> None:
    unknown = Placed(PageRef(1), parse_annotation({"id": str(new_id()), "type": "hologram", "x": 0.5, "y": 0.2}))
    desk.apply(PutAnnotations((unknown,)))
    desk.view.select(ids(desk))
    assert not desk.view.clippings.copy()


def test_duplicating_puts_one_more_beside_each_page_for_itself(inked: Desk) -> None:
    stroke = Placed(PageRef(2), PenStroke(id=new_id(), points=((0.2, 0.2, 0.5), (0.3, 0.3, 0.5))))
    inked.apply(PutAnnotations((stroke,)))
    inked.operations.clear()
    QGuiApplication.clipboard().setText("mine")
    inked.view.select([ids(inked)[0], stroke.annotation.annotation_id])
    assert inked.view.clippings.duplicate()
    first, second = added(inked)
    assert [first.page, second.page] == [PageRef(1), PageRef(2)]
    assert isinstance(first.annotation, Stamp)
    assert first.annotation.x == pytest.approx(0.215)
    assert QGuiApplication.clipboard().text() == "mine"


def test_a_duplicate_at_the_edge_of_the_page_stands_on_it(inked: Desk) -> None:
    put = Placed(PageRef(1), Stamp(id=new_id(), stamp="tick", x=0.98, y=0.99))
    inked.apply(PutAnnotations((put,)))
    inked.operations.clear()
    inked.view.select([put.annotation.annotation_id])
    assert inked.view.clippings.duplicate()
    (placed,) = added(inked)
    assert isinstance(placed.annotation, Stamp)
    assert placed.annotation.x == pytest.approx(0.965)
    assert 0.97 < placed.annotation.y < 0.99


def test_words_from_another_program_become_a_note(inked: Desk) -> None:
    QGuiApplication.clipboard().setText("Well done\r\nशाबाश")
    inked.hover(inked.at(1, 0.4, 0.3))
    inked.view.clippings.paste()
    (placed,) = added(inked)
    assert isinstance(placed.annotation, TextNote)
    assert placed.annotation.text == "Well done\nशाबाश"
    assert (placed.annotation.question_number, placed.annotation.marks) == (30, None)
    assert placed.annotation.x == pytest.approx(0.4, abs=0.003)


def test_words_pasted_at_the_edge_stand_on_the_page(inked: Desk) -> None:
    QGuiApplication.clipboard().setText("Show the steps")
    inked.hover(inked.at(1, 0.95, 0.99))
    inked.view.clippings.paste()
    (placed,) = added(inked)
    assert isinstance(placed.annotation, TextNote)
    assert placed.annotation.x + placed.annotation.width == pytest.approx(1)
    assert placed.annotation.y < 0.985


@pytest.mark.parametrize("turns", [1, 2, 3])
def test_words_pasted_at_the_edge_of_a_turned_page_stand_on_it_as_they_are_read(inked: Desk, turns: int) -> None:
    QGuiApplication.clipboard().setText("Show the steps of your working here")
    inked.view.rotate_page(PageRef(1), turns)
    sheet = inked.view.sheet
    assert sheet is not None
    shown = sheet.page_rect(sheet.pages[0])
    for _ in range(3):  # each beside the one before
        inked.hover(inked.view.mapFromScene(shown.right() - 3, shown.top() + 120))
        inked.view.clippings.paste()
        (placed,) = added(inked)
        item = sheet.mark(placed.annotation.annotation_id)
        assert item is not None
        assert shown.adjusted(-1, -1, 1, 1).contains(item.frame())


@pytest.mark.parametrize(
    ("data", "words", "sentence"),
    [
        (b'{"schema": 1, "items": [{"evil": true}]}', "", "cannot be put on a page"),
        (b"", "x" * 30_000, "too much"),
        (b"", "  \n ", "nothing on the clipboard"),
    ],
)
def test_what_cannot_be_pasted_is_told(inked: Desk, data: bytes, words: str, sentence: str) -> None:
    held = QMimeData()
    if data:
        held.setData(MIME_TYPE, data)
    if words:
        held.setText(words)
    QGuiApplication.clipboard().setMimeData(held)
    with pytest.raises(InvalidError, match=sentence):
        inked.view.clippings.paste()
    assert inked.operations == []


def test_when_only_looking_one_can_copy_but_nothing_else(inked: Desk) -> None:
    inked.view.set_read_only(True)
    inked.view.select(ids(inked))
    assert inked.view.clippings.copy()
    assert not inked.view.clippings.cut()
    assert not inked.view.clippings.duplicate()
    inked.view.clippings.paste()
    inked.view.next_ink_color()
    assert inked.operations == []


def test_choosing_an_ink_recolours_what_is_selected(inked: Desk) -> None:
    marker = Placed(PageRef(1), Highlight(id=new_id(), points=((0.1, 0.4, 0.5), (0.2, 0.4, 0.5))))
    inked.apply(PutAnnotations((marker,)))
    inked.operations.clear()
    first, second, _, highlight = ids(inked)
    inked.view.select([first, second, highlight])
    inked.view.set_ink(inked.view.ink.in_color("blue"))
    assert [(item.annotation.annotation_id, item.annotation.color) for item in added(inked)] == [
        (first, INKS["blue"]),
        (second, INKS["blue"]),
    ]
    assert inked.view.selected == (first, second, highlight)
    inked.view.set_ink(inked.view.ink.in_color("lime"))
    assert [item.annotation.color for item in added(inked)] == [HIGHLIGHTS["lime"]]
    inked.view.set_ink(inked.view.ink.in_width("thick"))
    assert inked.operations == []
    inked.view.cancel()
    inked.view.next_ink_color()
    assert inked.operations == [], "nothing is selected"


def test_choosing_a_width_gives_it_to_lines_that_are_selected_in_one_step(inked: Desk) -> None:
    marker = Placed(PageRef(1), Highlight(id=new_id(), points=((0.1, 0.4, 0.5), (0.2, 0.4, 0.5))))
    pen = Placed(PageRef(1), PenStroke(id=new_id(), points=((0.1, 0.5, 0.5), (0.2, 0.5, 0.5))))
    box = Placed(PageRef(1), Figure(id=new_id(), type="box", x=0.3, y=0.3, x2=0.5, y2=0.4))
    inked.apply(PutAnnotations((marker, pen, box)))
    inked.operations.clear()
    inked.view.select([one.annotation.annotation_id for one in (marker, pen, box)])
    inked.view.next_ink_width()
    assert inked.view.ink.breadth == "thick"
    assert [item.annotation for item in added(inked)] == [
        one.annotation.model_copy(update={"width": WIDTHS["thick"]}) for one in (pen, box)
    ]
    inked.view.set_line_width("thick")
    assert inked.operations == [], "they have it already"
    inked.view.cancel()
    inked.view.next_ink_width()
    assert inked.operations == [], "nothing is selected"


def test_the_ink_in_hand_can_be_chosen_for_what_has_another(inked: Desk) -> None:
    first, *_ = ids(inked)
    inked.view.set_ink(inked.view.ink.in_color("green"))
    inked.view.select([first])
    inked.view.set_ink(inked.view.ink.in_color("green"))
    assert [item.annotation.color for item in added(inked)] == [INKS["green"]]
    inked.view.set_ink(inked.view.ink.in_color("green"))
    assert inked.operations == [], "it has it already"


def test_the_key_takes_the_next_ink_of_what_is_selected(inked: Desk) -> None:
    marker = Placed(PageRef(1), Highlight(id=new_id(), points=((0.1, 0.4, 0.5), (0.2, 0.4, 0.5))))
    inked.apply(PutAnnotations((marker,)))
    inked.operations.clear()
    inked.view.select([marker.annotation.annotation_id])
    inked.view.next_ink_color()
    assert [item.annotation.color for item in added(inked)] == [HIGHLIGHTS["lime"]]
    assert inked.view.ink.line == "red"
