"""Program start, warm: from the start of the process until the window and until the queue is painted.

A small demo without a window runs beside it; the program signs in there, on its real PostgreSQL, and opens its real
local file. The reference is a process that shows an empty Qt window. Budgets: `start.window` at most 0.4 s,
`start.queue` at most 1.0 s; `.work` is what all threads had of the processors until then, which a busy computer
lengthens less. `script_ms` and `first_picture_ms` of the probe are measured better elsewhere.
"""

from __future__ import annotations

import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from tests.bench.display import use_offscreen
from tests.bench.report import report, report_value

_RUNS = 9
_SCRIPTS = 6
_PATIENCE_S = 180.0
_EMPTY_WINDOW = """
from PySide6.QtWidgets import QApplication, QWidget
application = QApplication([])
window = QWidget()
window.show()
window.repaint()
"""


def main() -> int:
    use_offscreen()
    folder = Path(tempfile.mkdtemp(prefix="mv-bench-start-"))
    folder.chmod(0o711)  # as root, the servers' unprivileged user must get through
    demo = subprocess.Popen(
        [*_PROGRAM, "demo", "--headless", "--data-dir", str(folder / "demo"), "--scripts", str(_SCRIPTS)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    try:
        assert demo.stdout is not None
        told = json.loads(demo.stdout.readline())
        person = next(person for person in told["people"] if person["role"] == "teacher")
        environment = _environment(folder, person)
        _until_warm(person, environment)
        times = [_probe(person, environment) for _ in range(_RUNS)]
        reference = statistics.median(_empty_window() for _ in range(5))
    finally:
        demo.communicate(timeout=_PATIENCE_S)  # it ends when its standard input does
        shutil.rmtree(folder, ignore_errors=True)
    for step in ("window", "queue"):
        samples = [run[f"{step}_ms"] for run in times]
        report(f"start.{step}", samples, reference)
        report_value(f"start.{step}.best", min(samples), "ms")
        report(f"start.{step}.work", [run[f"{step}_work_ms"] for run in times])
    return 0


_PROGRAM = [sys.executable, "-m", "mv_desktop"]


def _environment(folder: Path, person: dict[str, Any]) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    return kept | {  # warm: with the byte code that an installed program has
        "MV_DATA_DIR": str(folder / "data"),
        "MV_CONFIG_DIR": str(folder / "config"),
        "MV_DATABASE_URL": person["database_url"],
        "MV_PASSWORD": person["password"],
    }


def _until_warm(person: dict[str, Any], environment: dict[str, str]) -> None:
    """Until one start has found scripts and pages on this computer."""
    end = time.monotonic() + _PATIENCE_S
    while not _finished(_run(person, environment)):
        if time.monotonic() > end:
            raise TimeoutError("the program never found a script to open")


def _probe(person: dict[str, Any], environment: dict[str, str]) -> dict[str, float]:
    run = _run(person, environment)
    if not _finished(run):
        raise RuntimeError(f"the program did not get there: {run.stdout!r}")
    times: dict[str, float] = json.loads(run.stdout)
    return times


def _run(person: dict[str, Any], environment: dict[str, str]) -> subprocess.CompletedProcess[bytes]:
    command = [*_PROGRAM, "_probe", "--email", person["email"], "--started", str(time.time())]
    return subprocess.run(command, env=environment, stdout=subprocess.PIPE, timeout=_PATIENCE_S, check=False)


def _finished(run: subprocess.CompletedProcess[bytes]) -> bool:
    return run.returncode == 0 and b"queue_ms" in run.stdout


def _empty_window() -> float:
    start = time.perf_counter()
    subprocess.run([sys.executable, "-c", _EMPTY_WINDOW], check=True)
    return (time.perf_counter() - start) * 1000


if __name__ == "__main__":
    sys.exit(main())
