"""The marking screen saves: nothing that a teacher did is lost, and nothing unsaid."""

from __future__ import annotations

from decimal import Decimal as D

import pytest

from mv_desktop.domain.evaluation import Place, WorkState
from mv_desktop.domain.identifier import MarkKey, PageRef
from mv_desktop.domain.operation import SetMark
from mv_desktop.ui.marking.port import OpenedScript
from mv_desktop.ui.widgets.deadline_text import Urgency
from tests.factories.script import script_view
from tests.fakes import hand

Q2, Q3A, Q3B, Q4 = MarkKey(2), MarkKey(3, "a"), MarkKey(3, "b"), MarkKey(4)


# -- saving -------------------------------------------------------------------------------------------------


def test_saved_is_said_only_when_it_is(marker, store):
    marker.open()
    strip = marker.screen._strip
    assert strip.saved_text == "saved on this computer"
    store.gate.clear()
    hand.press("F")
    assert strip.saved_text == "saving …"
    store.gate.set()
    marker.saved()
    assert strip.saved_text == "saved on this computer"


def test_what_could_not_be_saved_is_taken_back_with_a_sentence(marker, store, qtbot):
    marker.open()
    store.gate.clear()
    store.fail = 1
    hand.press("F")
    hand.hover(marker.screen.view, marker.on(1))
    hand.press("1")
    assert marker.marks(Q2) == 2
    store.gate.set()
    qtbot.waitUntil(lambda: bool(marker.messages.told))
    (error,) = marker.messages.told
    assert str(error).startswith("Your last change was not saved and is taken back. The disk is full.")
    assert marker.marks(Q2) is None
    assert not marker.session.script.ink
    assert store.operations() == []
    hand.press("F")
    marker.saved()
    assert [type(operation) for operation in store.operations()] == [SetMark]


def test_leaving_with_unsaved_work_loses_nothing_and_has_it_sent(marker, store, qtbot):
    first = marker.open()
    recorded = []
    marker.screen.recorded.connect(lambda: recorded.append(len(store.journal)))
    store.gate.clear()
    hand.press("F")
    hand.press("M")
    marker.screen._sheet._field.clear()
    hand.type_text("1")  # not even taken from its field yet
    marker.open(2)
    assert marker.screen.evaluation_id != first.view.evaluation_id
    store.gate.set()
    qtbot.waitUntil(lambda: len(store.journal) == 2)
    qtbot.waitUntil(lambda: bool(recorded))
    given = [operation.given.marks for operation in store.operations(first.view.evaluation_id)]
    assert given == [D(2), D(1)]
    assert store.operations(marker.session.view.evaluation_id) == []


def test_a_save_that_fails_after_leaving_is_told(marker, store, qtbot):
    marker.open()
    store.gate.clear()
    store.fail = 1
    hand.press("F")
    marker.open(2)
    store.gate.set()
    qtbot.waitUntil(lambda: bool(marker.messages.told))
    assert "not saved" in str(marker.messages.told[0])
    assert marker.marks(Q2) is None


def test_where_one_was_is_kept_on_leaving_and_shown_again(marker, store, qtbot):
    session = marker.open()
    marker.screen.view.zoom_in()
    marker.screen.view.go_to_page(PageRef(3))
    marker.screen.leave()
    qtbot.waitUntil(lambda: bool(store.places))
    kept = store.places[session.view.evaluation_id]
    assert kept.page == PageRef(3)
    marker.open(place=kept)
    assert marker.screen.view.current_page == PageRef(3)
    assert marker.screen.view.zoom == pytest.approx(kept.zoom)
    marker.open(place=Place(PageRef(9), 0.5))
    assert marker.screen.view.current_page == PageRef(1)


def test_undo_goes_on_after_reopening(marker, store, qtbot):
    session = marker.open()
    hand.press("F")
    marker.saved()
    marker.screen.leave()
    again = script_view(1, pages=marker.pages)
    again.script.apply(store.operations()[0])
    marker.screen.show_script(OpenedScript(again, store.history(session.view.evaluation_id)), marker.pictures)
    assert marker.marks(Q2) == 2
    hand.press("Ctrl+Z", marker.screen.view)
    assert marker.marks(Q2) is None


# -- typed rubbish ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("key", ["Ctrl+Return", "Ctrl+Right", "Ctrl+R"])
def test_from_a_mark_that_is_none_no_key_leads_away(marker, key):
    marker.open()
    hand.press("M")
    hand.type_text("9")
    hand.press(key)
    assert marker.check is None
    assert marker.asked_next == []
    assert marker.screen._sheet._bubble.isVisible()


# -- read-only ----------------------------------------------------------------------------------------------

CHANGING = ("1", "+", "H", "F", "0", "N", "Del", "Ctrl+Z", "Ctrl+R", "Ctrl+Return")


def test_a_read_only_script_is_looked_at_and_not_changed(marker, store):
    reason = "This script is completed; its marks are final."
    session = marker.open(state=WorkState.COMPLETED, read_only=True, read_only_reason=reason)
    hand.hover(marker.screen.view, marker.on(1))
    for key in CHANGING:
        hand.press(key, marker.screen.view)
    assert marker.check is None
    assert session.script.total == 0
    assert not session.script.ink
    assert not session.rescan_asked(PageRef(1))
    assert store.operations() == []
    assert not marker.screen._submit.isEnabled()
    assert not marker.screen._strip._stamps["tick"].isEnabled()
    assert marker.screen._top._frozen.text() == reason
    assert marker.screen._top._badge.told.urgency is Urgency.DONE
    assert marker.screen._strip.target_text == ""
    assert not marker.screen.actions_by_id["marking.undo"].isEnabled()
    assert {str(error) for error in marker.messages.told} <= {reason}
    assert "asked" not in " ".join(marker.messages.said)
    marker.screen.view.go_to_page(PageRef(1))
    hand.press("J", marker.screen.view)
    assert marker.screen.view.current_page == PageRef(2)
