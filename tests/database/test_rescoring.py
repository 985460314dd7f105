"""A faulty question in every exam that had it: the preview is what comes, and taking it back leaves no trace."""

from __future__ import annotations

import json
import random
from decimal import ROUND_HALF_UP, Decimal
from uuid import UUID, uuid4

import psycopg
import pytest

from mv_desktop.core.clock import SystemClock
from mv_desktop.core.errors import ConflictError, InvalidError, NotAllowedError, RefusedError
from mv_desktop.domain.adjustment import FAULTY, Adjustment
from mv_desktop.domain.evaluation import script_code
from mv_desktop.domain.exchange import VerdictKind
from mv_desktop.domain.identifier import MarkKey
from mv_desktop.domain.operation import OpenEvaluation
from mv_desktop.domain.record import Wanted
from mv_desktop.offline.office.question import Questions
from mv_desktop.offline.office.rescoring import Rescorings
from mv_desktop.offline.sync import Synchroniser
from mv_desktop.services.adjustment import propose_adjustment
from mv_desktop.services.case import find_scripts, read_file
from mv_desktop.services.database import make_engine
from mv_desktop.services.evaluation import pull_scripts
from mv_desktop.services.rescoring import adjust_everywhere, rescore_step
from mv_desktop.worker.score_job import rescore_everywhere
from tests.database.test_adjustment import FIVE_MARKS, MCQ, SIDE_B, TWO_MARKS, WHY
from tests.database.test_return import mark, sending
from tests.factories.local import open_store
from tests.factories.marking import Journal, Person, School
from tests.factories.paper import bank_question, paper

AWARD, DROP, NONE = Adjustment.AWARD, Adjustment.DROP, Adjustment.NONE
SIDE_A = UUID(bank_question("a").question_id)
KEYS = (MarkKey(2), MarkKey(3, "a"), MarkKey(4))
POSSIBLE = {1: 1, 2: 2, 3: 3, 4: 5}
NUMBER = {MCQ: 1, TWO_MARKS: 2, SIDE_A: 3, SIDE_B: 3, FIVE_MARKS: 4}


class Bank:
    """Exams of several templates with the same questions, and an admin."""

    def __init__(self, school: School) -> None:
        self.school = school
        self.asha, self.admin = school.person(), school.person("admin")
        self.priya = school.person(is_coordinator=True)
        self.office = Rescorings(self.admin.session)

    def script(self, *marks: str, right: bool = False) -> Journal:
        """An exam of a template of its own, completed where marks are given."""
        journal = self.school.journal(self.asha, self.school.script(self.asha, mcq_score=int(right)))
        if right:
            with self.school.rows() as rows:
                rows.answer(exam_instance_id=self.exam(journal), marks_awarded=1, is_correct=True)
        journal.send(OpenEvaluation(), *(mark(key, "1") for key in KEYS))
        if marks:
            journal.send(*(mark(key, given) for key, given in zip(KEYS, marks, strict=True)), sending(*marks))
        return journal

    def exam(self, journal: Journal) -> UUID:
        query = "SELECT exam_instance_id FROM evaluations WHERE evaluation_id = %s"
        return self.school.select(query, journal.evaluation_id)[0][0]

    def results(self) -> dict[UUID, tuple]:
        rows = self.school.select(
            "SELECT exam_instance_id, total_marks, mcq_score, manual_score, total_score, percentage FROM exam_instances"
        )
        return {row[0]: row[1:] for row in rows}

    def adjust(self, question: UUID, adjustment: Adjustment, through: int = 1) -> None:
        """Decide, and let it be worked out; what was foretold has come."""
        found = self.office.preview(question, adjustment, through)
        before = self.results()
        fault = self.office.adjust(question, found.fault.seen, adjustment, through, WHY)
        after = self.results()
        assert fault.last is not None
        assert fault.last.finished_at is not None
        changed = {exam for exam in before if before[exam] != after[exam]}
        assert {change.exam for change in found.changes} == changed
        assert fault.last.rescored == found.changed == len(changed)
        for change in found.changes:
            for told, stands in ((change.before, before), (change.after, after)):
                row = stands[change.exam]
                assert (told.marks, told.score, told.percent) == (row[0], row[3], row[4])


@pytest.fixture
def bank(school: School) -> Bank:
    return Bank(school)


