"""When a record of the office was changed last."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sqlalchemy.orm import Session


class RecordMoments:
    """As `services.record_moment`.

    Args:
        connect: a session on the person's own login.
    """

    def __init__(self, connect: Callable[[], AbstractContextManager[Session]]) -> None:
        self._connect = connect

    def seen(self, kind: str, key: str) -> datetime | None:
        """The `updated_at` of a record, by its subject's kind; None where there is none such any more."""
        from mv_desktop.services.record_moment import moment_of

        with self._connect() as session:
            return moment_of(session, kind, key)
