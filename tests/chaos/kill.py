"""kill -9 of the program at any statement of its SQL, and at any write, sync or rename that it asks the system for."""

from __future__ import annotations

import multiprocessing
import os
import random
import re
import shutil
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from mv_desktop.offline.vault import Vault
from tests.chaos.child import work
from tests.chaos.verify import verify
from tests.chaos.world import scratch

CALLS = ("pwrite64", "write", "fdatasync", "fsync", "ftruncate", "rename", "unlink")
ROUNDS = 13
STATEMENTS = 260
"""About so many a child of `ROUNDS` rounds carries out."""
_ROOT = Path(__file__).parents[2]
_KILLS_OF_A_FILE = 12


@dataclass
class Killed:
    """What came of a number of kills.

    Attributes:
        kills: how many there were; `said` is what the programs had said was done before.
        lost: what of that was not there afterwards.
        wrong: what was wrong otherwise.
    """

    kills: int = 0
    said: int = 0
    lost: list[str] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)


def strace() -> str | None:
    """Where strace is; None, with a loud word, where it is not or may not be used."""
    found = shutil.which("strace")
    if found and subprocess.run([found, "-o", "/dev/null", "true"], capture_output=True).returncode == 0:
        return found
    print("!! NO STRACE HERE: nothing is killed at system calls, and no power cut is simulated !!", file=sys.stderr)
    return None


def kill_at_statements(kills: int, seed: int) -> Killed:
    """Kill programs at random statements of their SQL, several one after the other on the same file."""
    chance = random.Random(seed)
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["tests.chaos.kill"])

    def until_killed(folder: Path) -> list[str]:
        output = folder.parent / "said"
        child = context.Process(target=_work_until, args=(folder, output, chance.randrange(3, STATEMENTS)))
        child.start()
        child.join()
        assert child.exitcode in (0, -signal.SIGKILL), f"the program ended with {child.exitcode}"
        return output.read_text().splitlines()

    return _kill(kills, until_killed)


def kill_at_system_calls(program: str, kills: int, seed: int) -> Killed:
    """Kill programs at their nth write, sync, truncation, rename or removal, spread over all that there are."""
    folder = scratch()
    log = folder / "log"
    try:
        run_child(program, folder / "counted", ["-o", str(log), "-e", f"trace={','.join(CALLS)}"])
        counts = Counter(re.findall(r"^\d+ +(\w+)\(", log.read_text(), re.MULTILINE))
    finally:
        shutil.rmtree(folder)
    points = [(call, n) for call in CALLS for n in range(1, counts[call] + 1)]
    chosen = random.Random(seed).sample(points, min(kills, len(points)))

    def until_killed(folder: Path) -> list[str]:
        call, n = chosen.pop()
        inject = ["-o", "/dev/null", "-e", f"trace={call}", "-e", f"inject={call}:signal=KILL:when={n}"]
        return run_child(program, folder, inject)

    return _kill(len(chosen), until_killed)


def _kill(kills: int, until_killed: Callable[[Path], list[str]]) -> Killed:
    result = Killed()
    while result.kills < kills:
        top, said = scratch(), []
        try:
            for _ in range(min(_KILLS_OF_A_FILE, kills - result.kills)):
                said += until_killed(top / "files")
                result.kills += 1
                lost, wrong = verify(top / "files", said)
                result.lost += lost
                result.wrong += wrong
            result.said += len(said)
        finally:
            shutil.rmtree(top)
    return result


def run_child(program: str, folder: Path, how: list[str], rounds: int = ROUNDS, pragma: str = "") -> list[str]:
    """Let a program work under strace; answers what it said."""
    child = [sys.executable, "-m", "tests.chaos.child", str(folder), str(rounds), pragma]
    done = subprocess.run(
        [program, "-f", "--seccomp-bpf", "-qq", *how, *child],
        capture_output=True,
        text=True,
        cwd=_ROOT,
        env=os.environ | {"PYTHONDONTWRITEBYTECODE": "1", "PYTHONPATH": str(_ROOT)},
    )
    assert "Traceback" not in done.stderr, done.stderr
    # the kill may have cut off the last line
    return done.stdout.splitlines()[: None if done.stdout.endswith("\n") else -1]


def _work_until(folder: Path, output: Path, statement: int) -> None:
    """Work, and be killed at that statement."""
    os.dup2(os.open(output, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), 1)
    left = statement
    init = Vault.__init__

    def watched(self: Vault, *arguments: object) -> None:
        init(self, *arguments)  # type: ignore[arg-type]
        with self.reading() as db:
            db.set_trace_callback(count)

    def count(_: str) -> None:
        nonlocal left
        left -= 1
        if left == 0:
            os.kill(os.getpid(), signal.SIGKILL)

    Vault.__init__ = watched  # type: ignore[method-assign]
    work(folder, ROUNDS, "")
