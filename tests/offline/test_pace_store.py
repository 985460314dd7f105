"""The time on each script, in the teacher's own file alone."""

import pytest

from mv_desktop.domain.evaluation import EvaluationStatus
from mv_desktop.domain.pace import Pace
from mv_desktop.offline.sync import Synchroniser
from tests.factories.local import NOW, evaluation_id, open_store, pulled
from tests.fakes.clock import FakeClock
from tests.fakes.sync_server import FakeSyncServer

ONE = evaluation_id(1)
COMPLETED = EvaluationStatus.COMPLETED


@pytest.fixture
def server():
    return FakeSyncServer(*(pulled(number) for number in (1, 2, 3, 4, 6)), pulled(5, class_name="X"))


@pytest.fixture
def store(tmp_path, server):
    clock = FakeClock(NOW)
    opened = open_store(tmp_path, clock)
    sync = Synchroniser(opened, server.connect, clock, server)
    sync.run()
    for number in (2, 3, 4, 5):
        server.update(evaluation_id(number), status=COMPLETED, version=1)
    sync.run()
    yield opened
    opened._vault.close()


def test_time_adds_up_and_survives(store):
    assert store.times.pace(ONE) == Pace(0.0, None, 0)
    store.times.spend(ONE, 40.0)
    store.times.spend(ONE, 20.5)
    assert store.times.pace(ONE) == Pace(60.5, None, 0)


def test_the_median_is_of_her_finished_scripts_of_the_same_kind(store):
    for number, seconds in ((2, 100.0), (3, 900.0), (4, 200.0), (5, 5000.0), (6, 7000.0)):
        store.times.spend(evaluation_id(number), seconds)
    assert store.times.pace(ONE) == Pace(0.0, 200.0, 3)
    assert store.times.pace(evaluation_id(3)) == Pace(900.0, 150.0, 2)


def test_a_script_that_is_not_here_counts_for_nothing(store):
    store.times.spend(evaluation_id(99), 10.0)
    assert store.times.pace(evaluation_id(99)) == Pace()


def test_no_time_is_ever_sent(store, server):
    store.times.spend(ONE, 40.0)
    assert store.pending(50).operations == ()
