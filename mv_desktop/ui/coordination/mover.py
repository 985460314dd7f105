"""Carries moves out on the server and takes them back, and says what came of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import NamedTuple

from PySide6.QtCore import QObject, Signal

from mv_desktop.core.errors import ConflictError, OfflineError, UserError
from mv_desktop.domain.board_look import Look
from mv_desktop.domain.board_state import WaitingEntry
from mv_desktop.domain.identifier import EvaluationId, ExamInstanceId, UserId
from mv_desktop.domain.move import MovedScripts, MoveError, WantedMove
from mv_desktop.ui.coordination.port import BOARD_LANE, BoardPlace
from mv_desktop.ui.coordination.script_model import evaluation_code
from mv_desktop.ui.coordination.wording import scripts_text
from mv_desktop.ui.tasks import Tasks
from mv_desktop.ui.text import said, tr
from mv_desktop.ui.widgets.toast import ToastTray

UNDO_SECONDS = 10.0
"""So long the message stands from which a move is taken back; the key does it afterwards, too."""

_MOST_NAMED = 4
_ALL_OR_NOTHING = "All of it was moved, or nothing: the board shows which as soon as the server answers."


class _Asked(NamedTuple):
    """What the server was asked to do.

    Attributes:
        moves: to whom what was to go.
        given: what nobody ever had, and somebody was to get.
    """

    moves: Mapping[EvaluationId, UserId | None] = {}
    given: frozenset[ExamInstanceId] = frozenset()

    @property
    def size(self) -> int:
        """How many scripts."""
        return len(self.moves) + len(self.given)

    def done_in(self, look: Look) -> bool:
        """All of it is so; what was completed meanwhile counts for nothing."""
        script = look.board.school.script
        there = [key for key in self.moves if key in script]
        return all(script[key].teacher_id == self.moves[key] for key in there) and not any(
            entry.exam_instance_id in self.given for entry in look.waiting
        )


class Mover(QObject):
    """One move at a time; what was moved here can be taken back in the order in which it was moved.

    Signals:
        begun(): the server is asked.
        moved(): all of it was done.
        refused(): nothing was.
        ended(): done or not, the board is to be looked at.
    """

    begun = Signal()
    moved = Signal()
    refused = Signal()
    ended = Signal()

    def __init__(self, place: BoardPlace, tasks: Tasks, messages: ToastTray, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._place, self._tasks, self._messages = place, tasks, messages
        self._done: list[MovedScripts] = []
        self._codes: dict[EvaluationId, str] = {}
        self._asked = self._unsure = _Asked()
        self.busy = False

    @property
    def can_undo(self) -> bool:
        """Something was moved here that was not taken back."""
        return bool(self._done) and not self.busy

    def move(
        self,
        look: Look,
        moves: Mapping[EvaluationId, UserId | None],
        given: Sequence[tuple[WaitingEntry, UserId]],
        reason: str,
    ) -> None:
        """Move scripts as they stand in this look."""
        entries = look.board.entries
        self._codes = {key: evaluation_code(look, key) for key in moves}
        self._asked = _Asked(dict(moves), frozenset(entry.exam_instance_id for entry, _ in given))
        wanted = [WantedMove(key, entries[key].assignment_version, to) for key, to in moves.items()]
        self._begin()
        work = partial(self._place.move, wanted, tuple(given), reason)
        self._tasks.run(BOARD_LANE, work, self._on_moved, self._on_failed, receiver=self)

    def undo(self) -> None:
        """Take the last move back."""
        if not self.can_undo:
            self._messages.say(tr("Nothing was moved here that could be taken back."))
            return
        last = self._done[-1]
        self._asked = _Asked({one.evaluation_id: one.came_from for one in last.scripts})
        self._begin()
        work = partial(self._place.move_back, last, tr("Taken back"))
        self._tasks.run(BOARD_LANE, work, partial(self._on_taken_back, last), self._on_failed, receiver=self)

    def settle(self, look: Look) -> None:
        """The board was read again: now it is known whether what got no answer was done."""
        asked, self._unsure = self._unsure, _Asked()
        if not asked.size:
            return
        if asked.done_in(look):
            count = scripts_text(asked.size)
            self._messages.say(tr("The answer was lost, but it was done: {scripts} moved.", scripts=count))
            self.moved.emit()
        else:
            self._messages.say(tr("Nothing was moved."))

    # -- private ---------------------------------------------------------------------------------------------

    def _begin(self) -> None:
        self.busy = True
        self.begun.emit()

    def _end(self) -> None:
        self.busy = False
        self.ended.emit()

    def _take_back(self, moved: MovedScripts) -> None:
        if self._done and self._done[-1] is moved:
            self.undo()

    # -- slots -----------------------------------------------------------------------------------------------

    def _on_moved(self, moved: MovedScripts | None) -> None:
        if moved is not None:
            self._done.append(moved)
            text = tr("{scripts} moved.", scripts=scripts_text(len(moved.scripts)))
            if moved.away:
                text += " " + tr("Who got some of them is away today.")
            self._messages.say(text, undo=partial(self._take_back, moved), seconds=UNDO_SECONDS)
            self.moved.emit()
        self._end()

    def _on_taken_back(self, last: MovedScripts, back: MovedScripts) -> None:
        if last in self._done:
            self._done.remove(last)
        self._messages.say(tr("{scripts} moved back.", scripts=scripts_text(len(back.scripts))))
        self._end()

    def _on_failed(self, error: Exception) -> None:
        if isinstance(error, MoveError):
            self._messages.tell(_named(error, self._codes))
        elif isinstance(error, OfflineError):
            self._unsure = self._asked
            self._messages.tell(OfflineError(error.message, kept=_ALL_OR_NOTHING, remedy=error.remedy))
        elif isinstance(error, UserError):
            self._messages.tell(error)
        else:
            self._tasks.error.emit(error)
        self.refused.emit()
        self._end()


def _named(error: MoveError, codes: Mapping[EvaluationId, str]) -> ConflictError:
    """What stands in the way, script by script: the sentence of the first would not say which it is."""
    lines = [f"{codes.get(key, '')} {said(fault.message)}".strip() for key, fault in error.faults.items()]
    more = len(lines) - _MOST_NAMED
    text = "\n".join(lines[:_MOST_NAMED]) + ("\n" + tr("and {count} more", count=more) if more > 0 else "")
    return ConflictError(text, kept=said(error.kept), remedy=said(error.remedy))
