"""When a record was changed last, of a subject whose server is in memory."""

from __future__ import annotations

from datetime import datetime

from mv_desktop.core.errors import RefusedError
from mv_desktop.ui.admin.subject import Subject


class FakeMoments:
    """A `MomentPlace`.

    Attributes:
        asked: the keys that somebody asked for, in this order.
        problem: what asking raises; None for an answer.
    """

    def __init__(self, subject: Subject) -> None:
        self._subject = subject
        self.asked: list[str] = []
        self.problem: Exception | None = None

    def seen(self, kind: str, key: str) -> datetime | None:
        assert kind == self._subject.kind
        self.asked.append(key)
        if self.problem is not None:
            raise self.problem
        try:
            return self._subject.open(key).seen
        except RefusedError:
            return None
