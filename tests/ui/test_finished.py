"""The finished scripts in the queue: here at once, from the server as one looks, searched, and without a network."""

from __future__ import annotations

import threading
from dataclasses import replace

import pytest
from PySide6.QtWidgets import QLabel

from mv_desktop.core.errors import OfflineError
from mv_desktop.domain.evaluation import WorkState
from mv_desktop.ui.queue import finished
from mv_desktop.ui.queue.screen import QueueScreen
from tests.factories.queue_row import CALENDAR, queue_row
from tests.fakes import hand
from tests.fakes.clock import FakeClock
from tests.fakes.messages import KeptMessages


class Archive:
    """A `FinishedSource` of which the server has more than this computer.

    Attributes:
        here: how many rows this computer knows of; fetching brings `piece` more.
        gate: the server's answers wait while it is not set.
    """

    def __init__(self, count: int, here: int, piece: int) -> None:
        self.all = tuple(
            replace(queue_row(1000 + n, state=WorkState.COMPLETED, pages_here=0), title=f"Paper {n}")
            for n in range(count)
        )
        self.here, self.piece = here, piece
        self.asked: list[tuple[str, bool]] = []
        self.reachable = True
        self.gate = threading.Event()
        self.gate.set()

    def rows(self, search, count):
        known = self.all[: self.here]
        return tuple(row for row in known if search.lower() in row.script_code.lower())[:count]

    def fetch(self, search="", *, more=False):
        self.gate.wait(10)
        self.asked.append((search, more))
        if not self.reachable:
            raise OfflineError("The server does not answer.")
        if search:
            self.here = len(self.all)
            return False
        self.here = min(len(self.all), self.here + self.piece if more else max(self.here, self.piece))
        return self.here < len(self.all)


class Source:
    def __init__(self, *rows):
        self.given = rows

    def rows(self):
        return self.given


class Bench:
    def __init__(self, qtbot, tasks, archive, *rows):
        self.qtbot, self.tasks, self.archive = qtbot, tasks, archive
        self.messages = KeptMessages()
        self.screen = QueueScreen(Source(*rows), tasks, CALENDAR, FakeClock(), self.messages, finished=archive)
        qtbot.addWidget(self.screen)
        self.screen.resize(1270, 500)
        with qtbot.waitExposed(self.screen):
            self.screen.show()
        self.screen.activateWindow()
        self.screen.refresh()
        self.settled()

    def settled(self):
        self.qtbot.waitUntil(lambda: not self.tasks.busy)

    def shown(self):
        return [row.title for row in self.screen._model.rows]

    def look(self):
        self.screen._filters.toggle_finished()

    @property
    def empty(self):
        return " ".join(label.text() for label in self.screen._empty.findChildren(QLabel))

    @property
    def hint(self):
        return self.screen._hint.text()


@pytest.fixture(autouse=True)
def few(monkeypatch):
    monkeypatch.setattr(finished, "AT_ONCE", 20)
    monkeypatch.setattr(finished, "_TYPING_SECONDS", 0.01)


def titles(first, last):
    return [f"Paper {n}" for n in range(first, last)]


def test_what_is_known_here_is_shown_at_once_and_then_what_the_server_has(qtbot, tasks):
    archive = Archive(15, here=3, piece=20)
    archive.gate.clear()
    bench = Bench(qtbot, tasks, archive, queue_row(1))
    assert archive.asked == []  # nobody looks yet
    bench.look()
    qtbot.waitUntil(lambda: bench.shown() == titles(0, 3))
    assert bench.hint == "Looking on the server …"
    archive.gate.set()
    qtbot.waitUntil(lambda: bench.shown() == titles(0, 15))
    assert bench.hint == "These are all your finished scripts."
    bench.look()
    assert bench.shown() == ["Board exam"]
    assert "opens the selected script" in bench.hint


def test_more_come_at_the_end_of_the_list_and_the_place_stays(qtbot, tasks):
    archive = Archive(90, here=0, piece=40)
    bench = Bench(qtbot, tasks, archive)
    bench.look()
    qtbot.waitUntil(lambda: len(bench.shown()) == 20)
    assert bench.hint == "More come as you scroll down."
    bar = bench.screen._table.verticalScrollBar()

    def scrolled_to_the_last():
        bar.setValue(bar.maximum())
        return len(bench.shown()) == 90

    qtbot.waitUntil(scrolled_to_the_last)
    assert bench.screen.selected.title == "Paper 0"
    qtbot.waitUntil(lambda: bench.hint == "These are all your finished scripts.")
    assert bench.shown() == titles(0, 90)
    assert archive.asked == [("", False), ("", True), ("", True)]


def test_who_is_at_the_end_before_the_server_has_answered_gets_more_when_it_has(qtbot, tasks):
    archive = Archive(90, here=20, piece=40)
    archive.gate.clear()
    bench = Bench(qtbot, tasks, archive)
    bench.look()
    qtbot.waitUntil(lambda: len(bench.shown()) == 20)
    bar = bench.screen._table.verticalScrollBar()
    qtbot.waitUntil(lambda: bar.maximum() > 0)
    bar.setValue(bar.maximum())
    archive.gate.set()
    qtbot.waitUntil(lambda: len(bench.shown()) == 40)
    bench.settled()
    assert len(bench.shown()) == 40, "and no more until she scrolls on"


