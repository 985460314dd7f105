"""Where files are: what ships with the program, and what it writes.

`shipped` is the one helper that finds `resources/` and `migrations/`, whether the program runs from source,
from an installed wheel or frozen by PyInstaller.
"""

from __future__ import annotations

import os
import sys
from functools import cache
from pathlib import Path

import platformdirs

from mv_desktop.core.errors import SetupError

_APPLICATION = "mathvidya"


@cache
def shipped(folder: str) -> Path:
    """The folder `folder` ("resources" or "migrations") that travels with the program.

    Raises:
        SetupError: the installation is incomplete.
    """
    package = Path(__file__).resolve().parents[1]
    frozen = getattr(sys, "_MEIPASS", None)
    candidates = [package / "_data" / folder, package.parent / folder]
    if frozen is not None:
        candidates.insert(0, Path(frozen) / folder)
    for candidate in candidates:
        if candidate.is_dir():
            return candidate
    raise SetupError(
        f"This installation is incomplete: its folder '{folder}' is missing.",
        remedy="Install the program again.",
    )


def resource(*parts: str) -> Path:
    """The path of one shipped resource, for example ``resource("icons", "tick.svg")``."""
    return shipped("resources").joinpath(*parts)


def data_dir() -> Path:
    """This person's folder for the program's data (``MV_DATA_DIR`` overrides it). Not created here."""
    override = os.environ.get("MV_DATA_DIR")
    return Path(override) if override else Path(platformdirs.user_data_dir(_APPLICATION, appauthor=False))


def config_dir() -> Path:
    """This person's folder for settings and server profiles (``MV_CONFIG_DIR`` overrides it). Not created here."""
    override = os.environ.get("MV_CONFIG_DIR")
    return Path(override) if override else Path(platformdirs.user_config_dir(_APPLICATION, appauthor=False))


def log_dir() -> Path:
    """This person's folder for logs. Not created here."""
    override = os.environ.get("MV_DATA_DIR")
    return Path(override) / "logs" if override else Path(platformdirs.user_log_dir(_APPLICATION, appauthor=False))
