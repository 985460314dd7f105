"""Reads a page's picture with Qt, as what it is: JPEG or PNG, told by its first bytes."""

from __future__ import annotations

from PySide6.QtCore import QBuffer, QIODevice
from PySide6.QtGui import QImageReader

_SIGNATURES = ((b"\xff\xd8\xff", b"jpeg"), (b"\x89PNG\r\n\x1a\n", b"png"))


class PictureReader(QImageReader):
    """A reader that turns pictures as their EXIF says.

    Qt must not find out the format itself. It would ask every plugin, and that for SVG connects two objects, for which
    it waits for one of Qt's 131 locks of connections; `size()` keeps the interpreter lock meanwhile. A thread that lets
    an object go holds such a lock while it waits for the interpreter lock, to look for an override in Python. When
    both happened to mean the same one, the program stood still for ever (`tests/ui/canvas/test_picture_reader.py`).
    """

    def __init__(self, data: bytes) -> None:
        """For `data`; what is neither JPEG nor PNG cannot be read."""
        self._buffer = QBuffer()
        self._buffer.setData(data)
        self._buffer.open(QIODevice.OpenModeFlag.ReadOnly)
        found = [name for signature, name in _SIGNATURES if data.startswith(signature)]
        super().__init__(self._buffer, found[0] if found else b"unknown")
        self.setAutoDetectImageFormat(False)
        self.setAutoTransform(True)
