"""Exam templates: made, changed with a reason, read back; a trial paper from the real bank writes nothing."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from uuid import UUID, uuid4

import psycopg
import pytest
from psycopg.types.json import Jsonb
from sqlalchemy.orm import Session

from mv_desktop.core.errors import ConflictError, InvalidError, OfflineError
from mv_desktop.domain.exam import ShortBankError
from mv_desktop.domain.question import QuestionType
from mv_desktop.domain.template import SectionDraft, TemplateDraft, cells
from mv_desktop.offline.office.template import Templates
from tests.factories.marking import School

UNIT = "Integrals"


def _fill(school: School, unit: str, count: int) -> None:
    with psycopg.connect(school.database.owner_url) as connection:
        for number in range(count):
            row = connection.execute(
                "INSERT INTO questions (class, unit, question_type, marks, question_text, status)"
                " VALUES ('XII', %s, 'LA', 5, %s, 'active') RETURNING question_id",
                (unit, f"Find $x^{number}$."),
            ).fetchone()
            assert row is not None
            connection.execute(
                "INSERT INTO question_schemes (question_id, version, scheme) VALUES (%s, 1, %s)",
                (row[0], Jsonb({"answer": "$x$", "steps": [{"text": "finds", "marks": "5"}]})),
            )
        connection.execute(
            "INSERT INTO questions (class, unit, question_type, marks, question_text) VALUES ('XII', %s, 'LA', 5, 'x')",
            (unit,),
        )


def test_a_template_is_made_and_changed_and_the_slower_of_two_admins_loses_nothing_of_the_others(
    school: School,
) -> None:
    admin, other = school.person("admin"), school.person("admin")
    mine, hers = Templates(admin.session, uuid4), Templates(other.session, uuid4)
    draft = TemplateDraft(
        " Long answers ", "XII", "unit_practice", UNIT, 60, True, (SectionDraft("A", "Long", "LA", 5, 3, "", 1),)
    )
    key = UUID(mine.save(None, draft, "new pattern"))
    (row,) = [row for row in hers.all() if row.template_id == str(key)]
    assert (row.template_name, row.total_marks, row.questions, row.specific_unit) == ("Long answers", 15, 3, UNIT)
    opened, again = mine.open(key), hers.open(key)
    assert opened.draft.sections == draft.sections
    hers.save(again, replace(again.draft, duration_minutes=75), "more time")
    with pytest.raises(ConflictError, match="has changed this meanwhile"):
        mine.save(opened, replace(opened.draft, is_active=False), "too late")
    now = mine.open(key)
    assert (now.draft.duration_minutes, now.draft.is_active) == (75, True)
    with pytest.raises(InvalidError):
        mine.save(now, replace(now.draft, specific_unit=""), "practice needs its unit")
    mine.save(now, replace(now.draft, is_active=False), "chosen no more")
    newest, before = mine.changes(key)[:2]
    assert [one.column for one in newest.differences] == ["is_active"]
    assert [one.column for one in before.differences] == ["config"]
    assert (newest.reason, before.reason) == ("chosen no more", "more time")
    assert mine.open(key).draft.exams == 0


def test_a_new_template_whose_answer_was_lost_is_made_once(school: School) -> None:
    admin = school.person("admin")
    lost = [True]

    @contextmanager
    def cut() -> Iterator[Session]:
        """The connection goes between the commit and its answer, or before anything."""
        with admin.session() as session:
            yield session
        if lost and lost.pop(0):
            raise OfflineError("The server cannot be reached.")

    templates = Templates(cut, uuid4)
    draft = TemplateDraft("Once", "XII", "board_exam", "", 60, True, (SectionDraft("A", "", "LA", 5, 3),))
    with pytest.raises(OfflineError):
        templates.save(None, draft, "new")
    key = templates.save(None, draft, "again")
    assert [row.template_id for row in templates.all() if row.template_name == "Once"] == [key]
    lost[:] = [True]
    with pytest.raises(OfflineError):
        templates.save(None, draft, "new")
    other = templates.save(None, replace(draft, template_name="Another"), "another")
    names = [row.template_name for row in templates.all() if row.template_id in {key, other}]
    assert sorted(names) == ["Another", "Once"]


def test_a_new_template_that_never_came_is_sent_again(school: School) -> None:
    admin = school.person("admin")
    down = [True]

    @contextmanager
    def cut() -> Iterator[Session]:
        if down:
            raise OfflineError("The server cannot be reached.")
        with admin.session() as session:
            yield session

    templates = Templates(cut, uuid4)
    draft = TemplateDraft("Sent again", "XII", "board_exam", "", 60, True, (SectionDraft("A", "", "LA", 5, 3),))
    for _ in range(2):
        with pytest.raises(OfflineError):
            templates.save(None, draft, "new")
    down.clear()
    key = templates.save(None, draft, "again")
    assert [row.template_id for row in templates.all() if row.template_name == "Sent again"] == [key]


def test_a_trial_paper_is_built_from_the_bank_and_nothing_is_written(school: School) -> None:
    admin = school.person("admin")
    templates = Templates(admin.session, uuid4)
    _fill(school, UNIT, 5)
    draft = TemplateDraft("Try", "XII", "unit_practice", UNIT, 60, True, (SectionDraft("A", "", "LA", 5, 4, "", 1),))
    bank, units = templates.bank()
    assert UNIT in units["XII"]
    (mine,) = [one for one in bank if (one.unit, one.question_type, one.class_name) == (UNIT, QuestionType.LA, "XII")]
    assert (mine.count, mine.sided) == (5, 0)  # drafts do not count
    assert [(one.choice, one.missing) for one in cells(draft, bank)] == [(False, 0), (True, 0)]
    before = [school.select(f"SELECT count(*) FROM {table}") for table in ("exam_instances", "audit_logs")]
    paper = templates.trial(draft, 7)
    assert paper == templates.trial(draft, 7)
    assert len({side.question_id for one in paper.questions for side in one.alternatives or (one,)}) == 5
    assert {one.unit for one in paper.questions} == {UNIT}
    assert paper.questions[0].scheme.steps[0].text == "finds"
    assert templates.trial(draft, 8) != paper
    with pytest.raises(ShortBankError):
        templates.trial(replace(draft, sections=(SectionDraft("A", "", "LA", 5, 6),)), 7)
    assert before == [school.select(f"SELECT count(*) FROM {table}") for table in ("exam_instances", "audit_logs")]


@pytest.mark.parametrize(
    ("alternatives", "sided"), [([], 0), (None, 0), ([{"question_text": "Or this", "steps": []}], 1)]
)
def test_the_bank_knows_which_questions_offer_a_choice_by_themselves(
    school: School, alternatives: object, sided: int
) -> None:
    """What is shown agrees with whether a paper can be made, where only such a question makes the difference."""
    templates = Templates(school.person("admin").session, uuid4)
    _fill(school, UNIT, 3)
    with psycopg.connect(school.database.owner_url) as connection:
        connection.execute(
            "UPDATE question_schemes SET scheme = scheme || %s WHERE question_id = ("
            "SELECT question_id FROM questions WHERE question_text = 'Find $x^1$.')",
            (Jsonb({"alternatives": alternatives}),),
        )
    draft = TemplateDraft("Try", "XII", "unit_practice", UNIT, 60, True, (SectionDraft("A", "", "LA", 5, 3, "", 1),))
    bank, _ = templates.bank()
    assert [(one.count, one.sided) for one in bank if one.unit == UNIT] == [(3, sided)]
    assert [one.missing for one in cells(draft, bank)] == [0, 1 - sided]
    if sided:
        assert len(templates.trial(draft, 1).questions) == 3
    else:
        with pytest.raises(ShortBankError):
            templates.trial(draft, 1)
