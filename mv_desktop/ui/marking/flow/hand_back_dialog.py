"""Why a script is handed back, and what will happen then."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QDialog, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from mv_desktop.domain.flag import FLAG_COMMENT_MAX
from mv_desktop.domain.hand_back import HAND_BACK_WORDS
from mv_desktop.domain.operation import HandBack
from mv_desktop.ui.text import tr
from mv_desktop.ui.theme import current_theme, spacing
from mv_desktop.ui.widgets.dialog_body import DialogBody
from mv_desktop.ui.widgets.primary_button import PrimaryButton
from mv_desktop.ui.widgets.reason_picker import ReasonPicker


class HandBackDialog(QDialog):
    """Asks for a reason: a digit chooses it, Enter hands the script back, Esc goes on marking.

    Args:
        code: the script's.
        marked, written: questions with a mark, and questions to mark.

    Signals:
        hand_back_requested(HandBack): she has said why; the dialog has closed itself.
    """

    hand_back_requested = Signal(object)

    def __init__(self, code: str, marked: int, written: int, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(tr("Hand back"))
        self.setMinimumWidth(spacing(115))
        self._picker = ReasonPicker(tr("Why?"), HAND_BACK_WORDS, FLAG_COMMENT_MAX, self)
        self._picker.changed.connect(self._on_picker_changed)
        self._confirm = PrimaryButton(tr("Hand back"), self)
        self._confirm.setDefault(True)
        self._confirm.setEnabled(False)
        self._confirm.clicked.connect(self._on_confirm_clicked)
        stay = QPushButton(tr("Go on marking"), self)
        stay.setAutoDefault(False)
        stay.setMinimumHeight(spacing(9))
        stay.clicked.connect(self.reject)
        heading = QLabel(tr("Hand {code} back", code=code), self)
        heading.setFont(current_theme().font(1.4, heading.font().weight().DemiBold))
        told = QLabel(
            tr(
                "It leaves your queue, and your coordinator gives it to somebody else. What you marked so far, "
                "{marked} of {written} questions, is kept and offered. For ten seconds you can take it back.",
                marked=marked,
                written=written,
            ),
            self,
        )
        told.setWordWrap(True)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(spacing(5), spacing(5), spacing(5), spacing(5))
        layout.setSpacing(spacing(3))
        body = DialogBody(tr("Hand back"), self)
        body.column.addWidget(told)
        body.column.addWidget(self._picker)
        body.column.addStretch(1)
        layout.addWidget(heading)
        layout.addWidget(body, 1)
        row = QHBoxLayout()
        row.addWidget(stay)
        row.addStretch(1)
        row.addWidget(self._confirm)
        layout.addLayout(row)
        body.fit()
        self._picker.begin()

    # -- slots -----------------------------------------------------------------------------------------------

    def _on_picker_changed(self) -> None:
        self._confirm.setEnabled(self._picker.complete)

    def _on_confirm_clicked(self) -> None:
        if self._picker.complete:
            self.accept()
            self.hand_back_requested.emit(HandBack(self._picker.reason, self._picker.words))

    # -- Qt --------------------------------------------------------------------------------------------------

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if not self._picker.choose(event):
            super().keyPressEvent(event)
