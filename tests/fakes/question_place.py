"""A question bank in memory, behind the office's port."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import fields, replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from uuid import UUID

from mv_desktop.core.errors import InvalidError, OfflineError, UserError
from mv_desktop.core.ids import IdSource
from mv_desktop.domain.import_history import ImportedRow, ImportState, PastImport, Prospect, SourceFile
from mv_desktop.domain.question import PaperQuestion, QuestionDifficulty, QuestionStatus, QuestionType
from mv_desktop.domain.question_column import Column, match, missing_columns, row_of
from mv_desktop.domain.question_draft import QuestionDraft, QuestionRow
from mv_desktop.domain.question_import import ImportPlan, planned, read_row
from mv_desktop.domain.record import Change, Difference, Opened, Slice, Wanted
from mv_desktop.domain.record_import import Table, Taken
from mv_desktop.domain.workbook import TableFile
from mv_desktop.services.question_file import to_csv
from mv_desktop.services.table_reader import read_table

NOW = datetime(2026, 7, 15, 4, 30, tzinfo=UTC)
UNITS = {"X": ("Real Numbers", "Circles"), "XII": ("Matrices", "Determinants")}
PIECE = 50


def question(number: int, **values: object) -> QuestionDraft:
    draft = QuestionDraft(
        unit="Matrices", question_text=f"Find $x_{{{number}}}$.", question_type="VSA", marks=2, units=UNITS,
        steps="1: sets it up\n1: solves it", status="active", stood="active",
    )  # fmt: skip
    return replace(draft, **values)  # type: ignore[arg-type]


class FakeImports:
    """An `ImportPlace` over a bank in memory, which reads real files.

    Attributes:
        problem: what stands in the way of writing, once.
        done: the files that were brought in and not taken back, by their ids.
        active: new questions of the last one were approved at once.
    """

    def __init__(self, questions: FakeQuestions) -> None:
        self._questions = questions
        self.problem: UserError | None = None
        self.done: dict[UUID, str] = {}
        self.active = False

    def read(self, path: Path, sheet: str) -> TableFile:
        return read_table(path, match, sheet)

    def plan(self, table: Table, columns: Mapping[Column, int], told: Callable[[int, int], bool]) -> ImportPlan:
        headings, lines = table
        missing = missing_columns(columns)
        if missing:
            raise InvalidError(f"The file has no column for: {missing[0].value}.", remedy="Say which columns they are.")
        named = {column: headings[place] for column, place in columns.items()}
        rows = [
            read_row(number, {c: cells[place] for c, place in columns.items() if place < len(cells)}, named, UNITS)
            for number, cells in lines
        ]
        told(len(rows), len(rows))
        return planned(rows, {}, named)

    def perform(
        self, file: SourceFile, plan: ImportPlan, new_id: IdSource, reason: str, *, active: bool,
        told: Callable[[int, int], bool],
    ) -> UUID:  # fmt: skip
        problem, self.problem = self.problem, None
        if problem is not None:
            raise problem
        rows = [row.draft for row in plan.rows if row.draft is not None]
        for number, draft in enumerate(rows):
            self._questions.save(UUID(int=5000 + number), None, draft, reason)
            told(number + 1, len(rows))
        import_id = new_id()
        self.done[import_id], self.active = file.name, active
        return import_id

    def undo(self, import_id: UUID, reason: str, told: Callable[[int, int], bool]) -> Taken:
        del self.done[import_id]
        gone = [key for key in self._questions.bank if key.int >= 5000]
        for key in gone:
            del self._questions.bank[key]
        told(len(gone), len(gone))
        return Taken(len(gone), 0, 0, 0)

    def imports(self, after: PastImport | None) -> Slice[PastImport]:
        assert after is None
        return Slice(
            tuple(
                PastImport(key, "question", SourceFile(name), "Asha Rao", NOW, ImportState.DONE, 1, 0)
                for key, name in reversed(self.done.items())
            )
        )

    def import_rows(self, import_id: UUID, after: ImportedRow | None) -> Slice[ImportedRow]:
        del import_id, after
        return Slice(())

    def prospect(self, import_id: UUID) -> Prospect:
        return Prospect(sum(key.int >= 5000 for key in self._questions.bank), 0, int(import_id not in self.done))

    def export(self, path: Path, wanted: Wanted, told: Callable[[int, int], bool]) -> int:
        rows = [
            row_of(key, draft) for key, draft in self._questions.bank.items() if wanted.words in draft.question_text
        ]
        path.write_bytes(to_csv(rows))
        told(len(rows), len(rows))
        return len(rows)


class FakeQuestions:
    """A `QuestionPlace`.

    Attributes:
        reachable: False cuts the network.
        answering: False loses the answers to what is written.
        bank, seen, log: as the server has them.
        asked: what was looked for, one by one.
    """

    def __init__(self) -> None:
        self.reachable = self.answering = True
        self.bank: dict[UUID, QuestionDraft] = {UUID(int=n): question(n) for n in range(1, 121)}
        self.seen = {key: NOW - timedelta(minutes=key.int) for key in self.bank}
        self.log: list[Change] = []
        self.asked: list[Wanted] = []

    def find(self, wanted: Wanted, after: QuestionRow | None) -> Slice[QuestionRow]:
        self._reach()
        self.asked.append(wanted)
        rows = sorted(map(self._row, self.bank), key=lambda row: (row.updated_at, row.question_id), reverse=True)
        rows = [row for row in rows if wanted.words in row.opening and self._chosen(row, wanted)]
        start = 0 if after is None else rows.index(after) + 1
        return Slice(tuple(rows[start : start + PIECE]), more=len(rows) > start + PIECE)

    def units(self) -> dict[str, tuple[str, ...]]:
        return UNITS

    def printed(self, questions: Sequence[UUID]) -> tuple[PaperQuestion, ...]:
        self._reach()
        return tuple(
            PaperQuestion(
                question_id=str(key), question_type=QuestionType(draft.question_type), marks=Decimal(draft.marks or 0),
                unit=draft.unit, question_text=draft.question_text,
            )
            for key, draft in self.bank.items()
            if key in questions
        )  # fmt: skip

    def years(self) -> tuple[int, ...]:
        return (2025, 2019)

    def open(self, question: UUID) -> Opened[QuestionDraft]:
        self._reach()
        return Opened(str(question), self.seen[question], self.bank[question])

    def save(self, question: UUID, opened: Opened[QuestionDraft] | None, draft: QuestionDraft, reason: str) -> None:
        self._reach()
        before = self.bank.get(question, QuestionDraft())
        differences = tuple(
            Difference(one.name, getattr(before, one.name), getattr(draft, one.name))
            for one in fields(QuestionDraft)
            if one.name not in {"units", "kept", "stood"} and getattr(before, one.name) != getattr(draft, one.name)
        )
        again = before.status != "draft" and opened is not None
        self.bank[question] = replace(draft, stood=draft.status, version=before.version + again)
        self.seen[question] = NOW + timedelta(minutes=len(self.log) + 1)
        event = "question.created" if opened is None else "question.changed"
        self.log.insert(0, Change(UUID(int=len(self.log)), NOW, "Me", event, reason, differences))
        if not self.answering:
            raise OfflineError("The server cannot be reached.")

    def changes(self, question: UUID) -> tuple[Change, ...]:
        self._reach()
        return tuple(self.log)

    def _chosen(self, row: QuestionRow, wanted: Wanted) -> bool:
        names = {"class": "class_name"}
        names |= {"status": "review"} if wanted.choices.get("status") in {"waiting", "rejected"} else {}
        return all(str(getattr(row, names.get(name, name))) == value for name, value in wanted.choices.items())

    def _row(self, key: UUID) -> QuestionRow:
        draft = self.bank[key]
        return QuestionRow(
            key,
            draft.class_name,
            draft.unit,
            QuestionType(draft.question_type),
            draft.marks or 0,
            None if draft.difficulty is None else QuestionDifficulty(draft.difficulty),
            QuestionStatus(draft.status),
            draft.cbse_year,
            draft.version,
            self.seen[key],
            draft.question_text,
            draft.review.state,
        )

    def _reach(self) -> None:
        if not self.reachable:
            raise OfflineError("The server cannot be reached.")
