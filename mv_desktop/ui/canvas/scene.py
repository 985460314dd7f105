"""One script as a scene: its pages in a column, their labels, and the marks on them."""

from __future__ import annotations

import math
import time
from bisect import bisect_right
from collections import Counter, defaultdict, deque
from collections.abc import Container, Iterable, Sequence
from itertools import islice
from operator import attrgetter
from typing import NamedTuple

import shiboken6
from PySide6.QtCore import QObject, QPointF, QRectF, Signal
from PySide6.QtGui import QBrush, QColor, QFontMetricsF, QPainterPath
from PySide6.QtWidgets import QGraphicsItem, QGraphicsScene, QGraphicsSimpleTextItem

from mv_desktop.domain.annotation.shape import Highlight, Placed, TextNote
from mv_desktop.domain.evaluation import BRIGHTEST, PageInfo
from mv_desktop.domain.identifier import AnnotationId, PageRef
from mv_desktop.domain.script import Change, MarkedScript
from mv_desktop.ui.canvas.image_cache import Album, ImageCache, Missing
from mv_desktop.ui.canvas.mark_item import MarkItem
from mv_desktop.ui.canvas.page_item import PAGE_WIDTH, PageItem
from mv_desktop.ui.canvas.shape.formula import FormulaShapes
from mv_desktop.ui.canvas.shape.paper import UNITS
from mv_desktop.ui.canvas.shape.stroke import UNDER
from mv_desktop.ui.canvas.shape.text import wanted_formulas
from mv_desktop.ui.canvas.sheaf import Sheaf
from mv_desktop.ui.text import numbers_text, tr
from mv_desktop.ui.theme import TEXT_SCALES, Theme
from mv_desktop.ui.widgets.math_text import Tex

MARGIN = 12.0
LABEL_HEIGHT = 26.0
_LABEL_SIZE = 11
MARKS_AT_ONCE = 60
"""As many marks are there from the start; those beyond come turn by turn, because thousands at once would be felt."""
MOST_ON_PAGE = 2_000
"""Of one page's marks that are there when the script is opened; to paint more takes longer than one would wait."""
_GAP = 10.0


class Spot(NamedTuple):
    """A point on a page, in fractions of its width and height."""

    page: PageRef
    x: float
    y: float


class VisiblePage(NamedTuple):
    """A page of which something is in the window.

    Attributes:
        share: how much of it, 0..1.
        area: how much, in the scene's square units.
    """

    item: PageItem
    share: float
    area: float


