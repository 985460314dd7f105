"""Faulty questions: proposed, awarded or dropped in all exams of a template, and taken back; what was given stays."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from uuid import UUID, uuid4

import psycopg
import pytest
from psycopg import errors
from sqlalchemy import text

from mv_desktop.core.errors import ConflictError, InvalidError, NotAllowedError, RefusedError
from mv_desktop.domain.adjustment import Adjustment
from mv_desktop.domain.exchange import VerdictKind
from mv_desktop.domain.operation import OpenEvaluation
from mv_desktop.services.adjustment import (
    adjust_question,
    decline_adjustment,
    propose_adjustment,
    question_cases,
)
from mv_desktop.services.assignment import return_questions
from mv_desktop.services.database import make_engine, open_session
from mv_desktop.services.operation import apply_operations
from mv_desktop.worker.score_job import rescore
from tests.database.test_return import KEYS, TWO, finished, mark, sending
from tests.factories.marking import Journal, School
from tests.factories.paper import bank_question

WHY = "Misprinted'); DROP TABLE questions; --"
AWARD, DROP, NONE = Adjustment.AWARD, Adjustment.DROP, Adjustment.NONE
MCQ, TWO_MARKS, SIDE_B, FIVE_MARKS = (UUID(bank_question(name).question_id) for name in "mvbl")
PLAIN = (11, 1, 3, 4, Decimal("36.36"))
"""The result of a script with one mark a question: of how many, MCQ, written, all, per cent."""


class Template:
    """One template's exams, and the people who decide."""

    def __init__(self, school: School) -> None:
        self.school = school
        self.asha = school.person()
        self.priya = school.person(is_coordinator=True)
        self.admin = school.person("admin")
        with school.rows() as rows:
            self.id = rows.template()

    def join(self) -> None:
        """All exams there are become exams of the template."""
        self.school.execute("UPDATE exam_instances SET template_id = %s", self.id)

    def finished(self) -> Journal:
        journal = finished(self.school, self.asha)
        self.join()
        return journal

    def open(self) -> Journal:
        journal = self.school.journal(self.asha)
        self.join()
        journal.send(OpenEvaluation(), *(mark(key, "1") for key in KEYS))
        return journal

    def adjust(self, question: UUID, adjustment: Adjustment, seen: int | None = None, reason: str = WHY, who=None):
        with (who or self.admin).session() as session:
            return adjust_question(
                session, self.id, question, self.seen(question) if seen is None else seen, adjustment, reason
            )

    def seen(self, question: UUID) -> int:
        return self.school.select(
            "SELECT coalesce(max(decision_number), 0) FROM question_decisions WHERE question_id = %s", question
        )[0][0]

    def propose(self, question: UUID, adjustment: Adjustment = AWARD, reason: str = WHY, who=None) -> int:
        with (who or self.priya).session() as session:
            return propose_adjustment(session, self.id, question, adjustment, reason)

    def case(self, question: UUID):
        with self.priya.session() as session:
            (case,) = (c for c in question_cases(session, self.id) if c.question_id == question)
        return case

    def results(self) -> list[tuple]:
        return self.school.select(
            "SELECT total_marks, mcq_score, manual_score, total_score, percentage FROM exam_instances"
            " ORDER BY created_at"
        )

    def given(self) -> list[tuple]:
        return self.school.select(
            "SELECT to_jsonb(e) - 'updated_at', to_jsonb(m), md5(x.exam_snapshot::text) FROM exam_instances x"
            " JOIN evaluations e USING (exam_instance_id) LEFT JOIN question_marks m USING (evaluation_id)"
            " ORDER BY x.created_at, m.question_number"
        )

    def events(self, kind: str) -> list[dict]:
        return [e for (e,) in self.school.select(
            "SELECT event_data FROM audit_logs WHERE event_type = %s ORDER BY log_seq", kind
        )]  # fmt: skip


@pytest.fixture
def template(school: School) -> Template:
    return Template(school)


