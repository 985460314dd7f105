"""Exams in memory, behind the office's port."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from uuid import UUID

from mv_desktop.core.errors import OfflineError
from mv_desktop.domain.case import CaseKind
from mv_desktop.domain.exam import ExamStatus
from mv_desktop.domain.exam_record import ExamRecord
from mv_desktop.domain.export_note import ExportFormat, ExportNote
from mv_desktop.domain.printed_paper import PrintedPaper, printed_exam
from tests.factories.paper import paper
from tests.fakes.plan_place import NOW
from tests.fakes.table_files import NoteKeeper

HOUR = timedelta(hours=1)


def exam(number: int, status: ExamStatus, **more: object) -> ExamRecord:
    """One of 80 marks of Ravi Kumar's, made so many hours from now."""
    made = NOW + number * HOUR
    return ExamRecord(
        UUID(int=number),
        f"MV-{number}",
        "Board pattern",
        "Ravi Kumar",
        made,
        status,
        80,
        **more,  # type: ignore[arg-type]
    )


EXAMS = (
    exam(7, ExamStatus.CREATED),
    exam(6, ExamStatus.PENDING_UPLOAD, began_at=NOW, handed_in_at=NOW + HOUR, choices=Decimal(17)),
    exam(5, ExamStatus.SUBMITTED_MCQ, began_at=NOW, handed_in_at=NOW + HOUR, stuck=True),
    exam(4, ExamStatus.UPLOADED, handed_in_at=NOW, pages=9),
    exam(3, ExamStatus.PENDING_EVALUATION, pages=1, teacher="Asha Rao", due_at=NOW + HOUR, late=True),
    exam(2, ExamStatus.UPLOADED, pages=8, teacher="Asha Rao", due_at=NOW, held=CaseKind.WITHDRAWN),
    exam(1, ExamStatus.EVALUATED, began_at=NOW, handed_in_at=NOW + HOUR, choices=Decimal(17), written=Decimal("44.5"),
         score=Decimal("61.5"), percentage=Decimal("76.88"), pages=8, teacher="Asha Rao", due_at=NOW,
         marked_at=NOW + HOUR),
)  # fmt: skip
"""One in each state, the newest first."""


class FakeExams:
    """An `ExamPlace`.

    Attributes:
        reachable: False cuts the network.
        exams: whoever asks for whosever.
        asked: of which students and templates.
        notes: of papers that left.
    """

    def __init__(self) -> None:
        self.notes, self.reachable = NoteKeeper(), True
        self.exams: Sequence[ExamRecord] = EXAMS
        self.asked: list[tuple[str, UUID]] = []

    def of_student(self, student: UUID) -> Sequence[ExamRecord]:
        self._reach()
        self.asked.append(("student", student))
        return self.exams

    def of_template(self, template: UUID) -> Sequence[ExamRecord]:
        self._reach()
        self.asked.append(("template", template))
        return self.exams

    def paper(self, exam: UUID) -> PrintedPaper:
        self._reach()
        return printed_exam(paper(), f"Board pattern · MV-{exam.int}", "XII")

    def note(self, note: ExportNote, kind: ExportFormat, rows: int, path: Path | None) -> None:
        self.notes.note(note, kind, rows, path)

    def _reach(self) -> None:
        if not self.reachable:
            raise OfflineError("The server cannot be reached.", kept="Nothing was lost.")
