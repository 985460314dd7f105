"""The last moment of the server's clock that this computer was told of: evidence of when something was done."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from uuid import UUID

from mv_desktop.core.clock import Clock
from mv_desktop.offline import cipher, meta
from mv_desktop.offline.journal import Evidence
from mv_desktop.offline.registers import compact

_META = "beacon"


class Beacon:
    """How long ago the server said what time it is, by both clocks of this computer.

    Args:
        clock: the one on the wall, and the one that does not jump.
    """

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        # only of this run: after a restart nobody knows how long the computer was off
        self._seen: tuple[UUID, float] | None = None

    def write(self, db: cipher.Connection, beacon_id: UUID, wall: datetime) -> None:
        """Keep that the server named `beacon_id` when the clock on the wall said `wall`."""
        meta.write(db, _META, compact({"id": str(beacon_id), "wall": wall.isoformat()}))

    def see(self, beacon_id: UUID, elapsed: float | None) -> None:
        """It did so in this run, when the clock that does not jump said `elapsed`; now when None."""
        self._seen = beacon_id, self._clock.elapsed() if elapsed is None else elapsed

    def evidence(self, db: cipher.Connection, wall: datetime) -> Evidence:
        """What is known of a moment, which is now, when the clock on the wall says `wall`."""
        stored = meta.read(db, _META)
        if stored is None:
            return Evidence()
        beacon = json.loads(stored)
        by_wall = round((wall - datetime.fromisoformat(beacon["wall"])) / timedelta(milliseconds=1))
        steady = None
        if self._seen is not None:
            steady = round((self._clock.elapsed() - self._seen[1]) * 1000)
        return Evidence(UUID(beacon["id"]), steady, by_wall if by_wall >= 0 else None)
