"""What the worker says of work that failed, and how long it then waits."""

from __future__ import annotations

import logging
import random
import traceback
from typing import Final

from mv_desktop.core.errors import ServerFaultError, UserError

MAX_BACKOFF_S: Final = 30.0


def tell(log: logging.Logger, error: Exception, what: str = "a job of the worker") -> None:
    """Log an error without the server's own words, which may hold rows, and signed addresses with them."""
    if isinstance(error, UserError):
        log.warning("%s: %s", what, error)
    elif isinstance(error, ServerFaultError):
        where = "".join(traceback.format_tb(error.__traceback__))
        log.error("%s failed: %s\n%s", what, error, where)
    else:
        log.error("%s failed", what, exc_info=error)


def backoff(failures: int, longest: float = MAX_BACKOFF_S) -> float:
    """Seconds to wait after so many failures in a row; at random, so that many workers do not come back at once."""
    return min(longest, 2.0 ** min(failures - 1, 10)) * random.uniform(0.5, 1.0)  # noqa: S311 - no secret
