"""The columns of a table of questions: what they can say, how people call them, and a question as a row."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from enum import StrEnum
from uuid import UUID

from mv_desktop.domain.question_draft import QuestionDraft, lines_of
from mv_desktop.domain.question_picture import LETTERS


class Column(StrEnum):
    """What a column can say; the values are the headings of an export."""

    ID = "Question ID"
    CLASS = "Class"
    UNIT = "Unit"
    TYPE = "Question Type"
    TOPIC = "Topic"
    DIFFICULTY = "Difficulty"
    MARKS = "Marks"
    TEXT = "Question Text"
    A = "Option A"
    B = "Option B"
    C = "Option C"
    D = "Option D"
    E = "Option E"
    F = "Option F"
    G = "Option G"
    H = "Option H"
    CORRECT = "Correct Option"
    ANSWER = "Answer"
    SOLUTION = "Explanation"
    STEPS = "Marking Scheme"
    OR_TEXT = "Or: Question Text"
    OR_ANSWER = "Or: Answer"
    OR_SOLUTION = "Or: Explanation"
    OR_STEPS = "Or: Marking Scheme"
    TAGS = "Tags"
    YEAR = "CBSE Year"


OPTIONS = (Column.A, Column.B, Column.C, Column.D, Column.E, Column.F, Column.G, Column.H)
NEEDED = (Column.CLASS, Column.UNIT, Column.TEXT)
"""Without these no row can be a question."""

_CALLED: dict[Column, tuple[str, ...]] = {
    Column.ID: ("questionid", "id", "uuid"),
    Column.CLASS: ("class", "grade", "standard", "std", "classgrade"),
    Column.UNIT: ("unit", "chapter", "chapterunit", "unitchapter", "chaptername", "unitname", "lesson"),
    Column.TYPE: ("questiontype", "type", "qtype", "typeofquestion"),
    Column.TOPIC: ("topic", "subtopic", "topicname", "concept"),
    Column.DIFFICULTY: ("difficulty", "difficultylevel", "level"),
    Column.MARKS: ("marks", "mark", "maximummarks", "maxmarks", "totalmarks"),
    Column.TEXT: (
        "questiontext", "question", "questiontextinlatex", "questiontextlatex", "questioninlatex", "questionlatex",
        "text", "questionstatement",
    ),
    Column.CORRECT: (
        "correctoption", "correctoptions", "correctoptionandanswer", "correctoptionanswer", "correctchoice",
        "correctoptionandcorrectanswer", "answerkey", "key", "correct",
    ),
    Column.ANSWER: ("answer", "correctanswer", "finalanswer", "modelanswer", "answertext", "correctanswertext"),
    Column.SOLUTION: ("explanation", "solution", "workedsolution", "explanationinlatex", "solutioninlatex"),
    Column.STEPS: ("markingscheme", "scheme", "stepmarks", "steps", "stepwisemarks"),
    Column.OR_TEXT: ("orquestiontext", "or", "orquestion", "alternativequestion", "alternative", "internalchoice"),
    Column.OR_ANSWER: ("oranswer", "alternativeanswer"),
    Column.OR_SOLUTION: ("orexplanation", "orsolution", "alternativesolution", "alternativeexplanation"),
    Column.OR_STEPS: ("ormarkingscheme", "alternativemarkingscheme", "orsteps"),
    Column.TAGS: ("tags", "tag", "keywords"),
    Column.YEAR: ("cbseyear", "year", "boardyear", "cbseboardyear", "yearofcbsepaper"),
} | {
    option: tuple(
        f"{name}{letter}{ending}" for name in ("option", "choice") for ending in ("", "text", "textinlatex", "latex")
    )
    for option, letter in zip(OPTIONS, LETTERS.lower(), strict=True)
}  # fmt: skip
_BY_NAME = {name: column for column, names in _CALLED.items() for name in names}


def bare(text: str) -> str:
    """The letters and digits of a name, small."""
    return re.sub(r"[^a-z0-9]", "", text.casefold())


def matched_columns(headings: Sequence[str]) -> dict[Column, int]:
    """Which column says what, by its heading; the first of several that could say the same."""
    found: dict[Column, int] = {}
    for place, heading in enumerate(headings):
        column = _BY_NAME.get(bare(re.sub(r"\([^)]*\)", "", heading))) or _BY_NAME.get(bare(heading))
        if column is not None:
            found.setdefault(column, place)
    return found


def missing_columns(columns: Mapping[Column, int]) -> tuple[Column, ...]:
    """What no column says, and without which no row is a question. Of type and marks, one is enough."""
    missing = [column for column in NEEDED if column not in columns]
    if Column.TYPE not in columns and Column.MARKS not in columns:
        missing.append(Column.TYPE)
    return tuple(missing)


def row_of(question_id: UUID, draft: QuestionDraft) -> dict[Column, str]:
    """A question as a row of an export; reading it again says the same."""
    options = dict(zip(OPTIONS, lines_of(draft.choices), strict=False)) if draft.question_type == "MCQ" else {}
    return {
        Column.ID: str(question_id),
        Column.CLASS: draft.class_name,
        Column.UNIT: draft.unit,
        Column.TYPE: draft.question_type,
        Column.TOPIC: draft.topic,
        Column.DIFFICULTY: draft.difficulty or "",
        Column.MARKS: "" if draft.marks is None else str(draft.marks),
        Column.TEXT: draft.question_text,
        **options,
        Column.CORRECT: draft.correct if draft.question_type == "MCQ" else "",
        Column.ANSWER: draft.answer,
        Column.SOLUTION: draft.solution,
        Column.STEPS: draft.steps if draft.question_type != "MCQ" else "",
        Column.OR_TEXT: draft.or_text,
        Column.OR_ANSWER: draft.or_answer,
        Column.OR_SOLUTION: draft.or_solution,
        Column.OR_STEPS: draft.or_steps,
        Column.TAGS: draft.tags,
        Column.YEAR: "" if draft.cbse_year is None else str(draft.cbse_year),
    }
