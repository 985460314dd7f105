"""Asking the server how far it is in what was sent, and what stands on scripts in short."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.orm import Session

from mv_desktop.domain.delivery import ScriptSums
from mv_desktop.domain.identifier import EvaluationId, StreamId


def stream_state(session: Session, stream_ids: Sequence[StreamId]) -> Mapping[StreamId, int]:
    """The last number that the server has of each of my streams; 0 for one that it does not know.

    Args:
        session: on the person's own login.
        stream_ids: at most `MOST_STREAMS`.
    """
    answer = session.scalar(text("SELECT api.stream_state(CAST(:streams AS uuid[]))"), {"streams": list(stream_ids)})
    known = {UUID(key): int(value) for key, value in (answer or {}).items()}
    return {stream_id: known.get(stream_id, 0) for stream_id in stream_ids}


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
