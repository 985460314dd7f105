"""The page with the days on which a teacher is away: listed, added, changed, deleted, and taken back."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from functools import partial

from PySide6.QtCore import QDate, QLocale, QModelIndex, Qt
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QDateEdit,
    QGridLayout,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QLineEdit,
    QPushButton,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from mv_desktop.core.errors import OfflineError, UserError
from mv_desktop.core.ids import IdSource
from mv_desktop.domain.absence import LONGEST_NOTE, Absence, Absences
from mv_desktop.domain.identifier import AbsenceId
from mv_desktop.ui.shell.own_port import OWN_LANE, OwnPlace
from mv_desktop.ui.tasks import Tasks
from mv_desktop.ui.text import said, tr, tr_count
from mv_desktop.ui.theme import spacing
from mv_desktop.ui.widgets.deadline_text import day as day_text
from mv_desktop.ui.widgets.sign_label import SignLabel

_ROWS = 6


class AbsencePage(QWidget):
    """Her absences; what the server last said stays readable without a network, changes need it.

    Args:
        ids: makes the ids of new absences.
    """

    def __init__(self, own: OwnPlace, tasks: Tasks, ids: IdSource, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._own, self._tasks, self._ids = own, tasks, ids
        self._found: Absences | None = None
        self._edited: Absence | None = None
        self._take_back: Callable[[], Absences] | None = None
        self._usable = False
        self._new_id: AbsenceId | None = None
        self._list = self._build_list()
        self._first, self._last = self._day(tr("First day away")), self._day(tr("Last day away"))
        self._first.dateChanged.connect(self._on_first_date_changed)
        self._note = QLineEdit(self)
        self._note.setMaxLength(LONGEST_NOTE)
        self._note.setAccessibleName(tr("Note"))
        self._note.setPlaceholderText(tr("For your coordinator; may stay empty"))
        self._note.returnPressed.connect(self._on_save_clicked)
        self._save = self._button(tr("Add"), self._on_save_clicked)
        self._new = self._button(tr("New"), self._on_new_clicked)
        self._delete = self._button(tr("Delete"), self._on_delete_clicked)
        self._undo = self._button(tr("Undo"), self._on_undo_clicked)
        self._told = SignLabel(self)
        self._retry = self._button(tr("Try again"), self._on_retry_clicked)
        self._retry.hide()
        self._build()
        self._show_form(None)
        self._tasks.run(OWN_LANE, own.kept_absences, self._on_kept_read, self._on_failed)
        self._ask()

    @property
    def told(self) -> str:
        """What was said last."""
        return self._told.text

    @property
    def absences(self) -> tuple[Absence, ...]:
        """What is listed."""
        return () if self._found is None else self._found.absences

    # -- construction ----------------------------------------------------------------------------------------

    def _build_list(self) -> QTreeWidget:
        tree = QTreeWidget(self)
        tree.setAccessibleName(tr("Absences"))
        tree.setColumnCount(4)
        tree.setHeaderLabels([tr("First day away"), tr("Last day away"), tr("Days"), tr("Note")])
        tree.setRootIsDecorated(False)
        tree.setUniformRowHeights(True)
        tree.setAllColumnsShowFocus(True)
        tree.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        tree.header().setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        tree.header().setStretchLastSection(True)
        tree.currentItemChanged.connect(self._on_list_current_changed)
        return tree

    def _day(self, name: str) -> QDateEdit:
        field = QDateEdit(self)
        field.setAccessibleName(name)
        field.setCalendarPopup(True)
        field.setDisplayFormat("dd/MM/yyyy")
        field.setLocale(QLocale(QLocale.Language.English, QLocale.Country.India))
        return field

    def _button(self, text: str, slot: Callable[..., object]) -> QPushButton:
        button = QPushButton(text, self)
        button.setAutoDefault(False)
        button.clicked.connect(slot)
        return button

    def _build(self) -> None:
        form = QGridLayout()
        form.setHorizontalSpacing(spacing(3))
        form.setVerticalSpacing(spacing(1))
        for column, field in enumerate((self._first, self._last, self._note)):
            form.addWidget(QLabel(field.accessibleName(), self), 0, column)
            form.addWidget(field, 1, column)
        form.setColumnStretch(2, 1)
        row = QHBoxLayout()
        row.setSpacing(spacing(2))
        for button in (self._save, self._new, self._delete):
            row.addWidget(button)
        row.addStretch(1)
        row.addWidget(self._undo)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, spacing(1), 0, 0)
        layout.setSpacing(spacing(2))
        layout.addWidget(self._list, 1)
        layout.addLayout(form)
        layout.addLayout(row)
        below = QHBoxLayout()
        below.setSpacing(spacing(2))
        below.addWidget(self._told, 1)
        below.addWidget(self._retry, 0, Qt.AlignmentFlag.AlignTop)
        layout.addLayout(below)

    # -- what is shown ---------------------------------------------------------------------------------------

    def _fill(self, found: Absences) -> None:
        chosen = self._edited.absence_id if self._edited is not None else None
        self._found = found
        self._list.blockSignals(True)
        self._list.clear()
        current: QTreeWidgetItem | None = None
        for absence in reversed(found.absences):
            state = tr("over") if absence.is_past(found.today) else ""
            words = [
                day_text(absence.first_day, year=True),
                day_text(absence.last_day, year=True),
                str(absence.days),
                absence.note,
            ]
            item = QTreeWidgetItem(self._list, words)
            item.setTextAlignment(2, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
            if state:
                item.setText(1, f"{words[1]} · {state}")
            item.setData(0, Qt.ItemDataRole.UserRole, absence)
            current = item if absence.absence_id == chosen else current
        self._list.blockSignals(False)
        if current is not None:
            self._list.setCurrentItem(current)
        else:
            self._show_form(None)

    def _show_form(self, absence: Absence | None) -> None:
        """Let the fields be those of `absence`, or of a new one."""
        self._edited = absence
        today = self._found.today if self._found is not None else None
        first = absence.first_day if absence is not None else today
        last = absence.last_day if absence is not None else today
        for field, day in ((self._first, first), (self._last, last)):
            field.blockSignals(True)
            if day is not None:
                field.setDate(QDate(day.year, day.month, day.day))
            field.blockSignals(False)
        self._note.setText("" if absence is None else absence.note)
        self._show_usable()

    def _show_usable(self) -> None:
        """What can be done with what is in the fields, which stay as they are."""
        absence, today = self._edited, self._found.today if self._found is not None else None
        begun = absence is not None and today is not None and absence.has_begun(today)
        past = absence is not None and today is not None and absence.is_past(today)
        self._save.setText(tr("Add") if absence is None else tr("Change"))
        self._first.setEnabled(self._usable and not begun)
        self._last.setEnabled(self._usable and not past)
        self._note.setEnabled(self._usable and not past)
        self._save.setEnabled(self._usable and not past)
        self._delete.setEnabled(self._usable and absence is not None and not begun and not past)
        self._new.setEnabled(absence is not None)
        self._undo.setEnabled(self._usable and self._take_back is not None)

    # -- slots -----------------------------------------------------------------------------------------------

    def _on_kept_read(self, kept: Absences | None) -> None:
        if kept is not None and self._found is None:
            self._fill(kept)

    def _on_done(self, words: str, found: Absences) -> None:
        first_time, self._usable = not self._usable, True
        self._retry.hide()
        self._fill(found)
        if first_time and self.window().focusWidget() is self._list:  # also before the window is active
            self._on_new_clicked()  # a list that gets the focus chooses its first row, which nobody wanted to change
        if words:
            self._told.say("done", words)
        else:
            self._told.say("info", _to_come(found))

    def _on_failed(self, error: Exception) -> None:
        if isinstance(error, OfflineError):
            self._retry.setVisible(not self._usable)
            words = tr("The server cannot be reached: what you see is what it said last. Changes need a connection.")
            self._told.say("warning", words)
        elif isinstance(error, UserError):
            self._told.say("warning", " ".join(said(part) for part in (error.message, error.remedy) if part))
        else:
            self._tasks.error.emit(error)
        self._show_usable()

    def _on_retry_clicked(self, *_: object) -> None:
        self._told.say("info", tr("Asking the server …"))
        self._ask()

    def _on_list_current_changed(self, item: QTreeWidgetItem | None, _before: QTreeWidgetItem | None) -> None:
        self._show_form(None if item is None else item.data(0, Qt.ItemDataRole.UserRole))

    def _on_first_date_changed(self, first: QDate) -> None:
        if self._last.date() < first:
            self._last.setDate(first)

    def _on_new_clicked(self, *_: object) -> None:
        self._new_id = None
        self._list.setCurrentIndex(QModelIndex())
        self._show_form(None)
        self._first.setFocus()

    def _on_save_clicked(self, *_: object) -> None:
        if not self._save.isEnabled():
            return
        before = self._edited
        if before is None and self._new_id is None:
            self._new_id = AbsenceId(self._ids())  # kept until it is entered: an answer may be lost on its way
        absence_id = before.absence_id if before is not None else self._new_id
        assert absence_id is not None  # noqa: S101 (one of the two it is)
        absence = Absence(absence_id, _python(self._first), _python(self._last.date().addDays(1)), self._note.text())
        put = partial(self._own.put_absence, absence)
        if before is None:
            self._do(put, tr("The absence is entered."), partial(self._own.delete_absence, absence_id))
        else:
            self._do(put, tr("The absence is changed."), partial(self._own.put_absence, before))

    def _on_delete_clicked(self, *_: object) -> None:
        if self._edited is not None:
            undo = partial(self._own.put_absence, self._edited)
            self._do(partial(self._own.delete_absence, self._edited.absence_id), tr("The absence is deleted."), undo)

    def _on_undo_clicked(self, *_: object) -> None:
        if self._take_back is not None:
            self._do(self._take_back, tr("That was taken back."), None)

    def _ask(self) -> None:
        self._tasks.run(OWN_LANE, self._own.absences, partial(self._on_done, ""), self._on_failed, receiver=self)

    def _do(self, work: Callable[[], Absences], words: str, undo: Callable[[], Absences] | None) -> None:
        def done(found: Absences) -> None:
            self._take_back, self._new_id = undo, None
            self._on_done(words, found)

        self._told.say("info", tr("Asking the server …"))
        self._tasks.run(OWN_LANE, work, done, self._on_failed, receiver=self)

    # -- Qt --------------------------------------------------------------------------------------------------

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._list.setMinimumHeight(self._list.fontMetrics().lineSpacing() * _ROWS)


def _to_come(found: Absences) -> str:
    if not found.absences:
        return tr("No absence is entered. Choose the first and the last day and press Add; your coordinator sees it.")
    count = sum(not absence.is_past(found.today) for absence in found.absences)
    return tr_count("{count} absence to come.", "{count} absences to come.", count)


def _python(day: QDateEdit | QDate) -> date:
    found = day.date() if isinstance(day, QDateEdit) else day
    return date(found.year(), found.month(), found.day())
