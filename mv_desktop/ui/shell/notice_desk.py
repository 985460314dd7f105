"""What a person is told, at work: its list, how many are unread, and a word as it comes."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from uuid import UUID

from PySide6.QtCore import QObject

from mv_desktop.core.clock import Clock
from mv_desktop.domain.notice import NOTICE_SCHEMA, Notice
from mv_desktop.offline.desk import Desk
from mv_desktop.offline.notice_store import Notices
from mv_desktop.ui.actions import KeyMap, Scope
from mv_desktop.ui.notice.screen import NoticeScreen, Source
from mv_desktop.ui.notice.wording import news_text, unread_text
from mv_desktop.ui.shell.main_window import MainWindow
from mv_desktop.ui.shell.place import Place
from mv_desktop.ui.shell.sync_driver import SyncDriver
from mv_desktop.ui.tasks import Tasks
from mv_desktop.ui.text import language, tr

NOTICES = "notices"


class NoticeDesk(QObject):
    """Keeps the list known to the window, from her own file; what she reads is sent with the next run.

    Args:
        keys: as the person has them.
        lead_to: shows what a notice is about, where it is about scripts.
        ways: what leads to where other kinds of notices are about.

    Attributes:
        screen: the list.
    """

    def __init__(
        self,
        desk: Desk,
        driver: SyncDriver,
        window: MainWindow,
        tasks: Tasks,
        clock: Clock,
        keys: KeyMap,
        lead_to: Callable[[Notice], None],
        ways: Mapping[str, Callable[[], None]],
    ) -> None:
        super().__init__(driver)
        self._desk, self._driver, self._window, self._tasks, self._clock = desk, driver, window, tasks, clock
        self._lead_to, self._ways = lead_to, ways
        desk.store.notices.language = language()
        self.screen = NoticeScreen(keys)
        window.add_place(
            NOTICES,
            Place(Scope.NOTICES, "bell", tr("Notices"), self.screen.actions_by_id, "app.notices"),
            self.screen,
        )
        self.screen.shown.connect(self._read)
        self.screen.opened.connect(self._on_screen_opened)
        self.screen.read.connect(self._mark)
        self.screen.all_read.connect(partial(self._mark, None))
        window.keys_changed.connect(self.screen.set_keys)
        driver.synced.connect(self._tell_source)
        driver.notices_changed.connect(self._read)
        driver.told.connect(self._on_driver_told)
        self._tell_source()
        self._read()

    # -- private ---------------------------------------------------------------------------------------------

    def _read(self) -> None:
        if not self._driver.closing:
            self._tasks.run("store", self._desk.store.notices.notices, self._on_read, receiver=self)

    def _mark(self, ids: Sequence[UUID] | None) -> None:
        work = partial(self._desk.store.notices.read, ids)
        self._tasks.run("store", work, self._on_marked, receiver=self)

    def _tell_source(self) -> None:
        person = self._desk.person
        if person.schema_version < NOTICE_SCHEMA:
            self.screen.set_source(Source.TOO_OLD)
        elif person.settings.get("notifications_enabled") is False:
            self.screen.set_source(Source.SWITCHED_OFF)
        else:
            self.screen.set_source(Source.TOLD)

    # -- slots -----------------------------------------------------------------------------------------------

    def _on_read(self, kept: Notices) -> None:
        self.screen.show_notices(kept, self._clock.now(), self._desk.calendar.hours.zone)
        self._window.count_at(NOTICES, kept.unread, unread_text(kept.unread))

    def _on_marked(self, changed: bool) -> None:  # noqa: FBT001 - what the lane answers
        if changed:
            self._read()
            self._driver.soon()

    def _on_screen_opened(self, notice: Notice) -> None:
        if notice.read_at is None:
            self._mark((notice.notice_id,))
        if notice.kind in self._ways:
            self._ways[notice.kind]()
        else:
            self._lead_to(notice)

    def _on_driver_told(self, fresh: Sequence[Notice]) -> None:
        if self._window.place != NOTICES:  # there she sees them come
            text = news_text(fresh, self._clock.now(), self._desk.calendar.hours.zone)
            go = partial(self._window.place_requested.emit, NOTICES)
            if len(fresh) == 1 and fresh[0].kind in self._ways:
                go = partial(self._on_screen_opened, fresh[0])
            self._window.messages.say(text, undo=go, undo_text=tr("Show"), news=True)
