"""A table of questions: columns by their names, cells as teachers write them, and what each row does to the bank."""

from __future__ import annotations

import unicodedata
from dataclasses import replace
from datetime import UTC, datetime
from uuid import UUID, uuid4

import pytest

from mv_desktop.domain.heading import Match
from mv_desktop.domain.question_column import Column, match, matched_columns, missing_columns, row_of
from mv_desktop.domain.question_draft import QuestionDraft
from mv_desktop.domain.question_import import Known, PlannedRow, ReadRow, as_dollars, planned, read_row
from mv_desktop.domain.record_import import Meaning

UNITS = {"XII": ("Relations and Functions", "Matrices"), "X": ("Real Numbers",)}
HEADINGS = [
    "Class", "Chapter/Unit", "Question Type", "Topic", "Difficulty", "Marks", "Question Text in LaTeX", "Option A text",
    "Option B text", "Option C text", "Option D text", "Correct option and answer", "Explanation", "Remarks",
]  # fmt: skip
COLUMNS = matched_columns(HEADINGS)
NAMED = {column: HEADINGS[place] for column, place in COLUMNS.items()}
SHEET = dict(
    zip(
        COLUMNS,
        ["12", "Ch. 3: MATRICES", "Multiple Choice Questions", "Order", "Moderate", "1", "If \\(A^2=I\\) then", "$I$",
         "$-I$", "both", "neither", "(d) neither", "Look at $\\begin{pmatrix}1&0\\\\0&-1\\end{pmatrix}$."],
        strict=False,
    )
)  # fmt: skip
SEEN = datetime(2026, 7, 1, tzinfo=UTC)


def read(row: int = 2, **cells: str) -> ReadRow:
    """The sheet's row with other cells, by the columns' names in `Column`."""
    return read_row(row, SHEET | {Column[name]: text for name, text in cells.items()}, NAMED, UNITS)


def plan(row: ReadRow, *known: Known) -> PlannedRow:
    return planned([row], {row.row: known}, NAMED).rows[0]


def test_columns_are_found_by_what_teachers_call_them() -> None:
    assert [column.name for column in COLUMNS] == [
        "CLASS", "UNIT", "TYPE", "TOPIC", "DIFFICULTY", "MARKS", "TEXT", "A", "B", "C", "D", "CORRECT", "SOLUTION",
    ]  # fmt: skip
    assert matched_columns(["Question (LaTeX)", "answer", "Correct Answer", "OPTION_E"]) == {
        Column.TEXT: 0, Column.ANSWER: 1, Column.E: 3,
    }  # fmt: skip
    assert missing_columns(COLUMNS) == ()
    assert missing_columns({Column.CLASS: 0}) == (Column.UNIT, Column.TEXT, Column.TYPE)


def test_columns_are_found_by_what_they_are_called_in_hindi() -> None:
    headings = [
        "कक्षा", "अध्याय / इकाई", "प्रश्न का प्रकार", "विषय", "कठिनाई स्तर", "अंक", "प्रश्न (LaTeX में)", "विकल्प क", "विकल्प (ख)",
        "विकल्प C", "विकल्प ४", "सही विकल्प", "सही उत्तर", "व्याख्या/हल", "अंक-योजना", "अथवा", "टैग", "CBSE वर्ष", "टिप्पणी",
    ]  # fmt: skip
    found = matched_columns(headings)
    assert [column.name for column in found] == [
        "CLASS", "UNIT", "TYPE", "TOPIC", "DIFFICULTY", "MARKS", "TEXT", "A", "B", "C", "D", "CORRECT", "ANSWER",
        "SOLUTION", "STEPS", "OR_TEXT", "TAGS", "YEAR",
    ]  # fmt: skip
    assert match(headings) == Match(True, 18)
    assert match([unicodedata.normalize("NFD", heading) for heading in headings]) == Match(True, 18)
    assert match(headings[1:]) == Match(False, 17)
    assert [column.name for column in matched_columns(["विकल्प अ", "विकल्प ब", "विकल्प स", "विकल्प द", "Option 5"])] == [
        *"ABCDE"
    ]
    assert set(matched_columns([column.value for column in Column])) == set(Column)  # those of an export


