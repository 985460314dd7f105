"""A report as a PDF: its sentence, its chart, and its table with the headings on every page."""

from __future__ import annotations

import html

from PySide6.QtCore import QBuffer, QIODevice, QMarginsF, QRectF, QUrl
from PySide6.QtGui import QFont, QImage, QPageLayout, QPageSize, QPainter, QPdfWriter, QTextDocument

from mv_desktop.domain.report_table import Measure, ReportTable, Value
from mv_desktop.ui.text import tr
from mv_desktop.ui.theme import FONT_FAMILY, PALETTES
from mv_desktop.ui.widgets.chart import Chart, Look
from mv_desktop.ui.widgets.chart_brush import paint_chart
from mv_desktop.ui.widgets.report_text import Shown, cell_text

MOST_ROWS = 500
"""More are for the other kinds of file: paper of a hundred pages is looked through by nobody."""
_DOTS_PER_INCH = 300
_SCREEN = 96
"""Dots of an inch in which a document's sizes are given."""
_WIDE = 900
_HIGH, _HIGH_DOTS, _HIGHEST = 270, 420, 560
"""How high a chart is: of bars that stand, of dots, and of bars that lie at most."""
_LYING = 22
"""So high is a bar that lies."""
_POINTS = 9.0


def to_pdf(shown: Shown) -> bytes:
    """A4, on its side, with numbered pages. Paper is white in every palette. On any thread."""
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    writer = QPdfWriter(buffer)
    writer.setTitle(shown.table.title)
    writer.setResolution(_DOTS_PER_INCH)
    writer.setPageSize(QPageSize(QPageSize.PageSizeId.A4))
    writer.setPageOrientation(QPageLayout.Orientation.Landscape)
    writer.setPageMargins(QMarginsF(0, 0, 0, 0), QPageLayout.Unit.Millimeter)  # the document has its own
    paper(shown, "" if shown.table.about is None else shown.table.about.as_of).print_(writer)
    # the file has its end only when its writer is gone
    del writer
    return bytes(buffer.data().data())


def paper(shown: Shown, note: str = "") -> QTextDocument:
    """What is printed; `note` stands below the sentence."""
    document = QTextDocument()
    font = QFont(FONT_FAMILY)
    font.setPointSizeF(_POINTS)
    document.setDefaultFont(font)
    document.setDefaultStyleSheet("td, th { padding: 1px 8px 1px 0; }")
    body = [f"<h2>{html.escape(shown.table.title)}</h2>", f"<p>{html.escape(shown.summary)}</p>"]
    if note:
        body.append(f"<p>{html.escape(note)}</p>")
    if shown.chart.bars:
        address, high = QUrl("chart:bars"), _height(shown.chart)
        document.addResource(QTextDocument.ResourceType.ImageResource, address, _picture(shown.chart, high))
        body.append(f'<p><img src="{address.toString()}" width="{_WIDE}" height="{high}"></p>')
    document.setHtml("".join([*body, *_table(shown.table)]))
    return document


def _height(chart: Chart) -> int:
    if chart.look is Look.DOTS:
        return _HIGH_DOTS
    if chart.upright or chart.look is Look.LINES:
        return _HIGH
    return min(max(_HIGH, _LYING * (len(chart.bars) + 2)), _HIGHEST)


def _picture(chart: Chart, high: int) -> QImage:
    scale = _DOTS_PER_INCH / _SCREEN
    image = QImage(round(_WIDE * scale), round(high * scale), QImage.Format.Format_RGB32)
    image.fill(0xFFFFFFFF)
    font = QFont(FONT_FAMILY)
    font.setPixelSize(round(_POINTS * _DOTS_PER_INCH / 72))
    painter = QPainter(image)
    try:
        paint_chart(painter, QRectF(image.rect()), chart, PALETTES["light"], font)
    finally:
        painter.end()
    return image


def _table(table: ReportTable) -> list[str]:
    heads = "".join(_cell("th", column.heading, column.measure) for column in table.columns)
    # a heading row of its own kind is what stands on the next page again
    lines = [f'<table width="100%" cellspacing="0"><thead><tr>{heads}</tr></thead>']
    lines += [_row(table, row) for row in table.rows[:MOST_ROWS]]
    lines.append("</table>")
    if len(table.rows) > MOST_ROWS:
        left = tr("{count} more rows are in the CSV and Excel files.", count=len(table.rows) - MOST_ROWS)
        lines.append(f"<p>{html.escape(left)}</p>")
    return lines


def _row(table: ReportTable, row: tuple[Value, ...]) -> str:
    cells = [
        _cell("td", cell_text(value, column.measure), column.measure)
        for value, column in zip(row, table.columns, strict=True)
    ]
    return f"<tr>{''.join(cells)}</tr>"


def _cell(kind: str, words: str, measure: Measure) -> str:
    side = "left" if measure in {Measure.TEXT, Measure.DAY} else "right"
    return f'<{kind} align="{side}">{html.escape(words)}</{kind}>'
