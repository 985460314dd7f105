"""What somebody puts into a question: made anew, or refused with a sentence, whatever it is."""

from __future__ import annotations

import io
import zlib

from PIL import Image, PngImagePlugin

from mv_desktop.pages.limit import Limits
from mv_desktop.pages.question_picture import check_question_picture, tidy_question_picture
from tests.fakes.picture_source import encoded, jpeg

PLAIN = encoded(Image.new("RGB", (40, 30), "#c9d9f2"), "PNG")


def _chunk(name: bytes, data: bytes) -> bytes:
    return len(data).to_bytes(4, "big") + name + data + zlib.crc32(name + data).to_bytes(4, "big")


def _bomb(side: int) -> bytes:
    """A small file of `side` × `side` pixels."""
    head = side.to_bytes(4, "big") * 2 + bytes([1, 0, 0, 0, 0])
    rows = zlib.compress(bytes((side + 7) // 8 + 1) * side, 9)
    return b"\x89PNG\r\n\x1a\n" + _chunk(b"IHDR", head) + _chunk(b"IDAT", rows) + _chunk(b"IEND", b"")


def _pdf() -> bytes:
    buffer = io.BytesIO()
    Image.new("RGB", (200, 300), "white").save(buffer, "PDF")
    return buffer.getvalue()


REFUSED: list[tuple[bytes, str]] = [
    (b"", "empty"),
    (b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>", "drawing in code (SVG)"),
    (b"<?xml version='1.0'?><svg/>", "drawing in code (SVG)"),
    (b"<html><img src=x>", "web page"),
    (b"MZ\x90\x00" + bytes(100), "a program"),
    (b"GIF89a" + bytes(100), "another kind"),
    (b"RIFF\x00\x00\x00\x00WEBPVP8 " + bytes(100), "another kind"),
    (b"\x00\x00\x00\x18ftypheic" + bytes(100), "HEIC"),
    (b"PK\x03\x04[Content_Types].xml", "only PNG and JPEG"),
    (b"just words", "only PNG and JPEG"),
    (bytes(range(256)), "only PNG and JPEG"),
    (_pdf(), "only PNG and JPEG"),
    (b"%PDF-1.4 broken", "only PNG and JPEG"),
    (PLAIN[:-20], "incomplete"),
    (PLAIN[:50] + b"\xff" + PLAIN[51:], "damaged"),
    (jpeg(400, 300)[:-200], "incomplete"),
    (_bomb(9000), "too large to be opened safely"),
    (PLAIN + bytes(5 << 20), "larger than 5 MB"),
]


def test_what_is_no_picture_is_refused_with_a_sentence() -> None:
    for data, says in REFUSED:
        for checked in (check_question_picture(data, Limits()), tidy_question_picture(data, Limits())):
            assert not checked.ok, data[:40]
            assert says in checked.error, data[:40]
            assert checked.pages == ()


def test_a_picture_is_made_anew_upright_small_enough_and_without_what_else_stood_in_it() -> None:
    notes = PngImagePlugin.PngInfo()
    notes.add_text("Author", "somebody")
    buffer = io.BytesIO()
    Image.new("RGBA", (3200, 800), (0, 0, 0, 0)).save(
        buffer, "PNG", pnginfo=notes, icc_profile=b"profile", dpi=(96, 96)
    )
    page = tidy_question_picture(buffer.getvalue(), Limits()).pages[0]
    image = Image.open(io.BytesIO(page.full))
    assert (image.format, image.size, image.mode, image.info) == ("PNG", (1600, 400), "RGB", {})
    assert image.getpixel((5, 5)) == (255, 255, 255)
    assert (page.width, page.height) == image.size
    turned = tidy_question_picture(jpeg(400, 300, orientation=6), Limits()).pages[0]
    image = Image.open(io.BytesIO(turned.full))
    assert (image.format, image.size) == ("JPEG", (300, 400))
    assert "exif" not in image.info
    assert "comment" not in image.info
    noise = Image.effect_noise((1200, 1200), 90).convert("RGB")
    assert tidy_question_picture(encoded(noise, "JPEG"), Limits()).pages[0].full_format == "jpeg"
    assert tidy_question_picture(encoded(noise, "PNG"), Limits()).ok
    same = {tidy_question_picture(data, Limits()).pages[0].full for data in (PLAIN, PLAIN)}
    assert len(same) == 1
    assert not tidy_question_picture(PLAIN, Limits(), most_bytes=20).ok
    assert tidy_question_picture(PLAIN, Limits(megapixels=1), command=["false"]).error.startswith("This file could not")
