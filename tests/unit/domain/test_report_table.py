"""Reports as tables for other programs."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from mv_desktop.domain.report_table import Column, Measure, ReportTable, harmless, plain, printable, rounded, sheet_name


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
        [("Sets", "2026-07-01", 12.3, -1.01, 3), ("", None, None, 2.0, 0)],
    )


@pytest.mark.parametrize(
    ("value", "places", "told"),
    [
        (0.9625 * 100, 1, "96.3"), (0.285 * 100, 0, "29"), (1.005, 2, "1.01"), (-1.005, 2, "-1.01"),
        (-0.001, 2, "0.00"),
        (Decimal("71.25"), 1, "71.3"), (Decimal("30.5"), 0, "31"), (0.0, 1, "0.0"), (3, 1, "3.0"), (2.5e-10, 1, "0.0"),
        (1e7, 1, "10000000.0"),
    ],
)  # fmt: skip
def test_numbers_are_rounded_as_the_database_does(value, places, told):
    assert str(rounded(value, places)) == told


def test_nothing_is_taken_for_a_formula_and_sheets_have_names_that_excel_takes():
    assert harmless("=1+1") == "'=1+1"
    assert harmless("\t1") == "'\t1"
    assert harmless("1+1") == "1+1"
    assert printable("a\x07b\n") == "ab\n"
    assert sheet_name("[Units]: X/XII, of all days that there were") == "Units   X XII, of all days tha"
    assert sheet_name("'?'") == "1"
