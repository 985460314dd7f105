"""What she was told, in her own file: kept, read without a network, and told to the server later."""

from dataclasses import replace
from datetime import timedelta

import pytest

from mv_desktop.core.errors import RefusedError
from mv_desktop.offline.notice_store import MOST, Taken
from mv_desktop.offline.sync import Synchroniser
from tests.factories.local import NOW, open_store
from tests.fakes.clock import FakeClock
from tests.fakes.sync_server import FakeSyncServer


class Hers:
    """Her file and the server's notices."""

    def __init__(self, folder):
        self.folder, self.clock = folder, FakeClock(NOW)
        self.server = FakeSyncServer()
        self.server.person = {"schema_version": "017"}
        self.open()

    def open(self):
        self.store = open_store(self.folder, self.clock)
        self.sync = Synchroniser(self.store, self.server.connect, self.clock, self.server)

    def run(self):
        return self.sync.run().notices

    def texts(self):
        return [notice.data.script for notice in self.store.notices.notices().notices]


@pytest.fixture
def hers(tmp_path):
    made = Hers(tmp_path)
    yield made
    made.store._vault.close()


def test_what_is_told_is_kept_and_only_what_is_new_is_told_again(hers):
    hers.server.tell()
    first = hers.run()
    assert first.different
    assert first.fresh == (), "at the first contact it is listed, and not told as news"
    assert hers.server.listened, "and woken by what comes next"
    new, read = hers.server.tell("script.at_risk", expected_at=NOW), hers.server.tell(read=True)
    later = hers.run()
    assert later.fresh == (new,)
    assert later.different
    assert hers.run() == type(later)()
    hers.store._vault.close()
    hers.open()
    kept = hers.store.notices.notices()
    assert kept.notices[:2] == (read, new)
    assert (hers.texts(), kept.unread) == (["VX-3", "VX-2", "VX-1"], 2)


def test_a_number_that_has_grown_is_news_again_whether_or_not_she_had_read_it(hers):
    many = hers.server.tell("sla.breached_many", count=12)
    hers.server.tell()
    hers.run()
    assert hers.store.notices.read(None)
    hers.run()
    grown = replace(many, data=many.data.model_copy(update={"count": 15}), created_at=NOW + timedelta(minutes=9))
    hers.server.notices = [hers.server.notices[1], grown]
    assert hers.run().fresh == (grown,)
    assert hers.store.notices.notices().notices[0] == grown
    assert hers.store.notices.notices().unread == 1
    assert hers.run() == Taken()


def test_what_she_reads_without_a_network_is_sent_with_it_and_stays_read(hers):
    told = [hers.server.tell() for _ in range(3)]
    hers.run()
    hers.server.reachable = False
    assert hers.store.notices.read([told[1].notice_id])
    assert not hers.store.notices.read([told[1].notice_id]), "once"
    assert hers.store.notices.notices().unread == 2
    assert not hers.sync.run().online
    hers.store._vault.close()
    hers.open()
    hers.server.reachable = True
    hers.run()
    assert hers.server.read_here == [told[1].notice_id]
    assert hers.store.notices.to_send() == ()
    # what another computer of hers has read is read here
    hers.server.read_notices(None, [told[0].notice_id])
    assert hers.run().different
    assert hers.store.notices.notices().unread == 1
    assert hers.store.notices.read(None)
    assert hers.store.notices.notices().unread == 0
    hers.run()
    assert set(hers.server.read_here) == {one.notice_id for one in told}


def test_after_a_long_time_all_that_came_is_fetched_and_the_oldest_is_let_go(hers):
    hers.server.tell()
    hers.run()
    for _ in range(MOST + 30):
        hers.server.tell()
    taken = hers.run()
    assert len(taken.fresh) == MOST
    assert len(hers.texts()) == MOST
    assert hers.texts()[0] == f"VX-{MOST + 31}"


def test_marking_goes_on_whatever_becomes_of_notices(hers):
    hers.server.tell()
    hers.server.notices_missing = RefusedError("The server has no notices today.")
    result = hers.sync.run()
    assert result.online
    assert not result.code
    assert not result.notices.different
    hers.server.notices_missing = None
    hers.server.person = {"schema_version": "016"}
    assert not hers.sync.run().notices.different, "an older server is not asked"
    hers.server.person = {"schema_version": "017"}
    assert hers.run().different


def test_she_is_written_to_in_the_language_of_the_program(hers):
    hers.run()
    assert hers.server.notice_language == "en", "nobody has said another"
    hers.store.notices.language = "hi"
    hers.run()
    assert hers.server.notice_language == "hi"
