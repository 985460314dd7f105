"""The places of a signed-in teacher, and what passes between them. Imported after sign-in: it pulls in a lot."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any
from uuid import UUID

from PySide6.QtCore import QObject, Signal

from mv_desktop.core.clock import Clock
from mv_desktop.core.errors import InvalidError, UserError
from mv_desktop.core.ids import IdSource
from mv_desktop.domain.evaluation import PageInfo, WorkState
from mv_desktop.domain.exchange import StaffRole
from mv_desktop.domain.identifier import EvaluationId
from mv_desktop.domain.notice import Notice
from mv_desktop.domain.quality import AGREEMENT_SCHEMA
from mv_desktop.offline.desk import Desk, ScriptPictures
from mv_desktop.offline.leaving import leave_what_was_held
from mv_desktop.offline.store import NotHereError
from mv_desktop.ui.actions import KeyMap, Scope, stamp_keys
from mv_desktop.ui.canvas.image_cache import MEBIBYTE, ImageCache
from mv_desktop.ui.marking.port import STORE_LANE, OpenedScript
from mv_desktop.ui.queue.finished import FINISHED_LANE
from mv_desktop.ui.queue.screen import QueueScreen
from mv_desktop.ui.shell.ballast_watch import watch_ballast
from mv_desktop.ui.shell.closing import Closing
from mv_desktop.ui.shell.conflict_desk import ConflictDesk, decide_text
from mv_desktop.ui.shell.coordination_desk import AGAIN, DECLINED, CoordinationDesk
from mv_desktop.ui.shell.departure import Departure
from mv_desktop.ui.shell.found_script import found_scripts
from mv_desktop.ui.shell.insight_desk import InsightDesk
from mv_desktop.ui.shell.kept_ink import keep_ink
from mv_desktop.ui.shell.kept_tick import keep_tick
from mv_desktop.ui.shell.main_window import MainWindow
from mv_desktop.ui.shell.notice_desk import NoticeDesk
from mv_desktop.ui.shell.office_desk import ALONE, PROPOSED, STUCK, WAITING, OfficeDesk
from mv_desktop.ui.shell.open_pages import OpenPages
from mv_desktop.ui.shell.own_pages import own_pages
from mv_desktop.ui.shell.place import Place
from mv_desktop.ui.shell.question_desk import TOLD, QuestionDesk
from mv_desktop.ui.shell.script_news import Reading, ScriptNews
from mv_desktop.ui.shell.second_desk import GIVEN, SecondDesk
from mv_desktop.ui.shell.stamp_setting import offered_stamps
from mv_desktop.ui.shell.store_port import QueueOfStore, ScriptsOfStore
from mv_desktop.ui.shell.sync_desk import SyncDesk
from mv_desktop.ui.shell.sync_driver import SyncDriver
from mv_desktop.ui.shell.told_notes import ToldNotes
from mv_desktop.ui.shell.work_export import WorkExport
from mv_desktop.ui.sync.screen import SyncScreen
from mv_desktop.ui.sync.state import SyncState
from mv_desktop.ui.tasks import IMPORT_LANE, Periodic, Task, Tasks
from mv_desktop.ui.text import tr

if TYPE_CHECKING:
    from mv_desktop.ui.marking.screen import MarkingScreen
    from mv_desktop.ui.marking.session import MarkingSession

QUEUE, MARKING, SYNC = "queue", "marking", "sync"

_PAINT_SECONDS = 0.02
_LOOK_AHEAD_SECONDS = 0.1
"""So long a script that was opened has the processor to itself, until all of it is on the screen."""
_OPEN = (WorkState.NEW, WorkState.STARTED)


@dataclass(frozen=True, slots=True)
class _Opening:
    """A script read from the local file, with its pictures."""

    opened: OpenedScript
    pictures: ScriptPictures


class Workspace(QObject):
    """Everything a signed-in person works with.

    Signals:
        queue_shown(): the queue was read and is on screen.
        script_shown(EvaluationId): a script is open.
        closing(): what is in hand is kept now.
        person_changed(): the server says something else of who is signed in.
        turned_away(str): the server does not let her in; the sentence says why.

    Attributes:
        queue, sync: the screens.
        notices: what she was told, at work.
        coordination: the places of who coordinates.
        second: what she marks a second time.
        images: the decoded pages.
        driver: sends and fetches.
        left_behind: how many changes were on this computer only when it was closed.
    """

    queue_shown = Signal()
    script_shown = Signal(object)
    closing = Signal()
    person_changed = Signal()
    turned_away = Signal(str)

    def __init__(self, desk: Desk, window: MainWindow, tasks: Tasks, clock: Clock, ids: IdSource) -> None:
        super().__init__(window)
        self._desk, self._window, self._tasks, self._clock = desk, window, tasks, clock
        self._brought: EvaluationId | None = None
        self._brought_to = QUEUE
        self._asked: tuple[EvaluationId, int] | None = None
        self._peeked: ScriptPictures | None = None
        self._opening: Task[Any] | None = None
        self._marking: MarkingScreen | None = None
        self._news: ScriptNews | None = None
        self._ids = ids
        self.left_behind = 0
        self._ballast: Periodic | None = None
        self.images = ImageCache(int(window.preferences.value("page_memory")) * MEBIBYTE, parent=self, tasks=tasks)
        desk.fetcher.cache.set_quota(int(window.preferences.value("page_space")) << 30)
        self._scripts = ScriptsOfStore(desk.store)
        self._stamps = offered_stamps(desk.person.settings)
        self._keys = window.take_keys_of(str(desk.person.user_id), stamp_keys(self._stamps))
        rows = QueueOfStore(desk.store, clock, desk.fetcher.cache)
        self.queue = QueueScreen(rows, tasks, desk.calendar, clock, window.messages, self._keys, desk.archive, rows)
        self.sync = SyncScreen()
        self.driver = SyncDriver(desk, tasks, window.messages, clock, self)
        teaches, compared = desk.person.role is StaffRole.TEACHER, desk.person.schema_version >= AGREEMENT_SCHEMA
        window.offer_pages(own_pages(desk.own, tasks, ids, teaches=teaches, compared=compared))
        self._add_places()
        window.offer_scripts(partial(found_scripts, self.queue, self.open_script))
        self._pages = OpenPages(
            *(desk, tasks, window.messages, lambda: self._open_id, lambda: self.driver.closing, self._show_pages, self)
        )
        self._deciding = ConflictDesk(
            *(desk, self.driver, window, tasks, clock, ids, self.images),
            keys=lambda: self._keys, here=self._here, go=self._on_window_place_requested, open_script=self.open_script,
        )  # fmt: skip
        ToldNotes(self.driver, desk, window, clock, SYNC)
        SyncDesk(self.sync, self.driver, desk, tasks, clock, self.open_script, self._deciding.decide)
        self.second = SecondDesk(
            *(desk, self.driver, window, self.queue, tasks, clock, ids, self.images),
            keys=lambda: self._keys, leave=partial(self._on_window_place_requested, QUEUE),
        )  # fmt: skip
        self.office = OfficeDesk(
            *(desk, window, tasks, clock),
            keys=lambda: self._keys, leave=partial(self._on_window_place_requested, QUEUE), parent=self,
        )  # fmt: skip
        self.questions = QuestionDesk(
            *(desk, window, tasks, clock, ids),
            keys=lambda: self._keys, leave=partial(self._on_window_place_requested, QUEUE), parent=self,
        )  # fmt: skip
        self.coordination = CoordinationDesk(
            *(desk, window, tasks, clock, ids),
            keys=lambda: self._keys, leave=partial(self._on_window_place_requested, QUEUE), parent=self,
        )  # fmt: skip
        ways = {
            GIVEN: self.second.show,
            WAITING: self.office.show_waiting,
            PROPOSED: self.office.show_proposed,
            ALONE: self.office.show_staff,
            DECLINED: self.coordination.show_cases,
            AGAIN: self.coordination.show_quality,
            **dict.fromkeys(("absence.entered", "absence.ended"), window.going("absences").trigger),
        } | dict.fromkeys(TOLD, self.questions.show)
        self.notices = NoticeDesk(*(desk, self.driver, window, tasks, clock, self._keys, self._lead_to, ways))
        self.insight = InsightDesk(
            *(desk, window, tasks, clock),
            keys=lambda: self._keys, leave=partial(self._on_window_place_requested, QUEUE),
            lead_to=self.office.lead_to, parent=self,
        )  # fmt: skip
        WorkExport(self.sync.export, self.driver, desk, window, tasks, clock, self._on_window_place_requested)
        self._connect()

    @property
    def marking(self) -> MarkingScreen:
        """The marking screen; made when the queue is on screen, or when it is first asked for."""
        if self._marking is None:
            self._marking = self._make_marking()
        return self._marking

    def start(self) -> None:
        """Show the queue from the local file, send what a crash left behind, and begin to sync."""
        if self._desk.notice:
            self._window.messages.tell(UserError(self._desk.notice))  # until she closes it: it is long, and told once
        self._tasks.run(STORE_LANE, partial(leave_what_was_held, self._desk.store), self._on_held_left)
        self.queue.refresh()
        # the lane is in order: when this is reached the queue was read, and a moment later it is on the screen
        self._tasks.run(STORE_LANE, _nothing, self._on_queue_read)

    def open_script(self, evaluation_id: EvaluationId, question: int | None = None) -> None:
        """Open a script for marking, at a question of it where one is named."""
        self._asked = None if question is None else (evaluation_id, question)
        self._open(partial(self._read, evaluation_id), partial(self._on_open_failed, evaluation_id))

    def put_down(self) -> None:
        """What is typed is taken, what is being drawn is not, and all that was done is on its way to the disk."""
        self.second.put_down()
        if self._marking is not None:
            self._marking.put_down()

    def close(self, done: Callable[[], None]) -> None:
        """Save and send what is in hand, close the desk, then call `done`."""
        self.driver.close()
        if self._ballast is not None:
            self._ballast.cancel()
        self._window.remember(QUEUE, self.queue.save_state())
        self.coordination.close()
        self.office.close()
        self.insight.close()
        self.questions.close()
        self.second.close()
        if self._marking is not None:
            self.closing.emit()
            self._window.remember(MARKING, self._marking.save_state())
            self._marking.leave()
            self._marking.hold.flush()

        def end(left_behind: int) -> None:
            self.left_behind = left_behind
            if self._marking is not None:
                self._marking.shutdown()
            self._deciding.shutdown()
            self.second.shutdown()
            self.images.shutdown()
            self._window.close_workspace()
            done()

        Closing(self._desk, self._tasks, self.driver.state.pending, end, self).start()

    def hurry(self) -> None:
        """Wait for the server no more: what is not sent stays here."""
        self._desk.give_up()

    # -- construction ----------------------------------------------------------------------------------------

    def _add_places(self) -> None:
        window = self._window
        window.add_place(
            QUEUE,
            Place(Scope.QUEUE, "queue", tr("Queue"), self.queue.actions_by_id, "app.queue"),
            self.queue,
        )
        window.add_place(SYNC, Place(Scope.EVERYWHERE, "sync", tr("Sync"), {}, "app.sync"), self.sync)
        self._divide_as_before(QUEUE, self.queue)

    def _divide_as_before(self, name: str, screen: QueueScreen | MarkingScreen) -> None:
        state = self._window.remembered(name)
        if not state.isEmpty():
            screen.restore_state(state)

    def _make_marking(self) -> MarkingScreen:
        from mv_desktop.ui.marking.screen import MarkingScreen
        from mv_desktop.ui.shell.bank_store import open_bank

        desk, window = self._desk, self._window
        screen = MarkingScreen(
            *(self._scripts, self._tasks, self.images, self._ids, self._clock, desk.calendar, window.messages),
            *(self._stamps, self._keys),
        )
        screen.show_question_pictures(desk.fetcher.pictures.look)
        bank = open_bank(screen, desk.store, self._tasks, self._ids, self._clock, window.messages, self._keys)
        bank.recorded.connect(self.driver.soon)
        bank.scripts_changed.connect(self._on_driver_scripts_changed)
        self.driver.bank_changed.connect(bank.reload)
        self.script_shown.connect(bank.close)
        self.closing.connect(bank.leave)
        window.add_place(MARKING, Place(Scope.MARKING, actions=screen.actions_by_id), screen)
        self._divide_as_before(MARKING, screen)
        screen.show_pace(shown=window.preferences.value("pace") == "shown")
        keep_ink(screen.views, window, str(desk.person.user_id))
        keep_tick(screen.strip, window, str(desk.person.user_id))
        screen.back_requested.connect(self._on_marking_back_requested)
        screen.next_requested.connect(self._on_marking_next_requested)
        screen.recorded.connect(self.driver.soon)
        screen.change_wanted.connect(self._on_marking_change_wanted)
        self._news = ScriptNews(screen, self._tasks, self._read_again, self._on_read_failed)
        Departure(
            *(screen, self.queue, self.driver, window.messages, self.open_script, self._on_marking_next_requested)
        )
        return screen

    def _connect(self) -> None:
        self._window.keys_changed.connect(self._on_window_keys_changed)
        self._window.place_requested.connect(self._on_window_place_requested)
        self._window.preference_chosen.connect(self._on_window_preference_chosen)
        self._window.send_requested.connect(self._on_send_requested)
        self._pages.ended.connect(self.queue.refresh)
        self.queue.open_requested.connect(self.open_script)
        self.queue.along.changed.connect(self.driver.pages.begin)
        self.queue.refresh_requested.connect(self._on_send_requested)
        self.queue.take_back_requested.connect(self._on_queue_take_back_requested)
        self.queue.shown_changed.connect(self.queue_shown)
        self.driver.state_changed.connect(self._on_driver_state_changed)
        self.driver.scripts_changed.connect(self._on_driver_scripts_changed)
        self.driver.pages_changed.connect(self._on_driver_pages_changed)
        self.driver.synced.connect(self.queue.refresh)
        self.driver.person_changed.connect(self._on_driver_person_changed)
        self.driver.turned_away.connect(self.turned_away)

    # -- opening a script ------------------------------------------------------------------------------------

    @property
    def _session(self) -> MarkingSession | None:
        """The open script."""
        return None if self._marking is None else self._marking.session

    @property
    def _open_id(self) -> EvaluationId | None:
        return None if self._marking is None else self._marking.evaluation_id

    def _here(self) -> EvaluationId | None:
        selected = self.queue.selected
        return self._open_id or (None if selected is None else selected.evaluation_id)

    def _on_queue_read(self, _: None) -> None:
        self._tasks.after(_PAINT_SECONDS, self._begin, receiver=self)

    def _begin(self) -> None:
        """Start what the queue need not wait for: the server is asked, and what marking needs is imported."""
        self.driver.now()
        self._ballast = watch_ballast(self._desk, self._tasks, self)
        if self._marking is None:
            self._tasks.run(IMPORT_LANE, _import_marking, self._on_marking_imported, _ignored)
        else:
            self._on_marking_imported(None)

    def _on_marking_imported(self, _: None) -> None:
        if self._marking is None and not self.driver.closing:
            self._marking = self._make_marking()  # now, so that the first script opens sooner
        self._begin_offices()

    def _begin_offices(self) -> None:
        """The places that are hers; all of them can tell by themselves."""
        self.coordination.begin()
        self.second.begin()
        self.office.begin()
        self.insight.begin()
        self.questions.begin()

    def _open(self, read: Callable[[], _Opening | None], failed: Callable[[Exception], None]) -> None:
        self._stay()
        self._opening = self._tasks.run(STORE_LANE, read, self._on_script_read, failed, receiver=self)

    def _stay(self) -> None:
        """She has gone elsewhere since: what is being opened must not take her away from there."""
        if self._opening is not None:
            self._opening.cancel()
            self._opening = None

    def _read(self, evaluation_id: EvaluationId) -> _Opening:
        return _Opening(self._scripts.open_script(evaluation_id), self._desk.pictures(evaluation_id))

    def _read_again(self, evaluation_id: EvaluationId) -> Reading:
        opening = self._read(evaluation_id)
        return opening.opened, opening.pictures

    def _read_next(self, after: EvaluationId) -> _Opening | None:
        """The next open script in deadline order; scripts whose submission is held are not open."""
        rows = [row.evaluation_id for row in self._desk.store.queue(self._clock.now()) if row.state in _OPEN]
        held = {item.evaluation_id for item in self._desk.store.held_leavings()}
        place = rows.index(after) + 1 if after in rows else 0
        later = [item for item in (*rows[place:], *rows[:place]) if item not in held and item != after]
        return self._read(later[0]) if later else None

    def _on_script_read(self, opening: _Opening | None) -> None:
        self._opening = None
        if self.driver.closing:
            return  # asked for just before the program was closed; nobody would be there to keep where one was
        if opening is None:
            self.marking.leave()  # what happens to its submission from now on must not lead back to it by itself
            self._window.show_place(QUEUE)
            self._window.messages.say(tr("No other script is waiting."))
            return
        self._brought = None
        marking = self.marking
        if self._window.place != MARKING:
            self._window.show_place(MARKING)  # first: where the pages stand depends on the size of the view
        pictures = opening.pictures
        if self._peeked == pictures:
            pictures = self._peeked  # the same object, for whose pages pictures are decoded already
        marking.show_script(opening.opened, pictures)
        view = opening.opened.view
        asked, self._asked = self._asked, None
        if asked is not None and asked[0] == view.evaluation_id:
            marking.go_to_question(asked[1])
        elif view.to_decide:
            self._window.messages.say(decide_text(view.to_decide, self._keys.shown("app.decide")))
        self._window.entitle(f"{view.script_code} · {view.title}")
        evaluation_id = view.evaluation_id
        self.script_shown.emit(evaluation_id)
        if any(not page.here and not page.problem for page in opening.opened.view.pages) or not (
            opening.opened.view.pages
        ):
            self._pages.fetch(evaluation_id)
        self._tasks.after(_LOOK_AHEAD_SECONDS, self._look_ahead, receiver=self)

    def _look_ahead(self) -> None:
        """Let the first page of the script that will come next be decoded already."""
        evaluation_id = self._open_id
        if evaluation_id is not None:
            self._tasks.run(STORE_LANE, partial(self._peek_next, evaluation_id), self._on_next_peeked, _ignored)

    def _peek_next(self, evaluation_id: EvaluationId) -> tuple[Sequence[PageInfo], ScriptPictures] | None:
        opening = self._read_next(evaluation_id)
        return None if opening is None else (opening.opened.view.pages, opening.pictures)

    def _on_next_peeked(self, peeked: tuple[Sequence[PageInfo], ScriptPictures] | None) -> None:
        if peeked is None:
            return
        pages, pictures = peeked
        if self._peeked != pictures:
            self._peeked = pictures
        self.marking.view.prefetch_script(pages, self._peeked)

    def _on_open_failed(self, evaluation_id: EvaluationId, error: Exception) -> None:
        """A finished script that is only on the server is fetched first."""
        if not isinstance(error, NotHereError):
            self._on_read_failed(error)
            return
        if self._brought == evaluation_id:
            return  # it is on its way
        self._brought, self._brought_to = evaluation_id, self._window.place
        self._window.messages.say(tr("The script is being fetched. It opens as soon as it is here."))
        self._tasks.run(
            FINISHED_LANE,
            partial(self._desk.archive.bring, evaluation_id),
            partial(self._on_brought, evaluation_id),
            partial(self._on_bring_failed, evaluation_id),
            receiver=self,
        )

    def _on_brought(self, evaluation_id: EvaluationId, _: None) -> None:
        """Open it, unless she has asked for another one since, or gone elsewhere."""
        if self._brought == evaluation_id:
            self._brought = None
            if self._window.place == self._brought_to != MARKING:
                self.open_script(evaluation_id)

    def _on_bring_failed(self, evaluation_id: EvaluationId, error: Exception) -> None:
        if self._brought == evaluation_id:
            self._brought = None
        if isinstance(error, NotHereError) and self._brought_to != QUEUE:  # what led to it was no list of her scripts
            self._window.messages.withdraw(tr("The script is being fetched. It opens as soon as it is here."))
            self._window.messages.say(tr("This script is not in your queue."))
        else:
            self._on_read_failed(error)

    def _on_read_failed(self, error: Exception) -> None:
        self._tasks.error.emit(error)
        self.queue.refresh()

    def _show_pages(self, evaluation_id: EvaluationId, pages: Sequence[PageInfo], pictures: ScriptPictures) -> None:
        session = self._session
        if session is not None:
            self.marking.question_pictures_came()
        if session is not None and session.view.evaluation_id == evaluation_id and pages != session.view.pages:
            self.marking.pages_changed(pages, pictures)

    # -- what the screens tell -------------------------------------------------------------------------------

    def _on_window_place_requested(self, place: str) -> None:
        self._stay()
        self._deciding.stay()
        if self._window.place == MARKING:
            self._leave_script()
        self._window.show_place(place)
        if place == QUEUE:
            self.queue.refresh()

    def _on_marking_change_wanted(self, question: UUID) -> None:
        session = self._session
        code = "" if session is None else session.view.script_code
        if self.questions.lead_to(question):
            queue = self._keys.shown("app.queue")
            self._window.messages.say(
                tr("{script} is as you left it. {key} leads to the queue.", script=code, key=queue)
            )
        else:
            self._window.messages.tell(
                InvalidError(
                    tr("Changes of questions cannot be proposed here."),
                    remedy=tr("Whoever teaches can do so, once the server has the version for it."),
                )
            )

    def _on_window_keys_changed(self, keys: KeyMap) -> None:
        self._keys = keys
        self.queue.set_keys(keys)
        if self._marking is not None:
            self._marking.set_keys(keys)

    def _on_window_preference_chosen(self, key: str, value: str) -> None:
        if key == "page_memory":
            self.images.set_budget(int(value) * MEBIBYTE)
        if key == "page_space":
            self._desk.fetcher.cache.set_quota(int(value) << 30)
        if key == "pace" and self._marking is not None:
            self._marking.show_pace(shown=value == "shown")

    def _lead_to(self, notice: Notice) -> None:
        """Show what a notice is about: a script of hers, also a finished one from elsewhere, or what the board has."""
        told = notice.data.evaluation_id
        evaluation_id = None if told is None else EvaluationId(told)
        if evaluation_id is not None and any(row.evaluation_id == evaluation_id for row in self.queue.rows):
            self.open_script(evaluation_id)
        elif self.coordination.show_told(notice.kind, evaluation_id):
            return
        elif notice.kind == STUCK and notice.data.exam_instance_id is not None:
            self.office.show_log(notice.data.exam_instance_id)
        elif evaluation_id is not None:
            self.open_script(evaluation_id)
        elif notice.kind.startswith(("script.", "sla.")):
            self._on_window_place_requested(QUEUE)

    def _leave_script(self) -> None:
        left = self.marking.evaluation_id
        self.marking.leave()
        if left is not None:
            self.queue.select(left)  # wherever she goes meanwhile, Enter in the queue leads back to it
        self.driver.soon()  # leaving writes down what was read

    def _on_send_requested(self) -> None:
        self.driver.now(thorough=True)

    def _on_marking_back_requested(self) -> None:
        self._stay()
        self._leave_script()
        self._window.show_place(QUEUE)
        self.queue.refresh()

    def _on_marking_next_requested(self, evaluation_id: EvaluationId) -> None:
        self._open(partial(self._read_next, evaluation_id), self._on_read_failed)

    def _on_queue_take_back_requested(self) -> None:
        latest = None if self._marking is None else self._marking.hold.latest
        if latest is None:
            self._window.messages.say(tr("Nothing was submitted or handed back in the last ten seconds."))
        else:
            self.marking.hold.take_back(latest)

    def _on_held_left(self, count: int) -> None:
        if count:
            self.queue.refresh()
            self.driver.soon(pressing=True)

    def _on_driver_state_changed(self, state: SyncState) -> None:
        now, zone = self._clock.now(), self._desk.calendar.hours.zone
        self._window.status.show_state(state, now, zone)
        self.queue.set_contact(online=state.online or state.sending, ever=self.driver.ever_in_contact)

    def _on_driver_person_changed(self) -> None:
        self.queue.set_calendar(self._desk.calendar)
        if self._marking is not None:
            self._marking.set_calendar(self._desk.calendar)
        self._begin_offices()
        self.person_changed.emit()

    def _on_driver_scripts_changed(self, changed: frozenset[EvaluationId]) -> None:
        if self._news is not None:
            self._news.hear(changed)

    def _on_driver_pages_changed(self, changed: frozenset[EvaluationId]) -> None:
        self.queue.refresh()
        if self._open_id in changed:
            self._pages.look()
        self._look_ahead()


def _import_marking() -> None:
    import mv_desktop.ui.marking.screen  # noqa: F401


def _nothing() -> None:
    """Marks a moment on a lane."""


def _ignored(_: Exception) -> None:
    """What is looked at ahead is only for speed."""
