"""What the tests of the marking screen share."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from pytestqt.qtbot import QtBot

from mv_desktop.core.ids import IdSource, id_source
from mv_desktop.ui.tasks import Tasks
from tests.fakes.clock import FakeClock
from tests.fakes.script_store import FakeScriptStore


@pytest.fixture
def tasks(qtbot: QtBot) -> Iterator[Tasks]:
    runner = Tasks()
    yield runner
    runner.shutdown()


@pytest.fixture
def store() -> FakeScriptStore:
    return FakeScriptStore()


@pytest.fixture
def ids(clock: FakeClock) -> IdSource:
    return id_source(clock)
