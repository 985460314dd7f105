"""Workstations by the hundred on one server, the load generator on the same cores.

Budgets: `load.1000` and `load.200_pgbouncer`: no error, and p95 of every statement at most 100 ms. A statement is a
whole transaction: begin, the program's limits, the question, commit. Each workstation fetches its queue once a minute
and sends six operations every ten seconds. Signing in comes first, ten at a time, and is told apart: there a password
is proved (32,768 rounds of SHA-256) by every workstation, which here are one process.
"""

from __future__ import annotations

import asyncio
import os
import sys
import time
from typing import Any

import psutil
import psycopg

from mv_desktop.demo.port import HOST
from mv_desktop.demo.postgres import LocalPostgres
from tests.bench.crowd import Taken, crowd
from tests.bench.crowd_server import crowded_server
from tests.bench.report import report, report_value
from tests.fakes.bouncer import PROGRAM, Bouncer

_DATABASE = "bench_load"
_SECONDS = 90.0
_SIGNING_IN = 10
_SCRIPTS = 5


def main() -> int:
    workstations = int(os.environ.get("MV_BENCH_WORKSTATIONS", "1000"))
    with crowded_server(_DATABASE, workstations, _SCRIPTS) as server:
        failed = _load(f"load.{workstations}", server, server.port, workstations)
        if PROGRAM is None:
            sys.stderr.write("load.200_pgbouncer was not run: PgBouncer is not installed\n")
        else:
            few = min(200, workstations)
            with Bouncer(server, _DATABASE, connections=100) as bouncer:
                failed |= _load(f"load.{few}_pgbouncer", server, bouncer.port, few)
    return failed


def _load(name: str, server: LocalPostgres, port: int, workstations: int) -> int:
    taken, idle = Taken(), Taken()
    address = {"host": HOST, "port": port, "dbname": _DATABASE}
    asyncio.run(_run(name, server, address, workstations, taken, idle))
    for kind, times in sorted(idle.times.items()):
        report(f"{name}.signing_in.{kind}", times, workstations=workstations)
    for kind, times in sorted(taken.times.items()):
        report(f"{name}.{kind}", times, workstations=workstations)
    failures = idle.failures + taken.failures
    report_value(f"{name}.errors", len(failures), "errors", workstations=workstations)
    for failure in failures[:5]:
        sys.stderr.write(f"{name}: {failure}\n")
    return 1 if failures else 0


async def _run(
    name: str, server: LocalPostgres, address: dict[str, Any], workstations: int, taken: Taken, signing: Taken
) -> None:
    begun = time.perf_counter()
    async with crowd(workstations, address, signing, _SIGNING_IN) as stations:
        report_value(f"{name}.signed_in", round(time.perf_counter() - begun, 1), "s", workstations=workstations)
        for station in stations:
            station.taken = taken
        psutil.cpu_percent()
        own = time.process_time()
        await asyncio.gather(*(station.work(_SECONDS) for station in stations))
        report_value(f"{name}.busy", psutil.cpu_percent(), "% of all cores", workstations=workstations)
        share = 100 * (time.process_time() - own) / _SECONDS
        report_value(f"{name}.generator", round(share, 1), "% of one core", workstations=workstations)
        statements = sum(len(times) for times in taken.times.values())
        report_value(f"{name}.rate", round(statements / _SECONDS, 1), "statements/s", workstations=workstations)
        _report_memory(name, server, workstations)


def _report_memory(name: str, server: LocalPostgres, workstations: int) -> None:
    """What a connection costs the server: memory that is its own, and its part of what is shared."""
    with psycopg.connect(server.super_url(_DATABASE)) as connection:
        backends = [
            pid
            for (pid,) in connection.execute(
                "SELECT pid FROM pg_stat_activity WHERE usename LIKE 'mv\\_%' AND backend_type = 'client backend'"
                " AND pid <> pg_backend_pid()"
            )
        ]
    report_value(f"{name}.connections", len(backends), "to the server", workstations=workstations)
    found = [psutil.Process(pid).memory_full_info() for pid in backends]
    if found:
        for kind, total in (("own", sum(m.uss for m in found)), ("proportional", sum(m.pss for m in found))):
            value = round(total / len(found) / 1024 / 1024, 2)
            report_value(f"{name}.memory_{kind}", value, "MiB/connection", workstations=workstations)


if __name__ == "__main__":
    sys.exit(main())
