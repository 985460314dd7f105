"""What is imported ahead of time, and when it had better wait."""

from __future__ import annotations

import pytest
from PySide6.QtTest import QTest

from mv_desktop.ui.shell import ahead
from mv_desktop.ui.shell.ahead import Ahead


@pytest.fixture
def imported() -> list[str]:
    return []


@pytest.fixture
def importing(tasks, imported, monkeypatch) -> Ahead:
    monkeypatch.setattr(ahead, "_SERVER_SECONDS", 0.05)
    monkeypatch.setattr(ahead, "_PAINT_SECONDS", 0.0)
    return Ahead(tasks, lambda: imported.append("own"), lambda: imported.append("server"), tasks)


def test_what_speaks_to_the_server_is_imported_while_she_types_her_password(qtbot, importing, imported):
    importing.begin()
    qtbot.waitUntil(lambda: imported == ["own", "server"])
    importing.hold()
    importing.release()
    QTest.qWait(100)
    assert imported == ["own", "server"], "once"


def test_it_waits_while_she_waits_for_her_queue(qtbot, importing, imported):
    importing.begin()
    importing.hold()
    QTest.qWait(150)
    assert imported == ["own"]
    importing.release()
    qtbot.waitUntil(lambda: imported == ["own", "server"])


def test_what_cannot_be_imported_is_told_by_whoever_needs_it(qtbot, tasks):
    told: list[Exception] = []
    tasks.error.connect(told.append)

    def missing() -> None:
        raise ImportError("no such module")

    Ahead(tasks, missing, missing, tasks).begin()
    qtbot.waitUntil(lambda: not tasks.busy)
    assert told == []
