"""How a script is left: what is said while a submission or a handing back can be taken back, and where one goes on."""

from __future__ import annotations

import logging
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from mv_desktop.domain.identifier import EvaluationId
from mv_desktop.ui.queue.screen import QueueScreen
from mv_desktop.ui.shell.sync_driver import SyncDriver
from mv_desktop.ui.text import tr
from mv_desktop.ui.widgets.toast import ToastTray

if TYPE_CHECKING:
    from mv_desktop.ui.marking.screen import MarkingScreen

_log = logging.getLogger(__name__)


class Departure(QObject):
    """Goes on to the next script when one is left, and back when that is taken back.

    Args:
        open_script: opens a script.
        go_on: opens the next one after a script.
    """

    def __init__(
        self,
        marking: MarkingScreen,
        queue: QueueScreen,
        driver: SyncDriver,
        messages: ToastTray,
        open_script: Callable[[EvaluationId], None],
        go_on: Callable[[EvaluationId], None],
    ) -> None:
        super().__init__(marking)
        self._marking, self._queue, self._driver, self._messages = marking, queue, driver, messages
        self._open_script, self._go_on = open_script, go_on
        self._handed_back: set[EvaluationId] = set()
        self._offered: dict[EvaluationId, str] = {}
        marking.submit_held.connect(self._on_marking_submit_held)
        marking.hold.handed_back.connect(self._on_hold_handed_back)
        marking.hold.submitted.connect(self._on_hold_submitted)
        marking.hold.released.connect(self._on_hold_released)
        marking.hold.failed.connect(self._on_hold_failed)

    # -- slots -----------------------------------------------------------------------------------------------

    def _on_marking_submit_held(self, evaluation_id: EvaluationId, seconds: int) -> None:
        code = self._code(evaluation_id)
        if seconds:
            self._offer(
                evaluation_id, tr("{code} is submitted in {seconds} seconds.", code=code, seconds=seconds), seconds
            )
        else:
            self._messages.say(tr("{code} is submitted.", code=code))
        if self._marking.evaluation_id == evaluation_id:
            self._go_on(evaluation_id)

    def _on_hold_handed_back(self, evaluation_id: EvaluationId, seconds: int) -> None:
        self._handed_back.add(evaluation_id)
        code = self._code(evaluation_id)
        said = tr("{code} is handed back in {seconds} seconds.", code=code, seconds=seconds)
        self._offer(evaluation_id, said, seconds)
        self._queue.refresh()  # it is gone from there at once
        if self._marking.evaluation_id == evaluation_id:
            self._go_on(evaluation_id)

    def _on_hold_submitted(self, evaluation_id: EvaluationId) -> None:
        self._handed_back.discard(evaluation_id)
        self._withdraw(evaluation_id)
        self._queue.refresh()
        self._driver.now()
        if self._marking.evaluation_id == evaluation_id:
            self._open_script(evaluation_id)

    def _on_hold_released(self, evaluation_id: EvaluationId) -> None:
        handed_back = evaluation_id in self._handed_back
        self._handed_back.discard(evaluation_id)
        self._withdraw(evaluation_id)
        self._messages.say(tr("The script is yours again.") if handed_back else tr("The submission was taken back."))
        self._queue.refresh()
        if self._marking.evaluation_id != evaluation_id:
            self._open_script(evaluation_id)

    def _on_hold_failed(self, evaluation_id: EvaluationId, _error: Exception) -> None:
        if not self._marking.hold.can_take_back(evaluation_id):
            self._handed_back.discard(evaluation_id)
            self._withdraw(evaluation_id)

    # -- private ---------------------------------------------------------------------------------------------

    def _offer(self, evaluation_id: EvaluationId, said: str, seconds: int) -> None:
        take_back = partial(self._marking.hold.take_back, evaluation_id)
        self._offered[evaluation_id] = said
        self._messages.say(said, undo=take_back, undo_text=tr("Take back"), seconds=seconds)

    def _withdraw(self, evaluation_id: EvaluationId) -> None:
        """The offer to take it back holds no longer, whichever way it ended."""
        said = self._offered.pop(evaluation_id, None)
        if said is not None:
            self._messages.withdraw(said)

    def _code(self, evaluation_id: EvaluationId) -> str:
        return next((row.script_code for row in self._queue.rows if row.evaluation_id == evaluation_id), "")
