"""Journal, mirror and sync against the real PostgreSQL."""

from contextlib import contextmanager
from decimal import Decimal
from uuid import UUID, uuid4

import pytest

from mv_desktop.core.clock import SystemClock
from mv_desktop.core.errors import OfflineError
from mv_desktop.domain.evaluation import WorkState
from mv_desktop.domain.flag import Spot
from mv_desktop.domain.identifier import AnnotationId, FlagId, MarkKey, PageRef
from mv_desktop.domain.marks import GivenMark, MarkState
from mv_desktop.domain.operation import (
    ClearMark,
    DeleteAnnotations,
    HandBack,
    OpenEvaluation,
    PutAnnotations,
    RaiseFlag,
    SeePage,
    SetMark,
    SubmitEvaluation,
    TagPage,
    WithdrawFlag,
)
from mv_desktop.domain.submission import submission
from mv_desktop.offline.finished import FinishedArchive
from mv_desktop.offline.pages import PageFetcher
from mv_desktop.offline.sync import Synchroniser
from mv_desktop.pages.cache import PageCache
from mv_desktop.services.operation import apply_operations
from tests.factories.local import open_store, tick
from tests.factories.marking import Journal


@pytest.fixture
def teacher(school):
    return school.person()


@pytest.fixture
def store(tmp_path):
    opened = open_store(tmp_path, SystemClock())
    yield opened
    opened._vault.close()


@pytest.fixture
def sync(store, teacher):
    return Synchroniser(store, teacher.session, SystemClock())


def mark(number, marks, alternative=""):
    return SetMark(MarkKey(number, alternative), GivenMark(MarkState.MARKED, Decimal(marks)))


def row_of(store, evaluation):
    (row,) = [row for row in store.queue(SystemClock().now()) if row.evaluation_id == evaluation]
    return row


def content(view):
    script = view.script
    return script.given, list(script.ink.items()), script.seen, script.tags, script.vector, script.flags


EVERYTHING = (
    OpenEvaluation(),
    mark(2, "1.5"),
    mark(3, "2", "a"),
    SetMark(MarkKey(3, "b"), GivenMark(MarkState.NOT_ATTEMPTED)),
    PutAnnotations(
        (tick(1, question=4, marks="2.5"), tick(2, question=4, marks="1"), tick(3, question=None, marks=None))
    ),
    DeleteAnnotations((AnnotationId(UUID(int=2)),)),
    PutAnnotations((tick(1, page=2, question=4, marks="2"),)),
    PutAnnotations((tick(2, question=4, marks="0.5"),)),
    SeePage(PageRef(1), 4.5, 0.75),
    SeePage(PageRef(1), 2.0, 1.0),
    TagPage(PageRef(1), (2, 4)),
    ClearMark(MarkKey(4)),
)


def test_a_script_is_marked_submitted_and_completed(school, teacher, store, sync):
    evaluation = school.script(teacher)
    assert sync.run().pulled == 1
    for operation in EVERYTHING:
        store.record(evaluation, operation)
    assert sync.run().pushed == len(EVERYTHING)
    store.record(evaluation, submission(store.open_script(evaluation).script))
    result = sync.run()
    assert (result.pushed, result.pending, result.message) == (1, 0, "")
    assert row_of(store, evaluation).state is WorkState.COMPLETED
    ((status, total),) = school.select("SELECT status, total_manual_marks FROM evaluations")
    assert (status, total) == ("completed", Decimal("6.00"))
    rows = school.select("SELECT question_number, marks_awarded FROM question_marks ORDER BY 1")
    assert rows == [(2, Decimal("1.50")), (3, Decimal("2.00")), (4, Decimal("2.50"))]


