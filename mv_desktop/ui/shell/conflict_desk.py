"""Deciding between the marks of two computers: where it is begun, and where one goes on afterwards."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from mv_desktop.core.clock import Clock
from mv_desktop.core.ids import IdSource
from mv_desktop.domain.evaluation import ScriptView
from mv_desktop.domain.identifier import EvaluationId, MarkKey
from mv_desktop.offline.desk import Desk, ScriptPictures
from mv_desktop.ui.actions import KeyMap, Scope
from mv_desktop.ui.canvas.image_cache import ImageCache
from mv_desktop.ui.marking.port import STORE_LANE
from mv_desktop.ui.shell.main_window import MainWindow
from mv_desktop.ui.shell.place import Place
from mv_desktop.ui.shell.store_port import ScriptsOfStore
from mv_desktop.ui.shell.sync_driver import SyncDriver
from mv_desktop.ui.sync.state import SyncState
from mv_desktop.ui.tasks import Task, Tasks
from mv_desktop.ui.text import tr, tr_count

if TYPE_CHECKING:
    from mv_desktop.ui.sync.conflict_screen import ConflictScreen

CONFLICT = "conflict"

_Opening = tuple[ScriptView, ScriptPictures]


class ConflictDesk(QObject):
    """Makes the conflict screen when it is first wanted, and keeps what is to be decided known to the window.

    Args:
        keys: as the person has them now.
        here: the script that is open or selected where one is, or None.
        go: leads to a place; a script that is open is left first.
        open_script: opens a script for marking.
    """

    def __init__(
        self,
        desk: Desk,
        driver: SyncDriver,
        window: MainWindow,
        tasks: Tasks,
        clock: Clock,
        ids: IdSource,
        images: ImageCache,
        *,
        keys: Callable[[], KeyMap],
        here: Callable[[], EvaluationId | None],
        go: Callable[[str], None],
        open_script: Callable[[EvaluationId], None],
    ) -> None:
        super().__init__(driver)
        self._desk, self._driver, self._window, self._tasks = desk, driver, window, tasks
        self._clock, self._ids, self._images = clock, ids, images
        self._keys, self._here, self._go, self._open_script = keys, here, go, open_script
        self._scripts = ScriptsOfStore(desk.store)
        self._screen: ConflictScreen | None = None
        self._from = ""
        self._opening: Task[_Opening] | None = None
        window.decide_requested.connect(self._on_window_decide_requested)
        window.keys_changed.connect(self._on_window_keys_changed)
        driver.state_changed.connect(self._on_driver_state_changed)
        driver.scripts_changed.connect(self._on_driver_scripts_changed)

    @property
    def screen(self) -> ConflictScreen:
        """The screen."""
        if self._screen is None:
            self._screen = self._make_screen()
        return self._screen

    def decide(self, evaluation_id: EvaluationId) -> None:
        """Show what is to be decided of a script."""
        self.stay()
        self._opening = self._tasks.run(STORE_LANE, partial(self._read, evaluation_id), self._on_read, receiver=self)

    def stay(self) -> None:
        """She has gone elsewhere since: what was asked for does not take her away from there."""
        if self._opening is not None:
            self._opening.cancel()
            self._opening = None

    def shutdown(self) -> None:
        """The program ends, or the person signs out."""
        if self._screen is not None:
            self._screen.shutdown()

    # -- private ---------------------------------------------------------------------------------------------

    def _make_screen(self) -> ConflictScreen:
        from mv_desktop.ui.sync.conflict_screen import ConflictScreen

        screen = ConflictScreen(
            *(self._scripts, self._tasks, self._images, self._ids, self._clock, self._desk.calendar),
            *(self._window.messages, self._keys()),
        )
        screen.back_requested.connect(self._on_screen_back_requested)
        screen.recorded.connect(self._driver.soon)
        screen.stale.connect(self.decide)
        self._window.add_place(CONFLICT, Place(Scope.CONFLICT, actions=screen.actions_by_id), screen)
        return screen

    def _read(self, evaluation_id: EvaluationId) -> _Opening:
        return self._scripts.view(evaluation_id), self._desk.pictures(evaluation_id)

    def _on_read(self, opening: _Opening) -> None:
        self._opening = None
        view, pictures = opening
        if self._driver.closing:
            return
        if not view.conflicts:
            self._window.messages.say(tr("Nothing is to be decided."))
            return
        screen, before = self.screen, self._window.place
        if before != CONFLICT:
            self._from = before
            self._go(CONFLICT)
        screen.show_script(view, pictures)
        self._window.entitle(f"{view.script_code} · {tr('Decide between two marks')}")

    def _on_screen_back_requested(self) -> None:
        evaluation_id = self.screen.evaluation_id
        self.screen.leave()
        if self._from == "marking" and evaluation_id is not None:
            self._open_script(evaluation_id)
        else:
            self._go(self._from)

    def _on_window_decide_requested(self) -> None:
        waiting = self._driver.state.to_decide
        here = self._here()
        if here is not None and here in waiting:
            self.decide(here)
        elif waiting:
            self.decide(waiting[0])

    def _on_window_keys_changed(self, keys: KeyMap) -> None:
        if self._screen is not None:
            self._screen.set_keys(keys)

    def _on_driver_state_changed(self, state: SyncState) -> None:
        self._window.set_to_decide(len(state.to_decide))

    def _on_driver_scripts_changed(self, changed: frozenset[EvaluationId]) -> None:
        screen = self._screen
        if screen is not None and screen.evaluation_id in changed:
            self._tasks.run(STORE_LANE, partial(self._read, screen.evaluation_id), self._on_read_again, receiver=self)

    def _on_read_again(self, opening: _Opening) -> None:
        self.screen.learn(*opening)


def decide_text(keys: Sequence[MarkKey], shown_key: str) -> str:
    """That the script on the screen has questions with two marks, and what leads to the decision."""
    said = tr_count(
        "Question {number} was marked otherwise on your other computer.",
        "{count} questions were marked otherwise on your other computer; question {number} is the first.",
        len(keys),
        number=keys[0].question_number,
    )
    return f"{said} {tr('{key} leads to the decision.', key=shown_key)}" if shown_key else said
