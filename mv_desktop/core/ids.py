"""Identifiers made on this computer."""

from __future__ import annotations

import os
from collections.abc import Callable
from uuid import UUID

from mv_desktop.core.clock import Clock

IdSource = Callable[[], UUID]


def uuid7(milliseconds: int, randomness: int | None = None) -> UUID:
    """A UUID version 7 (RFC 9562): sortable by the time it was made.

    Args:
        milliseconds: since the Unix epoch; the low 48 bits are used.
        randomness: 74 bits for tests; drawn from the system when None.
    """
    bits = int.from_bytes(os.urandom(10)) >> 6 if randomness is None else randomness
    return UUID(
        int=(milliseconds & (2**48 - 1)) << 80
        | 0x7 << 76
        | (bits >> 62 & 0xFFF) << 64
        | 0b10 << 62
        | bits & (2**62 - 1)
    )


def id_source(clock: Clock) -> IdSource:
    """A function that makes UUIDv7s from `clock`."""
    return lambda: uuid7(int(clock.now().timestamp() * 1000))
