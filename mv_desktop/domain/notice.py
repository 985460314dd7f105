"""What people are told: the kinds of notices, and what each holds."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from mv_desktop.domain.question import Stored


class NoticeData(Stored):
    """`notices.data`; a kind may add fields of its own, but never names, answers or addresses of pages.

    Attributes:
        evaluation_id, exam_instance_id: what it is about.
        script: the script's code, as teachers know it.
        due_at: the deadline.
        expected_at: when the work is expected to be done.
        minutes_late: after the deadline.
    """

    evaluation_id: UUID | None = None
    exam_instance_id: UUID | None = None
    script: str | None = None
    due_at: datetime | None = None
    expected_at: datetime | None = None
    minutes_late: float | None = None
