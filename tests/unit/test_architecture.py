"""The house's rules, as sentences that a test runs."""

import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]


def test_imports_obey_the_layers():
    result = subprocess.run(
        [sys.executable, "-c", "from importlinter.cli import lint_imports_command; lint_imports_command()"],
        cwd=ROOT,
        capture_output=True,
        text=True,
    )
    assert result.returncode == 0, result.stdout + result.stderr


def test_no_module_has_a_name_that_says_nothing():
    banned = {"utils", "util", "helpers", "helper", "common", "manager", "misc"}
    assert not [path for path in (ROOT / "mv_desktop").rglob("*") if path.stem.lower() in banned]


def test_the_lock_file_names_no_host():
    assert not re.search(r"https?://|--index-url|--find-links", (ROOT / "requirements.lock").read_text())


def test_threads_and_timers_live_in_the_background_runner_only():
    allowed = {"tasks.py", "image_cache.py"}  # image_cache.py owns the small decode pool of `canvas.md`
    pattern = re.compile(r"\b(import threading|from threading|QThread\b|QThreadPool\b|concurrent\.futures)")
    offenders = [
        path
        for path in (ROOT / "mv_desktop" / "ui").rglob("*.py")
        if path.name not in allowed and pattern.search(path.read_text(encoding="utf-8"))
    ]
    assert not offenders
