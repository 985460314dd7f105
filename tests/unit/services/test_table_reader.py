"""Tables from files of anybody: what is hostile, broken or meant for another program is refused with a sentence."""

from __future__ import annotations

import io
import time
import zipfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook
from openpyxl.worksheet._reader import WorkSheetParser

from mv_desktop.core.errors import InvalidError
from mv_desktop.domain.heading import Match
from mv_desktop.domain.report_table import guarded
from mv_desktop.domain.workbook import LOOKED_AT, Chosen, SheetError
from mv_desktop.services.table_file import write_csv, write_xlsx
from mv_desktop.services.table_reader import read_table, source_file

LONGEST_SECONDS = 3


def unknown(_headings: Sequence[str]) -> Match:
    """No column in particular is wanted."""
    return Match()


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


def book(*sheets: tuple[str, tuple[tuple[object, ...], ...], str]) -> bytes:
    """A workbook of several sheets: name, rows, and whether it is shown."""
    made = Workbook()
    made.remove(made.active)
    for name, lines, state in sheets:
        one = made.create_sheet(name)
        one.sheet_state = state
        for line in lines:
            one.append(line)
    out = io.BytesIO()
    made.save(out)
    return out.getvalue()


def listing(*names: str, part: str | None = None, count: int = 1) -> bytes:
    """A workbook with sheets of these names, or so many of one part."""
    head = b'<workbook xmlns="%s" xmlns:r="%s/relationships"><sheets>' % (
        b"http://schemas.openxmlformats.org/spreadsheetml/2006/main",
        b"http://schemas.openxmlformats.org/officeDocument/2006",
    )
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(book(*((f"S{n}", WORDS, "visible") for n in range(len(names)))))) as old:
        parts = [f"rId{n + 1}" for n in range(len(names))]
        named = list(zip(names, parts, strict=True)) if part is None else [(f"N{n}", part) for n in range(count)]
        sheets = "".join(f'<sheet name="{name}" sheetId="{n}" r:id="{at}"/>' for n, (name, at) in enumerate(named, 1))
        with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
            for one in old.infolist():
                if one.filename != "xl/workbook.xml":
                    new.writestr(one.filename, old.read(one))
            new.writestr("xl/workbook.xml", head + f"{sheets}</sheets></workbook>".encode())
    return out.getvalue()


def many(count: int, *rows: bytes) -> bytes:
    """A workbook of so many sheets with these rows, one after another."""
    out = io.BytesIO()
    names = [f"S{n}" for n in range(count)]
    with zipfile.ZipFile(io.BytesIO(listing(*names))) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for one in old.infolist():
            body = old.read(one)
            if "worksheets/sheet" in one.filename:
                number = int(one.filename.removesuffix(".xml").rpartition("sheet")[2])
                body = HEAD + rows[number % len(rows)] + b"</sheetData></worksheet>"
            new.writestr(one.filename, body)
    return out.getvalue()


WORDS = (("Name", "Floor"), ("Hall", 1))
HEAD = b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
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
    "thousands of sheets": (lambda: listing("A", part="rId1", count=5000), "more than 200 sheets"),
    "one part as two sheets": (lambda: listing("A", part="rId1", count=2), "what no Excel file has"),
    "two sheets of one name": (lambda: listing("Class X", "Class\u200b X"), "what no Excel file has"),
    "two sheets that Excel cannot tell apart": (lambda: listing("Class X", "CLASS X"), "what no Excel file has"),
    "a name that is a book": (lambda: listing("A", "x" * 20_000), "what no Excel file has"),
    "a sheet without a name": (lambda: listing("A", "&#10;"), "what no Excel file has"),
    "hidden sheets alone": (
        lambda: book(("A", (), "visible"), ("B", WORDS, "hidden"), ("C", WORDS, "veryHidden")), "nothing in the sheets",
    ),
    "empty sheets alone": (lambda: book(("A", (), "visible"), ("B", (("",),), "visible")), "no headings"),
    "wide rows on all sheets": (lambda: many(200, b"<row>" + b"<c/>" * 16_000 + b"</row>"), "far more than a table"),
    "a workbook that is broken": (lambda: with_part("xl/workbook.xml", b"<workbook>"), "no Excel file"),
}  # fmt: skip


