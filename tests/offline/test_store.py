import sqlite3
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from uuid import UUID

import pytest

from mv_desktop.core.errors import InvalidError, NotAllowedError
from mv_desktop.domain.annotation.shape import UnknownAnnotation
from mv_desktop.domain.evaluation import EvaluationStatus, Place, Twin, WorkState
from mv_desktop.domain.exchange import PulledAnnotation, PulledFlag, PulledMark, PulledReading, Verdict, VerdictKind
from mv_desktop.domain.identifier import AnnotationId, FlagId, MarkKey, PageRef
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
)
from mv_desktop.domain.script import Seen
from mv_desktop.offline import layout
from mv_desktop.offline.disk import DiskFullError
from mv_desktop.offline.leaving import HeldLeaving
from mv_desktop.offline.page_store import PageSize
from tests.factories.local import (
    NOW,
    assigned,
    evaluation_id,
    open_store,
    pulled,
    pulled_page,
    signed_in,
    tick,
    upload_id,
)
from tests.fakes.clock import FakeClock

ONE = evaluation_id(1)
GONE = object()


@pytest.fixture
def clock():
    return FakeClock(NOW)


@pytest.fixture
def store(tmp_path, clock):
    opened = open_store(tmp_path, clock)
    fill(opened, pulled(1))
    yield opened
    opened._vault.close()


def fill(store, *scripts):
    store.mirror([assigned(script) for script in scripts], scripts, [script.evaluation_id for script in scripts])


def mark(number, marks, comment="", alternative=""):
    return SetMark(MarkKey(number, alternative), GivenMark(MarkState.MARKED, Decimal(marks), comment))


def row_of(store, evaluation=ONE):
    (row,) = [row for row in store.queue(NOW) if row.evaluation_id == evaluation]
    return row


def submission():
    return SubmitEvaluation({2: Decimal(1), 3: Decimal(2), 4: Decimal(3)}, Decimal(6))


def test_what_was_recorded_is_there_after_reopening(tmp_path, store, clock):
    store.record(ONE, mark(2, "1.5", "good"))
    store.record(ONE, PutAnnotations((tick(7, page=2),)))
    store._vault.close()
    again = open_store(tmp_path, clock)
    view = again.open_script(ONE)
    assert view.script.given_mark(MarkKey(2)) == GivenMark(MarkState.MARKED, Decimal("1.5"), "good")
    assert [item.page for item in view.script.ink.values()] == [PageRef(2)]
    assert again.status().pending == 2
    again._vault.close()


def test_operations_are_numbered_without_gaps_in_one_stream(store):
    recorded = [store.record(ONE, mark(2, "1")) for _ in range(3)]
    pending = store.pending(50)
    assert [item.seq for item in recorded] == [1, 2, 3]
    assert [sent.seq for sent in pending.operations] == [1, 2, 3]
    assert [sent.op_id for sent in pending.operations] == [item.op_id for item in recorded]


def test_a_sent_operation_says_on_what_it_was_made(store, clock):
    fill(store, pulled(1, version=7, assignment_version=3))
    store.record(ONE, mark(2, "1"))
    (sent,) = store.pending(50).operations
    assert (sent.base_version, sent.assignment_version, sent.kind, sent.schema) == (7, 3, "mark.set", 1)
    assert sent.wall == clock.now()
    assert sent.payload == {"question_number": 2, "alternative": "", "state": "marked", "marks": "1", "comment": ""}
    assert (sent.beacon_id, sent.since_beacon_ms, sent.wall_since_ms) == (None, None, None)


def test_evidence_of_time_is_the_monotonic_clock_and_after_a_restart_the_wall_clock(tmp_path, store, clock):
    store.contacted(signed_in())
    clock.advance(90)
    store.record(ONE, mark(2, "1"))
    store._vault.close()
    again = open_store(tmp_path, clock)
    clock.advance(10)
    again.record(ONE, mark(2, "2"))
    first, second = again.pending(50).operations
    assert (first.beacon_id, first.since_beacon_ms, first.wall_since_ms) == (UUID(int=0xBEAC), 90_000, 90_000)
    assert (second.beacon_id, second.since_beacon_ms, second.wall_since_ms) == (UUID(int=0xBEAC), None, 100_000)
    again._vault.close()


