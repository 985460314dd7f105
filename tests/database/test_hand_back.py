"""Scripts handed back to the pool: what the teacher no longer sees, what is kept, and how one comes back to her."""

from __future__ import annotations

from dataclasses import replace
from uuid import uuid4

import pytest

from mv_desktop.domain.evaluation import EvaluationStatus
from mv_desktop.domain.exchange import VerdictKind
from mv_desktop.domain.identifier import MarkKey, StreamId
from mv_desktop.domain.marks import GivenMark, MarkState
from mv_desktop.domain.operation import HandBack, OpenEvaluation, SetMark, SubmitEvaluation
from mv_desktop.services.evaluation import pull_scripts, queue
from mv_desktop.services.page_address import request_pages
from tests.factories.marking import School

APPLIED, KEPT, REFUSED = VerdictKind.APPLIED, VerdictKind.KEPT, VerdictKind.REFUSED
NOTHING = SetMark(MarkKey(2), GivenMark(MarkState.NOT_ATTEMPTED))


def in_queue(teacher):
    with teacher.session() as session:
        return [row.evaluation_id for row in queue(session, teacher.user_id)]


def test_a_script_handed_back_is_held_and_gone_from_all_that_she_reads(school: School) -> None:
    asha = school.person()
    other = school.script(asha)
    journal = school.journal(asha)
    verdicts = journal.send(OpenEvaluation(), NOTHING, HandBack("too_ill", "fever "))
    assert [(v.kind, v.version) for v in verdicts] == [(APPLIED, 1), (APPLIED, 2), (APPLIED, 3)]
    assert school.select("SELECT kind, reason, comment, held_by, ended_at FROM evaluation_holds") == [
        ("handed_back", "too_ill", "fever", asha.user_id, None)
    ]
    assert in_queue(asha) == [other]
    with asha.session() as session:
        assert [s.evaluation_id for s in pull_scripts(session, [journal.evaluation_id, other])] == [other]
        (page,) = request_pages(session, school.uploads(journal.evaluation_id))
    assert page.problem == "This page belongs to no script of yours."
    assert asha.select("SELECT count(*) FROM evaluations WHERE evaluation_id = %s", journal.evaluation_id) == [(0,)]
    assert asha.select("SELECT count(*) FROM mark_registers") == [(0,)]
    assert asha.select("SELECT reason FROM evaluation_holds") == [("too_ill",)]
    assert school.select("SELECT count(*) FROM mark_registers") == [(1,)]
    assert school.select("SELECT teacher_user_id, status FROM evaluations WHERE version = 3") == [
        (asha.user_id, EvaluationStatus.IN_PROGRESS)
    ]
    assert school.select(
        "SELECT actor_user_id, event_data ->> 'reason' FROM audit_logs WHERE event_type = 'evaluation.handed_back'"
    ) == [(asha.user_id, "too_ill")]


def test_what_arrives_afterwards_is_kept_also_a_submission_from_her_other_computer(school: School) -> None:
    journal = school.journal(school.person())
    journal.send(OpenEvaluation(), HandBack("unreadable"))
    elsewhere = replace(journal, stream_id=StreamId(uuid4()), seq=0)
    submission = SubmitEvaluation(dict.fromkeys((2, 3, 4), 0), 0)  # type: ignore[arg-type]
    verdicts = elsewhere.send(NOTHING, submission, HandBack("too_ill"))
    assert [(v.kind, v.reason) for v in verdicts] == [(KEPT, "handed_back")] * 3
    assert school.select("SELECT count(*) FROM evaluation_holds") == [(1,)]


def test_a_submission_that_came_first_stands(school: School) -> None:
    journal = school.journal(school.person())
    zeros = [SetMark(key, NOTHING.given) for key in (MarkKey(2), MarkKey(3, "a"), MarkKey(4))]
    submission = SubmitEvaluation(dict.fromkeys((2, 3, 4), 0), 0)  # type: ignore[arg-type]
    *_, last = journal.send(OpenEvaluation(), *zeros, submission, HandBack("too_ill"))
    assert (last.kind, last.reason) == (KEPT, "completed")
    assert school.select("SELECT count(*) FROM evaluation_holds") == [(0,)]


