"""What `tools/test.sh` does where tests take their process down, in a project of two small files."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
pytestmark = pytest.mark.skipif(os.name != "posix", reason="a script for sh")

# pytest is what it is, with the project's settings; style, types and coverage are not the question
PYTHON = f"""#!/bin/sh
case "$1 $2" in
    "-m pytest") echo "$@" >> ran; exec "{sys.executable}" "$@";;
esac
"""

# of these, pytest-xdist 3.8 waits for ever where it may start another process
DEADLY = """
import os, pytest
@pytest.mark.parametrize("number", range(12))
def test_one(number):
    if number == 1:
        os.abort()
"""


def run(folder: Path, tests: str) -> tuple[int, str, list[str]]:
    """Runs the suite of a project that has these tests.

    Returns:
        Its status, what it said, and which runs of pytest it began.
    """
    for name in ("tools", ".venv/bin", "tests/e2e", "mv_desktop/domain"):
        (folder / name).mkdir(parents=True)
    shutil.copy(ROOT / "tools" / "test.sh", folder / "tools")
    shutil.copy(ROOT / "pyproject.toml", folder)
    python = folder / ".venv" / "bin" / "python"
    python.write_text(PYTHON, encoding="utf-8")
    python.chmod(0o755)
    (folder / "tests" / "test_small.py").write_text(tests, encoding="utf-8")
    (folder / "tests" / "e2e" / "test_whole.py").write_text("def test_whole(): ...\n", encoding="utf-8")
    outside = {name: value for name, value in os.environ.items() if not name.startswith(("PYTEST_", "COV_"))}
    done = subprocess.run(
        ["sh", str(folder / "tools" / "test.sh"), "--no-cov", "-p", "no:randomly"],
        env=outside | {"TMPDIR": str(folder)},
        capture_output=True,
        text=True,
        timeout=100,
    )
    return done.returncode, done.stdout + done.stderr, (folder / "ran").read_text(encoding="utf-8").splitlines()


def test_a_process_that_dies_ends_the_run_which_names_the_test(tmp_path):
    status, said, runs = run(tmp_path, DEADLY)
    assert status != 0
    assert "crashed while running" in said
    assert "test_small.py::test_one[1]" in said
    assert len(runs) == 1
