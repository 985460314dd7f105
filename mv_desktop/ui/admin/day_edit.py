"""Where a day is typed or picked."""

from __future__ import annotations

from PySide6.QtCore import QLocale
from PySide6.QtWidgets import QDateEdit, QWidget

from mv_desktop.ui.text import language
from mv_desktop.ui.theme import spacing

_SPOKEN = {"en": QLocale.Language.English, "hi": QLocale.Language.Hindi}


class DayEdit(QDateEdit):
    """27/11/2026, whatever the computer's own form is: digits go from part to part, and no month has to be spelt.

    The calendar that can be opened is in the language spoken.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setCalendarPopup(True)
        self.setDisplayFormat("dd/MM/yyyy")
        self.setLocale(QLocale(_SPOKEN[language()], QLocale.Country.India))
        self.setMinimumHeight(spacing(8))
