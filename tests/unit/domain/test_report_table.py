"""Reports as tables for other programs."""

from __future__ import annotations

from datetime import date

from mv_desktop.domain.report_table import Column, Measure, ReportTable, harmless, plain, printable, sheet_name


def test_rows_are_plain_numbers_days_and_words():
    table = ReportTable(
        "Units",
        (
            Column("Unit", Measure.TEXT),
            Column("Day", Measure.DAY),
            Column("Share", Measure.SHARE),
            Column("Change", Measure.NUMBER),
            Column("Exams", Measure.COUNT),
        ),
        (("Sets", date(2026, 7, 1), 0.12345, -1.005, 3), ("", None, None, 2.0, 0)),
    )
    assert plain(table) == (
        ("Unit", "Day", "Share (%)", "Change", "Exams"),
        [("Sets", "2026-07-01", 12.3, -1.0, 3), ("", None, None, 2.0, 0)],
    )


def test_nothing_is_taken_for_a_formula_and_sheets_have_names_that_excel_takes():
    assert harmless("=1+1") == "'=1+1"
    assert harmless("\t1") == "'\t1"
    assert harmless("1+1") == "1+1"
    assert printable("a\x07b\n") == "ab\n"
    assert sheet_name("[Units]: X/XII, of all days that there were") == "Units   X XII, of all days tha"
    assert sheet_name("'?'") == "1"