def test_what_was_sent_comes_back_the_same_on_a_new_computer(school, teacher, store, sync, tmp_path):
    evaluation = school.script(teacher, declared=(4,))
    sync.run()
    for operation in (*EVERYTHING, RaiseFlag(FlagId(uuid4()), "rescan_requested", page=PageRef(1))):
        store.record(evaluation, operation)
    before = content(store.open_script(evaluation))
    assert sync.run(thorough=True).differences == ()
    assert content(store.open_script(evaluation)) == before
    other = open_store(tmp_path / "other", SystemClock())
    Synchroniser(other, teacher.session, SystemClock()).run()
    assert content(other.open_script(evaluation)) == before
    assert row_of(other, evaluation).marked == row_of(store, evaluation).marked == 3
    other._vault.close()


def test_the_version_follows_so_that_nothing_is_pulled_again(school, teacher, store, sync):
    evaluation = school.script(teacher)
    sync.run()
    for operation in EVERYTHING:
        store.record(evaluation, operation)
    result = sync.run()
    assert (result.pulled, result.changed) == (0, frozenset())
    ((version,),) = school.select("SELECT version FROM evaluations")
    assert version == len(EVERYTHING)


def test_a_held_submission_opens_the_script_again(school, teacher, store, sync):
    evaluation = school.script(teacher)
    sync.run()
    store.record(evaluation, mark(2, "1"))
    store.record(evaluation, SubmitEvaluation({2: Decimal(1)}, Decimal(1)))
    sync.run()
    assert row_of(store, evaluation).state is WorkState.STARTED
    (message,) = store.status().messages
    assert message.questions == (3, 4)


def test_marks_that_differ_from_another_computers_hold_the_submission(school, teacher, store, sync):
    evaluation = school.script(teacher)
    sync.run()
    for operation in (mark(2, "1"), mark(3, "2", "a"), mark(4, "3")):
        store.record(evaluation, operation)
    sync.run()
    other = Journal(teacher, evaluation, uuid4())
    other.deliver(other.made(mark(2, "2"), base_version=3))  # it knew the 1
    store.record(evaluation, submission(store.open_script(evaluation).script))
    sync.run()
    assert row_of(store, evaluation).state is WorkState.STARTED
    (message,) = store.status().messages
    assert (message.kind, message.questions) == ("held", (2,))
    assert "question 2: 1 here, 2 on the server" in message.text
    assert store.open_script(evaluation).script.vector[2] == 2


def test_work_on_a_script_that_changed_hands_is_kept(school, teacher, store, sync):
    evaluation = school.script(teacher)
    sync.run()
    store.record(evaluation, mark(2, "1"))
    school.move(evaluation, school.person())
    assert sync.run().pending == 0
    assert row_of(store, evaluation).state is WorkState.MOVED
    assert school.select("SELECT verdict, reason FROM applied_operations") == [("kept", "reassigned")]


def test_a_mark_that_the_paper_does_not_allow_is_refused_and_the_rest_applied(school, teacher, store, sync):
    evaluation = school.script(teacher)
    sync.run()
    store.record(evaluation, mark(2, "7"))
    store.record(evaluation, mark(4, "5"))
    sync.run()
    assert store.open_script(evaluation).script.vector == {4: 5}
    assert store.status().refused == 1


def test_an_answer_that_was_cut_off_is_given_again(school, teacher, store):
    evaluation = school.script(teacher)
    cuts = [False, False, False, True]

    @contextmanager
    def connect():
        with teacher.session() as session:
            yield session
        if cuts and cuts.pop(0):
            raise OfflineError("The connection to the server was lost.")

    sync = Synchroniser(store, connect, SystemClock())
    sync.run()
    store.record(evaluation, mark(2, "1"))
    cuts[:] = [False, True]
    assert not sync.run().online
    assert row_of(store, evaluation).unsent == 1
    assert sync.run().pending == 0
    assert school.select("SELECT count(*) FROM applied_operations") == [(1,)]


