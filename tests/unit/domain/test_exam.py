"""Building a paper from a template and a bank."""

import pytest

from mv_desktop.core.errors import InvalidError
from mv_desktop.domain.exam import ShortBankError, build_paper, check_template, share_out
from mv_desktop.domain.marks import score_mcq
from tests.factories.paper import bank_question, section, template

UNITS = ("Matrices", "Integrals", "Probability")


def bank(per_unit=4, kind="VSA", marks=2):
    return [bank_question(f"{kind}{unit}{n}", kind, marks, unit) for unit in UNITS for n in range(per_unit)]


def numbers_by_unit(paper):
    return {unit: sum(q.unit == unit for q in paper.questions) for unit in UNITS}


def test_counts_are_obeyed():
    config = template(section(count=5, units={"Matrices": 2, "Integrals": 3}))
    assert numbers_by_unit(build_paper(config, bank(), 1)) == {"Matrices": 2, "Integrals": 3, "Probability": 0}


def test_weights_are_shared_out_by_largest_remainder():
    config = template(section(count=5, weights={"Matrices": 0.5, "Integrals": 0.3, "Probability": 0.2}))
    assert numbers_by_unit(build_paper(config, bank(), 1)) == {"Matrices": 3, "Integrals": 1, "Probability": 1}


@pytest.mark.parametrize(
    ("count", "weights", "shares"),
    [
        (10, {"a": 0.1, "b": 0.2, "c": 0.7}, {"a": 1, "b": 2, "c": 7}),
        (4, {"a": 1, "b": 1, "c": 1}, {"a": 2, "b": 1, "c": 1}),
        (3, {"a": 0.25, "b": 0.75}, {"a": 1, "b": 2}),
        (1, {"a": 0.5, "b": 0.5}, {"a": 1, "b": 0}),
        (0, {"a": 1}, {"a": 0}),
        (7, {"a": 3, "b": 0}, {"a": 7, "b": 0}),
    ],
)
def test_share_out(count, weights, shares):
    assert share_out(count, weights) == shares


def test_any_unit_will_do_when_none_is_named():
    paper = build_paper(template(section(count=12)), bank(), 1)
    assert len({q.question_id for q in paper.questions}) == 12


def test_unit_practice_draws_from_its_unit_only():
    paper = build_paper(template(section(count=3)), bank(), 1, only_unit="Integrals")
    assert {q.unit for q in paper.questions} == {"Integrals"}


def test_the_same_seed_gives_the_same_paper_whatever_the_banks_order():
    config = template(section(count=5), section("B", "SA", 3, 2))
    questions = bank() + bank(kind="SA", marks=3)
    assert build_paper(config, questions, 7) == build_paper(config, list(reversed(questions)), 7)


def test_another_seed_gives_another_paper():
    ids = {tuple(q.question_id for q in build_paper(template(section(count=5)), bank(), s).questions) for s in range(9)}
    assert len(ids) == 9


def test_a_known_paper_stays_the_same_for_ever():
    names = {bank_question(f"VSA{unit}{n}").question_id: f"{unit[0]}{n}" for unit in UNITS for n in range(4)}
    paper = build_paper(template(section(count=4)), bank(), 17)
    assert [names[q.question_id] for q in paper.questions] == ["I3", "M0", "I0", "M1"]


def test_two_sections_of_the_same_kind_never_share_a_question():
    paper = build_paper(template(section("A", count=6), section("B", count=6)), bank(), 3)
    assert len({q.question_id for q in paper.questions}) == 12


def test_questions_are_numbered_through_the_sections():
    paper = build_paper(template(section("A", count=2), section("B", count=2)), bank(), 3)
    assert [(q.question_number, q.section) for q in paper.questions] == [(1, "A"), (2, "A"), (3, "B"), (4, "B")]


def test_full_content_and_scheme_are_frozen():
    paper = build_paper(template(section()), bank(), 3)
    question = paper.questions[0]
    assert question.question_text
    assert question.scheme.total == question.marks
    assert type(paper).model_validate(paper.model_dump(mode="json")) == paper


def test_either_or_questions_offer_two_from_one_unit():
    paper = build_paper(template(section(count=5, either_or=2)), bank(), 3)
    pairs = [q for q in paper.questions if q.alternatives]
    assert len(pairs) == 2
    for question in pairs:
        first, second = question.alternatives
        assert (first.key, second.key) == ("a", "b")
        assert first.question_id == question.question_id != second.question_id
        assert first.unit == second.unit
    drawn = [a.question_id for q in pairs for a in q.alternatives]
    drawn += [q.question_id for q in paper.questions if not q.alternatives]
    assert len(set(drawn)) == len(drawn) == 7


def test_a_short_bank_is_told_cell_by_cell():
    config = template(
        section("B", count=6, units={"Matrices": 5, "Integrals": 1}), section("C", "SA", 3, 2), section("D", "LA", 5, 1)
    )
    with pytest.raises(ShortBankError) as caught:
        build_paper(config, bank(), 1)
    assert str(caught.value).startswith(
        "The question bank cannot fill this paper: section B needs 5 VSA of 2 marks on Matrices, the bank has "
        "4 for it; section C needs 2 SA of 3 marks, the bank has 0 for it; section D needs 1 LA of 5 marks, the bank "
        "has 0 for it."
    )
    assert len(caught.value.shortages) == 3


def test_missing_alternatives_are_a_shortage_too():
    with pytest.raises(ShortBankError, match="needs an either/or for 3 VSA of 2 marks, the bank has enough for 1"):
        build_paper(template(section(count=3, either_or=3)), bank(per_unit=4)[:4], 1)


@pytest.mark.parametrize(
    ("broken", "why"),
    [
        (section(units={"Matrices": 1}, weights={"Matrices": 1}), "both"),
        (section(units={"Astrology": 1}), "does not have: Astrology"),
        (section(count=3, units={"Matrices": 1}), "add up to 1"),
        (section(weights={"Matrices": 0}), "cannot be shared out"),
        (section(weights={"Matrices": -1, "Integrals": 2}), "cannot be shared out"),
        (section(either_or=2), "more alternatives"),
    ],
)
def test_a_template_that_does_not_fit_is_refused(broken, why):
    with pytest.raises(InvalidError, match=why):
        check_template(template(broken), UNITS)


def test_a_template_whose_sections_miss_the_total_is_refused():
    config = template(section(count=2)).model_copy(update={"total_marks": 5})
    with pytest.raises(InvalidError, match="add up to 4 marks, not 5"):
        check_template(config, UNITS)


def test_a_sound_template_passes():
    check_template(template(section(count=2, weights={"Matrices": 0.4, "Integrals": 0.6}), section()), UNITS)


@pytest.mark.parametrize(
    ("correct", "selected", "score"),
    [
        (["B"], ["B"], 1),
        (["B"], ["A"], 0),
        (["B"], [], 0),
        (["B"], ["A", "B"], 0),
        (["A", "C"], ["C", "A"], 1),
        (["A", "C"], ["A"], 0),
        ([], [], 0),
    ],
)
def test_mcq_scores_all_and_only_the_correct_choices(correct, selected, score):
    assert score_mcq(correct, selected) == score
