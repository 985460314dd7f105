"""Blocks put on pages, which are numbered and say what they belong to."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from PySide6.QtCore import Qt

from mv_desktop.ui.paper.sheet import (
    BOTTOM,
    LEFT,
    TOP,
    UNIT,
    UPRIGHT,
    Block,
    Mark,
    Page,
    Sheet,
    Style,
    Words,
    metrics,
    moved,
)
from mv_desktop.ui.text import tr

_ABOVE, _BELOW = 16 * UNIT, 30 * UNIT
"""So far from what a page holds its title stands, and its number."""


def pages_of(blocks: Sequence[Block], high: float = UPRIGHT.height) -> tuple[Page, ...]:
    """Blocks on pages: what clings together goes on to the next page together, where it fits on one."""
    pages: list[list[Mark]] = [[]]
    top = 0.0
    for chain in _chains(blocks):
        whole = sum(one.height for one in chain)
        if top + whole > high and top and (whole <= high or top > high / 2):
            pages.append([])
            top = 0.0
        for one in chain:
            if top + one.height > high and top:
                pages.append([])
                top = 0.0
            if one.head is not None and not top:
                pages[-1] += one.head.marks
                top = one.head.height
            pages[-1] += [moved(mark, 0, top) for mark in one.marks]
            top += one.height
    return tuple(Page(tuple(moved(mark, LEFT, TOP) for mark in marks)) for marks in pages)


def numbered(pages: Sequence[Page], title: str, sheet: Sheet = UPRIGHT, note: str = "") -> tuple[Page, ...]:
    """With their numbers at the foot, and from the second one on with the title above and a note beside the number."""
    measured, foot_at = metrics(Style.SMALL), sheet.high - BOTTOM + _BELOW
    head = measured.elidedText(title, Qt.TextElideMode.ElideRight, sheet.width)
    found = []
    for number, page in enumerate(pages, 1):
        words = tr("Page {number} of {all}", number=number, all=len(pages))
        x = LEFT + (sheet.width - measured.horizontalAdvance(words)) / 2
        foot: list[Mark] = [Words(x, foot_at, words, Style.SMALL)]
        if number > 1:
            foot += [Words(LEFT, foot_at, note, Style.SMALL)] if note else []
            foot.append(Words(LEFT, TOP - _ABOVE, head, Style.SMALL))
        found.append(Page((*page.marks, *foot)))
    return tuple(found)


def _chains(blocks: Sequence[Block]) -> Iterator[list[Block]]:
    chain: list[Block] = []
    for one in blocks:
        chain.append(one)
        if not one.clings:
            yield chain
            chain = []
    if chain:
        yield chain
