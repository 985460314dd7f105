"""Checks an uploaded picture by decoding all of it, and makes its preview. Runs in the checking process."""

from __future__ import annotations

import io
import zlib
from typing import Final

from PIL import Image, JpegImagePlugin, PngImagePlugin

from mv_desktop.pages.answer import CheckedPage, Source
from mv_desktop.pages.kind import Kind
from mv_desktop.pages.limit import JPEG_QUALITY, Limits
from mv_desktop.pages.problem import FileProblemError, Problem

MILLION: Final = 1_000_000
QUARTER: Final = 4

Image.MAX_IMAGE_PIXELS = None  # our own limit is checked on the header, with our own sentence

_ORIENTATION = 0x0112
_TURNS: Final = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
_SHOWN_WELL = frozenset({"1", "L", "P", "RGB"})
_START_OF_SCAN = 0xDA
_WITHOUT_LENGTH = frozenset({0x01, *range(0xD0, 0xD8)})
_PNG_CHANNELS: Final = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}
_ADAM7: Final = (
    (0, 0, 8, 8),
    (4, 0, 8, 8),
    (0, 4, 4, 8),
    (2, 0, 4, 4),
    (0, 2, 2, 4),
    (1, 0, 2, 2),
    (0, 1, 1, 2),
)
"""The passes of an interlaced PNG: first column and row, and the steps."""

_INFLATED_AT_ONCE: Final = 1 << 20
_CRITICAL_CHUNKS = frozenset({b"IHDR", b"PLTE", b"IDAT", b"IEND"})


def check_picture(kind: Kind, data: bytes, limits: Limits) -> CheckedPage:
    """The page of an uploaded JPEG or PNG. Its `full` is `data` itself unless it had to be converted.

    Raises:
        FileProblemError: it cannot be shown. Other exceptions of the decoder mean that it is damaged.
    """
    if kind is Kind.JPEG:
        if not jpeg_is_whole(data):
            raise FileProblemError(Problem.PICTURE_TRUNCATED)
        return _check_jpeg(data, limits)
    _check_png_chunks(data, limits)
    return _check_png(data)


def jpeg_is_whole(data: bytes) -> bool:
    """True when the picture's own end marker is there. What phones append after it does not matter."""
    at = 2
    while at + 4 <= len(data):
        marker = data[at + 1]
        if data[at] != 0xFF or marker == 0xFF:
            at += 1
        elif marker == _START_OF_SCAN:
            return data.find(b"\xff\xd9", at) >= 0
        elif marker in _WITHOUT_LENGTH:
            at += 2
        else:
            at += 2 + int.from_bytes(data[at + 2 : at + 4], "big")
    return False


def jpeg_orientation(image: Image.Image) -> int:
    """The EXIF orientation, 1 to 8, as Qt reads it: from the EXIF block only, and 1 when that makes no sense."""
    raw = image.info.get("exif")
    if not isinstance(raw, bytes):
        return 1
    exif = Image.Exif()
    try:
        exif.load(raw)
        orientation = exif.get(_ORIENTATION)
    except Exception:  # noqa: BLE001 - a broken EXIF block breaks Pillow in many ways and no picture
        return 1
    return orientation if orientation in _TURNS else 1


def open_jpeg(data: bytes, limits: Limits) -> Image.Image:
    """A JPEG whose size has been checked and of which nothing is decoded yet."""
    # the class itself: Image.open would make a multi-picture file of what some phones write
    image = JpegImagePlugin.JpegImageFile(io.BytesIO(data))
    _check_size(image.size, limits)
    return image


