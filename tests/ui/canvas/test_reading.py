"""What was read of a page, by seconds and by share."""

from __future__ import annotations

from pytestqt.qtbot import QtBot

from mv_desktop.domain.identifier import PageRef
from mv_desktop.domain.script import Seen
from mv_desktop.ui.canvas.reading import ReadingMeter
from tests.ui.canvas.conftest import Desk


def test_the_meter_goes_on_from_what_is_known_and_tells_only_changes() -> None:
    meter = ReadingMeter({PageRef(1): Seen(10, 0.9), PageRef(2): Seen(5, 1.0)})
    meter.add([(PageRef(1), 0.5)], 1)
    meter.add([(PageRef(1), 0.6), (PageRef(3), 0.1)], 2)
    assert meter.take() == {PageRef(1): Seen(13, 0.9), PageRef(3): Seen(2, 0.1)}
    assert meter.take() == {}


def test_what_is_shown_at_a_readable_size_is_told(desk: Desk, qtbot: QtBot) -> None:
    told: list[tuple[PageRef, float, float]] = []
    desk.view.seen.connect(lambda page, seconds, share: told.append((page, seconds, share)))
    desk.view.activateWindow()
    qtbot.waitActive(desk.view)
    for _ in range(3):
        desk.view._sampling.now()
    desk.view.flush_seen()
    ((page, seconds, share),) = told
    assert (page, seconds) == (PageRef(1), 3.0)
    assert 0.3 < share < 1


def test_what_is_too_small_to_read_does_not_count(desk: Desk, qtbot: QtBot) -> None:
    desk.view.zoom_by(0.01)
    with qtbot.assertNotEmitted(desk.view.seen):
        desk.view._sampling.now()
        desk.view.flush_seen()


def test_what_was_read_is_told_before_the_script_is_closed(desk: Desk, qtbot: QtBot) -> None:
    desk.view.activateWindow()
    desk.view._sampling.now()
    with qtbot.waitSignal(desk.view.seen):
        desk.view.close_script()