@pytest.mark.parametrize(
    ("payload", "reason"),
    [
        ({}, "malformed"),
        ({"reason": "  "}, "malformed"),
        ({"reason": "x" * 201}, "malformed"),
        ({"reason": "too_ill", "comment": "x" * 2001}, "malformed"),
        ({"reason": "other", "comment": "  "}, "words_missing"),
    ],
)
def test_a_reason_is_needed_and_words_for_another_one(school: School, payload, reason) -> None:
    journal = school.journal(school.person())
    (verdict,) = journal.deliver(journal.raw("evaluation.hand_back", payload))
    assert (verdict.kind, verdict.reason) == (REFUSED, reason)
    assert in_queue(journal.person) == [journal.evaluation_id]


def test_another_teacher_who_gets_it_starts_clean_and_may_mark(school: School) -> None:
    asha, meera = school.person(), school.person()
    journal = school.journal(asha)
    journal.send(OpenEvaluation(), NOTHING, HandBack("conflict_of_interest"))
    school.move(journal.evaluation_id, meera)
    assert school.select("SELECT ended_at IS NOT NULL FROM evaluation_holds") == [(True,)]
    assert in_queue(meera) == [journal.evaluation_id]
    assert in_queue(asha) == []
    hers = school.journal(meera, journal.evaluation_id)
    hers.assignment_version = 2
    assert [v.kind for v in hers.send(NOTHING)] == [APPLIED]
    assert school.select("SELECT count(*) FROM mark_registers") == [(1,)]
    assert [(v.kind, v.reason) for v in journal.send(NOTHING)] == [(KEPT, "reassigned")]


def test_why_it_was_handed_back_is_told_to_no_other_teacher_of_the_script(school: School) -> None:
    asha, meera, ravi = school.person(), school.person(), school.person()
    script = school.script(asha)
    school.move(script, meera)
    journal = school.journal(meera, script)
    journal.assignment_version = 2
    assert [v.kind for v in journal.send(HandBack("other", "my nephew"))] == [APPLIED]
    school.move(script, ravi)
    whys = [person.select("SELECT comment FROM evaluation_holds") for person in (asha, meera, ravi)]
    assert whys == [[], [("my nephew",)], []]


def test_given_to_her_again_it_is_as_she_left_it(school: School) -> None:
    journal = school.journal(school.person())
    journal.send(OpenEvaluation(), NOTHING, HandBack("too_ill"))
    school.execute("UPDATE evaluations SET assignment_version = assignment_version + 1")
    assert in_queue(journal.person) == [journal.evaluation_id]
    with journal.person.session() as session:
        (pulled,) = pull_scripts(session, [journal.evaluation_id])
    assert (pulled.assignment_version, [m.question_number for m in pulled.marks]) == (2, [2])
    assert [(v.kind, v.reason) for v in journal.send(NOTHING)] == [(KEPT, "assignment_changed")]
    journal.assignment_version = 2
    assert [v.kind for v in journal.send(NOTHING, HandBack("too_ill"))] == [APPLIED, APPLIED]
    assert school.select("SELECT count(*) FROM evaluation_holds WHERE ended_at IS NULL") == [(1,)]


def test_a_coordinator_sees_the_script_and_why_it_is_held(school: School) -> None:
    journal = school.journal(school.person())
    coordinator = school.person(is_coordinator=True)
    journal.send(OpenEvaluation(), HandBack("other", "my nephew"))
    assert coordinator.select(
        "SELECT h.comment FROM evaluations e JOIN evaluation_holds h USING (evaluation_id) WHERE h.ended_at IS NULL"
    ) == [("my nephew",)]
