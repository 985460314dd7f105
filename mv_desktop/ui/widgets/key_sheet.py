"""The keys of the screen one is in, on one sheet made from the commands, and what the hand does besides."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby

from PySide6.QtCore import Qt
from PySide6.QtGui import QFont, QPaintEvent
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from mv_desktop.ui.actions import SCOPE_TITLES, Command, KeyMap, native
from mv_desktop.ui.gesture import GESTURES
from mv_desktop.ui.text import tr
from mv_desktop.ui.theme import current_theme, spacing
from mv_desktop.ui.widgets.framed import paint_frame


class KeyCap(QLabel):
    """One key as this computer spells it, or a gesture in words, drawn as a key."""

    def __init__(self, key: str, parent: QWidget | None = None) -> None:
        super().__init__(key, parent)
        self.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.setContentsMargins(spacing(2), 1, spacing(2), 1)
        self.setMinimumWidth(spacing(7))

    def paintEvent(self, event: QPaintEvent) -> None:
        colors = current_theme().colors
        paint_frame(self, colors.outline, colors.raised, 4)
        super().paintEvent(event)


class KeySheet(QDialog):
    """All commands that have a key, by scope, in two columns; after those of a scope what the hand does there.

    Args:
        commands: as `commands_of` gives them.
        keys: the keys as they are now.
    """

    def __init__(self, commands: Sequence[Command], keys: KeyMap, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(tr("Keys"))
        sheet = QWidget(self)
        grid = QGridLayout(sheet)
        grid.setContentsMargins(spacing(4), spacing(2), spacing(4), spacing(2))
        grid.setHorizontalSpacing(spacing(4))
        grid.setVerticalSpacing(spacing(1))
        grid.setColumnMinimumWidth(2, spacing(6))
        row = 0
        for scope, group in groupby(commands, key=lambda command: command.scope):
            shown = [command for command in group if keys.keys(command.command_id)]
            rows = [(_spelled(keys.keys(command.command_id)), tr(command.text)) for command in shown]
            row = _fill(grid, row, tr(SCOPE_TITLES[scope]), rows, sheet)
            if scope in GESTURES:
                by_hand = [([tr(gesture.how)], tr(gesture.text)) for gesture in GESTURES[scope]]
                row = _fill(grid, row, tr("By mouse, finger and arrow keys"), by_hand, sheet)
        grid.setColumnStretch(1, 1)
        grid.setColumnStretch(4, 1)
        grid.setRowStretch(row, 1)
        area = QScrollArea(self)
        area.setWidget(sheet)
        area.setWidgetResizable(True)
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setProperty("ring", "true")
        area.setAccessibleName(tr("Keys"))
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close, self)
        buttons.button(QDialogButtonBox.StandardButton.Close).setText(tr("Close"))
        buttons.rejected.connect(self.reject)
        layout = QVBoxLayout(self)
        layout.addWidget(area, 1)
        layout.addWidget(buttons)
        wanted = sheet.sizeHint()
        self.resize(max(spacing(160), wanted.width() + spacing(12)), min(spacing(160), wanted.height() + spacing(18)))


def _fill(grid: QGridLayout, row: int, title: str, rows: Sequence[tuple[list[str], str]], sheet: QWidget) -> int:
    """Put a title and what belongs to it in two columns below it, from `row` on; returns the row after them."""
    heading = QLabel(title, sheet)
    heading.setFont(current_theme().font(1.15, QFont.Weight.DemiBold))
    heading.setContentsMargins(0, spacing(3) if row else 0, 0, spacing(1))
    grid.addWidget(heading, row, 0, 1, 5)
    half = (len(rows) + 1) // 2
    for number, (keys, text) in enumerate(rows):
        at, column = row + 1 + number % half, 3 * (number // half)
        grid.addWidget(_caps(keys, sheet), at, column)
        grid.addWidget(QLabel(text, sheet), at, column + 1)
    return row + half + 1


def _spelled(keys: Sequence[str]) -> list[str]:
    """The keys of one command as this computer spells them; Enter's second name, Return, is not worth a cap."""
    return [native(key) for key in keys if not (key.endswith("Return") and len(keys) > 1)]


def _caps(keys: Sequence[str], parent: QWidget) -> QWidget:
    """The keys of one command in a row."""
    holder = QWidget(parent)
    row = QHBoxLayout(holder)
    row.setContentsMargins(0, 0, 0, 0)
    row.setSpacing(spacing(1))
    row.addStretch(1)
    for key in keys:
        row.addWidget(KeyCap(key, holder))
    return holder
