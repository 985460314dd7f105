"""What a scanner or a phone makes of a page: paper, light, and everything that goes wrong.

Pages are Pillow images; `ink` layers are "L" images in which 0 is no ink.
"""

from __future__ import annotations

import io
import math
import random
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache

import numpy as np
from PIL import Image, ImageChops, ImageDraw, ImageFilter

Colour = tuple[int, int, int]
Point = tuple[float, float]
"""A place on a page: fractions of its width and height, from the top left."""
Moved = Callable[[Point], Point]
"""Tells where a point of the written page is on the page that is sent."""

_GRAIN = 512
_GREY = 128
_ORIENTATION = 0x0112


class Fault(StrEnum):
    """What can be wrong with a page that a student sends."""

    SKEWED = "skewed"
    DIM = "dim"
    BLURRED = "blurred"
    UPSIDE_DOWN = "upside_down"


@dataclass(frozen=True, slots=True)
class Paper:
    """A sheet of paper at a resolution.

    Attributes:
        dpi: pixels an inch.
        pitch_mm: from one ruled line to the next.
        ruled: False for plain paper.
        tint: the paper's colour.
        line: the ruled lines' colour.
    """

    dpi: int
    pitch_mm: float = 8.5
    ruled: bool = True
    tint: Colour = (250, 248, 242)
    line: Colour = (176, 196, 218)

    @property
    def size(self) -> tuple[int, int]:
        """A4 in pixels."""
        return self.mm(210), self.mm(297)

    def mm(self, length: float) -> int:
        """Millimetres in pixels."""
        return round(length * self.dpi / 25.4)

    @property
    def rules(self) -> list[int]:
        """The ruled lines' heights, from the top."""
        count = int((297 - 30 - 14) / self.pitch_mm)
        return [self.mm(30 + row * self.pitch_mm) for row in range(count + 1)]

    @property
    def margin(self) -> int:
        """Where the red margin line is."""
        return self.mm(29)


def page(paper: Paper, ink: Image.Image, colour: Colour, chance: random.Random) -> Image.Image:
    """The scan ("RGB") of `ink` written in `colour` on `paper`."""
    picture = _sheet(paper, chance)
    draw = ImageDraw.Draw(picture)
    width, height = picture.size
    thin = max(1, round(paper.dpi / 110))
    if paper.ruled:
        for y in paper.rules:
            draw.line(((0, y), (width, y)), fill=paper.line, width=thin)
    draw.line(((paper.margin, 0), (paper.margin + chance.randint(-2, 2), height)), fill=(222, 142, 148), width=thin + 1)
    picture.paste(colour, mask=ink)
    return picture


def unmoved(point: Point) -> Point:
    """The `Moved` of a page that lies as it was written."""
    return point


def spoiled(picture: Image.Image, fault: Fault, chance: random.Random) -> tuple[Image.Image, Moved]:
    """The same page with `fault`, and where its points are now."""
    if fault is Fault.UPSIDE_DOWN:
        return picture.transpose(Image.Transpose.ROTATE_180), lambda point: (1 - point[0], 1 - point[1])
    if fault is Fault.SKEWED:
        angle = chance.choice((-1, 1)) * chance.uniform(2.0, 4.5)
        skewed = picture.rotate(angle, Image.Resampling.BILINEAR, fillcolor=(214, 212, 208))
        return skewed, _turned(angle, picture.size)
    if fault is Fault.BLURRED:
        soft = picture.filter(ImageFilter.BoxBlur(picture.width / 500)).filter(ImageFilter.BoxBlur(picture.width / 700))
        return soft, unmoved
    shade = _light(picture.size, chance, 0.34, 0.6)
    return Image.composite(picture, Image.new("RGB", picture.size, (28, 24, 20)), shade), unmoved


