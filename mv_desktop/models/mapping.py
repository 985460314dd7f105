"""Who is whose parent."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from mv_desktop.domain.person import RelationshipType
from mv_desktop.models.base import Base, CreatedAt, NewUuid, No
from mv_desktop.models.enums import RELATIONSHIP_TYPE


class ParentStudentMapping(Base):
    """One parent of one student."""

    __tablename__ = "parent_student_mappings"

    mapping_id: Mapped[NewUuid]
    parent_user_id: Mapped[UUID] = mapped_column(ForeignKey("users.user_id", ondelete="CASCADE"))
    student_user_id: Mapped[UUID] = mapped_column(ForeignKey("users.user_id", ondelete="CASCADE"))
    relationship: Mapped[RelationshipType] = mapped_column(RELATIONSHIP_TYPE)
    is_primary: Mapped[No]
    created_at: Mapped[CreatedAt]

    __table_args__ = (
        UniqueConstraint("parent_user_id", "student_user_id", name="uq_parent_student_mappings_pair"),
        CheckConstraint("parent_user_id <> student_user_id", name="two_people"),
        Index("ix_parent_student_mappings_parent", "parent_user_id"),
        Index("ix_parent_student_mappings_student", "student_user_id"),
        Index(
            "ix_parent_student_mappings_primary",
            "student_user_id",
            "is_primary",
            postgresql_where=text("is_primary"),
        ),
    )
