"""What is shown while somebody leaves and her work is still being sent, and what she leaves behind."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QLabel, QPushButton, QWidget

from mv_desktop.ui.shell.card import CARD_WIDTH, Card, stand_alone
from mv_desktop.ui.text import tr, tr_count
from mv_desktop.ui.theme import spacing
from mv_desktop.ui.widgets.tone_label import ToneLabel


def left_text(count: int) -> str:
    """That so many changes wait on this computer, and that nothing is lost."""
    return tr_count(
        "{count} change waits on this computer. It is sent when you sign in here again. Nothing is lost.",
        "{count} changes wait on this computer. They are sent when you sign in here again. Nothing is lost.",
        count,
    )


class LeavingScreen(QWidget):
    """Says how much is being sent, or was not.

    Args:
        pending: changes that were on this computer only when she began to leave.

    Signals:
        hurried(): she does not want to wait.
    """

    hurried = Signal()

    def __init__(self, pending: int, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        card = Card(self)
        self._heading = ToneLabel(tr("One moment …"), parent=card, factor=1.6, strong=True)
        card.column.addWidget(self._heading)
        self._text = QLabel(card)
        self._text.setWordWrap(True)
        self._say(_sending_text(pending))
        card.column.addWidget(self._text)
        card.column.addSpacing(spacing(3))
        self._button = QPushButton(tr("Leave now"), card)
        self._button.setToolTip(tr("What is not sent yet stays on this computer and is sent the next time."))
        self._button.setAutoDefault(True)
        self._button.clicked.connect(self._on_button_clicked)
        card.column.addWidget(self._button)
        stand_alone(card, self, tr("Leaving"))
        self.setFocusProxy(self._button)

    def show_left(self, count: int) -> None:
        """Say what could not be sent, before the window goes."""
        self._heading.setText(tr("Your work is saved"))
        self._say(left_text(count))
        self._button.setText(tr("Close"))
        self._button.setToolTip("")
        self._button.setEnabled(True)
        self._button.setFocus()

    @property
    def text(self) -> str:
        """What it says."""
        return self._text.text()

    # -- private ---------------------------------------------------------------------------------------------

    def _say(self, text: str) -> None:
        self._text.setText(text)
        # the card stands in the middle, where Qt gives words that are broken no more room than they need in one line
        self._text.setMinimumHeight(self._text.heightForWidth(CARD_WIDTH - 2 * spacing(8)))
        self._heading.setMinimumHeight(self._heading.sizeHint().height())

    # -- slots -----------------------------------------------------------------------------------------------

    def _on_button_clicked(self, _checked: bool = False) -> None:  # noqa: FBT001, FBT002 - Qt's signature
        self._button.setEnabled(False)
        self.hurried.emit()


def _sending_text(pending: int) -> str:
    if not pending:
        return tr("What is in hand is being saved.")
    return tr_count(
        "{count} change is saved on this computer and is being sent.",
        "{count} changes are saved on this computer and are being sent.",
        pending,
    )
