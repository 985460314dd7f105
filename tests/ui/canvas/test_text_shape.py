"""Text notes with formulas as ink on the page."""

from __future__ import annotations

import time
from decimal import Decimal
from uuid import UUID

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QFont, QPainterPath
from PySide6.QtWidgets import QGraphicsPathItem
from pytestqt.qtbot import QtBot

from mv_desktop.domain.annotation.shape import Placed, TextNote
from mv_desktop.domain.identifier import PageRef
from mv_desktop.domain.operation import DeleteAnnotations, PutAnnotations
from mv_desktop.ui.canvas.mark_item import MarkItem
from mv_desktop.ui.canvas.shape.formula import FormulaShape, FormulaShapes, formula_shape
from mv_desktop.ui.canvas.shape.text import text_frame, text_shape, wanted_formulas
from mv_desktop.ui.tasks import Tasks
from mv_desktop.ui.theme import current_theme
from mv_desktop.ui.widgets.math_text import Tex
from tests.fakes.picture_source import new_id
from tests.ui.canvas.conftest import Desk


class Known:
    """Formulas of a size that a test can reckon with: 100 wide, 60 above the baseline and 40 below, solid."""

    def __init__(self, *sources: str, width: float = 100.0) -> None:
        self.sources, self.width = set(sources), width

    def known(self, tex: Tex) -> FormulaShape | None:
        if tex.source not in self.sources:
            return None
        path = QPainterPath()
        path.addRect(0, -60, self.width, 100)
        return FormulaShape(path, self.width, 60.0, 40.0)


@pytest.fixture
def font(qtbot: QtBot) -> QFont:
    return current_theme().font()


def outline(path: QPainterPath) -> list[tuple[float, float]]:
    return [(path.elementAt(place).x, path.elementAt(place).y) for place in range(path.elementCount())]


def note(text: str, **rest: object) -> TextNote:
    values = {"x": 0.1, "y": 0.1, "size": 0.02, "width": 0.3} | rest
    return TextNote(id=UUID(int=1), text=text, **values)  # type: ignore[arg-type]


# -- typesetting ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "source",
    [
        "x",
        r"\frac{1}{2}",
        r"\sqrt[3]{x^2}",
        r"\left|\begin{matrix}a&b\\c&d\end{matrix}\right|",
        r"\overrightarrow{AB}",
        r"\boxed{x=5}",
        r"\cancel{x}",
        r"\int_0^\infty e^{-x^2}dx",
        r"90^\circ",
        r"\text{so } x",
    ],
)
def test_a_formula_becomes_an_outline_on_its_baseline(qtbot: QtBot, source: str) -> None:
    shape = formula_shape(Tex(source))
    assert shape.path is not None
    ink = shape.path.boundingRect()
    assert ink.width() > 5
    assert ink.left() >= -6
    assert ink.right() <= shape.width + 8
    assert -shape.rise - 8 <= ink.top() < ink.bottom() <= shape.depth + 8


def test_the_outline_is_that_of_the_letters(qtbot: QtBot) -> None:
    minus = formula_shape(Tex("-")).path
    assert minus is not None
    ink = minus.boundingRect()
    assert ink.width() > 5 * ink.height(), "a minus is a bar"
    box = formula_shape(Tex(r"\boxed{x}")).path
    assert box is not None
    frame = box.boundingRect()
    assert box.contains(frame.topLeft() + (frame.bottomRight() - frame.topLeft()) * 0.01)
    assert not box.contains(frame.topLeft() + (frame.bottomRight() - frame.topLeft()) * 0.12), "only its line is ink"


@pytest.mark.parametrize("source", [r"\frac{", "", " ", r"\begin{matrix}", "{" * 50, r"\nosuchcommand{"])
def test_what_is_not_understood_has_no_outline(qtbot: QtBot, source: str) -> None:
    assert formula_shape(Tex(source)).path is None


def test_formulas_are_typeset_once_on_their_lane(qtbot: QtBot, tasks: Tasks) -> None:
    shapes = FormulaShapes(tasks)
    told: list[Tex] = []
    shapes.typeset.connect(told.append)
    for _ in range(3):
        shapes.want(Tex("x"))
    shapes.want(Tex(r"\frac{"))
    assert shapes.known(Tex("x")) is None
    qtbot.waitUntil(lambda: len(told) == 2)
    assert told == [Tex("x"), Tex(r"\frac{")]
    found = shapes.known(Tex("x"))
    assert found is not None
    assert found.path is not None
    shapes.want(Tex("x"))
    qtbot.wait(1)
    assert len(told) == 2


# -- on the line ---------------------------------------------------------------------------------------------


def test_a_formula_stands_on_the_baseline_of_the_words(font: QFont) -> None:
    words = text_shape(note("ab"), font).boundingRect()
    mixed = text_shape(note("ab $x$"), font, Known("x"))
    block = max(mixed.toSubpathPolygons(), key=lambda polygon: polygon.boundingRect().width()).boundingRect()
    scale = block.height() / 100
    assert block.left() > words.right()
    # the words' own bottom is their baseline: a and b have no descender
    letters = [p.boundingRect().bottom() for p in mixed.toSubpathPolygons() if p.boundingRect().width() < block.width()]
    assert block.bottom() - 40 * scale == pytest.approx(max(letters), abs=0.6)


def test_words_after_a_formula_follow_it_at_once(font: QFont) -> None:
    narrow = text_shape(note("$x$ end"), font, Known("x", width=60.0)).boundingRect()
    wide = text_shape(note("$x$ end"), font, Known("x", width=260.0)).boundingRect()
    block = text_shape(note("$x$"), font, Known("x", width=260.0)).boundingRect()
    assert wide.right() - narrow.right() == pytest.approx(block.width() * 200 / 260, rel=0.02)


