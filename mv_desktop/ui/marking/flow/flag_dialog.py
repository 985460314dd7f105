"""Telling the coordinator that something is wrong: why, where, and what was told before."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QButtonGroup,
    QDialog,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QRadioButton,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from mv_desktop.domain.flag import FLAG_COMMENT_MAX, FLAG_WORDS, Flag, FlagReason, Spot
from mv_desktop.domain.identifier import PageRef
from mv_desktop.ui.marking.flow.flag_text import flag_text, place_text
from mv_desktop.ui.text import tr
from mv_desktop.ui.theme import current_theme, spacing
from mv_desktop.ui.widgets.dialog_body import DialogBody
from mv_desktop.ui.widgets.primary_button import PrimaryButton
from mv_desktop.ui.widgets.reason_picker import ReasonPicker
from mv_desktop.ui.widgets.tone_label import ToneLabel

REASONS = {reason: words for reason, words in FLAG_WORDS.items() if reason != FlagReason.RESCAN}
_OF_THE_SCRIPT = (FlagReason.WRONG_PAPER, FlagReason.MISSING_PAGE)


@dataclass(frozen=True, slots=True)
class NewFlag:
    """What the teacher wants to tell."""

    reason: str
    comment: str
    page: PageRef | None
    spot: Spot | None


class FlagDialog(QDialog):
    """Asks why and where: a digit chooses the reason, Enter tells it, Esc leaves.

    Args:
        code: the script's.
        page: the page that is looked at, None without one.
        spot: where on it the pointer or the pen point is, None when it is elsewhere.
        flags: what was told of this script before.
        read_only: the script cannot be changed: what was told before is there to be read, with its answers.

    Signals:
        raise_requested(NewFlag): she has said what; the dialog has closed itself.
        withdraw_requested(FlagId): she takes back what she told before; the dialog has closed itself.
    """

    raise_requested = Signal(object)
    withdraw_requested = Signal(object)

    def __init__(
        self,
        code: str,
        page: PageRef | None,
        spot: Spot | None,
        flags: Sequence[Flag],
        parent: QWidget | None = None,
        *,
        read_only: bool = False,
    ) -> None:
        super().__init__(parent)
        self.setWindowTitle(tr("Flag to the coordinator"))
        self.setMinimumWidth(spacing(115))
        self._page, self._spot = page, spot
        self._picker = ReasonPicker(tr("What is wrong?"), REASONS, FLAG_COMMENT_MAX, self)
        self._places = QButtonGroup(self)
        self._touched, self._read_only = False, read_only
        self._confirm = PrimaryButton(tr("Tell the coordinator"), self)
        self._confirm.setDefault(True)
        self._confirm.setEnabled(False)
        self._build(code, flags)
        self._places.buttonClicked.connect(self._on_places_clicked)
        self._picker.changed.connect(self._on_picker_changed)
        self._picker.chosen.connect(self._on_picker_chosen)
        self._confirm.clicked.connect(self._on_confirm_clicked)
        if not read_only:
            self._picker.begin()

    # -- construction ----------------------------------------------------------------------------------------

    def _build(self, code: str, flags: Sequence[Flag]) -> None:
        layout = QVBoxLayout(self)
        layout.setContentsMargins(spacing(5), spacing(5), spacing(5), spacing(5))
        layout.setSpacing(spacing(3))
        heading = QLabel(tr("Flag {code} to the coordinator", code=code), self)
        heading.setFont(current_theme().font(1.4, heading.font().weight().DemiBold))
        layout.addWidget(heading)
        body = DialogBody(tr("Flag to the coordinator"), self)
        places = self._build_places()
        for asked in (self._picker, places):
            body.column.addWidget(asked)
            asked.setHidden(self._read_only)
        if flags:
            body.column.addWidget(ToneLabel(tr("Told before"), "text", self, strong=True))
            body.column.addLayout(self._build_told(flags))
        body.column.addStretch(1)
        layout.addWidget(body, 1)
        leave = QPushButton(tr("Close") if self._read_only else tr("Cancel"), self)
        leave.setAutoDefault(False)
        leave.setMinimumHeight(spacing(9))
        leave.clicked.connect(self.reject)
        row = QHBoxLayout()
        row.addWidget(leave)
        row.addStretch(1)
        row.addWidget(self._confirm)
        self._confirm.setHidden(self._read_only)
        layout.addLayout(row)
        body.fit()

    def _build_places(self) -> QWidget:
        places = QWidget(self)
        column = QVBoxLayout(places)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(spacing(1))
        column.addWidget(ToneLabel(tr("Where?"), "text", self, strong=True))
        label = "" if self._page is None else self._page.label
        for number, (name, text, there) in enumerate(
            (
                ("spot", tr("The spot that you point at on page {page}", page=label), self._spot is not None),
                ("page", tr("All of page {page}", page=label), self._page is not None),
                ("script", tr("The whole script"), True),
            )
        ):
            if there:
                button = QRadioButton(text, self)
                button.setObjectName(name)
                self._places.addButton(button, number)
                column.addWidget(button)
        self._places.buttons()[0].setChecked(True)
        return places

    def _build_told(self, flags: Sequence[Flag]) -> QVBoxLayout:
        rows = QVBoxLayout()
        rows.setSpacing(spacing(2))
        for flag in flags:
            row = QHBoxLayout()
            row.setSpacing(spacing(2))
            text = QLabel(f"{place_text(flag)} · {flag_text(flag)}", self)
            text.setWordWrap(True)
            text.setTextFormat(Qt.TextFormat.PlainText)
            text.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
            row.addWidget(text, 1)
            if not flag.answered and not self._read_only:
                button = QPushButton(tr("Withdraw"), self)
                button.setAutoDefault(False)
                button.setAccessibleName(tr("Withdraw: {flag}", flag=text.text()))
                button.clicked.connect(partial(self._on_withdraw_clicked, flag))
                row.addWidget(button, 0, Qt.AlignmentFlag.AlignTop)
            rows.addLayout(row)
        return rows

    # -- slots -----------------------------------------------------------------------------------------------

    def _on_places_clicked(self) -> None:
        self._touched = True

    def _on_picker_chosen(self, reason: str) -> None:
        """A wrong paper or a missing page is the script's, unless she has said otherwise."""
        if not self._touched:
            buttons = self._places.buttons()
            (buttons[-1] if reason in _OF_THE_SCRIPT else buttons[0]).setChecked(True)

    def _on_picker_changed(self) -> None:
        self._confirm.setEnabled(self._picker.complete)

    def _on_withdraw_clicked(self, flag: Flag) -> None:
        self.reject()
        self.withdraw_requested.emit(flag.flag_id)

    def _on_confirm_clicked(self) -> None:
        if not self._picker.complete:
            return
        chosen = self._places.checkedButton()
        where = "script" if chosen is None else chosen.objectName()
        page = None if where == "script" else self._page
        spot = self._spot if where == "spot" else None
        self.accept()
        self.raise_requested.emit(NewFlag(self._picker.reason, self._picker.words, page, spot))

    # -- Qt --------------------------------------------------------------------------------------------------

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if self._read_only or not self._picker.choose(event):
            super().keyPressEvent(event)
