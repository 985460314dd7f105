"""Questions from a table: what each row means, and what it does to the bank.

Nothing is read or written here: rows are words by column, and what the bank has of the same questions is given.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from difflib import get_close_matches
from functools import lru_cache, partial
from uuid import UUID

from mv_desktop.domain.class_name import class_named
from mv_desktop.domain.heading import bare, by_name, meant_by_cell
from mv_desktop.domain.question import QuestionType
from mv_desktop.domain.question_column import HINDI_LETTERS, OPTIONS, Column
from mv_desktop.domain.question_draft import QuestionDraft, correct_of, lines_of, question_faults, tags_of
from mv_desktop.domain.question_picture import LETTERS
from mv_desktop.domain.record_import import Meaning, RowError

_FIELD_COLUMN = {
    "class_name": Column.CLASS,
    "unit": Column.UNIT,
    "topic": Column.TOPIC,
    "question_type": Column.TYPE,
    "marks": Column.MARKS,
    "difficulty": Column.DIFFICULTY,
    "cbse_year": Column.YEAR,
    "tags": Column.TAGS,
    "question_text": Column.TEXT,
    "choices": Column.A,
    "correct": Column.CORRECT,
    "answer": Column.ANSWER,
    "solution": Column.SOLUTION,
    "steps": Column.STEPS,
    "or_text": Column.OR_TEXT,
    "or_answer": Column.OR_ANSWER,
    "or_solution": Column.OR_SOLUTION,
    "or_steps": Column.OR_STEPS,
}


@dataclass(frozen=True, slots=True)
class Known:
    """A question of the bank that may be the same as a row's.

    Attributes:
        seen: its `updated_at`.
    """

    question_id: UUID
    seen: datetime
    draft: QuestionDraft


@dataclass(frozen=True, slots=True)
class ReadRow:
    """A row as it was read.

    Attributes:
        question_id: which question it names itself to be; None where it does not.
        draft: what it says; what it says nothing of is as in a blank question.
        said: the fields of the draft that it says something of.
        error: why it cannot be taken; the draft is then not whole.
    """

    row: int
    question_id: UUID | None
    draft: QuestionDraft
    said: frozenset[str]
    error: RowError | None = None


@dataclass(frozen=True, slots=True)
class PlannedRow:
    """What a row does.

    Attributes:
        draft: how the question is then; None when nothing is written.
        known: the question that it changes, or repeats.
        why: in English, of what repeats or is wrong.
    """

    row: int
    meaning: Meaning
    draft: QuestionDraft | None = None
    known: Known | None = None
    column: str = ""
    why: str = ""


@dataclass(frozen=True, slots=True)
class ImportPlan:
    """What a whole table does, row by row."""

    rows: tuple[PlannedRow, ...]

    def count(self, meaning: Meaning) -> int:
        """How many rows mean this."""
        return sum(row.meaning is meaning for row in self.rows)

    @property
    def errors(self) -> tuple[RowError, ...]:
        """What is wrong, in the order of the table."""
        return tuple(RowError(row.row, row.column, row.why) for row in self.rows if row.meaning is Meaning.WRONG)

    def as_json(self) -> dict[str, object]:
        """As ``mv-desktop questions import --json`` prints it."""
        return {
            "rows": len(self.rows),
            "new": self.count(Meaning.NEW),
            "changed": self.count(Meaning.CHANGED),
            "duplicates": self.count(Meaning.DUPLICATE),
            "errors": [error._asdict() for error in self.errors],
        }


# -- reading a row ---------------------------------------------------------------------------------------------


def read_row(
    row: int, cells: Mapping[Column, str], headings: Mapping[Column, str], units: Mapping[str, Sequence[str]]
) -> ReadRow:
    """A row of the table.

    Args:
        row: as a spreadsheet counts them.
        cells: by what the column says; only those that say something.
        headings: what the columns are called in the file.
        units: the configured ones by class.
    """
    words = {column: text.strip() for column, text in cells.items() if text.strip()}
    try:
        values = _values(words, units)
    except _CellError as error:
        wrong = RowError(row, headings.get(error.column, error.column.value), error.why)
        return ReadRow(row, None, QuestionDraft(), frozenset(), wrong)
    question_id = values.pop("question_id", None)
    nothing = QuestionDraft(class_name="", question_type="", marks=None, units=units)  # what is not said is not guessed
    draft = replace(nothing, **values)  # type: ignore[arg-type]
    return ReadRow(row, question_id, draft, frozenset(values))  # type: ignore[arg-type]


class _CellError(Exception):
    def __init__(self, column: Column, why: str) -> None:
        super().__init__(why)
        self.column, self.why = column, why


def _values(words: Mapping[Column, str], units: Mapping[str, Sequence[str]]) -> dict[str, object]:
    found: dict[str, object] = {
        name: read(words[column]) for column, (name, read) in _READERS.items() if column in words
    }
    if Column.UNIT in words:
        found["unit"] = _unit(words[Column.UNIT], units.get(str(found.get("class_name", "")), ()))
    _add_type_or_marks(found)
    _add_answer(found, words)
    return found


def _add_type_or_marks(found: dict[str, object]) -> None:
    """Of type and marks one follows from the other, but for long answers, which carry 5 or 6."""
    marks, type_ = found.get("marks"), found.get("question_type")
    if type_ is None and marks in _TYPE_OF_MARKS:
        found["question_type"] = _TYPE_OF_MARKS[marks]
    elif marks is None and type_ in _MARKS_OF_TYPE:
        found["marks"] = _MARKS_OF_TYPE[type_]


_TYPE_OF_MARKS = {1: "MCQ", 2: "VSA", 3: "SA", 5: "LA", 6: "LA"}
_MARKS_OF_TYPE = {"MCQ": 1, "VSA": 2, "SA": 3}


def _add_answer(found: dict[str, object], words: Mapping[Column, str]) -> None:
    if Column.ANSWER in words:
        found["answer"] = as_dollars(words[Column.ANSWER])
    correct = words.get(Column.CORRECT)
    if found.get("question_type") != QuestionType.MCQ:
        if correct is not None and "answer" not in found:
            found["answer"] = as_dollars(correct)
        return
    choices = _choices(words)
    if choices:
        found["choices"] = "\n".join(choices)
    named = correct or words.get(Column.ANSWER)
    if correct is None:
        found.pop("answer", None)  # it only says which choice is right
    if named is not None:
        found["correct"] = ", ".join(_correct(named, choices, Column.CORRECT if correct else Column.ANSWER))


def _choices(words: Mapping[Column, str]) -> list[str]:
    given = [" ".join(as_dollars(words.get(option, "")).split()) for option in OPTIONS]
    while given and not given[-1]:
        given.pop()
    if "" in given:
        raise _CellError(OPTIONS[given.index("")], "This choice is empty, and one after it is not.")
    return given


_NAMES = {letter: letter for letter in LETTERS} | {
    sign: letter for letter, signs in zip(LETTERS, HINDI_LETTERS, strict=True) for sign in signs
}
"""What a choice is called, and its letter."""
_SIGN = f"[{''.join(_NAMES)}]"
_LETTER = rf"(?:option\s*|choice\s*|विकल्प\s*)?[(\[]?({_SIGN})[)\]]?"
_LETTERED = re.compile(rf"{_LETTER}(?:\s*[).:\-–=].*)?", re.IGNORECASE | re.DOTALL)
_SEVERAL = re.compile(rf"{_LETTER}(?:\s*(?:,|;|/|&|and|और|तथा|व)\s*{_LETTER})+", re.IGNORECASE)


def _correct(named: str, choices: Sequence[str], column: Column) -> tuple[str, ...]:
    """Letters from "B", "(b)", "Option C", "B) $2x$", "A, C", "(ख)" or the choice's own words."""
    words = " ".join(as_dollars(named).split())
    if words in choices and not re.fullmatch(_LETTER, words, re.IGNORECASE):
        return (LETTERS[choices.index(words)],)
    if _SEVERAL.fullmatch(words):
        letters = re.sub(r"option|choice|and|विकल्प|और|तथा", " ", words, flags=re.IGNORECASE)
        return correct_of(",".join(_NAMES[sign.upper()] for sign in re.findall(_SIGN, letters, re.IGNORECASE)))
    found = _LETTERED.fullmatch(words)
    if found is not None:
        return (_NAMES[found[1].upper()],)
    place = re.fullmatch(r"(?:option\s*|विकल्प\s*)?\(?([1-8१-८])\)?", words, re.IGNORECASE)
    if place is not None:
        return (LETTERS[int(place[1]) - 1],)
    raise _CellError(column, "This names no choice: write its letter.")