def jpeg_quarter(image: Image.Image) -> Image.Image:
    """The quarter-size picture, not turned. The whole file is read for it, so a cut one is noticed."""
    width, height = image.size
    size = (-(-width // QUARTER), -(-height // QUARTER))
    image.draft(None, size)  # the decoder itself makes it smaller: a third of the time, a sixteenth of the memory
    _load(image)
    return image if image.size == size else image.resize(size, Image.Resampling.BOX)


def encode_jpeg(image: Image.Image) -> bytes:
    """A picture as JPEG without any of its metadata."""
    out = io.BytesIO()
    image.save(out, "JPEG", quality=JPEG_QUALITY, comment=None)
    return out.getvalue()


def reduced(image: Image.Image) -> Image.Image:
    """A quarter of the width and height, rounded up."""
    if image.mode == "1":
        image = image.convert("L")
    elif image.mode == "P":
        image = image.convert("RGB")
    return image.reduce(QUARTER)


def plain_pixels(image: Image.Image) -> Image.Image:
    """A decoded picture as grey or RGB pixels on white, without anything else that stood in its file."""
    transparent = "transparency" in image.info or image.mode in {"LA", "PA", "RGBA"}
    plain = _on_white(image) if transparent else _eight_bits(image)
    if plain.mode not in {"L", "RGB"}:
        plain = plain.convert("RGB")
    bare = plain.copy()
    bare.info.clear()
    return bare


def turned(image: Image.Image, orientation: int) -> Image.Image:
    """A picture upright, by its EXIF orientation."""
    turn = _TURNS.get(orientation)
    return image if turn is None else image.transpose(turn)


def _check_jpeg(data: bytes, limits: Limits) -> CheckedPage:
    image = open_jpeg(data, limits)
    width, height = image.size
    orientation = jpeg_orientation(image)
    if image.mode not in _SHOWN_WELL:
        _load(image)
        return _converted(image.convert("RGB"), orientation)
    quarter = turned(jpeg_quarter(image), orientation)
    if orientation >= 5:
        width, height = height, width
    return CheckedPage(width, height, Source.IMAGE, data, "jpeg", encode_jpeg(quarter))


def _check_png_chunks(data: bytes, limits: Limits) -> None:
    """Walk through the file: every part is there, unharmed, and the pixels are as many as the header says."""
    at = 8
    body: list[bytes] = []
    while at + 12 <= len(data):
        length = int.from_bytes(data[at : at + 4], "big")
        end = at + 12 + length
        if end > len(data):
            break
        name = data[at + 4 : at + 8]
        checksum = int.from_bytes(data[end - 4 : end], "big")
        if (at == 8) != (name == b"IHDR" and length == 13):
            raise FileProblemError(Problem.PICTURE_DAMAGED)
        if name in _CRITICAL_CHUNKS and zlib.crc32(memoryview(data)[at + 4 : end - 4]) != checksum:
            raise FileProblemError(Problem.PICTURE_DAMAGED)
        if name == b"IDAT":
            body.append(data[at + 8 : end - 4])
        if name == b"IEND":
            _check_size(_png_size(data), limits)
            if not _fills(body, _png_bytes(data)):
                raise FileProblemError(Problem.PICTURE_TRUNCATED)
            return
        at = end
    raise FileProblemError(Problem.PICTURE_TRUNCATED)


def _fills(body: list[bytes], needed: int) -> bool:
    """True when `body` inflates to at least `needed` bytes; Pillow takes rows that are missing for black ones."""
    inflating = zlib.decompressobj()
    found = 0
    for part in body:
        while part and found < needed:
            found += len(inflating.decompress(part, _INFLATED_AT_ONCE))
            part = inflating.unconsumed_tail  # noqa: PLW2901 - what is left of it
    return found + len(inflating.flush()) >= needed if found < needed else True


def _png_size(data: bytes) -> tuple[int, int]:
    return int.from_bytes(data[16:20], "big"), int.from_bytes(data[20:24], "big")


def _png_bytes(data: bytes) -> int:
    """The bytes of all rows of a PNG, each with its filter's byte, after inflating."""
    width, height = _png_size(data)
    bits = data[24] * _PNG_CHANNELS.get(data[25], 1)
    passes = _ADAM7 if data[28] == 1 else ((0, 0, 1, 1),)
    total = 0
    for left, top, step_x, step_y in passes:
        columns, rows = -(-(width - left) // step_x), -(-(height - top) // step_y)
        if columns > 0 and rows > 0:
            total += rows * (1 + -(-columns * bits // 8))
    return total


def _check_png(data: bytes) -> CheckedPage:
    image = PngImagePlugin.PngImageFile(io.BytesIO(data))
    _load(image)
    orientation = jpeg_orientation(image)
    transparent = "transparency" in image.info or image.mode in {"LA", "PA", "RGBA"}
    if transparent:
        return _converted(_on_white(image), orientation)
    if data[24] > 8 or image.mode not in _SHOWN_WELL:
        return _converted(_eight_bits(image), orientation)
    if orientation != 1:
        return _converted(image if image.mode in {"L", "RGB"} else image.convert("RGB"), orientation)
    return CheckedPage(*_png_size(data), Source.IMAGE, data, "png", encode_jpeg(reduced(image)))


def _check_size(size: tuple[int, int], limits: Limits) -> None:
    width, height = size
    if width < 1 or height < 1:
        raise FileProblemError(Problem.PICTURE_EMPTY)
    if width * height > limits.megapixels * MILLION:
        raise FileProblemError(Problem.PICTURE_HUGE, limit=limits.megapixels)


def _load(image: Image.Image) -> None:
    try:
        image.load()
    except OSError as error:
        truncated = "truncated" in str(error)
        raise FileProblemError(Problem.PICTURE_TRUNCATED if truncated else Problem.PICTURE_DAMAGED) from error


def _converted(image: Image.Image, orientation: int) -> CheckedPage:
    upright = turned(image, orientation)
    quarter = encode_jpeg(reduced(upright))
    return CheckedPage(upright.width, upright.height, Source.IMAGE_CONVERTED, encode_jpeg(upright), "jpeg", quarter)


def _on_white(image: Image.Image) -> Image.Image:
    picture = image if image.mode == "RGBA" else image.convert("RGBA")
    paper = Image.new("RGB", picture.size, "white")
    paper.paste(picture, mask=picture.getchannel("A"))
    return paper


def _eight_bits(image: Image.Image) -> Image.Image:
    if image.mode in {"L", "RGB"}:  # Pillow kept the upper eight bits when it decoded
        return image
    if image.mode.startswith("I"):
        return image.point(lambda value: value * (1 / 256)).convert("L")
    return image.convert("RGB")
