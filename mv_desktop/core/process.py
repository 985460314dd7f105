"""Child processes that run a part of this same program."""

from __future__ import annotations

import sys


def own_command(*arguments: str) -> list[str]:
    """The command line that runs this program with `arguments`, from source, wheel or frozen."""
    if getattr(sys, "frozen", False):
        return [sys.executable, *arguments]
    return [sys.executable, "-m", "mv_desktop", *arguments]
