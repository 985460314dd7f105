"""Asking the server how far it is in what was sent, and what stands on scripts in short."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.orm import Session

from mv_desktop.domain.delivery import ScriptSums, StreamState
from mv_desktop.domain.identifier import EvaluationId, OperationId, StreamId


def stream_state(session: Session, stream_ids: Sequence[StreamId]) -> Mapping[StreamId, StreamState]:
    """How far the server is in each of my streams, also in those that it does not know.

    Args:
        session: on the person's own login.
        stream_ids: at most `MOST_STREAMS`.
    """
    answer = session.scalar(text("SELECT api.stream_state(CAST(:streams AS uuid[]))"), {"streams": list(stream_ids)})
    known = {UUID(key): _state(value) for key, value in (answer or {}).items()}
    return {stream_id: known.get(stream_id, StreamState()) for stream_id in stream_ids}


def script_sums(session: Session, evaluation_ids: Sequence[EvaluationId]) -> tuple[ScriptSums, ...]:
    """What stands on these of my scripts; those that are not mine any more are left out.

    Args:
        session: on the person's own login.
        evaluation_ids: at most `MOST_SUMS`.
    """
    answer = session.scalar(text("SELECT api.script_sums(CAST(:scripts AS uuid[]))"), {"scripts": list(evaluation_ids)})
    return tuple(
        ScriptSums(
            EvaluationId(UUID(row["evaluation_id"])),
            row["assignment_version"],
            row["version"],
            row["marks"],
            row["ink"],
            row["annotations"],
            Decimal(row["carried"]),
            row["conflicts"],
        )
        for row in answer or ()
    )


def _state(entry: Mapping[str, Any]) -> StreamState:
    operation = entry["operation"]
    return StreamState(entry["last"], None if operation is None else OperationId(UUID(operation)))
