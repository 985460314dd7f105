"""Questions as they are written: every rule beside its field, and words that become columns and words again."""

from __future__ import annotations

import string
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mv_desktop.domain.latex import latex_fault, unknown_commands
from mv_desktop.domain.latex_name import COMMANDS, ENVIRONMENTS
from mv_desktop.domain.question_draft import (
    QuestionDraft,
    draft_of,
    question_faults,
    step_of,
    values_of,
)
from mv_desktop.domain.question_picture import slots_of
from mv_desktop.typeset.formula import formula_svg

UNITS = {"XII": ("Matrices", "Determinants")}
MCQ = QuestionDraft(
    unit="Matrices", question_text="If $A^2=I$, then", choices="$A=I$\n$A=-I$\nneither", correct="C", units=UNITS
)
SA = replace(
    MCQ, question_type="SA", marks=3, choices="", correct="", answer="$x=2$", solution="$2x=4$\n$x=2$",
    steps="1½: sets $2x=4$ up\n(ii) ½: divides\n1: answers",
)  # fmt: skip


@pytest.mark.parametrize(
    "draft",
    [
        MCQ,
        SA,
        replace(MCQ, question_text="", pictures={"question": "questions/1.png", "A": "questions/a.png"}),
        replace(SA, unit="X", units={}),
    ],
)
def test_what_is_right_has_no_fault(draft: QuestionDraft) -> None:
    assert question_faults(draft) == ()


@pytest.mark.parametrize(
    ("draft", "values", "field", "says"),
    [
        (MCQ, {"class_name": "XI"}, "class_name", "X or XII"),
        (MCQ, {"unit": ""}, "unit", "belongs to a unit"),
        (MCQ, {"unit": "Circles"}, "unit", "no such unit"),
        (MCQ, {"unit": "u" * 101, "units": {}}, "unit", "at most 100"),
        (MCQ, {"topic": "t" * 256}, "topic", "at most 255"),
        (MCQ, {"topic": "$\\foo$"}, "topic", "“\\foo”"),
        (MCQ, {"difficulty": "tough"}, "difficulty", "Easy"),
        (MCQ, {"cbse_year": 1999}, "cbse_year", "2000"),
        (MCQ, {"tags": ",".join(f"t{n}" for n in range(21))}, "tags", "20 tags"),
        (MCQ, {"status": "draft", "stood": "active"}, "status", "no draft again"),
        (MCQ, {"tags": "t" * 61}, "tags", "20 tags"),
        (MCQ, {"marks": 2}, "marks", "1 mark"),
        (SA, {"question_type": "VSA"}, "marks", "2 marks"),
        (SA, {"marks": 4}, "marks", "3 marks"),
        (SA, {"question_type": "LA"}, "marks", "5 or 6"),
        (SA, {"question_type": "essay"}, "question_type", "MCQ"),
        (SA, {"question_text": "  "}, "question_text", "needs its text"),
        (SA, {"question_text": "x" * 20_001}, "question_text", "too long"),
        (SA, {"question_text": "Prove $\\foo$."}, "question_text", "“\\foo” is no command"),
        (SA, {"answer": "costs $5"}, "answer", "no partner"),
        (SA, {"solution": "\\frac{1}{2}"}, "solution", "“\\frac” stands outside"),
        (MCQ, {"choices": "one"}, "choices", "two and eight"),
        (MCQ, {"choices": "a\nb\na"}, "choices", "the same"),
        (MCQ, {"choices": "$\\baz$\nb\nc"}, "choices", "“\\baz”"),
        (MCQ, {"correct": ""}, "correct", "which choice"),
        (MCQ, {"correct": "A, D"}, "correct", "no such choice"),
        (SA, {"steps": "1: a\nb"}, "steps", "Line 2"),
        (SA, {"pictures": {"A": "s3://a"}}, "pictures", "Only a multiple choice"),
        (MCQ, {"pictures": {"D": "s3://d"}}, "pictures", "no choice D. One that is only a picture has the line [4]."),
        (SA, {"steps": "1: a\n1: $\\bad$"}, "steps", "“\\bad”"),
        (SA, {"steps": "1: a\n1.5: b"}, "steps", "add up to 2.5, the question carries 3"),
    ],
)
def test_each_rule_is_told_beside_its_field(
    draft: QuestionDraft, values: dict[str, Any], field: str, says: str
) -> None:
    found = [fault for fault in question_faults(replace(draft, **values)) if fault.field == field]
    assert found, question_faults(replace(draft, **values))
    assert says in found[0].message


