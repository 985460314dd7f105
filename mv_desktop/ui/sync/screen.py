"""The Sync page: what is on this computer only, what was sent, what is confirmed, and what the server said about it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, tzinfo

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QResizeEvent, QShowEvent
from PySide6.QtWidgets import QBoxLayout, QFrame, QHBoxLayout, QLabel, QScrollArea, QVBoxLayout, QWidget

from mv_desktop.domain.identifier import EvaluationId
from mv_desktop.offline.work_store import AsideWork, ScriptWork
from mv_desktop.ui.part import mark_parts
from mv_desktop.ui.sync.export_part import ExportPart
from mv_desktop.ui.sync.facts import Facts
from mv_desktop.ui.sync.note_card import NoteCard
from mv_desktop.ui.sync.state import CONFLICT, SyncNote, SyncState
from mv_desktop.ui.sync.work_rows import ASIDE_HEADINGS, SCRIPT_HEADINGS, aside_rows, script_rows
from mv_desktop.ui.text import said, tr
from mv_desktop.ui.theme import TEXT_SCALES, current_theme, spacing
from mv_desktop.ui.widgets.fact_table import FactTable
from mv_desktop.ui.widgets.primary_button import PrimaryButton
from mv_desktop.ui.widgets.tone_label import ToneLabel

_BESIDE = spacing(270)
"""From this width on, at ordinary text, the tables stand beside the facts, else below them."""
_WIDEST = spacing(190)
_EDGE = spacing(8)


class SyncScreen(QScrollArea):
    """The facts and "Send now", the server's messages, the work script by script, and what was put aside.

    Signals:
        send_requested(): send what is pending, now.
        dismissed(note id): the person has read a message.
        open_requested(EvaluationId, question number or None): show that script, at that question.
        decide_requested(EvaluationId): show what of that script was marked otherwise on two computers.
        work_wanted(): the page was shown; `show_work` is to be called.

    Attributes:
        export: writing what was not sent into a file.
    """

    send_requested = Signal()
    dismissed = Signal(int)
    open_requested = Signal(object, object)
    decide_requested = Signal(object)
    work_wanted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(tr("Sync"))
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setProperty("ring", "true")
        mark_parts(self)
        self._shown: tuple[SyncNote, ...] = ()
        self._aside: dict[object, AsideWork] = {}
        inside = QWidget(self)
        self._halves = QBoxLayout(QBoxLayout.Direction.TopToBottom, inside)
        self._halves.setContentsMargins(_EDGE, spacing(6), _EDGE, spacing(6))
        self._halves.setSpacing(_EDGE)
        for half in (self._build_facts(inside), self._build_tables(inside)):
            self._halves.addWidget(half, 1)
        self._halves.addStretch(0)
        self.setWidget(inside)

    # -- public ----------------------------------------------------------------------------------------------

    def show_state(self, state: SyncState, now: datetime, zone: tzinfo) -> None:
        """Tell where the work is."""
        self._facts.show_state(state, now, zone)
        # its words stay: the server is asked every half minute, and a button that says so each time would flicker
        self._send.setEnabled(not state.sending or not state.pending)
        self._show_notes(state.notes, now, zone)

    def show_work(self, scripts: Sequence[ScriptWork], aside: Sequence[AsideWork], now: datetime, zone: tzinfo) -> None:
        """Tell script by script where the work is, and change by change what was put aside."""
        self._scripts.show_rows(script_rows(scripts, now, zone))
        self._scripts.setVisible(bool(scripts))
        self._no_scripts.setVisible(not scripts)
        self._aside = {work.op_id: work for work in aside}
        self._changes.show_rows(aside_rows(aside, now, zone))
        for part in (self._aside_title, self._changes, self._why):
            part.setVisible(bool(aside))
        self._on_changes_row_selected(self._changes.selected)

    @property
    def text(self) -> str:
        """All the facts, one a line."""
        return self._facts.text

    @property
    def notes(self) -> tuple[SyncNote, ...]:
        """The messages that are shown."""
        return self._shown

    # -- construction ----------------------------------------------------------------------------------------

    def _build_facts(self, parent: QWidget) -> QWidget:
        half, column = _half(parent)
        column.addWidget(ToneLabel(tr("Where my work is"), parent=half, factor=1.5, strong=True))
        self._facts = Facts(half)
        column.addWidget(self._facts)
        self._send = PrimaryButton(tr("Send now"), half)
        self._send.clicked.connect(self.send_requested)
        column.addSpacing(spacing(3))
        self.export = ExportPart(half)
        buttons = QHBoxLayout()
        buttons.setSpacing(spacing(3))
        buttons.addWidget(self._send)
        buttons.addWidget(self.export.button)
        buttons.addStretch(1)
        column.addLayout(buttons)
        column.addWidget(self.export)
        column.addSpacing(spacing(5))
        column.addWidget(ToneLabel(tr("Messages from the server"), parent=half, factor=1.15, strong=True))
        self._nothing = _quiet(tr("What the server keeps aside or turns down is listed here, with the reason."), half)
        column.addWidget(self._nothing)
        self._notes = QVBoxLayout()
        self._notes.setSpacing(spacing(3))
        column.addLayout(self._notes)
        column.addStretch(1)
        return half

    def _build_tables(self, parent: QWidget) -> QWidget:
        half, column = _half(parent)
        column.addWidget(ToneLabel(tr("Script by script"), parent=half, factor=1.15, strong=True))
        self._no_scripts = _quiet(tr("Scripts are listed here as soon as you work on them."), half)
        column.addWidget(self._no_scripts)
        self._scripts = FactTable(tr("Script by script"), SCRIPT_HEADINGS, 0, half)
        self._scripts.row_opened.connect(self._on_scripts_row_opened)
        self._scripts.hide()
        column.addWidget(self._scripts)
        column.addSpacing(spacing(5))
        self._aside_title = ToneLabel(tr("Put aside by the server"), parent=half, factor=1.15, strong=True)
        column.addWidget(self._aside_title)
        self._changes = FactTable(tr("Put aside by the server"), ASIDE_HEADINGS, 1, half)
        self._changes.row_opened.connect(self._on_changes_row_opened)
        self._changes.row_selected.connect(self._on_changes_row_selected)
        column.addWidget(self._changes)
        self._why = _quiet("", half)
        column.addWidget(self._why)
        for part in (self._aside_title, self._changes, self._why):
            part.hide()
        column.addStretch(1)
        return half

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
            card = NoteCard(note, now, zone)
            card.opened.connect(self._on_card_opened)
            card.dismissed.connect(self.dismissed)
            self._notes.addWidget(card)

    def _arrange(self) -> None:
        """Two columns where there is room for two, none wider than one reads with ease.

        The width is kept by the margin: of a widget with a greatest width a layout asks how high its words are at a
        width that it does not give them, and they are cut off.
        """
        needed = _BESIDE * TEXT_SCALES[current_theme().scale]
        beside = self.viewport().width() >= needed
        widest = 2 * _WIDEST + _EDGE if beside else _WIDEST
        right = max(_EDGE, self.viewport().width() - _EDGE - widest)
        self._halves.setContentsMargins(_EDGE, spacing(6), right, spacing(6))
        way = QBoxLayout.Direction.LeftToRight if beside else QBoxLayout.Direction.TopToBottom
        if self._halves.direction() != way:
            self._halves.setDirection(way)
            self._halves.setStretch(0, int(beside))
            self._halves.setStretch(1, int(beside))
            self._halves.setStretch(2, int(not beside))

    # -- slots -----------------------------------------------------------------------------------------------

    def _on_card_opened(self, note: SyncNote) -> None:
        if note.kind == CONFLICT:
            self.decide_requested.emit(note.evaluation_id)
        else:
            self.open_requested.emit(note.evaluation_id, note.question)

    def _on_scripts_row_opened(self, evaluation_id: EvaluationId) -> None:
        self.open_requested.emit(evaluation_id, None)

    def _on_changes_row_opened(self, op_id: object) -> None:
        self.open_requested.emit(self._aside[op_id].evaluation_id, None)

    def _on_changes_row_selected(self, op_id: object) -> None:
        work = self._aside.get(op_id)
        self._why.setText("" if work is None else said(work.why))

    # -- Qt --------------------------------------------------------------------------------------------------

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.work_wanted.emit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._arrange()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.FontChange and hasattr(self, "_halves"):
            self._arrange()


def _half(parent: QWidget) -> tuple[QWidget, QVBoxLayout]:
    half = QWidget(parent)
    column = QVBoxLayout(half)
    column.setContentsMargins(0, 0, 0, 0)
    column.setSpacing(spacing(2))
    return half, column


def _quiet(words: str, parent: QWidget) -> QLabel:
    label = ToneLabel(words, "muted", parent)
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setWordWrap(True)
    return label
