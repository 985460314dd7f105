"""Reading pictures: only what they are, and without Qt's own guess at it."""

from __future__ import annotations

import io
import os
import subprocess
import sys
from pathlib import Path

import pytest
from PIL import Image

from mv_desktop.ui.canvas.image_cache import Level, decode
from mv_desktop.ui.canvas.picture_reader import PictureReader
from tests.ui.canvas.decoding_child import picture

CHILD = Path(__file__).with_name("decoding_child.py")


@pytest.mark.parametrize(("form", "name"), [("JPEG", b"jpeg"), ("PNG", b"png")])
def test_pictures_are_read_as_what_their_first_bytes_say(form: str, name: bytes) -> None:
    reader = PictureReader(picture(form))
    assert bytes(reader.format().data()) == name
    assert not reader.autoDetectImageFormat()
    assert (reader.size().width(), reader.size().height()) == (8, 8)


@pytest.mark.parametrize("form", ["BMP", "GIF", "PPM"])
def test_what_no_page_is_stored_as_is_not_read(form: str) -> None:
    file = io.BytesIO()
    Image.new("RGB", (8, 8), "white").save(file, form)
    assert decode(file.getvalue(), Level.FULL) is None


@pytest.mark.parametrize(
    "data", [b"", b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b'<svg xmlns="http://www.w3.org/2000/svg"/>']
)
def test_what_is_no_picture_is_not_read(data: bytes) -> None:
    assert decode(data, Level.FULL) is None


def test_reading_never_waits_for_an_object_that_is_let_go() -> None:
    """Two locks in two orders: before, this hung within a second."""
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)}
    subprocess.run([sys.executable, str(CHILD), "1.5"], check=True, timeout=60, env=environment)
