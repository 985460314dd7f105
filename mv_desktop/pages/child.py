"""The process that looks inside strangers' files, so that the program never does.

It gets one file on standard input, answers on standard output, writes nothing to disk and ends. What it may use is
limited here, where the operating system can do that, and by `intake`, which waits for it.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import suppress
from typing import BinaryIO

from mv_desktop.pages.answer import CheckedPage, read_question, write_end, write_page
from mv_desktop.pages.kind import Kind
from mv_desktop.pages.limit import ANSWER_BYTES, MAX_FILE_BYTES, Limits
from mv_desktop.pages.problem import FileProblemError, Problem

TIDY = "tidy"
"""The argument that has a picture made anew."""

CPU_S = 60
"""A second net below the waiting program's, in case that one died: no check runs for ever."""


def main(arguments: list[str]) -> int:
    """Check the file on standard input. Always returns 0: the answer says how it went.

    Args:
        arguments: nothing, or that the picture is to be made anew.
    """
    if arguments not in ([], [TIDY]):
        sys.stderr.write("the checking process takes no such arguments\n")
        return 2
    # numbers, not sys.stdin: a windowed frozen program has none, but the pipes are there
    with os.fdopen(os.dup(1), "wb") as answer, open(0, "rb", closefd=False) as question:
        _silence()
        kind, limits, data = read_question(question.read(MAX_FILE_BYTES + 65_536))
        limit_memory(limits.memory_bytes)
        with suppress(BrokenPipeError):  # nobody waits any more
            _answer(kind, limits, data, answer, tidy=bool(arguments))
    return 0


def limit_memory(memory_bytes: int) -> None:
    """Limit what this process may use; does nothing where the operating system has no such limit."""
    try:
        import resource
    except ImportError:  # Windows
        return
    for what, limit in ((resource.RLIMIT_AS, memory_bytes), (resource.RLIMIT_CPU, CPU_S), (resource.RLIMIT_CORE, 0)):
        _, hard = resource.getrlimit(what)
        lower = limit if hard == resource.RLIM_INFINITY else min(limit, hard)
        with suppress(ValueError, OSError):  # macOS accepts no limit on addresses
            resource.setrlimit(what, (lower, hard))


def _silence() -> None:
    """Keep what libraries print out of the answer."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 1)
    os.close(nowhere)


def _answer(kind: Kind, limits: Limits, data: bytes, answer: BinaryIO, *, tidy: bool) -> None:
    problem: FileProblemError | None = None
    note = ""
    size = 0
    try:
        for page in _pages(kind, data, limits, tidy=tidy):
            frame = write_page(page, as_uploaded=page.full is data)
            size += len(frame)
            if size > ANSWER_BYTES:
                raise FileProblemError(Problem.ANSWER)
            answer.write(frame)
    except FileProblemError as error:
        problem, note = error, repr(error.__cause__ or "")
    except MemoryError:
        problem = FileProblemError(Problem.MEMORY)
    except BrokenPipeError:
        raise
    except Exception as error:  # noqa: BLE001 - decoders raise anything at a broken file
        problem, note = _broken(kind, error), repr(error)
    answer.write(write_end(problem, note))


def _pages(kind: Kind, data: bytes, limits: Limits, *, tidy: bool) -> Iterator[CheckedPage]:
    # the libraries are imported below the memory limit, and only the one that is needed
    if kind is Kind.PDF:
        from mv_desktop.pages.render import render_pdf

        yield from render_pdf(data, limits)
    elif tidy:
        from mv_desktop.pages.tidy import tidy_picture

        yield tidy_picture(kind, data, limits)
    else:
        from mv_desktop.pages.picture import check_picture

        yield check_picture(kind, data, limits)


def _broken(kind: Kind, error: Exception) -> FileProblemError:
    if "malloc" in str(error) or "out of memory" in str(error):  # how MuPDF says it
        return FileProblemError(Problem.MEMORY)
    if isinstance(error, (AttributeError, ImportError, NameError, TypeError)):  # more likely our bug than the file's
        return FileProblemError(Problem.CRASHED)
    return FileProblemError(Problem.PDF_DAMAGED if kind is Kind.PDF else Problem.PICTURE_DAMAGED)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
