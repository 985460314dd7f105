"""Tables from files of anybody: what is hostile, broken or meant for another program is refused with a sentence."""

from __future__ import annotations

import io
import time
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from openpyxl import Workbook

from mv_desktop.core.errors import InvalidError
from mv_desktop.domain.report_table import guarded
from mv_desktop.services.table_file import write_csv, write_xlsx
from mv_desktop.services.table_reader import read_table

LONGEST_SECONDS = 3


def sheet(*rows: tuple[object, ...]) -> bytes:
    book = Workbook()
    for row in rows or (("Name", "Floor"), ("Hall", 1)):
        book.active.append(row)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def with_part(name: str, content: bytes, size: int | None = None) -> bytes:
    """A workbook one part of which is another."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(sheet())) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for part in old.infolist():
            if part.filename != name:
                new.writestr(part.filename, old.read(part))
        new.writestr(name, content)
    made = bytearray(out.getvalue())
    if size is not None:  # the folder at the end lies about the size
        at = made.rindex(name.encode()) - 46
        made[at + 24 : at + 28] = size.to_bytes(4, "little")
    return bytes(made)


def wide(columns: int) -> bytes:
    row = "".join("<c t='inlineStr'><is><t>x</t></is></c>" for _ in range(columns))
    head = '<?xml version="1.0"?><worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'
    body = f"{head}<sheetData><row r='1'>{row}</row></sheetData></worksheet>"
    return with_part("xl/worksheets/sheet1.xml", body.encode())


def rows(count: int) -> bytes:
    head = b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
    return head + b"<row><c/></row>" * count + b"</sheetData></worksheet>"


SHEET = "xl/worksheets/sheet1.xml"
LAUGHS = b'<?xml version="1.0"?>%s<!DOCTYPE w [<!ENTITY a "ha"><!ENTITY b "&a;&a;">]><worksheet>&b;</worksheet>'
HOSTILE: dict[str, tuple[Callable[[], bytes], str]] = {
    "empty": (lambda: b"", "no headings"),
    "headings alone": (lambda: b"Name,Floor\n", "no row"),
    "blanks": (lambda: b"\n\n , \n", "no headings"),
    "Latin": (lambda: "Name\nRéel".encode("latin-1"), "not in UTF-8"),
    "half of a UTF-16": (lambda: "Name\nHall".encode("utf-16")[:-1], "not in UTF-8"),
    "half a million columns": (lambda: b"Name" + b",x" * 500_000 + b"\n1", "more than 200 columns"),
    "half a million cells": (lambda: b"Name\n" + b",x" * 500_000, "more than 200 cells"),
    "a long cell": (lambda: b"Name\n" + b"x" * 50_000, "20,000 letters"),
    "many rows": (lambda: b"Name\n" + b"x\n" * 20_001, "more than 20,000 rows"),
    "a quotation that never ends": (lambda: b'Name\n"x', "cannot be read"),
    "a picture": (lambda: b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", "not in UTF-8"),
    "a program": (lambda: b"MZ\0\0Name", "no table"),
    "a broken archive": (lambda: b"PK\x03\x04rest", "no Excel file"),
    "cut off": (lambda: sheet()[:-200], "no Excel file"),
    "an archive of something else": (lambda: with_part("[Content_Types].xml", b"<nothing/>"), "no Excel file"),
    "an old workbook, renamed": (lambda: b"\xd0\xcf\x11\xe0" + b"\0" * 600, "old Excel file"),
    "with a password": (
        lambda: b"\xd0\xcf\x11\xe0" + b"\0" * 600 + "EncryptedPackage".encode("utf-16-le"), "locked with a password",
    ),
    "a bomb": (lambda: with_part(SHEET, b"<a/>", 300_000_000), "unfolds into far more"),
    "a bomb that says it is small": (lambda: with_part(SHEET, b" " * 20_000_000, 1000), "file.xlsx"),
    "a formula": (lambda: sheet(("Name",), ("=1+1",)), "holds a formula"),
    "entities": (lambda: with_part(SHEET, LAUGHS % b""), "what no Excel file has"),
    "entities behind a long comment": (
        lambda: with_part(SHEET, LAUGHS % (b"<!--" + b"x" * 9000 + b"-->")), "what no Excel file has",
    ),
    "entities in UTF-16": (
        lambda: with_part(SHEET, (LAUGHS % b"").decode().encode("utf-16")), "what no Excel file has",
    ),
    "columns without an end": (lambda: wide(500_000), "unfolds into far more"),
    "columns that Excel could write": (lambda: wide(16_000), "more than 200 columns"),
    "a million rows of nothing": (lambda: with_part(SHEET, rows(1_100_000)), "unfolds into far more"),
    "a workbook that is broken": (lambda: with_part("xl/workbook.xml", b"<workbook>"), "no Excel file"),
}  # fmt: skip


def test_hostile_files_are_refused_with_a_sentence_before_they_cost_anything(tmp_path: Path) -> None:
    path = tmp_path / "file.xlsx"
    for name, (make, says) in HOSTILE.items():
        path.write_bytes(make())
        began = time.process_time()
        with pytest.raises(InvalidError, match=says):
            read_table(path)
        assert time.process_time() - began < LONGEST_SECONDS, name
    with pytest.raises(InvalidError, match="cannot be read"):
        read_table(tmp_path / "nowhere.csv")


def test_files_are_read_as_people_save_them(tmp_path: Path) -> None:
    path = tmp_path / "any.name"
    wanted = (["Name", "Floor"], [(2, ["हॉल", "1"])])
    for text, encoding in (
        ("Name,Floor\nहॉल,1\n", "utf-8"), ("Name;Floor\r\nहॉल;1\r\n", "utf-8-sig"), ("Name\tFloor\nहॉल\t1", "utf-16"),
    ):  # fmt: skip
        path.write_bytes(text.encode(encoding))
        assert read_table(path) == wanted
    path.write_bytes(sheet(("Name", "Floor"), ("हॉल", 1.0)))
    assert read_table(path) == wanted


def test_what_a_spreadsheet_would_take_for_a_formula_is_written_as_words_and_read_again(tmp_path: Path) -> None:
    evil = ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "＝1", "'=1", "'", "''x", " =1", '=HYPERLINK("http://x")', "x=1"]
    path = tmp_path / "file"
    for write in (write_csv, lambda path, *rest: write_xlsx(path, "T", *rest)):
        write(path, ("Name",), [[(words,) for words in evil]])
        _, rows = read_table(path)
        assert [cells[0] for _, cells in rows] == [words.strip() for words in evil]
        raw = path.read_bytes()
        if raw.startswith(b"PK"):
            with zipfile.ZipFile(path) as archive:
                raw = archive.read(SHEET)
            assert b"<f>" not in raw
        else:
            assert all(guarded(words).encode() in raw.replace(b'""', b'"') for words in evil)


def test_headings_stand_below_a_title_and_rows_are_counted_from_the_top(tmp_path: Path) -> None:
    path = tmp_path / "any.name"
    wanted = (["Name", "Floor", "Seats"], [(5, ["Hall", "1", "90"])])
    path.write_text("\nRooms of the school\n\nName,Floor,Seats\nHall,1,90\n", "utf-8")
    assert read_table(path) == wanted
    path.write_bytes(sheet(("",), ("Rooms of the school",), (None,), ("Name", "Floor", "Seats"), ("Hall", 1, 90)))
    assert read_table(path) == wanted
    path.write_text("\nRooms of the school, all\n\nName;Floor;Seats\nHall;1;90\n", "utf-8")
    assert read_table(path) == wanted
    path.write_text("sep=;\r\nName, or number;Floor\r\nHall;1\r\n", "utf-8")
    assert read_table(path) == (["Name, or number", "Floor"], [(2, ["Hall", "1"])])
    path.write_text("Name\nHall\nRoom,1\n", "utf-8")
    assert read_table(path) == (["Name"], [(2, ["Hall"]), (3, ["Room", "1"])])


def test_what_a_workbook_shows_is_what_is_read(tmp_path: Path) -> None:
    path = tmp_path / "file.xlsx"
    book = Workbook()
    book.active.append(("Share", "Flag", "Words"))
    book.active.append((0.125, True, "one_x000D_\ntwo_x000d_three_x000B_four_x0007_, x_x1_"))
    book.active["A2"].number_format = "0.0%"
    book.active["B2"].number_format = "0%"
    book.save(path)
    assert read_table(path)[1] == [(2, ["12.5%", "True", "one\ntwo\nthree\nfour, x_x1_"])]


def test_what_no_workbook_may_hold_is_left_out_of_one(tmp_path: Path) -> None:
    path = tmp_path / "file.xlsx"
    write_xlsx(path, "T", ("Name",), [[("con\ufffetinuous\uffff \x0b\ud800हॉल 😀",)]])
    assert read_table(path)[1] == [(2, ["continuous हॉल 😀"])]
