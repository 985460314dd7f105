"""The real program in a process that will be killed; it says on its standard output what it has promised so far.

Run by `test_kill` and `test_unplugged`: `python -m tests.e2e.marking_child mark|hold E-MAIL`, or `… unplugged E-MAIL
FOLDER SCRIPT …` on the demo in that folder, with the password in MV_PASSWORD. A line is the id of an operation that was
said to be saved, or "held" once the message says that the script is submitted in ten seconds, or "unplugged" once all
was done without a network.
"""

from __future__ import annotations

import itertools
import os
import sys
from collections import deque
from collections.abc import Sequence
from pathlib import Path
from uuid import UUID

from mv_desktop.app import make_qt
from mv_desktop.domain.identifier import EvaluationId, OperationId
from mv_desktop.ui.marking.session import SaveState
from tests.e2e.keyboard import give_full_marks, submit_by_keyboard
from tests.e2e.program import ALT, CTRL, Key, Program


def main(work: str, email: str, *rest: str) -> None:
    """Sign in, open the most urgent script, and do what is to be interrupted."""
    program = Program(make_qt())
    if work == "unplugged":
        work_unplugged(program, email, Path(rest[0]), [EvaluationId(UUID(script)) for script in rest[1:]])
        return
    program.show()
    program.sign_in(email, os.environ["MV_PASSWORD"])
    say_what_is_saved(program)
    program.press(Key.Key_Return)
    program.wait_for_script()
    {"mark": mark_without_end, "hold": submit}[work](program)


def say_what_is_saved(program: Program) -> None:
    """Print the ids of operations each time the program says that all is saved on this computer."""
    store = program.workspace._scripts
    write_down = store.record_all
    written: deque[OperationId] = deque()

    def record_all(*arguments: object) -> Sequence[OperationId]:
        ids = write_down(*arguments)  # type: ignore[arg-type]
        written.extend(ids)
        return ids

    def on_saved() -> None:
        session = program.marking.session
        while written and session is not None and session.save_state is SaveState.SAVED:
            say(str(written.popleft()))

    store.record_all = record_all  # type: ignore[assignment,method-assign]
    program.marking.recorded.connect(on_saved)


def mark_without_end(program: Program) -> None:
    """Marks and stamps, forth and back."""
    for number in itertools.count():
        program.press("f", "h" if number % 3 else Key.Key_Tab, Key.Key_Right, "123"[number % 3])
        if number % 5 == 4:
            program.press(Key.Key_U)
        if number % 20 == 19:
            for _ in program.session.keys:
                program.press(Key.Key_Backtab)


def submit(program: Program) -> None:
    """Submit a whole script, and wait to be killed in the ten seconds."""
    give_full_marks(program)
    submit_by_keyboard(program)
    say("held")
    program.wait(lambda: False, "killed")


def work_unplugged(program: Program, email: str, folder: Path, scripts: list[EvaluationId]) -> None:
    """Unplug, mark all the scripts, submit them but the last, and wait to be killed."""
    program.show_demo(folder)
    program.choose_person(email)

    def all_here() -> bool:
        here = {row.evaluation_id for row in program.rows if row.pages_here}
        return here.issuperset(scripts)

    program.wait(all_here, "all pages are here", seconds=60)
    program.wait(lambda: program.status.endswith("online"), "it is online")
    program.press("n", modifiers=CTRL | ALT)
    program.wait(lambda: program.status.endswith("offline"), "it says within five seconds that it is not", seconds=5)
    for script in scripts:
        if program.marking.evaluation_id != script:
            program.workspace.open_script(script)
        program.wait_for_script(script)
        give_full_marks(program)
        if script != scripts[-1]:
            submit_by_keyboard(program)
            program.wait(lambda left=script: program.marking.evaluation_id != left, "the next script is open")
    program.wait_until_saved()
    say("unplugged")
    program.wait(lambda: False, "killed")


def say(line: str) -> None:
    """At once, for whatever is behind this moment is lost."""
    os.write(1, f"{line}\n".encode())


if __name__ == "__main__":
    main(*sys.argv[1:])
