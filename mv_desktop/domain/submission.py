"""The check before a submission (`annotation.md`): what blocks, what must be accepted, what only warns."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum

from mv_desktop.domain.conflict import MarkConflict, undecided
from mv_desktop.domain.evaluation import PageInfo
from mv_desktop.domain.flag import FlagReason
from mv_desktop.domain.identifier import PageRef
from mv_desktop.domain.marks import EffectiveMark, format_marks, is_mark
from mv_desktop.domain.operation import SubmitEvaluation
from mv_desktop.domain.script import Declaration, MarkedScript

READABLE_SECONDS = 1.0
"""A page counts as seen when it was shown at a readable size at least this long."""


class Weight(StrEnum):
    """What a finding does to a submission."""

    BLOCKS = "blocks"
    ACCEPT = "accept"
    """Must be settled, or accepted by the teacher."""
    WARNS = "warns"


class Sentence(StrEnum):
    """What a finding says, in English; the user interface translates it before the values are put in."""

    TWO_MARKS = "Question {question} has two marks, given on two computers of yours: decide between them."
    NO_MARK = "Question {question} has no mark."
    IMPOSSIBLE = "Question {question} has {marks}: it takes 0 to {possible} in steps of ½."
    SIDE_WITHOUT = "Question {question}: ({side}) is not attempted, ({other}) has no mark."
    DISAGREES = "Question {question}: the stamps add up to {sum}, the mark is {marks}."
    STAMPED = "Question {question}: the stamps add up to {sum}, the mark is not attempted."
    DECLARED_MARKED = "Question {question}: the student declared it unanswered, and it has {marks}."
    DECLARED_INKED = "Question {question}: the student declared it unanswered, and there is ink for it."
    NOT_SHOWABLE = "Page {page} cannot be shown: {problem}"
    NOT_READ = "Page {page} was never shown at a readable size."
    NO_INK = "Page {page} answers {questions} and has no ink."
    TWIN = "Page {page} is the same file as page {other} of {code}: is it this student's?"
    TWICE = "Page {page} is the same file as page {other}."
    WRONG_PAPER = "You flagged the script: it looks like another paper."
    ANOTHER_STUDENT = "You flagged page {page}: it looks like another student's."
    ANOTHER_STUDENT_ALL = "You flagged the script: it looks like another student's."
    MISSING_PAGE = "You flagged the script: a page is missing."


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing found before submission.

    Attributes:
        weight: what it does.
        sentence: what it says to the teacher.
        values: what stands in the sentence, as it is shown.
        question_number, page: where to jump to; one of them, or neither.
        alternative: which side of an either/or question; "" for a plain one, and where either would do.
    """

    weight: Weight
    sentence: Sentence
    values: Mapping[str, str] = field(hash=False)
    question_number: int | None = None
    page: PageRef | None = None
    alternative: str = ""

    @property
    def text(self) -> str:
        """The sentence in English."""
        return self.sentence.format(**self.values)


def check_submission(
    script: MarkedScript, pages: Sequence[PageInfo], conflicts: Iterable[MarkConflict] = ()
) -> tuple[Finding, ...]:
    """All findings, those that block first, in the order of questions and pages; `conflicts` as it was opened."""
    found = [
        *_conflict_findings(undecided(conflicts, script.decided)),
        *_question_findings(script),
        *_page_findings(script, pages),
        *_twin_findings(pages),
        *_flag_findings(script),
    ]
    order = list(Weight)
    return tuple(sorted(found, key=lambda finding: order.index(finding.weight)))


def submission(script: MarkedScript) -> SubmitEvaluation:
    """The submission of what the teacher sees; valid once nothing blocks."""
    return SubmitEvaluation(script.vector, script.total)


def _conflict_findings(conflicts: Iterable[MarkConflict]) -> list[Finding]:
    return [
        Finding(
            Weight.BLOCKS,
            Sentence.TWO_MARKS,
            {"question": f"{number} ({key})" if key else str(number)},
            number,
            alternative=key,
        )
        for number, key in dict.fromkeys(conflict.key for conflict in conflicts)
    ]


