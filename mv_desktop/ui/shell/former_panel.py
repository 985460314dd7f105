"""What the sign-in screen asks when the work on this computer opens with an earlier password only."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QLabel, QPushButton, QVBoxLayout, QWidget

from mv_desktop.ui.shell.card import CARD_WIDTH
from mv_desktop.ui.text import tr
from mv_desktop.ui.theme import spacing
from mv_desktop.ui.widgets.password_field import PasswordField
from mv_desktop.ui.widgets.primary_button import PrimaryButton


class FormerPanel(QWidget):
    """The question, a field for the former password, and the way without it. Hidden until `ask`.

    Signals:
        entered(former password): she wants to open her work with it; "" when nothing was typed.
        left_aside(): she does without that work.

    Attributes:
        field: where the former password is typed.
    """

    entered = Signal(str)
    left_aside = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        why = tr(
            "Your password was changed elsewhere. To open the work that is still on this computer, enter the former "
            "one."
        )
        question = QLabel(why, self)
        self.field = PasswordField(tr("Former password"), self)
        self.field.setAccessibleDescription(why)
        self.field.returnPressed.connect(self._on_open_clicked)
        name = QLabel(tr("Former password"), self)
        name.setBuddy(self.field)
        self._open = PrimaryButton(tr("Open my work"), self)
        self._open.clicked.connect(self._on_open_clicked)
        after = tr(
            "Left aside, it is not deleted: it stays in a folder of its own, and you are told where. Only the former "
            "password or the recovery key of your organisation opens it then."
        )
        self._aside = QPushButton(tr("Leave it aside"), self)
        self._aside.setMinimumHeight(spacing(9))
        self._aside.setAccessibleDescription(after)
        self._aside.clicked.connect(lambda _checked=False: self.left_aside.emit())
        note = QLabel(after, self)
        note.setForegroundRole(note.palette().ColorRole.PlaceholderText)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(spacing(2))
        for part in (question, name, self.field, self._open, self._aside, note):
            column.addWidget(part)
        self._wrapped = (question, note)
        for label in self._wrapped:
            label.setWordWrap(True)
        self.setFocusProxy(self.field)
        self.hide()

    # -- public ----------------------------------------------------------------------------------------------

    @property
    def asking(self) -> bool:
        """The question stands on the screen."""
        return not self.isHidden()

    def ask(self) -> None:
        """Show the question; what was typed before is selected, to be typed again."""
        for label in self._wrapped:
            # a sheet does not ask what stands on it how high its words are once they wrap
            label.setMinimumHeight(label.heightForWidth(CARD_WIDTH - 2 * spacing(8)))
        self.show()
        self.setFocus()
        self.field.selectAll()

    def end(self) -> None:
        """Ask no more, and forget what was typed."""
        self.field.clear()
        self.hide()

    # -- slots -----------------------------------------------------------------------------------------------

    def _on_open_clicked(self, *_: object) -> None:
        self.entered.emit(self.field.text())
