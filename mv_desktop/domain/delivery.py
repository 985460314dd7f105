"""What the two sides tell each other so that nothing is missing on either: sums of a script, and limits of a call."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Final
from uuid import UUID

from mv_desktop.domain.identifier import EvaluationId, OperationId

DELIVERY_SCHEMA: Final = "013"
"""The first version of the database that answers for streams and sums."""

MOST_STREAMS: Final = 100
"""Of so many streams one call may ask."""
MOST_SUMS: Final = 200
"""Of so many scripts one call may ask."""

MOST_OPERATION_BYTES: Final = 1_000_000
"""So large an operation's payload may be by `stored_bytes`; the server takes 1 MiB."""
MOST_ANNOTATIONS: Final = 2000
"""So many annotations the server takes in one operation."""
MOST_BATCH_BYTES: Final = 512 * 1024
"""So much text one call carries, unless a single operation is larger: a slow line gets it through in time."""


@dataclass(frozen=True, slots=True)
class StreamState:
    """How far the server is in a stream.

    Attributes:
        last: the number of the last operation that it has; 0 when it does not know the stream.
        operation: that operation; None when it came under another stream before.
    """

    last: int = 0
    operation: OperationId | None = None


@dataclass(frozen=True, slots=True)
class ScriptSums:
    """What stands on a script, in short.

    Attributes:
        version: counts the applied operations; only the same version can be compared.
        marks: a fingerprint of the marks given (`marks_print`).
        ink: a fingerprint of where which annotation stands (`ink_print`).
        annotations: how many there are.
        carried: the sum of the marks that they carry.
        conflicts: so many decisions between two marks are due.
    """

    evaluation_id: EvaluationId
    assignment_version: int
    version: int
    marks: str
    ink: str
    annotations: int
    carried: Decimal
    conflicts: int


def marks_print(marks: Iterable[tuple[int, str, str, Decimal | None, str]]) -> str:
    """The fingerprint of marks: question number, alternative, state, marks and comment of each register."""
    return _print(
        f"{number}|{alternative}|{state}|{'' if given is None else plain(given)}|{comment}"
        for number, alternative, state, given, comment in sorted(marks, key=lambda mark: mark[:2])
    )


def ink_print(ink: Iterable[tuple[UUID, int, int, int | None]]) -> str:
    """The fingerprint of annotations: id, page, page of a PDF and question of each."""
    return _print(
        f"{annotation_id}|{page}|{pdf_page}|{'' if question is None else question}"
        for annotation_id, page, pdf_page, question in sorted(ink, key=lambda item: item[0])
    )


def plain(number: Decimal) -> str:
    """A number without needless zeros, as the server writes it."""
    return f"{number.normalize():f}" if number else "0"


def stored_bytes(data: object) -> int:
    """How large the server finds a payload, at most: its numbers take more room there than as text."""
    match data:
        case str():
            return 8 + len(data.encode("utf-8", "replace"))
        case Mapping():
            return 12 + sum(stored_bytes(key) + stored_bytes(value) for key, value in data.items())
        case list() | tuple():
            return 12 + sum(map(stored_bytes, data))
    return 16 + len(str(data)) // 2


def _print(lines: Iterable[str]) -> str:
    return hashlib.sha256("\n".join(lines).encode("utf-8", "replace")).hexdigest()
