"""The ten seconds after a submission: what is on the disk, what can be taken back, and what goes at once."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta

import pytest
from pytestqt.qtbot import QtBot

from mv_desktop.core.errors import UserError
from mv_desktop.core.ids import IdSource
from mv_desktop.domain.identifier import EvaluationId
from mv_desktop.ui.marking.flow import submission_hold
from mv_desktop.ui.marking.flow.submission_hold import SubmissionHold
from mv_desktop.ui.marking.port import OpenedScript
from mv_desktop.ui.marking.session import MarkingSession
from mv_desktop.ui.tasks import Tasks
from tests.factories.script import script_view
from tests.fakes.clock import FakeClock
from tests.fakes.script_store import FakeScriptStore


@dataclass
class Told:
    """What the hold has said, in order."""

    held: list[tuple[EvaluationId, int]] = field(default_factory=list)
    released: list[EvaluationId] = field(default_factory=list)
    submitted: list[EvaluationId] = field(default_factory=list)
    failed: list[Exception] = field(default_factory=list)

    def listen(self, hold: SubmissionHold) -> None:
        hold.held.connect(lambda script, seconds: self.held.append((script, seconds)))
        hold.released.connect(self.released.append)
        hold.submitted.connect(self.submitted.append)
        hold.failed.connect(lambda _, error: self.failed.append(error))


@pytest.fixture
def session(tasks: Tasks, store: FakeScriptStore, ids: IdSource) -> MarkingSession:
    made = MarkingSession(OpenedScript(script_view()), store, tasks, ids)
    for key in made.keys:
        made.full(key)
    return made


@pytest.fixture
def hold(qtbot: QtBot, store: FakeScriptStore, tasks: Tasks, clock: FakeClock) -> SubmissionHold:
    return SubmissionHold(store, tasks, clock)


@pytest.fixture
def told(hold: SubmissionHold) -> Told:
    heard = Told()
    heard.listen(hold)
    return heard


@pytest.fixture
def short(monkeypatch: pytest.MonkeyPatch) -> None:
    """A hold of a blink instead of ten seconds."""
    monkeypatch.setattr(submission_hold, "HOLD_SECONDS", 0.05)


def test_it_is_on_the_disk_before_it_is_said_and_submitted_when_nobody_takes_it_back(
    hold, session, store, told, clock, qtbot, short
):
    script = session.view.evaluation_id
    hold.hold(session)
    assert told.held == []
    assert hold.can_take_back(script)
    qtbot.waitUntil(lambda: bool(told.held))
    assert store.held[script][1] == clock.now() + timedelta(seconds=0.05)
    qtbot.waitUntil(lambda: told.submitted == [script])
    assert store.submitted[script].total == 10
    assert store.held == {}
    assert not hold.can_take_back(script)
    assert not hold.take_back(script)


def test_ten_seconds_are_held(hold, session, store, told, clock, qtbot):
    hold.hold(session)
    qtbot.waitUntil(lambda: bool(told.held))
    assert told.held == [(session.view.evaluation_id, 10)]
    assert store.held[session.view.evaluation_id][1] - clock.now() == timedelta(seconds=10)


def test_what_is_taken_back_is_not_submitted(hold, session, store, told, qtbot, short):
    hold.hold(session)
    qtbot.waitUntil(lambda: bool(told.held))
    assert hold.take_back(session.view.evaluation_id)
    qtbot.waitUntil(lambda: told.released == [session.view.evaluation_id])
    qtbot.wait(120)
    assert store.held == {}
    assert store.submitted == {}


def test_it_can_be_taken_back_before_it_is_on_the_disk(hold, session, store, told, qtbot, short):
    store.gate.clear()
    hold.hold(session)
    assert hold.take_back(session.view.evaluation_id)
    store.gate.set()
    qtbot.waitUntil(lambda: bool(told.released))
    qtbot.wait(120)
    assert (store.held, store.submitted, told.held) == ({}, {}, [])


def test_what_is_on_its_way_cannot_be_taken_back(hold, session, store, told, qtbot):
    hold.hold(session)
    qtbot.waitUntil(lambda: bool(told.held))
    store.gate.clear()
    hold.flush()
    assert not hold.can_take_back(session.view.evaluation_id)
    assert not hold.take_back(session.view.evaluation_id)
    store.gate.set()
    qtbot.waitUntil(lambda: bool(told.submitted))


def test_leaving_the_program_submits_all_that_is_held_once(hold, session, store, told, tasks, ids, qtbot):
    other = MarkingSession(OpenedScript(script_view(2)), store, tasks, ids)
    hold.hold(session)
    hold.hold(other)
    hold.flush()
    hold.flush()
    qtbot.waitUntil(lambda: len(told.submitted) == 2)
    assert set(store.submitted) == {session.view.evaluation_id, other.view.evaluation_id}
    assert sum(operation.kind == "evaluation.submit" for operation in store.operations()) == 2


@pytest.mark.parametrize(("left", "seconds"), [(119, 0), (0, 0), (121, 10), (-1, 10)])
def test_close_to_the_deadline_it_goes_at_once(hold, session, store, told, clock, qtbot, left, seconds):
    clock.set_wall(session.view.deadline - timedelta(seconds=left))
    hold.hold(session)
    qtbot.waitUntil(lambda: bool(told.held))
    assert told.held == [(session.view.evaluation_id, seconds)]
    if seconds == 0:
        qtbot.waitUntil(lambda: told.submitted == [session.view.evaluation_id])
        assert store.held == {}
    else:
        assert store.submitted == {}


@pytest.mark.parametrize("left", [60, 3600])
def test_a_script_that_is_left_at_once_is_submitted_all_the_same(hold, session, store, told, clock, qtbot, short, left):
    clock.set_wall(session.view.deadline - timedelta(seconds=left))
    script = session.view.evaluation_id
    store.gate.clear()
    hold.hold(session)
    session.deleteLater()
    qtbot.wait(10)
    store.gate.set()
    qtbot.waitUntil(lambda: told.submitted == [script])
    assert script in store.submitted


def test_nothing_is_submitted_on_top_of_a_mark_that_was_not_saved(hold, tasks, store, ids, told, qtbot):
    session = MarkingSession(OpenedScript(script_view()), store, tasks, ids)
    store.gate.clear()
    store.fail = 1
    session.full(session.keys[0])
    hold.hold(session)
    store.gate.set()
    qtbot.waitUntil(lambda: bool(told.failed))
    assert (store.held, store.submitted) == ({}, {})
    assert not hold.can_take_back(session.view.evaluation_id)


def test_a_full_disk_is_told_when_it_is_held_and_when_it_is_submitted(hold, session, store, told, qtbot):
    qtbot.waitUntil(lambda: session.save_state == "saved")
    store.fail = 1
    hold.hold(session)
    qtbot.waitUntil(lambda: len(told.failed) == 1)
    assert not hold.can_take_back(session.view.evaluation_id)
    hold.hold(session)
    qtbot.waitUntil(lambda: bool(told.held))
    store.fail = 1
    hold.flush()
    qtbot.waitUntil(lambda: len(told.failed) == 2)
    assert all(isinstance(error, UserError) for error in told.failed)
    assert store.submitted == {}
    assert session.view.evaluation_id in store.held  # she is leaving: it is submitted at the next start


def test_what_could_not_be_submitted_is_not_submitted_later_behind_her_back(hold, session, store, told, qtbot, short):
    hold.hold(session)
    qtbot.waitUntil(lambda: bool(told.held))
    store.fail = 1
    qtbot.waitUntil(lambda: len(told.failed) == 1)
    assert store.held == {}
    assert not hold.holds(session.view.evaluation_id)


def test_what_can_neither_be_submitted_nor_let_go_stays_held_and_is_tried_again(
    hold, session, store, told, qtbot, short
):
    script = session.view.evaluation_id
    hold.hold(session)
    qtbot.waitUntil(lambda: bool(told.held))
    store.fail = 2
    qtbot.waitUntil(lambda: len(told.failed) == 1)
    assert script in store.held
    assert hold.holds(script)
    qtbot.waitUntil(lambda: told.submitted == [script])
    assert store.held == {}
    assert not hold.holds(script)


def test_what_cannot_be_taken_back_stays_held_and_is_submitted(hold, session, store, told, qtbot, short):
    hold.hold(session)
    qtbot.waitUntil(lambda: bool(told.held))
    store.fail = 1
    assert hold.take_back(session.view.evaluation_id)
    qtbot.waitUntil(lambda: bool(told.failed))
    assert hold.can_take_back(session.view.evaluation_id)
    qtbot.waitUntil(lambda: bool(told.submitted))
    assert told.released == []
