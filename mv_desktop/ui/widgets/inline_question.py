"""A question that stands where it was asked, with two answers; the careful one has the focus."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from mv_desktop.ui.text import tr
from mv_desktop.ui.theme import spacing
from mv_desktop.ui.widgets.clear_place import keep_clear
from mv_desktop.ui.widgets.framed import Framed
from mv_desktop.ui.widgets.sign_label import SignLabel


class InlineQuestion(Framed):
    """Takes no place while nothing is asked.

    Signals:
        ended(): it was answered.
    """

    ended = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._go_on: Callable[[], object] = _nothing
        self._back: QWidget | None = None
        self._words = SignLabel(self)
        self._no, self._yes = QPushButton(tr("No"), self), QPushButton(tr("Yes"), self)  # as Tab walks
        for button, slot in ((self._no, self._on_no_clicked), (self._yes, self._on_yes_clicked)):
            button.setAutoDefault(False)
            button.clicked.connect(slot)
        row = QHBoxLayout()
        row.setSpacing(spacing(2))
        row.addStretch(1)
        row.addWidget(self._no)
        row.addWidget(self._yes)
        column = QVBoxLayout(self)
        column.setContentsMargins(spacing(3), spacing(3), spacing(3), spacing(3))
        column.setSpacing(spacing(2))
        column.addWidget(self._words)
        column.addLayout(row)
        keep_clear(self)
        self.hide()

    @property
    def asking(self) -> bool:
        """Something is asked and not answered."""
        return not self.isHidden()

    @property
    def text(self) -> str:
        """What is asked."""
        return self._words.text if self.asking else ""

    def ask(
        self,
        words: str,
        yes: str,
        no: str,
        go_on: Callable[[], object],
        back: QWidget | None = None,
        *,
        sign: str = "warning",
    ) -> None:
        """Ask; `go_on` is called after `yes`, and nothing after `no`, which leads back to `back`.

        `sign` is that of `SignLabel`: a warning unless nothing is at stake.
        """
        self._go_on, self._back = go_on, back
        self._words.say(sign, words)
        self._yes.setText(yes)
        self._no.setText(no)
        for button in (self._yes, self._no):
            button.setAccessibleDescription(words)
        self.show()
        self._no.setFocus()

    def refuse(self) -> None:
        """Answer with no."""
        self._end()
        if self._back is not None:
            self._back.setFocus()

    # -- private ---------------------------------------------------------------------------------------------

    def _end(self) -> None:
        self.hide()
        self.ended.emit()

    # -- slots -----------------------------------------------------------------------------------------------

    def _on_yes_clicked(self, *_: object) -> None:
        self._end()
        self._go_on()

    def _on_no_clicked(self, *_: object) -> None:
        self.refuse()


def _nothing() -> None:
    """Nothing was asked yet."""
