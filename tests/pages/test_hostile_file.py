"""Files that nobody should upload, and everything that somebody did."""

from __future__ import annotations

import io
import sys
import time
import zipfile
from collections.abc import Callable
from functools import cache

import pymupdf
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image

from mv_desktop.pages.intake import CheckedFile, check
from mv_desktop.pages.limit import MAX_FILE_BYTES, Limits
from mv_desktop.pages.problem import Problem
from tests.factories import sheet


def encrypted_pdf() -> bytes:
    return sheet.pdf_of_text(encryption=pymupdf.PDF_ENCRYPT_AES_256, user_pw="secret", owner_pw="other")


def zip_bomb() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a", bytes(50_000_000))
    return out.getvalue()


def docx() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr("word/document.xml", "<document/>")
    return out.getvalue()


def wrong_checksum() -> bytes:
    data = bytearray(sheet.png())
    data[data.index(b"IDAT") + 40] ^= 0xFF
    return bytes(data)


def zero_width_jpeg() -> bytes:
    data = bytearray(sheet.jpeg())
    at = data.index(b"\xff\xc0")
    data[at + 7 : at + 9] = b"\0\0"
    return bytes(data)


def huge_jpeg_header() -> bytes:
    data = bytearray(sheet.jpeg())
    at = data.index(b"\xff\xc0")
    data[at + 5 : at + 9] = b"\xff\xff\xff\xff"
    return bytes(data)


def cyclic_page_tree() -> bytes:
    return sheet.raw_pdf(b"<< /Type /Catalog /Pages 2 0 R >>", b"<< /Type /Pages /Kids [2 0 R 2 0 R] /Count 2 >>")


def pages_that_lie() -> bytes:
    return sheet.raw_pdf(b"<< /Type /Catalog /Pages 2 0 R >>", b"<< /Type /Pages /Kids [] /Count 2147483647 >>")


def deep_page_tree() -> bytes:
    middle = [b"<< /Type /Pages /Kids [%d 0 R] /Count 1 >>" % (number + 1) for number in range(2, 5000)]
    return sheet.raw_pdf(b"<< /Type /Catalog /Pages 2 0 R >>", *middle, b"<< /Type /Page /MediaBox [0 0 9 9] >>")


def deep_brackets() -> bytes:
    return sheet.raw_pdf(b"<< /Type /Catalog /Pages " + b"[" * 200_000 + b"]" * 200_000 + b" >>")


def empty_pdf() -> bytes:
    return sheet.raw_pdf(b"<< /Type /Catalog /Pages 2 0 R >>", b"<< /Type /Pages /Kids [] /Count 0 >>")


def too_many_pages() -> bytes:
    kids = b" ".join(b"%d 0 R" % number for number in range(3, 2003))
    page = b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] >>"
    return sheet.raw_pdf(
        b"<< /Type /Catalog /Pages 2 0 R >>", b"<< /Type /Pages /Count 2000 /Kids [" + kids + b"] >>", *[page] * 2000
    )


def heic() -> bytes:
    return b"\0\0\0\x18ftypheic\0\0\0\0mif1heic" + bytes(200)


def avif() -> bytes:
    return b"\0\0\0\x18ftypavif\0\0\0\0avifmiaf" + bytes(200)


def harmed_photo_in_pdf() -> bytes:
    data = bytearray(sheet.pdf_of_photos(2))
    second = data.index(b"\xff\xd8\xff", data.index(b"\xff\xd8\xff") + 10)
    at = data.index(b"\xff\xc4", second)  # a table of its code
    data[at + 5 : at + 20] = b"\xff" * 15
    return bytes(data)


