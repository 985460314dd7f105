"""The first screen: which server, who, and the password."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QEvent, QObject, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QComboBox,
    QFormLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QProgressBar,
    QPushButton,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from mv_desktop.core.clock import Clock
from mv_desktop.core.errors import ClosedAccountError, NotAllowedError, OfflineError, SetupError, UserError
from mv_desktop.domain.access import login_name
from mv_desktop.offline.former_password import FormerPassword, FormerPasswordError
from mv_desktop.ui.shell.card import CARD_WIDTH, Card, stand_alone
from mv_desktop.ui.shell.contact_watch import Contact
from mv_desktop.ui.shell.former_panel import FormerPanel
from mv_desktop.ui.shell.lockout import SignInLock, locked_text
from mv_desktop.ui.text import remedy_text, said, tr, tr_count
from mv_desktop.ui.theme import spacing
from mv_desktop.ui.widgets.password_field import PasswordField
from mv_desktop.ui.widgets.primary_button import PrimaryButton
from mv_desktop.ui.widgets.tone_label import ToneLabel

_PEOPLE = 8
"""Rows of the demo's people without scrolling."""


@dataclass(frozen=True, slots=True)
class DemoPerson:
    """Somebody of the demo, whose password is no secret.

    Attributes:
        role: what she is, in English: "Teacher", "Coordinator", "Admin".
    """

    name: str
    role: str
    email: str
    password: str


@dataclass(frozen=True, slots=True)
class SignInPlace:
    """A server to sign in to.

    Attributes:
        name: the profile's.
        address: where it is, for the person to recognise.
        protected: nobody on the way can read or pretend.
        people: those of the demo; empty for a real server.
    """

    name: str
    address: str
    protected: bool = True
    people: tuple[DemoPerson, ...] = ()


_NOWHERE = SignInPlace("", "")


