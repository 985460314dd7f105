"""What is installed and shipped: the lock, the wheel, and the source archive."""

from __future__ import annotations

import configparser
import re
import subprocess
import sys
import tarfile
import tomllib
import zipfile
from collections.abc import Iterator
from email.message import Message
from email.parser import Parser
from pathlib import Path

import pytest

import mv_desktop

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


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Iterator[zipfile.ZipFile]:
    """The wheel, built by what is installed, without a network."""
    folder = tmp_path_factory.mktemp("wheel")
    command = [
        "-m",
        "pip",
        "wheel",
        "--no-deps",
        "--no-build-isolation",
        "--no-index",
        "--quiet",
        "-w",
        str(folder),
        ".",
    ]
    subprocess.run([sys.executable, *command], cwd=ROOT, check=True, timeout=200)
    (path,) = folder.glob("*.whl")
    assert path.name == f"mv_desktop-{mv_desktop.__version__}-py3-none-any.whl"
    with zipfile.ZipFile(path) as opened:
        yield opened


def _metadata(wheel: zipfile.ZipFile, name: str) -> str:
    return wheel.read(f"mv_desktop-{mv_desktop.__version__}.dist-info/{name}").decode()


def _files(folder: str) -> set[str]:
    """What lies below a folder of the project, without what Python leaves there."""
    paths = (path for path in (ROOT / folder).rglob("*") if path.is_file() and "__pycache__" not in path.parts)
    return {path.relative_to(ROOT).as_posix() for path in paths}


@pytest.mark.parametrize("folder", ["resources", "migrations"])
def test_wheel_brings_all_that_travels_with_the_program(folder: str, wheel: zipfile.ZipFile) -> None:
    wanted = {f"mv_desktop/_data/{name}" for name in _files(folder)}
    found = {name for name in wheel.namelist() if name.startswith(f"mv_desktop/_data/{folder}/")}
    assert found == wanted
    assert len(wanted) > 15


def test_wheel_brings_the_migrations_whole(wheel: zipfile.ZipFile) -> None:
    names = [name.removeprefix("mv_desktop/_data/") for name in wheel.namelist()]
    assert len([name for name in names if re.fullmatch(r"migrations/sql/\d+_\w+\.sql", name)]) >= 18
    assert len([name for name in names if re.fullmatch(r"migrations/versions/\d+_\w+\.py", name)]) >= 3
    for name in sorted(_files("migrations")):
        assert wheel.read(f"mv_desktop/_data/{name}") == (ROOT / name).read_bytes()


def test_wheel_brings_every_module_and_nothing_of_the_tests(wheel: zipfile.ZipFile) -> None:
    names = set(wheel.namelist())
    assert {name for name in _files("mv_desktop") if name.endswith(".py")} <= names
    assert {name.split("/")[0] for name in names} == {
        "mv_desktop",
        f"mv_desktop-{mv_desktop.__version__}.dist-info",
    }
    assert not any("__pycache__" in name or name.endswith(".pyc") for name in names)


def test_wheel_brings_the_licences_of_the_program_and_its_fonts(wheel: zipfile.ZipFile) -> None:
    fonts = {name for name in _files("resources/fonts") if name.endswith("-LICENSE.txt")}
    families = {Path(name).name.split("-")[0] for name in _files("resources/fonts") if name.endswith(".ttf")}
    assert {Path(name).name.split("-")[0] for name in fonts} == families
    for name in ("LICENSE", *fonts):
        assert _metadata(wheel, f"licenses/{name}") == (ROOT / name).read_text(encoding="utf-8")


def test_wheel_says_its_licence_and_its_command(wheel: zipfile.ZipFile) -> None:
    told: Message = Parser().parsestr(_metadata(wheel, "METADATA"))
    assert (told["Name"], told["Version"]) == ("mv-desktop", mv_desktop.__version__)
    assert told["License-Expression"] == "AGPL-3.0-or-later"
    assert "LICENSE" in (told.get_all("License-File") or [])
    assert "demo" in (told.get_all("Provides-Extra") or [])
    commands = configparser.ConfigParser()
    commands.read_string(_metadata(wheel, "entry_points.txt"))
    assert dict(commands["console_scripts"]) == {"mv-desktop": "mv_desktop.__main__:main"}


def test_source_archive_brings_what_its_tests_and_make_need(tmp_path: Path) -> None:
    command = ["-m", "hatchling", "build", "--target", "sdist", "--directory", str(tmp_path)]
    subprocess.run([sys.executable, *command], cwd=ROOT, check=True, timeout=200, capture_output=True)
    (path,) = tmp_path.glob("*.tar.gz")
    with tarfile.open(path) as archive:
        names = {name.split("/", 1)[1] for name in archive.getnames()}
    wanted = {"Makefile", "build.spec", "requirements.lock", "pyproject.toml", "LICENSE", "README.md", "CHANGELOG.md"}
    for folder in ("mv_desktop", "resources", "migrations", "tests", "tools", "docs"):
        wanted |= _files(folder)
    assert wanted - names == set()
