"""The line above the pages: the way back, which script this is, when it is due, and the way on."""

from __future__ import annotations

from collections.abc import Callable, Collection
from datetime import datetime
from functools import partial

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QHBoxLayout, QLabel, QToolButton, QWidget

from mv_desktop.core.errors import InvalidError
from mv_desktop.domain.evaluation import ScriptView
from mv_desktop.domain.identifier import PageRef
from mv_desktop.domain.page_tag import no_such_question
from mv_desktop.domain.sla import WorkCalendar
from mv_desktop.ui.actions import follow_tip
from mv_desktop.ui.marking.ask_line import AskLine, Question
from mv_desktop.ui.text import numbers_text, tr
from mv_desktop.ui.theme import current_theme, spacing
from mv_desktop.ui.widgets.deadline_badge import DeadlineBadge
from mv_desktop.ui.widgets.deadline_text import DueWork
from mv_desktop.ui.widgets.elided_label import ElidedLabel
from mv_desktop.ui.widgets.tone_label import ToneLabel


class TopBar(QWidget):
    """Code and title of the open script, between the buttons that lead away from it.

    Args:
        back, following: the commands that the buttons stand for, whose tool tips they have.

    Signals:
        back_requested(), next_requested(): a button was pressed.
        question_wanted(int): the teacher typed the number of a question that there is.
        left(): she wants to be on the page again.
    """

    back_requested = Signal()
    next_requested = Signal()
    question_wanted = Signal(int)
    left = Signal()

    def __init__(self, back: QAction, following: QAction, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._back = self._button(tr("Queue"), back)
        self._back.clicked.connect(self.back_requested)
        self._code = ToneLabel("", "text", self, factor=1.15, strong=True)
        self._code.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._title = ElidedLabel(parent=self)
        self._asking = AskLine(self)
        self._frozen = QLabel(self)
        self._pace = ToneLabel("", "muted", self)
        self._badge = DeadlineBadge(self)
        self._next = self._button(tr("Next script"), following)
        self._next.setLayoutDirection(Qt.LayoutDirection.RightToLeft)
        self._next.clicked.connect(self.next_requested)
        self._asking.left.connect(self.left)
        self._asking.opened.connect(self._title.setHidden)
        self._build()
        self._dress()

    def show_script(self, view: ScriptView) -> None:
        """Say which script is open."""
        self._asking.close_question()
        self._code.setText(view.script_code)
        self._title.setText(tr("Class {name}", name=view.class_name) + " · " + view.title)

    def show_deadline(self, work: DueWork, calendar: WorkCalendar, now: datetime) -> None:
        """Say when it is due."""
        self._badge.show_deadline(work, calendar, now)

    def show_pace(self, text: str, tip: str) -> None:
        """Say how long she has worked on it; "" for nothing."""
        if text != self._pace.text():
            self._pace.setText(text)
        self._pace.setToolTip(tip)
        self._pace.setVisible(bool(text))

    def show_frozen(self, reason: str) -> None:
        """Say why nothing can be changed; "" while it can."""
        self._frozen.setText(reason)
        self._frozen.setVisible(bool(reason))

    def ask_question(self, numbers: Collection[int]) -> None:
        """Let the teacher type one of `numbers`. Nothing else waits for it."""
        if not numbers:
            return
        prompt = tr("Question {first} to {last}", first=min(numbers), last=max(numbers))
        self._asking.ask(
            Question(
                prompt=prompt,
                name=tr("Question number"),
                hint=tr("Type a question's number and press Enter; Esc leaves."),
                pattern=r"\d{1,3}",
                take=partial(self._take_question, frozenset(numbers)),
            )
        )

    def ask_tags(
        self, page: PageRef, tagged: Collection[int], said: Collection[int], take: Callable[[str], None]
    ) -> None:
        """Let the teacher type the questions of a page.

        Args:
            page: which.
            tagged: what she typed before.
            said: what the student said, which counts while nothing is typed.
            take: takes her answer. Raises UserError when it names no questions.
        """
        self._asking.ask(
            Question(
                prompt=tr("Questions on page {page}", page=page.label),
                name=tr("Questions on page {page}", page=page.label),
                hint=tr("Type numbers such as 21, 23-25 and press Enter; empty is as the student said; Esc leaves."),
                pattern=r"[-–—\d\s,;.]{0,60}",
                take=take,
                text=numbers_text(sorted(tagged)),
                placeholder=numbers_text(sorted(said)),
                width=36,
            )
        )

    # -- private ---------------------------------------------------------------------------------------------

    def _build(self) -> None:
        row = QHBoxLayout(self)
        row.setContentsMargins(spacing(2), spacing(1), spacing(3), spacing(1))
        row.setSpacing(spacing(3))
        for widget, stretch in (
            (self._back, 0),
            (self._code, 0),
            (self._title, 1),
            (self._asking, 1),
            (self._frozen, 0),
            (self._pace, 0),
            (self._badge, 0),
            (self._next, 0),
        ):
            row.addWidget(widget, stretch)
        self._frozen.hide()
        self._pace.hide()

    def _button(self, text: str, action: QAction) -> QToolButton:
        button = QToolButton(self)
        button.setAutoRaise(True)
        button.setText(text)
        button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        follow_tip(button, action)
        return button

    def _take_question(self, numbers: frozenset[int], text: str) -> None:
        if not text:
            raise InvalidError(tr("Type a question's number and press Enter; Esc leaves."))
        if int(text) not in numbers:
            raise no_such_question(int(text), numbers)
        self.question_wanted.emit(int(text))

    def _dress(self) -> None:
        theme = current_theme()
        self._back.setIcon(theme.icon("chevron-left"))
        self._next.setIcon(theme.icon("chevron-right"))

    # -- Qt --------------------------------------------------------------------------------------------------

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.PaletteChange and hasattr(self, "_next"):
            self._dress()
        super().changeEvent(event)
