"""What stands beside the pages: the mark sheet, and below it the button that submits."""

from __future__ import annotations

from PySide6.QtGui import QAction
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from mv_desktop.ui.actions import follow_tip
from mv_desktop.ui.marking.sheet.sheet import MarkSheet
from mv_desktop.ui.part import mark_parts
from mv_desktop.ui.text import tr
from mv_desktop.ui.theme import spacing
from mv_desktop.ui.widgets.clear_place import keep_clear
from mv_desktop.ui.widgets.primary_button import PrimaryButton


class SheetColumn(QWidget):
    """Goes as a whole into a window of its own.

    Args:
        submitting: the command that the button gives.

    Attributes:
        submit: the button.
    """

    def __init__(self, sheet: MarkSheet, submitting: QAction, parent: QWidget) -> None:
        super().__init__(parent)
        keep_clear(self)
        self.submit = PrimaryButton(tr("Check and submit"), self)
        follow_tip(self.submit, submitting)
        self.submit.clicked.connect(submitting.trigger)
        mark_parts(self.submit)
        foot = QHBoxLayout()
        foot.setContentsMargins(spacing(2), spacing(1), spacing(2), spacing(1))
        foot.addWidget(self.submit, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(sheet, 1)
        column.addLayout(foot)
