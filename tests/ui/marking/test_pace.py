"""The time on a script in the bar above the pages."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from mv_desktop.domain.evaluation import WorkState
from mv_desktop.domain.identifier import PageRef
from mv_desktop.domain.pace import Pace
from mv_desktop.domain.script import Seen
from mv_desktop.ui.marking.flow.pace_meter import duration_text
from mv_desktop.ui.marking.port import OpenedScript
from tests.factories.script import script_view
from tests.fakes import hand
from tests.fakes.picture_source import small_script


def shown(marker) -> str:
    label = marker.screen._top._pace
    return label.text() if label.isVisible() else ""


def later(marker, seconds: float) -> None:
    """So much time goes by, and the bar looks at the clock."""
    marker.clock.advance(seconds)
    marker.screen._pace._tell()


def key(marker) -> None:
    """A key goes to the window, as from a keyboard."""
    QTest.keyClick(marker.screen.window().windowHandle(), Qt.Key.Key_Shift)


def test_time_is_counted_while_there_are_signs_of_work(marker):
    marker.open()
    assert shown(marker) == "under 1 min"
    for _ in range(3):
        later(marker, 90)
        key(marker)
    later(marker, 0)
    assert shown(marker) == "4 min"
    assert "Only you see this" in marker.screen._top._pace.toolTip()


def test_a_pause_of_more_than_two_minutes_does_not_count(marker):
    marker.open()
    later(marker, 100)
    key(marker)
    later(marker, 119)
    assert shown(marker) == "3 min"
    later(marker, 600)
    assert shown(marker) == "1 min"
    key(marker)
    later(marker, 20)
    assert shown(marker) == "2 min"


def test_a_change_of_the_script_is_a_sign_of_work_wherever_it_was_made(marker):
    session = marker.open()
    later(marker, 100)
    session.full(session.keys[0])
    later(marker, 100)
    assert shown(marker) == "3 min"


def test_work_in_the_mark_sheets_own_window_is_work(marker):
    marker.open()
    hand.press("Ctrl+Shift+M", marker.screen.view)
    window = marker.screen._sheet_window
    later(marker, 100)
    QTest.keyClick(window.windowHandle(), Qt.Key.Key_Shift)
    later(marker, 100)
    assert shown(marker) == "3 min"


def test_what_was_spent_is_kept_when_the_script_is_left_and_added_to_what_was_before(marker, store, qtbot):
    pages, pictures = small_script(2)
    marker.screen.show_script(OpenedScript(script_view(pages=pages), pace=Pace(600.0, 1100.0, 7)), pictures)
    assert shown(marker) == "10 min · usually 18 min"
    assert "Half of your 7 finished scripts of this kind took less than 18 min." in marker.screen._top._pace.toolTip()
    later(marker, 65)
    assert shown(marker) == "11 min · usually 18 min"
    evaluation_id = marker.session.view.evaluation_id
    marker.screen.leave()
    qtbot.waitUntil(lambda: store.spent == {evaluation_id: pytest.approx(65)})
    assert shown(marker) == ""


def test_it_can_be_hidden_and_counts_all_the_same(marker):
    marker.open()
    marker.screen.show_pace(shown=False)
    later(marker, 70)
    assert shown(marker) == ""
    marker.screen.show_pace(shown=True)
    assert shown(marker) == "1 min"


def test_of_a_finished_script_what_it_took_is_told_and_nothing_is_counted(marker, store, qtbot):
    pages, pictures = small_script(1)
    view = script_view(pages=pages, state=WorkState.COMPLETED, read_only=True, read_only_reason="It is completed.")
    marker.screen.show_script(OpenedScript(view, pace=Pace(3_900.0)), pictures)
    assert shown(marker) == "1 h 5 min"
    later(marker, 100)
    assert shown(marker) == "1 h 5 min"
    marker.screen.leave()
    qtbot.waitUntil(lambda: not marker.tasks.busy)
    assert store.spent == {}


def test_a_disk_that_refuses_a_few_seconds_says_nothing(marker, store, qtbot):
    marker.open()
    marker.saved()
    later(marker, 30)
    store.fail = 1
    marker.screen._pace._keep()
    qtbot.waitUntil(lambda: not marker.tasks.busy)
    assert marker.messages.told == []


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(0, "under 1 min"), (59.9, "under 1 min"), (60, "1 min"), (3599, "59 min"), (3600, "1 h 0 min")],
)
def test_a_duration_in_words(seconds, text):
    assert duration_text(seconds) == text


# -- what was read -------------------------------------------------------------------------------------------


def read(marker) -> float:
    """For how many seconds page 1 was read, when the next second is counted."""
    marker.screen.view._sampling.now()
    marker.screen.view.flush_seen()
    return marker.session.script.seen.get(PageRef(1), Seen()).seconds


def test_a_page_before_which_nobody_sits_is_not_read(marker):
    marker.open()
    marker.qtbot.waitUntil(lambda: bool(marker.screen.view.shown_parts()))
    assert read(marker) == 1
    marker.clock.advance(119)
    assert read(marker) == 2
    marker.clock.advance(2)
    assert read(marker) == 2
    key(marker)
    assert read(marker) == 3


def test_what_is_told_of_reading_is_no_sign_of_work(marker):
    marker.open()
    marker.qtbot.waitUntil(lambda: bool(marker.screen.view.shown_parts()))
    marker.clock.advance(100)
    assert read(marker) == 1
    later(marker, 100)
    assert shown(marker) == "under 1 min"


def test_the_next_script_is_read_from_its_first_second(marker):
    marker.open()
    marker.clock.advance(1000)
    marker.open(2)
    marker.qtbot.waitUntil(lambda: bool(marker.screen.view.shown_parts()))
    assert read(marker) == 1
