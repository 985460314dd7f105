"""Files as students should send them: what is taken out of them, and how it looks."""

from __future__ import annotations

import io
import struct
import subprocess
import sys
import zlib

import psutil
import pymupdf
import pytest
from PIL import Image, ImageChops, ImageStat
from PySide6.QtCore import QBuffer, QByteArray, QIODevice
from PySide6.QtGui import QImageReader

from mv_desktop.pages.intake import CheckedFile, CheckedPage, Problem, check
from mv_desktop.pages.limit import MAX_FILE_BYTES
from tests.factories import sheet


def test_a_jpeg_stays_as_it_was_uploaded() -> None:
    data = sheet.jpeg()
    checked = check(data)
    (page,) = passed(checked)
    assert (checked.mime_type, checked.size, page.source) == ("image/jpeg", len(data), "image")
    assert (page.width, page.height, page.pdf_page, page.full_format) == (620, 876, 0, "jpeg")
    assert page.full == data
    assert picture(page.quarter).size == (155, 219)
    assert alike(page.quarter, sheet.photo())


@pytest.mark.parametrize("orientation", range(1, 9))
def test_a_photo_is_measured_as_the_canvas_will_show_it(orientation: int) -> None:
    data = sheet.jpeg(orientation=orientation)
    (page,) = passed(check(data))
    shown = reader(data).read()
    assert (page.width, page.height) == (shown.width(), shown.height())
    assert page.full == data
    quarter = picture(page.quarter)
    assert quarter.size == (-(-page.width // 4), -(-page.height // 4))
    assert quarter.getexif().get(sheet.ORIENTATION) is None
    turned = reader(data).read()
    assert alike(page.quarter, from_qt(turned))


@pytest.mark.parametrize("orientation", range(2, 9))
def test_a_png_with_an_orientation_is_saved_upright(orientation: int) -> None:
    exif = Image.Exif()
    exif[sheet.ORIENTATION] = orientation
    (page,) = passed(check(sheet.png(exif=exif)))
    assert page.source == "image-converted"
    shown = reader(page.full).read()
    assert (page.width, page.height) == (shown.width(), shown.height())
    turned = reader(sheet.jpeg(orientation=orientation)).read()
    assert alike(page.full, from_qt(turned))


def test_a_broken_exif_block_does_not_matter() -> None:
    data = sheet.jpeg(exif=b"Exif\0\0MM\0*\xff\xff\xff\xff" + bytes(range(200)))
    (page,) = passed(check(data))
    assert (page.width, page.height) == (620, 876)


@pytest.mark.parametrize("mode", ["1", "L", "P", "RGB"])
def test_ordinary_pngs_stay_as_they_were_uploaded(mode: str) -> None:
    data = sheet.png(sheet.photo(mode=mode))
    (page,) = passed(check(data))
    assert page.full == data
    assert (page.source, page.full_format) == ("image", "png")
    assert alike(page.quarter, sheet.photo(mode=mode))


def test_an_interlaced_png_is_counted_right() -> None:
    # Pillow writes none
    head = struct.pack(">IIBBBBB", 5, 3, 8, 0, 0, 0, 1)
    parts = [(b"IHDR", head), (b"IDAT", zlib.compress(interlaced(5, 3))), (b"IEND", b"")]
    data = b"\x89PNG\r\n\x1a\n" + b"".join(sheet.chunk(*part) for part in parts)
    (page,) = passed(check(data))
    assert (page.width, page.height) == (5, 3)


@pytest.mark.parametrize("mode", ["LA", "RGBA"])
def test_a_transparent_png_is_put_on_white_paper(mode: str) -> None:
    image = Image.new(mode, (400, 300), 0)
    (page,) = passed(check(sheet.png(image)))
    assert page.source == "image-converted"
    assert page.full_format == "jpeg"
    assert picture(page.full).convert("L").getextrema() == (255, 255)
    assert picture(page.quarter).convert("L").getextrema() == (255, 255)


@pytest.mark.parametrize("colour", [False, True])
def test_sixteen_bits_become_eight(colour: bool) -> None:
    (page,) = passed(check(sheet.sixteen_bits(colour=colour)))
    assert page.source == "image-converted"
    grey = picture(page.full).convert("L")
    assert abs(grey.getpixel((150, 200)) - 128) < 6
    assert grey.getpixel((150, 2)) < 8
    assert grey.getpixel((150, 397)) > 247


def test_a_cmyk_jpeg_is_converted_to_what_screens_show() -> None:
    (page,) = passed(check(sheet.jpeg(sheet.photo(mode="CMYK"), quality=95)))
    assert page.source == "image-converted"
    assert picture(page.full).mode == "RGB"
    assert alike(page.full, sheet.photo())


@pytest.mark.parametrize("options", [{"progressive": True}, {"optimize": True}, {"subsampling": 0}])
def test_other_ways_to_write_a_jpeg_are_fine(options: dict[str, object]) -> None:
    data = sheet.jpeg(**options)
    (page,) = passed(check(data))
    assert page.full == data


def test_what_phones_append_to_a_jpeg_is_no_harm() -> None:
    for junk in (bytes(5000), b"PK\x03\x04 a zip at the end", sheet.jpeg(sheet.photo(90, 60))):
        (page,) = passed(check(sheet.jpeg() + junk))
        assert (page.width, page.height) == (620, 876)


def test_of_a_picture_of_several_pictures_the_first_counts() -> None:
    out = io.BytesIO()
    sheet.photo().save(out, "MPO", save_all=True, append_images=[sheet.photo(60, 90)])
    (page,) = passed(check(out.getvalue()))
    assert (page.width, page.height, page.full_format) == (620, 876, "jpeg")


def test_the_smallest_picture_is_a_page_too() -> None:
    for data in (sheet.png(Image.new("L", (1, 1))), sheet.jpeg(Image.new("L", (1, 1)))):
        (page,) = passed(check(data))
        assert (page.width, page.height) == (1, 1)
        assert picture(page.quarter).size == (1, 1)


def test_a_scanned_pdf_gives_up_its_photos_unchanged() -> None:
    document = pymupdf.open()
    photos = [sheet.jpeg(sheet.photo(620, 876, seed=number)) for number in range(3)]
    for photo in photos:
        page = document.new_page(width=595, height=595 * 876 / 620)
        page.insert_image(page.rect, stream=photo)
    pages = passed(check(document.tobytes()))
    assert [page.full for page in pages] == photos
    assert [page.pdf_page for page in pages] == [1, 2, 3]
    assert {page.source for page in pages} == {"pdf-image"}
    assert alike(pages[2].quarter, sheet.photo(seed=2))


def scanned(change: str) -> bytes:
    """One photo on a page, shown otherwise than it is."""
    document = pymupdf.open()
    page = document.new_page(width=595, height=595 * 876 / 620)
    photo = sheet.jpeg(orientation=3) if change == "exif" else sheet.jpeg()
    if change == "cmyk":
        photo = sheet.jpeg(sheet.photo(mode="CMYK"))
    mask = sheet.png(Image.new("L", (620, 876), 128)) if change == "mask" else None
    area = page.rect / 2 if change == "half" else page.rect
    xref = page.insert_image(area, stream=photo, mask=mask, rotate=180 if change == "upside down" else 0)
    if change == "turned page":
        page.set_rotation(90)
    elif change == "text on it":
        page.insert_text((100, 300), "See the back")
    elif change == "note on it":
        page.add_freetext_annot((100, 100, 300, 200), "checked")
    elif change == "inverted":
        document.xref_set_key(xref, "Decode", "[1 0 1 0 1 0]")
    elif change == "clipped":
        contents = page.get_contents()[0]
        document.update_stream(contents, b"0 0 300 300 re W n " + document.xref_stream(contents))
    elif change == "pale":
        contents = page.get_contents()[0]
        state = document.get_new_xref()
        document.update_object(state, "<< /ca 0.3 >>")
        resources = int(document.xref_get_key(page.xref, "Resources")[1].split()[0])
        document.xref_set_key(resources, "ExtGState", f"<< /G {state} 0 R >>")
        document.update_stream(contents, b"/G gs " + document.xref_stream(contents))
    elif change == "stretched":
        page.set_mediabox(pymupdf.Rect(0, 0, 595, 595))
    return document.tobytes()


@pytest.mark.parametrize(
    "change",
    [
        *("half", "mask", "upside down", "turned page", "text on it", "note on it", "inverted", "clipped", "pale"),
        *("stretched", "exif", "cmyk"),
    ],
)
def test_a_photo_that_the_pdf_shows_otherwise_is_rendered_as_the_pdf_shows_it(change: str) -> None:
    data = scanned(change)
    (page,) = passed(check(data))
    assert page.source == "pdf-rendered"
    document = pymupdf.open(stream=data, filetype="pdf")
    pixmap = document[0].get_pixmap(dpi=72, alpha=False)
    shown = Image.frombytes("RGB", (pixmap.width, pixmap.height), pixmap.samples)
    assert alike(page.full, shown)
    assert alike(page.quarter, shown)


def test_a_typed_pdf_is_rendered_at_200_dpi() -> None:
    (page,) = passed(check(sheet.pdf_of_text()))
    assert abs(page.width - 595 / 72 * 200) <= 1
    assert abs(page.height - 842 / 72 * 200) <= 1


def test_a_poster_is_rendered_at_fewer_dots() -> None:
    (page,) = passed(check(sheet.one_page_pdf(b"0 0 5000 5000 re f", box="0 0 14400 14400")))
    assert 11e6 < page.width * page.height <= 12.1e6


def test_a_page_of_absurd_size_is_drawn_small() -> None:
    (page,) = passed(check(sheet.one_page_pdf(b"", box="0 0 1e9 1e9")))
    assert page.width * page.height <= 12.1e6


PATIENCE_S = 60.0  # how long it takes is a benchmark's business; here the machine may be busy


def test_a_hundred_pages_are_done_within_memory() -> None:
    document = pymupdf.open()
    photo = sheet.photo(1000, 1414)
    for number in range(100):
        page = document.new_page(width=595, height=842)
        page.insert_image(page.rect, stream=sheet.jpeg(photo, quality=20))
        page.insert_text((50, 820), f"page {number}")
    data = document.tobytes()
    assert len(data) <= MAX_FILE_BYTES
    assert len(passed(check(data, timeout_s=PATIENCE_S))) == 100


def test_a_hundred_scanned_pages_keep_their_photos() -> None:
    pages = passed(check(sheet.pdf_of_photos(100, (1000, 1414), quality=8), timeout_s=PATIENCE_S))
    assert {page.source for page in pages} == {"pdf-image"}


def test_the_largest_picture_that_is_accepted_is_done_within_memory() -> None:
    for data in (sheet.jpeg(Image.new("RGB", (7740, 7740), "white")), sheet.png(Image.new("RGBA", (7740, 7740)))):
        passed(check(data, timeout_s=PATIENCE_S))


def test_a_pdf_with_only_an_owners_password_opens() -> None:
    passed(check(sheet.pdf_of_text(encryption=pymupdf.PDF_ENCRYPT_AES_256, owner_pw="owner", permissions=0)))


def test_scripts_and_attachments_in_a_pdf_are_left_alone() -> None:
    document = pymupdf.open(stream=sheet.pdf_of_text(), filetype="pdf")
    document.embfile_add("virus.exe", b"MZ" + bytes(1000))
    action = document.get_new_xref()
    document.update_object(action, "<< /S /JavaScript /JS (while(true){app.alert(1)}) >>")
    document.xref_set_key(document.pdf_catalog(), "OpenAction", f"{action} 0 R")
    (page,) = passed(check(document.tobytes()))
    (plain,) = passed(check(sheet.pdf_of_text()))
    assert page.full == plain.full


def test_a_form_of_the_xfa_kind_shows_its_ordinary_page() -> None:
    document = pymupdf.open(stream=sheet.pdf_of_text(), filetype="pdf")
    form = document.get_new_xref()
    document.update_object(form, "<< /Fields [] /XFA (<xdp:xdp><script>x</script></xdp:xdp>) >>")
    document.xref_set_key(document.pdf_catalog(), "AcroForm", f"{form} 0 R")
    passed(check(document.tobytes()))


def test_a_pdf_whose_table_of_objects_is_wrong_is_mended() -> None:
    data = sheet.pdf_of_text(2).replace(b"startxref\n", b"startxref\n1")
    assert len(passed(check(data))) == 2


def test_a_pdf_with_something_before_its_header_opens() -> None:
    passed(check(b"\r\n\r\n" + sheet.pdf_of_text()))


def test_a_file_is_what_it_is_whatever_it_is_called() -> None:
    assert check(sheet.png()).mime_type == "image/png"
    assert check(sheet.jpeg()).mime_type == "image/jpeg"
    assert check(sheet.pdf_of_text()).mime_type == "application/pdf"


def test_a_checking_process_that_cannot_start_or_dies_is_a_sentence() -> None:
    data = sheet.jpeg()
    for command in (["/no/such/program"], [sys.executable, "-c", "import os; os.abort()"], [sys.executable, "-c", ""]):
        checked = check(data, command=command)
        assert checked.problem is Problem.CRASHED
        assert checked.error


def test_a_checking_process_that_answers_nonsense_is_not_believed() -> None:
    for answer in ('b"\\0\\0\\0\\x02{}"', 'b"\\0\\0\\0\\x02[]"', 'b"\\xff" * 100', "bytes(100)"):
        program = f"import sys; sys.stdin.buffer.read(); sys.stdout.buffer.write({answer})"
        assert check(sheet.jpeg(), command=[sys.executable, "-c", program]).problem is Problem.CRASHED


def test_a_checking_process_that_answers_without_end_is_stopped() -> None:
    program = "import sys\nwhile True: sys.stdout.buffer.write(bytes(1 << 20))"
    assert check(sheet.jpeg(), command=[sys.executable, "-c", program]).problem is Problem.ANSWER


def test_a_checking_process_that_sleeps_is_ended_with_its_children() -> None:
    marker = "mv_test_sleeping_child"
    program = (
        "import subprocess, sys, time; "
        f"subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(60) # {marker}']); time.sleep(60)"
    )
    assert check(sheet.jpeg(), command=[sys.executable, "-c", program], timeout_s=1).problem is Problem.TIMEOUT
    left = [p for p in psutil.process_iter(["cmdline"]) if any(marker in word for word in p.info["cmdline"] or [])]
    psutil.wait_procs(left, timeout=3)
    assert not [process for process in left if process.is_running() and process.status() != psutil.STATUS_ZOMBIE]


def test_the_program_itself_loads_no_decoder_to_check_a_file() -> None:
    program = (
        "import sys; from mv_desktop.pages.intake import check; r = check(sys.stdin.buffer.read()); assert r.ok; "
        "print([name for name in ('pymupdf', 'PIL') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", program], input=sheet.jpeg(), capture_output=True, check=True)
    assert done.stdout.strip() == b"[]"


def passed(checked: CheckedFile) -> tuple[CheckedPage, ...]:
    assert checked.ok, checked.error
    assert checked.error == ""
    for page in checked.pages:
        shown = reader(page.full)
        assert shown.canRead()
        quarter = picture(page.quarter)
        assert quarter.format == "JPEG"
        assert quarter.size == (-(-page.width // 4), -(-page.height // 4))
    return checked.pages


def picture(data: bytes) -> Image.Image:
    image = Image.open(io.BytesIO(data))
    image.load()
    return image


def reader(data: bytes) -> QImageReader:
    """As the canvas reads it."""
    buffer = QBuffer()
    buffer.setData(QByteArray(data))
    buffer.open(QIODevice.OpenModeFlag.ReadOnly)
    made = QImageReader(buffer)
    made.setAutoTransform(True)
    made._buffer = buffer  # keeps it alive
    return made


def from_qt(image: object) -> Image.Image:
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    image.save(buffer, "PNG")
    return picture(bytes(buffer.data().data()))


def alike(data: bytes, expected: Image.Image) -> bool:
    size = (24, 32)
    left, right = (image.convert("RGB").resize(size, Image.Resampling.BOX) for image in (picture(data), expected))
    return max(ImageStat.Stat(ImageChops.difference(left, right)).mean) < 8


def interlaced(width: int, height: int) -> bytes:
    """A black Adam7 picture of one byte a pixel, before it is deflated."""
    steps = ((0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2))
    total = 0
    for left, top, across, down in steps:
        columns, rows = len(range(left, width, across)), len(range(top, height, down))
        total += rows * (1 + columns) if columns else 0
    return bytes(total)
