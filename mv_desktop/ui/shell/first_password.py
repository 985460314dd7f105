"""Between signing in and work: a password that somebody else chose is changed first."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QLabel, QPushButton, QWidget

from mv_desktop.ui.shell.card import Card, stand_alone
from mv_desktop.ui.shell.own_port import OwnPlace
from mv_desktop.ui.shell.password_page import PasswordPage
from mv_desktop.ui.tasks import Tasks
from mv_desktop.ui.text import tr
from mv_desktop.ui.theme import spacing
from mv_desktop.ui.widgets.tone_label import ToneLabel


class FirstPasswordScreen(QWidget):
    """Asks for a password of her own; the one that she signed in with is not asked for again.

    Args:
        given: the password that she signed in with.

    Signals:
        changed(): her own password holds.
        left(): she does not want to now.
    """

    changed = Signal()
    left = Signal()

    def __init__(self, own: OwnPlace, tasks: Tasks, given: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        card = Card(self)
        card.setFixedWidth(spacing(150))
        card.column.addWidget(ToneLabel(tr("Choose a password of your own"), parent=card, factor=1.4, strong=True))
        why = QLabel(
            tr("Your password was chosen by somebody else. You come in when you have changed it."),
            card,
        )
        why.setWordWrap(True)
        card.column.addWidget(why)
        card.column.addSpacing(spacing(2))
        self.page = PasswordPage(own, tasks, card, given=given)
        self.page.changed.connect(self.changed)
        card.column.addWidget(self.page)
        back = QPushButton(tr("Back to signing in"), card)
        back.setAutoDefault(False)
        back.clicked.connect(lambda _checked=False: self.left.emit())
        card.column.addWidget(back)
        stand_alone(card, self, tr("Choose a password of your own"))
        self.setFocusProxy(self.page.first_field)
