"""Tables on paper: a row is a block, and each page that rows begin has the headings above them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from mv_desktop.domain.report_table import Column, Measure, ReportTable
from mv_desktop.ui.paper.flow import lines_of
from mv_desktop.ui.paper.painting import Told
from mv_desktop.ui.paper.sheet import UNIT, Block, Mark, Rule, Style, Words, metrics, room
from mv_desktop.ui.widgets.report_text import cell_text

_TO_THE_LEFT = frozenset({Measure.TEXT, Measure.DAY})
_AIR, _MOST_AIR = 9 * UNIT, 40 * UNIT
"""Between columns: at least, and where there is room for more."""
_BELOW = 2 * UNIT
"""Below a row."""
_MOST_LINES = 20
"""A row of more goes on in another block, which may be on the next page."""
_LONGEST_WORD = 8
"""One column of that many has a word to itself whole; what is longer is broken where there is little room."""
_AT_ONCE = 10
"""So many rows are measured, or laid out, before the window goes on."""


def table_blocks(table: ReportTable, width: float, told: Told) -> Iterator[Block]:
    """The headings, which cling, and the rows. On a lane."""
    rows: list[tuple[str, ...]] = []
    form = _Form(table.columns, width)
    for number, values in enumerate(table.rows):
        if number % _AT_ONCE == 0:
            told(0, len(table.rows))
        texts = tuple(cell_text(one, column.measure) for one, column in zip(values, table.columns, strict=True))
        form.measure(texts)
        rows.append(texts)
    places = form.places()
    head = _head([column.heading for column in table.columns], places)
    yield head
    for number, texts in enumerate(rows):
        if number % _AT_ONCE == 0:
            told(number, len(rows))
        yield from _row(texts, places, head)
    told(len(rows), len(rows))


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a column stands, and whether its words begin at the left or end at the right."""

    x: float
    width: float
    to_the_left: bool


class _Form:
    """Finds how wide columns are: as their widest cells, where there is room; else words go on in the next line."""

    def __init__(self, columns: Sequence[Column], width: float) -> None:
        self._columns, self._width = columns, width
        strong, self._metrics = metrics(Style.SMALL_STRONG), metrics(Style.SMALL)
        self._known: dict[str, float] = {}
        self._whole = [strong.horizontalAdvance(one.heading) for one in columns]
        self._least = [max(map(strong.horizontalAdvance, one.heading.split()), default=0.0) for one in columns]

    def measure(self, texts: Sequence[str]) -> None:
        """One more row."""
        for number, (text, column) in enumerate(zip(texts, self._columns, strict=True)):
            wide = self._advance(text)
            self._whole[number] = max(self._whole[number], wide)
            if column.measure is Measure.TEXT:
                words = max(map(self._advance, text.split()), default=0.0)
                wide = min(words, self._width / _LONGEST_WORD)
            self._least[number] = max(self._least[number], wide)

    def places(self) -> list[_Place]:
        """Where each column stands."""
        count = len(self._columns)
        room_ = self._width - _AIR * (count - 1)
        spare = room_ - sum(self._whole)
        if spare >= 0:
            widths, air = self._whole, min(_MOST_AIR, _AIR + spare / max(1, count - 1))
        else:
            widths, air = self._narrowed(room_), _AIR
        places, x = [], 0.0
        for column, wide in zip(self._columns, widths, strict=True):
            places.append(_Place(x, wide, column.measure in _TO_THE_LEFT))
            x += wide + air
        return places

    def _narrowed(self, width: float) -> list[float]:
        """The least of each, and of what is left as much as it lacks in proportion."""
        least = sum(self._least)
        if least >= width:
            return [one * width / least for one in self._least]
        share = (width - least) / (sum(self._whole) - least)
        return [few + (whole - few) * share for few, whole in zip(self._least, self._whole, strict=True)]

    def _advance(self, text: str) -> float:
        """Most of what tables hold stands there more than once."""
        known = self._known.get(text)
        if known is None:
            known = self._known[text] = self._metrics.horizontalAdvance(text)
        return known


def _head(headings: Sequence[str], places: Sequence[_Place]) -> Block:
    """Their last lines beside one another, above a rule."""
    cells = _cells(headings, places, Style.SMALL_STRONG)
    count = max(map(len, cells), default=0)
    marks = _marks([[""] * (count - len(lines)) + lines for lines in cells], places, Style.SMALL_STRONG)
    high = count * sum(room(Style.SMALL_STRONG)) + _BELOW
    return Block(high + 2 * _BELOW, (*marks, Rule(0, high, places[-1].x + places[-1].width)), clings=True)


def _row(texts: Sequence[str], places: Sequence[_Place], head: Block) -> Iterator[Block]:
    cells = _cells(texts, places, Style.SMALL)
    count, line = max(map(len, cells), default=0), sum(room(Style.SMALL))
    for start in range(0, count, _MOST_LINES):
        part = [lines[start : start + _MOST_LINES] for lines in cells]
        high = max(map(len, part)) * line + (_BELOW if start + _MOST_LINES >= count else 0)
        yield Block(high, tuple(_marks(part, places, Style.SMALL)), head=head)


def _cells(texts: Sequence[str], places: Sequence[_Place], style: Style) -> list[list[str]]:
    """The lines of each cell."""
    measured = metrics(style)
    return [
        # a line is whole in the PDF, so that whoever copies from it gets a cell and no words
        [text] if text.isprintable() and measured.horizontalAdvance(text) <= place.width + 1
        else _broken(text, place.width, style)
        for text, place in zip(texts, places, strict=True)
    ]  # fmt: skip


def _broken(text: str, width: float, style: Style) -> list[str]:
    found = []
    for line in lines_of(text, width, style, lambda _tex: None):  # as it was written: tables have letters, no formulas
        words = [
            (" " if piece.gap and number else "") + mark.text
            for number, piece in enumerate(line.pieces)
            for mark in piece.marks
            if isinstance(mark, Words)
        ]
        found.append("".join(words))
    return found


def _marks(cells: Sequence[Sequence[str]], places: Sequence[_Place], style: Style) -> Iterator[Mark]:
    measured, (above, below) = metrics(style), room(style)
    for lines, place in zip(cells, places, strict=True):
        for number, words in enumerate(lines):
            if words:
                x = place.x if place.to_the_left else place.x + place.width - measured.horizontalAdvance(words)
                yield Words(x, number * (above + below) + above, words, style)
