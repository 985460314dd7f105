"""Reading again what was finished, also on another computer."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import timedelta

from mv_desktop.domain.evaluation import EvaluationStatus, WorkState
from mv_desktop.ui.widgets.toast import Toast
from tests.factories.local import NOW, evaluation_id, pulled
from tests.fakes import hand
from tests.fakes.sync_server import FakeSyncServer
from tests.ui.test_workspace import ONE, School, school

__all__ = ["school"]

OLD = evaluation_id(40)


def with_an_old_one(school: School) -> None:
    """A school in which she finished a script elsewhere, last week."""
    week = timedelta(days=7)
    school.server = FakeSyncServer(
        pulled(1), pulled(40, status=EvaluationStatus.COMPLETED, completed_at=NOW - week, title="Unit practice")
    )
    school.sign_in()
    school.until(lambda: [row.evaluation_id for row in school.work.queue.rows] == [ONE])
    school.settled()


def look(school: School) -> None:
    hand.press("Ctrl+D", school.work.queue)
    school.until(lambda: [row.evaluation_id for row in school.work.queue._model.rows] == [OLD])


def test_a_script_finished_elsewhere_is_listed_opened_and_read_again(school):
    with_an_old_one(school)
    look(school)
    hand.press("Return", school.work.queue._table)
    school.until(lambda: school.work.marking.evaluation_id == OLD)
    session = school.work.marking.session
    assert session.read_only
    assert session.view.state is WorkState.COMPLETED
    school.until(lambda: all(page.here for page in session.view.pages))
    hand.press("Escape", school.work.marking.view)
    school.until(lambda: school.window.place == "queue")
    school.server.reachable = False
    school.open(OLD)
    assert all(page.here for page in school.work.marking.session.view.pages)


def hold_up_fetching(school: School) -> Callable[[], None]:
    """What is asked for on the lane "finished" waits until the answer is called."""
    gate = threading.Event()
    school.tasks.run("finished", lambda: gate.wait(10), lambda _: None)
    return gate.set


def test_a_script_that_comes_late_does_not_take_her_away_from_another(school):
    with_an_old_one(school)
    look(school)
    school.settled()
    let_go = hold_up_fetching(school)
    hand.press("Return", school.work.queue._table)
    school.until(lambda: any("is being fetched" in text for text in school.said()))
    school.open(ONE)
    let_go()
    school.settled()
    assert school.work.marking.evaluation_id == ONE
    assert school.window.place == "marking"


def test_a_script_that_was_asked_for_twice_is_fetched_once(school):
    with_an_old_one(school)
    look(school)
    school.settled()
    let_go = hold_up_fetching(school)
    asked = len(school.server.pulls)
    for _ in range(3):
        hand.press("Return", school.work.queue._table)
    school.until(lambda: any("is being fetched" in text for text in school.said()))
    let_go()
    school.until(lambda: school.work.marking.evaluation_id == OLD)
    school.settled()
    assert len(school.server.pulls) == asked + 1


def test_without_a_network_that_is_said_and_the_list_stays(school):
    with_an_old_one(school)
    look(school)
    school.server.reachable = False
    hand.press("Return", school.work.queue._table)
    school.until(lambda: bool(school.errors))
    assert "does not answer" in str(school.errors.pop())
    assert school.window.place == "queue"
    assert not any(isinstance(toast, Toast) and "submitted" in toast.text for toast in school.window.messages.toasts)


def test_what_was_submitted_here_is_among_them_once_the_server_has_it(school):
    with_an_old_one(school)
    look(school)
    school.open(ONE)
    school.mark_all()
    submission = school.work.marking.session.submission()
    school.settled()
    school.desk.store.leave(ONE, submission)
    hand.press("Escape", school.work.marking.view)
    school.work.driver.now()
    school.until(lambda: [row.evaluation_id for row in school.work.queue._model.rows] == [ONE, OLD])
    school.until(lambda: school.work.queue._model.rows[0].state is WorkState.COMPLETED)
