"""Deciding between two marks of a question, by keys alone."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from mv_desktop.core.ids import id_source
from mv_desktop.domain.conflict import ConflictSide
from mv_desktop.domain.decision import Side, deciding, side_ink, side_mark
from mv_desktop.domain.marks import GivenMark
from mv_desktop.domain.operation import DeleteAnnotations, PutAnnotations, ResolveMark, SetMark
from mv_desktop.ui.canvas.image_cache import ImageCache
from mv_desktop.ui.sync.conflict_screen import ConflictScreen
from mv_desktop.ui.sync.decisions import Choice
from mv_desktop.ui.sync.ink_layers import Shown
from mv_desktop.ui.tasks import Tasks
from tests.factories.conflict import THREE, TWO, disputed, given, op, ticks
from tests.factories.local import NOW
from tests.factories.queue_row import CALENDAR
from tests.factories.script import script_view
from tests.fakes import hand
from tests.fakes.clock import FakeClock
from tests.fakes.messages import KeptMessages
from tests.fakes.picture_source import small_script
from tests.fakes.script_store import FakeScriptStore
from tests.ui.accessibility import nameless_controls


class Decider:
    """A teacher before the screen.

    Attributes:
        ground: the model as it stood.
    """

    def __init__(self, qtbot: QtBot) -> None:
        self.qtbot, self.clock = qtbot, FakeClock(NOW)
        self.tasks, self.store, self.messages = Tasks(), FakeScriptStore(), KeptMessages()
        self.images = ImageCache(64 * 2**20, tasks=self.tasks)
        self.pages, self.pictures = small_script(2)
        self.view = disputed(script_view(pages=self.pages))
        self.screen = ConflictScreen(
            *(self.store, self.tasks, self.images, id_source(self.clock), self.clock, CALENDAR, self.messages)
        )
        self.screen.resize(1280, 700)
        with qtbot.waitExposed(self.screen):
            self.screen.show()
        self.screen.activateWindow()
        self.screen.show_script(self.view, self.pictures)

    @property
    def script(self):
        return self.screen.decisions.view.script

    @property
    def choices(self) -> list[Choice]:
        return [decision.choice for decision in self.screen.decisions.all]

    @property
    def journal(self) -> list[object]:
        self.saved()
        return self.store.operations()

    def saved(self) -> None:
        self.qtbot.waitUntil(lambda: not self.tasks.busy)

    def press(self, key: str, widget: QWidget | None = None) -> None:
        hand.press(key, widget or self.screen._questions)

    def close(self) -> None:
        self.saved()
        self.screen.shutdown()
        self.images.shutdown()
        self.tasks.shutdown()
        self.screen.deleteLater()


@pytest.fixture
def decider(qtbot: QtBot) -> Iterator[Decider]:
    made = Decider(qtbot)
    yield made
    made.close()


def card(decider: Decider, side: Side) -> str:
    return decider.screen._panel.cards[side].text


def test_both_marks_stand_beside_one_another_with_what_they_rest_on(decider):
    assert decider.screen.current == TWO
    when = f"{NOW.astimezone(CALENDAR.hours.zone):%H:%M}"
    assert card(decider, Side.MINE).splitlines() == [
        "1  This computer", "1 of 2", "“Units?”", f"today {when} · 2 pieces of ink",
    ]  # fmt: skip
    assert card(decider, Side.THEIRS).splitlines() == [
        "2  The other computer", "3 of 2", "", f"today {when} · the sum of the stamps · 1 piece of ink",
    ]  # fmt: skip
    assert "2 questions to decide" in decider.screen._progress.text()
    assert nameless_controls(decider.screen) == []


def test_a_key_lets_one_side_count_and_leads_to_the_next_question(decider):
    decider.press("1")
    assert decider.screen.current == THREE
    assert decider.choices == [Choice.MINE, Choice.OPEN]
    assert decider.journal == [ResolveMark(TWO, given("1", "Units?"), (op(11),))]
    assert len(decider.script.ink) == 3
    assert decider.script.mark(2).mark.marks == 1
    decider.press("2")
    assert decider.choices == [Choice.MINE, Choice.THEIRS]
    assert decider.journal[-1] == ResolveMark(THREE, given("1.5"), (op(13),))
    assert decider.screen._progress.text() == "all decided"
    assert decider.screen._panel._go_on.hasFocus()
    with decider.qtbot.waitSignal(decider.screen.back_requested):
        hand.press("Space", decider.screen._panel._go_on)


def test_undo_takes_a_decision_back_as_a_whole_and_names_what_it_undoes(decider):
    decider.press("M")
    form = decider.screen._panel.form
    form._ink.setFocus()
    hand.press("Space", form._ink)
    hand.press("Enter", form._ink)
    gone = decider.view.conflicts[0].mine.annotations[0]
    decider.press("Ctrl+Z")
    assert decider.screen.current == TWO
    again = ResolveMark(TWO, given("1", "Units?"), (op(11),), reopens=True)
    assert decider.journal[2:] == [again, PutAnnotations((gone,))]
    entries = [entry for _, entry in decider.store.journal]
    assert [entry.undoes for entry in entries[2:]] == [entries[1].op_id, entries[0].op_id]
    assert decider.choices == [Choice.OPEN, Choice.OPEN]
    assert len(decider.script.ink) == 3
    assert not decider.screen.actions_by_id["conflict.undo"].isEnabled()


def test_she_can_think_again(decider):
    decider.press("1")
    decider.press("Ctrl+Up")
    decider.press("2")
    assert decider.choices[0] is Choice.THEIRS
    assert decider.journal[-1] == SetMark(TWO, GivenMark())  # it is settled: a mark as any other
    decider.press("Ctrl+Z")
    assert decider.choices[0] is Choice.MINE


def test_of_a_question_with_several_held_marks_one_decision_settles_all(decider):
    first = decider.view.conflicts[0]
    earlier = replace(first, held=op(10))
    fresh = disputed(script_view(pages=decider.pages))
    decider.screen.show_script(replace(fresh, conflicts=(earlier, first)), decider.pictures)
    decider.press("2")
    assert decider.journal == [ResolveMark(TWO, GivenMark(), (op(10), op(11)))]
    assert decider.choices == [Choice.THEIRS]


def test_parts_of_both_are_a_mark_of_her_own_and_the_ink_that_she_ticks(decider):
    decider.press("M")
    form = decider.screen._panel.form
    assert form._mark.hasFocus()
    assert [form._ink.item(row).text() for row in range(3)] == [
        "1 · Tick, 1 mark, page 1", "1 · Tick, 1 mark, page 1", "2 · Tick, 1 mark, page 2",
    ]  # fmt: skip
    hand.press("9", form._mark)
    hand.press("Enter", form._mark)
    assert "is not between 0 and 2" in form._wrong.text()
    form._mark.selectAll()
    hand.type_text("1.5")
    form._ink.setFocus()
    hand.press("Space", form._ink)
    hand.press("Enter", form._ink)
    first = decider.view.conflicts[0].mine.annotations[0].annotation.annotation_id
    assert decider.choices == [Choice.PARTS, Choice.OPEN]
    assert decider.journal == [DeleteAnnotations((first,)), ResolveMark(TWO, given("1.5", "Units?"), (op(11),))]
    assert decider.screen.current == THREE


def test_escape_leaves_the_parts_first_and_then_the_screen(decider):
    decider.press("M")
    hand.press("Escape", decider.screen._panel.form._mark)
    assert not decider.screen._panel.asking
    with decider.qtbot.waitSignal(decider.screen.back_requested):
        decider.press("Escape")
    assert decider.journal == []


def test_the_ink_of_each_is_numbered_and_can_be_put_in_front(decider):
    sheet = decider.screen.view.sheet
    conflict = decider.view.conflicts[0]
    (mine, *_), theirs = side_ink(conflict, Side.MINE), next(iter(side_ink(conflict, Side.THEIRS)))

    def front() -> tuple[bool, bool]:
        return sheet.mark(mine).opacity() == 1.0, sheet.mark(theirs).opacity() == 1.0

    assert front() == (True, True)
    assert len(decider.screen._layers._signs) == 3
    decider.press("L")
    assert (front(), decider.screen._shown) == ((True, False), Shown.MINE)
    decider.press("L")
    assert (front(), decider.screen._shown) == ((False, True), Shown.THEIRS)
    decider.press("L")
    assert front() == (True, True)
    decider.press("Ctrl+Down")
    assert front() == (False, False)  # they belong to another question


def test_what_the_other_computer_says_meanwhile_is_asked_anew(decider):
    decider.press("1")
    conflict = replace(decider.view.conflicts[1], theirs=ConflictSide(given("0.5"), NOW, op(15)))
    fresh = disputed(script_view(pages=decider.pages))
    decider.screen.learn(replace(fresh, conflicts=(conflict,)), decider.pictures)
    assert decider.choices == [Choice.MINE, Choice.OPEN]
    assert "½ of" in card(decider, Side.THEIRS)
    assert decider.messages.said
    before = decider.screen.decisions.view
    decider.screen.learn(replace(fresh, conflicts=(conflict,)), decider.pictures)
    assert decider.screen.decisions.view is before  # nothing new: nothing moves


def test_a_decision_that_cannot_be_written_is_told_and_the_script_read_anew(decider):
    decider.store.fail = 1
    with decider.qtbot.waitSignal(decider.screen.stale) as stale:
        decider.press("Ctrl+Down")
        decider.press("1")
    assert stale.args == [decider.view.evaluation_id]
    assert [str(error) for error in decider.messages.told]


def test_a_mark_that_is_the_sum_of_the_stamps_is_told_with_all_that_stand(decider):
    conflict = decider.view.conflicts[0]
    assert side_mark(decider.script, conflict, Side.THEIRS).marks == 3
    decider.script.apply(DeleteAnnotations(tuple(side_ink(conflict, Side.MINE))))
    assert side_mark(decider.script, conflict, Side.THEIRS).marks == 1
    decider.script.apply(PutAnnotations(ticks(TWO, 1, 2, 0.9)))  # of neither side
    assert side_mark(decider.script, conflict, Side.THEIRS).marks == 2


def test_ink_that_was_taken_away_comes_back_where_it_is_wanted_again(decider):
    conflict = decider.view.conflicts[0]
    (theirs,) = conflict.theirs.annotations
    decider.script.apply(DeleteAnnotations((theirs.annotation.annotation_id,)))
    wanted = side_ink(conflict, Side.THEIRS)
    gone, back, given_last = deciding(decider.script, conflict, GivenMark(), wanted, ())
    assert set(gone.annotation_ids) == side_ink(conflict, Side.MINE)
    assert (back, given_last) == (PutAnnotations((theirs,)), SetMark(TWO, GivenMark()))


def test_a_long_comment_is_read_from_its_beginning_and_buttons_name_their_keys(decider):
    first = decider.view.conflicts[0]
    long = replace(first, mine=ConflictSide(given("1", "Which theorem? " * 20)))
    decider.screen.show_script(replace(decider.view, conflicts=(long,)), decider.pictures)
    assert decider.screen._panel._parts.text() == "Parts of both …  (M)"
    decider.press("M")
    assert decider.screen._panel._form._comment.cursorPosition() == 0
    decider.screen._panel._form.left.emit()
