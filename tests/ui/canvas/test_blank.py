"""Pages on which nothing is written: told for certain, and never said of faint pencil."""

from __future__ import annotations

import io
import random

import pytest
from PIL import Image, ImageDraw
from PySide6.QtWidgets import QApplication

from mv_desktop.demo.answer_sheet import FileForm, Outcome, SheetStyle, StudentAnswer, write_pages
from mv_desktop.demo.scan import Colour, Fault, Paper, as_jpeg, page, spoiled
from mv_desktop.pages.picture import encode_jpeg, jpeg_quarter, reduced
from mv_desktop.ui.canvas.blank import looks_blank
from mv_desktop.ui.canvas.image_cache import Level, decode

ANSWER = StudentAnswer(21, ("Let the zeroes be $x$ and $y$.", "so $x+y=7$"), Outcome.RIGHT)


def blank(data: bytes) -> bool:
    """What is said of a page, from its small picture as the intake makes it."""
    picture = Image.open(io.BytesIO(data))
    small = jpeg_quarter(picture) if picture.format == "JPEG" else reduced(picture)
    image = decode(encode_jpeg(small), Level.QUARTER, reduced=True)
    assert image is not None
    return looks_blank(image)


def scan(words: str, ink: Colour, dpi: int = 200, fault: Fault | None = None) -> bytes:
    """A scanned sheet with one short line on it, written with a thin pencil."""
    paper = Paper(dpi)
    layer = Image.new("L", paper.size, 0)
    if words:
        place = (paper.mm(50), paper.mm(95))
        ImageDraw.Draw(layer).text(place, words, fill=255, font_size=paper.mm(6))
    picture = page(paper, layer, ink, random.Random(3))
    if fault is not None:
        picture, _ = spoiled(picture, fault, random.Random(4))
    return as_jpeg(picture, dpi)


@pytest.mark.parametrize("dpi", [150, 200, 300])
def test_a_blank_sheet_of_the_demo_is_recognised(qapp: QApplication, dpi: int) -> None:
    files = write_pages((ANSWER,), seed=7, style=SheetStyle(dpi=dpi, blank_page=0))
    assert [blank(file.data) for file in files] == [False, True]


def test_a_blank_sheet_is_recognised_as_a_document_without_lines_too(qapp: QApplication) -> None:
    style = SheetStyle(dpi=150, form=FileForm.PNG, ruled=False, blank_page=0)
    assert [blank(file.data) for file in write_pages((ANSWER,), seed=7, style=style)] == [False, True]


@pytest.mark.parametrize("dpi", [150, 200, 300])
@pytest.mark.parametrize("grey", [120, 180, 205, 225])
def test_one_short_line_in_faint_pencil_is_writing(qapp: QApplication, dpi: int, grey: int) -> None:
    assert blank(scan("", (grey, grey, grey), dpi))
    assert not blank(scan("x = 5", (grey, grey, grey), dpi))


@pytest.mark.parametrize("fault", [Fault.DIM, Fault.BLURRED, Fault.SKEWED])
def test_pencil_on_a_spoiled_scan_is_writing(qapp: QApplication, fault: Fault) -> None:
    assert not blank(scan("x = 5", (150, 150, 150), 200, fault))


def test_when_in_doubt_something_is_written(qapp: QApplication) -> None:
    crumpled = Image.effect_noise((1654, 2339), 60).convert("RGB")
    assert not blank(as_jpeg(crumpled, 200))
    assert not blank(as_jpeg(Image.new("RGB", (80, 90), "white"), 200))  # too small to tell
