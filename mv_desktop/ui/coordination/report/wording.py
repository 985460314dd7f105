"""Reports in words: what each is called, its table, its chart, and the sentence that sums it up."""

from __future__ import annotations

from enum import StrEnum

from mv_desktop.domain.exam import ExamType
from mv_desktop.domain.report import Compliance, Kept, PaceReport, QuestionMean, QuestionReport, Volume
from mv_desktop.domain.report_table import Column, Measure, ReportTable, Value, rounded
from mv_desktop.ui.text import tr, tr_count
from mv_desktop.ui.widgets.chart import Bar, Chart, Fill, Series
from mv_desktop.ui.widgets.deadline_text import day as day_text
from mv_desktop.ui.widgets.exam_type_text import exam_type_text
from mv_desktop.ui.widgets.math_words import in_a_line
from mv_desktop.ui.widgets.promise_text import plan_text, promises_shown
from mv_desktop.ui.widgets.report_text import Shown, percent, span_text

Report = Compliance | Volume | PaceReport | QuestionReport


class Topic(StrEnum):
    """What can be looked at, in the order of the list."""

    DAYS = "days"
    PLANS = "plans"
    TEACHERS = "teachers"
    VOLUME = "volume"
    PACE = "pace"
    QUESTIONS = "questions"


TOPICS: dict[Topic, str] = {
    Topic.DAYS: "Promises by day",
    Topic.PLANS: "Promises by plan",
    Topic.TEACHERS: "Promises by teacher",
    Topic.VOLUME: "Volumes",
    Topic.PACE: "Pace",
    Topic.QUESTIONS: "Questions that stand out",
}
"""Their names, in English."""


def shown(topic: Topic, report: Report) -> Shown:
    """A report in words. What was read for promises serves three topics."""
    match report:
        case Compliance():
            return _promises(topic, report)
        case Volume():
            return _volume(report)
        case PaceReport():
            return _pace(report)
        case QuestionReport():
            return _questions(report)


# -- promises ------------------------------------------------------------------------------------------------


def _promises(topic: Topic, report: Compliance) -> Shown:
    first = {
        Topic.PLANS: Column(tr("Plan"), Measure.TEXT),
        Topic.TEACHERS: Column(tr("Teacher"), Measure.TEXT),
    }.get(topic, Column(tr("Day"), Measure.DAY))
    lines: list[tuple[str, Value, Kept]] = [(day_text(one.day), one.day, one.kept) for one in report.days]
    if topic is Topic.PLANS:
        lines = [(plan_text(one.plan), plan_text(one.plan), one.kept) for one in report.plans]
    elif topic is Topic.TEACHERS:
        teachers = [(one.name if one.teacher_id else tr("In nobody's hands"), one.kept) for one in report.teachers]
        # who kept the fewest first, as that is what one looks for
        teachers.sort(key=lambda line: (line[1].compliance or 0.0, -line[1].due, line[0]))
        lines = [(name, name, kept) for name, kept in teachers]
    title = f"{tr(TOPICS[topic])}, {span_text(report.span)}"
    return promises_shown(title, first, lines, report.total, upright=topic is Topic.DAYS)


# -- volumes -------------------------------------------------------------------------------------------------


def _volume(report: Volume) -> Shown:
    title = f"{tr(TOPICS[Topic.VOLUME])}, {span_text(report.span)}"
    names = (tr("Came in"), tr("Completed"), tr("Returned"))
    columns = (Column(tr("Day"), Measure.DAY), *(Column(name, Measure.COUNT) for name in names))
    rows = tuple((one.day, one.received, one.completed, one.returned) for one in report.days)
    series = (
        Series(names[0], "accent"),
        Series(names[1], "done", Fill.STRIPED),
        Series(names[2], "soon", Fill.CROSSED),
    )
    bars = tuple(
        Bar(
            day_text(one.day),
            (one.received, one.completed, one.returned),
            f"{one.received} · {one.completed}",
            tr(
                "{label}: {received} came in, {completed} completed, {returned} returned",
                label=day_text(one.day),
                received=one.received,
                completed=one.completed,
                returned=one.returned,
            ),
        )
        for one in report.days
    )
    summary = tr(
        "{received} scripts came in, {completed} were completed, {returned} were returned.",
        received=report.received,
        completed=report.completed,
        returned=report.returned,
    )
    chart = Chart(title, series, bars, upright=True, unit=tr("scripts"))
    return Shown(
        ReportTable(title, columns, rows), chart, summary, not (report.received or report.completed or report.returned)
    )


