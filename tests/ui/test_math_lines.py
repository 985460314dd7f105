"""Text with formulas in a row of a list."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import QRectF
from PySide6.QtGui import QColor, QFont, QImage, QPainter

from mv_desktop.ui.tasks import Tasks
from mv_desktop.ui.widgets.formula import FormulaPress
from mv_desktop.ui.widgets.math_lines import MathLines, Pen

FRACTION = r"Put $x = \frac{1}{2}$ into it"
WIDE = 400.0


@pytest.fixture
def press(qtbot) -> Iterator[FormulaPress]:
    tasks = Tasks()
    yield FormulaPress(tasks)
    tasks.shutdown()


def written(press: FormulaPress, text: str, width: float = WIDE, height: float = 50, most: int = 2):
    """The picture of a row, and the formulas that it lacks."""
    image = QImage(round(WIDE), 60, QImage.Format.Format_RGB32)
    image.fill(QColor("white"))
    painter = QPainter(image)
    pen = Pen(QFont("Mukta", 10), QColor("black"))
    missing = MathLines(press).paint(painter, QRectF(0, 0, width, height), text, pen, most)
    painter.end()
    return image, missing


def ink(image: QImage) -> tuple[int, int]:
    """How far to the right and down there is ink."""
    dark = [
        (x, y) for x in range(image.width()) for y in range(image.height()) if image.pixelColor(x, y).lightness() < 160
    ]
    return (max(x for x, _ in dark), max(y for _, y in dark)) if dark else (0, 0)


def typeset(qtbot, press: FormulaPress, keys) -> None:
    done: list[bool] = []
    press.prepare(keys, lambda: done.append(True))
    qtbot.waitUntil(lambda: bool(done))


def test_a_formula_is_said_in_words_until_it_is_typeset(qtbot, press):
    before, missing = written(press, FRACTION)
    assert [key.source for key in missing] == [r"x = \frac{1}{2}"]
    typeset(qtbot, press, missing)
    after, missing = written(press, FRACTION)
    assert missing == ()
    assert before != after
    assert 0 < ink(after)[0] < ink(before)[0]


def test_what_cannot_be_typeset_stands_as_it_was_written(qtbot, press):
    _, missing = written(press, r"$\frac{1$ wrong")
    typeset(qtbot, press, missing)
    image, missing = written(press, r"$\frac{1$ wrong")
    assert missing == ()
    assert ink(image)[0] > 50


def test_long_words_go_on_in_a_second_line_and_end_with_an_ellipsis(press):
    words = "The limits must be changed together with the variable. " * 4
    two, _ = written(press, words, width=200)
    one, _ = written(press, words, width=200, most=1)
    assert ink(two)[0] <= 200
    assert ink(two)[1] > ink(one)[1]
    short, _ = written(press, "The limits", width=200)
    assert ink(short)[0] < ink(one)[0]


def test_lines_that_are_too_high_for_two_are_one(qtbot, press):
    words = r"$\int_0^1 \frac{dx}{1+x^2}$ and $\int_0^1 \frac{dx}{1+x^2}$ and so on, and on, and on"
    _, missing = written(press, words)
    typeset(qtbot, press, missing)
    image, _ = written(press, words, width=150, height=45)
    assert ink(image)[1] < 50


def test_a_word_longer_than_the_line_is_cut_and_a_formula_squeezed(qtbot, press):
    image, _ = written(press, "W" * 80, width=120)
    assert 80 < ink(image)[0] <= 120
    wide = "$" + "+".join("abcdefgh" * 3) + "$"
    _, missing = written(press, wide)
    typeset(qtbot, press, missing)
    image, _ = written(press, wide, width=120)
    assert 80 < ink(image)[0] <= 121


def test_nothing_to_write_writes_nothing(press):
    image, missing = written(press, "")
    assert (ink(image), missing) == ((0, 0), ())
