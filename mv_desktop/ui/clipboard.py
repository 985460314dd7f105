"""What the program put on the clipboard, when somebody leaves it."""

from __future__ import annotations

import sys
from typing import cast

from PySide6.QtCore import QByteArray, QMimeData
from PySide6.QtGui import QGuiApplication

PRIVATE = "application/x-mathvidya-private"
"""Beside what was copied with names or passwords in it."""


def copy_private(data: QMimeData | str) -> None:
    """Put on the clipboard what goes when she signs out."""
    if isinstance(data, str):
        words, data = data, QMimeData()
        data.setText(words)
    data.setData(PRIVATE, QByteArray(b"1"))
    QGuiApplication.clipboard().setMimeData(data)


def forget_marks() -> None:
    """Take copied marks and what is private from the clipboard, with the words beside: they are of who signs out."""
    from mv_desktop.domain.annotation.clipping import MIME_TYPE  # whoever copied marks has it loaded

    clipboard = QGuiApplication.clipboard()
    data = cast("QMimeData | None", clipboard.mimeData())  # of an empty clipboard Qt answers None
    if data is not None and (data.hasFormat(MIME_TYPE) or data.hasFormat(PRIVATE)):
        clipboard.clear()


def release_clipboard() -> None:
    """Take from the clipboard what this program put there, before the program ends.

    Where the clipboard is only a promise to deliver (everywhere but on Windows and macOS), its content goes with the
    program in any case; but Qt would destroy it after Python has ended, and the process would crash at its very end.
    """
    clipboard = QGuiApplication.clipboard()
    if sys.platform not in {"win32", "darwin"} and (clipboard.ownsClipboard() or not _shared()):
        clipboard.clear()


def _shared() -> bool:
    """Other programs see this clipboard, too; one in memory says of nothing that it owns it."""
    return QGuiApplication.platformName() in {"xcb", "wayland"}
