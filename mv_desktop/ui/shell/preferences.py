"""The one place where a person sets the program to her liking, and what is hers: made from tables."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QComboBox,
    QDialog,
    QDialogButtonBox,
    QFormLayout,
    QFrame,
    QLabel,
    QScrollArea,
    QTabWidget,
    QVBoxLayout,
    QWidget,
)

from mv_desktop.ui.part import enter, tab_through_all
from mv_desktop.ui.shell.preference_table import PREFERENCES, SECTIONS, PreferencePage, Preferences
from mv_desktop.ui.text import tr
from mv_desktop.ui.theme import TEXT_SCALES, current_theme, spacing

_SIZE = (spacing(190), spacing(140))
_MARGIN = spacing(20)
"""So much of the screen is left around it."""


class PreferencesDialog(QDialog):
    """One tab a section, with a row a preference, and one for each page; what is chosen is kept and told at once.

    Args:
        preferences: what was chosen.
        pages: what is more than a choice; each is made when it is first looked at.

    Signals:
        chosen(key, value): something was chosen.
    """

    chosen = Signal(str, str)

    def __init__(
        self, preferences: Preferences, pages: Sequence[PreferencePage] = (), parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._preferences = preferences
        self._unmade: dict[int, tuple[PreferencePage, QWidget]] = {}
        self._made: dict[int, QWidget] = {}
        self._names: list[str] = []
        self.setWindowTitle(tr("Preferences"))
        self._tabs = QTabWidget(self)
        self._tabs.setAccessibleName(tr("Preferences"))
        self._tabs.setUsesScrollButtons(True)
        for section, text in SECTIONS.items():
            if any(preference.section == section for preference in PREFERENCES):
                self._add(section, tr(text), self._form(section))
        for page in pages:
            holder = QWidget(self)
            self._unmade[self._add(page.name, page.text, holder)] = (page, holder)
        self._tabs.currentChanged.connect(self._on_tabs_current_changed)
        self._buttons = buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close, self)
        close = buttons.button(QDialogButtonBox.StandardButton.Close)
        close.setText(tr("Close"))
        close.setAutoDefault(False)  # Enter belongs to the fields
        buttons.rejected.connect(self.reject)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(spacing(4), spacing(4), spacing(4), spacing(4))
        layout.setSpacing(spacing(4))
        layout.addWidget(self._tabs, 1)
        layout.addWidget(buttons)
        room, scale = self.screen().availableSize(), TEXT_SCALES[current_theme().scale]
        width, height = (round(length * scale) for length in _SIZE)
        self.resize(min(width, room.width() - _MARGIN), min(height, room.height() - _MARGIN))

    def show_page(self, name: str) -> None:
        """Go to a section or a page, and into what it begins with; one that there is not changes nothing."""
        if name not in self._names:
            return
        index = self._names.index(name)
        self._tabs.setCurrentIndex(index)
        if index in self._made:
            enter(self._made[index])

    # -- construction ----------------------------------------------------------------------------------------

    def _add(self, name: str, text: str, widget: QWidget) -> int:
        self._names.append(name)
        return self._tabs.addTab(widget, text)

    def _form(self, section: str) -> QWidget:
        holder = QWidget(self)
        form = QFormLayout(holder)
        form.setContentsMargins(spacing(4), spacing(4), spacing(4), spacing(4))
        form.setHorizontalSpacing(spacing(6))
        form.setVerticalSpacing(spacing(3))
        form.setLabelAlignment(Qt.AlignmentFlag.AlignLeft)
        for preference in PREFERENCES:
            if preference.section != section:
                continue
            box = QComboBox(holder)
            box.setObjectName(preference.key)
            box.setAccessibleName(tr(preference.text))
            box.setMinimumWidth(spacing(50))
            for value, text in preference.choices.items():
                box.addItem(tr(text), value)
            box.setCurrentIndex(box.findData(self._preferences.value(preference.key)))
            box.currentIndexChanged.connect(partial(self._on_box_changed, preference.key, box))
            form.addRow(tr(preference.text), box)
            if preference.note:
                note = QLabel(tr(preference.note), holder)
                note.setWordWrap(True)
                note.setForegroundRole(note.palette().ColorRole.PlaceholderText)
                form.addRow("", note)
        area = QScrollArea(self)
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setWidgetResizable(True)
        area.setAccessibleName(tr(SECTIONS[section]))
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        area.setWidget(holder)
        return area

    # -- slots -----------------------------------------------------------------------------------------------

    def _on_tabs_current_changed(self, index: int) -> None:
        if index in self._unmade:
            page, holder = self._unmade.pop(index)
            layout = QVBoxLayout(holder)
            layout.setContentsMargins(spacing(4), spacing(3), spacing(4), spacing(4))
            self._made[index] = made = page.make(holder)
            layout.addWidget(made)
            tab_through_all((self._tabs, self._buttons))  # it was made after the buttons below it

    def _on_box_changed(self, key: str, box: QComboBox, _index: int) -> None:
        value = str(box.currentData())
        self._preferences.choose(key, value)
        self.chosen.emit(key, value)
