"""500 teachers with 20,000 open scripts: how long the board's rules take.

- rebalance.sick: 25 teachers call in sick, and others have room for what they had. Budget: 2 s.
- rebalance.full: far more work than anybody can do, so that most need the reason why they stay late. The same.
- rebalance.calm: nothing is late. The same.
- board.preview: one script from one teacher to another. Budget: 20 ms.
- board.preview_all: all that a sick teacher had.

`BENCH_SCRIPTS` in the environment makes it smaller, with a teacher for each 40.
"""

from __future__ import annotations

import os
import random
import sys
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

from mv_desktop.domain.assignment import Marker
from mv_desktop.domain.board import BoardScript, School, preview
from mv_desktop.domain.exam import ExamType
from mv_desktop.domain.identifier import EvaluationId, UserId
from mv_desktop.domain.rebalance import rebalance
from mv_desktop.domain.sla import WorkCalendar, WorkingHours
from mv_desktop.domain.workload import Measured, Paces
from tests.bench.report import report, report_value, timed

_SCRIPTS = int(os.environ.get("BENCH_SCRIPTS", "20000"))
_TEACHERS = _SCRIPTS // 40
_NOW = datetime(2026, 7, 15, 4, 30, tzinfo=UTC)
_TODAY = date(2026, 7, 15)
_SICK = ((_TODAY, _TODAY + timedelta(days=3)),)


def main() -> int:
    calm = _school(minutes=12)
    sick = replace(
        calm, markers=tuple(replace(m, away=_SICK) if n % 20 == 0 else m for n, m in enumerate(calm.markers))
    )
    for name, school in (("calm", calm), ("sick", sick), ("full", _school(minutes=70))):
        _rebalance(name, school)
    first, second = calm.markers[0].user_id, calm.markers[1].user_id
    hers = [script.evaluation_id for script in calm.queues[first]]
    report("board.preview", [timed(lambda: preview(calm, {hers[0]: second})) for _ in range(20)], scripts=_SCRIPTS)
    report("board.preview_all", [timed(lambda: preview(calm, dict.fromkeys(hers, second))) for _ in range(20)])
    return 0


def _rebalance(name: str, school: School) -> None:
    fresh = [replace(school) for _ in range(3)]
    samples = [timed(lambda: rebalance(fresh.pop())) for _ in range(3)]
    report(f"rebalance.{name}", samples, scripts=_SCRIPTS, teachers=_TEACHERS)
    found = rebalance(school)
    report_value(
        f"rebalance.{name}.moves", len(found.moves), "scripts", left=len(found.uncleared), least=int(found.least)
    )


def _school(minutes: int) -> School:
    """Each has 40 scripts that are due within five days, at about `minutes` each."""
    chance = random.Random(7)
    teachers = [UserId(UUID(int=number)) for number in range(1, _TEACHERS + 1)]
    markers = tuple(
        Marker(user, classes=chance.choice((None, None, frozenset({"X"}), frozenset({"XII"}))), daily_limit=60)
        for user in teachers
    )
    able = {marker.user_id: sorted(marker.classes or ("X", "XII")) for marker in markers}
    scripts = []
    for number in range(_SCRIPTS):
        teacher = teachers[number % _TEACHERS]
        due = _NOW + timedelta(hours=8) + timedelta(seconds=chance.randrange(5 * 86_400))
        student = UserId(UUID(int=10**6 + number))
        kind = chance.choice((ExamType.BOARD_EXAM, ExamType.SECTION_SA))
        scripts.append(
            BoardScript(
                EvaluationId(UUID(int=number + 1)), teacher, chance.choice(able[teacher]), kind, due, student,
                started=chance.random() < 0.05,
            )
        )  # fmt: skip
    measured = {
        (user, kind): Measured(timedelta(minutes=minutes * chance.uniform(0.7, 1.3)), 9)
        for user in teachers
        for kind in (ExamType.BOARD_EXAM, ExamType.SECTION_SA)
    }
    return School(tuple(scripts), markers, Paces(measured), WorkCalendar(WorkingHours()), _NOW)


if __name__ == "__main__":
    sys.exit(main())