def test_sleep_counts_and_a_wall_clock_that_somebody_set_on_does_not(store, clock):
    store.contacted(signed_in())
    clock.advance(10)
    clock.sleep(3600)
    store.record(ONE, mark(2, "1"))
    clock.set_wall(clock.now() + timedelta(hours=5))
    store.record(ONE, mark(2, "2"))
    slept, jumped = store.pending(50).operations
    assert (slept.since_beacon_ms, slept.wall_since_ms) == (3_610_000, 3_610_000)
    assert (jumped.since_beacon_ms, jumped.wall_since_ms) == (3_610_000, 5 * 3_600_000 + 3_610_000)


def test_a_batch_is_bounded_by_its_size_and_never_empty(store):
    for number in range(4):
        comment = GivenMark(MarkState.MARKED, Decimal(1), "x" * 200_000)
        store.record(ONE, SetMark(MarkKey(2), comment if number else replace(comment, comment="y" * 700_000)))
    assert [len(sent.payload["comment"]) for sent in store.pending(50).operations] == [700_000]


def test_what_no_server_takes_is_not_written_down_nor_shown(store):
    many = PutAnnotations(tuple(tick(number) for number in range(1, 2_002)))
    long = SetMark(MarkKey(2), GivenMark(MarkState.MARKED, Decimal(1), "x" * 1_000_000))
    for operation in (many, long):
        with pytest.raises(InvalidError, match="smaller parts"):
            store.record(ONE, operation)
    assert store.status().pending == 0
    assert (store.open_script(ONE).script.given, len(store.open_script(ONE).script.ink)) == ({}, 0)
    assert store.record(ONE, PutAnnotations(many.placed[:2_000])).seq == 1


def test_a_wall_clock_that_was_set_back_gives_no_evidence(store, clock):
    store.contacted(signed_in())
    clock.set_wall(NOW - timedelta(days=1))
    store.record(ONE, mark(2, "1"))
    (sent,) = store.pending(50).operations
    assert (sent.since_beacon_ms, sent.wall_since_ms) == (0, None)


def test_every_kind_of_operation_is_seen_when_the_script_is_opened(store):
    flag = FlagId(UUID(int=5))
    for operation in (
        OpenEvaluation(),
        mark(4, "3"),
        SetMark(MarkKey(3, "b"), GivenMark(MarkState.NOT_ATTEMPTED)),
        PutAnnotations((tick(1), tick(2), tick(3))),
        DeleteAnnotations((AnnotationId(UUID(int=2)),)),
        SeePage(PageRef(1), 3.0, 0.5),
        SeePage(PageRef(1), 2.0, 1.0),
        TagPage(PageRef(2), (2, 4)),
        RaiseFlag(flag, "rescan_requested", page=PageRef(2)),
    ):
        store.record(ONE, operation)
    view = store.open_script(ONE)
    assert view.state is WorkState.STARTED
    assert view.script.mark(4).mark.marks == 3
    assert view.script.stamp_sum(MarkKey(2)) == 2
    assert [item.annotation.id.int for item in view.script.ink.values()] == [1, 3]
    assert view.script.seen == {PageRef(1): Seen(3.0, 1.0)}
    assert view.script.tags == {PageRef(2): (2, 4)}
    assert [(f.reason, f.page) for f in view.script.flags.values()] == [("rescan_requested", PageRef(2))]


def test_the_queue_counts_questions_with_a_mark(store):
    counts = []
    for operation in (
        mark(2, "0"),
        PutAnnotations((tick(1, question=4),)),
        mark(3, "1", alternative="a"),
        mark(3, "2", alternative="b"),
        ClearMark(MarkKey(2)),
        DeleteAnnotations((AnnotationId(UUID(int=1)),)),
    ):
        store.record(ONE, operation)
        counts.append(row_of(store).marked)
    assert counts == [1, 2, 3, 3, 2, 1]
    assert (row_of(store).written, row_of(store).unsent) == (3, 6)


def test_a_stamp_that_goes_to_another_question_takes_its_mark_with_it(store):
    store.record(ONE, PutAnnotations((tick(1, question=2),)))
    store.record(ONE, PutAnnotations((tick(1, question=4),)))
    assert (row_of(store).marked, store.open_script(ONE).script.vector) == (1, {4: 1})


def test_what_the_student_declared_unanswered_counts_until_it_is_touched(store):
    fill(store, pulled(1, version=1, declared_unanswered=(2, 3)))
    assert row_of(store).marked == 2
    store.record(ONE, ClearMark(MarkKey(2)))
    assert row_of(store).marked == store.open_script(ONE).script.marked == 1


