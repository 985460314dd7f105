"""Makes pictures of the pages of a PDF. Runs in the checking process only: MuPDF holds the interpreter for long."""

# PyMuPDF says no types of its functions
# mypy: disallow-untyped-calls=False

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

import pymupdf
from PIL import Image, ImageChops, ImageStat

from mv_desktop.pages.answer import CheckedPage, Source
from mv_desktop.pages.limit import (
    DPI,
    MAX_FILE_MEGAPIXELS,
    RENDERED_FILE_MEGAPIXELS,
    RENDERED_PAGE_MEGAPIXELS,
    Limits,
)
from mv_desktop.pages.picture import (
    MILLION,
    encode_jpeg,
    jpeg_is_whole,
    jpeg_orientation,
    jpeg_quarter,
    open_jpeg,
    reduced,
)
from mv_desktop.pages.problem import FileProblemError, Problem

_POINTS_PER_INCH = 72
_MIN_SIDE = 16
_MAX_SIDE = 16_000
_COMPARED_SIDE = 96
_TAIL = 1024

_OF_A_PICTURE = {
    Problem.PICTURE_TRUNCATED: Problem.PDF_PAGE,
    Problem.PICTURE_DAMAGED: Problem.PDF_PAGE,
    Problem.PICTURE_EMPTY: Problem.PDF_PAGE,
    Problem.PICTURE_HUGE: Problem.PDF_HUGE,
}

_CUT = ("premature end", "padding truncated image", "ignoring zlib error", "treating as end of file")
_LOST = ("cannot find object", "non-page object", "object missing")
"""What MuPDF says of pages that it could draw in part only. Sound files also refer to objects that do not exist, so
these count in a file whose table of objects had to be guessed."""

pymupdf.TOOLS.mupdf_display_errors(False)
pymupdf.TOOLS.mupdf_display_warnings(False)


def render_pdf(data: bytes, limits: Limits) -> Iterator[CheckedPage]:
    """The pages of a PDF in order, made one by one.

    A page that is nothing but one upright photo gives that photo's own bytes; any other page is rendered.

    Raises:
        FileProblemError: the file or a page of it cannot be shown. Other exceptions mean that it is damaged.
    """
    document = _open(data)
    count = document.page_count
    if count < 1:
        raise FileProblemError(Problem.PDF_DAMAGED if document.is_repaired else Problem.PDF_EMPTY)
    if count > limits.pages:
        raise FileProblemError(Problem.PDF_PAGES, pages=count, limit=limits.pages)
    pixels = _Pixels(limits, count)
    for index in range(count):
        pymupdf.TOOLS.reset_mupdf_warnings()
        try:
            page = document.load_page(index)
            yield _page(document, page, index + 1, pixels)
        except FileProblemError as error:
            if error.problem in _OF_A_PICTURE:  # the page's photo, but what was uploaded is a PDF
                raise FileProblemError(_OF_A_PICTURE[error.problem], page=index + 1) from error
            raise
        except (RuntimeError, ValueError, OSError, SyntaxError) as error:  # MuPDF's errors are RuntimeErrors
            raise FileProblemError(Problem.PDF_PAGE, page=index + 1) from error
        if _lacks_something(pymupdf.TOOLS.mupdf_warnings(), repaired=document.is_repaired):
            raise FileProblemError(Problem.PDF_PAGE, page=index + 1)


@dataclass(slots=True)
class _Pixels:
    """Counts what the pictures of one file cost, so that many small bombs are one large one."""

    limits: Limits
    pages: int
    opened: int = 0

    def open(self, width: int, height: int, number: int) -> None:
        """Allow one picture inside the PDF to be decoded, or refuse the file."""
        self.opened += width * height
        if width * height > self.limits.megapixels * MILLION or self.opened > MAX_FILE_MEGAPIXELS * MILLION:
            raise FileProblemError(Problem.PDF_HUGE, page=number)

    @property
    def rendered_page(self) -> float:
        """How many pixels one rendered page may have."""
        return min(RENDERED_PAGE_MEGAPIXELS, RENDERED_FILE_MEGAPIXELS / self.pages) * MILLION


def _open(data: bytes) -> pymupdf.Document:
    whole = b"%%EOF" in data[-_TAIL:]
    damaged = FileProblemError(Problem.PDF_DAMAGED if whole else Problem.PDF_TRUNCATED)
    try:
        document = pymupdf.open(stream=data, filetype="pdf")
        repaired = document.is_repaired
    except (RuntimeError, ValueError) as error:
        raise damaged from error
    if not document.is_pdf or (repaired and not whole):
        raise damaged
    if document.needs_pass:
        raise FileProblemError(Problem.PDF_PASSWORD)
    return document


def _page(document: pymupdf.Document, page: pymupdf.Page, number: int, pixels: _Pixels) -> CheckedPage:
    for _, _, width, height, *_ in page.get_images():
        pixels.open(width, height, number)
    photo = _only_photo(document, page, pixels.limits)
    return photo if photo is not None else _rendered(page, number, pixels)


