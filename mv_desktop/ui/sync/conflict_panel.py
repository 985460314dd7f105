"""Beside the page: both marks of a question, parts of both, or that all is decided."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, tzinfo

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QPushButton, QStackedWidget, QVBoxLayout, QWidget

from mv_desktop.domain.decision import Side
from mv_desktop.domain.marks import EffectiveMark
from mv_desktop.domain.script import MarkedScript
from mv_desktop.ui.actions import follow_tip, shown_key
from mv_desktop.ui.sync.change_text import question_text
from mv_desktop.ui.sync.decisions import Choice, Decision
from mv_desktop.ui.sync.ink_layers import NUMBERS, Shown
from mv_desktop.ui.sync.parts_form import PartsForm
from mv_desktop.ui.sync.side_card import SideCard
from mv_desktop.ui.text import tr
from mv_desktop.ui.theme import spacing
from mv_desktop.ui.widgets.primary_button import PrimaryButton
from mv_desktop.ui.widgets.tone_label import ToneLabel

NAMES = {Side.MINE: "This computer", Side.THEIRS: "The other computer"}
INK = {Shown.BOTH: "Ink of both", Shown.MINE: "Ink of this computer", Shown.THEIRS: "Ink of the other computer"}


class ConflictPanel(QWidget):
    """One question, and what can be decided of it.

    Signals:
        chosen(Side)
        parts_taken(GivenMark, frozenset[AnnotationId]), parts_left()
        ink_chosen(frozenset[AnnotationId]): of the ink, what would stay with the parts as they are ticked.
        back_requested(): all is decided, and she wants to go on.
    """

    chosen = Signal(object)
    parts_taken = Signal(object, object)
    parts_left = Signal()
    ink_chosen = Signal(object)
    back_requested = Signal()

    def __init__(self, actions: Mapping[str, QAction], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._actions = actions
        self._heading = ToneLabel("", parent=self, factor=1.3, strong=True)
        self._hint = ToneLabel("", "muted", self)
        self._hint.setWordWrap(True)
        self.cards = {
            side: SideCard(NUMBERS[side], tr(NAMES[side]), actions[f"conflict.{side.value}"], self) for side in Side
        }
        for side, card in self.cards.items():
            card.chosen.connect(self._choosing(side))
        self._parts = self._button("conflict.parts", tr("Parts of both …"))
        self._ink = self._button("conflict.ink", "")
        self._form = PartsForm(self)
        self._form.taken.connect(self.parts_taken)
        self._form.left.connect(self.parts_left)
        self._form.ink_chosen.connect(self.ink_chosen)
        self._stack = QStackedWidget(self)
        self._sides = self._build_sides()
        self._stack.addWidget(self._sides)
        self._stack.addWidget(self._form)
        self._done = self._build_done()
        column = QVBoxLayout(self)
        column.setContentsMargins(spacing(3), spacing(2), spacing(3), spacing(3))
        column.setSpacing(spacing(2))
        column.addWidget(self._done)
        column.addWidget(self._heading)
        column.addWidget(self._hint)
        column.addWidget(self._stack, 1)
        self._done.hide()

    # -- public ----------------------------------------------------------------------------------------------

    @property
    def asking(self) -> bool:
        """The parts are being chosen."""
        return self._stack.currentWidget() is self._form

    @property
    def form(self) -> PartsForm:
        """Asks for parts of both."""
        return self._form

    def show_decision(
        self,
        decision: Decision,
        marks: Mapping[Side, EffectiveMark],
        possible: str,
        now: datetime,
        zone: tzinfo,
    ) -> None:
        """Show both marks of a question, and which of them counts."""
        self._done.hide()
        for part in (self._heading, self._hint, self._stack):
            part.show()
        self._stack.setCurrentWidget(self._sides)
        self._heading.setText(question_text(decision.conflict.key))
        if decision.choice is Choice.OPEN:
            self._hint.setText(tr("It was marked otherwise on two computers. Which counts?"))
        elif decision.choice is Choice.PARTS:
            self._hint.setText(tr("Parts of both count now."))
        else:
            self._hint.setText(tr("Decided; you can think again."))
        for side, card in self.cards.items():
            counts = decision.choice.value == side.value
            card.show_side(side.of(decision.conflict), marks[side], possible, now, zone, counts=counts)

    def ask_parts(self, script: MarkedScript, decision: Decision) -> None:
        """Let her choose parts of both."""
        self._stack.setCurrentWidget(self._form)
        self._form.ask(script, decision.conflict, decision.given or decision.conflict.mine.given)

    def show_all_decided(self) -> None:
        """Say that nothing is left to decide."""
        self._done.show()
        self._go_on.setFocus()

    def tell_ink(self, shown: Shown) -> None:
        """Whose ink is in front; and the keys of the buttons, as they are now."""
        for button, words, name in ((self._ink, INK[shown], "ink"), (self._parts, "Parts of both …", "parts")):
            key = shown_key(self._actions[f"conflict.{name}"])
            button.setText(tr(words) + (f"  ({key})" if key else ""))

    # -- private ---------------------------------------------------------------------------------------------

    def _choosing(self, side: Side) -> object:
        def choose() -> None:
            self.chosen.emit(side)

        return choose

    def _button(self, command: str, words: str) -> QPushButton:
        button = QPushButton(words, self)
        button.clicked.connect(self._actions[command].trigger)
        follow_tip(button, self._actions[command])
        return button

    def _build_sides(self) -> QWidget:
        sides = QWidget(self)
        column = QVBoxLayout(sides)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(spacing(3))
        for card in self.cards.values():
            column.addWidget(card)
        column.addWidget(self._parts, 0, Qt.AlignmentFlag.AlignLeft)
        column.addWidget(self._ink, 0, Qt.AlignmentFlag.AlignLeft)
        column.addStretch(1)
        return sides

    def _build_done(self) -> QWidget:
        done = QWidget(self)
        column = QVBoxLayout(done)
        column.setContentsMargins(0, 0, 0, spacing(3))
        words = ToneLabel(tr("All is decided. The script can be submitted."), "done", done, strong=True)
        words.setWordWrap(True)
        column.addWidget(words)
        self._go_on = PrimaryButton(tr("Go on"), done)
        self._go_on.clicked.connect(self.back_requested)
        column.addWidget(self._go_on, 0, Qt.AlignmentFlag.AlignLeft)
        return done