def test_a_proposal_is_awarded_to_all_and_taken_back(template: Template) -> None:
    template.finished(), template.finished(), template.open()
    given, before = template.given(), template.results()
    assert template.propose(TWO_MARKS) == 3
    case = template.case(TWO_MARKS)
    assert (case.adjustment, case.seen, case.proposal.adjustment, case.proposal.reason) == (NONE, 0, AWARD, WHY)
    assert template.results() == before
    done = template.adjust(TWO_MARKS, AWARD, case.seen)
    assert (done.number, done.exams, done.rescored) == (1, 3, 2)
    assert template.results() == [(11, 1, 4, 5, Decimal("45.45"))] * 2 + [before[2]]
    assert template.given() == given
    case = template.case(TWO_MARKS)
    assert (case.adjustment, case.proposal, [d.decision for d in case.decisions]) == (AWARD, None, ["award"])
    assert template.school.select("SELECT questions, manual_score, percentage FROM exam_adjustments") == [
        ([{"question_number": 2, "question_id": str(TWO_MARKS), "adjustment": "award", "awarded": "1",
           "possible": "2"}], 3, PLAIN[-1])
    ] * 2  # fmt: skip
    template.adjust(TWO_MARKS, NONE)
    assert template.results() == before
    assert template.school.select("SELECT count(*) FROM exam_adjustments") == [(0,)]
    assert template.given() == given
    (proposed,) = template.events("question.adjustment_proposed")
    (awarded,) = template.events("question.awarded")
    (back,) = template.events("question.adjustment_taken_back")
    assert proposed["reason"] == awarded["reason"] == back["reason"] == WHY
    assert (awarded["proposal"], awarded["rescored"], back["before"]) == (proposed["proposal"], 2, "award")
    told = template.events("exam.rescored")
    assert [t["changes"]["total_score"] for t in told] == [{"old": 4, "new": 5}] * 2 + [{"old": 5, "new": 4}] * 2
    assert not [e for e in template.events("exam.changed") if "total_score" in e["changes"]]
    assert template.school.select(
        "SELECT DISTINCT actor_user_id FROM audit_logs WHERE event_type IN ('question.awarded', 'exam.rescored')"
    ) == [(template.admin.user_id,)]


def test_what_a_decision_does_to_a_result(template: Template) -> None:
    template.finished()
    with template.school.rows() as rows:
        ((exam,),) = template.school.select("SELECT exam_instance_id FROM exam_instances")
        rows.answer(exam_instance_id=exam, question_id=MCQ, marks_awarded=1, is_correct=True)
    for question, adjustment, result in (
        (TWO_MARKS, DROP, (9, 1, 2, 3, Decimal("33.33"))),
        (FIVE_MARKS, AWARD, (11, 1, 7, 8, Decimal("72.73"))),
        (SIDE_B, AWARD, (11, 1, 5, 6, Decimal("54.55"))),  # she marked side a: whoever had the question gets it
        (SIDE_B, DROP, (8, 1, 2, 3, Decimal("37.50"))),
        (MCQ, DROP, (10, 0, 3, 3, Decimal("30.00"))),
        (MCQ, AWARD, PLAIN),
    ):
        template.adjust(question, adjustment)
        assert template.results() == [result]
        template.adjust(question, AWARD if adjustment is DROP else DROP)  # the one takes the place of the other
        template.adjust(question, adjustment)
        assert template.results() == [result]
        template.adjust(question, NONE)
        assert template.results() == [PLAIN]


def test_whoever_completes_later_gets_the_same_result(template: Template) -> None:
    template.finished()
    late = template.open()
    template.adjust(TWO_MARKS, AWARD)
    template.adjust(FIVE_MARKS, DROP)
    (verdict,) = late.send(sending("1", "1", "1"))
    assert verdict.kind is VerdictKind.APPLIED
    first, second = template.results()
    assert first == second == (6, 1, 3, 4, Decimal("66.67"))
    (told,) = [t for t in template.events("exam.rescored") if "questions" in t]
    assert [q["question_number"] for q in told["questions"]] == [2, 4]
    assert template.school.select("SELECT DISTINCT total_manual_marks FROM evaluations") == [(3,)]
    # Returned, it is without adjustments; completed again, with those of that day.
    with template.priya.session() as session:
        deadline = datetime.now(UTC) + timedelta(days=2)
        return_questions(session, late.evaluation_id, 1, TWO, deadline, WHY)
    assert template.results()[1] == (11, 1, 0, 1, None)
    template.adjust(FIVE_MARKS, NONE)
    late.assignment_version = 2
    (_, verdict) = late.send(mark(KEYS[0], "2"), sending("2", "1", "1"))
    assert verdict.kind is VerdictKind.APPLIED
    assert template.results() == [(11, 1, 4, 5, Decimal("45.45"))] * 2
    template.adjust(TWO_MARKS, NONE)
    assert template.results() == [PLAIN, (11, 1, 4, 5, Decimal("45.45"))]


