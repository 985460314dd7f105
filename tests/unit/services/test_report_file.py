"""Reports as files: Hindi survives, numbers are numbers, and nothing in them is a formula."""

from __future__ import annotations

import csv
import io
import subprocess
import sys
import zipfile
from dataclasses import replace
from datetime import date

import openpyxl
import pytest

from mv_desktop.domain.report_table import About, Column, Measure, ReportTable, harmless
from mv_desktop.services.report_file import to_csv, to_xlsx

TABLE = ReportTable(
    "Pace: [all] / 1–3 Jul 2025, and more than a sheet's name holds",
    (
        Column("शिक्षक", Measure.TEXT),
        Column("Day", Measure.DAY),
        Column("Kept", Measure.SHARE),
        Column("Middle", Measure.MINUTES),
        Column("Scripts", Measure.COUNT),
    ),
    (
        ("आशा राव", date(2025, 7, 1), 0.964, 26.25, 12),
        ("=HYPERLINK(1)", date(2025, 7, 2), None, None, 0),
        ('a\x00\x0bb, "c"\nd', date(2025, 7, 3), 1.0, 0.04, 3),
    ),
)


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r1", "\n=1", "  =1", "＝1", "－1"])
def test_words_that_a_spreadsheet_would_reckon_with_are_made_harmless(text):
    assert harmless(text) == f"'{text}"


@pytest.mark.parametrize("text", ["", "Asha", "a=b", "x - y", "आशा", "'quoted'"])
def test_other_words_stay(text):
    assert harmless(text) == text


def test_csv_is_read_by_excel_and_by_any_program():
    content = to_csv(TABLE)
    assert content.startswith(b"\xef\xbb\xbf")
    rows = list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline="")))
    assert rows == [
        ["शिक्षक", "Day", "Kept (%)", "Middle", "Scripts"],
        ["आशा राव", "2025-07-01", "96.4", "26.3", "12"],
        ["'=HYPERLINK(1)", "2025-07-02", "", "", "0"],
        ['ab, "c"\nd', "2025-07-03", "100.0", "0.0", "3"],
    ]


def test_a_workbook_holds_numbers_and_no_formula():
    content = to_xlsx(TABLE)
    book = openpyxl.load_workbook(io.BytesIO(content))
    assert book.sheetnames == ["Pace   all    1–3 Jul 2025, and"]
    sheet = book.worksheets[0]
    assert [cell.value for cell in sheet[2]][0::2] == ["आशा राव", 0.964, 12]
    assert sheet["B2"].value.date() == date(2025, 7, 1)
    assert [cell.number_format for cell in sheet[2]][1:] == ["yyyy-mm-dd", "0.0%", "0.0", "0"]
    assert (sheet["A3"].value, sheet["A3"].data_type, sheet["C3"].value) == ("'=HYPERLINK(1)", "s", None)
    assert sheet["A4"].value == 'ab, "c"\nd'
    assert sheet.freeze_panes == "A2"
    with zipfile.ZipFile(io.BytesIO(content)) as parts:
        assert not any(b"<f>" in parts.read(name) for name in parts.namelist())


def test_a_workbook_says_as_of_when_it_is_and_csv_is_the_table_alone():
    about = About("About", (("State", "As of today."), ("Class", "=X")))
    book = openpyxl.load_workbook(io.BytesIO(to_xlsx(replace(TABLE, about=about))))
    assert book.sheetnames[1:] == ["About"]
    assert list(book["About"].values) == [("State", "As of today."), ("Class", "'=X")]
    assert to_csv(replace(TABLE, about=about)) == to_csv(TABLE)


def test_the_library_is_loaded_when_a_workbook_is_made_and_not_before():
    code = (
        "import sys; import mv_desktop.services.report_file, mv_desktop.offline.report, mv_desktop.app;"
        "print('openpyxl' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"
