"""The field in which a note is written, right where it stands on the page, and how it will look there."""

from __future__ import annotations

import math

from PySide6.QtCore import QEvent, QMimeData, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QCursor,
    QFocusEvent,
    QFont,
    QKeyEvent,
    QPainter,
    QPainterPath,
    QPaintEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QFrame, QPlainTextEdit, QWidget

from mv_desktop.core.errors import InvalidError
from mv_desktop.domain.annotation.clipping import MOST_CHARACTERS, checked_text
from mv_desktop.ui.text import tr
from mv_desktop.ui.theme import ON_PAPER, spacing

BORDER = 2
"""Pixels around the writing, so that it stands exactly where it will stand on the page."""
_ROOM = 6  # pixels for the caret after the last letter of a full line


class NoteEditor(QPlainTextEdit):
    """Enter takes what was written, Shift+Enter begins a line. Escape, Tab and a click elsewhere take it, too.

    Signals:
        finished(): it is to be taken.
        left(): another window has the keyboard; she writes on when this one has it again.
        refused(InvalidError): more was pasted than a note holds; nothing of it came in.
    """

    finished = Signal()
    left = Signal()
    refused = Signal(object)

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._pages = parent
        self.setAccessibleName(tr("Words on the page"))
        self.setAccessibleDescription(tr("Enter takes them, Shift+Enter begins a line."))
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setWordWrapMode(self.wordWrapMode().WrapAtWordBoundaryOrAnywhere)
        self.document().setDocumentMargin(0)
        self.document().documentLayout().documentSizeChanged.connect(self.fit)
        self.viewport().setCursor(Qt.CursorShape.IBeamCursor)

    def dress(self, font: QFont, color: str, width: float) -> None:
        """Write in this face and ink, wrapped at so many pixels."""
        self.setFont(font)
        # paper, whatever the theme is: it stands on a page
        self.setStyleSheet(
            f"QPlainTextEdit {{ background: #ffffff; color: {color}; border: {BORDER}px solid {ON_PAPER}; padding: 0px;"
            f" border-radius: 0px; selection-background-color: {ON_PAPER}; selection-color: #ffffff; }}"
        )
        self.setFont(font)
        self.setFixedWidth(round(width) + 2 * BORDER + _ROOM)

    def fit(self) -> None:
        """As high as what is written."""
        first = self.document().firstBlock()
        line = self.blockBoundingRect(first).height() / max(1, first.layout().lineCount())
        # the size of a plain text is in lines, not in pixels
        height = math.ceil(max(1.0, self.document().size().height()) * line) + 2 * BORDER
        if height != self.height():
            self.setFixedHeight(height)

    # -- Qt --------------------------------------------------------------------------------------------------

    def event(self, event: QEvent) -> bool:
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.ShortcutOverride and _ends(event):
            event.accept()  # the screen has actions on them too
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if _ends(event):
            self.finished.emit()
        else:
            super().keyPressEvent(event)

    def insertFromMimeData(self, source: QMimeData) -> None:
        try:
            words = checked_text(source.text())
            if len(words) + self.document().characterCount() > MOST_CHARACTERS:
                raise InvalidError(tr("A note on the page cannot be so long."), kept=tr("What you wrote is as it was."))
        except InvalidError as error:
            self.refused.emit(error)
        else:
            self.textCursor().insertText(words)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        if event.reason() == Qt.FocusReason.ActiveWindowFocusReason:
            self.left.emit()
            return
        by_mouse = event.reason() == Qt.FocusReason.MouseFocusReason
        # a press on the pages ends it in its own way: it must do nothing else besides
        on_pages = by_mouse and self._pages.rect().contains(self._pages.mapFromGlobal(QCursor.pos()))
        if event.reason() != Qt.FocusReason.PopupFocusReason and not on_pages:
            self.finished.emit()

    def wheelEvent(self, event: QWheelEvent) -> None:
        event.ignore()  # the pages scroll, and it goes along


class NotePreview(QWidget):
    """How a note with formulas will look; nothing else is on it, and the mouse goes through."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self._path = QPainterPath()
        self._color = QColor(ON_PAPER)
        self._scale = 1.0

    def show_ink(self, path: QPainterPath, color: QColor, scale: float) -> None:
        """Show this outline, in page coordinates, at so many pixels a unit."""
        self._path, self._color, self._scale = path, color, scale
        ink = path.boundingRect()
        self.resize(
            QSize(
                round(ink.right() * scale) + 2 * spacing(2),
                round((ink.height() or 1) * scale) + 2 * spacing(2),
            )
        )
        self.update()

    # -- Qt --------------------------------------------------------------------------------------------------

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002 - all of it is one note
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QColor(ON_PAPER))
        painter.setBrush(QColor("#ffffff"))
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), 3, 3)
        painter.translate(spacing(2), spacing(2))
        painter.scale(self._scale, self._scale)
        painter.translate(0, -self._path.boundingRect().top())
        painter.fillPath(self._path, self._color)


def _ends(event: QKeyEvent) -> bool:
    key = Qt.Key(event.key())
    if key in {Qt.Key.Key_Return, Qt.Key.Key_Enter}:
        return not event.modifiers() & Qt.KeyboardModifier.ShiftModifier
    return key in {Qt.Key.Key_Escape, Qt.Key.Key_Tab, Qt.Key.Key_Backtab}