def test_a_score_that_the_platform_writes_meanwhile_is_meant_without_adjustments(template: Template) -> None:
    template.finished()
    template.adjust(TWO_MARKS, AWARD)
    template.school.execute("UPDATE exam_instances SET mcq_score = 0, total_score = 3, percentage = 27.27")
    assert template.results() == [(11, 0, 4, 4, Decimal("36.36"))]
    template.school.execute("UPDATE exam_instances SET duration_minutes = 1")
    template.adjust(TWO_MARKS, NONE)
    assert template.results() == [(11, 0, 3, 3, Decimal("27.27"))]


def test_exams_of_other_templates_and_without_the_question_stay(template: Template) -> None:
    template.finished()
    other = finished(template.school, template.asha)
    template.adjust(TWO_MARKS, DROP)
    assert template.results()[1] == PLAIN
    with pytest.raises(RefusedError, match="No exam"):
        template.adjust(uuid4(), DROP)
    with pytest.raises(RefusedError, match="No exam"), template.admin.session() as session:
        adjust_question(session, uuid4(), TWO_MARKS, 0, DROP, WHY)
    assert other.evaluation_id


def test_an_exam_of_which_nothing_is_left_keeps_all(template: Template) -> None:
    template.finished()
    for question in (TWO_MARKS, SIDE_B, FIVE_MARKS):
        template.adjust(question, DROP)
    before = template.results()
    with pytest.raises(RefusedError, match="nothing would be left"):
        template.adjust(MCQ, DROP)
    assert (template.results(), template.seen(MCQ)) == (before, 0)


def test_whoever_saw_something_else_is_refused(template: Template) -> None:
    template.finished()
    template.propose(TWO_MARKS)
    with pytest.raises(ConflictError, match="proposal"):
        template.propose(TWO_MARKS, DROP)
    ((proposal,),) = template.school.select("SELECT proposal_id FROM question_proposals")
    with template.admin.session() as session:
        decline_adjustment(session, proposal, WHY)
    for again in (proposal, uuid4()):
        with pytest.raises((ConflictError, RefusedError)), template.admin.session() as session:
            decline_adjustment(session, again, WHY)
    assert template.case(TWO_MARKS).decisions[0].decision == "declined"
    with pytest.raises(ConflictError, match="has decided"):
        template.adjust(TWO_MARKS, AWARD, 0)
    with pytest.raises(RefusedError, match="already"):
        template.adjust(TWO_MARKS, NONE)
    template.adjust(TWO_MARKS, AWARD)
    for act in (template.propose, template.adjust):
        with pytest.raises(RefusedError, match="already"):
            act(TWO_MARKS, AWARD)
    for wrong in ("none", "", "'; --", None):
        with pytest.raises(InvalidError):
            template.propose(FIVE_MARKS, wrong)  # type: ignore[arg-type]
    for reason in ("", " \n", "x" * 2001, None):
        with pytest.raises(InvalidError):
            template.propose(FIVE_MARKS, AWARD, reason)  # type: ignore[arg-type]
        with pytest.raises(InvalidError):
            template.adjust(FIVE_MARKS, AWARD, 0, reason)  # type: ignore[arg-type]
    template.propose(FIVE_MARKS, DROP)
    assert len(template.school.select("SELECT FROM question_decisions")) == 2


