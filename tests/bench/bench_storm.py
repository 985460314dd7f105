"""Everybody comes back: a thousand workstations in one minute, each with a hundred operations that waited.

The load generator is on the same cores. Budget: `storm.1000`: five minutes from the first that returns to the last
whose work is confirmed, and no error. Each signs in anew (a password is proved by 32,768 rounds of SHA-256), fetches
its queue and five scripts, asks how far the server is, sends, and compares sums, in transactions with the program's
limits.
"""

from __future__ import annotations

import asyncio
import os
import random
import sys
import time
from typing import Any

import psutil
import psycopg

from mv_desktop.demo.port import HOST
from tests.bench.crowd import Taken, Workstation
from tests.bench.crowd_server import crowded_server
from tests.bench.report import report, report_value

_DATABASE = "bench_storm"
_MINUTE = 60.0
_SCRIPTS, _WAITING = 5, 100


def main() -> int:
    workstations = int(os.environ.get("MV_BENCH_WORKSTATIONS", "1000"))
    name = f"storm.{workstations}"
    taken = Taken()
    with crowded_server(_DATABASE, workstations, _SCRIPTS) as server:
        address = {"host": HOST, "port": server.port, "dbname": _DATABASE}
        psutil.cpu_percent()
        took, each = asyncio.run(_storm(workstations, address, taken))
        report_value(f"{name}.busy", psutil.cpu_percent(), "% of all cores", workstations=workstations)
        with psycopg.connect(server.super_url(_DATABASE)) as connection:
            row = connection.execute("SELECT count(*) FROM applied_operations WHERE verdict = 'applied'").fetchone()
    report_value(name, round(took, 1), "s", workstations=workstations, operations=_WAITING)
    report(f"{name}.workstation", each, workstations=workstations)
    for kind, times in sorted(taken.times.items()):
        report(f"{name}.{kind}", times, workstations=workstations)
    report_value(f"{name}.errors", len(taken.failures), "errors", workstations=workstations)
    for failure in taken.failures[:5]:
        sys.stderr.write(f"{name}: {failure}\n")
    applied = row[0] if row else 0
    expected = workstations * (_WAITING + 1)  # with the opening of the first script
    if applied != expected:
        sys.stderr.write(f"{name}: {applied} of {expected} operations are on the server\n")
    return 1 if taken.failures or applied != expected else 0


async def _storm(workstations: int, address: dict[str, Any], taken: Taken) -> tuple[float, list[float]]:
    """Seconds until the last is served, and milliseconds that each took."""
    chance = random.Random(5)
    stations = [Workstation(number, address, taken) for number in range(1, workstations + 1)]
    begun = time.perf_counter()

    async def come_back(station: Workstation) -> float:
        await asyncio.sleep(chance.uniform(0, _MINUTE))
        mine = time.perf_counter()
        await station.come_back(_WAITING)
        return (time.perf_counter() - mine) * 1000

    each = await asyncio.gather(*(come_back(station) for station in stations))
    took = time.perf_counter() - begun
    await asyncio.gather(*(station.close() for station in stations))
    return took, each


if __name__ == "__main__":
    sys.exit(main())
