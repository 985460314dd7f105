"""The dialog in which a person sets the program to her liking, made from the table of preferences."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QComboBox, QDialog, QDialogButtonBox, QFormLayout, QLabel, QVBoxLayout, QWidget

from mv_desktop.ui.shell.preference_table import PREFERENCES, Preferences
from mv_desktop.ui.text import tr
from mv_desktop.ui.theme import spacing


class PreferencesDialog(QDialog):
    """One row a preference; what is chosen is kept and told at once.

    Signals:
        chosen(key, value): something was chosen.
    """

    chosen = Signal(str, str)

    def __init__(self, preferences: Preferences, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._preferences = preferences
        self.setWindowTitle(tr("Preferences"))
        form = QFormLayout()
        form.setHorizontalSpacing(spacing(6))
        form.setVerticalSpacing(spacing(3))
        form.setLabelAlignment(Qt.AlignmentFlag.AlignLeft)
        for preference in PREFERENCES:
            box = QComboBox(self)
            box.setObjectName(preference.key)
            box.setAccessibleName(tr(preference.text))
            box.setMinimumWidth(spacing(50))
            for value, text in preference.choices.items():
                box.addItem(tr(text), value)
            box.setCurrentIndex(box.findData(preferences.value(preference.key)))
            box.currentIndexChanged.connect(partial(self._on_box_changed, preference.key, box))
            form.addRow(tr(preference.text), box)
            if preference.note:
                note = QLabel(tr(preference.note), self)
                note.setWordWrap(True)
                note.setForegroundRole(note.palette().ColorRole.PlaceholderText)
                form.addRow("", note)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close, self)
        buttons.button(QDialogButtonBox.StandardButton.Close).setText(tr("Close"))
        buttons.rejected.connect(self.reject)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(spacing(5), spacing(5), spacing(5), spacing(4))
        layout.setSpacing(spacing(5))
        layout.addLayout(form)
        layout.addStretch(1)
        layout.addWidget(buttons)

    def _on_box_changed(self, key: str, box: QComboBox, _index: int) -> None:
        value = str(box.currentData())
        self._preferences.choose(key, value)
        self.chosen.emit(key, value)
