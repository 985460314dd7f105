"""The server's reports of a school in memory."""

from __future__ import annotations

import threading
from datetime import timedelta
from pathlib import Path
from uuid import UUID

from mv_desktop.core.errors import InvalidError, OfflineError
from mv_desktop.domain.exam import ExamType
from mv_desktop.domain.export_note import ExportFormat, ExportNote
from mv_desktop.domain.identifier import UserId
from mv_desktop.domain.question import QuestionType
from mv_desktop.domain.report import (
    NOTHING_DUE,
    Compliance,
    DayKept,
    DayVolume,
    Kept,
    PaceReport,
    PaceRow,
    PlanKept,
    QuestionReport,
    QuestionSums,
    Span,
    TeacherKept,
    Volume,
    question_means,
    volume,
)
from mv_desktop.domain.report_table import ReportTable
from mv_desktop.domain.subscription import PlanType
from mv_desktop.services.report_file import to_csv, to_xlsx
from tests.fakes.table_files import NoteKeeper

TEACHERS = ("Meera Krishnamurthy", "Asha Rao", "Lakshmi Venkatasubramanian", "=Bina() Das")


class FakeReports:
    """A `ReportPlace`; Sundays are quiet.

    Attributes:
        asked: what was asked for, in order.
        reachable: False cuts the network; full: the disk is; quiet: nothing happened in any days.
        gate: what is asked waits until it is set.
        log: of what was written out.
    """

    def __init__(self) -> None:
        self.asked: list[tuple[str, Span]] = []
        self.reachable, self.full, self.quiet = True, False, False
        self.log = NoteKeeper()
        self.gate = threading.Event()
        self.gate.set()

    def compliance(self, span: Span) -> Compliance:
        self._ask("compliance", span)
        if self.quiet:
            return Compliance(span, NOTHING_DUE, (), (), ())
        days = [
            DayKept(day, Kept(40, 36 - number % 5, 2 + number % 3, 2 + number % 5 - number % 3, number % 2))
            for number, day in enumerate(_days(span))
            if day.weekday() != 6
        ]
        plans = (PlanKept(PlanType.CENTUM, Kept(60, 50, 4, 6, 1)), PlanKept(None, Kept(3, 0, 1, 2, 1)))
        teachers = [
            TeacherKept(UserId(UUID(int=number + 1)), name, Kept(20, 19 - number, 1, number, 0))
            for number, name in enumerate(TEACHERS)
        ]
        total = Kept(*(sum(getattr(day.kept, part) for day in days) for part in Kept.__slots__))
        nobody = TeacherKept(None, "", Kept(2, 0, 0, 2, 1))
        return Compliance(span, total, tuple(days), plans, (*teachers, nobody))

    def volume(self, span: Span) -> Volume:
        self._ask("volume", span)
        days = [] if self.quiet else [day for day in _days(span) if day.weekday() != 6]
        return volume(span, [DayVolume(day, 38 + day.day % 7, 30 + day.day % 11, day.day % 3) for day in days])

    def pace(self, span: Span) -> PaceReport:
        self._ask("pace", span)
        kinds = () if self.quiet else (ExamType.BOARD_EXAM, ExamType.UNIT_PRACTICE)
        rows = []
        for kind in kinds:
            rows.append(PaceRow(None, "", kind, 90, 18.5, 26.25, 41))
            rows += [
                PaceRow(UserId(UUID(int=number + 1)), name, kind, 22, 15 + number, 22.5 + 4 * number, 40)
                for number, name in enumerate(TEACHERS)
            ]
        return PaceReport(span, tuple(rows))

    def questions(self, span: Span) -> QuestionReport:
        self._ask("questions", span)
        kinds = () if self.quiet else (QuestionType.SA, QuestionType.LA)
        sums = [
            QuestionSums(
                UUID(int=number),
                "XII",
                kind,
                "Matrices",
                f"If $A$ is a matrix of order {number}, find $|A|$. " * 3,
                50,
                50 * share,
                50 * (share * share + 0.02),
            )
            for kind in kinds
            for number, share in enumerate((0.62, 0.58, 0.6, 0.2, 0.95))
        ]
        return QuestionReport(span, question_means(sums))

    def save_csv(self, path: Path, table: ReportTable, note: ExportNote) -> None:
        self._save(path, to_csv(table), note, ExportFormat.CSV, len(table.rows))

    def save_xlsx(self, path: Path, table: ReportTable, note: ExportNote) -> None:
        self._save(path, to_xlsx(table), note, ExportFormat.XLSX, len(table.rows))

    def note(self, note: ExportNote, kind: ExportFormat, rows: int, path: Path | None) -> None:
        self.log.note(note, kind, rows, path)

    def _save(self, path: Path, content: bytes, note: ExportNote, kind: ExportFormat, rows: int) -> None:
        if self.full:
            raise InvalidError(
                "The file could not be written.",
                kept="What was there before is as it was.",
                remedy="Choose another folder, or close the file elsewhere.",
            )
        self.log.note(note, kind, rows)
        path.write_bytes(content)

    def _ask(self, what: str, span: Span) -> None:
        self.asked.append((what, span))
        self.gate.wait(10)
        if not self.reachable:
            raise OfflineError("The server does not answer.", remedy="Try again when there is a network.")


def _days(span: Span):
    return [span.first + timedelta(days=number) for number in range(span.days)]
