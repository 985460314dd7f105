"""Errors, ids, paths and child processes."""

import sys
from datetime import UTC, datetime
from uuid import UUID

import pytest

from mv_desktop.core import paths
from mv_desktop.core.clock import SystemClock
from mv_desktop.core.errors import SetupError, UserError
from mv_desktop.core.ids import id_source, uuid7
from mv_desktop.core.process import own_command
from tests.fakes.clock import FakeClock


def test_an_error_tells_what_happened_what_was_kept_and_what_to_do():
    error = UserError("The disk is full.", kept="Nothing was lost.", remedy="Free some space.")
    assert str(error) == "The disk is full. Nothing was lost. Free some space."
    assert str(UserError("The disk is full.")) == "The disk is full."


def test_uuid7_sorts_by_time_and_keeps_its_version():
    early, late = uuid7(1_000, 2**74 - 1), uuid7(1_001, 0)
    assert early < late
    assert (early.version, early.variant) == (7, "specified in RFC 4122")
    assert early.int >> 80 == 1_000


def test_ids_made_in_one_moment_differ():
    make = id_source(FakeClock(datetime(2026, 1, 19, tzinfo=UTC)))
    assert len({make() for _ in range(1000)}) == 1000
    assert isinstance(make(), UUID)


def test_the_system_clock_is_aware_and_monotonic():
    clock = SystemClock()
    assert clock.now().tzinfo is UTC
    assert clock.monotonic() <= clock.monotonic()


def test_shipped_folders_are_found_from_source():
    assert (paths.shipped("migrations") / "env.py").exists()
    assert paths.resource("reference", "holidays.csv").exists()


def test_a_frozen_program_finds_its_own_folders(tmp_path, monkeypatch):
    (tmp_path / "resources").mkdir()
    monkeypatch.setattr(sys, "_MEIPASS", str(tmp_path), raising=False)
    paths.shipped.cache_clear()
    try:
        assert paths.shipped("resources") == tmp_path / "resources"
    finally:
        paths.shipped.cache_clear()


def test_an_incomplete_installation_says_so():
    with pytest.raises(SetupError, match="incomplete"):
        paths.shipped("no such folder")


def test_folders_can_be_put_elsewhere(tmp_path, monkeypatch):
    monkeypatch.setenv("MV_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.setenv("MV_CONFIG_DIR", str(tmp_path / "config"))
    assert paths.data_dir() == tmp_path / "data"
    assert paths.log_dir() == tmp_path / "data" / "logs"
    assert paths.config_dir() == tmp_path / "config"
    monkeypatch.delenv("MV_DATA_DIR")
    monkeypatch.delenv("MV_CONFIG_DIR")
    assert "mathvidya" in str(paths.data_dir())
    assert "mathvidya" in str(paths.log_dir())
    assert "mathvidya" in str(paths.config_dir())


def test_own_command_runs_this_program_from_source_and_frozen(monkeypatch):
    assert own_command("worker") == [sys.executable, "-m", "mv_desktop", "worker"]
    monkeypatch.setattr(sys, "frozen", True, raising=False)
    assert own_command("worker", "x") == [sys.executable, "worker", "x"]