def photograph(picture: Image.Image, chance: random.Random) -> tuple[bytes, Moved]:
    """A phone's photo of the page on a table, as a JPEG whose EXIF turns it upright (orientation 6).

    Returns:
        The file, and where the page's points are on the upright photo.
    """
    width, height = 1944, 2592  # five megapixels
    table = _table((width, height), chance)
    corners = [
        (chance.uniform(0.03, 0.08), chance.uniform(0.03, 0.07)),
        (chance.uniform(0.03, 0.08), chance.uniform(0.93, 0.97)),
        (chance.uniform(0.92, 0.97), chance.uniform(0.93, 0.97)),
        (chance.uniform(0.92, 0.97), chance.uniform(0.03, 0.07)),
    ]
    target = [(x * width, y * height) for x, y in corners]
    source: list[Point] = [(0, 0), (0, picture.height), (picture.width, picture.height), (picture.width, 0)]
    coefficients = _perspective(target, source)
    sheet = picture.transform((width, height), Image.Transform.PERSPECTIVE, coefficients, Image.Resampling.BILINEAR)
    outline = Image.new("L", (width, height), 0)
    ImageDraw.Draw(outline).polygon(target, fill=255)
    shadow = outline.resize((width // 8, height // 8)).filter(ImageFilter.GaussianBlur(5)).resize((width, height))
    table.paste((20, 16, 12), (14, 18), shadow.point(lambda value: value * 0.55))
    table.paste(sheet, mask=outline)
    lit = Image.composite(table, Image.new("RGB", table.size, (38, 30, 22)), _light(table.size, chance, 0.66, 1.0))
    exif = Image.Exif()
    exif[_ORIENTATION] = 6  # the stored picture lies on its side: turn it a quarter clockwise to see it upright
    sent = as_jpeg(lit.transpose(Image.Transpose.ROTATE_90), 150, quality=80, exif=exif)
    return sent, _projected(_perspective([(0, 0), (0, 1), (1, 1), (1, 0)], corners))


def as_jpeg(picture: Image.Image, dpi: int, *, quality: int = 78, exif: Image.Exif | None = None) -> bytes:
    """The picture as JPEG."""
    file = io.BytesIO()
    picture.save(file, "JPEG", quality=quality, dpi=(dpi, dpi), **({} if exif is None else {"exif": exif}))
    return file.getvalue()


def as_png(picture: Image.Image, dpi: int) -> bytes:
    """The picture as a scanner's "document" PNG: sixteen greys."""
    grey = picture.convert("L").point(lambda value: min(255, int((value + 8) / 16) * 17))
    file = io.BytesIO()
    grey.save(file, "PNG", dpi=(dpi, dpi), compress_level=4)
    return file.getvalue()


def _sheet(paper: Paper, chance: random.Random) -> Image.Image:
    width, height = paper.size
    grain = _grain()
    dx, dy = chance.randrange(_GRAIN), chance.randrange(_GRAIN)
    rolled = np.roll(grain, (dy, dx), (0, 1))
    tiled = np.tile(rolled, (height // _GRAIN + 1, width // _GRAIN + 1))[:height, :width]
    shade = _light((width, height), chance, 0.955, 0.985)
    level = ImageChops.add(shade, Image.fromarray(np.ascontiguousarray(tiled)), scale=1, offset=-_GREY)
    bands = [level.point([min(255, round(value * tone / 250)) for value in range(256)]) for tone in paper.tint]
    return Image.merge("RGB", bands)


@lru_cache(maxsize=1)
def _grain() -> np.ndarray[tuple[int, int], np.dtype[np.uint8]]:
    noise = np.random.default_rng(7).normal(_GREY, 1.6, (_GRAIN, _GRAIN))
    return np.clip(noise, 0, 255).astype(np.uint8)


def _light(size: tuple[int, int], chance: random.Random, darkest: float, brightest: float) -> Image.Image:
    """Uneven light: an "L" image between two levels, smooth from corner to corner."""
    levels = bytes(round(255 * chance.uniform(darkest, brightest)) for _ in range(12))
    return Image.frombytes("L", (3, 4), levels).resize(size, Image.Resampling.BICUBIC)


def _table(size: tuple[int, int], chance: random.Random) -> Image.Image:
    """A wooden table top: long streaks of brown."""
    generator = np.random.default_rng(chance.randrange(2**32))
    streaks = generator.normal(0, 1, (90, 12)).astype(np.float32)
    wood = Image.fromarray(streaks).resize(size, Image.Resampling.BICUBIC)
    level = Image.fromarray(np.clip(np.asarray(wood) * 16 + 118, 40, 200).astype(np.uint8))
    return Image.merge("RGB", [level.point(lambda v, tone=tone: v * tone) for tone in (1.0, 0.74, 0.5)])


def _turned(degrees: float, size: tuple[int, int]) -> Moved:
    """Where points are after Pillow turned a picture of that size about its centre, against the clock."""
    (width, height), angle = size, math.radians(degrees)
    cosine, sine = math.cos(angle), math.sin(angle)

    def moved(point: Point) -> Point:
        x, y = (point[0] - 0.5) * width, (point[1] - 0.5) * height
        return 0.5 + (x * cosine + y * sine) / width, 0.5 + (y * cosine - x * sine) / height

    return moved


def _projected(coefficients: tuple[float, ...]) -> Moved:
    a, b, c, d, e, f, g, h = coefficients

    def moved(point: Point) -> Point:
        x, y = point
        depth = g * x + h * y + 1
        return (a * x + b * y + c) / depth, (d * x + e * y + f) / depth

    return moved


def _perspective(target: list[Point], source: list[Point]) -> tuple[float, ...]:
    """Pillow's eight coefficients, which lead from points of `target` to points of `source`."""
    rows, values = [], []
    for (x, y), (u, v) in zip(target, source, strict=True):
        rows += [[x, y, 1, 0, 0, 0, -u * x, -u * y], [0, 0, 0, x, y, 1, -v * x, -v * y]]
        values += [u, v]
    return tuple(np.linalg.solve(np.array(rows, dtype=float), np.array(values, dtype=float)).tolist())
