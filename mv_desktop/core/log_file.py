"""Where the program writes what goes wrong."""

from __future__ import annotations

import logging

from mv_desktop.core.paths import log_dir

_MOST_BYTES = 1_000_000
_KEPT_FILES = 3


def log_to_file() -> None:
    """Write warnings and errors to a small rotating file; never names, answers, addresses or passwords."""
    try:
        log_dir().mkdir(parents=True, exist_ok=True)
    except OSError:
        return  # a full or read-only disk is told when work cannot be saved; not having a log harms nobody
    handler = _FileWhenNeeded()
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s: %(message)s"))
    logging.basicConfig(level=logging.WARNING, handlers=[handler])


class _FileWhenNeeded(logging.Handler):
    """Makes the handler of the file for the first record.

    Its module imports pickle, sockets and queues, and on most days there is nothing to write.
    """

    _file: logging.Handler | None = None

    def emit(self, record: logging.LogRecord) -> None:
        if self._file is None:
            from logging.handlers import RotatingFileHandler

            self._file = RotatingFileHandler(
                log_dir() / "mv-desktop.log",
                maxBytes=_MOST_BYTES,
                backupCount=_KEPT_FILES,
                encoding="utf-8",
                delay=True,
            )
            self._file.setFormatter(self.formatter)
        self._file.handle(record)

    def close(self) -> None:
        if self._file is not None:
            self._file.close()
        super().close()
