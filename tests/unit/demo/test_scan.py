"""What scanners and phones do to a page, and where its points are afterwards."""

from __future__ import annotations

import io
import random

import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageOps

from mv_desktop.demo.scan import Fault, Moved, photograph, spoiled

SIZE = (620, 877)
SPOTS = ((0.25, 0.2), (0.8, 0.35), (0.5, 0.5), (0.3, 0.75), (0.7, 0.8))


def _page(spot: tuple[float, float]) -> Image.Image:
    """White, with one black spot."""
    picture = Image.new("RGB", SIZE, "white")
    x, y = spot[0] * SIZE[0], spot[1] * SIZE[1]
    ImageDraw.Draw(picture).ellipse((x - 8, y - 8, x + 8, y + 8), fill="black")
    return picture


def _assert_darkest_where_told(picture: Image.Image, spot: tuple[float, float], moved: Moved) -> None:
    x, y = moved(spot)
    grey = np.asarray(picture.convert("L")).astype(float)
    height, width = grey.shape
    paper = grey[int(y * height) - 60 : int(y * height) + 60, int(x * width) - 60 : int(x * width) + 60]
    rows, columns = np.nonzero(paper < paper.min() + 0.3 * (np.median(paper) - paper.min()))
    assert rows.mean() == pytest.approx(60, abs=6)
    assert columns.mean() == pytest.approx(60, abs=6)


@pytest.mark.parametrize("fault", Fault)
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_a_spot_is_where_the_fault_says_that_it_moved_it(fault: Fault, seed: int) -> None:
    for spot in SPOTS:
        picture, moved = spoiled(_page(spot), fault, random.Random(seed))
        _assert_darkest_where_told(picture, spot, moved)


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_a_spot_is_where_the_photographer_says_that_it_is(seed: int) -> None:
    for spot in SPOTS[:2]:
        data, moved = photograph(_page(spot), random.Random(seed))
        with Image.open(io.BytesIO(data)) as photo:
            _assert_darkest_where_told(ImageOps.exif_transpose(photo), spot, moved)
