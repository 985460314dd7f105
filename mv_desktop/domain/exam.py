"""Exams: templates, the frozen paper of one exam, and MCQ scoring."""

from __future__ import annotations

from enum import StrEnum

from mv_desktop.domain.question import QuestionType, SnapshotQuestion, Stored


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

    schema_: int = 1
    total_marks: int
    duration_minutes: int
    sections: tuple[Section, ...]


class ExamSnapshot(Stored):
    """`exam_instances.exam_snapshot`: the paper as it was when the exam was made; it never changes."""

    seed: int = 0
    template: TemplateConfig
    questions: tuple[SnapshotQuestion, ...]
