"""A line in which somebody or something is chosen by typing some of its letters."""

from __future__ import annotations

from collections.abc import Hashable, Mapping

from PySide6.QtCore import QStringListModel, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QCompleter, QLineEdit, QListView, QWidget

from mv_desktop.ui.theme import spacing

_SHOWN = 8


class ChoiceLine(QLineEdit):
    """Letters anywhere in a label find it; Enter takes the first that is found.

    Args:
        name: for a screen reader.
        hint: stands there while nothing is typed.

    Signals:
        chosen(): something is chosen, or nothing any more.
    """

    chosen = Signal()

    def __init__(self, name: str, hint: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._labels: dict[str, Hashable] = {}
        self._value: Hashable | None = None
        self._list = QStringListModel(self)
        self._completer = QCompleter(self._list, self)
        self._completer.setCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
        self._completer.setFilterMode(Qt.MatchFlag.MatchContains)
        self._completer.setMaxVisibleItems(_SHOWN)
        self._popup = QListView(self)
        self._completer.setPopup(self._popup)
        self._completer.activated.connect(self._on_completer_activated)
        self.setCompleter(self._completer)
        self.setMinimumHeight(spacing(8))
        self.setMinimumWidth(spacing(80))
        self.setAccessibleName(name)
        self.setPlaceholderText(hint)
        self.textEdited.connect(self._on_text_edited)

    @property
    def value(self) -> Hashable | None:
        """What is chosen; None while nothing is."""
        return self._value

    @property
    def labels(self) -> tuple[str, ...]:
        """What is offered, in its order."""
        return tuple(self._labels)

    def offer_values(self, labels: Mapping[str, Hashable]) -> None:
        """Offer these, in this order; what is chosen stays so while it is offered."""
        self._labels = dict(labels)
        if list(self._labels) != self._list.stringList():
            self._list.setStringList(list(self._labels))
        if self._value is not None and self._value not in self._labels.values():
            self._choose(None, "")

    def choose(self, value: Hashable) -> None:
        """Choose what is offered."""
        for label, offered in self._labels.items():
            if offered == value:
                self._choose(offered, label)
                return

    def forget(self) -> None:
        """Choose nothing."""
        self._choose(None, "")

    # -- private ---------------------------------------------------------------------------------------------

    def _choose(self, value: Hashable | None, label: str) -> None:
        self._value = value
        self.setText(label)
        self.setCursorPosition(0)
        self.chosen.emit()

    def _first(self) -> str:
        """What Enter takes: the first of the labels that have these letters."""
        letters = self.text().strip().casefold()
        return next((label for label in self._labels if letters and letters in label.casefold()), "")

    # -- slots -----------------------------------------------------------------------------------------------

    def _on_text_edited(self, text: str) -> None:
        self._value = self._labels.get(text)
        self.chosen.emit()

    def _on_completer_activated(self, label: str) -> None:
        self._choose(self._labels.get(label), label)

    # -- Qt --------------------------------------------------------------------------------------------------

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter} and self._value is None:
            label = self._first()
            if label:
                self._popup.hide()
                self._choose(self._labels[label], label)
                event.accept()
                return
        super().keyPressEvent(event)
