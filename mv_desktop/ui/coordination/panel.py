"""What the panels at the foot of the board have in common: a frame, a reason, and two buttons."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QLineEdit, QPushButton, QVBoxLayout, QWidget

from mv_desktop.ui.text import tr
from mv_desktop.ui.theme import spacing
from mv_desktop.ui.widgets.clear_place import keep_clear
from mv_desktop.ui.widgets.framed import Framed
from mv_desktop.ui.widgets.primary_button import PrimaryButton
from mv_desktop.ui.widgets.tone_label import ToneLabel

LONGEST_REASON = 500


class Panel(Framed):
    """Stands where it was asked for, and takes no place before and afterwards.

    Args:
        yes: on the button that does it.
        reasoned: a reason is asked for.

    Signals:
        done(): what it was for is wanted.
        cancelled(): it is not.

    Attributes:
        body: between the heading and the reason.
        reason: why, in the person's words.
    """

    done = Signal()
    cancelled = Signal()

    def __init__(self, yes: str, parent: QWidget | None = None, *, reasoned: bool = True) -> None:
        super().__init__(parent)
        self._reasoned = reasoned
        self._heading = ToneLabel("", "text", self, strong=True)
        self._heading.setWordWrap(True)
        self.body = QVBoxLayout()
        self.body.setSpacing(spacing(1))
        self.reason = QLineEdit(self)
        self.reason.setMaxLength(LONGEST_REASON)
        self.reason.setAccessibleName(tr("Reason"))
        self.reason.setPlaceholderText(tr("Reason, kept with it"))
        self.reason.setMinimumHeight(spacing(8))
        self.reason.textChanged.connect(self._on_reason_text_changed)
        label = QLabel(tr("Reason"), self)
        label.setBuddy(self.reason)
        self._yes, self._no = PrimaryButton(yes, self), QPushButton(tr("Cancel"), self)
        self._yes.clicked.connect(self._finish)
        self._no.clicked.connect(self.cancelled)
        self._no.setMinimumHeight(spacing(9))
        row = QHBoxLayout()
        row.setSpacing(spacing(2))
        row.addWidget(label)
        row.addWidget(self.reason, 1)
        if not reasoned:
            label.hide()
            self.reason.hide()
            row.addStretch(1)
        row.addWidget(self._no)
        row.addWidget(self._yes)
        column = QVBoxLayout(self)
        column.setContentsMargins(spacing(3), spacing(2), spacing(3), spacing(2))
        column.setSpacing(spacing(2))
        column.addWidget(self._heading)
        column.addLayout(self.body)
        column.addLayout(row)
        keep_clear(self)
        self.hide()

    # -- for a panel of its own --------------------------------------------------------------------------------

    @property
    def ready(self) -> bool:
        """Nothing is missing but the reason."""
        return True

    # -- public ----------------------------------------------------------------------------------------------

    @property
    def why(self) -> str:
        """The reason without blanks around it."""
        return self.reason.text().strip()

    @property
    def heading(self) -> str:
        """What it is about."""
        return self._heading.text()

    def set_busy(self, *, busy: bool) -> None:
        """Ask for nothing more while the server is asked."""
        self._yes.setEnabled(not busy and self.ready and (bool(self.why) or not self._reasoned))

    def tell_ready(self) -> None:
        """Something else is missing than before, or nothing is."""
        self.set_busy(busy=False)

    # -- private ---------------------------------------------------------------------------------------------

    def _say(self, heading: str, yes: str) -> None:
        self._heading.setText(heading)
        self._yes.setText(yes)
        self.setAccessibleName(heading)

    def _finish(self) -> None:
        if self._yes.isEnabled():
            self.done.emit()
        elif self._reasoned and not self.why:
            self.reason.setFocus()

    # -- slots -----------------------------------------------------------------------------------------------

    def _on_reason_text_changed(self, _text: str) -> None:
        self.tell_ready()

    # -- Qt --------------------------------------------------------------------------------------------------

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter}:
            self._finish()
        elif event.key() == Qt.Key.Key_Escape:
            self.cancelled.emit()
        else:
            super().keyPressEvent(event)
