"""Kept work: read question by question, taken or declined by a coordinator, and never lost."""

from __future__ import annotations

import threading
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from uuid import uuid4

import psycopg
import pytest
from psycopg import errors

from mv_desktop.core.clock import SystemClock
from mv_desktop.core.errors import ConflictError, InvalidError, NotAllowedError, RefusedError
from mv_desktop.domain.annotation.shape import Placed, Stamp
from mv_desktop.domain.exchange import VerdictKind
from mv_desktop.domain.identifier import AnnotationId, MarkKey, PageRef
from mv_desktop.domain.kept_work import Piece
from mv_desktop.domain.marks import GivenMark, MarkState
from mv_desktop.domain.operation import (
    ClearMark,
    DeleteAnnotations,
    OpenEvaluation,
    PutAnnotations,
    SeePage,
    SetMark,
    SubmitEvaluation,
)
from mv_desktop.offline.sync import Synchroniser
from mv_desktop.services.assignment import move_script, pool_script, release_script, withdraw_script
from mv_desktop.services.evaluation import moved_to
from mv_desktop.services.kept_work import decline_kept, kept_work, read_kept, refused_work, take_kept
from tests.database.test_return import finished, give_back
from tests.factories.local import open_store
from tests.factories.marking import Journal, School

WHY = "She had finished it'); DROP TABLE users; --"
KEYS = (MarkKey(2), MarkKey(3, "a"), MarkKey(4))
CALLS = {
    "kept_work": "()",
    "refused_work": "(now())",
    "read_kept": "(gen_random_uuid(), gen_random_uuid(), 1)",
    "take_kept": "(gen_random_uuid(), gen_random_uuid(), 1, 1, 0, 'x', NULL, 'x')",
    "decline_kept": "(gen_random_uuid(), gen_random_uuid(), 1, 'x', NULL, 'x')",
}


def mark(key: MarkKey, marks: str, comment: str = "") -> SetMark:
    return SetMark(key, GivenMark(MarkState.MARKED, Decimal(marks), comment))


def stamp(number: int | None, marks: str | None = None) -> Placed:
    return Placed(PageRef(1), Stamp(id=uuid4(), stamp="tick", x=0.5, y=0.5, question_number=number, marks=marks))


@pytest.fixture
def asha(school: School):
    return school.person()


@pytest.fixture
def meera(school: School):
    return school.person()


@pytest.fixture
def priya(school: School):
    return school.person(is_coordinator=True)


@pytest.fixture
def late(school: School, asha, meera, priya) -> Journal:
    """Asha's journal on a script that was moved to Meera."""
    journal = school.journal(asha)
    journal.send(OpenEvaluation(), PutAnnotations((stamp(2, "1"),)), mark(KEYS[2], "1"))
    with priya.session() as session:
        move_script(session, journal.evaluation_id, 1, meera.user_id, "Ill")
    return journal


def pieces(person, **options):
    with person.session() as session:
        return kept_work(session, **options)


def reading(person, index: int = 0):
    (work,) = pieces(person, decided_too=True)[index : index + 1]
    with person.session() as session:
        return read_kept(session, work.piece)


def take(person, read, questions=None, reason: str = WHY):
    with person.session() as session:
        return take_kept(session, read, questions, reason)


def decline(person, read, questions=None, reason: str = WHY):
    with person.session() as session:
        decline_kept(session, read, questions, reason)


def registers(school: School) -> list[tuple]:
    return school.select("SELECT question_number, alternative, state, marks FROM mark_registers ORDER BY 1, 2")


def ink(school: School) -> set[tuple]:
    return {
        *school.select("SELECT annotation_id, body ->> 'question_number' FROM annotation_registers WHERE NOT deleted")
    }


def test_it_is_listed_and_read_as_she_left_it(school: School, late: Journal, meera, priya) -> None:
    gone, stays = stamp(3), stamp(3, "0.5")
    late.send(
        PutAnnotations((gone, stays)),
        DeleteAnnotations((AnnotationId(gone.annotation.id),)),
        mark(KEYS[0], "1"),
        mark(KEYS[0], "1.5", "nearly"),
        SeePage(PageRef(1), 3, 1),
    )
    school.journal(meera, late.evaluation_id).deliver()
    hers = replace(school.journal(meera, late.evaluation_id), assignment_version=2)
    hers.send(mark(KEYS[0], "0"))
    (work,) = pieces(priya)
    # with the tick on 2 and the mark of 4 that had come before the move
    assert (work.operations, work.waiting, work.reasons, work.submitted) == (7, 7, ("reassigned",), False)
    read = reading(priya)
    assert [(q.number, q.waiting) for q in read.questions] == [(0, 1), (2, 3), (3, 2), (4, 1)]
    _, two, three, _ = read.questions
    assert [(m["marks"], m["comment"]) for m in two.marks] == [("1.5", "nearly")]
    assert [len(two.annotations), len(three.annotations)] == [1, 1]  # her ink of before the move is part of it
    assert [m["marks"] for m in two.present_marks] == ["0"]
    assert three.annotations[0]["id"] == str(stays.annotation.id)
    assert read.replaces
    assert [o["kind"] for o in read.others] == ["page.seen"]


