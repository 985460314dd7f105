"""A submission or a handing back that can still be taken back: kept durably, and not in the journal yet."""

from __future__ import annotations

import json
import logging
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING
from uuid import UUID

from mv_desktop.core.errors import InvalidError, NotAllowedError
from mv_desktop.domain.identifier import EvaluationId
from mv_desktop.domain.operation import HandBack, Leaving, SubmitEvaluation, from_payload, to_payload
from mv_desktop.offline import cipher
from mv_desktop.offline.registers import compact

if TYPE_CHECKING:
    from mv_desktop.offline.store import LocalStore

_log = logging.getLogger(__name__)

_HELD = {
    SubmitEvaluation.kind: "This script is being submitted.",
    HandBack.kind: "This script is being handed back.",
}


@dataclass(frozen=True, slots=True)
class HeldLeaving:
    """A submission, or a handing back, that can still be taken back until `until`."""

    evaluation_id: EvaluationId
    operation: Leaving
    until: datetime


def hold(db: cipher.Connection, evaluation_id: EvaluationId, operation: Leaving, until: datetime) -> None:
    """Keep that a script is to be left by `operation`. Raises NotAllowedError while it is held to be left otherwise."""
    row = db.execute("SELECT kind FROM held_submission WHERE evaluation_id = ?", (str(evaluation_id),)).fetchone()
    if row is not None and row["kind"] != operation.kind:
        raise NotAllowedError(_HELD[row["kind"]], remedy="Take that back first.")
    db.execute(
        "INSERT OR REPLACE INTO held_submission (evaluation_id, payload, until, kind) VALUES (?, ?, ?, ?)",
        (str(evaluation_id), compact(to_payload(operation)), until.isoformat(), operation.kind),
    )


def release(db: cipher.Connection, evaluation_id: EvaluationId) -> None:
    """Forget that it was held."""
    db.execute("DELETE FROM held_submission WHERE evaluation_id = ?", (str(evaluation_id),))


def held(db: cipher.Connection) -> tuple[HeldLeaving, ...]:
    """All that is held, the one that ends first first."""
    found = []
    for row in db.execute("SELECT * FROM held_submission ORDER BY until"):
        operation = from_payload(row["kind"], json.loads(row["payload"]))
        assert isinstance(operation, SubmitEvaluation | HandBack)  # noqa: S101 (only these are ever held)
        until = datetime.fromisoformat(row["until"])
        found.append(HeldLeaving(EvaluationId(UUID(row["evaluation_id"])), operation, until))
    return tuple(found)


def leave_what_was_held(store: LocalStore) -> int:
    """Do what is still held, as at the start after a crash; answers how much that was."""
    held = () if store.read_only else store.held_leavings()
    for item in held:
        try:
            store.leave(item.evaluation_id, item.operation)
        except (NotAllowedError, InvalidError) as error:
            # moved or completed elsewhere meanwhile, which Sync tells; it must not hold up the others
            _log.warning("what was held of %s has lapsed: %s", item.evaluation_id, error.code)
            store.release_leaving(item.evaluation_id)
    return len(held)
