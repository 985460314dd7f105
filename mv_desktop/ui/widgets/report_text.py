"""What stands in a report: its table, its chart, the sentence that sums it up, and values as they are written there."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from mv_desktop.domain.report import Span
from mv_desktop.domain.report_table import About, Measure, ReportTable, Value, rounded
from mv_desktop.ui.text import tr
from mv_desktop.ui.widgets.chart import Chart
from mv_desktop.ui.widgets.deadline_text import day as day_text

NOTHING = "–"
"""Where nothing can be said."""


@dataclass(frozen=True, slots=True)
class Shown:
    """A report as it is looked at.

    Attributes:
        summary: all of it in a sentence.
        empty: nothing happened in those days.
    """

    table: ReportTable
    chart: Chart
    summary: str
    empty: bool


def about_table(title: str, summary: str, as_of: str, filters: Mapping[str, str]) -> About:
    """What a file says of its table: as of when it is, and of which days, classes and the like."""
    facts = {tr("Report"): title, tr("In short"): summary, tr("State"): as_of, **filters}
    return About(tr("About"), tuple(facts.items()))


def span_text(span: Span) -> str:
    """The days: "Mon 7 Jul – Sun 13 Jul 2025"."""
    last = day_text(span.last, year=True)
    if span.first == span.last:
        return last
    return f"{day_text(span.first, year=span.first.year != span.last.year)} – {last}"


def cell_text(value: Value, measure: Measure) -> str:
    """A value as it stands in the table."""
    if value is None:
        return NOTHING
    if isinstance(value, str):
        return value
    if isinstance(value, (int, float)):
        match measure:
            case Measure.SHARE:
                return f"{rounded(value * 100, 1)} %"
            case Measure.MINUTES:
                return str(rounded(value, 1))
            case Measure.NUMBER:
                return str(rounded(value, 2)).replace("-", "−")
            case _:
                return str(value)
    return day_text(value, year=True)


def percent(share: float | None) -> str:
    """Whole percents; all is said of nothing but all."""
    if share is None:
        return NOTHING
    whole = int(rounded(share * 100, 0))
    return f"{min(whole, 99) if share < 1 else whole} %"