def test_hostile_files_are_refused_with_a_sentence_before_they_cost_anything(tmp_path: Path) -> None:
    path = tmp_path / "file.xlsx"
    for name, (make, says) in HOSTILE.items():
        path.write_bytes(make())
        began = time.process_time()
        with pytest.raises(InvalidError, match=says):
            read_table(path, unknown)
        assert time.process_time() - began < LONGEST_SECONDS, name
    with pytest.raises(InvalidError, match="cannot be read"):
        read_table(tmp_path / "nowhere.csv", unknown)


def test_files_are_read_as_people_save_them(tmp_path: Path) -> None:
    path = tmp_path / "any.name"
    wanted = (["Name", "Floor"], [(2, ["हॉल", "1"])])
    for text, encoding in (
        ("Name,Floor\nहॉल,1\n", "utf-8"), ("Name;Floor\r\nहॉल;1\r\n", "utf-8-sig"), ("Name\tFloor\nहॉल\t1", "utf-16"),
    ):  # fmt: skip
        path.write_bytes(text.encode(encoding))
        assert read_table(path, unknown).table == wanted
    path.write_bytes(sheet(("Name", "Floor"), ("हॉल", 1.0)))
    assert read_table(path, unknown).table == wanted


def test_what_a_spreadsheet_would_take_for_a_formula_is_written_as_words_and_read_again(tmp_path: Path) -> None:
    evil = ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "＝1", "'=1", "'", "''x", " =1", '=HYPERLINK("http://x")', "x=1"]
    path = tmp_path / "file"
    for write in (write_csv, lambda path, *rest: write_xlsx(path, "T", *rest)):
        write(path, ("Name",), [[(words,) for words in evil]])
        _, rows = read_table(path, unknown).table
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
    assert read_table(path, unknown).table == wanted
    path.write_bytes(sheet(("",), ("Rooms of the school",), (None,), ("Name", "Floor", "Seats"), ("Hall", 1, 90)))
    assert read_table(path, unknown).table == wanted
    path.write_text("\nRooms of the school, all\n\nName;Floor;Seats\nHall;1;90\n", "utf-8")
    assert read_table(path, unknown).table == wanted
    path.write_text("sep=;\r\nName, or number;Floor\r\nHall;1\r\n", "utf-8")
    assert read_table(path, unknown).table == (["Name, or number", "Floor"], [(2, ["Hall", "1"])])
    path.write_text("Name\nHall\nRoom,1\n", "utf-8")
    assert read_table(path, unknown).table == (["Name"], [(2, ["Hall"]), (3, ["Room", "1"])])


def test_what_a_workbook_shows_is_what_is_read(tmp_path: Path) -> None:
    path = tmp_path / "file.xlsx"
    book = Workbook()
    book.active.append(("Share", "Flag", "Words"))
    book.active.append((0.125, True, "one_x000D_\ntwo_x000d_three_x000B_four_x0007_, x_x1_"))
    book.active["A2"].number_format = "0.0%"
    book.active["B2"].number_format = "0%"
    book.save(path)
    assert read_table(path, unknown).table[1] == [(2, ["12.5%", "True", "one\ntwo\nthree\nfour, x_x1_"])]


def test_what_no_workbook_may_hold_is_left_out_of_one(tmp_path: Path) -> None:
    path = tmp_path / "file.xlsx"
    write_xlsx(path, "T", ("Name",), [[("con\ufffetinuous\uffff \x0b\ud800हॉल 😀",)]])
    assert read_table(path, unknown).table[1] == [(2, ["continuous हॉल 😀"])]


def wanted(headings: Sequence[str]) -> Match:
    return Match({"Name", "Floor"} <= {*headings}, len({*headings} & {"Name", "Floor", "Seats"}))


HELP = ("Instructions", (("How to fill it in",), ("Column", "What", "Say"), ("Name", "of the room", "=1+1")), "visible")


