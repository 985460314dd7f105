"""Work that a coordinator brings in from a file, for a computer that never finds a network again."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import text
from sqlalchemy.orm import Session

from mv_desktop.core.errors import RefusedError
from mv_desktop.domain.exchange import MAX_OPERATIONS
from mv_desktop.domain.identifier import UserId

_BYTES_AT_ONCE = 4 << 20


@dataclass(frozen=True, slots=True)
class Imported:
    """What became of a file's operations.

    Attributes:
        kept: so many are kept work now, for a coordinator to compare and take.
        known: so many had reached the server before, by the computer itself or by a file.
        refused: why others were not taken, by operation id.
    """

    kept: int = 0
    known: int = 0
    refused: Mapping[str, str] = field(default_factory=dict)


def import_operations(
    session: Session, teacher: UserId, file_sha256: str, operations: Sequence[Mapping[str, Any]]
) -> Imported:
    """Keep `operations` as work of `teacher`; all of them in the session's one transaction. Audited.

    Nothing of it is applied: a file can be forged. What the server knows already stays as it is, so the same file may
    come twice, and a computer that comes back online after all is told that the server has its work.

    Args:
        session: a coordinator's.
        teacher: whose work it is.
        file_sha256: names the file in the audit log, in hexadecimal.
        operations: their envelopes, as the journal wrote them, in order.

    Raises:
        RefusedError: the server knows no such teacher.
        NotAllowedError: the caller does not coordinate.
    """
    kept, known = 0, 0
    refused: dict[str, str] = {}
    for batch in _batches(operations):
        answer = session.scalar(
            text("SELECT api.import_operations(:teacher, :file, CAST(:operations AS jsonb))"),
            {"teacher": teacher, "file": file_sha256, "operations": json.dumps(batch)},
        )
        if not isinstance(answer, dict):
            raise TypeError(f"api.import_operations answered {type(answer).__name__}")
        if "refused" in answer and not isinstance(answer["refused"], dict):
            raise RefusedError(
                "The teacher of this file has no scripts on this server.",
                kept="Nothing was brought in.",
                remedy="Check that the file belongs to this server.",
            )
        kept += answer["kept"]
        known += answer["known"]
        refused |= answer["refused"]
    return Imported(kept, known, refused)


def _batches(operations: Sequence[Mapping[str, Any]]) -> list[list[Mapping[str, Any]]]:
    """In order, at most so many and so large at once; always one at least, so that a foreign teacher is refused."""
    batches: list[list[Mapping[str, Any]]] = [[]]
    size = 0
    for operation in operations:
        bytes_ = len(json.dumps(operation))
        if batches[-1] and (len(batches[-1]) >= MAX_OPERATIONS or size + bytes_ > _BYTES_AT_ONCE):
            batches.append([])
            size = 0
        batches[-1].append(operation)
        size += bytes_
    return batches
