"""What is shown instead of somebody's work while she is away."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QLabel, QLineEdit, QPushButton, QWidget

from mv_desktop.core.clock import SteadyClock
from mv_desktop.core.errors import UserError
from mv_desktop.ui.shell.card import Card, stand_alone
from mv_desktop.ui.shell.lockout import SignInLock, locked_text
from mv_desktop.ui.tasks import Tasks
from mv_desktop.ui.text import said, tr, tr_count
from mv_desktop.ui.theme import spacing
from mv_desktop.ui.widgets.primary_button import PrimaryButton
from mv_desktop.ui.widgets.tone_label import ToneLabel

UNLOCK_LANE = "unlock"
"""Trying a password takes as long as it should, and must not wait for work that is being saved or sent."""


class LockScreen(QWidget):
    """Asks whose work it is for her password; shows neither pages nor names, only the address she signed in with.

    Args:
        email: hers.
        opens: whether a password is hers; not called on the GUI thread.
        lock: counts wrong passwords, those of signing in too.
        clock: for the lock; setting the computer's makes it no shorter.

    Signals:
        unlocked(): it was her password.
        tried(): it was not, and was counted.
        other_wanted(): somebody else wants to sign in.
    """

    unlocked = Signal()
    tried = Signal()
    other_wanted = Signal()

    def __init__(
        self,
        email: str,
        opens: Callable[[str], bool],
        lock: SignInLock,
        clock: SteadyClock,
        tasks: Tasks,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._email, self._opens, self._lock, self._clock, self._tasks = email, opens, lock, clock, tasks
        card = Card(self)
        card.column.addWidget(ToneLabel(tr("Locked"), parent=card, factor=1.6, strong=True))
        what = QLabel(tr("Your work is saved. Type your password to go on where you were."), card)
        what.setWordWrap(True)
        card.column.addWidget(what)
        card.column.addSpacing(spacing(3))
        who = ToneLabel(email, "muted", card)
        who.setTextFormat(Qt.TextFormat.PlainText)
        who.setWordWrap(True)
        card.column.addWidget(who)
        self._password = QLineEdit(card)
        self._password.setEchoMode(QLineEdit.EchoMode.Password)
        self._password.setAccessibleName(tr("Password"))
        self._password.setMinimumHeight(spacing(9))
        self._password.returnPressed.connect(self._on_button_clicked)
        card.column.addWidget(self._password)
        self._button = PrimaryButton(tr("Unlock"), card)
        self._button.clicked.connect(self._on_button_clicked)
        card.column.addWidget(self._button)
        self._message = ToneLabel("", "danger", card)
        self._message.setWordWrap(True)
        self._message.setAlignment(Qt.AlignmentFlag.AlignTop)
        self._message.setMinimumHeight(3 * self.fontMetrics().lineSpacing())
        self._message.setAccessibleName(tr("Message"))
        card.column.addWidget(self._message)
        other = QPushButton(tr("Sign in as somebody else"), card)
        other.setToolTip(tr("Saves and sends what is in hand, and signs out first."))
        other.clicked.connect(lambda _checked=False: self.other_wanted.emit())
        card.column.addWidget(other)
        stand_alone(card, self, tr("Locked"))
        self.setFocusProxy(self._password)

    @property
    def message(self) -> str:
        """What is said below the button."""
        return self._message.text()

    # -- private ---------------------------------------------------------------------------------------------

    def _busy(self, *, busy: bool) -> None:
        self._password.setEnabled(not busy)
        self._button.setEnabled(not busy)

    def _refuse(self, text: str) -> None:
        self._message.setText(text)
        self._password.setFocus()
        self._password.selectAll()

    # -- slots -----------------------------------------------------------------------------------------------

    def _on_button_clicked(self, *_: object) -> None:
        password = self._password.text()
        if not password or not self._button.isEnabled():
            return
        now = self._clock.now()
        if self._lock.locked_until(self._email, now) is not None:
            self._refuse(locked_text(self._lock, self._email, now))
            return
        self._busy(busy=True)
        self._message.setText("")
        self._tasks.run(UNLOCK_LANE, partial(self._opens, password), self._on_tried, self._on_try_failed)

    def _on_tried(self, opens: bool) -> None:  # noqa: FBT001 - what the lane answers
        self._busy(busy=False)
        if opens:
            self._lock.succeeded(self._email)
            self._password.clear()
            self.unlocked.emit()
            return
        now = self._clock.now()
        left = self._lock.failed(self._email, now)
        self.tried.emit()
        if left == 0:
            self._refuse(locked_text(self._lock, self._email, now))
            return
        attempts = tr_count("{count} attempt is left.", "{count} attempts are left.", left)
        self._refuse("\n".join((tr("The password is wrong."), attempts)))

    def _on_try_failed(self, error: Exception) -> None:
        self._busy(busy=False)
        if isinstance(error, UserError):
            self._refuse("\n".join(said(part) for part in (error.message, error.kept, error.remedy) if part))
        else:
            self._tasks.error.emit(error)
