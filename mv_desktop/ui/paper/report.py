"""A report laid out on pages: its sentence, its chart, and its table."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from mv_desktop.ui.paper.flow import block_of, lines_of
from mv_desktop.ui.paper.pages import numbered, pages_of
from mv_desktop.ui.paper.painting import Laid, Told
from mv_desktop.ui.paper.sheet import LYING, UNIT, Block, Graph, Style
from mv_desktop.ui.paper.table import table_blocks
from mv_desktop.ui.widgets.chart import Chart, Look
from mv_desktop.ui.widgets.report_text import Shown

_WIDTH = LYING.width
_HIGH, _HIGH_DOTS = 210 * UNIT, 320 * UNIT
"""How high a chart is: of bars that stand or lines, and of dots."""
_LYING_BAR = 23 * UNIT
"""So high is a bar that lies: less, and the chart leaves some to the table."""
_AROUND = 8 * UNIT


def lay_report(shown: Shown, as_of: str, name: str, told: Told) -> Laid:
    """A4 on its side, all rows, no row cut in two that fits on a page. On a lane.

    Args:
        shown: what is looked at.
        as_of: the sentence from when it is, on each page.
        name: of a file that it is saved in, without the ending.
        told: hears how many rows are laid out.
    """
    title = shown.table.title
    blocks = [*_head(title, Style.TITLE), *_head(shown.summary, Style.BODY), *_head(as_of, Style.SMALL)]
    if shown.chart.bars:
        left = LYING.height - sum(one.height for one in blocks)
        high = min(_height(shown.chart), left - 2 * _AROUND)
        blocks.append(Block(high + 2 * _AROUND, (Graph(0, _AROUND, _WIDTH, high, shown.chart),)))
    blocks += table_blocks(shown.table, _WIDTH, told)
    return Laid(title, numbered(pages_of(blocks, LYING.height), title, LYING, as_of), LYING, name)


def _head(words: str, style: Style) -> Iterator[Block]:
    if words:
        yield replace(block_of(lines_of(words, _WIDTH, style, lambda _tex: None), _WIDTH, after=2 * UNIT), clings=True)


def _height(chart: Chart) -> float:
    if chart.look is Look.DOTS:
        return _HIGH_DOTS
    if chart.upright or chart.look is Look.LINES:
        return _HIGH
    return _LYING_BAR * (len(chart.bars) + 2)
