"""Questions: their types, choices and marking schemes, as stored in JSONB (`schema.md`)."""

from __future__ import annotations

from decimal import Decimal
from enum import StrEnum

from pydantic import BaseModel, ConfigDict, Field, model_validator


class QuestionType(StrEnum):
    """The four kinds of question; the values are the database's."""

    MCQ = "MCQ"
    VSA = "VSA"
    SA = "SA"
    LA = "LA"

    @property
    def written(self) -> bool:
        """True for what a student answers on paper and a teacher marks."""
        return self is not QuestionType.MCQ


class QuestionDifficulty(StrEnum):
    """How hard a question is; the values are the database's."""

    EASY = "easy"
    MEDIUM = "medium"
    HARD = "hard"


class QuestionStatus(StrEnum):
    """The states of a question in the bank; the values are the database's."""

    DRAFT = "draft"
    ACTIVE = "active"
    ARCHIVED = "archived"


MARKS_OF_TYPE: dict[QuestionType, frozenset[int]] = {
    QuestionType.MCQ: frozenset({1}),
    QuestionType.VSA: frozenset({2}),
    QuestionType.SA: frozenset({3}),
    QuestionType.LA: frozenset({5, 6}),
}
"""The marks each type may carry (`schema.md`, table questions)."""


class Stored(BaseModel):
    """A JSONB shape: immutable here, and fields that this version does not know are kept.

    A field whose JSON name Python or pydantic has taken ("schema") ends in an underscore and has an alias; it may
    be given by either name and is always written by the JSON one.
    """

    model_config = ConfigDict(extra="allow", frozen=True, populate_by_name=True, serialize_by_alias=True)


class Choice(Stored):
    """One choice of an MCQ."""

    id: str
    text: str = ""
    image: str | None = None


class SchemeStep(Stored):
    """One step of a marking scheme.

    Attributes:
        text: what earns the marks, with maths between dollar signs.
        marks: what it earns, a decimal string in JSON.
        part: the sub-part of a case study it belongs to ("i", "ii"), or None.
    """

    text: str
    marks: Decimal
    part: str | None = None


class Scheme(Stored):
    """How a written question is marked.

    Attributes:
        answer: the model answer's last line.
        solution: the worked solution, line by line.
        steps: what earns marks; they add up to the question's marks.
    """

    answer: str = ""
    solution: tuple[str, ...] = ()
    steps: tuple[SchemeStep, ...] = ()

    @property
    def total(self) -> Decimal:
        """The sum of the steps' marks."""
        return sum((step.marks for step in self.steps), Decimal(0))


class PaperQuestion(Stored):
    """A question's content as a paper holds it: one question, or one alternative of an either/or question."""

    question_id: str
    version: int = 1
    question_type: QuestionType
    marks: Decimal
    unit: str
    topic: str | None = None
    question_text: str | None = None
    question_image_url: str | None = None
    diagram_image_url: str | None = None
    correct_answer_image_url: str | None = None
    explanation_image_url: str | None = None
    choices: tuple[Choice, ...] = ()
    correct: tuple[str, ...] = ()
    scheme: Scheme = Field(default_factory=Scheme)


class Alternative(PaperQuestion):
    """One side of an either/or question."""

    key: str


class SnapshotQuestion(PaperQuestion):
    """A question at its place in a paper.

    With `alternatives`, the content fields repeat the first of them, so that a reader who knows nothing of
    alternatives still shows a question.
    """

    question_number: int
    section: str = ""
    alternatives: tuple[Alternative, ...] = ()

    @model_validator(mode="after")
    def _distinct_alternatives(self) -> SnapshotQuestion:
        keys = [alternative.key for alternative in self.alternatives]
        if len(set(keys)) != len(keys):
            raise ValueError(f"question {self.question_number} repeats an alternative's key")
        return self

    @property
    def options(self) -> tuple[tuple[str, PaperQuestion], ...]:
        """What can be marked: ``(("", self),)``, or the alternatives by key."""
        if not self.alternatives:
            return (("", self),)
        return tuple((alternative.key, alternative) for alternative in self.alternatives)
