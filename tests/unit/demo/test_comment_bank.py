"""The comments that come with the demo."""

from __future__ import annotations

import re
from xml.etree import ElementTree as ET

import pytest

from mv_desktop.demo.comment_bank import ShippedComment, shipped_comments
from mv_desktop.demo.script_plan import script_plans

COMMENTS = shipped_comments()


def test_there_are_a_dozen_general_ones_and_as_many_of_questions():
    general = [item for item in COMMENTS if item.body.question_id is None]
    assert len([item for item in general if item.body.shared]) >= 12
    assert len(COMMENTS) - len(general) >= 12
    assert len({item.comment_id for item in COMMENTS}) == len(COMMENTS)


def test_personal_ones_belong_to_the_teacher_with_the_fullest_queue():
    personal = {item.owner.email for item in COMMENTS if not item.body.shared}
    assert len(personal) == 1
    assert script_plans()[0].teacher == 0


@pytest.mark.parametrize("comment", COMMENTS, ids=lambda item: item.body.text[:30])
def test_its_maths_can_be_typeset(comment: ShippedComment):
    from ziamath.tex import tex2mml
    from ziamath.zmath import Math

    formulas = re.findall(r"\$(.+?)\$", comment.body.text)
    assert comment.body.text.count("$") == 2 * len(formulas)
    for formula in formulas:
        root = ET.fromstring(re.sub(r'\sxmlns="[^"]*"', "", tex2mml(formula, inline=True)))
        assert Math(root, size=20).svg()