def test_a_taken_question_becomes_as_she_left_it_and_no_other_changes(school, late, meera, priya) -> None:
    hers = replace(school.journal(meera, late.evaluation_id), assignment_version=2)
    of_meera, elsewhere = stamp(2, "0.5"), stamp(3)
    hers.send(PutAnnotations((of_meera, elsewhere)), mark(KEYS[0], "0"), mark(KEYS[1], "1"))
    drawn = stamp(2, "0.5")
    late.send(PutAnnotations((drawn,)), mark(KEYS[2], "2"), SeePage(PageRef(1), 9, 1))
    taken = take(priya, reading(priya), [2])
    assert (taken.questions, taken.left) == ((2,), {})
    assert registers(school) == [(3, "a", "marked", 1)]
    assert {i for i, q in ink(school) if q == "2"} >= {drawn.annotation.id}
    assert of_meera.annotation.id not in {i for i, _ in ink(school)}
    assert elsewhere.annotation.id in {i for i, _ in ink(school)}
    assert len([1 for _, q in ink(school) if q == "2"]) == 2
    assert [w.waiting for w in pieces(priya)] == [2]
    assert school.select("SELECT count(*) FROM page_registers") == [(0,)]
    # Meera's computer gets it, goes on from there, and what she marks now counts.
    again = take(priya, reading(priya))
    assert again.questions == (0, 2, 4)
    assert registers(school) == [(3, "a", "marked", 1), (4, "", "marked", 2)]
    assert school.select("SELECT count(*) FROM page_registers") == [(0,)]  # read by Asha, not by Meera
    assert pieces(priya) == ()
    assert school.select("SELECT event_data -> 'questions', event_data ->> 'reason' FROM audit_logs"
                         " WHERE event_type = 'evaluation.kept_taken' ORDER BY created_at") == [
        ([2], WHY), ([0, 2, 4], WHY)
    ]  # fmt: skip
    (verdict,) = hers.send(SubmitEvaluation({2: Decimal("1.5"), 3: Decimal(1), 4: Decimal(2)}, Decimal("4.5")))
    assert (verdict.kind, verdict.reason) == (VerdictKind.APPLIED, None)


def test_what_was_declined_stays_and_may_be_taken_later(school, late, priya) -> None:
    late.send(mark(KEYS[0], "1"), mark(KEYS[2], "2"))
    before = school.select("SELECT applied_operations::text FROM applied_operations ORDER BY 1")
    decline(priya, reading(priya), [4])
    decline(priya, reading(priya), [2])
    assert pieces(priya) == ()
    assert registers(school) == []
    assert [d["decision"] for d in reading(priya).questions[1].decisions] == ["declined"]
    take(priya, reading(priya), [4])
    assert registers(school) == [(4, "", "marked", 2)]
    assert school.select("SELECT question_number, decision_number, decision FROM kept_decisions ORDER BY 1, 2") == [
        *[(2, 1, "declined")] * 2,
        (4, 1, "declined"),
        (4, 2, "taken"),
    ]
    assert before == school.select("SELECT applied_operations::text FROM applied_operations ORDER BY 1")


def test_every_check_of_operations_holds_and_a_question_is_all_or_nothing(school, late, meera, priya) -> None:
    hers = replace(school.journal(meera, late.evaluation_id), assignment_version=2)
    hers.send(mark(KEYS[0], "1"), mark(KEYS[2], "1"))
    wrong = [
        late.raw("mark.set", {"question_number": 2, "state": "marked", "marks": "99"}),
        late.raw("mark.set", {"question_number": 77, "state": "marked", "marks": "1"}),
        late.raw("annotation.put", {"annotations": [{"id": "'; --", "question_number": 2}]}),
        late.raw("annotation.put", {"annotations": "none"}),
        late.raw("annotation.delete", {"annotation_ids": ["{}"]}),
        late.raw("mark.set", {}),
    ]
    late.deliver(*wrong, late.made(mark(KEYS[2], "0.5")))
    taken = take(priya, reading(priya))
    assert taken.questions == (4,)
    assert set(taken.left) == {0, 2}
    assert taken.left[2] == "out_of_range"
    assert registers(school) == [(2, "", "marked", 1), (4, "", "marked", Decimal("0.5"))]
    with pytest.raises(RefusedError, match="waits on"):
        take(priya, reading(priya), [0, 2])
    decline(priya, reading(priya), [0, 2])
    assert pieces(priya) == ()