def test_an_answer_from_a_newer_server_waits_for_a_newer_program(school, teacher, store, sync):
    evaluation = school.script(teacher)
    sync.run()
    store.record(evaluation, mark(2, "1"))
    school.execute(
        "CREATE OR REPLACE FUNCTION api.apply_operations(p_stream uuid, p_operations jsonb) RETURNS jsonb"
        " LANGUAGE sql SECURITY DEFINER SET search_path = '' AS $$ SELECT jsonb_agg(jsonb_build_object("
        " 'op_id', o -> 'op_id', 'seq', o -> 'seq', 'verdict', 'dreamt')) FROM jsonb_array_elements(p_operations) o $$"
    )
    for _ in range(2):
        result = sync.run()
        assert (result.online, result.pending, result.code) == (True, 1, "unknown_verdict")
        assert "Nothing is lost" in result.message


def test_a_copied_file_goes_on_under_a_new_stream(school, teacher, store, sync):
    evaluation = school.script(teacher)
    sync.run()
    store.record(evaluation, mark(2, "1"))
    stream = store.pending(1).stream_id
    copy = Journal(teacher, evaluation, stream)
    copy.send(mark(4, "1"), mark(4, "2"))
    assert sync.run().pending == 0
    assert store.open_script(evaluation).script.vector == {2: 1, 4: 2}


def test_an_operation_that_cannot_be_stored_as_it_is_does_not_stop_the_others(school, teacher, store, sync):
    evaluation = school.script(teacher)
    sync.run()
    store.record(evaluation, SetMark(MarkKey(2), GivenMark(MarkState.MARKED, Decimal(1), "a\x00b")))
    store.record(evaluation, mark(4, "1"))
    assert sync.run().pending == 0


def test_the_server_believes_the_evidence_of_time(school, teacher, store, sync):
    evaluation = school.script(teacher)
    sync.run()
    store.record(evaluation, mark(2, "1"))
    sync.run()
    ((quality, before),) = school.select("SELECT estimate_quality, estimated_at <= received_at FROM applied_operations")
    assert (quality, before) == ("monotonic", True)


def test_a_wrong_address_is_no_ground_to_lose_anything(school, teacher, store, sync):
    evaluation = school.script(teacher)
    sync.run()
    store.record(evaluation, mark(2, "1"))

    @contextmanager
    def nowhere():
        raise OfflineError("The server does not answer.")
        yield

    result = Synchroniser(store, nowhere, SystemClock()).run()
    assert (result.online, result.pending) == (False, 1)


def test_pages_that_nobody_signs_are_still_to_come(school, teacher, store, sync, tmp_path):
    evaluation = school.script(teacher, pages=2)
    sync.run()
    cache = PageCache(tmp_path / "pages", store._vault.page_key, 1_000_000)
    moments = iter(range(0, 100_000, 7))
    fetcher = PageFetcher(store, cache, teacher.session, sleep=lambda _: None, monotonic=lambda: float(next(moments)))
    result = fetcher.fetch_script(evaluation)
    assert (result.fetched, result.missing, result.online) == (0, 2, True)
    assert school.select("SELECT count(*) FROM page_requests") == [(2,)]


def test_a_week_offline_arrives_once_and_in_order(school, teacher, store, sync):
    scripts = [school.script(teacher) for _ in range(4)]
    sync.run()
    for number in range(100):
        for evaluation in scripts:
            store.record(evaluation, PutAnnotations((tick(number + 1, question=2, marks="0.5"),)))
    assert sync.run().pushed == 400
    assert sync.run(thorough=True).differences == ()
    ((count, last),) = school.select("SELECT count(*), max(seq) FROM applied_operations")
    assert (count, last) == (400, 400)


def test_an_unknown_operation_id_cannot_be_taken_by_somebody_else(school, teacher, store, sync):
    evaluation = school.script(teacher)
    sync.run()
    store.record(evaluation, mark(2, "1"))
    batch = store.pending(1)
    stranger = school.person()
    with stranger.session() as session:
        (verdict,) = apply_operations(session, batch.stream_id, batch.operations)
    assert verdict.reason == "never_assigned"
    # the stranger has used both the stream's and the operation's id: the work still arrives or is told, never lost
    sync.run()
    assert store.status().pending == 0
    assert store.status().messages


# -- leaving a script, flags, and what is finished -----------------------------------------------------------


