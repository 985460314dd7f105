"""Makes the demo's scripts in processes of their own, while the program is already in use."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from mv_desktop.core.errors import SetupError
from mv_desktop.core.process import own_command, wait_for_end_of_input
from mv_desktop.demo.demonstration import Demonstration, end_child
from mv_desktop.demo.script_plan import ScriptPlan
from mv_desktop.demo.supervisor import detached


class ScriptMakers:
    """Child processes that make the scripts that are missing, while the program is already in use.

    Args:
        folder: the demo's, already started.
        scripts: how many scripts there are to be.
        processes: how many work at once; by default as many as there are cores, two at most.
    """

    def __init__(self, folder: Path, scripts: int, processes: int | None = None) -> None:
        count = processes or min(2, os.cpu_count() or 1)
        self._log = folder / "makers.log"
        with self._log.open("w", encoding="utf-8") as log:
            self._children = [
                subprocess.Popen(
                    own_command("_demo_scripts", str(folder), str(scripts), str(index), str(count)),
                    stdin=subprocess.PIPE,
                    stdout=subprocess.PIPE,
                    stderr=log,
                    text=True,
                    **detached(),
                )
                for index in range(count)
            ]

    def wait(self, done: Callable[[int], None]) -> None:
        """Wait until all are made; `done` is told the number of each script as it is ready.

        Raises:
            SetupError: a process failed; the scripts made so far stay, and the next start goes on.
        """
        with ThreadPoolExecutor(len(self._children)) as pool:
            statuses = list(pool.map(lambda child: _told(child, done), self._children))
        if any(statuses):
            raise SetupError(
                "Not all scripts of the demo could be made.",
                kept="Those that are ready stay, and the next start goes on.",
                remedy=f"The reason stands in {self._log}.",
            )

    def stop(self) -> None:
        """End what is still running."""
        for child in self._children:
            end_child(child)


def make_share(folder: Path, scripts: int, index: int, count: int) -> None:
    """What a maker's process does: its share of the missing scripts. Prints the number of each when it is ready."""
    demo = Demonstration(folder, scripts=scripts)
    threading.Thread(target=_leave_with_parent, daemon=True).start()
    demo.attach()
    try:
        mine = [plan for plan in demo.missing() if plan.number % count == index]
        demo.make_scripts(mine, _tell)
    finally:
        demo.stop()


def _tell(plan: ScriptPlan) -> None:
    sys.stdout.write(f"{plan.number}\n")
    sys.stdout.flush()


def _told(child: subprocess.Popen[str], done: Callable[[int], None]) -> int:
    """Pass on what a maker tells until it ends; its exit status."""
    for line in child.stdout or ():
        done(int(line))
    return child.wait()


def _leave_with_parent() -> None:
    wait_for_end_of_input()
    os._exit(1)