def test_late_work_of_the_same_teacher_goes_on_top(school, asha, priya) -> None:
    journal = school.journal(asha)
    first, second = stamp(2, "1"), stamp(2, "0.5")
    journal.send(PutAnnotations((first,)), mark(KEYS[2], "1"))
    with priya.session() as session:
        pool_script(session, journal.evaluation_id, 1, "x")
        release_script(session, journal.evaluation_id, 1, "x")
    sent = journal.send(PutAnnotations((second,)), SeePage(PageRef(1), 2, 1), ClearMark(KEYS[2]))
    assert [v.reason for v in sent] == ["assignment_changed"] * 3
    read = reading(priya)
    assert not read.replaces
    assert take(priya, read).questions == (0, 2, 4)
    assert {i for i, _ in ink(school)} == {first.annotation.id, second.annotation.id}
    assert registers(school) == [(4, "", "follows_stamps", None)]
    assert school.select("SELECT count(*) FROM page_registers") == [(1,)]


def test_only_returned_questions_take_anything_and_a_completed_script_nothing(school, asha, priya) -> None:
    journal = finished(school, asha)
    late = replace(journal)
    (kept,) = late.send(mark(KEYS[0], "2"))
    assert kept.reason == "completed"
    with pytest.raises(RefusedError, match="completed"):
        take(priya, reading(priya))
    give_back(priya, journal)  # question 2 alone
    late.send(mark(KEYS[1], "2"))
    taken = take(priya, reading(priya))
    assert (taken.questions, taken.left) == ((2,), {3: "not_returned"})
    assert [m for n, *_, m in registers(school)] == [2, 1, 1]


def test_held_scripts_take_nothing(school, late, priya) -> None:
    late.send(mark(KEYS[0], "1"))
    for hold, words in ((pool_script, "pool"), (withdraw_script, "withdrawn")):
        with priya.session() as session:
            hold(session, late.evaluation_id, reading(priya).assignment_version, "x")
        with pytest.raises(RefusedError, match=words):
            take(priya, reading(priya))
        with priya.session() as session:
            release_script(session, late.evaluation_id, reading(priya).assignment_version, "x")
    assert take(priya, reading(priya)).questions == (2, 4)


def test_whoever_saw_something_else_is_refused(school, late, asha, meera, priya) -> None:
    hers = replace(school.journal(meera, late.evaluation_id), assignment_version=2)
    late.send(mark(KEYS[0], "1"), mark(KEYS[2], "2"))
    old = reading(priya)
    hers.send(mark(KEYS[0], "2"))
    with pytest.raises(ConflictError, match="marked this question"):
        take(priya, old)
    assert take(priya, old, [4]).questions == (4,)
    other = school.person(is_coordinator=True)
    with pytest.raises(ConflictError, match="has decided"):
        decline(other, old, [2])
    seen = reading(priya)
    late.send(mark(KEYS[0], "0"))
    with pytest.raises(ConflictError):
        decline(priya, seen, [2])
    seen = reading(priya)
    for nonsense in ({"seen": None}, {"seen": "x"}):
        with pytest.raises(ConflictError):
            take(priya, replace(seen, **nonsense))
    for version in (None, 10**9):
        with pytest.raises(ConflictError):
            take(priya, replace(seen, version=version))
    for questions in ([], [None], [2, 99], [-1]):
        with pytest.raises(RefusedError, match="nothing of that question"):
            take(priya, seen, questions)
    with pytest.raises(RefusedError, match="no such kept work"):
        decline(priya, replace(seen, piece=replace(seen.piece, work_version=7)))
    with pytest.raises(ConflictError):
        take(priya, replace(seen, assignment_version=1))
    for reason in ("", " \t", "x" * 2001, None):
        with pytest.raises(InvalidError):
            take(priya, seen, None, reason)
        with pytest.raises(InvalidError):
            decline(priya, seen, None, reason)