def test_a_script_handed_back_offline_is_held_on_the_server_and_comes_back_when_assigned_again(
    school, teacher, store, sync
):
    evaluation = school.script(teacher)
    sync.run()
    store.record(evaluation, OpenEvaluation())
    store.record(evaluation, mark(2, "1"))
    store.leave(evaluation, HandBack("too_ill", "fever"))
    assert row_of(store, evaluation).state is WorkState.HANDED_BACK
    result = sync.run(thorough=True)
    assert (result.pending, result.code) == (0, "")
    assert school.select("SELECT reason, comment, ended_at FROM evaluation_holds") == [("too_ill", "fever", None)]
    assert sync.run().pulled == 0
    assert row_of(store, evaluation).state is WorkState.HANDED_BACK
    assert store.status().messages == ()
    school.execute("UPDATE evaluations SET assignment_version = assignment_version + 1")
    sync.run()
    assert row_of(store, evaluation).state is WorkState.STARTED
    assert store.open_script(evaluation).script.vector == {2: 1}
    store.record(evaluation, mark(2, "2"))
    assert sync.run().pending == 0
    assert school.select("SELECT marks FROM mark_registers") == [(Decimal(2),)]


def test_work_on_a_script_that_was_handed_back_on_another_computer_is_kept(school, teacher, store, sync):
    evaluation = school.script(teacher)
    sync.run()
    Journal(teacher, evaluation, uuid4()).send(HandBack("unreadable"))
    store.record(evaluation, mark(2, "1"))
    store.leave(evaluation, HandBack("too_ill"))
    sync.run()
    assert row_of(store, evaluation).state is WorkState.MOVED
    verdicts = "SELECT verdict, reason FROM applied_operations ORDER BY received_at"
    assert school.select(verdicts) == [("applied", None), ("kept", "handed_back"), ("kept", "handed_back")]
    assert any("was handed back before" in message.text for message in store.status().messages)


def test_flags_come_back_whole_after_a_reinstall_and_can_then_be_withdrawn(school, teacher, store, sync, tmp_path):
    evaluation = school.script(teacher)
    sync.run()
    flag_id = FlagId(uuid4())
    store.record(evaluation, RaiseFlag(flag_id, "illegible", "the end", PageRef(1), Spot(0.25, 0.75)))
    sync.run()
    again = open_store(tmp_path / "another", SystemClock())
    other = Synchroniser(again, teacher.session, SystemClock())
    other.run()
    (flag,) = again.open_script(evaluation).script.flags.values()
    assert (flag.reason, flag.comment, flag.page, flag.spot) == ("illegible", "the end", PageRef(1), Spot(0.25, 0.75))
    again.record(evaluation, WithdrawFlag(flag_id))
    assert other.run().pending == 0
    assert sync.run(thorough=True).differences == ()
    assert store.open_script(evaluation).script.flags == {}
    again._vault.close()


def test_what_was_finished_on_another_computer_is_listed_and_read_here(school, teacher, store, sync):
    evaluation = school.script(teacher, pages=2)
    journal = Journal(teacher, evaluation, uuid4())
    marks = (mark(2, "1"), mark(3, "2", "a"), mark(4, "3"))
    journal.send(*marks, PutAnnotations((tick(1, marks=None),)))
    journal.send(SubmitEvaluation({2: Decimal(1), 3: Decimal(2), 4: Decimal(3)}, Decimal(6)))
    sync.run()
    assert store.queue(SystemClock().now()) == ()
    archive = FinishedArchive(store._vault, store, teacher.session)
    assert not archive.fetch()
    (row,) = archive.rows("", 9)
    assert (row.evaluation_id, row.marked, row.written, row.pages) == (evaluation, 3, 3, 2)
    archive.fetch(row.script_code)
    assert archive.rows(row.script_code, 9) == (row,)
    archive.bring(evaluation)
    view = store.open_script(evaluation)
    assert (view.state, view.script.total, len(view.script.ink), len(view.pages)) == (WorkState.COMPLETED, 6, 1, 2)
    assert sync.run(thorough=True).pulled == 0
