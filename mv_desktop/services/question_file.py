"""Questions as files, CSV and Excel, that `table_reader` reads again."""

from __future__ import annotations

import csv
import io
import itertools
from collections.abc import Iterable, Mapping

from mv_desktop.domain.question_column import Column
from mv_desktop.domain.report_table import guarded, printable

_WIDTHS = {Column.TEXT: 60, Column.SOLUTION: 50}
_WIDTH = 18


def to_csv(rows: Iterable[Mapping[Column, str]]) -> bytes:
    """UTF-8 with a mark at its beginning; what a spreadsheet would take for a formula has an apostrophe before it."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(column.value for column in Column)
    writer.writerows([guarded(row.get(column, "")) for column in Column] for row in rows)
    return out.getvalue().encode("utf-8-sig")


def to_xlsx(rows: Iterable[Mapping[Column, str]]) -> bytes:
    """A workbook of one sheet, in which no cell is a formula."""
    from openpyxl import Workbook
    from openpyxl.cell import WriteOnlyCell
    from openpyxl.utils import get_column_letter

    book = Workbook(write_only=True)
    sheet = book.create_sheet("Questions")
    for place, column in enumerate(Column, 1):
        sheet.column_dimensions[get_column_letter(place)].width = _WIDTHS.get(column, _WIDTH)
    sheet.freeze_panes = "A2"
    heading = {column: column.value for column in Column}
    for row in itertools.chain([heading], rows):
        cells = []
        for column in Column:
            cell = WriteOnlyCell(sheet, guarded(printable(row.get(column, ""))))
            cell.data_type = "s"  # said outright, as the library would take "=" for a formula
            cells.append(cell)
        sheet.append(cells)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()