def recounted(bank: Bank, held: dict[UUID, Adjustment]) -> dict[UUID, tuple]:
    """The results of evaluated exams from what was given, by hand."""
    found = {}
    given = bank.school.select(
        "SELECT x.exam_instance_id, 1, coalesce(a.marks_awarded, 0) FROM exam_instances x"
        " LEFT JOIN student_mcq_answers a USING (exam_instance_id) WHERE x.status = 'evaluated' UNION ALL"
        " SELECT exam_instance_id, question_number, marks_awarded FROM question_marks"
    )
    for exam in {row[0] for row in given}:
        marks = {number: awarded for of, number, awarded in given if of == exam}
        total, scores = 11, {True: Decimal(0), False: Decimal(0)}
        for number, awarded in marks.items():
            what = next((w for q, w in held.items() if NUMBER[q] == number and w is not NONE), NONE)
            scores[number == 1] += {NONE: awarded, AWARD: Decimal(POSSIBLE[number]), DROP: Decimal(0)}[what]
            total -= POSSIBLE[number] if what is DROP else 0
        score = scores[True] + scores[False]
        percent = (100 * score / total).quantize(Decimal("0.01"), ROUND_HALF_UP)
        found[exam] = (total, scores[True], scores[False], score, percent)
    return found


def test_whatever_is_awarded_or_dropped_comes_out_as_foretold_and_goes_without_a_trace(bank: Bank) -> None:
    chance = random.Random(41)
    for _ in range(4):
        bank.script(*(str(chance.choice((0, 0.5, most))) for most in (2, 3, 5)), right=chance.random() < 0.5)
    bank.script()
    query = "SELECT md5(string_agg(t::text, '|' ORDER BY t::text)) FROM {} t"
    kept = ("question_marks", "student_mcq_answers", "evaluation_versions", "mark_registers")
    before, given = bank.results(), [bank.school.select(query.format(name)) for name in kept]
    snapshots = bank.school.select("SELECT md5(exam_snapshot::text) FROM exam_instances ORDER BY 1")
    held: dict[UUID, Adjustment] = {}
    for _ in range(14):
        question = chance.choice((MCQ, TWO_MARKS, SIDE_B, FIVE_MARKS))
        now = held.get(question, NONE)
        what = chance.choice([one for one in (AWARD, DROP, NONE) if one is not now])
        if what is DROP and sum(one is DROP for one in held.values()) == 3:
            found = bank.office.preview(question, DROP, 1)
            assert found.nothing_left
            with pytest.raises(RefusedError, match="nothing would be left"):
                bank.office.adjust(question, found.fault.seen, DROP, 1, WHY)
            continue
        bank.adjust(question, what)
        held[question] = what
        by_hand = recounted(bank, held)
        assert {exam: row for exam, row in bank.results().items() if exam in by_hand} == by_hand
    for question, what in held.items():
        if what is not NONE:
            bank.adjust(question, NONE)
    assert bank.results() == before
    assert bank.school.select("SELECT count(*) FROM exam_adjustments") == [(0,)]
    assert bank.school.select("SELECT md5(exam_snapshot::text) FROM exam_instances ORDER BY 1") == snapshots
    assert [bank.school.select(query.format(name)) for name in kept] == given
    events = bank.school.select(
        "SELECT event_type, count(*) FROM audit_logs WHERE event_type LIKE 'question.%%' GROUP BY 1"
    )
    assert sum(count for _, count in events) == bank.school.select("SELECT count(*) FROM question_rescorings")[0][0]
    assert bank.school.select("SELECT count(*) FROM api._result_changes")[0][0] > 0  # the read models follow


def test_whoever_marks_it_later_is_told_and_gets_the_same_result(bank: Bank, tmp_path) -> None:
    done, later = bank.script("1", "1", "1"), bank.script()
    with bank.school.rows() as rows:
        newer = json.loads(paper().model_dump_json())
        for question in newer["questions"]:
            question["version"] = 2
        corrected = rows.exam(exam_snapshot=newer)
    store = open_store(tmp_path, SystemClock())
    sync = Synchroniser(store, bank.asha.session, SystemClock())
    sync.run()
    assert store.open_script(later.evaluation_id).adjusted == {}
    found = bank.office.preview(TWO_MARKS, AWARD, 1)
    assert (found.exams, found.evaluated, found.waiting, found.students) == (2, 1, 1, 2)
    assert found.versions == ((1, 2), (2, 1))
    bank.adjust(TWO_MARKS, AWARD)
    bank.adjust(FIVE_MARKS, DROP)
    (pulled,) = (one for one in _pulled(bank, later) if one.evaluation_id == later.evaluation_id)
    assert pulled.adjusted == {2: AWARD, 4: DROP}
    sync.run()
    assert store.open_script(later.evaluation_id).adjusted == {2: AWARD, 4: DROP}
    told = bank.school.select(
        "SELECT kind, data FROM notices WHERE user_id = %s AND kind LIKE 'question.%%' ORDER BY created_at",
        bank.asha.user_id,
    )
    assert told == [("question.awarded", {"count": 1}), ("question.dropped", {"count": 1})]
    assert (
        bank.school.select(
            "SELECT kind, data FROM notices WHERE user_id = %s AND kind LIKE 'question.%%'", bank.priya.user_id
        )
        == [("question.rescored", {"count": 1})] * 2
    )
    store._vault.close()
    (verdict,) = later.send(sending("1", "1", "1"))
    assert verdict.kind is VerdictKind.APPLIED
    results = bank.results()
    assert results[bank.exam(done)] == results[bank.exam(later)] == (6, 0, 3, 3, Decimal("50.00"))
    assert bank.school.select("SELECT DISTINCT total_manual_marks FROM evaluations") == [(3,)]
    bank.adjust(TWO_MARKS, NONE)
    bank.adjust(FIVE_MARKS, NONE)
    results = bank.results()
    assert results[bank.exam(done)] == results[bank.exam(later)] == (11, 0, 3, 3, Decimal("27.27"))
    # Of the corrected version nothing holds until it is meant as well.
    query = (
        "SELECT count(*) FROM exam_instances x"
        " CROSS JOIN LATERAL api._adjusted_questions(x.template_id, x.exam_snapshot) WHERE exam_instance_id = %s"
    )
    for through, meant in ((1, 0), (2, 1)):
        bank.adjust(TWO_MARKS, AWARD, through)
        assert bank.school.select(query, corrected) == [(meant,)]