def test_the_first_sheet_that_is_shown_and_fits_is_read_and_others_are_named(tmp_path: Path) -> None:
    path = tmp_path / "rooms.xlsx"
    rooms = (("Rooms", "of", "2026"), ("Name", "Floor"), ("Hall", 1))
    path.write_bytes(
        book(
            HELP, ("Old", WORDS, "hidden"), ("Notes", (), "visible"), ("कक्षा १२", rooms, "visible"),
            ("Gym", (("Name", "Floor", "Seats"), ("Gym", 0, 9)), "visible"), ("Secret", WORDS, "veryHidden"),
        )
    )  # fmt: skip
    read = read_table(path, wanted)
    assert read.table == (["Name", "Floor"], [(3, ["Hall", "1"])])
    assert read.chosen == Chosen("कक्षा १२", ("Instructions", "कक्षा १२", "Gym"), ("Gym",))
    assert source_file(path, read.chosen).name == "rooms.xlsx (कक्षा १२)"
    for name in ("gym", " GYM "):
        read = read_table(path, wanted, name)
        assert (read.table[1], read.chosen.read, read.chosen.unread) == ([(2, ["Gym", "0", "9"])], "Gym", ("कक्षा १२",))
    old = read_table(path, wanted, "Old")  # somebody has named it
    assert (old.table[1], old.chosen.there) == ([(2, ["Hall", "1"])], ("Instructions", "Old", "कक्षा १२", "Gym"))
    with pytest.raises(SheetError, match=r"^Row 3 of rooms.xlsx \(Instructions\) holds a formula") as caught:
        read_table(path, wanted, "Instructions")
    assert caught.value.chosen == Chosen("Instructions", ("Instructions", "कक्षा १२", "Gym"), ("कक्षा १२", "Gym"))
    there = r"has no sheet “Class X”. It has: “Instructions”, “Notes”, “कक्षा १२”, “Gym”.$"
    with pytest.raises(InvalidError, match=there):
        read_table(path, wanted, "Class X")
    path.write_bytes(sheet())
    assert read_table(path, wanted).chosen == Chosen("Sheet", ("Sheet",))
    assert read_table(path, wanted, "sheet").chosen.named("a.xlsx") == "a.xlsx"
    path.write_text("Name,Floor\nHall,1\n")
    assert read_table(path, wanted).chosen == Chosen()
    with pytest.raises(InvalidError, match="no Excel file: it has no sheets"):
        read_table(path, wanted, "Sheet")


def test_of_many_sheets_no_more_is_read_than_tells_which_one_is_meant(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, made = tmp_path / "file.xlsx", []
    parsed = WorkSheetParser.parse_row

    def counted(parser: WorkSheetParser, row: Any) -> tuple[int, list[Any]]:
        number, cells = parsed(parser, row)
        made.append(len(cells))
        return number, cells

    monkeypatch.setattr(WorkSheetParser, "parse_row", counted)
    words = b'<row r="1"><c t="inlineStr"><is><t>Name</t></is></c><c t="inlineStr"><is><t>Floor</t></is></c></row>'
    hall = b'<row r="2"><c t="inlineStr"><is><t>Hall</t></is></c><c><v>1</v></c></row>'
    again = b'<row r="1">' + b"<c/>" * 10 + b"</row>"
    for count, rows_of, there in (
        (200, (b'<row r="1"><c t="n"><v>x</v></c></row>', words + hall), 200),  # broken ones do no harm
        (20, (words + hall, *(b"<row><c/></row>" * 90_000,) * 19), 1),
        (20, (words + hall, *(again * 9_000,) * 19), 1),  # each row says that it is the first
    ):
        path.write_bytes(many(count, *rows_of))
        made.clear()
        read = read_table(path, wanted)
        assert len(made) <= (count + 1) * (LOOKED_AT + 1), "the first rows of each, and those of the one that is meant"
        assert read.table == (["Name", "Floor"], [(2, ["Hall", "1"])])
        assert len(read.chosen.there) == there
    path.write_bytes(many(9, words + hall, *((b"<row>" + b"<c/>" * 16_000 + b"</row>") * 15,) * 8))
    made.clear()
    with pytest.raises(SheetError, match=r"\(S2\) has no headings") as caught:
        read_table(path, wanted)
    assert caught.value.chosen.there == tuple(f"S{n}" for n in range(2, 9))  # those that were not looked into, too
    assert read_table(path, wanted, "S8").table[1] == [(2, ["Hall", "1"])]
    assert 300_000 <= sum(made) <= 4 * 300_000, "sheets behind so many cells are not looked into"
