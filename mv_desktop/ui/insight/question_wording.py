"""Questions in words: how easy they were, whether they tell apart, and which choices were taken."""

from __future__ import annotations

import math

from mv_desktop.domain.insight import Choices, QuestionItem, QuestionPiece, Taken
from mv_desktop.domain.item_statistic import (
    FEWEST,
    ChoiceCount,
    Discrimination,
    Ease,
    discrimination,
    discrimination_grade,
    ease,
    facility,
    idle_choices,
    suspicious_choices,
)
from mv_desktop.domain.report_table import Column, Measure, ReportTable, rounded
from mv_desktop.ui.text import tr, tr_count
from mv_desktop.ui.widgets.chart import Axis, Bar, Chart, Fill, Look, Series
from mv_desktop.ui.widgets.deadline_text import day as day_text
from mv_desktop.ui.widgets.math_words import in_a_line
from mv_desktop.ui.widgets.report_text import NOTHING, Shown, percent

GRADES = {
    Discrimination.VERY_GOOD: "tells apart very well",
    Discrimination.GOOD: "tells apart well",
    Discrimination.MARGINAL: "tells apart fairly",
    Discrimination.POOR: "tells apart poorly",
    Discrimination.NEGATIVE: "the wrong way round",
}
EASES = {Ease.EASY: "easy", Ease.HARD: "hard"}
_BOUND = 0.2
"""Below this discrimination is poor."""
_LONGEST = 40
"""Characters of a question or a choice that stand in a chart."""


def questions_shown(title: str, report: QuestionPiece, skipped: int) -> Shown:
    """A piece of the questions, as dots: how easy along the bottom, how well they tell apart up the side."""
    columns = (
        Column(tr("Judged"), Measure.TEXT),
        Column(tr("Facility"), Measure.SHARE),
        Column(tr("Discrimination"), Measure.NUMBER),
        Column(tr("Answers"), Measure.COUNT),
        Column(tr("Class"), Measure.TEXT),
        Column(tr("Type"), Measure.TEXT),
        Column(tr("Unit"), Measure.TEXT),
        Column(tr("Question"), Measure.TEXT),
    )
    rows = tuple(
        (
            verdict(one),
            facility(one.sums),
            discrimination(one.sums),
            one.sums.count,
            one.class_name,
            one.question_type.value,
            one.unit,
            question_text(one),
        )
        for one in report.questions
    )
    series = (
        Series(tr("Tells apart"), "done"),
        Series(tr("Poorly, or the wrong way round"), "danger", Fill.STRIPED),
        Series(tr("Nothing can be said"), "muted", Fill.CROSSED),
    )
    known = [found for one in report.questions if (found := discrimination(one.sums)) is not None]
    low = min(-0.2, math.floor(min(known, default=0.0) * 5) / 5)
    axes = (
        Axis(tr("Facility: share of the marks that was earned"), 0.0, 1.0, shares=True),
        Axis(tr("Discrimination; the broken line is {bound}", bound=f"{_BOUND:.2f}"), low, 1.0, bound=_BOUND),
    )
    dots = tuple(_question_dot(one, low) for one in report.questions)
    chart = Chart(title, series, dots, look=Look.DOTS, axes=axes)
    return Shown(ReportTable(title, columns, rows), chart, _summary(report, skipped), not report.questions)


def verdict(one: QuestionItem) -> str:
    """What is thought of a question, in a few words."""
    grade = GRADES.get(discrimination_grade(discrimination(one.sums)))
    if one.sums.count < FEWEST:
        return tr("too few answers")
    words = tr(grade) if grade else tr("all did alike")
    easy = EASES.get(ease(facility(one.sums)))
    return f"{words}, {tr(easy)}" if easy else words


def question_text(one: QuestionItem) -> str:
    """A question's beginning, or its id where the bank has no words of it."""
    return in_a_line(one.wording) or str(one.question_id)[:8]


def weeks_text(report: QuestionPiece | Choices) -> str:
    """The whole weeks that were counted."""
    return tr(
        "Counted in whole weeks, {first} – {last}.",
        first=day_text(report.first),
        last=day_text(report.last, year=True),
    )


