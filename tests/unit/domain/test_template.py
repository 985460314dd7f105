"""Templates as they are typed: totals, what is wrong, and what the bank lacks."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mv_desktop.core.errors import InvalidError
from mv_desktop.domain.exam import Section, ShortBankError, TemplateConfig, build_paper
from mv_desktop.domain.question import MARKS_OF_TYPE, QuestionType
from mv_desktop.domain.template import (
    BankCell,
    SectionDraft,
    TemplateDraft,
    cells,
    config_of,
    read_units,
    section_drafts,
    template_faults,
    totals,
    uneven_shares,
    unit_marks,
    units_text,
)
from tests.factories.paper import bank_question, section, template

UNITS = ("Matrices", "Integrals", "Vectors and 3-D")
GOOD = TemplateDraft(
    "Board", "XII", "board_exam", "", 180, True,
    (SectionDraft("A", "", "MCQ", 1, 20), SectionDraft("B", "", "VSA", 2, 5, "Matrices 2; Integrals 3")),
)  # fmt: skip


def fault(**changes: object) -> dict[str, str]:
    return {one.field: str(one.message) for one in template_faults(replace(GOOD, **changes), UNITS)}  # type: ignore[arg-type]


def sections(**changes: object) -> dict[str, object]:
    return {"sections": (replace(GOOD.sections[0], **changes),)}  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("typed", "units", "weights"),
    [
        ("", None, None),
        (" ; ", None, None),
        ("Matrices 2; Vectors and 3-D 3;", {"Matrices": 2, "Vectors and 3-D": 3}, None),
        ("Matrices 40%; Integrals 60%", None, {"Matrices": 0.4, "Integrals": 0.6}),
        ("Matrices 12.5%", None, {"Matrices": 0.125}),
    ],
)
def test_units_are_read_as_numbers_or_shares(typed, units, weights):
    assert read_units(typed) == (units, weights)
    again = units_text(Section(section="A", question_type=QuestionType.MCQ, marks_per_question=1, question_count=1,
                               units=units, weights=weights))  # fmt: skip
    assert read_units(again) == (units, weights)


@pytest.mark.parametrize("typed", ["Matrices", "2", "Matrices two", "Matrices 2; Matrices 3", "A 2; B 30%", "A -1"])
def test_what_is_no_list_of_units_is_refused(typed):
    with pytest.raises(InvalidError):
        read_units(typed)


def test_a_good_template_has_no_fault_and_practice_needs_its_unit():
    assert fault() == {}
    assert fault(exam_type="unit_practice") == {"specific_unit": "Practice of a unit needs its unit."}
    practice = replace(GOOD, exam_type="unit_practice", specific_unit="Matrices", sections=GOOD.sections[:1])
    assert template_faults(practice, UNITS) == ()
    (stranger,) = template_faults(replace(practice, specific_unit="Algebra"), UNITS)
    assert (stranger.field, stranger.message) == ("specific_unit", "The class has no such unit.")
    own = replace(GOOD.sections[0], units="Matrices 20")
    assert template_faults(replace(practice, sections=(own,)), UNITS) == ()
    for typed in ("Matrices 18; Integrals 2", "Integrals 100%"):
        (found,) = template_faults(replace(practice, sections=(replace(own, units=typed),)), UNITS)
        assert (found.field, found.message) == ("sections", "Section A: all questions of the practice are on Matrices.")
    assert fault(specific_unit="Matrices") == {"specific_unit": "Only practice of a unit has one."}
    assert template_faults(replace(practice, specific_unit="Algebra"), ()) == ()


@pytest.mark.parametrize(
    ("changes", "field", "words"),
    [
        ({"template_name": " "}, "template_name", "A template needs a name."),
        ({"template_name": "x" * 256}, "template_name", "The name is too long"),
        ({"duration_minutes": 0}, "duration_minutes", "Between 1 and 600"),
        ({"sections": ()}, "sections", "A template needs a section."),
        ({"sections": (GOOD.sections[0], GOOD.sections[0])}, "sections", "Section A stands there twice."),
        (sections(section=""), "sections", "Each section needs a name"),
        (sections(marks_per_question=2), "sections", "Section A: questions of this kind never carry such marks."),
        (sections(question_count=0), "sections", "Section A: between 1 and 200 questions."),
        (sections(units="Matrices"), "sections", "Section A: Type units as"),
        (sections(units="Algebra 20"), "sections", "names a unit that the class does not have"),
        (sections(units="Matrices 19"), "sections", "its units add up to 19"),
        (sections(units="Matrices 0%"), "sections", "weights that cannot be shared out"),
        (sections(either_or=21), "sections", "more alternatives than it has questions"),
    ],
)
def test_what_is_wrong_is_said_beside_its_field(changes, field, words):
    found = fault(**changes)
    assert list(found) == [field]
    assert words in found[field]


def test_fields_of_a_newer_version_stay():
    stored = TemplateConfig.model_validate(
        {
            "schema": 1, "total_marks": 20, "duration_minutes": 60, "calculator": True,
            "sections": [
                {"section": "A", "title": "", "question_type": "MCQ", "marks_per_question": 1, "question_count": 20,
                 "colour": "blue"}
            ],
        }
    )  # fmt: skip
    draft = replace(GOOD, config=stored, sections=(*section_drafts(stored), GOOD.sections[1]), duration_minutes=90)
    written = config_of(draft).model_dump(mode="json", exclude_none=True)
    assert (written["calculator"], written["schema"], written["total_marks"]) == (True, 1, 30)
    assert written["duration_minutes"] == 90
    assert written["sections"][0]["colour"] == "blue"
    assert written["sections"][1]["units"] == {"Matrices": 2, "Integrals": 3}


def test_cells_say_what_the_others_leave():
    bank = [BankCell("XII", unit, QuestionType.VSA, 2, 4) for unit in UNITS]
    bank += [BankCell("X", "Matrices", QuestionType.VSA, 2, 90), BankCell("XII", "Matrices", QuestionType.SA, 3, 90)]
    draft = replace(
        GOOD,
        sections=(
            SectionDraft("A", "", "VSA", 2, 5, "Matrices 3; Integrals 2"),
            SectionDraft("B", "", "VSA", 2, 4, "Matrices 50%; Integrals 50%"),
            SectionDraft("C", "", "VSA", 2, 5, "", 1),
        ),
    )
    found = [(one.section, one.unit, one.needed, one.available, one.missing) for one in cells(draft, bank)]
    assert found == [
        ("A", "Matrices", 3, 4, 0), ("A", "Integrals", 2, 4, 0),
        ("B", "Matrices", 2, 1, 1), ("B", "Integrals", 2, 2, 0),
        ("C", "", 5, 4, 1), ("C", "", 1, 0, 1),
    ]  # fmt: skip
    practice = replace(
        GOOD, exam_type="unit_practice", specific_unit="Integrals", sections=(SectionDraft("A", "", "VSA", 2, 3),)
    )
    assert [one.available for one in cells(practice, bank)] == [4]
    with pytest.raises(InvalidError):
        cells(replace(GOOD, sections=(SectionDraft("A", "", "VSA", 2, 3, "Matrices 0%"),)), bank)


@pytest.mark.parametrize(("either_or", "missing"), [(0, 0), (2, 0), (3, 0), (4, 1), (5, 2)])
def test_so_many_questions_can_offer_a_choice_as_there_are_partners_of_their_units(either_or, missing):
    bank = [BankCell("XII", unit, QuestionType.VSA, 2, 4) for unit in UNITS]
    draft = replace(GOOD, sections=(SectionDraft("A", "", "VSA", 2, 5, "Matrices 2; Integrals 3", either_or),))
    found = cells(draft, bank)
    assert [(one.unit, one.needed, one.available) for one in found[:2]] == [("Matrices", 2, 4), ("Integrals", 3, 4)]
    assert [(one.choice, one.needed, one.available) for one in found[2:]] == [(True, either_or, 3)] * bool(either_or)
    assert sum(one.missing for one in found) == missing
    questions = [bank_question(f"{unit}{n}", "VSA", 2, unit) for unit in UNITS for n in range(4)]
    for seed in range(5):
        if missing:
            with pytest.raises(ShortBankError):
                build_paper(config_of(draft), questions, seed)
        else:
            assert len(build_paper(config_of(draft), questions, seed).questions) == 5


def test_questions_that_offer_a_choice_by_themselves_need_no_partner():
    draft = replace(GOOD, sections=(SectionDraft("A", "", "VSA", 2, 3, "", 2), SectionDraft("B", "", "SA", 3, 1)))
    bank = [
        BankCell("XII", "Matrices", QuestionType.VSA, 2, 2, 1),
        BankCell("XII", "Integrals", QuestionType.VSA, 2, 1, 1),
    ]
    found = [(one.section, one.choice, one.needed, one.available) for one in cells(draft, bank)]
    assert found == [("A", False, 3, 3), ("A", True, 2, 2), ("B", False, 1, 0)]


@pytest.mark.parametrize(
    ("units", "either_or"), [("", 9), ("", -1), ("Matrices 1", 9), ("Matrices 9", 9), ("Matrices 0", 1)]
)
def test_what_is_typed_may_not_fit_together_yet(units, either_or):
    bank = [BankCell("XII", "Matrices", QuestionType.VSA, 2, 20)]
    draft = replace(GOOD, sections=(SectionDraft("A", "", "VSA", 2, 5, units, either_or),))
    assert not any(one.missing for one in cells(draft, bank))


def test_a_section_on_any_unit_leaves_what_a_later_one_needs():
    draft = replace(
        GOOD, sections=(SectionDraft("A", "", "VSA", 2, 4), SectionDraft("B", "", "VSA", 2, 4, "Matrices 4"))
    )
    bank = [BankCell("XII", unit, QuestionType.VSA, 2, 4) for unit in UNITS[:2]]
    assert [(one.needed, one.available) for one in cells(draft, bank)] == [(4, 4), (4, 4)]
    questions = [bank_question(f"{unit}{n}", "VSA", 2, unit) for unit in UNITS[:2] for n in range(4)]
    for seed in range(9):
        paper = build_paper(config_of(draft), questions, seed)
        assert [one.unit for one in paper.questions] == ["Integrals"] * 4 + ["Matrices"] * 4


def test_shares_that_are_not_the_whole_are_told():
    typed = ("", "Matrices 2; Integrals 3", "Matrices 40%; Integrals 50%", "Matrices 33.3%; Integrals 66.6%")
    drafts = tuple(SectionDraft(name, "", "VSA", 2, 5, units) for name, units in zip("ABCD", typed, strict=True))
    assert uneven_shares(replace(GOOD, sections=drafts)) == {"C": 90}
    assert uneven_shares(replace(GOOD, sections=(replace(drafts[2], units="Matrices 70%; Integrals 80%"),))) == {
        "C": 150
    }
    with pytest.raises(InvalidError):
        uneven_shares(replace(GOOD, sections=(replace(drafts[2], units="Matrices"),)))


kinds = st.sampled_from([(kind, marks) for kind, all_ in MARKS_OF_TYPE.items() for marks in sorted(all_)])
counts = st.dictionaries(st.sampled_from(UNITS), st.integers(0, 4), min_size=1).filter(
    lambda units: sum(units.values()) > 0
)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(kinds, counts), min_size=1, max_size=4), st.integers(0, 6), st.integers(1, 99))
def test_totals_are_those_of_the_paper_and_what_is_missing_is_what_the_builder_misses(plan, each, seed):
    config = template(*(
        section(f"S{n}", kind, marks, sum(units.values()), units=units) for n, ((kind, marks), units) in enumerate(plan)
    ))  # fmt: skip
    draft = replace(GOOD, sections=section_drafts(config), config=config, duration_minutes=config.duration_minutes)
    assert config_of(draft).model_dump() == config.model_dump()
    assert totals(draft.sections).marks == config.total_marks
    bank = [
        bank_question(f"{kind}{marks}{unit}{n}", kind, marks, unit)
        for kind, all_ in MARKS_OF_TYPE.items() for marks in all_ for unit in UNITS for n in range(each)
    ]  # fmt: skip
    counted = [
        BankCell("XII", unit, kind, marks, each) for kind, all_ in MARKS_OF_TYPE.items() for marks in all_
        for unit in UNITS
    ]  # fmt: skip
    missing = sum(one.missing for one in cells(draft, counted))
    if missing:
        with pytest.raises(ShortBankError) as short:
            build_paper(config_of(draft), bank, seed)
        assert missing == sum(one.needed - one.available for one in short.value.shortages)
    else:
        paper = build_paper(config_of(draft), bank, seed)
        assert sum(int(one.marks) for one in paper.questions) == totals(draft.sections).marks
        assert len(paper.questions) == totals(draft.sections).questions
        of_units: Counter[str] = Counter()
        for one in paper.questions:
            of_units[one.unit] += int(one.marks)
        assert of_units == +Counter(unit_marks(draft))
