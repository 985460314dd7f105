"""The second markings of who is signed in, at work: a place of their own while there are any, and ways there."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from mv_desktop.core.clock import Clock
from mv_desktop.core.ids import IdSource
from mv_desktop.domain.exchange import StaffRole
from mv_desktop.domain.notice import Notice
from mv_desktop.domain.second import SECOND_SCHEMA, SecondLook
from mv_desktop.offline.desk import Desk
from mv_desktop.ui.actions import KeyMap, Scope
from mv_desktop.ui.canvas.image_cache import ImageCache
from mv_desktop.ui.queue.screen import QueueScreen
from mv_desktop.ui.second.port import SECOND_LANE, SecondPlace
from mv_desktop.ui.shell.main_window import MainWindow
from mv_desktop.ui.shell.place import Place
from mv_desktop.ui.shell.sync_driver import SyncDriver
from mv_desktop.ui.tasks import Tasks
from mv_desktop.ui.text import tr, tr_count
from mv_desktop.ui.widgets.way_line import WayLine

if TYPE_CHECKING:
    from mv_desktop.ui.second.screen import SecondScreen

SECOND = "second"
GIVEN = "sample.given"
"""The notice that leads here."""

_AGAIN = timedelta(seconds=50)
"""So often it is looked, with the minute's run, whether what she has is still hers."""


class SecondDesk(QObject):
    """Looks whether there are any, when she has come, is told of one, and while she has some.

    Args:
        keys: as the person has them now.
        leave: leads to the queue.

    Attributes:
        screen: the place; None while there is nothing in it.
        line: leads there from above the queue.
    """

    def __init__(
        self,
        desk: Desk,
        driver: SyncDriver,
        window: MainWindow,
        queue: QueueScreen,
        tasks: Tasks,
        clock: Clock,
        ids: IdSource,
        images: ImageCache,
        *,
        keys: Callable[[], KeyMap],
        leave: Callable[[], None],
    ) -> None:
        super().__init__(driver)
        self._desk, self._driver, self._window, self._tasks = desk, driver, window, tasks
        self._clock, self._ids, self._images, self._keys, self._leave = clock, ids, images, keys, leave
        self._place: SecondPlace | None = None
        self._ready = self._looking = self._going = self._closing = self._asked = False
        self._looked_at: datetime | None = None
        self._waiting = 0
        self.screen: SecondScreen | None = None
        self.line = WayLine(window.going(SECOND), tr("Go there"), queue)
        queue.above.addWidget(self.line)
        driver.synced.connect(self._on_driver_synced)
        driver.told.connect(self._on_driver_told)
        window.keys_changed.connect(self._on_window_keys_changed)

    # -- public ----------------------------------------------------------------------------------------------

    def begin(self) -> None:
        """What marking needs is imported, or the server says something else of her."""
        if self._closing:
            return  # the queue, on which the line stands, goes before the last answers have come
        self._ready = True
        person = self._desk.person
        theirs = person.role is StaffRole.TEACHER and not person.is_coordinator  # who coordinates sees first marks
        if not theirs or person.must_change_password or person.shut_out or person.schema_version < SECOND_SCHEMA:
            self._place = None
            self._waiting = 0
            self._take_away()
        elif self._place is None:
            self._place = self._desk.second_markings(self._ids)
            self._look()

    def show(self) -> None:
        """Lead there; where there is nothing that is known of, it is asked for first."""
        if self.screen is not None:
            self._window.place_requested.emit(SECOND)
        elif self._place is None:
            self._window.messages.say(_nothing_text())
        else:
            self._going = True
            self._look()

    def put_down(self) -> None:
        """Take what is typed."""
        if self.screen is not None:
            self.screen.put_down()

    def close(self) -> None:
        """The workspace ends: what is typed is on its way to the disk."""
        self._closing = True
        if self.screen is not None:
            self._window.remember(SECOND, self.screen.save_state())
            self.screen.end()

    def shutdown(self) -> None:
        """The program ends, or the person signs out."""
        if self.screen is not None:
            self.screen.shutdown()

    # -- private ---------------------------------------------------------------------------------------------

    def _look(self) -> None:
        if self._place is not None and not self._looking and not self._closing:
            self._looking = True
            self._tasks.run(SECOND_LANE, self._place.look, self._on_looked, self._on_look_failed, receiver=self)

    def _make_screen(self, place: SecondPlace) -> SecondScreen:
        from mv_desktop.ui.second.screen import SecondScreen

        screen = SecondScreen(
            *(place, self._tasks, self._images, self._ids, self._clock, self._desk.calendar.hours.zone),
            *(self._window.messages, self._keys()),
        )
        state = self._window.remembered(SECOND)
        if not state.isEmpty():
            screen.restore_state(state)
        screen.looked.connect(self._take_in)
        screen.back_requested.connect(self._leave)
        place_there = Place(
            Scope.SECOND, "copy", tr("Second"), screen.actions_by_id, "app.second", tr("Second marking")
        )
        self._window.add_place(SECOND, place_there, screen)
        return screen

    def _take_away(self) -> None:
        self._tell_waiting()
        screen, self.screen = self.screen, None
        if screen is not None:
            if self._window.place == SECOND:
                self._leave()
            screen.shutdown()
            self._window.remove_place(SECOND)

    def _take_in(self, look: SecondLook) -> None:
        """What the look found makes the place come and go; nobody is sent away from it."""
        self._looked_at = self._clock.now()
        self._asked |= look.waiting is not None
        if look.waiting is not None:
            self._waiting = len(look.waiting)
        if not self._waiting and not look.drafts and not look.unreadable:
            if self._window.place != SECOND:
                self._take_away()
        elif self.screen is None and self._place is not None:
            self.screen = self._make_screen(self._place)
            self.screen.show_look(look)
        self._tell_waiting()

    def _tell_waiting(self) -> None:
        words = _waiting_text(self._waiting) if self._waiting else ""
        self.line.say(words and f"{words}.")
        self._window.count_at(SECOND, self._waiting, words)

    # -- slots -----------------------------------------------------------------------------------------------

    def _on_looked(self, look: SecondLook) -> None:
        self._looking = False
        if self._closing or self._place is None:
            return
        if self.screen is not None:
            self.screen.show_look(look)
        self._take_in(look)
        going, self._going = self._going, False
        if going and self.screen is not None:
            self._window.place_requested.emit(SECOND)
        elif going and look.trouble is not None:
            self._window.messages.tell(look.trouble)
        elif going:
            self._window.messages.say(_nothing_text())

    def _on_look_failed(self, error: Exception) -> None:
        self._looking = self._going = False
        self._tasks.error.emit(error)

    def _on_driver_synced(self) -> None:
        if self._ready:
            self.begin()  # the server may be a newer one since
        due = self._looked_at is None or self._clock.now() - self._looked_at >= _AGAIN
        if self._driver.state.online and due and (self.screen is not None or not self._asked):
            self._look()

    def _on_driver_told(self, fresh: Sequence[Notice]) -> None:
        if any(notice.kind == GIVEN for notice in fresh):
            self._look()

    def _on_window_keys_changed(self, keys: KeyMap) -> None:
        if self.screen is not None:
            self.screen.set_keys(keys)


def _waiting_text(count: int) -> str:
    return tr_count(
        "{count} script waits for your second marking", "{count} scripts wait for your second marking", count
    )


def _nothing_text() -> str:
    return tr("No second marking waits for you.")
