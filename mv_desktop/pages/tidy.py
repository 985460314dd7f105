"""Makes a picture anew, as questions have them. Runs in the checking process."""

from __future__ import annotations

import io
from typing import Final

from PIL import Image, PngImagePlugin

from mv_desktop.pages.answer import CheckedPage, Source
from mv_desktop.pages.kind import Kind
from mv_desktop.pages.limit import Limits
from mv_desktop.pages.picture import (
    check_picture,
    encode_jpeg,
    jpeg_orientation,
    open_jpeg,
    plain_pixels,
    reduced,
    turned,
)

LONGEST_SIDE: Final = 1600
"""A picture is made no larger than so many pixels: half a page at the sharpness of print."""

_LARGE_PNG: Final = 600_000
"""From so many bytes on a PNG is a photo, which is a tenth of that as JPEG."""


def tidy_picture(kind: Kind, data: bytes, limits: Limits) -> CheckedPage:
    """The picture upright, on white, in eight bits and small enough; only its pixels are left of the file.

    Raises:
        FileProblemError: it cannot be shown. Other exceptions of the decoder mean that it is damaged.
    """
    check_picture(kind, data, limits)
    if kind is Kind.JPEG:
        image: Image.Image = open_jpeg(data, limits)
        image.draft(None, (LONGEST_SIDE, LONGEST_SIDE))  # the decoder itself makes it smaller, but not too small
        image.load()
    else:
        image = PngImagePlugin.PngImageFile(io.BytesIO(data))
        image.load()
    clean = turned(plain_pixels(image), jpeg_orientation(image))
    clean.thumbnail((LONGEST_SIDE, LONGEST_SIDE), Image.Resampling.LANCZOS)
    full, form = (encode_jpeg(clean), "jpeg") if kind is Kind.JPEG else (_encode_png(clean), "png")
    if form == "png" and len(full) > _LARGE_PNG:
        full, form = encode_jpeg(clean), "jpeg"
    return CheckedPage(
        *clean.size, Source.IMAGE_CONVERTED, full, "png" if form == "png" else "jpeg", encode_jpeg(reduced(clean))
    )


def _encode_png(image: Image.Image) -> bytes:
    out = io.BytesIO()
    image.save(out, "PNG", optimize=True)
    return out.getvalue()