def _question_findings(script: MarkedScript) -> list[Finding]:
    found = []
    for question in script.written:
        number = question.question_number
        result = script.mark(number)
        if result.mark is None or result.mark.marks is None:
            found.append(Finding(Weight.BLOCKS, Sentence.NO_MARK, {"question": str(number)}, number))
            continue
        found += _declared(script, number, result.mark.marks)
        if result.mark.not_attempted:
            found += _sides_without(number, result.options)
        for key, option in question.options:
            mark = result.options[key]
            values = {"question": f"{number} ({key})" if key else str(number)}
            if mark.marks is not None and not is_mark(mark.marks, option.marks):
                values |= {"marks": format_marks(mark.marks), "possible": format_marks(option.marks)}
                found.append(Finding(Weight.BLOCKS, Sentence.IMPOSSIBLE, values, number, alternative=key))
            elif mark.disagrees and mark.stamp_sum is not None and mark.marks is not None:
                values["sum"] = format_marks(mark.stamp_sum)
                if not mark.not_attempted:
                    values["marks"] = format_marks(mark.marks)
                sentence = Sentence.STAMPED if mark.not_attempted else Sentence.DISAGREES
                found.append(Finding(Weight.ACCEPT, sentence, values, number, alternative=key))
    return found


def _sides_without(number: int, options: Mapping[str, EffectiveMark]) -> list[Finding]:
    """The side of an either/or question that was passed by while the other counts as not attempted."""
    side = next((key for key, mark in options.items() if mark.not_attempted), None)
    found = []
    for other, mark in options.items():
        if side is not None and mark.marks is None:
            values = {"question": str(number), "side": side, "other": other}
            found.append(Finding(Weight.WARNS, Sentence.SIDE_WITHOUT, values, number, alternative=other))
    return found


def _declared(script: MarkedScript, number: int, marks: Decimal) -> list[Finding]:
    match script.declaration(number):
        case Declaration.MARKED:
            values = {"question": str(number), "marks": format_marks(marks)}
            return [Finding(Weight.WARNS, Sentence.DECLARED_MARKED, values, number)]
        case Declaration.INKED:
            return [Finding(Weight.WARNS, Sentence.DECLARED_INKED, {"question": str(number)}, number)]
    return []


def _page_findings(script: MarkedScript, pages: Sequence[PageInfo]) -> list[Finding]:
    found = []
    for page in pages:
        values = {"page": page.ref.label}
        seen = script.seen.get(page.ref)
        if page.problem:
            values["problem"] = page.problem
            found.append(Finding(Weight.WARNS, Sentence.NOT_SHOWABLE, values, page=page.ref))
        elif seen is None or seen.seconds < READABLE_SECONDS:
            found.append(Finding(Weight.WARNS, Sentence.NOT_READ, values, page=page.ref))
        elif not script.ink_on(page.ref) and (attempted := _attempted_on(script, page)):
            values["questions"] = ", ".join(map(str, attempted))
            found.append(Finding(Weight.WARNS, Sentence.NO_INK, values, page=page.ref))
    return found


def _twin_findings(pages: Sequence[PageInfo]) -> list[Finding]:
    """Files that came twice: by mistake, of another student, or copied. A PDF is told once, not page by page."""
    found = []
    for page in pages:
        if page.twin is not None and page.ref.pdf_page <= 1:
            values = {"page": page.ref.label, "other": str(page.twin.page_number)}
            if page.twin.script_code:
                values["code"] = page.twin.script_code
            sentence = Sentence.TWIN if page.twin.script_code else Sentence.TWICE
            found.append(Finding(Weight.WARNS, sentence, values, page=page.ref))
    return found


def _flag_findings(script: MarkedScript) -> list[Finding]:
    """Flags that nobody has answered and that make marks doubtful: whose they are, or of which paper."""
    found: dict[tuple[Sentence, PageRef | None], Finding] = {}
    for flag in script.flags.values():
        sentence = _FLAG_SENTENCES.get(flag.reason)
        if sentence is None or flag.answered:
            continue
        if sentence is Sentence.ANOTHER_STUDENT and flag.page is None:
            sentence = Sentence.ANOTHER_STUDENT_ALL
        values = {} if flag.page is None else {"page": flag.page.label}
        found[sentence, flag.page] = Finding(Weight.WARNS, sentence, values, page=flag.page)
    return list(found.values())


_FLAG_SENTENCES: dict[str, Sentence] = {
    FlagReason.WRONG_PAPER: Sentence.WRONG_PAPER,
    FlagReason.ANOTHER_STUDENT: Sentence.ANOTHER_STUDENT,
    FlagReason.MISSING_PAGE: Sentence.MISSING_PAGE,
}


def _attempted_on(script: MarkedScript, page: PageInfo) -> list[int]:
    numbers = script.answered_on(page.ref, page.questions)
    written = {question.question_number for question in script.written}
    attempted = []
    for number in numbers:
        mark = script.mark(number).mark if number in written else None
        if mark is not None and not mark.not_attempted:
            attempted.append(number)
    return attempted
