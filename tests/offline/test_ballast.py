"""Room kept on the disk: made only where there is plenty of it, and really there."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest

from mv_desktop.offline.ballast import BALLAST_BYTES, Ballast
from mv_desktop.offline.store import LocalStore
from tests.factories.local import open_store

SIZE = 1 << 20


@pytest.mark.parametrize("by_system", [True, False])
def test_it_takes_all_its_blocks_and_only_she_may_read_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, by_system: bool
) -> None:
    if not by_system:
        monkeypatch.delattr(os, "posix_fallocate", raising=False)
    assert Ballast(tmp_path, SIZE, 0).keep()
    (file,) = tmp_path.iterdir()
    there = file.stat()
    assert there.st_size == SIZE
    if os.name == "posix":
        assert there.st_blocks * 512 >= SIZE
        assert stat.S_IMODE(there.st_mode) == 0o600


def test_it_is_not_made_where_the_disk_is_short_and_made_again_when_there_is_room(tmp_path: Path) -> None:
    assert not Ballast(tmp_path, SIZE, room=1 << 60).keep()
    assert list(tmp_path.iterdir()) == []
    ballast = Ballast(tmp_path, SIZE, 0)
    assert ballast.keep()
    assert (ballast.drop(), ballast.here, ballast.drop()) == (True, False, False)
    assert ballast.keep()


def test_one_that_is_there_stays_however_short_the_disk_is(tmp_path: Path) -> None:
    Ballast(tmp_path, SIZE, 0).keep()
    assert Ballast(tmp_path, SIZE, room=1 << 60).keep()


def test_what_a_killed_program_began_is_begun_anew(tmp_path: Path) -> None:
    (tmp_path / "ballast.tmp").write_bytes(b"begun")
    assert Ballast(tmp_path, SIZE, 0).keep()
    assert [file.name for file in tmp_path.iterdir()] == ["ballast"]


def test_where_it_cannot_be_made_nothing_is_left_behind(tmp_path: Path) -> None:
    (tmp_path / "ballast").symlink_to(tmp_path / "nowhere" / "else")
    (tmp_path / "ballast.tmp").mkdir()
    assert not Ballast(tmp_path, SIZE, 0).keep()


def test_an_open_file_keeps_it_and_a_closed_one_does_not(tmp_path: Path, store: LocalStore) -> None:
    vault = store._vault
    assert not vault.ballast.here
    vault.ballast = Ballast(vault.home, SIZE, 0)
    vault.keep_ballast()
    assert vault.ballast.drop()
    vault.close()
    vault.keep_ballast()
    assert not vault.ballast.here
    assert BALLAST_BYTES == 32 << 20
    open_store(tmp_path)._vault.close()