def test_a_line_breaks_around_a_formula_and_never_in_it(font: QFont) -> None:
    known = Known("x", width=300.0)
    one_line = text_shape(note("ab $x$", width=0.4), font, known).boundingRect()
    two_lines = text_shape(note("ab $x$", width=0.08), font, known).boundingRect()
    assert two_lines.height() > one_line.height() + 10
    assert two_lines.left() == pytest.approx(0, abs=2)


def test_what_is_not_typeset_or_not_understood_is_its_source(font: QFont) -> None:
    source = text_shape(note(r"so $\frac{1}$ then"), font)
    plain = text_shape(note(r"so \$\frac{1}\$ then"), font)
    assert source == plain


def test_a_displayed_formula_has_a_line_of_its_own_in_the_middle(font: QFont) -> None:
    path = text_shape(note("a\n$$x$$\nb", width=0.5), font, Known("x"))
    block = max(path.toSubpathPolygons(), key=lambda polygon: polygon.boundingRect().width()).boundingRect()
    assert block.center().x() == pytest.approx(250, abs=3)
    tight = text_shape(note("a$$x$$b", width=0.5), font, Known("x"))
    # to a tenth of a pixel: Qt keeps a glyph's place in sixty-fourths, rounded by what it drew before
    assert outline(tight) == [pytest.approx(point, abs=0.1) for point in outline(path)], "line breaks change nothing"


def test_hindi_is_written_with_the_programs_own_face(font: QFont) -> None:
    hindi = text_shape(note("विधि सही है"), font)
    assert hindi.boundingRect().width() > 60
    assert len(hindi.toSubpathPolygons()) >= 8


def test_what_a_text_carries_stands_small_at_its_upper_right(font: QFont) -> None:
    without = text_shape(note("Well done"), font).boundingRect()
    carrying = text_shape(note("Well done", marks="1.5", question_number=21), font).boundingRect()
    assert carrying.right() > without.right() + 10
    assert carrying.bottom() == pytest.approx(without.bottom(), abs=1)
    assert Decimal(note("x", marks="1.5").marks or 0) == Decimal("1.5")


def test_the_frame_of_a_text_is_as_wide_as_it_wraps(font: QFont) -> None:
    short = note("so", width=0.4)
    frame = text_frame(short, text_shape(short, font))
    assert frame.width() == pytest.approx(400)
    assert 15 < frame.height() < 40
    empty = note("")
    assert text_frame(empty, text_shape(empty, font)).height() > 0


@pytest.mark.parametrize("text", ["x" * 5_000_000, "word " * 1_000_000, "$x$ " * 100_000, "\n" * 1_000_000, "$" * 9999])
def test_an_endless_text_is_drawn_in_no_time(font: QFont, text: str) -> None:
    endless = note(text)
    text_shape(endless, font)  # whatever has to be loaded once
    begun = time.thread_time()  # what it takes, whatever else the computer does
    path = text_shape(endless, font, Known("x"))
    wanted_formulas(endless)
    assert time.thread_time() - begun < 0.2
    assert path.boundingRect().right() < 400, "also without a space it is wrapped"


# -- on the page ---------------------------------------------------------------------------------------------


def shown(desk: Desk, placed: Placed) -> MarkItem:
    assert desk.view.sheet is not None
    item = desk.view.sheet.mark(placed.annotation.annotation_id)
    assert item is not None
    return item


def text_on(text: str, **rest: object) -> Placed:
    return Placed(PageRef(1), TextNote(id=new_id(), x=0.2, y=0.2, text=text, **rest))  # type: ignore[arg-type]


def test_on_the_page_the_source_is_there_until_the_formula_is(desk: Desk) -> None:
    first, second = text_on(r"See $\frac{1}{2}$"), text_on(r"See \$\frac{1}{2}\$")
    desk.apply(PutAnnotations((first, second)))
    item = shown(desk, first)
    assert item.path() == shown(desk, second).path()
    desk.qtbot.waitUntil(lambda: shown(desk, first).path() != shown(desk, second).path())
    assert shown(desk, first) is item, "the same item, with another outline"
    assert type(item).paint is QGraphicsPathItem.paint
    assert item.pen().style() is Qt.PenStyle.NoPen
    again = text_on(r"Also $\frac{1}{2}$")
    desk.apply(PutAnnotations((again,)))
    plain = text_on(r"Also \$\frac{1}{2}\$")
    desk.apply(PutAnnotations((plain,)))
    assert shown(desk, again).path() != shown(desk, plain).path(), "known formulas are there at once"


def test_a_selected_text_is_framed_anew_when_its_formulas_are_there(desk: Desk) -> None:
    placed = text_on(r"$\int_0^1\frac{x}{2}dx$ and a long end that wraps", width=0.2)
    desk.apply(PutAnnotations((placed,)))
    desk.view.select([placed.annotation.annotation_id])
    frame = desk.view._tools.select._frame
    assert frame is not None
    before = frame.inner.height()
    desk.qtbot.waitUntil(lambda: frame.inner.height() != before)
    assert frame.inner.height() == pytest.approx(shown(desk, placed).frame().height())


def test_a_text_that_is_gone_before_its_formulas_are_there_is_no_matter(desk: Desk) -> None:
    placed = text_on(r"$\sum_{n=1}^{9} n$")
    desk.apply(PutAnnotations((placed,)))
    desk.apply(DeleteAnnotations((placed.annotation.annotation_id,)))
    other = text_on("$y^2$")
    desk.apply(PutAnnotations((other,)))
    before = shown(desk, other).path()
    desk.qtbot.waitUntil(lambda: shown(desk, other).path() != before)
    assert not desk.shown(placed.annotation.annotation_id)
