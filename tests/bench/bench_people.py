"""People from a file: 5,000 students with their parents into a school of as many people as `bench_office` has.

- people.plan_5000, people.import_5000: what a file would do, and doing it. Budget: 30 s for both together.
- people.undo_5000: taking all of it back.

`MV_BENCH_USERS` and `BENCH_ROWS` in the environment make it smaller.
"""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
from pathlib import Path

from mv_desktop.demo import os_user
from mv_desktop.demo.postgres import LocalPostgres
from mv_desktop.domain.access import login_name
from mv_desktop.domain.record_import import Meaning
from mv_desktop.offline.office.family import Students
from mv_desktop.offline.office.people_table import StudentTable
from mv_desktop.offline.office.record_file import read_file
from mv_desktop.services.database import make_engine, open_session
from mv_desktop.services.migration import migrate
from mv_desktop.ui.admin.people_exchange import PeopleExchange
from mv_desktop.ui.admin.student import StudentSubject
from tests.bench.bench_office import ADMIN, DATABASE, PASSWORD, fill
from tests.bench.report import report_value, timed

_USERS = int(os.environ.get("MV_BENCH_USERS", "200000"))
_ROWS = int(os.environ.get("BENCH_ROWS", "5000"))


def main() -> int:
    folder = Path(tempfile.mkdtemp(prefix="mv-bench-people-"))
    folder.chmod(0o711)
    try:
        with LocalPostgres(folder / "postgres", fast_and_unsafe=True) as server:
            server.prepare(DATABASE)
            migrate(server.owner_url(DATABASE))
            fill(server, _USERS)
            _measure(server, folder / "students.csv")
    finally:
        os_user.erase(folder / "postgres")
        shutil.rmtree(folder, ignore_errors=True)
    return 0


def _measure(server: LocalPostgres, path: Path) -> None:
    lines = [
        f"Uma{n},Das{n % 97},uma{n}@new.example,X,9{n:09},School {n % 7},mum{n // 2}@new.example mother first Mira Das"
        for n in range(_ROWS)
    ]
    path.write_text("\n".join(["First name,Last name,E-mail,Class,Phone,School,Parents", *lines]), encoding="utf-8")
    engine = make_engine(server.url(DATABASE, login_name(ADMIN), PASSWORD), application_name="mv-desktop bench")

    def connect():  # type: ignore[no-untyped-def]
        return open_session(engine)

    table = StudentTable(connect)
    exchange = PeopleExchange(StudentSubject(Students(connect), table), table)
    found, done = [], []

    def plan() -> None:
        read = read_file(path)
        found.append(exchange.plan(read, exchange.matched(read[0]), _go_on))

    planned = timed(plan)
    (made,) = found
    if made.count(Meaning.NEW) != _ROWS:
        raise RuntimeError(f"only {made.count(Meaning.NEW)} rows are new")
    imported = timed(
        lambda: done.append(exchange.perform("s.csv", made, "bench", ticked=False, weighed=None, told=_go_on))
    )
    undone = timed(lambda: exchange.undo(done[0], "bench", None))
    for name, milliseconds in (("plan", planned), ("import", imported), ("undo", undone)):
        report_value(f"people.{name}_{_ROWS}", round(milliseconds / 1000, 1), "s", rows=_ROWS, users=_USERS)
    engine.dispose()


def _go_on(_done: int, _all: int) -> bool:
    return True


if __name__ == "__main__":
    sys.exit(main())
