"""The dashboards of a school in memory."""

from __future__ import annotations

import threading
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from functools import partial
from pathlib import Path
from uuid import UUID

from mv_desktop.core.durable import save_whole
from mv_desktop.core.errors import InvalidError, OfflineError
from mv_desktop.domain.export_note import ExportFormat, ExportNote
from mv_desktop.domain.insight import (
    Choices,
    Chosen,
    DueDay,
    DuePlan,
    Flows,
    Leaders,
    LeadingStudent,
    Order,
    PredictedBand,
    PredictedStudent,
    Predictions,
    Promises,
    QuestionItem,
    QuestionPiece,
    Taken,
    Units,
    UnitSum,
    flows,
    whole_weeks,
)
from mv_desktop.domain.item_statistic import ChoiceCount, ItemSums
from mv_desktop.domain.question import QuestionType
from mv_desktop.domain.report import Kept
from mv_desktop.domain.report_table import ReportTable, plain, sheet_name
from mv_desktop.domain.subscription import PlanType
from mv_desktop.services.table_file import write_table
from tests.fakes.table_files import NoteKeeper

AS_OF = datetime(2026, 7, 15, 19, 40, tzinfo=UTC)
UNITS = (
    ("Relations and Functions", "78.5"), ("Inverse Trigonometric Functions", "52"), ("Matrices", "81"),
    ("Determinants", "66.5"), ("Continuity and Differentiability", "47"), ("Application of Derivatives", "44.5"),
    ("Integrals", "38"), ("Application of Integrals", "51"), ("Differential Equations", "58"), ("Vector Algebra", "72"),
    ("Three Dimensional Geometry", "63"), ("Linear Programming", "88"), ("Probability", "55.5"),
)  # fmt: skip
NAMES = ("Meera Krishnamurthy", "Asha Rao", "Lakshmi Venkatasubramanian", "=Bina() Das", "Irfan Khan", "Neha Joshi")
QUESTIONS = 207
"""More than one piece."""


