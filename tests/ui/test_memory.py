"""Memory is flat: a teacher who opens fifty scripts in a row has no more in memory than after ten."""

from __future__ import annotations

import gc
import statistics
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest
from PySide6.QtCore import QEvent, QObject
from PySide6.QtWidgets import QApplication, QGraphicsItem, QGraphicsScene, QWidget
from pytestqt.qtbot import QtBot

from mv_desktop.domain.script import MarkedScript
from mv_desktop.ui.marking.session import MarkingSession, SaveState
from mv_desktop.ui.marking.undo import UndoHistory
from tests.factories.local import NOW
from tests.fakes import hand
from tests.fakes.clock import FakeClock
from tests.ui.test_workspace import ONE, THREE, TWO, School

WARM, IN_A_ROW = 10, 50
LARGEST_GROWTH = 24 << 20
"""Forty scripts that stayed would take ten times as much: one has three megabytes of pictures and a scene."""

_COUNTED = (MarkingSession, MarkedScript, UndoHistory, QGraphicsScene, QGraphicsItem, QWidget, QObject)


@pytest.fixture
def school(qtbot: QtBot, tmp_path: Path) -> Iterator[School]:
    made = School(qtbot, tmp_path, FakeClock(NOW))
    yield made
    made.end()


def living(school: School) -> Counter[str]:
    """How many objects there are of each kind that a script brings along; timers that have ended are swept first."""
    school.tasks._sweep()
    QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)
    gc.collect()
    found: Counter[str] = Counter()
    for thing in gc.get_objects():
        kind = next((kind for kind in _COUNTED if isinstance(thing, kind)), None)
        if kind is not None:
            found[kind.__name__] += 1
    return found


def work_on(school: School, number: int) -> None:
    """Open the next script and do a little of everything on it."""
    school.open((ONE, TWO, THREE)[number % 3])
    screen = school.work.marking
    session = screen.session
    assert session is not None
    view = screen.view
    view.set_stamp("tick")
    hand.click(view, hand.spot(view, 1, 0.2 + 0.1 * (number % 6), 0.3))
    session.full(session.keys[number % len(session.keys)])
    for key in ("J", "K", "Ctrl+=", "W", "Ctrl+A", "Ctrl+D", "Del", "Ctrl+Z", "Ctrl+Shift+Z"):
        hand.press(key, view)
    for name in ("split", "split", "split", "magnifier", "magnifier"):
        screen.actions_by_id[f"marking.{name}"].trigger()
    for key in list(session.script.ink)[:-4]:
        session.delete([key])
    school.until(lambda: session.save_state is SaveState.SAVED and school.work.images.idle)
    school.settled()


def test_after_fifty_scripts_there_is_no_more_than_after_ten(school):
    school.arrived()
    process, after, sizes = psutil.Process(), {}, []
    for number in range(1, IN_A_ROW + 1):
        work_on(school, number)
        if number in {WARM, IN_A_ROW}:
            after[number] = living(school)
        sizes.append(process.memory_info().rss)
    grown = after[IN_A_ROW] - after[WARM]
    assert "MarkingSession" not in grown  # another test's may be here as well, and go in the meantime
    assert sum(grown.values()) <= 20, grown  # a mark more or less on the page; never forty of anything
    assert statistics.median(sizes[-5:]) - statistics.median(sizes[WARM - 5 : WARM]) < LARGEST_GROWTH


def test_the_count_sees_what_stays(school):
    school.arrived()
    kept = []
    before = living(school)
    for number in range(1, 4):
        work_on(school, number)
        kept.append(school.work.marking.session.script)
    assert living(school)["MarkedScript"] - before["MarkedScript"] >= 3
