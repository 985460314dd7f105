"""Which system packages `tools/setup.sh` asks for, on a computer that is made of small scripts."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
pytestmark = pytest.mark.skipif(os.name != "posix", reason="a script for sh")

ASKED_FOR = "sudo apt-get install -y --no-install-recommends"


class Computer:
    """A Debian that lacks some packages, with a project whose `.venv` is ready."""

    def __init__(self, folder: Path, *, root: bool, lacks: str) -> None:
        self.folder = folder
        self.installed = folder / "installed"
        tools = folder / "bin"
        for place in (tools, folder / "tools", folder / ".venv" / "bin"):
            place.mkdir(parents=True)
        shutil.copy(ROOT / "tools" / "setup.sh", folder / "tools")
        for name in ("requirements.lock", "pyproject.toml"):
            (folder / name).write_text("", encoding="utf-8")
        # the question is: dpkg-query -W -f=… NAME NAMEt64
        self._tool("dpkg-query", f'case " {lacks} " in *" $3 "*) exit 1;; esac; echo "install ok installed"')
        self._tool("id", f"echo {0 if root else 1000}")
        self._tool("apt-get", f'echo "$@" >> "{self.installed}"')
        self._tool("python", f'exec "{sys.executable}" "$@"')
        shutil.copy(tools / "python", folder / ".venv" / "bin" / "python")
        self._environment = {**os.environ, "PATH": f"{tools}:{os.environ['PATH']}", "PYTHON": str(tools / "python")}
        stamp = f'printf "%s" "$("{tools}/python" -V) $(pwd) $(cat requirements.lock pyproject.toml | cksum)"'
        with (folder / ".venv" / ".made-from").open("w") as file:
            subprocess.run(["sh", "-c", stamp], cwd=folder, stdout=file, check=True)

    def set_up(self, *goal: str) -> tuple[int, str]:
        """The script's status and what it said."""
        script = str(self.folder / "tools" / "setup.sh")
        done = subprocess.run(["sh", script, *goal], env=self._environment, capture_output=True, text=True, timeout=60)
        return done.returncode, done.stdout + done.stderr

    def _tool(self, name: str, script: str) -> None:
        path = self.folder / "bin" / name
        path.write_text(f"#!/bin/sh\n{script}\n", encoding="utf-8")
        path.chmod(0o755)


def test_nothing_is_said_or_done_where_all_is_there(tmp_path):
    computer = Computer(tmp_path, root=True, lacks="")
    assert computer.set_up() == (0, "")
    assert computer.set_up("build") == (0, "")
    assert not computer.installed.exists()


def test_somebody_without_rights_needs_no_virtual_screen_and_no_tools_of_the_build(tmp_path):
    assert Computer(tmp_path, root=False, lacks="xvfb xauth binutils").set_up() == (0, "")


@pytest.mark.parametrize("package", ["libegl1", "libxcb-cursor0"])
def test_what_qt_needs_is_asked_for_and_a_virtual_screen_recommended(package, tmp_path):
    status, said = Computer(tmp_path, root=False, lacks=f"{package} xvfb binutils").set_up()
    assert status == 1
    assert f"{ASKED_FOR} {package} \n" in said
    assert "without a screen, a virtual one is of use too: xvfb" in said
    assert "binutils" not in said


def test_build_asks_for_its_tools(tmp_path):
    status, said = Computer(tmp_path, root=False, lacks="binutils xauth").set_up("build")
    assert status == 1
    assert f"{ASKED_FOR} binutils \n" in said


def test_root_installs_everything(tmp_path):
    computer = Computer(tmp_path, root=True, lacks="libegl1 xvfb binutils")
    status, said = computer.set_up()
    assert (status, said) == (0, "Installing system libraries: libegl1 binutils xvfb \n")
    update, install = computer.installed.read_text().splitlines()
    assert update == "update -qq"
    assert install.endswith("libegl1 binutils xvfb")
