"""What was brought in from files, and what each row did (revision 063)."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import ARRAY, CheckConstraint, ForeignKey, Index, Uuid, text
from sqlalchemy.orm import Mapped, mapped_column

from mv_desktop.domain.question import Stored
from mv_desktop.models.base import Base, CreatedAt
from mv_desktop.models.document import Document


class RecordImport(Base):
    """A file that was brought in; who did it is None for the owner of the database."""

    __tablename__ = "record_imports"

    import_id: Mapped[UUID] = mapped_column(primary_key=True)
    subject: Mapped[str]
    file_name: Mapped[str]
    file_sha256: Mapped[str | None]
    imported_by: Mapped[UUID | None] = mapped_column(ForeignKey("users.user_id", ondelete="RESTRICT"))
    imported_at: Mapped[CreatedAt]
    state: Mapped[str]
    new_rows: Mapped[int] = mapped_column(server_default=text("0"))
    changed_rows: Mapped[int] = mapped_column(server_default=text("0"))
    taken_back_by: Mapped[UUID | None] = mapped_column(ForeignKey("users.user_id", ondelete="RESTRICT"))
    taken_back_at: Mapped[datetime | None]

    __table_args__ = (
        CheckConstraint(
            "subject IN ('question', 'plan', 'holiday', 'template', 'staff', 'student', 'parent')", name="subject"
        ),
        CheckConstraint("length(file_name) BETWEEN 1 AND 255", name="file_name"),
        CheckConstraint("file_sha256 ~ '^[0-9a-f]{64}$'", name="file_sha256"),
        CheckConstraint("state IN ('begun', 'done', 'taking_back', 'taken_back')", name="state"),
        CheckConstraint("(state = 'taken_back') = (taken_back_at IS NOT NULL)", name="taken_back"),
        CheckConstraint("new_rows >= 0 AND changed_rows >= 0", name="counts"),
        Index("ix_record_imports_newest", "subject", "imported_at", "import_id"),
    )


class RecordImportRow(Base):
    """What a row did to one record; `before` is None of one that it made."""

    __tablename__ = "record_import_rows"

    import_id: Mapped[UUID] = mapped_column(
        ForeignKey("record_imports.import_id", ondelete="CASCADE"), primary_key=True
    )
    record_key: Mapped[str] = mapped_column(primary_key=True)
    row_number: Mapped[int | None]
    label: Mapped[str]
    deed: Mapped[str]
    before: Mapped[Stored | None] = mapped_column(Document(Stored))
    after: Mapped[Stored | None] = mapped_column(Document(Stored))
    left_at: Mapped[datetime]
    outcome: Mapped[str | None]
    why: Mapped[str | None]
    people: Mapped[list[UUID] | None] = mapped_column(ARRAY(Uuid()))

    __table_args__ = (
        CheckConstraint("deed IN ('new', 'changed')", name="deed"),
        CheckConstraint("outcome IN ('gone', 'archived', 'put_back', 'left')", name="outcome"),
        CheckConstraint("(outcome IS NOT DISTINCT FROM 'left') = (why IS NOT NULL)", name="why"),
        Index("ix_record_import_rows_order", "import_id", "row_number", "record_key"),
        Index(
            "ix_record_import_rows_people", "people", postgresql_using="gin", postgresql_with={"fastupdate": "off"},
            postgresql_where=text("people IS NOT NULL"),
        ),
    )  # fmt: skip
