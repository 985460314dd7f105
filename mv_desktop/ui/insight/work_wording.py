"""The work in words: how much there was and what waits, and whether it was done by its deadline."""

from __future__ import annotations

from mv_desktop.domain.insight import Flow, Flows, Pace, Promises, weekly_flows, weekly_promises
from mv_desktop.domain.report_table import Column, Measure, ReportTable
from mv_desktop.ui.text import tr, tr_count
from mv_desktop.ui.widgets.chart import Bar, Chart, Fill, Look, Series
from mv_desktop.ui.widgets.deadline_text import day as day_text
from mv_desktop.ui.widgets.promise_text import plan_text, promises_shown
from mv_desktop.ui.widgets.report_text import Shown


def flows_shown(title: str, report: Flows, pace: Pace) -> Shown:
    """Scripts that came in, were completed and wait."""
    found = report.days if pace is Pace.DAY else weekly_flows(report.days)
    names = (tr("Came in"), tr("Completed"), tr("Waiting"))
    columns = (
        _first_column(pace),
        Column(names[0], Measure.COUNT),
        Column(names[1], Measure.COUNT),
        Column(tr("Returned"), Measure.COUNT),
        Column(tr("Waiting at the end"), Measure.COUNT),
    )
    rows = tuple((one.first, one.received, one.completed, one.returned, one.waiting) for one in found)
    series = (
        Series(names[0], "accent"),
        Series(names[1], "done", Fill.STRIPED),
        Series(names[2], "soon", Fill.CROSSED),
    )
    bars = tuple(_flow_bar(one, pace) for one in found)
    summary = tr(
        "{received} scripts came in, {completed} were completed, {returned} were returned.",
        received=sum(one.received for one in found),
        completed=sum(one.completed for one in found),
        returned=sum(one.returned for one in found),
    )
    if found:
        waiting = found[-1].waiting
        summary += " " + tr_count("{count} script waits at the end.", "{count} scripts wait at the end.", waiting)
    chart = Chart(title, series, bars, unit=tr("scripts"), look=Look.LINES)
    nothing = not any(one.received or one.completed or one.returned or one.waiting for one in found)
    return Shown(ReportTable(title, columns, rows), chart, summary, nothing)


def _flow_bar(one: Flow, pace: Pace) -> Bar:
    tip = tr(
        "{label}: {received} came in, {completed} completed, {returned} returned, {waiting} waiting at the end",
        label=_label(day_text(one.first), pace),
        received=one.received,
        completed=one.completed,
        returned=one.returned,
        waiting=one.waiting,
    )
    values = (float(one.received), float(one.completed), float(max(0, one.waiting)))
    return Bar(day_text(one.first), values, "", tip)


def due_shown(title: str, report: Promises, pace: Pace) -> Shown:
    """Whether promises were kept, by the day or week in which they fell due."""
    found = report.days if pace is Pace.DAY else weekly_promises(report.days)
    lines = [(day_text(one.first), one.first, one.kept) for one in found]
    return promises_shown(
        title, _first_column(pace), lines, report.total, upright=True, said=lambda label: _label(label, pace)
    )


def plans_shown(title: str, report: Promises) -> Shown:
    """Whether promises were kept, by plan."""
    lines = [(plan_text(one.plan), plan_text(one.plan), one.kept) for one in report.plans]
    return promises_shown(title, Column(tr("Plan"), Measure.TEXT), lines, report.total, upright=False)


def _first_column(pace: Pace) -> Column:
    return Column(tr("Day") if pace is Pace.DAY else tr("Week from"), Measure.DAY)


def _label(day: str, pace: Pace) -> str:
    return day if pace is Pace.DAY else tr("Week from {day}", day=day)