def test_two_at_once_one_decision(school, late, priya) -> None:
    late.send(mark(KEYS[0], "1"))
    other = school.person(is_coordinator=True)
    read, outcomes = reading(priya), []
    start = threading.Barrier(2)

    def decide(person, act) -> None:
        start.wait()
        try:
            act(person, read)
            outcomes.append("done")
        except ConflictError:
            outcomes.append("slower")

    threads = [threading.Thread(target=decide, args=pair) for pair in ((priya, take), (other, decline))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["done", "slower"]
    assert school.select("SELECT count(*), count(DISTINCT decision) FROM kept_decisions") == [(3, 1)]


def test_work_that_was_all_sent_before_the_move_is_offered_and_taken_once(school, late, meera, priya) -> None:
    (work,) = pieces(priya)
    assert (work.operations, work.waiting, work.reasons) == (2, 2, ("reassigned",))
    read = reading(priya)
    assert [(q.number, q.waiting) for q in read.questions] == [(2, 1), (4, 1)]
    assert [len(q.annotations) for q in read.questions] == [1, 0]
    assert take(priya, read, [4]).questions == (4,)
    assert registers(school) == [(4, "", "marked", 1)]
    assert [q.waiting for q in reading(priya).questions] == [1, 0]
    decline(priya, reading(priya), [2])
    assert pieces(priya) == ()


def test_what_is_offered_is_of_each_who_had_it_in_turn_and_ends_with_the_script(
    school, late, asha, meera, priya
) -> None:
    hers = replace(school.journal(meera, late.evaluation_id), assignment_version=2)
    hers.send(mark(KEYS[0], "0.5"))
    with priya.session() as session:
        move_script(session, late.evaluation_id, 2, asha.user_id, "Back again")
    offered = {(work.piece.teacher_user_id, work.piece.work_version, work.operations) for work in pieces(priya)}
    assert offered == {(asha.user_id, 1, 2), (meera.user_id, 2, 1)}
    school.execute("UPDATE evaluations SET status = 'completed' WHERE evaluation_id = %s", late.evaluation_id)
    assert pieces(priya) == ()


def test_what_was_refused_is_counted_by_teacher_and_reason(school, asha, meera, priya) -> None:
    first, second = school.journal(asha), school.journal(meera)
    first.deliver(*(first.raw("mark.set", {"question_number": 77, "state": "marked", "marks": "1"}) for _ in range(2)))
    first.send(mark(KEYS[0], "1"))
    second.deliver(second.raw("mark.set", {"question_number": 2, "state": "marked", "marks": "99"}))
    with priya.session() as session:
        found = refused_work(session, datetime.now(UTC) - timedelta(hours=1))
        assert refused_work(session, datetime.now(UTC) + timedelta(hours=1)) == ()
    assert [(item.teacher_user_id, item.reason, item.operations, item.scripts) for item in found] == [
        (meera.user_id, "out_of_range", 1, 1),
        (asha.user_id, "unknown_question", 2, 1),
    ]


def move(priya, journal: Journal, version: int, person) -> None:
    with priya.session() as session:
        move_script(session, journal.evaluation_id, version, person.user_id, "Ill")


def test_nothing_is_offered_where_nothing_was_left_to_see(school, asha, meera, priya) -> None:
    drawn, journal = stamp(2, "1"), school.journal(asha)
    journal.send(
        OpenEvaluation(),
        SeePage(PageRef(1), 3, 1),
        mark(KEYS[0], "1"),
        ClearMark(KEYS[0]),
        PutAnnotations((drawn,)),
        DeleteAnnotations((AnnotationId(drawn.annotation.id),)),
    )
    move(priya, journal, 1, meera)
    assert pieces(priya, decided_too=True) == ()
    piece = Piece(journal.evaluation_id, asha.user_id, 1)
    for wrong in (piece, replace(piece, work_version=2), replace(piece, teacher_user_id=meera.user_id)):
        with priya.session() as session, pytest.raises(RefusedError, match="no such kept work"):
            read_kept(session, wrong)


def test_what_is_still_hers_is_not_offered_and_what_is_not_once(school, asha, meera, priya) -> None:
    journal = school.journal(asha)
    journal.send(mark(KEYS[2], "1"))
    with priya.session() as session:
        pool_script(session, journal.evaluation_id, 1, "x")
        release_script(session, journal.evaluation_id, 1, "x")
    assert pieces(priya, decided_too=True) == ()  # she has it again, and nothing is gone
    journal = replace(journal, assignment_version=2)
    journal.send(mark(KEYS[0], "1"))
    move(priya, journal, 2, meera)
    hers = replace(school.journal(meera, journal.evaluation_id), assignment_version=3)
    hers.send(mark(KEYS[0], "0.5"))
    ((piece, waiting),) = [(w.piece, w.waiting) for w in pieces(priya)]
    assert (piece, waiting) == (Piece(journal.evaluation_id, asha.user_id, 2), 2)
    first = Piece(journal.evaluation_id, asha.user_id, 1)
    replace(journal, stream_id=uuid4(), assignment_version=1, seq=0).send(mark(KEYS[1], "1"))
    assert {w.piece: w.waiting for w in pieces(priya)} == {first: 1, piece: 2}  # what came too late, on its own
    move(priya, journal, 3, asha)
    # she began anew: her own work of before is offered beside it, like Meera's, each in its own piece
    found = {w.piece: w.waiting for w in pieces(priya)}
    assert found == {first: 1, piece: 2, Piece(journal.evaluation_id, meera.user_id, 3): 1}


def test_a_completed_script_waits_for_nothing_that_was_all_sent(school, late, meera, priya) -> None:
    hers = replace(school.journal(meera, late.evaluation_id), assignment_version=2)
    hers.send(mark(KEYS[0], "1"), mark(KEYS[1], "1"), mark(KEYS[2], "1"))
    assert len(pieces(priya)) == 1
    (verdict,) = hers.send(SubmitEvaluation({2: Decimal(1), 3: Decimal(1), 4: Decimal(1)}, Decimal(3)))
    assert verdict.kind is VerdictKind.APPLIED
    assert pieces(priya) == ()
    assert [w.waiting for w in pieces(priya, decided_too=True)] == [0]
    give_back(priya, hers, version=2)
    assert [w.waiting for w in pieces(priya)] == [2]


def test_who_marked_nothing_offers_nothing(school, asha, meera, priya) -> None:
    journal = school.journal(asha)
    journal.send(OpenEvaluation(), SeePage(PageRef(1), 5, 1))
    with priya.session() as session:
        move_script(session, journal.evaluation_id, 1, meera.user_id, "Ill")
    assert pieces(priya) == pieces(priya, decided_too=True) == ()


def test_she_is_told_who_has_it_now(school, late, asha, meera, tmp_path) -> None:
    """By the answer to what came too late, and where nothing waited by asking."""
    initial, last = school.select("SELECT left(first_name, 1), last_name FROM users WHERE user_id = %s", meera.user_id)[
        0
    ]
    assert late.send(mark(KEYS[0], "1"))[0].detail == {"teacher": f"{initial}. {last}"}
    with asha.session() as session:
        assert moved_to(session, [late.evaluation_id]) == {late.evaluation_id: f"{initial}. {last}"}
    with meera.session() as session:
        assert moved_to(session, [late.evaluation_id]) == {}, "it is hers"
    with school.person().session() as session:
        assert moved_to(session, [late.evaluation_id]) == {}, "it never was hers"


@pytest.mark.parametrize("name", CALLS)
def test_only_who_coordinates_may(school, late, asha, name: str) -> None:
    late.send(mark(KEYS[0], "1"))
    former = school.person(is_coordinator=True)
    school.execute("UPDATE users SET is_coordinator = false WHERE user_id = %s", former.user_id)
    for person in (asha, school.person("admin"), former):
        with psycopg.connect(person.url) as connection, pytest.raises(errors.InsufficientPrivilege):
            connection.execute(f"SELECT api.{name}{CALLS[name]}".encode())
    with pytest.raises(NotAllowedError):
        pieces(asha)


def test_her_computer_shows_what_was_taken(school, late, meera, priya, tmp_path) -> None:
    store = open_store(tmp_path, SystemClock())
    sync = Synchroniser(store, meera.session, SystemClock())
    sync.run()
    of_meera = stamp(4)
    store.record(late.evaluation_id, PutAnnotations((of_meera,)))
    store.record(late.evaluation_id, mark(KEYS[2], "0.5"))
    store.record(late.evaluation_id, mark(KEYS[1], "0.5"))
    sync.run()
    late.send(mark(KEYS[2], "2"))
    take(priya, reading(priya))
    sync.run()
    view = store.open_script(late.evaluation_id)
    assert view.script.given[KEYS[2]].marks == 2
    assert view.script.given[KEYS[1]].marks == Decimal("0.5")
    assert of_meera.annotation.id not in view.script.ink
    store.record(late.evaluation_id, mark(KEYS[2], "1"))
    assert sync.run().pending == 0
    assert (4, "", "marked", 1) in registers(school)
    store._vault.close()
