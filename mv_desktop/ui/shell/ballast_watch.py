"""Keeps room on the disk for the last changes, once the program has come up and while somebody is signed in."""

from __future__ import annotations

from PySide6.QtCore import QObject

from mv_desktop.offline.desk import Desk
from mv_desktop.ui.tasks import Periodic, Tasks

BALLAST_SECONDS = 60.0
"""So often it is looked after; first so long after the queue is on the screen, so that nothing waits for it."""


def watch_ballast(desk: Desk, tasks: Tasks, receiver: QObject) -> Periodic:
    """Look after it from now on; what goes wrong with it harms nobody, and is tried again."""
    return tasks.every(BALLAST_SECONDS, "disk", desk.keep_ballast, _done, label="", receiver=receiver)


def _done(_: None) -> None:
    """Nobody waits for it."""
