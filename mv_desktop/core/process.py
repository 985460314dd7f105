"""Child processes that run a part of this same program."""

from __future__ import annotations

import sys


def own_command(*arguments: str) -> list[str]:
    """The command line that runs this program with `arguments`, from source, wheel or frozen."""
    if getattr(sys, "frozen", False):
        return [sys.executable, *arguments]
    return [sys.executable, "-m", "mv_desktop", *arguments]


def wait_for_end_of_input() -> None:
    """Block until whoever started this process closes its standard input, or is gone."""
    # not sys.stdin: a windowed frozen program has none, and its lock would be held at the interpreter's end
    with open(0, "rb", buffering=0, closefd=False) as told:
        while told.read(4096):
            pass
