"""The demo without a window: servers and data for scripts and tests.

Whoever starts it may end it at any moment, so signals are heeded before anything heavy is imported.
"""

from __future__ import annotations

import json
import signal
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from mv_desktop.core.process import wait_for_end_of_input

if TYPE_CHECKING:
    from mv_desktop.demo.demonstration import Demonstration
    from mv_desktop.demo.script_maker import ScriptMakers


class _LeftError(Exception):
    """Nobody wants the demo any more; whatever was started of it is stopped."""


def run(folder: Path | None, *, fresh: bool, scripts: int | None) -> int:
    """Start the demo, print one JSON line when all is ready, and run until stdin closes or SIGTERM; then 0.

    Args:
        folder: where everything lies; None for the usual place.
        fresh: delete what is there first.
        scripts: how many there are to be; None for the usual number.

    Raises:
        SetupError: something the demo needs is missing.
    """
    leave = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: leave.set())
    signal.signal(signal.SIGINT, lambda *_: leave.set())
    threading.Thread(target=_watch_input, args=(leave,), daemon=True).start()
    from mv_desktop.demo.demonstration import Demonstration
    from mv_desktop.demo.script_plan import STANDARD

    demo = Demonstration(folder, scripts=STANDARD if scripts is None else scripts)
    if fresh:
        demo.erase()

    def tell(text: str) -> None:
        if leave.is_set():
            raise _LeftError
        _tell(text)

    try:
        demo.start(tell)
    except _LeftError:
        return 0
    try:
        _make_scripts(demo, leave)
        if not leave.is_set():
            sys.stdout.write(json.dumps(demo.description()) + "\n")
            sys.stdout.flush()
        leave.wait()
    finally:
        demo.stop()
    return 0


def _make_scripts(demo: Demonstration, leave: threading.Event) -> None:
    missing = len(demo.missing())
    if not missing:
        return
    ready: list[int] = []

    def done(number: int) -> None:
        ready.append(number)
        _tell(f"Writing answer sheets … {len(ready)} of {missing} scripts")

    from mv_desktop.demo.script_maker import ScriptMakers

    makers = ScriptMakers(demo.folder, demo.scripts)
    failures: list[BaseException] = []
    waiting = threading.Thread(target=_wait, args=(makers, done, failures), daemon=True)
    waiting.start()
    try:
        while waiting.is_alive() and not leave.is_set():
            waiting.join(0.1)
    finally:
        makers.stop()
        waiting.join(15)
    if failures and not leave.is_set():
        raise failures[0]


def _wait(makers: ScriptMakers, done: Callable[[int], None], failures: list[BaseException]) -> None:
    try:
        makers.wait(done)
    except BaseException as error:  # noqa: BLE001  # carried to the main thread
        failures.append(error)


def _watch_input(leave: threading.Event) -> None:
    wait_for_end_of_input()
    leave.set()


def _tell(text: str) -> None:
    sys.stderr.write(text + "\n")
    sys.stderr.flush()