class PageScene(QGraphicsScene):
    """The pages and marks of one script.

    Attributes:
        pages: the page items in reading order.
        script: the model that it shows; the owner changes it and calls `refresh`.
        album: its pictures in the cache.
        brightness: by how many steps its pages are brightened.

    Signals:
        reshaped(AnnotationId | None): its formulas were typeset, and it has another shape now; None: many have.
    """

    reshaped = Signal(object)

    def __init__(
        self,
        pages: Sequence[PageInfo],
        script: MarkedScript,
        album: Album,
        cache: ImageCache,
        theme: Theme,
        parent: QObject | None = None,
        formulas: FormulaShapes | None = None,
    ) -> None:
        super().__init__(parent)
        self._formulas = formulas
        self._untypeset: dict[Tex, list[AnnotationId]] = {}
        if formulas is not None:
            formulas.typeset.connect(self._on_formulas_typeset)
        self.setItemIndexMethod(QGraphicsScene.ItemIndexMethod.BspTreeIndex)
        self.script = script
        self.album = album
        self.brightness = 0
        self.pages: list[PageItem] = []
        self._theme = theme
        self._font = theme.font()
        self._by_ref: dict[PageRef, PageItem] = {}
        self._labels: list[QGraphicsSimpleTextItem] = []
        self._label_drop = 0.0
        self._zoom = 1.0
        self._tops: list[float] = []
        self._marks: dict[AnnotationId, MarkItem] = {}
        self._sheaves: dict[tuple[PageRef, float], Sheaf] = {}
        self._mark_counts = Counter[PageRef]()
        for info in pages:
            item = PageItem(info, album, cache, theme)
            self.addItem(item)
            self.pages.append(item)
            self._by_ref[info.ref] = item
            self._labels.append(self.addSimpleText(""))
        self._layout()
        self._dress()
        self._stale = deque[AnnotationId]()
        self._gone: list[Sheaf] = []
        self._waiting = {item.ref: deque[AnnotationId](maxlen=MOST_ON_PAGE) for item in self.pages}
        ink = iter(script.ink.items())
        for _, placed in islice(ink, MARKS_AT_ONCE):
            self._show(placed)
        for annotation_id, placed in ink:
            waiting = self._waiting.get(placed.page)
            if waiting is not None:
                waiting.append(annotation_id)

    # -- pages -----------------------------------------------------------------------------------------------

    def show_zoom(self, zoom: float) -> None:
        """The pages are seen at this zoom, 1 being life size."""
        self._zoom = zoom
        self._place_labels()

    def page(self, ref: PageRef) -> PageItem | None:
        """The item of a page."""
        return self._by_ref.get(ref)

    def index(self, item: PageItem) -> int:
        """The place of a page in reading order, from 0."""
        return bisect_right(self._tops, item.sceneBoundingRect().center().y()) - 1

    def page_rect(self, item: PageItem) -> QRectF:
        """Where a page stands in the scene."""
        return QRectF(0.0, self._tops[self.index(item)], PAGE_WIDTH, item.shown_height)

    def page_at(self, point: QPointF) -> PageItem | None:
        """The page under a point of the scene."""
        item = self.nearest_page(point)
        return item if item is not None and self.page_rect(item).contains(point) else None

    def nearest_page(self, point: QPointF) -> PageItem | None:
        """The page under a point, else the one whose edge is nearest; None for a script without pages."""
        if not self.pages:
            return None
        number = max(0, bisect_right(self._tops, point.y()) - 1)
        here = self.pages[number]
        if number + 1 < len(self.pages):
            below_here = point.y() - (self._tops[number] + here.shown_height)
            if below_here > self._tops[number + 1] - point.y():
                return self.pages[number + 1]
        return here

    def spot_at(self, point: QPointF, *, nearest: bool = False) -> Spot | None:
        """The spot under a point of the scene; with `nearest`, the nearest spot of the nearest page."""
        item = self.nearest_page(point) if nearest else self.page_at(point)
        if item is None:
            return None
        local = item.mapFromScene(point)
        x, y = local.x() / UNITS, local.y() / item.height
        return Spot(item.ref, min(1.0, max(0.0, x)), min(1.0, max(0.0, y)))

    def stepped(self, point: QPointF, step: QPointF) -> QPointF:
        """`point` moved by `step`; over the edge of a page it goes on at the edge of the next."""
        there = point + step
        here = self.nearest_page(point)
        if here is None or not step.y() or self.page_at(there) is not None:
            return there
        number = self.index(here) + (1 if step.y() > 0 else -1)
        if not 0 <= number < len(self.pages):
            return there
        beyond = self.page_rect(self.pages[number])
        return QPointF(there.x(), beyond.top() if step.y() > 0 else beyond.bottom())

    def point_of(self, spot: Spot) -> QPointF:
        """The scene's point of a spot. Raises KeyError when the script has no such page."""
        item = self._by_ref[spot.page]
        return item.mapToScene(QPointF(spot.x * UNITS, spot.y * item.height))

    def visible(self, rect: QRectF) -> list[VisiblePage]:
        """The pages that a rectangle of the scene shows, in reading order."""
        found = []
        for number in range(max(0, bisect_right(self._tops, rect.top()) - 1), len(self.pages)):
            item = self.pages[number]
            place = QRectF(0.0, self._tops[number], PAGE_WIDTH, item.shown_height)
            if place.top() > rect.bottom():
                break
            shown = place.intersected(rect)
            area = shown.width() * shown.height()
            if area > 0:
                found.append(VisiblePage(item, area / (place.width() * place.height()), area))
        return found

    def update_page(self, info: PageInfo) -> None:
        """A page's files came, or more is known of it."""
        item = self._by_ref.get(info.ref)
        if item is not None:
            before = item.height
            item.set_info(info)
            self._name((info.ref,))
            if item.height != before:
                self._layout()
                self._put_again(placed for placed in list(self.script.ink.values()) if placed.page == info.ref)

    def turn_page(self, ref: PageRef, quarter_turns: int) -> None:
        """Turn a page for viewing, clockwise from how it was uploaded."""
        item = self._by_ref[ref]
        item.quarter_turns = quarter_turns % 4
        self._layout()
        for mark in self._marks.values():
            if mark.page == ref:
                mark.turn()

    def turns(self) -> tuple[tuple[PageRef, int], ...]:
        """The pages that are turned, and by how many quarter turns."""
        return tuple((item.ref, item.quarter_turns) for item in self.pages if item.quarter_turns)

    def brighten(self, step: int) -> None:
        """Show all pages brightened by that many steps, as soon as the pictures are there."""
        self.brightness = step
        for item in self.pages:
            item.brightness = step
            item.update()
        self._name(self._by_ref)

    def set_flagged(self, refs: Iterable[PageRef]) -> None:
        """The pages for which a rescan was asked."""
        asked = frozenset(refs)
        for item in self.pages:
            if item.flagged != (item.ref in asked):
                item.flagged = item.ref in asked
                item.update()

    def set_missing(self, missing: Missing) -> None:
        """A page's picture could not be had."""
        item = self._by_ref.get(missing.ref)
        if item is not None:
            item.set_missing(missing)

    def set_theme(self, theme: Theme) -> None:
        """Wear other colours."""
        self._theme = theme
        for item in self.pages:
            item.set_theme(theme)
        self._dress()

    # -- marks -----------------------------------------------------------------------------------------------

    def refresh(self, change: Change) -> None:
        """Show what `change` says has changed in the script, and touch nothing else."""
        if change.pages:
            self._name(change.pages)
        ink = self.script.ink
        self._hide_all([annotation_id for annotation_id in change.annotations if annotation_id not in ink])
        there = sorted((i for i in change.annotations if i in ink), key=attrgetter("int"))
        for annotation_id in there[:MARKS_AT_ONCE]:  # as they were made: later ones on top
            self._show(ink[annotation_id])
        self._stale += there[MARKS_AT_ONCE:]

    @property
    def marks_waiting(self) -> bool:
        """There are marks that have no item yet, or an old one, or items of marks that have gone."""
        return bool(self._stale or self._gone) or any(self._waiting.values())

    def show_waiting_marks(self, first: Iterable[PageRef], seconds: float) -> None:
        """Go on with the marks that have no item yet, or an old one, for so long.

        Args:
            first: the pages whose marks come before all others, such as those in the window.
            seconds: at least one mark is shown, however short this is.
        """
        end = time.monotonic() + seconds
        for page in (*first, *self._waiting):
            waiting = self._waiting.get(page)
            while waiting:
                annotation_id = waiting.popleft()
                placed = self.script.ink.get(annotation_id)
                if placed is not None and annotation_id not in self._marks:
                    self._show(placed)
                if time.monotonic() >= end:
                    return
        while self._stale:
            placed = self.script.ink.get(self._stale.popleft())
            if placed is not None:
                self._show(placed)
            if not self._stale:
                self.reshaped.emit(None)
            if time.monotonic() >= end:
                return
        while self._gone and time.monotonic() < end:
            shiboken6.delete(self._gone.pop())

    def take_apart(self, seconds: float) -> bool:
        """Let go of the marks for so long, of one sheaf at least; True while there are more.

        The scene is shown no more, and to be deleted when no marks are left.
        """
        end = time.monotonic() + seconds
        self._sheaves.clear()
        for page in self.pages:
            for sheaf in page.childItems():
                if not isinstance(sheaf, Sheaf):
                    continue
                for mark in sheaf.childItems():
                    if isinstance(mark, MarkItem):
                        self._marks.pop(mark.annotation_id, None)
                shiboken6.delete(sheaf)
                if time.monotonic() >= end:
                    return True
        return False

    def mark(self, annotation_id: AnnotationId) -> MarkItem | None:
        """The item of an annotation."""
        return self._marks.get(annotation_id)

    @property
    def mark_total(self) -> int:
        """How many marks are drawn."""
        return len(self._marks)

    def mark_count(self, ref: PageRef) -> int:
        """How many marks are drawn on a page."""
        return self._mark_counts[ref]

    def marks_in(self, rect: QRectF) -> list[MarkItem]:
        """The marks that a rectangle of the scene touches, uppermost first."""
        return [item for item in self.items(rect) if isinstance(item, MarkItem) and item.isEnabled()]

    def preview(self, placed: Iterable[Placed]) -> None:
        """Show these on their pages as if the script had them so, until `restore` or a change of theirs."""
        for each in placed:
            item = self._marks.get(each.annotation.annotation_id)
            if item is not None:
                item.show_mark(each)

    def restore(self, annotation_ids: Iterable[AnnotationId]) -> None:
        """Show these as the script has them."""
        self.preview(self.script.ink[i] for i in annotation_ids if i in self.script.ink)

    def marks_on(self, area: QPainterPath) -> list[MarkItem]:
        """The marks whose ink an area of the scene touches."""
        return [item for item in self.items(area) if isinstance(item, MarkItem) and item.isEnabled()]

    def ghost(self, placed: Placed) -> MarkItem | None:
        """A mark that is shown but not there yet; the caller removes it. None on a page that the script lacks."""
        page = self._by_ref.get(placed.page)
        if page is None:
            return None
        item = MarkItem(placed, page, self._font, self._formulas)
        item.setEnabled(False)
        return item

    # -- private ---------------------------------------------------------------------------------------------

    def _show(self, placed: Placed) -> None:
        annotation_id = placed.annotation.annotation_id
        self._hide(annotation_id)
        page = self._by_ref.get(placed.page)
        if page is not None:
            sheaf = self._sheaf_on(page, placed)
            self._mark_counts[placed.page] += 1
            self._marks[annotation_id] = MarkItem(placed, page, self._font, self._formulas, sheaf)
            self._want_formulas(placed)

    def _sheaf_on(self, page: PageItem, placed: Placed) -> Sheaf:
        """The one that the page's next mark goes into; highlights have their own, under all others."""
        level = UNDER if isinstance(placed.annotation, Highlight) else 0.0
        sheaf = self._sheaves.get((page.ref, level))
        if sheaf is None or sheaf.full:
            sheaf = self._sheaves[page.ref, level] = Sheaf(page, level)
        return sheaf

    def _want_formulas(self, placed: Placed) -> None:
        """Let the formulas of a note be typeset; until they all are, it shows their source."""
        note = placed.annotation
        if self._formulas is None or not isinstance(note, TextNote):
            return
        for tex in wanted_formulas(note):
            if self._formulas.known(tex) is None:
                self._untypeset.setdefault(tex, []).append(note.annotation_id)
                self._formulas.want(tex)

    def _on_formulas_typeset(self, tex: Tex) -> None:
        for annotation_id in self._untypeset.pop(tex, ()):
            item = self._marks.get(annotation_id)
            if item is None or any(annotation_id in waiting for waiting in self._untypeset.values()):
                continue  # once, when the last of its formulas is there
            item.show_mark(item.placed)
            self.reshaped.emit(annotation_id)

    def _hide(self, annotation_id: AnnotationId) -> None:
        item = self._marks.pop(annotation_id, None)
        if item is not None:
            self._mark_counts[item.page] -= 1
            self._take_out(item, item.parentItem())

    def _hide_all(self, annotation_ids: Sequence[AnnotationId]) -> None:
        """Many that lie together go a sheaf at a time: it is out of sight at once, and deleted in a later turn."""
        if len(annotation_ids) <= MARKS_AT_ONCE:
            for annotation_id in annotation_ids:
                self._hide(annotation_id)
            return
        together = defaultdict[QGraphicsItem, list[MarkItem]](list)
        for annotation_id in annotation_ids:
            item = self._marks.pop(annotation_id, None)
            if item is not None:
                self._mark_counts[item.page] -= 1
                together[item.parentItem()].append(item)
        for sheaf, items in together.items():
            if isinstance(sheaf, Sheaf) and len(items) == sheaf.marks:
                self.removeItem(sheaf)
                if self._sheaves.get((sheaf.page.ref, sheaf.zValue())) is sheaf:
                    del self._sheaves[sheaf.page.ref, sheaf.zValue()]
                self._gone.append(sheaf)
            else:
                for item in items:
                    self._take_out(item, sheaf)

    def _take_out(self, item: MarkItem, sheaf: QGraphicsItem) -> None:
        self.removeItem(item)
        if isinstance(sheaf, Sheaf):
            sheaf.lose()
            if sheaf.spent:
                self.removeItem(sheaf)

    def _put_again(self, placed: Iterable[Placed]) -> None:
        for item in placed:
            self._show(item)

    def _layout(self) -> None:
        self._tops = []
        top = 0.0
        for item, label in zip(self.pages, self._labels, strict=True):
            label.setPos(2.0, top + self._label_drop)
            top += LABEL_HEIGHT
            self._tops.append(top)
            item.put(top)
            top += item.shown_height + _GAP
        self.setSceneRect(QRectF(-MARGIN, 0.0, PAGE_WIDTH + 2 * MARGIN, max(top, 1.0)))

    def _dress(self) -> None:
        font = self._theme.font()
        # quiet, and it grows with the zoom: what is looked for is below it
        font.setPixelSize(round(_LABEL_SIZE * TEXT_SCALES[self._theme.scale]))
        brush = QBrush(QColor(self._theme.colors.on_canvas))
        for label in self._labels:
            label.setFont(font)
            label.setBrush(brush)
        self._place_labels()
        self._name(self._by_ref)

    def _place_labels(self) -> None:
        """In the middle of their room; while pages are small they fill it, so that they can still be read."""
        height = math.ceil(QFontMetricsF(self._labels[0].font()).height()) if self._labels else LABEL_HEIGHT
        scale = max(1.0, min(1.0 / self._zoom, LABEL_HEIGHT / height))
        drop = (LABEL_HEIGHT - height * scale) / 2
        for label in self._labels:
            label.setScale(scale)
            label.setY(label.y() + drop - self._label_drop)
        self._label_drop = drop

    def _name(self, refs: Container[PageRef]) -> None:
        """Say over pages which they are, and what is answered on them."""
        for item, label in zip(self.pages, self._labels, strict=True):
            if item.ref not in refs:
                continue
            parts = [tr("Page {page}", page=item.ref.label)]
            numbers = numbers_text(self.script.answered_on(item.ref, item.info.questions))
            if numbers:
                parts.append(f"{tr('Q')}{numbers}")
            if self.brightness:
                parts.append(tr("brightened, step {step} of {steps}", step=self.brightness, steps=BRIGHTEST))
            words = "  ·  ".join(parts)
            if label.text() != words:
                label.setText(words)
