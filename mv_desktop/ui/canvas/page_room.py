"""How far marks can be moved: the middle of each stays on its page."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from PySide6.QtCore import QPointF, QRectF

from mv_desktop.ui.canvas.page_item import PageItem
from mv_desktop.ui.canvas.scene import PageScene
from mv_desktop.ui.canvas.shape.paper import UNITS


def around(points: Iterable[QPointF]) -> QRectF:
    """The rectangle that just holds these points, of which there is one at least."""
    across, down = zip(*((point.x(), point.y()) for point in points), strict=True)
    return QRectF(QPointF(min(across), min(down)), QPointF(max(across), max(down)))


def kept_in(room: QRectF, middles: QRectF, shift: QPointF) -> QPointF:
    """As much of `shift` as leaves `middles` within `room`."""
    across = max(min(shift.x(), room.right() - middles.right()), room.left() - middles.left())
    down = max(min(shift.y(), room.bottom() - middles.bottom()), room.top() - middles.top())
    return QPointF(across, down)


def end_on(page: PageItem, fixed: QPointF, end: QPointF, *, keep: bool) -> QPointF:
    """`end` on the page, all in its coordinates; with `keep`, on the straight way to `fixed`, if that stands on it."""
    if not (keep and 0.0 <= fixed.x() <= UNITS and 0.0 <= fixed.y() <= page.height):
        return QPointF(min(UNITS, max(0.0, end.x())), min(page.height, max(0.0, end.y())))
    share = 1.0
    for start, there, most in ((fixed.x(), end.x(), UNITS), (fixed.y(), end.y(), page.height)):
        if there > most:
            share = min(share, (most - start) / (there - start))
        elif there < 0.0:
            share = min(share, start / (start - there))
    return fixed + (end - fixed) * share


def stepped(sheet: PageScene, held: Mapping[PageItem, QRectF], gone: QPointF, step: QPointF) -> QPointF:
    """What a step does to marks that went by `gone` already.

    Over the edge of a page they go on at the edge of the next, all of them; marks of several pages stay on theirs.

    Args:
        sheet: the pages.
        held: for each page, what held the middles of its marks before they went anywhere.
        gone: how far they went since.
        step: how far they are to go now.
    """
    if len(held) != 1:
        for page, middles in held.items():
            step = kept_in(sheet.page_rect(page), middles.translated(gone), step)
        return step
    middles = next(iter(held.values())).translated(gone)
    here = sheet.nearest_page(middles.center())
    if here is None:
        return QPointF()
    ahead, behind = (middles.bottom(), middles.top()) if step.y() > 0 else (middles.top(), middles.bottom())
    there = sheet.stepped(QPointF(middles.center().x(), ahead), step)
    beyond = sheet.nearest_page(there)
    if beyond is None or beyond is here or sheet.page_rect(beyond).height() < middles.height():
        return kept_in(sheet.page_rect(here), middles, step)
    return kept_in(sheet.page_rect(beyond), middles, QPointF(step.x(), there.y() - behind))


def carrying(
    sheet: PageScene, held: Mapping[PageItem, QRectF], gone: QPointF
) -> tuple[PageItem | None, PageItem | None]:
    """From which page to which marks went that went by `gone`; None and None when each stays on its own."""
    if len(held) != 1:
        return None, None
    ((source, middles),) = held.items()
    return source, sheet.nearest_page(middles.translated(gone).center())
