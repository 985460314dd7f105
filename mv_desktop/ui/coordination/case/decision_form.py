"""What is asked before something is decided: the numbers or the moment it needs, and always a reason, in place."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QFileDialog,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from mv_desktop.domain.case import REASON_MAX
from mv_desktop.domain.returned import Pinned
from mv_desktop.ui.coordination.case.decision import ASKS, Decision, Entry, Wanted
from mv_desktop.ui.part import tab_through
from mv_desktop.ui.text import tr
from mv_desktop.ui.theme import spacing
from mv_desktop.ui.widgets.clear_place import keep_clear
from mv_desktop.ui.widgets.framed import Framed
from mv_desktop.ui.widgets.primary_button import PrimaryButton
from mv_desktop.ui.widgets.sign_label import SignLabel
from mv_desktop.ui.widgets.tone_label import ToneLabel

MOST_REASONS = 5
"""Of more questions than so many only those that are pinned have a reason of their own."""


class DecisionForm(Framed):
    """Takes no place while nothing is asked. Enter decides, Escape goes back; what was typed stays with the case.

    Signals:
        decided(Decision): with what `entry` says.
        changed(): something else was typed.
        left(): not now.
    """

    decided = Signal(object)
    changed = Signal()
    left = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._decision: Decision | None = None
        self._reasons: dict[int, QLineEdit] = {}
        self._labels: list[QLabel] = []
        self._pins: Mapping[int, Pinned] = {}
        self._heading = ToneLabel("", parent=self, strong=True)
        self._heading.setWordWrap(True)
        self._wanted_name, self._wanted = QLabel(self), _line(self)
        self._reason_name, self._reason = QLabel(self), _line(self)
        self._reason.setMaxLength(REASON_MAX)
        self._wanted_name.setBuddy(self._wanted)
        self._reason_name.setBuddy(self._reason)
        self._file_name, self._file = QLabel(tr("File"), self), _line(self)
        self._file_name.setBuddy(self._file)
        self._file.setAccessibleName(tr("File"))
        self._choose = QPushButton(tr("Choose …"), self)
        self._choose.setMinimumHeight(spacing(8))
        self._says = SignLabel(self)
        self._yes, self._no = PrimaryButton(tr("Decide"), self), QPushButton(tr("Not now"), self)
        self._no.setMinimumHeight(spacing(9))
        self._own = QGridLayout()
        self._own.setHorizontalSpacing(spacing(2))
        self._build()
        self._wanted.textChanged.connect(self._on_typed)
        self._reason.textChanged.connect(self._on_typed)
        self._file.textChanged.connect(self._on_typed)
        self._choose.clicked.connect(self._on_choose_clicked)
        self._yes.clicked.connect(self._on_yes_clicked)
        self._no.clicked.connect(self.left)
        keep_clear(self)
        self.hide()

    # -- public ----------------------------------------------------------------------------------------------

    @property
    def decision(self) -> Decision | None:
        """What is asked for, None for nothing."""
        return self._decision

    @property
    def entry(self) -> Entry:
        """What is typed, without blanks around it."""
        reasons = {number: line.text().strip() for number, line in self._reasons.items() if line.text().strip()}
        file = self._file.text().strip()
        return Entry(self._wanted.text().strip(), self._reason.text().strip(), reasons, file=file, pins=self._pins)

    @property
    def asks_pages(self) -> bool:
        """Pages, or one, are asked for."""
        return self._decision is not None and ASKS[self._decision].wanted in {Wanted.PAGES, Wanted.PAGE}

    @property
    def told(self) -> str:
        """What is said about it."""
        return self._says.text

    def ask(self, decision: Decision, entry: Entry, *, came: bool = False) -> None:
        """Ask, with what was typed before; `came`: a rescan, which needs no other file."""
        ask = ASKS[decision]
        self._decision = None
        self._heading.setText(tr(ask.heading))
        self.setAccessibleName(tr(ask.heading))
        needed = ask.wanted is not Wanted.NOTHING
        self._wanted_name.setText(tr(ask.wanted.value) if needed else "")
        self._wanted.setAccessibleName(tr(ask.wanted.value) if needed else tr("Nothing"))
        self._wanted.setPlaceholderText(tr(ask.hint) if ask.hint else "")
        for part in (self._wanted_name, self._wanted):
            part.setVisible(needed)
        self._reason_name.setText(tr(ask.reason))
        self._reason.setAccessibleName(tr(ask.reason))
        for of_file in (self._file_name, self._file, self._choose):
            of_file.setVisible(ask.file)
        self._file.setPlaceholderText(tr("Nothing for the rescan that the student sent") if came else "")
        self._file.setText(entry.file)
        self._pins = entry.pins
        self._wanted.setText(entry.wanted)
        self._reason.setText(entry.reason)
        self.ask_reasons((), {})
        self._decision = decision
        self.say("", "")
        self.set_busy(busy=False)
        self.show()
        (self._wanted if needed and not entry.wanted else self._reason).setFocus(Qt.FocusReason.OtherFocusReason)
        self.changed.emit()

    def ask_reasons(self, numbers: tuple[int, ...], typed: Mapping[int, str]) -> None:
        """Ask for a reason of each of these questions, which may be left out."""
        if len(numbers) > MOST_REASONS:
            numbers = tuple(number for number in numbers if number in self._pins)[:MOST_REASONS]
        elif len(numbers) == 1:
            numbers = ()
        if numbers == tuple(self._reasons):
            return
        kept = {**typed, **{number: line.text() for number, line in self._reasons.items()}}
        for widget in (*self._reasons.values(), *self._labels):
            self._own.removeWidget(widget)
            widget.hide()
            widget.deleteLater()
        self._reasons, self._labels = {}, []
        for row, number in enumerate(numbers):
            words = tr("Reason for {number}", number=number)
            label, line = QLabel(words, self), _line(self)
            line.setMaxLength(REASON_MAX)
            line.setAccessibleName(words)
            line.setPlaceholderText(tr("The reason for all"))
            line.setText(kept.get(number, ""))
            label.setBuddy(line)
            self._own.addWidget(label, row, 0)
            self._own.addWidget(line, row, 1)
            for widget in (label, line):
                widget.show()
            self._labels.append(label)
            self._reasons[number] = line
        tab_through(
            (self._wanted, self._file, self._choose, self._reason, *self._reasons.values(), self._no, self._yes)
        )

    def choose(self, number: int) -> None:
        """A page was chosen on the screen: it is meant, or no more; where one is asked for, it and no other."""
        if self._decision is None or not self.asks_pages:
            return
        typed = [one.strip() for one in self._wanted.text().split(",") if one.strip()]
        if ASKS[self._decision].wanted is Wanted.PAGE:
            typed = [str(number)]
        elif str(number) in typed:
            typed.remove(str(number))
        else:
            typed.append(str(number))
        self._wanted.setText(", ".join(typed))

    def set_pins(self, pins: Mapping[int, Pinned], number: int) -> None:
        """These places are meant, each of a question; that of question `number` is new, or gone."""
        self._pins = pins
        told = tr("Question {number} is not pinned.", number=number)
        if number in pins:
            told = tr("Question {number} is pinned on page {page}.", number=number, page=pins[number].page.label)
        self.say("info", told)

    def say(self, sign: str, words: str) -> None:
        """Say something about what is typed: "info" or "warning", or nothing."""
        self._says.say(sign, words)
        self._says.setVisible(bool(words))

    def set_busy(self, *, busy: bool, why: str = "") -> None:
        """While the server is asked, or cannot be, nothing is decided; typing goes on."""
        self._yes.setEnabled(not busy)
        self._yes.setToolTip(why)

    def end(self) -> None:
        """Ask nothing any more."""
        self._decision = None
        self.hide()

    # -- private ---------------------------------------------------------------------------------------------

    def _build(self) -> None:
        grid = QGridLayout()
        grid.setHorizontalSpacing(spacing(2))
        grid.setVerticalSpacing(spacing(1))
        pairs = (
            (self._wanted_name, self._wanted),
            (self._file_name, self._file),
            (self._reason_name, self._reason),
        )
        for row, (name, line) in enumerate(pairs):
            name.setTextFormat(Qt.TextFormat.PlainText)
            grid.addWidget(name, 2 * row, 0)
            grid.addWidget(line, 2 * row + 1, 0, 1, 1 if line is self._file else 2)
        grid.addWidget(self._choose, 3, 1)
        grid.setColumnStretch(0, 1)
        row_of_buttons = QHBoxLayout()
        row_of_buttons.setSpacing(spacing(2))
        row_of_buttons.addStretch(1)
        row_of_buttons.addWidget(self._no)
        row_of_buttons.addWidget(self._yes)
        column = QVBoxLayout(self)
        column.setContentsMargins(spacing(3), spacing(2), spacing(3), spacing(3))
        column.setSpacing(spacing(2))
        column.addWidget(self._heading)
        column.addLayout(grid)
        column.addLayout(self._own)
        column.addWidget(self._says)
        column.addLayout(row_of_buttons)

    def _finish(self) -> None:
        if self._decision is None or not self._yes.isEnabled():
            return
        if not self._reason.text().strip():
            self.say("warning", tr("Say why; it is kept with the decision."))
            self._reason.setFocus()
            return
        self.decided.emit(self._decision)

    # -- slots -----------------------------------------------------------------------------------------------

    def _on_typed(self, _text: str) -> None:
        if self._decision is not None:
            self.say("", "")
            self.changed.emit()

    def _on_choose_clicked(self, *_: object) -> None:
        kinds = tr("Pictures and PDFs") + " (*.jpg *.jpeg *.png *.pdf)"
        path, _kind = QFileDialog.getOpenFileName(self, tr("Choose the rescan"), self._file.text(), kinds)
        if path:
            self._file.setText(path)

    def _on_yes_clicked(self, *_: object) -> None:
        self._finish()

    # -- Qt --------------------------------------------------------------------------------------------------

    def keyPressEvent(self, event: QKeyEvent) -> None:
        keys: Mapping[int, Callable[[], object]] = {
            Qt.Key.Key_Return: self._finish,
            Qt.Key.Key_Enter: self._finish,
            Qt.Key.Key_Escape: self.left.emit,
        }
        act = keys.get(event.key())
        if act is None:
            super().keyPressEvent(event)
        else:
            act()


def _line(parent: QWidget) -> QLineEdit:
    line = QLineEdit(parent)
    line.setMinimumHeight(spacing(8))
    return line
