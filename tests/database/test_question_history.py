"""What the record says of a question on a real server, beside SQL of its own; old versions and likenesses."""

from __future__ import annotations

import json
import random
from dataclasses import replace
from uuid import UUID, uuid4

import pytest

from mv_desktop.core.errors import InvalidError, NotAllowedError
from mv_desktop.domain.item_statistic import FEWEST, discrimination, facility, sums_of
from mv_desktop.domain.question_draft import QuestionDraft
from mv_desktop.domain.question_version import compared
from mv_desktop.offline.office.question import Questions
from mv_desktop.offline.office.question_history import QuestionHistory
from mv_desktop.services.question_use import similar_questions
from tests.database.test_adjustment import MCQ, TWO_MARKS
from tests.factories.marking import School
from tests.factories.paper import paper


def test_where_it_was_used_and_how_students_did_is_what_the_rows_say(school: School) -> None:
    admin, chance = school.person("admin"), random.Random(5)
    office = QuestionHistory(admin.session)
    assert office.use(MCQ).exams == 0
    snapshot = json.loads(paper().model_dump_json())
    newer = json.loads(json.dumps(snapshot))
    for question in newer["questions"]:
        question["version"] = 2
    by_hand: list[tuple[float, float]] = []
    taken: dict[str, int] = {}
    with school.rows() as rows:
        for question, kind in ((MCQ, "MCQ"), (TWO_MARKS, "VSA")):
            rows.question(kind, question_id=question, version=2, status="active")
        student = rows.user("student")
        for number in range(FEWEST + 5):
            chosen, written = chance.choice(("A", "B", "")), chance.choice((0, 0.5, 2))
            right = int(chosen == "B")
            exam = rows.exam(
                exam_snapshot=newer if number >= 3 else snapshot, status="evaluated", total_marks=11, mcq_score=right,
                manual_score=written, total_score=right + written, percentage=0,
                **({"student_user_id": student} if number % 5 == 0 else {}),
            )  # fmt: skip
            if chosen:
                rows.answer(
                    exam_instance_id=exam, question_id=MCQ, selected_choices=[chosen], is_correct=bool(right),
                    marks_awarded=right,
                )  # fmt: skip
            evaluation = rows.evaluation(exam_instance_id=exam)
            rows.mark(
                evaluation_id=evaluation, exam_instance_id=exam, question_number=2, question_id=TWO_MARKS,
                marks_awarded=written, marks_possible=2,
            )  # fmt: skip
            by_hand.append((right, written / 10))
            if number >= 3:
                taken[chosen] = taken.get(chosen, 0) + 1
        rows.exam(exam_snapshot=newer)
    use = office.use(MCQ)
    sums = sums_of(by_hand)
    assert (use.exams, use.students, use.answered) == (FEWEST + 6, FEWEST + 2, FEWEST + 5)
    assert [(one.version, one.exams, one.answered) for one in use.versions] == [(2, FEWEST + 3, FEWEST + 2), (1, 3, 3)]
    assert facility(use.sums) == pytest.approx(facility(sums))
    assert discrimination(use.sums) == pytest.approx(discrimination(sums))
    assert use.mean == pytest.approx(sum(right for right, _ in by_hand) / len(by_hand))
    assert (use.choices_of, {one.choice: one.count for one in use.choices}) == (2, taken)
    assert [one.choice for one in use.choices if one.right] == ["B"]
    other = office.use(TWO_MARKS)
    assert other.sums.item == pytest.approx(sum(10 * written for _, written in by_hand) / 2)
    assert (other.choices_of, other.choices, other.possible) == (None, (), 2)
    assert school.select("SELECT count(*) FROM paper_questions WHERE question_id = %s", MCQ) == [(use.exams,)]
    for person in (school.person(), school.person(is_coordinator=True)):
        hers = QuestionHistory(person.session)
        for ask in (lambda hers=hers: hers.use(MCQ), lambda hers=hers: hers.alike("Find x", None)):
            with pytest.raises(NotAllowedError):
                ask()


def test_each_version_is_kept_as_it_was_and_compared_with_the_others(school: School) -> None:
    admin = school.person("admin")
    bank, office, question = Questions(admin.session), QuestionHistory(admin.session), uuid4()
    first = QuestionDraft(
        unit="Matrices", question_type="SA", marks=3, question_text="Solve $x$.", answer="$2$", solution="$2x=4$",
        steps="1: halves it\n2: answers", tags="algebra, easy",
    )  # fmt: skip
    bank.save(question, None, first, "new")
    bank.save(question, bank.open(question), replace(bank.open(question).draft, status="active"), "good")
    assert [one.version for one in office.versions(question)] == [1]
    opened = bank.open(question)
    bank.save(question, opened, replace(opened.draft, question_text="Solve $y$.", steps="3: answers"), "a slip")
    opened = bank.open(question)
    bank.save(question, opened, replace(opened.draft, topic="Linear"), "more")
    third, second, oldest = office.versions(question)
    assert [one.version for one in (third, second, oldest)] == [3, 2, 1]
    assert (third.replaced_at, third.replaced_by) == (None, "")
    assert oldest.replaced_by
    assert oldest.replaced_at is not None
    assert replace(oldest.draft, kept={}, status="draft", stood="draft") == first
    assert {one.field for one in compared(oldest.draft, second.draft) if one.differs} == {"question_text", "steps"}
    assert {one.field for one in compared(second.draft, third.draft) if one.differs} == {"topic"}
    back = replace(bank.open(question).draft, **{
        name: getattr(oldest.draft, name) for name in ("question_text", "steps", "topic")
    })  # fmt: skip
    bank.save(question, bank.open(question), back, "as it was")
    newest, *_, one = office.versions(question)
    assert newest.version == 4
    assert not [found for found in compared(one.draft, newest.draft) if found.differs]
    with admin.session() as session:
        assert session.connection().exec_driver_sql("SELECT count(*) FROM question_versions").scalar() == 3


def test_questions_that_ask_nearly_the_same_are_found_whatever_was_changed_of_them(school: School) -> None:
    admin = school.person("admin")
    office = QuestionHistory(admin.session)
    asked = r"Find the determinant of the matrix $\begin{pmatrix} 3 & 5 \\ 7 & 9 \end{pmatrix}$ and its inverse."
    with school.rows() as rows:
        known = rows.question("SA", question_text=asked, status="archived")
        for number in range(300):
            rows.question("SA", question_text=f"Find the area of the circle of radius ${number}$ and its length.")
    for words in (
        asked,
        asked.upper(),
        asked.replace("3 & 5", "4 & 8"),
        asked.replace("determinant", "determinent"),
        asked.replace(" and its inverse", ", and then its transpose"),
        "Now " + asked.replace("$", "  $ "),
    ):
        (found, *_) = office.alike(words, None)
        assert (found.key, found.status) == (str(known), "archived")
        assert found.alike >= 0.6
    assert office.alike(asked, None)[0].alike == 1
    assert office.alike(asked, known) == ()
    assert office.alike("Prove that a tangent is perpendicular to the radius at its point of contact.", None) == ()
    assert len(office.alike("Find the area of the circle of radius $7$ and its length.", None)) == 3
    for nothing in ("", "  $ $ ", "\\", "'); DROP TABLE questions; --", "x" * 20_000, "🙂 क्या"):
        assert office.alike(nothing, UUID(int=1)) == ()
    with pytest.raises(InvalidError), admin.session() as session:
        session.connection().exec_driver_sql("SELECT api.similar_questions('x', NULL, 0)")
    with admin.session() as session:
        assert similar_questions(session, asked)
