"""The page on which a person changes her own password."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QCheckBox, QFormLayout, QHBoxLayout, QLabel, QLineEdit, QPushButton, QVBoxLayout, QWidget

from mv_desktop.core.errors import UserError
from mv_desktop.domain.password import judge
from mv_desktop.ui.shell.own_port import OWN_LANE, OwnPlace
from mv_desktop.ui.tasks import Tasks
from mv_desktop.ui.text import said, tr
from mv_desktop.ui.theme import spacing
from mv_desktop.ui.widgets.sign_label import SignLabel


class PasswordPage(QWidget):
    """Old, new, and new again; what is said of the new one stands below it while it is typed.

    Args:
        given: the old password, when she typed it a moment ago; it is not asked for again then.

    Signals:
        changed(): the new password holds.
    """

    changed = Signal()

    def __init__(self, own: OwnPlace, tasks: Tasks, parent: QWidget | None = None, *, given: str = "") -> None:
        super().__init__(parent)
        self._own, self._tasks = own, tasks
        self._busy = False
        self._old = self._field(tr("Old password"))
        self._new = self._field(tr("New password"))
        self._again = self._field(tr("New password again"))
        self._shown = QCheckBox(tr("Show what is typed"), self)
        self._shown.toggled.connect(self._on_shown_toggled)
        self._strength = SignLabel(self)
        self._same = SignLabel(self)
        self._told = SignLabel(self)
        self._change = QPushButton(tr("Change the password"), self)
        self._change.setAutoDefault(False)
        self._change.clicked.connect(self._on_change_clicked)
        self._build(asks_old=not given)
        self._old.setText(given)
        self._first = self._new if given else self._old
        self._judge()

    @property
    def first_field(self) -> QLineEdit:
        """Where typing begins."""
        return self._first

    @property
    def told(self) -> str:
        """What was said last of a change."""
        return self._told.text

    # -- construction ----------------------------------------------------------------------------------------

    def _field(self, name: str) -> QLineEdit:
        field = QLineEdit(self)
        field.setEchoMode(QLineEdit.EchoMode.Password)
        field.setAccessibleName(name)
        field.setMaximumWidth(spacing(90))
        field.textChanged.connect(self._on_field_text_changed)
        field.returnPressed.connect(self._on_change_clicked)
        return field

    def _build(self, *, asks_old: bool) -> None:
        note = QLabel(
            tr(
                "The new password holds at once, on the server and for your work on this computer. Another computer "
                "with work of yours asks once for the old one, so keep it in mind until then."
            ),
            self,
        )
        note.setWordWrap(True)
        note.setVisible(asks_old)  # who signs in for the first time has no work elsewhere
        form = QFormLayout()
        form.setHorizontalSpacing(spacing(6))
        form.setVerticalSpacing(spacing(2))
        form.setLabelAlignment(Qt.AlignmentFlag.AlignLeft)
        if not asks_old:  # it stands alone, on less width
            form.setRowWrapPolicy(QFormLayout.RowWrapPolicy.WrapAllRows)
            form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        for field in (self._old, self._new) if asks_old else (self._new,):
            form.addRow(field.accessibleName(), field)
        self._old.setVisible(asks_old)
        form.addRow("", self._strength)
        form.addRow(self._again.accessibleName(), self._again)
        form.addRow("", self._same)
        form.addRow("", self._shown)
        row = QHBoxLayout()
        row.addWidget(self._change)
        row.addStretch(1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, spacing(1), 0, 0)
        layout.setSpacing(spacing(4))
        layout.addWidget(note)
        layout.addLayout(form)
        layout.addLayout(row)
        layout.addWidget(self._told)
        layout.addStretch(1)

    # -- what is typed ---------------------------------------------------------------------------------------

    def _judge(self) -> None:
        found = judge(self._new.text(), self._old.text(), self._own.known)
        empty, same = not self._new.text(), self._again.text() == self._new.text()
        self._strength.say("info" if empty else "done" if found.allowed else "warning", said(found.why))
        self._new.setAccessibleDescription(said(found.why))
        unequal = bool(self._again.text()) and not same
        self._same.say("warning" if unequal else "", tr("These two differ.") if unequal else "")
        self._again.setAccessibleDescription(self._same.text)
        self._change.setEnabled(found.allowed and same and bool(self._old.text()) and not self._busy)

    def _set_busy(self, busy: bool) -> None:  # noqa: FBT001 - a setter like Qt's own
        self._busy = busy
        for field in (self._old, self._new, self._again):
            field.setEnabled(not busy)
        self._judge()

    # -- slots -----------------------------------------------------------------------------------------------

    def _on_field_text_changed(self, _text: str) -> None:
        self._judge()

    def _on_shown_toggled(self, shown: bool) -> None:  # noqa: FBT001 - Qt's signature
        for field in (self._old, self._new, self._again):
            field.setEchoMode(QLineEdit.EchoMode.Normal if shown else QLineEdit.EchoMode.Password)

    def _on_change_clicked(self) -> None:
        if not self._change.isEnabled():
            return
        self._set_busy(True)
        self._told.say("info", tr("The password is being changed …"))
        work = partial(self._own.change_password, self._old.text(), self._new.text())
        self._tasks.run(OWN_LANE, work, self._on_changed, self._on_change_failed)

    def _on_changed(self, _: object) -> None:
        for field in (self._old, self._new, self._again):
            field.clear()
        self._shown.setChecked(False)
        self._set_busy(False)
        self._told.say("done", tr("The password is changed."))
        self._first.setFocus()
        self.changed.emit()

    def _on_change_failed(self, error: Exception) -> None:
        self._set_busy(False)
        if not isinstance(error, UserError):
            self._told.say("", "")
            self._tasks.error.emit(error)
            return
        parts = (error.message, error.kept, error.remedy)
        self._told.say("warning", " ".join(said(part) for part in parts if part))
        self._first.setFocus()
