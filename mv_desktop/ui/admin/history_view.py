"""What was changed of a record: when, by whom, why, and each value before and after."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime, tzinfo
from typing import cast
from uuid import UUID

from pydantic import JsonValue
from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QPushButton, QScrollArea, QVBoxLayout, QWidget

from mv_desktop.domain.record import Change
from mv_desktop.domain.record_name import keys_of
from mv_desktop.ui.admin.difference_table import DifferenceTable
from mv_desktop.ui.admin.name_words import name_texts
from mv_desktop.ui.admin.subject import Subject
from mv_desktop.ui.admin.value_words import Said, ValueWords, is_moment
from mv_desktop.ui.canvas.picture_strip import PictureItem, PictureLook, PictureStrip
from mv_desktop.ui.tasks import Tasks
from mv_desktop.ui.text import tr
from mv_desktop.ui.theme import spacing
from mv_desktop.ui.widgets.deadline_text import moment
from mv_desktop.ui.widgets.fact_table import Cell, FactTable, TableRow

_CHANGES = ("When", "Who", "What", "Why")
_EVENTS = {
    "created": "Made",
    "changed": "Changed",
    "deleted": "Taken away",
    "status": "Another state",
    "password_reset": "New first password",
    "password_changed": "Password changed",
    "locked": "Locked",
    "unlocked": "Unlocked",
    "deactivated": "Account closed",
    "reactivated": "Account opened again",
    "email_changed": "Another e-mail address",
    "role_changed": "Another role",
    "limits_changed": "Other limits",
    "parents_changed": "Other parents",
    "consulted": "Consultations",
    "login_provisioned": "Login made",
    "login": "Signed in",
    "exported": "Written into a file",
    "anonymised": "Made anonymous",
    "approved": "Approved",
    "archived": "Archived",
    "activated": "Made active again",
    "submitted": "Handed in",
    "taken_back": "Taken back by its writer",
    "rejected": "Not approved",
    "remarked": "Something was said",
    "approval_undone": "Approval taken back",
    "change_written": "A change was written",
    "change_withdrawn": "The change was dropped",
}


class HistoryView(QScrollArea):
    """Changes above, what each did below; scrolled where the window is low.

    Signals:
        put_back_wanted(UUID): it is to be as it was before this change.
    """

    put_back_wanted = Signal(object)

    def __init__(self, subject: Subject, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._subject = subject
        self._labels = subject.labels
        self._found: dict[UUID, Change] = {}
        self._words = ValueWords()
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        body = QWidget(self)
        self.changes = FactTable(tr("Changes"), _CHANGES, 3, body)
        self._differences = DifferenceTable(self._labels, self._told, body)
        self._back = QPushButton(tr("Put back what was before"), body)
        self._strip: PictureStrip | None = None
        self._pictures: frozenset[str] = frozenset()
        column = self._column = QVBoxLayout(body)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(spacing(2))
        column.addWidget(self.changes)
        column.addWidget(self._differences)
        column.addWidget(self._back)
        column.addStretch(1)
        self.setWidget(body)
        self.changes.row_selected.connect(self._on_changes_row_selected)
        self._back.clicked.connect(self._on_back_clicked)

    # -- public ----------------------------------------------------------------------------------------------

    @property
    def values(self) -> FactTable:
        """What the selected change did."""
        return self._differences.values

    def show_changes(self, changes: Sequence[Change], now: datetime, zone: tzinfo) -> None:
        """Show these, the newest first."""
        self._found = {change.log_id: change for change in changes}
        names = {key: name for change in changes for key, name in change.names.items()}
        self._words = ValueWords(zone, name_texts(names, zone))
        self.changes.show_rows([
            TableRow(
                change.log_id,
                (
                    Cell(moment(change.at, now, zone)),
                    Cell(change.by or tr("A program")),
                    Cell(_event_text(change.event)),
                    Cell(change.reason),
                ),
            )
            for change in changes
        ])  # fmt: skip
        self._tell()

    def show_pictures_by(self, look: PictureLook, tasks: Tasks, columns: Collection[str]) -> None:
        """Show what pictures were and are.

        Args:
            look: reads one by its place.
            tasks: does so beside the window.
            columns: those of the differences that are pictures; their values are places.
        """
        self._strip, self._pictures = PictureStrip(tasks, self), frozenset(columns)
        self._strip.look_by(look)
        self._column.insertWidget(self._column.indexOf(self._back), self._strip)
        self.values.row_selected.connect(self._on_values_row_selected)

    def take_focus(self) -> None:
        """The keyboard is at the changes."""
        self.changes.setFocus()

    # -- private ---------------------------------------------------------------------------------------------

    def _told(self, column: str, value: object) -> str | Said:
        """As the subject says it; names and moments are said of every subject the same."""
        if is_moment(value) or keys_of([(column, cast(JsonValue, value))]):
            return self._words.told(column, value)
        return self._subject.difference(column, value)

    def _tell(self) -> None:
        which = self.changes.selected
        change = self._found.get(which) if isinstance(which, UUID) else None
        self._differences.show_differences(
            () if change is None else change.differences, () if change is None else change.hidden
        )
        self._show_pictures(change)
        able = change is not None and any(one.column in self._labels for one in change.differences)
        self._back.setEnabled(able and change is not None and not change.event.endswith((".created", ".deleted")))

    def _show_pictures(self, change: Change | None) -> None:
        """Those of the row that is looked at."""
        if self._strip is None:
            return
        differences = () if change is None else change.differences
        one = next((one for one in differences if one.column == self.values.selected), None)
        places = () if one is None or one.column not in self._pictures else (one.before, one.after)
        named = zip(places, (tr("Before"), tr("After")), strict=False)
        self._strip.show_items([PictureItem(str(place), name) for place, name in named if place])

    # -- slots -----------------------------------------------------------------------------------------------

    def _on_values_row_selected(self, _column: object) -> None:
        which = self.changes.selected
        self._show_pictures(self._found.get(which) if isinstance(which, UUID) else None)

    def _on_changes_row_selected(self, _key: object) -> None:
        self._tell()

    def _on_back_clicked(self) -> None:
        which = self.changes.selected
        if isinstance(which, UUID):
            self.put_back_wanted.emit(which)


def _event_text(event: str) -> str:
    what = event.rpartition(".")[2]
    return tr(_EVENTS[what]) if what in _EVENTS else event
