"""Where the program writes what goes wrong."""

from __future__ import annotations

import logging
import logging.handlers

from mv_desktop.core.paths import log_dir


def log_to_file() -> None:
    """Write warnings and errors to a small rotating file; never names, answers, addresses or passwords."""
    try:
        log_dir().mkdir(parents=True, exist_ok=True)
        handler = logging.handlers.RotatingFileHandler(
            log_dir() / "mv-desktop.log", maxBytes=1_000_000, backupCount=3, encoding="utf-8", delay=True
        )
    except OSError:
        return  # a full or read-only disk is told when work cannot be saved; not having a log harms nobody
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s: %(message)s"))
    logging.basicConfig(level=logging.WARNING, handlers=[handler])
