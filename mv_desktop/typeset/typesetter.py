"""Formulas from a process of their own.

ziamath is Python: on a thread of the program it would take turns with the window, each of whose calls of Qt then waits.
The process is started with the first formula, serves the whole program and ends with it, also when that is killed.
"""

from __future__ import annotations

import atexit
import json
import logging
import subprocess
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from typing import IO, Any

from mv_desktop.core.process import own_command

LONGEST_SECONDS = 10.0
"""For a formula."""
FIRST_SECONDS = 40.0
"""For the first one of a process, with its start: a second alone, ten on a computer that is slow and busy."""

_FAREWELL_SECONDS = 1.0

_log = logging.getLogger(__name__)


class FormulaError(Exception):
    """A formula cannot be typeset: its source is not understood, or takes too long. The source is shown instead."""


class Typesetter:
    """A process that typesets, started when it is needed. For one thread at a time; others wait.

    Args:
        command: what to start; this program's own typesetting process unless said.
        longest: seconds after which the process is taken to be stuck.
        first: the same for its first formula.
    """

    def __init__(
        self,
        command: Sequence[str] | None = None,
        longest: float = LONGEST_SECONDS,
        first: float = FIRST_SECONDS,
    ) -> None:
        self._command = list(command or own_command("_typeset"))
        self._longest, self._first = longest, first
        self._answered = False
        self._in_use = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None

    def svg(self, source: str, pixels: float, color: str, *, display: bool) -> str:
        """A formula as SVG with its baseline at y = 0.

        Args:
            source: LaTeX without its dollars.
            pixels: the size of its letters.
            color: ``#rrggbb``.
            display: with large operators.

        Raises:
            FormulaError: it is not understood, or the process could not be started, died or was stuck. The next
                formula is tried with a new one.
        """
        question = json.dumps([source, pixels, color, display]).encode() + b"\n"
        with self._in_use:
            answer = self._ask(question)
        if "svg" not in answer:
            raise FormulaError(str(answer.get("why", "")))
        return str(answer["svg"])

    def close(self) -> None:
        """End the process. Closing twice does nothing; asking again starts another."""
        with self._in_use:
            self._end()

    # -- private ---------------------------------------------------------------------------------------------

    def _ask(self, question: bytes) -> dict[str, Any]:
        try:
            process = self._running()
            assert process.stdin is not None  # noqa: S101 - for the type checker
            assert process.stdout is not None  # noqa: S101
            with _killed_after(self._longest if self._answered else self._first, process):
                process.stdin.write(question)
                process.stdin.flush()
                line = process.stdout.readline()
            answer = json.loads(line)
            self._answered = True
        except (OSError, ValueError) as error:
            self._end()
            _log.warning("the typesetting process could not be asked: %s", type(error).__name__)
            raise FormulaError("the typesetting process could not be asked") from error
        if not isinstance(answer, dict):
            raise FormulaError("the typesetting process answered something else")
        return answer

    def _running(self) -> subprocess.Popen[bytes]:
        if self._process is not None and self._process.poll() is not None:
            self._end()
        if self._process is None:
            self._answered = False
            self._process = subprocess.Popen(
                self._command,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
            )
        return self._process

    def _end(self) -> None:
        process, self._process = self._process, None
        if process is None:
            return
        for pipe in (process.stdin, process.stdout):
            _close(pipe)
        try:
            process.wait(_FAREWELL_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


@contextmanager
def _killed_after(seconds: float, process: subprocess.Popen[bytes]) -> Iterator[None]:
    """Pipes have no time-outs on Windows; a process that is gone ends the waiting."""
    timer = threading.Timer(seconds, process.kill)
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()
        timer.join()


def _close(pipe: IO[bytes] | None) -> None:
    if pipe is not None:
        with suppress(OSError):
            pipe.close()


_typesetter = Typesetter()
atexit.register(_typesetter.close)


def formula_svg(source: str, pixels: float, color: str, *, display: bool) -> str:
    """As `Typesetter.svg`, by the program's one typesetting process.

    Raises:
        FormulaError: as there.
    """
    return _typesetter.svg(source, pixels, color, display=display)
