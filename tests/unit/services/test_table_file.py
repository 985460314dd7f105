"""Long tables as files: whole or not at all, of any length, and nothing in them is a formula."""

from __future__ import annotations

import csv
import io
import stat

import openpyxl
import pytest

from mv_desktop.core.errors import InvalidError
from mv_desktop.services.table_file import write_csv, write_xlsx

HEADINGS = ("Entry", "क्या")
BATCHES = ([(1, "=1+1"), (2, "आशा\x00")], [(3, None)], [])
READ = [["1", "'=1+1"], ["2", "आशा"], ["3", ""]]


def test_csv_is_read_by_excel_and_by_any_program(tmp_path):
    path = tmp_path / "log.csv"
    assert write_csv(path, HEADINGS, BATCHES) == 3
    content = path.read_bytes()
    assert content.startswith(b"\xef\xbb\xbf")
    assert list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline=""))) == [list(HEADINGS), *READ]
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_a_workbook_goes_on_in_another_sheet_and_holds_no_formula(tmp_path):
    path = tmp_path / "log.xlsx"
    assert write_xlsx(path, "Audit log", HEADINGS, [*BATCHES, [(4, "x" * 40_000)]], sheet_rows=2) == 4
    book = openpyxl.load_workbook(path)
    assert book.sheetnames == ["Audit log", "Audit log 2"]
    first, second = book.worksheets
    assert [[cell.value for cell in row] for row in first.iter_rows()] == [list(HEADINGS), [1, "'=1+1"], [2, "आशा"]]
    assert {cell.data_type for row in first.iter_rows() for cell in row} == {"s", "n"}
    assert first.freeze_panes == second.freeze_panes == "A2"
    assert [cell.value for cell in second[1]] == list(HEADINGS)
    assert len(second["B3"].value) == 32_001


@pytest.mark.parametrize("write", [write_csv, lambda path, *rest: write_xlsx(path, "T", *rest)])
def test_what_is_stopped_or_fails_leaves_what_stood_there(tmp_path, write):
    path = tmp_path / "log"
    path.write_text("before")

    def rows():
        yield [(1, "a")]
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        write(path, HEADINGS, rows())
    with pytest.raises(InvalidError, match="could not be written"):
        write(tmp_path / "nowhere" / "log", HEADINGS, BATCHES)
    assert [one.name for one in tmp_path.iterdir()] == ["log"]
    assert path.read_text() == "before"