@pytest.mark.parametrize(
    ("line", "step"),
    [
        ("1: a", ("a", "1", None)),
        ("½: a", ("a", "0.5", None)),
        ("2½ : a", ("a", "2.5", None)),
        ("0,5: a", ("a", "0.5", None)),
        ("1.0: a: b", ("a: b", "1", None)),
        ("(ii) 1: a", ("a", "1", "ii")),
        ("a", None),
        ("1.3: a", None),
        ("1.: a", None),
        (": a", None),
    ],
)
def test_a_step_begins_with_its_marks(line: str, step: tuple[str, str, str | None] | None) -> None:
    found = step_of(line)
    assert (found and (found["text"], found["marks"], found["part"])) == step


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("no maths, \\$5", ""),
        ("$$\\int_0^1 x^2\\,dx$$ and $\\{1\\}$", ""),
        ("$\\begin{pmatrix}1&2\\\\3&4\\end{pmatrix}$", ""),
        ("$x}$", "closed that was not opened"),
        ("$\\frac{1}{2$", "not closed"),
        ("$\\begin{tabular}a\\end{tabular}$", "“\\begin{tabular}”"),
        ("$\\begin{cases}a\\end{pmatrix}$", "“\\end{pmatrix}” ends nothing"),
        ("$a\\end{cases}$", "ends nothing"),
        ("$\\begin{cases}a$", "“\\begin{cases}” is not ended"),
        ("\\\\ a \\& $x$", ""),
        ("$\\begin{bmatrix}a&b\\\\c&d\\\\{1}&e\\\\\\end{bmatrix}$", ""),
        ("$a\\\\$", ""),
        ("$\\text{a \\& b costs \\$5}$", ""),
        ("$$x$", "no partner"),
        ("If \\(x^2\\)", "between dollar signs"),
        ("so \\[x\\]", "between dollar signs"),
        ("a\\\\(x)", ""),
        ("$\\left\\{x\\right\\}[1](2)$ [a] (b)", ""),
        ("$ $", "empty"),
        ("$a & b$", "outside of a matrix"),
        ("$\\left(x$", "“\\left” has no"),
        ("$x\\right)$", "“\\right” has no"),
        ("$\\left(x_1^2 + {}^nC_r\\right)^{y^2} z^\\frac{1}{2}$", ""),
        ("${x^2}^3 + x^{y^2}$", ""),
        ("$x^2^3$", "Two powers"),
        ("$a_{n_1}_2$", "Two powers"),
        ("$x^$", "behind “^”"),
        ("$\\frac{a_}{b}$", "behind “_”"),
        ("$x^_2$", "behind “^”"),
    ],
)
def test_what_cannot_be_typeset_is_named(text: str, fault: str) -> None:
    assert fault in latex_fault(text)
    assert bool(fault) == bool(latex_fault(text))


@pytest.mark.parametrize(
    "formula",
    [
        r"\begin{cases}x\\y\end{cases}",
        r"a\\",
        r"{x^2}^3",
        r"\left(x\right)^2",
        r"\text{a \& b}",
        r"\begin{cases}1&\text{if } x<0\\2&\text{for all x > 0, x <3}\end{cases}",
        "{}^nC_r",
        r"x_1^\frac{1}{2}",
    ],
)
def test_what_is_taken_is_typeset(formula: str) -> None:
    assert latex_fault(f"${formula}$") == ""
    assert formula_svg(formula, 20, "#000000", display=False).startswith("<svg")


@pytest.mark.parametrize("formula", ["a&b", "x^2^3", "x_1_2", r"\left(x", r"x\right)", "x^", "_", " "])
def test_what_is_refused_cannot_be_typeset(formula: str) -> None:
    assert latex_fault(f"${formula}$")
    with pytest.raises(Exception):  # noqa: B017 - each library under it has its own
        formula_svg(formula, 20, "#000000", display=False)


def test_the_list_of_commands_is_what_the_typesetter_knows() -> None:
    from latex2mathml import commands
    from latex2mathml.symbols_parser import parse_symbols

    assert {name[1:] for name in commands.MATRICES} | {"aligned"} == ENVIRONMENTS  # which ziamath makes align*
    known = {name[1:] for name in parse_symbols() if name.startswith("\\") and name[1:].isalpha() and name.isascii()}
    assert known - COMMANDS == set()
    assert {"frac", "sqrt", "begin", "left", "text", "cosec", "therefore", "vec", "overline"} <= COMMANDS
    assert unknown_commands(r"\foo \frac \foo \bar \quux") == ("foo", "quux")


_TEXT = st.text(string.ascii_letters + " $\\{}0123456789.,:()½=", max_size=30)
_LINES = st.lists(_TEXT.map(str.strip).filter(bool), min_size=2, max_size=8, unique=True)