def _question_dot(one: QuestionItem, low: float) -> Bar:
    """Where nothing can be said of how well it tells apart, it lies at the bottom; zero would seem to be known."""
    easy, apart = facility(one.sums), discrimination(one.sums)
    told = NOTHING if apart is None else f"{rounded(apart, 2)}".replace("-", "−")
    tip = tr_count(
        "{question} ({kind}): facility {facility}, discrimination {discrimination}, {count} answer; {verdict}",
        "{question} ({kind}): facility {facility}, discrimination {discrimination}, {count} answers; {verdict}",
        one.sums.count,
        question=_short(question_text(one)),
        kind=one.question_type.value,
        facility=percent(easy),
        discrimination=told,
        verdict=verdict(one),
    )
    return Bar(_short(question_text(one)), (easy or 0.0, low if apart is None else apart), told, tip, _series(apart))


def _series(apart: float | None) -> int:
    return 2 if apart is None else 1 if apart < _BOUND else 0


def _summary(report: QuestionPiece, skipped: int) -> str:
    if not report.questions:
        return ""
    found = [discrimination_grade(discrimination(one.sums)) for one in report.questions]
    first, last = skipped + 1, skipped + len(found)
    words = [
        tr("Questions {first}–{last} of {total}.", first=first, last=last, total=report.total)
        if report.total > len(found)
        else tr_count("{count} question.", "{count} questions.", report.total)
    ]
    poor, wrong = found.count(Discrimination.POOR), found.count(Discrimination.NEGATIVE)
    if poor:
        words.append(tr_count("{count} tells apart poorly.", "{count} tell apart poorly.", poor))
    if wrong:
        words.append(
            tr_count(
                "{count} does so the wrong way round: look at its key first.",
                "{count} do so the wrong way round: look at their keys first.",
                wrong,
            )
        )
    return " ".join(words)


def choices_shown(report: Choices) -> Shown:
    """Which choices of one question were taken."""
    title = tr("Choices of: {question}", question=_short(in_a_line(report.wording)) or NOTHING)
    columns = (
        Column(tr("Choice"), Measure.TEXT),
        Column(tr("It says"), Measure.TEXT),
        Column(tr("Key"), Measure.TEXT),
        Column(tr("Taken"), Measure.COUNT),
        Column(tr("Share"), Measure.SHARE),
        Column(tr("Who took it earned elsewhere"), Measure.SHARE),
        Column(tr("Stands out"), Measure.TEXT),
    )
    counts = [one.counted for one in report.taken]
    idle, suspicious = idle_choices(counts), suspicious_choices(counts)
    total = report.answers
    shares = [one.count / total if total else 0.0 for one in counts]
    why = [
        tr("stronger students take it") if one.choice in suspicious
        else tr("hardly anybody takes it") if one.choice in idle else ""
        for one in counts
    ]  # fmt: skip
    rows = tuple(
        (
            _choice(one.counted),
            in_a_line(one.words),
            _kind(one.counted),
            one.counted.count,
            share,
            one.counted.rest,
            note,
        )
        for one, share, note in zip(report.taken, shares, why, strict=True)
    )
    series = (
        Series(tr("Correct"), "done"),
        Series(tr("Incorrect"), "danger", Fill.STRIPED),
        Series(tr("Left out"), "muted", Fill.CROSSED),
    )
    bars = tuple(_choice_bar(one, share, note) for one, share, note in zip(report.taken, shares, why, strict=True))
    chart = Chart(title, series, bars, stacked=True, top=1.0)
    return Shown(ReportTable(title, columns, rows), chart, in_a_line(report.wording), not total)


def _choice(one: ChoiceCount) -> str:
    return one.choice or tr("Left out")


def _kind(one: ChoiceCount) -> str:
    return tr("correct") if one.right else tr("incorrect") if one.choice else ""


def _choice_bar(one: Taken, share: float, note: str) -> Bar:
    counted = one.counted
    at = 0 if counted.right else 1 if counted.choice else 2
    tip = tr(
        "{choice}: {share}, {count} times; who took it earned {mean} of the other marks",
        choice=f"{_choice(counted)} ({_kind(counted)})" if counted.choice else _choice(counted),
        share=percent(share),
        count=counted.count,
        mean=percent(counted.rest),
    )
    label = f"{counted.choice}  {_short(in_a_line(one.words))}" if counted.choice else _choice(counted)
    values = tuple(share if place == at else 0.0 for place in range(3))
    return Bar(label, values, percent(share), f"{tip}; {note}" if note else tip)


def _short(words: str) -> str:
    return words if len(words) <= _LONGEST else f"{words[:_LONGEST].rstrip()}…"
