"""Pages made brighter for viewing."""

from __future__ import annotations

from functools import cache

import pytest
from PIL import Image
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QApplication

from mv_desktop.demo.answer_sheet import Outcome, SheetStyle, StudentAnswer, write_pages
from mv_desktop.demo.scan import Fault
from mv_desktop.domain.evaluation import BRIGHTEST
from mv_desktop.ui.canvas.brightness import brighten
from mv_desktop.ui.canvas.image_cache import Level, decode
from tests.fakes.picture_source import encoded

ANSWER = StudentAnswer(21, ("Let the zeroes be $x$ and $y$.", "so $x+y=7$"), Outcome.RIGHT)


@cache
def dim_scan() -> bytes:
    (file, *_) = write_pages((ANSWER,), seed=5, style=SheetStyle(dpi=150, faults={0: Fault.DIM}))
    return file.data


def shown(data: bytes, step: int) -> QImage:
    image = decode(data, Level.HALF)
    assert image is not None
    brighten(image, data, step)
    return image


def paper_levels(image: QImage) -> list[int]:
    """The lightest pixel of each of many places: paper, wherever something is written."""
    places = [(image.width() * x // 8, image.height() * y // 10) for x in range(1, 7) for y in range(1, 9)]
    return [max(image.pixelColor(x + dx, y + dy).lightness() for dx in range(8) for dy in range(8)) for x, y in places]


def darkest(image: QImage) -> int:
    width, height = image.width(), image.height()
    return min(image.pixelColor(x, y).lightness() for x in range(width // 10, width // 2) for y in range(height // 3))


def test_a_dim_page_becomes_white_paper_with_dark_ink(qapp: QApplication) -> None:
    plain = shown(dim_scan(), 0)
    assert max(paper_levels(plain)) < 190
    assert max(paper_levels(plain)) - min(paper_levels(plain)) > 15  # the light is uneven
    for step in range(1, BRIGHTEST + 1):
        image = shown(dim_scan(), step)
        assert min(paper_levels(image)) > 220
        assert darkest(image) < 110
    assert darkest(shown(dim_scan(), BRIGHTEST)) < darkest(shown(dim_scan(), 1)) - 30


def test_pencil_grows_darker_and_never_vanishes(qapp: QApplication) -> None:
    picture = Image.new("RGB", (400, 600), (240, 238, 230))
    picture.paste((222, 222, 220), (100, 100, 300, 110))
    data = encoded(picture)
    levels = [shown(data, step).pixelColor(100, 52).lightness() for step in range(BRIGHTEST + 1)]
    assert levels[1] < 245
    assert levels[3] < levels[2] < levels[1]


@pytest.mark.parametrize("size", [(3, 2), (1, 700), (2000, 5)])
def test_pictures_of_any_shape_are_brightened(qapp: QApplication, size: tuple[int, int]) -> None:
    data = encoded(Image.new("RGB", size, "#404040"), "PNG")
    image = decode(data, Level.FULL)
    assert image is not None
    brighten(image, data, BRIGHTEST)
    assert (image.width(), image.height()) == size


def test_what_cannot_be_measured_is_left_as_it_is(qapp: QApplication) -> None:
    image = decode(encoded(Image.new("RGB", (40, 40), "#404040"), "PNG"), Level.FULL)
    assert image is not None
    before = image.copy()
    brighten(image, b"no picture", 1)
    assert image == before
    brighten(image, b"no picture", 0)
    assert image == before
