"""Exams: templates, the frozen paper of one exam, and how a paper is built (`docs/exams.md`).

The same template, bank and seed always give the same paper, on every machine and Python version: questions are
drawn in the order of a hash of (seed, question), not by a random number generator whose algorithm may change.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction

from pydantic import Field

from mv_desktop.core.errors import InvalidError
from mv_desktop.core.sentence import Worded
from mv_desktop.domain.paper_draw import Drawn, draw, stock_of
from mv_desktop.domain.paper_plan import Want, filled
from mv_desktop.domain.question import Alternative, PaperQuestion, QuestionType, SnapshotQuestion, Stored
from mv_desktop.domain.question_alternative import sides


class ExamType(StrEnum):
    """The kinds of exam; the values are the database's."""

    BOARD_EXAM = "board_exam"
    SECTION_MCQ = "section_mcq"
    SECTION_VSA = "section_vsa"
    SECTION_SA = "section_sa"
    UNIT_PRACTICE = "unit_practice"


class ExamStatus(StrEnum):
    """The states of an exam; the values are the database's."""

    CREATED = "created"
    IN_PROGRESS = "in_progress"
    SUBMITTED_MCQ = "submitted_mcq"
    PENDING_UPLOAD = "pending_upload"
    UPLOADED = "uploaded"
    PENDING_EVALUATION = "pending_evaluation"
    EVALUATED = "evaluated"


class Section(Stored):
    """One section of a template: how many questions of which type, marks and units.

    Attributes:
        units: the number of questions from each unit; they add up to `question_count`.
        weights: or the share of each unit, dealt out by largest remainder.
        either_or: how many of the questions offer an alternative from the same unit.
    """

    section: str
    title: str = ""
    question_type: QuestionType
    marks_per_question: int
    question_count: int
    units: dict[str, int] | None = None
    weights: dict[str, float] | None = None
    either_or: int = 0


class TemplateConfig(Stored):
    """`exam_templates.config`."""

    schema_: int = Field(default=1, alias="schema")
    total_marks: int
    duration_minutes: int
    sections: tuple[Section, ...]


class ExamSnapshot(Stored):
    """`exam_instances.exam_snapshot`: the paper as it was when the exam was made; it never changes."""

    schema_: int = Field(default=1, alias="schema")
    seed: int = 0
    template: TemplateConfig
    questions: tuple[SnapshotQuestion, ...]


_ALTERNATIVE_KEYS = "abcdefgh"


@dataclass(frozen=True, slots=True)
class Shortage:
    """What a bank lacks for one cell of a template.

    Attributes:
        unit: None where any unit would do.
        available: what the bank has for it beside what the cells that come first need (`paper_plan.Filled`).
        choice: it lacks partners of either/or questions: so many places of the section would offer a choice.
    """

    section: Section
    unit: str | None
    needed: int
    available: int
    choice: bool = False

    def __str__(self) -> str:
        values = {
            "section": self.section.section, "needed": self.needed, "kind": str(self.section.question_type),
            "marks": self.section.marks_per_question, "unit": self.unit, "available": self.available,
        }  # fmt: skip
        if self.choice:
            return Worded(
                "section {section} needs an either/or for {needed} {kind} of {marks} marks, the bank has enough for"
                " {available}",
                **values,
            )
        if self.unit is None:
            return Worded(
                "section {section} needs {needed} {kind} of {marks} marks, the bank has {available} for it", **values
            )
        return Worded(
            "section {section} needs {needed} {kind} of {marks} marks on {unit}, the bank has {available} for it",
            **values,
        )


class ShortBankError(InvalidError):
    """The bank cannot fill a template; `shortages` names each cell."""

    code = "short_bank"

    def __init__(self, shortages: Sequence[Shortage]) -> None:
        self.shortages = tuple(shortages)
        super().__init__(
            f"The question bank cannot fill this paper: {'; '.join(map(str, self.shortages))}.",
            remedy="Add or activate questions, or change the template.",
        )


