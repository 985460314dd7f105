"""Exam templates and a bank in memory, behind the office's port."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from uuid import UUID

from mv_desktop.core.errors import ConflictError, OfflineError
from mv_desktop.domain.exam import ExamSnapshot, ExamType, build_paper
from mv_desktop.domain.export_note import ExportFormat, ExportNote
from mv_desktop.domain.question import PaperQuestion
from mv_desktop.domain.record import Change, Difference, Opened
from mv_desktop.domain.template import (
    BankCell,
    SectionDraft,
    TemplateDraft,
    TemplateRow,
    config_of,
    section_drafts,
    totals,
)
from tests.factories.paper import bank_question
from tests.fakes.plan_place import NOW
from tests.fakes.table_files import NoteKeeper

UNITS = ("Matrices", "Integrals", "Probability")
BOARD, PRACTICE = UUID(int=1), UUID(int=2)


def _bank() -> tuple[PaperQuestion, ...]:
    kinds = (("MCQ", 1, 8), ("VSA", 2, 4), ("SA", 3, 2))
    return tuple(
        bank_question(f"{kind}{unit}{n}", kind, marks, unit)
        for unit in UNITS
        for kind, marks, count in kinds
        for n in range(count)
    )


class FakeTemplates:
    """A `TemplatePlace`.

    Attributes:
        reachable: False cuts the network.
        questions: the active ones of class XII.
        templates, seen, log: as the server has them.
        notes: of papers that left.
    """

    def __init__(self) -> None:
        self.notes = NoteKeeper()
        self.reachable = True
        self.questions = _bank()
        board = TemplateDraft(
            "Board pattern", "XII", "board_exam", "", 180, True,
            (
                SectionDraft("A", "Choices", "MCQ", 1, 20),
                SectionDraft("B", "Very short", "VSA", 2, 4, "Matrices 2; Integrals 2", 1),
            ),
            exams=3,
        )  # fmt: skip
        practice = TemplateDraft(
            "Practice", "XII", "unit_practice", "Integrals", 45, False, (SectionDraft("A", "", "VSA", 2, 3),)
        )
        self.templates = {BOARD: _stored(board), PRACTICE: _stored(practice)}
        self.seen = dict.fromkeys(self.templates, NOW)
        self.log: dict[UUID, list[Change]] = {key: [] for key in self.templates}

    def put(self, key: UUID, draft: TemplateDraft, by: str, reason: str) -> None:
        """Somebody changes it, or makes it."""
        self.seen[key] = self.seen.get(key, NOW) + timedelta(minutes=1)
        number = sum(map(len, self.log.values())) + 1
        before = self.templates.get(key)
        stored = _stored(draft)
        told = (
            Difference(
                "config", before and before.config.model_dump(mode="json"), stored.config.model_dump(mode="json")
            ),
            Difference("template_name", before and before.template_name, draft.template_name),
        )
        changes = tuple(one for one in told if one.before != one.after)
        event = "template.changed" if before else "template.created"
        self.log.setdefault(key, []).insert(0, Change(UUID(int=number), self.seen[key], by, event, reason, changes))
        self.templates[key] = stored

    # -- the place -------------------------------------------------------------------------------------------

    def all(self) -> tuple[TemplateRow, ...]:
        self._reach()
        return tuple(
            TemplateRow(
                str(key), one.template_name, one.class_name, one.exam_type, one.specific_unit,
                totals(one.sections).marks, totals(one.sections).questions, one.is_active,
            )
            for key, one in self.templates.items()
        )  # fmt: skip

    def bank(self) -> tuple[tuple[BankCell, ...], Mapping[str, tuple[str, ...]]]:
        self._reach()
        counts = Counter((one.unit, one.question_type, int(one.marks)) for one in self.questions)
        return tuple(BankCell("XII", *kind, count) for kind, count in counts.items()), {"X": (), "XII": UNITS}

    def open(self, template: UUID) -> Opened[TemplateDraft]:
        self._reach()
        return Opened(str(template), self.seen[template], self.templates[template])

    def save(self, opened: Opened[TemplateDraft] | None, draft: TemplateDraft, reason: str) -> str:
        self._reach()
        key = UUID(int=100 + len(self.templates)) if opened is None else UUID(opened.key)
        if opened is not None and self.seen[key] != opened.seen:
            raise ConflictError("Asha Rao has changed this meanwhile. Nothing was saved.", remedy="Look at it again.")
        self.put(key, draft, "Me", reason)
        return str(key)

    def changes(self, template: UUID) -> tuple[Change, ...]:
        self._reach()
        return tuple(self.log[template])

    def note(self, note: ExportNote, kind: ExportFormat, rows: int, path: Path | None) -> None:
        self.notes.note(note, kind, rows, path)

    def trial(self, draft: TemplateDraft, seed: int) -> ExamSnapshot:
        self._reach()
        only = draft.specific_unit if draft.exam_type == ExamType.UNIT_PRACTICE else None
        return build_paper(config_of(draft), self.questions, seed, only_unit=only)

    def _reach(self) -> None:
        if not self.reachable:
            raise OfflineError("The server cannot be reached.", kept="Nothing was lost.")


def _stored(draft: TemplateDraft) -> TemplateDraft:
    config = config_of(draft)
    return replace(draft, config=config, sections=section_drafts(config))
