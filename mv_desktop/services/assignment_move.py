"""Many scripts moved at once, all of them or none, and moved back."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.orm import Session

from mv_desktop.domain.identifier import EvaluationId, UserId
from mv_desktop.domain.move import MovedScript, MovedScripts, MoveError, WantedMove
from mv_desktop.services.assignment import refusal


def move_scripts(session: Session, moves: Sequence[WantedMove], reason: str) -> MovedScripts:
    """Move scripts to teachers or into the pool, all of them or none. Deadlines stay, and work is kept.

    Args:
        session: of somebody who coordinates.
        moves: at least one, at most `MOST_AT_ONCE`, each script once.
        reason: is kept with each.

    Raises:
        MoveError: a script was changed meanwhile, or cannot be moved; nothing was.
        NotAllowedError: the caller does not coordinate.
    """
    return _move(session, moves, reason, None)


def move_back(session: Session, moved: MovedScripts, reason: str) -> MovedScripts:
    """Undo a move: everything goes back to where it came from, as long as nobody has touched it since.

    Whoever gets a script back that she had begun starts anew as well; what she had marked is kept and offered. From the
    pool it comes back as she left it.

    Raises:
        MoveError: a script was changed meanwhile; nothing was moved.
        NotAllowedError: the caller does not coordinate.
    """
    moves = [WantedMove(one.evaluation_id, one.assignment_version, one.came_from) for one in moved.scripts]
    return _move(session, moves, reason, moved.batch)


def _move(session: Session, moves: Sequence[WantedMove], reason: str, undoes: UUID | None) -> MovedScripts:
    sent = [
        {
            "evaluation": str(move.evaluation_id),
            "version": move.assignment_version,
            "teacher": None if move.to is None else str(move.to),
        }
        for move in moves
    ]
    answer = session.scalar(
        text("SELECT api.move_scripts(CAST(:moves AS jsonb), :reason, CAST(:undoes AS uuid))"),
        {"moves": json.dumps(sent), "reason": reason, "undoes": undoes},
    )
    if not isinstance(answer, dict):
        raise TypeError(f"api.move_scripts answered {type(answer).__name__}")
    if "refused" in answer:
        raise MoveError({EvaluationId(UUID(fault["evaluation"])): refusal(fault) for fault in answer["scripts"]})
    scripts = tuple(_moved(one) for one in answer["moved"])
    return MovedScripts(UUID(answer["batch"]), scripts, frozenset(UserId(UUID(user)) for user in answer["away"]))


def _moved(one: Mapping[str, Any]) -> MovedScript:
    came, to = (None if one[side] is None else UserId(UUID(one[side])) for side in ("from", "to"))
    return MovedScript(EvaluationId(UUID(one["evaluation"])), one["version"], came, to)