def test_the_queue_is_in_order_of_deadline_then_arrival_then_code(store):
    due = NOW + timedelta(hours=5)
    early, late = NOW - timedelta(hours=9), NOW - timedelta(hours=1)
    fill(
        store,
        pulled(5, deadline=due, received_at=late),
        pulled(3, deadline=due, received_at=early),
        pulled(4, deadline=due, received_at=early),
        pulled(6, deadline=NOW + timedelta(hours=4, microseconds=1)),
        pulled(7, deadline=NOW + timedelta(hours=4)),
    )
    rows = store.queue(NOW)
    same = sorted((row for row in rows if row.received_at == early), key=lambda row: row.script_code)
    assert [row.evaluation_id.int for row in rows] == [1, 7, 6, *(row.evaluation_id.int for row in same), 5]


def test_a_script_goes_from_new_to_started_to_submitted_and_then_takes_no_more(store):
    assert row_of(store).state is WorkState.NEW
    store.record(ONE, OpenEvaluation())
    assert row_of(store).state is WorkState.STARTED
    store.record(ONE, submission())
    assert row_of(store).state is WorkState.SUBMITTED
    with pytest.raises(NotAllowedError, match="submitted"):
        store.record(ONE, mark(2, "1"))
    view = store.open_script(ONE)
    assert view.read_only
    assert "submitted" in view.read_only_reason


def test_a_script_that_is_not_here_is_said_to_be_so(store):
    with pytest.raises(InvalidError, match="not on this computer"):
        store.open_script(evaluation_id(99))
    with pytest.raises(InvalidError, match="not on this computer"):
        store.record(evaluation_id(99), OpenEvaluation())


def test_a_script_that_was_completed_takes_no_more(store):
    fill(store, pulled(1, status=EvaluationStatus.COMPLETED))
    with pytest.raises(NotAllowedError, match="completed"):
        store.record(ONE, mark(2, "1"))


def test_a_script_that_the_server_no_longer_gives_is_moved_and_its_work_kept(store):
    store.record(ONE, mark(2, "1"))
    result = store.mirror([], [], [ONE])
    assert result.changed == {ONE}
    assert row_of(store).state is WorkState.MOVED
    assert store.open_script(ONE).script.given_mark(MarkKey(2)).marks == 1
    assert "no longer yours" in store.open_script(ONE).read_only_reason
    assert [item.kind for item in store.status().messages] == ["moved"]
    with pytest.raises(NotAllowedError, match="no longer yours"):
        store.record(ONE, mark(2, "2"))
    assert store.pending(50).operations


def test_a_script_that_comes_back_starts_clean(store):
    store.record(ONE, mark(2, "1"))
    store.mirror([], [], [ONE])
    fill(store, pulled(1, assignment_version=2))
    view = store.open_script(ONE)
    assert (view.state, view.script.vector, view.read_only) == (WorkState.NEW, {}, False)
    assert store.history(ONE) == ()


def test_finished_scripts_leave_the_queue_after_a_day(store, clock):
    fill(store, pulled(1, status=EvaluationStatus.COMPLETED))
    assert [row.state for row in store.queue(clock.now())] == [WorkState.COMPLETED]
    assert store.queue(clock.now() + timedelta(days=2)) == ()


def test_the_view_is_the_servers_state_with_what_is_pending_on_top(store):
    store.record(ONE, mark(2, "1"))
    server = pulled(
        1,
        version=4,
        status=EvaluationStatus.IN_PROGRESS,
        marks=(
            PulledMark(2, "", MarkState.MARKED, Decimal(2), "", 3),
            PulledMark(4, "", MarkState.MARKED, Decimal("4.5"), "neat", 4),
        ),
        annotations=(PulledAnnotation(tick(9).annotation.id, 1, 0, {"type": "stamp", "stamp": "tick", "x": 0.1,
                     "y": 0.2, "id": str(UUID(int=9)), "question_number": 3, "alternative": "a", "marks": "2",
                     "later": {"kept": True}}, 2),),
        seen=(PulledReading(1, 0, 12.5, 1.0, None), PulledReading(2, 0, 0.0, 0.0, (4,))),
        flags=(PulledFlag(FlagId(UUID(int=1)), 2, None, "rescan_requested"),),
    )  # fmt: skip
    fill(store, server)
    view = store.open_script(ONE)
    assert view.script.vector == {2: Decimal(1), 3: Decimal(2), 4: Decimal("4.5")}
    assert (view.script.seen, view.script.tags) == ({PageRef(1): Seen(12.5, 1.0)}, {PageRef(2): (4,)})
    assert [(f.reason, f.page) for f in view.script.flags.values()] == [("rescan_requested", PageRef(2))]
    (ink,) = view.script.ink.values()
    assert ink.annotation.model_extra == {"later": {"kept": True}}
    assert row_of(store).marked == 3