def _id(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise _CellError(Column.ID, "This is no question’s id. Leave it empty for a new question.") from None


_DIFFICULTIES = by_name(
    ("easy", "easy, e, low, simple, आसान, सरल"),
    ("medium", "medium, m, moderate, average, मध्यम, सामान्य, औसत"),
    ("hard", "hard, h, difficult, high, tough, कठिन, मुश्किल, जटिल"),
)
_TYPE_NAMES = by_name(
    ("MCQ", "mcq, multiple choice, objective, बहुविकल्पी, बहुविकल्पीय, बहुवैकल्पिक, वस्तुनिष्ठ"),
    ("VSA", "vsa, very short, अति लघु, अति लघु उत्तर, अति लघु उत्तरीय, अति लघूत्तर, अति लघूत्तरीय, अति लघूत्तरात्मक"),
    ("SA", "sa, short, लघु, लघु उत्तर, लघु उत्तरीय, लघूत्तर, लघूत्तरीय, लघूत्तरात्मक"),
    ("LA", "la, long, very long, case study, दीर्घ, दीर्घ उत्तर, दीर्घ उत्तरीय, दीर्घोत्तर, दीर्घोत्तरीय, केस स्टडी, केस अध्ययन"),
)
_TYPE_ENDINGS = ("प्रकार", "प्रश्न", "s", "question", "type", "answer")


def _class(text: str) -> str:
    found = class_named(text)
    if found is None:
        raise _CellError(Column.CLASS, "Class X or XII.")
    return found


def _unit(text: str, units: Sequence[str]) -> str:
    """A configured unit, whatever its letters' case, its number or "&"."""
    known = _units_by_key(tuple(units))
    key = _unit_key(text)
    if not units or key in known:
        return known.get(key, text)
    close = get_close_matches(key, known, 1, 0.75)
    if close:
        raise _CellError(Column.UNIT, f"There is no such unit. Is “{known[close[0]]}” meant?")
    raise _CellError(Column.UNIT, "There is no such unit in this class. The settings list them.")


@lru_cache(16)
def _units_by_key(units: tuple[str, ...]) -> Mapping[str, str]:
    return {_unit_key(unit): unit for unit in units}


def _unit_key(text: str) -> str:
    numberless = re.sub(
        r"^\s*(?:(?:unit|chapter|ch|इकाई|अध्याय|पाठ)\.?\s*)?(?:\d+|[ivx]+(?=\s*[-–:.)]))?\s*[-–:.)]*\s+", "", text,
        flags=re.IGNORECASE,
    )  # fmt: skip
    words = filter(None, map(bare, re.split(r"[\s!-/:-@\[-`{-~–—]+", (numberless or text).replace("&", " and "))))
    return " ".join(word.removesuffix("s") for word in words if word != "and")


def _difficulty(text: str) -> str:
    found = meant_by_cell(text, _DIFFICULTIES)
    if found is None:
        raise _CellError(Column.DIFFICULTY, "Easy, medium or hard.")
    return found


def _type(text: str) -> str:
    shorter = re.sub(r"\([^)]*\)", " ", text)
    for words in (shorter, text, re.sub(r"[^\x00-\x7f]+", " ", shorter), *shorter.split("/")):
        name = bare(words)
        for ending in _TYPE_ENDINGS:
            name = name.removesuffix(ending)
        if name in _TYPE_NAMES:
            return _TYPE_NAMES[name]
    raise _CellError(Column.TYPE, "MCQ, VSA, SA or LA.")


def _whole(column: Column, text: str) -> int:
    found = re.fullmatch(r"(\d{1,6})(?:\.0+)?(?:\s*(?:marks?|अंक))?", text, re.IGNORECASE)
    if found is None:
        raise _CellError(column, "A whole number.")
    return int(found[1])


def as_dollars(text: str) -> str:
    r"""Formulas as the bank writes them: ``\(…\)`` becomes ``$…$``, ``\[…\]`` becomes ``$$…$$``."""
    inline = re.sub(r"(?<!\\)\\\((.+?)(?<!\\)\\\)", r"$\1$", text, flags=re.DOTALL)
    return re.sub(r"(?<!\\)\\\[(.+?)(?<!\\)\\\]", r"$$\1$$", inline, flags=re.DOTALL)


_READERS: dict[Column, tuple[str, Callable[[str], object]]] = {
    Column.ID: ("question_id", _id),
    Column.CLASS: ("class_name", _class),
    Column.DIFFICULTY: ("difficulty", _difficulty),
    Column.MARKS: ("marks", partial(_whole, Column.MARKS)),
    Column.YEAR: ("cbse_year", partial(_whole, Column.YEAR)),
    Column.TYPE: ("question_type", _type),
    Column.TOPIC: ("topic", as_dollars),
    Column.TEXT: ("question_text", as_dollars),
    Column.SOLUTION: ("solution", as_dollars),
    Column.TAGS: ("tags", lambda text: ", ".join(tags_of(text))),
    Column.STEPS: ("steps", lambda text: "\n".join(lines_of(as_dollars(text)))),
    Column.OR_TEXT: ("or_text", as_dollars),
    Column.OR_ANSWER: ("or_answer", as_dollars),
    Column.OR_SOLUTION: ("or_solution", as_dollars),
    Column.OR_STEPS: ("or_steps", lambda text: "\n".join(lines_of(as_dollars(text)))),
}
"""The field of a draft that a column says, and how it is read."""


# -- what the rows do ------------------------------------------------------------------------------------------


def planned(
    rows: Sequence[ReadRow], known: Mapping[int, Sequence[Known]], headings: Mapping[Column, str]
) -> ImportPlan:
    """What each row does to the bank.

    A row that names a question changes that one; one that does not is the same as a question that asks the same with
    the same choices. Cells that are empty change nothing.

    Args:
        rows: in the order of the table.
        known: by row, what the bank has of the same question, or of the same text.
        headings: what the columns are called in the file.
    """
    first: dict[object, PlannedRow] = {}
    found = []
    for row in rows:
        one = _planned(row, known.get(row.row, ()), headings)
        if one.draft is not None:
            key = one.known.question_id if one.known is not None else question_identity(one.draft)
            before = first.setdefault(key, one)
            if before is not one and row.question_id is not None and before.draft != one.draft:
                why = f"Row {before.row} is about the same question, and says something else."
                heading = headings.get(Column.ID, Column.ID.value)
                one = PlannedRow(row.row, Meaning.WRONG, column=heading, why=why)
            elif before is not one:
                one = PlannedRow(row.row, Meaning.DUPLICATE, known=one.known, why=f"The same as row {before.row}.")
        found.append(one)
    return ImportPlan(tuple(found))


def _planned(row: ReadRow, known: Sequence[Known], headings: Mapping[Column, str]) -> PlannedRow:
    if row.error is not None:
        return PlannedRow(row.row, Meaning.WRONG, column=row.error.column, why=row.error.why)
    same = _same(row, known)
    if same is None and row.question_id is not None:
        heading = headings.get(Column.ID, Column.ID.value)
        return PlannedRow(row.row, Meaning.WRONG, column=heading, why="The bank has no question with this id.")
    if same is not None and not _differs(row, same.draft):
        return PlannedRow(row.row, Meaning.DUPLICATE, known=same, why="The bank has it already.")
    dated = _dated(row, same)
    if dated is not None:
        why = "Excel made a date or a time of this. Format the cell as text and type it again."
        return PlannedRow(row.row, Meaning.WRONG, column=headings.get(dated, dated.value), why=why)
    draft = row.draft
    if same is not None:
        draft = replace(same.draft, units=row.draft.units, **{name: getattr(row.draft, name) for name in row.said})
    faults = question_faults(draft)
    if faults:
        column = _FIELD_COLUMN.get(faults[0].field)  # of the pictures that the question has no cell says anything
        heading = "" if column is None else headings.get(column, column.value)
        return PlannedRow(row.row, Meaning.WRONG, column=heading, why=faults[0].message)
    return PlannedRow(row.row, Meaning.NEW if same is None else Meaning.CHANGED, draft, same)


def _same(row: ReadRow, known: Sequence[Known]) -> Known | None:
    if row.question_id is not None:
        return next((one for one in known if one.question_id == row.question_id), None)
    if not row.draft.question_text:
        return None  # what is a picture in the bank is not found by its words
    mine = question_identity(row.draft)
    return next((one for one in known if question_identity(one.draft) == mine), None)


_DATE = re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d|\d\d:\d\d:00|\d+ days?, \d+:\d\d:\d\d")
"""What a workbook's cell reads like that was typed as 1/2 or 2:3 and taken for a day or a time."""


def _dated(row: ReadRow, same: Known | None) -> Column | None:
    """Which cell reads like a date and is not what the bank has, where a question may well be about a time."""
    for name, column in _FIELD_COLUMN.items():
        said = getattr(row.draft, name)
        if isinstance(said, str):
            stands = () if same is None else _cells(name, getattr(same.draft, name))
            for place, cell in enumerate(_cells(name, said)):
                if _DATE.fullmatch(cell) and cell not in stands:
                    return OPTIONS[place] if name == "choices" else column
    return None


def _cells(name: str, words: str) -> tuple[str, ...]:
    return lines_of(words) if name == "choices" else (words,)


def _differs(row: ReadRow, draft: QuestionDraft) -> bool:
    return any(
        _plain(getattr(row.draft, name)) != _plain(getattr(draft, name))
        for name in row.said
        if name != "tags" or tags_of(row.draft.tags) != tags_of(draft.tags)
    )


def question_identity(draft: QuestionDraft) -> tuple[object, ...]:
    """What makes two questions the same: who it is for, what it asks, and among what one chooses."""
    choices = frozenset(map(_plain, lines_of(draft.choices))) if draft.question_type == "MCQ" else None
    return draft.class_name, draft.question_type, str(_plain(draft.question_text)).casefold(), choices


def _plain(value: object) -> object:
    """Words without the spaces that do not count."""
    return " ".join(value.split()) if isinstance(value, str) else value
