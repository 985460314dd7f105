"""kill -9 while somebody marks: whatever was said to be saved is there, is sent once, and can be submitted."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import UUID

from tests.e2e.keyboard import give_full_marks, submit_by_keyboard
from tests.e2e.program import Key, Program
from tests.e2e.school import School, Teacher, assert_completed, stamps_of

_ROOT = Path(__file__).parents[2]
_ENOUGH = 40
"""Operations to see before the kill."""


@contextmanager
def child(work: str, teacher: Teacher) -> Iterator[subprocess.Popen[bytes]]:
    """The program in another process, on this test's computer."""
    command = [sys.executable, "-m", "tests.e2e.marking_child", work, teacher.email]
    environment = {**os.environ, "MV_PASSWORD": teacher.password}
    with subprocess.Popen(command, stdout=subprocess.PIPE, cwd=_ROOT, env=environment) as process:
        try:
            yield process
        finally:
            process.kill()


def killed_while_marking(school: School, teacher: Teacher) -> set[UUID]:
    """Kill the program when it has sent a part of its work and is doing more; what it said was saved."""
    with child("mark", teacher) as process:
        assert process.stdout is not None
        said: list[bytes] = []
        for line in process.stdout:
            said.append(line)
            sent = school.row("SELECT count(*) FROM applied_operations WHERE user_id = %s", teacher.user_id)["count"]
            if len(said) >= _ENOUGH and sent:
                break
        process.kill()
        said += process.stdout.readlines()
    return {UUID(line.decode().strip()) for line in said if line.endswith(b"\n")}


def reopened(start: Callable[[], Program], teacher: Teacher) -> Program:
    """The program started again after the kill."""
    program = start()
    program.show()
    program.sign_in(teacher.email, teacher.password)
    return program


def test_work_that_was_said_to_be_saved_survives_kill_9_and_is_sent_exactly_once(
    school: School, computer: Callable[[str], None], start: Callable[[], Program]
) -> None:
    teacher, script = school.teacher(4), school.script(17)
    computer(teacher.database_url)
    saved = killed_while_marking(school, teacher)
    assert len(saved) >= _ENOUGH

    program = reopened(start, teacher)
    program.press(Key.Key_Return)
    program.wait_for_script(script)
    assert program.session.can_undo, "what was done before can be undone"
    marked, ink = program.session.script.vector, dict(program.session.script.ink)
    program.wait_until_sent()
    applied = school.operations(script)
    assert saved <= {row["op_id"] for row in applied}
    assert {row["verdict"] for row in applied} == {"applied"}
    (stream,) = {row["stream_id"] for row in applied}
    numbers = [row["seq"] for row in applied]
    assert sorted(numbers) == list(range(1, len(numbers) + 1)), f"nothing twice, nothing missing in {stream}"
    assert (program.session.script.vector, program.session.script.ink) == (marked, ink), "nothing came twice"

    for _ in program.session.keys:
        program.press(Key.Key_Backtab)  # to the first: it was killed at one of them
    give_full_marks(program)
    submit_by_keyboard(program)
    program.close()  # and not in ten seconds: what is held goes at once on exit
    evaluation = assert_completed(school, script, teacher, school.full_marks(script))
    assert len(stamps_of(evaluation)) == len(ink)


def test_submission_that_was_held_when_the_program_was_killed_is_sent_at_the_next_start(
    school: School, computer: Callable[[str], None], start: Callable[[], Program]
) -> None:
    teacher, script = school.teacher(1), school.script(14)
    computer(teacher.database_url)
    with child("hold", teacher) as process:
        assert process.stdout is not None
        assert b"held\n" in iter(process.stdout.readline, b"")
        process.kill()
    assert not school.completed(script)

    program = reopened(start, teacher)
    program.wait(lambda: school.completed(script), "the server has the submission")
    program.wait_until_sent()
    program.close()
    assert_completed(school, script, teacher, school.full_marks(script))
