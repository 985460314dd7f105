"""The worker's log: lines for people, or one JSON object a line; addresses never stand in either."""

from __future__ import annotations

import json
import logging
import re
from datetime import UTC, datetime
from typing import Final

_ADDRESS: Final = re.compile(r"\b[a-z][a-z0-9+.-]*://[^\s'\"<>]+|[\w.+-]+@[\w-]+(?:\.[\w-]+)+", re.IGNORECASE)


def set_up(*, as_json: bool) -> None:
    """Log to standard error from now on.

    Args:
        as_json: one object a line with `time`, `level`, `logger`, `message` and, of an error, `trace`.
    """
    handler = logging.StreamHandler()
    handler.setFormatter(JsonLines() if as_json else PlainLines())
    logging.basicConfig(level=logging.INFO, handlers=[handler])
    for chatty in ("botocore", "boto3", "urllib3"):  # they log addresses, which are secrets while they live
        logging.getLogger(chatty).setLevel(logging.WARNING)


def without_addresses(words: str) -> str:
    """The same without addresses of pages, servers and people, whoever put them in."""
    return _ADDRESS.sub("[address]", words)


class PlainLines(logging.Formatter):
    """Lines for people."""

    def __init__(self) -> None:
        super().__init__("%(asctime)s %(levelname)s %(name)s: %(message)s")

    def format(self, record: logging.LogRecord) -> str:
        return without_addresses(super().format(record))


class JsonLines(logging.Formatter):
    """One object a line."""

    def format(self, record: logging.LogRecord) -> str:
        line = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "message": without_addresses(record.getMessage()),
        }
        if record.exc_info:
            line["trace"] = without_addresses(self.formatException(record.exc_info))
        return json.dumps(line, ensure_ascii=False)
