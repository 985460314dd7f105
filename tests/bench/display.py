"""A screen for benchmarks: of the size that teachers have, and in memory."""

from __future__ import annotations

import os
from pathlib import Path

_SCREEN = Path(__file__).parent / "screen.json"


def use_offscreen() -> None:
    """Before the application is made: let Qt draw on a screen of 1920×1080 in memory, unless told otherwise.

    Its own offscreen screen has 800×800, and keeps windows that small.
    """
    if os.environ.get("QT_QPA_PLATFORM", "offscreen") == "offscreen":
        os.environ["QT_QPA_PLATFORM"] = f"offscreen:configfile={_SCREEN}"
