"""Exam templates as admins keep them: sections typed in a table, their totals, and what the bank has for each cell."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import NamedTuple

from mv_desktop.core.errors import InvalidError
from mv_desktop.core.sentence import Worded
from mv_desktop.domain.exam import ExamType, Section, TemplateConfig, check_template, share_out
from mv_desktop.domain.paper_plan import Stock, Want, filled
from mv_desktop.domain.question import MARKS_OF_TYPE, QuestionType
from mv_desktop.domain.record import Fault

LONGEST_NAME = 255
MOST_MINUTES = 600
MOST_QUESTIONS = 200
_ROUNDED = Decimal("0.5")
"""Percentage points: so much thirds and sevenths may be short of the whole, as people write them."""
_NUMBER = re.compile(r"[0-9]{1,3}|[0-9]{1,6}(\.[0-9]{1,6})?%")


@dataclass(frozen=True, slots=True)
class BankCell:
    """Active questions of one kind.

    Attributes:
        sided: of them, so many offer something else to answer by themselves.
    """

    class_name: str
    unit: str
    question_type: QuestionType
    marks: int
    count: int
    sided: int = 0


@dataclass(frozen=True, slots=True)
class SectionDraft:
    """One section as it is typed.

    Attributes:
        units: "Matrices 2; Integrals 3" as counts, "Matrices 40%; Integrals 60%" as weights, "" for any unit.
        either_or: how many of the questions offer an alternative from the same unit.
    """

    section: str
    title: str
    question_type: str
    marks_per_question: int
    question_count: int
    units: str = ""
    either_or: int = 0


@dataclass(frozen=True, slots=True)
class TemplateRow:
    """A template in the list."""

    template_id: str
    template_name: str
    class_name: str
    exam_type: str
    specific_unit: str
    total_marks: int
    questions: int
    is_active: bool


@dataclass(frozen=True, slots=True)
class TemplateDraft:
    """What can be written of a template, and what a form shows beside.

    Attributes:
        specific_unit: of unit practice; "" for every other.
        config: what it was opened with, whose fields of a newer version are kept; None for a new one.
        exams: so many were made from it; not written.
    """

    template_name: str
    class_name: str
    exam_type: str
    specific_unit: str
    duration_minutes: int
    is_active: bool
    sections: tuple[SectionDraft, ...]
    config: TemplateConfig | None = None
    exams: int = 0


class Totals(NamedTuple):
    """What sections add up to."""

    questions: int
    marks: int


@dataclass(frozen=True, slots=True)
class Cell:
    """What a section needs of one unit, and what the bank has for it.

    Attributes:
        unit: "" where any will do.
        available: what is left when the cells that come first have theirs (`paper_plan.Filled`).
        choice: it is about either/or questions: so many of the section's offer a choice, by themselves or with a
            partner from the same unit.
    """

    section: str
    unit: str
    question_type: QuestionType
    marks: int
    needed: int
    available: int
    choice: bool = False

    @property
    def missing(self) -> int:
        """So many more the bank must have."""
        return max(0, self.needed - self.available)


def totals(sections: Iterable[SectionDraft]) -> Totals:
    """Questions and marks of all sections."""
    found = tuple(sections)
    return Totals(
        sum(one.question_count for one in found), sum(one.question_count * one.marks_per_question for one in found)
    )


def read_units(typed: str) -> tuple[dict[str, int] | None, dict[str, float] | None]:
    """Counts and weights of what is typed for units; at most one of the two.

    Raises:
        InvalidError: it cannot be read.
    """
    parts = [part.strip() for part in typed.split(";") if part.strip()]
    if not parts:
        return None, None
    numbers: dict[str, str] = {}
    for part in parts:
        unit, _, number = part.rpartition(" ")
        if not unit or not _NUMBER.fullmatch(number):
            raise InvalidError("Type units as “Matrices 2; Integrals 3”, or as “Matrices 40%; Integrals 60%”.")
        if unit.strip() in numbers:
            raise InvalidError("A unit stands there twice.")
        numbers[unit.strip()] = number
    shares = [number.endswith("%") for number in numbers.values()]
    if all(shares):
        return None, {unit: float(Decimal(number[:-1]) / 100) for unit, number in numbers.items()}
    if any(shares):
        raise InvalidError("Give the units of a section either as numbers or as shares.")
    return {unit: int(number) for unit, number in numbers.items()}, None


def units_text(section: Section) -> str:
    """Units as they are typed."""
    if section.units is not None:
        return "; ".join(f"{unit} {count}" for unit, count in section.units.items())
    if section.weights is not None:
        return "; ".join(
            f"{unit} {(100 * Decimal(str(weight))).normalize():f}%" for unit, weight in section.weights.items()
        )
    return ""


def section_drafts(config: TemplateConfig) -> tuple[SectionDraft, ...]:
    """The sections of a template as they are typed."""
    return tuple(
        SectionDraft(
            one.section, one.title, str(one.question_type), one.marks_per_question, one.question_count, units_text(one),
            one.either_or,
        )
        for one in config.sections
    )  # fmt: skip


def config_of(draft: TemplateDraft) -> TemplateConfig:
    """What is stored; fields of a newer version stay, those of a section with the section of the same name.

    Raises:
        InvalidError: units cannot be read.
    """
    before = {one.section: one for one in draft.config.sections} if draft.config is not None else {}
    sections = []
    for one in draft.sections:
        units, weights = read_units(one.units)
        kept = before[one.section].model_dump() if one.section in before else {}
        values = {
            "section": one.section, "title": one.title, "question_type": QuestionType(one.question_type),
            "marks_per_question": one.marks_per_question, "question_count": one.question_count, "units": units,
            "weights": weights, "either_or": one.either_or,
        }  # fmt: skip
        sections.append(Section.model_validate(kept | values))
    kept = draft.config.model_dump(by_alias=True) if draft.config is not None else {}
    marks = totals(draft.sections).marks
    return TemplateConfig.model_validate(
        kept | {"total_marks": marks, "duration_minutes": draft.duration_minutes, "sections": tuple(sections)}
    )


def template_faults(draft: TemplateDraft, units: Sequence[str]) -> tuple[Fault, ...]:
    """What a template must not be, field by field.

    Args:
        draft: as it stands.
        units: of its class; while they are not known, nothing is said of units.
    """
    found = []
    if not draft.template_name.strip():
        found.append(Fault("template_name", "A template needs a name."))
    elif len(draft.template_name) > LONGEST_NAME:
        found.append(Fault("template_name", "The name is too long: at most 255 letters."))
    if draft.exam_type == ExamType.UNIT_PRACTICE:
        if not draft.specific_unit:
            found.append(Fault("specific_unit", "Practice of a unit needs its unit."))
        elif units and draft.specific_unit not in units:
            found.append(Fault("specific_unit", "The class has no such unit."))
    elif draft.specific_unit:
        found.append(Fault("specific_unit", "Only practice of a unit has one."))
    if not 1 <= draft.duration_minutes <= MOST_MINUTES:
        found.append(Fault("duration_minutes", "Between 1 and 600 minutes."))
    wrong = _section_fault(draft, units)
    if wrong:
        found.append(Fault("sections", wrong))
    return tuple(found)


def cells(draft: TemplateDraft, bank: Iterable[BankCell]) -> tuple[Cell, ...]:
    """What each section needs of each unit, in order, and what the bank has for it.

    A paper can be built exactly where nothing is missing.

    Raises:
        InvalidError: units cannot be read, or weights cannot be shared out.
    """
    only = draft.specific_unit if draft.exam_type == ExamType.UNIT_PRACTICE else ""
    stock: dict[tuple[str, int], dict[str, Stock]] = {}
    for one in bank:
        if one.class_name == draft.class_name and only in {"", one.unit}:
            units = stock.setdefault((one.question_type, one.marks), {})
            has = units.get(one.unit, Stock(0, 0))
            units[one.unit] = Stock(has.plain + one.count - one.sided, has.sided + one.sided)
    kinds: dict[tuple[str, int], list[int]] = {}
    for number, section in enumerate(draft.sections):
        kinds.setdefault((section.question_type, section.marks_per_question), []).append(number)
    found: dict[int, list[Cell]] = {number: [] for number in range(len(draft.sections))}
    for kind, numbers in kinds.items():
        for cell in filled([_want(draft.sections[number]) for number in numbers], stock.get(kind, {})):
            number = numbers[cell.section]
            found[number].append(
                Cell(
                    draft.sections[number].section, cell.unit or "", QuestionType(kind[0]), kind[1], cell.needed,
                    cell.available, cell.double,
                )
            )  # fmt: skip
    return tuple(cell for mine in found.values() for cell in mine)


def uneven_shares(draft: TemplateDraft) -> Mapping[str, Decimal]:
    """What the shares of a section add up to, in percent, by section, where that is not the whole.

    Raises:
        InvalidError: units cannot be read.
    """
    found = {}
    for section in draft.sections:
        _, weights = read_units(section.units)
        if weights is not None:
            whole = 100 * sum((Decimal(str(weight)) for weight in weights.values()), Decimal(0))
            if abs(whole - 100) >= _ROUNDED:
                found[section.section] = whole
    return found


def unit_marks(draft: TemplateDraft) -> Mapping[str, int]:
    """How many marks of the paper come from each unit, in the order of the sections; "" is any.

    Raises:
        InvalidError: units cannot be read, or weights cannot be shared out.
    """
    found: Counter[str] = Counter()
    for section in draft.sections:
        for unit, count in _wanted(section).items():
            found[unit] += count * section.marks_per_question
    return found


def _want(section: SectionDraft) -> Want:
    """What a section wants as it is typed, whose numbers need not fit one another yet."""
    wanted = _wanted(section)
    count = sum(wanted.values())
    return Want(count, None if set(wanted) == {""} else wanted, max(0, min(section.either_or, count)))


def _wanted(section: SectionDraft) -> Mapping[str, int]:
    units, weights = read_units(section.units)
    if weights is not None:
        if not sum(weights.values()):
            raise InvalidError("The shares cannot all be nothing.")
        return share_out(section.question_count, weights)
    return {"": section.question_count} if units is None else units


def _section_fault(draft: TemplateDraft, units: Sequence[str]) -> str:
    if not draft.sections:
        return "A template needs a section."
    only = draft.specific_unit if draft.exam_type == ExamType.UNIT_PRACTICE else ""
    names = [one.section for one in draft.sections]
    for one in draft.sections:
        if not one.section.strip():
            return "Each section needs a name, such as A."
        if names.count(one.section) > 1:
            return Worded("Section {section} stands there twice.", section=one.section)
        if one.marks_per_question not in MARKS_OF_TYPE[QuestionType(one.question_type)]:
            return Worded("Section {section}: questions of this kind never carry such marks.", section=one.section)
        if not 1 <= one.question_count <= MOST_QUESTIONS:
            return Worded("Section {section}: between 1 and 200 questions.", section=one.section)
        try:
            counts, weights = read_units(one.units)
        except InvalidError as error:
            return Worded("Section {section}: {why}", section=one.section, why=error.message)
        if only and set(counts or weights or ()) - {only}:
            return Worded("Section {section}: all questions of the practice are on {unit}.",
                          section=one.section, unit=only)  # fmt: skip
    try:
        config = config_of(draft)
        check_template(config, units or {unit for one in config.sections for unit in (one.units or one.weights or {})})
    except InvalidError as error:
        return error.message
    return ""