def test_the_work_goes_on_where_somebody_died_and_a_later_decision_takes_it_over(bank: Bank) -> None:
    for _ in range(3):
        bank.script("1", "1", "1")
    before = bank.results()
    with bank.admin.session() as session:
        first = adjust_everywhere(session, TWO_MARKS, 0, AWARD, 1, WHY)
    assert bank.results() == before
    with psycopg.connect(bank.school.database.superuser_url) as connection:
        connection.execute("ALTER ROLE mv_worker PASSWORD 'worker'")
    worker = make_engine(bank.school.database.url_for("mv_worker", "worker"), application_name="test")
    try:
        assert rescore_everywhere(worker, limit=2) == 2
        with bank.admin.session() as session:
            assert rescore_step(session, 2, first) == 1
            session.rollback()  # it dies in the middle
        changed = [exam for exam, row in bank.results().items() if row != before[exam]]
        assert len(changed) == 2
        assert sorted(changed) == sorted(before)[:2]
        fault = bank.office.fault(TWO_MARKS)
        assert (fault.last.done, fault.last.exams, fault.last.finished_at) == (2, 3, None)
        with bank.admin.session() as session:
            adjust_everywhere(session, TWO_MARKS, fault.seen, NONE, 1, WHY)
        rounds = 0
        while rescore_everywhere(worker, limit=1):
            rounds += 1
    finally:
        worker.dispose()
    assert rounds == 4  # the last finds that nothing is left
    assert bank.results() == before
    assert bank.school.select("SELECT count(*) FROM question_rescorings WHERE finished_at IS NULL") == [(0,)]
    assert bank.school.select("SELECT count(*) FROM procrastinate.procrastinate_jobs WHERE task_name = 'score.rescore'")


def test_whoever_may_not_or_saw_something_else_is_refused(bank: Bank) -> None:
    bank.script("1", "1", "1")
    for question, seen, what, through, why, error, words in (
        (uuid4(), 0, AWARD, 1, WHY, RefusedError, "No exam had"),
        (TWO_MARKS, 1, AWARD, 1, WHY, ConflictError, "meanwhile"),
        (TWO_MARKS, 0, NONE, 1, WHY, RefusedError, "already"),
        (TWO_MARKS, 0, AWARD, 0, WHY, InvalidError, "awarded or dropped"),
        (TWO_MARKS, 0, "'; --", 1, WHY, InvalidError, "awarded or dropped"),
        (TWO_MARKS, 0, AWARD, 1, " ", InvalidError, "."),
    ):
        with pytest.raises(error, match=words):
            bank.office.adjust(question, seen, what, through, why)  # type: ignore[arg-type]
    for person in (bank.asha, bank.priya):
        hers = Rescorings(person.session)
        for act in (
            lambda hers=hers: hers.fault(TWO_MARKS),
            lambda hers=hers: hers.preview(TWO_MARKS, AWARD, 1),
            lambda hers=hers: hers.adjust(TWO_MARKS, 0, AWARD, 1, WHY),
        ):
            with pytest.raises(NotAllowedError):
                act()
        with pytest.raises(NotAllowedError), person.session() as session:
            rescore_step(session)
    with pytest.raises(InvalidError):
        bank.office.preview(TWO_MARKS, "lost", 1)  # type: ignore[arg-type]
    bank.adjust(TWO_MARKS, AWARD)
    with pytest.raises(RefusedError, match="already"):
        bank.office.adjust(TWO_MARKS, bank.office.fault(TWO_MARKS).seen, AWARD, 1, WHY)
    # A paper that nobody can read holds nothing up.
    with bank.school.rows() as rows:
        odd = rows.exam(
            exam_snapshot={"questions": [{"question_number": "x", "question_id": 7}, None, {"version": -1}]}
        )
    assert bank.school.select("SELECT FROM paper_questions WHERE exam_instance_id = %s", odd) == []


