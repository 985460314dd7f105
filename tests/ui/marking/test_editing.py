"""Copying, pasting and undoing on the marking screen, and what is kept of it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from decimal import Decimal as D
from itertools import pairwise
from uuid import UUID

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QGuiApplication

from mv_desktop.core.errors import InvalidError
from mv_desktop.domain.annotation.clipping import MIME_TYPE
from mv_desktop.domain.annotation.shape import PenStroke, Placed, TextNote
from mv_desktop.domain.identifier import MarkKey, PageRef
from mv_desktop.ui.marking.port import OpenedScript
from mv_desktop.ui.marking.sheet.mark_field import CommentField, MarkField
from tests.factories.script import script_view
from tests.fakes import hand
from tests.ui.marking.conftest import Marker


@pytest.fixture
def inked(marker: Marker) -> Iterator[Marker]:
    """A tick on page 1, selected."""
    session = marker.open()
    stamp = session.place_stamp("tick", PageRef(1), 0.3, 0.2)
    marker.screen.view.select([stamp.annotation_id])
    marker.screen.view.setFocus()
    yield marker
    QGuiApplication.clipboard().clear()


def ink(marker: Marker) -> list[Placed]:
    return list(marker.session.script.ink.values())


def reopen(marker: Marker) -> None:
    """Close the script, and open what was kept of it."""
    view = marker.session.view
    again = script_view(1, pages=view.pages)
    for operation in marker.store.operations(view.evaluation_id):
        again.script.apply(operation)
    marker.screen.show_script(OpenedScript(again, marker.store.history(view.evaluation_id)), marker.pictures)
    marker.screen.view.setFocus()


def press(marker: Marker, key: str) -> None:
    hand.press(key, marker.screen.view)


def test_a_pasted_tick_counts_where_it_is_pasted_and_can_be_undone(inked: Marker) -> None:
    first = ink(inked)[0].annotation
    assert first.mark_key is not None
    press(inked, "Ctrl+C")
    hand.hover(inked.screen.view, inked.on(2))
    press(inked, "Ctrl+V")
    pasted = ink(inked)[1]
    assert pasted.page == PageRef(2)
    key = inked.session.stamp_key(PageRef(2))
    assert key is not None
    assert pasted.annotation.mark_key == key != first.mark_key
    assert inked.marks(key) == 1
    press(inked, "Ctrl+Z")
    assert len(ink(inked)) == 1
    assert inked.marks(key) is None
    press(inked, "Ctrl+Shift+Z")
    assert inked.marks(key) == 1


def test_a_stamp_for_the_wrong_question_is_found_and_counts_for_another_in_one_step(inked: Marker) -> None:
    session, view, strip = inked.session, inked.screen.view, inked.screen.strip
    assert strip.target_text == "1 selected → Q2 · +1"
    press(inked, "Esc")
    wrong = session.place_stamp("tick", PageRef(3), 0.4, 0.3)
    other = session.place_stamp("half", PageRef(1), 0.6, 0.3)
    assert wrong.mark_key == MarkKey(4)
    view.select([wrong.annotation_id, other.annotation_id])
    assert strip.target_text == "2 selected → Q2, 4 · +1½"
    session.set_current(MarkKey(3, "b"))
    press(inked, "Shift+Q")
    assert strip.target_text == "2 selected → Q3 (b) · +1½"
    assert (inked.marks(MarkKey(3, "b")), inked.marks(MarkKey(4)), inked.marks(MarkKey(2))) == (D("1.5"), None, 1)
    assert len(view.selected) == 2
    view.go_to_page(PageRef(2))
    session.set_current(MarkKey(3, "b"))
    press(inked, "Esc")
    press(inked, "Ctrl+Shift+A")
    assert set(view.selected) == {wrong.annotation_id, other.annotation_id}
    assert view.current_page != PageRef(2)
    press(inked, "Ctrl+Z")
    assert (inked.marks(MarkKey(3, "b")), inked.marks(MarkKey(4)), inked.marks(MarkKey(2))) == (None, 1, D("1.5"))


def test_without_ink_or_a_selection_it_is_told(inked: Marker) -> None:
    inked.session.set_current(MarkKey(4))
    press(inked, "Ctrl+Shift+A")
    press(inked, "Esc")
    press(inked, "Shift+Q")
    assert inked.messages.said == [
        "There is no ink for this question.",
        "Nothing on the page is selected that could count for this question.",
    ]


def test_cut_and_duplicate_by_their_keys(inked: Marker) -> None:
    press(inked, "Ctrl+D")
    assert len(ink(inked)) == 2
    press(inked, "Ctrl+A")
    press(inked, "Ctrl+X")
    assert ink(inked) == []
    press(inked, "Ctrl+V")
    assert len(ink(inked)) == 2


def test_in_the_fields_these_keys_are_the_fields_own(inked: Marker) -> None:
    before = ink(inked)
    screen = inked.screen
    for field_type, opening in ((MarkField, "marking.mark_field"), (CommentField, "marking.comment")):
        screen.actions_by_id[opening].trigger()
        field = screen.findChild(field_type)
        assert field is not None
        inked.qtbot.waitUntil(field.hasFocus)
        QGuiApplication.clipboard().setText("1")
        hand.press("Ctrl+V", field)
        hand.press("Ctrl+A", field)
        hand.press("Ctrl+X", field)
        assert QGuiApplication.clipboard().text() == "1"
        hand.press("Esc", field)
    assert ink(inked) == before


def test_what_cannot_be_pasted_is_told(inked: Marker) -> None:
    QGuiApplication.clipboard().clear()
    press(inked, "Ctrl+V")
    assert any("nothing on the clipboard" in str(error) for error in inked.messages.told)


def test_on_a_script_that_is_only_read_pasting_says_why_it_does_nothing(inked: Marker) -> None:
    press(inked, "Ctrl+C")
    inked.session.freeze("This script was submitted.")
    press(inked, "Ctrl+V")
    press(inked, "Ctrl+D")
    assert len(ink(inked)) == 1
    assert any("This script was submitted." in str(error) for error in inked.messages.told)


def test_more_than_the_server_takes_in_one_go_is_refused_and_stays(inked: Marker) -> None:
    session = inked.session
    stroke = PenStroke(id=UUID(int=5), points=((0.1, 0.1, 0.5),) * 9000)
    placed = [Placed(PageRef(1), stroke.model_copy(update={"id": UUID(int=5 + number)})) for number in range(2)]
    for each in placed:
        session.put([each])
    with pytest.raises(InvalidError, match="too much ink"):
        session.put([replace_color(each) for each in placed])
    assert [session.script.ink[each.annotation.annotation_id] for each in placed] == placed


def replace_color(placed: Placed) -> Placed:
    return placed._replace(annotation=placed.annotation.model_copy(update={"color": "#00ff00"}))


def words(ink: Iterable[Placed]) -> list[str]:
    """What is written on the pages."""
    return [placed.annotation.text for placed in ink if isinstance(placed.annotation, TextNote)]


def write(marker: Marker, words: str) -> None:
    """Take the pen for words, click on page 1 and type."""
    view = marker.screen.view
    press(marker, "T")
    hand.click(view, marker.on(1, 0.2, 0.4))
    assert view.notes.editor is not None
    marker.qtbot.waitUntil(view.notes.editor.hasFocus)
    hand.type_text(words)


def test_what_is_typed_on_the_page_gives_no_command_and_is_one_step(inked: Marker) -> None:
    before = ink(inked)
    write(inked, "1 V F, see $x$?")
    hand.press("Ctrl+Return")
    assert inked.check is None, "it was taken, and nothing submitted"
    stamp, note = ink(inked)
    assert stamp == before[0]
    assert isinstance(note.annotation, TextNote)
    assert note.annotation.text == "1 V F, see $x$?"
    assert note.annotation.mark_key == inked.session.stamp_key(PageRef(1))
    assert inked.screen.view.hasFocus()
    press(inked, "Ctrl+Z")
    assert ink(inked) == before
    press(inked, "Ctrl+Y")
    assert ink(inked) == [stamp, note]


def test_what_is_being_typed_is_saved_when_the_script_is_left(inked: Marker) -> None:
    script = inked.session.script
    write(inked, "Not lost")
    inked.screen.leave()
    assert [note.annotation.text for note in script.ink.values() if isinstance(note.annotation, TextNote)] == [
        "Not lost"
    ]


def test_what_is_being_typed_is_kept_when_the_script_becomes_read_only(inked: Marker) -> None:
    write(inked, "Not lost")
    inked.screen.view.set_read_only(True)
    assert words(ink(inked)) == ["Not lost"]


def test_escape_goes_from_words_to_the_page_to_the_queue(inked: Marker) -> None:
    write(inked, "Kept")
    hand.press("Esc")
    assert inked.asked_back == []
    assert len(ink(inked)) == 2
    press(inked, "Shift+R")
    press(inked, "Esc")
    assert inked.asked_back == []
    assert inked.screen.view.aids.names == frozenset()
    press(inked, "Esc")
    assert inked.asked_back == [True]


def test_every_gesture_is_one_step_and_the_steps_are_there_after_reopening(inked: Marker) -> None:
    session, view = inked.session, inked.screen.view
    key = session.stamp_key(PageRef(1))
    assert key is not None
    states = [dict(session.script.ink)]

    def step(act: str) -> None:
        press(inked, act)
        states.append(dict(session.script.ink))

    step("Ctrl+D")
    press(inked, "Ctrl+A")
    for act in ("Right", "Ctrl+Shift+Right", "Ctrl+D", "Ctrl+X", "Ctrl+V"):
        step(act)
    view.select_all()
    view.next_ink_color()
    states.append(dict(session.script.ink))
    inked.saved()
    assert all(before != after for before, after in pairwise(states)), "each changed something"
    reopen(inked)
    for state in reversed(states[:-1]):
        press(inked, "Ctrl+Z")
        assert dict(inked.session.script.ink) == state
    inked.saved()
    reopen(inked)
    for state in states[1:]:
        press(inked, "Ctrl+Y")
        assert dict(inked.session.script.ink) == state


def test_new_and_changed_ink_of_one_gesture_is_one_step_also_after_reopening(inked: Marker) -> None:
    (old,) = ink(inked)
    changed = replace_color(old)
    new = Placed(PageRef(2), PenStroke(id=UUID(int=9), points=((0.1, 0.1, 0.5), (0.2, 0.2, 0.5))))
    inked.session.put([changed, new])
    for again in (False, True, True):
        if again:
            inked.saved()
            reopen(inked)
        press(inked, "Ctrl+Z")
        assert ink(inked) == [old]
        press(inked, "Ctrl+Y")
        assert dict(inked.session.script.ink) == {item.annotation.annotation_id: item for item in (changed, new)}


def test_words_that_are_selected_in_a_question_are_what_is_copied(inked: Marker) -> None:
    panel = inked.screen._sheet._panel
    inked.qtbot.waitUntil(lambda: panel.complete)
    for place, words in ((panel._title, "Question"), (panel._text.viewport(), panel._text.text.split()[0])):
        inked.qtbot.mouseDClick(place, Qt.MouseButton.LeftButton, pos=QPoint(6, 6))
        hand.press("Ctrl+C")
        assert QGuiApplication.clipboard().text() == words
        assert not QGuiApplication.clipboard().mimeData().hasFormat(MIME_TYPE)
        QGuiApplication.clipboard().clear()
    inked.screen.view.setFocus()
    hand.press("Ctrl+C")
    assert QGuiApplication.clipboard().mimeData().hasFormat(MIME_TYPE)
