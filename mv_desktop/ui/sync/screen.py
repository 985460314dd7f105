"""The Sync page: what is on this computer only, what was sent, and what the server said about it."""

from __future__ import annotations

from datetime import datetime, tzinfo
from functools import partial

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QScrollArea, QVBoxLayout, QWidget

from mv_desktop.ui.part import mark_parts
from mv_desktop.ui.sync.state import SyncNote, SyncState, contact_text, pending_text, reason_text, retry_text
from mv_desktop.ui.text import said, tr, tr_count
from mv_desktop.ui.theme import spacing
from mv_desktop.ui.widgets.deadline_text import moment
from mv_desktop.ui.widgets.primary_button import PrimaryButton
from mv_desktop.ui.widgets.tone_label import ToneLabel

_WIDTH = spacing(180)


class SyncScreen(QScrollArea):
    """Facts, why nothing gets through when it does not, the server's messages, and "Send now".

    Signals:
        send_requested(): send what is pending, now.
        dismissed(note id): the person has read a message.
    """

    send_requested = Signal()
    dismissed = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(tr("Sync"))
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setProperty("ring", "true")
        mark_parts(self)
        inside = QWidget(self)
        outer = QHBoxLayout(inside)
        outer.setContentsMargins(spacing(8), spacing(6), spacing(8), spacing(6))
        column = QVBoxLayout()
        column.setSpacing(spacing(2))
        outer.addLayout(column)
        outer.addStretch(1)
        column.addWidget(ToneLabel(tr("Where my work is"), parent=inside, factor=1.5, strong=True))
        self._facts = [self._fact(column, inside) for _ in range(6)]
        self._send = PrimaryButton(tr("Send now"), inside)
        self._send.clicked.connect(self.send_requested)
        column.addSpacing(spacing(3))
        column.addWidget(self._send, 0, Qt.AlignmentFlag.AlignLeft)
        column.addSpacing(spacing(5))
        column.addWidget(ToneLabel(tr("Messages from the server"), parent=inside, factor=1.15, strong=True))
        self._nothing = QLabel(tr("What the server keeps aside or turns down is listed here, with the reason."), inside)
        self._nothing.setForegroundRole(self._nothing.palette().ColorRole.PlaceholderText)
        self._nothing.setWordWrap(True)
        column.addWidget(self._nothing)
        self._notes = QVBoxLayout()
        self._notes.setSpacing(spacing(3))
        column.addLayout(self._notes)
        column.addStretch(1)
        self._shown: tuple[SyncNote, ...] = ()
        self.setWidget(inside)

    def show_state(self, state: SyncState, now: datetime, zone: tzinfo) -> None:
        """Tell where the work is."""
        sent = moment(state.last_sent_at, now, zone) if state.last_sent_at else tr("never")
        contact = moment(state.last_contact_at, now, zone) if state.last_contact_at else tr("never")
        aside = [
            tr_count("{count} change was kept for a coordinator", "{count} changes were kept for a coordinator", n)
            for n in (state.kept,)
            if n
        ]
        aside += [tr_count("{count} was refused", "{count} were refused", n) for n in (state.refused,) if n]
        aside += [tr_count("{count} is tried again", "{count} are tried again", n) for n in (state.set_aside,) if n]
        facts = (
            (tr("On this computer only"), pending_text(state)),
            (tr("Last sent"), sent),
            (tr("Connection"), tr("{state}; last contact {when}", state=contact_text(state), when=contact)),
            (tr("Why"), reason_text(state)),
            (tr("Tried again"), retry_text(state, now, zone)),
            (tr("Set aside"), " · ".join(aside) or tr("nothing")),
        )
        for (name, value), (heading, text) in zip(self._facts, facts, strict=True):
            name.setText(heading)
            value.setText(text)
            for label in (name, value):
                label.setVisible(bool(text))
        # its words stay: the server is asked every half minute, and a button that says so each time would flicker
        self._send.setEnabled(not state.sending or not state.pending)
        self._show_notes(state.notes, now, zone)

    @property
    def text(self) -> str:
        """All the facts, one a line."""
        return "\n".join(f"{name.text()}: {value.text()}" for name, value in self._facts if value.text())

    @property
    def notes(self) -> tuple[SyncNote, ...]:
        """The messages that are shown."""
        return self._shown

    def _fact(self, column: QVBoxLayout, parent: QWidget) -> tuple[QLabel, QLabel]:
        name, value = QLabel(parent), QLabel(parent)
        name.setMinimumWidth(spacing(50))
        name.setForegroundRole(name.palette().ColorRole.PlaceholderText)
        value.setWordWrap(True)
        value.setMinimumWidth(spacing(100))
        row = QHBoxLayout()
        row.addWidget(name)
        row.addWidget(value, 1)
        column.addLayout(row)
        return name, value

    def _show_notes(self, notes: tuple[SyncNote, ...], now: datetime, zone: tzinfo) -> None:
        self._nothing.setVisible(not notes)
        if notes == self._shown:
            return
        self._shown = notes
        while (item := self._notes.takeAt(0)) is not None:
            widget = item.widget()
            if widget is not None:
                widget.hide()
                widget.deleteLater()
        for note in reversed(notes):
            self._notes.addWidget(self._note(note, now, zone))

    def _note(self, note: SyncNote, now: datetime, zone: tzinfo) -> QWidget:
        frame = QFrame()
        frame.setFrameShape(QFrame.Shape.StyledPanel)
        frame.setMaximumWidth(_WIDTH)
        frame.setMinimumWidth(min(_WIDTH, spacing(150)))
        row = QHBoxLayout(frame)
        words = QVBoxLayout()
        when = QLabel(" · ".join(part for part in (note.script_code, moment(note.made_at, now, zone)) if part), frame)
        when.setForegroundRole(when.palette().ColorRole.PlaceholderText)
        text = QLabel(said(note.text), frame)
        text.setTextFormat(Qt.TextFormat.PlainText)
        text.setWordWrap(True)
        text.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        words.addWidget(when)
        words.addWidget(text)
        row.addLayout(words, 1)
        read = QPushButton(tr("I have read this"), frame)
        read.clicked.connect(partial(self._on_read_clicked, note.note_id))
        row.addWidget(read, 0, Qt.AlignmentFlag.AlignTop)
        return frame

    def _on_read_clicked(self, note_id: int, _checked: bool = False) -> None:  # noqa: FBT001, FBT002 - Qt's signature
        self.dismissed.emit(note_id)