@given(_LINES, st.sets(st.sampled_from("AB"), min_size=1), _TEXT, st.sampled_from(["", "Easy, algebra"]))
def test_a_choice_question_becomes_columns_and_words_again(choices, correct, text, tags) -> None:
    draft = replace(
        MCQ, choices="\n".join(" ".join(line.split()) for line in choices), correct=", ".join(sorted(correct)),
        question_text=text.strip() or "q", tags=tags,
    )  # fmt: skip
    assert _again(draft) == draft


@given(st.lists(st.tuples(st.sampled_from(["½", "1", "1½", "3"]), _TEXT.map(str.strip).filter(bool)), max_size=5))
def test_a_written_question_becomes_columns_and_words_again(steps) -> None:
    draft = replace(SA, steps="\n".join(f"{marks}: {' '.join(text.split())}" for marks, text in steps))
    assert _again(draft) == draft


def _again(draft: QuestionDraft) -> QuestionDraft:
    """Written into a row, and read from it."""
    columns = dict.fromkeys(
        ("topic", "difficulty", "question_text", "mcq_choices", "mcq_correct_choices", "correct_answer_text",
         "explanation", "cbse_year", "tags", "scheme"),
    )  # fmt: skip
    stored = {**columns, "status": "draft", "version": 1, **values_of(draft, None)}
    return replace(draft_of(stored, draft.units), kept={})


def test_pictures_stand_in_the_order_of_the_paper() -> None:
    assert slots_of("MCQ", 5) == ("question", "diagram", "A", "B", "C", "D", "E", "answer", "solution")
    own = ("question", "diagram", "answer", "solution")
    assert slots_of("SA", 0) == (*own, *(f"or_{slot}" for slot in own))


def test_only_what_differs_is_written_and_what_is_not_shown_stays() -> None:
    stored = {
        "class": "XII", "unit": "Matrices", "topic": None, "question_type": "MCQ", "marks": 1, "difficulty": None,
        "cbse_year": None, "tags": ["a"], "question_text": "Which?", "status": "active", "version": 3,
        "mcq_choices": [{"id": "1", "text": "", "image": "s3://a.png", "new": 1}, {"id": "2", "text": "b"}],
        "mcq_correct_choices": ["2"], "correct_answer_text": None, "explanation": None, "question_image_url": "s3://q",
    }  # fmt: skip
    draft = draft_of(stored)
    assert (draft.choices, draft.correct, draft.pictures, draft.version) == (
        "[1]\nb", "B", {"question": "s3://q", "A": "s3://a.png"}, 3,
    )  # fmt: skip
    assert values_of(draft, draft) == {}
    assert values_of(replace(draft, tags="", topic=" Order "), draft) == {"tags": None, "topic": "Order"}
    changed = values_of(replace(draft, choices="[1]\nc\nd", correct="C"), draft)
    assert changed == {
        "mcq_choices": [
            {"id": "A", "text": "", "image": "s3://a.png", "new": 1},
            {"id": "B", "text": "c", "image": None},
            {"id": "C", "text": "d", "image": None},
        ],
        "mcq_correct_choices": ["C"],
    }
    pictured = replace(draft, pictures={"B": "s3://b.png", "diagram": "s3://d"})
    assert values_of(pictured, draft) == {
        "question_image_url": None,
        "diagram_image_url": "s3://d",
        "mcq_choices": [
            {"id": "A", "text": "[1]", "image": None, "new": 1},
            {"id": "B", "text": "b", "image": "s3://b.png"},
        ],
        "mcq_correct_choices": ["B"],
    }
    scheme = {"answer": "a", "solution": ["s"], "steps": [{"text": "t", "marks": "3", "part": None}], "newer": True}
    written = draft_of(stored | {"question_type": "SA", "marks": 3, "scheme": scheme, "mcq_choices": None})
    assert (written.answer, written.solution, written.steps) == ("a", "s", "3: t")
    assert values_of(replace(written, steps="1: t\n2: u"), written)["scheme"] == {
        "answer": "a", "solution": ["s"], "newer": True,
        "steps": [{"text": "t", "marks": "1", "part": None}, {"text": "u", "marks": "2", "part": None}],
    }  # fmt: skip
    assert "scheme" not in values_of(replace(SA, answer="", solution="", steps=""), None)


def test_a_choice_that_stands_for_a_picture_has_one() -> None:
    draft = replace(MCQ, choices="[1]\n[1]\n[3]", correct="A", pictures={"A": "s3://b/a.png"})
    (found,) = [fault.message for fault in question_faults(replace(draft, choices="[1]\nx\n[3]"))]
    assert found == "Choice C is a picture that is not there. Put it in, or write words instead of [3]."
    assert question_faults(replace(draft, choices="[1]\n$[2]$\n[ 3 ]")) == ()
