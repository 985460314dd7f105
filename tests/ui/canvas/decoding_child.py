"""Decodes small pictures on threads while the main thread lets connected objects go; ends, or hangs for ever."""

from __future__ import annotations

import io
import sys
import threading
import time
from itertools import pairwise

from PIL import Image
from PySide6.QtCore import QCoreApplication, QObject, Signal

from mv_desktop.ui.canvas.image_cache import Level, decode

_THREADS, _OBJECTS = 2, 50


class Listener(QObject):
    """Something that is connected, as all widgets are."""

    said = Signal()

    def hear(self) -> None:
        """Nothing."""


def picture(form: str) -> bytes:
    """A small white picture."""
    file = io.BytesIO()
    Image.new("RGB", (8, 8), "white").save(file, form)
    return file.getvalue()


def work(end: float) -> None:
    """Decode until then."""
    pictures = [picture("JPEG"), picture("PNG")]
    while time.monotonic() < end:
        for data in pictures:
            assert decode(data, Level.FULL) is not None


def main(seconds: float) -> None:
    """For so long."""
    application = QCoreApplication([])
    sys.setswitchinterval(1e-5)
    end = time.monotonic() + seconds
    threads = [threading.Thread(target=work, args=(end,)) for _ in range(_THREADS)]
    for thread in threads:
        thread.start()
    while time.monotonic() < end:
        objects = [Listener() for _ in range(_OBJECTS)]
        for one, other in pairwise(objects):
            one.said.connect(other.hear)
        del objects, one, other
    for thread in threads:
        thread.join()
    del application


if __name__ == "__main__":
    main(float(sys.argv[1]))
