"""Reports as files for other programs: CSV and Excel."""

from __future__ import annotations

import csv
import io
from datetime import date

from mv_desktop.domain.report_table import Measure, ReportTable, Value, harmless, printable, rounded, sheet_name

_FORMATS = {
    Measure.DAY: "yyyy-mm-dd",
    Measure.COUNT: "0",
    Measure.SHARE: "0.0%",
    Measure.MINUTES: "0.0",
    Measure.NUMBER: "0.00",
}
_WIDEST = 60


def to_csv(table: ReportTable) -> bytes:
    """UTF-8 with a mark at its beginning, without which Excel does not see that it is UTF-8 and spoils Hindi.

    Shares are in percent with one decimal, minutes with one, days as 2026-01-31, and a decimal point is a point. Words
    that a spreadsheet would take for a formula get an apostrophe before them.
    """
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(
        harmless(f"{one.heading} (%)" if one.measure is Measure.SHARE else one.heading) for one in table.columns
    )
    for row in table.rows:
        writer.writerow(_words(value, one.measure) for value, one in zip(row, table.columns, strict=True))
    return out.getvalue().encode("utf-8-sig")


def to_xlsx(table: ReportTable) -> bytes:
    """A workbook of one sheet, and one that says what it is about; no cell is ever a formula.

    Numbers are numbers, and the headings stay in sight.

    The library is loaded here and not before: nothing that starts the program needs it.
    """
    from openpyxl import Workbook
    from openpyxl.styles import Font
    from openpyxl.utils import get_column_letter

    book = Workbook()
    sheet = book.active
    sheet.title = sheet_name(table.title)
    lines = [tuple(one.heading for one in table.columns), *table.rows]
    for number, line in enumerate(lines, 1):
        for place, (value, column) in enumerate(zip(line, table.columns, strict=True), 1):
            cell = sheet.cell(number, place)
            if isinstance(value, str):
                cell.value = harmless(printable(value))
                cell.data_type = "s"  # said outright, as the library would take "=" for a formula
            else:
                cell.value = value
                cell.number_format = _FORMATS.get(column.measure, "General")
            if number == 1:
                cell.font = Font(bold=True)
    for place, column in enumerate(table.columns, 1):
        longest = max(len(_words(line[place - 1], column.measure)) for line in lines)
        sheet.column_dimensions[get_column_letter(place)].width = min(longest + 3, _WIDEST)
    sheet.freeze_panes = "A2"
    if table.about is not None:
        last = book.create_sheet(sheet_name(table.about.title))
        for number, fact in enumerate(table.about.facts, 1):
            for place, words in enumerate(fact, 1):
                cell = last.cell(number, place, harmless(printable(words)))
                cell.data_type = "s"
        last.column_dimensions["A"].width = 20
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _words(value: Value, measure: Measure) -> str:
    if value is None:
        return ""
    if isinstance(value, str):
        return harmless(printable(value))
    if isinstance(value, date):
        return value.isoformat()
    match measure:
        case Measure.SHARE:
            return str(rounded(value * 100, 1))
        case Measure.MINUTES:
            return str(rounded(value, 1))
        case Measure.NUMBER:
            return str(rounded(value, 2))
        case _:
            return str(value)
