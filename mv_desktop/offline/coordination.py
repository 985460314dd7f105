"""What who coordinates does on the server: the board read and kept up to date, and work moved. Needs a connection."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from datetime import date, datetime
from typing import TYPE_CHECKING

from mv_desktop.core.ids import IdSource
from mv_desktop.domain.board_look import Look, look_again, look_at
from mv_desktop.domain.board_state import Board, WaitingEntry
from mv_desktop.domain.identifier import AbsenceId, EvaluationId, UserId
from mv_desktop.domain.move import MovedScript, MovedScripts, WantedMove

if TYPE_CHECKING:
    from sqlalchemy.orm import Session


class Coordination:
    """The board of one session, on a connection of its own, so that it never waits for scripts being sent.

    Not for the GUI thread, and from one thread only.

    Args:
        connect: a session on the person's own login.
        ids: for what is entered.
    """

    def __init__(self, connect: Callable[[], AbstractContextManager[Session]], ids: IdSource) -> None:
        self._connect, self._ids = connect, ids
        self._board: Board | None = None
        self._look: Look | None = None

    def look(self) -> Look:
        """The board as it is now: read the first time, then only what has changed; the same object when nothing has.

        Raises:
            NotAllowedError: the person does not coordinate any more.
            OfflineError: the server cannot be reached; what was read before is asked about again the next time.
        """
        from mv_desktop.services.board import read_board, read_waiting, refreshed

        with self._connect() as session:
            first = self._look is None
            if self._board is None or self._look is None:
                board = read_board(session)
                fresh = look_at(board, read_waiting(session, board.school.calendar))
            else:
                news = refreshed(session, self._board)
                board = news.board
                # what waits comes and goes with the rest
                waiting = read_waiting(session, board.school.calendar) if news.is_new else self._look.waiting
                fresh = look_again(self._look, news, waiting)
        self._board, self._look = board, fresh.prepared()
        if not first:
            _ = fresh.codes  # for the search, a second after the board has opened and not before
        return fresh

    def fetched_at(self, evaluations: Sequence[EvaluationId]) -> Mapping[EvaluationId, datetime]:
        """As `services.board.fetched_at`."""
        from mv_desktop.services.board import fetched_at

        with self._connect() as session:
            return fetched_at(session, evaluations)

    def move(
        self, moves: Sequence[WantedMove], given: Sequence[tuple[WaitingEntry, UserId]], reason: str
    ) -> MovedScripts | None:
        """Move scripts, and give out what nobody ever had: all of it or nothing.

        Returns:
            What was moved and can be moved back, as what is given out for the first time can, into the pool; None when
            there was nothing to do.

        Raises:
            MoveError, ConflictError, RefusedError: something stands in the way; nothing was moved.
        """
        from mv_desktop.services.assignment import assign_script
        from mv_desktop.services.assignment_move import move_scripts

        first: list[MovedScript] = []
        away: set[UserId] = set()
        moved = None
        with self._connect() as session:
            for entry, teacher in given:
                assigned = assign_script(session, entry.exam_instance_id, teacher, entry.sla_hours, entry.due, reason)
                if assigned.evaluation_id is not None:
                    first.append(MovedScript(assigned.evaluation_id, assigned.assignment_version, None, teacher))
                away |= {teacher} if assigned.away else set()
            if moves:
                moved = move_scripts(session, moves, reason)
        if moved is None:
            return MovedScripts(self._ids(), tuple(first), frozenset(away)) if first else None
        return MovedScripts(moved.batch, (*first, *moved.scripts), moved.away | away)

    def move_back(self, moved: MovedScripts, reason: str) -> MovedScripts:
        """As `services.assignment_move.move_back`."""
        from mv_desktop.services.assignment_move import move_back

        with self._connect() as session:
            return move_back(session, moved, reason)

    def call_in_sick(self, teacher: UserId, return_day: date, reason: str) -> None:
        """Enter that a teacher is away from today on, and back on `return_day`. Raises as `services.absence` does."""
        from mv_desktop.services.absence import call_in_sick

        with self._connect() as session:
            call_in_sick(session, teacher, AbsenceId(self._ids()), return_day, reason)

    def call_back(self, teacher: UserId, reason: str) -> None:
        """Enter that a teacher is back today. Raises as `services.absence` does."""
        from mv_desktop.services.absence import call_back

        with self._connect() as session:
            call_back(session, teacher, reason)
