"""The line at the bottom: where the work is, what is going on, and who is signed in."""

from __future__ import annotations

from datetime import datetime, tzinfo

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QAction, QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QToolButton, QWidget

from mv_desktop.ui.sync.state import SyncState, reason_text, state_icon, status_line
from mv_desktop.ui.tasks import Tasks
from mv_desktop.ui.text import tr, tr_count
from mv_desktop.ui.theme import current_theme, spacing
from mv_desktop.ui.widgets.progress_panel import ProgressPanel


class StatusBar(QWidget):
    """Says “3 changes on this computer · last sent 14:02 · online”, progress, the person, and “Sign out”.

    Signals:
        sync_requested(): the person wants to know more about where the work is.
        sign_out_requested()
        decide_requested(): she wants to decide what two computers say otherwise.
    """

    sync_requested = Signal()
    sign_out_requested = Signal()
    decide_requested = Signal()

    def __init__(self, tasks: Tasks, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._state = SyncState()
        self._sync = QToolButton(self)
        self._sync.setAutoRaise(True)
        self._sync.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self._sync.setToolTip(tr("Where my work is"))
        self._sync.setAccessibleName(tr("Where my work is"))
        self._sync.clicked.connect(self.sync_requested)
        self._decide = QToolButton(self)
        self._decide.setAutoRaise(True)
        self._decide.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self._decide.setToolTip(tr("Decide between two marks"))
        self._decide.clicked.connect(self.decide_requested)
        self._decide.hide()
        self._person = QLabel(self)
        self._person.setTextFormat(Qt.TextFormat.PlainText)
        self._sign_out = QToolButton(self)
        self._sign_out.setAutoRaise(True)
        self._sign_out.setText(tr("Sign out"))
        self._sign_out.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self._sign_out.clicked.connect(self.sign_out_requested)
        row = self._row = QHBoxLayout(self)
        row.setContentsMargins(spacing(2), spacing(1), spacing(2), spacing(1))
        row.setSpacing(spacing(3))
        row.addWidget(self._sync)
        row.addWidget(self._decide)
        row.addStretch(1)  # what is at the left changes its length all the time: nothing is to be moved by it
        row.addWidget(ProgressPanel(tasks, self))
        row.addWidget(self._person)
        row.addWidget(self._sign_out)
        self._dress()

    def show_state(self, state: SyncState, now: datetime, zone: tzinfo) -> None:
        """Tell where the work is."""
        self._state = state
        line = status_line(state, now, zone)
        self._sync.setText(f" {line}")
        self._sync.setAccessibleName(line)
        why = reason_text(state)
        self._sync.setAccessibleDescription(why)
        self._sync.setToolTip("\n".join(part for part in (tr("Where my work is"), why) if part))
        self._dress()

    def show_to_decide(self, scripts: int) -> None:
        """Tell how many scripts have questions that were marked otherwise on two computers."""
        words = tr_count("{count} script to decide", "{count} scripts to decide", scripts)
        self._decide.setText(f" {words}")
        self._decide.setAccessibleName(words)
        self._decide.setVisible(scripts > 0)

    def offer(self, action: QAction) -> None:
        """A button for `action`, before who is signed in."""
        button = QToolButton(self)
        button.setAutoRaise(True)
        button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        button.setDefaultAction(action)
        self._row.insertWidget(self._row.indexOf(self._person), button)

    def show_person(self, name: str, role: str) -> None:
        """Tell who is signed in; a long name is shortened, and whole in the tool tip."""
        whole = f"{name} · {role}" if role else name
        shown = self.fontMetrics().elidedText(whole, Qt.TextElideMode.ElideRight, spacing(70))
        self._person.setText(shown)
        self._person.setToolTip(whole)

    @property
    def text(self) -> str:
        """What it says of the work."""
        return self._sync.text().strip()

    def _dress(self) -> None:
        theme = current_theme()
        icon, role = state_icon(self._state)
        self._sync.setIcon(theme.icon(icon, role))
        self._decide.setIcon(theme.icon("warning", "soon"))
        self._sign_out.setIcon(theme.icon("sign-out", "muted"))

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setPen(QColor(current_theme().colors.border))
        painter.drawLine(0, 0, self.width(), 0)

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange and hasattr(self, "_sign_out"):
            self._dress()