class FakeInsight:
    """An `InsightPlace`; Sundays are quiet.

    Attributes:
        asked: what was asked for, in order.
        as_of: when it was summed; None: never.
        reachable: False cuts the network; full: the disk is; quiet: nothing happened in any days.
        gate: what is asked waits until it is set.
    """

    def __init__(self) -> None:
        self.asked: list[tuple[str, Chosen, object]] = []
        self.as_of: datetime | None = AS_OF
        self.reachable, self.full, self.quiet = True, False, False
        self.log = NoteKeeper()
        self.gate = threading.Event()
        self.gate.set()

    def units(self, chosen: Chosen) -> Units:
        self._ask("units", chosen)
        units = [
            UnitSum(name, unit, 40 + number, Decimal(share) * many, Decimal(100) * many)
            for name, many in {"X": 2, "XII": 3}.items()
            if name in _classes(chosen)
            for number, (unit, share) in enumerate(UNITS[: 6 if name == "X" else None])
        ]  # fmt: skip
        few = UnitSum("XII", "Sets", 1, Decimal(1), Decimal(3))
        return Units(self.as_of, () if self.quiet else (*units, *([few] if "XII" in _classes(chosen) else [])))

    def predictions(self, chosen: Chosen) -> Predictions:
        self._ask("predictions", chosen)
        bands = [
            PredictedBand(name, low, count, count // 4, count // 9, Decimal(count * (low + 5)))
            for name in _classes(chosen)
            for low, count in zip(range(30, 100, 10), (2, 7, 15, 31, 44, 26, 9), strict=True)
        ] + [PredictedBand(name, None, 12, 0, 0, Decimal(0)) for name in _classes(chosen)]
        lowest = [
            PredictedStudent(
                UUID(int=number), f"{who} {number // 6 + 1}", _classes(chosen)[-1], Decimal(31) + number,
                Decimal("10.5"), Decimal(number - 6) if number % 4 else None,
            )
            for number, who in enumerate(NAMES * 5)
        ]  # fmt: skip
        return Predictions(self.as_of, *((), ()) if self.quiet else (tuple(bands), tuple(lowest)))

    def leaders(self, chosen: Chosen) -> Leaders:
        self._ask("leaders", chosen)
        found = [
            LeadingStudent(
                UUID(int=number), who, name, number + 1, Decimal("96.25") - number, 4 + number % 3, Decimal("98.5")
            )
            for name in _classes(chosen)
            for number, who in enumerate(NAMES)
        ]
        return Leaders(self.as_of, () if self.quiet else tuple(found))

    def flows(self, chosen: Chosen, today: date) -> Flows:
        self._ask("flows", chosen, today)
        days = [] if self.quiet else [day for day in _days(chosen) if day.weekday() != 6]
        counted = [(day, 38 + day.day % 7, 36 + day.day % 11, day.day % 3) for day in days]
        waiting = 0 if self.quiet else 60
        return Flows(self.as_of, waiting, flows(chosen.span, waiting, counted, today))

    def promises(self, chosen: Chosen) -> Promises:
        self._ask("promises", chosen)
        if self.quiet:
            return Promises(self.as_of, (), ())
        days = [
            DueDay(day, Kept(40, 36 - number % 5, 2 + number % 3, 2 + number % 5 - number % 3, number % 2))
            for number, day in enumerate(_days(chosen))
            if day.weekday() != 6
        ]
        plans = (DuePlan(PlanType.CENTUM, Kept(60, 50, 4, 6, 1)), DuePlan(None, Kept(3, 0, 1, 2, 1)))
        return Promises(self.as_of, tuple(days), plans)

    def questions(self, chosen: Chosen, order: Order, skip: int) -> QuestionPiece:
        self._ask("questions", chosen, (order, skip))
        total = 0 if self.quiet else QUESTIONS
        found = tuple(_question(number) for number in range(total))
        return QuestionPiece(self.as_of, *whole_weeks(chosen.span), total, found[skip : skip + 200])

    def choices(self, chosen: Chosen, question: UUID) -> Choices:
        self._ask("choices", chosen, question)
        taken = (
            Taken(ChoiceCount("A", 12, right=False, rest=0.74), "$2x$"),
            Taken(ChoiceCount("B", 51, right=True, rest=0.71), "$x^2$"),
            Taken(ChoiceCount("C", 7, right=False, rest=0.35), "$-x$"),
            Taken(ChoiceCount("D", 0, right=False), "none of these"),
            Taken(ChoiceCount("", 4, right=False, rest=0.22), ""),
        )
        return Choices(self.as_of, *whole_weeks(chosen.span), "The derivative of $x^3/3$ is", taken)

    def save_table(self, path: Path, table: ReportTable, note: ExportNote) -> None:
        self._fill_disk()
        headings, rows = plain(table)
        title, ready = sheet_name(table.title), partial(self.log.note, note)
        write_table(path, title, headings, [rows], about=table.about, ready=ready)

    def save_picture(self, path: Path, content: bytes, note: ExportNote, kind: ExportFormat, rows: int) -> None:
        self._fill_disk()
        save_whole(path, content, lambda: self.log.note(note, kind, rows))

    def note(self, note: ExportNote, kind: ExportFormat, rows: int, path: Path | None) -> None:
        self.log.note(note, kind, rows, path)

    def _fill_disk(self) -> None:
        if self.full:
            raise InvalidError(
                "The file could not be written.", remedy="Choose another folder, or close the file elsewhere."
            )

    def _ask(self, what: str, chosen: Chosen, more: object = None) -> None:
        self.asked.append((what, chosen, more))
        self.gate.wait(10)
        if not self.reachable:
            raise OfflineError("The server does not answer.", remedy="Try again when there is a network.")


def _classes(chosen: Chosen) -> tuple[str, ...]:
    return (chosen.class_name,) if chosen.class_name else ("X", "XII")


def _days(chosen: Chosen) -> list[date]:
    return [chosen.span.first + timedelta(days=number) for number in range(chosen.span.days)]


def _question(number: int) -> QuestionItem:
    """The first is the wrong way round, then poor ones, good ones, and some with few answers."""
    answers = 12 if number > 190 else 60 + number
    right = 0.25 + (number * 37 % 60) / 100  # the facility
    gap = -0.05 if number == 0 else 0.02 + number % 40 * 0.008
    shares = answers * right
    rest = 0.6
    return QuestionItem(
        UUID(int=number + 1),
        "XII",
        (QuestionType.MCQ, QuestionType.VSA, QuestionType.SA, QuestionType.LA)[number % 4],
        UNITS[number % len(UNITS)][0],
        f"If $A$ is a matrix of order {number + 2}, find $|A|$ and the sum of its entries.",
        ItemSums(
            answers,
            shares,
            shares,
            answers * rest,
            answers * (rest * rest + 0.04),
            shares * (rest + gap),
        ),
    )
