"""The shipped bank is sound, and large enough for every shipped template."""

import json
import re
from collections import Counter

import pytest
import ziamath

from mv_desktop.core.paths import resource
from mv_desktop.demo.question_bank import content_of_class, shipped_questions, shipped_templates
from mv_desktop.domain.exam import ExamType, build_paper
from mv_desktop.domain.question import MARKS_OF_TYPE, QuestionType

SETTINGS = {row["key"]: row["value"] for row in json.loads(resource("reference", "system_config.json").read_text())}
UNITS = {"X": SETTINGS["cbse_units_class_x"], "XII": SETTINGS["cbse_units_class_xii"]}
MATHS = re.compile(r"(?<!\\)\$(.+?)(?<!\\)\$", re.DOTALL)


def test_the_bank_is_large_and_every_key_is_its_own():
    keys = Counter(question.key for question in shipped_questions())
    assert len(keys) >= 200
    assert max(keys.values()) == 1


def test_every_unit_of_the_settings_has_questions():
    assert {(q.class_name, q.content.unit) for q in shipped_questions()} == {(c, u) for c in UNITS for u in UNITS[c]}


def test_marks_choices_and_steps_fit_the_type():
    for question in shipped_questions():
        content = question.content
        assert int(content.marks) in MARKS_OF_TYPE[content.question_type], question.key
        if content.question_type is QuestionType.MCQ:
            assert [c.id for c in content.choices] == list("ABCD"), question.key
            assert len({c.text for c in content.choices}) == 4, question.key
            assert content.correct, question.key
            assert set(content.correct) <= set("ABCD"), question.key
        else:
            assert content.scheme.total == content.marks, question.key
            assert all(step.marks % 1 in (0, 0.5) and step.marks > 0 for step in content.scheme.steps), question.key
            assert content.scheme.solution, question.key


def test_case_studies_have_their_parts_as_steps():
    for question in shipped_questions():
        if question.content.marks == 6:
            assert {step.part for step in question.content.scheme.steps} >= {"i", "ii"}, question.key


def test_all_maths_can_be_rendered():
    spans = {
        span
        for q in shipped_questions()
        for text in (
            q.content.question_text,
            q.answer,
            *q.content.scheme.solution,
            *(step.text for step in q.content.scheme.steps),
            *(choice.text for choice in q.content.choices),
        )
        for span in MATHS.findall(text)
    }
    assert len(spans) > 2000
    for span in sorted(spans)[::8]:  # an eighth of them: the bank's own check renders all before it is committed
        assert "<svg" in ziamath.Latex(span).svg(), span


def test_board_papers_have_the_boards_shape():
    for template in shipped_templates(UNITS):
        if template.exam_type is ExamType.BOARD_EXAM:
            config = template.config
            assert (config.total_marks, config.duration_minutes) == (80, 180)
            assert [(s.question_type, s.marks_per_question, s.question_count) for s in config.sections] == [
                ("MCQ", 1, 20),
                ("VSA", 2, 5),
                ("SA", 3, 6),
                ("LA", 5, 4),
                ("LA", 6, 2),
            ]


def test_templates_ship_for_every_kind_of_exam_and_every_unit():
    kinds = Counter((t.class_name, t.exam_type) for t in shipped_templates(UNITS))
    for class_name, units in UNITS.items():
        assert kinds[class_name, ExamType.UNIT_PRACTICE] == len(units)
        for kind in set(ExamType) - {ExamType.UNIT_PRACTICE}:
            assert kinds[class_name, kind] == 1


@pytest.mark.parametrize("class_name", ["X", "XII"])
def test_every_template_is_filled_from_three_seeds_without_repeating_a_paper(class_name):
    bank = content_of_class(class_name)
    for template in shipped_templates(UNITS):
        if template.class_name == class_name:
            papers = [build_paper(template.config, bank, seed, only_unit=template.unit) for seed in (1, 2, 3)]
            contents = {frozenset(question.question_id for question in paper.questions) for paper in papers}
            assert len(contents) == 3, template.name
            for paper in papers:
                ids = [option.question_id for q in paper.questions for _, option in q.options]
                assert len(set(ids)) == len(ids)
                assert sum(question.marks for question in paper.questions) == template.config.total_marks
