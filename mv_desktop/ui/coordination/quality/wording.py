"""Samples and results in words and rows."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, tzinfo

from mv_desktop.domain.agreement import Agreement
from mv_desktop.domain.marks import format_marks
from mv_desktop.domain.quality import Results, Sample, Sampling, SecondTeacher
from mv_desktop.domain.sample import Standing, Why
from mv_desktop.ui.text import tr, tr_count
from mv_desktop.ui.theme import ColorRole
from mv_desktop.ui.widgets.agreement_text import share, signed
from mv_desktop.ui.widgets.deadline_text import moment, whole_moment
from mv_desktop.ui.widgets.fact_table import Cell, TableRow
from mv_desktop.ui.widgets.math_words import in_a_line

SAMPLE_HEADINGS = ("Script", "First teacher", "Why", "State", "Since")
SAMPLE_STRETCHED = 3
_SHARES = ("Exact", "Within what may differ", "Within ½", "Mean difference", "Mean distance")
TEACHER_HEADINGS = ("Teacher", "Scripts", "Questions", *_SHARES)
QUESTION_HEADINGS = ("Question", "Scripts", *_SHARES)

_STANDINGS: Mapping[Standing, str] = {
    Standing.WAITING: "Waiting",
    Standing.GIVEN: "Given",
    Standing.MARKED: "Marked",
}
WHYS: Mapping[str, str] = {
    Why.FIRST: "One of the first",
    Why.SHARE: "Drawn",
    Why.ASKED: "Asked for",
}
"""Why a script is marked a second time, in English."""
_SIGNS: Mapping[Standing, tuple[str, ColorRole]] = {
    Standing.WAITING: ("clock", "soon"),
    Standing.GIVEN: ("person", "accent"),
    Standing.MARKED: ("done", "done"),
}


def standing_text(standing: Standing) -> str:
    """What a state is called."""
    return tr(_STANDINGS[standing])


def sampling_text(rule: Sampling) -> str:
    """The rule, with its values."""
    return tr(
        "The first {first} scripts of a new teacher are marked a second time, and {percent} % of all later ones. Two "
        "markings of a question may differ by {short}, of a long answer by {long}.",
        first=rule.first,
        percent=rule.percent,
        short=format_marks(rule.tolerance.short),
        long=format_marks(rule.tolerance.long),
    )


def state_text(sample: Sample) -> str:
    """How far it is, and with whom."""
    if sample.standing is Standing.GIVEN:
        words = tr("With {name}", name=sample.second)
    elif sample.standing is Standing.MARKED:
        words = tr("Marked by {name}", name=sample.second)
    else:
        words = tr("Waits: nobody could have it") if sample.nobody else tr("Waits")
    if sample.declined:
        words += f" · {tr_count('declined {count} time', 'declined {count} times', sample.declined)}"
    return words


def since(sample: Sample) -> datetime:
    """Since when it is so."""
    return sample.marked_at or sample.given_at or sample.chosen_at


def sample_row(sample: Sample, now: datetime, zone: tzinfo) -> TableRow:
    """A sample as a line of the list."""
    icon, role = _SIGNS[sample.standing]
    if sample.nobody:
        icon, role = "warning", "danger"
    cells = (
        Cell(sample.code),
        Cell(sample.teacher),
        Cell(tr(WHYS[sample.why]), tip=sample.reason),
        Cell(state_text(sample), icon, role),
        Cell(moment(since(sample), now, zone), tip=whole_moment(since(sample), zone)),
    )
    return TableRow(sample.evaluation_id, cells)


def sample_facts(sample: Sample, now: datetime, zone: tzinfo) -> str:
    """What is so, a line each."""
    why = tr(WHYS[sample.why])
    lines = [
        (tr("State"), f"{state_text(sample)}, {moment(since(sample), now, zone)}"),
        (tr("First teacher"), sample.teacher),
        (tr("Why"), f"{why}: {sample.reason}" if sample.reason else why),
        (tr("Chosen"), moment(sample.chosen_at, now, zone)),
        (tr("Comment of the second teacher"), sample.comment),
    ]
    return "\n".join(f"{name}: {words}" for name, words in lines if words)


def teacher_label(teacher: SecondTeacher) -> str:
    """Who she is, and what speaks for or against her."""
    busy = tr_count("{count} second marking open", "{count} second markings open", teacher.open)
    return f"{teacher.name} — {busy}" + (f", {tr('absent today')}" if teacher.away else "")


def teacher_rows(results: Results) -> list[TableRow]:
    """Each teacher whose scripts were marked twice; whoever agrees least comes first."""
    ordered = sorted(
        results.teachers.items(),
        key=lambda one: (one[1].tolerated / one[1].questions, results.names.get(one[0], "")),
    )
    return [
        TableRow(
            who,
            (Cell(results.names.get(who, "–")), Cell(str(found.scripts)), Cell(str(found.questions)), *_cells(found)),
        )
        for who, found in ordered
    ]


def question_rows(results: Results) -> list[TableRow]:
    """Each question that was marked twice; where the marks differ most comes first."""
    ordered = sorted(results.questions.items(), key=lambda one: (-one[1].mean_distance, -one[1].scripts, str(one[0])))
    rows = []
    for which, found in ordered:
        words = in_a_line(results.wordings.get(which, "")) or str(which)[:8]
        rows.append(TableRow(which, (Cell(words), Cell(str(found.scripts)), *_cells(found))))
    return rows


def _cells(found: Agreement) -> tuple[Cell, ...]:
    return (
        Cell(share(found.exact, found.questions)),
        Cell(share(found.tolerated, found.questions)),
        Cell(share(found.within_half, found.questions)),
        Cell(signed(found.mean_difference, mean=True)),
        Cell(f"{found.mean_distance:.2f}"),
    )
