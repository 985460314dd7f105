"""The whole story in the demo: unplugged, three scripts marked, two submitted, one moved, killed, plugged in."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from mv_desktop.demo.script_plan import ScriptPlan, script_plans
from mv_desktop.demo.script_seed import evaluation_id
from mv_desktop.domain.evaluation import WorkState
from mv_desktop.domain.identifier import EvaluationId
from tests.e2e.program import ALT, CTRL, Program
from tests.e2e.school import School, Teacher, assert_completed

_ROOT = Path(__file__).parents[2]
PLANS = tuple(replace(script_plans()[17], number=150 + n, left=3.0 + n) for n in range(3))
"""Three more scripts of the sixth teacher's."""


def script_of(plan: ScriptPlan) -> EvaluationId:
    return EvaluationId(evaluation_id(plan))


@contextmanager
def child(teacher: Teacher, folder: Path, *scripts: EvaluationId) -> Iterator[subprocess.Popen[bytes]]:
    """The program in another process, on this test's computer."""
    command = [sys.executable, "-m", "tests.e2e.marking_child", "unplugged", teacher.email, str(folder)]
    environment = {**os.environ, "MV_PASSWORD": teacher.password}
    with subprocess.Popen(
        [*command, *map(str, scripts)], stdout=subprocess.PIPE, cwd=_ROOT, env=environment
    ) as process:
        try:
            yield process
        finally:
            process.kill()


def test_everything_stands_where_it_should_after_days_without_a_network(
    school: School, computer: Callable[[str], None], start: Callable[[], Program], monkeypatch
) -> None:
    school.demo.make_scripts(PLANS, lambda _: None)
    first, second, moved = map(script_of, PLANS)
    teacher, other = school.teacher(5), school.teacher(4)
    monkeypatch.delenv("MV_DATABASE_URL", raising=False)
    with child(teacher, school.demo.folder, first, second, moved) as process:
        assert process.stdout is not None
        assert b"unplugged\n" in iter(process.stdout.readline, b"")
        for script in (first, second, moved):
            assert "mark.set" not in {row["kind"] for row in school.operations(script)}, "the network was gone"
        school.move(moved, other.user_id)
        process.kill()

    program = start()
    program.show_demo(school.demo.folder)
    program.press("n", modifiers=CTRL | ALT)
    program.choose_person(teacher.email)
    program.wait(lambda: bool(program.rows), "the queue, by her own file")
    program.wait(lambda: "offline" in program.status, "it says that there is no network")
    states = {row.evaluation_id: row.state for row in program.rows}
    assert states[moved] is WorkState.STARTED
    program.wait(lambda: {row.evaluation_id: row.state for row in program.rows}[second] is WorkState.SUBMITTED, "held")

    program.press("n", modifiers=CTRL | ALT)
    program.wait(lambda: school.completed(first) and school.completed(second), "the two are completed", seconds=15)
    program.wait_until_sent()
    for script in (first, second):
        assert_completed(school, script, teacher, school.full_marks(script))
        verdicts = {row["verdict"] for row in school.operations(script)}
        assert verdicts == {"applied"}
    late = [row for row in school.operations(moved) if row["kind"] == "mark.set"]
    assert {row["verdict"] for row in late} == {"kept"}
    assert len(late) == len(school.full_marks(moved))
    assert school.evaluation(moved)["teacher_user_id"] == other.user_id
    assert not school.completed(moved)
    operations = school.rows("SELECT op_id FROM applied_operations WHERE user_id = %s", teacher.user_id)
    assert len(operations) == len({row["op_id"] for row in operations})
    notes = [message.text for message in program.workspace._desk.store.status().messages]
    assert [text for text in notes if "was moved to" in text]
    state = lambda: {row.evaluation_id: row.state for row in program.rows}.get(moved)  # noqa: E731
    program.wait(lambda: state() in (None, WorkState.MOVED), f"it is no longer hers, but {state()}", seconds=10)
    result = program.workspace._desk.sync.run(thorough=True)
    assert (result.online, result.pending, result.differences) == (True, 0, ())
    program.close()
