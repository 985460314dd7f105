"""How long each page was read: counted from what was on screen, told now and then."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import cast

from PySide6.QtCore import QRect
from PySide6.QtGui import QRegion

from mv_desktop.domain.identifier import PageRef
from mv_desktop.domain.script import Seen

GRID = 1000
"""A page has so many places across and down, to tell which of them were shown."""


def rectangles(region: QRegion) -> list[QRect]:
    """What a region is made of; none of them overlap."""
    return list(cast(Iterable[QRect], region))  # which the stubs do not know


def shown_together(parts: Iterable[tuple[PageRef, QRegion]]) -> dict[PageRef, float]:
    """The share (0..1) of each page that several views show at once; what two of them show counts once.

    Args:
        parts: what a view shows of a page, on a grid of `GRID` by `GRID`.
    """
    whole: dict[PageRef, QRegion] = {}
    for page, part in parts:
        whole[page] = whole[page].united(part) if page in whole else part
    return {
        page: sum(rect.width() * rect.height() for rect in rectangles(region)) / GRID**2
        for page, region in whole.items()
    }


class ReadingMeter:
    """Adds up the seconds for which pages were shown at a readable size.

    Starts from what is already known, so that its numbers are those of the whole evaluation.
    """

    def __init__(self, known: Mapping[PageRef, Seen]) -> None:
        self._seen = dict(known)
        self._untold: set[PageRef] = set()

    def add(self, shown: Iterable[tuple[PageRef, float]], seconds: float) -> None:
        """These pages were shown for `seconds`, each with this share (0..1) of it."""
        for page, share in shown:
            before = self._seen.get(page, Seen())
            self._seen[page] = Seen(before.seconds + seconds, max(before.largest_share, share))
            self._untold.add(page)

    def forget(self, page: PageRef) -> None:
        """Another picture stands there now: nothing of it was shown."""
        self._seen.pop(page, None)
        self._untold.discard(page)

    def take(self) -> dict[PageRef, Seen]:
        """What has changed since it was last taken: the numbers in all, not the difference."""
        changed = {page: self._seen[page] for page in sorted(self._untold)}
        self._untold.clear()
        return changed
