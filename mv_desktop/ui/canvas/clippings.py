"""Copy, cut, paste and duplicate: what is selected, by way of the system's clipboard."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Protocol, cast

from PySide6.QtCore import QMimeData
from PySide6.QtGui import QGuiApplication

from mv_desktop.core.errors import InvalidError
from mv_desktop.domain.annotation.clipping import (
    MIME_TYPE,
    Clipped,
    Clipping,
    checked_text,
    clipping_of,
    read_as_written,
    read_clipping,
    written,
)
from mv_desktop.domain.annotation.shape import Placed, TextNote
from mv_desktop.domain.identifier import AnnotationId, MarkKey, PageRef
from mv_desktop.ui.canvas.page_item import PageItem
from mv_desktop.ui.canvas.scene import PageScene, Spot
from mv_desktop.ui.canvas.tools.tool import StampInk, Surface
from mv_desktop.ui.text import tr

_ASIDE = 0.015
"""How far beside the first a copy goes that is put nowhere in particular, in fractions of the page's width."""
_LONGEST_ROW = 64
"""So many copies on one spot go aside one by one; then they begin again."""


class Desk(Surface, Protocol):
    """What clippings need of the page view."""

    @property
    def selected(self) -> tuple[AnnotationId, ...]:
        """What is selected."""
        ...

    @property
    def current_page(self) -> PageRef | None:
        """The page most visible."""
        ...

    def pointed_spot(self) -> Spot | None:
        """The spot at the pen point, else under the pointer; None where that is beside the pages."""
        ...

    def select(self, annotation_ids: Iterable[AnnotationId]) -> None:
        """Select these."""
        ...


class Clippings:
    """Takes what is selected on a view, and puts on it what is on the clipboard."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._last: tuple[tuple[PageRef, float, float] | None, int] = (None, -1)
        self._copied: tuple[bytes, Clipping] | None = None

    def copy(self) -> bool:
        """Put what is selected on the clipboard: for this program as it is, for others its words.

        Returns:
            False when nothing is selected that can be copied.

        Raises:
            InvalidError: it is too much.
        """
        clipping = clipping_of(item for _, item in self._selected())
        if not clipping.items:
            return False
        data, content = QMimeData(), written(clipping)
        data.setData(MIME_TYPE, content)
        self._copied = (content, clipping) if read_as_written(clipping) else None
        if clipping.text:
            data.setText(clipping.text)
        QGuiApplication.clipboard().setMimeData(data)
        self._last = (None, -1)
        return True

    def cut(self) -> bool:
        """Copy, and ask for the deletion of what was copied. As `copy`; False also when nothing may be changed."""
        if self._desk.read_only or not self.copy():
            return False
        self._desk.delete(self._desk.selected)
        return True

    def paste(self) -> None:
        """Ask for what is on the clipboard, where one points at, else slightly beside where it was.

        It is moved so far that all of it stands on the page.

        Raises:
            InvalidError: there is nothing that can be pasted, or it is too much.
        """
        sheet, page = self._desk.sheet, self._page()
        if sheet is None or page is None or self._desk.read_only:
            return
        # Qt says otherwise, but of an empty clipboard it answers None
        data = cast("QMimeData | None", QGuiApplication.clipboard().mimeData()) or QMimeData()
        if data.hasFormat(MIME_TYPE):
            self._put(self._pasted(self._read(bytes(data.data(MIME_TYPE).data())), page))
            return
        text = checked_text(data.text()) if data.hasText() else ""
        if not text.strip():
            raise InvalidError(tr("There is nothing on the clipboard that can be put on a page."))
        self._put((self._note(text, page),))

    def duplicate(self) -> bool:
        """Ask for what is selected once more, slightly beside it. As `copy`; False also when nothing may be changed."""
        if self._desk.read_only:
            return False
        by_page: dict[PageItem, list[Clipped]] = {}
        for page, item in self._selected():
            by_page.setdefault(page, []).append(item)
        made: list[Placed] = []
        for page, items in by_page.items():
            clipping = clipping_of(items)
            if clipping.items:
                made += self._placed(
                    clipping, page, clipping.shift_aside(page.ratio, (0.0, 0.0), _ASIDE, page.quarter_turns)
                )
        self._put(made)
        return bool(made)

    # -- private ---------------------------------------------------------------------------------------------

    def _selected(self) -> list[tuple[PageItem, Clipped]]:
        sheet = self._desk.sheet
        if sheet is None:
            return []
        chosen = set(self._desk.selected)
        there = [item for annotation_id, item in sheet.script.ink.items() if annotation_id in chosen]
        pages = [(sheet.page(item.page), item.annotation) for item in there]
        return [(page, Clipped(annotation, page.ratio)) for page, annotation in pages if page is not None]

    def _read(self, content: bytes) -> Clipping:
        """What was copied here need not be read: of thousands of marks that would be felt."""
        if self._copied is not None and self._copied[0] == content:
            return self._copied[1]
        return read_clipping(content)

    def _page(self) -> PageItem | None:
        sheet, spot = self._desk.sheet, self._desk.pointed_spot()
        ref = self._desk.current_page if spot is None else spot.page
        return None if sheet is None or ref is None else sheet.page(ref)

    def _pasted(self, clipping: Clipping, page: PageItem) -> list[Placed]:
        spot = self._desk.pointed_spot()
        x, y = clipping.middle
        shift = (0.0, 0.0) if spot is None else (spot.x - x, spot.y * page.ratio - y)
        across, down = clipping.shift_within(page.ratio, shift, page.quarter_turns)
        # a copy never lies exactly on the one before: nobody would see it, and it would count
        last, times = self._last
        here = (page.ref, round(across, 3), round(down, 3))
        times = (times + 1) % _LONGEST_ROW if last == here else 0
        self._last = (here, times)
        by = _ASIDE * (times + (spot is None))
        aside = clipping.shift_aside(page.ratio, (across, down), by, page.quarter_turns)
        return self._placed(clipping, page, aside)

    def _placed(self, clipping: Clipping, page: PageItem, shift: tuple[float, float]) -> list[Placed]:
        key = _key(self._ink(page))
        return [Placed(page.ref, made) for made in clipping.placed_on(page.ratio, shift, self._desk.ids, key)]

    def _note(self, text: str, page: PageItem) -> Placed:
        spot, ink = self._desk.pointed_spot(), self._ink(page)
        x, y = (0.3, 0.3) if spot is None else (spot.x, spot.y)
        note = TextNote(
            id=self._desk.ids(),
            x=round(x, 5),
            y=round(y, 5),
            text=text,
            color=ink.color or self._desk.ink.color,
            question_number=ink.question_number,
            alternative=ink.alternative,
        )
        whole = Clipping((Clipped(note, page.ratio),))
        across, down = whole.shift_within(page.ratio, (0.0, 0.0), page.quarter_turns)
        there = {"x": round(note.x + across, 5), "y": round(note.y + down / page.ratio, 5)}
        return Placed(page.ref, note.model_copy(update=there))

    def _ink(self, page: PageItem) -> StampInk:
        return self._desk.ink_for(None, page.ref)

    def _put(self, placed: Iterable[Placed]) -> None:
        made = tuple(placed)
        if not made:
            return
        self._desk.put(made)
        sheet: PageScene | None = self._desk.sheet
        ids = [item.annotation.annotation_id for item in made]
        if sheet is not None and all(i in sheet.script.ink for i in ids):
            self._desk.select(ids)


def _key(ink: StampInk) -> MarkKey | None:
    return None if ink.question_number is None else MarkKey(ink.question_number, ink.alternative or "")
