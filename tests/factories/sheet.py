"""Answer sheets as students upload them, and as they should not: pictures and PDFs made in memory."""

from __future__ import annotations

import io
import random
import struct
import zlib

import pymupdf
from PIL import Image, ImageDraw

ORIENTATION = 0x0112


def photo(width: int = 620, height: int = 876, mode: str = "RGB", seed: int = 1) -> Image.Image:
    """A page with lines of writing, darker at its top, so that a turned or mirrored one differs."""
    image = Image.new("RGB", (width, height), (250, 248, 240))
    draw = ImageDraw.Draw(image)
    draw.rectangle((0, 0, width, height // 10), fill=(40, 60, 120))
    draw.rectangle((0, 0, width // 12, height // 2), fill=(150, 30, 30))
    chance = random.Random(seed)
    for line in range(height // 8, height, max(8, height // 25)):
        x = width // 10
        while x < width * 0.9:
            step = chance.randint(3, 25)
            draw.line((x, line, x + step, line - chance.randint(-8, 8)), fill=(20, 20, 60), width=2)
            x += step + 4
    return image.convert(mode)


def jpeg(image: Image.Image | None = None, *, orientation: int = 1, **options: object) -> bytes:
    """A JPEG, with an EXIF orientation where one is given."""
    out = io.BytesIO()
    if orientation != 1:
        exif = Image.Exif()
        exif[ORIENTATION] = orientation
        options["exif"] = exif.tobytes()
    (image or photo()).save(out, "JPEG", **{"quality": 80, **options})
    return out.getvalue()


def png(image: Image.Image | None = None, **options: object) -> bytes:
    """A PNG."""
    out = io.BytesIO()
    (image or photo()).save(out, "PNG", **options)
    return out.getvalue()


def other(kind: str) -> bytes:
    """The same page in a format that is not accepted: "GIF", "TIFF", "WEBP", "BMP"."""
    out = io.BytesIO()
    photo().save(out, kind)
    return out.getvalue()


def chunk(name: bytes, body: bytes) -> bytes:
    """One chunk of a PNG."""
    return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))


def png_bomb(width: int = 50_000, height: int = 50_000, rows: int = 50) -> bytes:
    """A small PNG that says it is enormous."""
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    body = zlib.compress(bytes((1 + 3 * width) * rows), 9)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", body) + chunk(b"IEND", b"")


def sixteen_bits(width: int = 300, height: int = 400, *, colour: bool = False) -> bytes:
    """A PNG of 16 bits a channel: dark at the top, light at the bottom."""
    channels = 3 if colour else 1
    rows = b"".join(
        b"\0" + struct.pack(">H", 65535 * row // (height - 1)) * (width * channels) for row in range(height)
    )
    header = struct.pack(">IIBBBBB", width, height, 16, 2 if colour else 0, 0, 0, 0)
    parts = (chunk(b"IHDR", header), chunk(b"IDAT", zlib.compress(rows)), chunk(b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(parts)


def pdf_of_photos(pages: int = 3, size: tuple[int, int] = (620, 876), quality: int = 80) -> bytes:
    """A PDF as scanner apps write it: one upright JPEG a page."""
    document = pymupdf.open()
    for number in range(pages):
        page = document.new_page(width=595, height=595 * size[1] / size[0])
        page.insert_image(page.rect, stream=jpeg(photo(*size, seed=number), quality=quality))
    return document.tobytes()


def pdf_of_text(pages: int = 1, **options: object) -> bytes:
    """A typed PDF."""
    document = pymupdf.open()
    for number in range(pages):
        document.new_page(width=595, height=842).insert_text((72, 100), f"Answer {number + 1}: x = 5")
    return document.tobytes(**options)


def raw_pdf(*objects: bytes, root: int = 1, stream: dict[int, bytes] | None = None) -> bytes:
    """A PDF from its objects' bodies, numbered from 1, with a correct table of where they are."""
    out = bytearray(b"%PDF-1.7\n")
    at = []
    for number, body in enumerate(objects, 1):
        at.append(len(out))
        content = (stream or {}).get(number)
        tail = b"" if content is None else b"\nstream\n" + content + b"\nendstream"
        out += b"%d 0 obj\n" % number + body + tail + b"\nendobj\n"
    start = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    out += b"".join(b"%010d 00000 n \n" % offset for offset in at)
    out += b"trailer\n<< /Size %d /Root %d 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, root, start)
    return bytes(out)


def one_page_pdf(
    content: bytes, *, box: str = "0 0 595 842", resources: str = "", more: tuple[bytes, ...] = ()
) -> bytes:
    """A PDF of one page that draws `content`; `more` are objects from number 5 on."""
    objects = (
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        f"<< /Type /Page /Parent 2 0 R /MediaBox [{box}] /Contents 4 0 R /Resources << {resources} >> >>".encode(),
        b"<< /Length %d >>" % len(content),
        *more,
    )
    return raw_pdf(*objects, stream={4: content})


def repeated_photo_pdf(width: int, height: int, pages: int) -> bytes:
    """A PDF that shows one large, almost empty photo on every page."""
    out = io.BytesIO()
    Image.new("L", (width, height), 255).save(out, "JPEG", quality=30)
    document = pymupdf.open()
    xref = 0
    for _ in range(pages):
        page = document.new_page(width=595, height=842)
        xref = page.insert_image(page.rect, stream=None if xref else out.getvalue(), xref=xref, keep_proportion=False)
    return document.tobytes()
