"""One case: what it is about, what stands in it, and what can be decided."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, tzinfo

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QLabel, QPushButton, QScrollArea, QVBoxLayout, QWidget

from mv_desktop.domain.case import Case, CaseFile
from mv_desktop.ui.actions import follow_tip, shown_key
from mv_desktop.ui.coordination.case.decision import ASKS, Decision, Entry
from mv_desktop.ui.coordination.case.decision_form import DecisionForm
from mv_desktop.ui.coordination.case.kept_view import KeptView
from mv_desktop.ui.coordination.case.page_sketch import PageSketch
from mv_desktop.ui.coordination.case.wording import case_text, facts, place_text
from mv_desktop.ui.text import tr
from mv_desktop.ui.theme import spacing
from mv_desktop.ui.widgets.tone_label import ToneLabel

_LINES = 11
_COLUMNS = 2
BOARD = "cases.board"
LOOK = "cases.look"


class CaseView(QWidget):
    """Facts and kept work, which scroll; below them, always in sight, what can be decided, or the form in which it is.

    Args:
        actions: of the decisions, and of the way to the board.

    Attributes:
        form: asks for the reason.
        look: leads to the pages; there is none without pages.
        kept: the work of a former teacher.
    """

    def __init__(self, actions: Mapping[str, QAction], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._actions = actions
        self._shown: tuple[str, ...] = ()
        self._visible, self._at_pages, self._came = False, False, False
        self._inside = QWidget(self)
        self._area = QScrollArea(self)
        self._heading = ToneLabel("", parent=self._inside, factor=1.3, strong=True)
        self._heading.setTextFormat(Qt.TextFormat.PlainText)
        self._heading.setWordWrap(True)
        self._state = ToneLabel("", "muted", self)
        self._state.setWordWrap(True)
        self._sketch = PageSketch(self._inside)
        self.look = QPushButton(self._inside)
        self.look.setMinimumHeight(spacing(8))
        self.look.clicked.connect(actions[LOOK].trigger)
        follow_tip(self.look, actions[LOOK])
        self._lines = [self._pair() for _ in range(_LINES)]
        self.kept = KeptView(self._inside)
        self.form = DecisionForm(self)
        self._offers = QWidget(self)
        self._grid = QGridLayout(self._offers)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setSpacing(spacing(2))
        for column in range(_COLUMNS):
            self._grid.setColumnStretch(column, 1)
        words = {f"cases.{decision.value}": ASKS[decision].button for decision in Decision}
        words[BOARD] = "Give it to somebody …"
        self.buttons = {name: self._button(name, tr(text)) for name, text in words.items()}
        self._build()

    # -- public ----------------------------------------------------------------------------------------------

    @property
    def text(self) -> str:
        """All that it says, a line each."""
        lines = [f"{name.text()}: {words.text()}" for name, words in self._lines if words.text()]
        return "\n".join([self._heading.text(), *lines])

    @property
    def state(self) -> str:
        """What is said of why nothing can be decided."""
        return self._state.text()

    def show_case(self, case: Case, file: CaseFile | None, now: datetime, zone: tzinfo) -> None:
        """Show it; `file` is None while that is fetched."""
        code = "" if case.script is None else f" · {case.script.code}"
        self._heading.setText(case_text(case) + code)
        self._tell_came(came=case.answer is not None)
        told = facts(case, file, now, zone)
        for number, (name, words) in enumerate(self._lines):
            pair = told[number] if number < len(told) else ("", "")
            for label, text in zip((name, words), pair, strict=True):
                label.setText(text)
                label.setVisible(bool(pair[1]))
        self._sketch.show_spot(case.spot, place_text(case))
        self._visible = file is not None and file.visible
        self.look.setVisible(self._visible and not self._at_pages)
        script = case.script if file is None else file.script
        self.kept.show_reading(None if file is None else file.kept, case.by, "" if script is None else script.teacher)

    def show_pages(self, *, shown: bool) -> None:
        """Whether the pages are shown beside it: then nothing has to lead to them."""
        self._at_pages = shown
        self.look.setVisible(self._visible and not shown)

    def offer(self, names: tuple[str, ...]) -> None:
        """Show these buttons, in this order."""
        if names == self._shown:
            return
        self._shown = names
        for button in self.buttons.values():
            self._grid.removeWidget(button)
            button.hide()
        for place, name in enumerate(names):
            self._grid.addWidget(self.buttons[name], place // _COLUMNS, place % _COLUMNS)
            self.buttons[name].show()

    def ask(self, decision: Decision, entry: Entry) -> None:
        """Ask for what a decision needs, in the place of the buttons."""
        self._offers.hide()
        self.form.ask(decision, entry, came=self._came)

    def end_asking(self) -> None:
        """Ask nothing any more."""
        self.form.end()
        self._offers.show()

    def say(self, words: str) -> None:
        """Say why nothing can be decided now, or nothing."""
        self._state.setText(words)
        self._state.setVisible(bool(words))

    def name_keys(self) -> None:
        """The keys of the buttons, as they are now."""
        key = shown_key(self._actions[LOOK])
        self.look.setText(f"{tr('Look at the pages')}  ({key})" if key else tr("Look at the pages"))
        for name, button in self.buttons.items():
            key = shown_key(self._actions[name])
            text = str(button.property("mv_words"))
            button.setText(f"{text}  ({key})" if key else text)

    # -- slots -----------------------------------------------------------------------------------------------

    def _on_bar_range_changed(self, _least: int, most: int) -> None:
        """What does not fit is scrolled by keys, too: Tab and F6 lead to it, and only then."""
        self._area.setFocusPolicy(Qt.FocusPolicy.StrongFocus if most > 0 else Qt.FocusPolicy.NoFocus)

    # -- private ---------------------------------------------------------------------------------------------

    def _tell_came(self, *, came: bool) -> None:
        """What the student sent is what takes the page's place, if nothing else is chosen."""
        if came == self._came:
            return
        self._came = came
        button = self.buttons[f"cases.{Decision.REPLACE.value}"]
        words = tr("Put the rescan in …") if came else tr(ASKS[Decision.REPLACE].button)
        button.setProperty("mv_words", words)
        button.setAccessibleName(words)
        self.name_keys()

    def _pair(self) -> tuple[QLabel, QLabel]:
        name, words = ToneLabel("", "muted", self._inside), QLabel(self._inside)
        for label in (name, words):
            label.setTextFormat(Qt.TextFormat.PlainText)
        words.setWordWrap(True)
        words.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        return name, words

    def _button(self, name: str, words: str) -> QPushButton:
        button = QPushButton(words, self._offers)
        button.setProperty("mv_words", words)
        button.setAccessibleName(words)
        button.setMinimumHeight(spacing(8))
        action = self._actions[name]
        button.clicked.connect(action.trigger)
        follow_tip(button, action)
        button.hide()
        return button

    def _build(self) -> None:
        lines = QGridLayout()
        lines.setHorizontalSpacing(spacing(4))
        lines.setVerticalSpacing(spacing(1))
        lines.setColumnStretch(1, 1)
        for number, (name, words) in enumerate(self._lines):
            lines.addWidget(name, number, 0, Qt.AlignmentFlag.AlignTop)
            lines.addWidget(words, number, 1)
        top = QHBoxLayout()
        top.setSpacing(spacing(4))
        top.addLayout(lines, 1)
        pages = QVBoxLayout()
        pages.setSpacing(spacing(2))
        pages.addWidget(self._sketch, 0, Qt.AlignmentFlag.AlignHCenter)
        pages.addWidget(self.look)
        pages.addStretch(1)
        top.addLayout(pages)
        inner = QVBoxLayout(self._inside)
        inner.setContentsMargins(0, 0, spacing(2), 0)
        inner.setSpacing(spacing(3))
        inner.addWidget(self._heading)
        inner.addLayout(top)
        inner.addWidget(self.kept)
        inner.addStretch(1)
        self._area.setWidgetResizable(True)
        self._area.setFrameShape(QScrollArea.Shape.NoFrame)
        self._area.setProperty("ring", "true")
        self._area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._area.setAccessibleName(tr("What the case is about"))
        self._area.verticalScrollBar().rangeChanged.connect(self._on_bar_range_changed)
        self._area.setWidget(self._inside)
        column = QVBoxLayout(self)
        column.setContentsMargins(spacing(4), 0, 0, 0)
        column.setSpacing(spacing(2))
        column.addWidget(self._area, 1)
        for below in (self._state, self._offers, self.form):
            column.addWidget(below)