# -- pace ----------------------------------------------------------------------------------------------------


def _pace(report: PaceReport) -> Shown:
    title = f"{tr(TOPICS[Topic.PACE])}, {span_text(report.span)}"
    columns = (
        Column(tr("Exam"), Measure.TEXT),
        Column(tr("Teacher"), Measure.TEXT),
        Column(tr("Scripts"), Measure.COUNT),
        Column(tr("Quick quarter (min)"), Measure.MINUTES),
        Column(tr("Middle (min)"), Measure.MINUTES),
        Column(tr("Slow quarter (min)"), Measure.MINUTES),
    )
    named = [
        (exam_type_text(row.exam_type), row.name if row.teacher_id else tr("All teachers"), row) for row in report.rows
    ]
    rows = tuple((exam, who, row.scripts, row.quick, row.middle, row.slow) for exam, who, row in named)
    # all teachers of each kind of exam first: what everybody's own is looked at beside
    ordered = [line for line in named if line[2].teacher_id is None] + [line for line in named if line[2].teacher_id]
    bars = tuple(
        Bar(
            f"{exam} · {who}",
            (row.middle,),
            f"{rounded(row.middle, 0)}",
            tr(
                "{exam}, {who}: {middle} minutes in the middle, half between {quick} and {slow}; {scripts} scripts",
                exam=exam,
                who=who,
                middle=rounded(row.middle, 1),
                quick=rounded(row.quick, 1),
                slow=rounded(row.slow, 1),
                scripts=row.scripts,
            ),
        )
        for exam, who, row in ordered
    )
    chart = Chart(title, (Series(tr("Middle (min)"), "accent"),), bars, unit=tr("minutes"))
    board = next((row for row in report.rows if row.teacher_id is None and row.exam_type is ExamType.BOARD_EXAM), None)
    summary = tr("Of what was begun and completed on one day.")
    if board is not None:
        said = tr("A board exam took {middle} minutes in the middle.", middle=rounded(board.middle, 0))
        summary = f"{said} {summary}"
    return Shown(ReportTable(title, columns, rows), chart, summary, not report.rows)


# -- questions -----------------------------------------------------------------------------------------------


def _questions(report: QuestionReport) -> Shown:
    title = f"{tr(TOPICS[Topic.QUESTIONS])}, {span_text(report.span)}"
    columns = (
        Column(tr("Stands out"), Measure.TEXT),
        Column(tr("Question"), Measure.TEXT),
        Column(tr("Class"), Measure.TEXT),
        Column(tr("Type"), Measure.TEXT),
        Column(tr("Unit"), Measure.TEXT),
        Column(tr("Answers"), Measure.COUNT),
        Column(tr("Mean"), Measure.SHARE),
        Column(tr("Others of its kind"), Measure.SHARE),
    )
    rows = tuple(
        (
            _verdict(one),
            question_text(one),
            one.sums.class_name,
            one.sums.question_type.value,
            one.sums.unit,
            one.sums.answers,
            one.mean,
            one.usual,
        )
        for one in report.questions
    )
    bars = tuple(
        Bar(
            question_text(one),
            (one.mean, one.usual or 0.0),
            f"{percent(one.mean)} / {percent(one.usual)}",
            tr(
                "{question}: {mean} of the marks in the mean, the others of its kind {usual}; {answers} answers",
                question=question_text(one),
                mean=percent(one.mean),
                usual=percent(one.usual),
                answers=one.sums.answers,
            ),
        )
        for one in report.unusual
    )
    series = (Series(tr("Mean"), "accent"), Series(tr("Others of its kind"), "muted", Fill.STRIPED))
    chart = Chart(title, series, bars, top=1.0)
    summary = (
        tr_count(
            "{count} question of {all} stands out.", "{count} questions of {all} stand out.", len(bars), all=len(rows)
        )
        if bars
        else tr("No question stands out.")
    )
    return Shown(ReportTable(title, columns, rows), chart, summary, not report.questions)


def question_text(question: QuestionMean) -> str:
    """A question's beginning, or its id where the bank has no words of it."""
    return in_a_line(question.sums.wording) or str(question.sums.question_id)[:8]


def _verdict(question: QuestionMean) -> str:
    if not question.unusual:
        return ""
    return tr("easier") if (question.difference or 0.0) > 0 else tr("harder")