def test_an_annotation_that_breaks_the_rules_of_its_type_is_a_placeholder(store):
    body = {"id": str(UUID(int=3)), "type": "stamp", "stamp": "unicorn", "x": 0.1, "y": 0.1}
    fill(store, pulled(1, version=1, annotations=(PulledAnnotation(UUID(int=3), 1, 0, body, 1),)))
    (ink,) = store.open_script(ONE).script.ink.values()
    assert isinstance(ink.annotation, UnknownAnnotation)
    assert ink.annotation.id == UUID(int=3)


def test_an_answer_to_what_a_pull_brought_already_does_not_undo_what_came_after(store):
    op_id = store.record(ONE, mark(2, "1")).op_id
    newer = PulledMark(2, "", MarkState.MARKED, Decimal(2), "", 2)
    fill(store, pulled(1, version=2, marks=(newer,)))
    store.answer([Verdict(op_id, 1, VerdictKind.APPLIED, version=1, already=True)])
    assert store.open_script(ONE).script.vector == {2: 2}


def test_history_has_inverses_and_what_undid_what(tmp_path, store, clock):
    script = store.open_script(ONE).script
    operation = mark(2, "2")
    first = store.record(ONE, operation, inverse=script.inverse(operation))
    script.apply(operation)
    (undo,) = script.inverse(operation)
    back = store.record(ONE, SetMark(MarkKey(2), GivenMark()), inverse=(undo,), undoes=first.op_id)
    store._vault.close()
    again = open_store(tmp_path, clock)
    entries = again.history(ONE)
    assert [entry.op_id for entry in entries] == [first.op_id, back.op_id]
    assert [entry.undoes for entry in entries] == [None, first.op_id]
    assert entries[0].operation == operation
    assert entries[0].inverse == (SetMark(MarkKey(2), GivenMark()),)
    again._vault.close()


def test_pages_are_listed_in_reading_order_with_what_is_known_of_them(store):
    sizes = ({"width": 10, "height": 20, "source": "pdf"}, {"width": 30, "height": 40, "source": "pdf"})
    fill(
        store,
        pulled(
            1,
            version=1,
            pages=(
                pulled_page(1, 1, questions=(2, 3)),
                pulled_page(1, 2, mime_type="application/pdf", pages=sizes, checked=True),
                pulled_page(1, 3, mime_type="application/pdf"),
                pulled_page(1, 4, checked=True, problem="This picture is damaged."),
            ),
        ),
    )
    pages = store.pages_of(ONE)
    assert [page.ref.label for page in pages] == ["1", "2.1", "2.2", "3", "4"]
    assert [(page.width, page.height) for page in pages] == [(0, 0), (10, 20), (30, 40), (0, 0), (0, 0)]
    assert pages[0].questions == (2, 3)
    assert pages[4].problem == "This picture is damaged."
    row = row_of(store)
    assert (row.pages, row.pages_here, row.page_problem) == (5, 0, True)


def test_what_this_computer_found_out_of_a_page_stays_when_the_script_is_pulled_again(store):
    store.pages.checked(upload_id(1, 1), pages=[PageSize(100, 200), PageSize(1, 2)], here=True)
    store.pages.checked(upload_id(1, 2), problem="This picture is damaged.")
    fill(store, pulled(1, version=1))
    assert [(page.width, page.here, page.problem) for page in store.pages_of(ONE)] == [
        (100, True, ""),
        (1, True, ""),
        (0, False, "This picture is damaged."),
    ]
    assert row_of(store).pages_here == 2
    store.pages.forget([upload_id(1, 1)])
    assert row_of(store).pages_here == 0


def test_pages_of_scripts_in_work_are_needed_and_of_others_not(store):
    fill(store, pulled(1), pulled(2), pulled(3))
    store.record(evaluation_id(2), OpenEvaluation())
    ranks = store.pages.ranks(upload_id(1, 1))
    assert ranks[upload_id(2, 1)] is ranks[upload_id(2, 2)] is None
    assert [item.int for item in store.pages.next_scripts(2)] == [1, 2]


