"""Promises in words: a table and a chart of what was kept, excused and late, whatever it is divided by."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from mv_desktop.domain.report import Kept
from mv_desktop.domain.report_table import Column, Measure, ReportTable, Value
from mv_desktop.domain.subscription import PlanType
from mv_desktop.ui.text import tr, tr_count
from mv_desktop.ui.widgets.chart import Bar, Chart, Fill, Series
from mv_desktop.ui.widgets.report_text import Shown, cell_text, percent

PLANS: Mapping[str, str] = {
    PlanType.BASIC: "Basic",
    PlanType.PREMIUM_MCQ: "Premium MCQ",
    PlanType.PREMIUM: "Premium",
    PlanType.CENTUM: "Centum",
}
"""What each is called, in English, where the name in its own record is not at hand."""


def plan_text(plan: PlanType | None) -> str:
    """What a plan is called, and those who had none."""
    return tr(PLANS[plan]) if plan else tr("No plan")


def promises_shown(
    title: str,
    first: Column,
    lines: Sequence[tuple[str, Value, Kept]],
    total: Kept,
    *,
    upright: bool,
    said: Callable[[str], str] = str,
) -> Shown:
    """Promises, line by line.

    Args:
        title: what of, and of which days.
        first: the column that says what a line is of.
        lines: each with its label in the chart, its value in the first column, and its promises.
        total: all of them.
        upright: the bars stand side by side.
        said: a line's label as it stands in a sentence.
    """
    columns = (
        first,
        Column(tr("Fell due"), Measure.COUNT),
        Column(tr("In time"), Measure.COUNT),
        Column(tr("Excused"), Measure.COUNT),
        Column(tr("Late"), Measure.COUNT),
        Column(tr("Still open"), Measure.COUNT),
        Column(tr("Kept"), Measure.SHARE),
    )
    rows = tuple(
        (value, kept.due, kept.in_time, kept.excused, kept.late, kept.unfinished, kept.compliance)
        for _, value, kept in lines
    )
    series = (
        Series(tr("In time"), "done"),
        Series(tr("Excused"), "soon", Fill.STRIPED),
        Series(tr("Late"), "danger", Fill.CROSSED),
    )
    # shares and not counts: a day with four scripts is seen beside one with four hundred
    bars = tuple(_bar(label, said(label), kept) for label, _, kept in lines)
    chart = Chart(title, series, bars, upright=upright, stacked=True, top=1.0)
    return Shown(ReportTable(title, columns, rows), chart, _summary(total), not total.due)


def _bar(label: str, said: str, kept: Kept) -> Bar:
    if not kept.due:
        return Bar(label, (0.0, 0.0, 0.0), "", tr("{label}: nothing fell due", label=said))
    shares = tuple(part / kept.due for part in (kept.in_time, kept.excused, kept.late))
    tip = tr(
        "{label}: {share} kept; of {due}, {in_time} in time, {excused} excused, {late} late",
        label=said,
        share=percent(kept.compliance),
        due=kept.due,
        in_time=kept.in_time,
        excused=kept.excused,
        late=kept.late,
    )
    return Bar(label, shares, percent(kept.compliance), tip)


def _summary(total: Kept) -> str:
    if not total.due:
        return ""
    words = tr(
        "{share} of {due} promises were kept; {excused} were excused, {late} were late.",
        share=cell_text(total.compliance, Measure.SHARE),
        due=total.due,
        excused=total.excused,
        late=total.late,
    )
    if total.unfinished:
        words += " " + tr_count("{count} of those is still open.", "{count} of those are still open.", total.unfinished)
    return words
