"""The computers of a member of staff: which have a file of hers, and taking one of them out of use when it is lost."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from functools import partial
from typing import Protocol
from uuid import UUID

from PySide6.QtWidgets import QHBoxLayout, QLabel, QLineEdit, QPushButton, QVBoxLayout, QWidget

from mv_desktop.core.errors import UserError
from mv_desktop.domain.computer import Computer
from mv_desktop.domain.identifier import ComputerId
from mv_desktop.ui.admin.act import Act
from mv_desktop.ui.admin.record_window import RecordWindow
from mv_desktop.ui.admin.subject import OFFICE_LANE
from mv_desktop.ui.tasks import Tasks
from mv_desktop.ui.text import error_text, tr, tr_count
from mv_desktop.ui.theme import spacing
from mv_desktop.ui.widgets.fact_table import Cell, FactTable, TableRow
from mv_desktop.ui.widgets.primary_button import PrimaryButton
from mv_desktop.ui.widgets.sign_label import SignLabel

COMPUTERS = Act("record.computers", "Computers …")

_HEADINGS = ("Computer", "Program", "Last seen", "State")
_LONGEST_REASON = 500


class ComputerPlace(Protocol):
    """As `offline.office.member.Members`."""

    def computers(self, user_id: UUID) -> Sequence[Computer]:
        """Hers, the one that was seen last first."""
        ...

    def revoke(self, user_id: UUID, computer: ComputerId, reason: str) -> None:
        """Have it send what is pending and empty itself."""
        ...

    def restore(self, user_id: UUID, computer: ComputerId, reason: str) -> None:
        """Let her sign in there again."""
        ...


class ComputerWindow(RecordWindow):
    """What revoking does stands there before it is done; it takes a reason, and can be taken back.

    Args:
        user_id, name: whose computers.
        when: a moment as people say it today.

    Attributes:
        table: a row for each computer.
        about: what revoking one does, or what became of the one with the cursor.
        told: what went wrong.
    """

    def __init__(
        self,
        place: ComputerPlace,
        user_id: UUID,
        name: str,
        tasks: Tasks,
        when: Callable[[datetime], str],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._place, self._user, self._tasks, self._when = place, user_id, tasks, when
        self._found: dict[ComputerId, Computer] = {}
        self._busy = True
        self.setWindowTitle(tr("Computers of {name}", name=name))
        self.resize(spacing(170), spacing(95))
        self.table = FactTable(self.windowTitle(), _HEADINGS, 0, self)
        self.about, self.told = SignLabel(self), SignLabel(self)
        self.reason = QLineEdit(self)
        self.reason.setMaxLength(_LONGEST_REASON)
        self.reason.setAccessibleName(tr("Reason"))
        self.reason.setPlaceholderText(tr("Reason, kept in the history"))
        self.go = PrimaryButton(tr("Revoke it"), self)
        self._close = QPushButton(tr("Close"), self)
        self._close.setAutoDefault(False)
        self._build()
        self.table.row_selected.connect(self._on_table_row_selected)
        self.table.row_opened.connect(self._on_table_row_opened)
        self.go.clicked.connect(self._on_go_clicked)
        self._close.clicked.connect(self.reject)
        self._enable()
        self._read()

    # -- private ---------------------------------------------------------------------------------------------

    def _build(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(spacing(4), spacing(4), spacing(4), spacing(4))
        column.setSpacing(spacing(2))
        column.addWidget(self.table)
        column.addWidget(self.about)
        column.addStretch(1)
        column.addWidget(self.told)
        label = QLabel(tr("Reason"), self)
        label.setBuddy(self.reason)
        foot = QHBoxLayout()
        foot.setSpacing(spacing(2))
        foot.addWidget(label)
        foot.addWidget(self.reason, 1)
        foot.addWidget(self._close)
        foot.addWidget(self.go)
        column.addLayout(foot)

    @property
    def _chosen(self) -> Computer | None:
        key = self.table.selected
        return next((one for one in self._found.values() if one.computer_id == key), None)

    def _read(self) -> None:
        work = partial(self._place.computers, self._user)
        self._tasks.run(OFFICE_LANE, work, self._on_read, self._on_failed, receiver=self)

    def _enable(self) -> None:
        one = self._chosen
        self.go.setText(tr("Revoke it") if one is None or one.revoked_at is None else tr("Let her in again"))
        for control in (self.go, self.reason):
            control.setEnabled(one is not None and not self._busy)
        self.about.say("info" if one is not None else "", "" if one is None else _about(one))

    # -- slots -----------------------------------------------------------------------------------------------

    def _on_read(self, found: Sequence[Computer]) -> None:
        self._busy = False
        self._found = {one.computer_id: one for one in found}
        self.table.show_rows([
            TableRow(
                one.computer_id,
                (Cell(one.name or tr("without a name")), Cell(one.program), Cell(self._when(one.last_seen_at)),
                 _state(one, self._when)),
            )
            for one in found
        ])  # fmt: skip
        self.told.say("" if found else "info", "" if found else tr("She has not worked on any computer yet."))
        self._enable()
        self.table.setFocus()

    def _on_failed(self, error: Exception) -> None:
        self._busy = False
        self._enable()
        if isinstance(error, UserError):
            self.told.say("warning", error_text(error))
        else:
            self._tasks.error.emit(error)

    def _on_table_row_selected(self, _key: object) -> None:
        self._enable()

    def _on_table_row_opened(self, _key: object) -> None:
        self.reason.setFocus()

    def _on_go_clicked(self) -> None:
        one, reason = self._chosen, self.reason.text().strip()
        if one is None or self._busy:
            return
        if not reason:
            self.told.say("warning", tr("Say why; it stands in the history."))
            self.reason.setFocus()
            return
        self._busy = True
        self._enable()
        do = self._place.revoke if one.revoked_at is None else self._place.restore
        work = partial(do, self._user, one.computer_id, reason)
        self._tasks.run(OFFICE_LANE, work, self._on_done, self._on_failed, receiver=self)

    def _on_done(self, _: None) -> None:
        self.reason.clear()
        self._read()


def _state(one: Computer, when: Callable[[datetime], str]) -> Cell:
    if one.wiped_at is not None:
        return Cell(tr("emptied {moment}", moment=when(one.wiped_at)), "done", "done")
    if one.revoked_at is not None:
        return Cell(tr("revoked {moment}, not heard of since", moment=when(one.revoked_at)), "clock", "soon")
    return Cell(tr("in use"))


def _about(one: Computer) -> str:
    """What revoking it does, or why it was and what is left there."""
    if one.revoked_at is None:
        return tr(
            "Revoked, it sends what is pending at its next contact, then empties itself and lets nobody in. Where it"
            " may be in somebody’s hands, lock the account, too, or give it a new password."
        )
    lines = [tr("Revoked: {reason}", reason=one.reason)]
    if one.left_behind:
        lines.append(
            tr_count(
                "{count} change that the server would not take is still there, encrypted.",
                "{count} changes that the server would not take are still there, encrypted.",
                one.left_behind,
            )
        )
    return "\n".join(lines)