class SignInScreen(QWidget):
    """Asks for a server, an e-mail address and a password.

    Args:
        places: the servers there are.
        lock: counts wrong passwords.
        may_change: the list of servers can be changed.

    Signals:
        sign_in_requested(profile name, email, password, former): `former` is a `FormerPassword`, or None before that
            was asked.
        server_chosen(profile name): another server is to be signed in to.
        servers_requested(): the list of servers is to be changed.
    """

    sign_in_requested = Signal(str, str, str, object)
    server_chosen = Signal(str)
    servers_requested = Signal()

    def __init__(
        self,
        places: Sequence[SignInPlace],
        lock: SignInLock,
        clock: Clock,
        parent: QWidget | None = None,
        *,
        may_change: bool = False,
    ) -> None:
        super().__init__(parent)
        self._places, self._lock, self._clock = tuple(places), lock, clock
        self._may_change = may_change
        self._asked_for = self._told = ""
        self._contact: Contact | None = None
        self._working = False
        self._build()
        self.set_places(places)

    # -- public ----------------------------------------------------------------------------------------------

    def set_places(self, places: Sequence[SignInPlace]) -> None:
        """Offer these servers from now on; what is typed stays, and the server that was chosen if it is among them."""
        chosen, self._places = self._server.currentText(), tuple(places)
        self._server.blockSignals(True)
        self._server.clear()
        self._server.addItems([place.name for place in self._places])
        self._server.setCurrentIndex(max(self._server.findText(chosen), 0) if self._places else -1)
        self._server.blockSignals(False)
        self._server.setEnabled(bool(self._places) and not self._working)
        self._on_server_changed()

    @property
    def server(self) -> str:
        """The name of the server that is chosen, "" without any."""
        return self._place.name

    def suggest(self, profile: str, email: str) -> None:
        """Fill in what was used last; the focus goes to what is missing, in the demo to its people."""
        index = self._server.findText(profile)
        if index >= 0:
            self._server.setCurrentIndex(index)
        if email and not self._email.text():
            self._email.setText(email)
        if not self._places and self._may_change:
            self._change.setFocus()
        elif self._place.people:
            emails = [person.email for person in self._place.people]
            self._people.setCurrentRow(emails.index(email) if email in emails else 0)
            self._people.setFocus()
        else:
            (self._password if self._email.text() else self._email).setFocus()

    def busy(self, working: bool) -> None:  # noqa: FBT001 - there is nothing else to say
        """Show that the server is being asked; nothing can be typed meanwhile."""
        fields = (self._server, self._change, self._email, self._password, self._people)
        for widget in (*fields, self._button, self._former):
            widget.setEnabled(not working)
        self._working = working
        self._bar.setRange(0, 0 if working else 1)
        self._bar.setVisible(working)
        if working:
            self._say("")
        self._show_offer()

    def failed(self, error: UserError) -> None:
        """Say why it did not work, and go to where it can be put right.

        A wrong password is counted, a wrong former one too, and too many lock the account on this computer.
        """
        self.busy(False)
        parts = (said(error.message), said(error.kept), remedy_text(error))
        text = "\n".join(part for part in parts if part)
        former = isinstance(error, FormerPasswordError)
        if isinstance(error, FormerPasswordError):
            text = text if error.wrong else ""
        else:
            self._ask_no_more()
        if _is_wrong(error):
            left = self._lock.failed(self._asked_for, self._clock.now())
            if left == 0:
                self._ask_no_more()
                self._say(locked_text(self._lock, self._asked_for, self._clock.now()))
                self._email.setFocus()  # only somebody else can come in now
                self._email.selectAll()
                return
            text += "\n" + tr_count("{count} attempt is left.", "{count} attempts are left.", left)
        self._say(text)
        if former:
            self._ask_former()
        elif isinstance(error, SetupError) and self._may_change:
            self._change.setFocus()  # the server's entry may be wrong, and no other password helps
        elif isinstance(error, ClosedAccountError):
            self._email.setFocus()
            self._email.selectAll()
        else:
            self._password.setFocus()
            self._password.selectAll()
        if isinstance(error, OfflineError):
            self.server_chosen.emit(self.server)  # it is looked for again until it answers

    def show_contact(self, contact: Contact) -> None:
        """Tell whether the server that is chosen can be reached; where one can work without it, offer that."""
        if contact.server == self.server:
            self._contact = contact
            self._show_offer()

    def succeeded(self) -> None:
        """Forget the password and the wrong ones before it."""
        self._lock.succeeded(self._asked_for)
        self.busy(False)
        self._ask_no_more()
        self._password.clear()
        self._say("")

    def tell(self, sentence: str) -> None:
        """Say why one is back here."""
        self._say(said(sentence))

    @property
    def message(self) -> str:
        """What is said below the fields."""
        return self._message.text()

    # -- construction ----------------------------------------------------------------------------------------

    def _build(self) -> None:
        self._card = Card(self)
        column = self._card.column
        title = ToneLabel("Mathvidya", parent=self._card, factor=2.0, strong=True)
        subtitle = QLabel(tr("Evaluation workstation"), self._card)
        subtitle.setForegroundRole(subtitle.palette().ColorRole.PlaceholderText)
        column.addWidget(title)
        column.addWidget(subtitle)
        column.addSpacing(spacing(3))
        column.addLayout(self._build_form())
        column.addWidget(self._build_people())
        self._bar = QProgressBar(self._card)
        self._bar.setTextVisible(False)
        self._bar.setFixedHeight(spacing(1))
        self._bar.setAccessibleName(tr("Signing in …"))
        policy = self._bar.sizePolicy()
        policy.setRetainSizeWhenHidden(True)
        self._bar.setSizePolicy(policy)
        self._bar.hide()
        column.addWidget(self._bar)
        self._button = PrimaryButton(tr("Sign in"), self._card)
        self._button.clicked.connect(self._on_button_clicked)
        column.addWidget(self._button)
        self._former = FormerPanel(self._card)
        self._former.entered.connect(self._on_former_entered)
        self._former.left_aside.connect(self._on_former_left_aside)
        column.addWidget(self._former)
        self._message = ToneLabel("", "danger", self._card)
        self._message.setWordWrap(True)
        self._message.setTextFormat(Qt.TextFormat.PlainText)
        self._message.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._message.setAlignment(Qt.AlignmentFlag.AlignTop)
        # room for three lines, so that the card stays where it is when something is said
        self._message.setMinimumHeight(3 * self.fontMetrics().lineSpacing())
        self._message.setAccessibleName(tr("Message"))
        column.addWidget(self._message)
        stand_alone(self._card, self, tr("Sign in"))

    def _build_form(self) -> QFormLayout:
        self._server = QComboBox(self._card)
        self._server.setAccessibleName(tr("Server"))
        self._server.currentIndexChanged.connect(self._on_server_changed)
        self._change = QPushButton(tr("Servers …"), self._card)
        self._change.setToolTip(tr("Add, change or remove a server"))
        self._change.setVisible(self._may_change)
        self._change.clicked.connect(lambda _checked=False: self.servers_requested.emit())
        choice = QHBoxLayout()
        choice.setSpacing(spacing(2))
        choice.addWidget(self._server, 1)
        choice.addWidget(self._change)
        self._address = ToneLabel("", "muted", self._card)
        self._address.setWordWrap(True)
        self._email = QLineEdit(self._card)
        self._email.setAccessibleName(tr("E-mail"))
        self._email.setInputMethodHints(Qt.InputMethodHint.ImhEmailCharactersOnly)
        self._email.returnPressed.connect(self._on_email_return_pressed)
        self._email.textChanged.connect(self._ask_no_more)
        self._email.textChanged.connect(self._show_offer)
        self._password = PasswordField(tr("Password"), self._card)
        self._password.returnPressed.connect(self._on_button_clicked)
        self._password.textChanged.connect(self._ask_no_more)
        self._password.installEventFilter(self)
        self._caps = QLabel(self._card)
        self._caps.setForegroundRole(self._caps.palette().ColorRole.PlaceholderText)
        form = QFormLayout()
        form.setRowWrapPolicy(QFormLayout.RowWrapPolicy.WrapAllRows)
        form.setVerticalSpacing(spacing(1))
        for field in (self._server, self._change, self._email, self._password):
            field.setMinimumHeight(spacing(9))
        form.addRow(tr("Server"), choice)
        form.addRow(self._address)
        form.addRow(tr("E-mail"), self._email)
        form.addRow(tr("Password"), self._password)
        form.addRow(self._caps)
        return form

    def _build_people(self) -> QWidget:
        self._people = QListWidget(self._card)
        self._people.setAccessibleName(tr("People of the demo"))
        self._people.currentRowChanged.connect(self._on_people_row_changed)
        self._people.itemActivated.connect(self._on_button_clicked)
        self._people_title = QLabel(tr("People of the demo: choose one, Enter signs in"), self._card)
        self._people_title.setWordWrap(True)
        holder = QWidget(self._card)
        self._people_holder = holder
        column = QVBoxLayout(holder)
        column.setContentsMargins(0, 0, 0, spacing(1))
        column.setSpacing(spacing(1))
        column.addWidget(self._people_title)
        column.addWidget(self._people)
        return holder

    # -- private ---------------------------------------------------------------------------------------------

    @property
    def _place(self) -> SignInPlace:
        index = self._server.currentIndex()
        return self._places[index] if 0 <= index < len(self._places) else _NOWHERE

    def _ask_former(self) -> None:
        self._button.hide()
        self._former.ask()
        # it may stand below what a small window shows of the sheet, where its place is known only after this
        QTimer.singleShot(0, self, self._show_former)

    def _show_former(self) -> None:
        area = self.findChild(QScrollArea)
        if area is not None and self._former.asking:
            for part in (self._former, self._message, self._former.field):
                area.ensureWidgetVisible(part)

    def _ask_no_more(self, *_: object) -> None:
        """What was said of a former password holds for one person and her present one only."""
        self._former.end()
        self._button.show()

    def _say(self, text: str) -> None:
        self._told = text
        self._show_offer()

    def _show_offer(self, *_: object) -> None:
        """Say what was told last, else that one can work without the server; the button says what it will do."""
        away = self._contact is not None and not self._contact.reachable
        known = away and self._contact is not None and login_name(self._email.text().strip()) in self._contact.known
        if self._working:
            self._button.setText(tr("Signing in …"))
        else:
            self._button.setText(tr("Work offline") if known else tr("Sign in"))
        offer = ""
        if known:
            offer = tr("The server cannot be reached. You can work offline: what you mark is kept here and sent later.")
        elif away:
            offer = tr(
                "The server cannot be reached. Who has signed in on this computer before can work offline meanwhile."
            )
        told = bool(self._told) or self._working
        self._message.set_tone("danger" if told else "soon")
        self._message.setText(self._told if told else offer)

    # -- slots -----------------------------------------------------------------------------------------------

    def _on_button_clicked(self, *_: object) -> None:
        if not self._places:
            self._say(tr("No server is known on this computer."))
            self._change.setFocus()
            return
        self._request(None)

    def _request(self, former: FormerPassword | None) -> None:
        email, password = self._email.text().strip(), self._password.text()
        if not email or not password:
            self._say(tr("Type your e-mail address and your password."))
            (self._password if email else self._email).setFocus()
            return
        if self._lock.locked_until(email, self._clock.now()) is not None:
            self._say(locked_text(self._lock, email, self._clock.now()))
            return
        self._asked_for = email
        self.sign_in_requested.emit(self._place.name, email, password, former)

    def _on_former_entered(self, former: str) -> None:
        if former:
            self._request(FormerPassword(former))
        else:
            self._say(tr("Type your former password, or leave the work aside."))

    def _on_former_left_aside(self) -> None:
        self._request(FormerPassword(None))

    def _on_email_return_pressed(self) -> None:
        self._password.setFocus()

    def _on_server_changed(self, *_: object) -> None:
        place = self._place
        self._ask_no_more()
        self._contact = None
        self._say("")
        warning = "" if place.protected else "\n" + tr("The connection to this server is not protected.")
        self._address.setText(place.address + warning)
        self._address.set_tone("muted" if place.protected else "danger")
        # a form does not ask its rows how high their words are once they wrap
        self._address.setMinimumHeight(max(0, self._address.heightForWidth(CARD_WIDTH - 2 * spacing(8))))
        self._people_holder.setVisible(bool(place.people))
        self._people.blockSignals(True)
        self._people.clear()
        for person in place.people:
            QListWidgetItem(f"{person.name} — {tr(person.role)}", self._people)
        self._people.setCurrentRow(-1)
        self._people.blockSignals(False)
        self._people.ensurePolished()
        row = max(self._people.sizeHintForRow(0), spacing(5))
        self._people.setFixedHeight(row * min(_PEOPLE, max(1, len(place.people))) + spacing(2))
        few = len(place.people) <= _PEOPLE
        self._people.setVerticalScrollBarPolicy(
            Qt.ScrollBarPolicy.ScrollBarAlwaysOff if few else Qt.ScrollBarPolicy.ScrollBarAsNeeded
        )
        self.server_chosen.emit(place.name)

    def _on_people_row_changed(self, row: int) -> None:
        if 0 <= row < len(self._place.people):
            person = self._place.people[row]
            self._email.setText(person.email)
            self._password.setText(person.password)
            self._say("")

    # -- Qt --------------------------------------------------------------------------------------------------

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Qt does not tell whether Caps Lock is on, but a letter that contradicts Shift does."""
        if watched is self._password and isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            letter = event.text()
            if event.key() == Qt.Key.Key_CapsLock:
                self._caps.setText("")
            elif letter.isalpha() and letter.upper() != letter.lower():
                shifted = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
                self._caps.setText(tr("Caps Lock is on.") if letter.isupper() != shifted else "")
        return False


def _is_wrong(error: UserError) -> bool:
    """A password was tried, and was not the one."""
    if isinstance(error, FormerPasswordError):
        return error.wrong
    return isinstance(error, NotAllowedError) and not isinstance(error, ClosedAccountError)
