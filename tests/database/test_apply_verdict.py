"""Each row of the table of verdicts in `docs/offline.md`, as the teacher's own login."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

import psycopg
import pytest

from mv_desktop.core.errors import InvalidError, NotAllowedError
from mv_desktop.domain.annotation.shape import Placed, Stamp
from mv_desktop.domain.exchange import VerdictKind
from mv_desktop.domain.identifier import EvaluationId, FlagId, MarkKey, OperationId, PageRef, StreamId
from mv_desktop.domain.marks import GivenMark, MarkState
from mv_desktop.domain.operation import (
    ClearMark,
    DeleteAnnotations,
    OpenEvaluation,
    PutAnnotations,
    RaiseFlag,
    SeePage,
    SetMark,
    SubmitEvaluation,
    TagPage,
    to_payload,
)
from mv_desktop.services.operation import apply_operations
from tests.factories.marking import School

APPLIED, KEPT, REFUSED, HELD = VerdictKind.APPLIED, VerdictKind.KEPT, VerdictKind.REFUSED, VerdictKind.HELD
OPEN = OpenEvaluation()
FULL = SubmitEvaluation({2: Decimal("1.5"), 3: Decimal("2.5"), 4: Decimal(0)}, Decimal(4))


def typed(number: int, marks: str, alternative: str = "") -> SetMark:
    return SetMark(MarkKey(number, alternative), GivenMark(MarkState.MARKED, Decimal(marks)))


FULL_MARKS = (typed(2, "1.5"), typed(3, "2.5", "b"), SetMark(MarkKey(4), GivenMark(MarkState.NOT_ATTEMPTED)))


def stamp(marks: str | None = "1.0", number: int | None = 2, alternative: str | None = None) -> Stamp:
    return Stamp(id=uuid4(), stamp="tick", x=0.4, y=0.3, marks=marks, question_number=number, alternative=alternative)


def test_what_is_hers_and_open_is_applied(school: School) -> None:
    journal = school.journal(school.person())
    mark = stamp()
    verdicts = journal.send(
        OPEN,
        typed(2, "1.5"),
        ClearMark(MarkKey(2)),
        PutAnnotations((Placed(PageRef(1), mark),)),
        DeleteAnnotations((mark.annotation_id,)),
        SeePage(PageRef(1), 2.5, 0.8),
        TagPage(PageRef(1), (2, 3)),
        RaiseFlag(FlagId(uuid4()), "blurred", "cannot be read", PageRef(1)),
    )
    assert [(v.kind, v.version, v.already) for v in verdicts] == [(APPLIED, n, False) for n in range(1, 9)]
    stored = school.select("SELECT seq, verdict, new_version FROM applied_operations ORDER BY seq")
    assert stored == [(n, "applied", n) for n in range(1, 9)]


def test_opening_starts_the_evaluation_once(school: School) -> None:
    journal = school.journal(school.person())
    assert [v.kind for v in journal.send(OPEN, OPEN)] == [APPLIED, APPLIED]
    assert school.select("SELECT status, started_at <= now() FROM evaluations") == [("in_progress", True)]
    events = school.select(
        "SELECT actor_user_id, event_data ->> 'login' FROM audit_logs WHERE event_type = 'evaluation.started'"
    )
    assert events == [(journal.person.user_id, journal.person.login)]


def test_the_same_batch_twice_gives_the_stored_answers_and_no_effect(school: School) -> None:
    journal = school.journal(school.person())
    batch = [journal.made(OPEN), journal.made(typed(2, "1")), journal.raw("mark.set", {"question_number": 99})]
    first, second = journal.deliver(*batch), journal.deliver(*batch)
    assert [replace(v, already=True) for v in first] == list(second)
    assert school.select("SELECT version FROM evaluations") == [(2,)]
    assert school.select("SELECT count(*) FROM applied_operations") == [(3,)]


def test_an_operation_comes_again_under_a_new_stream_after_a_restored_backup(school: School) -> None:
    journal = school.journal(school.person())
    sent = [journal.made(OPEN), journal.made(typed(2, "1"))]
    journal.deliver(*sent)
    fork = replace(journal, stream_id=StreamId(uuid4()), seq=2)
    payload = to_payload(typed(2, "2")) | {"replaces": [str(sent[1].op_id)]}
    new = fork.raw("mark.set", payload)
    verdicts = fork.deliver(*sent, new)
    assert [(v.kind, v.already) for v in verdicts] == [(APPLIED, True), (APPLIED, True), (APPLIED, False)]
    assert school.select("SELECT marks FROM mark_registers") == [(Decimal(2),)]


def test_a_gap_stops_the_batch_and_says_what_is_expected(school: School) -> None:
    journal = school.journal(school.person())
    first = journal.made(OPEN)
    journal.seq += 1
    verdicts = journal.deliver(first, journal.made(typed(2, "1")), journal.made(typed(2, "2")))
    assert [(v.kind, v.expected) for v in verdicts] == [(APPLIED, None), (VerdictKind.GAP, 2)]
    assert school.select("SELECT last_seq FROM streams") == [(1,)]


def test_a_reused_number_stops_the_batch_and_stores_nothing(school: School) -> None:
    journal = school.journal(school.person())
    journal.send(OPEN, typed(2, "1"))
    (verdict,) = journal.deliver(journal.made(typed(2, "2"), seq=2))
    assert (verdict.kind, verdict.expected) == (VerdictKind.SEQ_REUSED, 3)
    assert school.select("SELECT marks FROM mark_registers") == [(Decimal(1),)]


def test_a_newer_schema_waits_and_nothing_is_lost(school: School) -> None:
    journal = school.journal(school.person())
    newer = journal.made(OPEN, schema=4)
    (verdict,) = journal.deliver(newer)
    assert verdict.kind is VerdictKind.UNSUPPORTED_SCHEMA
    school.execute(
        "UPDATE system_config SET config_value = '{\"min\": 1, \"max\": 4}' WHERE config_key = 'operation_schema'"
    )
    assert [v.kind for v in journal.deliver(newer)] == [APPLIED]


def test_a_stream_belongs_to_one_person(school: School) -> None:
    asha, meera = school.person(), school.person()
    journal = school.journal(asha)
    journal.send(OPEN)
    stolen = replace(school.journal(meera), stream_id=journal.stream_id, seq=1)
    assert [v.kind for v in stolen.send(OPEN)] == [VerdictKind.STREAM_NOT_YOURS]
    assert school.select("SELECT last_seq, user_id FROM streams") == [(1, asha.user_id)]


def test_what_was_moved_to_somebody_else_is_kept_and_does_nothing(school: School) -> None:
    asha, meera = school.person(), school.person()
    journal = school.journal(asha)
    journal.send(OPEN, typed(2, "1"))
    school.move(journal.evaluation_id, meera)
    verdicts = journal.send(typed(2, "2"), typed(3, "1", "a"))
    assert [(v.kind, v.reason, v.version) for v in verdicts] == [(KEPT, "reassigned", 0)] * 2
    assert school.select("SELECT count(*) FROM mark_registers") == [(0,)]
    kept = school.select("SELECT payload ->> 'marks' FROM applied_operations WHERE verdict = 'kept' ORDER BY seq")
    assert kept == [("2",), ("1",)]


def test_the_new_teacher_starts_clean_and_her_work_is_applied(school: School) -> None:
    asha, meera = school.person(), school.person()
    journal = school.journal(asha)
    journal.send(OPEN, typed(2, "1"))
    school.move(journal.evaluation_id, meera)
    hers = school.journal(meera, journal.evaluation_id)
    hers.assignment_version = 2
    assert [v.kind for v in hers.send(typed(2, "0.5"))] == [APPLIED]
    assert school.select("SELECT marks FROM mark_registers") == [(Decimal("0.5"),)]
    history = school.select("SELECT assignment_version, teacher_user_id FROM evaluation_assignments ORDER BY 1")
    assert history == [(1, asha.user_id), (2, meera.user_id)]


def test_work_for_an_earlier_assignment_of_hers_is_kept(school: School) -> None:
    asha, meera = school.person(), school.person()
    journal = school.journal(asha)
    school.move(journal.evaluation_id, meera)
    school.move(journal.evaluation_id, asha)
    assert [(v.kind, v.reason) for v in journal.send(OPEN)] == [(KEPT, "assignment_changed")]
    journal.assignment_version = 3
    assert [v.kind for v in journal.send(OPEN)] == [APPLIED]


def test_work_on_a_completed_script_is_kept(school: School) -> None:
    journal = school.journal(school.person())
    journal.send(OPEN, *FULL_MARKS, FULL)
    (verdict,) = journal.send(typed(2, "2"))
    assert (verdict.kind, verdict.reason) == (KEPT, "completed")
    assert school.select("SELECT marks_awarded FROM question_marks WHERE question_number = 2") == [(Decimal("1.50"),)]


def test_work_of_a_closed_account_is_kept_for_fourteen_days(school: School) -> None:
    journal = school.journal(school.person())
    school.execute("UPDATE users SET is_active = false WHERE user_id = %s", journal.person.user_id)
    assert [(v.kind, v.reason) for v in journal.send(OPEN)] == [(KEPT, "deactivated")]
    school.execute("UPDATE staff_logins SET revoked_at = now() - interval '15 days'")
    with pytest.raises(NotAllowedError):
        journal.send(OPEN)
    school.execute("UPDATE users SET is_active = true WHERE user_id = %s", journal.person.user_id)
    journal.seq = 1
    assert [v.kind for v in journal.send(OPEN)] == [APPLIED]


@pytest.mark.parametrize("known", [True, False])
def test_what_was_never_hers_is_refused_and_audited(school: School, known: bool) -> None:
    asha, meera = school.person(), school.person()
    other = school.script(meera) if known else EvaluationId(uuid4())
    (verdict,) = school.journal(asha, other).send(typed(2, "2"))
    assert (verdict.kind, verdict.reason, verdict.version) == (REFUSED, "never_assigned", 0)
    events = school.select(
        "SELECT actor_user_id, resource_id FROM audit_logs WHERE event_type = 'security.operation_refused'"
    )
    assert events == [(asha.user_id, other)]


KEY: dict[str, Any] = {"question_number": 2, "alternative": ""}
BAD = {
    "above the marks": ("mark.set", KEY | {"state": "marked", "marks": "2.5"}, "out_of_range"),
    "below zero": ("mark.set", KEY | {"state": "marked", "marks": "-0.5"}, "out_of_range"),
    "no half step": ("mark.set", KEY | {"state": "marked", "marks": "1.25"}, "out_of_range"),
    "not a number": ("mark.set", KEY | {"state": "marked", "marks": "NaN"}, "out_of_range"),
    "infinite": ("mark.set", KEY | {"state": "marked", "marks": "Infinity"}, "out_of_range"),
    "a word": ("mark.set", KEY | {"state": "marked", "marks": "two"}, "malformed"),
    "no mark": ("mark.set", KEY | {"state": "marked"}, "malformed"),
    "no state": ("mark.set", KEY | {"marks": "1"}, "malformed"),
    "unknown state": ("mark.set", KEY | {"state": "guessed"}, "malformed"),
    "no question": ("mark.set", {"state": "not_attempted"}, "malformed"),
    "unknown question": ("mark.set", {"question_number": 77, "state": "not_attempted"}, "unknown_question"),
    "an MCQ": ("mark.set", {"question_number": 1, "state": "marked", "marks": "1"}, "unknown_question"),
    "a pair without its side": (
        "mark.set",
        {"question_number": 3, "state": "marked", "marks": "1"},
        "unknown_question",
    ),
    "no such side": ("mark.clear", {"question_number": 3, "alternative": "c"}, "unknown_question"),
    "no annotations": ("annotation.put", {}, "malformed"),
    "annotation without id": ("annotation.put", {"annotations": [{"page_number": 1, "type": "pen"}]}, "malformed"),
    "annotation on page 0": (
        "annotation.put",
        {"annotations": [{"page_number": 0, "id": str(UUID(int=1)), "type": "pen"}]},
        "malformed",
    ),
    "annotation of question 77": (
        "annotation.put",
        {"annotations": [{"page_number": 1, "id": str(UUID(int=1)), "type": "stamp", "question_number": 77}]},
        "unknown_question",
    ),
    "annotation with a million marks": (
        "annotation.put",
        {"annotations": [{"page_number": 1, "id": str(UUID(int=1)), "type": "stamp", "marks": "1000000"}]},
        "out_of_range",
    ),
    "one annotation twice": (
        "annotation.put",
        {"annotations": [{"page_number": 1, "id": str(UUID(int=1)), "type": "pen"}] * 2},
        "malformed",
    ),
    "deleting what is no id": ("annotation.delete", {"annotation_ids": ["x"]}, "malformed"),
    "seen for ever": ("page.seen", {"page_number": 1, "seconds": "Infinity", "largest_share": 1}, "out_of_range"),
    "seen more than all": ("page.seen", {"page_number": 1, "seconds": 1, "largest_share": 1.5}, "out_of_range"),
    "tagged with question 77": ("page.tag", {"page_number": 1, "question_numbers": [77]}, "unknown_question"),
    "flag without reason": ("flag.raise", {"flag_id": str(UUID(int=1))}, "malformed"),
    "submission without marks": ("evaluation.submit", {"total": "1"}, "malformed"),
    "unknown kind": ("mark.guess", {}, "unknown_kind"),
    "too large": ("annotation.put", {"annotations": [], "text": "x" * 1_100_000}, "too_large"),
}


def test_what_is_wrong_is_refused_and_stops_nothing_else(school: School) -> None:
    journal = school.journal(school.person())
    journal.send(OPEN, *FULL_MARKS)
    batch = [journal.raw(kind, payload) for kind, payload, _ in BAD.values()]
    verdicts = journal.deliver(*batch, journal.made(typed(2, "2")))
    assert {name: (v.kind, v.reason) for name, v in zip(BAD, verdicts, strict=False)} == {
        name: (REFUSED, reason) for name, (_, _, reason) in BAD.items()
    }
    assert verdicts[-1].kind is APPLIED
    assert school.select("SELECT count(*) FROM annotation_registers") == [(0,)]
    assert school.select("SELECT count(*) FROM page_registers") == [(0,)]


def test_an_unreadable_envelope_is_refused_and_stored_as_it_came(school: School) -> None:
    journal = school.journal(school.person())
    broken = journal.made(OPEN, assignment_version=-1)
    (verdict,) = journal.deliver(broken)
    assert (verdict.kind, verdict.reason) == (REFUSED, "malformed_envelope")
    stored = school.select("SELECT payload -> 'assignment_version', assignment_version FROM applied_operations")
    assert stored == [(-1, 0)]
    assert [v.already for v in journal.deliver(broken)] == [True]
    assert [v.kind for v in journal.send(OPEN)] == [APPLIED]


def test_an_id_with_other_content_is_refused_without_telling_the_first_answer(school: School) -> None:
    asha, meera = school.person(), school.person()
    journal = school.journal(asha)
    first = journal.made(OPEN)
    journal.deliver(first)
    theirs = school.journal(meera)
    verdicts = theirs.deliver(theirs.made(typed(2, "1"), op_id=first.op_id), theirs.made(OPEN))
    assert [(v.kind, v.reason, v.version) for v in verdicts] == [(REFUSED, "op_id_reused", None), (APPLIED, None, 1)]


def test_text_that_the_database_cannot_hold_is_replaced_not_refused(school: School) -> None:
    journal = school.journal(school.person())
    given = GivenMark(MarkState.MARKED, Decimal(1), "a\x00b\ud83dc")
    sent = journal.made(SetMark(MarkKey(2), given))
    assert [v.kind for v in journal.deliver(sent)] == [APPLIED]
    assert [v.already for v in journal.deliver(sent)] == [True]
    assert school.select("SELECT comment FROM mark_registers") == [("a\ufffdb\ufffdc",)]


def test_more_than_fifty_operations_are_refused_by_program_and_server(school: School) -> None:
    journal = school.journal(school.person())
    batch = [journal.made(OPEN) for _ in range(51)]
    with pytest.raises(ValueError, match="51"):
        journal.deliver(*batch)
    with psycopg.connect(journal.person.url) as connection, pytest.raises(psycopg.errors.InvalidParameterValue):
        connection.execute(
            "SELECT api.apply_operations(%s, (SELECT jsonb_agg(n) FROM generate_series(1, 51) n))", (uuid4(),)
        )


def test_an_operation_without_id_or_number_is_no_operation(school: School) -> None:
    journal = school.journal(school.person())
    with pytest.raises(InvalidError), journal.person.session() as session:
        apply_operations(session, journal.stream_id, [journal.made(OPEN, op_id=OperationId(UUID(int=1)), seq=0)])


def test_the_moment_of_an_operation_is_estimated_from_the_best_evidence(school: School) -> None:
    person = school.person()
    journal = school.journal(person)
    with school.rows() as rows:
        beacon = rows.insert("clock_beacons", user_id=person.user_id)
        rows.connection.execute("UPDATE clock_beacons SET issued_at = now() - interval '1 hour'")
    journal.deliver(
        journal.made(OPEN, beacon_id=beacon, since_beacon_ms=600_000, wall_since_ms=1),
        journal.made(OPEN, beacon_id=beacon, wall_since_ms=1_200_000),
        journal.made(OPEN, beacon_id=beacon, since_beacon_ms=1),
        journal.made(OPEN, beacon_id=beacon, since_beacon_ms=10**15),
        journal.made(OPEN),
    )
    stored = school.select(
        "SELECT estimate_quality, round(extract(epoch FROM estimated_at - b.issued_at) / 600),"
        " estimated_at <= received_at FROM applied_operations, clock_beacons b ORDER BY seq"
    )
    assert stored == [
        ("monotonic", 1, True),
        ("wall", 2, True),
        ("monotonic", 2, True),  # never before the operation that came before it
        ("monotonic", 6, True),  # never after its receipt
        ("none", 6, True),
    ]


@pytest.mark.parametrize(
    ("statement", "refusal"),
    [
        ("UPDATE applied_operations SET verdict = 'kept'", psycopg.errors.RestrictViolation),
        ("DELETE FROM applied_operations", psycopg.errors.RestrictViolation),
        # kept_decisions hangs on it, so a plain TRUNCATE fails before any trigger is asked
        ("TRUNCATE applied_operations", psycopg.errors.FeatureNotSupported),
        ("TRUNCATE applied_operations CASCADE", psycopg.errors.RestrictViolation),
    ],
)
def test_verdicts_can_be_changed_by_nobody(statement: str, refusal: type[psycopg.Error], school: School) -> None:
    journal = school.journal(school.person())
    journal.send(OPEN)
    stored = school.select("SELECT * FROM applied_operations")
    with pytest.raises(refusal):
        school.execute(statement)
    assert stored
    assert school.select("SELECT * FROM applied_operations") == stored
