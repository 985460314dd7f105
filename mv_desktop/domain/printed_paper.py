"""Papers as they are printed: sections of numbered questions, and which of their marks and words stand where."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import groupby

from mv_desktop.domain.exam import ExamSnapshot
from mv_desktop.domain.question import PaperQuestion
from mv_desktop.domain.question_alternative import sides

_HALF = Decimal("0.5")


@dataclass(frozen=True, slots=True)
class PrintedQuestion:
    """A question at its place.

    Attributes:
        sides: one, or what can be chosen between.
    """

    number: int
    marks: Decimal
    sides: tuple[PaperQuestion, ...]


@dataclass(frozen=True, slots=True)
class PrintedSection:
    """Questions under a heading.

    Attributes:
        name, title: "A" and "Multiple choice"; "" where the questions stand by themselves.
    """

    name: str
    title: str
    questions: tuple[PrintedQuestion, ...]

    @property
    def marks(self) -> Decimal:
        """What all of them carry."""
        return sum((one.marks for one in self.questions), Decimal(0))

    @property
    def each(self) -> Decimal | None:
        """What each carries; None where that is not the same."""
        found = {one.marks for one in self.questions}
        return found.pop() if len(found) == 1 else None


@dataclass(frozen=True, slots=True)
class PrintedPaper:
    """What is printed.

    Attributes:
        title: above it.
        minutes: how long one has; None where it is no exam.
    """

    title: str
    class_name: str
    minutes: int | None
    sections: tuple[PrintedSection, ...]

    @property
    def marks(self) -> Decimal:
        """What all questions carry."""
        return sum((one.marks for one in self.sections), Decimal(0))

    @property
    def count(self) -> int:
        """How many questions there are."""
        return sum(len(one.questions) for one in self.sections)

    @property
    def choosing(self) -> bool:
        """Some question is one of two."""
        return any(len(one.sides) > 1 for section in self.sections for one in section.questions)

    @property
    def pictures(self) -> tuple[str, ...]:
        """The addresses of all pictures, each once."""
        sides = [side for section in self.sections for one in section.questions for side in one.sides]
        found = (picture for side in sides for picture in pictures_of(side))
        return tuple(dict.fromkeys(found))


def pictures_of(question: PaperQuestion) -> tuple[str, ...]:
    """The addresses of the pictures of a question: of itself, its diagram, its choices, its answer and solution."""
    own = (question.question_image_url, question.diagram_image_url, *(choice.image for choice in question.choices))
    return tuple(filter(None, (*own, *solution_pictures(question))))


def solution_pictures(question: PaperQuestion) -> tuple[str, ...]:
    """Those that only stand in its solution."""
    return tuple(filter(None, (question.correct_answer_image_url, question.explanation_image_url)))


def printed_exam(exam: ExamSnapshot, title: str, class_name: str) -> PrintedPaper:
    """A paper as it was made."""
    titles = {one.section: one.title for one in exam.template.sections}
    sections = tuple(
        PrintedSection(
            name,
            titles.get(name, ""),
            tuple(PrintedQuestion(one.question_number, one.marks, one.alternatives or (one,)) for one in questions),
        )
        for name, questions in groupby(exam.questions, key=lambda one: one.section)
    )
    return PrintedPaper(title, class_name, exam.template.duration_minutes, sections)


def printed_selection(questions: Sequence[PaperQuestion], title: str) -> PrintedPaper:
    """Questions by themselves, numbered in their order, each with what can be answered instead."""
    numbered = tuple(PrintedQuestion(number, one.marks, sides(one)) for number, one in enumerate(questions, 1))
    return PrintedPaper(title, "", None, (PrintedSection("", "", numbered),) if numbered else ())


def marks_text(marks: Decimal) -> str:
    """Marks as a paper says them: 5, 1½, ½."""
    whole = marks // 1
    rest = marks - whole
    if rest == 0:
        return str(int(whole))
    if rest == _HALF:
        return f"{int(whole) or ''}½"
    return f"{marks.normalize():f}"
