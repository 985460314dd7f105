"""The process that typesets formulas, so that the program's window never waits for it.

It reads a formula a line as JSON, answers each with a line, and ends when nobody asks any more.
"""

from __future__ import annotations

import json
import os
import sys
from contextlib import suppress

_NICENESS = 5


def main(arguments: list[str]) -> int:
    """Answer until standard input ends.

    A question is ``[source, pixels, color, display]``, an answer ``{"svg": text}`` or ``{"why": text}``.

    Args:
        arguments: nothing is expected.
    """
    if arguments:
        sys.stderr.write("the typesetting process takes no arguments\n")
        return 2
    if hasattr(os, "nice"):
        os.nice(_NICENESS)  # what is written on the page matters more
    # numbers, not sys.stdin: a windowed frozen program has none, but the pipes are there
    with os.fdopen(os.dup(1), "wb", buffering=0) as answers, open(0, "rb", closefd=False) as questions:
        _silence()
        from mv_desktop.typeset.formula import formula_svg

        with suppress(BrokenPipeError):  # nobody waits any more
            for line in questions:
                source, pixels, color, display = json.loads(line)
                try:
                    answer = {"svg": formula_svg(source, pixels, color, display=display)}
                except Exception as error:  # noqa: BLE001 - latex2mathml and ziamath raise whatever comes, asserts too
                    answer = {"why": f"{type(error).__name__}: {error}"}
                answers.write(json.dumps(answer).encode() + b"\n")
    return 0


def _silence() -> None:
    """What a library prints must not come among the answers."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    for number in (1, 2):
        os.dup2(nowhere, number)
    os.close(nowhere)
