"""To whom: a name that is typed, with those it may be, whoever has most time first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QStringListModel, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QCompleter, QLineEdit, QListView, QWidget

from mv_desktop.domain.board_look import Look
from mv_desktop.domain.board_view import TeacherRow
from mv_desktop.domain.identifier import UserId
from mv_desktop.ui.coordination.wording import NOBODY, state_text, work_text
from mv_desktop.ui.text import tr
from mv_desktop.ui.theme import spacing

_SHOWN = 8


@dataclass(frozen=True, slots=True)
class Target:
    """To whom a script would go; `teacher` None is the pool."""

    teacher: UserId | None


class NameField(QLineEdit):
    """Letters anywhere in a name find it; Enter takes the first that is found.

    Signals:
        chosen(): somebody is named, or nobody any more.
    """

    chosen = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._labels: dict[str, Target] = {}
        self._target: Target | None = None
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
        self.setAccessibleName(tr("To whom"))
        self.setPlaceholderText(tr("Type a name"))
        self.textEdited.connect(self._on_text_edited)

    @property
    def target(self) -> Target | None:
        """Who is named; None while nobody is."""
        return self._target

    def offer(self, look: Look, *, pool: bool) -> None:
        """Offer who marks, and the pool; who is named stays so."""
        self._labels = {tr("{nobody} (the pool)", nobody=tr(NOBODY)): Target(None)} if pool else {}
        for row in sorted((row for row in look.teachers if row.marks), key=_by_room):
            self._labels[_unique(_label(row), self._labels)] = Target(row.user_id)
        if list(self._labels) != self._list.stringList():
            self._list.setStringList(list(self._labels))
        if self._target is not None and self._target not in self._labels.values():
            self._choose(None, "")

    def name(self, teacher: UserId | None) -> None:
        """Name somebody."""
        for label, target in self._labels.items():
            if target.teacher == teacher:
                self._choose(target, label)

    def forget(self) -> None:
        """Name nobody."""
        self._choose(None, "")

    # -- private ---------------------------------------------------------------------------------------------

    def _choose(self, target: Target | None, label: str) -> None:
        self._target = target
        self.setText(label)
        self.setCursorPosition(0)
        self.chosen.emit()

    def _first(self) -> str:
        """What Enter takes: the first of the names that have these letters."""
        letters = self.text().strip().casefold()
        return next((label for label in self._labels if letters and letters in label.casefold()), "")

    # -- slots -----------------------------------------------------------------------------------------------

    def _on_text_edited(self, text: str) -> None:
        self._target = self._labels.get(text)
        self.chosen.emit()

    def _on_completer_activated(self, label: str) -> None:
        self._choose(self._labels.get(label), label)

    # -- Qt --------------------------------------------------------------------------------------------------

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter} and self._target is None:
            label = self._first()
            if label:
                self._popup.hide()
                self._choose(self._labels[label], label)
                event.accept()
                return
        super().keyPressEvent(event)


def _by_room(row: TeacherRow) -> tuple[bool, float, str]:
    """Who is there and has most time beside her work comes first."""
    room = row.left - row.outlook.work
    return row.away, -room.total_seconds() if row.outlook.scripts else float("-inf"), row.name.casefold()


def _label(row: TeacherRow) -> str:
    state = state_text(row) or (tr("no scripts") if not row.outlook.scripts else work_text(row.outlook, row.left))
    return f"{row.name} — {state}"


def _unique(label: str, taken: Sequence[str] | dict[str, Target]) -> str:
    """Two people may have one name and as much to do."""
    number, found = 2, label
    while found in taken:
        found, number = f"{label} ({number})", number + 1
    return found
