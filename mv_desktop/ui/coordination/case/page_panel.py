"""The pages of the script that a case is about, one at a time, in the place of the list."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Container, Mapping, Sequence
from functools import partial
from typing import Final, NamedTuple
from uuid import UUID

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QAction, QHideEvent, QImage, QKeyEvent, QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from mv_desktop.core.errors import OfflineError
from mv_desktop.domain.flag import Spot
from mv_desktop.domain.identifier import PageRef
from mv_desktop.domain.sheet import Sheet
from mv_desktop.ui.asking import trouble_in
from mv_desktop.ui.canvas.page_look import PageLook, Pin, decoded
from mv_desktop.ui.coordination.case.page_bar import PageBar
from mv_desktop.ui.coordination.case.page_strip import SMALL, PageStrip, SmallPage
from mv_desktop.ui.coordination.case.port import PAGE_LANE, CasePlace
from mv_desktop.ui.tasks import Progress, Task, Tasks
from mv_desktop.ui.text import tr
from mv_desktop.ui.theme import spacing
from mv_desktop.ui.widgets.tone_label import ToneLabel

PinsByPage = Mapping[PageRef, Sequence[Pin]]
_LAST: Final = 1 << 20
"""The last page of a PDF, as long as it is not known how many it has."""
_KEPT: Final = 3
"""Decoded pages that are kept, up to 25 MB each: this one, the one before and the next."""


class _Read(NamedTuple):
    """A page as it was read, also in small, and how many its file has."""

    page: PageRef
    parts: int
    picture: QImage
    small: QImage


class _Wanted(NamedTuple):
    """A page: of which file, and which of its pages; 0 or one too many is the first or the last."""

    page_id: UUID
    part: int


class CasePagePanel(QWidget):
    """Reads a page when it is looked at, then the next one and the others; what cannot be read says why.

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
        self._steps = {by: actions[f"cases.{name}_page"] for by, name in ((-1, "previous"), (1, "next"))}
        self._sheets: tuple[Sheet, ...] = ()
        self._pins: PinsByPage = {}
        self._key = ""
        self._at, self._part = 0, 0
        self._read: _Read | None = None
        self._known: OrderedDict[_Wanted, _Read] = OrderedDict()
        self._parts: dict[UUID, int] = {}
        self._small: dict[_Wanted, QImage] = {}
        self._failed: set[_Wanted] = set()
        self._reading: Task[_Read] | None = None
        self._coming: _Wanted | None = None
        self.look = PageLook(self)
        self.strip = PageStrip(self)
        self.bar = PageBar(actions, self.look, self)
        self._note = ToneLabel("", "muted", self)
        self._note.setWordWrap(True)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, spacing(3), 0)
        column.setSpacing(spacing(2))
        column.addWidget(self.bar)
        column.addWidget(self._note)
        row = QHBoxLayout()
        row.setSpacing(spacing(2))
        row.addWidget(self.strip)
        row.addWidget(self.look, 1)
        column.addLayout(row, 1)
        self.bar.chosen.connect(self._on_bar_chosen)
        self.look.spot_chosen.connect(self._on_look_spot_chosen)
        self.strip.page_requested.connect(self._on_strip_page_requested)
        self._say_steps()

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
        return self.bar.title

    @property
    def note(self) -> str:
        """What is said of it: that it is out, or was asked for anew."""
        return self._note.text()

    @property
    def busy(self) -> bool:
        """A page is being read, this one or another."""
        return self._reading is not None

    def ask_page(self, *, asked: bool) -> None:
        """Whether a page is to be chosen."""
        self.bar.choose.setVisible(asked)

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
            for kept in (self._known, self._small, self._failed):
                kept.clear()
            self._stop_reading()
        elif before and before[self._at] == self._sheets[self._at]:
            self._fill_strip()
            return
        self._show()

    def show_pins(self, pins: PinsByPage) -> None:
        """Mark these spots."""
        self._pins = pins
        self.look.show_pins(self._pins_here())

    def step(self, by: int) -> None:
        """Go to the next page, or the one before; within a PDF from page to page."""
        target = self._target(by)
        if target is not None:
            self._at, self._part = target
            self._show()

    # -- private ---------------------------------------------------------------------------------------------

    def _target(self, by: int) -> tuple[int, int] | None:
        """The next page, or the one before: of which sheet, and which of its pages."""
        if not self._sheets:
            return None
        parts = self._parts.get(self._sheets[self._at].page_id, 1)
        part = (self._part or 1) + by
        if parts > 1 and 1 <= part <= parts:
            return self._at, part
        at = self._at + by
        if not 0 <= at < len(self._sheets):
            return None
        there = self._parts.get(self._sheets[at].page_id, _LAST)
        return at, there if by < 0 and there > 1 else 0

    @property
    def _wanted(self) -> _Wanted:
        return _Wanted(self._sheets[self._at].page_id, self._part)

    def _places(self) -> list[tuple[int, int]]:
        """All pages, as far as it is known how many a file has."""
        found: list[tuple[int, int]] = []
        for at, sheet in enumerate(self._sheets):
            parts = self._parts.get(sheet.page_id, 1)
            found += [(at, part) for part in (range(1, parts + 1) if parts > 1 else (0,))]
        return found

    def _fill_strip(self) -> None:
        places = self._places()
        pages = []
        for at, part in places:
            sheet = self._sheets[at]
            state = tr("rescan") if sheet.came else tr("out") if sheet.excluded is not None else ""
            label = PageRef(sheet.page_number, part).label
            pages.append(SmallPage(label, state, self._small.get(_Wanted(sheet.page_id, part))))
        here = next((row for row, place in enumerate(places) if place == (self._at, self._part)), -1)
        if here < 0:  # as long as it is not known which page of its file that is
            here = next((row for row, (at, _) in enumerate(places) if at == self._at), -1)
        self.strip.show_pages(pages, here)

    def _show(self) -> None:
        self._read = None
        self._fill_strip()
        if not self._sheets:
            self._stop_reading()
            self.bar.say("")
            self._note.setText("")
            self._note.hide()
            self.look.show_picture(
                None, tr("The script has no pages.") if self._key else tr("The script is being read …")
            )
            self._say_steps()
            return
        known = self._known.get(self._wanted)
        if known is not None:
            self._show_read(known)
            return
        self._say(self._sheets[self._at])
        self.look.show_picture(None, tr("The page is being fetched …"))
        if self.isVisible():
            self._fetch(self._at, self._part)

    def _say(self, sheet: Sheet) -> None:
        last, label = self._sheets[-1].page_number, str(sheet.page_number)
        if self._read is not None:
            label = self._read.page.label
        parts, part = self._parts.get(sheet.page_id, 1), self._part
        if sheet.came:
            self.bar.say(tr("Page {page} · the rescan that came", page=label))
        elif self._read is not None and parts > 1:
            self.bar.say(tr("Page {page} · {part} of {parts}", page=label, part=part, parts=parts))
        else:
            self.bar.say(tr("Page {page} of {last}", page=label, last=last))
        notes = []
        if sheet.excluded is not None:
            notes.append(tr("out of the script: {reason}", reason=sheet.excluded.reason))
        if sheet.rescan is not None:
            notes.append(tr("a rescan was asked for: {reason}", reason=sheet.rescan.reason))
        self._note.setText(" · ".join(notes))
        self._note.setVisible(bool(notes))

    def _say_steps(self) -> None:
        for by, action in self._steps.items():
            action.setEnabled(self.isVisible() and self._target(by) is not None)

    def _fetch(self, at: int, part: int) -> None:
        sheet = self._sheets[at]
        wanted = _Wanted(sheet.page_id, part)
        if self._coming == wanted:
            return
        self._stop_reading()
        self._coming = wanted
        work = partial(_read, self._place, sheet, part)
        done, failed = partial(self._on_read, wanted), partial(self._on_read_failed, wanted)
        self._reading = self._tasks.run_reporting(PAGE_LANE, work, done, failed, receiver=self)

    def _stop_reading(self) -> None:
        if self._reading is not None:
            self._reading.cancel()
        self._reading = self._coming = None

    def _fetch_ahead(self) -> None:
        """The next page, so that it is there when she goes on; then all others, to be shown in small."""
        if not self.isVisible():
            return
        target = self._target(1)
        if target is not None and self._missing(target, self._known):
            self._fetch(*target)
            return
        place = next((place for place in self._places() if self._missing(place, self._small)), None)
        if place is not None:
            self._fetch(*place)

    def _missing(self, place: tuple[int, int], there: Container[_Wanted]) -> bool:
        wanted = _Wanted(self._sheets[place[0]].page_id, place[1])
        return wanted not in there and wanted not in self._failed

    def _keep(self, wanted: _Wanted, read: _Read) -> None:
        """In small in any case; as it is where she is, or will be by one step."""
        self._parts[wanted.page_id] = read.parts
        self._small[_Wanted(wanted.page_id, read.page.pdf_page if read.parts > 1 else 0)] = read.small
        near = [target for by in (-1, 1) if (target := self._target(by)) is not None]
        if wanted not in {self._wanted, *(_Wanted(self._sheets[at].page_id, part) for at, part in near)}:
            return
        for name in {wanted, _Wanted(wanted.page_id, read.page.pdf_page)}:
            self._known[name] = read
            self._known.move_to_end(name)
        while len({id(one) for one in self._known.values()}) > _KEPT:
            self._known.popitem(last=False)

    def _show_read(self, read: _Read) -> None:
        self._read, self._part = read, read.page.pdf_page
        self._say(self._sheets[self._at])
        words = self.title if not read.picture.isNull() else tr("The page cannot be shown.")
        self.look.show_picture(read.picture, words, self._pins_here())
        self._say_steps()
        self._fill_strip()
        self._fetch_ahead()

    def _pins_here(self) -> Sequence[Pin]:
        return self._pins.get(self._read.page, ()) if self._read is not None else ()

    # -- slots -----------------------------------------------------------------------------------------------

    def _on_read(self, wanted: _Wanted, read: _Read) -> None:
        self._reading = self._coming = None
        self._keep(wanted, read)
        if self._read is None and wanted == self._wanted:
            self._show_read(read)
        else:
            self._fill_strip()
            self._fetch_ahead()

    def _on_read_failed(self, wanted: _Wanted, error: Exception) -> None:
        self._reading = self._coming = None
        why = trouble_in(error, self._tasks)
        if self._read is None and wanted == self._wanted:
            self.look.show_picture(None, f"{tr('The page cannot be shown.')} {why}")
            self._say_steps()
        if not isinstance(error, OfflineError):  # of a page fetched ahead it is said when she comes to it
            self._failed.add(wanted)
            self._fetch_ahead()

    def _on_bar_chosen(self) -> None:
        if self._sheets:
            self.page_chosen.emit(self._sheets[self._at].page_number)

    def _on_strip_page_requested(self, row: int) -> None:
        self._at, self._part = self._places()[row]
        self._show()

    def _on_look_spot_chosen(self, spot: Spot) -> None:
        if self._read is not None:
            self.spot_chosen.emit(self._read.page, spot)

    # -- Qt --------------------------------------------------------------------------------------------------

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._say_steps()
        if self._sheets and self._read is None:
            self._fetch(self._at, self._part)

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self._say_steps()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Space:
            self._on_bar_chosen()
        elif self.strip.hasFocus():
            self.look.keyPressEvent(event)
        else:
            super().keyPressEvent(event)


def _read(place: CasePlace, sheet: Sheet, part: int, progress: Progress) -> _Read:
    """On the lane of pages."""
    pictures = place.pictures(sheet, lambda: progress.cancelled)
    picture = pictures[min(max(part, 1), len(pictures)) - 1]
    whole = decoded(picture.data)
    if whole.isNull():
        return _Read(picture.page, len(pictures), whole, whole)
    keep, smooth = Qt.AspectRatioMode.KeepAspectRatio, Qt.TransformationMode.SmoothTransformation
    return _Read(picture.page, len(pictures), whole, whole.scaled(SMALL * 2, keep, smooth))
