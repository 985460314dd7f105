"""Starting the program, warm: until the window is painted, and until the queue is.

`start.window` counts from the start of the process; its reference is a bare PySide6 window in the same run.
`start.queue` goes on through signing in at once, without the time in which a person types and the program imports
ahead. Budgets: 400 ms and 1,000 ms.
"""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from tests.bench.report import report

_RUNS = 7
_BARE = """
import sys, time, psutil
from PySide6.QtWidgets import QApplication, QMainWindow
app = QApplication([])
window = QMainWindow()
window.show()
window.repaint()
print((time.time() - psutil.Process().create_time()) * 1000)
"""


def main() -> int:
    with tempfile.TemporaryDirectory(prefix="mv-bench-") as temporary:
        command = [sys.executable, "-m", "mv_desktop", "demo", "--headless", "--scripts", "2"]
        demo = subprocess.Popen(
            [*command, "--data-dir", f"{temporary}/demo"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        assert demo.stdin is not None
        assert demo.stdout is not None
        try:
            teacher = json.loads(demo.stdout.readline())["people"][0]
            _measure(teacher, Path(temporary))
        finally:
            demo.stdin.close()
            demo.wait(timeout=60)
    return 0


def _measure(teacher: dict[str, Any], folder: Path) -> None:
    environment = os.environ | {
        "QT_QPA_PLATFORM": "offscreen",
        "MV_DATA_DIR": str(folder / "data"),
        "MV_CONFIG_DIR": str(folder / "config"),
        "MV_DATABASE_URL": teacher["database_url"],
        "MV_PASSWORD": teacher["password"],
    }
    probe = [sys.executable, "-m", "mv_desktop", "_probe", "--email", teacher["email"]]
    starts = [json.loads(_output(probe, environment)) for _ in range(_RUNS + 1)][1:]  # the first one fetches pages
    bare = statistics.median(float(_output([sys.executable, "-c", _BARE], environment)) for _ in range(_RUNS))
    report("start.window", [start["window_ms"] for start in starts], bare)
    report("start.queue", [start["queue_ms"] for start in starts], bare)


def _output(command: list[str], environment: dict[str, str]) -> str:
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
    return done.stdout.splitlines()[-1]


if __name__ == "__main__":
    sys.exit(main())