def test_where_a_filter_leaves_too_few_to_scroll_more_come_by_themselves(qtbot, tasks):
    archive = Archive(90, here=0, piece=40)
    archive.all = tuple(replace(row, class_name="X" if n in {5, 85} else "XII") for n, row in enumerate(archive.all))
    bench = Bench(qtbot, tasks, archive)
    bench.look()
    qtbot.waitUntil(lambda: len(bench.shown()) == 20)
    classes = bench.screen._filters.classes
    classes.setCurrentIndex(classes.findData("X"))
    qtbot.waitUntil(lambda: bench.shown() == ["Paper 5", "Paper 85"])


def test_a_code_is_searched_on_the_server_too_once_it_is_typed(qtbot, tasks):
    archive = Archive(60, here=2, piece=25)
    bench = Bench(qtbot, tasks, archive)
    bench.look()
    qtbot.waitUntil(lambda: len(bench.shown()) == 20)
    wanted = archive.all[59]
    bench.screen._filters.search.setFocus()
    hand.type_text(wanted.script_code)
    qtbot.waitUntil(lambda: bench.shown() == [wanted.title])
    assert bench.hint == "These are all with such a code."
    assert archive.asked[-1] == (wanted.script_code, False)


def test_a_search_for_a_paper_does_not_say_that_the_server_was_searched_for_it(qtbot, tasks):
    archive = Archive(3, here=3, piece=25)
    archive.rows = lambda search, count: archive.all  # type: ignore[method-assign]
    bench = Bench(qtbot, tasks, archive)
    bench.look()
    qtbot.waitUntil(lambda: bench.hint == "These are all your finished scripts.")
    bench.screen._filters.search.setText("board")
    qtbot.waitUntil(lambda: bench.hint.startswith("Papers are searched on this computer"))
    bench.screen._finished.more()
    assert bench.hint.startswith("Papers are searched on this computer")


def test_without_a_network_that_is_said_and_it_is_asked_again_when_there_is_one(qtbot, tasks):
    archive = Archive(8, here=3, piece=20)
    archive.reachable = False
    bench = Bench(qtbot, tasks, archive)
    bench.screen.set_contact(online=False, ever=True)
    bench.look()
    qtbot.waitUntil(lambda: bench.hint == "Offline: these are those that this computer knows of.")
    assert bench.shown() == titles(0, 3)
    archive.reachable = True
    bench.screen.set_contact(online=True, ever=True)
    qtbot.waitUntil(lambda: bench.shown() == titles(0, 8))
    assert bench.messages.told == []


def test_without_a_network_all_that_this_computer_knows_of_can_be_scrolled_to(qtbot, tasks):
    archive = Archive(50, here=50, piece=20)
    archive.reachable = False
    bench = Bench(qtbot, tasks, archive)
    bench.look()
    qtbot.waitUntil(lambda: bench.hint == "Offline: these are those that this computer knows of.")
    bar = bench.screen._table.verticalScrollBar()

    def scrolled_to_the_last():
        bar.setValue(bar.maximum())
        return bench.shown() == titles(0, 50)

    qtbot.waitUntil(scrolled_to_the_last)
    bench.settled()
    assert bench.hint == "Offline: these are those that this computer knows of."
    assert archive.asked == [("", False)]


def test_an_empty_list_says_why(qtbot, tasks):
    archive = Archive(0, here=0, piece=20)
    archive.reachable = False
    bench = Bench(qtbot, tasks, archive)
    bench.look()
    qtbot.waitUntil(lambda: "cannot be reached" in bench.empty)
    archive.reachable = True
    hand.press("F5", bench.screen)
    qtbot.waitUntil(lambda: "Scripts that you submit are listed here." in bench.empty)
    archive.gate.clear()
    bench.screen._filters.search.setText("VX")
    qtbot.waitUntil(lambda: "Looking on the server" in bench.empty)
    archive.gate.set()
    qtbot.waitUntil(lambda: "Nothing matches" in bench.empty)


def test_what_is_on_its_way_stands_before_what_is_completed(qtbot, tasks):
    moved = queue_row(5, state=WorkState.HANDED_BACK, title="Given back")
    sent = queue_row(6, state=WorkState.SUBMITTED, title="Being sent")
    bench = Bench(qtbot, tasks, Archive(2, here=2, piece=20), moved, sent, queue_row(7))
    bench.look()
    qtbot.waitUntil(lambda: bench.shown() == ["Given back", "Being sent", "Paper 0", "Paper 1"])


def test_a_script_that_is_completed_while_one_looks_is_listed_once(qtbot, tasks):
    archive = Archive(2, here=2, piece=20)
    bench = Bench(qtbot, tasks, archive, replace(archive.all[1], state=WorkState.SUBMITTED))
    bench.look()
    qtbot.waitUntil(lambda: bench.shown() == ["Paper 1", "Paper 0"])
    bench.screen._source.given = (archive.all[1],)
    bench.screen.refresh()
    qtbot.waitUntil(lambda: bench.shown() == ["Paper 0", "Paper 1"])


def test_a_fault_of_the_program_is_reported(qtbot, tasks):
    archive = Archive(2, here=2, piece=20)
    archive.fetch = lambda search="", *, more=False: 1 / 0  # type: ignore[method-assign]
    errors = []
    tasks.error.connect(errors.append)
    bench = Bench(qtbot, tasks, archive)
    bench.look()
    qtbot.waitUntil(lambda: bool(errors))
    assert isinstance(errors[0], ZeroDivisionError)
    assert bench.shown() == titles(0, 2)