def check_template(config: TemplateConfig, units: Iterable[str]) -> None:
    """Refuse a template whose numbers do not fit one another.

    Args:
        config: the template.
        units: the units of its class.

    Raises:
        InvalidError: naming the first thing that does not fit.
    """
    known = set(units)
    for section in config.sections:
        where = f"Section {section.section}"
        if section.units is not None and section.weights is not None:
            raise InvalidError(f"{where} gives its units both as counts and as weights.")
        strangers = sorted(set(section.units or section.weights or {}) - known)
        if strangers:
            raise InvalidError(f"{where} names a unit that the class does not have: {', '.join(strangers)}.")
        if section.units is not None and sum(section.units.values()) != section.question_count:
            raise InvalidError(
                f"{where} has {section.question_count} questions, but its units add up to "
                f"{sum(section.units.values())}."
            )
        if section.weights is not None and (min(section.weights.values()) < 0 or not sum(section.weights.values())):
            raise InvalidError(f"{where} has weights that cannot be shared out.")
        if not 0 <= section.either_or <= section.question_count:
            raise InvalidError(f"{where} offers more alternatives than it has questions.")
    total = sum(section.marks_per_question * section.question_count for section in config.sections)
    if total != config.total_marks:
        raise InvalidError(f"The sections add up to {total} marks, not {config.total_marks}.")


def share_out(count: int, weights: dict[str, float]) -> dict[str, int]:
    """`count` questions dealt to units by largest remainder; ties go to the larger weight, then by name.

    Weights need not add up to 1. Fractions are exact: 0.1 means one tenth.
    """
    exact = {unit: Fraction(str(weight)) for unit, weight in weights.items()}
    whole = sum(exact.values())
    quotas = {unit: count * weight / whole for unit, weight in exact.items()}
    shares = {unit: int(quota) for unit, quota in quotas.items()}
    by_remainder = sorted(exact, key=lambda unit: (shares[unit] - quotas[unit], -exact[unit], unit))
    for unit in by_remainder[: count - sum(shares.values())]:
        shares[unit] += 1
    return shares


def build_paper(
    config: TemplateConfig, bank: Iterable[PaperQuestion], seed: int, *, only_unit: str | None = None
) -> ExamSnapshot:
    """A frozen paper with full content, schemes and step marks; no question stands in it twice.

    Args:
        config: the template, already checked by `check_template`.
        bank: the active questions of the class, in any order.
        seed: decides which questions are drawn.
        only_unit: for unit practice, the unit all questions come from.

    Raises:
        ShortBankError: no choice of questions fills the paper; the error names every cell that is short. Never a
            short paper.
    """
    cells: dict[tuple[str, int], list[PaperQuestion]] = defaultdict(list)
    for question in sorted(bank, key=lambda item: _order(seed, item)):
        if only_unit is None or question.unit == only_unit:
            cells[question.question_type, int(question.marks)].append(question)
    drawn: dict[int, Drawn] = {}
    shortages: dict[int, list[Shortage]] = {}
    for kind, numbers in _kinds(config).items():
        wants = [wanted(config.sections[number]) for number in numbers]
        found = draw(wants, cells[kind])
        if found is not None:
            drawn.update(zip(numbers, found, strict=True))
            continue
        for cell in filled(wants, stock_of(cells[kind])):
            if cell.needed > cell.available:
                section = config.sections[numbers[cell.section]]
                short = Shortage(section, cell.unit, cell.needed, cell.available, cell.double)
                shortages.setdefault(numbers[cell.section], []).append(short)
    if shortages:
        raise ShortBankError([short for _, found in sorted(shortages.items()) for short in found])
    questions: list[SnapshotQuestion] = []
    for number, section in enumerate(config.sections):
        for question in drawn[number].chosen:
            partner = drawn[number].partners.get(question.question_id)
            questions.append(_placed(question, partner, section, len(questions) + 1))
    return ExamSnapshot(seed=seed, template=config, questions=tuple(questions))


def wanted(section: Section) -> Want:
    """What a section wants of the bank."""
    units = section.units
    if section.weights is not None:
        units = share_out(section.question_count, section.weights)
    return Want(section.question_count, units, section.either_or)


def _kinds(config: TemplateConfig) -> Mapping[tuple[str, int], list[int]]:
    """The numbers of the sections that draw from the same questions."""
    found: dict[tuple[str, int], list[int]] = {}
    for number, section in enumerate(config.sections):
        found.setdefault((section.question_type, section.marks_per_question), []).append(number)
    return found


def _order(seed: int, question: PaperQuestion) -> bytes:
    return hashlib.sha256(f"{seed}/{question.question_id}".encode()).digest()


def _placed(
    question: PaperQuestion, partner: PaperQuestion | None, section: Section, question_number: int
) -> SnapshotQuestion:
    offered = sides(question) if partner is None else (question, partner)
    content = offered[0].model_dump()
    alternatives: tuple[Alternative, ...] = ()
    if len(offered) > 1:
        alternatives = tuple(
            Alternative(key=key, **option.model_dump()) for key, option in zip(_ALTERNATIVE_KEYS, offered, strict=False)
        )
    return SnapshotQuestion(
        **content, question_number=question_number, section=section.section, alternatives=alternatives
    )
