"""A file of an older version is copied and brought up; one of a newer version is only read."""

from __future__ import annotations

import subprocess
import sys
from collections import namedtuple
from pathlib import Path

import pytest

from mv_desktop.core.ids import id_source
from mv_desktop.domain.operation import OpenEvaluation
from mv_desktop.offline import cipher, layout, opening, upgrade
from mv_desktop.offline.disk import DiskFullError, NewerFileError
from mv_desktop.offline.leaving import leave_what_was_held
from mv_desktop.offline.store import LocalStore
from mv_desktop.offline.sync import Synchroniser
from mv_desktop.offline.upgrade import UpgradeError
from tests.factories.local import assigned, evaluation_id, pulled
from tests.fakes.clock import FakeClock
from tests.offline.test_vault import NOON, TEACHER, opened, remembered

ROOT = Path(__file__).parents[2]
LATEST = len(layout.VERSIONS)
BODY = "body of a change that was never sent"
_OLD = """
INSERT INTO meta VALUES ('note', 'kept');
INSERT INTO stream VALUES ('00000000-0000-0000-0000-000000000001', 2, 1);
INSERT INTO journal (op_id, evaluation_id, assignment_version, kind, payload, inverse, recorded_at, body_sha256, body,
 stream_id, seq) VALUES ('op', 'script', 1, 'mark.set', '{}', '[]', '2026-03-01', '', 'BODY',
 '00000000-0000-0000-0000-000000000001', 1);
"""


def old_file(folder: Path, version: int) -> Path:
    """Turn her file into one as a program of that version left it, with work in it; answers its folder."""
    vault = opened(folder)
    home, key = vault.home, vault._key
    vault.close()
    (home / "work.db").unlink()
    db = cipher.connect(str(home / "work.db"), isolation_level=None)
    opening._give_key(db, key)
    steps = "".join(layout.VERSIONS[:version])
    db.executescript(f"PRAGMA journal_mode = WAL;{steps}{_OLD.replace('BODY', BODY)}PRAGMA user_version = {version};")
    db.close()
    return home


def bodies(vault) -> list[str]:
    with vault.reading() as db:
        return [row["body"] for row in db.execute("SELECT body FROM journal")]


def names(home: Path) -> list[str]:
    return [path.name for path in upgrade.copies(home)]


@pytest.mark.parametrize("version", range(1, LATEST))
def test_a_file_of_every_older_version_is_brought_up_with_all_that_is_in_it(tmp_path, version):
    home = old_file(tmp_path, version)
    before = (home / "work.db").read_bytes()
    vault = opened(tmp_path, verified=False)
    with vault.reading() as db:
        assert layout.stored_version(db) == LATEST
    assert (remembered(vault), bodies(vault), vault.notice) == ("kept", [BODY], "")
    vault.close()
    assert names(home) == [f"work-before-{version}.db"]
    assert (home / f"work-before-{version}.db").read_bytes() == before


def test_the_copy_goes_when_the_file_was_opened_well_again_and_everything_was_answered(tmp_path):
    home = old_file(tmp_path, LATEST - 1)
    first = opened(tmp_path)
    first.confirm()
    first.close()
    assert names(home), "it was not opened again yet"
    second = opened(tmp_path)
    assert names(home), "something may wait in it"
    second.confirm()
    second.close()
    assert not names(home)


def test_a_version_that_fails_leaves_the_file_as_it_was_and_says_so(tmp_path, monkeypatch):
    home = old_file(tmp_path, LATEST - 1)
    before = (home / "work.db").read_bytes()
    broken = (*layout.VERSIONS[:-1], "CREATE TABLE half (a);INSERT INTO nowhere VALUES (1);")
    monkeypatch.setattr(layout, "VERSIONS", broken)
    with pytest.raises(UpgradeError, match="could not be brought up"):
        opened(tmp_path)
    assert (home / "work.db").read_bytes() == before
    assert not list(home.glob("kept-*"))
    monkeypatch.undo()
    vault = opened(tmp_path)
    assert bodies(vault) == [BODY]
    vault.close()


