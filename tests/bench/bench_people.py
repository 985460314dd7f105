"""People from a file: 5,000 students with their parents into a school of as many people as `bench_office` has.

- people.plan_new_5000, people.import_new_5000: what a file would do, and doing it. Budget: 30 s for both together.
- people.take_back_new_5000: taking all of it back, part by part. Budget: 30 s.
- the same with `changed`: a file that changes all of them.

`MV_BENCH_USERS` and `BENCH_ROWS` in the environment make it smaller.
"""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
from contextlib import AbstractContextManager
from pathlib import Path
from uuid import UUID, uuid4

from sqlalchemy.orm import Session

from mv_desktop.demo import os_user
from mv_desktop.demo.postgres import LocalPostgres
from mv_desktop.domain.access import login_name
from mv_desktop.domain.import_history import SourceFile
from mv_desktop.domain.record_import import ImportPlan, Meaning
from mv_desktop.offline.office.family import Students
from mv_desktop.offline.office.import_history import Together
from mv_desktop.offline.office.people_table import KeptPeople, StudentTable
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

    def connect() -> AbstractContextManager[Session]:
        return open_session(engine)

    joined = Together(connect)
    table = KeptPeople(StudentTable(joined), joined, "student", uuid4)
    exchange = PeopleExchange(StudentSubject(Students(connect), table), table, None)
    _undone(exchange, path, "new")
    path.write_text(path.read_text(encoding="utf-8").replace("School", "Other"), encoding="utf-8")
    first = exchange.read(path, "").table
    plan = exchange.plan(first, exchange.matched(first[0]), _go_on)
    exchange.perform(SourceFile("s.csv"), plan, "bench", ticked=False, weighed=None, told=_go_on)
    path.write_text(path.read_text(encoding="utf-8").replace("Other", "Third"), encoding="utf-8")
    _undone(exchange, path, "changed")
    engine.dispose()


def _undone(exchange: PeopleExchange, path: Path, name: str) -> None:
    """Bring a file in, in which all rows are of one meaning, and take it back."""
    plans: list[ImportPlan] = []
    ids: list[UUID] = []
    file = SourceFile(path.name)

    def plan() -> None:
        read = exchange.read(path, "").table
        plans.append(exchange.plan(read, exchange.matched(read[0]), _go_on))

    def perform() -> None:
        ids.append(exchange.perform(file, plans[0], "bench", ticked=False, weighed=None, told=_go_on))

    planned = timed(plan)
    if plans[0].count(Meaning(name)) != _ROWS:
        raise RuntimeError(f"only {plans[0].count(Meaning(name))} rows are {name}")
    imported, undone = timed(perform), timed(lambda: exchange.undo(ids[0], "bench", None, _go_on))
    for what, milliseconds in (("plan", planned), ("import", imported), ("take_back", undone)):
        report_value(f"people.{what}_{name}_{_ROWS}", round(milliseconds / 1000, 1), "s", rows=_ROWS, users=_USERS)


def _go_on(_done: int, _all: int) -> bool:
    return True


if __name__ == "__main__":
    sys.exit(main())