def test_units_in_hindi_are_told_apart() -> None:
    units = {"XII": ("आव्यूह", "सारणिक", "प्रायिकता")}

    def unit(words: str) -> str:
        read = read_row(2, SHEET | {Column.UNIT: words}, NAMED, units)
        return read.draft.unit if read.error is None else read.error.why

    assert (unit("सारणिक"), unit("इकाई ३ - प्रायिकता"), unit("अध्याय 1: आव्यूह")) == ("सारणिक", "प्रायिकता", "आव्यूह")
    assert unit("सारणीक") == "There is no such unit. Is “सारणिक” meant?"
    assert unit("कविता").startswith("There is no such unit in this class.")


def test_a_row_as_a_teacher_writes_it_is_a_new_question() -> None:
    found = plan(read())
    assert (found.meaning, found.why) == (Meaning.NEW, "")
    assert found.draft == QuestionDraft(
        class_name="XII", unit="Matrices", question_type="MCQ", topic="Order", difficulty="medium", marks=1,
        question_text="If $A^2=I$ then", choices="$I$\n$-I$\nboth\nneither", correct="D",
        solution="Look at $\\begin{pmatrix}1&0\\\\0&-1\\end{pmatrix}$.", units=UNITS,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("cells", "values"),
    [
        ({"CLASS": "Class 12.0"}, {"class_name": "XII"}),
        ({"CLASS": "10th", "UNIT": "real number"}, {"class_name": "X", "unit": "Real Numbers"}),
        ({"UNIT": "Unit 1 - Relations & Functions"}, {"unit": "Relations and Functions"}),
        ({"DIFFICULTY": "Tough"}, {"difficulty": "hard"}),
        ({"MARKS": "1.0"}, {"marks": 1}),
        ({"MARKS": "", "TYPE": "MCQ"}, {"marks": 1}),
        ({"TYPE": ""}, {"question_type": "MCQ"}),
        ({"TYPE": "Objective (1 mark)"}, {"question_type": "MCQ"}),
        ({"CORRECT": "B"}, {"correct": "B"}),
        ({"CORRECT": "Option C"}, {"correct": "C"}),
        ({"CORRECT": "a and (c)"}, {"correct": "A, C"}),
        ({"CORRECT": "2"}, {"correct": "B"}),
        ({"CORRECT": "both"}, {"correct": "C"}),
        ({"CORRECT": "", "ANSWER": "A"}, {"correct": "A", "answer": ""}),
        ({"CORRECT": "A", "ANSWER": "\\(I\\)"}, {"correct": "A", "answer": "$I$"}),
        ({"TYPE": "Short Answer", "MARKS": "3", "CORRECT": "$x=2$"}, {"answer": "$x=2$", "choices": "", "correct": ""}),
        ({"TYPE": "SA", "MARKS": "", "STEPS": "1: a\n\n2: b", "TAGS": "a; b,a"},
         {"marks": 3, "steps": "1: a\n2: b", "tags": "a, b"}),
        ({"YEAR": "2019"}, {"cbse_year": 2019}),
        ({"CLASS": "कक्षा १२"}, {"class_name": "XII"}),
        ({"CLASS": "दसवीं", "UNIT": "अध्याय १: Real Numbers"}, {"class_name": "X", "unit": "Real Numbers"}),
        ({"CLASS": "12 (कक्षा)"}, {"class_name": "XII"}),
        ({"DIFFICULTY": "कठिन / Hard"}, {"difficulty": "hard"}),
        ({"DIFFICULTY": "Easy सरल"}, {"difficulty": "easy"}),
        ({"TYPE": "बहुविकल्पीय प्रश्न"}, {"question_type": "MCQ"}),
        ({"TYPE": "Objective / वस्तु"}, {"question_type": "MCQ"}),
        ({"TYPE": "लघु उत्तरीय (3 अंक)", "MARKS": "३ अंक", "CORRECT": ""}, {"question_type": "SA", "marks": 3}),
        ({"TYPE": "अति लघूत्तरीय प्रश्न", "MARKS": "", "CORRECT": ""}, {"question_type": "VSA", "marks": 2}),
        ({"CORRECT": "(ख)"}, {"correct": "B"}),
        ({"CORRECT": "विकल्प ग"}, {"correct": "C"}),
        ({"CORRECT": "क और विकल्प स"}, {"correct": "A, C"}),
        ({"CORRECT": "४"}, {"correct": "D"}),
        ({"CORRECT": "घ) neither"}, {"correct": "D"}),
    ],
)  # fmt: skip
def test_cells_are_read_as_they_are_meant(cells: dict[str, str], values: dict[str, object]) -> None:
    found = read(**cells)
    assert found.error is None
    assert {name: getattr(found.draft, name) for name in values} == values


