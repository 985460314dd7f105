"""A bug of ours: what the user is told, and what she can copy for us, without anything personal in it."""

from __future__ import annotations

import platform
import re
import traceback
from pathlib import PurePath
from types import TracebackType

from PySide6.QtCore import qVersion
from PySide6.QtGui import QFontDatabase, QGuiApplication
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QLabel, QPlainTextEdit, QVBoxLayout, QWidget

from mv_desktop.ui.text import tr
from mv_desktop.ui.theme import spacing

_PACKAGE = "mv_desktop"


def crash_details(error: BaseException, version: str) -> str:
    """What we need to find the bug: places in the code and kinds of errors.

    Messages of errors are left out: they can hold names, marks or addresses. So are paths outside the program, which
    hold the name of the computer's user.
    """
    lines = [
        f"mv-desktop {version} · Python {platform.python_version()} · Qt {qVersion()}",
        f"{platform.system()} {platform.release()} {platform.machine()}",
        "",
    ]
    current: BaseException | None = error
    seen: set[int] = set()
    while current is not None and id(current) not in seen:
        seen.add(id(current))
        lines.append(f"{type(current).__module__}.{type(current).__qualname__}")
        lines.extend(_places(current.__traceback__))
        cause = current.__cause__ or (None if current.__suppress_context__ else current.__context__)
        if cause is not None:
            lines.append("caused by")
        current = cause
    return "\n".join(lines)


def _places(trace: TracebackType | None) -> list[str]:
    return [
        f"  {_inside(frame.filename)}:{frame.lineno} {frame.name}"
        for frame in traceback.extract_tb(trace)
        if frame.filename
    ]


def _inside(path: str) -> str:
    """A path from the program's or a library's folder on, never from a home folder."""
    parts = PurePath(re.sub(r"\\", "/", path)).parts
    for anchor in (_PACKAGE, "site-packages"):
        if anchor in parts:
            return "/".join(parts[parts.index(anchor) :])
    return parts[-1] if parts else path


class CrashDialog(QDialog):
    """Says that the program made a mistake, that the work is safe, and offers the details to copy.

    Args:
        details: `crash_details`.
    """

    def __init__(self, details: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(tr("A mistake in the program"))
        self._details = details
        told = QLabel(
            tr("The program made a mistake. What you have marked is saved on this computer and will be sent as usual.")
            + "\n\n"
            + tr(
                "You can go on working. If something looks wrong, close the program and open it again. "
                "The details below hold no names, answers or marks; your administrator can send them to us."
            ),
            self,
        )
        told.setWordWrap(True)
        shown = QPlainTextEdit(details, self)
        shown.setReadOnly(True)
        shown.setAccessibleName(tr("Details"))
        shown.setFont(QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont))
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close, self)
        buttons.button(QDialogButtonBox.StandardButton.Close).setText(tr("Close"))
        copy = buttons.addButton(tr("Copy details"), QDialogButtonBox.ButtonRole.ActionRole)
        copy.clicked.connect(self._on_copy_clicked)
        buttons.rejected.connect(self.reject)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(spacing(5), spacing(5), spacing(5), spacing(4))
        layout.setSpacing(spacing(3))
        layout.addWidget(told)
        layout.addWidget(shown, 1)
        layout.addWidget(buttons)
        self.resize(spacing(150), spacing(100))

    def _on_copy_clicked(self) -> None:
        QGuiApplication.clipboard().setText(self._details)
