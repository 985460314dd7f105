"""Measures how quickly the program starts: from the process to the first picture of a script.

Used by the benchmarks and by the smoke test of the built program, through the hidden command `_probe`.
"""

from __future__ import annotations

import argparse
import json
import logging
import os
import sys
import time
from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from mv_desktop.app import Application, make_qt
from mv_desktop.services.profile import load_profiles

if TYPE_CHECKING:
    from mv_desktop.ui.shell.workspace import Workspace

_log = logging.getLogger(__name__)


def probe(arguments: Sequence[str]) -> int:
    """Start, sign in as MV_PASSWORD's owner, open the first script, print the times in milliseconds, and leave.

    The first two count from `--started`, when whoever started the process did so (seconds since 1970; what the system
    itself knows of that moment is right to a second only): "window_ms" until the window is painted, "queue_ms" until
    the queue is. "first_picture_ms" counts from opening a script whose pages are on this computer. "window_work_ms" and
    "queue_work_ms" are what all threads had of the processors until then.
    """
    parser = argparse.ArgumentParser(prog="mv-desktop _probe")
    parser.add_argument("--email", required=True)
    parser.add_argument("--started", required=True, type=float)
    wanted = parser.parse_args(list(arguments))
    qt = make_qt()
    application = Application(qt)
    steps = ProbeSteps(application, wanted.started, wanted.email, os.environ["MV_PASSWORD"])
    application.open()
    steps.begin()
    status = qt.exec()
    sys.stdout.write(json.dumps(steps.times) + "\n")
    return status if steps.complete else 1


class ProbeSteps(QObject):
    """Goes through the program step by step and notes when each was painted.

    Attributes:
        times: milliseconds by step.
    """

    def __init__(self, application: Application, started: float, email: str, password: str) -> None:
        super().__init__(application)
        self._application, self._started = application, started
        self._email, self._password = email, password
        self._opened = 0.0
        self.times: dict[str, float] = {}
        application.workspace_opened.connect(self._on_workspace_opened)
        application.tasks.after(60.0, self._give_up, receiver=self)

    @property
    def complete(self) -> bool:
        """Every step was reached."""
        return "first_picture_ms" in self.times

    def begin(self) -> None:
        """Note when the window is painted; then sign in."""
        self._application.window.repaint()
        self._note("window_ms", self._started)
        self.times["window_work_ms"] = _worked_ms()
        profile = load_profiles()[0]
        self._application.sign_in(profile.name, self._email, self._password)

    def _note(self, step: str, since: float) -> None:
        self.times.setdefault(step, round((time.time() - since) * 1000, 1))

    def _on_workspace_opened(self, workspace: Workspace) -> None:
        workspace.queue_shown.connect(partial(self._on_queue_shown, workspace))
        workspace.script_shown.connect(partial(self._on_script_shown, workspace))
        workspace.images.ready.connect(partial(self._on_picture_ready, workspace))
        workspace.driver.pages_changed.connect(lambda _: self._open_first(workspace))

    def _on_queue_shown(self, workspace: Workspace) -> None:
        if not workspace.queue.next_open():
            return
        self._application.window.repaint()
        self._note("queue_ms", self._started)
        self.times.setdefault("queue_work_ms", _worked_ms())
        self._open_first(workspace)

    def _open_first(self, workspace: Workspace) -> None:
        row = next((row for row in workspace.queue.rows if row.pages_here == row.pages > 0), None)
        if row is not None and not self._opened:
            self._opened = time.time()
            workspace.open_script(row.evaluation_id)

    def _on_script_shown(self, _workspace: Workspace, _evaluation_id: object) -> None:
        self._note("script_ms", self._opened)

    def _on_picture_ready(self, workspace: Workspace, *_: object) -> None:
        if self._opened and not self.complete:
            workspace.marking.view.viewport().repaint()
            self._note("first_picture_ms", self._opened)
            self._application.window.close()

    def _give_up(self) -> None:
        if not self.complete:
            _log.error("the probe stopped after %s", self.times)
            self._application.window.close()


def _worked_ms() -> float:
    return round(time.process_time() * 1000, 1)
