"""Either/or questions of the bank: what can be answered instead is ruled, stored, drawn into papers, and read again."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from mv_desktop.domain.exam import ShortBankError, build_paper
from mv_desktop.domain.picture import places_of
from mv_desktop.domain.question import Scheme
from mv_desktop.domain.question_alternative import has_sides, sides
from mv_desktop.domain.question_draft import QuestionDraft, draft_of, question_faults, values_of
from mv_desktop.domain.question_picture import pictures_of
from tests.factories.paper import bank_question, section, template

DRAFT = QuestionDraft(
    unit="Matrices", question_type="VSA", marks=2, question_text="Find $x$.", steps="2: finds it",
    or_text="Find $y$.", or_answer="$1$", or_solution="$y=1$", or_steps="1: sets it up\n(ii) 1: solves it",
)  # fmt: skip


@pytest.mark.parametrize(
    ("values", "field", "says"),
    [
        ({"or_text": ""}, "or_text", "Say what is asked instead"),
        ({"or_text": "Find  $x$."}, "or_text", "asks the same"),
        ({"or_text": "Find $\\foo$."}, "or_text", "“\\foo”"),
        ({"or_text": "x" * 20_001}, "or_text", "too long"),
        ({"or_answer": "$\\foo$"}, "or_answer", "“\\foo”"),
        ({"or_solution": "\\frac"}, "or_solution", "outside"),
        ({"or_steps": "1: one"}, "or_steps", "add up to 1, the question carries 2"),
        ({"or_steps": "2: $\\foo$"}, "or_steps", "“\\foo”"),
        ({"or_steps": "two"}, "or_steps", "Line 1"),
        ({"or_steps": ""}, "or_steps", "needs its own"),
        ({"question_type": "MCQ"}, "or_text", "no other one to choose"),
    ],
)
def test_each_rule_of_what_can_be_answered_instead_is_told(values: dict[str, Any], field: str, says: str) -> None:
    assert question_faults(DRAFT) == ()
    found = [fault for fault in question_faults(replace(DRAFT, **values)) if fault.field == field]
    assert found, question_faults(replace(DRAFT, **values))
    assert says in found[0].message


def _stored(draft: QuestionDraft, scheme: object) -> QuestionDraft:
    nothing = ("topic", "difficulty", "cbse_year", "tags", "mcq_choices", "mcq_correct_choices",
               "correct_answer_text", "explanation")  # fmt: skip
    row = dict.fromkeys(nothing) | {"version": 1, "status": "draft"}
    return draft_of({**row, **values_of(replace(draft, kept={}), None), "scheme": scheme})


def test_it_is_stored_in_the_scheme_and_what_is_not_shown_stays() -> None:
    scheme = values_of(DRAFT, None)["scheme"]
    assert [one["question_text"] for one in scheme["alternatives"]] == ["Find $y$."]
    assert replace(_stored(DRAFT, scheme), kept={}) == DRAFT
    third = {"question_text": "Find $z$.", "answer": "", "solution": [], "steps": []}
    scheme["alternatives"] = [scheme["alternatives"][0] | {"newer": 1}, third]
    stored = _stored(DRAFT, scheme)
    assert values_of(stored, stored) == {}
    changed = values_of(replace(stored, or_text="Find $w$."), stored)["scheme"]["alternatives"]
    assert (changed[0]["question_text"], changed[0]["newer"], changed[1]) == ("Find $w$.", 1, third)
    nothing = dict.fromkeys(("or_text", "or_answer", "or_solution", "or_steps"), "")
    assert values_of(replace(stored, **nothing), stored)["scheme"]["alternatives"] == [third]
    alone = _stored(DRAFT, {"alternatives": scheme["alternatives"][:1]})
    emptied = values_of(replace(alone, steps="", **nothing), alone)["scheme"]
    assert emptied == {"answer": "", "solution": [], "steps": []}


PICTURED = replace(DRAFT, pictures={"diagram": "s3://d", "or_diagram": "s3://od", "or_solution": "s3://os"})


def test_its_pictures_stand_beside_its_words_and_are_kept() -> None:
    values = values_of(PICTURED, None)
    assert values["diagram_image_url"] == "s3://d"
    (one,) = values["scheme"]["alternatives"]
    assert (one["diagram_image_url"], one["explanation_image_url"]) == ("s3://od", "s3://os")
    assert "question_image_url" not in one
    stored = replace(_stored(PICTURED, values["scheme"]), pictures=PICTURED.pictures)
    assert values_of(stored, stored) == {}
    words = values_of(replace(stored, or_text="Find $w$."), stored)["scheme"]["alternatives"]
    assert words == [one | {"question_text": "Find $w$."}]
    changed = replace(stored, pictures={"diagram": "s3://d", "or_diagram": "s3://new"})
    (one,) = values_of(changed, stored)["scheme"]["alternatives"]
    assert (one["diagram_image_url"], "explanation_image_url" in one) == ("s3://new", False)
    assert pictures_of({"scheme": {"alternatives": [one]}}) == {"or_diagram": "s3://new"}


def test_a_picture_can_be_what_is_asked_instead() -> None:
    faults = question_faults(replace(DRAFT, or_text="", pictures={"or_diagram": "s3://d"}))
    assert [fault.field for fault in faults] == ["or_text"]
    drawn = replace(DRAFT, or_text="", pictures={"or_question": "s3://q"})
    assert question_faults(drawn) == ()
    (one,) = values_of(drawn, None)["scheme"]["alternatives"]
    assert (one["question_text"], one["question_image_url"]) == ("", "s3://q")
    only = replace(DRAFT, or_text="", or_answer="", or_solution="", or_steps="", pictures={"or_answer": "s3://a"})
    assert [fault.field for fault in question_faults(only)] == ["or_text"]
    choice = replace(
        DRAFT, question_type="MCQ", marks=1, choices="a\nb", correct="A", steps="", or_text="", or_answer="",
        or_solution="", or_steps="", pictures={"or_question": "s3://q"},
    )  # fmt: skip
    assert [fault.field for fault in question_faults(choice)] == ["or_text"]


def _with_sides(name: str) -> Any:
    pictured = replace(DRAFT, pictures={"or_diagram": "s3://d", "or_answer": "s3://a"})
    scheme = Scheme.model_validate(values_of(pictured, None)["scheme"])
    return bank_question(name).model_copy(update={"scheme": scheme, "question_image_url": "s3://q"})


def test_a_paper_offers_both_sides_each_with_its_own_scheme() -> None:
    both, plain = _with_sides("both"), [bank_question(f"plain{n}") for n in range(3)]
    assert [has_sides(question) for question in (both, plain[0], sides(both)[0])] == [True, False, False]
    assert sides(plain[0]) == (plain[0],)
    paper = build_paper(template(section(count=1)), [both], 1)
    (question,) = paper.questions
    assert [(one.key, one.question_text, one.question_id) for one in question.alternatives] == [
        ("a", both.question_text, both.question_id), ("b", "Find $y$.", both.question_id),
    ]  # fmt: skip
    assert [one.scheme.total for one in question.alternatives] == [Decimal(2)] * 2
    assert [one.question_image_url for one in question.alternatives] == ["s3://q", None]
    assert [one.diagram_image_url for one in question.alternatives] == [None, "s3://d"]
    assert [one.correct_answer_image_url for one in question.alternatives] == [None, "s3://a"]
    assert set(places_of(paper.model_dump(mode="json"))) == {"s3://q", "s3://d", "s3://a"}
    assert question.question_text == both.question_text
    assert "alternatives" not in question.scheme.model_dump()
    assert type(paper).model_validate(paper.model_dump(mode="json")) == paper
    # it counts as one of those that a template wants, and is nobody's partner
    wanted = template(section(count=3, either_or=2))
    for seed in range(5):
        paper = build_paper(wanted, [both, *plain], seed)
        pairs = [one for one in paper.questions if one.alternatives]
        if both.question_id in {one.question_id for one in paper.questions}:
            assert len(pairs) == 2
        drawn = [side.question_id for one in pairs for side in one.alternatives]
        assert drawn.count(both.question_id) in {0, 2}
    with pytest.raises(ShortBankError):
        build_paper(template(section(count=3, either_or=3)), [both, *plain], 1)
