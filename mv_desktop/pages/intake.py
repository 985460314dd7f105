"""Checks an uploaded file and takes its pages out of it, in a process of its own.

Nothing of a stranger's file is decoded in this process: not a picture, not a PDF. See `child`.
"""

from __future__ import annotations

import hashlib
import logging
import os
import signal
import subprocess
import threading
import time
from collections.abc import Sequence
from contextlib import suppress
from typing import IO, Any

import psutil

from mv_desktop.core.process import own_command
from mv_desktop.pages.answer import CheckedFile, CheckedPage, Format, Source, read_answer, read_note, write_question
from mv_desktop.pages.kind import Kind, sniff
from mv_desktop.pages.limit import ANSWER_BYTES, MAX_FILE_BYTES, MEBIBYTE, TIMEOUT_S, Limits
from mv_desktop.pages.problem import FileProblemError, Problem

__all__ = ["CheckedFile", "CheckedPage", "Format", "Problem", "Source", "check"]

_LIMITS = Limits()
_CHUNK = 1 << 18
_FAREWELL_S = 1.0
_WATCH_S = 0.05

_log = logging.getLogger(__name__)


def check(
    data: bytes,
    *,
    limits: Limits = _LIMITS,
    timeout_s: float = TIMEOUT_S,
    command: Sequence[str] | None = None,
) -> CheckedFile:
    """Check an uploaded file. Never raises because of what is in it.

    Args:
        data: the file.
        limits: what an administrator has set.
        timeout_s: how long it may take.
        command: starts the checking process; this program's own by default.
    """
    sha256, kind = hashlib.sha256(data).hexdigest(), ""
    try:
        if len(data) > MAX_FILE_BYTES:
            raise FileProblemError(Problem.TOO_LARGE)
        found = sniff(data)
        kind = found.value
        question = write_question(found, limits, data)
        answer = _ask(question, list(command or own_command("_intake")), timeout_s, limits.memory_bytes)
        note = read_note(answer)
        if note:
            _log.info("a file of %d bytes was refused: %s", len(data), note)
        pages = read_answer(answer, data)
        if found is not Kind.PDF and len(pages) != 1:
            raise FileProblemError(Problem.CRASHED)
    except FileProblemError as error:
        return CheckedFile(error.problem, error.message, kind, sha256, len(data))
    return CheckedFile(None, "", kind, sha256, len(data), pages)


def _ask(question: bytes, command: list[str], timeout_s: float, memory_bytes: int) -> bytearray:
    """The checking process's answer, however it ended.

    Raises:
        FileProblemError: it was too slow, used too much memory, answered too much, or could not be started.
    """
    try:
        process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, **_alone()
        )
    except OSError as error:
        _log.exception("the checking process could not be started")
        raise FileProblemError(Problem.CRASHED) from error
    assert process.stdin is not None  # noqa: S101 - for the type checker
    assert process.stdout is not None  # noqa: S101
    answer = bytearray()
    # both pipes at once, or the two processes wait for each other; pipes have no time-outs on Windows
    writer = threading.Thread(target=_write, args=(process.stdin, question), name="intake-write", daemon=True)
    reader = threading.Thread(target=_read, args=(process.stdout, answer), name="intake-read", daemon=True)
    writer.start()
    reader.start()
    greedy = False
    end = time.monotonic() + timeout_s
    try:
        while reader.is_alive() and not greedy and (left := end - time.monotonic()) > 0:
            reader.join(min(left, _WATCH_S))
            greedy = _memory_of(process) > memory_bytes
        late = reader.is_alive()
        if not late:
            with suppress(subprocess.TimeoutExpired):
                process.wait(_FAREWELL_S)
    finally:
        kill_tree(process)
        process.wait()
        reader.join()
        writer.join()
        process.stdout.close()
    if greedy:
        raise FileProblemError(Problem.MEMORY)
    if late:
        raise FileProblemError(Problem.TIMEOUT)
    if len(answer) > ANSWER_BYTES + MEBIBYTE:
        raise FileProblemError(Problem.ANSWER)
    return answer


def _memory_of(process: subprocess.Popen[bytes]) -> int:
    """What the checking process occupies now, in bytes; 0 when it has ended.

    It limits itself where the operating system can do that (`child.limit_memory`); Windows and macOS cannot.
    """
    try:
        watched = psutil.Process(process.pid)
        # on Windows, a virtual environment's Python is a launcher, and the real one its child
        whole = [watched] if os.name == "posix" else [watched, *watched.children(recursive=True)]
        return sum(int(one.memory_info().rss) for one in whole)
    except psutil.Error:
        return 0


def kill_tree(process: subprocess.Popen[bytes]) -> None:
    """End a process and whatever it has started, at once; nothing happens when it has ended."""
    if os.name == "posix":
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, signal.SIGKILL)
        return
    with suppress(psutil.NoSuchProcess):  # in a virtual environment, Windows runs a launcher and below it Python
        for child in psutil.Process(process.pid).children(recursive=True):
            with suppress(psutil.NoSuchProcess):
                child.kill()
    process.kill()


def _alone() -> dict[str, Any]:
    if os.name == "posix":
        return {"start_new_session": True}
    return {"creationflags": getattr(subprocess, "CREATE_NO_WINDOW", 0)}


def _write(pipe: IO[bytes], question: bytes) -> None:
    with suppress(OSError):  # the process died; its answer, or the lack of one, says so
        pipe.write(question)
    with suppress(OSError):
        pipe.close()


def _read(pipe: IO[bytes], answer: bytearray) -> None:
    read = getattr(pipe, "read1", pipe.read)
    while len(answer) <= ANSWER_BYTES + MEBIBYTE:
        chunk = read(_CHUNK)
        if not chunk:
            return
        answer += chunk