def _rendered(page: pymupdf.Page, number: int, pixels: _Pixels) -> CheckedPage:
    scale = _scale(page.rect, pixels.rendered_page)
    if scale is None:
        raise FileProblemError(Problem.PDF_PAGE_SHAPE, page=number)
    pixmap = page.get_pixmap(matrix=pymupdf.Matrix(scale, scale), colorspace=pymupdf.csRGB, alpha=False)
    image = _image(pixmap)
    return CheckedPage(
        image.width, image.height, Source.PDF_RENDERED, encode_jpeg(image), "jpeg", encode_jpeg(reduced(image)), number
    )


def _scale(area: pymupdf.Rect, most_pixels: float) -> float | None:
    """How much a page is enlarged from points to pixels; None when no picture can be made of it."""
    width, height = float(area.width), float(area.height)
    if not (math.isfinite(width) and math.isfinite(height) and width > 0 and height > 0):
        return None
    scale = min(DPI / _POINTS_PER_INCH, math.sqrt(most_pixels / (width * height)), _MAX_SIDE / max(width, height))
    return scale if min(width, height) * scale >= _MIN_SIDE else None


def _only_photo(document: pymupdf.Document, page: pymupdf.Page, limits: Limits) -> CheckedPage | None:
    """The page as the photo that it is made of, or None when it is anything more, or shows it in another way."""
    images = page.get_images()
    if len(images) != 1 or page.rotation or page.first_annot is not None or page.first_widget is not None:
        return None
    xref = images[0][0]
    drawn = page.get_bboxlog()
    if len(drawn) != 1 or drawn[0][0] != "fill-image" or not _fills(page, images[0][2:4]):
        return None
    if any(document.xref_get_key(xref, key)[0] != "null" for key in ("SMask", "Mask", "Decode", "ImageMask")):
        return None
    photo = document.extract_image(xref)
    if photo.get("ext") != "jpeg" or photo.get("colorspace") not in {1, 3} or not jpeg_is_whole(photo["image"]):
        return None
    return _photo_page(page, photo["image"], limits)


def _fills(page: pymupdf.Page, size: tuple[int, int]) -> bool:
    """True when the one picture on the page fills it, upright and in its own proportions."""
    shown = page.get_image_info()  # without numbers, for which it would decode the picture
    if len(shown) != 1 or (shown[0]["width"], shown[0]["height"]) != tuple(size) or 0 in size:
        return False
    across, skew_down, skew_right, down, left, top = shown[0]["transform"]
    area = page.rect
    slack_x, slack_y = 0.02 * area.width, 0.02 * area.height
    upright = across > 0 and down > 0 and abs(skew_down) < slack_y / 10 and abs(skew_right) < slack_x / 10
    if not upright:
        return False
    placed = (
        abs(left - area.x0) <= slack_x
        and abs(top - area.y0) <= slack_y
        and abs(left + across - area.x1) <= slack_x
        and abs(top + down - area.y1) <= slack_y
    )
    return bool(placed and abs(across / down * shown[0]["height"] / shown[0]["width"] - 1) < 0.02)


def _photo_page(page: pymupdf.Page, data: bytes, limits: Limits) -> CheckedPage | None:
    image = open_jpeg(data, limits)
    width, height = image.size
    # a PDF ignores the photo's EXIF turn and the canvas obeys it
    if image.mode not in {"L", "RGB"} or jpeg_orientation(image) != 1:
        return None
    quarter = jpeg_quarter(image)
    if not _looks_like(page, quarter):
        return None
    number = page.number + 1
    return CheckedPage(width, height, Source.PDF_IMAGE, data, "jpeg", encode_jpeg(quarter), number)


def _looks_like(page: pymupdf.Page, photo: Image.Image) -> bool:
    """True when the page shows just this: no clip, colour space, opacity or blending has changed it."""
    scale = _COMPARED_SIDE / max(page.rect.width, page.rect.height)
    shown = _image(page.get_pixmap(matrix=pymupdf.Matrix(scale, scale), colorspace=pymupdf.csRGB, alpha=False))
    small = photo.convert("RGB").resize(shown.size, Image.Resampling.BOX)
    coarse = (max(1, shown.width // 8), max(1, shown.height // 8))  # scalers differ in the fine, not in the coarse
    difference = ImageChops.difference(
        shown.resize(coarse, Image.Resampling.BOX), small.resize(coarse, Image.Resampling.BOX)
    )
    statistic = ImageStat.Stat(difference)
    return max(high for _, high in statistic.extrema) <= 48 and max(statistic.mean) <= 8


def _image(pixmap: pymupdf.Pixmap) -> Image.Image:
    size = (pixmap.width, pixmap.height)
    return Image.frombuffer("RGB", size, pixmap.samples_mv, "raw", "RGB", pixmap.stride, 1)


def _lacks_something(warnings: str, *, repaired: bool) -> bool:
    """True when MuPDF drew the page with a part missing: half an answer must not pass for a whole one."""
    return any(sign in warnings for sign in (_CUT + _LOST if repaired else _CUT))