@pytest.mark.parametrize(
    ("cells", "column", "says"),
    [
        ({"CLASS": "XI"}, "Class", "X or XII"),
        ({"CLASS": ""}, "Class", "X or XII"),
        ({"UNIT": ""}, "Chapter/Unit", "belongs to a unit"),
        ({"TYPE": "", "MARKS": ""}, "Question Type", "MCQ, VSA"),
        ({"A": "", "B": "", "C": "", "D": "", "CORRECT": ""}, "Option A text", "two and eight"),
        ({"UNIT": "Matrics"}, "Chapter/Unit", "Is “Matrices” meant?"),
        ({"UNIT": "आव्यूह"}, "Chapter/Unit", "no such unit in this class"),
        ({"CORRECT": "कोई नहीं"}, "Correct option and answer", "names no choice"),
        ({"CLASS": "कक्षा"}, "Class", "X or XII"),
        ({"UNIT": "Poetry"}, "Chapter/Unit", "no such unit in this class"),
        ({"TYPE": "Riddle"}, "Question Type", "MCQ, VSA"),
        ({"DIFFICULTY": "so so"}, "Difficulty", "Easy"),
        ({"MARKS": "one"}, "Marks", "whole number"),
        ({"MARKS": "2"}, "Marks", "carries 1 mark"),
        ({"MARKS": "", "TYPE": "LA", "CORRECT": "x"}, "Marks", "5 or 6"),
        ({"B": ""}, "Option B text", "This choice is empty"),
        ({"CORRECT": "e"}, "Correct option and answer", "no such choice"),
        ({"CORRECT": "see below"}, "Correct option and answer", "names no choice"),
        ({"TEXT": "Prove $\\foo$"}, "Question Text in LaTeX", "“\\foo”"),
        ({"TEXT": " "}, "Question Text in LaTeX", "needs its text"),
        ({"A": "2026-02-01 00:00:00"}, "Option A text", "a date or a time"),
        ({"B": "02:03:00"}, "Option B text", "a date or a time"),
        ({"D": "1 day, 1:00:00"}, "Option D text", "a date or a time"),
        ({"ID": "17"}, "Question ID", "no question’s id"),
        ({"ID": str(UUID(int=1))}, "Question ID", "no question with this id"),
    ],
)
def test_what_is_wrong_names_its_cell(cells: dict[str, str], column: str, says: str) -> None:
    found = plan(read(7, **cells))
    assert (found.row, found.meaning, found.column) == (7, Meaning.WRONG, column)
    assert says in found.why


def test_what_the_bank_has_is_repeated_or_changed_and_never_made_twice() -> None:
    first = plan(read()).draft
    assert first is not None
    known = Known(uuid4(), SEEN, replace(first, tags="kept", cbse_year=2019, units={}))
    assert plan(read(), known).meaning is Meaning.DUPLICATE  # nothing is said of tags and year
    spaced = read(TEXT="If  \\(A^2=I\\)   THEN", A="$-I$", B="$I$", CORRECT="d")
    assert plan(spaced, known).meaning is Meaning.CHANGED  # the same question, its choices in another order
    other = read(A="$2I$")
    assert plan(other, known).meaning is Meaning.NEW
    changed = plan(read(DIFFICULTY="hard"), known)
    assert (changed.meaning, changed.known) == (Meaning.CHANGED, known)
    assert changed.draft == replace(known.draft, difficulty="hard", units=UNITS)
    named = plan(read(ID=str(known.question_id), TEXT="Another text"), known)
    assert (named.meaning, named.draft and named.draft.tags) == (Meaning.CHANGED, "kept")


