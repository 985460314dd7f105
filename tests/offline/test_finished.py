"""What the teacher has finished, as her computer lists it: from the server, from here, and without a network."""

from datetime import timedelta

import pytest

from mv_desktop.core.errors import InvalidError, OfflineError
from mv_desktop.domain.evaluation import EvaluationStatus, WorkState, script_code
from mv_desktop.offline import finished
from mv_desktop.offline.finished import FinishedArchive
from mv_desktop.offline.sync import Synchroniser
from tests.factories.local import NOW, evaluation_id, pulled
from tests.fakes.sync_server import FakeSyncServer

COMPLETED = EvaluationStatus.COMPLETED


def done(number, **values):
    """A script that was finished `number` hours ago."""
    return pulled(number, status=COMPLETED, completed_at=NOW - timedelta(hours=number), **values)


@pytest.fixture
def server():
    return FakeSyncServer(*(done(number) for number in range(1, 8)), pulled(50))


@pytest.fixture
def archive(store, server, monkeypatch):
    monkeypatch.setattr(finished, "PIECE", 3)
    return FinishedArchive(store._vault, store, server.connect, server)


def numbers(rows):
    return [row.evaluation_id.int for row in rows]


def code(number):
    return script_code(done(number).exam_instance_id)


def test_the_list_comes_piece_by_piece_the_latest_first(archive):
    assert archive.rows("", 9) == ()
    assert archive.fetch()
    assert numbers(archive.rows("", 9)) == [1, 2, 3]
    assert archive.fetch(more=True)
    assert not archive.fetch(more=True)
    assert numbers(archive.rows("", 9)) == [1, 2, 3, 4, 5, 6, 7]
    assert numbers(archive.rows("", 2)) == [1, 2]
    row = archive.rows("", 1)[0]
    assert (row.state, row.marked, row.written, row.pages, row.pages_here) == (WorkState.COMPLETED, 3, 3, 2, 0)


def test_what_was_listed_stays_without_a_network_and_the_rest_is_said_to_be_out_of_reach(archive, server):
    archive.fetch()
    server.reachable = False
    with pytest.raises(OfflineError):
        archive.fetch(more=True)
    assert numbers(archive.rows("", 9)) == [1, 2, 3]


def test_a_code_is_searched_here_and_on_the_server(archive, server):
    archive.fetch()
    wanted = code(6)
    assert archive.rows(wanted, 9) == ()
    archive.fetch(wanted.lower())
    assert server.searches[-1] == wanted.replace("-", "")
    spelled = [wanted.replace("-", sign) for sign in ("-", "", " ", " - ", "–", "\N{MINUS SIGN}")]
    for typed in (*spelled, wanted.lower().replace("-", " "), f" {wanted[:4]} "):
        assert numbers(archive.rows(typed, 9)) == [6]
        archive.fetch(typed)
        assert server.searches[-1] in {wanted.replace("-", ""), wanted[:4].replace("-", "")}
    assert archive.rows(f"{wanted[3:]} {wanted[:2]}9", 9) == ()
    assert numbers(archive.rows("", 9)) == [1, 2, 3, 6]


def test_words_of_the_paper_are_searched_here_only_and_signs_mean_themselves(archive, server):
    archive.fetch()
    assert len(archive.rows("board XII", 9)) == 3
    asked = len(server.searches)
    assert not archive.fetch("board exam")
    assert len(server.searches) == asked
    assert archive.rows("%", 9) == archive.rows("_", 9) == archive.rows("\\", 9) == ()


def test_a_script_is_brought_here_to_be_read_and_then_opens_offline(archive, store, server):
    archive.fetch()
    with pytest.raises(InvalidError, match="not on this computer"):
        store.open_script(evaluation_id(2))
    archive.bring(evaluation_id(2))
    server.reachable = False
    view = store.open_script(evaluation_id(2))
    assert (view.state, view.read_only, len(view.pages)) == (WorkState.COMPLETED, True, 2)
    assert view.read_only_reason == "It is completed; its marks are final."
    assert numbers(archive.rows("", 9)) == [1, 2, 3]


def test_what_is_not_hers_any_more_cannot_be_brought(archive, server):
    archive.fetch()
    server.move(evaluation_id(2))
    with pytest.raises(InvalidError, match="not on this computer"):
        archive.bring(evaluation_id(2))


def test_what_was_finished_here_is_listed_before_the_server_lists_it(archive, store, server, clock):
    sync = Synchroniser(store, server.connect, clock, server)
    sync.run()
    server.update(evaluation_id(50), status=COMPLETED, version=4)
    sync.run()
    assert numbers(archive.rows("", 9)) == [50]
    archive.fetch()
    assert 50 in numbers(archive.rows("", 9))


def test_what_is_returned_to_be_marked_again_leaves_the_list(archive, server, store, clock):
    archive.fetch()
    server.update(evaluation_id(2), status=EvaluationStatus.ASSIGNED, completed_at=None)
    archive.fetch()
    assert numbers(archive.rows("", 9)) == [1, 3, 4]
    server.update(evaluation_id(3), status=EvaluationStatus.ASSIGNED, completed_at=None)
    Synchroniser(store, server.connect, clock, server).run()
    assert numbers(archive.rows("", 9)) == [1, 4]


def test_what_was_returned_and_completed_again_elsewhere_is_fetched_anew(archive, server, store, clock):
    archive.bring(evaluation_id(2))
    server.update(evaluation_id(2), version=9, completed_at=NOW - timedelta(minutes=1))
    sync = Synchroniser(store, server.connect, clock, server)
    sync.run()
    archive.fetch()
    assert sync.run().pulled == 1
    assert tuple(server.pulls[-1]) == (evaluation_id(2),)
    archive.fetch()
    assert sync.run().pulled == 0


def test_a_search_forgets_nothing_of_the_list(archive):
    archive.fetch()
    archive.fetch(code(7))
    assert numbers(archive.rows("", 9)) == [1, 2, 3, 7]


def test_thousands_are_listed_quickly(archive, store):
    with store._vault.transaction() as db:
        db.executemany(
            "INSERT INTO finished VALUES (?, ?, ?, ?, ?, ?, 24, 0, 'Board exam', 'XII', 'board_exam', 80, 17, 8)",
            [
                (
                    str(evaluation_id(number)),
                    str(evaluation_id(number)),
                    f"AA-{number:03}",
                    *((NOW - timedelta(hours=number)).isoformat(timespec="microseconds"),) * 3,
                )
                for number in range(5000)
            ],
        )
    assert numbers(archive.rows("", 3)) == [0, 1, 2]
    assert numbers(archive.rows("aa-4999", 3)) == [4999]
