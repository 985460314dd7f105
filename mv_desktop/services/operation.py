"""Sending what was done, and reading the server's verdicts."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.orm import Session

from mv_desktop.domain.exchange import MAX_OPERATIONS, SentOperation, Verdict, VerdictKind
from mv_desktop.domain.identifier import OperationId, StreamId

_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")
"""PostgreSQL's text holds neither NUL nor half a surrogate pair; a paste can bring either."""


def apply_operations(session: Session, stream_id: StreamId, operations: Sequence[SentOperation]) -> tuple[Verdict, ...]:
    """Send a batch of one stream in the order of `seq`; nothing is final before the session's commit.

    Returns:
        A verdict for each operation, in order. After one that is not final there are no more: the server looked no
        further.

    Raises:
        ValueError: more operations than one call may carry.
    """
    if len(operations) > MAX_OPERATIONS:
        raise ValueError(f"{len(operations)} operations in one call")
    answer = session.scalar(
        text("SELECT api.apply_operations(CAST(:stream AS uuid), CAST(:operations AS jsonb))"),
        {"stream": stream_id, "operations": json.dumps([_sent(operation) for operation in operations])},
    )
    return tuple(_verdict(entry) for entry in answer or ())


def storable(value: Any) -> Any:  # noqa: ANN401 (whatever JSON holds)
    """`value` with a replacement character for what the database cannot hold: the same at every sending."""
    match value:
        case str():
            return _UNSTORABLE.sub("\ufffd", value)
        case Mapping():
            return {storable(key): storable(item) for key, item in value.items()}
        case list() | tuple():
            return [storable(item) for item in value]
    return value


def _sent(operation: SentOperation) -> dict[str, Any]:
    return {
        "op_id": str(operation.op_id),
        "seq": operation.seq,
        "evaluation_id": str(operation.evaluation_id),
        "assignment_version": operation.assignment_version,
        "base_version": operation.base_version,
        "kind": operation.kind,
        "payload": storable(operation.payload),
        "schema": operation.schema,
        "wall": operation.wall.isoformat(),
        "beacon_id": None if operation.beacon_id is None else str(operation.beacon_id),
        "since_beacon_ms": operation.since_beacon_ms,
        "wall_since_ms": operation.wall_since_ms,
        "program": operation.program,
    }


def _kind(verdict: str) -> VerdictKind:
    try:
        return VerdictKind(verdict)
    except ValueError:
        return VerdictKind.UNKNOWN


def _verdict(entry: Mapping[str, Any]) -> Verdict:
    return Verdict(
        op_id=OperationId(UUID(entry["op_id"])),
        seq=entry["seq"],
        kind=_kind(entry["verdict"]),
        reason=entry.get("reason"),
        detail=entry.get("detail"),
        version=entry.get("version"),
        already=entry.get("already", False),
        expected=entry.get("expected"),
    )
