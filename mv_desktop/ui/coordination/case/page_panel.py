"""The pages of the script that a case is about, one at a time, in the place of the list."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import NamedTuple

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QAction, QImage, QKeyEvent, QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from mv_desktop.core.errors import UserError
from mv_desktop.domain.flag import Spot
from mv_desktop.domain.identifier import PageRef
from mv_desktop.domain.sheet import Sheet
from mv_desktop.ui.actions import follow_tip
from mv_desktop.ui.canvas.page_look import PageLook, Pin, decoded
from mv_desktop.ui.coordination.case.port import PAGE_LANE, CasePlace
from mv_desktop.ui.tasks import Progress, Task, Tasks
from mv_desktop.ui.text import said, tr
from mv_desktop.ui.theme import spacing
from mv_desktop.ui.widgets.tone_label import ToneLabel

PinsByPage = Mapping[PageRef, Sequence[Pin]]


class _Read(NamedTuple):
    """A page as it was read, and how many its file has."""

    page: PageRef
    parts: int
    picture: QImage


class CasePagePanel(QWidget):
    """Reads a page when it is looked at, never before; what cannot be read says why.

    Signals:
        page_chosen(int): this page is meant: Space, or the button.
        spot_chosen(PageRef, Spot): she clicked there.
    """

    page_chosen = Signal(int)
    spot_chosen = Signal(object, object)

    def __init__(
        self, place: CasePlace, tasks: Tasks, actions: Mapping[str, QAction], parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._place, self._tasks = place, tasks
        self._sheets: tuple[Sheet, ...] = ()
        self._pins: PinsByPage = {}
        self._key = ""
        self._at, self._part = 0, 0
        self._read: _Read | None = None
        self._reading: Task[_Read] | None = None
        self.look = PageLook(self)
        self._title = ToneLabel("", parent=self, strong=True)
        self._title.setTextFormat(Qt.TextFormat.PlainText)
        self._note = ToneLabel("", "muted", self)
        self._note.setWordWrap(True)
        self._choose = QPushButton(tr("Choose this page"), self)
        self._choose.clicked.connect(self._on_choose_clicked)
        self._build(actions)
        self.look.spot_chosen.connect(self._on_look_spot_chosen)

    # -- public ----------------------------------------------------------------------------------------------

    @property
    def page(self) -> PageRef | None:
        """The page that is looked at; None while the script has none."""
        if self._read is not None:
            return self._read.page
        return PageRef(self._sheets[self._at].page_number, self._part) if self._sheets else None

    @property
    def title(self) -> str:
        """Which page that is, of how many."""
        return self._title.text()

    def show_sheets(self, key: str, sheets: Sequence[Sheet] | None, first: PageRef | None) -> None:
        """Show the pages of the case `key`, of another one the page `first`; the same case stays where it is.

        None while the script is being read: then nothing of the case before is shown any more.
        """
        known, before = self._key, self._sheets
        self._key, self._sheets = (key, tuple(sheets)) if sheets is not None else ("", ())
        if sheets is None and known == key:
            self._key, self._sheets = known, before  # it is read again
            return
        if known != self._key or [one.upload_id for one in before] != [one.upload_id for one in self._sheets]:
            number = first.page_number if first is not None else 0
            self._at = next((at for at, sheet in enumerate(self._sheets) if sheet.page_number == number), 0)
            self._part = first.pdf_page if first is not None else 0
        elif before and before[self._at] == self._sheets[self._at]:
            return
        self._show()

    def show_pins(self, pins: PinsByPage) -> None:
        """Mark these spots."""
        self._pins = pins
        self.look.show_pins(self._pins_here())

    def step(self, by: int) -> None:
        """Go to the next page, or the one before; within a PDF from page to page."""
        parts = self._read.parts if self._read is not None else 1
        part = (self._part or 1) + by
        if parts > 1 and 1 <= part <= parts:
            self._part = part
        elif 0 <= self._at + by < len(self._sheets):
            self._at, self._part = self._at + by, 0
        else:
            return
        self._show()

    # -- private ---------------------------------------------------------------------------------------------

    def _build(self, actions: Mapping[str, QAction]) -> None:
        top = QHBoxLayout()
        top.setSpacing(spacing(2))
        top.addWidget(self._title, 1)
        for name, words in (
            ("cases.previous_page", tr("Back")),
            ("cases.next_page", tr("On")),
            ("cases.look", tr("To the list")),
        ):
            button = QPushButton(words, self)
            button.clicked.connect(actions[name].trigger)
            follow_tip(button, actions[name])
            top.addWidget(button)
        top.insertWidget(1, self._choose)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, spacing(3), 0)
        column.setSpacing(spacing(2))
        column.addLayout(top)
        column.addWidget(self._note)
        column.addWidget(self.look, 1)

    def _show(self) -> None:
        if self._reading is not None:
            self._reading.cancel()
            self._reading = None
        self._read = None
        self._choose.setEnabled(bool(self._sheets))
        if not self._sheets:
            self._title.setText("")
            self._note.setText("")
            self.look.show_picture(
                None, tr("The script has no pages.") if self._key else tr("The script is being read …")
            )
            return
        self._say(self._sheets[self._at])
        self.look.show_picture(None, tr("The page is being fetched …"))
        if self.isVisible():
            self._fetch()

    def _say(self, sheet: Sheet) -> None:
        last, label = self._sheets[-1].page_number, str(sheet.page_number)
        if self._read is not None:
            label = self._read.page.label
        self._title.setText(tr("Page {page} of {last}", page=label, last=last))
        notes = []
        if sheet.excluded is not None:
            notes.append(tr("out of the script: {reason}", reason=sheet.excluded.reason))
        if sheet.rescan is not None:
            notes.append(tr("a rescan was asked for: {reason}", reason=sheet.rescan.reason))
        self._note.setText(" · ".join(notes))
        self._note.setVisible(bool(notes))

    def _fetch(self) -> None:
        sheet = self._sheets[self._at]
        work = partial(_read, self._place, sheet, self._part)
        self._reading = self._tasks.run_reporting(PAGE_LANE, work, self._on_read, self._on_read_failed, receiver=self)

    def _pins_here(self) -> Sequence[Pin]:
        return self._pins.get(self._read.page, ()) if self._read is not None else ()

    # -- slots -----------------------------------------------------------------------------------------------

    def _on_read(self, read: _Read) -> None:
        self._reading, self._read = None, read
        self._part = read.page.pdf_page
        self._say(self._sheets[self._at])
        words = self.title if not read.picture.isNull() else tr("The page cannot be shown.")
        self.look.show_picture(read.picture, words, self._pins_here())

    def _on_read_failed(self, error: Exception) -> None:
        self._reading = None
        if not isinstance(error, UserError):
            self._tasks.error.emit(error)
        why = said(str(error)) if isinstance(error, UserError) else tr("Something unexpected happened.")
        self.look.show_picture(None, f"{tr('The page cannot be shown.')} {why}")

    def _on_choose_clicked(self, *_: object) -> None:
        if self._sheets:
            self.page_chosen.emit(self._sheets[self._at].page_number)

    def _on_look_spot_chosen(self, spot: Spot) -> None:
        if self._read is not None:
            self.spot_chosen.emit(self._read.page, spot)

    # -- Qt --------------------------------------------------------------------------------------------------

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        if self._sheets and self._read is None and self._reading is None:
            self._fetch()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Space:
            self._on_choose_clicked()
        else:
            super().keyPressEvent(event)


def _read(place: CasePlace, sheet: Sheet, part: int, progress: Progress) -> _Read:
    """On the lane of pages."""
    pictures = place.pictures(sheet, lambda: progress.cancelled)
    picture = pictures[min(max(part, 1), len(pictures)) - 1]
    return _Read(picture.page, len(pictures), decoded(picture.data))
