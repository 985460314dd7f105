"""Patterns from which papers are built."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from mv_desktop.domain.exam import ExamType, TemplateConfig
from mv_desktop.models.base import Base, CreatedAt, Name100, NewUuid, Text10, Text255, UpdatedAt, Yes
from mv_desktop.models.document import Document
from mv_desktop.models.enums import EXAM_TYPE


class ExamTemplate(Base):
    """One pattern: sections, counts, marks and units."""

    __tablename__ = "exam_templates"

    template_id: Mapped[NewUuid]
    template_name: Mapped[Text255]
    class_name: Mapped[Text10] = mapped_column("class")
    exam_type: Mapped[ExamType] = mapped_column(EXAM_TYPE)
    config: Mapped[TemplateConfig] = mapped_column(Document(TemplateConfig))
    specific_unit: Mapped[Name100 | None]
    is_active: Mapped[Yes]
    created_by: Mapped[UUID | None] = mapped_column(ForeignKey("users.user_id", ondelete="RESTRICT"))
    created_at: Mapped[CreatedAt]
    updated_at: Mapped[UpdatedAt]

    __table_args__ = (
        CheckConstraint("class IN ('X', 'XII')", name="class"),
        CheckConstraint("exam_type <> 'unit_practice' OR specific_unit IS NOT NULL", name="unit_practice_has_unit"),
        Index("ix_exam_templates_class_type", "class", "exam_type"),
        Index("ix_exam_templates_active", "template_name", postgresql_where=text("is_active")),
    )
