"""How well two markings agree, in words and in rows of a table."""

from __future__ import annotations

from decimal import Decimal

from mv_desktop.domain.agreement import Agreement, MarkedTwice, Tolerance
from mv_desktop.domain.marks import format_marks
from mv_desktop.ui.text import tr, tr_count
from mv_desktop.ui.widgets.fact_table import Cell

PAIR_HEADINGS = ("Question", "First", "Second", "Difference", "May differ by", "Comment")
"""Of `pair_cells`, in English; the last one stretches."""


def share(count: int, whole: int) -> str:
    """Whole percents; all is said of nothing but all, and nothing of nothing but nothing."""
    percent = (200 * count + whole) // (2 * whole)
    if 0 < count < whole:
        percent = min(max(percent, 1), 99)
    return f"{percent} %"


def signed(value: Decimal, *, mean: bool = False) -> str:
    """A difference: "+½", "−1", "0"; of a mean the hundredths: "+0.17"."""
    words = f"{abs(value):.2f}" if mean else format_marks(abs(value))
    if not value:
        return words
    return ("+" if value > 0 else "−") + words


def agreement_text(found: Agreement) -> str:
    """All of it in sentences."""
    counted = tr(
        "Marked twice: {questions} of {scripts}.",
        questions=tr_count("{count} question", "{count} questions", found.questions),
        scripts=tr_count("{count} script", "{count} scripts", found.scripts),
    )
    shares = tr(
        "Exactly the same marks: {exact}; within what may differ: {tolerated}; within ½: {half}.",
        exact=share(found.exact, found.questions),
        tolerated=share(found.tolerated, found.questions),
        half=share(found.within_half, found.questions),
    )
    return " ".join((counted, shares, leaning_text(found.mean_difference)))


def leaning_text(mean: Decimal) -> str:
    """Which marking gave more."""
    if not mean:
        return tr("In the mean both gave the same.")
    marks = f"{abs(mean):.2f}"
    if mean > 0:
        return tr("In the mean the first marks are higher by {marks}.", marks=marks)
    return tr("In the mean the first marks are lower by {marks}.", marks=marks)


def pair_cells(pair: MarkedTwice, tolerance: Tolerance) -> tuple[Cell, ...]:
    """A question that was marked twice; what differs by more than it may has a sign."""
    difference = Cell(signed(pair.difference))
    if not pair.within(tolerance):
        tip = tr("{difference}: more than may differ", difference=difference.text)
        difference = Cell(difference.text, "warning", "danger", tip, strong=True)
    comment = pair.comment if pair.same_side else f"{tr('The other side counted.')} {pair.comment}".strip()
    possible = format_marks(pair.possible)
    return (
        Cell(str(pair.question_number)),
        Cell(f"{format_marks(pair.first)} / {possible}"),
        Cell(f"{format_marks(pair.second)} / {possible}"),
        difference,
        Cell(format_marks(tolerance.of(pair.question_type)), role="muted"),
        Cell(" ".join(comment.split())),
    )
