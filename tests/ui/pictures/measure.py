"""Whether two pictures of a screen look alike: a measure that sees what a person sees, and not how letters are drawn.

Pictures are kept at half their size (every pixel is the mean of four), and cut into cells of 16×16 pixels of the screen
that lie 8 pixels apart, so that anything as large as a badge lies in one of them whole. A cell's colour is the mean of
its pixels; it *differs* when red, green or blue differs by more than `CELL_LIMIT` (of 255) from the reference's.

What this comes to, in figures of 2026-11 that `test_measure.py` holds to the right side of the limit of 24:

- the same screen drawn again differs by 0; with letters drawn by other rules (no hinting 13, full hinting 22, no
  antialiasing 3) by less than the limit, since a line of text is as dark as before and moves by a pixel or two;
- a missing tick differs by 62, a dot of 9 pixels in another state's colour by 35, a panel 8 pixels further by 55.

One cell beyond the limit is enough to be another picture. A picture of another size is one all over.
"""

from __future__ import annotations

from dataclasses import dataclass

from PIL import Image, ImageChops, ImageFilter

CELL = 16
STEP = 8
CELL_LIMIT = 24
_FOUR = ImageFilter.Kernel((3, 3), (1, 1, 0, 1, 1, 0, 0, 0, 0), scale=4)
"""The mean of a block and of those left of it, above it, and both: four blocks of 8 pixels are a cell of 16."""


@dataclass(frozen=True)
class Difference:
    """How far two pictures are from one another.

    Attributes:
        largest: the most that a cell's colour differs in red, green or blue, 0..255.
        cells: where it differs by more than the limit: the upper left corners in pixels of the screen.
    """

    largest: int
    cells: tuple[tuple[int, int], ...] = ()

    @property
    def alike(self) -> bool:
        """A person would say that they show the same."""
        return not self.cells


def kept(picture: Image.Image) -> Image.Image:
    """A picture of the screen as it is kept: at half its size."""
    return picture.convert("RGB").reduce(2)


def compare(actual: Image.Image, reference: Image.Image) -> Difference:
    """How far two kept pictures are from one another."""
    if actual.size != reference.size:
        return Difference(255, ((0, 0),))
    apart = _apart(actual, reference)
    width = apart.width
    values = apart.tobytes()
    far = [place for place, value in enumerate(values) if value > CELL_LIMIT]
    return Difference(max(values), tuple((place % width * STEP, place // width * STEP) for place in far))


def marked_out(actual: Image.Image, reference: Image.Image) -> Image.Image:
    """The actual picture, pale, with what differs in red: to be looked at."""
    pale = Image.blend(actual.convert("L").convert("RGB"), Image.new("RGB", actual.size, "white"), 0.6)
    if actual.size != reference.size:
        return pale
    mask = _apart(actual, reference).point(lambda value: 255 if value > CELL_LIMIT else 0)
    red = Image.new("RGB", actual.size, "#c1121f")
    return Image.composite(red, pale, mask.resize(actual.size, Image.Resampling.NEAREST).point(lambda v: v // 2))


def _apart(actual: Image.Image, reference: Image.Image) -> Image.Image:
    """The cells' differences, the largest of the three colours, one pixel a cell."""
    apart = ImageChops.difference(_cells(actual), _cells(reference))
    red, green, blue = apart.split()
    return ImageChops.lighter(ImageChops.lighter(red, green), blue)


def _cells(picture: Image.Image) -> Image.Image:
    return picture.reduce(STEP // 2).filter(_FOUR)
