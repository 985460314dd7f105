"""Two computers of one teacher on one PostgreSQL: what she did on both, nothing lost and nothing overwritten."""

from decimal import Decimal
from uuid import UUID

import pytest

from mv_desktop.core.clock import SystemClock
from mv_desktop.core.errors import NotAllowedError
from mv_desktop.domain.evaluation import WorkState
from mv_desktop.domain.identifier import MarkKey
from mv_desktop.domain.marks import GivenMark, MarkState
from mv_desktop.domain.operation import DeleteAnnotations, PutAnnotations, SetMark, SubmitEvaluation
from mv_desktop.domain.submission import Sentence, Weight, check_submission, submission
from mv_desktop.offline.sync import Synchroniser
from mv_desktop.services.assignment import release_script, withdraw_script
from tests.factories.local import open_store, tick
from tests.factories.marking import School
from tests.fakes.server import clone, drop

KEY = MarkKey(2)


def given(marks):
    return GivenMark(MarkState.MARKED, Decimal(marks))


def mark(number, marks, alternative=""):
    return SetMark(MarkKey(number, alternative), given(marks))


class Computer:
    """One file and its line to the server."""

    def __init__(self, folder, teacher, evaluation):
        self.store = open_store(folder, SystemClock())
        self.evaluation = evaluation
        self.sync = Synchroniser(self.store, teacher.session, SystemClock()).run

    @property
    def view(self):
        return self.store.open_script(self.evaluation)

    @property
    def row(self):
        (row,) = self.store.queue(SystemClock().now())
        return row

    def record(self, operation, **how):
        return self.store.record(self.evaluation, operation, **how)

    def texts(self):
        return [note.text for note in self.store.status().messages]

    def close(self):
        self.store._vault.close()


@pytest.fixture(scope="module")
def teaching(pg_server, template_db):
    """One database for all: every test has a teacher and a script of its own."""
    copy = clone(pg_server, template_db, "mv_two_computers")
    school = School(copy)
    yield school
    school.close()
    drop(copy)


@pytest.fixture
def computers(teaching, tmp_path):
    teacher = teaching.person()
    evaluation = teaching.script(teacher)
    both = [Computer(tmp_path / name, teacher, evaluation) for name in ("one", "two")]
    for computer in both:
        computer.sync()
    yield both
    for computer in both:
        computer.close()


@pytest.fixture
def conflict(computers):
    """Both mark question 2 without a network, and come back: the first with 1, the other with 2, a tick on each."""
    one, two = computers
    one.record(mark(2, "1"))
    one.record(PutAnnotations((tick(1, question=2, marks=None),)))
    two.record(mark(2, "2"))
    two.record(PutAnnotations((tick(2, question=2, marks=None),)))
    for computer in (one, two, one):
        assert computer.sync().pending == 0
    return computers


def test_both_marks_stand_beside_each_other_on_both_computers(conflict):
    one, two = conflict
    for computer, mine, theirs, drawn in ((one, "1", "2", (1, 2)), (two, "2", "1", (2, 1))):
        (found,) = computer.view.conflicts
        assert (found.key, found.mine.given, found.theirs.given) == (KEY, given(mine), given(theirs))
        assert (found.question_number, found.alternative) == tuple(KEY)
        ink = [[item.annotation.id for item in side.annotations] for side in (found.mine, found.theirs)]
        assert ink == [[UUID(int=number)] for number in drawn]
        assert found.mine.at is not None
        assert found.theirs.at is not None
        assert found.mine.op_id != found.theirs.op_id
        assert computer.view.script.vector[2] == Decimal(mine)
        assert (computer.row.conflicts, computer.row.unsent) == (1, 0)
    assert any("was marked otherwise" in text for text in two.texts())


def test_it_stays_after_a_restart_and_a_rebuild(conflict):
    _, two = conflict
    before = two.view.conflicts
    two.store.rebuild(two.evaluation)
    assert two.view.conflicts == before
    assert two.view.script.vector[2] == 2


def test_it_stays_when_the_script_was_withdrawn_and_is_hers_again(conflict, teaching):
    _, two = conflict
    with teaching.person(is_coordinator=True).session() as session:
        withdraw_script(session, two.evaluation, 1, "a fault in the scan")
        release_script(session, two.evaluation, 1, "the scan is in order")
    two.sync()
    assert (two.view.script.vector[2], two.row.conflicts) == (2, 1)
    two.record(two.view.conflicts[0].resolved(given("2")))
    two.sync()
    assert (two.view.script.vector[2], two.row.conflicts) == (2, 0)


def test_a_decision_that_was_taken_behind_everybody_is_found(conflict, teaching):
    """As on a server that was restored from a backup and came to the same version by another way."""
    _, two = conflict
    assert two.sync(thorough=True).differences == ()
    teaching.execute("UPDATE mark_conflicts SET state = 'resolved' WHERE evaluation_id = %s", two.evaluation)
    assert len(two.sync(thorough=True).differences) == 1
    assert (two.view.conflicts, two.view.script.vector[2]) == ((), 1)
    assert two.sync(thorough=True).differences == ()


