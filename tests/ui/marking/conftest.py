"""What the tests of the marking screen share."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from PySide6.QtCore import QPoint
from pytestqt.qtbot import QtBot

from mv_desktop.core.ids import IdSource, id_source
from mv_desktop.domain.evaluation import Place
from mv_desktop.domain.identifier import MarkKey
from mv_desktop.ui.canvas.image_cache import ImageCache
from mv_desktop.ui.marking.flow.submit_check import SubmitCheck
from mv_desktop.ui.marking.port import OpenedScript
from mv_desktop.ui.marking.screen import MarkingScreen
from mv_desktop.ui.marking.session import MarkingSession, SaveState
from mv_desktop.ui.tasks import Tasks
from tests.factories.queue_row import CALENDAR
from tests.factories.script import script_view
from tests.fakes import hand
from tests.fakes.clock import FakeClock
from tests.fakes.messages import KeptMessages
from tests.fakes.picture_source import small_script
from tests.fakes.script_store import FakeScriptStore
from tests.ui.marking.sheet_bench import Bench


@pytest.fixture
def store() -> FakeScriptStore:
    return FakeScriptStore()


@pytest.fixture
def ids(clock: FakeClock) -> IdSource:
    return id_source(clock)


class Marker:
    """A marking screen in a window, a script on it, and who sits before it.

    Attributes:
        asked_next, asked_back, held: what the screen asked for.
    """

    def __init__(self, qtbot: QtBot, store: FakeScriptStore, tasks: Tasks, ids: IdSource, clock: FakeClock) -> None:
        self.qtbot, self.store, self.tasks, self.clock = qtbot, store, tasks, clock
        self.messages = KeptMessages()
        self.images = ImageCache()
        self.screen = MarkingScreen(store, tasks, self.images, ids, clock, CALENDAR, self.messages)
        qtbot.addWidget(self.screen)
        self.asked_next: list[object] = []
        self.asked_back: list[bool] = []
        self.held: list[tuple[object, int]] = []
        self.screen.next_requested.connect(self.asked_next.append)
        self.screen.back_requested.connect(lambda: self.asked_back.append(True))
        self.screen.submit_held.connect(lambda script, seconds: self.held.append((script, seconds)))
        self.screen.resize(1280, 760)
        with qtbot.waitExposed(self.screen):
            self.screen.show()
        self.screen.activateWindow()
        self.screen._strip.change_value(2)  # most tests count ticks of one mark; by the scheme is `by_scheme`

    def open(self, number: int = 1, *, place: Place | None = None, **view: Any) -> MarkingSession:
        """Open a script of three pages: page 1 answers question 2, page 2 the third, page 3 the fourth."""
        self.pages, self.pictures = small_script(3)
        self.pages = [replace(page, questions=(at + 2,)) for at, page in enumerate(self.pages)]
        opened = OpenedScript(script_view(number, pages=view.pop("pages", self.pages), **view), place=place)
        self.screen.show_script(opened, self.pictures)
        return self.session

    def by_scheme(self) -> None:
        """Let ticks carry what the scheme has next, as they do in a new program."""
        self.screen._strip.change_value(-99)

    @property
    def session(self) -> MarkingSession:
        assert self.screen.session is not None
        return self.screen.session

    @property
    def check(self) -> SubmitCheck | None:
        """The check before submission, while it is on screen."""
        return next((dialog for dialog in self.screen.findChildren(SubmitCheck) if dialog.isVisible()), None)

    def opened_check(self) -> SubmitCheck:
        """The check, once it has the keyboard."""
        check = self.check
        assert check is not None
        self.qtbot.waitUntil(check.isActiveWindow)
        return check

    def marks(self, key: MarkKey) -> Decimal | None:
        """What counts for a question now."""
        return self.session.script.mark(key.question_number).options[key.alternative].marks

    def saved(self) -> None:
        self.qtbot.waitUntil(lambda: self.session.save_state is SaveState.SAVED)

    def on(self, page: int, x: float = 0.5, y: float = 0.5) -> QPoint:
        return hand.spot(self.screen.view, page, x, y)

    def close(self) -> None:
        self.screen.shutdown()
        self.images.shutdown()


@pytest.fixture
def marker(qtbot: QtBot, store: FakeScriptStore, tasks: Tasks, ids: IdSource, clock: FakeClock) -> Iterator[Marker]:
    """A marking screen without a script."""
    made = Marker(qtbot, store, tasks, ids, clock)
    yield made
    made.close()


@pytest.fixture
def open_session(tasks: Tasks, store: FakeScriptStore, ids: IdSource) -> Callable[..., MarkingSession]:
    def opened(**view) -> MarkingSession:
        return MarkingSession(OpenedScript(script_view(**view)), store, tasks, ids)

    return opened


@pytest.fixture
def bench(qtbot: QtBot, open_session: Callable[..., MarkingSession], tasks: Tasks) -> Bench:
    return Bench(qtbot, open_session, tasks)
