"""What is installed and shipped: the lock."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

ROOT = Path(__file__).parents[2]


def _locked() -> dict[str, str]:
    """The lines of the lock by the name of what they pin."""
    lines = (ROOT / "requirements.lock").read_text(encoding="utf-8").splitlines()
    return {line.split("==")[0].split("[")[0]: line for line in lines if re.match(r"[a-z0-9]", line)}


def test_lock_pins_everything_that_is_asked_for():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    wanted = [
        *project["dependencies"],
        *(line for lines in project["optional-dependencies"].values() for line in lines),
    ]
    names = {re.split(r"[^A-Za-z0-9._-]", line)[0] for line in wanted}
    assert names - _locked().keys() == set()


def test_lock_brings_to_windows_what_shared_locks_need_there():
    assert "sys_platform == 'win32'" in _locked()["pywin32"]


def test_lock_names_no_place_to_load_from():
    text = (ROOT / "requirements.lock").read_text(encoding="utf-8")
    assert "://" not in text
    assert "--index" not in text
    assert "--find-links" not in text
