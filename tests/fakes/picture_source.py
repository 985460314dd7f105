"""Pages of a script for tests of the canvas: real JPEG files, made once."""

from __future__ import annotations

import io
import itertools
import threading
from collections import Counter
from collections.abc import Iterable
from typing import Literal
from uuid import UUID

from PIL import Image, ImageDraw

from mv_desktop.core.ids import uuid7
from mv_desktop.domain.annotation.shape import Placed, Stamp
from mv_desktop.domain.evaluation import PageInfo
from mv_desktop.domain.identifier import PageRef, UploadId
from mv_desktop.domain.script import MarkedScript
from tests.factories.paper import paper

_numbers = itertools.count(1)


class MemoryPictures:
    """A `PictureSource` that holds files in memory.

    Attributes:
        reads: how often each file was read.
        gate: reading waits while this is not set.
        threads: on which threads it was read.
    """

    def __init__(self) -> None:
        self.files: dict[tuple[PageRef, str], bytes] = {}
        self.reads: Counter[tuple[PageRef, str]] = Counter()
        self.threads: set[int] = set()
        self.gate = threading.Event()
        self.gate.set()

    def put(self, ref: PageRef, full: bytes, quarter: bytes | None = None) -> None:
        self.files[ref, "full"] = full
        if quarter is not None:
            self.files[ref, "quarter"] = quarter

    def read(self, ref: PageRef, level: Literal["full", "quarter"]) -> bytes | None:
        self.gate.wait(10)
        self.threads.add(threading.get_ident())
        self.reads[ref, level] += 1
        return self.files.get((ref, level))


def jpeg(width: int, height: int, *, text: str = "", mode: str = "RGB", orientation: int | None = None) -> bytes:
    """A ruled page with `text` on it; `orientation` is written as EXIF and not applied."""
    image = Image.new(mode, (width, height), "white")
    draw = ImageDraw.Draw(image)
    for y in range(height // 10, height, max(1, height // 30)):
        draw.line([(0, y), (width, y)], fill="#b9c8dd", width=max(1, width // 800))
    draw.line([(width // 10, 0), (width // 10, height)], fill="#e0a0a0", width=max(1, width // 800))
    draw.text((width // 8, height // 12), text, fill="#22264d", font_size=max(10, width // 30))
    exif = Image.Exif()
    if orientation is not None:
        exif[0x0112] = orientation
    return encoded(image, exif=exif)


def encoded(image: Image.Image, form: str = "JPEG", exif: Image.Exif | None = None) -> bytes:
    """`image` as a file."""
    buffer = io.BytesIO()
    image.save(buffer, form, quality=85, **({"exif": exif} if exif is not None else {}))
    return buffer.getvalue()


def page_info(number: int, width: int = 620, height: int = 877, **rest: object) -> PageInfo:
    """What is known of page `number`; it is on this computer unless said otherwise."""
    values = {"here": True} | rest
    return PageInfo(PageRef(number), UploadId(UUID(int=number)), width, height, **values)  # type: ignore[arg-type]


def small_script(pages: int = 3) -> tuple[list[PageInfo], MemoryPictures]:
    """A script of A4 pages at 75 dots an inch, with their quarter-size previews."""
    source, infos = MemoryPictures(), []
    for number in range(1, pages + 1):
        info = page_info(number)
        infos.append(info)
        source.put(info.ref, jpeg(620, 877, text=f"Page {number}"), jpeg(155, 219))
    return infos, source


def stamp_on(page: int, x: float = 0.5, y: float = 0.5, **rest: object) -> Placed:
    """A tick on a page, with an id of its own."""
    values = {"stamp": "tick"} | rest
    return Placed(PageRef(page), Stamp(id=new_id(), x=x, y=y, **values))  # type: ignore[arg-type]


def new_id() -> UUID:
    """An annotation id; later ones are greater."""
    return uuid7(next(_numbers), 1)


def marked(ink: Iterable[Placed] = ()) -> MarkedScript:
    """A script on the small paper with this ink on it."""
    return MarkedScript(paper(), ink=ink)
