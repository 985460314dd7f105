"""What can be told of people's files without a password: whose there are, and whether work may wait."""

from __future__ import annotations

from uuid import UUID

from mv_desktop.domain.identifier import UserId
from mv_desktop.domain.operation import OpenEvaluation
from mv_desktop.offline.home import find_home, home_of, known_logins, mark_all_sent, people_with_work, unmark
from tests.factories.local import TEACHER, pulled
from tests.fakes.clock import FakeClock
from tests.fakes.desk import fake_desk
from tests.fakes.sync_server import FakeSyncServer


def test_who_has_worked_here_is_known_by_login_only(tmp_path):
    assert known_logins(tmp_path, "School") == frozenset()
    for number, login in ((1, "mv_one"), (2, "mv_two"), (3, "")):
        home = home_of(tmp_path, "School", UserId(UUID(int=number)))
        home.mkdir(parents=True)
        if login:
            (home / "login").write_text(login)
    (home_of(tmp_path, "School", UserId(UUID(int=1))).parent / "rubbish").write_text("")
    assert known_logins(tmp_path, "School") == {"mv_one", "mv_two"}
    assert known_logins(tmp_path, "school") == frozenset()
    assert find_home(tmp_path, "School", "mv_two") == UserId(UUID(int=2))
    assert find_home(tmp_path, "School", "mv_three") is None


def test_work_may_wait_until_the_file_is_closed_with_everything_sent(tmp_path):
    desk = fake_desk(tmp_path, FakeSyncServer(pulled(1)), FakeClock())
    desk.sync.run()
    assert people_with_work(tmp_path, "School") == 1
    desk.close()
    assert people_with_work(tmp_path, "School") == 0
    home = home_of(tmp_path, "School", TEACHER)
    unmark(home)
    unmark(home)
    assert people_with_work(tmp_path, "School") == 1
    mark_all_sent(home)
    mark_all_sent(home / "nowhere")
    assert people_with_work(tmp_path, "School") == 0


def test_what_waits_when_the_file_is_closed_is_told(tmp_path):
    desk = fake_desk(tmp_path, FakeSyncServer(pulled(1)), FakeClock())
    desk.sync.run()
    desk.store.record(desk.store.queue(FakeClock().now())[0].evaluation_id, OpenEvaluation())
    desk.close()
    assert people_with_work(tmp_path, "School") == 1
    desk.close()
    assert people_with_work(tmp_path, "School") == 1
