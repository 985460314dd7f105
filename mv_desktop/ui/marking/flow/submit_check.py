"""What stands between the teacher and a submission: what blocks, what she must accept, what only warns."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import cast

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent, QKeySequence, QShortcut
from PySide6.QtWidgets import (
    QDialog,
    QHBoxLayout,
    QLabel,
    QListWidget,
    QListWidgetItem,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from mv_desktop.domain.marks import format_marks
from mv_desktop.domain.submission import Finding, Weight
from mv_desktop.ui.actions import Scope, native
from mv_desktop.ui.key_rule import ruling
from mv_desktop.ui.text import tr, tr_count
from mv_desktop.ui.theme import ColorRole, current_theme, spacing
from mv_desktop.ui.widgets.primary_button import PrimaryButton

_SIGNS: dict[Weight, tuple[str, ColorRole, str]] = {
    Weight.BLOCKS: ("stamp-cross", "danger", "must be done"),
    Weight.ACCEPT: ("help", "soon", "settle or accept"),
    Weight.WARNS: ("warning", "soon", "only a warning"),
}


class SubmitCheck(QDialog):
    """Lists the findings; Enter or a double click jumps to the place, Space accepts what must be accepted.

    Args:
        findings: what the check found, what blocks first.
        total, possible: the sum of the marks given, and of those possible.
        keys: of the command that opens the check; once more, they submit. Those that walk through the check do not.

    Signals:
        jump_requested(Finding): go to the place; the dialog has closed itself.
        submit_requested(): nothing stands in the way any more.
    """

    jump_requested = Signal(object)
    submit_requested = Signal()

    def __init__(
        self,
        findings: Sequence[Finding],
        total: Decimal,
        possible: Decimal,
        keys: Sequence[str] = (),
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setWindowTitle(tr("Check and submit"))
        self.setMinimumWidth(spacing(130))
        self._findings = tuple(findings)
        self._submit = PrimaryButton(tr("Submit"), self)
        self._submit.clicked.connect(self._on_submit_clicked)
        self._hint = QLabel(self)
        self._list = QListWidget(self)
        self._list.setAccessibleName(tr("What the check found"))
        self._list.setWordWrap(True)
        for finding in self._findings:
            self._list.addItem(_item(finding))
        self._list.itemChanged.connect(self._on_list_item_changed)
        self._list.itemActivated.connect(self._on_list_item_activated)
        self._list.installEventFilter(self)
        self._build(format_marks(total), format_marks(possible))
        self._keys = [key for key in keys if ruling(key, Scope.EVERYWHERE).allowed]
        for key in self._keys:
            shortcut = QShortcut(QKeySequence(key), self)
            shortcut.setAutoRepeat(False)  # held since it opened the check, it has not been looked at
            shortcut.activated.connect(self._on_submit_clicked)
        self._weigh()

    @property
    def may_submit(self) -> bool:
        """Nothing blocks, and all that must be accepted is."""
        rows = [(finding, self._list.item(row)) for row, finding in enumerate(self._findings)]
        return not any(
            finding.weight is Weight.BLOCKS
            or (finding.weight is Weight.ACCEPT and item.checkState() is not Qt.CheckState.Checked)
            for finding, item in rows
        )

    # -- construction ----------------------------------------------------------------------------------------

    def _build(self, total: str, possible: str) -> None:
        layout = QVBoxLayout(self)
        layout.setContentsMargins(spacing(5), spacing(5), spacing(5), spacing(5))
        layout.setSpacing(spacing(3))
        heading = QLabel(tr("{total} of {possible} marks", total=total, possible=possible), self)
        heading.setFont(current_theme().font(1.4, heading.font().weight().DemiBold))
        layout.addWidget(heading)
        if self._findings:
            layout.addWidget(self._list)
            self._list.setMinimumHeight(min(spacing(90), spacing(9) * len(self._findings) + spacing(2)))
            self._list.setCurrentRow(0)
            self._list.setFocus()
        else:
            self._list.hide()
            layout.addWidget(QLabel(tr("Every question has a mark, and every page was read."), self))
            self._submit.setFocus()
        layout.addWidget(self._hint)
        row = QHBoxLayout()
        back = QPushButton(tr("Go on marking"), self)
        back.setMinimumHeight(spacing(9))
        back.clicked.connect(self.reject)
        row.addWidget(back)
        row.addStretch(1)
        row.addWidget(self._submit)
        layout.addLayout(row)

    def _weigh(self) -> None:
        self._submit.setEnabled(self.may_submit)
        blocking = sum(finding.weight is Weight.BLOCKS for finding in self._findings)
        if blocking:
            text = tr_count("{count} thing must be done first.", "{count} things must be done first.", blocking)
        elif not self.may_submit:
            text = tr("Settle what disagrees, or accept it with Space.")
        else:
            text = tr("For ten seconds it can be taken back.")
            if self._keys:
                text = tr("{key} submits.", key=native(self._keys[0])) + f" {text}"
        self._hint.setText(text)

    # -- slots -----------------------------------------------------------------------------------------------

    def _on_submit_clicked(self) -> None:
        if self.may_submit:
            self.accept()
            self.submit_requested.emit()

    def _on_list_item_changed(self, _item: QListWidgetItem) -> None:
        self._weigh()

    def _on_list_item_activated(self, item: QListWidgetItem) -> None:
        finding = self._findings[self._list.row(item)]
        if finding.question_number is not None or finding.page is not None:
            self.reject()
            self.jump_requested.emit(finding)

    # -- Qt --------------------------------------------------------------------------------------------------

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Enter on a row jumps, and is not the dialog's default button; with Ctrl it is another key."""
        if watched is self._list and event.type() == QEvent.Type.KeyPress:
            key = cast(QKeyEvent, event)
            plain = key.modifiers() in (Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.KeypadModifier)
            if plain and key.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self._list.currentItem() is not None:
                self._on_list_item_activated(self._list.currentItem())
                return True
        return super().eventFilter(watched, event)


def _item(finding: Finding) -> QListWidgetItem:
    icon, role, word = _SIGNS[finding.weight]
    said = tr(finding.sentence, **finding.values)
    item = QListWidgetItem(current_theme().icon(icon, role), f"{said}  ({tr(word)})")
    if finding.weight is Weight.ACCEPT:
        item.setFlags(item.flags() | Qt.ItemFlag.ItemIsUserCheckable)
        item.setCheckState(Qt.CheckState.Unchecked)
        item.setToolTip(tr("Space accepts it as it is."))
    return item