def test_it_cannot_be_submitted_before_and_can_after_the_decision(conflict):
    one, two = conflict
    two.record(mark(3, "2", "a"))
    two.record(mark(4, "3"))
    view = two.view
    (found,) = [item for item in check_submission(view.script, view.pages, view.conflicts) if item.question_number == 2]
    assert (found.weight, found.sentence) == (Weight.BLOCKS, Sentence.TWO_MARKS)
    with pytest.raises(NotAllowedError, match="two marks"):
        two.store.hold_leaving(two.evaluation, submission(view.script), SystemClock().now())
    two.record(SubmitEvaluation(view.script.vector, view.script.total))
    two.sync()
    assert two.row.state is WorkState.STARTED
    assert "question 2 has two marks" in two.texts()[-1]
    two.record(view.conflicts[0].resolved(given("1")))
    assert (two.view.conflicts, two.row.conflicts) == ((), 0)
    assert [f.sentence for f in check_submission(two.view.script, (), two.view.conflicts)] == []
    two.record(submission(two.view.script))
    assert two.sync().pending == 0
    one.sync()
    assert [computer.row.state for computer in conflict] == [WorkState.COMPLETED] * 2


def test_a_decision_reaches_the_other_computer_and_can_be_undone_there_and_back(conflict):
    one, two = conflict
    (found,) = one.view.conflicts
    decision = found.resolved(found.theirs.given)
    script = one.view.script
    inverse = script.inverse(decision)
    done = one.record(decision, inverse=inverse)
    for computer in (one, two):
        computer.sync()
        assert computer.view.conflicts == ()
        assert computer.view.script.vector[2] == 2
    (undo,) = inverse
    one.record(undo, undoes=done.op_id)
    assert [item.theirs.given for item in one.view.conflicts] == [given("2")]
    for computer in (one, two):
        computer.sync()
    for computer, mine, theirs in ((one, "1", "2"), (two, "2", "1")):
        (found,) = computer.view.conflicts
        assert (found.mine.given, found.theirs.given) == (given(mine), given(theirs))


def test_a_mark_typed_on_a_question_with_two_settles_it(conflict):
    one, two = conflict
    two.record(mark(2, "1.5"))
    assert two.view.conflicts == ()
    for computer in (two, one):
        computer.sync()
        assert (computer.view.conflicts, computer.view.script.vector[2]) == ((), Decimal("1.5"))


def test_work_of_before_the_conflict_was_known_does_not_settle_it(computers):
    one, two = computers
    one.record(mark(2, "1"))
    one.sync()
    two.record(mark(2, "2"))
    two.record(mark(2, "0.5"))
    two.sync()
    one.record(mark(2, "1.5"))  # knows nothing of it
    one.sync()
    (found,) = one.view.conflicts
    assert (found.mine.given, found.theirs.given) == (given("1.5"), given("0.5"))
    two.sync()
    (found,) = two.view.conflicts
    assert (found.mine.given, found.theirs.given) == (given("0.5"), given("1.5"))


def test_the_same_mark_on_both_is_no_conflict(computers):
    for computer in computers:
        computer.record(mark(2, "1"))
        computer.sync()
        assert computer.view.conflicts == ()
    assert computers[0].sync().pending == 0


def test_her_own_work_under_a_new_stream_does_not_conflict_with_itself(computers):
    one, _ = computers
    one.record(mark(2, "1"))
    sent = one.store.pending(50)
    with one.sync.__self__._connect() as session:
        one.sync.__self__._services.apply_operations(session, sent.stream_id, sent.operations)
    one.store.start_stream()  # its answer was lost, and the file went on as a copy
    one.record(mark(2, "2"))
    assert one.sync().pending == 0
    assert (one.view.conflicts, one.view.script.vector[2]) == ((), 2)


def test_an_edit_on_the_other_computer_outlives_a_delete(computers):
    one, two = computers
    stamp = tick(1, question=2, marks="1")
    one.record(PutAnnotations((stamp, tick(3, question=2, marks="0.5"))))
    one.sync()
    two.sync()
    edited = type(stamp)(stamp.page, stamp.annotation.model_copy(update={"x": 0.9}))
    one.record(PutAnnotations((edited,)))
    one.sync()
    delete = DeleteAnnotations((stamp.annotation.annotation_id, tick(3).annotation.annotation_id))
    two.record(delete, inverse=two.view.script.inverse(delete))
    assert not two.view.script.ink
    two.sync()
    assert "changed on another computer of yours" in two.texts()[-1]
    for computer in (one, two):
        computer.sync()
        assert list(computer.view.script.ink.values()) == [edited]
    assert [entry.operation for entry in two.store.history(two.evaluation)] == []


def test_what_was_changed_on_the_disk_is_never_sent(computers):
    one, _ = computers
    one.record(mark(2, "1"))
    one.record(mark(4, "3"))
    with one.store._vault.transaction() as db:
        db.execute("UPDATE journal SET body = replace(body, '\"1\"', '\"2\"') WHERE entry = 1")
    for _ in range(2):
        result = one.sync(thorough=True)
        assert (result.pending, one.store.status().set_aside) == (1, 1)
    assert "damaged on this computer’s disk" in one.texts()[-1]
    one.store.rebuild(one.evaluation)
    assert one.view.script.vector == {2: 1, 4: 3}
