"""What stands on a printed paper: sections and their marks, numbered questions, and what one chooses between."""

from __future__ import annotations

from decimal import Decimal

from mv_desktop.domain.exam import Section, TemplateConfig, build_paper
from mv_desktop.domain.printed_paper import marks_text, pictures_of, printed_exam, printed_selection
from mv_desktop.domain.question import Choice, QuestionType, Scheme
from tests.factories.paper import bank_question


def test_a_paper_has_its_sections_with_their_marks_and_what_is_chosen_between():
    sections = (
        Section(section="A", title="Choices", question_type=QuestionType.MCQ, marks_per_question=1, question_count=2),
        Section(
            section="B", question_type=QuestionType.VSA, marks_per_question=2, question_count=2, either_or=1
        ),
    )  # fmt: skip
    bank = [
        bank_question(f"{kind}{n}", kind, marks, "Matrices")
        for kind, marks in (("MCQ", 1), ("VSA", 2))
        for n in range(4)
    ]
    exam = build_paper(TemplateConfig(total_marks=6, duration_minutes=45, sections=sections), bank, 3)
    paper = printed_exam(exam, "Test", "XII")
    assert [(one.name, one.title, one.marks, one.each) for one in paper.sections] == [
        ("A", "Choices", 2, 1), ("B", "", 4, 2),
    ]  # fmt: skip
    assert [one.number for section in paper.sections for one in section.questions] == [1, 2, 3, 4]
    assert sorted(len(one.sides) for one in paper.sections[1].questions) == [1, 2]
    assert (paper.marks, paper.count, paper.minutes, paper.choosing, paper.pictures) == (6, 4, 45, True, ())


def test_a_selection_is_numbered_and_names_its_pictures_once():
    long = bank_question("LA", "LA", 5, "Matrices").model_copy(
        update={"question_image_url": "s3://a", "diagram_image_url": "s3://b", "explanation_image_url": "s3://c"}
    )
    mcq = bank_question("MCQ", "MCQ", 1, "Matrices")
    choices = (Choice(id="A", image="s3://b"), Choice(id="B", text="2"))
    mcq = mcq.model_copy(update={"choices": choices})
    paper = printed_selection([long, mcq], "Questions")
    (section,) = paper.sections
    assert (section.name, section.each, section.marks) == ("", None, 6)
    assert [one.number for one in section.questions] == [1, 2]
    assert (paper.pictures, pictures_of(mcq)) == (("s3://a", "s3://b", "s3://c"), ("s3://b",))
    assert not paper.choosing
    instead = {"alternatives": [{"question_text": "Find $y$.", "diagram_image_url": "s3://d"}]}
    both = printed_selection([long.model_copy(update={"scheme": Scheme.model_validate(instead)})], "Questions")
    assert both.choosing
    assert both.pictures == ("s3://a", "s3://b", "s3://c", "s3://d")
    assert printed_selection([], "Questions").sections == ()


def test_marks_are_said_as_on_paper():
    said = [marks_text(Decimal(words)) for words in ("5", "5.0", "1.5", "0.5", "0.25", "0")]
    assert said == ["5", "5", "1½", "½", "0.25", "0"]