def test_a_file_that_stands_in_another_students_script_too_or_twice_in_one_is_known(store):
    def page(number, at, digit, **values):
        return pulled_page(number, at, checked=True, sha256=None if digit is None else digit * 64, **values)

    mine = pulled(1, pages=(page(1, 1, "a"), page(1, 2, "b"), page(1, 3, "a"), page(1, 4, None), page(1, 5, None)))
    other = pulled(2, pages=(page(2, 1, "c"), page(2, 2, "b")))
    again = replace(pulled(3, pages=(page(3, 1, "c"), page(3, 7, "a"))), exam_instance_id=mine.exam_instance_id)
    fill(store, mine, other, again)
    codes = {number: store.open_script(evaluation_id(number)).script_code for number in (1, 2)}
    assert [one.twin for one in store.pages_of(evaluation_id(1))] == [
        None,  # the one that came again is told, and the same student's other attempt is hers
        Twin(codes[2], 2),
        Twin("", 1),
        None,
        None,
    ]
    assert [one.twin for one in store.pages_of(evaluation_id(2))] == [Twin(codes[1], 1), Twin(codes[1], 2)]


def test_an_upload_that_was_taken_away_is_forgotten(store):
    fill(store, pulled(1, version=1, pages=(pulled_page(1, 2),)))
    assert [file.page_number for file in store.pages.files(ONE)] == [2]


def test_the_place_where_a_script_was_left_is_remembered_and_not_sent(store):
    assert store.place(ONE) is None
    store.set_place(ONE, Place(PageRef(2, 1), 0.25, 1.5))
    assert store.place(ONE) == Place(PageRef(2, 1), 0.25, 1.5)
    looked_at = Place(PageRef(3), 0.5, None, ((PageRef(2, 1), 1), (PageRef(3), 3)), 2, "page")
    store.set_place(ONE, looked_at)
    assert store.place(ONE) == looked_at
    assert store.pending(50).operations == ()


def test_a_place_of_an_older_file_is_kept_and_its_pages_are_as_uploaded():
    db = sqlite3.connect(":memory:", isolation_level=None)
    db.executescript(layout.VERSIONS[0] + "PRAGMA user_version = 1")
    db.execute("INSERT INTO place VALUES ('one', 2, 1, 0.25, 1.5)")
    layout.upgrade(db)
    assert layout.stored_version(db) == len(layout.VERSIONS)
    assert db.execute("SELECT * FROM place").fetchall() == [("one", 2, 1, 0.25, 1.5, "[]", 0, "width")]
    db.close()


def test_what_the_server_said_of_itself_is_known_offline(tmp_path, store, clock):
    assert store.profile() is None
    assert store.settings() == {}
    store.contacted(signed_in())
    store._vault.close()
    again = open_store(tmp_path, clock)
    assert again.profile() == signed_in()
    assert again.settings() == {"evaluation_ui_stamps": ["tick", "cross"]}
    assert again.status().last_contact_at == NOW
    again._vault.close()


def test_a_held_submission_survives_until_it_is_submitted_or_taken_back(tmp_path, store, clock):
    until = NOW + timedelta(seconds=10)
    store.hold_leaving(ONE, submission(), until)
    store._vault.close()
    again = open_store(tmp_path, clock)
    assert again.held_leavings() == (HeldLeaving(ONE, submission(), until),)
    again.release_leaving(ONE)
    assert again.held_leavings() == ()
    again.hold_leaving(ONE, submission(), until)
    again.leave(ONE, submission())
    assert again.held_leavings() == ()
    assert row_of(again).state is WorkState.SUBMITTED
    again._vault.close()


def test_when_the_disk_is_full_nothing_of_the_operation_is_there(store):
    store.record(ONE, mark(2, "1"))
    with store._vault.reading() as db:
        pages = db.execute("PRAGMA page_count").fetchone()[0]
        db.execute(f"PRAGMA max_page_count = {pages}")
    huge = SetMark(MarkKey(4), GivenMark(MarkState.MARKED, Decimal(1), "x" * 900_000))
    with pytest.raises(DiskFullError):
        store.record(ONE, huge)
    with store._vault.reading() as db:
        db.execute("PRAGMA max_page_count = 100000")
    assert store.record(ONE, mark(4, "2")).seq == 2
    assert store.open_script(ONE).script.vector == {2: Decimal(1), 4: Decimal(2)}


def test_a_holiday_moves_a_deadline_without_a_new_pull(store):
    later = NOW + timedelta(days=2)
    result = store.mirror([assigned(pulled(1), deadline=later, breached=True)], [])
    assert result.changed == {ONE}
    assert (row_of(store).deadline, row_of(store).breached) == (later, True)