def test_a_disk_without_room_for_the_copy_changes_nothing(tmp_path, monkeypatch):
    home = old_file(tmp_path, LATEST - 1)
    before = (home / "work.db").read_bytes()
    usage = namedtuple("usage", "total used free")
    monkeypatch.setattr(upgrade.shutil, "disk_usage", lambda _: usage(1, 1, 1000))
    with pytest.raises(DiskFullError, match="too full to bring your work up"):
        opened(tmp_path)
    assert ((home / "work.db").read_bytes(), names(home)) == (before, [])


@pytest.mark.parametrize("step", ["before the copy", "after the copy", "in the middle", "never"])
def test_killed_at_any_step_the_work_is_there_at_the_next_start(tmp_path, step):
    home = old_file(tmp_path, LATEST - 1)
    command = [sys.executable, "-m", "tests.offline.upgrade_child", str(tmp_path), str(TEACHER), step]
    done = subprocess.run(command, check=False, capture_output=True, text=True, cwd=ROOT)
    assert done.returncode == (7 if step == "never" else 9), done.stderr
    vault = opened(tmp_path, verified=False)
    with vault.reading() as db:
        assert not db.execute("SELECT 1 FROM sqlite_master WHERE name = 'half'").fetchone()
    assert (bodies(vault), vault.notice) == ([BODY], "")
    vault.close()
    assert names(home) == [f"work-before-{LATEST - 1}.db"]


# -- a newer file ----------------------------------------------------------------------------------------------


@pytest.fixture
def newer(tmp_path):
    """A file with a script in it, as a program of the next version left it."""
    clock = FakeClock(NOON)
    vault = opened(tmp_path)
    store = LocalStore(vault, clock, id_source(clock))
    store.mirror([assigned(pulled())], [pulled()])
    with vault.transaction() as db:
        db.executescript("CREATE TABLE later (a); ALTER TABLE script ADD COLUMN later TEXT;")
        db.execute("BEGIN IMMEDIATE")
        db.execute(f"PRAGMA user_version = {LATEST + 1}")
    vault.close()
    return vault.home


def content(home: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in home.iterdir() if path.is_file()}


@pytest.mark.parametrize("verified", [True, False])
def test_a_file_of_a_newer_version_can_be_read_and_nothing_is_changed(tmp_path, newer, server, verified):
    before, clock = content(newer), FakeClock(NOON)
    vault = opened(tmp_path, verified=verified)
    store = LocalStore(vault, clock, id_source(clock))
    script = evaluation_id()
    assert "newer version" in vault.notice
    assert [row.evaluation_id for row in store.queue(NOON)] == [script]
    view = store.open_script(script)
    assert (view.read_only, "can only be read" in view.read_only_reason) == (True, True)
    with pytest.raises(NewerFileError, match="can only be read"):
        store.record(script, OpenEvaluation())
    store.times.spend(script, 5)
    assert leave_what_was_held(store) == 0
    result = Synchroniser(store, server.connect, clock, server).run()
    assert (result.online, result.code, "can only be read" in result.reason) == (False, "newer_file", True)
    vault.confirm()
    vault.close()
    assert content(newer) == before


def test_what_a_crash_of_the_newer_version_left_beside_its_file_is_read_and_stays(tmp_path, newer):
    crashed = opened(tmp_path)
    crashed.close()
    db = cipher.connect(str(newer / "work.db"), isolation_level=None)
    opening._give_key(db, crashed._key)
    db.execute("INSERT INTO meta VALUES ('note', 'only in the log')")
    left = content(newer)
    db.close()
    for name in ("work.db", "work.db-wal"):
        (newer / name).write_bytes(left[name])
    vault = opened(tmp_path)
    assert remembered(vault) == "only in the log"
    vault.close()
    assert {name: content(newer)[name] for name in ("work.db", "work.db-wal")} == {
        name: left[name] for name in ("work.db", "work.db-wal")
    }
