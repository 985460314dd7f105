"""Exam templates in the office: sections in a table, what they add up to, and what the bank has for them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Protocol
from uuid import UUID

from pydantic import JsonValue
from PySide6.QtWidgets import QWidget

from mv_desktop.domain.class_name import class_named
from mv_desktop.domain.exam import ExamSnapshot, ExamType, TemplateConfig
from mv_desktop.domain.export_note import ExportFormat, ExportNote
from mv_desktop.domain.picture import SeenPicture
from mv_desktop.domain.question import QuestionType
from mv_desktop.domain.record import ORDER, Change, Fault, Opened, Slice, Wanted, ordered
from mv_desktop.domain.template import (
    BankCell,
    SectionDraft,
    TemplateDraft,
    TemplateRow,
    section_drafts,
    template_faults,
)
from mv_desktop.ui.admin.act import Act
from mv_desktop.ui.admin.exam_window import EXAMS, ExamDesk
from mv_desktop.ui.admin.exchange import TablePlace
from mv_desktop.ui.admin.field import Field, Kind
from mv_desktop.ui.admin.record_window import RecordWindow
from mv_desktop.ui.admin.subject import Choice, Column, Subject
from mv_desktop.ui.admin.template_bank import TemplateBank
from mv_desktop.ui.tasks import Tasks
from mv_desktop.ui.text import tr, tr_count
from mv_desktop.ui.theme import ColorRole
from mv_desktop.ui.widgets.exam_type_text import EXAM_TYPES, exam_type_text
from mv_desktop.ui.widgets.keyed_model import Sign

_SECTIONS = "Sections and time"
_CLASSES = (("X", "Class X"), ("XII", "Class XII"))
_KINDS = ((QuestionType.MCQ, "MCQ"), (QuestionType.VSA, "VSA"), (QuestionType.SA, "SA"), (QuestionType.LA, "LA"))
_SECTION = (
    Field("section", "Section"),
    Field("title", "Title"),
    Field("question_type", "Kind", Kind.CHOICE, choices=tuple((str(kind), name) for kind, name in _KINDS)),
    Field("question_count", "Count", Kind.WHOLE),
    Field("marks_per_question", "Marks", Kind.WHOLE),
    Field("either_or", "Or", Kind.WHOLE),
    Field("units", "Units", Kind.LINES),
)
_FIELDS = (
    Field("template_name", "Name"),
    Field("class_name", "Class", Kind.CHOICE, choices=_CLASSES, made_only=True, meant=class_named),
    Field("exam_type", "Kind of exam", Kind.CHOICE, choices=tuple(EXAM_TYPES.items()), made_only=True),
    Field("specific_unit", "Unit", Kind.CHOICE, offered=True, help="Of practice of a unit only."),
    Field("duration_minutes", "Time", Kind.WHOLE, unit="minutes"),
    Field(
        "sections", "Sections", Kind.ROWS, section="Sections", columns=_SECTION, row=SectionDraft,
        help="Marks of each question; how many offer an “or”. Units: nothing for any, “Matrices 2; Integrals 3” as"
        " numbers, “Matrices 40%; Integrals 60%” as shares.",
    ),
    Field("is_active", "It can be chosen", Kind.SWITCH),
)  # fmt: skip


class TemplatePlace(Protocol):
    """As `offline.office.template.Templates`."""

    def all(self) -> tuple[TemplateRow, ...]:
        """Every template."""
        ...

    def bank(self) -> tuple[tuple[BankCell, ...], Mapping[str, tuple[str, ...]]]:
        """How many active questions there are of each kind, and the units of each class."""
        ...

    def open(self, template: UUID) -> Opened[TemplateDraft]:
        """One of them."""
        ...

    def save(self, opened: Opened[TemplateDraft] | None, draft: TemplateDraft, reason: str) -> str:
        """Write what differs, or a new one."""
        ...

    def changes(self, template: UUID) -> tuple[Change, ...]:
        """What was changed of it."""
        ...

    def trial(self, draft: TemplateDraft, seed: int) -> ExamSnapshot:
        """A paper as a student would get it; nothing is written."""
        ...

    def note(self, note: ExportNote, kind: ExportFormat, rows: int, path: Path | None) -> None:
        """Note that such a paper leaves; without a path, on paper."""
        ...


_ORDERS: Mapping[str, Callable[[TemplateRow], object]] = {
    "name": lambda row: (row.template_name.casefold(), row.specific_unit.casefold()),
    "questions": lambda row: -row.questions,
}


class TemplateSubject(Subject):
    """None is ever taken away, for exams name them; who shall not be chosen any more is switched off.

    Args:
        table: as `Subject.table`.
        look: has a picture of a question by its place, on a lane; None where there are none.
        exams: what shows the exams that were made from one; None where nothing does.
    """

    kind = "template"
    title = "Exam templates"
    columns = (
        Column("Template"),
        Column("Class", "XII"),
        Column("Kind of exam", "Very short answers"),
        Column("Marks", "100", figure=True),
        Column("Questions", "100", figure=True),
    )
    choices = (
        Choice("class", "Class", _CLASSES),
        Choice("kind", "Kind of exam", tuple(EXAM_TYPES.items())),
        Choice("active", "Can be chosen", (("yes", "Can be chosen"), ("no", "Cannot be chosen"))),
        Choice(ORDER, "Order", (("name", "By name"), ("questions", "Most questions first")), usual="By class and kind"),
    )
    fields = _FIELDS
    new = "New template"
    shares = (150, 160)
    naming = ("template_name", "class_name", "exam_type", "specific_unit")

    def __init__(
        self,
        place: TemplatePlace,
        tasks: Tasks,
        table: TablePlace | None = None,
        look: Callable[[str], SeenPicture] | None = None,
        exams: ExamDesk | None = None,
    ) -> None:
        self._exams, self.windows = exams, () if exams is None else (EXAMS,)
        self._place, self._tasks, self.table, self._look = place, tasks, table, look
        # what the bank has came with the list; a tuple is put in whole, so that either thread may look at it
        self._bank: tuple[tuple[BankCell, ...], Mapping[str, tuple[str, ...]]] = ((), {})

    # -- on the GUI thread -----------------------------------------------------------------------------------

    def key(self, row: TemplateRow) -> str:
        return row.template_id

    def text(self, row: TemplateRow, column: int) -> str:
        told = row.specific_unit.casefold() in row.template_name.casefold()  # also where it has none
        name = row.template_name if told else f"{row.template_name} · {row.specific_unit}"
        return (name, row.class_name, exam_type_text(row.exam_type), str(row.total_marks), str(row.questions))[column]

    def sign(self, row: TemplateRow, column: int) -> Sign | None:
        if column:
            return None
        return Sign("done", "done") if row.is_active else Sign("close", "muted")

    def color(self, row: TemplateRow, column: int) -> ColorRole | None:
        del column
        return None if row.is_active else "muted"

    def name(self, draft: TemplateDraft) -> str:
        return draft.template_name

    def blank(self) -> TemplateDraft:
        return TemplateDraft("", "XII", "board_exam", "", 180, True, (SectionDraft("A", "", "MCQ", 1, 20),))

    def faults(self, draft: TemplateDraft) -> Sequence[Fault]:
        return template_faults(draft, self._bank[1].get(draft.class_name, ()))

    def choices_of(self, draft: TemplateDraft) -> Mapping[str, Sequence[tuple[str, str]]]:
        practice = draft.exam_type == ExamType.UNIT_PRACTICE
        units = self._bank[1].get(draft.class_name, ()) if practice else ()
        return {"specific_unit": [(unit, unit) for unit in units]}

    @property
    def labels(self) -> Mapping[str, str]:
        return {"template_name": "Name", "specific_unit": "Unit", "is_active": "It can be chosen", "config": _SECTIONS}

    def put_back(self, draft: TemplateDraft, columns: Mapping[str, JsonValue]) -> Mapping[str, object]:
        found = dict(super().put_back(draft, columns))
        config = columns.get("config")
        if isinstance(config, dict) and "sections" in config:  # a long one is only named by its digest
            of_then = TemplateConfig.model_validate(config)
            found |= {"sections": section_drafts(of_then), "duration_minutes": of_then.duration_minutes}
        return found

    def effect(self, draft: TemplateDraft, before: TemplateDraft | None) -> str:
        if before is None:
            return ""
        lines = []
        if before.exams and (draft.sections, draft.duration_minutes) != (before.sections, before.duration_minutes):
            count = tr_count("{count} exam was made from it.", "{count} exams were made from it.", before.exams)
            lines.append(f"{count} {tr('They keep the paper that they have; the next ones are made anew.')}")
        if before.is_active and not draft.is_active:
            lines.append(tr("Nobody can choose it any more."))
        return "\n".join(lines)

    def able(self, act: Act, draft: TemplateDraft) -> bool:
        return draft.exams > 0 if act == EXAMS else super().able(act, draft)

    def window(self, act: Act, opened: Opened[TemplateDraft], tasks: Tasks, parent: QWidget) -> RecordWindow:
        if act != EXAMS or self._exams is None:
            return super().window(act, opened, tasks, parent)
        return self._exams.of_template(UUID(opened.key), opened.draft.template_name, tasks, parent)

    def aside(self, parent: QWidget) -> TemplateBank:
        return TemplateBank(
            *(lambda: self._bank[0], self._place.trial, self._tasks, parent),
            pictures=self._picture,
            note=self._place.note,
        )

    def _picture(self, address: str) -> bytes | None:
        return None if self._look is None else self._look(address).data

    # -- on the lane -----------------------------------------------------------------------------------------

    def page(self, wanted: Wanted, after: TemplateRow | None) -> Slice[TemplateRow]:
        del after  # there are dozens
        self._bank = self._place.bank()
        words, chosen = wanted.words.casefold(), wanted.choices
        found = (
            row
            for row in self._place.all()
            if words in f"{row.template_name} {row.specific_unit}".casefold()
            and chosen.get("class") in {None, row.class_name}
            and chosen.get("kind") in {None, row.exam_type}
            and chosen.get("active") in {None, "yes" if row.is_active else "no"}
        )
        return Slice(ordered(found, wanted, _ORDERS))

    def open(self, key: str) -> Opened[TemplateDraft]:
        return self._place.open(UUID(key))

    def save(self, opened: Opened[TemplateDraft] | None, draft: TemplateDraft, reason: str) -> str:
        return self._place.save(opened, draft, reason)

    def changes(self, key: str) -> Sequence[Change]:
        return self._place.changes(UUID(key))
