"""Which question comes next, and which one a stamp is for."""

from __future__ import annotations

from collections.abc import Callable, Container, Sequence

from mv_desktop.domain.identifier import MarkKey
from mv_desktop.domain.script import MarkedScript


def next_unmarked(script: MarkedScript, keys: Sequence[MarkKey], current: MarkKey | None) -> MarkKey | None:
    """The next question without a mark after the current one, round to the start; None when all have one.

    Args:
        script: the script.
        keys: its questions, and the sides of either/or questions, in order.
        current: where the teacher is; None, or one that is not among them, begins at the start.
    """
    here = keys.index(current) if current in keys else -1
    return next((key for key in (*keys[here + 1 :], *keys[: here + 1]) if _unmarked(script, key)), None)


def question_of_stamp(
    script: MarkedScript,
    keys: Sequence[MarkKey],
    current: MarkKey | None,
    answered_there: Container[int],
    may_mark: Callable[[MarkKey], bool],
) -> MarkKey | None:
    """What a stamp on a page is for.

    The current question, unless the page is known to answer other written questions and not this one: then the
    first of those that has no mark yet, or the first of all.

    Args:
        script: the script.
        keys: as `next_unmarked` takes them.
        current: the question that actions are for.
        answered_there: the numbers of the questions known to be answered on the page.
        may_mark: the question is open; one that is not is taken only where the page answers no other.
    """
    there = [key for key in keys if key.question_number in answered_there]
    there = list(filter(may_mark, there)) or there
    if not there or current in there:
        return current
    return next((key for key in there if _unmarked(script, key)), there[0])


def _unmarked(script: MarkedScript, key: MarkKey) -> bool:
    return script.mark(key.question_number).mark is None
