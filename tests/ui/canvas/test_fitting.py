"""A page that is copied to the screen looks like the one that is scaled for each paint."""

from __future__ import annotations

import pytest
from PIL import Image, ImageChops, ImageDraw, ImageStat
from PySide6.QtCore import QPoint, QRect
from PySide6.QtGui import QImage, QPainter, QRegion

from mv_desktop.domain.identifier import PageRef
from mv_desktop.ui.canvas import page_item
from mv_desktop.ui.canvas.image_cache import ImageCache
from mv_desktop.ui.canvas.page_item import draw_fitted
from tests.fakes.picture_source import MemoryPictures, encoded, marked, page_info
from tests.ui.canvas.conftest import Desk

_CELL = 60
_MOST = 9.0
"""Half a pixel at the edges of the cells makes up to 6; three pixels make 20, a quarter turn 100."""


def _chequered() -> Image.Image:
    picture = Image.new("RGB", (1240, 1754), "white")
    draw = ImageDraw.Draw(picture)
    for row in range(0, picture.height, _CELL):
        for column in range(0, picture.width, _CELL):
            if (row // _CELL + column // _CELL) % 2 == 0 or row < 2 * _CELL:
                draw.rectangle((column, row, column + _CELL, row + _CELL), fill=(column // 5, 40, row // 8))
    return picture


def _shown(desk: Desk, region: QRect | None = None) -> Image.Image:
    port = desk.view.viewport()
    image = QImage(port.size(), QImage.Format.Format_RGBA8888)
    image.fill(0xFFFFFFFF)
    where = region or port.rect()
    port.render(image, where.topLeft(), QRegion(where))
    whole = Image.frombytes("RGBA", image.size().toTuple(), bytes(image.constBits())).convert("RGB")
    return whole.crop((where.left(), where.top(), where.right() + 1, where.bottom() + 1))


@pytest.mark.parametrize("turns", range(4))
def test_a_copied_page_looks_like_a_scaled_one(
    desk: Desk, cache: ImageCache, monkeypatch: pytest.MonkeyPatch, turns: int
) -> None:
    copies: list[int] = []

    def drawn(painter: QPainter, image: QImage, exposed: object) -> None:
        copies.append(image.width())
        draw_fitted(painter, image, exposed)  # type: ignore[arg-type]

    monkeypatch.setattr(page_item, "draw_fitted", drawn)
    pictures = MemoryPictures()
    pictures.put(PageRef(1), encoded(_chequered()))
    desk.view.show_script([page_info(1, 1240, 1754)], marked(), pictures)
    for _ in range(turns):
        desk.view.rotate_page()
    desk.settle()
    desk.view.verticalScrollBar().setValue(77)
    desk.settle()
    copied = _shown(desk)
    assert set(copies) == {cache_width(desk)}
    part = QRect(QPoint(131, 97), QPoint(330, 288))
    exact = copied.crop((part.left(), part.top(), part.right() + 1, part.bottom() + 1))
    assert ImageChops.difference(_shown(desk, part), exact).getbbox() is None, "what is exposed in part fits seamlessly"

    monkeypatch.setattr(page_item, "width_on_screen", lambda *_: 0)
    before = len(copies)
    scaled = _shown(desk)
    assert len(copies) == before
    assert max(ImageStat.Stat(ImageChops.difference(copied, scaled)).mean) < _MOST


def cache_width(desk: Desk) -> int:
    """How many pixels wide the first page is on screen, unturned."""
    assert desk.view.sheet is not None
    item = desk.view.sheet.pages[0]
    return item.width_on_screen(item.level, desk.view.zoom * desk.view.devicePixelRatioF())
