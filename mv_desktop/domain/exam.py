"""Exams: templates, the frozen paper of one exam, and how a paper is built (`docs/exams.md`).

The same template, bank and seed always give the same paper, on every machine and Python version: questions are
drawn in the order of a hash of (seed, question), not by a random number generator whose algorithm may change.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction

from pydantic import Field

from mv_desktop.core.errors import InvalidError
from mv_desktop.domain.question import Alternative, PaperQuestion, QuestionType, SnapshotQuestion, Stored
from mv_desktop.domain.question_alternative import has_sides, sides


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
    """What a bank lacks for one cell of a template; `unit` is None where any unit would do."""

    section: Section
    unit: str | None
    needed: int
    available: int

    def __str__(self) -> str:
        kind = f"{self.section.question_type} of {self.section.marks_per_question} marks"
        unit = f" on {self.unit}" if self.unit else ""
        return f"section {self.section.section} needs {self.needed} {kind}{unit}, the bank has {self.available}"


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
        ShortBankError: the bank lacks questions; the error names every cell. Never a short paper.
    """
    cells: dict[tuple[str, int], list[PaperQuestion]] = defaultdict(list)
    for question in sorted(bank, key=lambda item: _order(seed, item)):
        if only_unit is None or question.unit == only_unit:
            cells[question.question_type, int(question.marks)].append(question)
    drawn: list[SnapshotQuestion] = []
    shortages: list[Shortage] = []
    for section in config.sections:
        pool = cells[section.question_type, section.marks_per_question]
        chosen, short = _fill(section, pool)
        shortages += short
        chosen.sort(key=lambda item: _order(seed, item))
        partners, short = _alternatives(section, chosen, pool)
        shortages += short
        for question in chosen:
            drawn.append(_placed(question, partners.get(question.question_id), section, len(drawn) + 1))
    if shortages:
        raise ShortBankError(shortages)
    return ExamSnapshot(seed=seed, template=config, questions=tuple(drawn))


def _order(seed: int, question: PaperQuestion) -> bytes:
    return hashlib.sha256(f"{seed}/{question.question_id}".encode()).digest()


def _fill(section: Section, pool: list[PaperQuestion]) -> tuple[list[PaperQuestion], list[Shortage]]:
    """Take the section's questions out of `pool`."""
    wanted: dict[str | None, int] = {None: section.question_count}
    if section.weights is not None:
        wanted = dict[str | None, int](share_out(section.question_count, section.weights).items())
    elif section.units is not None:
        wanted = dict[str | None, int](section.units.items())
    chosen: list[PaperQuestion] = []
    shortages = []
    for unit, count in wanted.items():
        matching = [question for question in pool if unit is None or question.unit == unit]
        if len(matching) < count:
            shortages.append(Shortage(section, unit, count, len(matching)))
        chosen += matching[:count]
    taken = {question.question_id for question in chosen}
    pool[:] = [question for question in pool if question.question_id not in taken]
    return chosen, shortages


def _alternatives(
    section: Section, chosen: list[PaperQuestion], pool: list[PaperQuestion]
) -> tuple[dict[str, PaperQuestion], list[Shortage]]:
    """Take a partner from the same unit out of `pool` for as many of `chosen` as the section wants.

    What offers something else by itself counts, and gets and becomes no partner.
    """
    partners: dict[str, PaperQuestion] = {}
    wanted = section.either_or - sum(map(has_sides, chosen))
    for question in chosen:
        if len(partners) >= wanted:
            break
        partner = next((item for item in pool if item.unit == question.unit and not has_sides(item)), None)
        if partner is not None and not has_sides(question):
            pool.remove(partner)
            partners[question.question_id] = partner
    missing = wanted - len(partners)
    if missing > 0 and len(chosen) == section.question_count:
        needed = section.question_count + section.either_or
        return partners, [Shortage(section, None, needed, needed - missing)]
    return partners, []


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
