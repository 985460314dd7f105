"""Exam templates, for who keeps them, and what the bank has for them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.orm import Session

from mv_desktop.core.errors import RefusedError
from mv_desktop.domain.exam import TemplateConfig
from mv_desktop.domain.question import PaperQuestion, QuestionType
from mv_desktop.domain.record import Opened
from mv_desktop.domain.template import (
    BankCell,
    TemplateDraft,
    TemplateRow,
    config_of,
    section_drafts,
)
from mv_desktop.services.record import RecordKind, Written, put_record

_CONTENT = (
    "SELECT q.question_id::text, q.version, q.question_type::text, q.marks, q.unit, q.topic, q.question_text,"
    " q.question_image_url, q.diagram_image_url, q.correct_answer_image_url, q.explanation_image_url, q.mcq_choices,"
    " q.mcq_correct_choices, s.scheme"
    " FROM public.questions q LEFT JOIN public.question_schemes s"
    " ON s.question_id = q.question_id AND s.version = q.version"
)
_UNIT_SETTINGS = {"X": "cbse_units_class_x", "XII": "cbse_units_class_xii"}


def templates(session: Session) -> tuple[TemplateRow, ...]:
    """All templates, by class, kind and name."""
    rows = session.execute(
        text(
            "SELECT t.template_id::text, t.template_name, t.class, t.exam_type::text, coalesce(t.specific_unit, ''),"
            " (t.config ->> 'total_marks')::int,"
            " (SELECT coalesce(sum((s ->> 'question_count')::int), 0)::int"
            " FROM jsonb_array_elements(t.config -> 'sections') s), t.is_active"
            " FROM public.exam_templates t ORDER BY t.class, t.exam_type, t.template_name, t.template_id"
        )
    )
    return tuple(TemplateRow(*row) for row in rows)


def open_template(session: Session, template: UUID) -> Opened[TemplateDraft]:
    """A template as it stands.

    Raises:
        RefusedError: there is none.
    """
    row = session.execute(
        text(
            "SELECT t.updated_at, t.template_name, t.class AS class_name, t.exam_type::text AS exam_type,"
            " coalesce(t.specific_unit, '') AS specific_unit, t.is_active, t.config,"
            " (SELECT count(*)::int FROM public.exam_instances x WHERE x.template_id = t.template_id) AS exams"
            " FROM public.exam_templates t WHERE t.template_id = :template"
        ),
        {"template": template},
    ).one_or_none()
    if row is None:
        raise RefusedError("There is no such template on the server.")
    config = TemplateConfig.model_validate(row.config)
    return Opened(
        str(template),
        row.updated_at,
        TemplateDraft(
            row.template_name, row.class_name, row.exam_type, row.specific_unit, config.duration_minutes,
            row.is_active, section_drafts(config), config, row.exams,
        ),
    )  # fmt: skip


def put_template(
    session: Session,
    template: UUID,
    seen: datetime | None,
    draft: TemplateDraft,
    before: TemplateDraft | None,
    reason: str,
) -> Written:
    """Write what is otherwise than `before`, or a new one. Exams that were made from it keep their paper.

    Raises:
        ConflictError: somebody was faster.
        InvalidError: a value does not fit.
    """
    values: dict[str, Any] = {}
    if before is None:
        values |= {"class": draft.class_name, "exam_type": draft.exam_type}
    if before is None or draft.template_name != before.template_name:
        values["template_name"] = draft.template_name.strip()
    if before is None or draft.specific_unit != before.specific_unit:
        values["specific_unit"] = draft.specific_unit or None
    if before is None or draft.is_active != before.is_active:
        values["is_active"] = draft.is_active
    if before is None or (draft.sections, draft.duration_minutes) != (before.sections, before.duration_minutes):
        values["config"] = config_of(draft).model_dump(mode="json", exclude_none=True)
    return put_record(session, RecordKind.TEMPLATE, template, seen, values, reason)


def bank_cells(session: Session) -> tuple[BankCell, ...]:
    """How many active questions the bank has, by class, unit, kind and marks."""
    rows = session.execute(
        text(
            "SELECT q.class, q.unit, q.question_type::text, q.marks, count(*)::int,"
            " count(*) FILTER (WHERE coalesce(s.scheme -> 'alternatives', 'null') NOT IN ('null', '[]'))::int"
            " FROM public.questions q LEFT JOIN public.question_schemes s"
            " ON s.question_id = q.question_id AND s.version = q.version"
            " WHERE q.status = 'active' GROUP BY q.class, q.unit, q.question_type, q.marks"
            " ORDER BY q.class, q.unit, q.question_type, q.marks"
        )
    )
    return tuple(BankCell(row[0], row[1], QuestionType(row[2]), *row[3:]) for row in rows)


def units_of(session: Session) -> Mapping[str, tuple[str, ...]]:
    """The units of each class, as the settings have them."""
    rows = session.execute(
        text("SELECT c.config_key, c.config_value FROM public.system_config c WHERE c.config_key = ANY(:keys)"),
        {"keys": list(_UNIT_SETTINGS.values())},
    )
    found = {row.config_key: tuple(map(str, row.config_value)) for row in rows}
    return {class_name: found.get(key, ()) for class_name, key in _UNIT_SETTINGS.items()}


def active_questions(session: Session, class_name: str) -> tuple[PaperQuestion, ...]:
    """The active questions of a class, each as a paper holds it."""
    rows = session.execute(text(f"{_CONTENT} WHERE q.status = 'active' AND q.class = :class"), {"class": class_name})
    return _contents(rows.mappings())


def questions_for_paper(session: Session, questions: Sequence[UUID]) -> tuple[PaperQuestion, ...]:
    """These questions as a paper holds them, by class, unit and marks; what is no question any more is left out."""
    rows = session.execute(
        text(
            f"{_CONTENT} WHERE q.question_id = ANY(CAST(:ids AS uuid[]))"
            " ORDER BY q.class, q.unit, q.marks, q.created_at, q.question_id"
        ),
        {"ids": [str(one) for one in questions]},
    )
    return _contents(rows.mappings())


def content_of(stored: Mapping[str, Any]) -> PaperQuestion:
    """A row of `questions` with its `scheme`, as a paper holds it."""
    choices, correct, scheme = (stored[name] for name in ("mcq_choices", "mcq_correct_choices", "scheme"))
    written = {name: stored[name] for name in PaperQuestion.model_fields.keys() & stored.keys()}
    return PaperQuestion(**written | {"choices": choices or (), "correct": correct or (), "scheme": scheme or {}})


def _contents(rows: Iterable[Any]) -> tuple[PaperQuestion, ...]:
    return tuple(content_of(row) for row in rows)
