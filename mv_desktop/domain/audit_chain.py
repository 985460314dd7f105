"""The chain of seals over the audit log: how one is made, and where it is broken."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Final
from uuid import UUID

BEFORE_THE_FIRST: Final = b""
"""What the first seal goes on from."""


class Break(StrEnum):
    """What is wrong where the chain breaks first."""

    MISSING = "missing"
    CHANGED = "changed"
    INSERTED = "inserted"
    REORDERED = "reordered"


@dataclass(frozen=True, slots=True)
class Entry:
    """An entry of the log; `sealed` is what a seal covers of it, as text."""

    number: int
    log_id: UUID
    sealed: str


@dataclass(frozen=True, slots=True)
class Seal:
    """A link of the chain: of which entry, and 32 bytes of SHA-256."""

    number: int
    log_id: UUID
    digest: bytes


@dataclass(frozen=True, slots=True)
class Fault:
    """The first entry that is not as it was sealed."""

    kind: Break
    number: int
    log_id: UUID


@dataclass(frozen=True, slots=True)
class ChainCheck:
    """What a check of the chain found.

    Attributes:
        sound: how many entries in a row, from the first on, are as they were sealed.
        fault: the first that is not; the rest was not looked at.
        newest: the last seal of the sound part, None when nothing is sealed.
        expected_seen: whether the seal that was expected is in the sound part; True when none was.
    """

    sound: int
    fault: Fault | None
    newest: Seal | None
    expected_seen: bool


def next_seal(previous: bytes, sealed: str) -> bytes:
    """The seal of an entry that follows the one sealed by `previous`."""
    return hashlib.sha256(previous + sealed.encode()).digest()


def check_chain(entries: Iterable[Entry], seals: Iterable[Seal], expected: bytes | None = None) -> ChainCheck:
    """Go through the log and its seals together, as far as the first fault.

    Both come in the order of their numbers and end with the newest seal's; neither is held in memory.

    Args:
        entries: the log.
        seals: the chain.
        expected: a seal that was written down somewhere else: when it is not there, the end was cut off or the
            whole chain was made anew.
    """
    rows = iter(entries)
    row = next(rows, None)
    newest: Seal | None = None
    digest = BEFORE_THE_FIRST
    sound, seen = 0, expected is None
    for seal in seals:
        fault = _fault(row, seal, digest)
        if fault is not None:
            return ChainCheck(sound, fault, newest, seen)
        sound, newest, digest = sound + 1, seal, seal.digest
        seen = seen or digest == expected
        row = next(rows, None)
    fault = None if row is None else Fault(Break.INSERTED, row.number, row.log_id)
    return ChainCheck(sound, fault, newest, seen)


def _fault(row: Entry | None, seal: Seal, previous: bytes) -> Fault | None:
    if row is None or row.number > seal.number:
        return Fault(Break.MISSING, seal.number, seal.log_id)
    if row.number < seal.number:
        return Fault(Break.INSERTED, row.number, row.log_id)
    if row.log_id != seal.log_id:
        return Fault(Break.REORDERED, row.number, row.log_id)
    if next_seal(previous, row.sealed) != seal.digest:
        return Fault(Break.CHANGED, row.number, row.log_id)
    return None