def test_only_a_coordinator_proposes_and_only_an_admin_decides(template: Template) -> None:
    template.finished()
    school, admin = template.school, template.admin
    for person in (template.asha, admin):
        with pytest.raises(NotAllowedError):
            template.propose(TWO_MARKS, who=person)
    former = school.person(is_coordinator=True)
    school.execute("UPDATE users SET is_coordinator = false WHERE user_id = %s", former.user_id)
    with psycopg.connect(former.url) as connection, pytest.raises(errors.InsufficientPrivilege):
        connection.execute("SELECT api.question_adjustments()")
    template.propose(TWO_MARKS)
    ((proposal,),) = school.select("SELECT proposal_id FROM question_proposals")
    for person in (template.asha, template.priya):
        with pytest.raises(NotAllowedError):
            template.adjust(TWO_MARKS, AWARD, 0, who=person)
        with pytest.raises(NotAllowedError), person.session() as session:
            decline_adjustment(session, proposal, WHY)
    with pytest.raises(NotAllowedError), template.asha.session() as session:
        question_cases(session)
    with admin.session() as session:
        assert len(question_cases(session)) == 1


def test_two_admins_at_once_one_decision(template: Template) -> None:
    template.finished()
    other, outcomes, start = template.school.person("admin"), [], threading.Barrier(2)

    def decide(person, adjustment: Adjustment) -> None:
        start.wait()
        try:
            template.adjust(TWO_MARKS, adjustment, 0, who=person)
            outcomes.append("done")
        except ConflictError:
            outcomes.append("slower")

    threads = [threading.Thread(target=decide, args=a) for a in ((template.admin, AWARD), (other, DROP))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["done", "slower"]
    assert template.seen(TWO_MARKS) == 1


def test_submissions_and_a_decision_wait_for_one_another_and_both_count(template: Template) -> None:
    scripts = [template.open() for _ in range(3)]
    # Against the order of ids: the exams of a batch are locked as it names them, its scripts by id.
    low, middle, high = sorted(scripts, key=lambda j: j.evaluation_id)
    batch = [high.made(sending("1", "1", "1")), low.made(sending("1", "1", "1"), seq=high.seq + 1)]
    with template.asha.session() as session:
        assert [v.kind for v in apply_operations(session, high.stream_id, batch)] == [VerdictKind.APPLIED] * 2
        deciding = _waiting(template, lambda: template.adjust(TWO_MARKS, AWARD, 0))
    deciding.join()
    adjusted = (11, 1, 4, 5, Decimal("45.45"))
    assert sorted(template.results()) == sorted([adjusted, adjusted, (11, 1, 0, 0, None)])
    with template.admin.session() as session:
        adjust_question(session, template.id, TWO_MARKS, 1, DROP, WHY)
        submitting = _waiting(template, lambda: middle.send(sending("1", "1", "1")))
    submitting.join()
    assert template.results() == [(9, 1, 2, 3, Decimal("33.33"))] * 3


def test_the_worker_mends_what_an_older_look_at_the_database_missed(template: Template) -> None:
    late = template.open()
    with open_session(template.asha.engine.execution_options(isolation_level="REPEATABLE READ")) as session:
        session.execute(text("SELECT api.me()"))  # from here on she sees what was
        template.adjust(TWO_MARKS, AWARD)
        (verdict,) = apply_operations(session, late.stream_id, [late.made(sending("1", "1", "1"))])
    assert verdict.kind is VerdictKind.APPLIED
    assert template.results() == [PLAIN]
    with psycopg.connect(template.school.database.superuser_url) as connection:
        connection.execute("ALTER ROLE mv_worker PASSWORD 'worker'")
    engine = make_engine(template.school.database.url_for("mv_worker", "worker"), application_name="test")
    try:
        assert [rescore(engine, limit=limit) for limit in (0, 10, 10)] == [0, 1, 0]
    finally:
        engine.dispose()
    assert template.results() == [(11, 1, 4, 5, Decimal("45.45"))]
    assert template.events("exam.rescored")[-1]["login"] == "mv_worker"


def _waiting(template: Template, act: Callable[[], object]) -> threading.Thread:
    """`act` on its way in a thread, and waiting for somebody's lock."""
    thread = threading.Thread(target=act)
    thread.start()
    with psycopg.connect(template.school.database.superuser_url, autocommit=True) as connection:
        while thread.is_alive():
            query = "SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
            if connection.execute(query).fetchone():
                return thread
    raise AssertionError("it did not wait")