def broken_photo_in_pdf() -> bytes:
    document = pymupdf.open()
    page = document.new_page(width=595, height=842)
    xref = page.insert_image(page.rect, stream=sheet.jpeg(sheet.photo(595, 842)))
    name = [image[0] for image in page.get_images()]
    assert name == [xref]
    data = document.xref_stream_raw(xref)
    document.update_stream(xref, data[: len(data) // 3], compress=False)
    document.xref_set_key(xref, "Filter", "/DCTDecode")
    return document.tobytes()


REFUSED: list[tuple[str, Callable[[], bytes], set[Problem]]] = [
    ("empty", lambda: b"", {Problem.EMPTY}),
    ("one byte", lambda: b"\xff", {Problem.UNKNOWN}),
    ("zeros", lambda: bytes(5000), {Problem.UNKNOWN}),
    ("text called pdf", lambda: b"These are my answers.\nx = 5\n", {Problem.TEXT}),
    ("Hindi text", lambda: "मेरे उत्तर x = ५\n".encode() * 300, {Problem.TEXT}),
    ("UTF-16 text", lambda: "My answers".encode("utf-16"), {Problem.TEXT}),
    ("html", lambda: b"<!DOCTYPE html><html><script>alert(1)</script></html>", {Problem.WEB_PAGE}),
    ("html that quotes a PDF header", lambda: b"\xef\xbb\xbf <html>%PDF-1.4</html>", {Problem.WEB_PAGE}),
    ("svg", lambda: b'<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg"/>', {Problem.WEB_PAGE}),
    ("gif", lambda: sheet.other("GIF"), {Problem.OTHER_PICTURE}),
    ("tiff", lambda: sheet.other("TIFF"), {Problem.OTHER_PICTURE}),
    ("webp", lambda: sheet.other("WEBP"), {Problem.OTHER_PICTURE}),
    ("bmp", lambda: sheet.other("BMP"), {Problem.OTHER_PICTURE}),
    ("heic", heic, {Problem.HEIC}),
    ("avif", avif, {Problem.OTHER_PICTURE}),
    ("postscript", lambda: b"%!PS-Adobe-3.0\nshowpage\n", {Problem.OTHER_PICTURE}),
    ("zip bomb", zip_bomb, {Problem.ARCHIVE}),
    ("docx", docx, {Problem.OFFICE}),
    ("old Word file", lambda: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), {Problem.OFFICE}),
    ("Windows program", lambda: b"MZ\x90\0" + bytes(300), {Problem.PROGRAM}),
    ("Linux program", lambda: b"\x7fELF\x02\x01\x01" + bytes(300), {Problem.PROGRAM}),
    ("script", lambda: b"#!/bin/sh\nrm -rf /\n", {Problem.PROGRAM}),
    ("too large", lambda: sheet.jpeg() + bytes(MAX_FILE_BYTES), {Problem.TOO_LARGE}),
    ("jpeg, half", lambda: sheet.jpeg()[: len(sheet.jpeg()) // 2], {Problem.PICTURE_TRUNCATED}),
    ("jpeg, header only", lambda: sheet.jpeg()[:30], {Problem.PICTURE_TRUNCATED}),
    ("jpeg without its end", lambda: sheet.jpeg()[:-2], {Problem.PICTURE_TRUNCATED}),
    ("jpeg, cut and closed", lambda: sheet.jpeg()[:200] + b"\xff\xd9", {Problem.PICTURE_TRUNCATED}),
    ("progressive jpeg, half", lambda: sheet.jpeg(progressive=True)[:9000], {Problem.PICTURE_TRUNCATED}),
    ("jpeg of noise", lambda: b"\xff\xd8\xff" + bytes(range(256)) * 20, {Problem.PICTURE_TRUNCATED}),
    ("jpeg without width", zero_width_jpeg, {Problem.PICTURE_EMPTY, Problem.PICTURE_DAMAGED}),
    ("jpeg of 4 gigapixels", huge_jpeg_header, {Problem.PICTURE_HUGE}),
    ("png, half", lambda: sheet.png()[: len(sheet.png()) // 2], {Problem.PICTURE_TRUNCATED}),
    ("png without its end", lambda: sheet.png()[:-12], {Problem.PICTURE_TRUNCATED}),
    ("png, signature only", lambda: sheet.png()[:8], {Problem.PICTURE_TRUNCATED}),
    ("png with a wrong checksum", wrong_checksum, {Problem.PICTURE_DAMAGED}),
    ("png bomb", sheet.png_bomb, {Problem.PICTURE_HUGE}),
    ("png without pixels", lambda: sheet.png_bomb(0, 5), {Problem.PICTURE_EMPTY}),
    ("png with too few rows", lambda: sheet.png_bomb(500, 500), {Problem.PICTURE_TRUNCATED}),
    ("pdf, half", lambda: sheet.pdf_of_photos()[:30_000], {Problem.PDF_TRUNCATED}),
    ("pdf without its end", lambda: sheet.pdf_of_text()[:-40], {Problem.PDF_TRUNCATED}),
    ("pdf, header only", lambda: b"%PDF-1.7\n", {Problem.PDF_TRUNCATED}),
    ("pdf of noise", lambda: b"%PDF-1.4\n" + bytes(range(256)) * 50 + b"\n%%EOF", {Problem.PDF_DAMAGED}),
    ("pdf with a password", encrypted_pdf, {Problem.PDF_PASSWORD}),
    ("pdf without pages", empty_pdf, {Problem.PDF_EMPTY, Problem.PDF_DAMAGED}),
    ("pdf of 2,000 pages", too_many_pages, {Problem.PDF_PAGES}),
    ("pdf with a cut photo", broken_photo_in_pdf, {Problem.PDF_PAGE}),
    ("pdf with a harmed photo", harmed_photo_in_pdf, {Problem.PDF_PAGE}),
    ("pdf with a cyclic page tree", cyclic_page_tree, {Problem.PDF_EMPTY, Problem.PDF_DAMAGED, Problem.PDF_PAGE}),
    ("pdf that lies of its pages", pages_that_lie, {Problem.PDF_EMPTY, Problem.PDF_DAMAGED, Problem.PDF_PAGES}),
    ("pdf of deep brackets", deep_brackets, {Problem.PDF_DAMAGED, Problem.PDF_EMPTY, Problem.CRASHED}),
    (
        "pdf with a sliver of a page",
        lambda: sheet.one_page_pdf(b"", box="0 0 1000000000 1"),
        {Problem.PDF_PAGE_SHAPE, Problem.PDF_PAGE},
    ),
    ("pdf of repeated large photos", lambda: sheet.repeated_photo_pdf(7000, 7000, 40), {Problem.PDF_HUGE}),
    ("pdf with a photo of 90 megapixels", lambda: sheet.repeated_photo_pdf(9000, 10_000, 1), {Problem.PDF_HUGE}),
]


@pytest.mark.parametrize(("make", "problems"), [case[1:] for case in REFUSED], ids=[case[0] for case in REFUSED])
def test_a_bad_file_is_refused_with_a_sentence(make: Callable[[], bytes], problems: set[Problem]) -> None:
    data = make()
    started = time.monotonic()
    checked = check(data)
    assert time.monotonic() - started < 10
    assert checked.problem in problems, checked.error
    assert_refused(checked)


def test_every_problem_has_a_sentence_that_a_teacher_can_read() -> None:
    numbers = {"page": 3, "pages": 2000, "limit": 100}
    for problem in Problem:
        sentence = problem.sentence(numbers)
        assert sentence.endswith(".")
        assert sentence[0].isupper()
        assert not any(word in sentence for word in ("{", "Error", "Exception", "None", "xref", "stream"))


def test_a_page_that_renders_for_ever_is_given_up() -> None:
    form = b"q 1 0 0 1 0.1 0.1 cm " + b"/F Do " * 40 + b"Q"
    # each form draws the next one forty times, ten deep: 40^10 rectangles
    forms = []
    for number in range(5, 15):
        nested = f"<< /XObject << /F {number + 1} 0 R >> >>" if number < 14 else "<< >>"
        content = form if number < 14 else b"0 0 500 500 re f"
        head = f"<< /Type /XObject /Subtype /Form /BBox [0 0 595 842] /Resources {nested} /Length {len(content)} >>"
        forms.append(head.encode() + b"\nstream\n" + content + b"\nendstream")
    data = sheet.one_page_pdf(b"/F Do", resources="/XObject << /F 5 0 R >>", more=tuple(forms))
    started = time.monotonic()
    checked = check(data, timeout_s=2)
    assert checked.problem is Problem.TIMEOUT
    assert time.monotonic() - started < 5
    assert not checked.problem.about_file
    assert_refused(checked)


def test_a_file_that_needs_too_much_memory_is_given_up() -> None:
    checked = check(sheet.png(Image.new("RGB", (7000, 7000), "white")), limits=Limits(memory_bytes=200 << 20))
    assert checked.problem is Problem.MEMORY
    assert_refused(checked)


def test_memory_is_watched_where_the_system_does_not_limit_it() -> None:
    unlimited = "import time; kept = b'x' * (400 << 20); time.sleep(60)"
    started = time.monotonic()
    checked = check(
        sheet.jpeg(), limits=Limits(memory_bytes=200 << 20), timeout_s=30, command=[sys.executable, "-c", unlimited]
    )
    assert checked.problem is Problem.MEMORY
    assert time.monotonic() - started < 10
    assert_refused(checked)


def test_deep_page_trees_neither_hang_nor_crash_the_program() -> None:
    checked = check(deep_page_tree())
    assert checked.ok or checked.error


@cache
def _sound(make: Callable[[], bytes]) -> bytes:
    """The same file each time: a PDF says when it was made, and is a few bytes longer or shorter."""
    return make()


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.data())
def test_damaged_bytes_never_do_more_than_refuse(data: st.DataObject) -> None:
    made = _sound(data.draw(st.sampled_from([sheet.jpeg, sheet.png, sheet.pdf_of_photos, sheet.pdf_of_text])))
    broken = bytearray(made)
    for _ in range(data.draw(st.integers(1, 30))):
        broken[data.draw(st.integers(0, len(broken) - 1))] = data.draw(st.integers(0, 255))
    cut = data.draw(st.one_of(st.none(), st.integers(0, len(broken))))
    checked = check(bytes(broken[:cut]))
    assert checked.problem not in {Problem.CRASHED, Problem.TIMEOUT, Problem.MEMORY}, checked.error
    assert checked.ok == bool(checked.pages)
    of_a_picture = str(checked.problem).startswith("picture")
    assert not (of_a_picture and checked.mime_type == "application/pdf"), checked.error
    assert checked.ok or checked.error


@settings(max_examples=10, deadline=None)
@given(st.sampled_from([b"\xff\xd8\xff\xe0", b"\x89PNG\r\n\x1a\n", b"%PDF-1.7\n", b""]), st.binary(max_size=4000))
def test_random_bytes_are_refused(magic: bytes, rest: bytes) -> None:
    checked = check(magic + rest)
    assert not checked.ok
    assert checked.problem not in {Problem.CRASHED, Problem.TIMEOUT, Problem.MEMORY}


def assert_refused(checked: CheckedFile) -> None:
    assert not checked.ok
    assert checked.pages == ()
    assert checked.error.endswith(".")
    assert "Traceback" not in checked.error
    assert len(checked.sha256) == 64
