"""What is noted of what somebody writes out: the filters that narrow it, short, and nothing of those that do not."""

from __future__ import annotations

from datetime import date

from mv_desktop.domain.export_note import LONGEST, ExportNote, days_note, list_note, paper_note
from mv_desktop.domain.record import Wanted
from mv_desktop.domain.report import Span


def test_a_list_is_noted_with_what_narrows_it() -> None:
    assert list_note("plan", Wanted()) == ExportNote("plan", {})
    wanted = Wanted(" 9" * 300, {"class": "XII", "state": ""})
    assert list_note("student", wanted) == ExportNote("student", {"words": ("9 " * 300)[:LONGEST], "class": "XII"})


def test_a_report_is_noted_with_its_days_where_it_has_some() -> None:
    span = Span(date(2026, 7, 1), date(2026, 7, 31))
    days = {"first_day": "2026-07-01", "last_day": "2026-07-31"}
    assert days_note("report.pace", span) == ExportNote("report.pace", days)
    assert days_note("insight.units", span, **{"class": "X", "order": ""}) == ExportNote(
        "insight.units", days | {"class": "X"}
    )
    assert days_note("insight.leaders", None) == ExportNote("insight.leaders", {})


def test_a_paper_is_noted_with_its_template() -> None:
    assert paper_note("Board") == ExportNote("paper", {"template": "Board"})
    assert paper_note("") == ExportNote("paper", {})
