"""A picture of a question, as large as wanted."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QImage, QKeyEvent
from PySide6.QtWidgets import QDialog, QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from mv_desktop.ui.canvas.page_look import ZOOM_STEP, PageLook
from mv_desktop.ui.text import tr
from mv_desktop.ui.theme import spacing
from mv_desktop.ui.widgets.tone_label import ToneLabel

_SHARE = 0.85
"""How much of its screen the window takes at first."""


class PictureDialog(QDialog):
    """Keys and wheel as for a page that is looked at: + and - enlarge, 0 shows all of it, 1 fits its width.

    Args:
        picture: decoded.
        name: what it is, in the language spoken.

    Attributes:
        look: shows it.
    """

    def __init__(self, picture: QImage, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(name)
        self.look = PageLook(self)
        self.look.show_picture(picture, name)
        hint = ToneLabel(tr("+ and − enlarge · 0 all of it · 1 its width · Esc closes"), "muted", self)
        hint.setTextFormat(Qt.TextFormat.PlainText)
        row = QHBoxLayout()
        row.addWidget(hint, 1)
        for words, act in (
            (tr("Larger"), lambda: self.look.zoom(ZOOM_STEP)),
            (tr("Smaller"), lambda: self.look.zoom(1 / ZOOM_STEP)),
            (tr("Close"), self.close),
        ):
            button = QPushButton(words, self)
            button.setAutoDefault(False)
            button.clicked.connect(act)
            row.addWidget(button)
        column = QVBoxLayout(self)
        column.setSpacing(spacing(2))
        column.addWidget(self.look, 1)
        column.addLayout(row)
        room = self.screen().availableSize() * _SHARE
        self.resize(room.boundedTo(picture.size() * 2).expandedTo(room / 2))
        self.look.setFocus()

    # -- Qt --------------------------------------------------------------------------------------------------

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter}:  # what opened it closes it
            self.close()
        else:
            super().keyPressEvent(event)
