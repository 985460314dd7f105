"""The keys of the screen one is in, on one sheet made from the commands."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby

from PySide6.QtCore import Qt
from PySide6.QtGui import QFont, QKeySequence, QPaintEvent
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

from mv_desktop.ui.actions import SCOPE_TITLES, Command, KeyMap
from mv_desktop.ui.text import tr
from mv_desktop.ui.theme import current_theme, spacing
from mv_desktop.ui.widgets.framed import paint_frame


class KeyCap(QLabel):
    """One key, drawn as a key."""

    def __init__(self, key: str, parent: QWidget | None = None) -> None:
        super().__init__(QKeySequence(key).toString(QKeySequence.SequenceFormat.NativeText), parent)
        self.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.setContentsMargins(spacing(2), 1, spacing(2), 1)
        self.setMinimumWidth(spacing(7))

    def paintEvent(self, event: QPaintEvent) -> None:
        colors = current_theme().colors
        paint_frame(self, colors.outline, colors.raised, 4)
        super().paintEvent(event)


class KeySheet(QDialog):
    """All commands that have a key, by scope, in two columns.

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
            title = QLabel(tr(SCOPE_TITLES[scope]), sheet)
            title.setFont(current_theme().font(1.15, QFont.Weight.DemiBold))
            title.setContentsMargins(0, spacing(3) if row else 0, 0, spacing(1))
            grid.addWidget(title, row, 0, 1, 5)
            half = (len(shown) + 1) // 2
            for number, command in enumerate(shown):
                at, column = row + 1 + number % half, 3 * (number // half)
                grid.addWidget(_caps(keys.keys(command.command_id), sheet), at, column)
                grid.addWidget(QLabel(tr(command.text), sheet), at, column + 1)
            row += half + 1
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


def _caps(keys: Sequence[str], parent: QWidget) -> QWidget:
    """The keys of one command in a row; Enter's second name, Return, is not worth a cap."""
    holder = QWidget(parent)
    row = QHBoxLayout(holder)
    row.setContentsMargins(0, 0, 0, 0)
    row.setSpacing(spacing(1))
    row.addStretch(1)
    for key in [key for key in keys if not (key.endswith("Return") and len(keys) > 1)]:
        row.addWidget(KeyCap(key, holder))
    return holder