def test_what_a_coordinator_proposes_is_found_by_admins_and_decided_or_declined(bank: Bank) -> None:
    school, questions = bank.school, Questions(bank.admin.session)
    with school.rows() as rows:
        rows.question(question_id=TWO_MARKS), rows.question(question_id=FIVE_MARKS), rows.question()
    exams = [bank.exam(bank.script("1", "1", "1")) for _ in range(2)]
    templates = [
        school.select("SELECT template_id FROM exam_instances WHERE exam_instance_id = %s", exam)[0][0]
        for exam in exams
    ]

    def propose(template: UUID, question: UUID, what: Adjustment) -> None:
        with bank.priya.session() as session:
            propose_adjustment(session, template, question, what, WHY)

    def told(person: Person) -> list[tuple]:
        query = "SELECT kind, data FROM notices WHERE user_id = %s AND kind LIKE 'question.fault%%' ORDER BY created_at"
        return school.select(query, person.user_id)

    def found() -> set[UUID]:
        return {row.question_id for row in questions.find(Wanted("", {"status": FAULTY}), None).rows}

    assert (found(), bank.office.due(), questions.open(TWO_MARKS).draft.faults) == (set(), 0, ())
    propose(templates[0], TWO_MARKS, AWARD)
    propose(templates[1], TWO_MARKS, DROP)
    propose(templates[1], FIVE_MARKS, DROP)
    assert told(bank.admin) == [
        ("question.fault_proposed", {"question_id": str(question), "count": 1})
        for question in (TWO_MARKS, TWO_MARKS, FIVE_MARKS)
    ]
    assert told(bank.priya) == told(bank.asha) == []
    assert (found(), bank.office.due()) == ({TWO_MARKS, FIVE_MARKS}, 2)
    fault = bank.office.fault(TWO_MARKS)
    assert [(one.adjustment, one.reason) for one in fault.proposals] == [(AWARD, WHY), (DROP, WHY)]
    assert fault.proposals == questions.open(TWO_MARKS).draft.faults
    assert bank.office.preview(TWO_MARKS, AWARD, 1).fault == fault

    # One decision for all exams ends both; the other is declined, and who proposed it is told where to look.
    bank.adjust(TWO_MARKS, AWARD)
    assert (found(), bank.office.fault(TWO_MARKS).proposals) == ({FIVE_MARKS}, ())
    before = bank.results()
    (left,) = bank.office.fault(FIVE_MARKS).proposals
    for act, error in (
        (lambda: bank.office.decline(FIVE_MARKS, [left.proposal_id], " "), InvalidError),
        (lambda: Rescorings(bank.priya.session).decline(FIVE_MARKS, [left.proposal_id], WHY), NotAllowedError),
        (lambda: Rescorings(bank.priya.session).due(), NotAllowedError),
        (lambda: bank.office.decline(FIVE_MARKS, [left.proposal_id, uuid4()], WHY), RefusedError),
    ):
        with pytest.raises(error):
            act()
    assert bank.office.fault(FIVE_MARKS).proposals == (left,), "all of it or nothing"
    declined = bank.office.decline(FIVE_MARKS, [left.proposal_id], WHY)
    assert (declined.proposals, declined.holds, declined.seen) == ((), {}, 1)
    assert (found(), bank.office.due(), bank.results()) == (set(), 0, before)
    assert told(bank.priya) == [
        ("question.fault_declined", {"question_id": str(FIVE_MARKS), "script": script_code(exams[1])})
    ]
    with pytest.raises(ConflictError, match="meanwhile"):
        bank.office.decline(FIVE_MARKS, [left.proposal_id], WHY)
    with bank.priya.session() as session:
        (case,) = find_scripts(session, script_code(exams[1]))
        faults = {one.question_id: one.fault for one in read_file(session, case).questions if one.fault is not None}
    assert {key: one.decisions[-1].decision for key, one in faults.items()} == {
        TWO_MARKS: "award", FIVE_MARKS: "declined",
    }  # fmt: skip


def _pulled(bank: Bank, journal: Journal):
    with bank.asha.session() as session:
        return pull_scripts(session, [journal.evaluation_id])
