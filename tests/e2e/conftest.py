"""One demo for all tests of the marking path, and the real program beside it."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication

from mv_desktop.demo.demonstration import Demonstration
from mv_desktop.demo.script_plan import script_plans
from tests.e2e.program import Program
from tests.e2e.school import School

SCRIPTS = (1, 4, 6, 7, 14, 15, 16, 17, 18)
"""Of the demo's plan, so that hardly two tests share a teacher: see `test_marking_path` and `test_marking_effort`."""


_TOLD = "told"


@pytest.fixture
def tell(record_property: Callable[[str, object], None]) -> Callable[[str], None]:
    """Say something that stands at the end of the run, whichever process the test ran in."""
    return partial(record_property, _TOLD)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """What tests had to say."""
    for report in terminalreporter.getreports("passed"):
        for name, text in report.user_properties:
            if name == _TOLD:
                terminalreporter.write_line(str(text))


@pytest.fixture(scope="session")
def school() -> Iterator[School]:
    """A demo with the scripts that the tests mark."""
    folder = Path(tempfile.mkdtemp(prefix="mv-e2e-"))
    folder.chmod(0o711)  # as root, the servers' unprivileged user must get through
    demo = Demonstration(folder / "demo", scripts=1)
    try:
        demo.start()
        demo.make_scripts([script_plans()[number - 1] for number in SCRIPTS], lambda _: None)
        yield School(demo)
    finally:
        demo.stop()
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def computer(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """A computer of the test's own, on which nobody has worked yet; call it with the server's address."""

    def connect(url: str) -> None:
        monkeypatch.setenv("MV_DATABASE_URL", url)

    monkeypatch.setenv("MV_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.setenv("MV_CONFIG_DIR", str(tmp_path / "config"))
    # the desktop's keyring is the developer's own
    monkeypatch.setenv("PYTHON_KEYRING_BACKEND", "keyring.backends.null.Keyring")
    return connect


@pytest.fixture
def start(
    qapp: QApplication, computer: Callable[[str], None], monkeypatch: pytest.MonkeyPatch
) -> Iterator[Callable[[], Program]]:
    """Starts the program on the test's computer, as often as it is called."""
    # after a real exit no event loop of this process would turn any more: every later test that waits would fail
    monkeypatch.setattr(QApplication, "exit", lambda status=0: None)
    programs: list[Program] = []

    def begin() -> Program:
        programs.append(Program(qapp))
        return programs[-1]

    yield begin
    for program in programs:
        program.discard()
