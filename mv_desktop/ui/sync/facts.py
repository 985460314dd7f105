"""Where the work is, in a few lines: a name and what is so."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, tzinfo

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QLabel, QWidget

from mv_desktop.ui.sync.state import SyncState, contact_text, pending_text, reason_text, retry_text
from mv_desktop.ui.text import tr, tr_count
from mv_desktop.ui.theme import spacing
from mv_desktop.ui.widgets.deadline_text import moment
from mv_desktop.ui.widgets.tone_label import ToneLabel

_LINES = 7


class Facts(QWidget):
    """Lines of a name and what is so; those that say nothing are not there."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(spacing(4))
        grid.setVerticalSpacing(spacing(2))
        grid.setColumnStretch(1, 1)
        self._lines: list[tuple[QLabel, QLabel]] = []
        for number in range(_LINES):
            name, value = ToneLabel("", "muted", self), QLabel(self)
            value.setWordWrap(True)
            value.setTextFormat(Qt.TextFormat.PlainText)
            grid.addWidget(name, number, 0, Qt.AlignmentFlag.AlignTop)
            grid.addWidget(value, number, 1)
            self._lines.append((name, value))

    def show_state(self, state: SyncState, now: datetime, zone: tzinfo) -> None:
        """Tell where the work is."""
        for (name, value), (heading, text) in zip(self._lines, _facts(state, now, zone), strict=True):
            name.setText(heading)
            value.setText(text)
            for label in (name, value):
                label.setVisible(bool(text))

    @property
    def text(self) -> str:
        """All of it, one fact a line."""
        return "\n".join(f"{name.text()}: {value.text()}" for name, value in self._lines if value.text())


def _facts(state: SyncState, now: datetime, zone: tzinfo) -> tuple[tuple[str, str], ...]:
    confirmed = moment(state.last_sent_at, now, zone) if state.last_sent_at else tr("never")
    contact = moment(state.last_contact_at, now, zone) if state.last_contact_at else tr("never")
    sent = tr_count("{count} change sent, not confirmed", "{count} changes sent, not confirmed", state.sent)
    return (
        (tr("On this computer only"), pending_text(replace(state, pending=state.pending - state.sent))),
        (tr("On its way"), sent if state.sent else ""),
        (tr("Last confirmed"), confirmed),
        (tr("Connection"), tr("{state}; last contact {when}", state=contact_text(state), when=contact)),
        (tr("Why"), reason_text(state)),
        (tr("Tried again"), retry_text(state, now, zone)),
        (tr("Set aside"), _aside_text(state) or tr("nothing")),
    )


def _aside_text(state: SyncState) -> str:
    parts = [
        tr_count("{count} change was kept for a coordinator", "{count} changes were kept for a coordinator", n)
        for n in (state.kept,)
        if n
    ]
    parts += [tr_count("{count} was refused", "{count} were refused", n) for n in (state.refused,) if n]
    parts += [tr_count("{count} is tried again", "{count} are tried again", n) for n in (state.set_aside,) if n]
    return " · ".join(parts)