def test_of_two_rows_that_say_the_same_the_second_is_a_duplicate() -> None:
    found = planned([read(2), read(3), read(4, CLASS="XI"), read(5, A="$2I$")], {}, NAMED)
    assert [row.meaning.value for row in found.rows] == ["new", "duplicate", "wrong", "new"]
    assert found.rows[1].why == "The same as row 2."
    assert found.as_json() == {
        "rows": 4, "new": 2, "changed": 0, "duplicates": 1,
        "errors": [{"row": 4, "column": "Class", "why": "Class X or XII."}],
    }  # fmt: skip


def test_a_time_that_the_bank_has_may_stand_in_a_sheet() -> None:
    first = plan(read()).draft
    assert first is not None
    known = Known(uuid4(), SEEN, replace(first, choices="$I$\n02:03:00\nboth\nneither", topic="02:03:00"))
    named = {"ID": str(known.question_id), "TOPIC": "02:03:00", "B": "02:03:00"}
    assert plan(read(**named), known).meaning is Meaning.DUPLICATE
    assert plan(read(**named, TAGS="new"), known).meaning is Meaning.CHANGED
    found = plan(read(**named, C="02:04:00"), known)
    assert (found.meaning, found.column) == (Meaning.WRONG, "Option C text")


def test_a_row_that_takes_a_choice_from_its_picture_is_wrong_and_says_why() -> None:
    first = plan(read()).draft
    assert first is not None
    known = Known(uuid4(), SEEN, replace(first, pictures={"D": "s3://b/d.png"}))
    found = plan(read(ID=str(known.question_id), D="", CORRECT="A"), known)
    assert (found.meaning, found.column) == (Meaning.WRONG, "")
    assert "no choice D" in found.why


def test_a_row_without_words_is_no_question_that_is_a_picture() -> None:
    first = plan(read()).draft
    assert first is not None
    known = Known(uuid4(), SEEN, replace(first, question_text="", pictures={"question": "s3://b/q.png"}))
    assert plan(read(TEXT=""), known).meaning is Meaning.WRONG


def test_tags_are_the_same_by_whatever_they_are_separated() -> None:
    first = plan(read(TAGS="a; b,c")).draft
    assert first is not None
    assert first.tags == "a, b, c"
    assert plan(read(TAGS="a,b;c"), Known(uuid4(), SEEN, replace(first, tags="a;b, c"))).meaning is Meaning.DUPLICATE


def test_of_two_rows_about_one_question_the_second_must_not_say_something_else() -> None:
    first = plan(read()).draft
    assert first is not None
    known = Known(uuid4(), SEEN, first)
    rows = [
        read(number, ID=str(known.question_id), DIFFICULTY=how)
        for number, how in ((2, "hard"), (3, "hard"), (4, "easy"))
    ]
    found = planned(rows, dict.fromkeys((2, 3, 4), (known,)), NAMED).rows
    assert [row.meaning.value for row in found] == ["changed", "duplicate", "wrong"]
    assert (found[2].column, found[2].why) == (
        "Question ID", "Row 2 is about the same question, and says something else.",
    )  # fmt: skip


def test_formulas_in_brackets_become_dollars() -> None:
    assert as_dollars(r"\(a\) \[b\] $c$ \\(d\\)") == r"$a$ $$b$$ $c$ \\(d\\)"


def test_an_exported_row_says_the_same_again() -> None:
    mcq = plan(read()).draft
    written = plan(read(TYPE="LA", MARKS="6", CORRECT="", ANSWER="$2$", STEPS="(i) 2½: a\n3½: b", YEAR="2024")).draft
    for draft in (mcq, written):
        assert draft is not None
        known = Known(uuid4(), SEEN, draft)
        again = read_row(2, row_of(known.question_id, draft), {}, UNITS)
        assert planned([again], {2: [known]}, {}).rows[0].meaning is Meaning.DUPLICATE
    assert row_of(UUID(int=0), QuestionDraft(marks=None))[Column.MARKS] == ""
