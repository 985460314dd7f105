"""Exams of a student or of a template, and their papers."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING
from uuid import UUID

from mv_desktop.domain.exam_record import ExamRecord
from mv_desktop.domain.printed_paper import PrintedPaper
from mv_desktop.offline.noting import Noting

if TYPE_CHECKING:
    from sqlalchemy.orm import Session


class ExamRecords(Noting):
    """As `services.exam_record`.

    Args:
        connect: a session on the person's own login.
    """

    def __init__(self, connect: Callable[[], AbstractContextManager[Session]]) -> None:
        self._connect = connect

    def of_student(self, student: UUID) -> tuple[ExamRecord, ...]:
        """Hers, the newest first."""
        from mv_desktop.services.exam_record import exams_of_student

        with self._connect() as session:
            return exams_of_student(session, student)

    def of_template(self, template: UUID) -> tuple[ExamRecord, ...]:
        """Those that were made from it, the newest first."""
        from mv_desktop.services.exam_record import exams_of_template

        with self._connect() as session:
            return exams_of_template(session, template)

    def paper(self, exam: UUID) -> PrintedPaper:
        """The paper of one, as it was frozen."""
        from mv_desktop.services.exam_record import paper_of

        with self._connect() as session:
            return paper_of(session, exam)
